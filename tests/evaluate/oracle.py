"""
A second opinion on what a rule says of a server: plain, slow, and without a word of `checker.evaluate`.

It reads the rule anew for every question. An answer is "yes", "no", "void" (no entries to look at), or the reason why
there is none.
"""

from __future__ import annotations

import re
from typing import Any

from checker.model.catalogue import CATALOGUE

TYPES = {
    "int": "integer",
    "bool": "boolean",
    "str": "text",
    "Version": "version",
    "timedelta": "duration",
    "datetime": "timestamp",
    "tuple": "records",
}


def verdict(rule: Any, facts: Any) -> tuple[str, str]:
    """Give the outcome and the reason of *rule* for the mapping *facts*."""
    gate = all_hold(rule.when, facts)
    if gate == "no":
        return "not_applicable", "condition"
    if gate != "yes":
        return "error", gate
    for case in rule.cases:
        gate = all_hold(case.when, facts)
        if gate == "no":
            continue
        if gate != "yes":
            return "error", gate
        answer = about_fact(case.expectation, rule.fact, facts)
        if answer == "void":
            return "not_applicable", "nothing_to_check"
        if answer in ("yes", "no"):
            return {"yes": "pass", "no": "fail"}[answer], ""
        return "error", answer
    raise LookupError("no case is left")


def all_hold(conditions: Any, facts: Any) -> str:
    """Say whether all conditions hold; a "no" counts whatever the others say."""
    answers = []
    for condition in conditions:
        if type(condition).__name__ == "FactCondition":
            answer = about_fact(condition.expectation, condition.fact, facts)
        else:
            answer = about_value(condition.expectation, condition.value, None, (), {})
        answers.append("no_data" if answer == "void" else answer)
    if "no" in answers:
        return "no"
    return ([answer for answer in answers if answer != "yes"] + ["yes"])[0]


def about_fact(expectation: Any, name: str, facts: Any) -> str:
    """Say whether the fact is as expected."""
    fact = facts.get(name)
    kind = type(fact).__name__
    mode = expectation.absent.value
    if kind == "NoneType":
        return "not_in_source"
    if kind == "Unknown":
        return str(fact.reason.value)
    if kind == "Absent":
        return "absent" if mode == "error" else "yes"
    spec = CATALOGUE[name]
    fields = {field.name: (field.type.value, field.values) for field in spec.fields}
    return about_value(expectation, fact.value, spec.type.value, spec.values, fields)


def about_value(expectation: Any, value: Any, declared: str | None, closed: Any, fields: Any) -> str:
    """Say whether a value is as expected."""
    if expectation.absent.value == "required":
        return "no"
    single = [one for one in expectation.constraints if type(one).__name__ != "Each"]
    each = [one for one in expectation.constraints if type(one).__name__ == "Each"]
    if each and TYPES[type(value).__name__] != "records":
        return "wrong_type"
    answer = compare(single, value, declared, closed)
    if answer != "yes" or not each:
        return answer
    if value == ():
        return "void"
    answers = []
    for record in value:
        held = dict(reversed(record.fields))
        told = []
        for one in each:
            for name, wanted in one.fields:
                kind, words = fields.get(name, (None, ()))
                told.append(compare(wanted, held[name], kind, words) if name in held else "wrong_type")
        answers.append(weakest(told))
    return weakest(answers)


def weakest(answers: list[str]) -> str:
    """A "no" counts most, then the first reason."""
    if "no" in answers:
        return "no"
    reasons = [answer for answer in answers if answer != "yes"]
    return reasons[0] if reasons else "yes"


def compare(constraints: Any, value: Any, declared: str | None, closed: Any) -> str:
    """Say whether a value, of exactly the right type, meets every constraint."""
    kind = TYPES[type(value).__name__]
    if declared is not None and kind != declared:
        return "wrong_type"
    for one in constraints:
        name, operand = type(one).__name__, vars_of(one)
        if name == "OneOf":
            fitting = [TYPES[type(each).__name__] for each in operand]
        elif name in ("Matches", "Empty"):
            fitting = {"Matches": ["text"], "Empty": ["text", "records"]}[name]
        else:
            fitting = [TYPES[type(operand).__name__]]
        if kind not in fitting:
            return "wrong_type"
    if closed and value not in closed:
        return "unparsed"
    return weakest([meets(type(one).__name__, vars_of(one), value) for one in constraints])


def vars_of(constraint: Any) -> Any:
    """Give the one operand of a constraint."""
    (name,) = constraint.__slots__
    return getattr(constraint, name)


def meets(name: str, operand: Any, value: Any) -> str:
    """Say whether a value meets one constraint; their types are known to fit."""
    if name == "Matches" and len(value) > 4096:
        return "unparsed"
    if name == "Equals":
        good = type(value) is type(operand) and value == operand
    elif name == "OneOf":
        good = any(type(value) is type(one) and value == one for one in operand)
    elif name == "AtLeast":
        good = not value < operand
    elif name == "AtMost":
        good = not value > operand
    elif name == "Matches":
        good = re.match(rf"(?:{operand})\Z", value) is not None
    else:
        good = (len(value) == 0) == operand
    return "yes" if good else "no"
