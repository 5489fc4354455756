"""
The JSON Schema of the cases of policies, for editors, and for checks by others.

It says what a schema can say. The loader alone decides, and knows more: which rules and parameters the policy has,
which servers a case has, and quotes.
"""

from __future__ import annotations

from checker.model.catalogue import CATALOGUE, FactSpec
from checker.model.values import FactType
from checker.schema.expectations import LITERALS, meaning
from checker.schema.inventory_language import SERVER_NAME, TENANT
from checker.schema.policy_language import LONGEST_LINE, PARAMETER_NAME, RULE_ID
from checker.schema.policy_test_language import CASE_FILE_REQUIRED, CASE_REQUIRED, OUTCOMES, REASONS
from checker.schema.shapes import Schema, closed, line, mapping, ref

_SUBJECT = f"({SERVER_NAME})|({TENANT})"


def policy_test_schema() -> Schema:
    """Give the schema of a file of cases, JSON Schema 2020-12."""
    facts: Schema = {"facts": ref("facts")}
    age: Schema = {**LITERALS[FactType.DURATION], "description": "How old the facts are, such as P2D; no time at all."}
    server = closed(
        (),
        tenant={"type": "string", "pattern": TENANT, "maxLength": 64, "description": "The tenant of the server."},
        missing={"type": "boolean", "description": "Whether it is expected, and there is no data of it."},
        age=age,
        **facts,
    )
    case = closed(
        CASE_REQUIRED,
        case=line("What the case shows; no other case of the file has the same name."),
        parameters=ref("parameters"),
        servers=mapping(
            {**server, "minProperties": 1},
            SERVER_NAME,
            "Several servers, each with facts beside those of the case; without them the case has one server.",
        ),
        expect=ref("expect"),
        age=age,
        **facts,
    )
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "urn:adsync-checker:schema:policy-test:v1",
        "title": "Cases of a policy of adsync-checker",
        **closed(
            CASE_FILE_REQUIRED,
            policy={
                "type": "string",
                "minLength": 1,
                "maxLength": LONGEST_LINE,
                "description": "The policy: a path beside this file, or the name of a shipped policy.",
            },
            now={**LITERALS[FactType.TIMESTAMP], "description": "What time it is in all cases, in quotes."},
            defaults={
                **closed((), parameters=ref("parameters"), **facts),
                "minProperties": 1,
                "description": "What every case starts from.",
            },
            cases={"type": "array", "minItems": 1, "items": ref("case")},
        ),
        "$defs": {
            "case": case,
            "facts": {
                **closed((), **{name: _fact(spec) for name, spec in CATALOGUE.items()}),
                "minProperties": 1,
                "description": "What is known; a fact that is not named is unknown.",
            },
            "parameters": mapping(
                {"anyOf": [LITERALS[FactType.INTEGER], {"type": ["boolean", "string"]}]},
                PARAMETER_NAME,
                "Values of parameters of the policy.",
            ),
            "expect": mapping(
                {"anyOf": [ref("outcome"), mapping(ref("outcome"), _SUBJECT, "By server, or by tenant.")]},
                RULE_ID,
                "What is expected of rules.",
            ),
            "outcome": {"enum": [*OUTCOMES]},
            "absent": closed(("absent",), absent={"const": True, "description": "Looked for, and not there."}),
            "unknown": closed(("unknown",), unknown={"enum": [*REASONS], "description": "Why it is not known."}),
        },
    }


def _fact(spec: FactSpec) -> Schema:
    return {"description": meaning(spec), "anyOf": [_value(spec), ref("absent"), ref("unknown")]}


def _value(spec: FactSpec) -> Schema:
    if spec.type is not FactType.RECORDS:
        return _literal(spec.type, spec.values)
    fields = {one.name: {**_literal(one.type, one.values), "description": one.meaning} for one in spec.fields}
    return {"type": "array", "items": {**closed((), **fields), "minProperties": 1}}


def _literal(kind: FactType, values: tuple[str, ...]) -> Schema:
    return {"enum": [*values]} if values else dict(LITERALS[kind])
