"""The head of the text for a person: what the run was given, and the servers with what their facts rest on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from checker.model.result import Report
from checker.model.timestamp import format_timestamp
from checker.report.console_lines import LONGEST_MESSAGE, LONGEST_PATH, Line, Piece, labelled, wrapped
from checker.report.mapping import Standing, standing_of
from checker.report.run_words import (
    limits_of,
    parameter_words,
    population_words,
    revision_words,
    role_words,
    selection_words,
    unclean,
    waiver_file_words,
)
from checker.report.subjects import Subject, subjects_of
from checker.report.visible import terminal
from checker.report.wording import source_words

_DIGITS = 12  # of a digest or a commit; the results hold all


def head(report: Report, width: int) -> Iterator[Line]:
    """Say what the run was, then whom it looked at."""
    run = report.run
    started = format_timestamp(run.started)
    yield (Piece(f"adsync-checker {terminal(run.version)}", "title"), Piece(f"  {started}  run {terminal(run.id)}"))
    if run.selection.partial:
        yield from labelled("partial", terminal(selection_words(run.selection), LONGEST_PATH), width, style="waived")
    yield from _files(report, width)
    if parameters := "; ".join(f"{terminal(one.name)} = {terminal(parameter_words(one))}" for one in report.parameters):
        yield from labelled("parameters", parameters, width)
    yield from labelled("fail on", f"{run.fail_on.word} and above", width)
    if limits := ", ".join(f"--{name} {value}" for name, value in limits_of(run)):
        yield from labelled("limits", limits, width)
    if report.population.inventory or report.inventory:
        yield from labelled("population", terminal(population_words(report), LONGEST_MESSAGE), width)
    subjects = subjects_of(report)
    for subject in subjects:
        yield ()
        yield from _tenant(subject, width) if subject.tenant else _server(report, subject, width)
        if len(subjects) > 1:
            yield _counts(report, subject)


def _files(report: Report, width: int) -> Iterator[Line]:
    """Name the files that decide about the run, each with the beginning of its digest, and those that are not clean."""
    for policy in report.policies:
        for number, file in enumerate(policy.files):
            text = f"{terminal(file.name)} {terminal(file.version)}, {terminal(file.path, LONGEST_PATH)}"
            label = "  extends" if number else "policy"
            yield from labelled(label, f"{text}, sha256 {terminal(file.sha256[:_DIGITS])}", width)
    if one := report.inventory:
        text = f"{terminal(one.name)}, {terminal(one.path, LONGEST_PATH)}, sha256 {terminal(one.sha256[:_DIGITS])}"
        yield from labelled("inventory", text, width)
    for waivers in report.waiver_files:
        words = f"{waiver_file_words(report, waivers)}, sha256 {terminal(waivers.sha256[:_DIGITS])}"
        yield from labelled("waivers", f"{terminal(waivers.path, LONGEST_PATH)}, {words}", width)
    for revision in unclean(report):
        words = terminal(revision_words(revision), LONGEST_MESSAGE)
        text = f"{terminal(revision.path, LONGEST_PATH)}, {words}"
        yield from labelled("revision", text, width, style="waived")


def _server(report: Report, subject: Subject, width: int) -> Iterator[Line]:
    row = subject.row
    words = role_words(row)
    yield (
        Piece("server "),
        Piece(terminal(row.name), "title"),
        Piece(f", {terminal(words)}" if words else ""),
    )
    if not row.sources:
        yield (Piece("  no sources", "error"),)
    for source in row.sources:
        yield (Piece(f"  {source.format.value}  {terminal(source.path, LONGEST_PATH)}"),)
        told = terminal(source_words(source, report.run.started))
        yield from wrapped(told, width, first="    ", style="quiet")


def _tenant(subject: Subject, width: int) -> Iterator[Line]:
    yield (Piece("tenant "), Piece(terminal(subject.tenant), "title"))
    servers = terminal(", ".join(subject.members) or "no server is known to be its own", LONGEST_MESSAGE)
    yield from labelled("servers", servers, width)


def _counts(report: Report, subject: Subject) -> Line:
    """Count the findings of one of several, so that a sum over all of them hides none that is not well."""
    found = Counter(standing_of(report, finding) for finding in subject.findings)
    told = {
        "error": found[Standing.ERROR],
        "fail": found[Standing.FAIL],
        "waived": found[Standing.WAIVED],
        "below --fail-on": found[Standing.ERROR_BELOW] + found[Standing.FAIL_BELOW],
        "pass": found[Standing.PASS],
        "not applicable": found[Standing.NOT_APPLICABLE],
    }
    worst = next((word for word in ("error", "fail", "waived") if told[word]), "")
    words = ", ".join(f"{number} {word}" for word, number in told.items() if number)
    return (Piece("  "), Piece(words or "no findings", worst))
