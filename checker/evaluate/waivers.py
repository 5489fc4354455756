"""Waivers on findings: which failures are accepted at the moment of the run, and which waivers do nothing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from fnmatch import fnmatchcase
from typing import assert_never

from checker.evaluate.expectations import compile_value
from checker.evaluate.sentences import counted, in_quotes
from checker.model.catalogue import CATALOGUE
from checker.model.policy import Rule, Scope
from checker.model.result import Finding, Outcome
from checker.model.timestamp import format_timestamp
from checker.model.waiver import Waiver, WaiverFile, WaiverState, WaiverUse


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """What there is, and is no part of a run that was narrowed."""

    rules: Collection[str] = ()  # ids
    servers: Collection[str] = ()
    tenants: Collection[str] = ()


NOTHING_LEFT_OUT = LeftOut()


def apply_waivers(  # noqa: PLR0913 - all that a waiver can speak of, and the moment that decides
    findings: Sequence[Finding],
    rules: Sequence[Rule],
    waiver_files: Sequence[WaiverFile],
    *,
    now: datetime,
    servers: Collection[str],
    tenants: Collection[str],
    left_out: LeftOut = NOTHING_LEFT_OUT,
) -> tuple[tuple[Finding, ...], tuple[WaiverUse, ...]]:
    """
    Give *findings* in their order, each failure with the waiver that covers it, and say what became of every waiver.

    Only a failure is ever covered, and its outcome stays. Of several waivers that cover one, the one that ends last is
    shown. There is one use for all that a waiver covers, and one for each other state of it or of one of its targets.
    """
    run = _Run(
        today=now.astimezone(UTC).date(),
        rules={rule.id: rule for rule in rules},
        names={Scope.SERVER: _folded(servers), Scope.FLEET: _folded(tenants)},
        left_out_rules=frozenset(left_out.rules),
        left_out={Scope.SERVER: _folded(left_out.servers), Scope.FLEET: _folded(left_out.tenants)},
        findings=_by_subject(findings if any(file.waivers for file in waiver_files) else ()),
    )
    covering: dict[int, list[Waiver]] = defaultdict(list)
    uses: list[WaiverUse] = []
    for waiver in (waiver for file in waiver_files for waiver in file.waivers):
        covered, idle = _use(waiver, run)
        for finding in covered:
            covering[id(finding)].append(waiver)
        uses += [WaiverUse(waiver=waiver, state=WaiverState.USED, covers=len(covered))] if covered else []
        uses += idle
    return tuple(_waived(finding, covering.get(id(finding), ())) for finding in findings), tuple(uses)


_BySubject = Mapping[tuple[str, Scope, str], Sequence[Finding]]
"""Findings by rule, by what the rule speaks of, and by the server or tenant in small letters."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Run:
    """What a waiver is held against; names in small letters, by what bears them: a single server or a tenant."""

    today: date
    rules: Mapping[str, Rule]
    names: Mapping[Scope, Collection[str]]
    left_out_rules: Collection[str]
    left_out: Mapping[Scope, Collection[str]]
    findings: _BySubject


def _folded(names: Iterable[str]) -> frozenset[str]:
    return frozenset(name.casefold() for name in names)


def _by_subject(findings: Iterable[Finding]) -> _BySubject:
    found: dict[tuple[str, Scope, str], list[Finding]] = defaultdict(list)
    for finding in findings:
        scope, name = (Scope.SERVER, finding.server) if finding.server else (Scope.FLEET, finding.tenant)
        found[finding.rule, scope, name.casefold()].append(finding)
    return found


def _waived(finding: Finding, waivers: Sequence[Waiver]) -> Finding:
    return replace(finding, waiver=max(waivers, key=lambda one: (one.expires, one.location))) if waivers else finding


def _use(waiver: Waiver, run: _Run) -> tuple[list[Finding], list[WaiverUse]]:
    """Give what *waiver* covers, and every state of it or of one of its targets in which it covers nothing."""
    ids = _meant(waiver, waiver.rule, run.rules)
    state = _state(waiver, run)
    if state:
        return [], [WaiverUse(waiver=waiver, state=state)]
    covered: dict[int, Finding] = {}
    idle: list[WaiverUse] = []
    pins = {id_: _pin(waiver, run.rules[id_]) for id_ in ids}
    for scope, target in _targets(waiver):
        names = _meant(waiver, target.casefold(), run.names[scope])
        meant = [one for id_ in ids for name in names for one in run.findings.get((id_, scope, name), ())]
        failing = [one for one in meant if one.outcome is Outcome.FAIL]
        accepted = [finding for finding in failing if pins[finding.rule](finding)]
        covered |= {id(finding): finding for finding in accepted}
        if not failing:
            outcomes = tuple(sorted({one.outcome.value for one in meant}))
            state = _idle_state(waiver, scope, target, run)
            idle.append(WaiverUse(waiver=waiver, state=state, target=target, outcomes=outcomes))
        elif len(accepted) < len(failing):
            idle.append(WaiverUse(waiver=waiver, state=WaiverState.OTHER_VALUE, target=target))
    return list(covered.values()), idle


def _targets(waiver: Waiver) -> Iterator[tuple[Scope, str]]:
    yield from ((Scope.SERVER, server) for server in waiver.servers)
    yield from ((Scope.FLEET, tenant) for tenant in waiver.tenants)


def _meant(waiver: Waiver, asked: str, names: Collection[str]) -> list[str]:
    """Give those of *names* that *waiver* means where it says *asked*, which is a pattern only if it is broad."""
    if waiver.broad:
        # NOTE: only `*` and `?` are signs of a pattern; fnmatch would take brackets as one, too.
        pattern = asked.replace("[", "[[]")
        return [name for name in names if fnmatchcase(name, pattern)]
    return [asked] if asked in names else []


def _state(waiver: Waiver, run: _Run) -> WaiverState | None:
    """Say what keeps the whole of *waiver* from covering anything, if something does."""
    known = _meant(waiver, waiver.rule, run.rules)
    if not known and not _meant(waiver, waiver.rule, run.left_out_rules):
        return WaiverState.UNKNOWN_RULE
    if run.today > waiver.expires:
        return WaiverState.EXPIRED
    if run.today < waiver.created:
        return WaiverState.NOT_YET
    return None if known else WaiverState.NOT_SELECTED


def _idle_state(waiver: Waiver, scope: Scope, target: str, run: _Run) -> WaiverState:
    """Say why *waiver* covers nothing of *target*, of which nothing fails."""
    known = _meant(waiver, target.casefold(), run.names[scope])
    left_out = _meant(waiver, target.casefold(), run.left_out[scope])
    if not known and not left_out:
        return WaiverState.UNKNOWN_TARGET
    if left_out or _meant(waiver, waiver.rule, run.left_out_rules):
        return WaiverState.NOT_SELECTED
    return WaiverState.UNUSED


def _pin(waiver: Waiver, rule: Rule) -> Callable[[Finding], bool]:
    """Make the closure that says whether a failure of *rule* is the one that *waiver* speaks of."""
    if waiver.only_while is None:
        return lambda _: True
    spec = CATALOGUE[rule.fact] if rule.scope is Scope.SERVER else None  # a fleet rule observes a number of servers
    judge = compile_value(waiver.only_while, rule.fact, spec)

    def holds(finding: Finding) -> bool:
        value = finding.broken or finding.observed
        return value is not None and judge(value, None).outcome is Outcome.PASS

    return holds


def use_sentence(use: WaiverUse, now: datetime) -> str:
    """Say in a sentence what became of a waiver, or of one target of it, in a run at *now*."""
    waiver = use.waiver
    subject = f"The waiver of {in_quotes(waiver.rule)}{f' for {in_quotes(use.target)}' if use.target else ''}"
    match use.state:
        case WaiverState.USED:
            return f"{subject} covers {counted(use.covers, 'failure')}, until the end of {waiver.expires} UTC."
        case WaiverState.UNUSED:
            return f"{subject} covers nothing: {_instead(use.outcomes)}."
        case WaiverState.OTHER_VALUE:
            return f"{subject} does not cover what fails with another value than its 'only_while' says."
        case WaiverState.EXPIRED:
            return f"{subject} ended with {waiver.expires} UTC, and this run is of {format_timestamp(now)}."
        case WaiverState.NOT_YET:
            return f"{subject} begins with {waiver.created} UTC, and this run is of {format_timestamp(now)}."
        case WaiverState.UNKNOWN_RULE:
            return f"{subject} covers nothing: no policy of this run has such a rule."
        case WaiverState.UNKNOWN_TARGET:
            return f"{subject} covers nothing: this run knows no such {'server' if use.target in waiver.servers else 'tenant'}."
        case WaiverState.NOT_SELECTED:
            return f"{subject} is not asked for: the run was narrowed and leaves out what it speaks of."
        case _:
            assert_never(use.state)


_CAME = {
    Outcome.PASS.value: "passes",
    Outcome.NOT_APPLICABLE.value: "does not apply",
    Outcome.ERROR.value: "could not be evaluated",
}
"""What is said of a rule that does not fail."""


def _instead(outcomes: Collection[str]) -> str:
    """Say what came of a rule where nothing fails; only who knows that all is well can do without the waiver."""
    if not outcomes:
        return "the rule has no finding for it"
    came = " or ".join(words for outcome, words in _CAME.items() if outcome in outcomes)
    unread = Outcome.ERROR.value in outcomes
    return f"the rule {came}{', and only a failure is waived' if unread else '; remove the waiver if it is done with'}"
