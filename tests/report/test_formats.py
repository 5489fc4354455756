"""The table of formats."""

from __future__ import annotations

import json
import re
from collections import Counter
from datetime import timedelta

import pytest
from lxml.etree import fromstring  # type: ignore[import-untyped] # it has no types of its own

from checker.model.policy import Severity
from checker.model.result import Outcome, Report
from checker.report.formats import FORMATS
from tests.report.reports import (
    ALL_WAIVED,
    CHANGED,
    EXPECTED,
    PARTIAL,
    REPORT,
    REPORTS,
    TENANTS,
    WAIVED,
    with_run,
)


def test_the_names() -> None:
    """These are the names of the contract."""
    assert ["text", "json", "junit", "sarif", "sarif-full"] == [*FORMATS]


@pytest.mark.parametrize("report", REPORTS.values(), ids=REPORTS.keys())
@pytest.mark.parametrize("name", FORMATS)
def test_every_format_renders_every_report(name: str, report: Report) -> None:
    """Every format gives text that ends its last line, is the same each time, and can be written as UTF-8."""
    text = FORMATS[name].render(report)

    assert text.endswith("\n")
    assert "\r" not in text
    assert text == FORMATS[name].render(report)
    assert text.encode("utf-8")


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_names_all_that_counts(name: str) -> None:
    """Whatever the format, each failure and each error that counts is in it, and the server."""
    text = FORMATS[name].render(REPORT)

    for word in ("AADC0001", "AADC0002", "AADC0004", "AADC0006", "CONTOSO-AADC01"):
        assert word in text


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_says_how_old_the_facts_are(name: str) -> None:
    """Every report shows the date of each source, and its age."""
    text = FORMATS[name].render(REPORT)

    assert "2016-11-03T06:00:00Z" in text
    assert "P3671DT4H" in text or "3671 days" in text


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_shows_the_parameters(name: str) -> None:
    """Where a parameter's value comes from is visible in every report."""
    text = FORMATS[name].render(REPORT)

    assert "member_limit_minimum" in text
    assert "--set" in text


@pytest.mark.parametrize("name", FORMATS)
def test_f_e07_every_format_names_what_is_waived(name: str) -> None:
    """F-E07: whatever the format, a waived failure is named, as waived, and with the day on which that ends."""
    text = FORMATS[name].render(WAIVED)

    for word in ("AADC0006", "AADC0013", "waive", "2026-12-31"):
        assert word in text


@pytest.mark.parametrize("name", FORMATS)
def test_f_a13_every_format_says_that_a_run_is_partial(name: str) -> None:
    """F-A13: whatever the format, a narrowed run says so, and how."""
    text = FORMATS[name].render(PARTIAL)

    for word in ("partial", "contoso-*", "AADC0001", "endpoint", "limits"):
        assert word in text


@pytest.mark.parametrize("name", FORMATS)
def test_f_d25_every_format_names_disabled_and_changed_rules(name: str) -> None:
    """F-D25: whatever the format, a rule that was turned off or changed is there, with who and why and the original."""
    text = FORMATS[name].render(CHANGED)

    for word in (
        "AADC0012",
        "disabled",
        "Nobody reads these events.",
        "Groups above 100,000 members are split.",
        "medium",
        "50001",
    ):
        assert word in text.replace("\n                      ", " ")


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_says_whom_the_run_expected(name: str) -> None:
    """Whatever the format, the inventory and its servers are named, and those that are missing or unexpected."""
    text = FORMATS[name].render(EXPECTED)

    for word in (
        "contoso-sync",
        "SYNC02",
        "SYNC03",
        "ROGUE",
        "staging",
        "contoso.onmicrosoft.com",
        "modified",
        "70000",
    ):
        assert word in text


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_says_the_limits(name: str) -> None:
    """Whatever the format, the bounds that were set are told."""
    text = FORMATS[name].render(with_run(REPORT, max_age=timedelta(days=7), longest_waiver=91, max_waived=73))

    for word in ("P7D", "91", "73"):
        assert word in text


Counts = tuple[int, int, int, int, int]


def _text_counts(text: str) -> Counts:
    found = re.findall(r"(\d+) (?:pass|fail|error|not applicable|waived)\b", text.splitlines()[-1])
    return tuple(map(int, found))  # type: ignore[return-value] # the last line has five of them, as is tested elsewhere


def _json_counts(text: str) -> Counts:
    found = json.loads(text)["findings"]
    outcomes = Counter(one["outcome"] for one in found)
    waived = sum(one["waiver"] is not None for one in found)
    return outcomes["pass"], outcomes["fail"], outcomes["error"], outcomes["not_applicable"], waived


def _junit_counts(text: str) -> Counts:
    """Count by the results; what is skipped says in its text what its outcome is, and in its message why."""
    outcomes: Counter[str] = Counter()
    waived = 0
    for case in fromstring(text.encode("utf-8")).iter("testcase"):
        if case.get("classname") == "adsync-checker.run":
            continue
        [(tag, message, lines)] = [(one.tag, one.get("message"), one.text.splitlines()) for one in case] or [
            ("pass", "", [])
        ]
        [told] = [line for line in lines if line.startswith("outcome: ")] or [f"outcome: {tag}"]
        outcomes[told.removeprefix("outcome: ").replace("failure", "fail")] += 1
        waived += message.startswith("waived until ")
    return outcomes["pass"], outcomes["fail"], outcomes["error"], outcomes["not_applicable"], waived


def _sarif_counts(text: str) -> Counts:
    results = [one for run in json.loads(text)["runs"] for one in run["results"]]
    kinds = Counter(one["kind"] for one in results)
    waived = sum(bool(one.get("suppressions")) for one in results)
    return kinds["pass"], kinds["fail"], kinds["open"], kinds["notApplicable"], waived


def _model_counts(report: Report) -> Counts:
    outcomes = Counter(one.outcome for one in report.findings)
    return (
        outcomes[Outcome.PASS],
        outcomes[Outcome.FAIL],
        outcomes[Outcome.ERROR],
        outcomes[Outcome.NOT_APPLICABLE],
        sum(one.waiver is not None for one in report.findings),
    )


@pytest.mark.parametrize("report", REPORTS.values(), ids=REPORTS.keys())
def test_f_e14_all_formats_count_the_same(report: Report) -> None:
    """F-E14: read again, every format that holds all findings has the same passes, failures, errors and waivers."""
    counts = {
        name: count(FORMATS[name].render(report))
        for name, count in (
            ("text", _text_counts),
            ("json", _json_counts),
            ("junit", _junit_counts),
            ("sarif-full", _sarif_counts),
        )
    }

    assert dict.fromkeys(counts, _model_counts(report)) == counts


@pytest.mark.parametrize("report", [WAIVED, ALL_WAIVED], ids=["waived", "all waived"])
@pytest.mark.parametrize("severity", Severity)
def test_f_e07_a_waived_failure_is_never_shown_as_a_pass(report: Report, severity: Severity) -> None:
    """F-E07: at whatever threshold, no format has a pass more than there are."""
    threshold = with_run(report, fail_on=severity)
    passes = _model_counts(report)[0]

    assert passes == _text_counts(FORMATS["text"].render(threshold))[0]
    assert passes == _json_counts(FORMATS["json"].render(threshold))[0]
    assert passes == _sarif_counts(FORMATS["sarif-full"].render(threshold))[0]
    bare = [case for case in fromstring(FORMATS["junit"].render(threshold).encode()).iter("testcase") if not len(case)]
    assert passes == len(bare)


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_names_the_tenants(name: str) -> None:
    """Whatever the format, a finding of a fleet rule has the name of its tenant."""
    text = FORMATS[name].render(TENANTS)

    for word in ("AADC0201", "x.example", "y.example", "2 servers are active"):
        assert word in text
