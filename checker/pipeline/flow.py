"""From a request to a report, one server after the other."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from os.path import normpath
from pathlib import Path, PurePath

from checker import __version__
from checker.acquire.survey import Surroundings, Survey, survey
from checker.errors import interrupted_code
from checker.evaluate.engine import judge_server
from checker.evaluate.fleet import Member, facts_for_fleet, judge_fleet, reduced, tenants_of
from checker.evaluate.gate import judge
from checker.evaluate.selection import limited
from checker.evaluate.sentences import case_words, fleet_words
from checker.evaluate.shrinkage import shrinkage
from checker.evaluate.waivers import LeftOut, apply_waivers, use_sentence
from checker.model.facts import FactSet, Reason
from checker.model.policy import Rule, Scope
from checker.model.result import (
    UNKNOWN_TENANT,
    Diagnostic,
    Finding,
    Outcome,
    Population,
    Report,
    Run,
    ServerRow,
)
from checker.model.waiver import WaiverState, WaiverUse
from checker.pipeline.ground import Ground, prepare
from checker.pipeline.request import Request
from checker.pipeline.servers import Servers


@dataclass(slots=True)
class _Progress:
    """What is done so far; an interruption leaves it as it is."""

    servers: Servers | None = None
    survey: Survey | None = None
    population: Population = field(default_factory=lambda: Population(expected=(), received=()))
    findings: list[Finding] = field(default_factory=list)
    rows: list[ServerRow] = field(default_factory=list)
    members: list[Member] = field(default_factory=list)


def check(request: Request, find_surroundings: Callable[[], Surroundings]) -> Report:
    """
    Load the policies, read the facts, evaluate every rule on every server and tenant, and judge.

    A fact set is released once its server is evaluated; of each only what fleet rules name is kept. An interruption
    while facts are read or rules evaluated gives a report that is marked incomplete.

    Raises:
        PolicyError: a policy, a waiver file or the inventory cannot be used.
        UsageError: the command line names what is not there.
    """
    ground = prepare(request)
    surroundings = find_surroundings()  # after the policies, for what is wrong with them outranks what is missing
    progress = _Progress()
    interruption = request.interruption
    try:
        _evaluate(request, ground, surroundings, progress)
    except KeyboardInterrupt as stop:
        interruption = stop
        progress.findings += [*_completed(ground.rules, progress)]
    return _report(request, ground, surroundings, progress, interruption)


_INTERRUPTED = Diagnostic("The run was interrupted before it was done.", incomplete=True)


def interrupted(report: Report, stop: KeyboardInterrupt) -> Report:
    """Mark *report*, which is whole, as that of a run which was interrupted while it was delivered."""
    run = replace(report.run, complete=False, interrupted=True, exit_code=interrupted_code(stop))
    return replace(report, run=run, diagnostics=(*report.diagnostics, _INTERRUPTED))


def _evaluate(request: Request, ground: Ground, surroundings: Surroundings, progress: _Progress) -> None:
    """Judge one server after the other, then the tenants; what is done stands in *progress*."""
    servers = Servers(ground, now=surroundings.now, max_age=request.max_age)
    progress.servers = servers
    found = survey(
        request.facts,
        server=request.server,
        surroundings=replace(surroundings, facts_folder=request.facts_folder),
        inventory=ground.inventory,
    )
    progress.survey = found
    expected = found.population.expected
    asked = limited(servers.groups(expected), request.selection)
    left_out = tuple(name for name in expected if name not in asked)
    progress.population = replace(found.population, left_out=left_out)
    kept = facts_for_fleet(ground.rules)
    for facts in found.fact_sets(asked):
        tenant = found.tenants.get(facts.server, "")
        declared = servers.declared(facts.server)
        role = declared.role.value if declared and declared.role else None
        progress.rows.append(ServerRow(name=facts.server, role=role, tenant=tenant, sources=facts.sources))
        progress.findings += judge_server(servers.rules_of(facts.server), facts)
        progress.members.append(Member(facts.server, tenant, reduced(facts, kept)))
    progress.members += [
        Member(name, found.tenants.get(name, ""), FactSet(server=name), left_out=True) for name in left_out
    ]
    progress.findings += judge_fleet(ground.rules, progress.members, now=surroundings.now, max_age=request.max_age)


def _completed(rules: Iterable[Rule], progress: _Progress) -> Iterator[Finding]:
    """Fill the cells that an interruption left empty."""
    done = {(finding.server, finding.tenant, finding.rule) for finding in progress.findings}
    servers = [name for name in progress.population.expected if name not in progress.population.left_out]
    tenants = tenants_of(progress.members) or ((UNKNOWN_TENANT,) if servers else ())
    for rule in sorted(rules, key=lambda one: one.id):
        cells = [("", tenant) for tenant in tenants] if rule.scope is Scope.FLEET else [(name, "") for name in servers]
        for server, tenant in cells:
            if (server, tenant, rule.id) not in done:
                yield Finding(
                    server=server,
                    tenant=tenant,
                    rule=rule.id,
                    outcome=Outcome.ERROR,
                    reason=Reason.NO_DATA.value,
                    message="The run was interrupted before this rule was evaluated.",
                    fact=rule.fact,
                    expected="",
                )


def _report(
    request: Request,
    ground: Ground,
    surroundings: Surroundings,
    progress: _Progress,
    interruption: KeyboardInterrupt | None,
) -> Report:
    """Lay the waivers over the findings, judge, and put everything together."""
    population, found = progress.population, progress.survey
    findings, uses, tenants = _waived(ground, surroundings.now, progress)
    diagnostics = (
        *ground.diagnostics,
        *(found.diagnostics if found else ()),
        *(_about(one, surroundings.now, strict=request.strict) for one in uses if one.state not in _SILENT),
        *_gone(request, ground, population),
        *((_INTERRUPTED,) if interruption else ()),
    )
    not_understood = found.files_not_understood if found else ()
    verdict = judge(
        findings,
        ground.rules,
        request.fail_on,
        population=population,
        diagnostics=diagnostics,
        strict=request.strict,
        not_understood=len(not_understood),
        interrupted=None if interruption is None else interrupted_code(interruption),
        tenants=tenants,
        partial=request.selection.partial,
        max_waived=request.max_waived,
    )
    return Report(
        run=Run(
            id=request.run_id,
            started=surroundings.now,
            finished=request.clock(),
            version=__version__,
            mode=request.mode,
            fail_on=request.fail_on,
            strict=request.strict,
            selection=request.selection,
            max_age=request.max_age,
            longest_waiver=request.longest_waiver if request.waivers else None,
            max_waived=request.max_waived,
            complete=verdict.complete,
            interrupted=interruption is not None,
            exit_code=verdict.exit_code,
        ),
        policies=ground.selected,
        servers=tuple(sorted(progress.rows, key=lambda row: row.name)),
        findings=findings,
        population=population,
        files_not_understood=not_understood,
        diagnostics=diagnostics,
        inventory=ground.inventory,
        waiver_files=ground.waivers,
        waiver_uses=uses,
        revisions=ground.revisions,
        server_parameters=progress.servers.parameters(population.expected) if progress.servers else (),
        originals={rule.id: _original(rule) for rule in ground.rules if rule.base is not None},
        portable={**(found.portable if found else {}), **_portable(request, ground, surroundings.folder)},
    )


def _original(rule: Rule) -> str:
    """Say what *rule* expected before any policy changed it."""
    while rule.base is not None:
        rule = rule.base
    return case_words(rule.cases) if rule.fleet is None else fleet_words(rule.fleet)


_SILENT = (WaiverState.USED, WaiverState.NOT_SELECTED)


def _waived(
    ground: Ground, now: datetime, progress: _Progress
) -> tuple[tuple[Finding, ...], tuple[WaiverUse, ...], tuple[str, ...]]:
    """Give the findings in their order with the waivers that cover them, what became of each waiver, and the tenants."""
    population = progress.population
    tenants = tenants_of(progress.members)
    everyone = {member.tenant for member in progress.members if member.tenant}
    chosen = {rule.id for rule in ground.rules}
    every_rule = [rule.id for policy in ground.policies.policies for rule in policy.rules]
    left_out = LeftOut(
        rules=frozenset(id_ for id_ in every_rule if id_ not in chosen),
        servers=frozenset(population.left_out),
        tenants=frozenset(everyone.difference(tenants)),
    )
    ordered = sorted(progress.findings, key=lambda one: (not one.server, one.server, one.tenant, one.rule))
    findings, uses = apply_waivers(
        ordered,
        ground.rules,
        ground.waivers,
        now=now,
        servers=[name for name in population.expected if name not in population.left_out],
        tenants=tenants,
        left_out=left_out,
    )
    return findings, uses, tenants or tuple(sorted({one.tenant for one in findings if one.tenant}))


def _about(use: WaiverUse, now: datetime, *, strict: bool) -> Diagnostic:
    return Diagnostic(use_sentence(use, now), use.waiver.location, incomplete=strict)


def _gone(request: Request, ground: Ground, population: Population) -> Iterator[Diagnostic]:
    """Tell what an earlier run had, and this one has not."""
    if request.previous is None:
        return
    for one in shrinkage(
        request.previous,
        policies=ground.selected,
        population=population,
        fail_on=request.fail_on,
        selection=request.selection,
    ):
        yield replace(one, incomplete=one.incomplete and request.strict)


def _portable(request: Request, ground: Ground, folder: Path) -> dict[str, str]:
    """Name the files that decide about the run without telling where they lie on this machine."""
    files = [file for policy in ground.policies.policies for file in policy.files]
    names = {file.path: _portable_name(file.path, "policies", None if file.shipped else folder) for file in files}
    others = [*(one.path for one in request.waivers), *(one.path for one in ground.revisions)]
    return names | {path: _portable_name(path, "waivers", folder) for path in others if path not in names}


def _portable_name(path: str, home: str, folder: Path | None) -> str:
    """Name the file at *path* by its place below *folder*, the working directory; one of elsewhere as if in *home*."""
    if folder is not None:
        place = PurePath(normpath(folder / path))
        if place.is_relative_to(folder):
            return place.relative_to(folder).as_posix()
    return f"{home}/{PurePath(path).name}"
