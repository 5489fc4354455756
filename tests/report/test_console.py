"""The text for a person."""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import replace

import pytest
from hypothesis import given

from checker.model.policy import Remediation
from checker.model.result import NotUnderstood, Outcome, Report, ServerRow
from checker.report.console import render, summary_line
from tests.report.reports import (
    CONNECTOR,
    EMPTY,
    GREEN,
    HOSTILE,
    INTERRUPTED,
    POLICY,
    REPORT,
    REPORTS,
    RULES,
    STARTED,
    THREE,
    finding,
    hostile,
    of,
    reports,
    with_run,
)
from tests.report.runners import acting, commands

_ANSI = re.compile(r"\x1b\[[0-9;]*m")


def _headings(text: str) -> list[str]:
    return [line for line in text.splitlines() if line and line[0].isupper()]


def test_order() -> None:
    """What could not be evaluated comes first, then failures, what is below the threshold, and passes last."""
    assert [
        "Could not be evaluated (1)",
        "Failures (3)",
        "Below --fail-on, not counted (2)",
        "Not applicable (1)",
        "Passes (1)",
        "Remarks (1)",
        "Files that were not understood (1)",
    ] == _headings(render(REPORT))


def test_failures_by_severity() -> None:
    """The most severe failure comes first."""
    text = render(REPORT)

    assert ["AADC0004", "AADC0001", "AADC0006"] == re.findall(r"^  fail   (AADC\d+)  (?!info)", text, re.MULTILINE)


def test_a_finding_says_all_that_helps() -> None:
    """A failure has its rule, what is expected and what was found, a place to click on, and what to do."""
    lines = render(REPORT).splitlines()
    first = lines.index("  fail   AADC0001  high      Exports use the v2 endpoint")

    assert [
        "The value is 1, and 2 is expected.",
        f"at           {CONNECTOR}:812:9",
        "expected     equals 2",
        "observed     1",
        "derived      Below 1.5.30.0 the effective version is 1.",
        "remediation  Set both versions to 2 while the scheduler is off.",
    ] == [line.strip() for line in lines[first + 1 : first + 7]]


def test_a_fact_in_no_file_points_at_the_rule() -> None:
    """Where the fact stands in no file, the line of the policy is the place."""
    assert "at           v2-endpoint.yaml:24:5" in render(REPORT)


def test_sources_with_date_and_age() -> None:
    """Each source has its date and age; what has no date is unknown."""
    text = render(REPORT)

    assert "date 2016-11-03T06:00:00Z, age 3671 days, 68 files, named in the file" in text
    assert "date unknown, age unknown, assigned by folder" in text


@pytest.mark.parametrize(
    ("report", "line"),
    [
        pytest.param(
            REPORT,
            "adsync-checker: exit 4 (incomplete): 1 server, 8 findings: "
            "1 pass, 4 fail, 2 error, 1 not applicable, 0 waived; 2 below --fail-on low",
            id="contoso",
        ),
        pytest.param(
            GREEN,
            "adsync-checker: exit 0 (compliant): 1 server, 8 findings: "
            "8 pass, 0 fail, 0 error, 0 not applicable, 0 waived; 0 below --fail-on low",
            id="green",
        ),
        pytest.param(
            EMPTY,
            "adsync-checker: exit 4 (incomplete): 0 servers, 0 findings: "
            "0 pass, 0 fail, 0 error, 0 not applicable, 0 waived; 0 below --fail-on low",
            id="empty",
        ),
        pytest.param(
            INTERRUPTED,
            "adsync-checker: exit 130 (interrupted): 1 server, 1 finding: "
            "1 pass, 0 fail, 0 error, 0 not applicable, 0 waived; 0 below --fail-on low",
            id="T53 interrupted",
        ),
    ],
)
def test_last_line(report: Report, line: str) -> None:
    """The last line has a fixed form that programs may read."""
    assert line == render(report).splitlines()[-1]
    assert line == summary_line(report)


@pytest.mark.parametrize("report", [EMPTY, INTERRUPTED], ids=["empty", "interrupted"])
def test_an_incomplete_run_says_so_first(report: Report) -> None:
    """A run that is incomplete for a reason of its own says it before any finding."""
    assert "The run is incomplete" == _headings(render(report))[0]


def test_passes_take_a_line_each() -> None:
    """A pass is one line: nobody has to act."""
    text = render(GREEN).splitlines()

    assert len(RULES) == len([line for line in text if line.startswith("  pass")])
    assert ["", summary_line(GREEN)] == text[-2:]


def test_with_several_servers_each_finding_names_its_own() -> None:
    """With more than one server, every finding says whose it is; with one, the headline does."""
    assert 24 == len(re.findall(r"\(AADC0[012]\.corp\.example\)$", render(THREE), re.MULTILINE))
    assert "(CONTOSO-AADC01)" not in render(REPORT)


def test_a_server_without_sources_is_told() -> None:
    """A server of which nothing was received is shown as such."""
    assert "server B\n  no sources\n" in render(replace(GREEN, servers=(*GREEN.servers, ServerRow(name="B"))))


def test_remediation_may_be_powershell_alone() -> None:
    """The first line of the PowerShell stands in for a missing text; without either there is no line."""
    for remedy, shown in ((Remediation(powershell="\n  Set-X\nSet-Y"), "remediation  Set-X"), (Remediation(), None)):
        policy = replace(POLICY, rules=tuple(replace(one, remediation=remedy) for one in RULES))
        text = render(replace(REPORT, policies=(policy,)))

        assert shown in text if shown else "remediation" not in text


def test_many_files_are_cut() -> None:
    """A folder full of other files does not bury the verdict; how many more there are is said."""
    files = tuple(NotUnderstood(f"f{number}.txt", "Unknown.") for number in range(120))
    text = render(replace(GREEN, files_not_understood=files))

    assert 50 == text.count("Unknown.")
    assert "70 more; the format json lists all" in text


@pytest.mark.parametrize("width", [40, 80, 120])
def test_width(width: int) -> None:
    """Only what cannot be broken, a place or the last line, is wider than the room there is."""
    report = of([replace(one, message="word " * 60) for one in REPORT.findings], exit_code=4, complete=False)

    wide = [line for line in render(report, width=width).splitlines()[:-1] if "word" in line and len(line) > width]
    assert [] == wide


@pytest.mark.parametrize("report", REPORTS.values(), ids=REPORTS.keys())
def test_style_changes_no_text(report: Report) -> None:
    """Colours are all that a person gets more: without them the text is the same."""
    styled = render(report, style=True)

    assert render(report) == _ANSI.sub("", styled)
    assert "\x1b[" in styled


def test_plain_text_needs_no_rich() -> None:
    """A run that no person looks at does not load rich."""
    code = (
        "import sys; from tests.report.reports import REPORT; from checker.report.formats import FORMATS;"
        "FORMATS['text'].render(REPORT); FORMATS['json'].render(REPORT);"
        "sys.exit(bool({'rich', 'junit_xml', 'jsonschema'} & {*sys.modules}))"
    )

    assert 0 == subprocess.run([sys.executable, "-c", code], check=False).returncode


@given(reports)
def test_any_text_is_harmless(report: Report) -> None:
    """Whatever facts, files and policies hold, no runner finds a command and no terminal a control character."""
    text = render(report)

    assert set() == acting(text)
    assert [] == commands(text)
    assert "#" not in text
    assert text == _ANSI.sub("", render(report, style=True))
    assert summary_line(report) == text.splitlines()[-1]
    assert 1 == len(re.findall(r"^adsync-checker: exit", text, re.MULTILINE))


def test_a_fact_cannot_forge_the_last_line() -> None:
    """Wherever a text is wrapped, its lines are indented: only the last line begins as the last line does."""
    forged = f"{'x ' * 40}{summary_line(GREEN)}\n{summary_line(GREEN)}"

    for width in range(40, 130):
        text = render(hostile(forged), width=width)
        assert [summary_line(hostile(forged))] == re.findall(r"^adsync-checker: .*$", text, re.MULTILINE)


def test_a_derivation_that_was_told_is_not_told_again() -> None:
    """Where the message already says how the value was derived, no line repeats it."""
    one = finding("AADC0001", Outcome.FAIL, message="It is 1. Below 1.5 it is 1.", derivation="Below 1.5 it is 1.")

    assert "derived" not in render(of([one], exit_code=1))


@pytest.mark.parametrize("row", HOSTILE)
def test_hostile_rows(row: str) -> None:
    """The rows of hostile text that the matrix names are shown, cut where they are long."""
    text = render(hostile(HOSTILE[row]))

    assert [] == commands(text)
    assert set() == acting(text)
    assert len(text) < 100_000


def test_a_source_dated_in_the_future_is_told() -> None:
    """Ages: minutes, hours and days, rounded down, and a date that has not come."""
    ages = {-60: "dated in the future", 60: "1 minute", 7100: "118 minutes", 7300: "2 hours", 180000: "2 days"}
    for seconds, words in ages.items():
        source = replace(
            REPORT.servers[0].sources[0], date=STARTED.fromtimestamp(STARTED.timestamp() - seconds, STARTED.tzinfo)
        )
        text = render(replace(REPORT, servers=(ServerRow(name="CONTOSO-AADC01", sources=(source,)),)))

        assert f"age {words}," in text


def test_observed_words() -> None:
    """What was not observed says why, and of a long list the rest is counted."""
    records = REPORT.findings[3].observed
    assert isinstance(records, tuple)
    cases = (
        (finding("AADC0001", Outcome.ERROR, reason="absent"), "(absent)"),
        (finding("AADC0001", Outcome.ERROR), "(unknown)"),
        (finding("AADC0001", Outcome.FAIL), "(nothing)"),
        (finding("AADC0001", Outcome.FAIL, observed=()), "(none)"),
    )
    for one, words in cases:
        assert f"observed     {words}\n" in render(of([one], exit_code=1))
    long = of([finding("AADC0001", Outcome.FAIL, observed=records * 15)], exit_code=1)
    assert "...(+" in render(long)


def test_a_superseded_source_is_told() -> None:
    """A source that does not count is shown as such."""
    source = replace(REPORT.servers[0].sources[1], superseded=True)

    assert "superseded by a newer one" in render(replace(REPORT, servers=(ServerRow(name="A", sources=(source,)),)))


def test_the_threshold_is_told() -> None:
    """The head says what counts, and which parameters are not as the policy has them."""
    text = render(with_run(REPORT, fail_on=RULES[2].severity))

    assert "fail on      critical and above" in text
    assert "parameters   member_limit_minimum = 60000 (--set)" in text
