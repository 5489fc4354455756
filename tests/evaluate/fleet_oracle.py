"""
A second opinion on fleet rules and waivers: plain, slow, and without a word of `checker.evaluate`.

What a fleet rule says is found by trying out everything that could be true: a server that may or may not be of the
tenant, or meet the condition, is tried both ways. What is the same in every world is known.
"""

from __future__ import annotations

import re
from itertools import product
from typing import Any

from checker.model.catalogue import CATALOGUE
from tests.evaluate.oracle import TYPES, about_fact, about_value, all_hold, compare


def subjects(members: Any) -> set[str]:
    """Name the tenants, in small letters; `unknown` for the servers of which nobody knows the tenant."""
    return {member.tenant.casefold() or "unknown" for member in members}


def fleet_verdict(rule: Any, members: Any, tenant: str) -> str:
    """Give the outcome of *rule* for the tenant of that name in small letters."""
    if rule.disabled:
        return "not_applicable"
    applies = all_hold(rule.when, {})
    if applies != "yes":
        return "not_applicable" if applies == "no" else "error"
    if tenant == "unknown":
        return "error"
    choices = [_choices(rule, member, tenant) for member in members]
    worlds = {_world(rule, [one for one in world if one != "out"]) for world in product(*choices)}
    if worlds == {"fail"}:
        return "fail"
    return worlds.pop() if all(len(choice) == 1 and choice != ["?"] for choice in choices) else "error"


def _choices(rule: Any, member: Any, tenant: str) -> list[Any]:
    """Give everything that one server could add to what is counted or compared: nothing, or something."""
    its = member.tenant.casefold()
    sure = its == tenant
    if its and its != "unknown" and not sure and (_is_guid(its) == _is_guid(tenant)):
        return ["out"]
    meets = all_hold(rule.where, member.facts.facts)
    if sure and meets == "no":
        return ["out"]
    value = _value(rule, member)
    return [value] if sure and meets == "yes" else ["out", value]


def _value(rule: Any, member: Any) -> Any:
    """Give what is compared: a value that equals its like, or a question mark for one that is not known."""
    if type(rule.fleet).__name__ != "AllEqual":
        return "in"
    fact = member.facts.facts.get(rule.fact)
    if type(fact).__name__ != "Known":
        return "?"
    spec = CATALOGUE[rule.fact]
    if TYPES[type(fact.value).__name__] != spec.type.value or (spec.values and fact.value not in spec.values):
        return "?"
    return ["value", _plain(fact.value)]


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return sorted((repr([(name, _plain(one)) for name, one in record.fields]) for record in value), key=str)
    return [type(value).__name__, value]


def _world(rule: Any, inside: list[Any]) -> str:
    kind = type(rule.fleet).__name__
    if kind == "AllEqual":
        known = [one for one in inside if one != "?"]
        if any(one != known[0] for one in known):
            return "fail"
        return "error" if len(known) < len(inside) else "pass" if len(inside) > 1 else "not_applicable"
    if kind == "ExactlyOne":
        return "pass" if len(inside) == 1 else "fail"
    return "pass" if compare(rule.fleet.constraints, len(inside), "integer", ()) == "yes" else "fail"


def _is_guid(text: str) -> bool:
    return len(text) == 36 and text.count("-") == 4 and set(text) <= set("0123456789abcdef-")


def broken(rule: Any, facts: Any) -> list[Any]:
    """Give the entries of a list that fails which are not as expected, or of which that cannot be told."""
    deciding = next(case for case in rule.cases if all_hold(case.when, facts) == "yes")
    if not isinstance(facts[rule.fact].value, tuple):
        return []
    return [
        entry
        for entry in facts[rule.fact].value
        if _about_entry(deciding.expectation, rule.fact, facts, entry) != "yes"
    ]


def _about_entry(expectation: Any, name: str, facts: Any, entry: Any) -> str:
    """Say whether one entry is as expected; none is where the list as a whole is not."""
    whole = [one for one in expectation.constraints if type(one).__name__ != "Each"]
    alone = type(expectation)(constraints=tuple(whole), absent=expectation.absent)
    if about_fact(alone, name, facts) != "yes":
        return "no"
    fields = {field.name: (field.type.value, field.values) for field in CATALOGUE[name].fields}
    each = tuple(one for one in expectation.constraints if type(one).__name__ == "Each")
    return about_value(type(expectation)(constraints=each, absent=expectation.absent), (entry,), "records", (), fields)


def covers(waiver: Any, rule: Any, finding: Any, now: Any) -> bool:
    """Whether a waiver covers a finding of *rule*."""
    if finding.outcome.value != "fail":
        return False
    if not str(waiver.created) <= _day(now) <= str(waiver.expires):
        return False
    named = waiver.servers if finding.server else waiver.tenants
    name = (finding.server or finding.tenant).casefold()
    if not _means(waiver, waiver.rule, finding.rule) or not any(_means(waiver, one.casefold(), name) for one in named):
        return False
    if waiver.only_while is None:
        return True
    value = finding.broken if finding.broken != () else finding.observed
    if value is None:
        return False
    if rule.fleet is not None:
        return about_value(waiver.only_while, value, None, (), {}) == "yes"
    spec = CATALOGUE[rule.fact]
    fields = {field.name: (field.type.value, field.values) for field in spec.fields}
    return about_value(waiver.only_while, value, spec.type.value, spec.values, fields) == "yes"


def _day(now: Any) -> str:
    offset = now.utcoffset()
    return str((now - offset).replace(tzinfo=None).date())


def _means(waiver: Any, asked: str, name: str) -> bool:
    if not waiver.broad:
        return asked == name
    signs = {"*": "(?s:.*)", "?": "(?s:.)"}
    return re.fullmatch("".join(signs.get(sign, re.escape(sign)) for sign in asked), name) is not None
