"""
The one table that says how each outcome is shown, in every format.

A finding of a rule below `--fail-on` never moves the exit code, and so stands apart from one that does; and so does a
failure that a waiver covers, whatever its severity. It stays a failure, and is never shown as a pass.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType
from typing import Literal, assert_never

from checker.model.policy import Severity
from checker.model.result import Finding, Outcome, Report


class Standing(Enum):
    """The outcome of a finding together with all else that decides how it is shown."""

    ERROR = "error"
    FAIL = "fail"
    ERROR_BELOW = "error below --fail-on"
    FAIL_BELOW = "fail below --fail-on"
    WAIVED = "waived"
    NOT_APPLICABLE = "not applicable"
    PASS = "pass"  # noqa: S105 - the word of the contract, no password


@dataclass(frozen=True, slots=True, kw_only=True)
class Treatment:
    """How the findings of one standing are shown."""

    word: str  # in text
    junit: Literal["failure", "error", "skipped"] | None  # the element inside of the case; none means passed
    kind: Literal["fail", "open", "notApplicable", "pass"]  # in `sarif-full`
    level: Literal["severity", "note", "none"]  # of the SARIF result; `severity` follows the rule
    alert: bool = False  # whether the profile `sarif` carries it, which knows the kind `fail` only
    notification: Literal["error", "warning"] | None = None  # whether SARIF also tells it as a notification
    suppressed: bool = False  # whether SARIF says that a person accepted it
    prefix: str = ""  # of the message, where a reader sees the message alone


_BELOW = "below --fail-on: "

TREATMENTS: Mapping[Standing, Treatment] = MappingProxyType(
    {
        Standing.ERROR: Treatment(
            word="error", junit="error", kind="open", level="none", alert=True, notification="error"
        ),
        Standing.FAIL: Treatment(word="fail", junit="failure", kind="fail", level="severity", alert=True),
        Standing.ERROR_BELOW: Treatment(
            word="error", junit="skipped", kind="open", level="none", notification="warning", prefix=_BELOW
        ),
        Standing.FAIL_BELOW: Treatment(word="fail", junit="skipped", kind="fail", level="note", prefix=_BELOW),
        Standing.WAIVED: Treatment(word="waived", junit="skipped", kind="fail", level="note", suppressed=True),
        Standing.NOT_APPLICABLE: Treatment(
            word="not applicable", junit="skipped", kind="notApplicable", level="none", prefix="not applicable: "
        ),
        Standing.PASS: Treatment(word="pass", junit=None, kind="pass", level="none"),
    }
)


def standing_of(report: Report, finding: Finding) -> Standing:
    """Say where *finding* stands in the table."""
    match finding.outcome:
        case Outcome.PASS:
            return Standing.PASS
        case Outcome.NOT_APPLICABLE:
            return Standing.NOT_APPLICABLE
        case Outcome.FAIL if finding.waiver is not None:
            return Standing.WAIVED
        case Outcome.FAIL:
            return Standing.FAIL if report.gated(finding) else Standing.FAIL_BELOW
        case Outcome.ERROR:
            return Standing.ERROR if report.gated(finding) else Standing.ERROR_BELOW
        case _:
            assert_never(finding.outcome)


def treatment_of(report: Report, finding: Finding) -> Treatment:
    """Say how *finding* is shown."""
    return TREATMENTS[standing_of(report, finding)]


SARIF_LEVELS: Mapping[Severity, Literal["error", "warning", "note"]] = MappingProxyType(
    {
        Severity.CRITICAL: "error",
        Severity.HIGH: "error",
        Severity.MEDIUM: "warning",
        Severity.LOW: "note",
        Severity.INFO: "note",
    }
)

SECURITY_SEVERITIES: Mapping[Severity, str] = MappingProxyType(
    {
        Severity.CRITICAL: "9.5",
        Severity.HIGH: "8.0",
        Severity.MEDIUM: "5.5",
        Severity.LOW: "2.0",
        Severity.INFO: "1.0",
    }
)
"""The scores by which GitHub shows critical, high, medium and low; it knows nothing below low."""

_EXIT_WORDS = {
    0: "compliant",
    1: "not compliant",
    2: "wrong usage",
    3: "policy unusable",
    4: "incomplete",
    5: "output not written",
    70: "internal error",
    130: "interrupted",
    143: "terminated",
}


def exit_words(code: int) -> str:
    """Say what exit code *code* means."""
    return _EXIT_WORDS.get(code, "unknown")
