"""What becomes of all that was read of one server."""

from __future__ import annotations

import re
import shutil
from datetime import UTC, date, datetime
from io import BytesIO
from pathlib import Path

import pytest

from checker.acquire.exports import Surroundings, acquire
from checker.model.facts import Absent, Fact, FactSet, Known, Reason, Unknown
from checker.model.support import SupportTable
from tests.acquire.made_fleet import document, write
from tests.running import EXPORTS

NO_TABLE = SupportTable(as_of=date(2026, 1, 1), source="none", path="none", rows=())


def fact_set(path: Path, server: str | None = None) -> FactSet:
    """Give the facts of the one server in *path*."""
    around = Surroundings(folder=path, stdin=BytesIO, now=datetime(2026, 11, 22, tzinfo=UTC), support=NO_TABLE)
    [only] = acquire(["."], server=server, surroundings=around).fact_sets
    return only


@pytest.fixture
def export(tmp_path: Path) -> Path:
    """Give a copy of the compliant export."""
    return Path(shutil.copytree(EXPORTS / "v2-compliant", tmp_path / "export"))


def reason(fact: Fact) -> Reason | None:
    """Give why a fact is unknown."""
    return fact.reason if isinstance(fact, Unknown) else None


def policy_file(folder: Path, name: str, version: str, created: str) -> None:
    """Write a synchronization policy with nothing but its metadata."""
    (folder / name).write_text(
        f'{{"policyMetadata": {{"type": "exported", "timeCreated": "{created}", "azureADConnectVersion": "{version}",'
        f' "policySchemaVersion": "1.0"}}, "deploymentMetadata": {{"hostName": "SYNC01-SYNTHETIC"}}}}'
    )


def test_sources_of_one_server_complete_each_other(export: Path) -> None:
    """The registry tells the import version, the folder the rest, and both are listed with their dates."""
    facts = fact_set(export)

    assert isinstance(facts["endpoint.import_api_version"], Known)
    assert isinstance(facts["groups.member_limit"], Known)
    assert [("registry", True), ("server-configuration", False)] == [
        (one.format.value, one.date is None) for one in facts.sources
    ]


def test_the_age_of_the_facts_is_unknown_if_a_source_does_not_say(export: Path) -> None:
    """A registry export carries no date, so nobody knows how old the facts are."""
    assert reason(fact_set(export)["server.collected_at"]) is Reason.AMBIGUOUS

    (export / "adsync.reg").unlink()

    assert isinstance(fact_set(export)["server.collected_at"], Known)


@pytest.mark.parametrize("lost", ["features.password_hash_sync", "features.ad_connector_accounts"])
def test_a_connector_that_rules_belong_to_is_missed(export: Path, lost: str) -> None:
    """Without the file of an Active Directory connector, the lists of these connectors are not whole."""
    assert isinstance(fact_set(export)[lost], Known)
    [path] = [one for one in export.glob("Connectors/*.xml") if "<category>AD<" in one.read_text("utf-8")]
    other = path.with_name("Connector_{other}.xml")
    text = re.sub(r"<id>.*?</id>", "<id>{99999999-0000-0000-0000-000000000000}</id>", path.read_text("utf-8"), count=1)
    other.write_text(text, "utf-8")
    path.unlink()

    assert reason(fact_set(export)[lost]) is Reason.TRUNCATED


def test_of_several_synchronization_policies_the_newest_counts(export: Path) -> None:
    """Older files of the server are listed as superseded, and what they say is not held against the newest."""
    policy_file(export, "Applied-1.json", "2.3.20.0", "2026-01-01T00:00:00Z")
    policy_file(export, "Applied-2.json", "2.6.91.0", "2026-11-01T00:00:00Z")

    facts = fact_set(export)

    assert isinstance(facts["product.version"], Known)
    assert {"Applied-1.json": True, "Applied-2.json": False} == {
        one.path: one.superseded for one in facts.sources if one.path.startswith("Applied")
    }


def test_a_policy_that_disagrees_is_a_conflict(export: Path) -> None:
    """The newest policy file counts like any other source."""
    policy_file(export, "Applied-2.json", "2.3.20.0", "2026-11-01T00:00:00Z")

    assert reason(fact_set(export)["product.version"]) is Reason.CONFLICTING


def test_a_missing_filtering_was_looked_for_in_a_registry_export(export: Path) -> None:
    """A .reg file is recursive: what is not in it is not in the registry."""
    text = (export / "adsync.reg").read_bytes().decode("utf-16")
    kept = re.sub(r"\[[^\]]*PerMAInstance[^\]]*\]\r?\n(\".*\r?\n)*(\r?\n)?", "", text)
    assert kept != text
    (export / "adsync.reg").write_bytes(b"\xff\xfe" + kept.encode("utf-16-le"))

    assert isinstance(fact_set(export)["endpoint.reference_filtering"], Absent)


def test_a_filtering_of_several_connectors_is_ambiguous_without_the_connector(tmp_path: Path) -> None:
    """Where no source names the Entra connector, two candidates decide nothing."""
    key = r"HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Services\ADSync\Parameters"
    value = '"EnableNonExistentObjectReferenceExportFiltering"=dword:00000001'
    parts = [f"[{key}]\r\n\r\n", *(f"[{key}\\PerMAInstance\\{one} - AAD]\r\n{value}\r\n\r\n" for one in ("a", "b"))]
    text = "Windows Registry Editor Version 5.00\r\n\r\n" + "".join(parts)
    (tmp_path / "adsync.reg").write_text(text, newline="")

    assert reason(fact_set(tmp_path, "SYNC01")["endpoint.reference_filtering"]) is Reason.AMBIGUOUS


def test_a_file_that_names_its_computer_belongs_to_it(export: Path) -> None:
    """A registry export that holds the name of its computer is not assigned by its folder."""
    key = r"HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Control\ComputerName\ComputerName"
    path = export / "adsync.reg"
    text = path.read_bytes().decode("utf-16") + f'[{key}]\r\n"ComputerName"="OTHER-SYNTHETIC"\r\n\r\n'
    path.write_bytes(b"\xff\xfe" + text.encode("utf-16-le"))
    around = Surroundings(folder=export, stdin=BytesIO, now=datetime(2026, 11, 22, tzinfo=UTC), support=NO_TABLE)

    servers = [one.server for one in acquire(["."], server=None, surroundings=around).fact_sets]

    assert 2 == len(servers)
    assert "OTHER-SYNTHETIC" in servers


def files_of(fact: Fact) -> set[str]:
    """Name the files that a fact rests on."""
    assert not isinstance(fact, Unknown), fact.detail
    return {one.location.file.rpartition("/")[2] for one in (fact.source, *fact.also) if one.location}


def test_a_query_without_output_means_something_by_the_version(tmp_path: Path) -> None:
    """Below a build it means that there is no value, and then it is as old as what tells the build."""
    (tmp_path / "query.txt").write_text("\r\n", "utf-8")
    policy_file(tmp_path, "Applied-1.json", "1.5.45.0", "2026-01-01T00:00:00Z")

    facts = fact_set(tmp_path, "SYNC01-SYNTHETIC")

    assert isinstance(facts["endpoint.import_api_version_raw"], Absent)
    for name in ("export_api_version_raw", "import_api_version_raw", "export_api_version", "import_api_version"):
        assert {"query.txt", "Applied-1.json"} == files_of(facts[f"endpoint.{name}"]), name


@pytest.mark.parametrize(("version", "rests"), [("1.5.45.0", True), ("2.6.91.0", False)], ids=["before", "after"])
def test_rules_without_the_member_limit_of_their_own_are_whole_by_the_version(
    export: Path, version: str, *, rests: bool
) -> None:
    """Before the limit had a rule of its own its absence is right by the build alone; afterwards the set tells."""
    old = re.compile(r"2\.6\.91\.0")
    for path in export.rglob("*.xml"):
        text = old.sub(version, path.read_text("utf-8"))
        path.write_text(text, "utf-8")
    write(export / "version.json", document("SYNC01-SYNTHETIC", version))

    facts = fact_set(export)

    assert rests is ("version.json" in files_of(facts["rules.custom_rule_count"]))


def test_a_filtering_that_only_the_name_of_the_connector_tells_rests_on_that(export: Path) -> None:
    """Of two keys the Entra connector's counts, and whose that is, another file says, perhaps an older one."""
    [entra] = re.findall(r"PerMAInstance\\([^\]\\]*)\]", (export / "adsync.reg").read_bytes().decode("utf-16"))[:1]
    assert {"adsync.reg"} == files_of(fact_set(export)["endpoint.reference_filtering"])
    [other] = [one for one in export.glob("Connectors/*.xml") if "<category>AD<" in one.read_text("utf-8")]
    [name] = re.findall(r"<name>(.*?)</name>", other.read_text("utf-8"))[:1]
    text = (export / "adsync.reg").read_bytes().decode("utf-16")
    key = re.search(rf"\[([^\]]*PerMAInstance\\){re.escape(entra)}\]", text)
    assert key is not None
    value = '"EnableNonExistentObjectReferenceExportFiltering"="garbled"'
    more = f"{text.rstrip()}\r\n\r\n[{key[1]}{name}]\r\n{value}\r\n\r\n"
    (export / "adsync.reg").write_bytes(b"\xff\xfe" + more.lstrip("\ufeff").encode("utf-16-le"))

    files = files_of(fact_set(export)["endpoint.reference_filtering"])

    assert "adsync.reg" in files
    assert 1 == sum(file.startswith("Connector_") for file in files), files
