"""
A WinRM peer on loopback: fake servers that speak to an unmodified client of the PowerShell Remoting Protocol.

    with serving([FakeServer(name="SYNC01", certificate=certificates.good)]) as peer:
        … connect to 127.0.0.1, port peer.port_of("SYNC01"), as ACCOUNT with PASSWORD …
        assert peer.counts_of("SYNC01").open_shells == ()

Each server has a port of its own; all of them share one event loop in one thread, so that hundreds cost little. A
server with a `certificate` speaks HTTPS, the others HTTP, where messages must be sealed. What goes wrong with a server
is said by its `faults`. NTLM knows the accounts of all servers, from a file that the environment names meanwhile.
Problems of the peer itself, and cmdlets that write, fail the test at the end.
"""

from __future__ import annotations

import asyncio
import os
import socket
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.peer.faults import Listening
from tests.peer.host import Counts, Host
from tests.peer.server_model import FakeServer

_NTLM_FILE = "NTLM_USER_FILE"
_START_SECONDS = 30.0


@dataclass(slots=True, kw_only=True)
class Peer:
    """Running servers."""

    hosts: dict[str, Host]
    ports: dict[str, int] = field(default_factory=dict)

    def port_of(self, name: str) -> int:
        """Give the port of the server *name*."""
        return self.ports[name]

    def counts_of(self, name: str) -> Counts:
        """Give what happened on the server *name* so far."""
        return self.hosts[name].counts

    @property
    def open_shells(self) -> tuple[str, ...]:
        """The servers with shells that nobody has closed, once for each."""
        return tuple(name for name, host in self.hosts.items() for _shell in host.counts.open_shells)

    @property
    def problems(self) -> tuple[Exception, ...]:
        """What went wrong in the peer itself."""
        return tuple(problem for host in self.hosts.values() for problem in host.problems)


@contextmanager
def serving(servers: Sequence[FakeServer]) -> Iterator[Peer]:
    """Run *servers* until the block ends; their names must differ."""
    assert len({one.name for one in servers}) == len(servers), "two servers have one name"
    peer = Peer(hosts={one.name: Host(server=one) for one in servers})
    with ExitStack() as stack:
        stack.enter_context(_ntlm_accounts(servers))
        for host in peer.hosts.values():
            match host.server.faults.listening:
                case Listening.REFUSED:
                    peer.ports[host.server.name] = stack.enter_context(_refusing())
                case Listening.BLACK_HOLE:
                    peer.ports[host.server.name] = stack.enter_context(_black_hole())
                case Listening.OPEN | Listening.SILENT:
                    pass
        stack.enter_context(_running(peer))
        yield peer
    if peer.problems:
        raise ExceptionGroup("the peer is broken", peer.problems)


@contextmanager
def _running(peer: Peer) -> Iterator[None]:
    """Run an event loop in a thread until the block ends."""
    ready = threading.Event()
    loop = asyncio.new_event_loop()
    end = asyncio.Event()

    async def serve() -> None:
        for name, host in peer.hosts.items():
            if name not in peer.ports:
                peer.ports[name] = await host.start()
        ready.set()
        await end.wait()
        for host in peer.hosts.values():
            await host.stop()

    def run() -> None:
        with asyncio.Runner(loop_factory=lambda: loop) as runner:
            runner.run(serve())

    thread = threading.Thread(target=run, name="peer", daemon=True)
    thread.start()
    try:
        assert ready.wait(_START_SECONDS), "the peer did not start"
        yield
    finally:
        loop.call_soon_threadsafe(end.set)
        thread.join()


@contextmanager
def _refusing() -> Iterator[int]:
    """Hold a port at which nobody listens."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        yield int(held.getsockname()[1])


@contextmanager
def _black_hole() -> Iterator[int]:
    """Hold a port where no connection is ever completed: the queue of those that wait to be taken is full."""
    with ExitStack() as stack:
        held = stack.enter_context(socket.socket())
        held.bind(("127.0.0.1", 0))
        held.listen(0)
        while True:
            waiting = stack.enter_context(socket.socket())
            waiting.settimeout(0.2)
            try:
                waiting.connect(held.getsockname())
            except TimeoutError:
                break
        yield int(held.getsockname()[1])


@contextmanager
def _ntlm_accounts(servers: Sequence[FakeServer]) -> Iterator[None]:
    """
    Write the accounts of all servers, and those of a peer that already runs, where the acceptor of NTLM looks.

    NOTE: it looks at the environment of the process, which the client shares. A client that has no password of its own
    would take one from there.
    """
    before = os.environ.get(_NTLM_FILE)
    lines = Path(before).read_text().splitlines() if before else []
    for account, password in sorted({pair for one in servers for pair in one.accounts.items()}):
        domain, _backslash, user = account.rpartition("\\")
        lines.append(f"{domain}:{user}:{password}")
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "accounts")
        file.touch(mode=0o600)
        file.write_text("\n".join(lines) + "\n")
        os.environ[_NTLM_FILE] = str(file)
        try:
            yield
        finally:
            if before is None:
                del os.environ[_NTLM_FILE]
            else:
                os.environ[_NTLM_FILE] = before
