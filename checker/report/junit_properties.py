"""The properties of a JUnit suite: what the verdicts of a server or a tenant rest on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from checker.model.result import Report
from checker.report.changed_rules import changed_rules, disabled_rules
from checker.report.portable import portable, portable_location, portable_text
from checker.report.run_words import (
    limits_of,
    parameter_words,
    population_words,
    revision_words,
    selection_words,
    unclean,
    waiver_file_words,
)
from checker.report.subjects import Subject
from checker.report.summary import summary_of
from checker.report.visible import LONG, visible
from checker.report.wording import source_words

TOOL = "adsync-checker"


def run_properties(report: Report) -> dict[str, str]:
    """Give the name and the value of each property that all suites share."""
    return _shown(part for told in (_of_run, _of_policies, _of_ground, _of_rules) for part in told(report))


def subject_properties(report: Report, subject: Subject) -> dict[str, str]:
    """Give the name and the value of each property of *subject*."""
    return _shown(_of_subject(report, subject))


def _shown(told: Iterable[tuple[str, str]]) -> dict[str, str]:
    return {visible(name): visible(value, LONG) for name, value in told}


def _of_run(report: Report) -> Iterator[tuple[str, str]]:
    run = report.run
    yield "tool", f"{TOOL} {run.version}"
    yield "run", run.id
    yield "fail-on", run.fail_on.word
    if run.selection.partial:
        yield "partial", selection_words(run.selection)
    yield from limits_of(run)
    if waived := summary_of(report).waived:
        yield "waived", str(waived)
    remarks = (one for one in report.diagnostics if not one.incomplete)
    for number, remark in enumerate(remarks, 1):
        yield f"remark {number}", portable_text(report, remark.message)


def _of_policies(report: Report) -> Iterator[tuple[str, str]]:
    for policy in report.policies:
        yield f"policy {policy.name}", f"version {policy.version}, sha256 {policy.sha256}"
        for file in policy.extends:
            words = f"version {file.version}, sha256 {file.sha256}"
            yield f"policy {file.name}, extended by {policy.name}", words
        for parameter in policy.parameters:
            yield f"parameter {parameter.name} of {policy.name}", parameter_words(parameter)
    for number, parameter in enumerate(report.server_parameters, 1):
        yield f"parameter {parameter.name} of some servers, {number}", parameter_words(parameter)


def _of_ground(report: Report) -> Iterator[tuple[str, str]]:
    if one := report.inventory:
        yield "inventory", f"{one.name}, {portable(report, one.path)}, sha256 {one.sha256}"
    if report.population.inventory or report.inventory:
        yield "population", population_words(report)
    for number, waivers in enumerate(report.waiver_files, 1):
        words = f"{portable(report, waivers.path)}, {waiver_file_words(report, waivers)}, sha256 {waivers.sha256}"
        yield f"waivers {number}", words
    for number, revision in enumerate(unclean(report), 1):
        words = f"{portable(report, revision.path)}, {portable_text(report, revision_words(revision))}"
        yield f"revision {number}", words


def _of_rules(report: Report) -> Iterator[tuple[str, str]]:
    changed = changed_rules(report)
    if changed:
        yield "changed rules", str(len(changed))
    if disabled := disabled_rules(report):
        yield "disabled rules", str(len(disabled))
    for one in changed:
        for number, step in enumerate(one.steps, 1):
            reason = f"; reason: {step.override.reason}" if step.override.reason else ""
            at = portable_location(report, step.override.location)
            words = f"{step.told}, by policy {step.override.policy} at {at}{reason}"
            yield f"change {number} of {one.rule.id}", words
        yield f"original of {one.rule.id}", f"policy {one.rule.origin or one.rule.policy}, {one.original}"


def _of_subject(report: Report, subject: Subject) -> Iterator[tuple[str, str]]:
    row = subject.row
    if subject.tenant:
        yield "tenant", subject.tenant
        yield "servers", ", ".join(subject.members) or "none that is known"
    else:
        yield from ((name, value) for name, value in (("role", row.role or ""), ("tenant", row.tenant)) if value)
    for number, source in enumerate(row.sources, 1):
        words = source_words(source, report.run.started)
        yield f"source {number}", f"{source.format.value} {portable(report, source.path)}: {words}"
