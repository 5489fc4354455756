"""An unmodified client against the peer: each way to authenticate without a KDC, and what becomes of wrong ones."""

from __future__ import annotations

import os
import socket
import threading
from dataclasses import replace
from typing import Any

import pytest
import requests.exceptions
from pypsrp.exceptions import AuthenticationError, WSManFaultError

from tests.peer.apart import serving_apart
from tests.peer.certificates import CLIENT_NAME, KEY_PASSWORD, Certificates
from tests.peer.faults import Faults, Listening
from tests.peer.fixtures import Serve
from tests.peer.peer import serving
from tests.peer.plain_client import run, session
from tests.peer.server_model import ACCOUNT, DEFAULT_ENDPOINT, MODULE_ENDPOINT, Endpoint, FakeServer

_RULES = 3


def _basic(certificates: Certificates) -> FakeServer:
    return FakeServer(certificate=certificates.good, authentication=frozenset({"Basic"}))


def _by_certificate(certificates: Certificates) -> FakeServer:
    return FakeServer(
        certificate=certificates.good,
        authentication=frozenset({"Certificate"}),
        mapped_certificates={CLIENT_NAME: ACCOUNT},
    )


@pytest.mark.parametrize("auth", ["ntlm", "negotiate"])
def test_messages_are_sealed_over_http(serve: Serve, auth: str) -> None:
    """Over plain HTTP every message of a session is sealed by NTLM."""
    peer = serve([FakeServer()])

    with session(peer.port_of("SYNC01"), auth=auth) as pool:
        result = run(pool, "Get-ADSyncRule")

    counts = peer.counts_of("SYNC01")
    assert _RULES == len(result.objects)
    assert {"ntlm"} == set(counts.protocols)
    assert sum(counts.actions.values()) == counts.sealed > 0
    assert () == peer.open_shells


def test_message_in_the_clear_is_refused(serve: Serve) -> None:
    """A server that does not allow unencrypted messages rejects one over HTTP, as if the credential were wrong."""
    peer = serve([FakeServer()])

    with pytest.raises(AuthenticationError), session(peer.port_of("SYNC01"), encryption="never"):
        pass

    assert [] == peer.counts_of("SYNC01").shells


def test_message_in_the_clear_is_allowed_where_the_server_says_so(serve: Serve) -> None:
    """A server may allow unencrypted messages; then nothing is sealed."""
    peer = serve([FakeServer(allows_unencrypted=True)])

    with session(peer.port_of("SYNC01"), encryption="never") as pool:
        result = run(pool, "Get-ADSyncRule")

    assert _RULES == len(result.objects)
    assert 0 == peer.counts_of("SYNC01").sealed


@pytest.mark.parametrize("demanded", [False, True], ids=["not demanded", "demanded"])
def test_ntlm_over_tls_binds_the_channel(serve: Serve, certificates: Certificates, *, demanded: bool) -> None:
    """NTLM over TLS works, also where the server demands that the token is bound to its certificate."""
    peer = serve([FakeServer(certificate=certificates.good, demands_channel_binding=demanded)])

    with session(peer.port_of("SYNC01"), ssl=True, cert_validation=str(certificates.authority)) as pool:
        result = run(pool, "Get-ADSyncRule")

    assert _RULES == len(result.objects)
    assert {"ntlm": 1} == peer.counts_of("SYNC01").protocols


def test_token_that_is_not_bound_is_rejected_where_that_is_demanded(serve: Serve, certificates: Certificates) -> None:
    """A server that demands channel binding rejects a token without it."""
    peer = serve([FakeServer(certificate=certificates.good, demands_channel_binding=True)])
    trusted = str(certificates.authority)

    with (
        pytest.raises(AuthenticationError),
        session(peer.port_of("SYNC01"), ssl=True, cert_validation=trusted, negotiate_send_cbt=False),
    ):
        pass

    assert 1 == peer.counts_of("SYNC01").rejections


def test_basic_over_tls(serve: Serve, certificates: Certificates) -> None:
    """Basic works over TLS, and every request carries the credential."""
    peer = serve([_basic(certificates)])

    with session(peer.port_of("SYNC01"), ssl=True, auth="basic", cert_validation=str(certificates.authority)) as pool:
        result = run(pool, "Get-ADSyncRule")

    counts = peer.counts_of("SYNC01")
    assert _RULES == len(result.objects)
    assert counts.requests == counts.authentications > 0


@pytest.mark.parametrize("locked", [False, True], ids=["plain key", "encrypted key"])
def test_client_certificate(serve: Serve, certificates: Certificates, *, locked: bool) -> None:
    """A client certificate lets in the account that it is mapped to, its key encrypted or not."""
    peer = serve([_by_certificate(certificates)])
    key = {"certificate_key_pem": str(certificates.client_key)}
    locked_key = {
        "certificate_key_pem": str(certificates.client_locked_key),
        "certificate_key_password": KEY_PASSWORD,
    }

    with session(
        peer.port_of("SYNC01"),
        ssl=True,
        auth="certificate",
        username=None,
        password=None,
        cert_validation=str(certificates.authority),
        certificate_pem=str(certificates.client),
        **(locked_key if locked else key),
    ) as pool:
        result = run(pool, "Get-ADSyncRule")

    assert _RULES == len(result.objects)
    assert {ACCOUNT} == set(peer.counts_of("SYNC01").accounts)


def test_client_certificate_that_is_mapped_to_nobody(serve: Serve, certificates: Certificates) -> None:
    """A client certificate that no account belongs to is rejected."""
    peer = serve([replace(_by_certificate(certificates), mapped_certificates={})])

    with (
        pytest.raises(AuthenticationError),
        session(
            peer.port_of("SYNC01"),
            ssl=True,
            auth="certificate",
            cert_validation=str(certificates.authority),
            certificate_pem=str(certificates.client),
            certificate_key_pem=str(certificates.client_key),
        ),
    ):
        pass

    assert 1 == peer.counts_of("SYNC01").rejections


def test_client_certificate_of_a_strange_authority(serve: Serve, certificates: Certificates) -> None:
    """A client certificate that another authority signed does not get through TLS."""
    peer = serve([_by_certificate(certificates)])

    with (
        pytest.raises(requests.exceptions.ConnectionError),
        session(
            peer.port_of("SYNC01"),
            ssl=True,
            auth="certificate",
            cert_validation=str(certificates.authority),
            certificate_pem=str(certificates.stranger),
            certificate_key_pem=str(certificates.stranger_key),
        ),
    ):
        pass

    assert 0 == peer.counts_of("SYNC01").requests


@pytest.mark.parametrize("auth", ["ntlm", "basic"])
@pytest.mark.parametrize(
    ("account", "password"),
    [(ACCOUNT, "wrong"), ("FABRIKAM\\nobody", "Correct-Horse-7")],
    ids=["password", "account"],
)
def test_wrong_credential_is_rejected_once(
    serve: Serve, certificates: Certificates, auth: str, account: str, password: str
) -> None:
    """A wrong password and an unknown account are rejected, which is counted; asking how to authenticate is not."""
    peer = serve([FakeServer(certificate=certificates.good, authentication=frozenset({"Basic", "Negotiate"}))])
    options: dict[str, Any] = {"ssl": True, "cert_validation": str(certificates.authority)}

    with (
        pytest.raises(AuthenticationError),
        session(peer.port_of("SYNC01"), auth=auth, username=account, password=password, **options),
    ):
        pass

    counts = peer.counts_of("SYNC01")
    assert (1, 0) == (counts.rejections, counts.authentications)
    assert [] == counts.shells


def test_one_server_rejects_what_another_accepts(serve: Serve) -> None:
    """A server may reject an account that the others know, as where it is locked out there."""
    peer = serve([FakeServer(name="A"), FakeServer(name="B", rejected=frozenset({ACCOUNT}))])

    with session(peer.port_of("A")):
        pass
    with pytest.raises(AuthenticationError), session(peer.port_of("B")):
        pass

    assert [(1, 0), (0, 1)] == [
        (counts.authentications, counts.rejections) for counts in (peer.counts_of("A"), peer.counts_of("B"))
    ]


def test_method_that_the_server_does_not_offer(serve: Serve, certificates: Certificates) -> None:
    """Where a server offers Basic alone, a client of NTLM says that it was offered nothing that it knows."""
    peer = serve([_basic(certificates)])

    with (
        pytest.raises(AuthenticationError, match="did not response with one of"),
        session(peer.port_of("SYNC01"), ssl=True, cert_validation=str(certificates.authority)),
    ):
        pass


@pytest.mark.parametrize("name", ["expired", "wrong_name", "untrusted"])
def test_certificate_that_proves_nothing(serve: Serve, certificates: Certificates, name: str) -> None:
    """A client turns away from a server whose certificate has ended, is for another name, or nobody vouches for."""
    peer = serve([FakeServer(certificate=getattr(certificates, name))])

    with (
        pytest.raises(requests.exceptions.SSLError),
        session(peer.port_of("SYNC01"), ssl=True, cert_validation=str(certificates.authority)),
    ):
        pass

    assert 0 == peer.counts_of("SYNC01").requests


def test_tls_is_not_spoken_where_http_is(serve: Serve, certificates: Certificates) -> None:
    """A client of TLS at a port of plain HTTP fails in the handshake."""
    peer = serve([FakeServer()])

    with (
        pytest.raises(requests.exceptions.SSLError),
        session(peer.port_of("SYNC01"), ssl=True, cert_validation=str(certificates.authority)),
    ):
        pass


def test_endpoint_that_is_not_there(serve: Serve) -> None:
    """A session configuration that does not exist is a fault of its own."""
    peer = serve([FakeServer().without_module()])

    with (
        pytest.raises(WSManFaultError) as caught,
        session(peer.port_of("SYNC01"), endpoint=MODULE_ENDPOINT),
    ):
        pass

    assert 2150858811 == caught.value.code


def test_endpoint_that_is_for_others(serve: Serve) -> None:
    """An account that a session configuration does not let in is told that it is denied."""
    closed = {DEFAULT_ENDPOINT: Endpoint(accounts=frozenset({"FABRIKAM\\somebody"}))}
    peer = serve([FakeServer(endpoints=closed)])

    with pytest.raises(WSManFaultError) as caught, session(peer.port_of("SYNC01")):
        pass

    assert 5 == caught.value.code


def test_open_shells_are_counted(serve: Serve) -> None:
    """A shell is open until it is deleted; how long it may idle is known."""
    peer = serve([FakeServer()])

    with session(peer.port_of("SYNC01")):
        during = peer.open_shells
    after = peer.open_shells

    assert (("SYNC01",), ()) == (during, after)
    assert 1 == len(peer.counts_of("SYNC01").shells)


def test_nobody_listens(serve: Serve) -> None:
    """A server that refuses connections has a port all the same."""
    peer = serve([FakeServer(faults=Faults(listening=Listening.REFUSED))])

    with pytest.raises(ConnectionRefusedError), socket.create_connection(("127.0.0.1", peer.port_of("SYNC01")), 30):
        pass


def test_black_hole(serve: Serve) -> None:
    """To a server behind a firewall that drops everything no connection ever comes about."""
    peer = serve([FakeServer(faults=Faults(listening=Listening.BLACK_HOLE))])

    with pytest.raises(TimeoutError), socket.create_connection(("127.0.0.1", peer.port_of("SYNC01")), 0.3):
        pass


@pytest.mark.parametrize("tls", [False, True], ids=["HTTP", "TLS"])
def test_silent_server(serve: Serve, certificates: Certificates, *, tls: bool) -> None:
    """A silent server takes connections, and says nothing: no answer, and no handshake."""
    faults = Faults(listening=Listening.SILENT)
    peer = serve([FakeServer(certificate=certificates.good if tls else None, faults=faults)])

    with (
        pytest.raises(requests.exceptions.Timeout),
        session(peer.port_of("SYNC01"), ssl=tls, read_timeout=1, connection_timeout=1),
    ):
        pass


def test_environment_is_as_before() -> None:
    """The accounts are known while servers run, also to those within others, and nothing is left behind."""
    before = os.environ.get("NTLM_USER_FILE")

    with serving([FakeServer(name="A")]) as outer:
        with serving([FakeServer(name="B", accounts={"FABRIKAM\\other": "Other-1"})]), session(outer.port_of("A")):
            pass
        with session(outer.port_of("A")):
            pass

    assert before == os.environ.get("NTLM_USER_FILE")


def test_many_servers_at_once() -> None:
    """Dozens of servers run in one thread, each with its own name, and answer clients in parallel."""
    names = [f"SYNC{number:02}" for number in range(40)]
    told: dict[str, object] = {}

    def ask(name: str, port: int) -> None:
        variable = ("Get-Item", {"LiteralPath": "Env:\\COMPUTERNAME"})
        with session(port) as pool:
            told[name] = run(pool, variable, ("Select-Object", {"Property": ["Value"]})).properties("Value")[0]

    with serving([FakeServer(name=name) for name in names]) as peer:
        threads = [threading.Thread(target=ask, args=(name, peer.port_of(name))) for name in names]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        open_shells = peer.open_shells

    assert {name: name for name in names} == told
    assert () == open_shells


def test_cmdlet_that_writes_fails_the_test() -> None:
    """Whoever calls a cmdlet that writes learns of it at the latest when the peer ends."""
    with (
        pytest.raises(ExceptionGroup) as caught,
        serving([FakeServer()]) as peer,
        session(peer.port_of("SYNC01")) as pool,
    ):
        run(pool, ("Set-ADSyncScheduler", {"SyncCycleEnabled": True}))

    assert ["a cmdlet that writes was called"] == [str(one) for one in caught.value.exceptions]


def test_peer_in_a_process_of_its_own() -> None:
    """Servers may run in another process; faults go along, and the environment stays as it is."""
    before = os.environ.get("NTLM_USER_FILE")
    server = FakeServer(pipe_refuses_network_logon=True).denying("Get-ADSyncScheduler")

    with serving_apart([server]) as peer:
        with session(peer.port_of("SYNC01")) as pool:
            denied = run(pool, "Get-ADSyncScheduler")
            during = peer.open_shells
        after = peer.open_shells
        requests_ = peer.requests

    assert ("Access to the path is denied.",) == denied.messages
    assert (("SYNC01",), ()) == (during, after)
    assert requests_["SYNC01"] > 0
    assert before == os.environ.get("NTLM_USER_FILE")
