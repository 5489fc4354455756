"""How old facts may be: what is too old, undated, or dated in the future says nothing of the server at this moment."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import assert_never

from checker.evaluate.sentences import in_quotes
from checker.model.duration import format_duration
from checker.model.facts import Absent, Fact, FactSet, Known, Reason, Source, SourceFile, SourceFormat, Unknown
from checker.model.timestamp import format_timestamp

CLOCK_TOLERANCE = timedelta(minutes=5)
"""How far the clocks of two machines may be apart before a date counts as one of the future."""

AGELESS = "server.collected_at"
"""The fact that tells the age: it is known and judged also where it is long ago."""

Reproaches = Mapping[tuple[SourceFormat, str], str]
"""What speaks against each source, by format and path; empty where nothing does."""


def aged(facts: FactSet, max_age: timedelta, now: datetime) -> FactSet:
    """
    Give *facts* as they are known at *now*, where none may be older than *max_age*: one that is, is unknown.

    A fact rests on the files of all its sources, and each must be young. What the inventory declares has no age, nor
    has what stands in no file.
    """
    reproaches = {(one.format, one.path): _reproach(one, max_age, now) for one in facts.sources}
    known = {name: fact if name == AGELESS else _aged(fact, reproaches) for name, fact in facts.facts.items()}
    return FactSet(server=facts.server, facts=known, sources=facts.sources)


def _aged(fact: Fact, reproaches: Reproaches) -> Fact:
    for source in _sources(fact):
        reproach = _against(source, reproaches)
        if reproach:
            return Unknown(Reason.STALE, reproach, (source,))
    return fact


def _sources(fact: Fact) -> tuple[Source, ...]:
    """Give what *fact* rests on; nothing that is unknown can become less known."""
    match fact:
        case Known(source=source, also=also) | Absent(source=source, also=also):
            return (source, *also)
        case Unknown():
            return ()
        case _:
            assert_never(fact)


def _against(source: Source, reproaches: Reproaches) -> str:
    """Say what speaks against the file of *source*: it is listed itself, or is part of an export that is."""
    if source.location is None or source.format is SourceFormat.INVENTORY:
        return ""
    path = source.location.file
    while path:
        found = reproaches.get((source.format, path))
        if found is not None:
            return found
        path = path.rpartition("/")[0]
    here = reproaches.get((source.format, "."))  # an export in the working directory, whose files have no folder
    return here if here is not None else f"Nobody knows how old {in_quotes(source.location.file)} is"


def _reproach(source: SourceFile, max_age: timedelta, now: datetime) -> str:
    """Say what speaks against the date of *source*; nothing where it is recent."""
    path = in_quotes(source.path)
    if source.date is None:
        return f"{path} does not say how old it is, and facts must not be older than {format_duration(max_age)}"
    date = format_timestamp(source.date)
    if source.date - now > CLOCK_TOLERANCE:
        return f"{path} is of {date}, which is in the future of this run: one of the clocks is wrong"
    if now - source.date > max_age:
        return f"{path} is of {date}, and facts must not be older than {format_duration(max_age)}"
    return ""
