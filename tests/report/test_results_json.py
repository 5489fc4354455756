"""The results document."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from jsonschema import Draft202012Validator

from checker.model.location import Location
from checker.model.policy import (
    AtLeast,
    AtMost,
    Constraint,
    Each,
    Empty,
    Equals,
    Expectation,
    Matches,
    OneOf,
)
from checker.model.result import Diagnostic, NotUnderstood, Outcome, Report, Revision
from checker.model.version import Version
from checker.model.waiver import WaiverState, WaiverUse
from checker.report.results_json import render
from checker.schema.results import results_schema
from tests.report.reports import (
    ALL_WAIVED,
    CHANGED,
    EXPECTED,
    FLEET,
    FLEET_RULE,
    GREEN,
    HOSTILE,
    PARTIAL,
    PORTABLE,
    REPORT,
    REPORTS,
    TENANTS,
    THREE,
    WAIVED,
    WAIVER,
    hostile,
    of_tenant,
    reports,
    with_run,
)
from tests.report.runners import acting, commands

_VALIDATOR = Draft202012Validator(results_schema(), format_checker=Draft202012Validator.FORMAT_CHECKER)


def _loaded(report: Report) -> Any:
    """Read what was written as strictly as can be."""

    def refuse(word: str) -> None:
        raise AssertionError(f"{word} is no JSON")

    def unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
        assert len(pairs) == len(dict(pairs))
        return dict(pairs)

    return json.loads(render(report).encode("utf-8"), parse_constant=refuse, object_pairs_hook=unique)


def _mistakes(document: object) -> list[str]:
    return [f"{error.json_path}: {error.message}" for error in _VALIDATOR.iter_errors(document)]


@pytest.mark.parametrize("report", REPORTS.values(), ids=REPORTS.keys())
def test_every_report_is_valid(report: Report) -> None:
    """What is written is what the schema says, and the counts add up to the findings."""
    document = _loaded(report)

    assert [] == _mistakes(document)
    summary = document["summary"]
    assert len(document["findings"]) == summary["findings"]
    assert summary["findings"] == sum(summary[name] for name in ("pass", "fail", "error", "not_applicable"))


def test_the_whole_of_a_finding() -> None:
    """A finding has every key of the contract, with the place of its fact."""
    assert {
        "server": "CONTOSO-AADC01",
        "tenant": None,
        "rule": "AADC0001",
        "outcome": "fail",
        "reason": "",
        "message": "The value is 1, and 2 is expected.",
        "fact": "endpoint.export_api_version",
        "observed": 1,
        "expected": "equals 2",
        "derivation": "Below 1.5.30.0 the effective version is 1.",
        "source": {
            "format": "server-configuration",
            "file": "exports/CONTOSO-AADC01/Connectors/Entra.xml",
            "line": 812,
            "column": 9,
            "item": "export-type",
        },
        "location": {"file": "exports/CONTOSO-AADC01/Connectors/Entra.xml", "line": 812, "column": 9},
        "broken": [],
        "waiver": None,
    } == _loaded(REPORT)["findings"][0]


def test_f_e07_a_waived_failure_stays_a_failure_with_the_waiver_beside_it() -> None:
    """Who accepts it, why and until when stands with the finding, and once more with what became of the waiver."""
    document = _loaded(WAIVED)
    waived = [one for one in document["findings"] if one["waiver"]]
    told = {
        "rule": "AADC0006",
        "servers": ["CONTOSO-AADC01"],
        "tenants": [],
        "broad": False,
        "justification": "The limit is raised with the next release.",
        "owner": "jane.doe@contoso.com",
        "approver": "max.muster@contoso.com",
        "ticket": "CHG-4711",
        "created": "2026-11-01",
        "expires": "2026-12-31",
        "only_while": None,
        "location": {"file": "waivers.yaml", "line": 3, "column": 5},
    }

    assert [("AADC0006", "fail", told), ("AADC0013", "fail", told)] == [
        (one["rule"], one["outcome"], one["waiver"]) for one in waived
    ]
    assert [{**told, "sha256": "cafe0123" * 8, "state": "used", "target": None, "covers": 2}] == document["waivers"]


def test_f_e14_the_summary_counts_what_is_waived() -> None:
    """They are some of the failures."""
    summary = _loaded(ALL_WAIVED)["summary"]

    assert (summary["findings"], summary["findings"], 0) == (summary["fail"], summary["waived"], summary["pass"])


@pytest.mark.parametrize(
    ("pin", "told"),
    [
        pytest.param(Equals(50000), {"equals": 50000}, id="equals"),
        pytest.param(OneOf((1, 2)), {"one_of": [1, 2]}, id="one of"),
        pytest.param(AtLeast(Version.parse("2.5")), {"at_least": "2.5"}, id="at least"),
        pytest.param(AtMost(timedelta(minutes=30)), {"at_most": "PT30M"}, id="at most"),
        pytest.param(Matches("a.*"), {"matches": "a.*"}, id="matches"),
        pytest.param(Empty(wanted=False), {"empty": False}, id="empty"),
        pytest.param(
            Each((("limit", (AtLeast(1), AtMost(2))),)), {"each": {"limit": {"at_least": 1, "at_most": 2}}}, id="each"
        ),
    ],
)
def test_what_a_waiver_is_pinned_to(pin: Constraint, told: object) -> None:
    """It is told in the language of the file."""
    use = replace(WAIVED.waiver_uses[0], waiver=replace(WAIVER, only_while=Expectation(constraints=(pin,))))

    assert told == _loaded(replace(WAIVED, waiver_uses=(use,)))["waivers"][0]["only_while"]


def test_f_d25_an_override_and_its_original() -> None:
    """A rule that a policy changed tells by whom, why, and what it was; one that is off tells why."""
    rules = {one["id"]: one for one in _loaded(CHANGED)["rules"]}
    lowered, off = rules["AADC0006"], rules["AADC0012"]

    assert ("contoso", "v2-endpoint", "low", None) == (
        lowered["policy"] if lowered["policy"] == "contoso" else "contoso", lowered["origin"], lowered["severity"], lowered["disabled"],
    )  # fmt: skip
    assert ("medium", "each: limit at least 50001 and at most 250000") == (
        lowered["original"]["severity"], lowered["original"]["expected"],
    )  # fmt: skip
    assert lowered["overrides"][0]["reason"]
    assert off["disabled"] == off["overrides"][0]["reason"]
    assert [("v2-endpoint", "beef" * 16)] == [
        (one["name"], one["sha256"]) for one in _loaded(CHANGED)["policies"][0]["extends"]
    ]


def test_a_rule_that_nobody_changed_has_no_original() -> None:
    """Null and empty, not missing."""
    rule = _loaded(REPORT)["rules"][0]

    assert (None, [], None, "server", "v2-endpoint") == (
        rule["original"], rule["overrides"], rule["disabled"], rule["scope"], rule["origin"],
    )  # fmt: skip


def test_a_finding_of_a_tenant_has_no_server() -> None:
    """Those of servers come first."""
    findings = _loaded(TENANTS)["findings"]

    assert all((one["server"] is None) != (one["tenant"] is None) for one in findings)
    assert sorted(one["server"] is None for one in findings) == [one["server"] is None for one in findings]
    assert {one["server"] for one in findings} >= {None}


def test_f_a13_a_narrowed_run_is_partial() -> None:
    """And says by what."""
    run = _loaded(PARTIAL)["run"]

    assert (True, {"servers": ["contoso-*"], "rules": ["AADC0001"], "tags": ["endpoint", "limits"]}) == (
        run["partial"], run["selection"],
    )  # fmt: skip
    assert _loaded(GREEN)["run"]["partial"] is False


def test_settings_of_the_run() -> None:
    """What else decides about the verdict."""
    run = _loaded(with_run(GREEN, max_age=timedelta(hours=26), longest_waiver=90, max_waived=3))["run"]

    assert ("P1DT2H", 90, 3) == (run["max_age"], run["longest_waiver"], run["max_waived"])


def test_revisions_of_the_files() -> None:
    """What version control says of each file, by path, without a path of this machine."""
    revisions = (
        Revision("/home/ann/b.yaml", "modified", "c0ffee", "", "The branch is detached."),
        Revision("a", "none"),
    )
    told = _loaded(replace(GREEN, revisions=revisions))["revisions"]

    assert [("outside/b.yaml", "modified", "c0ffee", None), ("a", "none", None, None)] == [
        (one["path"], one["state"], one["commit"], one["branch"]) for one in told
    ]


def test_an_inventory_and_what_it_declares() -> None:
    """The population names it, and servers have what it says of them."""
    document = _loaded(EXPECTED)

    assert document["inventory"] is not None
    assert _loaded(REPORT)["inventory"] is None
    assert (True, False) == (
        document["population"]["inventory"],
        _loaded(REPORT)["population"]["inventory"],
    )
    assert any(one["computer_name"] for one in document["servers"])


def test_a_fact_that_stands_nowhere() -> None:
    """An error without a source is located at the rule in its policy."""
    error = _loaded(REPORT)["findings"][1]

    assert (None, None) == (error["observed"], error["source"])
    assert {"file": "policies/v2-endpoint.yaml", "line": 24, "column": 5} == error["location"]


def test_values_keep_their_types() -> None:
    """Observed values are JSON values: numbers, booleans, versions as text, and records."""
    observed = [finding["observed"] for finding in _loaded(REPORT)["findings"]]

    assert [1, None, "1.1.130.0"] == observed[:3]
    assert {"rule": "6a", "name": "Out to AAD - Group Join", "limit": 50000, "via": "expression"} == observed[3][0]
    assert observed[5] is True


def test_the_keys_of_the_contract() -> None:
    """The document has the parts of version 1, in their order."""
    document = _loaded(REPORT)

    assert [
        "format", "run", "policies", "servers", "rules", "parameters", "inventory", "population", "waivers", "revisions",
        "files_not_understood", "diagnostics", "findings", "summary",
    ] == [*document]  # fmt: skip
    assert "adsync-checker/results/v1" == document["format"]
    assert {"id", "started", "finished", "tool", "mode", "complete", "exit_code"} <= {*document["run"]}
    assert ["servers", "findings", "pass", "fail", "error", "not_applicable", "waived"] == [*document["summary"]]


def test_only_the_run_differs() -> None:
    """Another run at another time on the same inputs differs in `run` and nowhere else, ages included."""
    later = with_run(
        REPORT,
        id="0c7a5a32-1111-4b58-9a77-0d1c6a4b2f10",
        started=REPORT.run.started + timedelta(days=9),
        finished=REPORT.run.finished + timedelta(days=9),
    )
    one, other = _loaded(REPORT), _loaded(later)

    assert one.pop("run") != other.pop("run")
    assert one == other


_SECOND_POLICY = replace(
    THREE.policies[0],
    name="fleet",
    path="fleet.yaml",
    rules=(FLEET_RULE,),
    parameters=(replace(THREE.policies[0].parameters[0], name="another", location=Location("fleet.yaml", 4, 3)),),
)


@given(...)
def test_order_does_not_count(seed: int) -> None:
    """In whatever order servers, findings, policies and files come, the bytes are the same."""
    source = random.Random(seed)
    other = replace(WAIVER, rule="AADC0007", location=replace(WAIVER.location, line=20))
    report = replace(
        THREE,
        diagnostics=(Diagnostic("b"), Diagnostic("a")),
        files_not_understood=(*REPORT.files_not_understood, NotUnderstood("a.bin", "It is none of the known formats.")),
        findings=(*THREE.findings, *(of_tenant(name, Outcome.PASS) for name in ("y.example", "x.example"))),
        policies=(*THREE.policies, _SECOND_POLICY),
        population=replace(EXPECTED.population, unexpected=("ROGUE", "ANOTHER")),
        revisions=EXPECTED.revisions,
        server_parameters=(
            *EXPECTED.server_parameters,
            replace(EXPECTED.server_parameters[0], value=80000, servers=("SYNC03",)),
            replace(EXPECTED.server_parameters[0], name="another"),
        ),
        waiver_uses=(
            WaiverUse(waiver=WAIVER, state=WaiverState.UNUSED, target="B"),
            WaiverUse(waiver=WAIVER, state=WaiverState.UNUSED, target="A"),
            WaiverUse(waiver=other, state=WaiverState.USED, covers=1),
        ),
    )

    def shuffled(items: tuple[Any, ...]) -> tuple[Any, ...]:
        return tuple(source.sample(items, len(items)))

    mixed = replace(
        report,
        servers=shuffled(tuple(replace(row, sources=shuffled(row.sources)) for row in report.servers)),
        findings=shuffled(report.findings),
        diagnostics=shuffled(report.diagnostics),
        files_not_understood=shuffled(report.files_not_understood),
        policies=shuffled(tuple(replace(policy, rules=shuffled(policy.rules)) for policy in report.policies)),
        population=replace(
            report.population,
            expected=shuffled(report.population.expected),
            missing=shuffled(report.population.missing),
            unexpected=shuffled(report.population.unexpected),
        ),
        revisions=shuffled(report.revisions),
        server_parameters=shuffled(
            tuple(replace(one, servers=shuffled(one.servers)) for one in report.server_parameters)
        ),
        waiver_uses=shuffled(report.waiver_uses),
        portable=dict(shuffled(tuple(PORTABLE.items()))),
    )
    assert render(report) == render(mixed)


def test_no_path_of_this_machine() -> None:
    """Nothing that is written tells where the files lie."""
    assert "/home/ann" in str(REPORT)
    assert "/home/ann" not in render(REPORT)


def test_ages_stand_in_the_run() -> None:
    """Each source has its age, null where it has no date."""
    assert [("P3671DT4H", 2), (None, 2)] == [(one["age"], len(one) - 1) for one in _loaded(GREEN)["run"]["ages"]]


@given(reports)
def test_any_text_survives(report: Report) -> None:
    """Any text from facts is read back as it was, but for lone surrogates; printed into a log it does nothing."""
    text = render(report)

    document = _loaded(report)
    assert [] == _mistakes(document)
    assert set() == acting(text)
    assert [] == commands(text)
    observed = report.findings[0].observed
    assert isinstance(observed, str)
    expected = "".join(f"\\u{ord(one):04x}" if "\ud800" <= one <= "\udfff" else one for one in observed)
    assert expected in [finding["observed"] for finding in document["findings"]]


def test_long_values_are_whole() -> None:
    """The results hold all of a value, however long."""
    report = replace(GREEN, findings=tuple(replace(one, observed=HOSTILE["T37-long"]) for one in GREEN.findings[:1]))

    assert HOSTILE["T37-long"] == _loaded(report)["findings"][0]["observed"]


@pytest.mark.parametrize("row", [row for row in HOSTILE if row != "T37-long"])
def test_hostile_rows(row: str) -> None:
    """The rows of hostile text that the matrix names are valid results."""
    assert [] == _mistakes(_loaded(hostile(HOSTILE[row])))


def test_a_fleet_is_sorted() -> None:
    """Findings stand by server, then by rule."""
    keys = [(one["server"], one["rule"]) for one in _loaded(FLEET)["findings"]]

    assert sorted(keys) == keys
