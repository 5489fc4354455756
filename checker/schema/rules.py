"""Rules, and what a policy changes of those of another, as the schema of policies says it."""

from __future__ import annotations

from checker.model.catalogue import CATALOGUE, FactSpec
from checker.model.values import Json
from checker.schema.expectations import POSITIVE_DURATION, definition, meaning
from checker.schema.policy_language import (
    FLEET_RULE_REQUIRED,
    FRAMEWORK,
    LONGEST_LINE,
    OVERRIDE_KEYS,
    REFERENCE,
    RULE_ID,
    SCHEDULER_LINE,
    SCOPE_WORDS,
    SEVERITY_WORDS,
    TAG,
)
from checker.schema.shapes import Schema, closed, line, listing, mapping, ref, text

_ID: Schema = {"type": "string", "pattern": RULE_ID, "description": "The rule's id; an id is never reused."}


def rule() -> Schema:
    """Give a rule, of a server or of a fleet."""
    whole = closed(
        FLEET_RULE_REQUIRED,
        id=_ID,
        title=line("What is expected, as a sentence."),
        scope={
            "enum": list(SCOPE_WORDS),
            "description": "Whom the rule speaks of: every server for itself, or all of a tenant together.",
        },
        fact={"enum": list(CATALOGUE), "description": "The fact that the rule is about."},
        when={"description": "Where these do not hold, the rule is not applicable."},
        where={"description": "Which servers of the tenant a fleet rule counts or compares."},
        expect={"description": "What is expected: of the fact, or of the servers of a tenant."},
        **_changeable(),
    )
    whole["if"] = {"properties": {"scope": {"const": "fleet"}}, "required": ["scope"]}
    whole["then"] = {
        "properties": {
            "when": ref("fleet_conditions"),
            "where": ref("where"),
            "expect": ref("expect_fleet"),
        },
        "if": {"properties": {"expect": {"required": ["all_equal"]}}},
        "then": {"required": ["fact"]},
        "else": {"required": ["where"], "properties": {"fact": False}},
    }
    whole["else"] = {
        "required": ["fact"],
        "properties": {"when": ref("conditions"), "where": False},
        "allOf": [_expected_of(spec) for spec in CATALOGUE.values()],
    }
    return whole


def override() -> Schema:
    """Give what a policy changes of a rule of another."""
    changes = [name for name in OVERRIDE_KEYS if name not in ("id", "reason")]
    some: list[Json] = [{"required": [name]} for name in changes]
    weaker: list[Json] = [{"required": [name]} for name in ("disabled", "expect", "when")]
    return {
        **closed(
            ("id",),
            id={**_ID, "description": "The id of the rule that is changed."},
            disabled={"const": True, "description": "Turns the rule off; it stays in every report."},
            reason=text("Why; needed for whatever makes the rule weaker."),
            when={"description": "Further conditions; those of the rule hold as well.", **ref("conditions")},
            expect={"description": "What is expected instead.", **ref("expect_override")},
            **_changeable(),
        ),
        "anyOf": some,
        "allOf": [
            {"if": {"anyOf": weaker}, "then": {"required": ["reason"]}},
            {"if": {"required": ["disabled"]}, "then": {"propertyNames": {"enum": ["id", "disabled", "reason"]}}},
        ],
    }


def _changeable() -> Schema:
    """Give the keys that a rule and an override share, and in which they look the same."""
    return {
        "severity": {"enum": list(SEVERITY_WORDS), "description": "How much it matters when the rule is broken."},
        "max_age": {
            "type": "string",
            "pattern": POSITIVE_DURATION,
            "description": "How old the facts may be, such as 'P1D'; older ones are unknown to the rule.",
        },
        "rationale": text("Why it matters."),
        "remediation": _remediation(),
        "references": listing({**line("An https address."), "pattern": REFERENCE}),
        "controls": mapping(listing(line("An item of the framework.")), FRAMEWORK, "Controls that the rule supports."),
        "tags": listing({"type": "string", "pattern": TAG, "maxLength": LONGEST_LINE}),
    }


def _remediation() -> Schema:
    parts: list[Json] = [{"required": ["change"]}, {"required": ["editor"]}]
    return {
        "description": "What to do; never executed by the checker.",
        "minProperties": 1,
        **closed(
            (),
            text=text("The steps, for a person."),
            powershell=text("Commands, for a person to review and run."),
            change={
                **text("Commands that make the change, to be run while the sync cycle is off."),
                "not": {"pattern": SCHEDULER_LINE},
            },
            editor=text("Steps in the Synchronization Rules Editor, as Markdown."),
        ),
        "if": {"anyOf": parts},
        "then": {"properties": {"powershell": False}},
    }


def _expected_of(spec: FactSpec) -> Json:
    """Say what can be expected of one fact, where a rule is about it."""
    name = definition(spec)
    return {
        "if": {"properties": {"fact": {"const": spec.name}}, "required": ["fact"]},
        "then": {
            "properties": {
                "fact": {"description": meaning(spec)},
                "expect": {
                    "if": {"type": "array"},
                    "then": {"minItems": 1, "items": ref(f"case_{name}")},
                    "else": ref(f"expect_{name}"),
                },
            }
        },
    }
