"""Nothing is green by absence in a fleet: whatever is removed from a red one, it is never exit 0."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.promise.fleet_runs import (
    ACTIVE,
    STAGING,
    Excused,
    RedFleet,
    check_fleet,
    editing,
    excused,
    limit,
    make_fleet,
    old,
    older_copy,
    setting,
    under_another_name,
    without_each_block,
    without_each_line,
    without_entry,
)
from tests.running import AS_OF, run

FLEET = ("fleet",)
_NOT_EXPECTED = Excused(
    rf"- name: {STAGING}\n",
    "the inventory is the authority over the population: it expects the server no more, and no export tells of it",
)


def missing(folder: Path) -> None:
    """Lose the export of one server."""
    shutil.rmtree(folder / "exports/staging")


def both_schedulers_off(folder: Path) -> None:
    """Leave the tenant without synchronization."""
    for server in ("active", "staging"):
        setting(server, "SynchronizationSchedule", "False")(folder)


RED_FLEETS = (
    RedFleet("a missing server", missing, blocks=(_NOT_EXPECTED,)),
    RedFleet("a missing server that another policy needs", missing, policies=("own.yaml",), blocks=(_NOT_EXPECTED,)),
    RedFleet("a stale export", old("active"), ("--max-age", "P5D"), ("own.yaml",)),
    RedFleet("all exports stale", lambda _: None, ("--max-age", "P1D"), ("own.yaml",)),
    RedFleet("exports without a date", lambda _: None, ("--max-age", "P5D")),
    RedFleet("a server twice", older_copy),
    RedFleet("facts of another server", under_another_name),
    RedFleet("facts of another tenant", editing("tenant: fabrikam", "tenant: contoso")),
    RedFleet("an unexpected server", lambda folder: without_entry(folder, STAGING)),
    RedFleet("two active servers", setting("staging", "StagingMode", "False"), policies=FLEET),
    RedFleet("no active server", setting("active", "StagingMode", "True"), policies=FLEET),
    RedFleet("a failing server", setting("active", "SynchronizationSchedule", "False")),
    RedFleet("the scheduler off on both", both_schedulers_off, policies=FLEET),
    RedFleet("two member limits", limit("staging", 150000)),
    RedFleet("another role than is declared", editing("role: active", "role: staging"), policies=FLEET),
    RedFleet(
        "another cloud than is declared",
        editing("commercial", "usgov"),
        lines=(Excused(r"tenant\.cloud", "the one source that disagreed"),),
    ),
    RedFleet(
        "another version line than is declared",
        editing('version_line: "2.6"', 'version_line: "2.5"'),
        ("--set", "version_lines_declared=true"),
        FLEET,
    ),
    RedFleet(
        "a parameter of the inventory",
        editing("role: active\n", "role: active\n    parameters: {member_limit_maximum: 150000}\n"),
        lines=(Excused("parameters:", "the inventory decides what is wanted of a server; nothing known is lost"),),
        blocks=(Excused("parameters:", "the same, with the line beside it, which the run does not need"),),
    ),
)
"""Each is exit 1 or 4."""

fleets = pytest.mark.parametrize("fleet", RED_FLEETS, ids=lambda fleet: fleet.name)
of_the_exports = pytest.mark.parametrize(
    "fleet",
    [one for one in RED_FLEETS if not re.search("declared|parameter|needs|without a date", one.name)],
    ids=lambda fleet: fleet.name,
)
of_the_population = pytest.mark.parametrize(
    "fleet",
    [one for one in RED_FLEETS if one.policies == FLEET or one.blocks or one.name == "a stale export"],
    ids=lambda fleet: fleet.name,
)


@pytest.mark.parametrize(
    ("arguments", "policies"),
    [
        pytest.param((), ("v2-endpoint", "fleet"), id="shipped"),
        pytest.param(("--max-age", "P5D"), ("own.yaml",), id="with an age"),
        pytest.param(("--set", "version_lines_declared=true"), FLEET, id="with version lines"),
    ],
)
def test_the_fleet_that_the_cases_are_made_from_is_green(
    arguments: tuple[str, ...], policies: tuple[str, ...], tmp_path: Path
) -> None:
    """Otherwise the cases would be red for another reason."""
    assert 0 == check_fleet(make_fleet(tmp_path), *arguments, policies=policies).code


@fleets
def test_each_fleet_is_red(fleet: RedFleet, tmp_path: Path) -> None:
    """One thing is wrong, and it is seen."""
    assert fleet.code(fleet.make(tmp_path)) in (1, 4)


@of_the_exports
def test_removing_any_file_keeps_a_red_fleet_red(fleet: RedFleet, tmp_path: Path) -> None:
    """Whatever file of whatever server is lost, what it would have said is missing."""
    folder = fleet.make(tmp_path)
    green = []
    for path in sorted(one for one in (folder / "exports").rglob("*") if one.is_file()):
        kept = path.read_bytes()
        path.unlink()
        if fleet.code(folder) == 0:
            green.append(path.relative_to(folder).as_posix())
        path.write_bytes(kept)

    assert [] == green


@fleets
def test_removing_any_line_of_the_inventory_keeps_a_red_fleet_red(fleet: RedFleet, tmp_path: Path) -> None:
    """What is not declared any more is missed, or decides nothing, or the inventory cannot be used; no excuse is idle."""
    folder = fleet.make(tmp_path)
    green = [line for line in without_each_line(folder / "inventory.yaml") if fleet.code(folder) == 0]

    assert [] == [line for line in green if not excused(fleet.lines, line)]
    assert [] == [one.what for one in fleet.lines if not any(re.search(one.what, line) for line in green)]


@of_the_population
def test_removing_any_block_of_the_inventory_keeps_a_red_fleet_red(fleet: RedFleet, tmp_path: Path) -> None:
    """Lines that stand together, up to a whole server: an export that nobody expects is not overlooked."""
    folder = fleet.make(tmp_path)
    green = [block for block in without_each_block(folder / "inventory.yaml") if fleet.code(folder) == 0]

    assert [] == [block for block in green if not excused(fleet.blocks, block)]
    assert [] == [one.what for one in fleet.blocks if not any(re.search(one.what, block) for block in green)]


def test_a_server_that_is_in_neither_place_is_no_part_of_the_fleet(tmp_path: Path) -> None:
    """
    The entry of a failing server and its exports, taken away together, leave a smaller fleet.

    This is the price of an authority over the population: only an earlier run can tell that there was one more.
    """
    folder = make_fleet(tmp_path)
    setting("staging", "SynchronizationSchedule", "False")(folder)
    assert 1 == check_fleet(folder).code
    (folder / "results.json").rename(folder / "before.json")
    without_entry(folder, STAGING)
    assert 4 == check_fleet(folder).code

    shutil.rmtree(folder / "exports/staging")

    assert 0 == check_fleet(folder).code
    assert 4 == check_fleet(folder, "--previous", "before.json", "--strict").code


def test_an_inventory_that_expects_nobody_is_refused(tmp_path: Path) -> None:
    """F-A01: a fleet of no servers would be right in everything."""
    folder = make_fleet(tmp_path)
    for server in (ACTIVE, STAGING):
        without_entry(folder, server)
    shutil.rmtree(folder / "exports")
    (folder / "exports").mkdir()

    assert 3 == check_fleet(folder).code


FACTS_OF = (
    RedFleet("two active servers", setting("staging", "StagingMode", "False"), policies=FLEET),
    RedFleet("a failing server", setting("active", "SynchronizationSchedule", "False")),
    RedFleet("two member limits", limit("staging", 150000), policies=FLEET),
)


@pytest.mark.parametrize(
    ("fleet", "lost"),
    [
        *(pytest.param(fleet, None, id=f"{fleet.name}, deleted") for fleet in FACTS_OF),
        pytest.param(FACTS_OF[0], "denied", id=f"{FACTS_OF[0].name}, denied"),
    ],
)
def test_removing_any_fact_keeps_a_red_fleet_red(fleet: RedFleet, lost: str | None, tmp_path: Path) -> None:
    """A fact of one server that fleet rules need is never made up for by the other server."""
    folder = fleet.make(tmp_path)
    lines = run(folder, "facts", "exports", "-o", "ndjson", "--as-of", AS_OF).out.splitlines()
    told = [json.loads(line) for line in lines]
    assert 2 == len(told)
    path = folder / "facts.ndjson"
    green = []
    for index, one in enumerate(told):
        for name in one["facts"]:
            facts = {key: value for key, value in one["facts"].items() if key != name}
            if lost:
                facts[name] = {"status": "unknown", "reason": lost, "detail": "No.", "sources": []}
            changed = [{**one, "facts": facts} if at == index else other for at, other in enumerate(told)]
            path.write_text("".join(json.dumps(other) + "\n" for other in changed), "utf-8")
            if check_fleet(folder, *fleet.arguments, policies=fleet.policies, facts="facts.ndjson").code == 0:
                green.append((one["server"], name))

    assert [] == green


@pytest.mark.parametrize(
    "fleet",
    [one for one in RED_FLEETS if one.name in ("a missing server", "two active servers")],
    ids=lambda one: one.name,
)
@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(("--limit", ACTIVE), id="a server"),
        pytest.param(("--limit", "fabrikam", "--rule", "AADC0201"), id="a group and a rule"),
        pytest.param(("--tag", "staging"), id="a tag"),
    ],
)
def test_f_a13_narrowing_a_red_fleet_is_never_green_under_strict(
    fleet: RedFleet, arguments: tuple[str, ...], tmp_path: Path
) -> None:
    """Leaving out what is wrong is no way to a green pipeline that is strict."""
    assert fleet.code(fleet.make(tmp_path), *arguments, "--strict") in (1, 4)


def test_an_age_that_a_rule_asks_for_cannot_be_lengthened(tmp_path: Path) -> None:
    """F-B12: of the age of the rule and that of the command line the shorter one counts."""
    folder = make_fleet(tmp_path)
    own = folder / "own.yaml"
    text = own.read_text("utf-8")
    own.write_text(text.replace("    severity: high\n", '    severity: high\n    max_age: "P1D"\n'), "utf-8")

    codes = [check_fleet(folder, *given, policies=("own.yaml",)).code for given in ((), ("--max-age", "P30D"))]

    assert [4, 4] == codes


@pytest.mark.parametrize(
    ("date", "code"),
    [
        pytest.param("2026-11-22 10:04:00.000", 0, id="within the tolerance"),
        pytest.param("2026-11-22 10:06:00.000", 4, id="T23 in the future"),
        pytest.param("9999-12-31 00:00:00.000", 4, id="T23 the end of the calendar"),
        pytest.param("1601-01-01 00:00:00.000", 4, id="T23 the beginning of Windows"),
        pytest.param("", 4, id="none"),
        pytest.param("yesterday", 4, id="T23 no date"),
    ],
)
def test_t23_t24_a_date_that_cannot_be_right_is_no_young_date(date: str, code: int, tmp_path: Path) -> None:
    """An edited or lost date never makes an old export young."""
    folder = make_fleet(tmp_path)
    settings = folder / "exports/active/GlobalSettings/MV.xml"
    text = settings.read_text("utf-8")
    assert "export-date='2026-11-20 10:00:00.000'" in text
    settings.write_text(text.replace("export-date='2026-11-20 10:00:00.000'", f"export-date='{date}'"), "utf-8")

    assert code == check_fleet(folder, "--max-age", "P5D", policies=("own.yaml",)).code


def _each_source(told: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for fact in told["facts"].values():
        yield from [one for one in (fact.get("source"), *fact.get("also", ())) if one]


def without_key(key: str) -> Callable[[dict[str, Any]], None]:
    """Give the loss of *key* in the sources of all facts."""

    def lose(told: dict[str, Any]) -> None:
        for source in _each_source(told):
            source.pop(key, None)

    return lose


def without_place(told: dict[str, Any]) -> None:
    """Lose where every fact stands."""
    for key in ("file", "line", "column"):
        without_key(key)(told)


def without_source(told: dict[str, Any]) -> None:
    """Lose where every fact comes from."""
    for fact in told["facts"].values():
        fact.pop("source", None)


def without_dates(told: dict[str, Any]) -> None:
    """Lose the date of every source."""
    for source in told["sources"]:
        source.pop("date", None)


def from_the_inventory(told: dict[str, Any]) -> None:
    """Say that the facts are declared, which have no age."""
    for source in _each_source(told):
        source["format"] = "inventory"


AGELESS = [
    pytest.param(lambda _: None, id="nothing"),
    *(pytest.param(without_key(key), id=key) for key in ("file", "line", "column", "item", "format")),
    pytest.param(without_place, id="the place"),
    pytest.param(without_source, id="the source"),
    pytest.param(without_dates, id="the dates"),
    pytest.param(from_the_inventory, id="as if declared"),
    pytest.param(lambda told: told["sources"].clear(), id="every source"),
    pytest.param(lambda told: told.pop("sources"), id="the list of sources"),
    pytest.param(lambda told: told["facts"].pop("server.collected_at", None), id="the time of collection"),
]


@pytest.mark.parametrize("lose", AGELESS)
def test_f_b12_nothing_that_a_facts_document_loses_makes_it_young(
    lose: Callable[[dict[str, Any]], None], tmp_path: Path
) -> None:
    """An old export that was turned into a facts document stays old, whatever it no longer says of its sources."""
    folder = make_fleet(tmp_path)
    for server in ("active", "staging"):
        old(server)(folder)
    lines = run(folder, "facts", "exports", "-o", "ndjson", "--as-of", AS_OF).out.splitlines()
    told = [json.loads(line) for line in lines]
    for one in told:
        lose(one)
    (folder / "facts.ndjson").write_text("".join(json.dumps(one) + "\n" for one in told), "utf-8")

    assert 4 == check_fleet(folder, "--max-age", "P5D", policies=("own.yaml",), facts="facts.ndjson").code
