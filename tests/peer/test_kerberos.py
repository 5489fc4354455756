"""An unmodified client against the peer by Kerberos, with a KDC of its own."""

from __future__ import annotations

from typing import Any

import pytest
import requests.exceptions
from pypsrp.exceptions import AuthenticationError
from spnego.exceptions import SpnegoError

from tests.peer.certificates import Certificates
from tests.peer.fixtures import Serve
from tests.peer.plain_client import run, session
from tests.peer.realm import USER, USER_PASSWORD, Realm
from tests.peer.server_model import FakeServer

pytestmark = pytest.mark.kdc

_RULES = 3


def _kerberos(certificates: Certificates, **options: Any) -> dict[str, Any]:
    """Say how to reach a server by Kerberos over HTTPS, as somebody who has nothing but tickets."""
    secure = {"ssl": True, "cert_validation": str(certificates.authority)}
    return {"auth": "kerberos", "username": None, "password": None, **secure, **options}


def _refused_by_krb5() -> tuple[type[Exception], ...]:
    """Give what a client raises that gets no ticket; the library is there wherever these tests run."""
    krb5 = pytest.importorskip("krb5")
    return (SpnegoError, krb5.Krb5Error)


def test_tickets_are_enough(
    serve: Serve, certificates: Certificates, in_realm: Realm, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With a ticket in the cache that the environment names no password is needed."""
    monkeypatch.setenv("KRB5CCNAME", in_realm.tickets)
    peer = serve([FakeServer(certificate=certificates.good)])

    with session(peer.port_of("SYNC01"), **_kerberos(certificates)) as pool:
        result = run(pool, "Get-ADSyncRule")

    counts = peer.counts_of("SYNC01")
    assert _RULES == len(result.objects)
    assert ({"kerberos"}, {USER}) == (set(counts.protocols), set(counts.accounts))
    assert () == peer.open_shells


@pytest.mark.usefixtures("in_realm")
def test_password_gets_a_ticket(serve: Serve, certificates: Certificates) -> None:
    """A password gets a ticket without any cache."""
    peer = serve([FakeServer(certificate=certificates.good)])

    with session(peer.port_of("SYNC01"), **_kerberos(certificates, username=USER, password=USER_PASSWORD)) as pool:
        result = run(pool, "Get-ADSyncRule")

    assert _RULES == len(result.objects)
    assert {USER} == set(peer.counts_of("SYNC01").accounts)


@pytest.mark.usefixtures("in_realm")
@pytest.mark.parametrize("auth", ["kerberos", "negotiate"])
def test_messages_are_sealed_over_http(serve: Serve, auth: str) -> None:
    """Over plain HTTP every message is sealed by Kerberos, also where it was negotiated."""
    peer = serve([FakeServer()])

    with session(peer.port_of("SYNC01"), auth=auth, username=USER, password=USER_PASSWORD) as pool:
        result = run(pool, "Get-ADSyncRule")

    counts = peer.counts_of("SYNC01")
    assert _RULES == len(result.objects)
    assert {"kerberos"} == set(counts.protocols)
    assert sum(counts.actions.values()) == counts.sealed > 0


@pytest.mark.usefixtures("in_realm")
def test_channel_is_bound(serve: Serve, certificates: Certificates) -> None:
    """A server may demand that a ticket is bound to its certificate."""
    peer = serve([FakeServer(certificate=certificates.good, demands_channel_binding=True)])

    with session(peer.port_of("SYNC01"), **_kerberos(certificates, username=USER, password=USER_PASSWORD)) as pool:
        result = run(pool, "Get-ADSyncRule")

    assert _RULES == len(result.objects)


@pytest.mark.usefixtures("in_realm")
def test_wrong_password_reaches_no_server(serve: Serve, certificates: Certificates) -> None:
    """The KDC turns a wrong password down; the server only hears the question how to authenticate."""
    peer = serve([FakeServer(certificate=certificates.good)])

    with (
        pytest.raises(_refused_by_krb5()),
        session(peer.port_of("SYNC01"), **_kerberos(certificates, username=USER, password="wrong")),
    ):
        pass

    counts = peer.counts_of("SYNC01")
    assert (0, 0) == (counts.authentications, counts.rejections)


@pytest.mark.usefixtures("in_realm")
def test_service_that_the_kdc_does_not_know(serve: Serve, certificates: Certificates) -> None:
    """For a computer without an entry at the KDC there is no ticket."""
    peer = serve([FakeServer(certificate=certificates.good)])
    named = {"negotiate_hostname_override": "unknown.fabrikam.test", "username": USER, "password": USER_PASSWORD}

    with pytest.raises(SpnegoError), session(peer.port_of("SYNC01"), **_kerberos(certificates, **named)):
        pass

    assert 0 == peer.counts_of("SYNC01").authentications


def test_nobody_answers_for_the_kdc(
    serve: Serve, certificates: Certificates, in_realm: Realm, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a KDC there is no ticket."""
    monkeypatch.setenv("KRB5_CONFIG", str(in_realm.lost_configuration))
    peer = serve([FakeServer(certificate=certificates.good)])

    with (
        pytest.raises(_refused_by_krb5()),
        session(peer.port_of("SYNC01"), **_kerberos(certificates, username=USER, password=USER_PASSWORD)),
    ):
        pass

    assert 0 == peer.counts_of("SYNC01").authentications


@pytest.mark.usefixtures("in_realm")
def test_no_ticket_at_all(serve: Serve, certificates: Certificates) -> None:
    """Somebody with neither a ticket nor a password is told so, and the server never hears of it."""
    peer = serve([FakeServer(certificate=certificates.good)])

    with pytest.raises(SpnegoError), session(peer.port_of("SYNC01"), **_kerberos(certificates)):
        pass

    assert 0 == peer.counts_of("SYNC01").authentications


@pytest.mark.usefixtures("in_realm")
def test_account_that_one_server_rejects(serve: Serve, certificates: Certificates) -> None:
    """A server may reject an account whose ticket is good."""
    peer = serve([FakeServer(certificate=certificates.good, rejected=frozenset({USER}))])

    with (
        pytest.raises(AuthenticationError),
        session(peer.port_of("SYNC01"), **_kerberos(certificates, username=USER, password=USER_PASSWORD)),
    ):
        pass

    assert 1 == peer.counts_of("SYNC01").rejections


@pytest.mark.usefixtures("in_realm")
def test_tls_comes_first(serve: Serve, certificates: Certificates) -> None:
    """No ticket is shown to a server whose certificate proves nothing."""
    peer = serve([FakeServer(certificate=certificates.wrong_name)])

    with (
        pytest.raises(requests.exceptions.SSLError),
        session(peer.port_of("SYNC01"), **_kerberos(certificates, username=USER, password=USER_PASSWORD)),
    ):
        pass

    assert 0 == peer.counts_of("SYNC01").requests
