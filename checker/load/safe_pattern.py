r"""
Regular expressions whose time is bounded, whatever text they are held against.

The subset: literals, `.`, classes, `^ $ \A \Z \b \B`, groups, alternation, and greedy or lazy quantifiers. Refused are
look-around, back-references, named groups, flags, conditions, and any quantifier within a quantified group.

What is left can still be slow where the matcher must guess. It guesses at a quantifier or an alternation if the next
character does not tell which way to go. The number of ways through all guesses is estimated for the longest input,
and a pattern with too many is refused: `[^,]*,[^,]*,x` never guesses, `.*a.*` guesses once, and `a*a*a*b` twice and
then walks far each time, which is too much.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NoReturn, assert_never

from checker.load.pattern_parts import (
    Choice,
    Letters,
    One,
    Part,
    Repeat,
    Row,
    can_be_empty,
    first_letters,
    holds_guess,
    holds_quantifier,
    is_guess,
    letters_of,
)
from checker.schema.policy_language import LONGEST_PATTERN

LONGEST_INPUT = 4096
"""What is longer is not matched at all, so this bounds an unbounded quantifier."""

MOST_STEPS = 2 * LONGEST_INPUT**2
_MOST_REPEATS = 1000
_DEEPEST = 10
_QUANTIFIER = re.compile(r"[*+?]|\{(?=,?[0-9])([0-9]*)(,?)([0-9]*)\}")
_ESCAPE = re.compile(r"\\(?:x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|[dDwWsSnrtfv]|[^A-Za-z0-9])", re.DOTALL)
_CLASS = re.compile(r"\[\^?\]?(?:\\.|[^\]\\])*\]", re.DOTALL)
_ZERO_WIDTH = re.compile(r"\\[AZbB]|[\^$]")
_SHORT = 16  # so many characters are walked over in the time that one way takes


class UnsafePatternError(ValueError):
    """A pattern outside the subset; the sentence says why."""


def check_pattern(pattern: str) -> None:
    """
    Make sure that *pattern* is of the subset and bounded in time.

    Raises:
        UnsafePatternError: it is not.
    """
    if not pattern:
        raise UnsafePatternError("it is empty; 'empty: true' says that a text is empty")
    if len(pattern) > LONGEST_PATTERN:
        raise UnsafePatternError(f"it has {len(pattern)} characters; at most {LONGEST_PATTERN} are allowed")
    try:
        parsed = _Parser(pattern).whole()
        re.compile(pattern)
    except re.error as error:
        raise UnsafePatternError(error.msg) from error
    effort = _effort(parsed, Letters())
    if effort.ways * max(1, effort.length // _SHORT) > MOST_STEPS:
        raise UnsafePatternError(
            "there are too many ways to match it; let each quantifier stop where the next part begins, "
            "such as '[^,]*,' in place of '.*,'"
        )


@dataclass(frozen=True, slots=True)
class _Effort:
    """What it takes to match a part."""

    ways: int  # through all guesses
    length: int  # of the text that is walked over between guesses, at most


def _effort(part: Part, follow: Letters) -> _Effort:
    match part:
        case One():
            return _Effort(1, 1)
        case Row(parts):
            whole = _Effort(1, 0)
            for one in reversed(parts):
                its, follow = _effort(one, follow), first_letters(one, follow)
                whole = _Effort(whole.ways * its.ways, whole.length + its.length)
            return whole
        case Choice(branches):
            efforts = [_effort(one, follow) for one in branches]
            ways = [its.ways for its in efforts]
            return _Effort(sum(ways) if is_guess(branches, follow) else max(ways), max(its.length for its in efforts))
        case Repeat(inner, least, most):
            length = _effort(inner, follow).length * (LONGEST_INPUT if most is None else most)
            if least == most:
                return _Effort(1, length)
            if not first_letters(inner, Letters()).meets(follow):
                # NOTE: where the rest then fails, the matcher gives back turn by turn, and each costs like a way.
                return _Effort(1, length * _SHORT)
            return _Effort(LONGEST_INPUT if most is None else most - least + 1, 0)
        case _:
            assert_never(part)


class _Parser:
    """Reads a pattern of the subset, from left to right."""

    def __init__(self, pattern: str) -> None:
        self._pattern = pattern
        self._at = 0
        self._depth = 0

    def whole(self) -> Part:
        """Read it all."""
        choice = self._choice()
        if self._at < len(self._pattern):
            self._refuse("a parenthesis is closed that was not opened")
        return choice

    def _refuse(self, why: str) -> NoReturn:
        raise UnsafePatternError(f"{why} (at character {self._at + 1})")

    def _rest(self) -> str:
        return self._pattern[self._at :]

    def _take(self, form: re.Pattern[str]) -> re.Match[str] | None:
        if found := form.match(self._pattern, self._at):
            self._at = found.end()
        return found

    def _choice(self) -> Part:
        branches = [self._row()]
        while self._rest().startswith("|"):
            self._at += 1
            branches.append(self._row())
        return branches[0] if len(branches) == 1 else Choice(tuple(branches))

    def _row(self) -> Row:
        parts: list[Part] = []
        while self._rest() and self._rest()[0] not in "|)":
            parts.append(self._quantified(self._atom()))
        return Row(tuple(parts))

    def _atom(self) -> Part:
        rest = self._rest()
        if rest[0] == "(":
            return self._group()
        if self._take(_ZERO_WIDTH):
            return Row(())
        start = self._at
        match rest[0]:
            case "[":
                self._class()
            case "\\":
                self._escape()
            case "*" | "+" | "?":
                self._refuse("a quantifier has nothing to repeat")
            case "{":
                self._refuse("a brace that is no quantifier must be escaped")
            case _:
                self._at += 1
        return One(letters_of(self._pattern[start : self._at]))

    def _group(self) -> Part:
        rest = self._rest()
        if rest.startswith("(?") and not rest.startswith("(?:"):
            self._refuse(_refusal_of_group(rest))
        if self._depth >= _DEEPEST:
            self._refuse("the groups are nested too deeply")
        self._depth += 1
        self._at += 3 if rest.startswith("(?:") else 1
        inner = self._choice()
        if not self._rest().startswith(")"):
            self._refuse("a parenthesis is not closed")
        self._at += 1
        self._depth -= 1
        return inner

    def _class(self) -> None:
        found = self._take(_CLASS)
        if not found:
            self._refuse("a class is not closed")
        inside = found.group()[1:-1]
        if re.search(r"(?<!\\)\[|--|&&|~~|\|\|", inside):
            self._refuse("within a class '[' must be escaped, and '-', '&', '~' and '|' stand alone")

    def _escape(self) -> None:
        if not self._take(_ESCAPE):
            after = self._rest()[1:2]
            self._refuse("back-references are not allowed" if after.isdigit() else "this escape is not allowed")

    def _quantified(self, part: Part) -> Part:
        found = _QUANTIFIER.match(self._pattern, self._at)
        if not found:
            return part
        if holds_quantifier(part):
            self._refuse("a repeated group may not hold a quantifier")
        if can_be_empty(part):
            self._refuse("what is repeated can match the empty text")
        if holds_guess(part):
            self._refuse("the branches of a repeated group must begin with different characters")
        least, most = _bounds(found)
        if max(least, most or 0) > _MOST_REPEATS:
            self._refuse(f"a count may be at most {_MOST_REPEATS}")
        self._at = found.end()
        if self._rest().startswith("?"):
            self._at += 1
        if self._rest()[:1] in ("*", "+", "?"):
            self._refuse("a quantifier follows a quantifier")
        return Repeat(part, least, most)


def _refusal_of_group(rest: str) -> str:
    for start, why in (
        ("(?=", "look-around is not allowed"),
        ("(?!", "look-around is not allowed"),
        ("(?<", "look-around is not allowed"),
        ("(?P=", "back-references are not allowed"),
        ("(?P<", "named groups are not allowed; leave out the name"),
        ("(?(", "conditions are not allowed"),
    ):
        if rest.startswith(start):
            return why
    return "only '(…)' and '(?:…)' are allowed as groups; flags and other extensions are not"


def _bounds(quantifier: re.Match[str]) -> tuple[int, int | None]:
    match quantifier.group():
        case "*":
            return 0, None
        case "+":
            return 1, None
        case "?":
            return 0, 1
        case _:
            low, comma, high = quantifier.groups()
            return int(low or 0), int(high) if high else None if comma else int(low)
