"""Removing a waiver, a line of one, or a line of a policy that builds on another never helps."""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

import pytest

from tests.promise.fleet_runs import (
    ACTIVE,
    STAGING,
    TENANT,
    Change,
    Excused,
    check_fleet,
    edit,
    excused,
    finding,
    limit,
    make_fleet,
    results,
    setting,
    waiver,
    without_each_line,
    write_waivers,
)
from tests.promise.red_cases import substitute

SCHEDULER, LIMIT, ONE_ACTIVE = "AADC0010", "AADC0006", "AADC0201"
PAST = {"created": "2026-10-01", "expires": "2026-10-31"}


def three_failures(folder: Path) -> None:
    """Let the scheduler be off, a limit too low, and two servers active, which is declared so."""
    setting("active", "SynchronizationSchedule", "False")(folder)
    limit("active", 50000)(folder)
    limit("staging", 50000)(folder)
    setting("staging", "StagingMode", "False")(folder)
    edit(folder, "role: staging", "role: active")


def code(folder: Path, *arguments: str) -> int:
    """Give the exit code of the fleet in *folder* with its waivers."""
    return check_fleet(folder, "--waivers", "waivers.yaml", *arguments).code


COVERING = (
    waiver(SCHEDULER, servers=f"[{ACTIVE}]"),
    waiver(LIMIT, servers=f"[{ACTIVE}]", only_while="{equals: 50000}"),
    waiver(LIMIT, servers='["*"]', broad="true"),
    waiver(ONE_ACTIVE, tenants=f"[{TENANT}]", only_while="{equals: 2}"),
)
"""Together they cover the three failures."""


@pytest.fixture
def red(tmp_path: Path) -> Path:
    """Give a fleet with three failures."""
    make_fleet(tmp_path)
    three_failures(tmp_path)
    return tmp_path


def test_all_waivers_together_make_the_run_compliant(red: Path) -> None:
    """Otherwise no removal could make it worse."""
    write_waivers(red)
    assert 1 == code(red)

    write_waivers(red, *COVERING)

    assert 0 == code(red)


@pytest.mark.parametrize(
    ("arguments", "compliant"),
    [
        pytest.param((), [{0, 2, 3}, {0, 1, 2, 3}], id="any number"),
        pytest.param(("--max-waived", "3"), [], id="fewer than there are"),
    ],
)
def test_removing_waivers_never_helps(red: Path, arguments: tuple[str, ...], compliant: list[set[int]]) -> None:
    """Of all sets of waivers only those that cover every failure make the run compliant, and the gate counts them all."""
    numbers = range(len(COVERING))
    green = []
    for some in (set(one) for count in range(len(COVERING) + 1) for one in combinations(numbers, count)):
        write_waivers(red, *(COVERING[number] for number in sorted(some)))
        if code(red, *arguments) == 0:
            green.append(some)

    assert compliant == green


def test_removing_the_whole_file_of_waivers_never_helps(red: Path) -> None:
    """A file that is gone is wrong usage, an empty one is malformed, and no file at all leaves the failures."""
    write_waivers(red, *COVERING)
    codes = [code(red)]
    (red / "waivers.yaml").write_bytes(b"")
    codes.append(code(red))
    (red / "waivers.yaml").unlink()
    codes.append(code(red))

    assert [0, 3, 2, 1] == [*codes, check_fleet(red).code]


def test_removing_any_line_of_a_waiver_never_widens_it(red: Path) -> None:
    """
    Each line is needed, or the file cannot be used without it.

    Excepted is the line of `only_while`: it takes nothing away that is known, but a condition of what is accepted.
    """
    write_waivers(red, *COVERING)
    told = {line: code(red) for line in without_each_line(red / "waivers.yaml")}

    assert {0} == {found for line, found in told.items() if "only_while" in line}
    assert {3} == {found for line, found in told.items() if "only_while" not in line}


@dataclass(frozen=True)
class Idle:
    """A file of waivers that does not cover what fails."""

    name: str
    waivers: tuple[str, ...]
    lines: tuple[Excused, ...] = ()


IDLE = (
    Idle("expired", (waiver(SCHEDULER, servers=f"[{ACTIVE}]", **PAST),)),
    Idle("not yet", (waiver(SCHEDULER, servers=f"[{ACTIVE}]", created="2026-11-23"),)),
    Idle("another server", (waiver(SCHEDULER, servers=f"[{STAGING}]"),)),
    Idle("another rule", (waiver("AADC0011", servers=f"[{ACTIVE}]"),)),
    Idle("a tenant for a server", (waiver(SCHEDULER, tenants=f"[{TENANT}]"),)),
    Idle(
        "another value",
        (waiver(SCHEDULER, servers=f"[{ACTIVE}]", only_while="{equals: true}"),),
        (Excused("only_while", "it is a condition of what is accepted, and nothing that is known"),),
    ),
    Idle(
        "expired beside one of another server",
        (waiver(SCHEDULER, servers=f"[{ACTIVE}]", **PAST), waiver(SCHEDULER, servers=f"[{STAGING}]")),
    ),
    Idle(
        "lists over several lines",
        (waiver(SCHEDULER, servers=f"\n      - {STAGING}\n      - sync04-synthetic"),),
    ),
    Idle("a pattern of others", (waiver("AADC00*", servers='["sync03*"]', broad="true"),)),
    Idle("none", ()),
)


@pytest.mark.parametrize("idle", IDLE, ids=lambda idle: idle.name)
def test_removing_any_line_of_idle_waivers_keeps_a_red_fleet_red(idle: Idle, tmp_path: Path) -> None:
    """A waiver that covers nothing covers no more with a line less."""
    make_fleet(tmp_path)
    setting("active", "SynchronizationSchedule", "False")(tmp_path)
    write_waivers(tmp_path, *idle.waivers)
    assert 1 == code(tmp_path)
    green = [line for line in without_each_line(tmp_path / "waivers.yaml") if code(tmp_path) == 0]

    assert [] == [line for line in green if not excused(idle.lines, line)]
    assert len(idle.lines) == len(green)


def without_rules(folder: Path) -> None:
    """Lose every synchronization rule of the active server."""
    shutil.rmtree(folder / "exports/active/SynchronizationRules")


LOSSES: dict[str, Change] = {
    "the settings": lambda folder: (folder / "exports/active/GlobalSettings/MV.xml").unlink(),
    "the registry": lambda folder: (folder / "exports/active/adsync.reg").unlink(),
    "the rules": without_rules,
    "the role": lambda folder: edit(folder, "    role: active\n", ""),
    "the tenant": lambda folder: edit(folder, "    tenant: fabrikam.onmicrosoft.com\n", ""),
}


@pytest.mark.parametrize("lost", LOSSES, ids=str)
def test_f_e06_what_is_lost_is_covered_by_no_waiver(lost: str, red: Path) -> None:
    """With all failures accepted, a loss turns a compliant run into one that is not."""
    write_waivers(
        red, *COVERING, waiver('"*"', servers='["*"]', broad="true"), waiver('"*"', tenants='["*"]', broad="true")
    )
    assert 0 == code(red)

    LOSSES[lost](red)

    assert 4 == code(red)


EXTENDING = """\
policy: corp
version: "1.0.0"
title: Ours
extends: v2-endpoint
parameters:
  member_limit_maximum:
    default: 250000
rules:
  - id: AADC0010
    severity: info
    reason: Another team looks at it
  - id: AADC0011
    disabled: true
    reason: Another tool looks at it
  - id: AADC0006
    expect: {each: {limit: {at_least: 40000}}}
    reason: It is raised in steps
  - id: AADC0005
    when: {server.role: {equals: staging}}
    reason: Only the new servers are there
  - id: AADC0002
    severity: critical
"""


def too_low(folder: Path) -> None:
    """Let the limit of both servers be lower than what our policy accepts."""
    for server in ("active", "staging"):
        limit(server, 30000)(folder)


def imports_on_v1(folder: Path) -> None:
    """Let the active server import through the first version of the endpoint."""
    substitute(r'(ImportApiVersion"=dword:0000000)2', r"\g<1>1", where="*.reg")(folder / "exports/active")


HIDDEN = (
    pytest.param(lambda _: None, 0, id="nothing is wrong"),
    pytest.param(setting("active", "SynchronizationSchedule", "False"), 0, id="below the lower severity"),
    pytest.param(setting("active", "SchedulerSuspended", "True"), 0, id="disabled"),
    pytest.param(too_low, 1, id="beyond the other expectation"),
    pytest.param(imports_on_v1, 1, id="of a rule that became stricter"),
)


@pytest.mark.parametrize(("change", "before"), HIDDEN)
def test_removing_any_line_of_a_policy_that_builds_on_another_hides_no_more(
    change: Change, before: int, tmp_path: Path
) -> None:
    """A line less is a mistake, or leaves the rule no weaker; without its reason nothing is weakened at all."""
    make_fleet(tmp_path)
    change(tmp_path)
    (tmp_path / "corp.yaml").write_text(EXTENDING, "utf-8")
    assert before == check_fleet(tmp_path, policies=("corp.yaml",)).code
    told = {
        line: check_fleet(tmp_path, policies=("corp.yaml",)).code for line in without_each_line(tmp_path / "corp.yaml")
    }

    assert {3} == {found for line, found in told.items() if "reason:" in line}
    assert {3, before} == set(told.values())


OVERRIDES = ("AADC0010", "AADC0011", "AADC0006", "AADC0005")


@pytest.mark.parametrize("rule", OVERRIDES)
def test_removing_a_whole_override_hides_no_more(rule: str, tmp_path: Path) -> None:
    """What is not changed any more is as the base has it; what it hid is seen again."""
    make_fleet(tmp_path)
    setting("active", "SynchronizationSchedule", "False")(tmp_path)
    setting("active", "SchedulerSuspended", "True")(tmp_path)
    limit("active", 45000)(tmp_path)
    edit(tmp_path, "commercial", "usgov")  # the other sources say commercial: a conflict, so nobody knows
    text, count = re.subn(rf"  - id: {rule}\n(?:    .*\n)+", "", EXTENDING)
    (tmp_path / "corp.yaml").write_text(text, "utf-8")
    check_fleet(tmp_path, policies=("corp.yaml",))
    seen = {one["id"] for one in results(tmp_path)["rules"] if one["overrides"]}

    assert 1 == count
    assert {*OVERRIDES, "AADC0002"} - {rule} == seen
    assert finding(tmp_path, rule, ACTIVE)["outcome"] in ("fail", "error")
    assert check_fleet(tmp_path, policies=("corp.yaml",)).code in (1, 4)


def test_an_override_that_loses_its_first_line_is_taken_for_part_of_the_one_before(tmp_path: Path) -> None:
    """
    The exception is true: what one override says, and its reason, then stand at another rule.

    What is left is, byte for byte, a policy that weakens the other rule. It is told in every report, with its place and
    the original; and since an earlier run had the rule stricter, `--previous` tells it as well.
    """
    make_fleet(tmp_path)
    setting("active", "SynchronizationSchedule", "False")(tmp_path)
    head = 'policy: corp\nversion: "1.0.0"\ntitle: Ours\nextends: v2-endpoint\nrules:\n'
    first = "  - id: AADC0010\n    rationale: Nothing reaches the cloud.\n"
    moved = "    severity: info\n    reason: Another tool looks at it\n"
    (tmp_path / "corp.yaml").write_text(f"{head}{first}  - id: AADC0011\n{moved}", "utf-8")
    assert 1 == check_fleet(tmp_path, policies=("corp.yaml",)).code
    (tmp_path / "results.json").rename(tmp_path / "before.json")

    (tmp_path / "corp.yaml").write_text(f"{head}{first}{moved}", "utf-8")
    done = check_fleet(tmp_path, policies=("corp.yaml",))

    assert 0 == done.code
    assert "Another tool looks at it" in " ".join(done.out.split())
    assert 4 == check_fleet(tmp_path, "--previous", "before.json", "--strict", policies=("corp.yaml",)).code
