"""Whole runs with policies that build on others: where a base may lie, and what a change of it hides from nobody."""

from __future__ import annotations

import json
import os
import re
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import pytest

from tests.promise.fleet_runs import ACTIVE, TENANT, check_fleet, finding, make_fleet, results, setting
from tests.running import Done

HEAD = 'policy: {name}\nversion: "1.0.0"\ntitle: Ours\n'
RULE = """\
rules:
  - id: CORP0001
    title: The sync cycle is enabled
    severity: high
    fact: scheduler.sync_cycle_enabled
    expect: {equals: true}
"""
needs_links = pytest.mark.skipif(os.name == "nt", reason="links need rights there")


def write(folder: Path, name: str, text: str, *, policy: str = "") -> None:
    """Write a policy."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(HEAD.format(name=policy or path.stem) + text, "utf-8")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Give a folder with the fleet, and policies in a folder of their own."""
    make_fleet(tmp_path)
    write(tmp_path, "policies/base.yaml", RULE)
    write(tmp_path, "outside.yaml", RULE)
    return tmp_path


def check(folder: Path, *arguments: str, policies: tuple[str, ...] = ("policies/corp.yaml",)) -> Done:
    """Run `check` on the fleet."""
    return check_fleet(folder, *arguments, policies=policies)


def plain(text: str) -> str:
    """Give a text without its line breaks."""
    return " ".join(text.split())


REFUSED = [
    pytest.param("../outside.yaml", id="the folder above"),
    pytest.param("bases/../../outside.yaml", id="a way up in the middle"),
    pytest.param("{folder}/outside.yaml", id="an absolute path"),
    pytest.param("{folder}/policies/base.yaml", id="an absolute path to what lies inside"),
    pytest.param("~/base.yaml", id="a home"),
    pytest.param("file://{folder}/policies/base.yaml", id="a URL of a file"),
    pytest.param("https://contoso.com/base.yaml", id="a URL"),
    pytest.param("//contoso.com/share/base.yaml", id="a share"),
    pytest.param("..\\\\outside.yaml", id="with the separator of Windows"),
    pytest.param("C:/outside.yaml", id="a drive of Windows"),
    pytest.param("missing.yaml", id="missing"),
    pytest.param("bases", id="no such shipped policy"),
    pytest.param("V2-Endpoint", id="a shipped policy in another letter case"),
    pytest.param("./bases/", id="a folder"),
    pytest.param("$HOME/base.yaml", id="a variable"),
    pytest.param("*.yaml", id="a pattern"),
    pytest.param("", id="nothing"),
]


@pytest.mark.parametrize("text", REFUSED)
def test_t12_f_d13_a_base_that_is_missing_or_lies_outside_is_refused(folder: Path, text: str) -> None:
    """A policy reaches nothing but what lies beside or below it, and nothing is left out in silence."""
    (folder / "policies/bases").mkdir()
    write(folder, "policies/corp.yaml", f'extends: "{text.format(folder=folder)}"\n{RULE.replace("CORP", "OWN")}')

    done = check(folder)

    assert (3, "") == (done.code, done.out)
    assert re.search(r"policies/corp\.yaml:4:10: ", done.err)
    assert "Traceback" not in done.err


@pytest.mark.parametrize(
    ("name", "told"),
    [
        pytest.param("v2-endpiont", "did you mean 'v2-endpoint'?", id="misspelt"),
        pytest.param("corporate", "known are fleet, recommended, v2-endpoint", id="nothing like it"),
    ],
)
def test_a_base_that_is_not_shipped_is_refused_with_a_hint(folder: Path, name: str, told: str) -> None:
    """Who misspells the name of a shipped policy is pointed at the right one."""
    write(folder, "policies/corp.yaml", f"extends: {name}\n")

    assert f"policies/corp.yaml:4:10: no shipped policy is called '{name}'; {told}" in check(folder).err


@needs_links
@pytest.mark.parametrize("link", ["a file", "a folder", "a broken link", "itself"])
def test_t12_a_link_that_leaves_the_folder_is_refused(folder: Path, link: str) -> None:
    """Where a file really lies is what counts."""
    targets = {"a file": folder / "outside.yaml", "a broken link": folder / "policies/none.yaml"}
    name = "bases/outside.yaml" if link == "a folder" else "link.yaml"
    if link == "a folder":
        (folder / "policies/bases").symlink_to(folder)
    else:
        (folder / "policies/link.yaml").symlink_to(targets.get(link, folder / "policies/link.yaml"))
    write(folder, "policies/corp.yaml", f"extends: {name}\n")

    done = check(folder)

    assert (3, "") == (done.code, done.out)
    assert "policies/corp.yaml:4:10: " in done.err


@needs_links
def test_a_link_that_stays_inside_is_fine(folder: Path) -> None:
    """A link is no crime."""
    (folder / "policies/link.yaml").symlink_to(folder / "policies/base.yaml")
    write(folder, "policies/corp.yaml", "extends: link.yaml\n")

    assert 0 == check(folder).code


@pytest.mark.parametrize("length", [1, 2, 3])
def test_t12_a_cycle_is_refused_with_the_chain(folder: Path, length: int) -> None:
    """Also a policy that builds on itself; the way round is shown."""
    names = ["corp", *(f"next{number}" for number in range(1, length))]
    for name, following in zip(names, [*names[1:], names[0]], strict=True):
        write(folder, f"policies/{name}.yaml", f"extends: ./{following}.yaml\n{RULE.replace('CORP', name.upper())}")

    done = check(folder)

    assert (3, "") == (done.code, done.out)
    assert re.search(r"policies/\w+\.yaml:4:10: ", done.err)
    assert all(f"{name}.yaml" in done.err for name in names)


@needs_links
def test_t12_a_cycle_over_links_ends(folder: Path) -> None:
    """A folder that leads into itself makes paths that are new for ever."""
    (folder / "policies/again").symlink_to(folder / "policies")
    write(folder, "policies/corp.yaml", "extends: again/corp.yaml\n")

    assert 3 == check(folder).code


TWICE = [
    pytest.param("extends: base.yaml\n", ("policies/corp.yaml", "policies/base.yaml"), id="a base, given for itself"),
    pytest.param("extends: [base.yaml, other.yaml]\n", ("policies/corp.yaml",), id="in two bases"),
    pytest.param(RULE, ("policies/corp.yaml", "policies/base.yaml"), id="in two policies"),
    pytest.param(f"{RULE}{RULE.partition(chr(10))[2]}", ("policies/corp.yaml",), id="in one file"),
    pytest.param(
        "extends: base.yaml\nrules:\n  - {id: CORP0001, severity: critical}\n  - {id: CORP0001, severity: medium, reason: No}\n",
        ("policies/corp.yaml",),
        id="changed twice",
    ),
    pytest.param("extends: [base.yaml, base.yaml]\n", ("policies/corp.yaml",), id="a base named twice"),
]


@pytest.mark.parametrize(("text", "policies"), TWICE)
def test_t11_f_d12_an_id_that_is_given_twice_is_refused(folder: Path, text: str, policies: tuple[str, ...]) -> None:
    """No rule is judged twice, and none of two wins; both places are shown."""
    write(folder, "policies/other.yaml", RULE)
    write(folder, "policies/corp.yaml", text)

    done = check(folder, policies=policies)

    assert (3, "") == (done.code, done.out)
    assert 2 <= len(set(re.findall(r"(?:corp|base|other)\.yaml:\d+:\d+", done.err)))


REASON = "Another tool looks at it until the spring"
DISABLED = f"extends: v2-endpoint\nrules:\n  - id: AADC0010\n    disabled: true\n    reason: {REASON}\n"


def outputs() -> list[str]:
    """Ask for every format that is written to a file."""
    kinds = {"junit": "r.xml", "sarif": "r.sarif", "sarif-full": "full.sarif"}
    return [word for kind, name in kinds.items() for word in ("-o", f"{kind}:{name}")]


def test_f_d25_a_disabled_rule_is_not_applicable_with_its_reason_in_every_report(folder: Path) -> None:
    """Who turned it off, and why, stands where its outcome would."""
    setting("active", "SynchronizationSchedule", "False")(folder)
    write(folder, "policies/corp.yaml", DISABLED)

    done = check(folder, *outputs())

    assert 0 == done.code, done.err
    found = finding(folder, "AADC0010", ACTIVE)
    assert ("not_applicable", "disabled") == (found["outcome"], found["reason"])
    assert REASON in found["message"]
    [rule] = [one for one in results(folder)["rules"] if one["id"] == "AADC0010"]
    assert (REASON, "high") == (rule["disabled"], rule["original"]["severity"])
    assert REASON in plain(done.out)
    cases = [one for one in ET.parse(folder / "r.xml").iter("testcase") if one.get("name", "").startswith("AADC0010")]
    assert [True, True] == [REASON in str(one.find("skipped").get("message")) for one in cases]  # type: ignore[union-attr] # no skipped element fails the test as well
    kinds = {
        (one["kind"], REASON in one["message"]["text"])
        for one_run in json.loads((folder / "full.sarif").read_text("utf-8"))["runs"]
        for one in one_run["results"]
        if one["ruleId"] == "AADC0010"
    }
    assert {("notApplicable", True)} == kinds
    assert REASON in (folder / "r.sarif").read_text("utf-8")


def test_f_d25_a_disabled_fleet_rule_is_not_applicable_for_every_tenant(folder: Path) -> None:
    """Also where the tenant could not be judged."""
    write(
        folder,
        "policies/corp.yaml",
        f"extends: fleet\nrules:\n  - {{id: AADC0201, disabled: true, reason: {REASON}}}\n",
    )
    (folder / "exports/active/GlobalSettings/MV.xml").unlink()
    check(folder)

    found = finding(folder, "AADC0201", TENANT)
    assert ("not_applicable", "disabled") == (found["outcome"], found["reason"])
    assert REASON in found["message"]


def test_f_a01_a_policy_of_disabled_rules_only_is_no_verdict(folder: Path) -> None:
    """Nothing was decided, so nothing is compliant."""
    write(
        folder,
        "policies/corp.yaml",
        f"extends: base.yaml\nrules:\n  - {{id: CORP0001, disabled: true, reason: {REASON}}}\n",
    )

    assert 4 == check(folder).code


def test_f_a01_a_condition_that_holds_for_nobody_is_no_verdict(folder: Path) -> None:
    """A rule that is narrowed until nothing is left decides nothing."""
    write(
        folder, "policies/corp.yaml",
        "extends: base.yaml\nrules:\n  - {id: CORP0001, when: {tenant.cloud: {equals: usgov}}, reason: There}\n",
    )  # fmt: skip

    assert 4 == check(folder).code


@pytest.mark.parametrize(
    ("keys", "fail_on", "code"),
    [
        pytest.param("severity: info, reason: It is seen elsewhere", "low", 0, id="below the threshold"),
        pytest.param("severity: info, reason: It is seen elsewhere", "info", 1, id="and not below it"),
        pytest.param("severity: medium, reason: It is seen elsewhere", "low", 1, id="lower"),
        pytest.param("severity: critical", "critical", 1, id="higher"),
        pytest.param("severity: info", "low", 3, id="without a reason"),
        pytest.param("when: {server.role: {equals: staging}}, reason: There", "low", 0, id="for others only"),
        pytest.param("when: {server.role: {equals: active}}, reason: There", "low", 1, id="for this one"),
        pytest.param("expect: {equals: false}, reason: It is off", "low", 1, id="the other server fails instead"),
    ],
)  # fmt: skip
def test_f_d20_what_a_policy_changes_counts_and_the_original_is_told(
    folder: Path, keys: str, fail_on: str, code: int
) -> None:
    """A weaker rule hides a failure from the exit code, and from no reader."""
    setting("active", "SynchronizationSchedule", "False")(folder)
    write(folder, "policies/corp.yaml", f"extends: v2-endpoint\nrules:\n  - {{id: AADC0010, {keys}}}\n")

    done = check(folder, "--fail-on", fail_on, "--rule", "AADC0010", "--rule", "AADC0011")

    assert code == done.code, done.out + done.err
    if code != 3:
        [rule] = [one for one in results(folder)["rules"] if one["id"] == "AADC0010"]
        assert "high" == rule["original"]["severity"]
        assert keys.partition(":")[0] in rule["overrides"][0]["changes"]
        assert "v2-endpoint" == rule["origin"]
        assert "corp" in plain(done.out)


def test_an_expectation_that_is_replaced_shows_what_was_expected(folder: Path) -> None:
    """The words of the original stand beside those that count, also where the rule passes."""
    write(
        folder, "policies/corp.yaml",
        "extends: v2-endpoint\nrules:\n  - id: AADC0006\n    expect: {each: {limit: {at_least: 7}}}\n    reason: Whatever\n",
    )  # fmt: skip
    done = check(folder)

    [rule] = [one for one in results(folder)["rules"] if one["id"] == "AADC0006"]
    assert 0 == done.code
    assert "50001" in rule["original"]["expected"]
    assert "at least 7" in finding(folder, "AADC0006", ACTIVE)["expected"]
    assert "50001" in plain(done.out).partition("Changed by policies")[2]
    assert "Whatever" in plain(done.out)


def test_a_parameter_that_a_policy_loosens_shows_where_it_was_changed(folder: Path) -> None:
    """The origin of a bound is told, so that a looser one is seen."""
    write(folder, "policies/corp.yaml", "extends: v2-endpoint\nparameters: {member_limit_minimum: {default: 10}}\n")
    done = check(folder)

    assert 0 == done.code
    [told] = [one for one in results(folder)["parameters"] if one["name"] == "member_limit_minimum"]
    assert (10, "policy corp") == (told["value"], told["origin"])
    assert "member_limit_minimum = 10 (policy corp)" in plain(done.out)


def parameters_of(document: Any) -> dict[str, Any]:
    """Give the values of the parameters in results."""
    return {one["name"]: one["value"] for one in document["parameters"]}


def test_the_inventory_and_set_outrank_what_a_policy_loosens(folder: Path) -> None:
    """Nearer wins: the base, the policy on top, the inventory, the command line."""
    write(folder, "policies/corp.yaml", "extends: v2-endpoint\nparameters: {member_limit_minimum: {default: 10}}\n")

    assert 1 == check(folder, "--set", "member_limit_minimum=240000").code
    assert 240000 == parameters_of(results(folder))["member_limit_minimum"]
