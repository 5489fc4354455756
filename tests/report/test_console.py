"""The text for a person."""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given

from checker.model.policy import Remediation
from checker.model.result import NotUnderstood, Outcome, Report, Revision, ServerRow
from checker.report.console import render, summary_line
from tests.report.reports import (
    ALL_WAIVED,
    CHANGED,
    CONNECTOR,
    EMPTY,
    EXPECTED,
    GREEN,
    HOSTILE,
    INTERRUPTED,
    PARTIAL,
    POLICY,
    REPORT,
    REPORTS,
    RULES,
    STARTED,
    TENANTS,
    THREE,
    WAIVED,
    WAIVER,
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
        pytest.param(
            WAIVED,
            "adsync-checker: exit 4 (incomplete): 1 server, 8 findings: "
            "1 pass, 4 fail, 2 error, 1 not applicable, 2 waived; 2 below --fail-on low",
            id="waived",
        ),
        pytest.param(
            ALL_WAIVED,
            "adsync-checker: exit 0 (compliant): 1 server, 8 findings: "
            "0 pass, 8 fail, 0 error, 0 not applicable, 8 waived; 2 below --fail-on low",
            id="F-E14 everything waived",
        ),
        pytest.param(
            PARTIAL,
            "adsync-checker: exit 0 (compliant, partial): 1 server, 8 findings: "
            "8 pass, 0 fail, 0 error, 0 not applicable, 0 waived; 0 below --fail-on low",
            id="F-A13 partial",
        ),
        pytest.param(
            TENANTS,
            "adsync-checker: exit 4 (incomplete): 3 servers, 5 findings: "
            "3 pass, 1 fail, 1 error, 0 not applicable, 0 waived; 0 below --fail-on low",
            id="tenants are no servers",
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
    assert len(text) < 150_000


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


def test_f_e07_a_waived_failure_has_a_section_of_its_own() -> None:
    """F-E07: after the failures come the waived ones, with who, until when, why, and all that was found."""
    text = render(WAIVED, width=200)
    lines = text.splitlines()
    first = lines.index("  waived  AADC0006  medium    Every enabled group member limit is in range")

    assert ["Failures (2)", "Waived (2)", "Below --fail-on, not counted (1)"] == _headings(text)[1:4]
    assert [
        "Entry 1 has 'limit' 50000, and at least 50001 is expected.",
        (
            "waived       until 2026-12-31 by jane.doe@contoso.com (approved by max.muster@contoso.com, CHG-4711); "
            "39 days left"
        ),
        "because      The limit is raised with the next release.",
        "waiver       /home/ann/waivers.yaml:3:5",
    ] == [line.strip() for line in lines[first + 1 : first + 5]]
    assert "observed     rule=6a" in lines[first + 7]
    assert "waivers      /home/ann/waivers.yaml, 2 waivers, 1 in use, sha256 cafe0123cafe" in text


@pytest.mark.parametrize(
    ("days", "words"),
    [(-1, "ended"), (0, "ends today"), (1, "1 day left"), (2, "2 days left")],
)
def test_days_left(days: int, words: str) -> None:
    """The days are counted from the moment of the run, whatever the clock says when the report is written."""
    waiver = replace(WAIVER, expires=(STARTED + timedelta(days=days)).date())
    one = replace(finding("AADC0001", Outcome.FAIL), waiver=waiver)

    assert f"CHG-4711); {words}\n" in render(of([one], exit_code=0), width=200)


def test_f_e14_too_many_waivers_are_said_first() -> None:
    """F-E14: a run that is refused for its waivers says so before any finding."""
    text = render(with_run(ALL_WAIVED, max_waived=1, exit_code=1))

    assert ["Too many waivers", "Waived (8)"] == _headings(text)
    assert "  - 6 failures that would count are waived, and --max-waived allows 1.\n" in text
    assert "Too many waivers" not in render(with_run(ALL_WAIVED, max_waived=6))


def test_green_is_for_whole_runs_without_waivers() -> None:
    """F-E14, F-A13: where something is waived or left out, the last line of a run that complies is not green."""
    last = {
        name: render(report, style=True).splitlines()[-1][:5]
        for name, report in (("green", GREEN), ("waived", ALL_WAIVED), ("partial", PARTIAL))
    }

    assert {"green": "\x1b[32m", "waived": "\x1b[33m", "partial": "\x1b[33m"} == last


def test_f_a13_a_partial_run_says_how_it_was_narrowed() -> None:
    """F-A13: the head names every narrowing; that of a whole run has no such line."""
    assert "\n  partial      --limit contoso-*, --rule AADC0001, --tag endpoint, --tag limits\n" in render(PARTIAL)
    assert "partial" not in render(GREEN)


def test_f_f04_each_server_and_tenant_counts_for_itself() -> None:
    """F-F04: with several of them, the head counts the findings of each, so that no sum hides one that is not well."""
    lines = render(TENANTS).splitlines()

    assert [
        ("server A, active, tenant x.example", "  1 pass"),
        ("server B, active, tenant x.example", "  1 pass"),
        ("server tenant x.example, tenant y.example", "  1 pass"),
        ("tenant x.example", "  1 fail"),
        ("tenant y.example", "  1 error"),
    ] == [
        (line, lines[index + 2])
        for index, line in enumerate(lines)
        if line.startswith(("server ", "tenant ")) and index < lines.index("Could not be evaluated (1)")
    ]
    assert ["  servers      A, B", "  servers      tenant x.example"] == [
        line for line in lines if line.startswith("  servers")
    ]


def test_one_server_has_no_count_in_the_head() -> None:
    """With one server the last line has its counts."""
    assert "  1 error, 3 fail" not in render(REPORT)
    assert "  1 error, 3 fail, 2 below --fail-on, 1 pass, 1 not applicable\n" in render(THREE)
    assert "server B\n  no sources\n  no findings\n" in render(
        replace(GREEN, servers=(*GREEN.servers, ServerRow(name="B")))
    )


def test_a_finding_of_a_tenant_names_it() -> None:
    """Also where there is one server, a fleet rule's finding says whose it is."""
    text = render(replace(TENANTS, servers=TENANTS.servers[:1], findings=TENANTS.findings[3:]))

    assert "Exactly one server of a tenant is active  (tenant x.example)\n" in text
    assert "tenant y.example\n  servers      no server is known to be its own\n" in text


def test_f_d25_changed_and_disabled_rules() -> None:
    """F-D25: each rule that a policy changed or turned off is listed with the original, what changed, who and why."""
    lines = render(CHANGED, width=300).splitlines()
    first = lines.index("Changed by policies (2)")

    assert [
        "  AADC0006  low       Every enabled group member limit is in range",
        "         original     policy v2-endpoint, medium; expected each: limit at least 50001 and at most 250000",
        (
            "         changed      severity low instead of medium; expect each: limit at most 100000 instead of "
            "each: limit at least 50001 and at most 250000; applies under a further condition, by policy contoso"
        ),
        "         reason       Groups above 100,000 members are split.",
        "         at           /home/ann/contoso.yaml:7:5",
        "  AADC0012  disabled  Export errors stay below a bound",
        "         original     policy v2-endpoint, info; expected equals 0",
        "         changed      disabled, by policy contoso",
        "         reason       Nobody reads these events.",
        "         at           /home/ann/contoso.yaml:12:5",
    ] == lines[first + 1 : first + 11]
    assert "The rule is turned off by policy 'contoso': Nobody reads these events." in "\n".join(lines)
    assert "    extends    v2-endpoint 1.0.0, v2-endpoint.yaml, sha256 beefbeefbeef" in lines


def test_what_the_run_was_given() -> None:
    """The head names the inventory, who was expected, the limits, what is not clean, and parameters of some servers."""
    lines = render(EXPECTED, width=200).splitlines()

    for line in (
        "  inventory    contoso-sync, /home/ann/inventory.yaml, sha256 fade0123fade",
        "  revision     /home/ann/inventory.yaml, modified since it was committed, commit 0123456789ab, branch main",
        (
            "  parameters   member_limit_minimum = 60000 (--set); "
            "member_limit_minimum = 70000 (inventory for CONTOSO-AADC01, SYNC02)"
        ),
        "  limits       --max-age P7D, --longest-waiver 90, --max-waived 3",
        (
            "  population   3 expected, 1 of them received; missing: 'SYNC02'; unexpected: 'ROGUE'; "
            "left out by --limit: 'SYNC03'"
        ),
        "server CONTOSO-AADC01, active, tenant contoso.onmicrosoft.com",
        "server SYNC02, staging",
    ):
        assert line in lines
    assert 1 == sum(line.startswith("  revision") for line in lines)


@pytest.mark.parametrize(
    ("revision", "words"),
    [
        (Revision("a", "none"), "a, in no repository"),
        (Revision("a", "none", detail="There is no git here."), "a, There is no git here."),
        (Revision("a", "untracked", "0123456789abcdef"), "a, not under version control, commit 0123456789ab"),
        (Revision("a", "unreadable", detail="git refused."), "a, version control cannot be read. git refused."),
    ],
    ids=lambda one: one.state if isinstance(one, Revision) else None,
)
def test_what_is_not_clean(revision: Revision, words: str) -> None:
    """A file of which version control does not say that it is clean is named, with what it says instead."""
    assert f"  revision     {words}\n" in render(replace(GREEN, revisions=(revision,)))


def test_a_whole_run_without_extras_has_a_short_head() -> None:
    """What was not given takes no line."""
    text = render(GREEN)

    for word in ("inventory", "population", "limits", "waivers", "revision", "Changed", "Waived"):
        assert f"  {word}" not in text
        assert f"\n{word} " not in text


def test_a_long_value_keeps_its_origin() -> None:
    """A parameter's value is cut where it is long, and where it comes from is still told."""
    parameter = replace(POLICY.parameters[0], value="x" * 10_000)
    text = render(replace(GREEN, policies=(replace(POLICY, parameters=(parameter,)),)), width=500)

    assert f"member_limit_minimum = {'x' * 200}...(+9800) (--set)\n" in text
