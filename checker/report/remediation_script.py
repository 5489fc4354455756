"""
The PowerShell text that puts one server right, for a person to read and then to run; nothing here runs it.

It has one shape whatever the plan: it says what it is, stops on any other server, shows what it would do, and changes
something only inside of one block, which leaves the scheduler as it was whatever happens.
"""

from __future__ import annotations

from collections.abc import Iterator

from checker.model.results_document import ResultsDocument
from checker.report.remediation_plan import Failing, ServerPlan, Step
from checker.report.remediation_quoting import code_string, comment, exact_string, string
from checker.report.remediation_words import expected_words, observed_words, standing_words, wrong_words

MARK = "# Remediation by adsync-checker"
"""How every script begins, after the mark of UTF-8; a file that begins otherwise is nobody's to overwrite."""

_BYTE_ORDER_MARK = "\ufeff"
"""NOTE: without it Windows PowerShell reads the script in a code page of the machine."""


def script_of(results: ResultsDocument, plan: ServerPlan) -> str:
    """Write the script of *plan*."""
    lines = [
        *_header(results, plan),
        "#Requires -Version 5.1",
        "[CmdletBinding()]",
        "param(",
        "    # Make the changes. Without it nothing is changed, and the script shows what it would do.",
        "    [switch]$Apply",
        ")",
        "",
        "Set-StrictMode -Version Latest",
        "$ErrorActionPreference = 'Stop'",
        "",
        *_identity(plan),
        *_state(plan),
    ]
    if plan.changes:
        lines += ["if (-not $Apply) {", *_indented(_dry_run(plan)), "} else {", *_indented(_apply(plan)), "}"]
    else:
        lines += [f"Write-Host {string(_NOTHING)}", f"Write-Host {_guide_string(plan)}"]
    return _BYTE_ORDER_MARK + "\n".join(lines) + "\n"


_NOTHING = "No rule that fails here has a change that a script can make; nothing is changed."


def _header(results: ResultsDocument, plan: ServerPlan) -> Iterator[str]:
    yield MARK
    yield "#"
    yield "# Read it before you run it, in an elevated Windows PowerShell on the server itself. Without -Apply it changes"
    yield "# nothing. What no script can do stands in the Markdown file of the same name."
    yield "#"
    yield f"# Server:   {comment(plan.server)}"
    yield f"# Run:      {comment(results.run_id)} of {comment(results.started)}"
    yield f"# Results:  sha256 {results.sha256}"
    for policy in results.policies:
        yield f"# Policy:   {comment(policy.name)} {comment(policy.version)}"
    for words in standing_words(results):
        yield f"# NOTE:     {comment(words)}"
    yield "#"
    yield "# What fails, what was observed, and what is expected:"
    for one in plan.failing:
        yield "#"
        yield f"#   {comment(one.rule.id)} ({one.rule.severity.word}): {comment(one.rule.title)}"
        yield f"#     observed: {comment(observed_words(one.finding))}"
        yield f"#     expected: {comment(expected_words(one.finding))}"
        yield f"#     here:     {_where(plan, one)}"
    yield ""


def _where(plan: ServerPlan, one: Failing) -> str:
    """Say what the script does about a failing rule."""
    if one.refused:
        return f"not in this script, because in its lines of PowerShell {one.refused}; see the Markdown file"
    if one.sync_cycle is not None:
        return "what the sync cycle is left at"
    number = plan.step_of(one.rule.id)
    return f"step {number}" if number else "not in this script; see the Markdown file"


def _identity(plan: ServerPlan) -> Iterator[str]:
    yield "# It belongs to one server, and stops on any other. MachineName ends after 15 characters, the other name does not."
    yield f"$expected = {exact_string(plan.computer_name)}"
    yield "$names = @([Environment]::MachineName, [Net.Dns]::GetHostName())"
    yield "$same = @($names | Where-Object { [string]::Equals($_, $expected, [StringComparison]::OrdinalIgnoreCase) })"
    yield "if ($same.Count -eq 0) {"
    yield f"    throw ({string('This script is for the server ')} + $expected + ', and this is ' + $names[0] + '.')"
    yield "}"
    if plan.whole_name:
        yield "# Another server of the same run has this computer name too, so the whole name counts."
        yield f"$whole = {exact_string(plan.whole_name)}"
        yield "$domain = [Net.NetworkInformation.IPGlobalProperties]::GetIPGlobalProperties().DomainName"
        yield "$found = ([Net.Dns]::GetHostName() + '.' + $domain).TrimEnd('.')"
        yield "if (-not [string]::Equals($found, $whole, [StringComparison]::OrdinalIgnoreCase)) {"
        yield f"    throw ({string('This script is for the server ')} + $whole + ', and this is ' + $found + '.')"
        yield "}"
    yield ""


def _state(plan: ServerPlan) -> Iterator[str]:
    """Write the function that shows the values that count; it only reads, and a failure to show stops nothing."""
    yield "function Show-State {"
    yield "    param([string]$When)"
    yield "    Write-Host ('State ' + $When + ':')"
    yield "    try {"
    yield "        Get-ADSyncScheduler |"
    yield "            Select-Object -Property SyncCycleEnabled, SyncCycleInProgress, StagingModeEnabled |"
    yield "            Format-List | Out-String | Write-Host"
    yield "        Get-ItemProperty -Path 'HKLM:\\SYSTEM\\CurrentControlSet\\Services\\ADSync\\Parameters' |"
    yield "            Select-Object -Property 'AadConnector*ApiVersion' |"
    yield "            Format-List | Out-String | Write-Host"
    if any(step.editor for step in plan.steps):
        yield "        Get-ADSyncRule |"
        yield "            Where-Object { $_.AttributeFlowMappings | Where-Object { $_.Destination -eq 'member' } } |"
        yield "            Select-Object -Property Precedence, Direction, Disabled, Name |"
        yield "            Sort-Object -Property Precedence | Format-Table -AutoSize | Out-String -Width 200 | Write-Host"
    yield "    } catch {"
    yield "        Write-Warning ('Not all of the state can be shown: ' + $_.Exception.Message)"
    yield "    }"
    yield "}"
    yield ""


def _dry_run(plan: ServerPlan) -> Iterator[str]:
    yield f"Write-Host {string('Nothing is changed. With -Apply this script would:')}"
    yield f"Write-Host {string('- save the state of the sync cycle, and turn it off')}"
    for number, step in enumerate(plan.steps, 1):
        yield f"Write-Host {string(f'- step {number}, for ' + ', '.join(step.rules) + ':')}"
        yield from _shown(step)
    yield f"Write-Host {string('- ' + _end_words(plan))}"
    yield "Write-Host ''"
    yield from _values(plan)
    yield "Show-State -When 'now'"
    yield f"Write-Host {_guide_string(plan)}"


def _shown(step: Step) -> Iterator[str]:
    for line in step.change.split("\n") if step.change else ():
        yield f"Write-Host {code_string('      ' + line)}"
    if step.editor:
        yield f"Write-Host {string('      stop, for you to change in the Synchronization Rules Editor:')}"
    for entry in step.entries:
        yield f"Write-Host {string('      ' + entry)}"


def _values(plan: ServerPlan) -> Iterator[str]:
    yield f"Write-Host {string('What fails, by the results:')}"
    for one in plan.failing:
        yield f"Write-Host {string(wrong_words(one.finding))}"
    yield "Write-Host ''"


def _end_words(plan: ServerPlan) -> str:
    if plan.sync_cycle is None:
        return "put the sync cycle back to what it was"
    return f"turn the sync cycle {'on' if plan.sync_cycle else 'off'} at the end, for a rule that fails asks for it"


def _guide_string(plan: ServerPlan) -> str:
    return string(f"Read {plan.stem}.md as well: what no script can do stands there.")


def _apply(plan: ServerPlan) -> Iterator[str]:
    yield "$admin = [Security.Principal.WindowsBuiltInRole]::Administrator"
    yield "$user = New-Object -TypeName Security.Principal.WindowsPrincipal -ArgumentList @("
    yield "    [Security.Principal.WindowsIdentity]::GetCurrent()"
    yield ")"
    yield "if (-not $user.IsInRole($admin)) {"
    yield "    throw 'This PowerShell is not elevated; nothing was changed.'"
    yield "}"
    yield "Import-Module -Name ADSync"
    yield "Show-State -When 'before'"
    yield ""
    yield "# The scheduler is saved before anything else, and exactly this value is put back, also when a step fails."
    yield "$saved = (Get-ADSyncScheduler).SyncCycleEnabled"
    yield "if ($saved -isnot [bool]) { throw 'The state of the sync cycle cannot be read; nothing was changed.' }"
    yield "if ((Get-ADSyncScheduler).SyncCycleInProgress) {"
    yield "    throw 'A sync cycle is in progress; wait until it is done. Nothing was changed.'"
    yield "}"
    yield "$final = $saved"
    yield "try {"
    yield "    Set-ADSyncScheduler -SyncCycleEnabled $false"
    yield "    # A cycle may have begun in between; it is left to end by itself."
    yield "    if ((Get-ADSyncScheduler).SyncCycleInProgress) {"
    yield "        throw 'A sync cycle has just begun; wait until it is done. Nothing was changed.'"
    yield "    }"
    for number, step in enumerate(plan.steps, 1):
        yield ""
        yield from _indented(_step(plan, number, step))
    if plan.sync_cycle is not None:
        yield ""
        yield from _indented(_decision(plan))
    yield "} finally {"
    yield "    try {"
    yield "        Set-ADSyncScheduler -SyncCycleEnabled $final"
    yield "    } catch {"
    yield "        Write-Warning ('THE SYNC CYCLE WAS NOT PUT BACK. SyncCycleEnabled must be: ' + $final)"
    yield "        throw"
    yield "    } finally {"
    yield "        Show-State -When 'after'"
    yield "    }"
    yield "}"
    yield f"Write-Host {string('Done. Export the configuration again and check it, to see that the rules hold.')}"
    yield f"Write-Host {_guide_string(plan)}"


def _step(plan: ServerPlan, number: int, step: Step) -> Iterator[str]:
    yield f"# Step {number}, for {comment(', '.join(step.rules))}"
    yield f"Write-Host {string(f'Step {number}, for ' + ', '.join(step.rules))}"
    if step.change:
        yield "& {"
        # NOTE: the lines are taken over as they are; the plan holds only those that cannot leave this block.
        yield from (f"    {line}".rstrip() for line in step.change.split("\n"))
        yield "}"
    if step.editor:
        yield "# No cmdlet changes a synchronization rule safely: clone it, disable the original, change the copy."
        for entry in step.entries:
            yield f"Write-Host {string('  ' + entry)}"
        yield f"Write-Host {string(f'Change them in the Synchronization Rules Editor now; the steps stand in {plan.stem}.md.')}"
        yield "$answer = Read-Host -Prompt 'Type done when they are changed, or anything else to stop'"
        yield "if ($answer -ne 'done') {"
        yield "    throw 'Stopped before the rules were changed; the sync cycle is put back to what it was.'"
        yield "}"


def _decision(plan: ServerPlan) -> Iterator[str]:
    """Write what the scheduler is left at where a failing rule asks for it, which is not what it was."""
    ids = [one.rule.id for one in plan.failing if one.sync_cycle is not None]
    word = "on" if plan.sync_cycle else "off"
    yield f"# NOTE: {comment(', '.join(ids))} asks for the sync cycle to be {word}, so it is not put back to what it was."
    yield "# It comes to this only after every step above; if one of them fails, the saved value is put back."
    yield f"Write-Warning {string(f'The sync cycle is turned {word} at the end, for ' + ', '.join(ids) + '.')}"
    yield f"$final = {'$true' if plan.sync_cycle else '$false'}"


def _indented(lines: Iterator[str]) -> Iterator[str]:
    return (f"    {line}" if line else "" for line in lines)
