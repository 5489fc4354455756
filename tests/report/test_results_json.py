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

from checker.model.result import Diagnostic, Report
from checker.report.results_json import render
from checker.schema.results import results_schema
from tests.report.reports import FLEET, GREEN, HOSTILE, PORTABLE, REPORT, REPORTS, THREE, hostile, reports, with_run
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
        "waiver": None,
    } == _loaded(REPORT)["findings"][0]


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
        "format", "run", "policies", "servers", "rules", "parameters", "population", "files_not_understood",
        "diagnostics", "findings", "summary",
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


@given(...)
def test_order_does_not_count(seed: int) -> None:
    """In whatever order servers, findings, policies and files come, the bytes are the same."""
    source = random.Random(seed)
    report = replace(
        THREE, files_not_understood=REPORT.files_not_understood * 1, diagnostics=(Diagnostic("b"), Diagnostic("a"))
    )

    def shuffled(items: tuple[Any, ...]) -> tuple[Any, ...]:
        return tuple(source.sample(items, len(items)))

    mixed = replace(
        report,
        servers=shuffled(tuple(replace(row, sources=shuffled(row.sources)) for row in report.servers)),
        findings=shuffled(report.findings),
        diagnostics=shuffled(report.diagnostics),
        policies=tuple(replace(policy, rules=shuffled(policy.rules)) for policy in report.policies),
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
