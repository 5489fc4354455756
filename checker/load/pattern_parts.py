"""The parts of a regular expression, and what can be told of them without matching anything."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, reduce
from itertools import combinations
from operator import or_
from typing import assert_never

_CATEGORY = re.compile(r"\\[dDwWsS]")
_ASCII = "".join(map(chr, range(128)))


@dataclass(frozen=True, slots=True)
class Letters:
    """A set of characters; of those beyond ASCII it is only known whether there may be some."""

    ascii: frozenset[str] = frozenset()
    beyond: bool = False

    def __or__(self, other: Letters) -> Letters:
        """Give the union of two sets."""
        return Letters(self.ascii | other.ascii, self.beyond or other.beyond)

    def meets(self, other: Letters) -> bool:
        """Whether some character may be in both."""
        return bool(self.ascii & other.ascii) or (self.beyond and other.beyond)


@dataclass(frozen=True, slots=True)
class One:
    """One character out of a set."""

    letters: Letters


@dataclass(frozen=True, slots=True)
class Row:
    """Parts one after the other; with none, the empty text."""

    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several branches."""

    branches: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Repeat:
    """A part several times; a `most` of None is without bound."""

    part: Part
    least: int
    most: int | None


Part = One | Row | Choice | Repeat


@cache
def letters_of(atom: str) -> Letters:
    """Give the characters that *atom* matches: a character, an escape or a class."""
    found = frozenset(re.findall(atom, _ASCII))
    beyond = not atom.isascii() or atom == "." or atom.startswith("[^") or _CATEGORY.search(atom) is not None
    return Letters(found, beyond or not found)


def can_be_empty(part: Part) -> bool:
    """Whether *part* can match the empty text."""
    match part:
        case One():
            return False
        case Row(parts):
            return all(map(can_be_empty, parts))
        case Choice(branches):
            return any(map(can_be_empty, branches))
        case Repeat(_, least, _):
            return least == 0
        case _:
            assert_never(part)


def first_letters(part: Part, follow: Letters) -> Letters:
    """Give the characters that can come next where *part* begins and *follow* can come after it."""
    match part:
        case One(letters):
            return letters
        case Row(parts):
            for one in reversed(parts):
                follow = first_letters(one, follow)
            return follow
        case Choice(branches):
            return reduce(or_, (first_letters(one, follow) for one in branches))
        case Repeat(inner, least, _):
            return first_letters(inner, Letters()) | (Letters() if least else follow)
        case _:
            assert_never(part)


def is_guess(branches: tuple[Row, ...], follow: Letters) -> bool:
    """Whether the next character leaves more than one of the *branches* open."""
    firsts = [first_letters(one, follow) for one in branches]
    return sum(map(can_be_empty, branches)) > 1 or any(one.meets(other) for one, other in combinations(firsts, 2))


def holds_quantifier(part: Part) -> bool:
    """Whether *part* holds a quantifier."""
    match part:
        case One():
            return False
        case Row(parts) | Choice(parts):
            return any(map(holds_quantifier, parts))
        case Repeat():
            return True
        case _:
            assert_never(part)


def holds_guess(part: Part) -> bool:
    """Whether *part*, which holds no quantifier, holds an alternation where one must guess."""
    match part:
        case Row(parts):
            return any(map(holds_guess, parts))
        case Choice(branches):
            return is_guess(branches, Letters()) or any(map(holds_guess, branches))
        case _:
            return False
