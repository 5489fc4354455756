"""The JSON Schema of the results document, which `check -o json` writes."""

from __future__ import annotations

from checker.model.policy import Scope
from checker.model.result import Outcome
from checker.model.values import FactType, Json
from checker.model.waiver import WaiverState
from checker.schema.results_shapes import (
    AGE,
    BOOLEAN,
    COUNT,
    TEXT,
    TEXT_OR_NULL,
    TIME,
    digest,
    listing,
    or_null,
    path,
    position,
    record,
    severity,
    source_format,
    told,
    waiver,
)

ID = "urn:adsync-checker:schema:results:v1"


def results_schema() -> dict[str, Json]:
    """
    Give the schema of the results, version 1.

    NOTE: every key that is written today is required, and others are allowed: keys are only added, and readers ignore
    those that they do not know.
    """
    document = record(
        {
            "format": {"const": "adsync-checker/results/v1"},
            "run": _run(),
            "policies": listing(_policy()),
            "servers": listing(_server()),
            "rules": listing(_rule()),
            "parameters": listing(_parameter()),
            "inventory": or_null(record({"name": TEXT, "path": path(), "sha256": digest()})),
            "population": record(
                {
                    **{name: listing(TEXT) for name in ("expected", "received", "missing", "unexpected", "left_out")},
                    "inventory": told(BOOLEAN, "Whether an inventory says what is expected."),
                },
                "The servers that were expected, those that were found, and those that --limit left out.",
            ),
            "waivers": listing(
                record(
                    {
                        **waiver(),
                        "sha256": digest(),
                        "state": {"enum": [state.value for state in WaiverState]},
                        "target": told(TEXT_OR_NULL, "The server or tenant that the state speaks of."),
                        "covers": told(COUNT, "How many findings it covers."),
                    }
                )
            ),
            "revisions": listing(
                record(
                    {
                        "path": path(),
                        "state": {"enum": ["clean", "modified", "untracked", "none", "unreadable"]},
                        "commit": TEXT_OR_NULL,
                        "branch": TEXT_OR_NULL,
                        "detail": TEXT,
                    },
                    "What version control says of a file that decides about the run.",
                )
            ),
            "files_not_understood": listing(record({"path": path(), "why": TEXT})),
            "diagnostics": listing(
                record(
                    {
                        "message": TEXT,
                        "location": {"anyOf": [{"$ref": "#/$defs/location"}, {"type": "null"}]},
                        "incomplete": told(BOOLEAN, "Whether it makes the run incomplete."),
                    }
                )
            ),
            "findings": listing(_finding()),
            "summary": record(
                dict.fromkeys(("servers", "findings", "pass", "fail", "error", "not_applicable", "waived"), COUNT),
                "The counts; pass, fail, error and not_applicable add up to the findings, and waived are some of fail.",
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
            "location": record(
                {"file": path(), "line": position(), "column": position()}, "A place in a file, counted from 1."
            ),
            "value": told(
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
    return record(
        {
            "id": {"type": "string", "format": "uuid"},
            "started": TIME,
            "finished": TIME,
            "tool": record({"name": TEXT, "version": TEXT}),
            "mode": told(TEXT, "Where the facts came from: 'export', or 'live'."),
            "fail_on": severity(),
            "strict": BOOLEAN,
            "partial": told(BOOLEAN, "Whether the command line narrowed the run; then it is no whole audit."),
            "selection": record({name: listing(TEXT) for name in ("servers", "rules", "tags")}),
            "max_age": told(AGE, "Facts older than this are unknown, ISO 8601; null where they may be of any age."),
            "longest_waiver": told({"type": ["integer", "null"]}, "The most days that a waiver may span."),
            "max_waived": {"type": ["integer", "null"]},
            "complete": told(BOOLEAN, "Whether everything that counts could be evaluated."),
            "interrupted": BOOLEAN,
            "exit_code": told(COUNT, "0 compliant, 1 not compliant, 4 incomplete; others: see the documentation."),
            "ages": listing(
                record(
                    {
                        "server": TEXT,
                        "path": path(),
                        "age": told(
                            AGE,
                            "How old the source is, ISO 8601; null where it has no date.",
                        ),
                    }
                )
            ),
        },
        "All that differs between two runs on the same inputs.",
    )


def _policy() -> Json:
    file: dict[str, Json] = {
        "name": TEXT,
        "version": TEXT,
        "sha256": told(digest(), "Of the bytes that were read."),
        "path": path(),
        "shipped": BOOLEAN,
    }
    bases = told(listing(record(file)), "All that it builds on, the nearest first.")
    return record({**file, "title": TEXT, "extends": bases})


def _server() -> Json:
    source = record(
        {
            "format": source_format(),
            "path": path(),
            "assignment": told(TEXT, "How it is known that the source belongs to this server."),
            "date": told({"type": ["string", "null"], "format": "date-time"}, "Null where the source does not say."),
            "files": COUNT,
            "superseded": told(BOOLEAN, "Whether a newer source of the same kind counts instead."),
        }
    )
    return record(
        {
            "name": TEXT,
            "role": told(TEXT_OR_NULL, "As the inventory declares it: 'active' or 'staging'."),
            "tenant": told(TEXT_OR_NULL, "As it is declared or known."),
            "computer_name": told(TEXT_OR_NULL, "What facts call it, as the inventory says."),
            "sources": listing(source),
        }
    )


def _rule() -> Json:
    return record(
        {
            "id": TEXT,
            "name": TEXT,
            "title": TEXT,
            "severity": severity(),
            "scope": {"enum": [scope.value for scope in Scope]},
            "fact": TEXT,
            "policy": TEXT,
            "origin": told(TEXT, "The policy that defines it."),
            "max_age": AGE,
            "disabled": told(TEXT_OR_NULL, "Why it is off; null where it is on."),
            "overrides": listing(
                record(
                    {
                        "policy": TEXT,
                        "changes": listing(TEXT),
                        "reason": TEXT_OR_NULL,
                        "location": {"$ref": "#/$defs/location"},
                    },
                    "What a policy that builds on another changed, the first one first.",
                )
            ),
            "original": or_null(
                record(
                    {
                        "severity": severity(),
                        "expected": TEXT,
                        "max_age": AGE,
                        "location": {"$ref": "#/$defs/location"},
                    },
                    "The rule before anything was changed.",
                )
            ),
            "rationale": TEXT,
            "remediation": record(dict.fromkeys(("text", "powershell", "change", "editor"), TEXT)),
            "references": listing(TEXT),
            "controls": {"type": "object", "additionalProperties": listing(TEXT)},
            "tags": listing(TEXT),
            "parameters": listing(TEXT),
            "location": {"$ref": "#/$defs/location"},
        }
    )


def _parameter() -> Json:
    scalars: list[Json] = [kind.value for kind in FactType if kind is not FactType.RECORDS]
    return record(
        {
            "name": TEXT,
            "value": {"$ref": "#/$defs/value"},
            "origin": told(TEXT, "Where the value comes from: 'policy' is its default."),
            "type": {"enum": scalars},
            "default": {"$ref": "#/$defs/value"},
            "policy": TEXT,
            "servers": told(listing(TEXT), "Those that the value is for; empty where it is for all others."),
        }
    )


def _finding() -> Json:
    place: dict[str, Json] = {"type": ["integer", "null"], "minimum": 1}
    source = record(
        {
            "format": source_format(),
            "file": {"type": ["string", "null"]},
            "line": place,
            "column": place,
            "item": TEXT,
        },
        "Where the fact comes from.",
    )
    finding = record(
        {
            "server": told(TEXT_OR_NULL, "Null for a rule that speaks of all servers of a tenant."),
            "tenant": told(TEXT_OR_NULL, "Only for a rule that speaks of all servers of a tenant."),
            "rule": TEXT,
            "outcome": {"enum": [outcome.value for outcome in Outcome]},
            "reason": told(TEXT, "Why it is an error or not applicable; else empty."),
            "message": TEXT,
            "fact": TEXT,
            "observed": told(
                {"anyOf": [{"$ref": "#/$defs/value"}, {"type": "null"}]}, "Null where the fact is absent or unknown."
            ),
            "expected": told(TEXT, "The expectation in words."),
            "derivation": told(TEXT, "How the observed value was derived; empty where it was observed."),
            "source": {"anyOf": [source, {"type": "null"}]},
            "location": told(
                {"$ref": "#/$defs/location"}, "Where the fact stands, or the rule where the fact stands in no file."
            ),
            "broken": told(
                {"type": "array", "items": _record()}, "Of a failing list: the entries that are not known to be right."
            ),
            "waiver": told(or_null(record(waiver())), "What covers this failure; null where nothing does."),
        }
    )
    ways: list[Json] = [_subject("string", "null"), _subject("null", "string")]
    return {**finding, "oneOf": ways}


def _subject(server: str, tenant: str) -> Json:
    return {"properties": {"server": {"type": server}, "tenant": {"type": tenant}}}
