"""The script of a server: well formed, harmless without -Apply, and with it one sequence that puts all back."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings

from checker.model.result import Outcome, Selection
from checker.model.results_document import PastFinding, PastRule, PastServer, ResultsDocument
from checker.report.remediation_plan import plans_of
from checker.report.remediation_script import script_of
from tests.report.past import (
    ALL,
    EXPORTS,
    IMPORTS,
    LIMIT,
    LIMITS,
    MAINTENANCE,
    PRECEDENCE,
    SYNC_CYCLE,
    hostile,
    past,
    past_finding,
    past_rule,
)
from tests.report.powershell import branches, commands, mistakes, outside, parsed, text
from tests.report.reports import HOSTILE, texts
from tests.report.test_remediation_quoting import POWERSHELL

READING = {
    "Write-Host", "Write-Warning", "Show-State", "Get-ADSyncScheduler", "Get-ADSyncRule", "Get-ItemProperty",
    "Select-Object", "Where-Object", "Sort-Object", "Format-List", "Format-Table", "Out-String",
}  # fmt: skip
"""Commands that show something and change nothing."""


def _script(results: ResultsDocument) -> str:
    (plan,) = plans_of(results)
    return script_of(results, plan)


FAILING = past(*ALL)
SCRIPT = _script(FAILING)


def test_it_is_well_formed() -> None:
    """An independent grammar understands all of it."""
    assert [] == mistakes(SCRIPT)


def test_windows_powershell_reads_it_as_utf8() -> None:
    """It begins with the mark that Windows PowerShell needs, and asks for that PowerShell."""
    assert SCRIPT.startswith("\ufeff# Remediation by adsync-checker\n")
    assert "\n#Requires -Version 5.1\n[CmdletBinding()]\nparam(\n" in SCRIPT


def test_what_it_says_of_itself() -> None:
    """The head names server, run, results and policy, and each rule with what was observed and expected."""
    for line in (
        "# Server:   sync01.contoso.com",
        "# Run:      6f0d4a52-3c1e-4b58-9a77-0d1c6a4b2f10 of 2026-11-22T10:00:00Z",
        "# Results:  sha256 " + "0a1b2c3d" * 8,
        "# Policy:   v2-endpoint 1.0.0",
        "#   AADC0001 (high): Exports use the v2 endpoint\n#     observed: 1\n#     expected: 2\n#     here:     step 1",
        "#     here:     what the sync cycle is left at",
        "#     here:     not in this script; see the Markdown file",
    ):
        assert f"\n{line}\n" in SCRIPT


def test_without_apply_nothing_is_changed() -> None:
    """The branch without -Apply, and all that stands outside of both, shows and reads only."""
    dry, apply = branches(SCRIPT)

    assert set(commands(dry)) <= READING
    outer = commands(parsed(outside(SCRIPT, dry, apply)))
    assert {"Set-StrictMode"} == set(outer) - READING
    assert "Set-ADSyncScheduler" in commands(apply)


def test_without_apply_all_is_shown() -> None:
    """What would be done is shown line by line, as text."""
    dry, _ = branches(SCRIPT)
    shown = text(dry)

    assert "'      Set-ADSyncAADConnectorExportApiVersion 2'" in shown
    assert "'- step 1, for AADC0001, AADC0002:'" in shown
    assert "'- AADC0001: observed 1; expected 2'" in shown
    assert "Out to AAD - Group Join" in shown
    assert "turn the sync cycle on at the end" in shown


def test_it_stops_on_another_server() -> None:
    """Before anything else the name of the computer is compared, as a whole and without regard to case."""
    before = SCRIPT.partition("if (-not $Apply)")[0]

    assert "$expected = 'sync01'" in before
    assert "[StringComparison]::OrdinalIgnoreCase" in before
    assert "throw" in before
    assert "$whole" not in before


def test_two_servers_with_one_computer_name() -> None:
    """Where two servers have one computer name the whole name counts."""
    servers = (PastServer(name="sync01.contoso.com"), PastServer(name="sync01.fabrikam.com"))
    results = past((EXPORTS, past_finding(EXPORTS)), servers=servers)

    script = _script(results)

    assert "$whole = 'sync01.contoso.com'" in script
    assert [] == mistakes(script)


def test_a_computer_name_of_its_own() -> None:
    """A computer name that the results give is the one that is compared."""
    servers = (PastServer(name="sync01.contoso.com", computer_name="AADC-PROD"),)

    assert "$expected = 'AADC-PROD'" in _script(past((EXPORTS, past_finding(EXPORTS)), servers=servers))


def test_the_sequence() -> None:
    """Saved, not in the middle of a cycle, off, changed once, and put back whatever happens."""
    _, apply = branches(_script(past(*ALL[:3])))
    order = [
        "$saved = (Get-ADSyncScheduler).SyncCycleEnabled",
        "(Get-ADSyncScheduler).SyncCycleInProgress",
        "$final = $saved",
        "try {",
        "Set-ADSyncScheduler -SyncCycleEnabled $false",
        "Set-ADSyncAADConnectorExportApiVersion 2",
        "Set-ADSyncAADConnectorImportApiVersion 2",
        "Read-Host",
        "} finally {",
        "Set-ADSyncScheduler -SyncCycleEnabled $final",
        "Show-State -When 'after'",
    ]
    places = [text(apply).index(part) for part in order]

    assert sorted(places) == places
    assert 2 == commands(apply).count("Set-ADSyncScheduler")
    assert 1 == commands(apply).count("Set-ADSyncAADConnectorExportApiVersion")


def test_the_scheduler_is_put_back_in_finally_only() -> None:
    """What turns the cycle back stands in the block that runs whatever happens, and knows only the saved value."""
    _, apply = branches(_script(past(*ALL[:2])))
    body, _, last = text(apply).partition("} finally {")

    assert ["Set-ADSyncScheduler -SyncCycleEnabled $false"] == [
        line.strip() for line in body.splitlines() if "Set-ADSyncScheduler" in line
    ]
    assert ["Set-ADSyncScheduler -SyncCycleEnabled $final"] == [
        line.strip() for line in last.splitlines() if "Set-ADSyncScheduler" in line
    ]
    assert ["$final = $saved"] == [
        line.strip() for line in text(apply).splitlines() if line.strip().startswith("$final =")
    ]


@pytest.mark.parametrize(("observed", "value"), [(False, "$true"), (True, "$false")])
def test_the_scheduler_itself_fails(*, observed: bool, value: str) -> None:
    """Where a rule about the sync cycle fails, what it wants is what is left, last of all, and the script says so."""
    given_rules = [ALL[0], (SYNC_CYCLE, past_finding(SYNC_CYCLE, observed=observed, expected="x"))]
    _, apply = branches(_script(past(*given_rules)))
    body, _, _ = text(apply).partition("} finally {")

    assert ["$final = $saved", f"$final = {value}"] == [
        line.strip() for line in body.splitlines() if line.strip().startswith("$final =")
    ]
    assert body.index("Set-ADSyncAADConnectorImportApiVersion 2") < body.index(f"$final = {value}")
    assert "AADC0010 asks for the sync cycle" in body


def test_only_the_scheduler_fails() -> None:
    """Where there is no other change, the sequence is the same, and well formed."""
    script = _script(past((SYNC_CYCLE, past_finding(SYNC_CYCLE, observed=False))))

    assert [] == mistakes(script)
    assert ["Set-ADSyncScheduler", "Set-ADSyncScheduler"] == [
        name for name in commands(parsed(script)) if name == "Set-ADSyncScheduler"
    ]


def test_the_scheduler_that_could_not_be_read() -> None:
    """A value that is not known decides nothing."""
    script = _script(past(ALL[0], (SYNC_CYCLE, past_finding(SYNC_CYCLE, observed=None))))

    assert ("$final = $true" in script, "$final = $false" in script) == (False, False)


def test_stops_for_the_editor() -> None:
    """All rules that only the editor can change share one stop, with what was found, after every other change."""
    results = past(
        (LIMIT, past_finding(LIMIT, observed=LIMITS)),
        (PRECEDENCE, past_finding(PRECEDENCE, observed=LIMITS, broken=LIMITS[1:])),
        (past_rule("AADC0999", change="Set-Last 1"), past_finding(past_rule("AADC0999"))),
    )
    _, apply = branches(_script(results))

    assert 1 == commands(apply).count("Read-Host")
    assert text(apply).index("Set-Last 1") < text(apply).index("Read-Host")
    assert "'Out to AAD - Group Join'': rule 6a, precedence 139, standard yes, via expression, limit 50000" in text(
        apply
    )
    assert "AADC0009: ''Copy of O''Brien'': rule 7b, precedence 50" in text(apply)
    assert "AADC0009: ''Out to AAD" not in text(apply)


@pytest.mark.parametrize(
    "given_finding",
    [
        pytest.param(past_finding(IMPORTS, Outcome.ERROR, observed=None, reason="no_data"), id="an error"),
        pytest.param(past_finding(IMPORTS, Outcome.PASS), id="a pass"),
        pytest.param(past_finding(IMPORTS, Outcome.NOT_APPLICABLE), id="not applicable"),
        pytest.param(past_finding(IMPORTS, waiver="expires 2026-12-31"), id="waived"),
    ],
)
def test_what_does_not_fail_is_not_changed(given_finding: PastFinding) -> None:
    """Only failures that nothing excuses are in a script."""
    results = past((MAINTENANCE, past_finding(MAINTENANCE)), (IMPORTS, given_finding))

    assert "AADC0002" not in _script(results)


def test_nothing_for_a_script() -> None:
    """Where no rule has a change, the script does not touch the scheduler, with -Apply or without."""
    script = _script(past((MAINTENANCE, past_finding(MAINTENANCE))))

    assert [] == mistakes(script)
    assert {"Set-StrictMode"} == set(commands(parsed(script))) - READING
    assert "nothing is changed" in script


def test_a_change_that_is_not_taken_over() -> None:
    """Lines that could leave their place are not in the script, which says why."""
    rule = past_rule("X1", change="}\nSet-Evil 1\n& {")
    script = _script(past(ALL[0], (rule, past_finding(rule))))

    assert "Set-Evil" not in script
    assert "because in its lines of PowerShell a brace is closed that was not opened" in script


def test_an_incomplete_and_a_narrowed_run() -> None:
    """A run that did not see everything is said to be one at the top."""
    results = replace(FAILING, complete=False, selection=Selection(rules=("AADC0001",), tags=("x\ny",)))

    script = _script(results)

    assert "# NOTE:     The run was incomplete (0 errors); there may be more to put right than is here.\n" in script
    assert "# NOTE:     The run was narrowed (--rule AADC0001, --tag x\\x0ay)" in script


def _harmless(results: ResultsDocument) -> None:
    (plan,) = plans_of(results)
    script = script_of(results, plan)
    assert [] == mistakes(script)
    dry, apply = branches(script)
    assert set(commands(dry)) <= READING
    assert {"Set-StrictMode"} == set(commands(parsed(outside(script, dry, apply)))) - READING
    assert "Set-Evil" not in commands(apply)


@pytest.mark.parametrize("text_", [*POWERSHELL.values(), *HOSTILE.values()], ids=[*POWERSHELL, *HOSTILE])
def test_t31_hostile_results(text_: str) -> None:
    """Whatever stands in the results, as a name, a title, a value or a remediation, is text."""
    results = hostile(text_ or "s")

    _harmless(replace(results, rules=tuple(_without_change(results))))


def _without_change(results: ResultsDocument) -> list[PastRule]:
    """Leave out the changes: they are code, and have a test of their own."""
    return [
        replace(rule, remediation=replace(rule.remediation, change="Set-ADSyncAADConnectorExportApiVersion 2"))
        for rule in results.rules
    ]


@given(texts)
@settings(max_examples=60)
def test_any_text_in_results(text_: str) -> None:
    """As above, for any text."""
    results = hostile(text_ or "s")

    _harmless(replace(results, rules=tuple(_without_change(results))))
