"""The doctor against running servers: real sockets, certificates, credentials and sessions."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from checker.cli.doctor import run_doctor
from checker.cli.doctor_arguments import add_doctor
from tests.peer.certificates import Certificates
from tests.peer.faults import Faults, Hangs, Listening
from tests.peer.fixtures import Serve
from tests.peer.live_fleets import LiveFleet, secure
from tests.peer.server_model import DEFAULT_ENDPOINT, FULL, JEA, MODULE_ENDPOINT, PASSWORD, Endpoint, FakeServer

Told = dict[str, dict[str, tuple[str, str]]]
STEPS = ["name", "port", "TLS", "authentication", "endpoint", "module", "rights", "service", "clock skew"]


@pytest.fixture
def fleet_of(tmp_path: Path, serve: Serve, certificates: Certificates) -> Callable[..., LiveFleet]:
    """Give a function that runs servers and writes an inventory of them."""

    def make(*servers: FakeServer, **connections: dict[str, object]) -> LiveFleet:
        return LiveFleet(folder=tmp_path, peer=serve(servers), certificates=certificates, connections=connections)

    return make


def doctor(fleet: LiveFleet, *arguments: str) -> tuple[int, Told]:
    """Examine the fleet, and give the exit code with state and sentence of each step, by server."""
    parser = argparse.ArgumentParser()
    add_doctor(parser.add_subparsers())
    inventory, output = fleet.folder / "servers.yaml", fleet.folder / "found.json"
    options = parser.parse_args(
        ["doctor", "--inventory", str(inventory), "-o", f"json:{output}", "--retries", "0", *arguments]
    )
    code = run_doctor(options)
    found: dict[str, Any] = json.loads(output.read_text("utf-8"))
    return code, {
        server["server"].partition(".")[0]: {
            step["name"]: (step["state"], step["sentence"]) for step in server["steps"]
        }
        for server in found["servers"]
    }


def first_problem(steps: dict[str, tuple[str, str]]) -> tuple[str, str]:
    """Give the first step that did not go well enough to go on, with its sentence."""
    return next(((name, said) for name, (state, said) in steps.items() if state in ("failed", "skipped")), ("", ""))


def test_healthy_servers(fleet_of: Callable[..., LiveFleet], certificates: Certificates) -> None:
    """By the module and by cmdlets every step is taken, and no shell stays open."""
    one, two = secure(certificates, "SYNC01", "SYNC02")
    fleet = fleet_of(one, two.without_module())
    code, told = doctor(fleet)

    assert (0, STEPS, STEPS) == (code, list(told["sync01"]), list(told["sync02"]))
    assert [("", ""), ("", "")] == [first_problem(steps) for steps in told.values()]
    assert "'AdsyncChecker' is there" in told["sync01"]["endpoint"][1]
    assert told["sync01"]["module"][1].startswith("'Get-AdsyncFact' is there, version ")
    assert "There is no endpoint 'AdsyncChecker'" in told["sync02"]["endpoint"][1]
    assert ("ok", "The service ADSync runs.") == told["sync02"]["service"]
    assert ["ok", "ok"] == [steps["clock skew"][0] for steps in told.values()]
    assert "from 'Peer authority'" in told["sync01"]["TLS"][1]
    assert () == fleet.peer.open_shells


def test_every_server_has_its_own_problem(
    fleet_of: Callable[..., LiveFleet], certificates: Certificates, capfd: pytest.CaptureFixture[str]
) -> None:
    """Each is told apart by the step at which it ends, whatever becomes of the others, and no secret is told."""
    servers = dict(zip("ABCDEFGHI", secure(certificates, *"ABCDEFGHI"), strict=True))
    servers["A"] = replace(servers["A"], faults=Faults(listening=Listening.REFUSED))
    servers["B"] = replace(servers["B"], certificate=certificates.expired)
    servers["C"] = replace(servers["C"], certificate=certificates.wrong_name)
    servers["D"] = replace(servers["D"], accounts={})
    servers["E"] = replace(servers["E"], endpoints={})
    servers["F"] = replace(servers["F"], endpoints={MODULE_ENDPOINT: Endpoint(accounts=frozenset())})
    servers["G"] = servers["G"].failing(Get_AdsyncFact=Hangs())
    servers["H"] = replace(servers["H"].without_module(), service="Stopped")
    servers["I"] = replace(servers["I"], clock_ahead=timedelta(minutes=-20))
    wrong = fleet_of(
        *servers.values(),
        # NOTE: with an account of its own; the rejection of theirs would keep all others from being asked.
        D={"username": "FABRIKAM\\svc-audit2"},
    )
    code, told = doctor(wrong, "--policy", "v2-endpoint", "--timeout", "PT6S")

    assert 4 == code
    assert {
        "a": "port", "b": "TLS", "c": "TLS", "d": "authentication", "e": "endpoint", "f": "endpoint", "g": "module",
        "h": "service", "i": "clock skew",
    } == {name: first_problem(steps)[0] for name, steps in told.items()}  # fmt: skip
    assert "expired" in told["b"]["TLS"][1]
    assert "does not match" in told["c"]["TLS"][1] or "mismatch" in told["c"]["TLS"][1]
    assert "20 min behind" in told["i"]["clock skew"][1]
    assert told["h"]["service"][1].startswith("The service ADSync is stopped, not running.")
    assert "'--timeout'" in told["g"]["module"][1]
    assert () == wrong.peer.open_shells
    captured = capfd.readouterr()
    assert PASSWORD not in captured.out + captured.err + (wrong.folder / "found.json").read_text("utf-8")


def test_a_plain_server_is_never_quite_well(fleet_of: Callable[..., LiveFleet]) -> None:
    """Without TLS it works, and the step says what is missing."""
    fleet = fleet_of(FakeServer(name="SYNC01"), SYNC01={"tls": False, "ca_bundle": None})
    code, told = doctor(fleet)

    assert (0, "warning") == (code, told["sync01"]["TLS"][0])


def test_a_certificate_that_is_not_looked_at(fleet_of: Callable[..., LiveFleet], certificates: Certificates) -> None:
    """With --no-verify-tls the way goes on, with a warning; without it the way ends there."""
    fleet = fleet_of(FakeServer(name="SYNC01", certificate=certificates.untrusted))
    strict, trusting = doctor(fleet), doctor(fleet, "--no-verify-tls")

    assert (4, "TLS") == (strict[0], first_problem(strict[1]["sync01"])[0])
    assert (0, "warning") == (trusting[0], trusting[1]["sync01"]["TLS"][0])


def test_a_wrong_password_is_tried_once(fleet_of: Callable[..., LiveFleet], certificates: Certificates) -> None:
    """Of servers that share a credential one is asked; the others say which one rejected it."""
    servers = [replace(one, accounts={"FABRIKAM\\svc-audit": "Another-9"}) for one in secure(certificates, *"ABC")]
    fleet = fleet_of(*servers)
    code, told = doctor(fleet)
    states = [steps["authentication"][0] for steps in told.values()]

    assert 4 == code
    assert ["failed", "skipped", "skipped"] == sorted(states)
    tried = {name for steps in told.values() for name, (state, _) in steps.items() if state in ("ok", "warning")}
    assert {"name", "port", "TLS"} == tried


def test_the_default_endpoint_by_name(fleet_of: Callable[..., LiveFleet], certificates: Certificates) -> None:
    """An endpoint that the inventory names is well where it is there."""
    [server] = secure(certificates, "SYNC01")
    server.endpoints = {DEFAULT_ENDPOINT: FULL, MODULE_ENDPOINT: JEA}
    code, told = doctor(fleet_of(server, SYNC01={"configuration_name": DEFAULT_ENDPOINT}))

    assert (0, "ok") == (code, told["sync01"]["endpoint"][0])
