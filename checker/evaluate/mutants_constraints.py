"""Changes of single expectations: one step looser or tighter, another, or given up; a case should tell each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Generic, TypeVar, assert_never

from checker.evaluate.constraints import Plain
from checker.evaluate.mutants_values import another, step
from checker.model.catalogue import CATALOGUE, FactSpec
from checker.model.policy import (
    AbsentMode,
    AtLeast,
    AtMost,
    Condition,
    Constraint,
    Each,
    Empty,
    Equals,
    Expectation,
    FactCondition,
    Matches,
    OneOf,
    ParameterCondition,
)
from checker.model.result import Outcome
from checker.model.values import FactType, Scalar, show
from checker.model.version import Version

FAILED = (Outcome.FAIL,)
"""What tells that an expectation is given up: only a case that fails; others may differ for what is not known."""

DECIDED = (Outcome.PASS, Outcome.FAIL, Outcome.NOT_APPLICABLE)
"""What tells that a condition is dropped: a case in which it is decided."""

T_co = TypeVar("T_co", covariant=True)

Key = tuple[str | int, ...]
"""Which change of a rule it is, whatever the values of parameters in it."""


@dataclass(frozen=True, slots=True)
class Change(Generic[T_co]):
    """One change of a thing."""

    key: Key
    words: str  # the end of a sentence that begins with 'when'
    changed: T_co
    told_by: Sequence[Outcome] = tuple(Outcome)  # of a case that notices the change: outcomes without it


def changed_expectations(expectation: Expectation, spec: FactSpec | None) -> Iterator[Change[Expectation]]:
    """Change what is expected of the fact *spec*, or of a parameter."""
    if expectation.absent is AbsentMode.REQUIRED:
        if spec:
            some = Expectation(constraints=(anything(spec.type),), absent=AbsentMode.ALLOWED)
            yield Change(("absent",), "'absent: required' becomes 'absent: allowed', with any value", some)
        return
    listed = spec.values if spec else ()
    constraints = expectation.constraints
    for index, one in enumerate(constraints):
        for change in _changed(one, listed, spec):
            others = (*constraints[:index], change.changed, *constraints[index + 1 :])
            changed = replace(expectation, constraints=others)
            yield Change((index, *change.key), change.words, changed, change.told_by)
    if spec and not spec.never_absent:
        before, after = expectation.absent, _OTHER_MODE[expectation.absent]
        words = f"'absent: {before.value}' becomes 'absent: {after.value}'"
        yield Change(("absent",), words, replace(expectation, absent=after))


def given_up(expectation: Expectation, spec: FactSpec) -> Iterator[Change[Expectation]]:
    """
    Expect nothing any more where *expectation* asks for a value, for one of a few, or for none.

    No step of these is as wide: a case that passes notices every other value, and none that there is any.
    """
    constraints = expectation.constraints
    for index, one in enumerate(constraints):
        alone = len(constraints) == 1
        for change in _fields_given_up(one, spec) if isinstance(one, Each) else _given_up(one, spec.type, alone=alone):
            rest = (*constraints[:index], *change.changed, *constraints[index + 1 :])
            changed = replace(expectation, constraints=rest)
            yield Change((index, *change.key), change.words, changed, FAILED)


def _given_up(constraint: Constraint, kind: FactType, *, alone: bool) -> Iterator[Change[tuple[Constraint, ...]]]:
    """Give what stands in place of *constraint*: nothing, or what lets in all that it refuses if it stands *alone*."""
    match constraint:
        case Equals() | OneOf():
            rest = anything(kind)
        case Empty(wanted):
            rest = Empty(not wanted)
        case AtLeast() | AtMost() | Matches() | Each():
            return  # a step of it is as good, and of an `each` what it asks of its fields is given up
        case _:
            assert_never(constraint)
    words = f"'{constraint_words(constraint)}' becomes 'any value'"
    yield Change(("any",), words, (rest,) if alone else ())


def _fields_given_up(each: Each, spec: FactSpec) -> Iterator[Change[tuple[Constraint, ...]]]:
    for index, (name, constraints) in enumerate(each.fields):
        if len(each.fields) > 1 and len(constraints) == 1:
            continue  # that nothing is expected of the field is a change of its own
        kind = spec.field_types.get(name, FactType.TEXT)
        for number, one in enumerate(constraints):
            for change in _given_up(one, kind, alone=len(constraints) == 1):
                its = (*constraints[:number], *change.changed, *constraints[number + 1 :])
                fields = (*each.fields[:index], (name, its), *each.fields[index + 1 :])
                yield Change((index, number, *change.key), f"{change.words}{_of_field(each, name)}", (Each(fields),))


def _of_field(each: Each, name: str) -> str:
    return f" of field '{name}'" if len(each.fields) > 1 else ""


_OTHER_MODE = {
    AbsentMode.ERROR: AbsentMode.ALLOWED,
    AbsentMode.ALLOWED: AbsentMode.ERROR,
}


def changed_conditions(condition: Condition) -> Iterator[Change[Condition]]:
    """Change what *condition* asks."""
    match condition:
        case FactCondition(fact=name, expectation=expectation):
            spec: FactSpec | None = CATALOGUE[name]
        case ParameterCondition(parameter=parameter, expectation=expectation):
            name, spec = f"${parameter}", None
        case _:
            assert_never(condition)
    for change in changed_expectations(expectation, spec):
        yield Change(
            change.key,
            f"{change.words} in the condition on '{name}'",
            replace(condition, expectation=change.changed),
        )


def _changed(constraint: Constraint, listed: Sequence[str], spec: FactSpec | None) -> Iterator[Change[Constraint]]:
    before = constraint_words(constraint)
    if isinstance(constraint, Each):
        yield from _changed_fields(constraint, spec)
        return
    for key, after in _others(constraint, listed):
        yield Change(key, f"'{before}' becomes '{constraint_words(after)}'", after)


SIDES = (("lower", False), ("higher", True))
"""Where a bound can move to, and whether that is up."""


def _others(constraint: Plain, listed: Sequence[str]) -> Iterator[tuple[Key, Plain]]:
    match constraint:
        case Equals(value):
            yield from ((("other",), Equals(one)) for one in _given(another(value, listed)))
        case OneOf(values):
            yield from _other_sets(values, listed)
        case AtLeast(bound):
            yield from (((side,), AtLeast(one)) for side, up in SIDES for one in _given(step(bound, up=up)))
        case AtMost(bound):
            yield from (((side,), AtMost(one)) for side, up in SIDES for one in _given(step(bound, up=up)))
        case Matches():
            yield ("any",), ANY_TEXT
        case Empty(wanted):
            yield ("other",), Empty(not wanted)
        case _:
            assert_never(constraint)


def _given(value: Scalar | None) -> Iterator[Scalar]:
    if value is not None:
        yield value


def _other_sets(values: tuple[Scalar, ...], listed: Sequence[str]) -> Iterator[tuple[Key, OneOf]]:
    """Leave one of *values* out, of which one must stay, and add each that is *listed*; exchange what stands alone."""
    if len(values) > 1:
        for index in range(len(values)):
            yield ("without", index), OneOf(values[:index] + values[index + 1 :])
    for one in listed:
        if one not in values:
            yield ("with", one), OneOf((*values, one))
    if len(values) == 1:
        yield from ((("other",), OneOf((one,))) for one in _given(another(values[0], listed)))


def _changed_fields(each: Each, spec: FactSpec | None) -> Iterator[Change[Constraint]]:
    specs = {one.name: one for one in spec.fields} if spec else {}
    for index, (name, constraints) in enumerate(each.fields):
        where = _of_field(each, name)
        others = each.fields[:index], each.fields[index + 1 :]
        if where:
            words = f"nothing is expected of field '{name}'"
            yield Change((index, "dropped"), words, Each((*others[0], *others[1])), FAILED)
        for number, one in enumerate(constraints):
            for change in _changed(one, specs[name].values if name in specs else (), None):
                its = (*constraints[:number], change.changed, *constraints[number + 1 :])
                fields = (*others[0], (name, its), *others[1])
                yield Change((index, number, *change.key), f"{change.words}{where}", Each(fields))


ANY_TEXT = Matches("(?s:.*)")


def anything(kind: FactType) -> Constraint:
    """Give an expectation that nearly every value of the *kind* meets."""
    match kind:
        case FactType.INTEGER:
            return AtLeast(-(10**18))
        case FactType.BOOLEAN:
            return OneOf((True, False))
        case FactType.TEXT:
            return ANY_TEXT
        case FactType.VERSION:
            return AtLeast(Version.parse("0"))
        case FactType.DURATION:
            return AtLeast(timedelta.min)
        case FactType.TIMESTAMP:
            return AtLeast(datetime.min.replace(tzinfo=UTC))
        case FactType.RECORDS:
            return Empty(wanted=False)
        case _:
            assert_never(kind)


def constraint_words(constraint: Constraint) -> str:
    """Give *constraint* as a policy writes it, but for the punctuation: `at_most 250000`."""
    match constraint:
        case Equals(value):
            return f"equals {show(value)}"
        case OneOf(values):
            return f"one_of {', '.join(map(show, values))}"
        case AtLeast(bound):
            return f"at_least {show(bound)}"
        case AtMost(bound):
            return f"at_most {show(bound)}"
        case Matches(pattern) if constraint == ANY_TEXT:
            return "any text"
        case Matches(pattern):
            return f"matches {pattern}"
        case Empty(wanted):
            return f"empty {str(wanted).lower()}"
        case Each():
            return "each"
        case _:
            assert_never(constraint)
