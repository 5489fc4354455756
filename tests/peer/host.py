"""One running server: its port, its connections, and what happened on it."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import dataclass, field, replace

from tests.peer.authentication import Authentication, Rejected, is_sealed, plain
from tests.peer.faults import ACTIONS, Answers, CutsShort, Delays, Drips, Drops, Listening, Misdeed, NeverAnswers
from tests.peer.http_server import Connection, DroppedError, Reply, Request, tls_context
from tests.peer.server_model import FakeServer
from tests.peer.shells import Shell
from tests.peer.wsman import Service, parsed

_LARGEST_HEAD = 1 << 20


@dataclass(slots=True, kw_only=True)
class Counts:
    """What happened on a server."""

    connections: int = 0
    requests: int = 0
    authentications: int = 0  # that let a client in
    rejections: int = 0  # of credentials; a request that only asks how to authenticate is none
    sealed: int = 0  # requests whose message was sealed
    actions: Counter[str] = field(default_factory=Counter)
    protocols: Counter[str] = field(default_factory=Counter)  # by which clients were let in
    accounts: Counter[str] = field(default_factory=Counter)  # that were
    pipelines: list[str] = field(default_factory=list)  # each as the names of its commands
    shells: list[Shell] = field(default_factory=list)  # all that were ever opened

    @property
    def open_shells(self) -> tuple[Shell, ...]:
        """Those that nobody has closed."""
        return tuple(one for one in self.shells if not one.closed)


@dataclass(slots=True, kw_only=True, eq=False)
class Host:
    """A running server."""

    server: FakeServer
    counts: Counts = field(default_factory=Counts)
    problems: list[Exception] = field(default_factory=list)
    _service: Service = field(init=False)
    _listener: asyncio.Server | None = None
    _clients: set[asyncio.Task[None]] = field(default_factory=set)

    def __post_init__(self) -> None:
        """Count what the service does."""
        self._service = Service(
            server=self.server, opened=self.counts.shells, ran=self.counts.pipelines, problems=self.problems
        )

    async def start(self) -> int:
        """Listen; give the port."""
        certificate = self.server.certificate
        silent = self.server.faults.listening is Listening.SILENT
        context = tls_context(certificate) if certificate and not silent else None
        self._listener = await asyncio.start_server(
            self._connected, "127.0.0.1", 0, ssl=context, limit=_LARGEST_HEAD, backlog=512
        )
        return int(self._listener.sockets[0].getsockname()[1])

    async def stop(self) -> None:
        """End everything."""
        if self._listener is not None:
            self._listener.close()
        for client in tuple(self._clients):
            client.cancel()
        await asyncio.gather(*self._clients, return_exceptions=True)
        await self._service.close()

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._clients.add(task)
        self.counts.connections += 1
        try:
            await self._converse(Connection(reader=reader, writer=writer))
        except (DroppedError, ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass  # the client is gone, or has to go
        except Exception as error:  # noqa: BLE001 - told to the test when the peer ends
            self.problems.append(error)
        finally:
            self._clients.discard(task)
            writer.transport.abort()

    async def _converse(self, connection: Connection) -> None:
        if self.server.faults.listening is Listening.SILENT:
            await asyncio.Event().wait()
        client = Authentication(server=self.server, connection=connection)
        while (request := await connection.read()) is not None:
            await connection.write(await self._reply(client, request))

    async def _reply(self, client: Authentication, request: Request) -> Reply:
        self.counts.requests += 1
        misdeed = self.server.faults.of_request("", self.counts.requests)
        reply = await _misdone(misdeed)
        if reply is None:
            reply = await self._admitted(client, request)
        if self.server.faults.seconds_for_request:
            await asyncio.sleep(self.server.faults.seconds_for_request)
        return replace(reply, manner=misdeed) if isinstance(misdeed, Drips | CutsShort) else reply

    async def _admitted(self, client: Authentication, request: Request) -> Reply:
        if request.path.partition("?")[0].rstrip("/") != "/wsman":
            return Reply(status=404)
        rejected = client.admit(request)
        if isinstance(rejected, Rejected):
            self.counts.rejections += rejected.credential
            return rejected.reply
        if client.completed:
            self.counts.authentications += 1
            self.counts.protocols[client.by] += 1
            self.counts.accounts[client.account] += 1
        if not request.body:
            return Reply(headers=client.challenge)
        if is_sealed(request):
            self.counts.sealed += 1
            message = client.unseal(request.body)
            if message is None:
                return Reply(status=400)
            reply = await self._answered(client, message)
            return reply if reply.foreign else client.seal(reply)
        if self.server.certificate is None and not self.server.allows_unencrypted:
            return Reply(status=401, headers=(("WWW-Authenticate", "Negotiate"),))
        reply = await self._answered(client, request.body)
        return reply if reply.foreign else plain(reply)

    async def _answered(self, client: Authentication, body: bytes) -> Reply:
        envelope = parsed(body)
        action = envelope.action.rpartition("/")[2]
        assert action in ACTIONS, action
        self.counts.actions[action] += 1
        misdeed = self.server.faults.of_request(action, self.counts.actions[action])
        reply = await _misdone(misdeed)
        if reply is None:
            status, message = await self._service.handle(envelope, client.account, misdeed)
            reply = Reply(status=status, headers=client.challenge, body=message)
        return replace(reply, manner=misdeed) if isinstance(misdeed, Drips | CutsShort) else reply


async def _misdone(misdeed: Misdeed | None) -> Reply | None:
    """Do what comes before an answer; give the answer where it is already clear."""
    match misdeed:
        case Drops():
            raise DroppedError
        case NeverAnswers():
            await asyncio.Event().wait()
        case Delays(seconds):
            await asyncio.sleep(seconds)
        case Answers():
            return Reply(status=misdeed.status, headers=misdeed.headers, body=misdeed.body, foreign=True)
        case _:
            pass
    return None
