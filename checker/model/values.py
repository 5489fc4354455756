"""The values that facts take and expectations compare: closed, typed, never coerced."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum
from typing import assert_never

from checker.model.duration import format_duration, parse_duration
from checker.model.location import Location
from checker.model.timestamp import format_timestamp, parse_timestamp
from checker.model.version import Version


class FactType(Enum):
    """What a fact, a field of a record or a parameter can be; the word is the one that policies use."""

    INTEGER = "integer"
    BOOLEAN = "boolean"
    TEXT = "text"
    VERSION = "version"
    DURATION = "duration"
    TIMESTAMP = "timestamp"
    RECORDS = "records"


Scalar = int | bool | str | Version | timedelta | datetime


@dataclass(frozen=True, slots=True)
class Record:
    """One entry of a list fact: named scalars in the catalogue's order, and where the entry stands in its source."""

    fields: tuple[tuple[str, Scalar], ...]
    location: Location | None = field(default=None, compare=False)

    @classmethod
    def of(cls, location: Location | None = None, /, **fields: Scalar) -> Record:
        """Build a record from keyword arguments."""
        return cls(tuple(fields.items()), location)

    def get(self, name: str) -> Scalar | None:
        """Give the field *name*; None where this entry has no such field."""
        return next((value for key, value in self.fields if key == name), None)

    def __iter__(self) -> Iterator[tuple[str, Scalar]]:
        """Walk over the names and values."""
        return iter(self.fields)


Value = Scalar | tuple[Record, ...]
Json = None | bool | int | float | str | list["Json"] | dict[str, "Json"]


def type_of(value: Value) -> FactType:
    """Name the type of *value*; `True` is a boolean and never an integer."""
    match value:
        case bool():
            return FactType.BOOLEAN
        case int():
            return FactType.INTEGER
        case str():
            return FactType.TEXT
        case Version():
            return FactType.VERSION
        case timedelta():
            return FactType.DURATION
        case datetime():
            return FactType.TIMESTAMP
        case tuple():
            return FactType.RECORDS
        case _:
            assert_never(value)


def same(one: Value, other: Value) -> bool:
    """Whether two values are of one type and equal, in records too; where an entry stands does not count."""
    if isinstance(one, tuple) and isinstance(other, tuple):
        return len(one) == len(other) and all(map(_same_record, one, other))
    return type_of(one) is type_of(other) and one == other


def _same_record(one: Record, other: Record) -> bool:
    names = [name for name, _ in one] == [name for name, _ in other]
    return names and all(same(value, its) for (_, value), (_, its) in zip(one, other, strict=True))


def parse_scalar(text: str, kind: FactType) -> Scalar:
    """
    Read *text* as a *kind*; integers in decimal notation, booleans as `true` or `false` only.

    Raises:
        ValueError: *text* is not of that kind; the sentence says what would be.
    """
    match kind:
        case FactType.INTEGER:
            digits = text.removeprefix("-")
            if not (digits.isascii() and digits.isdigit() and len(digits) <= 18 and str(int(digits)) == digits):
                raise ValueError(f"{text!r} is not an integer in decimal notation")
            return int(text)
        case FactType.BOOLEAN:
            if text not in ("true", "false"):
                raise ValueError(f"{text!r} is neither 'true' nor 'false'")
            return text == "true"
        case FactType.TEXT:
            return text
        case FactType.VERSION:
            return Version.parse(text)
        case FactType.DURATION:
            return parse_duration(text)
        case FactType.TIMESTAMP:
            return parse_timestamp(text)
        case FactType.RECORDS:
            raise ValueError("a list of records cannot be written as one word")
        case _:
            assert_never(kind)


def to_json(value: Value) -> Json:
    """Give the form of *value* in every JSON document of the project: durations ISO 8601, times RFC 3339."""
    match value:
        case bool() | int() | str():
            return value
        case Version():
            return value.text
        case timedelta():
            return format_duration(value)
        case datetime():
            return format_timestamp(value)
        case tuple():
            return [{name: to_json(one) for name, one in record} for record in value]
        case _:
            assert_never(value)


def from_json(raw: object, kind: FactType, fields: Mapping[str, FactType] | None = None) -> Value:
    """
    Read the form that `to_json` writes; *fields* are those of a record, all of which must be there.

    Raises:
        ValueError: *raw* is not of that kind; nothing is coerced, so `1` is no boolean and `"2"` no integer.
    """
    if kind is FactType.RECORDS:
        if not isinstance(raw, list):
            raise ValueError(f"{_kind_of(raw)} stands where a list of records belongs")
        return tuple(_record_from_json(entry, fields or {}) for entry in raw)
    if kind is FactType.BOOLEAN and isinstance(raw, bool):
        return raw
    if kind is FactType.INTEGER and isinstance(raw, int) and not isinstance(raw, bool):
        return raw
    if kind not in (FactType.BOOLEAN, FactType.INTEGER) and isinstance(raw, str):
        return parse_scalar(raw, kind)
    raise ValueError(f"{_kind_of(raw)} stands where {_ARTICLE[kind]} belongs")


def _record_from_json(raw: object, fields: Mapping[str, FactType]) -> Record:
    if not isinstance(raw, dict) or set(raw) != set(fields):
        names = ", ".join(fields)
        raise ValueError(f"{_kind_of(raw)} stands where a record with exactly the fields {names} belongs")
    pairs: list[tuple[str, Scalar]] = []
    for name, kind in fields.items():
        value = from_json(raw[name], kind)
        assert not isinstance(value, tuple)  # noqa: S101 - a field is a scalar by the catalogue
        pairs.append((name, value))
    return Record(tuple(pairs))


_ARTICLE = {
    FactType.INTEGER: "an integer",
    FactType.BOOLEAN: "a boolean",
    FactType.TEXT: "text",
    FactType.VERSION: "a version in quotes",
    FactType.DURATION: "a duration in quotes",
    FactType.TIMESTAMP: "a timestamp in quotes",
    FactType.RECORDS: "a list of records",
}


def with_article(kind: FactType) -> str:
    """Name *kind* within a sentence."""
    return _ARTICLE[kind]


def _kind_of(raw: object) -> str:
    match raw:
        case None:
            return "null"
        case bool():
            return "a boolean"
        case int():
            return "an integer"
        case float():
            return "a number with a fraction"
        case str():
            return "text"
        case list():
            return "a list"
        case dict():
            return "an object"
        case _:
            return type(raw).__name__


def show(value: Value) -> str:
    """Give *value* as a person reads it: `true`, `2.5.79.0`, `PT30M`, `limit=50000 rule=…; …`."""
    match value:
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
        case str():
            return value
        case Version():
            return value.text
        case timedelta():
            return format_duration(value)
        case datetime():
            return format_timestamp(value)
        case tuple():
            return "; ".join(" ".join(f"{name}={show(one)}" for name, one in record) for record in value) or "(none)"
        case _:
            assert_never(value)
