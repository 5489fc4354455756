"""The gate: from findings and the state of the run to one exit code, which is a class and never a count."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

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
    outcomes = {finding.outcome for finding in findings if finding.rule in gated}
    lost = not _is_whole(findings, rules, population)
    gap = (
        interrupted is not None
        or lost
        or Outcome.ERROR in outcomes
        or any(diagnostic.incomplete for diagnostic in diagnostics)
        or bool(population.missing or population.unexpected)
        or not outcomes & {Outcome.PASS, Outcome.FAIL}  # nothing was decided
        or (strict and not_understood > 0)
    )
    codes = [
        COMPLIANT,
        *([] if interrupted is None else [interrupted]),
        *([BUG] if lost or any(map(_is_bug, findings)) else []),
        *([INCOMPLETE] if gap else []),
        *([NOT_COMPLIANT] if Outcome.FAIL in outcomes else []),
    ]
    return Verdict(exit_code=worst(codes), complete=not gap)


def _is_bug(finding: Finding) -> bool:
    return finding.outcome is Outcome.ERROR and finding.reason == Reason.INTERNAL.value


def _is_whole(findings: Iterable[Finding], rules: Iterable[Rule], population: Population) -> bool:
    """Whether there is exactly one finding for each server and rule, and none of another rule."""
    # NOTE: this is always true unless the checker is wrong; a lost cell must not look like a rule that passed.
    made = Counter((finding.server, finding.rule) for finding in findings)
    ids = {rule.id for rule in rules}
    wanted = {(server, id_) for server in population.received for id_ in ids}
    return wanted <= set(made) and all(count == 1 and cell[1] in ids for cell, count in made.items())
