"""What the error records of PowerShell mean, by what does not depend on the language of the server where it can."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from checker.acquire.live.commands import ErrorRecord
from checker.acquire.live.discreet import discreet
from checker.model.collection import FailureClass

_PERMISSION_DENIED, _SECURITY_ERROR, _OBJECT_NOT_FOUND = 18, 25, 13
"""Members of PowerShell's ErrorCategory."""
_NOT_THERE = frozenset({"PathNotFound", "ItemNotFound", "NoMatchingEventsFound", "NoServiceFoundForGivenName"})
"""
Identifiers by which a cmdlet says that it looked, and that nothing is there.

NOTE: a drive or a log that the endpoint does not show is none of them; nobody looked there.
"""
_PIPE = "net.pipe://"
_DENIED_WORDS = ("UnauthorizedAccess", "SecurityException", "AccessDenied")


class Record(Protocol):
    """An error record as pypsrp reads it; `str` gives what a person would see."""

    fq_error: str | None  # FullyQualifiedErrorId
    category: int | None  # ErrorCategory
    reason: str | None  # mostly the type of the exception


def classify_record(record: Record) -> FailureClass:
    """Say what an error record of a pipeline means."""
    identifier, reason, text = record.fq_error or "", record.reason or "", str(record)
    name = identifier.partition(",")[0]
    if _PIPE in text:
        return FailureClass.PIPE_REFUSES_NETWORK_LOGON
    if name in ("CommandNotFoundException", "CouldNotAutoloadMatchingModule"):
        return FailureClass.COMMAND_NOT_AVAILABLE
    if name == "ScriptsNotAllowed":
        return FailureClass.SCRIPT_NOT_ALLOWED
    denied = record.category in (_PERMISSION_DENIED, _SECURITY_ERROR)
    if denied or any(word in identifier + reason for word in _DENIED_WORDS):
        return FailureClass.COMMAND_DENIED
    if name.startswith(("NamedParameterNotFound", "PositionalParameterNotFound", "ParameterArgumentValidationError")):
        return FailureClass.PARAMETER_NOT_ALLOWED
    if name in _NOT_THERE and record.category == _OBJECT_NOT_FOUND:
        return FailureClass.ITEM_NOT_FOUND
    return FailureClass.PIPELINE_ERROR


def record_of(record: Record, secrets: Iterable[str]) -> ErrorRecord:
    """Give an error record of a pipeline in the words of the project, without *secrets*."""
    known = tuple(secrets)
    return ErrorRecord(
        kind=classify_record(record),
        identifier=discreet(record.fq_error or "", known),
        message=discreet(str(record), known),
    )
