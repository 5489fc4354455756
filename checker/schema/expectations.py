"""What can be expected of facts and parameters, as the schema of policies says it: a definition for each kind."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from checker.model.catalogue import CATALOGUE, FactSpec, FieldSpec
from checker.model.values import FactType, Json
from checker.schema.policy_language import (
    ABSENT_WORDS,
    ALL_OPERATORS,
    ALONE,
    COUNT_OPERATORS,
    LARGEST_INTEGER,
    LONGEST_NAME,
    LONGEST_PATTERN,
    OPERATORS,
    PARAMETER_NAME,
    SCALAR_TYPES,
)
from checker.schema.shapes import Schema, closed, ref

_ISO_DURATION = r"P(?=.)([0-9]{1,7}D)?(T(?=.)([0-9]{1,7}H)?([0-9]{1,7}M)?([0-9]{1,9}(\.[0-9]{1,7})?S)?)?"
_NET_DURATION = r"([0-9]{1,7}\.)?([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]{1,7})?"
POSITIVE_DURATION = f"^({_ISO_DURATION}|{_NET_DURATION})$"
_TIMESTAMP = r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?([Zz]|[+-][0-9]{2}:[0-9]{2})"
_NO_REFERENCE = r"^(\$\$|[^$]|$)"  # a text that begins with a dollar sign writes it twice

LITERALS: dict[FactType, Schema] = {
    FactType.INTEGER: {"type": "integer", "minimum": -LARGEST_INTEGER, "maximum": LARGEST_INTEGER},
    FactType.BOOLEAN: {"type": "boolean"},
    FactType.TEXT: {"type": "string", "pattern": _NO_REFERENCE},
    FactType.VERSION: {"type": "string", "pattern": r"^[0-9]{1,9}(\.[0-9]{1,9}){0,3}$"},
    FactType.DURATION: {"type": "string", "pattern": f"^-?({_ISO_DURATION}|{_NET_DURATION})$"},
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


def definitions() -> Schema:
    """Give the definitions of everything that can stand in `expect`, `when` and `where`."""
    return {
        "reference": {"type": "string", "pattern": rf"^\${PARAMETER_NAME[1:]}", "maxLength": LONGEST_NAME + 1},
        "absent": {
            "description": "What it means that the fact was looked for and is not there.",
            "anyOf": [{"enum": list(ABSENT_WORDS)}, ref("reference")],
        },
        "conditions": {
            "description": "Conditions on facts of the same server or on parameters; all must hold.",
            **_conditions(_ON_FACTS, _ON_PARAMETERS),
        },
        "where": {"description": "Conditions on facts of a server; all must hold.", **_conditions(_ON_FACTS, {})},
        "fleet_conditions": {
            "description": "Conditions on parameters; all must hold.",
            **_conditions({}, _ON_PARAMETERS),
        },
        "expect_fleet": _expectation_of_fleet(),
        "count": _count(),
        "expect_override": _expectation_of_override(),
        **dict(_expectations()),
    }


def meaning(spec: FactSpec) -> str:
    """Say in a few sentences what a fact is."""
    unit = f" In {spec.unit}." if spec.unit else ""
    return f"{spec.meaning}{unit} Type: {spec.type.value}. When absent: {spec.absence}"


def definition(spec: FactSpec) -> str:
    """Name the definition of what can be expected of a fact; facts of one type share it unless they say more."""
    return spec.name if spec.values or spec.fields else spec.type.value


def _expectations() -> Iterator[tuple[str, Schema]]:
    for spec in CATALOGUE.values():
        name = definition(spec)
        values = _operators(spec.type, spec.values)
        if spec.fields:
            values["each"] = {"description": _OPERATOR_MEANINGS["each"], **ref(f"each_{name}")}
            yield f"each_{name}", {"minProperties": 1, **closed((), **dict(map(_field, spec.fields)))}
        yield f"expect_{name}", _expectation({**values, "absent": ref("absent")})
        yield f"case_{name}", _expectation({**values, "absent": ref("absent"), "when": ref("conditions")})
    for kind in SCALAR_TYPES:
        yield f"field_{kind.value}", _expectation(_operators(kind))
    yield "expect_parameter", _expectation_of_parameter()


def _operators(kind: FactType, values: Sequence[str] = ()) -> Schema:
    """Give the operators that fit a type, each with its values."""
    literal: Schema = {"enum": list(values)} if values else LITERALS.get(kind, {})
    return {name: {"description": _OPERATOR_MEANINGS[name], **_operand(name, literal)} for name in OPERATORS[kind]}


def _operand(operator: str, literal: Schema) -> Schema:
    value: Schema = {"anyOf": [literal, ref("reference")]}
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
    own = _expectation(_operators(field.type, field.values)) if field.values else ref(f"field_{field.type.value}")
    return field.name, {"description": field.meaning, **own}


def _expectation(properties: Schema) -> Schema:
    """Give a mapping of operators, and which of them cannot stand together."""
    operators = [name for name in properties if name in ALL_OPERATORS]
    beside = [name for name in ("absent", "when") if name in properties]
    rules: list[Json] = [_alone({"required": [name]}, name, beside) for name in ALONE if name in operators]
    if "empty" in operators:
        rules.append(_alone({"required": ["empty"], "properties": {"empty": {"const": True}}}, "empty", beside))
    if "absent" in beside:
        required: Schema = {"required": ["absent"], "properties": {"absent": {"const": "required"}}}
        resolved: Schema = {"required": ["absent"], "properties": {"absent": ref("reference")}}
        some: list[Json] = [{"required": [name]} for name in operators]
        rules.append({**_alone(required, "absent", beside), "else": {"anyOf": [*some, resolved]}})
    return {"minProperties": 1, **closed((), **properties), "allOf": rules}


def _alone(where: Schema, name: str, beside: Sequence[str]) -> Schema:
    """Say that, *where* this holds, nothing but *name* and what may stand *beside* everything is there."""
    return {"if": where, "then": {"propertyNames": {"enum": list(dict.fromkeys((name, *beside)))}}}


def _expectation_of_parameter() -> Schema:
    """Give what can be expected of a parameter, whose type a schema cannot know."""
    kinds = [kind for kind in SCALAR_TYPES if kind in (FactType.INTEGER, FactType.BOOLEAN, FactType.TEXT)]
    literal: Schema = {"anyOf": [LITERALS[kind] for kind in kinds]}
    names = [name for name in ALL_OPERATORS if name != "each"]
    schema = _expectation(
        {name: {"description": _OPERATOR_MEANINGS[name], **_operand(name, literal)} for name in names}
    )
    bounds: list[Json] = ["at_least", "at_most"]
    ordered: Schema = {"if": {"anyOf": [{"required": [name]} for name in bounds]}}
    ordered["then"] = {"propertyNames": {"enum": bounds}}
    rules = schema["allOf"]
    return {**schema, "allOf": [*(rules if isinstance(rules, list) else ()), ordered]}


_ON_FACTS: Schema = {
    spec.name: {"description": meaning(spec), "$ref": f"#/$defs/expect_{definition(spec)}"}
    for spec in CATALOGUE.values()
}
_ON_PARAMETERS: Schema = {rf"^\${PARAMETER_NAME[1:]}": ref("expect_parameter")}


def _conditions(on_facts: Schema, on_parameters: Schema) -> Schema:
    return {
        "type": "object",
        "minProperties": 1,
        "additionalProperties": False,
        "properties": on_facts,
        "patternProperties": on_parameters,
    }


def _expectation_of_fleet() -> Schema:
    one = closed(
        (),
        exactly_one={"const": True, "description": "Exactly one server of the tenant meets the 'where'."},
        all_equal={"const": True, "description": "All servers that meet the 'where' have the same value of the fact."},
        count={"description": "So many servers of the tenant meet the 'where'.", **ref("count")},
    )
    return {**one, "minProperties": 1, "maxProperties": 1}


def _count() -> Schema:
    number: Schema = {"type": "integer", "minimum": 0, "maximum": LARGEST_INTEGER}
    value: Schema = {"anyOf": [number, ref("reference")]}
    bounds = _expectation({name: {"description": _OPERATOR_MEANINGS[name], **value} for name in COUNT_OPERATORS})
    # Every count is at least 0, so such a rule could never fail.
    no_bound: Schema = {"required": ["at_least"], "properties": {"at_least": {"const": 0}}}
    rules = bounds["allOf"]
    return {
        **bounds,
        "allOf": [*(rules if isinstance(rules, list) else ()), {"if": no_bound, "then": {"minProperties": 2}}],
    }


def _expectation_of_override() -> Schema:
    """Give what can stand in the `expect` of an override: a schema does not see the rule that is overridden."""
    names = dict.fromkeys(map(definition, CATALOGUE.values()))
    return {
        "if": {"type": "array"},
        "then": {"minItems": 1, "items": {"anyOf": [ref(f"case_{name}") for name in names]}},
        "else": {"anyOf": [*(ref(f"expect_{name}") for name in names), ref("expect_fleet")]},
    }
