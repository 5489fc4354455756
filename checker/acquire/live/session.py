"""
A PowerShell session on one server: pipelines of cmdlets, each with its own deadline, over pypsrp.

Nothing here waits for a server much longer than it was told to, and nothing that goes wrong while a session is closed
hides what went wrong before. A shell that could not be closed is ended by the server, some minutes after its last
request.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from pypsrp.complex_objects import ObjectMeta, PSInvocationState, RunspacePoolState
from pypsrp.powershell import DEFAULT_CONFIGURATION_NAME, PowerShell, RunspacePool
from pypsrp.serializer import Serializer, TaggedValue
from pypsrp.wsman import SelectorSet

from checker.acquire.clixml import read_clixml_value
from checker.acquire.cmdlet_objects import CmdletValue
from checker.acquire.live.commands import Answer, Argument, Connect, ErrorRecord, LiveError, Pipeline, Session, Target
from checker.acquire.live.discreet import discreet, secrets_of
from checker.acquire.live.error_records import record_of
from checker.acquire.live.failures import classify, failure_of, sentence_of
from checker.acquire.live.transport import Patience, StrictWSMan, silence
from checker.acquire.live.wire import Allowance
from checker.acquire.sample import UnreadableError
from checker.model.collection import Failure, FailureClass


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """What a session may cost; times are in seconds."""

    patience: Patience = field(default_factory=Patience)
    poll: int = 5  # the longest that one request waits for output
    grace: float = 3.0  # how long a request that waits may outlive the deadline of its pipeline
    stop: float = 3.0
    close: float = 3.0
    idle: int = 300  # after which the server ends a shell that nobody closed
    objects: int = 20_000  # of one answer
    size: int = 32 * 1024 * 1024  # bytes of one answer, as they arrive


def connector(monotonic: Callable[[], float], *, bounds: Bounds | None = None, trace: bool = False) -> Connect:
    """
    Give the way to open sessions; *monotonic* is the clock that deadlines are measured by.

    The libraries underneath are silenced for the whole process, unless a *trace* of them is wanted.
    """
    if not trace:
        silence()
    limits = bounds or Bounds()

    @contextmanager
    def connect(target: Target, configuration_name: str, seconds: float) -> Iterator[Session]:
        session = _Session(target, limits, monotonic)
        try:
            session.open(configuration_name, seconds)
            yield session
        finally:
            session.close()

    return connect


class _OutputAsText(Serializer):
    """Leaves the objects of an answer as they arrived, for our own reader, which loses nothing of them."""

    def deserialize(
        self,
        element: ET.Element | str,
        metadata: ObjectMeta | None = None,
        clear: bool = True,  # noqa: FBT001, FBT002 - as in pypsrp
    ) -> Any:
        """See `Serializer.deserialize`; only the output of a pipeline is asked for without *metadata*."""
        if isinstance(element, str) and "<!DOCTYPE" in element:
            raise LiveError(FailureClass.PROTOCOL_ERROR, "A message of the server has a DOCTYPE, which none has.")
        if isinstance(element, str) and metadata is None:
            return element
        return super().deserialize(element, metadata, clear)


class _Session:
    """A session and all that belongs to it; used by one thread."""

    def __init__(self, target: Target, bounds: Bounds, monotonic: Callable[[], float]) -> None:
        self._target, self._bounds, self._monotonic = target, bounds, monotonic
        self._allowance = Allowance(monotonic)
        self._wsman: StrictWSMan | None = None
        self._pool: RunspacePool | None = None
        self._lost: Failure | None = None  # why nothing more can be asked

    def open(self, configuration_name: str, seconds: float) -> None:
        """
        Open the shell on the endpoint *configuration_name*.

        Raises:
            LiveError: it was not opened.
        """
        self._allowance.grant(seconds, self._bounds.size)
        self._guarded(lambda: self._open(configuration_name or DEFAULT_CONFIGURATION_NAME))

    def _open(self, configuration_name: str) -> None:
        self._wsman = StrictWSMan(self._target, self._allowance, self._bounds.patience)
        self._pool = RunspacePool(self._wsman, configuration_name=configuration_name, idle_timeout=self._bounds.idle)
        serializer = _OutputAsText()
        self._pool._serializer = serializer  # noqa: SLF001 - no public way; a test names what it rests on
        self._pool._fragmenter.serializer = serializer  # noqa: SLF001 - as above
        self._pool.open()
        if self._pool.state != RunspacePoolState.OPENED:
            raise LiveError(FailureClass.SHELL_LOST, sentence_of(FailureClass.SHELL_LOST, self._target))
        # NOTE: messages are encrypted for the connection that was authenticated, and mean nothing on another.
        self._allowance.same_connection = self._wsman.transport.wrap_required

    def run(self, pipeline: Pipeline, seconds: float) -> Answer:
        """See `Session.run`."""
        if self._lost:
            raise LiveError(self._lost.kind, self._lost.message)
        assert self._pool is not None  # noqa: S101 - nobody holds a session that was not opened
        end = self._monotonic() + seconds
        self._allowance.grant(seconds + self._bounds.grace, self._bounds.size)
        shell = PowerShell(self._pool)
        for command in pipeline.commands:
            shell.add_cmdlet(command.name)
            for name, argument in command.parameters:
                shell.add_parameter(name, _parameter(argument))
        try:
            self._guarded(shell.begin_invoke)
            ended = self._poll(shell, end)
            if ended is not None:
                self._stop(shell)
                raise LiveError(ended, _sentence(ended, pipeline, seconds, self._bounds))
            return self._answer(shell)
        finally:
            self._pool.pipelines.pop(shell.id, None)  # with all the output that it holds

    def _poll(self, shell: PowerShell, end: float) -> FailureClass | None:
        """Wait until the pipeline is done; give why it is to be stopped before."""
        while shell.state == PSInvocationState.RUNNING:
            left = end - self._monotonic()
            if left <= 0:
                return FailureClass.DEADLINE
            wait = max(1, min(self._bounds.poll, int(left)))
            self._guarded(partial(shell.poll_invoke, timeout=wait))
            if len(shell.output) > self._bounds.objects:
                return FailureClass.TOO_LARGE
        return None

    def _stop(self, shell: PowerShell) -> None:
        """Stop the pipeline, so that the same shell serves the next; where that fails, nothing more is asked."""
        if shell.state != PSInvocationState.RUNNING:
            return
        self._allowance.grant(self._bounds.stop, self._bounds.size)
        with suppress(LiveError):
            self._guarded(shell.stop)

    def _answer(self, shell: PowerShell) -> Answer:
        secrets = secrets_of(self._target)
        errors = [record_of(record, secrets) for record in shell.streams.error]
        # NOTE: a pipeline that failed without a word, or that somebody else stopped, gave no whole answer.
        if shell.state != PSInvocationState.COMPLETED and not (errors and shell.state == PSInvocationState.FAILED):
            failed = shell.state == PSInvocationState.FAILED
            text = "The pipeline failed without saying why." if failed else "The pipeline was stopped on the server."
            errors.append(ErrorRecord(kind=FailureClass.PIPELINE_ERROR, identifier="", message=text))
        return Answer(values=tuple(map(self._value, shell.output)), errors=tuple(errors))

    def _value(self, text: str) -> CmdletValue:
        try:
            return read_clixml_value(text)
        except UnreadableError as error:
            problem = discreet(error.message, secrets_of(self._target))
        raise LiveError(FailureClass.PROTOCOL_ERROR, f"An object of the answer cannot be read: {problem}")

    def _guarded(self, step: Callable[[], object]) -> None:
        """
        Take one step of pypsrp.

        Raises:
            LiveError: it failed; the error comes without its context, for that may hold a secret.
        """
        try:
            step()
        except Exception as error:  # noqa: BLE001 - pypsrp lets through what all its libraries raise; `classify` names it
            failure = failure_of(error, self._target, answered=self._allowance.received > 0)
        else:
            return
        if failure.kind is FailureClass.READ_TIMEOUT and self._allowance.seconds_left <= 0:
            kind = FailureClass.DEADLINE
            failure = Failure(kind=kind, message=sentence_of(kind, self._target))
        self._lost = failure
        raise LiveError(failure.kind, failure.message)

    def close(self) -> None:
        """Close the shell and the connections, within some seconds, and whatever happens."""
        if self._wsman is None:
            return
        if self._pool is not None and self._may_be_open(self._pool):
            self._allowance.grant(self._bounds.close, self._bounds.size)
            self._wsman.operation_timeout = max(1, int(self._bounds.close) - 1)
            if self._lost is not None or not self._delete(self._wsman, self._pool):
                # NOTE: the connection may be gone; over a new one the server asks who it is, once more.
                self._allowance.same_connection = False
                self._wsman.transport.encryption = None
                self._delete(self._wsman, self._pool)
        with suppress(Exception):
            self._wsman.close()

    def _may_be_open(self, pool: RunspacePool) -> bool:
        """Whether there may be a shell on the server; a rejected credential is not shown once more to find out."""
        if self._lost is not None and self._lost.kind is FailureClass.AUTH_REJECTED:
            return False
        return pool.shell.opened or (self._lost is not None and self._lost.kind in _UNSURE)

    def _delete(self, wsman: StrictWSMan, pool: RunspacePool) -> bool:
        selectors = SelectorSet()
        selectors.add_option("ShellId", pool.shell.id or pool.id)
        try:
            wsman.delete(pool.shell.resource_uri, selector_set=selectors)
        except Exception as error:  # noqa: BLE001 - as in `_guarded`
            # NOTE: a server that says that there is no such shell has closed it.
            return classify(error) is FailureClass.SHELL_LOST
        return True


_UNSURE = frozenset({FailureClass.READ_TIMEOUT, FailureClass.DEADLINE, FailureClass.CONNECTION_DROPPED})
"""Ways to fail after which the server may have opened the shell, whose number the client chose."""


def _parameter(argument: Argument) -> object:
    match argument:
        case tuple():
            return list(argument)
        case int() if not isinstance(argument, bool) and not -(2**31) <= argument < 2**31:
            return TaggedValue("I64", argument)
        case _:
            return argument


def _sentence(kind: FailureClass, pipeline: Pipeline, seconds: float, bounds: Bounds) -> str:
    named = " | ".join(command.name for command in pipeline.commands)
    if kind is FailureClass.TOO_LARGE:
        return f"'{named}' gave more than {bounds.objects} objects, and was stopped."
    return f"'{named}' did not end within {seconds:.3g} seconds, and was stopped."
