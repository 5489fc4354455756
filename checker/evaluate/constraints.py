"""Constraints as closures over one value: nothing is coerced, and what cannot be compared is a problem, never false."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Sequence
from typing import Any, assert_never

from checker.evaluate.judgement import Problem
from checker.evaluate.sentences import in_quotes
from checker.model.facts import Reason
from checker.model.policy import AtLeast, AtMost, Empty, Equals, Matches, OneOf
from checker.model.values import FactType, Scalar, Value, same, show, type_of

MAX_MATCHED = 4096
"""No longer text is matched against a regular expression, so that the time for one is bounded."""

Plain = Equals | OneOf | AtLeast | AtMost | Matches | Empty
Test = Callable[[Value], bool | Problem]

ANY = frozenset(FactType)
"""What is declared of a value of which only its expectation says what it must be."""

_ORDERED = frozenset({FactType.INTEGER, FactType.VERSION, FactType.DURATION, FactType.TIMESTAMP})


def compile_test(constraints: Sequence[Plain], declared: frozenset[FactType], listed: Sequence[str]) -> Test:
    """
    Make the closure that says whether a value meets all *constraints*, of which each says what types it can judge.

    A value of another type than those *declared* is a problem, and so is a text that is not *listed*, where a list is
    given: it was not understood, and `one_of` and `matches` could take it for harmless.

    Raises:
        ValueError: a constraint that can never be decided got past the loader.
    """
    parts = [_comparison(constraint) for constraint in constraints]
    types = declared.intersection(*(kinds for kinds, _ in parts))
    comparisons = [comparison for _, comparison in parts]

    def test(value: Value) -> bool | Problem:
        if type_of(value) not in types:
            return _of_wrong_type(value, types)
        if listed and value not in listed:
            return Problem(
                Reason.UNPARSED, f"is {in_quotes(show(value))}, which is none of the values that it can take"
            )
        results = [comparison(value) for comparison in comparisons]
        if any(result is False for result in results):
            return False
        return next((result for result in results if isinstance(result, Problem)), True)

    return test


def _of_wrong_type(value: Value, types: frozenset[FactType]) -> Problem:
    wanted = " or ".join(in_quotes(kind.value) for kind in FactType if kind in types)
    known = f"is {in_quotes(show(value))} of type {in_quotes(type_of(value).value)}"
    return Problem(
        Reason.WRONG_TYPE, f"{known}, not of type {wanted}" if wanted else f"{known}, which cannot be judged"
    )


def _comparison(constraint: Plain) -> tuple[frozenset[FactType], Test]:
    match constraint:
        case Equals(wanted):
            return frozenset({type_of(wanted)}), lambda value: same(value, wanted)
        case OneOf(()):
            raise ValueError("'one_of' names no value")
        case OneOf(allowed):
            return frozenset(map(type_of, allowed)), lambda value: any(same(value, one) for one in allowed)
        case AtLeast(bound):
            return _bounded(bound, operator.ge)
        case AtMost(bound):
            return _bounded(bound, operator.le)
        case Matches(pattern):
            return frozenset({FactType.TEXT}), _matching(re.compile(pattern))
        case Empty(wanted):
            return frozenset({FactType.TEXT, FactType.RECORDS}), lambda value: (value in ("", ())) is wanted
        case _:
            assert_never(constraint)


def _bounded(bound: Scalar, holds: Callable[[Any, Any], bool]) -> tuple[frozenset[FactType], Test]:
    # NOTE: Python orders texts and booleans too, and '10' is less than '9'.
    kind = type_of(bound)
    if kind not in _ORDERED:
        raise ValueError(f"{show(bound)!r} is no bound: a {kind.value} has no order")
    return frozenset({kind}), lambda value: holds(value, bound)


def _matching(pattern: re.Pattern[str]) -> Test:
    def test(value: Any) -> bool | Problem:  # a text: the types were looked at before
        if len(value) > MAX_MATCHED:
            return Problem(Reason.UNPARSED, f"has {len(value)} characters; at most {MAX_MATCHED} are matched")
        return pattern.fullmatch(value) is not None

    return test
