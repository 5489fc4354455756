"""From what was read of a running server to the facts that its document holds."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from checker.acquire.assignment import Placed
from checker.acquire.fact_set import build_fact_set
from checker.acquire.live.host import HostReading
from checker.acquire.reading import Reading
from checker.model.catalogue import CATALOGUE
from checker.model.collection import Collection, Failure, FailureClass, Plan
from checker.model.facts import Absent, Fact, FactSet, Known, Source, SourceFile, SourceFormat, Unknown
from checker.model.inventory import ExpectedServer
from checker.model.support import SupportTable

_SERVER_CLOCK = "server.collected_at"


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveFacts:
    """The facts of one running server, and how they were collected."""

    facts: FactSet
    collection: Collection

    @property
    def failure(self) -> Failure | None:
        """What kept the whole server from being read; None where something was read."""
        return self.collection.failures[0] if self.collection.plan is None and self.collection.failures else None


def live_facts(server: ExpectedServer, reading: HostReading, *, taken: datetime, support: SupportTable) -> LiveFacts:
    """
    Give the facts of *server* as of *taken*, the time of the checker at which the reading began.

    A server that could not be read, and a computer that is another one than was expected, has no fact but unknown ones.
    """
    failure = reading.failure or _identity(server, reading.readings)
    if failure is not None:
        collection = replace(reading.collection, plan=None, failures=(failure,))
        return LiveFacts(facts=_unread(server, failure, collection, taken), collection=collection)
    date = _date(reading.collection, taken)
    placed = [Placed(reading=replace(one, date=date), assignment=_ASSIGNMENT) for one in reading.readings]
    name = next(one.computer for one in reading.readings if one.computer)
    built = build_fact_set(name, placed, now=taken, support=support)
    facts = {fact: _unplaced(one) for fact, one in built.facts.items()}
    facts[_SERVER_CLOCK] = Known(date, Source(SourceFormat.LIVE, None, "the clock of the checker"))
    source = _source(server, reading.collection, date)
    return LiveFacts(facts=FactSet(server=name, facts=facts, sources=(source,)), collection=reading.collection)


_ASSIGNMENT = "named by the server"


def _identity(server: ExpectedServer, readings: tuple[Reading, ...]) -> Failure | None:
    """Compare the name that the computer gives itself with the one that is expected."""
    names = {one.computer for one in readings if one.computer}
    if {name.partition(".")[0].casefold() for name in names} == {server.computer_name}:
        return None
    said = " and ".join(f"'{name}'" for name in sorted(names)) or "nothing"
    message = (
        f"'{server.connection.host}' should be the computer '{server.computer_name}', and calls itself {said}. Correct "
        "'host' or 'computer_name' in the inventory."
    )
    return Failure(kind=FailureClass.IDENTITY, message=message)


def _unread(server: ExpectedServer, failure: Failure, collection: Collection, taken: datetime) -> FactSet:
    label = server.name.partition(".")[0].casefold()
    name = server.name if label == server.computer_name else server.computer_name
    where = Source(SourceFormat.LIVE, None, server.connection.host)
    unknown = Unknown(failure.kind.reason, f"{failure.kind.value}: {failure.message}", (where,))
    # NOTE: no fact has the name of the computer: nobody answered, or somebody else did.
    return FactSet(server=name, facts=dict.fromkeys(CATALOGUE, unknown), sources=(_source(server, collection, taken),))


def _date(collection: Collection, taken: datetime) -> datetime:
    """Give the time of the facts by our clock; a snapshot is as much older as it was on the server's clock."""
    snapshot = collection.snapshot
    if collection.plan is not Plan.SNAPSHOT or snapshot is None or snapshot.written is None:
        return taken
    if collection.server_time is None:
        return min(taken, snapshot.written)
    return min(taken, taken - (collection.server_time - snapshot.written))


def _source(server: ExpectedServer, collection: Collection, date: datetime) -> SourceFile:
    assignment = _ASSIGNMENT if collection.plan else "not read"
    return SourceFile(format=SourceFormat.LIVE, path=server.connection.host, assignment=assignment, date=date)


def _unplaced(fact: Fact) -> Fact:
    """Give *fact* without the places in an answer that nobody keeps: what was asked is told, and of whom."""
    match fact:
        case Known(value=value):
            if isinstance(value, tuple):
                value = tuple(replace(one, location=None) for one in value)
            return replace(fact, value=value, source=_live(fact.source), also=_also(fact.source, fact.also))
        case Absent():
            return replace(fact, source=_live(fact.source), also=_also(fact.source, fact.also))
        case Unknown():
            return replace(fact, sources=tuple(dict.fromkeys(map(_live, fact.sources))))


def _live(source: Source) -> Source:
    return Source(SourceFormat.LIVE, None, source.item)


def _also(first: Source, further: tuple[Source, ...]) -> tuple[Source, ...]:
    return tuple(one for one in dict.fromkeys(map(_live, further)) if one != _live(first))
