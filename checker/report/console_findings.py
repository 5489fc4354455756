"""Findings and changed rules in the text for a person."""

from __future__ import annotations

from collections.abc import Iterator

from checker.model.result import Finding, Report
from checker.report.changed_rules import ChangedRule
from checker.report.console_lines import (
    INDENT,
    LONGEST_MESSAGE,
    LONGEST_PATH,
    Line,
    Piece,
    labelled,
    wrapped,
)
from checker.report.mapping import Standing, standing_of, treatment_of
from checker.report.visible import terminal
from checker.report.wording import days_left, first_line, observed_words, place_of, waived_by


def block(report: Report, finding: Finding, width: int, *, several: bool) -> Iterator[Line]:
    """Say all of *finding* that helps the person who must act."""
    rule = report.rules[finding.rule]
    yield _title(report, finding, several=several, style="title")
    yield from wrapped(terminal(finding.message, LONGEST_MESSAGE), width, first=INDENT)
    if finding.waiver is not None and standing_of(report, finding) is Standing.WAIVED:
        yield from _waiver(report, finding, width)
    # NOTE: a place is one fragment, for its colons must not meet those of the name; and it is never wrapped, so that
    # terminals make a link of it.
    place = terminal(str(place_of(report, finding)), LONGEST_PATH)
    yield (Piece(f"{INDENT}{'at':13}{place}"),)
    yield from labelled("expected", terminal(finding.expected), width, INDENT)
    yield from labelled("observed", terminal(observed_words(finding)), width, INDENT)
    if finding.derivation not in finding.message:
        yield from labelled("derived", terminal(finding.derivation), width, INDENT)
    if remedy := first_line(rule.remediation.text) or first_line(rule.remediation.powershell):
        yield from labelled("remediation", terminal(remedy), width, INDENT)


def _waiver(report: Report, finding: Finding, width: int) -> Iterator[Line]:
    """Say until when the failure is accepted, by whom, why, and where that stands."""
    waiver = finding.waiver
    if waiver is not None:
        when = f"{waived_by(waiver)}; {days_left(waiver, report.run.started)}"
        yield from labelled("waived", terminal(when, LONGEST_MESSAGE), width, INDENT, "waived")
        yield from labelled("because", terminal(waiver.justification, LONGEST_MESSAGE), width, INDENT)
        yield (Piece(f"{INDENT}{'waiver':13}{terminal(str(waiver.location), LONGEST_PATH)}"),)


def row(report: Report, finding: Finding, width: int, *, several: bool) -> Iterator[Line]:
    """Say of *finding* what there is to say where nobody has to act."""
    yield _title(report, finding, several=several)
    if standing_of(report, finding) is Standing.NOT_APPLICABLE:
        yield from wrapped(terminal(finding.message, LONGEST_MESSAGE), width, first=INDENT, style="quiet")


def _title(report: Report, finding: Finding, *, several: bool, style: str = "") -> Line:
    rule = report.rules[finding.rule]
    word = treatment_of(report, finding).word
    # NOTE: a tenant is always named, for the head of a report with one server does not say whom a fleet rule means.
    subject = f"  ({terminal(finding.subject)})" if several or not finding.server else ""
    return (
        Piece("  "),
        Piece(f"{word:5}", word),
        Piece(f"  {terminal(rule.id)}  {rule.severity.word:8}  "),
        Piece(f"{terminal(rule.title)}{subject}", style),
    )


def changed(one: ChangedRule, width: int) -> Iterator[Line]:
    """Say how a rule differs from that of the policy which defines it, who says so, and why."""
    rule = one.rule
    state = "disabled" if rule.disabled else rule.severity.word
    yield (Piece(f"  {terminal(rule.id)}  {state:8}  "), Piece(terminal(rule.title), "title"))
    source = f"policy {rule.origin or rule.policy}, {one.original}"
    yield from labelled("original", terminal(source, LONGEST_MESSAGE), width, INDENT)
    for step in one.steps:
        by = f"{step.told}, by policy {step.override.policy}"
        yield from labelled("changed", terminal(by, LONGEST_MESSAGE), width, INDENT, "waived")
        if step.override.reason:
            yield from labelled("reason", terminal(step.override.reason, LONGEST_MESSAGE), width, INDENT)
        yield (Piece(f"{INDENT}{'at':13}{terminal(str(step.override.location), LONGEST_PATH)}"),)
