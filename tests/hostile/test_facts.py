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
