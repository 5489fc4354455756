"""Whole runs with an inventory: the population is what it says, whatever the exports hold."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.running import AS_OF, CHECKOUT, EXPORTS, Done, run

INVENTORY = (CHECKOUT / "tests/inventories/fabrikam.yaml").read_text("utf-8")


@pytest.fixture
def fleet(tmp_path: Path) -> Path:
    """Give a folder with the exports of the fleet, and its inventory."""
    shutil.copytree(EXPORTS / "fleet", tmp_path / "exports")
    (tmp_path / "inventory.yaml").write_text(INVENTORY, "utf-8")
    return tmp_path


def check(folder: Path, *arguments: str, policies: tuple[str, ...] = ("v2-endpoint", "fleet")) -> Done:
    """Run `check` on the fleet, with the clock standing still, and keep the results."""
    named = [part for policy in policies for part in ("--policy", policy)]
    return run(
        folder, "check", *named, "--facts", "exports", "--inventory", "inventory.yaml", "--as-of", AS_OF,
        "-o", "json:results.json", "-o", "text", *arguments,
    )  # fmt: skip


def results(folder: Path) -> dict[str, Any]:
    """Give the results of the last run."""
    found: dict[str, Any] = json.loads((folder / "results.json").read_text("utf-8"))
    return found


def outcomes(folder: Path, subject: str) -> dict[str, tuple[str, str]]:
    """Give outcome and reason by rule for a server or a tenant."""
    return {
        one["rule"]: (one["outcome"], one["reason"])
        for one in results(folder)["findings"]
        if subject in (one["server"], one["tenant"])
    }


def edit(folder: Path, old: str, new: str) -> None:
    """Change the inventory."""
    path = folder / "inventory.yaml"
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")


def test_a_fleet_that_is_as_it_should_be(fleet: Path) -> None:
    """Every expected server and the tenant have a finding for every rule, and nothing is wrong."""
    done = check(fleet)

    assert 0 == done.code, done.out + done.err
    found = results(fleet)
    assert (
        ["sync02-synthetic", "sync03-synthetic"] == found["population"]["expected"] == found["population"]["received"]
    )
    assert [("sync02-synthetic", "active"), ("sync03-synthetic", "staging")] == [
        (one["name"], one["role"]) for one in found["servers"]
    ]
    assert dict.fromkeys(["AADC0201", "AADC0202", "AADC0203", "AADC0204"], ("pass", "")) == outcomes(
        fleet, "fabrikam.onmicrosoft.com"
    )
    assert 2 * (13 + 2) + 4 == found["summary"]["findings"]


def test_f_a06_t27_an_expected_server_without_facts_is_a_row_of_errors(fleet: Path) -> None:
    """The inventory is the authority, not the folder of exports."""
    shutil.rmtree(fleet / "exports/staging")
    done = check(fleet)

    assert 4 == done.code
    rows = outcomes(fleet, "sync03-synthetic")
    assert {("error", "no_data")} == {
        one for rule, one in rows.items() if rule not in ("AADC0005", "AADC0007", "AADC0206")
    }
    assert ["sync03-synthetic"] == results(fleet)["population"]["missing"]
    assert {"error"} == {outcome for outcome, _ in outcomes(fleet, "fabrikam.onmicrosoft.com").values()}
    assert "sync03-synthetic" in done.out


def test_f_a07_t28_an_unexpected_server_is_told_and_incomplete(fleet: Path) -> None:
    """A server that nobody expects is no row, and no reason to be silent."""
    edit(fleet, '  - name: sync03-synthetic\n    groups: [fabrikam]\n    role: staging\n    version_line: "2.6"\n', "")
    done = check(fleet)

    assert 4 == done.code
    assert ["SYNC03-SYNTHETIC"] == results(fleet)["population"]["unexpected"]
    assert {} == outcomes(fleet, "SYNC03-SYNTHETIC")


def test_f_a08_t26_a_server_twice_with_different_content_is_an_error(fleet: Path) -> None:
    """The last one does not win."""
    shutil.copytree(fleet / "exports/active", fleet / "exports/older")
    settings = next((fleet / "exports/older/GlobalSettings").iterdir())
    settings.write_bytes(settings.read_bytes().replace(b"2026", b"2025"))
    done = check(fleet)

    assert 4 == done.code
    assert {("error", "duplicate")} == set(outcomes(fleet, "sync02-synthetic").values()) - {
        ("not_applicable", "condition")
    }


def test_a_server_twice_with_the_same_content_counts_once(fleet: Path) -> None:
    """A copy is no contradiction."""
    shutil.copytree(fleet / "exports/active", fleet / "exports/copy")

    assert 0 == check(fleet).code


def test_f_b14_t25_facts_of_another_server_under_a_servers_name(fleet: Path) -> None:
    """A folder that is called like one server and holds another one's facts is believed in neither."""
    (fleet / "exports/active").rename(fleet / "exports/sync03-synthetic")
    done = check(fleet)

    assert 4 == done.code
    for server in ("sync02-synthetic", "sync03-synthetic"):
        assert {("error", "identity")} == set(outcomes(fleet, server).values()) - {("not_applicable", "condition")}


def test_another_tenant_is_another_identity(fleet: Path) -> None:
    """Facts of a server of the same name in another tenant are not its facts."""
    edit(fleet, "tenant: fabrikam.onmicrosoft.com", "tenant: contoso.onmicrosoft.com")

    assert 4 == check(fleet).code


def test_what_is_declared_must_agree_with_what_is_observed(fleet: Path) -> None:
    """The cloud is derived from the export, and declared to be another."""
    edit(fleet, "tenant.cloud: commercial", "tenant.cloud: usgov")

    assert 4 == check(fleet).code
    assert ("error", "conflicting") == outcomes(fleet, "sync02-synthetic")["AADC0005"]


@pytest.mark.parametrize(
    ("new", "outcome"),
    [
        pytest.param("    role: staging\n", "fail", id="another role"),
        pytest.param("", "error", id="no role"),
    ],
)
def test_the_role_is_held_against_the_staging_mode(fleet: Path, new: str, outcome: str) -> None:
    """What a server is for is declared; what it does is observed."""
    edit(fleet, "    role: active\n", new)
    check(fleet)

    assert outcome == outcomes(fleet, "sync02-synthetic")["AADC0205"][0]


@pytest.mark.parametrize(
    ("line", "outcome"),
    [("2.6", "pass"), ("2", "pass"), ("2.5", "fail"), ("2.6.9", "fail"), ("", "error")],
)
def test_the_version_is_of_the_declared_line(fleet: Path, line: str, outcome: str) -> None:
    """A line holds the versions that begin with all its parts; without one nobody can say."""
    edit(
        fleet,
        '    role: active\n    version_line: "2.6"\n',
        f'    role: active\n    version_line: "{line}"\n' if line else "    role: active\n",
    )
    check(fleet, "--set", "version_lines_declared=true")

    assert outcome == outcomes(fleet, "sync02-synthetic")["AADC0206"][0]


def staging(folder: Path, value: str, server: str = "staging") -> None:
    """Set the staging mode of the server in staging mode, or of the other."""
    (settings,) = (folder / f"exports/{server}/GlobalSettings").iterdir()
    text = settings.read_text("utf-8")
    head, mode, tail = text.partition("Microsoft.Synchronize.StagingMode")
    assert mode
    before = min(("True", "False"), key=tail.index)
    settings.write_text(head + mode + tail.replace(before, value, 1), "utf-8")


def test_t29_two_active_servers_fail(fleet: Path) -> None:
    """Every server is right for itself, and the tenant is not."""
    staging(fleet, "False")
    done = check(fleet, policies=("fleet",))

    assert 1 == done.code
    assert "fail" == outcomes(fleet, "fabrikam.onmicrosoft.com")["AADC0201"][0]


OF_A_ROLE = """\
policy: own
version: "1.0.0"
title: What an active server does
rules:
  - id: OWN0001
    title: The sync cycle of the active server is enabled
    severity: high
    when: {server.role: {equals: active}}
    fact: scheduler.sync_cycle_enabled
    expect: {equals: true}
"""


@pytest.mark.parametrize(
    ("modes", "disagreeing"),
    [
        pytest.param(("False", "False"), "sync03-synthetic", id="two active servers"),
        pytest.param(("True", "True"), "sync02-synthetic", id="no active server"),
    ],
)
def test_t29_rules_bound_to_a_role_say_by_which_role(fleet: Path, modes: tuple[str, str], disagreeing: str) -> None:
    """T29: where a tenant has none or two that are active, findings that hang on a role name it, and the run is red."""
    for folder, value in zip(("active", "staging"), modes, strict=True):
        staging(fleet, value, folder)
    (fleet / "own.yaml").write_text(OF_A_ROLE, "utf-8")

    done = check(fleet, policies=("own.yaml", "fleet"))

    assert 1 == done.code
    assert "fail" == outcomes(fleet, "fabrikam.onmicrosoft.com")["AADC0201"][0]
    assert {"AADC0205": ("fail", "")}.items() <= outcomes(fleet, disagreeing).items()
    messages = {(one["server"], one["rule"]): one["message"] for one in results(fleet)["findings"]}
    assert "'server.role' is 'staging', expected 'active'" in messages["sync03-synthetic", "OWN0001"]
    assert "'server.role' is 'staging'" in messages[disagreeing, "AADC0205"]
    assert "Not applicable" in done.out


def test_parameters_of_the_inventory_count_for_their_server_and_are_told(fleet: Path) -> None:
    """One server has another bound, and every report says where it comes from."""
    edit(fleet, "    role: active\n", "    role: active\n    parameters: {member_limit_maximum: 150000}\n")
    done = check(fleet, policies=("v2-endpoint",))

    assert 1 == done.code
    assert "fail" == outcomes(fleet, "sync02-synthetic")["AADC0006"][0]
    assert "pass" == outcomes(fleet, "sync03-synthetic")["AADC0006"][0]
    told = [one for one in results(fleet)["parameters"] if one["name"] == "member_limit_maximum"]
    assert [(250000, "policy", []), (150000, "inventory", ["sync02-synthetic"])] == [
        (one["value"], one["origin"], one["servers"]) for one in told
    ]


def test_a_setting_outranks_the_inventory(fleet: Path) -> None:
    """The command line has the last word, and its origin is told."""
    edit(fleet, "    role: active\n", "    role: active\n    parameters: {member_limit_maximum: 150000}\n")

    assert 0 == check(fleet, "--set", "member_limit_maximum=250000", policies=("v2-endpoint",)).code


@pytest.mark.parametrize(
    ("parameters", "code", "told"),
    [
        pytest.param("{member_limit_maximun: 150000}", 3, "did you mean 'member_limit_maximum'", id="F-D13 a slip"),
        pytest.param('{member_limit_maximum: "150000"}', 3, "takes an integer", id="another type"),
        pytest.param("{of_another_policy_altogether: 5}", 0, "no policy of this run has it", id="of another policy"),
    ],
)
def test_parameters_that_no_policy_has(fleet: Path, parameters: str, code: int, told: str) -> None:
    """A slip is a mistake; what another run needs is said."""
    edit(fleet, "    role: active\n", f"    role: active\n    parameters: {parameters}\n")
    done = check(fleet, policies=("v2-endpoint",))

    assert code == done.code
    assert told in " ".join((done.out + done.err).split())


def test_max_age_makes_old_and_undated_sources_errors(fleet: Path) -> None:
    """F-B12, T23: an export of two days ago is too old for a day; a registry export has no date at all."""
    done = check(fleet, "--max-age", "P1D", policies=("v2-endpoint",))

    assert 4 == done.code
    assert ("error", "stale") == outcomes(fleet, "sync02-synthetic")["AADC0010"]
    check(fleet, "--max-age", "P30D", policies=("v2-endpoint",))
    rows = outcomes(fleet, "sync02-synthetic")
    assert (("pass", ""), ("error", "stale")) == (rows["AADC0010"], rows["AADC0002"])


def test_f_a13_t64_a_narrowed_run_is_partial_and_strict_refuses_it(fleet: Path) -> None:
    """Whoever reads a report sees that it is no whole audit."""
    done = check(fleet, "--rule", "AADC0010", "--limit", "sync02-synthetic")

    assert 0 == done.code
    assert "partial" in done.out
    assert {"servers": ["sync02-synthetic"], "rules": ["AADC0010"], "tags": []} == results(fleet)["run"]["selection"]
    assert [("sync02-synthetic", "AADC0010")] == [(one["server"], one["rule"]) for one in results(fleet)["findings"]]
    assert 4 == check(fleet, "--rule", "AADC0010", "--strict").code


def test_fleet_rules_of_a_limited_run_are_errors(fleet: Path) -> None:
    """What was left out is not known."""
    done = check(fleet, "--limit", "sync02-synthetic", policies=("fleet",))

    assert 4 == done.code
    assert ["sync03-synthetic"] == results(fleet)["population"]["left_out"]
    assert "error" == outcomes(fleet, "fabrikam.onmicrosoft.com")["AADC0201"][0]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        pytest.param(("--rule", "AADC9999"), "--rule 'AADC9999'", id="F-A03 T63 a rule"),
        pytest.param(("--tag", "endpiont"), "did you mean 'endpoint'", id="F-A05 a tag"),
        pytest.param(("--limit", "sync9*"), "--limit 'sync9*'", id="T15 a server"),
        pytest.param(("--inventory", "none.yaml"), "no such file", id="an inventory"),
        pytest.param(("--max-age", "26h"), "is not a duration", id="F-E13 an age"),
        pytest.param(("--longest-waiver", "0"), "at least 1 day", id="a span"),
        pytest.param(("--max-waived", "-1"), "--max-waived", id="a number"),
    ],
)
def test_f_a03_f_a04_t63_names_that_nothing_has_are_refused(fleet: Path, arguments: tuple[str, ...], told: str) -> None:
    """A run that selects nothing is no run."""
    done = check(fleet, *arguments)

    assert 2 == done.code
    assert told in done.err


def test_an_inventory_that_cannot_be_used_ends_the_run(fleet: Path) -> None:
    """F-E11's rule holds for inventories as well: nothing is evaluated with half of one."""
    edit(fleet, "role: active", "role: activ")

    done = check(fleet)
    assert 3 == done.code
    assert "inventory.yaml:11:11: unknown role 'activ'" in done.err
    assert not (fleet / "results.json").exists()


def test_the_listing_of_ansible_is_an_inventory(fleet: Path) -> None:
    """Teams that have one need no second."""
    hosts = {
        "sync02-synthetic": {"adsync_role": "active", "adsync_tenant": "fabrikam.onmicrosoft.com"},
        "sync03-synthetic": {"adsync_role": "staging", "adsync_tenant": "fabrikam.onmicrosoft.com"},
    }
    (fleet / "inventory.yaml").write_text(json.dumps({"_meta": {"hostvars": hosts}}), "utf-8")

    assert 0 == check(fleet).code
