"""What goes wrong with a server on purpose, as an unmodified client sees it."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import pytest
import requests.exceptions
from psrpcore.types import ErrorCategory
from pypsrp.complex_objects import PSInvocationState
from pypsrp.exceptions import AuthenticationError, WinRMError, WinRMTransportError, WSManFaultError
from pypsrp.powershell import PowerShell

from tests.peer.faults import (
    Answers,
    CutsShort,
    Delays,
    Drips,
    Drops,
    Fails,
    Faults,
    Garbles,
    Gives,
    GivesRaw,
    Hangs,
    LosesShells,
    Misdeed,
    NeverAnswers,
    Refuses,
    RequestFault,
    Slow,
    Unrelated,
    access_denied,
    denied,
    moved,
    quota,
)
from tests.peer.fixtures import Serve
from tests.peer.plain_client import run, session
from tests.peer.server_model import FakeServer

_HTML = b"<html><body>Something else than WinRM</body></html>"


def _server(does: Misdeed, on: str = "", first: int = 1, times: int | None = None) -> FakeServer:
    fault = RequestFault(does=does, on=on, first=first, times=times)
    return FakeServer(faults=Faults(requests=(fault,)))


@pytest.mark.parametrize("status", [403, 404, 429, 503])
def test_status_of_something_in_between(serve: Serve, status: int) -> None:
    """Whatever stands between client and server may answer with a status and no SOAP, before any authentication."""
    peer = serve([_server(Answers(status, b"not here"))])

    with pytest.raises(WinRMTransportError) as caught, session(peer.port_of("SYNC01")):
        pass

    assert status == caught.value.code
    assert 0 == peer.counts_of("SYNC01").authentications


def test_page_in_place_of_a_fault(serve: Serve) -> None:
    """An internal error with a page of HTML is no fault of WSMan, and has no code."""
    peer = serve([_server(Answers(500, _HTML), on="Create")])

    with pytest.raises(WSManFaultError) as caught, session(peer.port_of("SYNC01")):
        pass

    assert caught.value.code is None


def test_rejected_without_a_way(serve: Serve) -> None:
    """A rejection that offers no way to authenticate is told as such."""
    peer = serve([_server(Answers(401))])

    with pytest.raises(AuthenticationError, match="did not response with one of"), session(peer.port_of("SYNC01")):
        pass


def test_redirect_is_followed_by_an_unmodified_client(serve: Serve) -> None:
    """An unmodified client follows a redirect, and gives its credential to another server: a trap that is real."""
    target = serve([FakeServer(name="TRAP")])
    peer = serve([_server(moved(f"http://localhost:{target.port_of('TRAP')}/wsman"))])

    with session(peer.port_of("SYNC01")):
        pass

    assert 0 == peer.counts_of("SYNC01").authentications < target.counts_of("TRAP").authentications


@pytest.mark.parametrize("on", ["", "Create", "Command"], ids=["any request", "the shell", "the pipeline"])
@pytest.mark.parametrize("does", [Drops(), CutsShort()], ids=["without an answer", "in the middle of it"])
def test_dropped_connection(serve: Serve, does: Misdeed, on: str) -> None:
    """A connection may end without an answer or in the middle of one, at any request."""
    peer = serve([_server(does, on=on)])

    ended = (requests.exceptions.ConnectionError, requests.exceptions.ChunkedEncodingError)
    with pytest.raises(ended), session(peer.port_of("SYNC01")) as pool:
        run(pool, "Get-Date")


def test_only_some_requests_meet_a_fault(serve: Serve) -> None:
    """A fault may begin at a later request and end again; requests of one kind are counted by themselves."""
    peer = serve([_server(access_denied(), on="Command", first=2, times=1)])

    with session(peer.port_of("SYNC01")) as pool:
        before = run(pool, "Get-Date")
        with pytest.raises(WSManFaultError):
            run(pool, "Get-Date")
        after = run(pool, "Get-Date")

    assert (1, 1) == (len(before.objects), len(after.objects))
    assert () == peer.open_shells


@pytest.mark.parametrize("fault", [access_denied(), quota(), Refuses(2150858811, "not found")])
def test_fault_of_wsman(serve: Serve, fault: Refuses) -> None:
    """A shell may be refused with any code, in a message that is sealed like all others."""
    peer = serve([_server(fault, on="Create")])

    with pytest.raises(WSManFaultError) as caught, session(peer.port_of("SYNC01")):
        pass

    assert fault.code == caught.value.code
    assert [] == peer.counts_of("SYNC01").shells


def test_lost_shell(serve: Serve) -> None:
    """Where the shells of a server are gone, a request about one is a fault of its own."""
    peer = serve([_server(LosesShells(), on="Command")])

    with pytest.raises(WSManFaultError) as caught, session(peer.port_of("SYNC01")) as pool:
        run(pool, "Get-Date")

    assert 2150858843 == caught.value.code
    assert () == peer.open_shells


def test_answer_that_is_no_soap(serve: Serve) -> None:
    """An answer that is no XML at all fails in the parser of the client."""
    peer = serve([_server(Garbles(), on="Create")])

    with pytest.raises(ET.ParseError), session(peer.port_of("SYNC01")):
        pass


def test_answer_to_another_request(serve: Serve) -> None:
    """An answer that belongs to another request is not taken."""
    peer = serve([_server(Unrelated(), on="Create")])

    with pytest.raises(WinRMError, match="related id does not match"), session(peer.port_of("SYNC01")):
        pass


def test_request_that_is_never_answered(serve: Serve) -> None:
    """A request may be read and never answered."""
    peer = serve([_server(NeverAnswers(), on="Create")])

    with pytest.raises(requests.exceptions.ReadTimeout), session(peer.port_of("SYNC01"), read_timeout=1):
        pass

    assert 1 == peer.counts_of("SYNC01").actions["Create"]


@pytest.mark.parametrize("on", ["", "Receive"], ids=["any request", "Receive"])
@pytest.mark.parametrize("does", [Drips(0.001), Delays(0.01)], ids=["in drops", "late"])
def test_slow_answer_is_whole(serve: Serve, does: Misdeed, on: str) -> None:
    """An answer that comes late, or in drops, is the same answer."""
    peer = serve([_server(does, on=on)])

    with session(peer.port_of("SYNC01")) as pool:
        result = run(pool, "Get-ADSyncRule")

    assert 3 == len(result.objects)


def test_every_request_and_pipeline_takes_its_time(serve: Serve) -> None:
    """A server may be far away, and slow; its answers are the same."""
    peer = serve([FakeServer(faults=Faults(seconds_for_request=0.001, seconds_for_pipeline=0.01))])

    with session(peer.port_of("SYNC01")) as pool:
        result = run(pool, "Get-ADSyncRule")

    assert 3 == len(result.objects)


def test_hanging_command_can_be_stopped(serve: Serve) -> None:
    """A command that never ends can be stopped, and the session serves the next."""
    peer = serve([FakeServer().failing(Get_ADSyncRule=Hangs())])

    with session(peer.port_of("SYNC01")) as pool:
        shell = PowerShell(pool).add_cmdlet("Get-ADSyncRule")
        shell.begin_invoke()
        shell.poll_invoke(timeout=1)
        during = shell.state
        shell.stop()
        after = run(pool, "Get-Date")

    assert (PSInvocationState.RUNNING, PSInvocationState.STOPPED) == (during, shell.state)
    assert 1 == len(after.objects)
    assert () == peer.open_shells


def test_hanging_command_ends_with_its_shell(serve: Serve) -> None:
    """A shell with a pipeline that hangs can be closed all the same."""
    peer = serve([FakeServer().failing(Get_ADSyncRule=Hangs())])

    with session(peer.port_of("SYNC01")) as pool:
        PowerShell(pool).add_cmdlet("Get-ADSyncRule").begin_invoke()

    assert () == peer.open_shells


def test_slow_command(serve: Serve) -> None:
    """A command may take its time; meanwhile the client is told to ask again."""
    peer = serve([FakeServer().failing(Get_ADSyncRule=Slow(1.5))])

    with session(peer.port_of("SYNC01"), operation_timeout=1) as pool:
        result = run(pool, "Get-ADSyncRule")

    assert 3 == len(result.objects)


def test_denied_command(serve: Serve) -> None:
    """A command whose caller lacks the right gives an error, and no object."""
    peer = serve([FakeServer().denying("Get-ADSyncRule")])

    with session(peer.port_of("SYNC01")) as pool:
        shell = PowerShell(pool).add_cmdlet("Get-ADSyncRule")
        objects = shell.invoke()

    assert ([], [ErrorCategory.PermissionDenied.value]) == (objects, [one.category for one in shell.streams.error])


@pytest.mark.parametrize("terminating", [False, True])
def test_command_that_fails_halfway(serve: Serve, *, terminating: bool) -> None:
    """A command may give some of its objects before an error; one that ends the pipeline takes them along."""
    fault = Fails(denied("Get-ADSyncRule", terminating=terminating), after=2)
    peer = serve([FakeServer().failing(Get_ADSyncRule=fault)])

    with session(peer.port_of("SYNC01")) as pool:
        result = run(pool, "Get-ADSyncRule")

    assert (0 if terminating else 2, terminating) == (len(result.objects), result.failed)
    assert 1 == len(result.errors)


def test_command_that_gives_too_much(serve: Serve) -> None:
    """A command may give more objects than anybody wants."""
    peer = serve([FakeServer().failing(Get_ADSyncRule=Gives(("flood",), times=20_001))])

    with session(peer.port_of("SYNC01")) as pool:
        result = run(pool, "Get-ADSyncRule")

    assert 20_001 == len(result.objects)


def test_object_that_is_no_clixml(serve: Serve) -> None:
    """An object may be written in a way that nobody can read; an unmodified client takes it for a text."""
    peer = serve([FakeServer().failing(Get_ADSyncRule=GivesRaw(b"<Obj RefId='0'><Oops"))])

    with session(peer.port_of("SYNC01")) as pool:
        result = run(pool, "Get-ADSyncRule")

    assert (("<Obj RefId='0'><Oops",), ()) == (result.objects, result.errors)
