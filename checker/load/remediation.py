"""What to do about a broken rule, and the PowerShell that is put together from its parts."""

from __future__ import annotations

import re

from checker.load.fields import FieldReader
from checker.load.nodes import Entry
from checker.model.policy import Remediation
from checker.schema.policy_language import REMEDIATION_KEYS, SCHEDULER_LINE

CYCLE_OFF = "Set-ADSyncScheduler -SyncCycleEnabled $false"
CYCLE_ON = "Set-ADSyncScheduler -SyncCycleEnabled $true"
EDITOR_STEP = "# Change the rule in the Synchronization Rules Editor now."
_NOTHING = Remediation()


def read_remediation(reader: FieldReader, entry: Entry | None) -> Remediation:
    """Read a remediation; empty where there is no *entry*."""
    if entry is None:
        return _NOTHING
    form = reader.form(entry.value, "'remediation'", REMEDIATION_KEYS) or {}
    text = reader.text(form.get("text"), "the text of a remediation")
    powershell = reader.text(form.get("powershell"), "the PowerShell of a remediation")
    change = reader.text(form.get("change"), "the change of a remediation")
    editor = reader.text(form.get("editor"), "the editor steps of a remediation")
    for name in ("change", "editor"):
        if name in form and "powershell" in form:
            reader.wrong(form[name], f"{name!r} stands without 'powershell', which is put together from it")
    if change and re.search(SCHEDULER_LINE, change):
        reader.wrong(
            form["change"],
            "a 'change' does not set the scheduler: the sync cycle is turned off before it and on again after it; "
            "what sets the scheduler itself is 'powershell'",
        )
    return Remediation(text=text, powershell=powershell or _composed(change, editor), change=change, editor=editor)


def _composed(change: str, editor: str) -> str:
    if not change and not editor:
        return ""
    steps = [CYCLE_OFF, *change.splitlines(), *([EDITOR_STEP] if editor else ()), CYCLE_ON]
    return "\n".join(steps) + "\n"
