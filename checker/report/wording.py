"""How findings and sources are put into words, the same in every format for people."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from checker.model.facts import SourceFile
from checker.model.location import Location
from checker.model.result import Finding, Outcome, Report
from checker.model.timestamp import format_timestamp
from checker.model.values import Value, show
from checker.model.waiver import Waiver

_RECORDS_SHOWN = 20


def observed_words(finding: Finding) -> str:
    """Give what was observed, or why there is nothing to give."""
    match finding.observed:
        case None if finding.reason == "absent":
            return "(absent)"
        case None if finding.outcome is Outcome.ERROR:
            return f"(unknown: {finding.reason})" if finding.reason else "(unknown)"
        case None:
            return "(nothing)"
        case value:
            return shown_value(value)


def shown_value(value: Value) -> str:
    """Give *value*; of a long list its beginning, and how many entries more there are."""
    match value:
        case tuple() as records if len(records) > _RECORDS_SHOWN:
            return f"{show(records[:_RECORDS_SHOWN])}; and {len(records) - _RECORDS_SHOWN} more"
        case _:
            return show(value)


def place_of(report: Report, finding: Finding) -> Location:
    """Say where to look: where the fact stands, else the rule in its policy."""
    if finding.source and finding.source.location:
        return finding.source.location
    return report.rules[finding.rule].location


def first_line(text: str) -> str:
    """Give the first line of *text* that is not blank."""
    return next((line.strip() for line in text.splitlines() if line.strip()), "")


def date_words(source: SourceFile) -> str:
    """Give the date of *source*."""
    return format_timestamp(source.date) if source.date else "unknown"


def age_of(source: SourceFile, now: datetime) -> timedelta | None:
    """Say how old *source* is at *now*; negative where it is dated in the future, None where it has no date."""
    return now - source.date if source.date else None


def age_words(source: SourceFile, now: datetime) -> str:
    """Say how old *source* is at *now*, in its largest unit, rounded down."""
    match age_of(source, now):
        case None:
            return "unknown"
        case age if age < timedelta():
            return "dated in the future"
        case age if age >= timedelta(days=2):
            return f"{age.days} days"
        case age if age >= timedelta(hours=2):
            return f"{age // timedelta(hours=1)} hours"
        case age:
            return counted(age // timedelta(minutes=1), "minute")


def source_words(source: SourceFile, now: datetime) -> str:
    """Say when *source* was made, how old it is, and how it came to its server."""
    words = [f"date {date_words(source)}", f"age {age_words(source, now)}"]
    if source.files != 1:
        words.append(counted(source.files, "file"))
    words.append(source.assignment)
    if source.superseded:
        words.append("superseded by a newer one")
    return ", ".join(words)


def counted(number: int, word: str) -> str:
    """Give *number* with *word*, in the plural unless it is one."""
    return f"{number} {word}" if number == 1 else f"{number} {word}s"


def quoted(names: Iterable[str]) -> str:
    """Give *names* in single quotes."""
    return ", ".join(f"'{name}'" for name in names)


def subject_words(finding: Finding) -> str:
    """Say whom *finding* speaks of, in a sentence: `server 'A'`, or `tenant 'B'`."""
    return f"server '{finding.server}'" if finding.server or not finding.tenant else f"tenant '{finding.tenant}'"


def waived_until(waiver: Waiver) -> str:
    """Say that a failure is waived, and until when."""
    return f"waived until {waiver.expires}"


def waived_by(waiver: Waiver) -> str:
    """Say until when, by whom and with whose approval a failure is accepted."""
    return f"until {waiver.expires} by {waiver.owner} (approved by {waiver.approver}, {waiver.ticket})"


def waiver_words(waiver: Waiver) -> str:
    """Say that a failure is waived, and all that a reader of one line must know."""
    return f"waived {waived_by(waiver)}: {waiver.justification}"


def days_left(waiver: Waiver, now: datetime) -> str:
    """Say how many days after that of *now* the waiver still counts."""
    days = (waiver.expires - now.astimezone(UTC).date()).days
    return "ends today" if days == 0 else f"{counted(days, 'day')} left" if days > 0 else "ended"
