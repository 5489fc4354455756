"""
Annotations: lines that GitHub Actions and Azure Pipelines show beside the place in the file.

What moves the exit code is an error: failures and errors of gated rules, what makes the run incomplete, and too many
waivers. That a run is partial is a warning; a failure that a waiver covers is a notice, so that nobody forgets it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, IntEnum
from typing import assert_never

from checker.model.location import Location
from checker.model.result import Finding, Report
from checker.report.mapping import Standing, standing_of, treatment_of
from checker.report.portable import portable_location, portable_text
from checker.report.run_words import partial_words
from checker.report.summary import incomplete_because, too_many_waived
from checker.report.visible import terminal
from checker.report.wording import place_of, waiver_words

_LONGEST = 1000  # characters of a title or a path
_MOST = 50  # a pipeline shows fewer still; the reports hold all


class _Level(IntEnum):
    NOTICE = 0
    WARNING = 1
    ERROR = 2


class Dialect(Enum):
    """Whose log commands are written."""

    GITHUB = "github"
    AZURE = "azure"


@dataclass(frozen=True, slots=True)
class _Annotation:
    title: str
    text: str
    location: Location | None = None
    level: _Level = _Level.ERROR


def render(report: Report, dialect: Dialect) -> str:
    """Write a line for each thing that somebody should see, errors first; empty where there is none."""
    annotations = sorted(_annotations(report), key=lambda one: -one.level)
    shown, rest = annotations[:_MOST], annotations[_MOST:]
    if rest:
        text = f"There are {len(rest)} more; the reports hold all."
        shown.append(_Annotation("adsync-checker", text, level=rest[0].level))
    return "".join(f"{_line(annotation, dialect)}\n" for annotation in shown)


def _annotations(report: Report) -> Iterator[_Annotation]:
    for reason in incomplete_because(report):
        yield _Annotation("adsync-checker: the run is incomplete", portable_text(report, reason))
    if refused := too_many_waived(report):
        yield _Annotation("adsync-checker: too many waivers", refused)
    if narrowed := partial_words(report.run.selection):
        yield _Annotation("adsync-checker: the run is partial", narrowed, level=_Level.WARNING)
    for standing, level in (
        (Standing.ERROR, _Level.ERROR),
        (Standing.FAIL, _Level.ERROR),
        (Standing.WAIVED, _Level.NOTICE),
    ):
        found = [finding for finding in report.findings if standing_of(report, finding) is standing]
        for finding in sorted(found, key=lambda one: -report.rules[one.rule].severity):
            rule = report.rules[finding.rule]
            title = f"{treatment_of(report, finding).word} {rule.id} {rule.title} ({rule.severity.word})"
            text = f"{finding.subject}: {_said(report, finding)}"
            yield _Annotation(title, text, portable_location(report, place_of(report, finding)), level)


def _said(report: Report, finding: Finding) -> str:
    message = portable_text(report, finding.message)
    return f"{waiver_words(finding.waiver)} ({message})" if finding.waiver else message


def _line(annotation: _Annotation, dialect: Dialect) -> str:
    title, text, location = annotation.title, terminal(annotation.text), annotation.location
    match dialect:
        case Dialect.GITHUB:
            place = {"file": location.file, "line": str(location.line), "col": str(location.column)} if location else {}
            named = ",".join(f"{name}={_github(value)}" for name, value in (place | {"title": title}).items())
            return f"::{annotation.level.name.lower()} {named}::{_escaped(text, _GITHUB_TEXT)}"
        case Dialect.AZURE:
            kind = "error" if annotation.level is _Level.ERROR else "warning"  # it knows no notice
            place = (
                {"sourcepath": location.file, "linenumber": str(location.line), "columnnumber": str(location.column)}
                if location
                else {}
            )
            named = "".join(f"{name}={_azure(value)};" for name, value in ({"type": kind} | place).items())
            return f"##vso[task.logissue {named}]{_escaped(f'{terminal(title)}: {text}', _AZURE_TEXT)}"
        case _:
            assert_never(dialect)


# NOTE: the sign that begins an escape comes first, so that no escape is escaped again.
_GITHUB_TEXT = (("%", "%25"), ("\r", "%0D"), ("\n", "%0A"))
_AZURE_TEXT = (("%", "%AZP25"), ("\r", "%0D"), ("\n", "%0A"))


def _escaped(text: str, escapes: tuple[tuple[str, str], ...]) -> str:
    for char, escape in escapes:
        text = text.replace(char, escape)
    return text


def _github(value: str) -> str:
    return _escaped(terminal(value, _LONGEST), (*_GITHUB_TEXT, (":", "%3A"), (",", "%2C")))


def _azure(value: str) -> str:
    return _escaped(terminal(value, _LONGEST), (*_AZURE_TEXT, (";", "%3B"), ("]", "%5D")))
