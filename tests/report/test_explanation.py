"""One rule explained."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given

from checker.model.catalogue import CATALOGUE
from checker.model.facts import Source, SourceFormat
from checker.model.policy import Remediation
from checker.model.result import Finding, Outcome, Report
from checker.model.values import Record
from checker.report.explanation import render_explanation
from tests.report.policies import expecting, fleet, hostile, overridden, parameter, policy, words
from tests.report.reports import CONNECTOR, HOSTILE, REPORT, finding, of, rule, texts
from tests.report.reports import hostile as hostile_report

COMMAND = re.compile(r"(?m)^\s*::|##\[|##vso\[")
ONE = replace(rule("AADC0001"), cases=expecting(2), parameters=("member_limit_minimum",))
POLICY = policy(ONE, parameters=(parameter(value=60000, origin="--set"), parameter("other")))


def explained(report: Report | None = None) -> list[str]:
    """Explain the rule, and give the lines without their indentation."""
    return [line.strip() for line in render_explanation(POLICY, ONE, words, report).splitlines()]


def test_a_rule_is_explained_whole() -> None:
    """What it expects with which values, of which fact, where that stands in each source, why, and what to do."""
    expected = """\
AADC0001: Exports use the v2 endpoint
  severity high, every server
  policy contoso 2.1, v2-endpoint.yaml:10:5

Expected
  endpoint.export_api_version: 2
  absent: an error; unknown: an error
  $member_limit_minimum = 60000: from --set, and the default is 50001, v2-endpoint.yaml:20:3

Fact endpoint.export_api_version
"""
    text = render_explanation(POLICY, ONE, words)

    assert text.startswith(expected)
    assert text.endswith("""\

Why
  The v1 endpoint has a member limit of 50,000.

Remediation
  Set both versions to 2 while the scheduler is off.
  Then run a full import.

  PowerShell, to be reviewed before it is run:
    Set-ADSyncScheduler -SyncCycleEnabled $false
    Import-Module 'C:\\Program Files\\x.psm1'

References
  https://learn.microsoft.com/entra/identity/hybrid/connect/how-to-connect-sync-endpoint-api-v2

Controls
  nist-800-53: CM-2, CM-6; iso-27001: A.8.9
""")


@pytest.mark.parametrize("name", CATALOGUE)
def test_every_fact_says_where_it_stands(name: str) -> None:
    """Each source that can hold the fact is named with the place in it, and what absence means is said."""
    one = replace(ONE, fact=name)
    text = " ".join(render_explanation(policy(one), one, words).split())
    spec = CATALOGUE[name]

    for where in (*spec.sources.values(), spec.absence, spec.derived):
        assert " ".join(where.split()) in text
    assert f"facts document: `{name}`" in text


def test_facts_of_conditions_are_explained_too() -> None:
    """A rule that rests on several facts explains each."""
    made = replace(fleet(), fact="product.version")

    headings = [line for line in render_explanation(policy(made), made, words).splitlines() if line.startswith("Fact ")]

    assert ["Fact product.version", "Fact server.role"] == headings


def test_what_policies_changed_is_told() -> None:
    """A rule that was lowered and turned off says so, by whom, from what to what, and why."""
    text = render_explanation(policy(overridden()), overridden(), words)

    for told in (
        "DISABLED: gone soon",
        "defined by v2-endpoint, v2-endpoint.yaml:10:5",
        "changed by corporate at bases/corporate.yaml:9:5",
        "severity: high -> low",
        "reason: v1 is still needed",
        "disabled: false -> true",
        "older than PT12H: an error",
    ):
        assert told in text


def test_what_only_the_editor_can_do_is_told() -> None:
    """The steps in the Synchronization Rules Editor stand beside the PowerShell around them."""
    one = replace(ONE, remediation=Remediation(editor="1. Open the rule.\n2. Save.", powershell="# Change it now.\n"))

    assert (
        "  In the Synchronization Rules Editor:\n    1. Open the rule.\n    2. Save.\n\n"
        "  PowerShell, to be reviewed before it is run:\n    # Change it now.\n"
    ) in render_explanation(policy(one), one, words)


def test_a_bare_rule_has_no_empty_headings() -> None:
    """What a rule does not say has no heading."""
    one = replace(ONE, rationale="", remediation=Remediation(), references=(), controls=())
    text = render_explanation(policy(one), one, words)

    assert [] == [word for word in ("Why", "Remediation", "References", "Controls", "Findings") if word in text]


def test_findings_are_explained() -> None:
    """What was observed, what came out and why, where the fact stands, and how it was derived."""
    assert [
        "Findings",
        "CONTOSO-AADC01: fail",
        "The value is 1, and 2 is expected.",
        "expected: equals 2",
        "observed: 1",
        f"from: {CONNECTOR}:812:9, export-type",
        "derived: Below 1.5.30.0 the effective version is 1.",
    ] == explained(REPORT)[-7:]


def test_an_error_says_why() -> None:
    """What could not be read is an error with its reason, and nothing was observed."""
    one = finding("AADC0001", Outcome.ERROR, reason="not_in_source", message="No source holds it.")

    assert [
        "CONTOSO-AADC01: error (not_in_source)",
        "No source holds it.",
        "expected: equals 2",
        "observed: (unknown: not_in_source)",
    ] == explained(of([one], exit_code=4))[-4:]


def test_a_fact_without_a_file_names_its_source() -> None:
    """What is declared stands in no export; its source is named all the same."""
    one = replace(finding("AADC0001", Outcome.PASS, observed=2), source=Source(SourceFormat.INVENTORY, None, "role"))

    assert "from: inventory, role" == explained(of([one], exit_code=0))[-1]


def test_long_lists_are_cut_and_counted() -> None:
    """Each entry is a line, and of a long list the rest is counted."""
    entries = tuple(Record.of(name=f"rule {number}", limit=number) for number in range(25))
    one = finding("AADC0001", Outcome.FAIL, observed=entries)

    lines = explained(of([one], exit_code=1))

    assert ["observed: 25 records", "name=rule 0 limit=0"] == lines[lines.index("observed: 25 records") :][:2]
    assert ["name=rule 19 limit=19", "and 5 more"] == lines[-2:]


def test_no_finding_is_said() -> None:
    """Where the rule was asked about nothing, that is said, and looks like no pass."""
    assert "none: there is nothing that the rule was asked about" == explained(of([], exit_code=4))[-1]


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_t32_t34_nothing_acts_on_a_terminal_or_a_log(text: str) -> None:
    """Whatever policies, facts and paths hold, each line is printable, and none is taken for a command."""
    made = hostile(text)
    [one] = made.rules

    shown = render_explanation(made, one, words, hostile_report(text))

    assert all(line.isprintable() for line in shown.split("\n"))
    assert [] == COMMAND.findall(shown)


@given(texts)
def test_nothing_ever_acts(text: str) -> None:
    """The same for any text at all."""
    made = hostile(text)
    found: Finding = replace(finding("AADC0001", Outcome.FAIL, observed=text or "x"), server=text or "s", message=text)
    shown = render_explanation(made, made.rules[0], words, of([found], exit_code=1))

    assert all(line.isprintable() for line in shown.split("\n"))
    assert [] == COMMAND.findall(shown)
