"""
The report for a person: plain text, or with colours where a person looks.

What could not be evaluated comes first, then failures by severity, then the rest; the last line has a fixed form.
Every fact passes through the terminal's encoder; no line begins with one.
"""

from __future__ import annotations

from collections.abc import Iterator

from checker.model.result import Finding, Report
from checker.report.changed_rules import changed_rules
from checker.report.console_findings import block, changed, row
from checker.report.console_head import head
from checker.report.console_lines import NARROWEST, Line, Piece, bullets, heading, section
from checker.report.mapping import Standing, exit_words, standing_of
from checker.report.subjects import subjects_of
from checker.report.summary import incomplete_because, summary_of, too_many_waived
from checker.report.wording import counted

DEFAULT_WIDTH = 100
_MOST_FILES = 50


def render(report: Report, *, style: bool = False, width: int = DEFAULT_WIDTH) -> str:
    """Write *report* for a person, wrapped at *width*; with *style* in colours, and otherwise the same."""
    lines = [*_lines(report, max(width, NARROWEST))]
    if style:
        # NOTE: rich takes long to import, and most runs are looked at by no person.
        from checker.report.console_style import styled  # noqa: PLC0415 - see above

        return styled(lines)
    return "".join("".join(piece.text for piece in line) + "\n" for line in lines)


def summary_line(report: Report) -> str:
    """
    Give the last line of the text, whose form is fixed.

    Behind the words of the exit code it says `partial` where the run was narrowed, and nothing where it is whole.
    """
    run, summary = report.run, summary_of(report)
    partial = ", partial" if run.selection.partial else ""
    return (
        f"adsync-checker: exit {run.exit_code} ({exit_words(run.exit_code)}{partial}): "
        f"{counted(summary.servers, 'server')}, {counted(summary.findings, 'finding')}: "
        f"{summary.passes} pass, {summary.fails} fail, {summary.errors} error, "
        f"{summary.not_applicable} not applicable, {summary.waived} waived; "
        f"{summary.below} below --fail-on {run.fail_on.word}"
    )


def _lines(report: Report, width: int) -> Iterator[Line]:
    yield from head(report, width)
    yield from section("The run is incomplete", bullets(incomplete_because(report), width, "error"))
    refused = [text] if (text := too_many_waived(report)) else []
    yield from section("Too many waivers", bullets(refused, width, "fail"))
    by_standing = _sorted(report)
    several = sum(not subject.tenant for subject in subjects_of(report)) > 1
    for title, standings in (
        ("Could not be evaluated", (Standing.ERROR,)),
        ("Failures", (Standing.FAIL,)),
        ("Waived", (Standing.WAIVED,)),
        ("Below --fail-on, not counted", (Standing.ERROR_BELOW, Standing.FAIL_BELOW)),
    ):
        found = [finding for standing in standings for finding in by_standing[standing]]
        blocks = (line for finding in found for line in block(report, finding, width, several=several))
        yield from section(heading(title, found), blocks)
    for title, standing in (("Not applicable", Standing.NOT_APPLICABLE), ("Passes", Standing.PASS)):
        found = by_standing[standing]
        rows = (line for finding in found for line in row(report, finding, width, several=several))
        yield from section(heading(title, found), rows)
    rules = changed_rules(report)
    yield from section(heading("Changed by policies", rules), (line for one in rules for line in changed(one, width)))
    yield from _files(report, width)
    yield ()
    yield (Piece(summary_line(report), _style(report)),)


def _style(report: Report) -> str:
    """Choose the colour of the last line: green only where nothing was left out and nothing is waived."""
    match report.run.exit_code:
        case 0 if report.run.selection.partial or summary_of(report).waived:
            return "waived"
        case 0:
            return "pass"
        case 1:
            return "fail"
        case _:
            return "error"


def _sorted(report: Report) -> dict[Standing, list[Finding]]:
    """Give the findings by standing, the most severe first, then by rule, server and tenant."""
    found: dict[Standing, list[Finding]] = {standing: [] for standing in Standing}
    for finding in sorted(
        report.findings, key=lambda one: (-report.rules[one.rule].severity, one.rule, one.server, one.tenant)
    ):
        found[standing_of(report, finding)].append(finding)
    return found


def _files(report: Report, width: int) -> Iterator[Line]:
    remarks = [
        f"{one.location}: {one.message}" if one.location else one.message
        for one in report.diagnostics
        if not one.incomplete
    ]
    yield from section(heading("Remarks", remarks), bullets(remarks, width))
    files = [f"{file.path}: {file.why}" for file in report.files_not_understood]
    shown = files[:_MOST_FILES]
    if len(files) > len(shown):
        shown.append(f"{len(files) - len(shown)} more; the format json lists all")
    yield from section(heading("Files that were not understood", files), bullets(shown, width))
