"""One server tries a credential before the fleet does."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from checker.model.collection import Failure, FailureClass

_MOST_REJECTIONS = 3
"""
A credential that one server accepted is given up after so many rejections by others.

One of them may be set up otherwise, and rejects what is right; many of them mean that the account was locked meanwhile.
"""

_SAYS_NOTHING = frozenset(
    {
        FailureClass.DNS,
        FailureClass.REFUSED,
        FailureClass.UNREACHABLE,
        FailureClass.CONNECT_TIMEOUT,
        FailureClass.PROXY,
        FailureClass.REDIRECT_REFUSED,
        FailureClass.TLS,
        FailureClass.BAD_CONFIGURATION,
        FailureClass.AUTH_METHOD_UNAVAILABLE,
        FailureClass.CREDENTIAL_UNAVAILABLE,
        FailureClass.KDC,
        FailureClass.BUSY,
        FailureClass.HTTP_ERROR,
        FailureClass.PROTOCOL_ERROR,
        FailureClass.READ_TIMEOUT,
        FailureClass.DEADLINE,
        FailureClass.CONNECTION_DROPPED,
        FailureClass.SHELL_LOST,
        FailureClass.SKIPPED,
        FailureClass.INTERRUPTED,
        FailureClass.INTERNAL,
    }
)
"""Failures that do not tell whether the credential is right."""


@dataclass(slots=True)
class _State:
    first: threading.Lock = field(default_factory=threading.Lock)  # held by the server that tries it for the others
    accepted: bool = False
    rejections: int = 0
    rejected_by: str = ""  # the first server that rejected it

    @property
    def given_up(self) -> bool:
        return self.rejections >= (_MOST_REJECTIONS if self.accepted else 1)


class Turn:
    """The turn of one server with a credential."""

    def __init__(self, states: Canaries, state: _State, server: str, *, alone: bool) -> None:
        """Begin; *alone* says that the others wait for this one."""
        self._canaries, self._state, self._server, self._alone = states, state, server, alone
        self.rejected_by = states.rejected_by(state)  # the server because of which the credential is not tried any more

    def opened(self) -> None:
        """Say that the server has accepted the credential; nobody waits any longer."""
        self._canaries.accept(self._state)
        self._end()

    def tell(self, failure: Failure | None) -> None:
        """Say how it went at the end."""
        if failure is not None and failure.kind is FailureClass.AUTH_REJECTED:
            self._canaries.reject(self._state, self._server)
        elif failure is None or failure.kind not in _SAYS_NOTHING:
            self._canaries.accept(self._state)

    def end(self) -> None:
        """Let the next one have its turn."""
        self._end()

    def _end(self) -> None:
        if self._alone:
            self._alone = False
            self._state.first.release()


class Canaries:
    """What is known of each credential; shared by all threads."""

    def __init__(self) -> None:
        """Know nothing yet."""
        self._lock = threading.Lock()
        self._states: dict[str, _State] = {}

    def is_accepted(self, credential: str) -> bool:
        """Whether a server has accepted *credential*."""
        return self._state(credential).accepted

    def _state(self, credential: str) -> _State:
        with self._lock:
            return self._states.setdefault(credential, _State())

    def accept(self, state: _State) -> None:
        """Note that a server has accepted the credential."""
        with self._lock:
            state.accepted = True

    def reject(self, state: _State, server: str) -> None:
        """Note that *server* has rejected the credential."""
        with self._lock:
            state.rejections += 1
            state.rejected_by = state.rejected_by or server

    def rejected_by(self, state: _State) -> str:
        """Name the first server that rejected a credential which is given up; empty while it is not."""
        with self._lock:
            return state.rejected_by if state.given_up else ""

    @contextmanager
    def turn(self, credential: str, server: str) -> Iterator[Turn]:
        """Wait for the turn of *server*: one at a time until somebody has accepted *credential*, then all together."""
        state = self._state(credential)
        alone = not state.accepted
        if alone:
            state.first.acquire()
            if state.accepted:  # while we waited
                state.first.release()
                alone = False
        turn = Turn(self, state, server, alone=alone)
        try:
            yield turn
        finally:
            turn.end()
