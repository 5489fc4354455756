"""Which server a file speaks of."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO

import pytest

from checker.acquire.assignment import assign, same_computer
from checker.acquire.paths import STDIN, InputFile
from checker.acquire.reading import Reading
from checker.model.facts import SourceFormat


def file(
    path: str, computer: str | None = None, *, root: str = "/work/exports", group: str = ""
) -> tuple[InputFile, Reading]:
    """Give a file below /work and what it says of its server."""
    name = path.removeprefix("/work/")
    found = InputFile(name=name, path=path, root=root, size=1, open=BytesIO)
    return found, Reading(
        format=SourceFormat.REGISTRY, path=name, computer=computer, group=group.removeprefix("/work/")
    )


def owners(*files: tuple[InputFile, Reading], server: str | None = None) -> dict[str, str]:
    """Give the server of each file by its path; `?` where it belongs to none."""
    assignment = assign(files, server=server)
    told = {one.reading.path: name for name, all_ in assignment.servers.items() for one in all_}
    return told | dict.fromkeys(assignment.ambiguous, "?")


A, B = "/work/exports/a", "/work/exports/b"


def test_a_file_belongs_to_the_one_server_of_its_folder() -> None:
    """A file without a name belongs to the server that a file beside or below it names."""
    told = owners(
        file(f"{A}/GlobalSettings/MV.xml", "SYNC01", group=A),
        file(f"{A}/SynchronizationRules/1.xml", group=A),
        file(f"{A}/adsync.reg"),
        file(f"{B}/GlobalSettings/MV.xml", "SYNC02", group=B),
        file(f"{B}/SynchronizationRules/1.xml", group=B),
    )

    assert {
        "exports/a/GlobalSettings/MV.xml": "SYNC01",
        "exports/a/SynchronizationRules/1.xml": "SYNC01",
        "exports/a/adsync.reg": "SYNC01",
        "exports/b/GlobalSettings/MV.xml": "SYNC02",
        "exports/b/SynchronizationRules/1.xml": "SYNC02",
    } == told


@pytest.mark.parametrize(("server", "expected"), [(None, "?"), ("SYNC02", "SYNC02"), ("sync02", "SYNC02")])
def test_between_two_servers_only_the_command_line_decides(server: str | None, expected: str) -> None:
    """With two servers in its folder a file is ambiguous, unless --server says whose it is."""
    told = owners(
        file(f"{A}/MV.xml", "SYNC01"), file(f"{B}/MV.xml", "SYNC02"), file("/work/exports/adsync.reg"), server=server
    )

    assert expected == told["exports/adsync.reg"]


@pytest.mark.parametrize(
    "path",
    [
        pytest.param("/other/adsync.reg", id="another argument"),
        pytest.param(f"{B}/adsync.reg", id="a neighbouring folder"),
        pytest.param(f"{B}/SynchronizationRules/1.xml", id="a neighbouring export that lost its name"),
    ],
)
def test_a_neighbour_is_never_adopted(path: str) -> None:
    """A file that lies apart may well be of another server, also where there is only one that is named."""
    group = B if "Rules" in path else ""

    told = owners(file(f"{A}/GlobalSettings/MV.xml", "SYNC01", group=A), file(path, group=group))

    assert "?" == told[path.removeprefix("/work/")]


@pytest.mark.parametrize(("others", "expected"), [([], "SYNC01"), (["SYNC02"], "?")], ids=["one server", "two"])
def test_a_file_that_is_named_for_itself_is_of_the_only_server(others: list[str], expected: str) -> None:
    """Whoever names an export and one more file means the file to be of that server; of two, nobody knows which."""
    apart, reading = file("/other/adsync.reg")
    named = [file(f"/work/exports/{name}/MV.xml", name) for name in ("SYNC01", *others)]

    told = owners(*named, (replace(apart, named=True), reading))

    assert expected == told["/other/adsync.reg"]


def test_a_file_within_an_export_is_of_its_server() -> None:
    """At whatever depth of the export it lies."""
    told = owners(file(f"{A}/GlobalSettings/MV.xml", "SYNC01", group=A), file(f"{A}/more/dumps/scheduler.json"))

    assert "SYNC01" == told["exports/a/more/dumps/scheduler.json"]


def test_the_hives_of_a_support_bundle_are_of_the_configuration_beside_them() -> None:
    """A bundle keeps its registry exports in CONFIG/GENERAL and the configuration in CONFIG/MEC."""
    told = owners(
        file(f"{A}/CONFIG/MEC/GlobalSettings/MV.xml", "SYNC01", group=f"{A}/CONFIG/MEC"),
        file(f"{A}/CONFIG/GENERAL/REG_HKLM_SYSTEM_Hive.log"),
    )

    assert {"SYNC01"} == set(told.values())


def test_the_command_line_owns_what_lies_apart() -> None:
    """--server outranks the guess that the only server of the run is meant."""
    told = owners(file(f"{A}/MV.xml", "SYNC01", root=A), file("/other/a.reg", root="/other"), server="SYNC09")

    assert told["/other/a.reg"] == "SYNC09"


def test_one_export_without_a_name_is_one_server() -> None:
    """Where nothing names a server, the parts of one export are of one server, called unnamed."""
    told = owners(
        file(f"{A}/Connectors/1.xml", group=A),
        file(f"{A}/SynchronizationRules/1.xml", group=A),
        file(f"{A}/adsync.reg"),
    )

    assert {"unnamed"} == set(told.values())


def test_one_export_without_a_name_in_the_working_directory() -> None:
    """The same where the export is the working directory, whose name a person does not write."""
    parts = ["Connectors/1.xml", "SynchronizationRules/1.xml"]
    files = [InputFile(name=one, path=f"{A}/{one}", root=A, size=1, open=BytesIO) for one in parts]
    readings = [Reading(format=SourceFormat.SERVER_CONFIGURATION, path=one.name, group=".") for one in files]

    told = owners(*zip(files, readings, strict=True))

    assert {"unnamed"} == set(told.values())


def test_folders_without_a_name_are_not_thrown_together() -> None:
    """Two exports that name no server may be of two servers, and together they would tell a lie."""
    told = owners(file(f"{A}/adsync.reg"), file(f"{B}/scheduler.json"))

    assert {"?"} == set(told.values())


@pytest.mark.parametrize(
    ("others", "server", "expected"),
    [
        pytest.param([], None, "SYNC01", id="the only server"),
        pytest.param(["SYNC02"], None, "?", id="one of two"),
        pytest.param(["SYNC02"], "SYNC02", "SYNC02", id="as the command line says"),
    ],
)
def test_standard_input_has_no_folder(others: list[str], server: str | None, expected: str) -> None:
    """Standard input belongs to the only server of the run, or to the one that the command line names."""
    stdin = InputFile(name=STDIN, path=STDIN, root=STDIN, size=1, named=True, open=BytesIO)
    named = [file(f"/work/exports/{name}/MV.xml", name) for name in ("SYNC01", *others)]

    told = owners(*named, (stdin, Reading(format=SourceFormat.QUERY, path=STDIN)), server=server)

    assert expected == told[STDIN]


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        pytest.param(["SYNC01", "sync01"], 1, id="letter case"),
        pytest.param(["SYNC01", "sync01.fabrikam.com"], 1, id="the short name of one"),
        pytest.param(["SYNC01", "sync01.a.com", "sync01.b.com"], 3, id="the short name of two"),
        pytest.param(["SYNC01", "SYNC011"], 2, id="a name that starts alike"),
    ],
)
def test_names_of_one_computer_are_one_server(names: list[str], expected: int) -> None:
    """Letter case does not count, and a short name is the long one where there is only one."""
    assert expected == len(set(same_computer(names).values()))
