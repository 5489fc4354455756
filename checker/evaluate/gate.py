"""The gate: from findings and the state of the run to one exit code, which is a class and never a count."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from checker.model.facts import Reason
from checker.model.policy import Rule, Scope, Severity
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
    tenants: Sequence[str] = (),
    partial: bool = False,
    max_waived: int | None = None,
) -> Verdict:
    """
    Decide about the run.

    *interrupted* is the exit code of the signal that ended it, if one did; *tenants* are those that fleet rules are
    judged for; a *partial* run was narrowed. A failure that a waiver covers is decided, and no reason to refuse the
    run unless there are more than *max_waived* of them.
    """
    gated = {rule.id for rule in rules if rule.severity >= fail_on}
    counting = [finding for finding in findings if finding.rule in gated]
    outcomes = {finding.outcome for finding in counting}
    failed = any(finding.outcome is Outcome.FAIL and finding.waiver is None for finding in counting)
    waived = sum(finding.waiver is not None for finding in counting)
    lost = not _is_whole(findings, rules, population, tenants) or any(map(_is_waived_wrongly, findings))
    gap = (
        interrupted is not None
        or lost
        or Outcome.ERROR in outcomes
        or any(diagnostic.incomplete for diagnostic in diagnostics)
        or bool(population.unexpected or _missing(population))
        or not outcomes & {Outcome.PASS, Outcome.FAIL}  # nothing was decided
        or (strict and (not_understood > 0 or partial))
    )
    codes = [
        COMPLIANT,
        *([] if interrupted is None else [interrupted]),
        *([BUG] if lost or any(map(_is_bug, findings)) else []),
        *([INCOMPLETE] if gap else []),
        *([NOT_COMPLIANT] if failed or (max_waived is not None and waived > max_waived) else []),
    ]
    return Verdict(exit_code=worst(codes), complete=not gap)


def _is_bug(finding: Finding) -> bool:
    return finding.outcome is Outcome.ERROR and finding.reason == Reason.INTERNAL.value


def _is_waived_wrongly(finding: Finding) -> bool:
    """Whether a waiver is said to cover what none may cover; that, too, is a bug."""
    return finding.waiver is not None and finding.outcome is not Outcome.FAIL


def _missing(population: Population) -> set[str]:
    """Name the servers that were expected and asked for, and not found, whether or not the population says so."""
    missing = {*population.missing, *set(population.expected).difference(population.received)}
    return missing.difference(population.left_out)


def _is_whole(
    findings: Iterable[Finding], rules: Sequence[Rule], population: Population, tenants: Sequence[str]
) -> bool:
    """Whether there is exactly one finding for each cell of the matrix, and none beside it."""
    # NOTE: this is always true unless the checker is wrong; a lost cell must not look like a rule that passed.
    servers = set(population.expected).difference(population.left_out)
    of_servers, of_fleets = (
        [rule.id for rule in rules if rule.scope is scope] for scope in (Scope.SERVER, Scope.FLEET)
    )
    wanted = {(server, "", id_) for server in servers for id_ in of_servers}
    wanted |= {("", tenant, id_) for tenant in tenants for id_ in of_fleets}
    made = Counter((finding.server, finding.tenant, finding.rule) for finding in findings)
    judged = bool(tenants) or not (servers and of_fleets)  # a server is of some tenant, known or not
    found = set(population.received) <= {*population.expected, *population.unexpected}
    return judged and found and wanted == set(made) and set(made.values()) <= {1}
