"""Hostile facts: what cannot be read is an error, whatever it looks like."""

from __future__ import annotations

import codecs
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.running import EXPORTS, check, run

COMPLIANT = EXPORTS / "v2-compliant"


def compliant(folder: Path) -> Path:
    """Copy the compliant export to *folder*."""
    return Path(shutil.copytree(COMPLIANT, folder / "export"))


def document(folder: Path, change: Callable[[dict[str, Any]], object] = lambda _: None) -> Path:
    """Write the facts document of the compliant export, changed."""
    told = json.loads(run(folder, "facts", str(COMPLIANT), "-o", "json").out)
    change(told)
    path = folder / "facts.json"
    path.write_text(json.dumps(told, indent=1), "utf-8")
    return path


def outcomes(folder: Path, *arguments: str, policy: str = "v2-endpoint", facts: str = ".") -> dict[str, str]:
    """Give the outcome, and of an error the reason, of each rule."""
    told = json.loads(check(folder, "-o", "json", *arguments, policy=policy, facts=facts).out)
    return {one["rule"]: one["reason"] or one["outcome"] for one in told["findings"]}


def rule_file(export: Path, tag: str) -> Path:
    """Find the file of the rule with this tag."""
    return next(path for path in export.rglob("*.xml") if f">{tag}." in path.read_text("utf-8"))


def test_t15_a_condition_that_no_server_meets_is_no_verdict(tmp_path: Path) -> None:
    """T15: rules that apply nowhere leave nothing evaluated, which is exit 4."""
    (tmp_path / "policy.yaml").write_text(
        'policy: nowhere\nversion: "1"\ntitle: T\nrules:\n  - id: TEST0001\n    title: T\n    severity: high\n'
        '    when: {product.version: {at_least: "99.0"}}\n    fact: scheduler.suspended\n    expect: {equals: false}\n'
    )

    assert check(tmp_path, policy="policy.yaml", facts=str(COMPLIANT)).code == 4


GOOD = '{"format": "adsync-checker/facts/v1"'
ROWS = [
    pytest.param(b'{"server": "A", "server": "B"}', id="T16 duplicate keys"),
    pytest.param(b'{"a": NaN}', id="T16 not a number"),
    pytest.param(b'{"a": 1e400}', id="T16 a number beyond all"),
    pytest.param(b'{"format": "adsync-checker/facts/v1"} trailing', id="T16 trailing text"),
    pytest.param(b'{"format": "adsync-checker/facts/v1", "server": "A", "facts": {', id="T16 cut off"),
    pytest.param(b"", id="T17 no bytes"),
    pytest.param(b"[]", id="T17 an empty list"),
    pytest.param(b"null", id="T17 null"),
    pytest.param(b"{}", id="T17 an empty object"),
    pytest.param(b"<!DOCTYPE html><html><body>Sign in</body></html>", id="T17 a page to sign in"),
    pytest.param('{"format": "adsync-checker/facts/v1"}'.encode("utf-16-le"), id="T18 UTF-16 without a mark"),
    pytest.param(b'{"format": "adsync-checker/facts/v2", "server": "A", "facts": {}}', id="a version of tomorrow"),
]


@pytest.mark.parametrize("content", ROWS)
def test_a_broken_document_makes_every_cell_an_error(tmp_path: Path, content: bytes) -> None:
    """T16, T17: beside a whole export, a JSON file that cannot be read leaves no cell decided."""
    export = compliant(tmp_path)
    (export / "facts.json").write_bytes(content)

    told = outcomes(tmp_path, facts="export")

    assert {"AADC0007": "condition"} == {
        rule: word for rule, word in told.items() if word in ("pass", "fail", "condition")
    }
    assert check(tmp_path, facts="export").code == 4


@pytest.mark.parametrize("content", ROWS)
def test_a_broken_document_alone_is_incomplete(tmp_path: Path, content: bytes) -> None:
    """T16, T17: alone, such a file is exit 4, and its name is told."""
    (tmp_path / "facts.json").write_bytes(content)

    done = check(tmp_path)

    assert done.code == 4
    assert "facts.json" in done.out + done.err


@pytest.mark.parametrize(
    "encode",
    [
        pytest.param(lambda text: codecs.BOM_UTF16_LE + text.encode("utf-16-le"), id="UTF-16LE with its mark"),
        pytest.param(lambda text: codecs.BOM_UTF8 + text.encode(), id="UTF-8 with a mark"),
        pytest.param(lambda text: text.replace("\n", "\r\n").encode(), id="CRLF"),
    ],
)
def test_t18_what_windows_writes_is_read(tmp_path: Path, encode: Callable[[str], bytes]) -> None:
    """T18: every text of an export may be UTF-16LE or UTF-8 with a byte order mark."""
    export = compliant(tmp_path)
    for path in export.rglob("*"):
        if path.is_file():
            raw = path.read_bytes()
            text = raw.decode("utf-16") if raw.startswith(codecs.BOM_UTF16_LE) else raw.decode("utf-8-sig")
            path.write_bytes(encode(text.replace("\r\n", "\n")))

    assert check(tmp_path, facts="export").code == 0


@pytest.mark.parametrize(
    "text",
    [
        "System.Object[]",
        "@{Attribute=memberCount}",
        "Microsoft.IdentityManagement.PowerShell.ObjectModel.AttributeFlowMapping",
    ],
)
def test_t19_a_dump_cut_at_its_depth_is_truncated(tmp_path: Path, text: str) -> None:
    """T19: names of types in place of records are no records, beside whatever else is known."""
    export = compliant(tmp_path)
    rule = {
        "Identifier": "039dcc3a-1513-4c08-b296-0973691e644a", "Name": "Out to AAD - Group Join", "Direction": 1,
        "Disabled": False, "Connector": "b891884f-051e-4a83-95af-2544101c9083", "TargetObjectType": "group",
        "SourceObjectType": "group", "Precedence": 139, "IsStandardRule": True,
        "ImmutableTag": {"TagValue": "Microsoft.OuttoAADGroupJoin.006"}, "ScopeFilter": [], "LinkType": 2,
        "AttributeFlowMappings": [text, text],
    }  # fmt: skip
    (export / "rules.json").write_text(json.dumps([rule]), "utf-8")

    told = outcomes(tmp_path, facts="export")

    assert {"truncated"} == {told[rule] for rule in ("AADC0006", "AADC0008", "AADC0009")}


@pytest.mark.parametrize("value", [None, "x", 5, True, {}], ids=repr)
def test_t20_a_list_that_is_none_is_refused(tmp_path: Path, value: object) -> None:
    """T20: a scalar or null where a list belongs is never taken for a list of one, or of none."""
    document(tmp_path, lambda told: told["facts"]["groups.member_limits"].update(value=value))

    assert "pass" not in set(outcomes(tmp_path).values())
    assert check(tmp_path).code == 4


@pytest.mark.parametrize(
    ("fact", "expected"),
    [
        pytest.param(None, "not_in_source", id="missing"),
        pytest.param(
            {"status": "unknown", "reason": "denied", "detail": "No rights.", "sources": []}, "denied", id="denied"
        ),
        pytest.param({"status": "unknown", "reason": "stale", "detail": "Old.", "sources": []}, "stale", id="stale"),
    ],
)
def test_t21_every_way_not_to_know_has_its_reason(tmp_path: Path, fact: dict[str, Any] | None, expected: str) -> None:
    """T21, T22: what is missing, denied or stale is an error that says which."""

    def change(told: dict[str, Any]) -> None:
        if fact is None:
            del told["facts"]["scheduler.sync_cycle_enabled"]
        else:
            told["facts"]["scheduler.sync_cycle_enabled"] = fact

    document(tmp_path, change)

    assert expected == outcomes(tmp_path)["AADC0010"]
    assert check(tmp_path).code == 4


@pytest.mark.parametrize("value", [None, "", "true", 1, 1.0, []], ids=repr)
def test_t21_a_value_of_another_type_is_refused(tmp_path: Path, value: object) -> None:
    """T21: null, empty text, `"true"` and 1 are not true."""
    document(tmp_path, lambda told: told["facts"]["scheduler.sync_cycle_enabled"].update(value=value))

    assert "pass" not in set(outcomes(tmp_path).values())


def test_t22_denied_facts_stay_errors_beside_an_export(tmp_path: Path) -> None:
    """T22: a collector without rights is not outvoted by an older file that knew the value."""
    export = compliant(tmp_path)
    denied = {"status": "unknown", "reason": "denied", "detail": "Not in ADSyncAdmins.", "sources": []}
    path = document(tmp_path, lambda told: told["facts"].update({"scheduler.suspended": denied}))
    shutil.move(path, export)

    assert outcomes(tmp_path, facts="export")["AADC0011"] == "denied"


BOMB = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>'
XXE = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/hostname">]>'
DTD = '<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd">'


@pytest.mark.parametrize("doctype", [BOMB, XXE, DTD, "<!DOCTYPE x>"], ids=["bomb", "entity", "schema", "plain"])
@pytest.mark.parametrize(
    ("part", "rule"),
    [("GlobalSettings", "AADC0010"), ("Connectors", "AADC0001"), ("SynchronizationRules", "AADC0006")],
)
def test_t39_xml_with_a_doctype_is_refused(tmp_path: Path, doctype: str, part: str, rule: str) -> None:
    """T39: nothing is expanded or fetched, and what the file would have told is unknown."""
    export = compliant(tmp_path)
    for path in (export / part).iterdir():
        path.write_text(doctype + path.read_text("utf-8"), "utf-8")

    done = check(tmp_path, "-o", "json", facts="export")

    assert done.code == 4
    assert "pass" != {one["rule"]: one["outcome"] for one in json.loads(done.out)["findings"]}[rule]
    assert "DOCTYPE" in done.out


@pytest.mark.parametrize("content", [b"", b"<synchronizationRule>", b"<html/>", b"\xff\xfe\x00", b"not xml"], ids=repr)
def test_one_rule_file_that_cannot_be_read_makes_the_set_unknown(tmp_path: Path, content: bytes) -> None:
    """Whatever the rule was about, it may have held a limit."""
    export = compliant(tmp_path)
    spare = rule_file(export, "Microsoft.OuttoAADGroupJoin").with_name("SynchronizationRule_{spare}.xml")
    spare.write_bytes(content)

    told = outcomes(tmp_path, facts="export")

    assert not {"pass", "fail"} & {told[rule] for rule in ("AADC0006", "AADC0008", "AADC0009")}
    assert check(tmp_path, facts="export").code == 4


@pytest.mark.parametrize("suffix", [".reg", ".json", ".xml", ".clixml", ".ndjson"])
def test_a_file_of_no_bytes_is_a_file_that_could_not_be_read(tmp_path: Path, suffix: str) -> None:
    """An empty file stands where facts should be."""
    export = compliant(tmp_path)
    (export / f"empty{suffix}").write_bytes(b"")

    assert check(tmp_path, facts="export").code == 4


def test_a_stray_file_is_listed_and_changes_nothing_unless_strict(tmp_path: Path) -> None:
    """What is none of the formats is reported; with --strict it makes the run incomplete."""
    export = compliant(tmp_path)
    (export / "notes.md").write_text("# Notes", "utf-8")

    lenient, strict = check(tmp_path, facts="export"), check(tmp_path, "--strict", facts="export")

    assert (0, 4) == (lenient.code, strict.code)
    assert "notes.md" in lenient.out


def test_a_link_to_a_folder_is_missed(tmp_path: Path) -> None:
    """A server behind a link that is not followed is told, and leaves the run incomplete."""
    (tmp_path / "fleet").mkdir()
    shutil.copytree(COMPLIANT, tmp_path / "fleet/b")
    (tmp_path / "fleet/a").symlink_to(EXPORTS / "v1-legacy")

    done = check(tmp_path, facts="fleet")

    assert 4 == done.code
    assert "fleet/a" in done.out


@pytest.mark.parametrize(
    "name",
    ["empty.dat", "LICENSE", "empty.log", "Exported-SynchronizationPolicy-1", "SynchronizationRules/custom.xml.bak"],
)
def test_a_file_of_no_bytes_is_missed_whatever_its_name(tmp_path: Path, name: str) -> None:
    """Names are not to be assumed: an empty file may have been anything."""
    export = compliant(tmp_path)
    (export / name).write_bytes(b"")

    assert 4 == check(tmp_path, facts="export").code


RULE = "<synchronizationRule><name>x</name></synchronizationRule>"
HIVE = (
    "Windows Registry Editor Version 5.00\r\n\r\n[HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Services\\ADSync"
    '\\Parameters]\r\n"AadConnectorExportApiVersion"=dword:00000001\r\n\r\n'
)
QUERY = "AadConnectorExportApiVersion : 1\r\n"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        pytest.param("SynchronizationRules/custom.xml.bak", RULE.encode("utf-16-le"), id="a rule without its mark"),
        pytest.param("SynchronizationRules/custom.txt", f"junk {RULE}".encode(), id="a rule behind junk"),
        pytest.param("REG_HKLM_SYSTEM_Hive.log", b"", id="an empty hive"),
        pytest.param("REG_HKLM_SYSTEM_Hive.log", HIVE.encode("utf-16-le"), id="a hive without its mark"),
        pytest.param("hive.log", HIVE.encode("utf-16-be"), id="a big-endian hive"),
        pytest.param("hive.log", HIVE[1:].encode(), id="a hive without its first character"),
        pytest.param("hive.log", f"junk\r\n{HIVE}".encode(), id="a hive behind junk"),
        pytest.param("endpoint.txt", QUERY.encode("utf-16-le"), id="a query without its mark"),
        pytest.param("endpoint.txt", f"PS C:\\> query\r\n{QUERY}".encode(), id="a query behind its prompt"),
    ],
)
def test_a_source_that_was_damaged_is_missed_whatever_its_name(tmp_path: Path, name: str, content: bytes) -> None:
    """What still shows that it was a source is never a file that has nothing to say."""
    export = compliant(tmp_path)
    (export / name).write_bytes(content)

    assert 4 == check(tmp_path, facts="export").code


@pytest.mark.parametrize("content", [b"", b"garbage", b"\xff\xff"], ids=repr)
def test_standard_input_that_tells_nothing_is_missed(tmp_path: Path, content: bytes) -> None:
    """What is piped in was meant as facts."""
    compliant(tmp_path)

    arguments = [
        "check",
        "--policy",
        "v2-endpoint",
        "--facts",
        "export",
        "--facts",
        "-",
        "--server",
        "SYNC01-SYNTHETIC",
    ]

    assert 4 == run(tmp_path, *arguments, stdin=content).code


def test_what_is_hidden_is_listed_and_not_looked_at(tmp_path: Path) -> None:
    """A repository keeps empty folders with an empty hidden file."""
    export = compliant(tmp_path)
    (export / ".gitkeep").write_bytes(b"")

    done = check(tmp_path, facts="export")

    assert 0 == done.code
    assert ".gitkeep" in done.out


def test_a_document_cannot_claim_v2_for_a_build_without_it(tmp_path: Path) -> None:
    """Below 1.5.30.0 both effective versions are 1, whatever a document states."""
    facts = {
        "product.version": "1.4.0.0", "endpoint.export_api_version": 2, "endpoint.import_api_version": 2,
    }  # fmt: skip
    told = {
        "format": "adsync-checker/facts/v1", "server": "SYNC01", "sources": [],
        "facts": {name: {"status": "known", "value": value} for name, value in facts.items()},
    }  # fmt: skip
    (tmp_path / "facts.json").write_text(json.dumps(told))

    assert ("fail", "fail") == (outcomes(tmp_path)["AADC0001"], outcomes(tmp_path)["AADC0002"])


def test_a_document_whose_facts_name_another_server_is_refused(tmp_path: Path) -> None:
    """The document and its own fact must speak of one server."""
    document(tmp_path, lambda told: told["facts"]["server.name"].update(value="OTHER"))

    assert {"identity"} == set(outcomes(tmp_path).values()) - {"condition"}


@pytest.mark.parametrize(
    ("fact", "value"),
    [("groups.member_limits", []), ("groups.member_limit", 40000)],
    ids=["no limits", "another lowest"],
)
def test_a_document_whose_limits_contradict_each_other_decides_nothing(
    tmp_path: Path, fact: str, value: object
) -> None:
    """No limit at all is absent, never an empty list; and the lowest limit is one of the limits."""

    def change(told: dict[str, Any]) -> None:
        told["facts"][fact]["value"] = value
        told["facts"][fact].pop("locations", None)

    document(tmp_path, change)

    assert "conflicting" == outcomes(tmp_path)["AADC0006"]


def test_a_limit_that_only_the_synchronization_policy_knows_is_a_conflict(tmp_path: Path) -> None:
    """A custom rule that the policy file tells and the folder does not leaves the limits in doubt."""
    export = compliant(tmp_path)
    path = next((EXPORTS / "policy-json").glob("Exported*.json"))
    told = json.loads(path.read_text("utf-8-sig"))
    told["deploymentMetadata"]["hostName"] = "SYNC01-SYNTHETIC"
    told["policyMetadata"]["azureADConnectVersion"] = "2.6.91.0"
    (export / "policy.json").write_text(json.dumps(told))

    assert "conflicting" == outcomes(tmp_path, facts="export")["AADC0006"]
