"""The third way to ask a server: the snapshot that a scheduled task wrote with our module."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from tests.peer.certificates import Certificates
from tests.peer.fixtures import Serve
from tests.peer.live_fleets import LiveFleet
from tests.peer.module_answer import module_text
from tests.peer.server_model import JEA, FakeServer
from tests.peer.sync_objects import group_rules


def refusing(certificates: Certificates, *, limit: int = 250000, age: timedelta = timedelta(hours=2)) -> FakeServer:
    """Give a server whose service refuses network logons, with a snapshot that was written before."""
    server = FakeServer(name="SYNC01", certificate=certificates.good, rules=group_rules(limit))
    server.clock_ahead = -age
    text = module_text(server, JEA)
    server.clock_ahead = timedelta()
    return replace(server.without_module(), pipe_refuses_network_logon=True).with_snapshot(text, age=age)


def fleet_of(folder: Path, serve: Serve, certificates: Certificates, server: FakeServer) -> LiveFleet:
    """Run *server* alone."""
    return LiveFleet(folder=folder, peer=serve([server]), certificates=certificates)


def test_a_snapshot_tells_what_the_pipe_refuses(tmp_path: Path, serve: Serve, certificates: Certificates) -> None:
    """Every rule has an answer, and the document says whose the file is and who may change it."""
    fleet = fleet_of(tmp_path, serve, certificates, refusing(certificates))
    done = fleet.run("check", "--policy", "v2-endpoint", "--facts-out", "facts")
    collection = fleet.document("SYNC01")["collection"]

    assert 0 == done.code, done.out
    assert "snapshot" == collection["plan"]
    assert r"C:\ProgramData\AdsyncChecker\Snapshot\facts.json" == collection["snapshot"]["path"]
    assert collection["snapshot"]["owner"]
    assert collection["snapshot"]["access"]


def test_what_the_snapshot_tells_counts(tmp_path: Path, serve: Serve, certificates: Certificates) -> None:
    """A limit that is too low stands in the snapshot alone, and is found."""
    fleet = fleet_of(tmp_path, serve, certificates, refusing(certificates, limit=50000))

    assert 1 == fleet.run("check", "--policy", "v2-endpoint").code


@pytest.mark.parametrize(
    ("age", "arguments", "code"),
    [
        (timedelta(hours=23), (), 0),
        (timedelta(hours=25), (), 4),
        (timedelta(hours=2), ("--max-age", "PT3H"), 0),
        (timedelta(hours=4), ("--max-age", "PT3H"), 4),
        (timedelta(hours=25), ("--max-age", "P7D"), 4),
        (-timedelta(hours=1), (), 4),
    ],
)
def test_an_old_snapshot_is_stale(
    tmp_path: Path, serve: Serve, certificates: Certificates, *, age: timedelta, arguments: tuple[str, ...], code: int
) -> None:
    """After a day, or after --max-age if that is less, by the clock of the server; one of the future is no better."""
    fleet = fleet_of(tmp_path, serve, certificates, refusing(certificates, age=age))
    done = fleet.run("check", "--policy", "v2-endpoint", "--facts-out", "facts", *arguments)

    assert code == done.code, done.out
    if code:
        limits = fleet.document("SYNC01")["facts"]["groups.member_limits"]
        assert ("unknown", "stale") == (limits["status"], limits["reason"])
        assert "known" == fleet.document("SYNC01")["facts"]["scheduler.sync_cycle_enabled"]["status"]


def test_the_age_goes_by_the_clock_of_the_server(tmp_path: Path, serve: Serve, certificates: Certificates) -> None:
    """A server whose clock is two days behind, with a snapshot of an hour by that clock, has a fresh snapshot."""
    server = FakeServer(name="SYNC01", certificate=certificates.good)
    behind = timedelta(days=-2)
    server.clock_ahead = behind - timedelta(hours=1)
    text = module_text(server, JEA)
    server.clock_ahead = behind
    server = replace(server.without_module(), pipe_refuses_network_logon=True).with_snapshot(
        text, age=timedelta(hours=1)
    )
    fleet = fleet_of(tmp_path, serve, certificates, server)

    assert 0 == fleet.run("check", "--policy", "v2-endpoint", "--facts-out", "facts").code
    assert "snapshot" == fleet.document("SYNC01")["collection"]["plan"]


def test_a_snapshot_of_another_server_is_not_taken(tmp_path: Path, serve: Serve, certificates: Certificates) -> None:
    """Copied from a healthy neighbour, it says nothing of this one."""
    neighbour = module_text(FakeServer(name="SYNC99"), JEA)
    server = replace(refusing(certificates), name="SYNC01").with_snapshot(neighbour, age=timedelta(hours=1))
    fleet = fleet_of(tmp_path, serve, certificates, server)
    done = fleet.run("check", "--policy", "v2-endpoint", "--facts-out", "facts")

    assert 4 == done.code
    assert "unknown" == fleet.document("SYNC01")["facts"]["groups.member_limits"]["status"]
