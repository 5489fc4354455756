"""A small PowerShell: it runs pipelines of commands, and no text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from psrpcore.types import ErrorCategory

from tests.peer.commands import Call, Cmdlet, Invocation, not_recognized
from tests.peer.faults import Fails, Gives, PowerShellError
from tests.peer.net_objects import Value
from tests.peer.pipeline_commands import MEASURE, PIPELINE_COMMANDS, SELECT_IN_JEA
from tests.peer.server_model import Endpoint, FakeServer
from tests.peer.sync_commands import command_info, sync_commands
from tests.peer.windows_commands import WINDOWS_COMMANDS


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a pipeline gave: objects, errors, and the error that ended it."""

    objects: tuple[Value, ...]
    errors: tuple[PowerShellError, ...]
    end: PowerShellError | None = None


def run(server: FakeServer, endpoint: Endpoint, statements: Sequence[Sequence[Invocation]]) -> Outcome:
    """Run pipelines one after the other; an error that ends one ends them all."""
    engine = _Engine(server, endpoint)
    objects: list[Value] = []
    try:
        for commands in statements:
            objects += engine.pipeline(commands)
    except PowerShellError as error:
        return Outcome(tuple(objects), tuple(engine.errors), error)
    return Outcome(tuple(objects), tuple(engine.errors))


class _Engine:
    """One run on one server."""

    def __init__(self, server: FakeServer, endpoint: Endpoint) -> None:
        self.errors: list[PowerShellError] = []
        self._server, self._endpoint = server, endpoint
        self._commands = _visible(server, endpoint)

    def pipeline(self, commands: Sequence[Invocation]) -> Sequence[Value]:
        # NOTE: as in PowerShell all commands are looked up and bound before the first of them runs.
        bound = [self._bound(one) for one in commands]
        objects: Sequence[Value] = ()
        for command, given in bound:
            call = Call(
                name=command.name, server=self._server, endpoint=self._endpoint, given=given, objects=objects,
                errors=self.errors,
            )  # fmt: skip
            objects = self._run(command, call)
        return objects

    def _bound(self, one: Invocation) -> tuple[Cmdlet, Mapping[str, object]]:
        if one.is_script:
            raise _no_scripts(self._endpoint)
        command = self._commands.get(one.name.rpartition("\\")[2].lower())
        if command is None:
            raise not_recognized(one.name)
        return command, command.bind(one.parameters)

    def _run(self, command: Cmdlet, call: Call) -> Sequence[Value]:
        fault = self._server.faults.of_command(command.name)
        if isinstance(fault, Gives):
            return fault.values * fault.times
        if isinstance(fault, Fails):
            objects = tuple(islice(command.runs(call), fault.after))
            if fault.error.terminating:
                raise fault.error
            call.fail(fault.error)
            return objects
        return tuple(command.runs(call))


def _visible(server: FakeServer, endpoint: Endpoint) -> Mapping[str, Cmdlet]:
    every = {one.name.lower(): one for one in (*PIPELINE_COMMANDS, *WINDOWS_COMMANDS, *sync_commands(server))}
    if endpoint.commands is not None:
        shown = {name.lower() for name in endpoint.commands}
        every = {name: one for name, one in every.items() if name in shown | {"out-default"}}
        every = {SELECT_IN_JEA.name.lower(): SELECT_IN_JEA, MEASURE.name.lower(): MEASURE, **every}

    def listed(call: Call) -> Iterator[Value]:
        for name in call.texts("Name") or tuple(one.name for one in every.values()):
            found = every.get(name.lower())
            if found is None:
                call.fail(not_recognized(name, by=_GET_COMMAND))
            else:
                yield command_info(found)

    get_command = Cmdlet(
        name="Get-Command", runs=listed, parameters=("Name", "CommandType", "Module"), positions=("Name",)
    )
    every[get_command.name.lower()] = get_command
    return every


_GET_COMMAND = "Microsoft.PowerShell.Commands.GetCommandCommand"


def _no_scripts(endpoint: Endpoint) -> PowerShellError:
    """Refuse script text: where a session has no language PowerShell does, elsewhere nobody should send any."""
    if endpoint.commands is None:
        return PowerShellError(
            message="The peer runs no script text.", identifier="PeerRunsNoScripts", terminating=True
        )
    return PowerShellError(
        message="The syntax is not supported by this runspace. This can occur if the runspace is in no-language mode.",
        identifier="ScriptsNotAllowed",
        category=ErrorCategory.ParserError,
        exception="System.Management.Automation.ParseException",
        terminating=True,
    )
