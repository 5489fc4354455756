"""The gate: from findings and the state of the run to one exit code, which is a class and never a count."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from checker.evaluate.sentences import counted, listed
from checker.model.facts import Reason
from checker.model.policy import Rule, Severity
from checker.model.result import Diagnostic, Finding, Outcome, Population

COMPLIANT, NOT_COMPLIANT, INCOMPLETE, BUG = 0, 1, 4, 70

WORST_FIRST = (143, 130, 70, 5, 3, 2, 4, 1, 0)
"""The exit codes, from the one that hides all others to the one that hides none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What the findings mean for the run."""

    exit_code: int
    complete: bool  # speaks of gated rules only: no error among them, nothing missing
    reasons: tuple[str, ...]  # why it is not 0, a sentence each, the worst first


def worst(codes: Iterable[int]) -> int:
    """
    Give the exit code that wins.

    Raises:
        ValueError: there is none, or one that is not an exit code of the checker; neither may end as 0.
    """
    return WORST_FIRST[min(map(WORST_FIRST.index, codes))]


def judge(  # noqa: PLR0913 - everything that the exit code depends on, and nothing else
    findings: Sequence[Finding],
    rules: Sequence[Rule],
    fail_on: Severity,
    *,
    population: Population,
    diagnostics: Sequence[Diagnostic] = (),
    strict: bool = False,
    not_understood: int = 0,
    interrupted: int | None = None,
) -> Verdict:
    """Decide about the run; *interrupted* is the exit code of the signal that ended it, if one did."""
    gated = {rule.id for rule in rules if rule.severity >= fail_on}
    counting = [finding for finding in findings if finding.rule in gated]
    lost = _cells(findings, rules, population)
    gaps = [
        *([] if interrupted is None else ["The run was interrupted."]),
        *lost,
        *_errors(counting, fail_on),
        *_unread(diagnostics),
        *_servers(population),
        *_nothing_decided(gated, counting, fail_on),
        *_not_understood(not_understood if strict else 0),
    ]
    bugs = [*_bugs(findings), *lost]
    failures = _failures(counting, fail_on)
    codes = [
        COMPLIANT,
        *([] if interrupted is None else [interrupted]),
        *([BUG] if bugs else []),
        *([INCOMPLETE] if gaps else []),
        *([NOT_COMPLIANT] if failures else []),
    ]
    reasons = dict.fromkeys([*bugs, *gaps, *failures])  # a lost cell is both
    return Verdict(exit_code=worst(codes), complete=not gaps, reasons=tuple(reasons))


def _bugs(findings: Iterable[Finding]) -> list[str]:
    cells = [finding for finding in findings if _is(finding, Outcome.ERROR) and finding.reason == Reason.INTERNAL.value]
    places = listed([(finding.server, finding.rule) for finding in cells], _place)
    return [f"A bug of the checker kept {counted(len(cells), 'finding')} from being made: {places}."] if cells else []


def _cells(findings: Iterable[Finding], rules: Iterable[Rule], population: Population) -> list[str]:
    # NOTE: this is never true unless the checker is wrong; a cell that got lost must not look like a rule that passed.
    made = Counter((finding.server, finding.rule) for finding in findings)
    ids = {rule.id for rule in rules}
    wanted = {(server, id_) for server in population.received for id_ in ids}
    wrong = wanted - set(made) | {cell for cell, count in made.items() if count > 1 or cell[1] not in ids}
    places = listed(sorted(wrong), _place)
    return [f"The findings are not exactly one for each server and rule: {places}."] if wrong else []


def _place(cell: tuple[str, str]) -> str:
    server, rule = cell
    return f"'{rule}' on '{server}'"


def _errors(counting: Iterable[Finding], fail_on: Severity) -> list[str]:
    number = sum(_is(finding, Outcome.ERROR) for finding in counting)
    return [f"There {_are(number, 'error')} of rules at or above '{fail_on.word}'."] if number else []


def _unread(diagnostics: Iterable[Diagnostic]) -> list[str]:
    return [f"Something was not read: {diagnostic.message}" for diagnostic in diagnostics if diagnostic.incomplete]


def _servers(population: Population) -> list[str]:
    return [
        *_named(population.missing, "expected and missing"),
        *_named(population.unexpected, "there and not expected"),
    ]


def _named(servers: Sequence[str], state: str) -> list[str]:
    names = listed(servers, lambda name: f"'{name}'")
    return [f"There {_are(len(servers), 'server')} {state}: {names}."] if servers else []


def _nothing_decided(gated: set[str], counting: Iterable[Finding], fail_on: Severity) -> list[str]:
    if not gated:
        return [f"Nothing was evaluated: there is no rule at or above '{fail_on.word}'."]
    if not any(_is(finding, Outcome.PASS, Outcome.FAIL) for finding in counting):
        return [f"Nothing was evaluated: no rule at or above '{fail_on.word}' passes or fails on any server."]
    return []


def _not_understood(number: int) -> list[str]:
    return [f"There {_are(number, 'file')} not understood, and the run is strict."] if number else []


def _failures(counting: Iterable[Finding], fail_on: Severity) -> list[str]:
    number = sum(_is(finding, Outcome.FAIL) for finding in counting)
    return [f"There {_are(number, 'failure')} of rules at or above '{fail_on.word}'."] if number else []


def _are(number: int, noun: str) -> str:
    return f"{'is' if number == 1 else 'are'} {counted(number, noun)}"


def _is(finding: Finding, *outcomes: Outcome) -> bool:
    return finding.outcome in outcomes
