"""One server tries a credential before the fleet does."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

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
    accepted: bool = False
    rejections: int = 0
    rejected_by: str = ""  # the first server that rejected it

    @property
    def given_up(self) -> bool:
        return self.rejections >= (_MOST_REJECTIONS if self.accepted else 1)


@dataclass(slots=True)
class Turn:
    """The turn of one server with a credential."""

    server: str
    rejected_by: str = ""  # the server that rejected the credential, which is not tried any more
    accepted: bool = False
    rejected: bool = False

    def tell(self, failure: Failure | None) -> None:
        """Say how it went."""
        self.rejected = failure is not None and failure.kind is FailureClass.AUTH_REJECTED
        self.accepted = not self.rejected and (failure is None or failure.kind not in _SAYS_NOTHING)


class Canaries:
    """What is known of each credential; shared by all threads."""

    def __init__(self) -> None:
        """Know nothing yet."""
        self._lock = threading.Lock()
        self._states: dict[str, _State] = {}
        self._first: dict[str, threading.Lock] = {}

    def is_accepted(self, credential: str) -> bool:
        """Whether a server has accepted *credential*."""
        with self._lock:
            return self._states.setdefault(credential, _State()).accepted

    @contextmanager
    def turn(self, credential: str, server: str) -> Iterator[Turn]:
        """Wait for the turn of *server*: one at a time until somebody has accepted *credential*, then all together."""
        turn = Turn(server)
        with self._lock:
            state = self._states.setdefault(credential, _State())
            first = self._first.setdefault(credential, threading.Lock())
        alone = not state.accepted
        if alone:
            first.acquire()
            if state.accepted:
                first.release()
                alone = False
        try:
            with self._lock:
                turn.rejected_by = state.rejected_by if state.given_up else ""
            yield turn
            with self._lock:
                state.accepted |= turn.accepted
                if turn.rejected:
                    state.rejections += 1
                    state.rejected_by = state.rejected_by or server
        finally:
            if alone:
                first.release()
