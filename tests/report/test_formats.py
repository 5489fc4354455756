"""The table of formats."""

from __future__ import annotations

import pytest

from checker.model.result import Report
from checker.report.formats import FORMATS
from tests.report.reports import REPORT, REPORTS


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
