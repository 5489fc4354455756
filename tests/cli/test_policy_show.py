"""The verb `policy show`: what is in force, and where it comes from."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.running import Done, run

OWN = """\
policy: contoso
version: "2.0"
title: Servers of Contoso
extends: v2-endpoint
parameters:
  member_limit_minimum: {default: 60000}
rules:
  - id: AADC0012
    disabled: true
    reason: No source tells.
  - id: AADC0001
    severity: medium
    reason: Being moved.
"""
INVENTORY = """\
inventory: contoso
servers:
  - {name: sync01.contoso.com, parameters: {member_limit_minimum: 70000}}
  - {name: sync02.contoso.com}
"""


def show(folder: Path, *arguments: str) -> Done:
    """Run `adsync-checker policy show` in *folder*, where a policy of one's own and an inventory lie."""
    (folder / "contoso.yaml").write_text(OWN)
    (folder / "servers.yaml").write_text(INVENTORY)
    return run(folder, "policy", "show", *arguments)


def shown(folder: Path, *arguments: str) -> dict[str, Any]:
    """Show the policy as JSON."""
    done = show(folder, "contoso.yaml", "-o", "json", *arguments)
    assert (0, "") == (done.code, done.err)
    [policy] = json.loads(done.out)["policies"]
    assert isinstance(policy, dict)
    return policy


def minimum(policy: dict[str, Any]) -> tuple[int, int, str]:
    """Give value, default and origin of the lowest member limit."""
    [one] = [each for each in policy["parameters"] if each["name"] == "member_limit_minimum"]
    return one["value"], one["default"], one["origin"]


def test_a_policy_is_shown_with_all_that_it_builds_on(tmp_path: Path) -> None:
    """Every rule of the base is there, with the policy that defines it, and what was changed, from what to what."""
    policy = shown(tmp_path)
    rules = {rule["id"]: rule for rule in policy["rules"]}

    assert [("v2-endpoint", True)] == [(one["name"], one["shipped"]) for one in policy["extends"]]
    assert 13 == len(rules)
    assert {"v2-endpoint"} == {rule["origin"] for rule in rules.values()}
    assert "No source tells." == rules["AADC0012"]["disabled"]
    assert ("medium", {"file": "contoso.yaml", "line": 11, "column": 5}) == (
        rules["AADC0001"]["severity"],
        rules["AADC0001"]["overrides"][0]["location"],
    )
    assert [{"key": "severity", "before": "high", "after": "medium"}] == rules["AADC0001"]["overrides"][0]["changes"]


def test_text_says_it_in_lines(tmp_path: Path) -> None:
    """The same for a person."""
    done = show(tmp_path, "contoso.yaml")

    for line in (
        "policy contoso 2.0: Servers of Contoso",
        "  builds on v2-endpoint 1.0.0",
        "  member_limit_minimum = 60000 (integer)",
        "    from policy contoso, and the default is 50001; contoso.yaml:6:3",
        "13 rules, 1 of them disabled",
        "  AADC0001 medium: Exports use the v2 endpoint",
        "      severity: high -> medium",
        "      reason: Being moved.",
        "  AADC0012 info DISABLED: Export errors dn-attributes-failure stay below the bound",
    ):
        assert line in done.out.splitlines()


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        pytest.param([], (60000, 50001, "policy contoso"), id="of the policy that builds on it"),
        pytest.param(
            ["--inventory", "servers.yaml", "--server", "SYNC01.contoso.com"], (70000, 50001, "inventory"), id="inventory"
        ),
        pytest.param(
            ["--inventory", "servers.yaml", "--server", "sync02.contoso.com"], (60000, 50001, "policy contoso"),
            id="of a server that has none of its own",
        ),
        pytest.param(["--set", "member_limit_minimum=80000"], (80000, 50001, "--set"), id="command line"),
        pytest.param(
            ["--set", "member_limit_minimum=80000", "--inventory", "servers.yaml", "--server", "sync01.contoso.com"],
            (80000, 50001, "--set"), id="the command line wins",
        ),
    ],
)  # fmt: skip
def test_the_nearest_value_counts_and_says_where_it_is_from(
    tmp_path: Path, arguments: list[str], expected: tuple[int, int, str]
) -> None:
    """A value of the policy, then of the inventory for a server, then of the command line."""
    assert expected == minimum(shown(tmp_path, *arguments))


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        pytest.param(["contoso.yaml", "--inventory", "servers.yaml"], 2, "sync01.contoso.com", id="no server"),
        pytest.param(["contoso.yaml", "--server", "sync01.contoso.com"], 2, "--inventory", id="no inventory"),
        pytest.param(
            ["contoso.yaml", "--inventory", "servers.yaml", "--server", "sync03.contoso.com"], 2, "did you mean",
            id="an unknown server",
        ),
        pytest.param(["contoso.yaml", "--inventory", "no.yaml", "--server", "x"], 2, "no.yaml", id="a missing inventory"),
        pytest.param(["contoso.yaml", "--inventory", "contoso.yaml", "--server", "x"], 3, "contoso.yaml:", id="no inventory at all"),
        pytest.param(["contoso.yaml", "--set", "member_limt_minimum=1"], 2, "did you mean", id="an unknown parameter"),
        pytest.param(["contoso.yaml", "--set", "x"], 2, "NAME=VALUE", id="no value"),
        pytest.param(["no.yaml"], 2, "no.yaml", id="a missing policy"),
        pytest.param(["contoso.yaml", "-o", "yaml"], 2, "there is no format 'yaml'", id="an unknown format"),
    ],
)  # fmt: skip
def test_what_cannot_be_done_is_said(tmp_path: Path, arguments: list[str], code: int, says: str) -> None:
    """A wrong command line is exit code 2, an inventory that cannot be used is 3; the sentence names it."""
    done = show(tmp_path, *arguments)

    assert (code, "") == (done.code, done.out)
    assert says in done.err
