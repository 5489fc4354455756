"""`collect` and the live `check`, from the command line to running servers and back."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from lxml import etree  # type: ignore[import-untyped] # it has no types of its own

from checker.errors import OutputError
from tests.peer.certificates import Certificates
from tests.peer.faults import Faults, Listening
from tests.peer.fixtures import Serve
from tests.peer.live_fleets import LiveFleet, secure
from tests.peer.server_model import PASSWORD, FakeServer
from tests.peer.sync_objects import Scheduler, group_rules
from tests.running import run

Results = dict[str, Any]


@pytest.fixture
def fleet_of(tmp_path: Path, serve: Serve, certificates: Certificates) -> Callable[..., LiveFleet]:
    """Give a function that runs servers and writes an inventory of them."""

    def make(*servers: FakeServer, **connections: dict[str, object]) -> LiveFleet:
        folder = tmp_path / "work"
        folder.mkdir()
        return LiveFleet(folder=folder, peer=serve(servers), certificates=certificates, connections=connections)

    return make


def mixed(certificates: Certificates) -> list[FakeServer]:
    """Give a fleet in which every way to be read, and some ways not to be, occur."""
    by_module, by_cmdlets, low, off, wrong, gone = secure(certificates, "A1", "B2", "C3", "D4", "E5", "F6")
    return [
        by_module,
        by_cmdlets.without_module(),
        replace(low, rules=group_rules(50000)),
        replace(off.without_module(), scheduler=Scheduler(switches={"SyncCycleEnabled": False})),
        replace(wrong, endpoints={}),
        replace(gone, faults=Faults(listening=Listening.REFUSED)),
    ]


def results(path: Path) -> Results:
    """Read results, without what differs from run to run."""
    found: Results = json.loads(path.read_text("utf-8"))
    found.pop("run")
    return found


def outcomes(found: Results, rule: str) -> dict[str, str]:
    """Give the outcome of *rule* for each server."""
    return {one["server"].split(".")[0]: one["outcome"] for one in found["findings"] if one["rule"] == rule}


ONLY_ONE_TRY = ("--retries", "0")


def test_healthy_servers_are_compliant(fleet_of: Callable[..., LiveFleet], certificates: Certificates) -> None:
    """By our module and by cmdlets alone, the same server passes, and no shell stays open."""
    one, two = secure(certificates, "SYNC01", "SYNC02")
    fleet = fleet_of(one, two.without_module())
    done = fleet.run("check", "--policy", "v2-endpoint", "--facts-out", "facts")

    assert 0 == done.code, done.out + done.err
    assert ["module", "cmdlets"] == [fleet.document(name)["collection"]["plan"] for name in ("SYNC01", "SYNC02")]
    assert () == fleet.peer.open_shells


def test_both_plans_tell_the_same_facts(fleet_of: Callable[..., LiveFleet], certificates: Certificates) -> None:
    """The values of one server do not depend on the way in which it was asked."""
    one, two = secure(certificates, "SYNC01", "SYNC02")
    two.registry, two.files, two.connectors = (
        {
            **one.registry,
            r"HKLM\SYSTEM\CurrentControlSet\Control\ComputerName\ComputerName": {"ComputerName": "SYNC02"},
        },
        one.files,
        one.connectors,
    )
    fleet = fleet_of(one, two.without_module())
    fleet.run("collect", "--out", "facts")
    facts = [
        {
            name: (fact["status"], fact.get("value"))
            for name, fact in fleet.document(server)["facts"].items()
            if name not in ("server.name", "server.collected_at", "scheduler.next_sync_start")
        }
        for server in ("SYNC01", "SYNC02")
    ]

    assert facts[0] == facts[1]


def test_the_same_verdict_later_byte_for_byte(
    fleet_of: Callable[..., LiveFleet], certificates: Certificates, tmp_path: Path
) -> None:
    """What the live run found is found again in its documents, also from elsewhere; only `run` differs."""
    fleet = fleet_of(*mixed(certificates))
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "servers.yaml").write_bytes((fleet.folder / "servers.yaml").read_bytes())
    policy = ("--policy", "v2-endpoint")

    live = fleet.run("check", *policy, "--facts-out", "facts", "-o", "json:live.json", *ONLY_ONE_TRY)
    later = fleet.run("check", *policy, "--facts", "facts", "-o", "json:later.json")
    moved = run(
        elsewhere, "check", *policy, "--inventory", "servers.yaml", "--facts", str(fleet.folder / "facts"),
        "-o", "json:moved.json",
    )  # fmt: skip

    found = results(fleet.folder / "live.json")
    assert 4 == live.code == later.code == moved.code
    assert json.dumps(found) == json.dumps(results(fleet.folder / "later.json"))
    assert json.dumps(found) == json.dumps(results(elsewhere / "moved.json"))
    assert {
        "a1": "pass", "b2": "pass", "c3": "pass", "d4": "fail", "e5": "error", "f6": "error",
    } == outcomes(found, "AADC0010")  # fmt: skip
    assert {
        "a1": "pass", "b2": "pass", "c3": "fail", "d4": "pass", "e5": "error", "f6": "error",
    } == outcomes(found, "AADC0006")  # fmt: skip


def test_a_finding_points_at_its_line(fleet_of: Callable[..., LiveFleet], certificates: Certificates) -> None:
    """The location is the line of the fact in the server's document, relative to the folder of facts."""
    [server] = secure(certificates, "SYNC01")
    server.scheduler = Scheduler(switches={"SyncCycleEnabled": False})
    fleet = fleet_of(server)
    fleet.run("check", "--policy", "v2-endpoint", "--facts-out", "facts", "-o", "json:live.json")
    [finding] = [one for one in results(fleet.folder / "live.json")["findings"] if one["rule"] == "AADC0010"]
    lines = (fleet.folder / "facts" / "sync01.fabrikam.com.json").read_text("utf-8").splitlines()

    assert "sync01.fabrikam.com.json" == finding["location"]["file"]
    assert lines[finding["location"]["line"] - 1].lstrip().startswith('"scheduler.sync_cycle_enabled": ')


def test_without_a_folder_nothing_is_left_behind(
    fleet_of: Callable[..., LiveFleet], certificates: Certificates
) -> None:
    """The documents of a live check lie in a folder that is gone afterwards, and no report names it."""
    fleet = fleet_of(*secure(certificates, "SYNC01"))
    done = fleet.run("check", "--policy", "v2-endpoint", "-o", "json:live.json", "-o", "text")

    assert 0 == done.code
    assert {"credential", "servers.yaml", "live.json"} == {path.name for path in fleet.folder.iterdir()}
    assert "/tmp" not in done.out + (fleet.folder / "live.json").read_text("utf-8").replace(str(fleet.folder), "")


def test_another_computer_that_answers_is_not_the_one_that_was_asked(
    fleet_of: Callable[..., LiveFleet], certificates: Certificates
) -> None:
    """A healthy server behind the name of another gives that one no verdict."""
    fleet = fleet_of(*secure(certificates, "SYNC01"))
    fleet.peer.ports["SYNC02"] = fleet.peer.ports["SYNC01"]
    fleet.write_inventory(["SYNC02"])
    done = fleet.run("check", "--policy", "v2-endpoint", "--facts-out", "facts", "-o", "json:live.json")

    assert 4 == done.code
    outcomes = {one["rule"]: one["outcome"] for one in results(fleet.folder / "live.json")["findings"]}
    assert {"AADC0007": "not_applicable"} == {rule: one for rule, one in outcomes.items() if one != "error"}
    assert {"identity"} == {one.get("reason") for one in fleet.document("SYNC02")["facts"].values()}


def test_a_server_that_is_not_verified_marks_every_report(
    fleet_of: Callable[..., LiveFleet], certificates: Certificates
) -> None:
    """With --no-verify-tls anybody may have answered: each report says so, and so does a later one."""
    fleet = fleet_of(FakeServer(name="SYNC01", certificate=certificates.untrusted))
    formats = [part for name in ("json", "junit", "sarif", "text") for part in ("-o", f"{name}:{name}.out")]
    refused = fleet.run("check", "--policy", "v2-endpoint")
    taken = fleet.run("check", "--policy", "v2-endpoint", "--no-verify-tls", "--facts-out", "facts", *formats)
    later = fleet.run("check", "--policy", "v2-endpoint", "--facts", "facts")

    assert (4, 0, 0) == (refused.code, taken.code, later.code)
    assert "tls: " in refused.out
    assert fleet.document("SYNC01")["collection"]["tls_verified"] is False
    for name in ("json", "junit", "sarif", "text"):
        assert "TRANSPORT NOT VERIFIED" in (fleet.folder / f"{name}.out").read_text("utf-8"), name
    assert "TRANSPORT NOT VERIFIED" in later.out


def test_collect_keeps_what_it_did_not_come_to_as_unread(
    fleet_of: Callable[..., LiveFleet], certificates: Certificates
) -> None:
    """A document of an earlier run never outlives a server that cannot be read any more."""
    fleet = fleet_of(*secure(certificates, "SYNC01"))
    first = fleet.run("collect", "--out", "facts")
    fleet.peer.ports["SYNC01"] = 9
    fleet.write_inventory(["SYNC01"])
    second = fleet.run("collect", "--out", "facts", *ONLY_ONE_TRY)

    assert (0, 4) == (first.code, second.code)
    assert {"unreachable"} == {one.get("reason") for one in fleet.document("SYNC01")["facts"].values()}
    assert "refused: " in fleet.document("SYNC01")["facts"]["product.version"]["detail"]


@pytest.mark.parametrize("strange", ["notes.txt", "other.json", "sub"])
def test_a_folder_with_something_else_in_it_is_refused(
    fleet_of: Callable[..., LiveFleet], certificates: Certificates, strange: str
) -> None:
    """What no collection wrote would count as facts, so the folder is not used."""
    fleet = fleet_of(*secure(certificates, "SYNC01"))
    folder = fleet.folder / "facts"
    folder.mkdir()
    if strange == "sub":
        (folder / strange).mkdir()
    else:
        (folder / strange).write_text("{}")
    done = fleet.run("collect", "--out", "facts")

    assert 2 == done.code
    assert f"'{strange}'" in done.err
    assert 0 == fleet.peer.counts_of("SYNC01").connections


def test_a_policy_that_cannot_be_used_asks_no_server(
    fleet_of: Callable[..., LiveFleet], certificates: Certificates
) -> None:
    """What decides about the run is read first."""
    fleet = fleet_of(*secure(certificates, "SYNC01"))
    (fleet.folder / "bad.yaml").write_text("policy: bad\n")
    done = fleet.run("check", "--policy", "bad.yaml")

    assert 3 == done.code
    assert 0 == fleet.peer.counts_of("SYNC01").connections


def test_limit_asks_one_server_only(fleet_of: Callable[..., LiveFleet], certificates: Certificates) -> None:
    """The others are left in peace, and left out of the verdict."""
    fleet = fleet_of(*secure(certificates, "SYNC01", "SYNC02"))
    done = fleet.run("check", "--policy", "v2-endpoint", "--limit", "sync01.fabrikam.com", "-o", "json:live.json")

    assert 0 == done.code
    assert 0 == fleet.peer.counts_of("SYNC02").connections
    assert {"sync01.fabrikam.com"} == {one["server"] for one in results(fleet.folder / "live.json")["findings"]}


def test_the_password_is_nowhere(fleet_of: Callable[..., LiveFleet], certificates: Certificates) -> None:
    """Not in a report, a document, a message or a name, whatever went well or wrong."""
    fleet = fleet_of(*mixed(certificates), E5={"credential": "env:ADSYNC_CHECKER_TEST_NOT_SET"})
    formats = [part for name in ("json", "junit", "sarif", "sarif-full") for part in ("-o", f"{name}:{name}.out")]
    done = fleet.run("check", "--policy", "v2-endpoint", "--facts-out", "facts", "-o", "text", *formats, *ONLY_ONE_TRY)
    files = [path for path in fleet.folder.rglob("*") if path.is_file() and path.name != "credential"]

    assert len(files) >= 11
    assert PASSWORD not in done.out + done.err
    assert [] == [path for path in files if PASSWORD.encode() in path.read_bytes()]


def test_reports_can_be_read_by_their_consumers(fleet_of: Callable[..., LiveFleet], certificates: Certificates) -> None:
    """JUnit and SARIF of a live run are as well-formed as any."""
    fleet = fleet_of(*mixed(certificates))
    fleet.run("check", "--policy", "v2-endpoint", "-o", "junit:j.xml", "-o", "sarif:s.sarif", *ONLY_ONE_TRY)
    suites = etree.fromstring((fleet.folder / "j.xml").read_bytes())
    sarif = json.loads((fleet.folder / "s.sarif").read_text("utf-8"))

    assert 6 == len(suites.findall("testsuite"))
    assert sarif["runs"][0]["invocations"][0]["executionSuccessful"] is False


def test_facts_and_facts_out_exclude_each_other(tmp_path: Path) -> None:
    """There is nothing to keep of facts that were given."""
    (tmp_path / "i.yaml").write_text("inventory: i\nservers:\n  - {name: a.b}\n")
    done = run(
        tmp_path, "check", "--policy", "v2-endpoint", "--inventory", "i.yaml", "--facts", ".", "--facts-out", "facts"
    )

    assert 2 == done.code
    assert "--facts-out" in done.err


def test_neither_facts_nor_an_inventory(tmp_path: Path) -> None:
    """Then there is nothing to look at, which is a mistake and no empty success."""
    done = run(tmp_path, "check", "--policy", "v2-endpoint")

    assert 2 == done.code
    assert "--inventory" in done.err


def test_a_frozen_clock_is_not_for_running_servers(fleet_of: Callable[..., LiveFleet]) -> None:
    """What was collected at one moment is not dated with another."""
    done = fleet_of().run("check", "--policy", "v2-endpoint", "--as-of", "2026-11-22T10:00:00Z")

    assert 2 == done.code
    assert "--as-of" in done.err


def test_collect_says_which_facts_a_plan_cannot_tell(
    fleet_of: Callable[..., LiveFleet], certificates: Certificates
) -> None:
    """An export has them; whoever needs them must know that no server tells them in this way."""
    one, two, three = secure(certificates, "SYNC01", "SYNC02", "SYNC03")
    refusing = replace(three.without_module(), pipe_refuses_network_logon=True)
    done = fleet_of(one, two, refusing).run("collect", "--out", "facts")

    always = "features.ad_connector_accounts, features.password_hash_sync, tenant.id"
    assert f"read by module, 2 servers cannot tell {always}\n" in done.err
    [line] = [line for line in done.err.splitlines() if "read by cmdlets, 'sync03.fabrikam.com' cannot tell" in line]
    assert "groups.member_limits" in line


def test_where_nothing_can_be_written_nothing_older_stays(
    fleet_of: Callable[..., LiveFleet], certificates: Certificates, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a full disk the documents of an earlier run are removed, for nobody knows whether they are still true."""
    fleet = fleet_of(*secure(certificates, "SYNC01", "SYNC02", "SYNC03"))
    assert 0 == fleet.run("collect", "--out", "facts").code
    asked = fleet.peer.counts_of("SYNC01").connections

    def full(path: Path, content: bytes) -> None:
        if path.name.startswith("sync02"):
            raise OutputError(f"'{path}': No space left on device")
        path.write_bytes(content)

    monkeypatch.setattr("checker.cli.facts_folder.write_file", full)
    done = fleet.run("collect", "--out", "facts")

    assert 5 == done.code
    assert asked == fleet.peer.counts_of("SYNC01").connections
    assert ["sync01.fabrikam.com.json"] == [path.name for path in (fleet.folder / "facts").iterdir()]
    assert {"unknown"} == {fact["status"] for fact in fleet.document("SYNC01")["facts"].values()}
