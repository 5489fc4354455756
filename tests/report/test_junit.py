"""JUnit XML, as strict as its strictest readers."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from junitparser import JUnitXml
from lxml import etree  # type: ignore[import-untyped] # it has no types of its own

from checker.errors import OutputError
from checker.model.result import Diagnostic, Outcome, Report
from checker.report import junit, xml_text
from tests.report.reports import (
    ALL_WAIVED,
    CHANGED,
    EMPTY,
    EXPECTED,
    GREEN,
    HOSTILE,
    INTERRUPTED,
    PARTIAL,
    REPORT,
    REPORTS,
    TENANTS,
    THREE,
    WAIVED,
    finding,
    hostile,
    of,
    reports,
    with_run,
)
from tests.report.runners import acting, commands

_RESULTS = {"failure", "error", "skipped"}
_ATTRIBUTES = {  # of the schema that Jenkins validates with
    "testsuites": {"name", "time", "tests", "failures", "errors"},
    "testsuite": {
        "name", "tests", "failures", "errors", "group", "time", "skipped", "timestamp", "hostname", "id", "package",
        "file", "log", "url", "version",
    },
    "properties": set(),
    "property": {"name", "value"},
    "testcase": {"name", "time", "classname", "group"},
    "failure": {"type", "message"},
    "error": {"type", "message"},
    "skipped": {"type", "message"},
}  # fmt: skip
_CHILDREN = {
    "testsuites": {"testsuite"},
    "testsuite": {"properties", "testcase"},
    "properties": {"property"},
    "testcase": _RESULTS,
}


def _parsed(report: Report) -> Any:
    """Parse what was written with a parser that forgives nothing."""
    parser = etree.XMLParser(recover=False, resolve_entities=False, no_network=True, huge_tree=True)
    return etree.fromstring(junit.render(report).encode("utf-8"), parser)


def _breaches(root: Any) -> list[str]:
    """Give what some reader would refuse, drop or misread: Jenkins, GitLab, Azure, and the common actions."""
    broken: list[str] = []
    for element in root.iter():
        broken += [f"{element.tag}: attribute {name}" for name in set(element.attrib) - _ATTRIBUTES[element.tag]]
        broken += [f"{element.tag}: child {child.tag}" for child in element if child.tag not in _CHILDREN[element.tag]]
        if "time" in element.attrib and not re.fullmatch(r"[0-9]{1,9}\.[0-9]{3}", element.get("time")):
            broken.append(f"{element.tag}: time {element.get('time')}")
    broken += ["no case"] * (root.find(".//testcase") is None)
    for holder in (root, *root):
        for total, path in (("tests", "."), ("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
            there = sum(case.find(path) is not None for case in holder.iter("testcase"))
            if holder.get(total, str(there)) != str(there):
                broken.append(f"{holder.get('name')}: {total}")
    for suite in root:
        broken += [f"suite: no {name}" for name in ("name", "hostname", "tests") if not suite.get(name, "").strip()]
        if not re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d", suite.get("timestamp", "")):
            broken.append(f"timestamp {suite.get('timestamp')}")
        keys = Counter((case.get("classname"), case.get("name")) for case in suite.iter("testcase"))
        broken += [f"{key} is given {uses} times" for key, uses in keys.items() if uses > 1]
        broken += ["empty suite"] * (suite.find("testcase") is None)
    for case in root.iter("testcase"):
        broken += ["name"] * (not 0 < len(case.get("name").strip()) <= 512)
        broken += ["classname"] * ("." not in case.get("classname", ""))
        broken += ["several results"] * (len(case) > 1)
        broken += [f"{one.tag}: no message" for one in case if not one.get("message", "").strip()]
        broken += [f"{one.tag}: no text" for one in case if not (one.text or "").strip()]
    return broken


@pytest.mark.parametrize("report", REPORTS.values(), ids=REPORTS.keys())
def test_every_reader_takes_it(report: Report) -> None:
    """Every report is what the schemas and the readers want, and another reader counts the same."""
    root = _parsed(report)

    assert [] == _breaches(root)
    read = JUnitXml.fromroot(root)
    assert len(list(root.iter("testcase"))) == sum(len(list(suite)) for suite in read)
    assert (int(root.get("failures")), int(root.get("errors"))) == (read.failures, read.errors)


def _elements(report: Report) -> dict[str, str]:
    return {case.get("name")[:8]: case[0].tag if len(case) else "passed" for case in _parsed(report).iter("testcase")}


def test_outcomes() -> None:
    """Failures and errors that count are such; below the threshold and not applicable is skipped; a pass is bare."""
    assert {
        "AADC0001": "failure",
        "AADC0002": "error",
        "AADC0004": "failure",
        "AADC0006": "failure",
        "AADC0007": "skipped",
        "AADC0010": "passed",
        "AADC0012": "skipped",
        "AADC0013": "skipped",
    } == _elements(REPORT)


def test_messages_of_what_is_skipped() -> None:
    """Where a reader shows the message alone, it says why nothing counts."""
    messages = [one.get("message") for one in _parsed(REPORT).iter("skipped")]

    assert [
        "not applicable: '$tenant_has_verified_domain' is true.",
        "below --fail-on: No source of this server can hold events.",
        "below --fail-on: The value is true, and false is expected.",
    ] == messages


def test_a_suite_is_a_server() -> None:
    """A suite has the server's name, the time in UTC without a zone, and says what the verdict rests on."""
    [suite] = _parsed(REPORT)
    properties = {one.get("name"): one.get("value") for one in suite.iter("property")}

    assert ("CONTOSO-AADC01", "CONTOSO-AADC01", "2026-11-22T10:00:00") == (
        suite.get("name"), suite.get("hostname"), suite.get("timestamp"),
    )  # fmt: skip
    assert {
        "tool": "adsync-checker 0.1.0",
        "run": "6f0d4a52-3c1e-4b58-9a77-0d1c6a4b2f10",
        "fail-on": "low",
        "remark 1": "The folder 'contoso' names no server; its files belong to 'CONTOSO-AADC01'.",
        "policy v2-endpoint": f"version 1.0.0, sha256 {'0a1b2c3d' * 8}",
        "parameter member_limit_minimum of v2-endpoint": "60000 (--set)",
        "role": "active",
        "source 1": "server-configuration exports/CONTOSO-AADC01: "
        "date 2016-11-03T06:00:00Z, age 3671 days, 68 files, named in the file",
        "source 2": "registry exports/CONTOSO-AADC01/adsync.reg: date unknown, age unknown, assigned by folder",
    } == properties


def test_a_case_is_a_rule() -> None:
    """A case has the rule's id and title, and its class ends with the server, whose dots would split it."""
    case = next(_parsed(THREE).iter("testcase"))

    assert "AADC0001 Exports use the v2 endpoint" == case.get("name")
    assert "adsync-checker.v2-endpoint.AADC00_corp_example" == case.get("classname")


def test_the_text_says_all() -> None:
    """GitLab shows the text alone: it begins with the message, and has everything that helps."""
    text = next(_parsed(REPORT).iter("failure")).text.splitlines()

    assert [
        "The value is 1, and 2 is expected.",
        "rule: AADC0001 Exports use the v2 endpoint",
        "server: CONTOSO-AADC01",
        "severity: high",
        "fact: endpoint.export_api_version",
        "expected: equals 2",
        "observed: 1",
        "derived: Below 1.5.30.0 the effective version is 1.",
        "source: server-configuration",
        "item: export-type",
        "at: exports/CONTOSO-AADC01/Connectors/Entra.xml:812:9",
        "policy: policies/v2-endpoint.yaml:10:5",
        "remediation:",
        "Set both versions to 2 while the scheduler is off.",
        "Then run a full import.",
        "Set-ADSyncScheduler -SyncCycleEnabled $false",
        r"Import-Module 'C:\Program Files\x.psm1'",
    ] == text


@pytest.mark.parametrize(
    "report",
    [
        pytest.param(EMPTY, id="empty"),
        pytest.param(INTERRUPTED, id="T53 interrupted"),
        pytest.param(replace(GREEN, diagnostics=(Diagnostic("A file was lost.", incomplete=True),)), id="incomplete"),
        pytest.param(with_run(GREEN, exit_code=70), id="a bug"),
        pytest.param(of([finding("AADC0001", Outcome.NOT_APPLICABLE)], exit_code=4), id="nothing decided"),
        pytest.param(of([finding("AADC0012", Outcome.ERROR)], exit_code=4), id="nothing that counts"),
    ],
)
def test_incomplete_is_never_green(report: Report) -> None:
    """A run that is incomplete has an error, even where each of its cases passes or there is none."""
    root = _parsed(report)

    assert "error" == _elements(report)["run is c"]
    assert ("1", "adsync-checker") == (root.get("errors"), root[-1].get("name"))
    assert [] == _breaches(root)


def test_a_complete_run_has_no_such_case() -> None:
    """A complete run shows its servers and nothing else."""
    assert ["CONTOSO-AADC01"] == [suite.get("name") for suite in _parsed(GREEN)]


@given(reports)
def test_any_text_is_well_formed(report: Report) -> None:
    """T35: any text from facts gives XML that strict parsers read and all readers take, inert in a log."""
    text = junit.render(report)

    assert [] == _breaches(_parsed(report))
    assert [] == commands(text)
    assert set() == acting(text)


@pytest.mark.parametrize("row", HOSTILE)
def test_hostile_rows(row: str) -> None:
    """The rows of hostile text that the matrix names are read by strict parsers, cut where they are long."""
    report = hostile(HOSTILE[row])

    assert [] == _breaches(_parsed(report))
    assert len(junit.render(report)) < 1_000_000


def test_control_characters_stay_visible() -> None:
    """T35: what XML cannot hold is shown, not dropped."""
    one = finding("AADC0001", Outcome.FAIL, observed="a\x1b\x00\ufffe\ud800b", message="It is 'a\x1bb'.")
    failure = next(_parsed(of([one], exit_code=1)).iter("failure"))

    assert r"It is 'a\x1bb'." == failure.get("message")
    assert r"observed: a\x1b\x00\ufffe\ud800b" in failure.text.splitlines()


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(lambda text: text.replace("</failure>", "\x1b</failure>", 1), id="T35 not well-formed"),
        pytest.param(lambda text: text[: len(text) // 2], id="cut off"),
        pytest.param(lambda text: re.sub(r"<failure.*?</failure>", "", text, count=1, flags=re.DOTALL), id="lost"),
    ],
)
def test_what_was_written_is_read_back(damage: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """T35: a text that does not say what the report says is refused by its writer."""
    monkeypatch.setattr(junit, "xml_text", lambda root: damage(xml_text.xml_text(root)))

    with pytest.raises(OutputError, match="read"):
        junit.render(REPORT)


def test_a_clock_that_was_set_back() -> None:
    """A run that ended before it started took no time."""
    report = with_run(REPORT, finished=REPORT.run.started.replace(year=2020))

    assert "0.000" == _parsed(report).get("time")


def _properties(report: Report, suite: int = 0) -> dict[str, str]:
    return {one.get("name"): one.get("value") for one in _parsed(report)[suite].iter("property")}


def test_f_e07_a_waived_failure_is_skipped_and_says_so() -> None:
    """F-E07: a waived failure is no pass: it is skipped, with who waived it and why, and with what failed."""
    root = _parsed(WAIVED)
    [counts, below] = [one for one in root.iter("skipped") if one.get("message").startswith("waived")]

    assert ("AADC0006", "AADC0013") == (counts.getparent().get("name")[:8], below.getparent().get("name")[:8])
    assert (
        "waived until 2026-12-31 by jane.doe@contoso.com (approved by max.muster@contoso.com, CHG-4711): "
        "The limit is raised with the next release."
    ) == counts.get("message")
    assert {
        "outcome: fail",
        "found: Entry 1 has 'limit' 50000, and at least 50001 is expected.",
        "waiver: waivers.yaml:3:5",
        "severity: medium",
    } <= {*counts.text.splitlines()}
    assert "2" == _properties(WAIVED)["waived"]
    assert "waivers.yaml, 2 waivers, 1 in use, sha256 " + "cafe0123" * 8 == _properties(WAIVED)["waivers 1"]


def test_f_e14_too_many_waivers_are_a_failure() -> None:
    """F-E14: a run that is refused because everything is waived has a failure of its own."""
    root = _parsed(with_run(ALL_WAIVED, max_waived=1, exit_code=1))

    assert ["CONTOSO-AADC01", "adsync-checker"] == [suite.get("name") for suite in root]
    [failure] = root.iter("failure")
    assert "6 failures that would count are waived, and --max-waived allows 1." == failure.get("message")
    assert [] == [*_parsed(with_run(ALL_WAIVED, max_waived=6)).iter("failure")]


def test_f_f04_each_server_and_each_tenant_is_a_suite() -> None:
    """F-F04: every server counts for itself, and so does every tenant; one of the same name is not mixed in."""
    root = _parsed(TENANTS)

    assert [
        ("A", "1", "0", "0"),
        ("B", "1", "0", "0"),
        ("tenant x.example", "1", "0", "0"),
        ("tenant x.example", "1", "1", "0"),
        ("tenant y.example", "1", "0", "1"),
    ] == [tuple(suite.get(name) for name in ("name", "tests", "failures", "errors")) for suite in root]
    assert ("A, B", "x.example") == (_properties(TENANTS, 3)["servers"], _properties(TENANTS, 3)["tenant"])
    assert "adsync-checker.v2-endpoint.tenant x_example" == root[3][1].get("classname")


def test_f_a13_a_partial_run_is_marked() -> None:
    """F-A13: a run that was narrowed says so, and how; a whole one does not."""
    assert "--limit contoso-*, --rule AADC0001, --tag endpoint, --tag limits" == _properties(PARTIAL)["partial"]
    assert "partial" not in _properties(GREEN)


def test_f_d25_changed_and_disabled_rules_are_told() -> None:
    """F-D25: the properties count what policies changed and turned off, with the original, who and why."""
    told = _properties(CHANGED)

    assert ("2", "1") == (told["changed rules"], told["disabled rules"])
    assert (
        "severity low instead of medium; "
        "expect each: limit at most 100000 instead of each: limit at least 50001 and at most 250000; "
        "applies under a further condition, by policy contoso at policies/contoso.yaml:7:5; "
        "reason: Groups above 100,000 members are split."
    ) == told["change 1 of AADC0006"]
    assert "policy v2-endpoint, info; expected equals 0" == told["original of AADC0012"]
    assert f"version 1.0.0, sha256 {'beef' * 16}" == told["policy v2-endpoint, extended by contoso"]


def test_what_the_run_was_given() -> None:
    """Inventory, population, limits, what is not clean, and parameters of some servers stand in the properties."""
    told = _properties(EXPECTED)

    assert f"contoso-sync, inventory.yaml, sha256 {'fade0123' * 8}" == told["inventory"]
    assert (
        "3 expected, 1 of them received; missing: 'SYNC02'; unexpected: 'ROGUE'; left out by --limit: 'SYNC03'"
    ) == told["population"]
    assert ("P7D", "90", "3") == (told["max-age"], told["longest-waiver"], told["max-waived"])
    assert "inventory.yaml, modified since it was committed, commit 0123456789ab, branch main" == told["revision 1"]
    assert "revision 2" not in told
    assert "70000 (inventory for CONTOSO-AADC01, SYNC02)" == told["parameter member_limit_minimum of some servers, 1"]
    assert ("active", "contoso.onmicrosoft.com") == (told["role"], told["tenant"])
