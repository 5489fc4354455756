"""Runs: many failures, bugs, and the same inputs twice."""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from checker.cli.inputs import find_policies
from checker.evaluate.engine import evaluate
from checker.evaluate.gate import judge
from checker.load.policies import load_policies
from checker.model.facts import Fact, FactSet, Known, Source, SourceFormat
from checker.model.policy import Severity
from checker.model.result import Population
from tests.running import AS_OF, EXPORTS, check, run


@pytest.mark.parametrize("failures", [256, 512])
def test_t69_the_exit_code_is_a_class_and_no_count(tmp_path: Path, failures: int) -> None:
    """T69: 256 failures are exit 1, not exit 0."""
    told = json.loads(run(tmp_path, "facts", str(EXPORTS / "v2-compliant"), "-o", "json").out)
    told["facts"]["scheduler.suspended"]["value"] = True
    del told["facts"]["server.name"]
    lines = [json.dumps({**told, "server": f"SYNC{number:05}"}) for number in range(failures)]
    (tmp_path / "fleet.ndjson").write_text("\n".join(lines) + "\n", "utf-8")

    done = check(tmp_path, "-o", "json:r.json", facts="fleet.ndjson")

    assert done.code == 1
    assert failures == json.loads((tmp_path / "r.json").read_text("utf-8"))["summary"]["fail"]


class _Bug(Mapping[str, Fact]):
    """Facts of which looking at one raises, as a bug of the checker would."""

    def __init__(self, facts: Mapping[str, Fact]) -> None:
        """Keep the other facts."""
        self._facts = facts

    def __getitem__(self, name: str) -> Fact:
        """Give a fact; the scheduler's suspension is where the bug is."""
        if name == "scheduler.suspended":
            raise ZeroDivisionError
        return self._facts[name]

    def __iter__(self) -> Iterator[str]:
        """Walk over the names."""
        return iter(self._facts)

    def __len__(self) -> int:
        """Count the facts."""
        return len(self._facts)


def test_t70_a_bug_in_one_rule_is_exit_70_and_the_rest_completes() -> None:
    """T70: the cell is an error, every other cell is decided, and the exit code is that of a bug."""
    [policy] = load_policies(find_policies(["v2-endpoint"]), {})
    facts = _Bug({"scheduler.sync_cycle_enabled": Known(True, Source(SourceFormat.CMDLET))})

    findings = evaluate(policy.rules, [FactSet(server="SYNC01", facts=facts)])

    told = {one.rule: (one.outcome.value, one.reason) for one in findings}
    assert ("error", "internal") == told["AADC0011"]
    assert ("pass", "") == told["AADC0010"]
    verdict = judge(
        findings, policy.rules, Severity.LOW, population=Population(expected=("SYNC01",), received=("SYNC01",))
    )
    assert 70 == verdict.exit_code


def results(folder: Path, **environment: str) -> bytes:
    """Give the results of the fleet, without what differs from run to run, from a process of its own."""
    subprocess.run(
        [
            sys.executable, "-m", "checker.cli", "check", "--policy", "recommended", "--policy", "v2-endpoint",
            "--facts", "fleet", "--as-of", AS_OF, "-o", "json:r.json",
        ],
        cwd=folder, env={**os.environ, "PYTHONPATH": str(EXPORTS.parents[1]), **environment}, check=False,
        capture_output=True,
    )  # fmt: skip
    told = json.loads((folder / "r.json").read_text("utf-8"))
    del told["run"]
    return json.dumps(told).encode()


def test_t71_same_inputs_same_bytes(tmp_path: Path) -> None:
    """T71: the order of files on the disk, the hash seed, the locale and the time zone change nothing."""
    shutil.copytree(EXPORTS / "fleet", tmp_path / "fleet")
    first = results(tmp_path, PYTHONHASHSEED="0", TZ="UTC", LC_ALL="C")
    moved = tmp_path / "moved"
    moved.mkdir()
    files = sorted(path.relative_to(tmp_path) for path in (tmp_path / "fleet").rglob("*") if path.is_file())
    random.Random(7).shuffle(files)
    for path in files:
        (moved / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(tmp_path / path, moved / path)

    second = results(moved, PYTHONHASHSEED="4711", TZ="Asia/Tokyo", LC_ALL="C.UTF-8", PYTHONOPTIMIZE="1")

    assert first == second


def test_t71_the_whole_report_is_reproducible_with_a_frozen_clock(tmp_path: Path) -> None:
    """T71: with --as-of the same command writes the same bytes in every format."""
    names = ["json:r.json", "junit:r.xml", "sarif:r.sarif", "sarif-full:full.sarif", "text:r.txt"]
    written = []
    for _ in range(2):
        check(tmp_path, *(word for one in names for word in ("-o", one)), facts=str(EXPORTS / "v1-legacy"))
        written.append({path.name: path.read_bytes() for path in tmp_path.iterdir()})

    assert written[0] == written[1]
