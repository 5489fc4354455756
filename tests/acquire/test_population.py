"""Whose the facts are where an inventory says which servers there should be."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

import pytest

from checker.acquire.exports import acquire
from checker.model.catalogue import CATALOGUE
from checker.model.facts import Known, SourceFormat, Unknown
from checker.model.inventory import ExpectedServer
from checker.model.result import Population
from checker.model.version import Version
from tests.acquire.made_fleet import (
    CONTOSO,
    CONTOSO_ID,
    FABRIKAM,
    FABRIKAM_ID,
    SUSPENDED,
    VERSION,
    acquired,
    around,
    document,
    expected,
    export,
    facts_of,
    inventory,
    of_tenant,
    reasons,
    said,
    words,
    write,
)


def incomplete(folder: Path, *servers: ExpectedServer, server: str | None = None) -> list[str]:
    """Give the sentences that make the run incomplete."""
    return [one.message for one in acquired(folder, *servers, server=server).diagnostics if one.incomplete]


def test_servers_are_called_as_the_inventory_calls_them(tmp_path: Path) -> None:
    """Reports, fleet rules and waivers use one name, whatever the files say."""
    write(tmp_path / "a.json", document("SYNC01"))

    found = acquired(tmp_path, expected("sync01.contoso.com"))

    assert {"sync01.contoso.com": "2.6.91.0"} == words(found)
    assert "sync01.contoso.com" == said(facts_of(found)["sync01.contoso.com"]["server.name"])
    assert () == found.diagnostics
    assert Population(
        expected=("sync01.contoso.com",), received=("sync01.contoso.com",), inventory=True
    ) == found.population  # fmt: skip


def test_f_a06_t27_an_expected_server_without_facts_is_a_row_of_errors(tmp_path: Path) -> None:
    """Three servers are expected and two arrive: the third is missing, and no fact of it is known."""
    write(tmp_path / "a.json", document("SYNC01"))
    write(tmp_path / "b.json", document("SYNC02"))

    found = acquired(tmp_path, expected("sync01"), expected("sync02"), expected("sync03"))

    assert ("sync03",) == found.population.missing
    assert ("sync01", "sync02") == found.population.received
    assert ("sync01", "sync02", "sync03") == found.population.expected
    assert {"no_data"} == reasons(facts_of(found)["sync03"])
    assert set(CATALOGUE) == set(facts_of(found)["sync03"].facts)


def test_f_a06_an_inventory_without_any_facts_is_all_errors(tmp_path: Path) -> None:
    """An empty folder is no small fleet."""
    found = acquired(tmp_path, expected("sync01"))

    assert {"sync01": "no_data"} == words(found)
    assert ("sync01",) == found.population.missing


def test_what_is_declared_of_a_missing_server_is_known(tmp_path: Path) -> None:
    """Its role is no observation, and does not need one."""
    found = acquired(tmp_path, expected("sync01", server__role="staging"))

    assert "staging" == said(facts_of(found)["sync01"]["server.role"])
    assert {"known", "no_data"} == reasons(facts_of(found)["sync01"])


def test_f_a07_t28_a_server_that_is_not_expected_is_told_and_no_row(tmp_path: Path) -> None:
    """A fourth server arrives: it is named with its file, the run is incomplete, and the matrix has no row of it."""
    write(tmp_path / "a.json", document("SYNC01"))
    write(tmp_path / "z.json", document("SYNC09"))

    found = acquired(tmp_path, expected("sync01"))

    assert ("SYNC09",) == found.population.unexpected
    assert {"sync01": "2.6.91.0"} == words(found)
    [diagnostic] = found.diagnostics
    assert diagnostic.incomplete
    assert "'SYNC09', in 'z.json'" in diagnostic.message
    assert diagnostic.location is not None
    assert "z.json" == diagnostic.location.file


@pytest.mark.parametrize(
    ("first", "second", "places"),
    [
        pytest.param("a/facts.json", "b/facts.json", ("a/facts.json", "b/facts.json"), id="two documents"),
        pytest.param("a/one.json", "a/two.json", ("a/one.json", "a/two.json"), id="in one folder"),
    ],
)
def test_f_a08_t26_two_documents_of_one_server_decide_nothing(
    tmp_path: Path, first: str, second: str, places: tuple[str, str]
) -> None:
    """Neither the first nor the last wins: every fact is a duplicate, with both places and digests."""
    write(tmp_path / first, document("SYNC01"))
    write(tmp_path / second, document("sync01", scheduler__suspended=True))

    found = acquired(tmp_path, expected("sync01", server__role="active"))

    assert {"duplicate"} == reasons(facts_of(found)["sync01"])
    fact = facts_of(found)["sync01"][VERSION]
    assert isinstance(fact, Unknown)
    assert places == tuple(source.location.file for source in fact.sources if source.location)
    assert 2 == fact.detail.count("SHA-256 ")
    [diagnostic] = found.diagnostics
    assert diagnostic.incomplete
    assert () == found.population.missing


def test_f_a08_t26_two_export_folders_of_one_server_decide_nothing(tmp_path: Path) -> None:
    """Also where they differ in nothing that a rule asks for: one of them is old, and nobody knows which."""
    export(tmp_path / "monday", "SYNC01")
    export(tmp_path / "friday", "SYNC01")
    settings = tmp_path / "friday" / "GlobalSettings" / "MV.xml"
    settings.write_text(settings.read_text("utf-8") + "\n", "utf-8")

    assert {"duplicate"} == reasons(facts_of(acquired(tmp_path, expected("sync01")))["sync01"])


def test_a08_the_digest_of_a_duplicate_is_that_of_its_file(tmp_path: Path) -> None:
    """So that a person finds with `sha256sum` which file was meant."""
    paths = [write(tmp_path / name, document("SYNC01", version)) for name, version in (("a.json", "2.6.91.0"), ("b.json", "2.5.79.0"))]  # fmt: skip

    [told] = incomplete(tmp_path, expected("sync01"))

    assert all(f"'{path.name}' (SHA-256 {sha256(path)})" in told for path in paths)


def sha256(path: Path) -> str:
    """Give the digest of a file, read here once more."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_a08_the_same_content_twice_counts_once(tmp_path: Path) -> None:
    """A copy of a folder, or of a document, is no second opinion; it is listed as a copy."""
    export(tmp_path / "monday", "SYNC01")
    shutil.copytree(tmp_path / "monday", tmp_path / "tuesday")
    write(tmp_path / "a.json", document("SYNC02"))
    shutil.copy(tmp_path / "a.json", tmp_path / "b.json")

    found = acquired(tmp_path, expected("sync01"), expected("sync02"))

    assert () == found.diagnostics
    assert {"sync01": "False", "sync02": "False"} == words(found, SUSPENDED)
    copies = [(one.path, one.files) for server in found.fact_sets for one in server.sources if "copy" in one.assignment]
    assert [("tuesday", 13), ("b.json", 1)] == copies


def test_a08_copies_are_bytes_and_not_values(tmp_path: Path) -> None:
    """Another blank makes another file: whether it says the same is not asked."""
    path = write(tmp_path / "a.json", document("SYNC01"))
    (tmp_path / "b.json").write_bytes(path.read_bytes().replace(b": ", b":  "))

    assert {"duplicate"} == reasons(facts_of(acquired(tmp_path, expected("sync01")))["sync01"])


def test_files_that_cannot_be_read_are_no_copies_of_each_other(tmp_path: Path) -> None:
    """Two broken rule files leave two exports in doubt, not one."""
    for name in ("monday", "friday"):
        export(tmp_path / name, "SYNC01")
        next((tmp_path / name / "SynchronizationRules").iterdir()).write_bytes(name.encode())

    assert {"duplicate"} == reasons(facts_of(acquired(tmp_path, expected("sync01")))["sync01"])


def test_a08_synchronization_policies_of_one_server_supersede_each_other(tmp_path: Path) -> None:
    """The product writes one after the other into one folder: the newest counts, as ever."""
    text = (
        '{{"policyMetadata": {{"type": "exported", "timeCreated": "2026-11-{day}T10:00:00Z", "azureADConnectVersion": '
        '"{version}", "policySchemaVersion": "1.0"}}, "deploymentMetadata": {{"hostName": "SYNC01"}}}}'
    )
    (tmp_path / "Applied-1.json").write_text(text.format(day="01", version="2.5.79.0"))
    (tmp_path / "Applied-2.json").write_text(text.format(day="02", version="2.6.91.0"))

    assert {"sync01": "2.6.91.0"} == words(acquired(tmp_path, expected("sync01")))


def test_files_that_complete_each_other_are_no_duplicates(tmp_path: Path) -> None:
    """An export folder, its registry export and a facts document of one server are one description."""
    export(tmp_path / "sync01", "SYNC01")
    write(tmp_path / "events.json", document("SYNC01", events__dn_attributes_failures=0, scheduler__suspended=False))

    found = acquired(tmp_path, expected("sync01"))

    assert {"sync01": "0"} == words(found, "events.dn_attributes_failures")
    assert () == found.diagnostics


FULL_WIDTH = "\uff33\uff39\uff2e\uff23\uff10\uff11"
NAMES = [
    pytest.param("SYNC01", "sync01", id="letter case"),
    pytest.param("AaDcSyNcEu", "aADCsYNCeU", id="letter case of ten letters"),
    pytest.param("sync01.contoso.com", "SYNC01", id="a long name in the file"),
    pytest.param("SYNC01", "sync01.contoso.com", id="a long name in the inventory"),
    pytest.param("SYNC01.CONTOSO.COM", "sync01.contoso.com", id="both are long"),
    pytest.param("SYNC01.contoso.local", "sync01.contoso.com", id="two domains of one computer"),
    pytest.param("SYNC01.contoso.com.", "sync01.contoso.com", id="a full stop at the end"),
]


@pytest.mark.parametrize(("told", "name"), NAMES)
def test_f_a09_a_computer_is_known_by_its_first_label(tmp_path: Path, told: str, name: str) -> None:
    """Short or long, whatever the letter case: it is the same computer."""
    write(tmp_path / "a.json", document(told))

    found = acquired(tmp_path, expected(name))

    assert ({name: "2.6.91.0"}, ()) == (words(found), found.diagnostics)


@pytest.mark.parametrize(
    "told",
    [
        pytest.param(FULL_WIDTH, id="full-width letters"),
        pytest.param("SYNC\uff101", id="one full-width digit"),
        pytest.param(" SYNC01", id="a blank before it"),
        pytest.param("SYNC011", id="one letter more"),
        pytest.param("SYNC0", id="one letter less"),
        pytest.param("SYN\u042101", id="a Cyrillic letter"),
        pytest.param(".SYNC01", id="an empty label"),
    ],
)
def test_f_a09_a_name_that_only_looks_alike_is_another_computer(tmp_path: Path, told: str) -> None:
    """It is unexpected, and the expected one is missing; nothing is guessed."""
    write(tmp_path / "a.json", document(told))

    found = acquired(tmp_path, expected("sync01"))

    assert {"sync01": "no_data"} == words(found)
    assert ((told,), ("sync01",)) == (found.population.unexpected, found.population.missing)


def test_f_a09_a_full_width_name_is_told_apart_in_words(tmp_path: Path) -> None:
    """Printed, the two look alike, so the sentence says it."""
    write(tmp_path / "a.json", document(FULL_WIDTH))

    [told] = incomplete(tmp_path, expected("sync01"))

    assert "It is not 'sync01'" in told


def test_a_computer_may_be_called_otherwise_than_its_server(tmp_path: Path) -> None:
    """The inventory says so, where a name is longer than a computer name may be."""
    write(tmp_path / "a.json", document("SYNCHRONIZATION"))

    found = acquired(tmp_path, expected("synchronization-europe.contoso.com", computer="SYNCHRONIZATION"))

    assert {"synchronization-europe.contoso.com": "2.6.91.0"} == words(found)


TWO = (expected("eu.contoso.com", CONTOSO, computer="sync01"), expected("eu.fabrikam.com", FABRIKAM, computer="sync01"))


def test_two_tenants_may_have_computers_of_one_name(tmp_path: Path) -> None:
    """The tenant that the files tell decides whose they are."""
    export(tmp_path / "a", "SYNC01", CONTOSO)
    write(tmp_path / "b.json", document("SYNC01", "2.5.79.0", **of_tenant(FABRIKAM)))

    found = acquired(tmp_path, *TWO)

    assert {"eu.contoso.com": "2.6.91.0", "eu.fabrikam.com": "2.5.79.0"} == words(found)
    assert {"eu.contoso.com": CONTOSO, "eu.fabrikam.com": FABRIKAM} == found.tenants
    assert () == found.diagnostics


def test_a_registry_export_is_of_the_one_of_its_folder(tmp_path: Path) -> None:
    """It names its computer, not its tenant; beside it lies what does."""
    reg = '\ufeffWindows Registry Editor Version 5.00\r\n\r\n[HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Control\\ComputerName\\ComputerName]\r\n"ComputerName"="SYNC01"\r\n\r\n'
    for name, domain in (("a", CONTOSO), ("b", FABRIKAM)):
        write(tmp_path / name / "facts.json", document("SYNC01", **of_tenant(domain)))
        (tmp_path / name / "name.reg").write_bytes(reg.encode("utf-16-le"))

    found = acquired(tmp_path, *TWO)

    assert () == found.diagnostics
    assert {("facts", 1), ("registry", 1)} == {
        (one.format.value, one.files) for server in found.fact_sets for one in server.sources
    }


def test_a_file_that_may_be_of_either_tenant_is_of_none(tmp_path: Path) -> None:
    """Nothing is guessed: both servers are without data, and the file is named."""
    write(tmp_path / "a.json", document("SYNC01"))

    found = acquired(tmp_path, *TWO)

    assert {"eu.contoso.com": "no_data", "eu.fabrikam.com": "no_data"} == words(found)
    [diagnostic] = found.diagnostics
    assert "'a.json': It may be of several servers of one computer name" in diagnostic.message


def test_what_lies_beside_a_file_of_either_tenant_is_of_none(tmp_path: Path) -> None:
    """A file without a name is not given to a neighbour whose folder may hold another server."""
    write(tmp_path / "a.json", document("SYNC01"))
    write(tmp_path / "b.json", document("SYNC02"))
    (tmp_path / "scheduler.json").write_text('{"SyncCycleEnabled": true, "SchedulerSuspended": true}')

    found = acquired(tmp_path, *TWO, expected("sync02"))

    assert {"False"} == {words(found, SUSPENDED)["sync02"]}
    assert ["a.json", "scheduler.json"] == [one.location.file for one in found.diagnostics if one.location]


@pytest.mark.parametrize(
    ("declared", "told"),
    [
        pytest.param(CONTOSO, of_tenant(FABRIKAM), id="the account's domain"),
        pytest.param(CONTOSO, {"tenant__connector_name": f"{FABRIKAM} - AAD"}, id="the connector's name"),
        pytest.param(CONTOSO_ID, of_tenant("", FABRIKAM_ID), id="the identifier"),
        pytest.param(CONTOSO, {**of_tenant(CONTOSO), "tenant__connector_name": f"{FABRIKAM} - AAD"}, id="one of two"),
    ],
)
def test_f_b14_facts_of_another_tenant_are_of_another_server(
    tmp_path: Path, declared: str, told: dict[str, object]
) -> None:
    """A computer of the right name in the wrong tenant: no fact of it counts."""
    write(tmp_path / "a.json", document("SYNC01", **told))

    found = acquired(tmp_path, expected("sync01", declared, server__role="active"))

    assert {"identity"} == reasons(facts_of(found)["sync01"])
    assert ("SYNC01",) == found.population.unexpected
    assert () == found.population.missing


@pytest.mark.parametrize(
    ("declared", "told"),
    [
        pytest.param(CONTOSO, of_tenant(CONTOSO.upper()), id="letter case"),
        pytest.param(CONTOSO, of_tenant("", FABRIKAM_ID), id="an identifier says nothing of a domain"),
        pytest.param(CONTOSO_ID, of_tenant(FABRIKAM), id="a domain says nothing of an identifier"),
        pytest.param(CONTOSO_ID, of_tenant("", f"{{{CONTOSO_ID.upper()}}}"), id="an identifier in braces"),
        pytest.param("", of_tenant(FABRIKAM, FABRIKAM_ID), id="nothing is declared"),
        pytest.param(CONTOSO, {}, id="nothing is told"),
    ],
)
def test_tenants_are_compared_where_both_sides_know_one(tmp_path: Path, declared: str, told: dict[str, object]) -> None:
    """What is not known on one side speaks neither for nor against."""
    write(tmp_path / "a.json", document("SYNC01", **told))

    assert {"sync01": "2.6.91.0"} == words(acquired(tmp_path, expected("sync01", declared)))


def test_a_file_beside_that_tells_another_tenant_spoils_all(tmp_path: Path) -> None:
    """A dump of the connectors names no computer; it still says that the folder is of another tenant."""
    write(tmp_path / "sync01" / "a.json", document("SYNC01"))
    shutil.copy(
        Path(__file__).parents[1] / "exports/cmdlets/Get-ADSyncConnector-ps51-depth6.json",
        tmp_path / "sync01" / "connectors.json",
    )

    found = acquired(tmp_path, expected("sync01", CONTOSO))

    assert {"sync01": "identity"} == words(found)


def test_an_export_of_another_tenant_beside_the_right_one_is_unexpected(tmp_path: Path) -> None:
    """The two are told apart by their tenant, so the right one counts."""
    write(tmp_path / "a.json", document("SYNC01", **of_tenant(CONTOSO)))
    write(tmp_path / "b.json", document("SYNC01", "2.5.79.0", **of_tenant(FABRIKAM)))

    found = acquired(tmp_path, expected("sync01", CONTOSO))

    assert {"sync01": "2.6.91.0"} == words(found)
    assert ("SYNC01",) == found.population.unexpected


@pytest.mark.parametrize(
    "place",
    [
        pytest.param("sync-a.json", id="a file"),
        pytest.param("SYNC-A.contoso.com.json", id="a file with a long name"),
        pytest.param("sync-a/facts.json", id="a folder"),
        pytest.param("Sync-A.contoso.com/2026-11-22/facts.json", id="a folder further up"),
    ],
)
def test_f_b14_t25_facts_of_b_under_the_name_of_a_count_for_neither(tmp_path: Path, place: str) -> None:
    """The file was renamed, or lies in the wrong folder: A has none of its own, and B's are in doubt."""
    write(tmp_path / place, document("SYNC-B"))

    found = acquired(tmp_path, expected("sync-a.contoso.com"), expected("sync-b.contoso.com"))

    assert [{"identity"}, {"identity"}] == [reasons(one) for one in found.fact_sets]
    assert 2 == sum(one.incomplete for one in found.diagnostics)


def test_f_b14_t25_facts_of_an_unexpected_server_under_the_name_of_an_expected_one(tmp_path: Path) -> None:
    """The expected one is in doubt, and the other is reported."""
    export(tmp_path / "sync-a", "SYNC-Z")

    found = acquired(tmp_path, expected("sync-a"))

    assert {"sync-a": "identity"} == words(found)
    assert ("SYNC-Z",) == found.population.unexpected


def test_b14_the_nearest_name_counts(tmp_path: Path) -> None:
    """A server that collects for all keeps a folder for each: the folder says whose it is."""
    write(tmp_path / "sync-a" / "sync-b" / "facts.json", document("SYNC-B"))
    write(tmp_path / "sync-a" / "sync-a" / "facts.json", document("SYNC-A"))

    found = acquired(tmp_path, expected("sync-a"), expected("sync-b"))

    assert ({"sync-a": "2.6.91.0", "sync-b": "2.6.91.0"}, ()) == (words(found), found.diagnostics)


def test_b14_the_folder_that_was_named_counts(tmp_path: Path) -> None:
    """Also the name of the folder on the command line says whose facts a person expects there."""
    write(tmp_path / "sync-a" / "facts.json", document("SYNC-B"))

    found = acquired(tmp_path, expected("sync-a"), expected("sync-b"), facts="sync-a")

    assert {"sync-a": "identity", "sync-b": "identity"} == words(found)


def test_b14_a_folder_is_no_identity(tmp_path: Path) -> None:
    """Files that name no server are of none, however their folder is called."""
    export(tmp_path / "sync01", "SYNC01")
    (tmp_path / "sync01" / "GlobalSettings" / "MV.xml").unlink()

    found = acquired(tmp_path, expected("sync01"))

    assert {"sync01": "no_data"} == words(found)
    assert ("sync01",) == found.population.missing


def test_b14_a_file_named_like_another_server_is_not_taken_by_a_folder(tmp_path: Path) -> None:
    """What lies beside B and is called like A is neither's."""
    write(tmp_path / "fleet" / "facts.json", document("SYNC-B"))
    (tmp_path / "fleet" / "sync-a.json").write_text('{"SyncCycleEnabled": true, "SchedulerSuspended": false}')

    found = acquired(tmp_path, expected("sync-a"), expected("sync-b"))

    assert {"sync-a": "identity", "sync-b": "identity"} == words(found)


def test_the_names_of_an_exports_own_parts_are_no_servers(tmp_path: Path) -> None:
    """A server that is called like a file of the product does not own it."""
    export(tmp_path / "a", "SYNC01")

    found = acquired(tmp_path, expected("sync01"), expected("mv"), expected("connectors"))

    assert {"sync01": "2.6.91.0", "mv": "no_data", "connectors": "no_data"} == words(found)


def test_the_command_line_may_say_whose_unnamed_files_are(tmp_path: Path) -> None:
    """By the name of the inventory, or by the computer's."""
    export(tmp_path / "a", "SYNC01")
    (tmp_path / "a" / "GlobalSettings" / "MV.xml").unlink()

    for word in ("sync01.contoso.com", "SYNC01"):
        found = acquired(tmp_path, expected("sync01.contoso.com"), server=word)

        assert {"sync01.contoso.com": "2.6.91.0"} == words(found)


def test_the_command_line_cannot_add_a_server(tmp_path: Path) -> None:
    """A word that no expected server has makes an unexpected one."""
    export(tmp_path / "a", "SYNC01")
    (tmp_path / "a" / "GlobalSettings" / "MV.xml").unlink()

    found = acquired(tmp_path, expected("sync01"), server="SYNC09")

    assert {"sync01": "no_data"} == words(found)
    assert ("SYNC09",) == found.population.unexpected


def test_a_server_that_only_the_command_line_names_is_missed(tmp_path: Path) -> None:
    """No file belongs to it."""
    write(tmp_path / "a.json", document("SYNC01"))

    assert ["No file belongs to the server 'SYNC09' that --server names."] == incomplete(
        tmp_path, expected("sync01"), server="SYNC09"
    )


def test_a_file_for_itself_is_not_of_one_of_many(tmp_path: Path) -> None:
    """Without an inventory it would be of the only server of the run; with one there are more that it may be of."""
    write(tmp_path / "facts" / "a.json", document("SYNC01"))
    write(tmp_path / "dumps" / "none.json", {"SyncCycleEnabled": True, "SchedulerSuspended": True})

    def suspended(*names: str) -> str:
        found = acquire(
            ["facts", "dumps/none.json"],
            server=None,
            surroundings=around(tmp_path),
            inventory=inventory(*map(expected, names)),
        )
        return words(found, SUSPENDED)["sync01"]

    assert "conflicting" == suspended("sync01")
    assert "False" == suspended("sync01", "sync02")


@pytest.mark.parametrize(
    ("declared", "told", "expected_word"),
    [
        pytest.param("commercial", of_tenant(), "commercial", id="nothing is derived"),
        pytest.param(
            "commercial",
            {**of_tenant(CONTOSO), "tenant__connector_name": f"{CONTOSO} - AAD"},
            "commercial",
            id="both agree",
        ),
        pytest.param(
            "usgov",
            {**of_tenant(CONTOSO), "tenant__connector_name": f"{CONTOSO} - AAD"},
            "conflicting",
            id="they differ",
        ),
    ],
)
def test_declared_and_derived_must_agree(
    tmp_path: Path, declared: str, told: dict[str, object], expected_word: str
) -> None:
    """What the inventory declares is one more source, and no better than the others."""
    write(tmp_path / "a.json", document("SYNC01", **told))

    found = acquired(tmp_path, expected("sync01", tenant__cloud=declared))

    assert {"sync01": expected_word} == words(found, "tenant.cloud")


def test_the_inventory_is_a_source_with_its_place(tmp_path: Path) -> None:
    """A report points at the line that declares, and lists the file; it has no age."""
    write(tmp_path / "a.json", document("SYNC01"))

    [facts] = acquired(tmp_path, expected("sync01", server__role="active")).fact_sets

    role = facts["server.role"]
    assert isinstance(role, Known)
    assert (
        ("inventory.yaml", 3) == (role.source.location.file, role.source.location.line)
        if role.source.location
        else None
    )
    assert [("facts", "a.json"), ("inventory", "inventory.yaml")] == [
        (one.format.value, one.path) for one in facts.sources
    ]
    assert [None] == [one.date for one in facts.sources if one.format is SourceFormat.INVENTORY]


@pytest.mark.parametrize(
    ("version", "line", "expected_word"),
    [
        pytest.param("2.5.79.0", "2.5", "True", id="on the line"),
        pytest.param("2.50.1.0", "2.5", "False", id="2.50 is not 2.5"),
        pytest.param("2.5.79.0", "2.5.79.0", "True", id="the very version"),
        pytest.param("2.5.79.0", "2", "True", id="a line of one part"),
        pytest.param("2.5.79.0", "2.6", "False", id="the next line"),
        pytest.param("2.05.79.0", "2.5", "True", id="a leading zero"),
        pytest.param("2.5", "2.5.0", "ambiguous", id="too short to tell"),
        pytest.param("2.6", "2.5.0", "False", id="too short and another"),
    ],
)
def test_a_version_is_on_its_line_part_by_part(tmp_path: Path, version: str, line: str, expected_word: str) -> None:
    """Neither texts nor padded versions are compared."""
    write(tmp_path / "a.json", document("SYNC01", version))

    found = acquired(tmp_path, expected("sync01", product__expected_version_line=Version.parse(line)))

    assert {"sync01": expected_word} == words(found, "product.on_expected_version_line")


def test_without_a_line_nothing_is_said_of_it(tmp_path: Path) -> None:
    """No inventory, no expectation."""
    write(tmp_path / "a.json", document("SYNC01"))

    found = acquire(["."], server=None, surroundings=around(tmp_path))

    assert {"SYNC01": "not_in_source"} == words(found, "product.on_expected_version_line")


@pytest.mark.parametrize("name", ["../x", "/etc/passwd", "a/../../b", "..", "<stdin>", "sync\u202e01", "x" * 300])
def test_a_hostile_name_of_an_inventory_leads_nowhere(tmp_path: Path, name: str) -> None:
    """It is shown and compared, never used as a path; what leaves the machine has no way up."""
    write(tmp_path / "facts" / "a.json", document(name))
    (tmp_path / "work").mkdir()

    found = acquire(
        ["../facts"],
        server=None,
        surroundings=around(tmp_path / "work"),
        inventory=inventory(expected(name, computer=name), path="../inventory.yaml"),
    )

    assert [name] == [one.server for one in found.fact_sets]
    assert all(".." not in one.split("/") and not one.startswith("/") for one in found.portable.values())
    assert "inventory/inventory.yaml" == found.portable["../inventory.yaml"]


def test_the_order_of_an_inventory_does_not_count(tmp_path: Path) -> None:
    """Servers come by their names, and all is the same whatever comes first."""
    for number in range(4):
        write(tmp_path / f"{number}.json", document(f"SYNC0{number}"))
    servers = [expected(f"sync0{number}") for number in (2, 0, 5, 1)]

    assert acquired(tmp_path, *servers) == acquired(tmp_path, *reversed(servers))
    assert ["sync00", "sync01", "sync02", "sync05"] == [one.server for one in acquired(tmp_path, *servers).fact_sets]
