"""Nothing is green by absence: removing information from a red case never gives exit 0."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from checker.acquire.exports import Acquired, Surroundings, acquire
from checker.cli.inputs import find_policies, support_table
from checker.evaluate.engine import evaluate
from checker.evaluate.gate import judge
from checker.load.policies import load_policies
from checker.model.policy import Policy, Severity
from checker.report.facts_document import render_fact_set
from tests.promise.red_cases import RED_CASES, RedCase, parameter, substitute, text_of, write
from tests.running import EXPORTS

NOW = datetime(2026, 11, 22, 10, tzinfo=UTC)
cases = pytest.mark.parametrize("case", RED_CASES, ids=lambda case: case.name)


@cache
def policy() -> Policy:
    """Load the policy of the article."""
    return load_policies(find_policies(["v2-endpoint"]), {})[0]


def read(path: Path, server: str | None = None) -> Acquired:
    """Read the facts in *path*."""
    around = Surroundings(folder=path, stdin=BytesIO, now=NOW, support=support_table(None))
    return acquire([str(path)], server=server, surroundings=around)


def verdict(path: Path, server: str | None = None) -> int:
    """Give the exit code of the facts in *path*."""
    acquired = read(path, server)
    rules = policy().rules
    return judge(
        evaluate(rules, acquired.fact_sets), rules, Severity.LOW,
        diagnostics=acquired.diagnostics, population=acquired.population,
    ).exit_code  # fmt: skip


def files_of(export: Path) -> list[Path]:
    """Give every file of an export."""
    return [path for path in sorted(export.rglob("*")) if path.is_file()]


def excepted(case: RedCase, file: str, line: str = "") -> bool:
    """Whether the removal leaves a complete, self-consistent smaller export."""
    return any(
        re.search(one.file, file) and (not one.line or (line and re.search(one.line, line))) for one in case.exceptions
    )


def test_the_export_that_the_cases_are_made_from_is_green() -> None:
    """Otherwise the cases would be red for another reason."""
    assert verdict(EXPORTS / "v2-compliant") == 0


@cases
def test_each_case_is_red(case: RedCase, tmp_path: Path) -> None:
    """One thing is wrong, and it is seen."""
    assert verdict(case.make(tmp_path)) in (1, 4)


@cases
def test_removing_any_file_keeps_a_red_case_red(case: RedCase, tmp_path: Path) -> None:
    """Whatever file is lost, what it would have said is missing."""
    export = case.make(tmp_path)
    green = []
    for path in files_of(export):
        kept = path.read_bytes()
        path.unlink()
        if verdict(export) == 0 and not excepted(case, path.relative_to(export).as_posix()):
            green.append(path.name)
        path.write_bytes(kept)

    assert [] == green


@cases
def test_emptying_any_file_keeps_a_red_case_red(case: RedCase, tmp_path: Path) -> None:
    """A file of no bytes is a file that could not be read: no exception."""
    export = case.make(tmp_path)
    green = []
    for path in files_of(export):
        kept = path.read_bytes()
        path.write_bytes(b"")
        if verdict(export) == 0:
            green.append(path.name)
        path.write_bytes(kept)

    assert [] == green


def removals(export: Path) -> Iterator[tuple[str, str]]:
    """Take each line out of each file in turn, and say which."""
    for path in files_of(export):
        kept, lines = path.read_bytes(), text_of(path).splitlines(keepends=True)
        for index, line in enumerate(lines):
            write(path, "".join(lines[:index] + lines[index + 1 :]))
            yield path.relative_to(export).as_posix(), line
            path.write_bytes(kept)


@cases
def test_removing_any_line_keeps_a_red_case_red(case: RedCase, tmp_path: Path) -> None:
    """A lost line is either missed, or nobody's business."""
    export = case.make(tmp_path)
    green = [(file, line) for file, line in removals(export) if not excepted(case, file, line) and verdict(export) == 0]

    assert [] == green


@cases
def test_cutting_any_file_keeps_a_red_case_red(case: RedCase, tmp_path: Path) -> None:
    """A file that was cut off while it was copied is not a smaller export."""
    export = case.make(tmp_path)
    green = []
    for path in files_of(export):
        kept = path.read_bytes()
        for part in (0.25, 0.5, 0.75, 0.95):
            path.write_bytes(kept[: int(len(kept) * part) // 2 * 2])
            relative = path.relative_to(export).as_posix()
            if (
                verdict(export) == 0
                and not excepted(case, relative)
                and not excepted(case, relative, "AadConnectorExportApiVersion PerMAInstance")
            ):
                green.append((path.name, part))
        path.write_bytes(kept)

    assert [] == green


def document(case: RedCase, folder: Path) -> dict[str, Any]:
    """Give the facts document of a red case."""
    told: dict[str, Any] = json.loads(render_fact_set(read(case.make(folder)).fact_sets[0]))
    return told


@cases
def test_removing_any_fact_keeps_a_red_case_red(case: RedCase, tmp_path: Path) -> None:
    """Deleting a fact of a facts document, or declaring it unknown, never helps."""
    told = document(case, tmp_path)
    path = tmp_path / "facts" / "facts.json"
    path.parent.mkdir()
    green = []
    for name, fact in told["facts"].items():
        for lost in (None, {"status": "unknown", "reason": "denied", "detail": "No.", "sources": []}):
            facts = {key: value for key, value in told["facts"].items() if key != name}
            if lost:
                facts[name] = lost
            path.write_text(json.dumps({**told, "facts": facts}), "utf-8")
            if verdict(path.parent) == 0:
                green.append((name, fact))

    assert [] == green


@cases
def test_a_facts_document_says_what_the_export_said(case: RedCase, tmp_path: Path) -> None:
    """Exported and read again, the facts give the same verdict."""
    path = tmp_path / "facts" / "facts.json"
    path.parent.mkdir()
    path.write_text(json.dumps(document(case, tmp_path)), "utf-8")

    assert verdict(tmp_path / "export") == verdict(path.parent)


@pytest.mark.parametrize("lost", ["GlobalSettings", "Connectors", "SynchronizationRules", "."])
def test_removing_the_server_that_is_asked_for_is_incomplete(lost: str, tmp_path: Path) -> None:
    """
    A server whose files are gone is missed where it was named.

    Excepted is a server that nobody named: without an inventory, a folder with fewer servers is a smaller fleet.
    """
    shutil.copytree(EXPORTS / "fleet", tmp_path / "fleet")
    [name] = [one.server for one in read(tmp_path / "fleet" / "staging").fact_sets]
    shutil.rmtree(tmp_path / "fleet" / "staging" / lost)

    assert verdict(tmp_path / "fleet", server=name) == 4


def unnamed_fleet(folder: Path) -> Path:
    """Make two exports of two servers, of which only the global settings name the server, as is usual."""
    for name in ("SYNC0A", "SYNC0B"):
        export = Path(shutil.copytree(EXPORTS / "v2-compliant", folder / "fleet" / name))
        path = export / "GlobalSettings/MV.xml"
        write(path, text_of(path).replace("SYNC01-SYNTHETIC", name))
        if name == "SYNC0A":
            parameter("Microsoft.Synchronize.SynchronizationSchedule", "False")(export)
    return folder / "fleet"


def test_removing_any_file_of_a_red_server_keeps_a_fleet_red(tmp_path: Path) -> None:
    """What is left of a server whose name is lost is not taken for a part of its neighbour."""
    fleet = unnamed_fleet(tmp_path)
    assert verdict(fleet) == 1
    green = []
    for path in files_of(fleet / "SYNC0A"):
        kept = path.read_bytes()
        path.unlink()
        if verdict(fleet) == 0:
            green.append(path.name)
        path.write_bytes(kept)

    assert [] == green


def test_absence_that_the_policy_accepts_is_not_missed(tmp_path: Path) -> None:
    """
    With absence allowed, a registry export without the import version is a whole one, and says so.

    This is the price of `absent: allowed`: the line that said 1 cannot be told from one that never was.
    """
    export = Path(shutil.copytree(EXPORTS / "v2-compliant", tmp_path / "export"))
    allowed = load_policies(find_policies(["v2-endpoint"]), {"absent_import_version": "allowed"})[0]
    substitute(r'"AadConnectorImportApiVersion"=dword:00000002\r?\n', "", where="*.reg")(export)

    [finding] = [one for one in evaluate(allowed.rules, read(export).fact_sets) if one.rule == "AADC0002"]

    assert "pass" == finding.outcome.value
    assert "absent" in finding.message
