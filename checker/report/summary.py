"""What a report sums up to: its counts, its servers, and what keeps it from being complete."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from checker.model.policy import Scope
from checker.model.result import Outcome, Report
from checker.report.mapping import exit_words
from checker.report.subjects import subjects_of
from checker.report.wording import counted, quoted


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """
    The counts of a report; the outcomes add up to the findings.

    A waiver changes no outcome: `fails` counts every failure, and `waived` says how many of these a waiver covers.
    """

    servers: int  # without the tenants that fleet rules speak of
    findings: int
    passes: int
    fails: int
    errors: int
    not_applicable: int
    waived: int
    below: int  # fails and errors, waived or not, of rules that do not move the exit code


def summary_of(report: Report) -> Summary:
    """Count what *report* holds."""
    outcomes = Counter(finding.outcome for finding in report.findings)
    broken = (one for one in report.findings if one.outcome in (Outcome.FAIL, Outcome.ERROR))
    return Summary(
        servers=sum(not subject.tenant for subject in subjects_of(report)),
        findings=len(report.findings),
        passes=outcomes[Outcome.PASS],
        fails=outcomes[Outcome.FAIL],
        errors=outcomes[Outcome.ERROR],
        not_applicable=outcomes[Outcome.NOT_APPLICABLE],
        waived=sum(one.outcome is Outcome.FAIL and one.waiver is not None for one in report.findings),
        below=sum(not report.gated(finding) for finding in broken),
    )


def incomplete_because(report: Report) -> tuple[str, ...]:
    """
    Say in sentences why *report* cannot stand for a whole audit, apart from the gated errors among its findings.

    NOTE: it does not trust `run.complete` alone. A report that nothing else marks as incomplete, and that has an exit
    code other than 0 and 1, would look green wherever only failures and errors are counted.
    """
    reasons = (*_said_by_the_run(report), *_said_by_the_matrix(report), *_said_by_the_files(report))
    explained = reasons or any(report.gated(one) and one.outcome is Outcome.ERROR for one in report.findings)
    if explained or (report.run.complete and report.run.exit_code in (0, 1)):
        return reasons
    return (f"The run is not complete; it ended with exit code {report.run.exit_code}.",)


def _said_by_the_run(report: Report) -> Iterator[str]:
    run, population = report.run, report.population
    if run.interrupted:
        yield "The run was interrupted: what it did not reach is not decided."
    if run.exit_code not in (0, 1, 4):
        yield f"The run ended with exit code {run.exit_code} ({exit_words(run.exit_code)})."
    if missing := missing_from(report):
        yield f"Expected, and no facts were received: {quoted(missing)}."
    if population.unexpected:
        yield f"Facts were received, and the server is not expected: {quoted(population.unexpected)}."
    if run.strict and run.selection.partial:
        yield "With --strict, a run that was narrowed is not complete."


def _said_by_the_matrix(report: Report) -> Iterator[str]:
    if not report.findings:
        yield "Nothing was evaluated: there are no findings."
        return
    # NOTE: where a run has fleet rules alone, no server has a finding of its own, and none is missed.
    of_servers = any(rule.scope is Scope.SERVER for rule in report.rules.values())
    for subject in subjects_of(report):
        if of_servers and not subject.findings:
            yield f"Nothing was evaluated for '{subject.name}'."
    if not any(report.gated(one) and one.outcome is not Outcome.NOT_APPLICABLE for one in report.findings):
        yield "Nothing was decided: no rule at or above --fail-on passed, failed or was an error."


def _said_by_the_files(report: Report) -> Iterator[str]:
    for one in report.diagnostics:
        if one.incomplete:
            yield f"'{one.location}': {one.message}" if one.location else one.message
    if report.run.strict and report.files_not_understood:
        yield f"With --strict, what is not understood counts: {counted(len(report.files_not_understood), 'file')}."


def missing_from(report: Report) -> tuple[str, ...]:
    """Name the servers that were expected and asked for, and of which nothing was received."""
    population = report.population
    silent = set(population.expected).difference(population.received)
    return tuple(sorted(silent.union(population.missing).difference(population.left_out)))


def too_many_waived(report: Report) -> str:
    """Say that more failures are waived than `--max-waived` allows, which refuses the run; empty where it does not."""
    waived = sum(report.gated(one) for one in report.findings if one.outcome is Outcome.FAIL and one.waiver is not None)
    most = report.run.max_waived
    if most is None or waived <= most:
        return ""
    return f"{counted(waived, 'failure')} that would count {_are(waived)} waived, and --max-waived allows {most}."


def _are(number: int) -> str:
    return "is" if number == 1 else "are"
