"""Nothing is green by absence: removing information from a red case never gives exit 0."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from functools import cache
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

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
OF_THE_REGISTRY = [case for case in RED_CASES if case.name in ("exports on v1", "imports on v1", "the filtering of v1")]


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


def excepted_cut(case: RedCase, file: str, kept: str, lost: str) -> bool:
    """
    Whether a registry export was cut at the very end of a key, and lost the value that made the case red.

    Each key ends with a blank line, and nothing in the file says how many keys there are: what is left is, byte for
    byte, the whole export of fewer keys.
    """
    whole = file.endswith(".reg") and re.search(r"\r\n\r\n?\Z", kept)
    return bool(whole) and any(re.search(one.file, file) and re.search(one.line, lost) for one in case.exceptions)


def green_cuts(case: RedCase, export: Path, path: Path, positions: Iterable[int]) -> list[tuple[str, int]]:
    """Cut *path* off at each of *positions* of its text, and give those that are green and not excepted."""
    file, raw, text = path.relative_to(export).as_posix(), path.read_bytes(), text_of(path)
    green = []
    for position in positions:
        write(path, text[:position])
        if verdict(export) == 0 and not excepted_cut(case, file, text[:position], text[position:]):
            green.append((file, position))
        path.write_bytes(raw)
    return green


@cases
def test_cutting_any_file_keeps_a_red_case_red(case: RedCase, tmp_path: Path) -> None:
    """A file that was cut off while it was copied is not a smaller export."""
    export = case.make(tmp_path)
    green = []
    for path in files_of(export):
        length = len(text_of(path))
        green += green_cuts(case, export, path, [int(length * part) for part in (0.25, 0.5, 0.75, 0.95)])

    assert [] == green


@pytest.mark.parametrize("case", OF_THE_REGISTRY, ids=lambda case: case.name)
def test_cutting_a_registry_export_near_any_line_end_keeps_a_red_case_red(case: RedCase, tmp_path: Path) -> None:
    """Where the wrong value stands in the registry, only a cut at the very end of a key hides it."""
    export = case.make(tmp_path)
    path = export / "adsync.reg"
    ends = [found.end() for found in re.finditer("\n", text_of(path))]

    assert [] == green_cuts(case, export, path, [end + near for end in ends for near in (-8, -2, -1, 0, 1, 8)])


def test_a_cut_at_the_end_of_a_key_leaves_a_smaller_export(tmp_path: Path) -> None:
    """The exception is true: cut there, a wrong value in a later key is gone, and nothing tells that it was there."""
    [case] = [one for one in OF_THE_REGISTRY if one.name == "the filtering of v1"]
    export = case.make(tmp_path)
    path = export / "adsync.reg"
    kept = text_of(path).partition(
        "[HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Services\\ADSync\\Parameters\\PerMA"
    )[0]
    write(path, kept)

    assert 0 == verdict(export)
    assert excepted_cut(case, "adsync.reg", kept, "EnableNonExistentObjectReferenceExportFiltering")


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(RED_CASES),
    st.lists(
        st.tuples(st.sampled_from(("file", "emptied", "line")), st.integers(0, 99), st.integers(0, 999)),
        min_size=1, max_size=4,
    ),
)  # fmt: skip
def test_removing_several_things_keeps_a_red_case_red(case: RedCase, losses: list[tuple[str, int, int]]) -> None:
    """Losses do not make up for each other, whatever is lost together."""
    with TemporaryDirectory() as folder:
        export = case.make(Path(folder))
        files = files_of(export)
        lost = [remove(export, files[at % len(files)], kind, line) for kind, at, line in losses]

        assert verdict(export) != 0 or any(excepted(case, *one) for one in lost if one)


def remove(export: Path, path: Path, kind: str, number: int) -> tuple[str, str] | None:
    """Take away *path*, its content, or one line of it; give the file and the line where that may be excepted."""
    file = path.relative_to(export).as_posix()
    lines = text_of(path).splitlines(keepends=True) if path.exists() else []
    if kind == "line" and lines:
        line = lines.pop(number % len(lines))
        write(path, "".join(lines))
        return file, line
    if kind == "file" and path.exists():
        path.unlink()
        return file, ""
    if path.exists():
        path.write_bytes(b"")
    return None


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
