"""Whole runs of the doctor on pretended servers: what it says, what it asks of them, and how it ends."""

from __future__ import annotations

import argparse
import io
import json
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from checker.acquire.live.commands import LiveError, Session, Target
from checker.acquire.live.credentials import Credentials, CredentialSources, SecretFile
from checker.acquire.live.fleet import Pace, StoppableClock
from checker.cli.doctor import doctor_with
from checker.cli.doctor_arguments import add_doctor
from checker.cli.facts_folder import write_document
from checker.cli.inputs import support_table
from checker.errors import CheckerError, OutputError, PolicyError, Terminated, UsageError
from checker.load.inventory import load_inventory
from checker.model.collection import FailureClass
from checker.pipeline.collection import Live, collect
from tests.acquire.live.examined_servers import NOW, GroupedServer, Wires, closed_server, told
from tests.acquire.live.fake_session import FakeClock, FakeNetwork
from tests.running import run

OWN = "AdsyncChecker"
SECRET, OTHER = "k3yb0ard-of-svc", "An0ther-one"
INVENTORY = """\
inventory: fabrikam
servers:
  - name: sync01
    tenant: fabrikam.onmicrosoft.com
    role: active
    connection: {host: sync01.fabrikam.example, authentication: ntlm, username: svc, credential: "env:PASSWORD"}
  - name: sync02
    tenant: fabrikam.onmicrosoft.com
    role: staging
    connection: {host: sync02.fabrikam.example, authentication: ntlm, username: svc, credential: "env:PASSWORD"}
  - name: sync03
    tenant: fabrikam.onmicrosoft.com
    connection: {host: sync03.fabrikam.example, authentication: ntlm, username: other, credential: "env:OTHER"}
"""


def healthy(name: str) -> GroupedServer:
    """Give a server with the module that has an answer for every rule of `v2-endpoint`."""
    found = told(name.upper())
    parameters = found["cmdlets"]["Get-ADSyncGlobalSettings"]["value"][0]["Parameters"]
    parameters.append({"Name": "Microsoft.OptionalFeature.GroupWriteBack", "Value": "False"})
    return closed_server(found)


def not_again(_target: Target) -> None:
    """Be reached by a collection, after the doctor was there."""
    raise AssertionError("a server was looked at twice")


@dataclass
class World:
    """The servers by name, each behind the one endpoint of the module, and what a run lends."""

    folder: Path
    servers: dict[str, GroupedServer | LiveError | BaseException] = field(
        default_factory=lambda: {name: healthy(name) for name in ("sync01", "sync02", "sync03")}
    )
    wires: Wires = field(default_factory=Wires)
    environment: dict[str, str] = field(default_factory=lambda: {"PASSWORD": SECRET, "OTHER": OTHER})
    opened: list[tuple[str, str]] = field(default_factory=list)
    clock: FakeClock = field(default_factory=FakeClock)

    def connect(self, target: Target, name: str, seconds: float) -> AbstractContextManager[Session]:
        """Open a session, and note with which secret."""
        self.opened.append((target.server, target.secret))
        found = self.servers[target.server]
        if isinstance(found, BaseException) and not isinstance(found, LiveError):
            raise found
        return FakeNetwork({OWN: found})(target, name, seconds)

    def lend(self, _now: Callable[[], datetime]) -> Live:
        """Lend what a machine would."""
        sources = CredentialSources(environment=self.environment, read_file=lambda _path: SecretFile(content=b""))
        credentials = Credentials(sources)
        return Live(
            resolve=lambda server: credentials.resolve(server.name, server.connection).target,
            reach=not_again,
            connect=self.connect,
            pace=Pace(
                threads=1, clock=StoppableClock(self.clock.monotonic), sleep=lambda _seconds: None, chance=lambda: 0.5
            ),
            now=self.clock.now,
            support=support_table(None),
        )

    def doctor(self, *arguments: str, lend: Callable[[Callable[[], datetime]], Live] | None = None) -> int:
        """Run it."""
        parser = argparse.ArgumentParser()
        add_doctor(parser.add_subparsers())
        options = parser.parse_args(["doctor", "--inventory", str(self.folder / "servers.yaml"), *arguments])
        options.as_of = NOW
        return doctor_with(options, lend or self.lend, self.wires.network())


@pytest.fixture
def world(tmp_path: Path) -> World:
    """Give three healthy servers, and their inventory."""
    (tmp_path / "servers.yaml").write_text(INVENTORY, "utf-8")
    return World(tmp_path)


def found_in(folder: Path) -> dict[str, Any]:
    """Give what the last run wrote as JSON."""
    found: dict[str, Any] = json.loads((folder / "found.json").read_text("utf-8"))
    return found


def states(folder: Path, server: str) -> list[str]:
    """Give the states of the steps of *server*."""
    [one] = [one for one in found_in(folder)["servers"] if one["server"] == server]
    return [step["state"] for step in one["steps"]]


ALL_OK = ["ok"] * 9


def test_all_is_well(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing is to be done: exit 0, and text for a person on standard output."""
    assert 0 == world.doctor("--policy", "v2-endpoint")
    out = capsys.readouterr().out

    assert 3 == out.count("ok       rules           every rule has an answer")
    assert out.endswith("3 of 3 servers without a problem; 0 rules of v2-endpoint would be errors\n")


def test_one_session_for_each_server(world: World) -> None:
    """A credential is shown no more often than by a collection."""
    world.doctor("--policy", "v2-endpoint")

    assert [("sync01", SECRET), ("sync02", SECRET), ("sync03", OTHER)] == world.opened


def test_one_servers_trouble_hides_no_others(world: World) -> None:
    """Each server has its own steps and its own errors; exit 4 says that one has a problem."""
    world.wires.ports["sync02.fabrikam.example"] = FailureClass.REFUSED
    world.servers["sync03"] = LiveError(FailureClass.AUTH_REJECTED, "The server rejected the credential; unlock it.")
    code = world.doctor("--policy", "v2-endpoint", "-o", f"json:{world.folder / 'found.json'}")

    assert 4 == code
    assert ALL_OK == states(world.folder, "sync01")
    assert ["ok", "failed", *["skipped"] * 7] == states(world.folder, "sync02")
    assert ["ok", "ok", "ok", "failed", *["skipped"] * 5] == states(world.folder, "sync03")
    rules = [len(one["errors"]) for one in found_in(world.folder)["servers"]]
    assert (0, True, True) == (rules[0], rules[1] > 10, rules[1] == rules[2])


def test_a_rejected_credential_is_not_carried_on(world: World) -> None:
    """The next server with it is not asked, and is not ok; one with another credential is."""
    world.servers["sync01"] = LiveError(FailureClass.AUTH_REJECTED, "The server rejected the credential; unlock it.")
    code = world.doctor("-o", f"json:{world.folder / 'found.json'}")

    assert 4 == code
    assert [("sync01", SECRET), ("sync03", OTHER)] == world.opened
    assert ["ok", "ok", "ok", "skipped", *["skipped"] * 5] == states(world.folder, "sync02")
    assert ALL_OK == states(world.folder, "sync03")


def test_a_server_that_is_not_reached_is_shown_no_credential(world: World) -> None:
    """Nor is it tried again in the hope that it comes back."""
    world.wires.certificates["sync01.fabrikam.example"] = FailureClass.TLS
    world.doctor()

    assert ["sync02", "sync03"] == [server for server, _ in world.opened]


def test_a_credential_that_nobody_has(world: World) -> None:
    """Its server is looked at from outside all the same."""
    del world.environment["OTHER"]
    assert 4 == world.doctor("-o", f"json:{world.folder / 'found.json'}")

    assert ["ok", "ok", "ok", "failed", *["skipped"] * 5] == states(world.folder, "sync03")
    assert ["name", "port", "TLS"] == [step for step, target in world.wires.asked if target.server == "sync03"]


def test_without_a_credential_the_flags_still_count(world: World) -> None:
    """Nobody goes round a proxy, or asks for a certificate that is not to be looked at."""
    del world.environment["OTHER"]
    world.doctor("--limit", "sync03", "--no-verify-tls")
    [verified] = {target.tls_verified for _, target in world.wires.asked}
    world.wires.asked.clear()
    world.doctor("--limit", "sync03", "--proxy", "http://proxy.example:3128")

    assert (False, []) == (verified, world.wires.asked)


def test_the_errors_are_those_of_a_live_run(world: World) -> None:
    """Rule by rule and word by word, what `check` says of the same servers."""
    world.servers["sync01"] = closed_server(told("SYNC01"))  # without the setting of group writeback
    world.servers["sync02"] = closed_server({**told("SYNC02"), "cmdlets": {}})
    world.servers["sync03"] = LiveError(FailureClass.AUTH_REJECTED, "The server rejected the credential; unlock it.")
    policies = ("--policy", "v2-endpoint", "--policy", "recommended", "--policy", "fleet")
    assert 4 == world.doctor(*policies, "-o", f"json:{world.folder / 'found.json'}")
    documents = world.folder / "documents"
    documents.mkdir()
    inventory = load_inventory(INVENTORY.encode(), "servers.yaml")
    collect(
        inventory,
        [one.name for one in inventory.servers],
        replace(world.lend(lambda: NOW), reach=lambda _target: None),
        write=lambda server, text: write_document(documents, server, text),
        tell=lambda _arrival: None,
    )
    run(
        world.folder, "check", *policies, "--facts", "documents", "--inventory", "servers.yaml",
        "--as-of", "2026-11-22T10:00:00Z", "-o", "json:results.json",
    )  # fmt: skip
    results = json.loads((world.folder / "results.json").read_text("utf-8"))
    expected = {
        (one.get("server") or one["tenant"], one["rule"], one["message"])
        for one in results["findings"]
        if one["outcome"] == "error"
    }
    found = found_in(world.folder)
    told_errors = {
        (one.get("server") or one["tenant"], error["rule"], error["message"])
        for one in (*found["servers"], *found["tenants"])
        for error in one["errors"]
    }

    assert expected == told_errors
    assert {"sync01", "sync02", "sync03", "fabrikam.onmicrosoft.com"} == {subject for subject, _, _ in told_errors}


def test_without_a_policy(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    """The steps are taken, and no rule is called well."""
    assert 0 == world.doctor()
    assert 3 == capsys.readouterr().out.count("none were looked at")


def test_some_servers_only(world: World) -> None:
    """The others are not looked at in any way."""
    assert 0 == world.doctor("--limit", "sync02", "--policy", "v2-endpoint")

    assert [("sync02", SECRET)] == world.opened
    assert {"sync02"} == {target.server for _, target in world.wires.asked}


def never(_now: Callable[[], datetime]) -> Live:
    """Lend nothing: the run has to end before."""
    raise AssertionError("servers were to be asked")


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        (("--policy", "no-such-policy"), UsageError, "no shipped policy has this name"),
        (("--limit", "sync99"), UsageError, "sync99"),
        (("-o", "sarif"), UsageError, "there is no format 'sarif'"),
        (("--set", "a=b"), UsageError, "give one with --policy"),
        (("--policy", "v2-endpoint", "--set", "a=b"), UsageError, "a"),
        (("--policy", "bad.yaml"), PolicyError, "bad.yaml"),
    ],
    ids=["policy", "limit", "format", "set alone", "set", "broken policy"],
)
def test_what_is_wrong_is_told_before_any_server_is_asked(
    world: World, arguments: tuple[str, ...], error: type[CheckerError], words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Policies, inventory and command line come first."""
    monkeypatch.chdir(world.folder)
    (world.folder / "bad.yaml").write_text("policy: [", "utf-8")
    with pytest.raises(error) as caught:
        world.doctor(*arguments, lend=never)

    assert words in str(caught.value)
    assert [] == world.wires.asked


@pytest.mark.parametrize("policy", [(), ("--policy", "v2-endpoint")], ids=["without", "with"])
def test_an_inventory_that_cannot_be_used(world: World, policy: tuple[str, ...]) -> None:
    """It is told with its place."""
    (world.folder / "servers.yaml").write_text(INVENTORY.replace("role: active", "role: sleeping"), "utf-8")

    with pytest.raises(PolicyError) as caught:
        world.doctor(*policy, lend=never)
    assert "servers.yaml:" in str(caught.value)


def test_a_parameter_that_fits_no_policy(world: World) -> None:
    """Also what only shows when rules meet servers is told before a server is asked."""
    wrong = INVENTORY.replace("    role: active\n", "    role: active\n    parameters: {member_limit_minimum: many}\n")
    (world.folder / "servers.yaml").write_text(wrong, "utf-8")

    with pytest.raises(PolicyError):
        world.doctor("--policy", "v2-endpoint", lend=never)


def test_an_output_that_cannot_be_written(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    """It is an error of its own, and outranks what was found."""
    assert OutputError.exit_code == world.doctor("-o", f"json:{world.folder / 'no' / 'found.json'}")
    assert "there is no folder" in capsys.readouterr().err


@pytest.mark.parametrize(("stop", "code"), [(KeyboardInterrupt(), 130), (Terminated(), 143)], ids=["Ctrl-C", "SIGTERM"])
@pytest.mark.parametrize("policy", [(), ("--policy", "v2-endpoint")], ids=["without", "with"])
def test_an_interruption(world: World, stop: BaseException, code: int, policy: tuple[str, ...]) -> None:
    """What was found is told, marked as not all; no server that was not read is well."""
    # NOTE: the first server is told on standard error, by the thread that Ctrl-C reaches.
    before, sys.stderr = sys.stderr, _Interrupting(stop)
    try:
        ended = world.doctor(*policy, "-o", f"json:{world.folder / 'found.json'}")
    finally:
        sys.stderr = before
    found = found_in(world.folder)

    assert code == ended
    assert (False, True) == (found["sound"], found["incomplete"])
    assert ["sync01", "sync02", "sync03"] == [one["server"] for one in found["servers"]]
    assert ALL_OK == states(world.folder, "sync01")


class _Interrupting(io.StringIO):
    """A standard error on which the first line is interrupted."""

    def __init__(self, stop: BaseException) -> None:
        super().__init__()
        self._stops: Iterator[BaseException] = iter([stop])

    def write(self, text: str) -> int:
        for stop in self._stops:
            raise stop
        return super().write(text)


def test_no_secret_anywhere(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    """Not even where a server sends it back, in its names, its errors or its certificate."""
    found = told("SYNC01", run_by=f"FABRIKAM\\{SECRET}", groups=[SECRET], module_version=SECRET)
    found["facts"]["product.version"] = {"status": "unknown", "reason": "collection_failed", "detail": f"No {SECRET}."}
    world.servers["sync01"] = closed_server(found)
    world.servers["sync02"] = closed_server(told("SYNC02", groups=[f"a {OTHER} b"]))
    world.servers["sync03"] = LiveError(FailureClass.ENDPOINT_DENIED, "Denied.")
    world.wires.shown = replace(world.wires.shown, subject=SECRET, issuer=SECRET)
    world.doctor("--policy", "v2-endpoint", "-o", f"json:{world.folder / 'found.json'}", "-o", "text")
    captured = capsys.readouterr()
    outputs = captured.out + captured.err + (world.folder / "found.json").read_text("utf-8")

    assert [] == [secret for secret in (SECRET, OTHER) if secret in outputs]
    assert 5 < outputs.count("***")
