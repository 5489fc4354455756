"""Every way in which a server can fail: provoked on a running peer, told apart in the documents and in the verdict."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from checker.model.collection import FailureClass
from tests.peer.certificates import Certificates
from tests.peer.faults import (
    Answers,
    CommandFault,
    Drops,
    Fails,
    Faults,
    Garbles,
    Gives,
    Hangs,
    Listening,
    LosesShells,
    Misdeed,
    NeverAnswers,
    PowerShellError,
    RequestFault,
    access_denied,
    denied,
    moved,
    pipe_error,
    quota,
)
from tests.peer.fixtures import Serve
from tests.peer.live_fleets import LiveFleet
from tests.peer.server_model import DEFAULT_ENDPOINT, FULL, JEA, MODULE_ENDPOINT, PASSWORD, FakeServer
from tests.running import Done

Document = dict[str, Any]


@dataclass
class Case:
    """A server with a fault, how it is reached, and the class that its failure has."""

    kind: str
    server: dict[str, Any]  # how it differs from a healthy one
    connection: dict[str, object]

    def named(self, name: str) -> FakeServer:
        """Give the server, which is called *name*, and lets in an account of that name only."""
        return FakeServer(**{"name": name, "accounts": {f"FABRIKAM\\{name}": PASSWORD}, **self.server})


def _whole_servers(certificates: Certificates, folder: Path) -> list[Case]:
    """Give servers of which nothing can be read."""
    good = certificates.good
    (folder / "wrong").touch(mode=0o600)
    (folder / "wrong").write_text("Not-The-Password-1")

    def case(kind: str, connection: dict[str, object] | None = None, **server: Any) -> Case:
        return Case(kind, {"certificate": good, **server}, connection or {})

    def meets(kind: str, misdeed: Misdeed, on: str = "", first: int = 1) -> Case:
        return case(kind, faults=Faults(requests=(RequestFault(does=misdeed, on=on, first=first),)))

    nobody = replace(FULL, accounts=frozenset())
    return [
        case("dns", {"host": "no-such-host.invalid"}),
        case("refused", faults=Faults(listening=Listening.REFUSED)),
        case("connect-timeout", faults=Faults(listening=Listening.BLACK_HOLE)),
        case("tls", certificate=certificates.expired),
        case("tls", certificate=certificates.wrong_name),
        case("tls", certificate=certificates.untrusted),
        case("auth-rejected", {"credential": f"file:{folder / 'wrong'}"}),
        case("auth-method-unavailable", authentication=frozenset({"Basic"})),
        case("credential-unavailable", {"credential": "env:ADSYNC_CHECKER_TEST_NOT_SET"}),
        case("credential-unavailable", {"credential": "file:/no/such/file"}),
        case("bad-configuration", {"authentication": "basic", "tls": False}, certificate=None),
        case("bad-configuration", {"ca_bundle": "/no/such/bundle.pem"}),
        case("endpoint-missing", endpoints={}),
        case("endpoint-missing", {"configuration_name": "Nobody.Made.This"}),
        case("endpoint-denied", endpoints={DEFAULT_ENDPOINT: nobody}),
        meets("endpoint-denied", access_denied(), "Create"),
        meets("endpoint-denied", Answers(403)),
        meets("busy", quota(), "Create"),
        meets("busy", Answers(503)),
        meets("redirect-refused", moved("https://elsewhere.example/wsman")),
        meets("http-error", Answers(418)),
        meets("protocol-error", Garbles(), "Create"),
        meets("protocol-error", Answers(500, b"<html>Oops</html>")),
        meets("connection-dropped", Drops()),
        meets("shell-lost", LosesShells(), "Receive", 2),
        meets("read-timeout", NeverAnswers(), "Create"),
        case("command-not-available", has_module=False, has_product=False, endpoints={MODULE_ENDPOINT: JEA}),
    ]


@pytest.fixture(scope="module")
def matrix(
    tmp_path_factory: pytest.TempPathFactory, certificates: Certificates
) -> tuple[list[Case], LiveFleet, Done, Done]:
    """Collect from one server of each kind at once, and look at the verdict."""
    from tests.peer.peer import serving  # noqa: PLC0415 - started once for all tests of this module

    folder = tmp_path_factory.mktemp("matrix")
    cases = _whole_servers(certificates, folder)
    # NOTE: an account of its own for each, or the first rejection would keep the others from being tried.
    named = {f"S{number:02}": case for number, case in enumerate(cases)}
    servers = [case.named(name) for name, case in named.items()]
    connections = {name: {"username": f"FABRIKAM\\{name}", **case.connection} for name, case in named.items()}
    with serving(servers) as peer:
        fleet = LiveFleet(folder=folder, peer=peer, certificates=certificates, connections=connections)
        collected = fleet.run("collect", "--out", "facts", "--threads", "32", "--retries", "0", "--timeout", "PT25S")
        checked = fleet.run(
            "check", "--policy", "v2-endpoint", "--facts", "facts", "-o", "json:results.json", "-o", "text"
        )
        assert () == peer.open_shells
    return cases, fleet, collected, checked


def test_each_server_has_its_class(matrix: tuple[list[Case], LiveFleet, Done, Done]) -> None:
    """In the document, as the class of the failure and as the first word about every fact."""
    cases, fleet, collected, _ = matrix
    documents = [fleet.document(f"S{number:02}") for number in range(len(cases))]

    assert [one.kind for one in cases] == [one["collection"]["failures"][0]["kind"] for one in documents]
    for case, document in zip(cases, documents, strict=True):
        assert {"unknown"} == {fact["status"] for fact in document["facts"].values()}
        assert all(fact["detail"].startswith(f"{case.kind}: ") for fact in document["facts"].values())
    assert 4 == collected.code


def test_each_server_is_an_error_in_the_verdict(matrix: tuple[list[Case], LiveFleet, Done, Done]) -> None:
    """Nothing of such a server passes, and the report says the class and what to do."""
    cases, fleet, _, checked = matrix
    found = json.loads((fleet.folder / "results.json").read_text("utf-8"))["findings"]
    by_server: dict[str, set[str]] = {}
    for one in found:
        by_server.setdefault(one["server"], set()).add(one["outcome"])

    assert 4 == checked.code
    assert len(cases) == len(by_server)
    assert {"error", "not_applicable"} == set().union(*by_server.values())
    messages = {one["server"]: one["message"] for one in found if one["outcome"] == "error"}
    for number, case in enumerate(cases):
        assert f" {case.kind}: " in messages[f"s{number:02}.fabrikam.com"], case.kind


def test_messages_are_for_people(matrix: tuple[list[Case], LiveFleet, Done, Done]) -> None:
    """A sentence each: no name of a Python class, no traceback, no password, no more than a few lines."""
    _, fleet, collected, _ = matrix
    told = [line for line in collected.err.splitlines() if "] s" in line]

    assert len(told) == len(fleet.peer.hosts)
    for line in told:
        assert len(line) < 500
        for word in (
            "Traceback",
            "Error(",
            "urllib3",
            "pypsrp",
            "<class",
            "object at 0x",
            PASSWORD,
            "Not-The-Password",
        ):
            assert word not in line, line


def test_a_rejected_credential_was_sent_once(matrix: tuple[list[Case], LiveFleet, Done, Done]) -> None:
    """A 401 after a password is final."""
    cases, fleet, _, _ = matrix
    [number] = [number for number, case in enumerate(cases) if case.kind == "auth-rejected"]

    assert 1 == fleet.peer.counts_of(f"S{number:02}").rejections


Part = tuple[str, str, CommandFault, str, str]
PARTS: list[Part] = [
    ("command-denied", "Get-ADSyncRule", Fails(denied("Get-ADSyncRule")), "groups.member_limits", "denied"),
    (
        "adsync-pipe-refuses-network-logon",
        "Get-ADSyncGlobalSettings",
        Fails(pipe_error("Get-ADSyncGlobalSettings")),
        "product.configuration_version",
        "denied",
    ),
    (
        "pipeline-error",
        "Get-ADSyncScheduler",
        Fails(PowerShellError(message="It broke.", identifier="Broken,Get-ADSyncScheduler")),
        "scheduler.sync_cycle_enabled",
        "collection_failed",
    ),
    ("deadline", "Get-ADSyncConnector", Hangs(), "endpoint.export_type", "collection_failed"),
    (
        "partial",
        "Get-ADSyncRule",
        Fails(PowerShellError(message="It broke.", identifier="Broken,Get-ADSyncRule"), after=1),
        "rules.custom_rule_count",
        "truncated",
    ),
    ("too-large", "Get-ADSyncRule", Gives(("x",), times=30_000), "groups.member_limits", "truncated"),
]


@pytest.mark.parametrize("part", PARTS, ids=[one[0] for one in PARTS])
def test_a_part_that_fails_leaves_the_rest(
    tmp_path: Path, serve: Serve, certificates: Certificates, part: Part
) -> None:
    """By cmdlets, an error has an owner: its facts are unknown with its class, and the others are told."""
    kind, command, fault, fact, reason = part
    server = FakeServer(name="SYNC01", certificate=certificates.good, faults=Faults(commands={command: fault}))
    fleet = LiveFleet(folder=tmp_path, peer=serve([server.without_module()]), certificates=certificates)
    collected = fleet.run("collect", "--out", "facts", "--timeout", "PT12S")
    document = fleet.document("SYNC01")

    assert 4 == collected.code
    assert "cmdlets" == document["collection"]["plan"]
    assert kind in {one["kind"] for one in document["collection"]["failures"]}
    assert ("unknown", reason) == (document["facts"][fact]["status"], document["facts"][fact]["reason"])
    assert kind in document["facts"][fact]["detail"]
    assert "known" == document["facts"]["endpoint.export_api_version_raw"]["status"]
    assert 4 == fleet.run("check", "--policy", "v2-endpoint", "--policy", "recommended", "--facts", "facts").code
    assert () == fleet.peer.open_shells


def test_the_pipe_and_a_stopped_service_are_told_apart(
    tmp_path: Path, serve: Serve, certificates: Certificates
) -> None:
    """The same text of the product means another thing where its service does not run."""
    servers = [
        replace(
            FakeServer(name=name, certificate=certificates.good).without_module(), pipe_refuses_network_logon=True,
            service=service,
        )
        for name, service in (("SYNC01", "Running"), ("SYNC02", "Stopped"))
    ]  # fmt: skip
    fleet = LiveFleet(folder=tmp_path, peer=serve(servers), certificates=certificates)
    fleet.run("collect", "--out", "facts")

    for name, kind in (("SYNC01", FailureClass.PIPE_REFUSES_NETWORK_LOGON), ("SYNC02", FailureClass.SERVICE_STOPPED)):
        assert kind.value in fleet.document(name)["facts"]["groups.member_limits"]["detail"]


EVERYWHERE = {
    "unreachable", "proxy", "kdc", "script-not-allowed", "parameter-not-allowed", "item-not-found", "snapshot-stale",
    "skipped", "identity", "interrupted", "internal",
}  # fmt: skip
"""Classes that other tests provoke: on sockets, with a realm of Kerberos, in a fleet, by a snapshot, by another computer,
by a signal."""


def test_the_matrix_is_whole(certificates: Certificates, tmp_path: Path) -> None:
    """Each class is provoked here, or is named as one that is provoked elsewhere."""
    here = {case.kind for case in _whole_servers(certificates, tmp_path)} | {part[0] for part in PARTS}
    here |= {"adsync-service-stopped"}

    assert {one.value for one in FailureClass} == here | EVERYWHERE
