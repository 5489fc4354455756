"""
The JSON Schema of policies, made from the fact catalogue: for editors, and for checks by others.

It says what a schema can say. The loader alone decides, and knows more: which parameters there are and of which type,
bounds in order, safe patterns, ids given twice, and everything that is lost when YAML becomes JSON, such as quotes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from checker.model.catalogue import CATALOGUE, FactSpec, FieldSpec
from checker.model.values import FactType, Json
from checker.schema.policy_language import (
    ABSENT_WORDS,
    ALL_OPERATORS,
    ALONE,
    FRAMEWORK,
    LARGEST_INTEGER,
    LINE,
    LONGEST_LINE,
    LONGEST_NAME,
    LONGEST_PATTERN,
    OPERATORS,
    PARAMETER_NAME,
    PARAMETER_REQUIRED,
    POLICY_NAME,
    POLICY_REQUIRED,
    POLICY_VERSION,
    REFERENCE,
    RULE_ID,
    RULE_REQUIRED,
    SCALAR_TYPES,
    SEVERITY_WORDS,
    TAG,
    TEXT,
)

_Schema = dict[str, Json]

_ISO_DURATION = r"-?P(?=.)([0-9]{1,7}D)?(T(?=.)([0-9]{1,7}H)?([0-9]{1,7}M)?([0-9]{1,9}(\.[0-9]{1,7})?S)?)?"
_NET_DURATION = r"-?([0-9]{1,7}\.)?([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]{1,7})?"
_TIMESTAMP = r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?([Zz]|[+-][0-9]{2}:[0-9]{2})"
_NO_REFERENCE = r"^(\$\$|[^$]|$)"  # a text that begins with a dollar sign writes it twice

_LITERALS: dict[FactType, _Schema] = {
    FactType.INTEGER: {"type": "integer", "minimum": -LARGEST_INTEGER, "maximum": LARGEST_INTEGER},
    FactType.BOOLEAN: {"type": "boolean"},
    FactType.TEXT: {"type": "string", "pattern": _NO_REFERENCE},
    FactType.VERSION: {"type": "string", "pattern": r"^[0-9]{1,9}(\.[0-9]{1,9}){0,3}$"},
    FactType.DURATION: {"type": "string", "pattern": f"^({_ISO_DURATION}|{_NET_DURATION})$"},
    FactType.TIMESTAMP: {"type": "string", "pattern": f"^{_TIMESTAMP}$"},
}

_OPERATOR_MEANINGS = {
    "equals": "The value is this one. Stands alone.",
    "one_of": "The value is one of these. Stands alone.",
    "at_least": "The value is not less than this.",
    "at_most": "The value is not more than this.",
    "matches": "The whole text matches this regular expression of the safe subset.",
    "empty": "Whether there is nothing in it.",
    "each": "Every record meets these expectations of its fields.",
}


def policy_schema() -> _Schema:
    """Give the schema of a policy, JSON Schema 2020-12."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "urn:adsync-checker:schema:policy:v1",
        "title": "A policy of adsync-checker",
        **_closed(
            POLICY_REQUIRED,
            policy=_name(POLICY_NAME, "The policy's name; for a shipped one, the name of its file."),
            version={"type": "string", "pattern": POLICY_VERSION, "description": "The policy's version, in quotes."},
            title=_line("What the policy is about."),
            description=_text("What the policy is for, and where it comes from."),
            parameters=_map(_ref("parameter"), PARAMETER_NAME, "Settings that a run can change with --set."),
            rules={"type": "array", "minItems": 1, "items": _ref("rule")},
        ),
        "$defs": {
            "parameter": _parameter(),
            "reference": {"type": "string", "pattern": rf"^\${PARAMETER_NAME[1:]}", "maxLength": LONGEST_NAME + 1},
            "absent": {
                "description": "What it means that the fact was looked for and is not there.",
                "anyOf": [{"enum": list(ABSENT_WORDS)}, _ref("reference")],
            },
            "rule": _rule(),
            "conditions": _conditions(),
            **dict(_expectations()),
        },
    }


def _rule() -> _Schema:
    rule = _closed(
        RULE_REQUIRED,
        id={"type": "string", "pattern": RULE_ID, "description": "The rule's id; an id is never reused."},
        title=_line("What is expected, as a sentence."),
        severity={"enum": list(SEVERITY_WORDS), "description": "How much it matters when the rule is broken."},
        fact={"enum": list(CATALOGUE), "description": "The fact that the rule is about."},
        when={"$ref": "#/$defs/conditions", "description": "Where these do not hold, the rule is not applicable."},
        expect={"description": "What is expected of the fact: one expectation, or a list of cases."},
        rationale=_text("Why it matters."),
        remediation={
            "description": "What to do; never executed by the checker.",
            "minProperties": 1,
            **_closed(
                (),
                text=_text("The steps, for a person."),
                powershell=_text("Commands, for a person to review and run."),
            ),
        },
        references=_list({**_line("An https address."), "pattern": REFERENCE}),
        controls=_map(_list(_line("An item of the framework.")), FRAMEWORK, "Controls that the rule supports."),
        tags=_list({"type": "string", "pattern": TAG, "maxLength": LONGEST_LINE}),
    )
    rule["allOf"] = [_expected_of(spec) for spec in CATALOGUE.values()]
    return rule


def _expected_of(spec: FactSpec) -> Json:
    """Say what can be expected of one fact, where a rule is about it."""
    name = _definition(spec)
    return {
        "if": {"properties": {"fact": {"const": spec.name}}, "required": ["fact"]},
        "then": {
            "properties": {
                "fact": {"description": _meaning(spec)},
                "expect": {
                    "if": {"type": "array"},
                    "then": {"minItems": 1, "items": _ref(f"case_{name}")},
                    "else": _ref(f"expect_{name}"),
                },
            }
        },
    }


def _meaning(spec: FactSpec) -> str:
    unit = f" In {spec.unit}." if spec.unit else ""
    return f"{spec.meaning}{unit} Type: {spec.type.value}. When absent: {spec.absence}"


def _definition(spec: FactSpec) -> str:
    """Name the definition of what can be expected of a fact; facts of one type share it unless they say more."""
    return spec.name if spec.values or spec.fields else spec.type.value


def _expectations() -> Iterable[tuple[str, _Schema]]:
    for spec in CATALOGUE.values():
        name = _definition(spec)
        values = _operators(spec.type, spec.values)
        if spec.fields:
            values["each"] = {"description": _OPERATOR_MEANINGS["each"], **_ref(f"each_{name}")}
            yield f"each_{name}", {"minProperties": 1, **_closed((), **dict(map(_field, spec.fields)))}
        yield f"expect_{name}", _expectation({**values, "absent": _ref("absent")})
        yield f"case_{name}", _expectation({**values, "absent": _ref("absent"), "when": _ref("conditions")})
    for kind in SCALAR_TYPES:
        yield f"field_{kind.value}", _expectation(_operators(kind))
    yield "expect_parameter", _expectation_of_parameter()


def _operators(kind: FactType, values: Sequence[str] = ()) -> _Schema:
    """Give the operators that fit a type, each with its values."""
    literal: _Schema = {"enum": list(values)} if values else _LITERALS.get(kind, {})
    return {name: {"description": _OPERATOR_MEANINGS[name], **_operand(name, literal)} for name in OPERATORS[kind]}


def _operand(operator: str, literal: _Schema) -> _Schema:
    value: _Schema = {"anyOf": [literal, _ref("reference")]}
    match operator:
        case "one_of":
            return {"type": "array", "minItems": 1, "uniqueItems": True, "items": value}
        case "matches":
            return {"type": "string", "pattern": "^[^$]", "maxLength": LONGEST_PATTERN}
        case "empty":
            return {"type": "boolean"}
        case _:
            return value


def _field(field: FieldSpec) -> tuple[str, Json]:
    own = _expectation(_operators(field.type, field.values)) if field.values else _ref(f"field_{field.type.value}")
    return field.name, {"description": field.meaning, **own}


def _expectation(properties: _Schema) -> _Schema:
    """Give a mapping of operators, and which of them cannot stand together."""
    operators = [name for name in properties if name in ALL_OPERATORS]
    beside = [name for name in ("absent", "when") if name in properties]
    rules: list[Json] = [_alone({"required": [name]}, name, beside) for name in ALONE if name in operators]
    if "empty" in operators:
        rules.append(_alone({"required": ["empty"], "properties": {"empty": {"const": True}}}, "empty", beside))
    if "absent" in beside:
        required: _Schema = {"required": ["absent"], "properties": {"absent": {"const": "required"}}}
        resolved: _Schema = {"required": ["absent"], "properties": {"absent": _ref("reference")}}
        some: list[Json] = [{"required": [name]} for name in operators]
        rules.append({**_alone(required, "absent", beside), "else": {"anyOf": [*some, resolved]}})
    return {"minProperties": 1, **_closed((), **properties), "allOf": rules}


def _alone(where: _Schema, name: str, beside: Sequence[str]) -> _Schema:
    """Say that, *where* this holds, nothing but *name* and what may stand *beside* everything is there."""
    return {"if": where, "then": {"propertyNames": {"enum": list(dict.fromkeys((name, *beside)))}}}


def _expectation_of_parameter() -> _Schema:
    """Give what can be expected of a parameter, whose type a schema cannot know."""
    kinds = [kind for kind in SCALAR_TYPES if kind in (FactType.INTEGER, FactType.BOOLEAN, FactType.TEXT)]
    literal: _Schema = {"anyOf": [_LITERALS[kind] for kind in kinds]}
    names = [name for name in ALL_OPERATORS if name != "each"]
    schema = _expectation(
        {name: {"description": _OPERATOR_MEANINGS[name], **_operand(name, literal)} for name in names}
    )
    bounds: list[Json] = ["at_least", "at_most"]
    ordered: _Schema = {"if": {"anyOf": [{"required": [name]} for name in bounds]}}
    ordered["then"] = {"propertyNames": {"enum": bounds}}
    rules = schema["allOf"]
    return {**schema, "allOf": [*(rules if isinstance(rules, list) else ()), ordered]}


def _conditions() -> _Schema:
    return {
        "description": "Conditions on facts of the same server or on parameters; all must hold.",
        "type": "object",
        "minProperties": 1,
        "additionalProperties": False,
        "properties": {
            spec.name: {"description": _meaning(spec), "$ref": f"#/$defs/expect_{_definition(spec)}"}
            for spec in CATALOGUE.values()
        },
        "patternProperties": {rf"^\${PARAMETER_NAME[1:]}": _ref("expect_parameter")},
    }


def _parameter() -> _Schema:
    parameter = _closed(
        PARAMETER_REQUIRED,
        type={"enum": [kind.value for kind in SCALAR_TYPES], "description": "The type of its values."},
        default={"description": "The value where a run sets none."},
        description=_text("What it means."),
        one_of={"type": "array", "description": "The only values that it may take."},
    )
    parameter["allOf"] = [
        {
            "if": {"properties": {"type": {"const": kind.value}}, "required": ["type"]},
            "then": {
                "properties": {
                    "default": _LITERALS[kind],
                    "one_of": {"minItems": 1, "uniqueItems": True, "items": _LITERALS[kind]},
                }
            },
        }
        for kind in SCALAR_TYPES
    ]
    return parameter


def _ref(name: str) -> _Schema:
    return {"$ref": f"#/$defs/{name}"}


def _closed(required: Sequence[str], **properties: Json) -> _Schema:
    """Give an object of just these *properties*."""
    needed: _Schema = {"required": list(required)} if required else {}
    return {"type": "object", "properties": properties, **needed, "additionalProperties": False}


def _map(values: _Schema, names: str, description: str) -> _Schema:
    return {
        "description": description,
        "type": "object",
        "minProperties": 1,
        "propertyNames": {"pattern": names, "maxLength": LONGEST_NAME},
        "additionalProperties": values,
    }


def _list(items: _Schema) -> _Schema:
    return {"type": "array", "minItems": 1, "uniqueItems": True, "items": items}


def _name(form: str, description: str) -> _Schema:
    return {"type": "string", "pattern": form, "maxLength": LONGEST_NAME, "description": description}


def _line(description: str) -> _Schema:
    return {"type": "string", "pattern": LINE, "maxLength": LONGEST_LINE, "description": description}


def _text(description: str) -> _Schema:
    return {"type": "string", "pattern": TEXT, "description": description}
