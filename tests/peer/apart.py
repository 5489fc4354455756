"""
A peer in a process of its own, so that what a client costs is not what its servers cost.

    with serving_apart([FakeServer(name="SYNC01")]) as peer:
        … connect to 127.0.0.1, port peer.port_of("SYNC01") …

The environment of the client stays as it is.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import Any

from tests.peer.peer import serving
from tests.peer.server_model import FakeServer

_START_SECONDS = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ApartPeer:
    """Servers that run elsewhere."""

    ports: dict[str, int]
    _line: Connection[Any, Any]

    def port_of(self, name: str) -> int:
        """Give the port of the server *name*."""
        return self.ports[name]

    @property
    def open_shells(self) -> tuple[str, ...]:
        """The servers with shells that nobody has closed, once for each."""
        self._line.send("open shells")
        told: tuple[str, ...] = self._line.recv()
        return told

    @property
    def requests(self) -> dict[str, int]:
        """How many requests each server had."""
        self._line.send("requests")
        told: dict[str, int] = self._line.recv()
        return told


@contextmanager
def serving_apart(servers: Sequence[FakeServer]) -> Iterator[ApartPeer]:
    """Run *servers* in a process of their own until the block ends."""
    context = get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_serve, args=(tuple(servers), theirs), daemon=True)
    process.start()
    theirs.close()
    try:
        assert ours.poll(_START_SECONDS), "the peer did not start"
        yield ApartPeer(ports=ours.recv(), _line=ours)
    finally:
        ours.close()
        process.join()
    assert process.exitcode == 0, "the peer is broken"


def _serve(servers: Sequence[FakeServer], line: Connection[Any, Any]) -> None:
    """Serve until the other end of *line* is closed."""
    with line, serving(servers) as peer:
        line.send(peer.ports)
        while True:
            try:
                asked = line.recv()
            except EOFError:
                return
            if asked == "requests":
                line.send({name: host.counts.requests for name, host in peer.hosts.items()})
            else:
                line.send(peer.open_shells)
