"""Live runs by each way to authenticate, from the inventory to the verdict."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.peer.certificates import CLIENT_NAME, KEY_PASSWORD, Certificates
from tests.peer.fixtures import Serve
from tests.peer.live_fleets import LiveFleet
from tests.peer.realm import USER, USER_PASSWORD, Realm
from tests.peer.server_model import ACCOUNT, FakeServer
from tests.running import Done

Connection = dict[str, object]


def checked(fleet: LiveFleet) -> Done:
    """Check the fleet live, and keep the facts."""
    return fleet.run("check", "--policy", "v2-endpoint", "--facts-out", "facts", "--retries", "0")


def one(
    folder: Path, serve: Serve, certificates: Certificates, server: FakeServer, connection: Connection
) -> LiveFleet:
    """Run *server* alone, reached by *connection*."""
    return LiveFleet(
        folder=folder, peer=serve([server]), certificates=certificates, connections={server.name: connection}
    )


@pytest.mark.parametrize("protocol", ["ntlm", "negotiate"])
@pytest.mark.parametrize("tls", [True, False], ids=["over TLS", "sealed"])
def test_a_password_by_ntlm(
    tmp_path: Path, serve: Serve, certificates: Certificates, protocol: str, *, tls: bool
) -> None:
    """Over TLS, and over plain HTTP with every message sealed: nothing but the handshake is in the clear."""
    server = FakeServer(name="SYNC01", certificate=certificates.good if tls else None)
    fleet = one(tmp_path, serve, certificates, server, {"authentication": protocol, "tls": tls})
    done = checked(fleet)
    counts = fleet.peer.counts_of("SYNC01")

    assert 0 == done.code, done.out
    assert {ACCOUNT} == set(counts.accounts)
    assert (counts.sealed > 0) is not tls
    assert protocol == fleet.document("SYNC01")["collection"]["authentication"]


def test_basic_over_tls(tmp_path: Path, serve: Serve, certificates: Certificates) -> None:
    """Only where it is asked for, and only over TLS."""
    server = FakeServer(name="SYNC01", certificate=certificates.good, authentication=frozenset({"Basic"}))
    fleet = one(tmp_path, serve, certificates, server, {"authentication": "basic"})

    assert 0 == checked(fleet).code
    assert {"basic"} == {name.casefold() for name in fleet.peer.counts_of("SYNC01").protocols}


@pytest.mark.parametrize("locked", [False, True], ids=["open key", "locked key"])
def test_a_client_certificate(tmp_path: Path, serve: Serve, certificates: Certificates, *, locked: bool) -> None:
    """With its key in the open, or locked by a password that stands in a file."""
    server = FakeServer(
        name="SYNC01", certificate=certificates.good, authentication=frozenset({"Certificate"}),
        mapped_certificates={CLIENT_NAME: ACCOUNT},
    )  # fmt: skip
    (tmp_path / "key-password").touch(mode=0o600)
    (tmp_path / "key-password").write_text(KEY_PASSWORD)
    fleet = one(
        tmp_path, serve, certificates, server,
        {
            "authentication": "certificate", "username": None, "certificate": str(certificates.client),
            "certificate_key": str(certificates.client_locked_key if locked else certificates.client_key),
            "credential": f"file:{tmp_path / 'key-password'}" if locked else None,
        },
    )  # fmt: skip

    done = checked(fleet)
    assert 0 == done.code, done.out
    assert {ACCOUNT} == set(fleet.peer.counts_of("SYNC01").accounts)


WITH_A_TICKET: Connection = {"authentication": "kerberos", "username": None, "credential": None}


@pytest.mark.kdc
def test_kerberos_with_a_ticket(
    tmp_path: Path, serve: Serve, certificates: Certificates, in_realm: Realm, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The default: HTTPS, and the ticket that somebody has put into the cache; there is nothing to keep secret."""
    monkeypatch.setenv("KRB5CCNAME", in_realm.tickets)
    server = FakeServer(name="SYNC01", certificate=certificates.good)
    fleet = one(tmp_path, serve, certificates, server, {**WITH_A_TICKET, "authentication": None})
    done = checked(fleet)

    assert 0 == done.code, done.out
    assert {"kerberos"} == set(fleet.peer.counts_of("SYNC01").protocols)


@pytest.mark.kdc
def test_kerberos_with_a_password(tmp_path: Path, serve: Serve, certificates: Certificates, in_realm: Realm) -> None:
    """The ticket is fetched for this run, and kept nowhere."""
    (tmp_path / "kerberos").touch(mode=0o600)
    (tmp_path / "kerberos").write_text(USER_PASSWORD)
    server = FakeServer(name="SYNC01", certificate=certificates.good)
    how: Connection = {"authentication": "kerberos", "username": USER, "credential": f"file:{tmp_path / 'kerberos'}"}
    fleet = one(tmp_path, serve, certificates, server, how)

    assert 0 == checked(fleet).code
    assert not Path(in_realm.no_tickets.removeprefix("FILE:")).exists()


@pytest.mark.kdc
def test_kerberos_without_tls_is_sealed(
    tmp_path: Path, serve: Serve, certificates: Certificates, in_realm: Realm, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Over plain HTTP each message is encrypted by Kerberos."""
    monkeypatch.setenv("KRB5CCNAME", in_realm.tickets)
    fleet = one(tmp_path, serve, certificates, FakeServer(name="SYNC01"), {**WITH_A_TICKET, "tls": False})

    assert 0 == checked(fleet).code
    assert fleet.peer.counts_of("SYNC01").sealed > 0


@pytest.mark.kdc
@pytest.mark.parametrize("case", ["no ticket", "wrong password", "no KDC", "no such service"])
def test_kerberos_that_fails_says_how(
    tmp_path: Path,
    serve: Serve,
    certificates: Certificates,
    in_realm: Realm,
    monkeypatch: pytest.MonkeyPatch,
    *,
    case: str,
) -> None:
    """A missing ticket, a rejected password, a KDC that is away and an unknown service are told apart."""
    (tmp_path / "wrong").touch(mode=0o600)
    (tmp_path / "wrong").write_text("Wrong-Staple-8")
    expected, how = {
        "no ticket": ("credential-unavailable", WITH_A_TICKET),
        "wrong password": (
            "auth-rejected",
            {**WITH_A_TICKET, "username": USER, "credential": f"file:{tmp_path / 'wrong'}"},
        ),
        "no KDC": ("kdc", {**WITH_A_TICKET, "username": USER, "credential": f"file:{tmp_path / 'wrong'}"}),
        "no such service": ("kdc", {**WITH_A_TICKET, "host": "127.0.0.1"}),
    }[case]
    if case == "no KDC":
        monkeypatch.setenv("KRB5_CONFIG", str(in_realm.lost_configuration))
    if case == "no such service":
        monkeypatch.setenv("KRB5CCNAME", in_realm.tickets)
    fleet = one(tmp_path, serve, certificates, FakeServer(name="SYNC01", certificate=certificates.good), how)
    done = checked(fleet)

    assert 4 == done.code
    assert expected == fleet.document("SYNC01")["collection"]["failures"][0]["kind"]
    assert "Wrong-Staple-8" not in done.out + done.err
