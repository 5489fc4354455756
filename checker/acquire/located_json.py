"""
The JSON of a facts document with the places that reports point at: those of its facts, and of the entries of lists.

Most documents are plain, and read at the speed of the standard library's reader; the strict reader, which knows the
place of everything and says what is wrong, reads those that are not. Both refuse the same.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from json.decoder import JSONDecoder
from json.scanner import make_scanner
from typing import Any, NoReturn, cast

from checker.acquire.strict_json import JsonNode, parse_json

_LONGEST = 1024 * 1024
"""Longer documents are read by the strict reader alone, which limits how many values there are."""

_MOST_DIGITS = 18

_FACTS, _VALUE = "facts", "value"
_MEMBER = re.compile(r'[ \t\r\n]*"([^"\\\x00-\x1f]*)"[ \t\r\n]*:[ \t\r\n]*')
_BLANK = re.compile(r"[ \t\r\n]*")
_NEXT = re.compile(r"[ \t\r\n]*([,}\]])[ \t\r\n]*")
_HALF_OF_A_PAIR = re.compile(r"\\u[dD][89abcdefABCDEF]")

Place = tuple[int, int]


@dataclass(frozen=True, slots=True)
class LocatedDocument:
    """A document as plain values; the places are those of its facts and of the entries of their lists, by fact."""

    root: Any
    line: int  # where it starts
    facts: Mapping[str, Place]
    entries: Mapping[str, tuple[Place, ...]]


class _NotPlainError(Exception):
    """The text is not of the plain kind; it may still be right."""


def parse_document(text: str, *, first_line: int, lists: frozenset[str]) -> LocatedDocument:
    """
    Read *text*, whose first line is *first_line*; *lists* names the facts whose entries have places of their own.

    Raises:
        UnreadableError: it is not JSON, or of the kind that is refused.
    """
    try:
        return _Plain(text, first_line, lists).document()
    except (_NotPlainError, StopIteration, RecursionError, ValueError):
        pass  # the strict reader says what is wrong, or that nothing is
    return _from_nodes(parse_json(text, first_line=first_line), lists)


def plain(node: JsonNode) -> Any:
    """Give the value of *node* without places."""
    match node.value:
        case tuple():
            return [plain(one) for one in node.value]
        case dict():
            return {key: plain(one) for key, one in node.value.items()}
        case _:
            return node.value


def _from_nodes(root: JsonNode, lists: frozenset[str]) -> LocatedDocument:
    facts = root.value.get(_FACTS) if isinstance(root.value, dict) else None
    found = facts.value if facts is not None and isinstance(facts.value, dict) else {}
    entries: dict[str, tuple[Place, ...]] = {}
    for name in lists & found.keys():
        fact = found[name].value
        value = fact.get(_VALUE) if isinstance(fact, dict) else None
        if value is not None and isinstance(value.value, tuple):
            entries[name] = tuple((one.line, one.column) for one in value.value)
    places = {name: (node.line, node.column) for name, node in found.items()}
    return LocatedDocument(plain(root), root.line, places, entries)


def _refuse(_text: str) -> NoReturn:
    raise _NotPlainError


def _integer(text: str) -> int:
    if len(text) > _MOST_DIGITS:
        raise _NotPlainError
    return int(text)


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise _NotPlainError
    return members


_SCAN: Callable[[str, int], tuple[Any, int]] = cast("Any", make_scanner)(
    JSONDecoder(object_pairs_hook=_members, parse_int=_integer, parse_float=_refuse, parse_constant=_refuse)
)
"""Reads the value that starts at a place of a text, and gives its end."""


class _Plain:
    """Reads a plain text: the values by the standard library, the places by walking down to them."""

    def __init__(self, text: str, first_line: int, lists: frozenset[str]) -> None:
        self._text, self._first_line, self._lists = text, first_line, lists
        self._line_starts = [0, *(found.end() for found in re.finditer("\n", text))]
        self._facts: dict[str, Place] = {}
        self._entries: dict[str, tuple[Place, ...]] = {}

    def document(self) -> LocatedDocument:
        """Read all of it."""
        if len(self._text) > _LONGEST or _HALF_OF_A_PAIR.search(self._text):
            raise _NotPlainError
        start = self._blanks(0)
        root, end = self._object(start, self._part)
        if self._blanks(end) != len(self._text):
            raise _NotPlainError
        return LocatedDocument(root, self._place(start)[0], self._facts, self._entries)

    def _part(self, key: str, _start: int, at: int) -> tuple[Any, int]:
        return self._object(at, self._fact) if key == _FACTS else self._value(at)

    def _fact(self, name: str, start: int, at: int) -> tuple[Any, int]:
        self._facts[name] = self._place(start)
        if name not in self._lists:
            return self._value(at)

        def member(key: str, _start: int, at: int) -> tuple[Any, int]:
            return self._list(name, at) if key == _VALUE and self._text.startswith("[", at) else self._value(at)

        return self._object(at, member)

    def _list(self, name: str, at: int) -> tuple[Any, int]:
        entries: list[Any] = []
        places: list[Place] = []
        at = self._blanks(at + 1)
        if self._text.startswith("]", at):
            at += 1
        else:
            char = ","
            while char == ",":
                places.append(self._place(at))
                entry, at = self._value(at)
                entries.append(entry)
                char, at = self._next(at, "]")
        self._entries[name] = tuple(places)
        return entries, at

    def _object(self, at: int, member: Callable[[str, int, int], tuple[Any, int]]) -> tuple[Any, int]:
        if not self._text.startswith("{", at):
            return self._value(at)
        members: dict[str, Any] = {}
        at = self._blanks(at + 1)
        if self._text.startswith("}", at):
            return members, at + 1
        char = ","
        while char == ",":
            found = _MEMBER.match(self._text, at)
            if found is None or found[1] in members:
                raise _NotPlainError
            members[found[1]], at = member(found[1], found.start(1) - 1, found.end())
            char, at = self._next(at, "}")
        return members, at

    def _value(self, at: int) -> tuple[Any, int]:
        return _SCAN(self._text, at)

    def _next(self, at: int, end: str) -> tuple[str, int]:
        found = _NEXT.match(self._text, at)
        if found is None or found[1] not in (",", end):
            raise _NotPlainError
        return found[1], found.end()

    def _blanks(self, at: int) -> int:
        found = _BLANK.match(self._text, at)
        assert found is not None  # noqa: S101 - the form matches nothing at all, too
        return found.end()

    def _place(self, offset: int) -> Place:
        number = bisect_right(self._line_starts, offset)
        return number + self._first_line - 1, offset - self._line_starts[number - 1] + 1
