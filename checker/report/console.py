"""
The report for a person: plain text, or with colours where a person looks.

What could not be evaluated comes first, then failures by severity, then the rest; the last line has a fixed form.
Every fact passes through the terminal's encoder; no line begins with one.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from checker.model.result import Finding, Report, ServerRow
from checker.model.timestamp import format_timestamp
from checker.model.values import show
from checker.report.mapping import Standing, exit_words, standing_of, treatment_of
from checker.report.summary import findings_by_server, incomplete_because, summary_of
from checker.report.visible import terminal
from checker.report.wording import counted, first_line, observed_words, place_of, source_words

DEFAULT_WIDTH = 100
_NARROWEST = 40
_LONGEST_PATH = 1000
_LONGEST_MESSAGE = 1000
_MOST_FILES = 50


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a line, and the name of its style; plain where it has none."""

    text: str
    style: str = ""


Line = tuple[Piece, ...]


def render(report: Report, *, style: bool = False, width: int = DEFAULT_WIDTH) -> str:
    """Write *report* for a person, wrapped at *width*; with *style* in colours, and otherwise the same."""
    lines = [*_lines(report, max(width, _NARROWEST))]
    if style:
        # NOTE: rich takes long to import, and most runs are looked at by no person.
        from checker.report.console_style import styled  # noqa: PLC0415 - see above

        return styled(lines)
    return "".join("".join(piece.text for piece in line) + "\n" for line in lines)


def summary_line(report: Report) -> str:
    """Give the last line of the text, whose form is fixed."""
    code, summary = report.run.exit_code, summary_of(report)
    return (
        f"adsync-checker: exit {code} ({exit_words(code)}): "
        f"{counted(summary.servers, 'server')}, {counted(summary.findings, 'finding')}: "
        f"{summary.passes} pass, {summary.fails} fail, {summary.errors} error, "
        f"{summary.not_applicable} not applicable, 0 waived; "
        f"{summary.below} below --fail-on {report.run.fail_on.word}"
    )


def _lines(report: Report, width: int) -> Iterator[Line]:
    yield from _head(report, width)
    yield from _section("The run is incomplete", _bullets(incomplete_because(report), width, "error"))
    by_standing = _sorted(report)
    several = len(findings_by_server(report)) > 1
    for title, standings in (
        ("Could not be evaluated", (Standing.ERROR,)),
        ("Failures", (Standing.FAIL,)),
        ("Below --fail-on, not counted", (Standing.ERROR_BELOW, Standing.FAIL_BELOW)),
    ):
        found = [finding for standing in standings for finding in by_standing[standing]]
        blocks = [_block(report, finding, width, several=several) for finding in found]
        yield from _section(_count(title, found), (line for block in blocks for line in block))
    for title, standing in (("Not applicable", Standing.NOT_APPLICABLE), ("Passes", Standing.PASS)):
        found = by_standing[standing]
        rows = (line for finding in found for line in _row(report, finding, width, several=several))
        yield from _section(_count(title, found), rows)
    yield from _files(report, width)
    yield ()
    code = report.run.exit_code
    yield (Piece(summary_line(report), "pass" if code == 0 else "fail" if code == 1 else "error"),)


def _count(title: str, found: Sequence[object]) -> str:
    return f"{title} ({len(found)})"


def _section(title: str, lines: Iterator[Line]) -> Iterator[Line]:
    first = next(lines, None)
    if first is not None:
        yield ()
        yield (Piece(title, "title"),)
        yield first
        yield from lines


def _sorted(report: Report) -> dict[Standing, list[Finding]]:
    """Give the findings by standing, the most severe first, then by rule and server."""
    found: dict[Standing, list[Finding]] = {standing: [] for standing in Standing}
    order = sorted(report.findings, key=lambda one: (-report.rules[one.rule].severity, one.rule, one.server))
    for finding in order:
        found[standing_of(report, finding)].append(finding)
    return found


def _head(report: Report, width: int) -> Iterator[Line]:
    run = report.run
    started = format_timestamp(run.started)
    yield (Piece(f"adsync-checker {terminal(run.version)}", "title"), Piece(f"  {started}  run {terminal(run.id)}"))
    for policy in report.policies:
        text = f"{terminal(policy.name)} {terminal(policy.version)}, {terminal(policy.path, _LONGEST_PATH)}"
        yield from _labelled("policy", f"{text}, sha256 {terminal(policy.sha256[:12])}", width)
    if parameters := "; ".join(
        f"{terminal(one.name)} = {terminal(show(one.value))} ({terminal(one.origin)})" for one in report.parameters
    ):
        yield from _labelled("parameters", parameters, width)
    yield from _labelled("fail on", f"{run.fail_on.word} and above", width)
    for row, _ in findings_by_server(report).values():
        yield ()
        yield from _server(report, row, width)


def _server(report: Report, row: ServerRow, width: int) -> Iterator[Line]:
    role = f", {terminal(row.role)}" if row.role else ""
    yield (Piece("server "), Piece(terminal(row.name), "title"), Piece(role))
    if not row.sources:
        yield (Piece("  no sources", "error"),)
    for source in row.sources:
        yield (Piece(f"  {source.format.value}  {terminal(source.path, _LONGEST_PATH)}"),)
        words = terminal(source_words(source, report.run.started))
        yield from _wrapped(words, width, first="    ", style="quiet")


def _block(report: Report, finding: Finding, width: int, *, several: bool) -> Iterator[Line]:
    rule = report.rules[finding.rule]
    word = treatment_of(report, finding).word
    server = f"  ({terminal(finding.server)})" if several else ""
    yield (
        Piece("  "),
        Piece(f"{word:5}", word),
        Piece(f"  {terminal(rule.id)}  {rule.severity.word:8}  "),
        Piece(f"{terminal(rule.title)}{server}", "title"),
    )
    yield from _wrapped(terminal(finding.message, _LONGEST_MESSAGE), width, first=_INDENT)
    # NOTE: a place is one fragment, for its colons must not meet those of the name; and it is never wrapped, so that
    # terminals make a link of it.
    place = terminal(str(place_of(report, finding)), _LONGEST_PATH)
    yield (Piece(f"{_INDENT}{'at':13}{place}"),)
    yield from _labelled("expected", terminal(finding.expected), width, _INDENT)
    yield from _labelled("observed", terminal(observed_words(finding)), width, _INDENT)
    if finding.derivation not in finding.message:
        yield from _labelled("derived", terminal(finding.derivation), width, _INDENT)
    if remedy := first_line(rule.remediation.text) or first_line(rule.remediation.powershell):
        yield from _labelled("remediation", terminal(remedy), width, _INDENT)


def _row(report: Report, finding: Finding, width: int, *, several: bool) -> Iterator[Line]:
    rule = report.rules[finding.rule]
    standing = standing_of(report, finding)
    server = f"  ({terminal(finding.server)})" if several else ""
    word = treatment_of(report, finding).word
    head = (Piece("  "), Piece(f"{word:5}", word), Piece(f"  {terminal(rule.id)}  {rule.severity.word:8}  "))
    yield (*head, Piece(f"{terminal(rule.title)}{server}"))
    if standing is Standing.NOT_APPLICABLE:
        yield from _wrapped(terminal(finding.message, _LONGEST_MESSAGE), width, first=_INDENT, style="quiet")


def _files(report: Report, width: int) -> Iterator[Line]:
    remarks = [
        f"{one.location}: {one.message}" if one.location else one.message
        for one in report.diagnostics
        if not one.incomplete
    ]
    yield from _section(_count("Remarks", remarks), _bullets(remarks, width))
    files = [f"{file.path}: {file.why}" for file in report.files_not_understood]
    shown = files[:_MOST_FILES]
    if len(files) > len(shown):
        shown.append(f"{len(files) - len(shown)} more; the format json lists all")
    yield from _section(_count("Files that were not understood", files), _bullets(shown, width))


_INDENT = " " * 9


def _bullets(texts: Sequence[str], width: int, style: str = "") -> Iterator[Line]:
    for text in texts:
        yield from _wrapped(terminal(text, _LONGEST_PATH), width, first="  - ", style=style)


def _labelled(label: str, text: str, width: int, indent: str = "  ") -> Iterator[Line]:
    yield from _wrapped(text, width, first=f"{indent}{label:13}")


def _wrapped(text: str, width: int, *, first: str, style: str = "") -> Iterator[Line]:
    """Wrap *text* behind *first*; further lines stand below its beginning. Only blanks are places to break at."""
    room = max(width - len(first), _NARROWEST // 2)
    parts = textwrap.wrap(text, room, break_long_words=False, break_on_hyphens=False) or [""]
    for number, part in enumerate(parts):
        yield (Piece(first if number == 0 else " " * len(first)), Piece(part, style))
