"""Values beside a value: one step further, or another one of the same kind."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import assert_never

from checker.model.policy import AtLeast, AtMost, Constraint, Empty, Equals, OneOf
from checker.model.values import FactType, Scalar
from checker.model.version import Version

_STEP = timedelta(seconds=1)

# The ends of each kind, and what is special within it.
_USUAL: dict[FactType, tuple[Scalar, ...]] = {
    FactType.INTEGER: (0, 1, -1, 10**12),
    FactType.BOOLEAN: (True, False),
    FactType.TEXT: ("other", "", "\n"),
    FactType.VERSION: (Version.parse("0"), Version.parse("999999999")),
    FactType.DURATION: (timedelta(), timedelta(days=36500), timedelta(days=-1)),
}


def step(value: Scalar, *, up: bool) -> Scalar | None:
    """Give the value next to *value*; None where there is none, or values of its kind have no order."""
    match value:
        case bool() | str():
            return None
        case int():
            return value + 1 if up else value - 1
        case Version():
            return _next_version(value) if up else _version_before(value)
        case timedelta() | datetime():
            try:
                return value + _STEP if up else value - _STEP
            except OverflowError:
                return None
        case _:
            assert_never(value)


def _next_version(version: Version) -> Version:
    first, second, third, last = version.parts
    return _version(first, second, third, last + 1)


def _version_before(version: Version) -> Version | None:
    """
    Give a version below *version*: its last part that is not zero, less one.

    NOTE: none is next below `2.5.79.0`. This is `2.5.78.0`; a case below `2.5.79.0` but not below that notices it.
    """
    parts = list(version.parts)
    for index in (3, 2, 1, 0):
        if parts[index]:
            parts[index] -= 1
            return _version(*parts)
    return None


def _version(*parts: int) -> Version:
    first, second, third, last = parts
    return Version((first, second, third, last), ".".join(map(str, parts)))


def another(value: Scalar, listed: Sequence[str] = ()) -> Scalar | None:
    """Give a value that differs from *value*, one of those *listed* where a list is given; None where there is none."""
    match value:
        case bool():
            return not value
        case str() if listed:
            return next((one for one in listed if one != value), None)
        case str():
            return f"{value}x"
        case _:
            up = step(value, up=True)
            return step(value, up=False) if up is None else up


def telling(kind: FactType, listed: Sequence[str], constraints: Sequence[Constraint]) -> tuple[Scalar, ...]:
    """Give values of *kind* on both sides of what *constraints* ask of it, and the usual ones."""
    if listed:
        return tuple(listed)
    beside = [one for constraint in constraints for one in _beside(constraint)]
    return tuple(dict.fromkeys((*beside, *_USUAL.get(kind, ()))))


def _beside(constraint: Constraint) -> list[Scalar]:
    match constraint:
        case Equals(value):
            found = [value, another(value)]
        case OneOf(values):
            found = [*values, *map(another, values)]
        case AtLeast(bound) | AtMost(bound):
            found = [bound, step(bound, up=False), step(bound, up=True)]
        case Empty():
            found = ["", "other"]
        case _:
            found = []
    return [one for one in found if one is not None]
