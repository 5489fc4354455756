"""The cmdlets of the synchronization service, and the function of our module."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from tests.peer.commands import Call, Cmdlet, Runs
from tests.peer.faults import pipe_error
from tests.peer.module_answer import module_text, reaches_service
from tests.peer.net_objects import Value, custom
from tests.peer.server_model import FUNCTION, FakeServer
from tests.peer.sync_objects import global_settings


def _through_pipe(name: str, give: Callable[[FakeServer, Call], Iterable[Value]]) -> Runs:
    """Give a command that answers only where it reaches the service."""

    def run(call: Call) -> Iterator[Value]:
        if not reaches_service(call.server, name, virtual_account=call.endpoint.virtual_account):
            raise pipe_error(name)
        yield from give(call.server, call)

    return run


def _rules(server: FakeServer, call: Call) -> Iterator[Value]:
    wanted = call.text("Identifier")
    for one in server.rules:
        if wanted is None or wanted.strip("{}").lower() == str(one.identifier):
            yield one.net()


def _upgrade(server: FakeServer, call: Call) -> Iterator[Value]:
    yield server.auto_upgrade.detailed() if call.switched("Detail") else server.auto_upgrade.net()


def sync_commands(server: FakeServer) -> tuple[Cmdlet, ...]:
    """Give those that *server* has."""
    detail = ("Detail",) if server.auto_upgrade.knows_detail else ()
    product = (
        Cmdlet(
            name="Get-ADSyncScheduler", runs=_through_pipe("Get-ADSyncScheduler", lambda one, _: [one.scheduler.net()])
        ),
        Cmdlet(
            name="Get-ADSyncRule",
            runs=_through_pipe("Get-ADSyncRule", _rules),
            parameters=("Identifier",),
            positions=("Identifier",),
        ),
        Cmdlet(
            name="Get-ADSyncConnector",
            runs=_through_pipe("Get-ADSyncConnector", lambda one, _: [each.net() for each in one.connectors]),
            parameters=("Name", "Identifier"),
        ),
        Cmdlet(
            name="Get-ADSyncGlobalSettings",
            runs=_through_pipe("Get-ADSyncGlobalSettings", lambda one, _: [global_settings(one.settings)]),
        ),
        Cmdlet(name="Get-ADSyncAutoUpgrade", runs=_through_pipe("Get-ADSyncAutoUpgrade", _upgrade), switches=detail),
        Cmdlet(name="Set-ADSyncScheduler", runs=_written, parameters=("SyncCycleEnabled",)),
    )
    function = Cmdlet(name=FUNCTION, runs=lambda call: [module_text(call.server, call.endpoint)], kind="Function")
    return (*(product if server.has_product else ()), *((function,) if server.has_module else ()))


def _written(_call: Call) -> Iterator[Value]:
    """Fail the test: nothing that writes is ever called."""
    raise AssertionError("a cmdlet that writes was called")


def command_info(command: Cmdlet) -> Value:
    """Give what `Get-Command` tells of *command*."""
    return custom({"Name": command.name, "CommandType": command.kind}, "System.Management.Automation.CommandInfo")
