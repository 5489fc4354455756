"""
Many servers at once: threads, retries, and one canary for each credential.

A thread owns one server from start to end. A credential that a server rejected is not carried to the next one: a wrong
password that is tried on a whole fleet locks the account of everybody who uses it.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from tenacity import RetryCallState, Retrying, retry_if_result, stop_after_attempt

from checker.acquire.live.canary import Canaries
from checker.acquire.live.commands import LiveError
from checker.acquire.live.host import HostReading
from checker.model.collection import Collection, Failure, FailureClass

DEFAULT_THREADS = 8
MOST_THREADS = 32
"""More gives no more throughput: the protocol's work is the processor's."""

_LONGEST_PAUSE = 8.0
_CLOSING = 10.0
"""So many seconds are given to threads that close their shells when a run is interrupted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """One server of the fleet: how to reach it without a credential, and how to read it with one."""

    server: str
    credential: str  # what tells credentials apart, never a secret; servers with the same one share it
    reach: Callable[[], None]  # raises LiveError where nobody listens; it says nothing of who we are
    read: Callable[[float, Callable[[], float], Callable[[], None]], HostReading]
    """Within so many seconds, by that clock; the last is called as soon as a session is open."""


class StoppableClock:
    """A clock on which every deadline is over once it was stopped; deadlines that begin later count as always."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        """Go as *monotonic* does."""
        self._monotonic = monotonic
        self._stopped = threading.Event()

    def __call__(self) -> float:
        """Give the time in seconds."""
        return self._monotonic() + (_LEAP if self.is_stopped() else 0.0)

    def is_stopped(self) -> bool:
        """Whether it was stopped."""
        return self._stopped.is_set()

    def stop(self) -> None:
        """Let every deadline be over."""
        self._stopped.set()


_LEAP = 1e9
"""Seconds, more than any deadline lies ahead."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How a fleet is read, and the clock, the pauses and the chance that come from outside."""

    threads: int = DEFAULT_THREADS
    budget: float = 60.0  # seconds for each server, with all its attempts
    retries: int = 2
    clock: StoppableClock
    sleep: Callable[[float], None]
    chance: Callable[[], float]  # from 0 up to 1


@dataclass(slots=True)
class Fleet:
    """One reading of a fleet; iterate over `readings` once."""

    asks: Sequence[Ask]
    pace: Pace
    _done: queue.SimpleQueue[tuple[str, HostReading]] = field(default_factory=queue.SimpleQueue)
    _given: int = 0

    def readings(self) -> Iterator[tuple[str, HostReading]]:
        """
        Give each server with what was read of it, as they come in.

        Where the caller's loop is interrupted it calls `stop`, and goes on to take what is left.
        """
        waiting = iter(self.asks)
        lock = threading.Lock()
        canaries = Canaries()

        def work() -> None:
            while True:
                with lock:
                    ask = next(waiting, None)
                if ask is None:
                    return
                self._done.put((ask.server, self._read(ask, canaries)))

        # NOTE: daemons, because a thread that hangs in a system call must not keep the process from ending.
        for number in range(min(max(self.pace.threads, 1), MOST_THREADS, len(self.asks))):
            threading.Thread(target=work, name=f"collect-{number}", daemon=True).start()
        while self._given < len(self.asks):
            yield self._next(None)

    def stop(self) -> None:
        """Let nothing new begin, and whatever runs come to its end soon."""
        self.pace.clock.stop()

    def rest(self) -> Iterator[tuple[str, HostReading]]:
        """After `stop`: give what still comes in while shells are closed, until nothing has come for a while."""
        try:
            while self._given < len(self.asks):
                yield self._next(_CLOSING)
        except queue.Empty:
            return

    def _next(self, timeout: float | None) -> tuple[str, HostReading]:
        found = self._done.get(timeout=timeout)
        self._given += 1
        return found

    def _read(self, ask: Ask, canaries: Canaries) -> HostReading:
        """Read one server, again where the same may succeed a moment later."""
        time = _Time(self.pace.clock, self.pace.budget)
        attempts = 0

        def attempt() -> HostReading:
            nonlocal attempts
            attempts += 1
            return self._attempt(ask, canaries, time)

        def pause(state: RetryCallState) -> float:
            # NOTE: with chance in it, so that servers which failed together are not asked again together.
            return min(_LONGEST_PAUSE, 0.5 * 2.0**state.attempt_number) * (0.5 + self.pace.chance())

        def worth_it(reading: HostReading) -> bool:
            lost = (FailureClass.CONNECTION_DROPPED, FailureClass.SHELL_LOST)
            again = reading.failure is not None and reading.failure.kind.transient
            again |= any(one.kind in lost for one in reading.collection.failures)  # in the middle of the answers
            return again and time.left() > _LONGEST_PAUSE

        retrying = Retrying(
            retry=retry_if_result(worth_it),
            stop=stop_after_attempt(1 + self.pace.retries),
            wait=pause,
            sleep=self.pace.sleep,
            retry_error_callback=lambda state: state.outcome.result() if state.outcome else None,
        )
        reading: HostReading = retrying(attempt)
        return replace(reading, collection=replace(reading.collection, attempts=attempts))

    def _attempt(self, ask: Ask, canaries: Canaries, time: _Time) -> HostReading:
        if self.pace.clock.is_stopped():
            return _interrupted()
        try:
            if not canaries.is_accepted(ask.credential):
                ask.reach()
            with canaries.turn(ask.credential, ask.server) as turn:
                if turn.rejected_by:
                    return failed(FailureClass.SKIPPED, _rejected(turn.rejected_by))
                # NOTE: the time of a server begins with its turn; what it waited for the canary is not its own.
                reading = ask.read(time.left(), self.pace.clock, turn.opened)
                turn.tell(reading.failure)
            is_over = reading.failure is not None and reading.failure.kind is FailureClass.DEADLINE
            return _interrupted() if is_over and self.pace.clock.is_stopped() else reading
        except LiveError as error:
            return failed(error.failure.kind, error.failure.message)
        except Exception as error:  # noqa: BLE001 - a bug with one server is told as that server's, and ends no other's
            return failed(FailureClass.INTERNAL, f"{type(error).__name__} was raised; this is a bug of the checker.")


class _Time:
    """The time that one server has, from its first turn on."""

    def __init__(self, clock: Callable[[], float], budget: float) -> None:
        self._clock, self._budget = clock, budget
        self._end: float | None = None

    def left(self) -> float:
        """Give the seconds that are left."""
        now = self._clock()
        if self._end is None:
            self._end = now + self._budget
        return self._end - now


def _interrupted() -> HostReading:
    return failed(FailureClass.INTERRUPTED, "The run was interrupted before this server was read.")


def failed(kind: FailureClass, message: str) -> HostReading:
    """Give the reading of a server of which nothing could be read."""
    failure = Failure(kind=kind, message=message)
    return HostReading(readings=(), collection=Collection(failures=(failure,)), failure=failure)


def _rejected(server: str) -> str:
    return (
        f"'{server}' rejected the same credential, so it was not tried here: it may be wrong, and trying it everywhere "
        "would lock the account."
    )
