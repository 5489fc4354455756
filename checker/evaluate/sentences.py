"""
The sentences of findings: whole, on one line, for the person who must act.

What comes from facts stands in single quotes, as it was read: each report encodes it for its own sink.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar, assert_never

from checker.model.policy import (
    AbsentMode,
    AllEqual,
    AtLeast,
    AtMost,
    Case,
    Condition,
    Constraint,
    Count,
    Each,
    Empty,
    Equals,
    ExactlyOne,
    Expectation,
    FactCondition,
    FleetExpectation,
    Matches,
    OneOf,
    ParameterCondition,
)
from checker.model.values import Record, Scalar, Value, show

T = TypeVar("T")

MAX_NAMED = 5
"""How many entries of a list one sentence names; the rest are counted."""

MAX_QUOTED = 200
"""How many characters of one value a sentence repeats; the finding holds the whole value."""


def in_quotes(text: str) -> str:
    """Put *text* in single quotes, cut where it is too long for a sentence."""
    return f"'{text}'" if len(text) <= MAX_QUOTED else f"'{text[:MAX_QUOTED]}…'"


def ended(text: str) -> str:
    """Give *text* as a whole sentence, with a full stop."""
    stripped = text.rstrip()
    return stripped if not stripped or stripped[-1] in ".!?" else stripped + "."


def sentences(*parts: str) -> str:
    """Join the sentences that are not empty."""
    return " ".join(ended(part) for part in parts if part.strip())


def listed(items: Sequence[T], name: Callable[[T], str] = str, between: str = ", ") -> str:
    """Name the first of *items* and count the rest."""
    named = between.join(map(name, items[:MAX_NAMED]))
    rest = len(items) - MAX_NAMED
    return named if rest <= 0 else f"{named} and {rest} more"


def counted(number: int, noun: str) -> str:
    """Give *number* with the noun in its right form; `entry` becomes `entries`."""
    plural = f"{noun[:-1]}ies" if noun.endswith("y") else f"{noun}s"
    return f"{number} {noun if number == 1 else plural}"


def expected_words(expectation: Expectation) -> str:
    """Give the expectation in words: `2`, `at least 50001 and at most 250000`, `one of commercial, usgov`."""
    if not expectation.constraints or expectation.absent is AbsentMode.REQUIRED:
        return "absent"
    words = " and ".join(map(_phrase, expectation.constraints))
    return f"{words} or absent" if expectation.absent is AbsentMode.ALLOWED else words


def case_words(cases: Sequence[Case]) -> str:
    """Give the expectations of all *cases* and where each counts."""
    *branches, last = cases
    parts = [f"{expected_words(case.expectation)} where {condition_words(case.when)}" for case in branches]
    return ", else ".join([*parts, expected_words(last.expectation)])


def fleet_words(expected: FleetExpectation, where: Sequence[Condition] = ()) -> str:
    """Give the expectation of a fleet rule in words: `exactly 1 server where 'server.role' is 'active'`."""
    limits = f" where {condition_words(where)}" if where else ""
    match expected:
        case AllEqual():
            return f"the same value on all servers{limits}"
        case ExactlyOne():
            return f"exactly 1 server{limits}"
        case Count(constraints):
            words = " and ".join(map(_number_phrase, constraints))
            return f"{words} {'server' if words.endswith(' 1') else 'servers'}{limits}"
        case _:
            assert_never(expected)


def _number_phrase(constraint: Constraint) -> str:
    return f"exactly {_word(constraint.value)}" if isinstance(constraint, Equals) else _phrase(constraint)


def condition_words(conditions: Iterable[Condition]) -> str:
    """Give *conditions* in words: `'product.version' is 'at least 1.6.4.0'`."""
    return " and ".join(
        f"'{condition_subject(condition)}' is {in_quotes(expected_words(condition.expectation))}"
        for condition in conditions
    )


def condition_subject(condition: Condition) -> str:
    """Give what *condition* speaks of as the policy writes it: a fact, or a parameter with its dollar sign."""
    match condition:
        case FactCondition(fact=name):
            return name
        case ParameterCondition(parameter=name):
            return f"${name}"
        case _:
            assert_never(condition)


def field_words(fields: Iterable[tuple[str, Iterable[Constraint]]]) -> str:
    """Give what is expected of every entry: `limit at least 50001 and at most 250000`."""
    return ", ".join(f"{name} {' and '.join(map(_field_phrase, constraints))}" for name, constraints in fields)


def _field_phrase(constraint: Constraint) -> str:
    return f"equal to {_word(constraint.value)}" if isinstance(constraint, Equals) else _phrase(constraint)


def _phrase(constraint: Constraint) -> str:
    match constraint:
        case Equals(value):
            return _word(value)
        case OneOf(values):
            return f"one of {', '.join(map(_word, values))}"
        case AtLeast(bound):
            return f"at least {show(bound)}"
        case AtMost(bound):
            return f"at most {show(bound)}"
        case Matches(pattern):
            return f"text that matches {pattern}"
        case Empty(wanted):
            return "empty" if wanted else "not empty"
        case Each(fields):
            return f"each: {field_words(fields)}"
        case _:
            assert_never(constraint)


def _word(value: Scalar) -> str:
    return show(value) or "the empty text"


def observed_words(value: Value) -> str:
    """Say what was observed, as the end of a sentence about the fact."""
    if not isinstance(value, tuple):
        return f"is {in_quotes(show(value))}"
    return f"has {counted(len(value), 'entry')}" if value else "is empty"


def entry_words(record: Record, only: Sequence[str] | None = None) -> str:
    """Name an entry, and in brackets the fields in *only* (or all); a rule is named by its name, not its identifier."""
    values = dict(record)
    if not values:
        return "an entry without fields"
    title = "name" if "name" in values else next(iter(values))
    kind = "rule" if {"rule", "name"} <= set(values) else title
    label = f"{kind} {in_quotes(show(values[title]))}"
    told = [
        f"{name} {in_quotes(show(value))}"
        for name, value in values.items()
        if name not in (title, kind) and (only is None or name in only)
    ]
    return f"{label} ({', '.join(told)})" if told else label
