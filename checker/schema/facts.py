"""The JSON Schema of the project's own facts document, generated from the fact catalogue."""

from __future__ import annotations

from checker.model.catalogue import CATALOGUE, FactSpec
from checker.model.facts import Reason, SourceFormat
from checker.model.values import FactType, Json
from checker.schema.collection import cmdlets_schema, collection_schema

FORMAT = "adsync-checker/facts/v1"
"""What the key `format` of every facts document says."""

_PATTERNS = {
    FactType.VERSION: r"^[0-9]{1,9}(\.[0-9]{1,9}){0,3}$",
    FactType.DURATION: r"^-?(P[0-9T][0-9DTHMS.]*|([0-9]{1,7}\.)?[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,7})?)$",
    FactType.TIMESTAMP: r"^[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?([Zz]|[+-][0-9]{2}:[0-9]{2})$",
}

_Schema = dict[str, Json]


def facts_schema() -> _Schema:
    """Give the schema of one document; in NDJSON each line is one."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "urn:adsync-checker:schema:facts:v1",
        "title": "Facts of one Entra Connect Sync server",
        "description": "Everything that was read of one server at one moment. A fact that is not listed is unknown.",
        **_object(
            {
                "format": {"const": FORMAT},
                "server": {"type": "string", "minLength": 1, "description": "Name of the server."},
                "sources": {"type": "array", "items": {"$ref": "#/$defs/sourceFile"}},
                "collection": collection_schema(),
                "facts": _object({name: _fact(spec) for name, spec in CATALOGUE.items()}, required=()),
                "cmdlets": cmdlets_schema(),
            },
            required=("format", "server", "sources", "facts"),
        ),
        "$defs": _definitions(),
    }


def _definitions() -> _Schema:
    text: _Schema = {"type": "string"}
    sources: _Schema = {"type": "array", "items": {"$ref": "#/$defs/source"}}
    place: Json = {
        "type": ["array", "null"],
        "prefixItems": [text, _positive(), _positive()],
        "minItems": 3,
        "items": False,
    }
    return {
        "source": {
            "description": "Where a fact was read.",
            **_object(
                {
                    "format": {"enum": [one.value for one in SourceFormat]},
                    "file": text,
                    "line": _positive(),
                    "column": _positive(),
                    "item": {**text, "description": "What was read there: an element, a registry value, a property."},
                },
                required=("format",),
            ),
        },
        "sourceFile": {
            "description": "A file or folder that facts were read from.",
            **_object(
                {
                    "format": {"enum": [one.value for one in SourceFormat]},
                    "path": text,
                    "assignment": {**text, "description": "How it is known that it speaks of this server."},
                    "date": {**_scalar(FactType.TIMESTAMP), "description": "When it was made, where it says so."},
                    "files": _positive(),
                    "superseded": {"type": "boolean", "description": "Whether a newer one of its kind counts instead."},
                },
                required=("format", "path", "assignment"),
            ),
        },
        "fact": {
            "description": "What is known of something, by its status.",
            "type": "object",
            "properties": {"status": {"enum": ["known", "absent", "unknown"]}},
            "required": ["status"],
            "if": {"properties": {"status": {"const": "unknown"}}},
            "then": {"$ref": "#/$defs/unknown"},
            "else": {
                "if": {"properties": {"status": {"const": "absent"}}},
                "then": {"$ref": "#/$defs/absent"},
                "else": {"$ref": "#/$defs/known"},
            },
        },
        "known": {
            "description": "A fact with its value.",
            **_object(
                {
                    "status": {"const": "known"},
                    "value": True,
                    "source": {"$ref": "#/$defs/source"},
                    "derivation": {**text, "description": "How the value was derived; missing where it was observed."},
                    "also": sources,
                    "locations": {
                        "type": "array",
                        "items": place,
                        "description": "Where each entry of a list stands: file, line, column.",
                    },
                },
                required=("status", "value"),
            ),
        },
        "absent": {
            "description": "A fact that was looked for where it would stand, and is not there.",
            **_object(
                {"status": {"const": "absent"}, "source": {"$ref": "#/$defs/source"}, "detail": text},
                required=("status",),
            ),
        },
        "unknown": {
            "description": "A fact of which nothing can be said, and why.",
            **_object(
                {
                    "status": {"const": "unknown"},
                    "reason": {"enum": [one.value for one in Reason]},
                    "detail": text,
                    "sources": sources,
                },
                required=("status", "reason", "detail"),
            ),
        },
    }


def _fact(spec: FactSpec) -> _Schema:
    unit = f" In {spec.unit}." if spec.unit else ""
    return {
        "description": f"{spec.meaning}{unit} Absent: {spec.absence}",
        "$ref": "#/$defs/fact",
        "properties": {"value": _value(spec)},
    }


def _value(spec: FactSpec) -> _Schema:
    if spec.type is not FactType.RECORDS:
        return _scalar(spec.type, spec.values, empty=False)
    fields: dict[str, Json] = {
        field.name: {"description": field.meaning, **_scalar(field.type, field.values)} for field in spec.fields
    }
    return {"type": "array", "items": _object(fields, required=tuple(fields))}


def _scalar(kind: FactType, values: tuple[str, ...] = (), *, empty: bool = True) -> _Schema:
    match kind:
        case FactType.INTEGER:
            return {"type": "integer"}
        case FactType.BOOLEAN:
            return {"type": "boolean"}
        case FactType.TEXT if values:
            return {"enum": list(values)}
        case FactType.TEXT:
            return {"type": "string"} if empty else {"type": "string", "minLength": 1}
        case _:
            return {"type": "string", "pattern": _PATTERNS[kind]}


def _positive() -> _Schema:
    return {"type": "integer", "minimum": 1}


def _object(properties: dict[str, Json], *, required: tuple[str, ...]) -> _Schema:
    schema: _Schema = {"type": "object", "properties": properties, "additionalProperties": False}
    return schema | {"required": list(required)} if required else schema
