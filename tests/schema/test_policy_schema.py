"""The JSON Schema of policies, held against the loader."""

from __future__ import annotations

import copy
import json
from functools import cache
from pathlib import Path
from typing import cast

import jsonschema
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from checker.errors import PolicyError
from checker.load.extends import BaseError
from checker.load.policies import PolicyDocument, load_policies
from checker.model.catalogue import CATALOGUE
from checker.model.values import FactType
from checker.schema.policy import policy_schema
from checker.shipped import shipped_policies, shipped_schema

Tree = dict[str, object] | list[object] | str | int | bool


@cache
def validator() -> jsonschema.Draft202012Validator:
    """Build the validator once."""
    return jsonschema.Draft202012Validator(policy_schema())


def schema_accepts(document: object) -> bool:
    """Whether the schema finds nothing wrong."""
    return validator().is_valid(document)


def loader_accepts(document: object) -> bool:
    """
    Whether the loader finds nothing wrong with *document* as YAML.

    JSON is YAML, except that a reference to a parameter stands without quotes.
    """
    try:
        load_policies([PolicyDocument(path="f", content=_yaml(document).encode())], {}, _find_base)
    except PolicyError:
        return False
    return True


def _find_base(text: str, _path: str) -> PolicyDocument:
    if text == "f.yaml":
        return PolicyDocument(path="f", content=_yaml(upon(extends="f.yaml")).encode())
    if text not in ("base", "base.yaml", "sub/base.yaml"):
        raise BaseError("there is none")
    return PolicyDocument(path="base.yaml", content=_yaml(BASE).encode())


def _yaml(tree: object) -> str:
    match tree:
        case dict():
            return "{" + ", ".join(f"{json.dumps(key)}: {_yaml(value)}" for key, value in tree.items()) + "}"
        case list():
            return "[" + ", ".join(map(_yaml, tree)) + "]"
        case str() if tree.startswith("$") and not tree.startswith("$$") and tree[1:].isidentifier():
            return tree
        case _:
            return json.dumps(tree, ensure_ascii=False)


def _parameters(*names: str) -> dict[str, object]:
    declared: dict[str, dict[str, object]] = {
        "i": {"type": "integer", "default": 5, "description": "d"},
        "b": {"type": "boolean", "default": True, "description": "d"},
        "t": {"type": "text", "default": "usgov", "description": "d"},
        "v": {"type": "version", "default": "2.5", "description": "d"},
        "r": {"type": "text", "default": "required", "description": "d"},
        "z": {"type": "integer", "default": 0, "description": "d"},
    }
    return {name: declared[name] for name in names}


def policy(rule: object = None, **top: object) -> dict[str, object]:
    """Give a policy with one rule."""
    rule = RULE if rule is None else rule
    return {"policy": "sample", "version": "1.0.0", "title": "T", "rules": [rule], **top}


LIMITS = "groups.member_limits"
VERSION = "product.version"
TYPE = "endpoint.export_type"
INTERVAL = "scheduler.effective_sync_interval"
START = "scheduler.next_sync_start"

RULE: dict[str, object] = {
    "id": "TEST0001",
    "title": "A rule",
    "severity": "high",
    "fact": "server.name",
    "expect": {"equals": "A"},
}


def changed(**keys: object) -> dict[str, object]:
    """Give a policy whose rule has other keys; `...` leaves one out."""
    return policy({key: value for key, value in {**RULE, **keys}.items() if value is not ...})


def fleet(expect: object, *parameters: str, **keys: object) -> dict[str, object]:
    """Give a policy with a fleet rule, which has a `where` unless *keys* say otherwise."""
    top: dict[str, object] = {"parameters": _parameters(*parameters)} if parameters else {}
    where = {"scheduler.staging_mode_enabled": {"equals": False}}
    return {**changed(**{"scope": "fleet", "fact": ..., "where": where, "expect": expect, **keys}), **top}


BASE: dict[str, object] = {
    "policy": "base",
    "version": "1.0.0",
    "title": "T",
    "parameters": {"most": {"type": "integer", "default": 5, "one_of": [5, 6], "description": "d"}},
    "rules": [
        {**RULE, "id": "BASE0001", "fact": "endpoint.export_type", "expect": {"at_most": "$most"}, "max_age": "P1D"},
        {
            **{key: value for key, value in RULE.items() if key != "fact"},
            "id": "BASE0002",
            "scope": "fleet",
            "where": {"server.name": {"equals": "A"}},
            "expect": {"exactly_one": True},
        },
    ],
}


def upon(*rules: object, **top: object) -> dict[str, object]:
    """Give a policy that builds on the base; without *rules* it has none of its own."""
    own = {"rules": list(rules)} if rules else {}
    return {"policy": "sample", "version": "1.0.0", "title": "T", "extends": "base.yaml", **own, **top}


def overriding(identifier: str = "BASE0001", **keys: object) -> dict[str, object]:
    """Give a policy that changes one rule of its base."""
    return upon({"id": identifier, **keys})


def expecting(fact: str, expect: object, *parameters: str) -> dict[str, object]:
    """Give a policy that expects something of a fact, with the parameters that it uses."""
    top: dict[str, object] = {"parameters": _parameters(*parameters)} if parameters else {}
    return {**changed(fact=fact, expect=expect), **top}


def given_that(when: object, *parameters: str) -> dict[str, object]:
    """Give a policy with a condition."""
    top: dict[str, object] = {"parameters": _parameters(*parameters)} if parameters else {}
    return {**changed(when=when), **top}


def declaring(**parameter: object) -> dict[str, object]:
    """Give a policy that declares a parameter and uses it whatever its type."""
    declared = {"type": "integer", "default": 5, "description": "d", **parameter}
    operand = 5 if parameter.get("default", ...) is ... else parameter["default"]
    return policy(
        {**RULE, "when": {"$x": {"equals": operand}}},
        parameters={"x": {key: value for key, value in declared.items() if value is not ...}},
    )


VALID = [
    policy(),
    policy(description="d"),
    changed(id="AB0001", severity="info", title="x" * 200),
    changed(rationale="r", remediation={"text": "t"}, tags=["a", "b-c"], controls={"cis": ["4.1"]}),
    changed(remediation={"powershell": "p"}, references=["https://a.example/x?y#z"]),
    expecting("server.name", {"one_of": ["a", "b"], "absent": "allowed"}),
    expecting("server.name", {"matches": "a+", "empty": False}),
    expecting("server.name", {"empty": True}),
    expecting("server.name", {"equals": "$$x"}),
    expecting("server.name", {"equals": ""}),
    expecting("server.name", {"absent": "required"}),
    expecting("server.name", {"absent": "$r"}, "r"),
    expecting("tenant.cloud", {"equals": "$t"}, "t"),
    expecting("tenant.cloud", {"one_of": ["china", "$t"]}, "t"),
    expecting(TYPE, {"at_least": 1, "at_most": "$i", "absent": "error"}, "i"),
    expecting(TYPE, {"one_of": [1, -5, "$i"]}, "i"),
    expecting("endpoint.consistent", {"equals": "$b"}, "b"),
    expecting(VERSION, {"at_least": "1.5.30.0", "at_most": "$v"}, "v"),
    expecting(INTERVAL, {"at_most": "P7D"}),
    expecting(INTERVAL, {"at_most": "7.00:00:00"}),
    expecting(INTERVAL, {"equals": "-PT1.5S"}),
    expecting(START, {"at_least": "2026-11-22T10:00:00+01:00"}),
    expecting(LIMITS, {"each": {"limit": {"at_least": 1}, "via": {"equals": "scope"}}, "empty": False}),
    expecting(LIMITS, {"empty": True, "absent": "allowed"}),
    expecting("server.name", [{"equals": "A"}]),
    expecting("server.name", [{"equals": "A", "when": {TYPE: {"equals": 2}}}, {"equals": "B", "absent": "allowed"}]),
    given_that({VERSION: {"at_least": "2.0"}, LIMITS: {"empty": False}}),
    given_that({"$b": {"equals": True}, "$v": {"at_least": "2"}, "$t": {"matches": "a"}}, "b", "v", "t"),
    given_that({"$i": {"at_least": 1, "at_most": 5}}, "i"),
    given_that({"server.name": {"absent": "required"}}),
    declaring(),
    declaring(one_of=[5, 6]),
    declaring(type="boolean", default=False),
    declaring(type="text", default="$$x", one_of=["$$x", "b"]),
    declaring(type="version", default="1.2.3.4"),
    declaring(type="duration", default="PT30M"),
    declaring(type="timestamp", default="2026-11-22T10:00:00Z"),
    changed(scope="server", max_age="P1D"),
    changed(max_age="1.00:00:00"),
    changed(remediation={"text": "t", "change": "Set-A\nSet-B", "editor": "1. Click"}),
    changed(remediation={"change": "Set-ADSyncSchedulerConnectorOverride"}),
    fleet({"exactly_one": True}),
    fleet({"exactly_one": True}, "b", when={"$b": {"equals": True}}, max_age="PT1H"),
    fleet({"exactly_one": True}, "t", where={"tenant.cloud": {"equals": "$t"}, VERSION: {"absent": "required"}}),
    fleet({"count": {"equals": 0}}),
    fleet({"count": {"at_least": 0, "at_most": 5}}),
    fleet({"count": {"at_least": 1}}),
    fleet({"count": {"at_most": "$i"}}, "i"),
    fleet({"all_equal": True}, fact=VERSION),
    fleet({"all_equal": True}, fact=LIMITS, where=...),
    upon(),
    upon(extends="base"),
    upon(extends=["sub/base.yaml"]),
    upon(RULE, parameters={"most": {"default": 6, "description": "d"}}),
    upon({**RULE, "fact": TYPE, "expect": {"equals": "$i"}}, parameters=_parameters("i")),
    upon({**RULE, "fact": TYPE, "expect": {"equals": "$most"}}),
    overriding(severity="critical"),
    overriding(severity="low", reason="r"),
    overriding(disabled=True, reason="r"),
    overriding(max_age="PT1H", rationale="r", tags=["a"], controls={"cis": ["A"]}, references=["https://a.example"]),
    overriding(remediation={"change": "Set-A"}),
    overriding(expect={"equals": 5}, when={VERSION: {"at_least": "2.0"}, "$most": {"equals": 5}}, reason="r"),
    overriding(expect=[{"equals": 5, "when": {VERSION: {"at_least": "2.0"}}}, {"at_most": "$most"}], reason="r"),
    overriding("BASE0002", expect={"count": {"at_most": 2}}, when={"$most": {"equals": 5}}, reason="r"),
    upon({"id": "BASE0001", "severity": "critical"}, {"id": "BASE0002", "tags": ["a"]}, RULE),
]

INVALID = [
    [],
    {},
    "text",
    {key: value for key, value in policy().items() if key != "title"},
    {key: value for key, value in policy().items() if key != "rules"},
    policy(policy="Sample"),
    policy(policy="x" * 65),
    policy(version=1),
    policy(version="1.0b"),
    policy(title=" "),
    policy(title="a\nb"),
    policy(title="x" * 201),
    policy(description=" "),
    policy(rules=[]),
    policy(rules={}),
    policy("x"),
    policy(parameters={}),
    policy(parameters={"x": 5}),
    *(changed(**{key: ...}) for key in ("id", "title", "severity", "fact", "expect")),
    changed(scope="fleet"),
    changed(scope="flet"),
    changed(scope=5),
    changed(where={"server.name": {"equals": "A"}}),
    changed(reason="r"),
    changed(disabled=True),
    changed(max_age="1 day"),
    changed(max_age="-P1D"),
    changed(max_age=5),
    changed(remediation={"change": "a", "powershell": "b"}),
    changed(remediation={"editor": "a", "powershell": "b"}),
    changed(remediation={"change": " "}),
    changed(remediation={"change": "Set-A; set-adSyncScheduler -X"}),
    changed(remediation={"editor": 5}),
    fleet({"exactly_one": False}),
    fleet({"exactly_one": 1}),
    fleet({"exactly_one": True, "all_equal": True}),
    fleet({"exactly_one": True}, where=...),
    fleet({"exactly_one": True}, where={}),
    fleet({"exactly_one": True}, fact="server.name"),
    fleet({"exactly_one": True}, "b", where={"$b": {"equals": True}}),
    fleet({"exactly_one": True}, where={"server.nam": {"equals": "A"}}),
    fleet({"exactly_one": True}, when={"server.name": {"equals": "A"}}),
    fleet({"equals": "A"}),
    fleet({}),
    fleet([{"exactly_one": True}]),
    fleet({"count": {}}),
    fleet({"count": 1}),
    fleet({"count": {"one_of": [1]}}),
    fleet({"count": {"equals": 1, "at_most": 1}}),
    fleet({"count": {"equals": "1"}}),
    fleet({"count": {"equals": True}}),
    fleet({"count": {"equals": -1}}),
    fleet({"count": {"at_least": 0}}),
    fleet({"count": {"at_least": -1}}),
    fleet({"count": {"at_least": -1, "at_most": 1}}),
    fleet({"count": {"equals": 10**18}}),
    fleet({"all_equal": True}),
    fleet({"all_equal": False}, fact=VERSION),
    fleet({"all_equal": True}, fact="server.nam"),
    upon(extends=5),
    upon(extends=[]),
    upon(extends=["base", "base"]),
    upon(extends=[5]),
    upon(extends=""),
    upon(extends="../base.yaml"),
    upon(extends="sub/../../base.yaml"),
    upon(extends="sub/.."),
    upon(extends="/base.yaml"),
    upon(extends="https://a.example/base.yaml"),
    upon(extends="C:base.yaml"),
    upon(extends="sub\\base.yaml"),
    upon(extends="Base"),
    upon(extends="x" * 200 + ".yaml"),
    upon(rules=[]),
    upon(parameters={}),
    upon(parameters={"most": {}}),
    upon(parameters={"most": {"description": "d"}}),
    upon(parameters={"most": {"default": 1.5}}),
    upon(parameters={"most": {"default": 6, "one_of": [6]}}),
    upon(parameters={"most": 6}),
    overriding(),
    overriding(reason="r"),
    overriding(disabled=True),
    overriding(disabled=False, reason="r"),
    overriding(disabled=True, severity="low", reason="r"),
    overriding(expect={"equals": 5}),
    overriding(when={VERSION: {"at_least": "2.0"}}),
    overriding(when={}, reason="r"),
    overriding(expect={}, reason="r"),
    overriding(expect=[], reason="r"),
    overriding(severity="lo", reason="r"),
    overriding(severity="low", reason=""),
    overriding(fact=TYPE),
    overriding(scope="server"),
    overriding(where={"server.name": {"equals": "A"}}),
    overriding("AADC1", severity="critical"),
    upon({"severity": "critical"}),
    policy({"id": "BASE0001", "severity": "critical"}),
    changed(id="AADC1"),
    changed(id="AADC-0001"),
    changed(severity="High"),
    changed(severity=3),
    changed(fact="server.nam"),
    changed(rationale=""),
    changed(remediation={}),
    changed(remediation={"text": ""}),
    changed(remediation={"txt": "a"}),
    changed(references=[]),
    changed(references=["http://a.example"]),
    changed(references=["https://a.example", "https://a.example"]),
    changed(references=["https://a.example/" + "x" * 200]),
    changed(controls={}),
    changed(controls={"CIS": ["a"]}),
    changed(controls={"cis": []}),
    changed(controls={"cis": [5]}),
    changed(tags=["A"]),
    changed(tags=["a", "a"]),
    expecting("server.name", 5),
    expecting("server.name", {}),
    expecting("server.name", {"equls": "A"}),
    expecting("server.name", {"equals": 5}),
    expecting("server.name", {"equals": None}),
    expecting("server.name", {"equals": ["A"]}),
    expecting("server.name", {"equals": "A", "matches": "A"}),
    expecting("server.name", {"one_of": ["A"], "empty": False}),
    expecting("server.name", {"one_of": []}),
    expecting("server.name", {"one_of": ["A", "A"]}),
    expecting("server.name", {"one_of": "A"}),
    expecting("server.name", {"at_least": "A"}),
    expecting("server.name", {"absent": "allowed"}),
    expecting("server.name", {"absent": "alowed", "equals": "A"}),
    expecting("server.name", {"absent": "required", "equals": "A"}),
    expecting("server.name", {"absent": True, "equals": "A"}),
    expecting("server.name", {"matches": ""}),
    expecting("server.name", {"matches": "$x"}),
    expecting("server.name", {"matches": 5}),
    expecting("server.name", {"matches": "a" * 201}),
    expecting("server.name", {"empty": 1}),
    expecting("server.name", {"empty": True, "matches": "A"}),
    expecting("server.name", {"equals": "A", "when": {TYPE: {"equals": 2}}}),
    expecting("tenant.cloud", {"equals": "comercial"}),
    expecting("tenant.cloud", {"one_of": ["commercial", "x"]}),
    expecting(TYPE, {"equals": "5"}),
    expecting(TYPE, {"equals": True}),
    expecting(TYPE, {"equals": 1.5}),
    expecting(TYPE, {"equals": 10**18}),
    expecting(TYPE, {"matches": "5"}),
    expecting("endpoint.consistent", {"equals": 1}),
    expecting("endpoint.consistent", {"equals": "true"}),
    expecting("endpoint.consistent", {"at_most": True}),
    expecting(VERSION, {"at_least": 2}),
    expecting(VERSION, {"at_least": "v2"}),
    expecting(VERSION, {"at_least": "1.2.3.4.5"}),
    expecting(INTERVAL, {"at_most": "30"}),
    expecting(INTERVAL, {"at_most": "P"}),
    expecting(INTERVAL, {"at_most": "PT"}),
    expecting(INTERVAL, {"at_most": "24:00:00"}),
    expecting(START, {"at_most": "2026-11-22"}),
    expecting(START, {"at_most": "2026-11-22T10:00:00"}),
    expecting(LIMITS, {"equals": []}),
    expecting(LIMITS, {"each": {}}),
    expecting(LIMITS, {"each": []}),
    expecting(LIMITS, {"each": {"limt": {"equals": 1}}}),
    expecting(LIMITS, {"each": {"limit": 5}}),
    expecting(LIMITS, {"each": {"limit": {"equals": "5"}}}),
    expecting(LIMITS, {"each": {"limit": {"equals": 5, "absent": "allowed"}}}),
    expecting(LIMITS, {"each": {"limit": {"matches": "5"}}}),
    expecting(LIMITS, {"each": {"via": {"equals": "scop"}}}),
    expecting(LIMITS, {"each": {"limit": {"equals": 5}}, "empty": True}),
    expecting("server.name", []),
    expecting("server.name", ["A"]),
    expecting("server.name", [{"when": {TYPE: {"equals": 2}}}, {"equals": "A"}]),
    expecting("server.name", [{"when": {}, "equals": "B"}, {"equals": "A"}]),
    expecting("server.name", [{"when": {TYPE: {"equals": 2}}, "equals": 5}, {"equals": "A"}]),
    given_that({}),
    given_that([]),
    given_that({"server.nam": {"equals": "A"}}),
    given_that({"server.name": {"equals": 5}}),
    given_that({"$b": {"equals": True, "absent": "allowed"}}, "b"),
    given_that({"$b": {"equals": True, "one_of": [True]}}, "b"),
    given_that({"$i": {"at_least": 1, "empty": False}}, "i"),
    given_that({"$i": {"each": {"a": {"equals": 1}}}}, "i"),
    *(declaring(**{key: ...}) for key in ("type", "default", "description")),
    declaring(type="integre"),
    declaring(type="records"),
    declaring(default="5"),
    declaring(default=True),
    declaring(type="boolean", default=1),
    declaring(type="version", default="v2"),
    declaring(type="duration", default="30"),
    declaring(type="timestamp", default="2026"),
    declaring(one_of=[]),
    declaring(one_of=[5, 5]),
    declaring(one_of=[5, "a"]),
    declaring(default=5, hidden=True),
]

BEYOND_THE_SCHEMA = {
    "a parameter that nobody declares": changed(expect={"equals": "$x"}),
    "a parameter of another type": expecting(TYPE, {"equals": "$t"}, "t"),
    "a parameter whose value the fact never has": expecting("tenant.cloud", {"equals": "$r"}, "r"),
    "a condition of another type than the parameter": given_that({"$b": {"equals": 5}}, "b"),
    "a parameter that no rule uses": policy(parameters=_parameters("i")),
    "a default that is not among the values": declaring(one_of=[6, 7]),
    "bounds in the wrong order": expecting(TYPE, {"at_least": 5, "at_most": 4}),
    "a pattern outside the safe subset": expecting("server.name", {"matches": "(a+)+"}),
    "versions that are equal but written differently": expecting(VERSION, {"one_of": ["2.5", "2.5.0.0"]}),
    "a moment that does not exist": expecting(START, {"equals": "2026-02-30T00:00:00Z"}),
    "a case after which others are never reached": expecting("server.name", [{"equals": "A"}, {"equals": "B"}]),
    "a last case with a condition": expecting("server.name", [{"equals": "A", "when": {TYPE: {"equals": 2}}}]),
    "absence that a parameter requires beside a value": expecting("server.name", {"absent": "$r", "equals": "A"}, "r"),
    "absence that a parameter leaves open, and no value": expecting("server.name", {"absent": "$t"}, "t"),
    "an id given twice": policy(rules=[RULE, RULE]),
    "no time at all": changed(max_age="PT0S"),
    "a count that a parameter makes one that cannot fail": fleet({"count": {"at_least": "$z"}}, "z"),
    "a base that is not there": upon(extends="other"),
    "a policy that builds on itself": upon(extends="f.yaml"),
    "a base given under two names": upon(extends=["base", "base.yaml"]),
    "a rule that no base has": overriding("BASE0009", severity="critical"),
    "a rule of a base as if it were new": upon({**RULE, "id": "BASE0001"}),
    "a lower severity without a reason": overriding(severity="low"),
    "older facts without a reason": overriding(max_age="P2D"),
    "an expectation of another type than the overridden": overriding(expect={"equals": "A"}, reason="r"),
    "a fleet's expectation of a rule that has none": overriding(expect={"exactly_one": True}, reason="r"),
    "a fact for a fleet rule that counts": overriding("BASE0002", expect={"all_equal": True}, reason="r"),
    "a condition on one server of a fleet": overriding("BASE0002", when={VERSION: {"equals": "2"}}, reason="r"),
    "a parameter that no base has": upon(parameters={"other": {"default": 5}}),
    "a parameter of a base declared again": upon(parameters={"most": _parameters("i")["i"]}),
    "a value of another type than declared": upon(parameters={"most": {"default": "5"}}),
    "a value that is not among those declared": upon(parameters={"most": {"default": 7}}),
}


def _shown(document: object) -> str:
    return json.dumps(document, default=str)[-70:]


@pytest.mark.parametrize("document", VALID, ids=_shown)
def test_both_accept(document: object) -> None:
    """What the loader reads, the schema accepts."""
    assert [] == [error.message for error in validator().iter_errors(document)]
    assert loader_accepts(document)


@pytest.mark.parametrize("document", INVALID, ids=_shown)
def test_both_refuse(document: object) -> None:
    """What the schema can say, the loader says too."""
    assert (False, False) == (schema_accepts(document), loader_accepts(document))


@pytest.mark.parametrize("document", BEYOND_THE_SCHEMA.values(), ids=BEYOND_THE_SCHEMA)
def test_the_loader_knows_more(document: object) -> None:
    """What a schema cannot say is refused by the loader alone; this is the whole list, beside what JSON loses."""
    assert (True, False) == (schema_accepts(document), loader_accepts(document))


@pytest.mark.parametrize("name", shipped_policies())
def test_shipped_policies_fit_the_schema(name: str) -> None:
    """What comes with the checker is right for both."""
    document = yaml.safe_load(shipped_policies()[name].read_bytes())

    assert [] == [error.message for error in validator().iter_errors(document)]


_VALUES: st.SearchStrategy[object] = st.sampled_from(
    [
        "A",
        "commercial",
        "$i",
        "$b",
        "$t",
        "$v",
        "$$x",
        "2.5",
        "PT30M",
        "2026-11-22T10:00:00Z",
        "allowed",
        "required",
        "",
    ]
) | st.sampled_from([0, 5, -1, True, False, [], {}, ["A"], [5], ["2.5", "3.0"], [True], {"limit": {"equals": 5}}])
_OPERATORS = st.sampled_from(["equals", "one_of", "at_least", "at_most", "matches", "empty", "each", "absent", "when"])
_EXPECTATIONS = st.dictionaries(_OPERATORS, _VALUES, max_size=3)
_FACTS = st.sampled_from([next(name for name, spec in CATALOGUE.items() if spec.type is kind) for kind in FactType]) | (
    st.sampled_from(sorted(CATALOGUE))
)


@settings(deadline=None)
@given(_FACTS, _EXPECTATIONS, st.dictionaries(_FACTS, _EXPECTATIONS, max_size=1))
def test_the_schema_never_refuses_what_the_loader_reads(
    fact: str, expect: dict[str, object], when: dict[str, dict[str, object]]
) -> None:
    """
    Whatever is expected of whatever fact: a policy that loads fits the schema.

    And a policy that does not load fits it only for what a schema cannot say, which here is a type or value behind
    a reference, an order of bounds, or an unused parameter.
    """
    names = [name for name in "ibtv" if f'"${name}"' in json.dumps([expect, when])]
    document = {**changed(fact=fact, expect=expect), **({"parameters": _parameters(*names)} if names else {})}
    if when:
        cast("list[dict[str, object]]", document["rules"])[0]["when"] = when
    loads = loader_accepts(document)

    assert schema_accepts(document) or not loads
    if not names and not {"at_least", "at_most"} <= (set(expect) | {key for one in when.values() for key in one}):
        assert loads == schema_accepts(document)


_KEYS: dict[str, st.SearchStrategy[object]] = {
    "id": st.sampled_from(["BASE0001", "BASE0002", "TEST0001"]),
    "title": st.just("T"),
    "severity": st.sampled_from(["low", "high", "critical"]),
    "scope": st.sampled_from(["server", "fleet"]),
    "fact": st.sampled_from([TYPE, VERSION]),
    "max_age": st.sampled_from(["P1D", "PT1H", "P9D"]),
    "when": st.sampled_from([{"$most": {"equals": 5}}, {VERSION: {"equals": "2"}}]),
    "where": st.sampled_from([{VERSION: {"equals": "2"}}, {"$most": {"equals": 5}}]),
    "expect": st.sampled_from(
        [
            {"equals": 5},
            {"equals": "2"},
            {"exactly_one": True},
            {"all_equal": True},
            {"count": {"at_least": 0}},
            {"count": {"at_most": "$most"}},
        ]
    ),
    "disabled": st.just(True),
    "reason": st.just("r"),
    "tags": st.just(["a"]),
}


@settings(deadline=None)
@given(_KEYS["id"], st.fixed_dictionaries({}, optional={key: one for key, one in _KEYS.items() if key != "id"}))
def test_the_schema_never_refuses_a_rule_or_override_that_the_loader_reads(
    identifier: str, keys: dict[str, object]
) -> None:
    """Whatever keys stand in an entry of a policy that builds on another, what loads fits the schema."""
    document = upon({"id": identifier, **keys})

    assert schema_accepts(document) or not loader_accepts(document)


def _places(tree: Tree, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """Name every place in a document."""
    inner = tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ()
    return [path, *(place for key, value in inner for place in _places(cast("Tree", value), (*path, key)))]


@settings(deadline=None)
@given(st.sampled_from(VALID), st.data())
def test_a_wrong_value_anywhere_is_refused_by_both(document: dict[str, object], data: st.DataObject) -> None:
    """Wherever in a right policy nothing, a number with a fraction or an unknown key is put, both refuse it."""
    broken = copy.deepcopy(document)
    *path, last = data.draw(st.sampled_from([place for place in _places(broken) if place]))
    parent: object = broken
    for key in path:
        parent = cast("dict[str | int, object]", parent)[key]
    container = cast("dict[str | int, object]", parent)
    if isinstance(parent, dict) and data.draw(st.booleans()):
        container["unknown Key"] = {}
    else:
        container[last] = data.draw(st.sampled_from([None, 1.5, {"unknown": None}, [None]]))

    assert (False, False) == (schema_accepts(broken), loader_accepts(broken))


def test_the_schema_is_a_schema() -> None:
    """The generated document is JSON Schema 2020-12, has a stable name, and says what each fact means."""
    schema = policy_schema()
    jsonschema.Draft202012Validator.check_schema(schema)

    assert schema["$id"] == "urn:adsync-checker:schema:policy:v1"
    assert all(
        spec.meaning in json.dumps(schema, ensure_ascii=False) for spec in CATALOGUE.values() if '"' not in spec.meaning
    )


def test_the_committed_schema_is_the_generated_one() -> None:
    """`schemas/policy.schema.json` is what the catalogue says today; `python -m checker.schema` writes it."""
    assert policy_schema() == json.loads(shipped_schema("policy"))
    assert Path(__file__).parents[2].joinpath("schemas", "policy.schema.json").read_bytes() == shipped_schema("policy")
