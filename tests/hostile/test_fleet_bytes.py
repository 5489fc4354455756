"""Whole runs with an inventory, waivers and overrides give the same bytes, whatever the order of what is given."""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
import sys
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest

from tests.promise.fleet_runs import ACTIVE, STAGING, TENANT, limit, make_fleet, setting, waiver, write_waivers
from tests.running import AS_OF, CHECKOUT, run

CORP = """\
policy: corp
version: "1.0.0"
title: Ours
extends: [v2-endpoint, fleet]
rules:
  - {id: AADC0012, disabled: true, reason: It is seen elsewhere}
  - {id: AADC0011, severity: low, reason: It is seen elsewhere}
"""
OWN = "own.yaml"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Give a fleet with failures, waivers in two files, and everything else that a report can tell."""
    make_fleet(tmp_path)
    setting("active", "SynchronizationSchedule", "False")(tmp_path)
    limit("active", 50000)(tmp_path)
    limit("staging", 40000)(tmp_path)
    (tmp_path / "corp.yaml").write_text(CORP, "utf-8")
    (tmp_path / "exports/notes.txt").write_text("Nothing of interest.\n", "utf-8")
    write_waivers(
        tmp_path,
        waiver("AADC0006", servers=f"[{STAGING}, sync9]", only_while="{at_least: 40000}"),
        waiver("AADC0203", tenants=f"[{TENANT}]"),
        name="one.yaml",
    )
    write_waivers(
        tmp_path,
        waiver("AADC0006", servers='["*"]', broad="true"),
        waiver("AADC0006", servers=f"[{ACTIVE}]"),
        waiver("AADC9999", servers=f"[{ACTIVE}]"),
        waiver("AADC0010", servers=f"[{STAGING}]"),
        name="two.yaml",
    )
    return tmp_path


def arguments(
    policies: tuple[str, ...] = ("corp.yaml", OWN),
    waivers: tuple[str, ...] = ("one.yaml", "two.yaml"),
    facts: tuple[str, ...] = ("exports",),
) -> list[str]:
    """Give the arguments of a run."""
    given = [("--policy", policies), ("--waivers", waivers), ("--facts", facts)]
    named = [word for flag, values in given for value in values for word in (flag, value)]
    return ["check", *named, "--inventory", "inventory.yaml", "--as-of", AS_OF, "--max-age", "P5D", "-o", "json:r.json"]


def without_run(folder: Path) -> dict[str, Any]:
    """Give the results of the last run, without what differs from run to run."""
    told: dict[str, Any] = json.loads((folder / "r.json").read_text("utf-8"))
    assert told.pop("run")
    return told


def test_t71_the_run_has_something_to_tell(folder: Path) -> None:
    """Waivers that cover, and others that do not; otherwise no order could show."""
    run(folder, *arguments())

    told = without_run(folder)
    assert {"used", "unused", "unknown_target", "unknown_rule"} <= {one["state"] for one in told["waivers"]}
    assert 4 == len({one["outcome"] for one in told["findings"]})
    assert told["files_not_understood"]


@pytest.mark.parametrize("policies", [*permutations(("corp.yaml", OWN))], ids=str)
@pytest.mark.parametrize("waivers", [*permutations(("one.yaml", "two.yaml"))], ids=str)
@pytest.mark.parametrize("facts", [("exports",), ("exports/staging", "exports/active", "exports/notes.txt")], ids=str)
def test_t71_the_order_of_what_is_named_changes_nothing(
    folder: Path, policies: tuple[str, ...], waivers: tuple[str, ...], facts: tuple[str, ...]
) -> None:
    """Policies, waivers and facts are sets."""
    run(folder, *arguments(facts=facts if len(facts) == 1 else tuple(sorted(facts))))
    first = without_run(folder)

    run(folder, *arguments(policies, waivers, facts))

    assert json.dumps(first) == json.dumps(without_run(folder))


def moved(folder: Path, seed: int) -> Path:
    """Write everything once more, in another order."""
    other = folder / "moved"
    files = sorted(path.relative_to(folder) for path in folder.rglob("*") if path.is_file())
    random.Random(seed).shuffle(files)
    for path in files:
        (other / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(folder / path, other / path)
    return other


def in_its_own_process(folder: Path, **environment: str) -> str:
    """Give the results of a run in a process of its own, without what differs."""
    subprocess.run(
        [sys.executable, "-m", "checker.cli", *arguments()],
        cwd=folder, env={**os.environ, "PYTHONPATH": str(CHECKOUT), **environment}, check=False, capture_output=True,
    )  # fmt: skip
    return json.dumps(without_run(folder))


def test_t66_t67_t71_same_inputs_same_bytes_with_an_inventory_and_waivers(folder: Path) -> None:
    """The order of files on the disk, the hash seed, the locale, the time zone and asserts change nothing."""
    other = moved(folder, 7)
    first = in_its_own_process(folder, PYTHONHASHSEED="0", TZ="UTC", LC_ALL="C")

    second = in_its_own_process(
        other, PYTHONHASHSEED="4711", TZ="Pacific/Kiritimati", LC_ALL="C.UTF-8", LANG="tr_TR.UTF-8", PYTHONOPTIMIZE="1"
    )

    assert first == second


def test_f_e12_t59_the_time_zone_does_not_move_the_end_of_a_waiver(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its last day is that of UTC, also where it is already the next one."""
    write_waivers(folder, waiver("AADC0203", tenants=f"[{TENANT}]", expires="2026-11-22"), name="one.yaml")
    told = []
    for zone in ("UTC", "Pacific/Kiritimati", "Pacific/Pago_Pago"):
        monkeypatch.setenv("TZ", zone)
        run(folder, *arguments())
        told.append(json.dumps(without_run(folder)))

    assert 1 == len(set(told))
    assert '"state": "expired"' not in told[0]


def test_t71_the_order_of_servers_in_an_inventory_changes_only_their_places(folder: Path) -> None:
    """Outcomes, and all that is told of them, are in the order of names."""
    run(folder, *arguments())
    first = without_run(folder)
    path = folder / "inventory.yaml"
    head, *servers = path.read_text("utf-8").split("  - name: ")
    path.write_text(head + "".join(f"  - name: {one}" for one in reversed(servers)), "utf-8")

    run(folder, *arguments())

    second = without_run(folder)
    for one in (first, second):
        one["inventory"].pop("sha256")
    assert [outcome(one) for one in first["findings"]] == [outcome(one) for one in second["findings"]]
    assert (first["population"], first["waivers"]) == (second["population"], second["waivers"])


def outcome(finding: dict[str, Any]) -> tuple[Any, ...]:
    """Give what a finding says, without its place."""
    return tuple(finding[key] for key in ("server", "tenant", "rule", "outcome", "reason", "observed", "waiver"))
