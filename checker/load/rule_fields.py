"""The fields that a rule has and that a policy which builds on it may change."""

from __future__ import annotations

from datetime import timedelta

from checker.load.fields import FieldReader
from checker.load.nodes import Entry
from checker.model.policy import Severity
from checker.model.values import FactType
from checker.schema.policy_language import FRAMEWORK, REFERENCE, SEVERITY_WORDS, TAG

_SEVERITIES = {word: Severity[word.upper()] for word in SEVERITY_WORDS}


def read_severity(reader: FieldReader, entry: Entry | None) -> Severity | None:
    """Give the severity; None where there is no *entry*, or a wrong one."""
    word = reader.word(entry, "severity", _SEVERITIES) if entry else None
    return _SEVERITIES[word] if word else None


def read_max_age(reader: FieldReader, entry: Entry | None) -> timedelta | None:
    """Give how old a fact may be; None where there is no *entry*, or a wrong one."""
    if entry is None:
        return None
    length = reader.literal(entry.value, FactType.DURATION, "'max_age'")
    if not isinstance(length, timedelta):
        return None
    if length <= timedelta():
        reader.wrong(entry.value, "'max_age' is longer than no time at all; no fact is as young as that")
        return None
    return length


def read_references(reader: FieldReader, entry: Entry | None) -> tuple[str, ...]:
    """Give the addresses of what stands behind a rule."""
    return reader.lines(entry, "'references'", REFERENCE)


def read_controls(reader: FieldReader, entry: Entry | None) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Give the controls that a rule supports, by framework."""
    if entry is None:
        return ()
    entries = reader.mapping(entry.value, "'controls'") or {}
    for one in entries.values():
        reader.key(one, "a framework's name", FRAMEWORK, "nist-800-53")
    return tuple((name, reader.lines(one, f"the controls of {name!r}")) for name, one in entries.items())


def read_tags(reader: FieldReader, entry: Entry | None) -> tuple[str, ...]:
    """Give the tags of a rule."""
    return reader.lines(entry, "'tags'", TAG)
