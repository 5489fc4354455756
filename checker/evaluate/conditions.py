"""Conditions: where a rule, or one case of it, counts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import assert_never

from checker.evaluate.expectations import compile_fact, compile_value
from checker.evaluate.judgement import Judgement
from checker.evaluate.sentences import condition_subject
from checker.model.catalogue import CATALOGUE
from checker.model.facts import FactSet, Reason
from checker.model.policy import Condition, FactCondition, ParameterCondition
from checker.model.result import Outcome

Obstacle = Callable[[FactSet], Judgement | None]
"""What stands against conditions on one server: one that fails, else one that cannot be decided; None if all hold."""


def compile_conditions(conditions: Sequence[Condition]) -> Obstacle:
    """
    Make the closure that says whether all *conditions* hold.

    One that is known not to hold decides, whatever is unknown about the others: no further knowledge could make all
    of them hold. Less knowledge can only turn the answer into "cannot be decided", never into "all hold".

    Raises:
        ValueError: the loader let a condition pass that decides nothing.
    """
    judges = [_compile(condition) for condition in conditions]

    def obstacle(facts: FactSet) -> Judgement | None:
        obstacles = [one for one in (judge(facts) for judge in judges) if one.outcome is not Outcome.PASS]
        failing = (one for one in obstacles if one.outcome is Outcome.FAIL)
        return next(failing, None) or next(iter(obstacles), None)

    return obstacle


def _compile(condition: Condition) -> Callable[[FactSet], Judgement]:
    match condition:
        case FactCondition(fact=name, expectation=expectation):
            judge = compile_fact(expectation, condition_subject(condition), CATALOGUE[name])
            return lambda facts: _decided(judge(facts[name]))
        case ParameterCondition(value=value, expectation=expectation):
            judgement = compile_value(expectation, condition_subject(condition), None)(value, None)
            return lambda _: judgement
        case _:
            assert_never(condition)


def _decided(judgement: Judgement) -> Judgement:
    """Take a condition on the entries of an empty list for what it is: nothing that anyone could decide."""
    if judgement.outcome is Outcome.NOT_APPLICABLE:
        return replace(judgement, outcome=Outcome.ERROR, reason=Reason.NO_DATA.value)
    return judgement
