"""Changes of whole rules: each makes a rule a little weaker or stricter, or another one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import chain
from typing import assert_never

from checker.evaluate.mutants_constraints import (
    DECIDED,
    FAILED,
    SIDES,
    Change,
    anything,
    changed_conditions,
    changed_expectations,
    constraint_words,
    given_up,
)
from checker.evaluate.mutants_values import step
from checker.evaluate.sentences import condition_subject
from checker.model.catalogue import CATALOGUE
from checker.model.duration import format_duration
from checker.model.policy import (
    AbsentMode,
    AllEqual,
    AtLeast,
    AtMost,
    Case,
    Condition,
    Count,
    Equals,
    ExactlyOne,
    Expectation,
    FactCondition,
    FleetExpectation,
    Rule,
)


def changed_rules(rule: Rule) -> Iterator[Change[Rule]]:
    """Change one thing of *rule* at a time."""
    for change in _conditions(rule.when):
        yield Change(("when", *change.key), change.words, replace(rule, when=change.changed), change.told_by)
    for index, case in enumerate(rule.cases):
        for of_case in _changed_cases(rule, case, index):
            cases = (*rule.cases[:index], *of_case.changed, *rule.cases[index + 1 :])
            key = ("expect", index, *of_case.key)
            yield Change(key, of_case.words, replace(rule, cases=cases), of_case.told_by)
    if rule.fleet is not None:
        yield from _changed_fleets(rule, rule.fleet)
    yield from _other_ages(rule)


def _conditions(conditions: Sequence[Condition], least: int = 0) -> Iterator[Change[tuple[Condition, ...]]]:
    """Change or drop one of *conditions*, of which *least* must stay."""
    for index, condition in enumerate(conditions):
        before, after = tuple(conditions[:index]), tuple(conditions[index + 1 :])
        if len(conditions) > least:
            words = f"the condition on '{condition_subject(condition)}' is dropped"
            yield Change((index, "dropped"), words, (*before, *after), DECIDED)
        for change in changed_conditions(condition):
            yield Change((index, *change.key), change.words, (*before, change.changed, *after))


def _changed_cases(rule: Rule, case: Case, index: int) -> Iterator[Change[tuple[Case, ...]]]:
    where = f" in case {index + 1} of 'expect'" if len(rule.cases) > 1 else ""
    if index < len(rule.cases) - 1:
        yield Change(("dropped",), f"case {index + 1} of 'expect' is dropped", ())
    spec = CATALOGUE[rule.fact]
    for change in chain(changed_expectations(case.expectation, spec), given_up(case.expectation, spec)):
        changed = (replace(case, expectation=change.changed),)
        yield Change(change.key, f"{change.words}{where}", changed, change.told_by)
    for of_condition in _conditions(case.when):
        changed = (replace(case, when=of_condition.changed),)
        yield Change(("when", *of_condition.key), f"{of_condition.words}{where}", changed, of_condition.told_by)


def _changed_fleets(rule: Rule, fleet: FleetExpectation) -> Iterator[Change[Rule]]:
    for change in _conditions(rule.where, least=0 if isinstance(fleet, AllEqual) else 1):
        where = tuple(one for one in change.changed if isinstance(one, FactCondition))
        words = f"{change.words} of 'where'"
        yield Change(("where", *change.key), words, replace(rule, where=where), change.told_by)
    match fleet:
        case ExactlyOne():
            for one in (AtLeast(1), AtMost(1)):
                words = f"'exactly_one' becomes 'count {constraint_words(one)}'"
                yield Change((constraint_words(one),), words, replace(rule, fleet=Count((one,))))
        case AllEqual():
            yield Change(("any",), "'all_equal' becomes 'any values'", _always_met(rule), FAILED)
        case Count(constraints):
            for index, bound in enumerate(constraints):
                yield from _other_count(rule, constraints, index, bound)
        case _:
            assert_never(fleet)


def _other_count(
    rule: Rule, constraints: Sequence[Equals | AtLeast | AtMost], index: int, bound: Equals | AtLeast | AtMost
) -> Iterator[Change[Rule]]:
    """Move one bound of a number of servers; none is ever below zero, so that some changes would change nothing."""
    for side, one in _moved(bound):
        words = f"'count {constraint_words(bound)}' becomes 'count {constraint_words(one)}'"
        count = Count((*constraints[:index], one, *constraints[index + 1 :]))
        yield Change(("count", index, side), words, replace(rule, fleet=count))


def _moved(bound: Equals | AtLeast | AtMost) -> Iterator[tuple[str, AtLeast | AtMost]]:
    match bound:
        case Equals(number):
            if number:
                yield "at least", AtLeast(number)
            yield "at most", AtMost(number or 1)
        case AtLeast(number) | AtMost(number):
            for side, up in SIDES:
                other = step(number, up=up)
                if other is not None and (number or up):
                    yield side, type(bound)(other)
        case _:
            assert_never(bound)


def _always_met(rule: Rule) -> Rule:
    """Give *rule* without its comparison."""
    any_value = Expectation(constraints=(anything(CATALOGUE[rule.fact].type),), absent=AbsentMode.ALLOWED)
    where = rule.where or (FactCondition(fact=rule.fact, expectation=any_value),)
    return replace(rule, where=where, fleet=Count((AtLeast(0),)))


def _other_ages(rule: Rule) -> Iterator[Change[Rule]]:
    before = rule.max_age
    if before is None:
        return
    for side, up in SIDES:
        after = step(before, up=up)
        if isinstance(after, timedelta):
            words = f"'max_age {format_duration(before)}' becomes 'max_age {format_duration(after)}'"
            yield Change(("max_age", side), words, replace(rule, max_age=after))
