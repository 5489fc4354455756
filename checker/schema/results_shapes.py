"""The shapes that the schema of results is put together from."""

from __future__ import annotations

from collections.abc import Mapping

from checker.model.facts import SourceFormat
from checker.model.policy import Severity
from checker.model.values import Json

TEXT: Json = {"type": "string"}
COUNT: Json = {"type": "integer", "minimum": 0}
BOOLEAN: Json = {"type": "boolean"}
AGE: Json = {"type": ["string", "null"], "pattern": "^-?P"}
TEXT_OR_NULL: Json = {"type": ["string", "null"]}
TIME: Json = {"type": "string", "format": "date-time", "pattern": "Z$"}


def digest() -> Json:
    """Give a SHA-256 in hexadecimal digits."""
    return {"type": "string", "pattern": "^[0-9a-f]{64}$"}


def or_null(schema: Json) -> Json:
    """Allow null beside *schema*."""
    return {"anyOf": [schema, {"type": "null"}]}


def severity() -> Json:
    """Give the word of a severity."""
    return {"enum": [severity.word for severity in Severity]}


def source_format() -> Json:
    """Give the word of a source's format."""
    return {"enum": [format_.value for format_ in SourceFormat]}


def path() -> Json:
    """Give the name of a file."""
    return told({"type": "string", "pattern": "^[^/]"}, "Relative, with forward slashes.")


def position() -> Json:
    """Give a line or a column."""
    return {"type": "integer", "minimum": 1}


def listing(item: Json) -> Json:
    """Give a list of *item*."""
    return {"type": "array", "items": item}


def told(schema: Mapping[str, Json] | Json, meaning: str) -> Json:
    """Give *schema* with what it means."""
    assert isinstance(schema, dict)  # noqa: S101 - every schema here is an object
    return {**schema, "description": meaning}


def record(properties: Mapping[str, Json], meaning: str = "") -> dict[str, Json]:
    """Give an object that has all *properties*; others are allowed."""
    described: dict[str, Json] = {"description": meaning} if meaning else {}
    return {"type": "object", **described, "required": [*properties], "properties": dict(properties)}


def waiver() -> dict[str, Json]:
    """Give the properties of a waiver."""
    day: Json = {"type": "string", "format": "date"}
    return {
        "rule": TEXT,
        "servers": listing(TEXT),
        "tenants": listing(TEXT),
        "broad": BOOLEAN,
        "justification": TEXT,
        "owner": TEXT,
        "approver": TEXT,
        "ticket": TEXT,
        "created": day,
        "expires": told(day, "The last day on which it counts, in UTC."),
        "only_while": told({"type": ["object", "null"]}, "It covers only an observed value that meets this."),
        "location": {"$ref": "#/$defs/location"},
    }
