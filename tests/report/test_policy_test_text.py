"""What the author of cases reads, and what programs do."""

from __future__ import annotations

import json
from datetime import UTC, datetime

from checker.model.facts import FactSet
from checker.model.location import Location
from checker.model.policy import Case, Equals, Expectation, Policy, Rule, Severity
from checker.model.policy_case import (
    CaseFile,
    CaseServer,
    Disagreement,
    ExpectedOutcome,
    LackingKind,
    NeverRed,
    PolicyCase,
    Survivor,
    TriedCases,
)
from checker.model.result import Finding, Outcome
from checker.report.policy_test_text import render_json, render_text

PLACE = Location("p/ours.test.yaml", 12, 5)


def rule(id_: str) -> Rule:
    """Give a rule of which only the id matters."""
    case = Case(expectation=Expectation(constraints=(Equals(2),)))
    return Rule(
        id=id_, title="T", severity=Severity.HIGH, fact="endpoint.export_api_version", cases=(case,),
        policy="ours", location=Location("p/ours.yaml", 5, 5),
    )  # fmt: skip


def finding(outcome: Outcome, *, server: str = "", tenant: str = "", reason: str = "", message: str = "So.") -> Finding:
    """Give what a rule says."""
    return Finding(
        server=server, tenant=tenant, rule="OURS0001", outcome=outcome, reason=reason, message=message,
        fact="endpoint.export_api_version", expected="2",
    )  # fmt: skip


EXPECTED = ExpectedOutcome(
    rule="OURS0001", outcome=Outcome.PASS, subject="sync01", location=Location(PLACE.file, 14, 9)
)
CASE = PolicyCase(
    name="two servers", rules={}, servers=(CaseServer(facts=FactSet(server="sync01")),), expected=(EXPECTED,),
    location=PLACE,
)  # fmt: skip
FILE = CaseFile(
    path=PLACE.file,
    policy=Policy(name="ours", version="1", title="Ours", rules=(), path="p/ours.yaml", sha256="0" * 64),
    now=datetime(2026, 1, 1, tzinfo=UTC),
    cases=(CASE,),
)
GOOD = TriedCases(
    file=FILE, disagreements=(), lacking=(), unasked=(), never_red=(), survivors=(), rules=2, changes=1
)  # fmt: skip
BAD = TriedCases(
    file=FILE,
    disagreements=(
        Disagreement(CASE, EXPECTED, finding(Outcome.ERROR, server="sync01", reason="absent")),
        Disagreement(CASE, EXPECTED, finding(Outcome.FAIL, tenant="contoso", message="::error::")),
        Disagreement(CASE, EXPECTED, None),
    ),
    lacking=(LackingKind(rule("OURS0002"), Outcome.NOT_APPLICABLE),),
    unasked=(rule("OURS0003"),),
    never_red=(NeverRed(rule("OURS0004"), decided=True), NeverRed(rule("OURS0005"), decided=False)),
    survivors=(Survivor(rule("OURS0006"), "'at_most 250000' becomes 'at_most 250001'"),),
    rules=6,
    changes=9,
)


def test_each_thing_to_be_done_is_a_line_and_the_last_line_counts() -> None:
    """A disagreement begins with its place; the counts stand at the end, always in one form; nothing acts in a log."""
    assert [
        "p/ours.test.yaml: 1 case of 6 rules of policy ours",
        "  p/ours.test.yaml:14:9: case 'two servers': OURS0001 of server 'sync01': expected pass, got error (absent): So.",
        "  p/ours.test.yaml:14:9: case 'two servers': OURS0001 of tenant 'contoso': expected pass, got fail: :\\x3aerror:\\x3a",
        "  p/ours.test.yaml:14:9: case 'two servers': OURS0001 of 'sync01': expected pass, and nothing was found",
        "  OURS0002: no case expects not_applicable",
        "  OURS0003: no case expects anything of it",
        "  OURS0004: nothing turns it red: it fails in no case, nor where one fact of a case is another",
        "  OURS0005: nothing turns it red: it neither passes nor fails in any case, nor where one fact of a case is another",
        "  OURS0006: no case notices when 'at_most 250000' becomes 'at_most 250001'",
        "p/ours.test.yaml: 1 case of 2 rules of policy ours",
        "2 cases, 2 expected outcomes, 3 disagree, 2 lacking, 2 never red, 1 of 10 changes unnoticed",
    ] == render_text([BAD, GOOD]).splitlines()


def test_where_all_is_well_only_counts_are_left() -> None:
    """One file, one line, and the counts."""
    assert (
        "p/ours.test.yaml: 1 case of 2 rules of policy ours\n"
        "1 case, 1 expected outcome, 0 disagree, 0 lacking, 0 never red, 0 of 1 changes unnoticed\n"
    ) == render_text([GOOD])


def test_programs_read_the_same() -> None:
    """Everything stands in the JSON, by rule, with places; what is not there is null."""
    document = json.loads(render_json([BAD, GOOD]))
    bad, good = document["files"]

    assert ("adsync-checker/policy-test/v1", False) == (document["format"], document["good"])
    assert True is json.loads(render_json([GOOD]))["good"]
    assert {
        "path": "p/ours.test.yaml",
        "policy": {"name": "ours", "version": "1", "sha256": "0" * 64},
        "cases": 1,
        "expected_outcomes": 1,
        "rules": 2,
        "changes": 1,
        "disagreements": [],
        "lacking": [],
        "unasked": [],
        "never_red": [],
        "unnoticed": [],
    } == good
    assert {
        "case": "two servers",
        "rule": "OURS0001",
        "server": "sync01",
        "tenant": None,
        "expected": "pass",
        "found": "error",
        "reason": "absent",
        "message": "So.",
        "location": {"file": "p/ours.test.yaml", "line": 14, "column": 9},
    } == bad["disagreements"][0]
    assert ["sync01", None, None] == [one["server"] for one in bad["disagreements"]]
    assert [None, "contoso", None] == [one["tenant"] for one in bad["disagreements"]]
    assert ["error", "fail", None] == [one["found"] for one in bad["disagreements"]]
    assert [{"rule": "OURS0002", "outcome": "not_applicable"}] == bad["lacking"]
    assert ["OURS0003"] == bad["unasked"]
    assert [("OURS0004", True), ("OURS0005", False)] == [(one["rule"], one["decided"]) for one in bad["never_red"]]
    assert [{"rule": "OURS0006", "change": "'at_most 250000' becomes 'at_most 250001'"}] == bad["unnoticed"]
