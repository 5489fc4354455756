"""Facts come one server at a time, and what is hashed is what is evaluated."""

from __future__ import annotations

import gc
import json
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest

from checker.acquire.exports import Acquired, acquire
from checker.acquire.survey import Survey, survey
from checker.model.facts import Known, Reason, Unknown
from checker.model.inventory import Inventory
from tests.acquire.made_fleet import (
    CONTOSO,
    CONTOSO_ID,
    FABRIKAM,
    SUSPENDED,
    VERSION,
    around,
    document,
    expected,
    export,
    inventory,
    of_tenant,
    reasons,
    said,
    write,
)
from tests.running import EXPORTS

NOTHING_KEPT, EVERYTHING_KEPT = 0, 1 << 40


def surveyed(folder: Path, *named: str, budget: int = NOTHING_KEPT, expects: Inventory | None = None, stdin: bytes = b"") -> Survey:  # fmt: skip
    """Survey what lies in *folder*, of which nothing is kept unless *budget* says so."""
    return survey(
        named or ["."], server=None, surroundings=around(folder, stdin), inventory=expects, budget=budget
    )  # fmt: skip


def all_of(found: Survey) -> Acquired:
    """Give everything at once."""
    return Acquired(
        fact_sets=tuple(found.fact_sets()),
        population=found.population,
        files_not_understood=found.files_not_understood,
        diagnostics=found.diagnostics,
        portable=found.portable,
        tenants=found.tenants,
    )


@pytest.mark.parametrize(
    "export_",
    ["v2-compliant", "v1-legacy", "fleet", "cmdlets", "policy-json", "query", ""],
    ids=lambda one: one or "all",
)
@pytest.mark.parametrize("budget", [NOTHING_KEPT, 20_000])
def test_what_is_read_again_says_the_same(export_: str, budget: int) -> None:
    """Whether a file is kept or read again makes no difference to anything: for every kind of source."""
    path = str(EXPORTS / export_)

    assert acquire([path], server=None, surroundings=around(EXPORTS)) == all_of(surveyed(EXPORTS, path, budget=budget))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_documents_of_one_file_are_read_one_by_one(tmp_path: Path, encoding: str) -> None:
    """Each by the bytes of its line, with blank lines between them and letters of any length in them."""
    lines = [
        json.dumps(
            document(f"SYNC{number}", features__sign_on_method="\u0a0d\U0001f512" * number or "x"), ensure_ascii=False
        )
        for number in range(12)
    ]
    (tmp_path / "fleet.ndjson").write_bytes("\r\n\n".join([*lines, ""]).encode(encoding))

    streamed = all_of(surveyed(tmp_path))

    assert acquire(["."], server=None, surroundings=around(tmp_path)) == streamed
    assert sorted(f"SYNC{number}" for number in range(12)) == [one.server for one in streamed.fact_sets]
    places = [one[VERSION] for one in streamed.fact_sets]
    lines_ = sorted(one.source.location.line for one in places if isinstance(one, Known) and one.source.location)
    assert list(range(1, 25, 2)) == lines_


def test_standard_input_can_be_read_again(tmp_path: Path) -> None:
    """It is held, for it flows only once."""
    fleet = b"\n".join(json.dumps(document(name)).encode() for name in ("SYNC01", "SYNC02"))

    found = surveyed(tmp_path, "-", stdin=fleet)

    assert ["SYNC01", "SYNC02"] == [one.server for one in found.fact_sets()]
    assert {"2.6.91.0"} == {said(one[VERSION]) for one in found.fact_sets()}


def test_all_but_the_facts_is_known_beforehand(tmp_path: Path) -> None:
    """The servers, their tenants and what is wrong with the files do not wait for the facts."""
    write(tmp_path / "a.json", document("SYNC01", **of_tenant(CONTOSO)))
    write(tmp_path / "b.json", document("SYNC02"))
    (tmp_path / "notes.md").write_text("Notes.")

    found = surveyed(tmp_path, expects=inventory(expected("sync01", CONTOSO), expected("sync03")))

    assert ("sync01", "sync03") == found.servers
    assert (("sync03",), ("SYNC02",)) == (found.population.missing, found.population.unexpected)
    assert (CONTOSO, "", "") == tuple(map(found.tenant_of, ("sync01", "sync03", "sync99")))
    assert ["notes.md"] == [one.path for one in found.files_not_understood]
    assert 1 == len(found.diagnostics)


def test_servers_may_be_left_out(tmp_path: Path) -> None:
    """What nobody asks for is not read again."""
    path = write(tmp_path / "a.json", document("SYNC01"))
    write(tmp_path / "b.json", document("SYNC02"))
    found = surveyed(tmp_path)
    path.unlink()

    assert [("SYNC02", "2.6.91.0")] == [(one.server, said(one[VERSION])) for one in found.fact_sets({"SYNC02"})]
    assert () == found.diagnostics


Change = Callable[[Path], object]
CHANGES = [
    pytest.param(
        lambda path: path.write_bytes(path.read_bytes().replace(b"2.5.79.0", b"2.6.91.0")), id="another value"
    ),
    pytest.param(lambda path: path.write_bytes(path.read_bytes() + b" "), id="a blank more"),
    pytest.param(lambda path: path.write_bytes(path.read_bytes()[:-9]), id="cut off"),
    pytest.param(lambda path: path.write_bytes(b""), id="emptied"),
    pytest.param(lambda path: path.write_bytes(b"\xff" * 99), id="no text any more"),
    pytest.param(lambda path: path.unlink(), id="gone"),
    pytest.param(lambda path: (path.unlink(), path.mkdir()), id="a folder now"),
]


@pytest.mark.parametrize("change", CHANGES)
def test_f_h07_a_file_that_changes_between_two_readings_decides_nothing(tmp_path: Path, change: Change) -> None:
    """What was looked at is not what would be evaluated: every fact is unknown, and the run is incomplete."""
    path = write(tmp_path / "a.json", document("SYNC01", "2.5.79.0"))
    write(tmp_path / "b.json", document("SYNC02"))
    found = surveyed(tmp_path)
    change(path)

    first, second = found.fact_sets()

    assert ({"conflicting"}, "2.6.91.0") == (reasons(first), said(second[VERSION]))
    [diagnostic] = found.diagnostics
    assert diagnostic.incomplete
    assert "'a.json' was changed during the run" in diagnostic.message


@pytest.mark.parametrize("change", CHANGES[1:])
@pytest.mark.parametrize("part", ["GlobalSettings/MV.xml", "SynchronizationRules", "adsync.reg"])
def test_f_h07_any_part_of_an_export_counts(tmp_path: Path, change: Change, part: str) -> None:
    """The rules of which a first look sees only whose they are, and the registry, as well as the rest."""
    path = export(tmp_path / "a", "SYNC01") / part
    found = surveyed(tmp_path)
    change(path if path.is_file() else sorted(path.iterdir())[3])

    [facts] = found.fact_sets()

    assert {"conflicting"} == reasons(facts)
    assert 1 == len(found.diagnostics)


def test_f_h07_a_line_that_changes_is_of_its_server_alone(tmp_path: Path) -> None:
    """The documents of one file stand for themselves."""
    path = write(tmp_path / "fleet.ndjson", *(document(f"SYNC0{number}", "2.5.79.0") for number in range(3)))
    found = surveyed(tmp_path)
    content = bytearray(path.read_bytes())
    at = content.rindex(b"2.5.79.0")
    content[at : at + 8] = b"2.6.91.0"
    path.write_bytes(content)

    assert ["2.5.79.0", "2.5.79.0", "conflicting"] == [said(one[VERSION]) for one in found.fact_sets()]


def test_f_h07_what_is_kept_is_read_once(tmp_path: Path) -> None:
    """A small run does not notice what happens to a file after it was read."""
    path = write(tmp_path / "a.json", document("SYNC01"))
    found = surveyed(tmp_path, budget=EVERYTHING_KEPT)
    path.unlink()

    assert ["2.6.91.0"] == [said(one[VERSION]) for one in found.fact_sets()]


def test_f_h07_what_is_declared_does_not_count_either(tmp_path: Path) -> None:
    """Nothing of such a server is known."""
    path = write(tmp_path / "a.json", document("SYNC01"))
    found = surveyed(tmp_path, expects=inventory(expected("sync01", server__role="active")))
    path.unlink()

    [facts] = found.fact_sets()

    role = facts["server.role"]
    assert isinstance(role, Unknown)
    assert Reason.CONFLICTING is role.reason


def peak(folder: Path) -> int:
    """Give the most memory that reading and dropping all facts takes."""
    gc.collect()
    tracemalloc.start()
    try:
        assert all(isinstance(one[VERSION], Known) for one in surveyed(folder).fact_sets())
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_memory_does_not_grow_with_the_bytes_of_the_sources(tmp_path: Path) -> None:
    """Forty servers with a twentyfold of records need not even half as much again."""
    record = {"name": "Microsoft.Parameter", "value": "x" * 100}
    for folder, many in (("lean", 5), ("fat", 100)):
        for number in range(40):
            told = document(f"SYNC{number:02}", server__global_parameters=[record] * many)
            write(tmp_path / folder / f"{number}.json", told)
    peak(tmp_path / "lean")  # what is imported and compiled once

    lean, fat = peak(tmp_path / "lean"), peak(tmp_path / "fat")

    one_fat_server = 100 * 2_000
    assert fat < lean * 1.5 + one_fat_server


TENANTS = [
    pytest.param([of_tenant(CONTOSO)], [CONTOSO], id="a domain"),
    pytest.param([of_tenant("", CONTOSO_ID)], [CONTOSO_ID], id="an identifier"),
    pytest.param([of_tenant(CONTOSO, CONTOSO_ID)], [CONTOSO_ID], id="both"),
    pytest.param([{}], [""], id="nothing"),
    pytest.param([of_tenant(CONTOSO), of_tenant(FABRIKAM), {}], [CONTOSO, FABRIKAM, ""], id="two tenants, and a server that does not say"),
    pytest.param(
        [of_tenant(CONTOSO), of_tenant("", CONTOSO_ID), of_tenant(CONTOSO, CONTOSO_ID)],
        [CONTOSO_ID, CONTOSO_ID, CONTOSO_ID],
        id="one server brings domain and identifier together",
    ),
    pytest.param([of_tenant(CONTOSO), of_tenant("", CONTOSO_ID)], [CONTOSO, ""], id="they may be one"),
    pytest.param(
        [{**of_tenant(CONTOSO), "tenant__connector_name": f"{FABRIKAM} - AAD"}], [""], id="a server that disagrees with itself"
    ),
]  # fmt: skip


@pytest.mark.parametrize(("told", "tenants"), TENANTS)
def test_without_an_inventory_the_tenant_is_what_the_files_tell(
    tmp_path: Path, told: list[dict[str, object]], tenants: list[str]
) -> None:
    """Two servers of one tenant are never taken for two tenants with one server each."""
    for number, facts in enumerate(told):
        write(tmp_path / f"{number}.json", document(f"SYNC0{number}", **facts))

    assert tenants == [surveyed(tmp_path).tenant_of(f"SYNC0{number}") for number in range(len(told))]


def test_an_export_folder_tells_its_tenant(tmp_path: Path) -> None:
    """By its Entra connector."""
    export(tmp_path / "a", "SYNC01")

    assert {"SYNC01": CONTOSO} == surveyed(tmp_path).tenants


@pytest.mark.parametrize(
    ("declared", "told", "tenants"),
    [
        pytest.param([CONTOSO, CONTOSO.upper()], [{}, {}], [CONTOSO.upper()] * 2, id="letter case"),
        pytest.param(["", CONTOSO], [of_tenant(FABRIKAM), {}], ["", CONTOSO], id="what is not declared is unknown"),
        pytest.param(
            [CONTOSO_ID, CONTOSO], [of_tenant(CONTOSO), {}], [CONTOSO, CONTOSO], id="brought together by files"
        ),
        pytest.param(
            [CONTOSO_ID, CONTOSO], [{}, of_tenant("", CONTOSO_ID)], [CONTOSO, CONTOSO], id="the other way round"
        ),
        pytest.param([CONTOSO_ID, CONTOSO], [{}, {}], ["", CONTOSO], id="they may be one"),
        pytest.param([CONTOSO_ID, FABRIKAM], [of_tenant(CONTOSO), {}], [CONTOSO_ID, FABRIKAM], id="they are two"),
        pytest.param([CONTOSO_ID, CONTOSO_ID], [{}, {}], [CONTOSO_ID, CONTOSO_ID], id="identifiers alone"),
    ],
)
def test_with_an_inventory_the_tenant_is_what_is_declared(
    tmp_path: Path, declared: list[str], told: list[dict[str, object]], tenants: list[str]
) -> None:
    """One tenant that is declared in two ways is never taken for two."""
    for number, facts in enumerate(told):
        write(tmp_path / f"{number}.json", document(f"SYNC0{number}", **facts))
    servers = [expected(f"sync0{number}", tenant) for number, tenant in enumerate(declared)]

    found = surveyed(tmp_path, expects=inventory(*servers))

    assert tenants == [found.tenants[f"sync0{number}"] for number in range(len(declared))]


def test_a_tenant_in_doubt_is_said(tmp_path: Path) -> None:
    """Without it a fleet rule would only say that it does not know."""
    write(tmp_path / "a.json", document("SYNC01"))
    write(tmp_path / "b.json", document("SYNC02"))

    found = surveyed(tmp_path, expects=inventory(expected("sync01", CONTOSO_ID), expected("sync02", CONTOSO)))

    [diagnostic] = found.diagnostics
    assert not diagnostic.incomplete
    assert "('sync01')" in diagnostic.message


def test_facts_of_a_suspended_server_survive_the_first_look(tmp_path: Path) -> None:
    """An outline is never evaluated in place of the whole."""
    write(tmp_path / "a.json", document("SYNC01", scheduler__suspended=True))

    assert ["True"] == [said(one[SUSPENDED]) for one in surveyed(tmp_path).fact_sets()]
