"""A shell: one runspace pool of a client, with the pipelines that run in it."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field

from psrpcore import CreatePipelineEvent, PowerShell, PSRPPayload, ServerPipeline, ServerRunspacePool, StreamType
from psrpcore._payload import PSRPMessage, create_message
from psrpcore.types import ErrorCategoryInfo, ErrorRecord, NETException, PSInvocationState, PSRPMessageType

from tests.peer.commands import Invocation
from tests.peer.engine import run
from tests.peer.faults import GivesRaw, Hangs, PowerShellError, Slow
from tests.peer.serialization import clixml
from tests.peer.server_model import Endpoint, FakeServer

_FRAGMENT = 32 * 1024
_ENDED = (PSInvocationState.Completed, PSInvocationState.Failed, PSInvocationState.Stopped)


class _Pipeline(ServerPipeline):
    """A pipeline whose objects were written by the peer, not by the library, which has its own rules of depth."""

    def write_clixml(self, data: bytes) -> None:
        # NOTE: the library has no public way to send what somebody else serialized; its version is pinned.
        pool, kind = self.runspace_pool, PSRPMessageType.PipelineOutput
        message = bytearray(create_message(False, kind, data, pool.runspace_pool_id, self.pipeline_id))
        pool._send_buffer.append(
            PSRPMessage(kind, message, pool.runspace_pool_id, self.pipeline_id, pool._fragment_counter)
        )

    def write_record(self, error: PowerShellError) -> None:
        self.prepare_message(_record(error), message_type=PSRPMessageType.ErrorRecord)

    def fail(self, error: PowerShellError) -> None:
        self._change_state(PSInvocationState.Failed, error=_record(error))

    def halt(self) -> None:
        self.begin_stop()
        self.stop()


def _record(error: PowerShellError) -> ErrorRecord:
    exception = NETException(Message=error.message, HResult=-2146233087)
    exception.PSObject.type_names = [error.exception, "System.SystemException", "System.Exception", "System.Object"]
    category = ErrorCategoryInfo(
        Category=error.category,
        Activity=error.target,
        Reason=error.exception.rpartition(".")[2],
        TargetName=error.target,
        TargetType="String" if error.target else "",
    )
    return ErrorRecord(
        Exception=exception,
        TargetObject=error.target or None,
        FullyQualifiedErrorId=error.identifier,
        CategoryInfo=category,
    )


@dataclass(slots=True, kw_only=True, eq=False)
class Shell:
    """One shell."""

    identifier: str
    owner: str
    endpoint_name: str
    endpoint: Endpoint
    server: FakeServer
    idle_timeout: str
    ran: list[str]  # what the pipelines of the server were, as text
    problems: list[Exception]  # what went wrong in the peer itself
    closed: bool = False
    _pool: ServerRunspacePool = field(default_factory=ServerRunspacePool)
    _waiting: dict[uuid.UUID | None, list[bytes]] = field(default_factory=dict)
    _pipelines: dict[uuid.UUID, _Pipeline] = field(default_factory=dict)
    _tasks: dict[uuid.UUID, asyncio.Task[None]] = field(default_factory=dict)
    _changed: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def feed(self, data: bytes, pipeline: uuid.UUID | None = None) -> None:
        """Take what the client sent, to the pool or to one of its pipelines."""
        if pipeline is not None and pipeline not in self._pipelines:
            self._pipelines[pipeline] = _Pipeline(self._pool, pipeline)
        self._pool.receive_data(PSRPPayload(data, StreamType.default, pipeline))
        while (event := self._pool.next_event()) is not None:
            if isinstance(event, CreatePipelineEvent):
                assert isinstance(event.pipeline, PowerShell)
                work = self._execute(self._pipelines[event.pipeline_id], event.pipeline)
                self._tasks[event.pipeline_id] = asyncio.create_task(work)
        await self._tell()

    async def _tell(self) -> None:
        while (payload := self._pool.data_to_send(_FRAGMENT)) is not None:
            self._waiting.setdefault(payload.pipeline_id, []).append(payload.data)
        async with self._changed:
            self._changed.notify_all()

    async def _execute(self, pipeline: _Pipeline, commands: PowerShell) -> None:
        pipeline.start()
        statements = _statements(commands)
        self.ran += [" | ".join(one.name for one in each) for each in statements]
        try:
            await self._wait(statements)
        except asyncio.CancelledError:
            if self.closed:
                raise
            pipeline.halt()
        else:
            try:
                self._answer(pipeline, statements)
            except Exception as error:  # noqa: BLE001 - told to the test when the peer ends
                self.problems.append(error)
                pipeline.fail(PowerShellError(message="The peer is broken.", identifier="PeerIsBroken"))
        await self._tell()

    async def _wait(self, statements: Sequence[Sequence[Invocation]]) -> None:
        faults = self.server.faults
        if faults.seconds_for_pipeline:
            await asyncio.sleep(faults.seconds_for_pipeline)
        for one in (command for each in statements for command in each):
            match faults.of_command(one.name):
                case Hangs():
                    await asyncio.Event().wait()
                case Slow(seconds):
                    await asyncio.sleep(seconds)
                case _:
                    pass

    def _answer(self, pipeline: _Pipeline, statements: Sequence[Sequence[Invocation]]) -> None:
        faults = [self.server.faults.of_command(one.name) for each in statements for one in each]
        raw = next((one for one in faults if isinstance(one, GivesRaw)), None)
        if raw is not None:
            pipeline.write_clixml(raw.clixml)
            pipeline.complete()
            return
        outcome = run(self.server, self.endpoint, statements)
        for value in outcome.objects:
            pipeline.write_clixml(clixml(value))
        for error in outcome.errors:
            pipeline.write_record(error)
        if outcome.end is None:
            pipeline.complete()
        else:
            pipeline.fail(outcome.end)

    async def take(
        self, pipeline: uuid.UUID | None, seconds: float, most_bytes: int
    ) -> tuple[list[bytes], bool] | None:
        """Give what waits for the client, and whether the pipeline has ended; None after *seconds* without anything."""
        async with self._changed:
            try:
                async with asyncio.timeout(seconds):
                    await self._changed.wait_for(lambda: self.closed or self._waiting.get(pipeline))
            except TimeoutError:
                return None
        queue, taken, size = self._waiting.get(pipeline, []), list[bytes](), 0
        while queue and (not taken or size + len(queue[0]) <= most_bytes):
            taken.append(queue.pop(0))
            size += len(taken[-1])
        found = self._pipelines.get(pipeline) if pipeline is not None else None
        return taken, found is not None and not queue and found.state in _ENDED

    def stop(self, pipeline: uuid.UUID) -> None:
        """Stop a pipeline, if it still runs."""
        task = self._tasks.get(pipeline)
        if task is not None:
            task.cancel()

    async def close(self) -> None:
        """End all pipelines, and tell whoever waits for one."""
        self.closed = True
        running = [one for one in self._tasks.values() if not one.done()]
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
        async with self._changed:
            self._changed.notify_all()


def _statements(commands: PowerShell) -> tuple[tuple[Invocation, ...], ...]:
    statements: list[tuple[Invocation, ...]] = []
    current: list[Invocation] = []
    for one in commands.commands:
        parameters = tuple((name, _plain(value)) for name, value in one.parameters)
        current.append(Invocation(str(one.command_text), bool(one.is_script), parameters))
        if one.end_of_statement:
            statements.append(tuple(current))
            current = []
    return (*statements, tuple(current)) if current else tuple(statements)


def _plain(value: object) -> object:
    """Give a value of the library as one of Python."""
    if isinstance(value, list):
        return [_plain(one) for one in value]
    if value is None or isinstance(value, bool):
        return value
    return int(value) if isinstance(value, int) else str(value)
