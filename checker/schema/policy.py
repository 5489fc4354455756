"""
The JSON Schema of policies, made from the fact catalogue: for editors, and for checks by others.

It says what a schema can say. The loader alone decides, and knows more: which parameters there are and of which type,
what a policy has from those that it builds on, bounds in order, safe patterns, ids given twice, and everything that is
lost when YAML becomes JSON, such as quotes.
"""

from __future__ import annotations

from checker.model.values import FactType
from checker.schema.expectations import LITERALS, definitions
from checker.schema.policy_language import (
    CHANGED_PARAMETER_REQUIRED,
    EXTENDING_REQUIRED,
    LONGEST_LINE,
    PARAMETER_NAME,
    PARAMETER_REQUIRED,
    POLICY_FILE,
    POLICY_NAME,
    POLICY_VERSION,
    SCALAR_TYPES,
)
from checker.schema.rules import override, rule
from checker.schema.shapes import Schema, closed, line, listing, mapping, name, ref, text


def policy_schema() -> Schema:
    """Give the schema of a policy, JSON Schema 2020-12."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "urn:adsync-checker:schema:policy:v1",
        "title": "A policy of adsync-checker",
        **closed(
            EXTENDING_REQUIRED,
            policy=name(POLICY_NAME, "The policy's name; for a shipped one, the name of its file."),
            version={"type": "string", "pattern": POLICY_VERSION, "description": "The policy's version, in quotes."},
            title=line("What the policy is about."),
            description=text("What the policy is for, and where it comes from."),
            extends={
                "description": "What the policy builds on: all rules and parameters of other policies.",
                "if": {"type": "array"},
                "then": listing(ref("extended")),
                "else": ref("extended"),
            },
            parameters=mapping({}, PARAMETER_NAME, "Settings that a run can change with --set, or an inventory."),
            rules={"type": "array", "minItems": 1, "description": "The rules, and changes of rules of other policies."},
        ),
        "if": {"required": ["extends"]},
        "then": {"properties": _entries("changeable_parameter", "changeable_rule")},
        "else": {"required": ["rules"], "properties": _entries("parameter", "rule")},
        "$defs": {
            "extended": {
                "description": "The name of a shipped policy, or a path inside the folder of this one.",
                "type": "string",
                "anyOf": [name(POLICY_NAME, "A shipped policy."), {"pattern": POLICY_FILE, "maxLength": LONGEST_LINE}],
            },
            "parameter": _parameter(),
            "changed_parameter": closed(
                CHANGED_PARAMETER_REQUIRED,
                default={
                    "description": "The value where a run sets none.",
                    "anyOf": [LITERALS[kind] for kind in (FactType.INTEGER, FactType.BOOLEAN, FactType.TEXT)],
                },
                description=text("What it means."),
            ),
            "changeable_parameter": _either("type", "parameter", "changed_parameter"),
            "rule": rule(),
            "override": override(),
            "changeable_rule": _either("title", "rule", "override"),
            **definitions(),
        },
    }


def _entries(parameter: str, entry: str) -> Schema:
    return {"parameters": {"additionalProperties": ref(parameter)}, "rules": {"items": ref(entry)}}


def _either(key: str, own: str, changed: str) -> Schema:
    """Tell what a policy gives itself, which has that *key*, from what it changes of another."""
    return {"if": {"required": [key]}, "then": ref(own), "else": ref(changed)}


def _parameter() -> Schema:
    parameter = closed(
        PARAMETER_REQUIRED,
        type={"enum": [kind.value for kind in SCALAR_TYPES], "description": "The type of its values."},
        default={"description": "The value where a run sets none."},
        description=text("What it means."),
        one_of={"type": "array", "description": "The only values that it may take."},
    )
    parameter["allOf"] = [
        {
            "if": {"properties": {"type": {"const": kind.value}}, "required": ["type"]},
            "then": {
                "properties": {
                    "default": LITERALS[kind],
                    "one_of": {"minItems": 1, "uniqueItems": True, "items": LITERALS[kind]},
                }
            },
        }
        for kind in SCALAR_TYPES
    ]
    return parameter
