"""
JSON read strictly, with the place of every value.

What usual readers let pass is refused, because it hides what a file says: a key that stands twice, `NaN`, numbers
beyond all bounds, halves of surrogate pairs, text after the value.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from typing import NamedTuple

from checker.acquire.sample import UnreadableError

MAX_DEPTH = 100
"""How deep lists and objects may be nested."""

_MAX_NODES = 4_000_000
_MAX_DIGITS = 400

_BLANK = re.compile(r"[ \t\r\n]*")
_STRING = re.compile(r'"[^"\\\x00-\x1f]*(?:\\.[^"\\\x00-\x1f]*)*"')
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?(?![0-9.eE+-])")
_WORD = re.compile(r"[^\s\[\]{},:\"]{1,20}")
_SURROGATE = re.compile("[\ud800-\udfff]")
_PLAIN_MEMBER = re.compile(
    r'[ \t\r\n]*"(?P<key>[^"\\\x00-\x1f]*)"[ \t\r\n]*:[ \t\r\n]*'
    r'(?:"(?P<text>[^"\\\x00-\x1f]*)"|(?P<digits>-?(?:0|[1-9][0-9]{0,17}))|(?P<word>true|false|null))'
    r"(?=[ \t\r\n,}])"
)
"""What most members of an object are: a key and a value without escapes, fractions or depth."""

_NUMBER_WORDS = ("NaN", "Infinity", "-Infinity")


class JsonNode(NamedTuple):
    """A value and where it stands: a member of an object at its key, anything else at itself."""

    value: JsonValue
    line: int
    column: int


JsonValue = None | bool | int | float | str | tuple[JsonNode, ...] | dict[str, JsonNode]

_WORDS: dict[str, JsonValue] = {"true": True, "false": False, "null": None}


def parse_json(text: str, *, first_line: int = 1) -> JsonNode:
    """
    Read *text*, whose first line is the line *first_line* of its file.

    Raises:
        UnreadableError: it is not JSON, or of the kind that is refused.
    """
    return _Reader(text, first_line).document()


class _Reader:
    """Reads one text from left to right."""

    def __init__(self, text: str, first_line: int) -> None:
        self._text = text
        self._at = 0
        self._nodes = 0
        self._first_line = first_line
        self._line_starts = [0, *(found.end() for found in re.finditer("\n", text))]

    def document(self) -> JsonNode:
        """Read the one value that the text is made of."""
        self._skip_blanks()
        place = self._place(self._at)
        value = self._value(0)
        self._skip_blanks()
        if self._at < len(self._text):
            raise self._error("There is text after the end of the JSON value.", self._at)
        return JsonNode(value, *place)

    def _value(self, depth: int) -> JsonValue:
        """Read the value that starts here."""
        self._count()
        char = self._text[self._at : self._at + 1]
        if char == '"':
            return self._string()
        if char and char in "{[":
            if depth >= MAX_DEPTH:
                raise self._error(f"Lists and objects are nested more than {MAX_DEPTH} deep.", self._at)
            return self._object(depth + 1) if char == "{" else self._list(depth + 1)
        return self._plain()

    def _object(self, depth: int) -> dict[str, JsonNode]:
        members: dict[str, JsonNode] = {}
        self._at += 1
        if self._next("}"):
            return members
        while True:
            key, start, value = self._plain_member() or self._member(depth)
            if key in members:
                first = members[key]
                raise self._error(f"The key '{key[:80]}' stands twice; first in line {first.line}.", start)
            members[key] = JsonNode(value, *self._place(start))
            if self._next("}"):
                return members
            if not self._next(","):
                raise self._expected("a comma or '}'")

    def _plain_member(self) -> tuple[str, int, JsonValue] | None:
        """Read the next member at once if it is a plain one: its key, where that stands, and its value."""
        found = _PLAIN_MEMBER.match(self._text, self._at)
        if found is None:
            return None
        self._count()
        self._at = found.end()
        key, text, digits, word = found.groups()
        value = text if text is not None else int(digits) if digits is not None else _WORDS[word]
        return key, found.start("key") - 1, value

    def _member(self, depth: int) -> tuple[str, int, JsonValue]:
        """Read the next member, whatever it is."""
        self._skip_blanks()
        start = self._at
        if self._text[start : start + 1] != '"':
            raise self._expected("a key in double quotes")
        key = self._string()
        if not self._next(":"):
            raise self._expected("a colon after the key")
        self._skip_blanks()
        return key, start, self._value(depth)

    def _list(self, depth: int) -> tuple[JsonNode, ...]:
        entries: list[JsonNode] = []
        self._at += 1
        if self._next("]"):
            return ()
        while True:
            self._skip_blanks()
            place = self._place(self._at)
            entries.append(JsonNode(self._value(depth), *place))
            if self._next("]"):
                return tuple(entries)
            if not self._next(","):
                raise self._expected("a comma or ']'")

    def _string(self) -> str:
        found = _STRING.match(self._text, self._at)
        if not found:
            raise self._error("A text in double quotes is not closed in its line.", self._at)
        raw = found.group()
        self._at = found.end()
        if "\\" not in raw:
            return raw[1:-1]
        try:
            value = json.loads(raw)
        except json.JSONDecodeError as error:
            raise self._error("A text has an escape that JSON does not know.", found.start() + error.pos) from error
        assert isinstance(value, str)  # noqa: S101 - what stands in quotes is text
        if _SURROGATE.search(value):
            raise self._error("A text has one half of a surrogate pair.", found.start())
        return value

    def _plain(self) -> JsonValue:
        """Read a number, or one of the three words."""
        number = _NUMBER.match(self._text, self._at)
        if number:
            return self._number(number)
        word = _WORD.match(self._text, self._at)
        if word and word.group() in _WORDS:
            self._at = word.end()
            return _WORDS[word.group()]
        if word and word.group() in _NUMBER_WORDS:
            raise self._error(f"'{word.group()}' is no JSON value.", self._at)
        raise self._expected("a value")

    def _number(self, found: re.Match[str]) -> int | float:
        digits = found.group()
        if len(digits) > _MAX_DIGITS:
            raise self._error(f"A number has more than {_MAX_DIGITS} digits.", found.start())
        self._at = found.end()
        if found.lastindex is None:
            return int(digits)
        value = float(digits)
        if value in (float("inf"), float("-inf")):
            raise self._error(f"The number '{digits[:40]}' is beyond all bounds.", found.start())
        return value

    def _count(self) -> None:
        self._nodes += 1
        if self._nodes > _MAX_NODES:
            raise self._error(f"There are more than {_MAX_NODES} values.", self._at)

    def _next(self, char: str) -> bool:
        """Whether *char* comes next, after blanks; it is passed then."""
        if not self._text.startswith(char, self._at):
            self._skip_blanks()
            if not self._text.startswith(char, self._at):
                return False
        self._at += 1
        return True

    def _skip_blanks(self) -> None:
        found = _BLANK.match(self._text, self._at)
        assert found is not None  # noqa: S101 - the form matches nothing at all, too
        self._at = found.end()

    def _expected(self, what: str) -> UnreadableError:
        if self._at >= len(self._text):
            return self._error(f"The JSON ends where {what} belongs: it is cut off.", self._at)
        word = _WORD.match(self._text, self._at)
        found = word.group() if word else self._text[self._at]
        return self._error(f"{found!r} stands where {what} belongs.", self._at)

    def _place(self, offset: int) -> tuple[int, int]:
        number = bisect_right(self._line_starts, offset)
        return number + self._first_line - 1, offset - self._line_starts[number - 1] + 1

    def _error(self, message: str, offset: int) -> UnreadableError:
        line, column = self._place(offset)
        return UnreadableError(message, line=line, column=column)
