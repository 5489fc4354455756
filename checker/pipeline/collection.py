"""Facts of running servers: one document for each, written as it arrives."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from checker.acquire.live.commands import Connect, LiveError, Session, Target
from checker.acquire.live.document import LiveFacts, live_facts
from checker.acquire.live.fleet import Ask, Fleet, Pace, failed
from checker.acquire.live.host import HostReading, read_host
from checker.model.collection import Collection as How
from checker.model.collection import FailureClass
from checker.model.inventory import ExpectedServer, Inventory
from checker.model.support import SupportTable
from checker.report.facts_document import render_fact_set


@dataclass(frozen=True, slots=True, kw_only=True)
class Live:
    """What the outside lends to a collection."""

    resolve: Callable[[ExpectedServer], Target]  # with the secrets; raises LiveError
    reach: Callable[[Target], None]  # raises LiveError where nobody listens
    connect: Connect
    pace: Pace
    now: Callable[[], datetime]
    support: SupportTable
    max_age: timedelta | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """A server that is done."""

    server: str
    number: int  # the how manieth
    of: int
    facts: LiveFacts


@dataclass(frozen=True, slots=True, kw_only=True)
class Collected:
    """What became of the servers that were asked."""

    servers: dict[str, How]  # by name, in the order of the inventory
    interruption: KeyboardInterrupt | None = None

    @property
    def complete(self) -> bool:
        """Whether every fact that was asked for was answered."""
        return self.interruption is None and not any(one.failures for one in self.servers.values())


def collect(
    inventory: Inventory,
    wanted: Collection[str],
    live: Live,
    *,
    write: Callable[[str, str], None],
    tell: Callable[[Arrival], None],
) -> Collected:
    """
    Read the servers of *inventory* that are *wanted*, and *write* the document of each by its name.

    At first each gets a document that says it was not read yet: whatever ends the run, nothing older is taken for it.
    An interruption gives the servers that run a moment to end, and leaves the others as they are.

    Raises:
        OutputError: a document could not be written.
    """
    servers = {one.name: one for one in inventory.servers if one.name in wanted}
    found: dict[str, How] = {}
    for server in servers.values():
        facts = live_facts(server, _PENDING, taken=live.now(), support=live.support)
        write(server.name, render_fact_set(facts.facts, collection=facts.collection))
        found[server.name] = facts.collection
    number = 0

    def arrive(name: str, reading: HostReading, taken: datetime) -> None:
        nonlocal number
        number += 1
        facts = live_facts(servers[name], reading, taken=taken, support=live.support)
        write(name, render_fact_set(facts.facts, collection=facts.collection))
        found[name] = facts.collection
        tell(Arrival(server=name, number=number, of=len(servers), facts=facts))

    interruption: KeyboardInterrupt | None = None
    began = dict.fromkeys(servers, live.now())
    fleet: Fleet | None = None
    try:
        asks: list[Ask] = []
        for server in servers.values():
            match _ask(server, live, began):
                case Ask() as ask:
                    asks.append(ask)
                case HostReading() as reading:
                    arrive(server.name, reading, began[server.name])
        fleet = Fleet(asks=asks, pace=live.pace)
        for name, reading in fleet.readings():
            arrive(name, reading, began[name])
    except KeyboardInterrupt as stop:
        interruption = stop
        if fleet is not None:
            _end(fleet, lambda name, reading: arrive(name, reading, began[name]))
    return Collected(servers=found, interruption=interruption)


def _end(fleet: Fleet, arrive: Callable[[str, HostReading], None]) -> None:
    """Take what still comes in; a second interruption ends it at once."""
    fleet.stop()
    with suppress(KeyboardInterrupt):
        for name, reading in fleet.rest():
            arrive(name, reading)


_PENDING = failed(FailureClass.INTERRUPTED, "The collection was ended before this server was read.")


def _ask(server: ExpectedServer, live: Live, began: dict[str, datetime]) -> Ask | HostReading:
    """Say how *server* is asked, noting when that begins; or why it cannot be."""
    try:
        target = live.resolve(server)
    except LiveError as error:
        return failed(error.failure.kind, error.failure.message)

    def read(seconds: float, clock: Callable[[], float], opened: Callable[[], None]) -> HostReading:
        @contextmanager
        def connect(target: Target, configuration_name: str, seconds: float) -> Iterator[Session]:
            with live.connect(target, configuration_name, seconds) as session:
                opened()
                yield session

        began[server.name] = live.now()
        return read_host(
            connect,
            target,
            server.connection.configuration_name,
            budget_seconds=seconds,
            monotonic=clock,
            now=live.now,
            max_age=live.max_age,
        )

    return Ask(server=server.name, credential=credential_of(server), reach=lambda: live.reach(target), read=read)


def credential_of(server: ExpectedServer) -> str:
    """Tell credentials apart, without a secret: servers that are reached as the same account share one."""
    how = server.connection
    return repr((how.authentication, how.username.casefold(), how.credential, how.certificate))
