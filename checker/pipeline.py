"""The whole flow: policies and facts in, a report out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from os.path import normpath
from pathlib import Path, PurePath

from checker import __version__
from checker.acquire.exports import Acquired, Surroundings, acquire
from checker.errors import interrupted_code
from checker.evaluate.engine import evaluate
from checker.evaluate.gate import judge
from checker.load.policies import PolicyDocument, load_policies
from checker.model.policy import Policy, Severity
from checker.model.result import Diagnostic, Finding, Outcome, Population, Report, Run, ServerRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What one run is asked to do."""

    policies: tuple[PolicyDocument, ...]
    settings: Mapping[str, str]  # of --set: values by the name of the parameter
    facts: tuple[str, ...]  # files, folders, patterns, `-`
    server: str | None  # the server of files that name none
    fail_on: Severity
    strict: bool
    run_id: str
    clock: Callable[[], datetime]


def check(request: Request, find_surroundings: Callable[[], Surroundings]) -> Report:
    """
    Load the policies, read the facts, evaluate every rule on every server, and judge.

    An interruption while facts are read or rules evaluated gives a report that is marked incomplete.

    Raises:
        PolicyError: a policy cannot be used.
        UsageError: the command line names what is not there.
    """
    policies = load_policies(request.policies, request.settings)
    surroundings = find_surroundings()  # after the policies, for what is wrong with them outranks what is missing
    rules = [rule for policy in policies for rule in policy.rules]
    acquired = _NOTHING
    findings: tuple[Finding, ...] = ()
    interruption: KeyboardInterrupt | None = None
    try:
        acquired = acquire(request.facts, server=request.server, surroundings=surroundings)
        findings = evaluate(rules, acquired.fact_sets)
    except KeyboardInterrupt as stop:
        interruption = stop
        findings = _unevaluated(policies, acquired)
        acquired = replace(acquired, diagnostics=(*acquired.diagnostics, _INTERRUPTED))
    verdict = judge(
        findings,
        rules,
        request.fail_on,
        diagnostics=acquired.diagnostics,
        population=acquired.population,
        strict=request.strict,
        not_understood=len(acquired.files_not_understood),
        interrupted=None if interruption is None else interrupted_code(interruption),
    )
    return Report(
        run=Run(
            id=request.run_id,
            started=surroundings.now,
            finished=request.clock(),
            version=__version__,
            mode="export",
            fail_on=request.fail_on,
            strict=request.strict,
            complete=verdict.complete,
            interrupted=interruption is not None,
            exit_code=verdict.exit_code,
        ),
        policies=policies,
        servers=tuple(ServerRow(name=one.server, sources=one.sources) for one in acquired.fact_sets),
        findings=findings,
        population=acquired.population,
        files_not_understood=acquired.files_not_understood,
        diagnostics=acquired.diagnostics,
        portable={**acquired.portable, **_portable_policies(policies, surroundings.folder)},
    )


_NOTHING = Acquired(
    fact_sets=(),
    population=Population(expected=(), received=()),
    files_not_understood=(),
    diagnostics=(),
    portable={},
)
_INTERRUPTED = Diagnostic("The run was interrupted before it was done.", incomplete=True)


def interrupted(report: Report, stop: KeyboardInterrupt) -> Report:
    """Mark *report*, which is whole, as that of a run which was interrupted while it was delivered."""
    run = replace(report.run, complete=False, interrupted=True, exit_code=interrupted_code(stop))
    return replace(report, run=run, diagnostics=(*report.diagnostics, _INTERRUPTED))


def _unevaluated(policies: Sequence[Policy], acquired: Acquired) -> tuple[Finding, ...]:
    return tuple(
        Finding(
            server=facts.server,
            rule=rule.id,
            outcome=Outcome.ERROR,
            reason="no_data",
            message="The run was interrupted before this rule was evaluated.",
            fact=rule.fact,
            expected="",
        )
        for facts in acquired.fact_sets
        for rule in sorted((rule for policy in policies for rule in policy.rules), key=lambda rule: rule.id)
    )


def _portable_policies(policies: Sequence[Policy], folder: Path) -> dict[str, str]:
    """Name policy files without telling where they lie on this machine."""
    names: dict[str, str] = {}
    for policy in policies:
        path = PurePath(normpath(folder / policy.path))
        inside = not policy.shipped and path.is_relative_to(folder)
        names[policy.path] = path.relative_to(folder).as_posix() if inside else f"policies/{path.name}"
    return names
