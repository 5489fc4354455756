"""What a policy says to do about a broken rule."""

from __future__ import annotations

import pytest

from checker.model.policy import Remediation
from tests.load.reading import load, mistakes, policy, rule

CASES = [
    pytest.param("", Remediation(), id="nothing"),
    pytest.param("{text: t, powershell: p}", Remediation(text="t", powershell="p"), id="written out"),
    pytest.param(
        '{text: t, change: "Set-A 1\\nSet-B 2\\n"}',
        Remediation(
            text="t",
            powershell=(
                "Set-ADSyncScheduler -SyncCycleEnabled $false\nSet-A 1\nSet-B 2\n"
                "Set-ADSyncScheduler -SyncCycleEnabled $true\n"
            ),
            change="Set-A 1\nSet-B 2\n",
        ),
        id="a change",
    ),
    pytest.param(
        "{editor: 1. Click}",
        Remediation(
            powershell=(
                "Set-ADSyncScheduler -SyncCycleEnabled $false\n"
                "# Change the rule in the Synchronization Rules Editor now.\n"
                "Set-ADSyncScheduler -SyncCycleEnabled $true\n"
            ),
            editor="1. Click",
        ),
        id="steps in the editor",
    ),
    pytest.param(
        "{change: Set-A, editor: Click}",
        Remediation(
            powershell=(
                "Set-ADSyncScheduler -SyncCycleEnabled $false\nSet-A\n"
                "# Change the rule in the Synchronization Rules Editor now.\n"
                "Set-ADSyncScheduler -SyncCycleEnabled $true\n"
            ),
            change="Set-A",
            editor="Click",
        ),
        id="both",
    ),
    pytest.param(
        "{change: Set-ADSyncSchedulerConnectorOverride}",
        Remediation(
            powershell=(
                "Set-ADSyncScheduler -SyncCycleEnabled $false\nSet-ADSyncSchedulerConnectorOverride\n"
                "Set-ADSyncScheduler -SyncCycleEnabled $true\n"
            ),
            change="Set-ADSyncSchedulerConnectorOverride",
        ),
        id="a cmdlet of another name",
    ),
]


@pytest.mark.parametrize(("text", "expected"), CASES)
def test_the_sequence_is_put_together(text: str, expected: Remediation) -> None:
    """The sync cycle is turned off before a change and on again after it, whatever the change is."""
    (read,) = load(policy(rule(more=f"remediation: {text}" if text else ""))).rules

    assert expected == read.remediation


WRONG = [
    ("{change: a, powershell: b}", "f:10:19: 'change' stands without 'powershell', which is put together from it"),
    ("{editor: a, powershell: b}", "f:10:19: 'editor' stands without 'powershell'"),
    ("{change: ' '}", "the change of a remediation is blank"),
    ("{editor: 5}", "the editor steps of a remediation is text, not the integer 5"),
    ("{change: Set-ADSyncScheduler -X 1}", "f:10:19: a 'change' does not set the scheduler"),
    (
        '{change: "Set-A\\n  $x = (set-adsyncscheduler -SyncCycleEnabled $true)"}',
        "a 'change' does not set the scheduler",
    ),
]


@pytest.mark.parametrize(("text", "mistake"), WRONG, ids=[text for text, _ in WRONG])
def test_a_wrong_remediation_is_told(text: str, mistake: str) -> None:
    """A change within the sequence does not turn the scheduler itself, and is not written out twice."""
    (found,) = mistakes(policy(rule(more=f"remediation: {text}")))

    assert mistake in found
