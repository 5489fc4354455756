"""The JSON Schema of the results document, which `check -o json` writes."""

from __future__ import annotations

from collections.abc import Mapping

from checker.model.facts import SourceFormat
from checker.model.policy import Severity
from checker.model.result import Outcome
from checker.model.values import FactType, Json

ID = "urn:adsync-checker:schema:results:v1"

_TEXT: Json = {"type": "string"}
_COUNT: Json = {"type": "integer", "minimum": 0}
_BOOLEAN: Json = {"type": "boolean"}
_TIME: Json = {"type": "string", "format": "date-time", "pattern": "Z$"}


def results_schema() -> dict[str, Json]:
    """
    Give the schema of the results, version 1.

    NOTE: every key that is written today is required, and others are allowed: keys are only added, and readers ignore
    those that they do not know.
    """
    document = _object(
        {
            "format": {"const": "adsync-checker/results/v1"},
            "run": _run(),
            "policies": _list(_policy()),
            "servers": _list(_server()),
            "rules": _list(_rule()),
            "parameters": _list(_parameter()),
            "population": _object(
                {name: _list(_TEXT) for name in ("expected", "received", "missing", "unexpected")},
                "The servers that were expected, and those that were found.",
            ),
            "files_not_understood": _list(_object({"path": _path(), "why": _TEXT})),
            "diagnostics": _list(
                _object(
                    {
                        "message": _TEXT,
                        "location": {"anyOf": [{"$ref": "#/$defs/location"}, {"type": "null"}]},
                        "incomplete": _told(_BOOLEAN, "Whether it makes the run incomplete."),
                    }
                )
            ),
            "findings": _list(_finding()),
            "summary": _object(
                dict.fromkeys(("servers", "findings", "pass", "fail", "error", "not_applicable", "waived"), _COUNT),
                "The counts; pass, fail, error and not_applicable add up to the findings.",
            ),
        },
        "What the rules of the policies say of each server.",
    )
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": ID,
        "title": "Results of adsync-checker",
        **document,
        "$defs": {
            "location": _object(
                {"file": _path(), "line": _position(), "column": _position()}, "A place in a file, counted from 1."
            ),
            "value": _told(
                {
                    "anyOf": [
                        {"type": ["integer", "boolean", "string"]},
                        {"type": "array", "items": _record()},
                    ]
                },
                "A value: versions, durations (ISO 8601) and timestamps (RFC 3339) are strings.",
            ),
        },
    }


def _record() -> Json:
    return {"type": "object", "additionalProperties": {"type": ["integer", "boolean", "string"]}}


def _run() -> Json:
    return _object(
        {
            "id": {"type": "string", "format": "uuid"},
            "started": _TIME,
            "finished": _TIME,
            "tool": _object({"name": _TEXT, "version": _TEXT}),
            "mode": _told(_TEXT, "Where the facts came from: 'export', or 'live'."),
            "fail_on": _severity(),
            "strict": _BOOLEAN,
            "complete": _told(_BOOLEAN, "Whether everything that counts could be evaluated."),
            "interrupted": _BOOLEAN,
            "exit_code": _told(_COUNT, "0 compliant, 1 not compliant, 4 incomplete; others: see the documentation."),
            "ages": _list(
                _object(
                    {
                        "server": _TEXT,
                        "path": _path(),
                        "age": _told(
                            {"type": ["string", "null"], "pattern": "^-?P"},
                            "How old the source is, ISO 8601; null where it has no date.",
                        ),
                    }
                )
            ),
        },
        "All that differs between two runs on the same inputs.",
    )


def _policy() -> Json:
    return _object(
        {
            "name": _TEXT,
            "version": _TEXT,
            "title": _TEXT,
            "sha256": _told({"type": "string", "pattern": "^[0-9a-f]{64}$"}, "Of the bytes that were read."),
            "path": _path(),
            "shipped": _BOOLEAN,
        }
    )


def _server() -> Json:
    source = _object(
        {
            "format": _source_format(),
            "path": _path(),
            "assignment": _told(_TEXT, "How it is known that the source belongs to this server."),
            "date": _told({"type": ["string", "null"], "format": "date-time"}, "Null where the source does not say."),
            "files": _COUNT,
            "superseded": _told(_BOOLEAN, "Whether a newer source of the same kind counts instead."),
        }
    )
    return _object({"name": _TEXT, "role": {"type": ["string", "null"]}, "sources": _list(source)})


def _rule() -> Json:
    return _object(
        {
            "id": _TEXT,
            "name": _TEXT,
            "title": _TEXT,
            "severity": _severity(),
            "fact": _TEXT,
            "policy": _TEXT,
            "rationale": _TEXT,
            "remediation": _object({"text": _TEXT, "powershell": _TEXT}),
            "references": _list(_TEXT),
            "controls": {"type": "object", "additionalProperties": _list(_TEXT)},
            "tags": _list(_TEXT),
            "parameters": _list(_TEXT),
            "location": {"$ref": "#/$defs/location"},
        }
    )


def _parameter() -> Json:
    scalars: list[Json] = [kind.value for kind in FactType if kind is not FactType.RECORDS]
    return _object(
        {
            "name": _TEXT,
            "value": {"$ref": "#/$defs/value"},
            "origin": _told(_TEXT, "Where the value comes from: 'policy' is its default."),
            "type": {"enum": scalars},
            "default": {"$ref": "#/$defs/value"},
            "policy": _TEXT,
        }
    )


def _finding() -> Json:
    place: dict[str, Json] = {"type": ["integer", "null"], "minimum": 1}
    source = _object(
        {
            "format": _source_format(),
            "file": {"type": ["string", "null"]},
            "line": place,
            "column": place,
            "item": _TEXT,
        },
        "Where the fact comes from.",
    )
    return _object(
        {
            "server": _TEXT,
            "rule": _TEXT,
            "outcome": {"enum": [outcome.value for outcome in Outcome]},
            "reason": _told(_TEXT, "Why it is an error or not applicable; else empty."),
            "message": _TEXT,
            "fact": _TEXT,
            "observed": _told(
                {"anyOf": [{"$ref": "#/$defs/value"}, {"type": "null"}]}, "Null where the fact is absent or unknown."
            ),
            "expected": _told(_TEXT, "The expectation in words."),
            "derivation": _told(_TEXT, "How the observed value was derived; empty where it was observed."),
            "source": {"anyOf": [source, {"type": "null"}]},
            "location": _told(
                {"$ref": "#/$defs/location"}, "Where the fact stands, or the rule where the fact stands in no file."
            ),
            "waiver": _told({"type": ["object", "null"]}, "Null: the failure is not excused."),
        }
    )


def _severity() -> Json:
    return {"enum": [severity.word for severity in Severity]}


def _source_format() -> Json:
    return {"enum": [format_.value for format_ in SourceFormat]}


def _path() -> Json:
    return _told({"type": "string", "pattern": "^[^/]"}, "Relative, with forward slashes.")


def _position() -> Json:
    return {"type": "integer", "minimum": 1}


def _list(item: Json) -> Json:
    return {"type": "array", "items": item}


def _told(schema: Mapping[str, Json] | Json, meaning: str) -> Json:
    assert isinstance(schema, dict)  # noqa: S101 - every schema here is an object
    return {**schema, "description": meaning}


def _object(properties: Mapping[str, Json], meaning: str = "") -> dict[str, Json]:
    described: dict[str, Json] = {"description": meaning} if meaning else {}
    return {"type": "object", **described, "required": [*properties], "properties": dict(properties)}
