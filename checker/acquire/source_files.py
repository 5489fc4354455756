"""The sources of one server as reports list them, and how old the facts are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import groupby

from checker.acquire.assignment import Placed
from checker.acquire.merge import merge
from checker.acquire.reading import Reading
from checker.model.facts import Fact, Known, Reason, Source, SourceFile, SourceFormat, Unknown
from checker.model.location import Location
from checker.model.timestamp import format_timestamp


def list_sources(placed: Sequence[Placed], superseded: frozenset[str]) -> tuple[SourceFile, ...]:
    """List the sources: the files of one export folder are one source."""

    def key(one: Placed) -> tuple[str, str]:
        return one.reading.format.value, one.reading.group or one.reading.path

    files: list[SourceFile] = []
    for _, group in groupby(sorted(placed, key=lambda one: (key(one), one.reading.path)), key=key):
        members = list(group)
        first = members[0].reading
        dates = [one.reading.date for one in members if one.reading.date is not None]
        naming = next((one for one in members if one.reading.computer), members[0])
        files.append(
            SourceFile(
                format=first.format,
                path=first.group or first.path,
                assignment=naming.assignment,
                date=min(dates, default=None),
                files=len({one.reading.path for one in members}),
                superseded=first.path in superseded,
            )
        )
    return tuple(files)


def collected_at(readings: Sequence[Reading], sources: Sequence[SourceFile]) -> Fact | None:
    """Say when the facts were taken: the oldest source counts, and one without a date leaves it unknown."""
    return _oldest([*_of_documents(readings, "server.collected_at"), *_collected_at(sources)])


def _of_documents(readings: Iterable[Reading], name: str) -> list[Fact]:
    """Give what the project's own documents state of the fact *name*."""
    return [one.facts[name] for one in readings if one.format is SourceFormat.FACTS and name in one.facts]


def _oldest(facts: Sequence[Fact]) -> Fact | None:
    """Give the earliest of several times; one that is unknown outweighs them, for it may be earlier."""
    known = [fact for fact in facts if isinstance(fact, Known)]
    return merge([*(fact for fact in facts if not isinstance(fact, Known)), *sorted(known, key=_moment)[:1]])


def _moment(fact: Known) -> str:
    return format_timestamp(fact.value) if isinstance(fact.value, datetime) else ""


def _collected_at(sources: Sequence[SourceFile]) -> list[Fact]:
    """Give the date of the oldest source that counts; unknown if one of them has none."""
    counted = [one for one in sources if not one.superseded and one.format is not SourceFormat.FACTS]
    if not counted:
        return []
    undated = [one for one in counted if one.date is None]
    if undated:
        where = tuple(Source(one.format, Location(one.path)) for one in undated)
        return [Unknown(Reason.AMBIGUOUS, f"'{undated[0].path}' does not say when it was made.", where)]
    oldest = min(counted, key=lambda one: (str(one.date), one.path))
    assert oldest.date is not None  # noqa: S101 - the undated ones are gone
    return [Known(oldest.date, Source(oldest.format, Location(oldest.path)), "The date of the oldest source.")]
