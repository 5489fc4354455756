"""Many servers at once: order, retries, canaries and interruptions, with time that only the tests move."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import replace

import pytest

from checker.acquire.live.commands import LiveError
from checker.acquire.live.fleet import Ask, Fleet, Pace, StoppableClock, failed
from checker.acquire.live.host import HostReading
from checker.model.collection import Collection, Failure, FailureClass, Plan

FINE = HostReading(readings=(), collection=Collection(plan=Plan.MODULE), failure=None)


class World:
    """The clock, the pauses and the servers of a test."""

    def __init__(self) -> None:
        """Begin at zero."""
        self.now = 0.0
        self.pauses: list[float] = []
        self.tries: Counter[str] = Counter()
        self.lock = threading.Lock()

    def pace(self, *, threads: int = 4, budget: float = 60.0, retries: int = 2) -> Pace:
        """Give a pace whose clock is this world's."""
        return Pace(
            threads=threads, budget=budget, retries=retries, clock=StoppableClock(lambda: self.now), sleep=self.sleep,
            chance=lambda: 0.5,
        )  # fmt: skip

    def sleep(self, seconds: float) -> None:
        """Let time pass."""
        self.pauses.append(seconds)
        self.now += seconds

    def ask(self, server: str, *outcomes: FailureClass | None, credential: str = "") -> Ask:
        """Give a server that fails in these ways, one after the other; each has a credential of its own."""
        left = list(outcomes)

        def read(_seconds: float, _clock: Callable[[], float], _opened: Callable[[], None]) -> HostReading:
            with self.lock:
                self.tries[server] += 1
            outcome = left.pop(0)
            return FINE if outcome is None else failed(outcome, outcome.value)

        return Ask(server=server, credential=credential or server, reach=lambda: None, read=read)


def kinds(fleet: Fleet) -> dict[str, FailureClass | None]:
    """Read the fleet, and give how each server failed."""
    return {name: one.failure.kind if one.failure else None for name, one in fleet.readings()}


@pytest.mark.parametrize("threads", [1, 8, 100])
def test_every_server_is_read_once(threads: int) -> None:
    """With whatever number of threads, each server gives one reading."""
    world = World()
    asks = [world.ask(f"s{number}", None) for number in range(50)]

    assert dict.fromkeys((one.server for one in asks), None) == kinds(
        Fleet(asks=asks, pace=world.pace(threads=threads))
    )
    assert {1} == set(world.tries.values())


def test_no_more_threads_than_are_asked_for() -> None:
    """So many servers are being read at any moment, and not one more."""
    world, inside, most, lock = World(), [0], [0], threading.Lock()
    full = threading.Barrier(3, timeout=10)

    def read(_seconds: float, _clock: Callable[[], float], _opened: Callable[[], None]) -> HostReading:
        with lock:
            inside[0] += 1
            most[0] = max(most[0], inside[0])
        full.wait()
        with lock:
            inside[0] -= 1
        return FINE

    asks = [Ask(server=f"s{number}", credential=f"{number}", reach=lambda: None, read=read) for number in range(9)]
    assert 9 == len(kinds(Fleet(asks=asks, pace=world.pace(threads=3))))
    assert [3] == most


def test_an_empty_fleet_is_done() -> None:
    """Nobody is asked, and nothing hangs."""
    assert {} == kinds(Fleet(asks=[], pace=World().pace()))


TRANSIENT = ("refused", "unreachable", "connect-timeout", "busy", "connection-dropped", "shell-lost")


@pytest.mark.parametrize("kind", list(FailureClass))
def test_only_what_may_pass_is_tried_again(kind: FailureClass) -> None:
    """Two more times where the same may succeed a moment later; a rejection, above all, never."""
    world = World()
    fleet = Fleet(asks=[world.ask("s", kind, kind, kind)], pace=world.pace())
    [(_, reading)] = fleet.readings()

    tries = 3 if kind.value in TRANSIENT else 1
    assert (tries, tries) == (world.tries["s"], reading.collection.attempts)
    assert reading.failure is not None
    assert kind is reading.failure.kind


def test_the_second_try_counts() -> None:
    """A server that was busy and then answers has answered."""
    world = World()
    [(_, reading)] = Fleet(asks=[world.ask("s", FailureClass.BUSY, None)], pace=world.pace()).readings()

    assert (None, 2, Plan.MODULE) == (reading.failure, reading.collection.attempts, reading.collection.plan)


def test_pauses_grow() -> None:
    """The second pause is twice the first, so that a server which is busy is left in peace."""
    world = World()
    dict(Fleet(asks=[world.ask("s", *[FailureClass.BUSY] * 3)], pace=world.pace()).readings())

    assert [1.0, 2.0] == world.pauses


def test_a_server_has_no_more_than_its_time() -> None:
    """Where little of the time is left, nothing is tried again."""
    world = World()
    ask = world.ask("s", *[FailureClass.BUSY] * 9)

    def slow(seconds: float, clock: Callable[[], float], opened: Callable[[], None]) -> HostReading:
        world.now += 30
        return ask.read(seconds, clock, opened)

    slowly = Ask(server="s", credential="s", reach=ask.reach, read=slow)
    dict(Fleet(asks=[slowly], pace=world.pace(retries=9)).readings())

    assert 2 == world.tries["s"]


def test_a_rejected_password_is_tried_on_one_server_only() -> None:
    """Of two hundred servers one is tried; the others are skipped, and each says because of whom."""
    world = World()
    asks = [world.ask(f"s{number:03}", FailureClass.AUTH_REJECTED, credential="svc") for number in range(200)]
    readings = dict(Fleet(asks=asks, pace=world.pace(threads=32)).readings())

    assert 1 == world.tries.total()
    [tried] = world.tries
    skipped = [one.failure for name, one in readings.items() if name != tried]
    assert {FailureClass.SKIPPED} == {one.kind for one in skipped if one}
    assert all(one and f"'{tried}'" in one.message for one in skipped)


def test_a_server_that_nobody_reaches_sends_no_password() -> None:
    """While nobody has accepted the credential, the port is tried first; without it nothing is read."""
    world = World()

    def nobody() -> None:
        raise LiveError(FailureClass.CONNECT_TIMEOUT, "Nobody answers.")

    far = Ask(server="far", credential="svc", reach=nobody, read=world.ask("far").read)
    found = kinds(Fleet(asks=[far, world.ask("near", None, credential="svc")], pace=world.pace(threads=1)))

    assert {"far": FailureClass.CONNECT_TIMEOUT, "near": None} == found
    assert 0 == world.tries["far"]


def test_a_bug_with_one_server_ends_no_other() -> None:
    """It is told as internal, without what the error said, which could hold anything."""
    world = World()

    def broken(_seconds: float, _clock: Callable[[], float], _opened: Callable[[], None]) -> HostReading:
        raise ZeroDivisionError("hunter2")

    asks = [Ask(server="bad", credential="b", reach=lambda: None, read=broken), world.ask("good", None)]
    readings = dict(Fleet(asks=asks, pace=world.pace()).readings())

    assert readings["bad"].failure is not None
    assert FailureClass.INTERNAL is readings["bad"].failure.kind
    assert "hunter2" not in readings["bad"].failure.message
    assert readings["good"].failure is None


def test_after_a_stop_nothing_begins_and_what_runs_comes_to_its_end() -> None:
    """Servers that had not begun are interrupted; the one that runs sees that its time is over, and says so."""
    world = World()
    running = threading.Event()

    def waiting(seconds: float, clock: Callable[[], float], _opened: Callable[[], None]) -> HostReading:
        running.set()
        while clock() < seconds:
            stopped.wait(0.01)
        return failed(FailureClass.DEADLINE, "The time is over.")

    stopped = threading.Event()
    asks = [Ask(server="slow", credential="s", reach=lambda: None, read=waiting)]
    asks += [world.ask(f"s{number}", None) for number in range(5)]
    fleet = Fleet(asks=asks, pace=world.pace(threads=1))
    readings = fleet.readings()
    found: dict[str, HostReading] = {}

    def take_one() -> None:
        running.wait(10)
        fleet.stop()
        stopped.set()

    stopper = threading.Thread(target=take_one)
    stopper.start()
    found.update([next(readings)])
    found.update(fleet.rest())
    stopper.join(10)

    assert {"slow", "s0", "s1", "s2", "s3", "s4"} == set(found)
    assert {FailureClass.INTERRUPTED} == {one.failure.kind for one in found.values() if one.failure}
    assert 0 == world.tries.total()


def test_nobody_waits_for_more_than_the_sign_on_of_the_canary() -> None:
    """As soon as one session is open, the others begin, however long that one server takes."""
    world, others = World(), threading.Barrier(3, timeout=10)

    def long(_seconds: float, _clock: Callable[[], float], opened: Callable[[], None]) -> HostReading:
        opened()
        others.wait()  # for two more that are inside at the same time
        return FINE

    asks = [Ask(server=name, credential="svc", reach=lambda: None, read=long) for name in "abc"]

    assert dict.fromkeys("abc") == kinds(Fleet(asks=asks, pace=world.pace(threads=3)))


def test_a_server_that_is_lost_in_the_middle_is_asked_again() -> None:
    """What it had told until then is less than what it can tell."""
    lost = Failure(kind=FailureClass.CONNECTION_DROPPED, message="Gone.")
    left = [replace(FINE, collection=replace(FINE.collection, failures=(lost,))), FINE]

    def read(_seconds: float, _clock: Callable[[], float], _opened: Callable[[], None]) -> HostReading:
        return left.pop(0)

    ask = Ask(server="s", credential="s", reach=lambda: None, read=read)
    [(_, reading)] = Fleet(asks=[ask], pace=World().pace()).readings()

    assert ((), 2) == (reading.collection.failures, reading.collection.attempts)
