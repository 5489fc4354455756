"""What a report sums up to: its counts, its servers, and what keeps it from being complete."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from checker.model.result import Finding, Outcome, Report, ServerRow
from checker.report.mapping import exit_words
from checker.report.wording import counted


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """The counts of a report; the outcomes add up to the findings."""

    servers: int
    findings: int
    passes: int
    fails: int
    errors: int
    not_applicable: int
    below: int  # fails and errors that do not move the exit code


def summary_of(report: Report) -> Summary:
    """Count what *report* holds."""
    outcomes = Counter(finding.outcome for finding in report.findings)
    broken = (one for one in report.findings if one.outcome in (Outcome.FAIL, Outcome.ERROR))
    return Summary(
        servers=len(findings_by_server(report)),
        findings=len(report.findings),
        passes=outcomes[Outcome.PASS],
        fails=outcomes[Outcome.FAIL],
        errors=outcomes[Outcome.ERROR],
        not_applicable=outcomes[Outcome.NOT_APPLICABLE],
        below=sum(not report.gated(finding) for finding in broken),
    )


def findings_by_server(report: Report) -> dict[str, tuple[ServerRow, tuple[Finding, ...]]]:
    """
    Give each server with its findings, by name.

    A server without findings is there, and so is one that only findings name: none gets lost between the two lists.
    """
    found: dict[str, list[Finding]] = {row.name: [] for row in report.servers}
    for finding in report.findings:
        found.setdefault(finding.server, []).append(finding)
    rows = {row.name: row for row in report.servers}
    return {
        name: (rows.get(name) or ServerRow(name=name), tuple(sorted(found[name], key=lambda one: one.rule)))
        for name in sorted(found)
    }


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
    if population.missing:
        yield f"Expected, and no facts were received: {_quoted(population.missing)}."
    if population.unexpected:
        yield f"Facts were received, and the server is not expected: {_quoted(population.unexpected)}."


def _said_by_the_matrix(report: Report) -> Iterator[str]:
    if not report.findings:
        yield "Nothing was evaluated: there are no findings."
        return
    for name, (_, findings) in findings_by_server(report).items():
        if not findings:
            yield f"Nothing was evaluated for '{name}'."
    if not any(report.gated(one) and one.outcome is not Outcome.NOT_APPLICABLE for one in report.findings):
        yield "Nothing was decided: no rule at or above --fail-on passed, failed or was an error."


def _said_by_the_files(report: Report) -> Iterator[str]:
    for one in report.diagnostics:
        if one.incomplete:
            yield f"'{one.location}': {one.message}" if one.location else one.message
    if report.run.strict and report.files_not_understood:
        yield f"With --strict, what is not understood counts: {counted(len(report.files_not_understood), 'file')}."


def _quoted(names: tuple[str, ...]) -> str:
    return ", ".join(f"'{name}'" for name in names)
