"""
The JSON Schema of waiver files, for editors, and for checks by others.

It says what a schema can say. The loader alone decides, and knows more: which values a rule observes, days that do
not exist, the span between two days, an approver who is the owner, and quotes.
"""

from __future__ import annotations

from checker.schema.policy_language import ALL_OPERATORS, LONGEST_LINE
from checker.schema.shapes import Schema, closed, line, text
from checker.schema.waiver_language import DATE, RULE_PATTERN, TARGET, WAIVER_REQUIRED, WILDCARD

_NO_WILDCARD: Schema = {"not": {"pattern": WILDCARD}}


def waivers_schema() -> Schema:
    """Give the schema of a waiver file, JSON Schema 2020-12."""
    plain: Schema = {"items": _NO_WILDCARD}
    one = closed(
        WAIVER_REQUIRED,
        rule={
            "type": "string",
            "pattern": RULE_PATTERN,
            "description": "The id of the rule; with `broad` a pattern of ids.",
        },
        servers=_targets("Servers by the names that reports show; with `broad` patterns of them."),
        tenants=_targets("Tenants, for rules that speak of all servers of one; with `broad` patterns of them."),
        broad={"type": "boolean", "description": "Whether `*` and `?` stand for any text and any character."},
        justification=text("Why the failure is accepted."),
        owner=line("Who answers for it."),
        approver=line("Who has approved it; another than the owner."),
        ticket=line("Where it was decided."),
        created=_date("The first day on which it counts, in UTC, in quotes."),
        expires=_date("The last day on which it counts, to its end in UTC, in quotes."),
        only_while={
            "description": "It covers only an observed value that meets this.",
            "type": "object",
            "minProperties": 1,
            "propertyNames": {"enum": [*ALL_OPERATORS]},
        },
    )
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "urn:adsync-checker:schema:waivers:v1",
        "title": "Waivers of adsync-checker",
        **closed(("waivers",), waivers={"type": "array", "items": {"$ref": "#/$defs/waiver"}}),
        "$defs": {
            "waiver": {
                **one,
                "anyOf": [{"required": ["servers"]}, {"required": ["tenants"]}],
                "if": {"required": ["broad"], "properties": {"broad": {"const": True}}},
                "else": {"properties": {"rule": _NO_WILDCARD, "servers": plain, "tenants": plain}},
            }
        },
    }


def _targets(description: str) -> Schema:
    names: Schema = {"type": "string", "pattern": TARGET, "maxLength": LONGEST_LINE}
    return {"type": "array", "minItems": 1, "uniqueItems": True, "items": names, "description": description}


def _date(description: str) -> Schema:
    return {"type": "string", "pattern": DATE, "description": description}
