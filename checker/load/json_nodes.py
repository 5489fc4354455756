"""
JSON as the nodes that YAML gives, each with its line and column, for documents of other programs.

What has no place in our own documents (null, numbers with fractions, control characters) is a `ForeignNode`: whoever
needs a value there tells so, and everybody else passes it by.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from dataclasses import dataclass
from typing import NoReturn

from checker.load.mistakes import Mistakes
from checker.load.nearest import shown
from checker.load.nodes import Entry, ListNode, MappingNode, Node, ScalarNode, WrongNode
from checker.load.plain_scalars import MOST_DIGITS
from checker.load.source_text import wrong_in_value

MAX_BYTES = 64 * 1024 * 1024
MAX_DEPTH = 64

_BLANKS = re.compile(r"[ \t\r\n]*")
_TOKEN = re.compile(
    r'"[^"\\\x00-\x1f]*+(?:\\.[^"\\\x00-\x1f]*+)*+"'
    r"|-?(?:0|[1-9][0-9]*+)(?:\.[0-9]++)?(?:[eE][-+]?[0-9]++)?"
    r"|true|false|null|[{}\[\]:,]"
)
_WORDS = {"true": True, "false": False}


@dataclass(slots=True, eq=False)
class ForeignNode(WrongNode):
    """A value that JSON can hold and our own documents cannot; nobody has told it yet."""

    what: str  # within a sentence: `null`, `a number with a fraction` …


def read_json(content: bytes, mistakes: Mistakes) -> Node:
    """
    Read *content*; a key that is given twice is noted in *mistakes*.

    Raises:
        PolicyError: it is no JSON, or too large or too deep.
    """
    if len(content) > MAX_BYTES:
        mistakes.stop(1, 1, f"the document has {len(content)} bytes; at most {MAX_BYTES} are read")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        mistakes.stop(1, 1, f"the document is not UTF-8 at byte {error.start}: {error.reason}")
    return _Reader(text, mistakes).document()


class _Reader:
    """Reads one document from its first character to its last."""

    def __init__(self, text: str, mistakes: Mistakes) -> None:
        self._text, self._mistakes = text, mistakes
        self._lines = [0, *(found.end() for found in re.finditer("\n", text))]  # where each begins
        self._word = ""  # the one to be read next; empty at the end of the document
        self._start = self._end = 0  # where it stands

    def document(self) -> Node:
        self._go_on()
        root = self._value(MAX_DEPTH)
        if self._word:
            self._stop("the document has already ended")
        return root

    def _go_on(self) -> None:
        blanks = _BLANKS.match(self._text, self._end)
        self._start = blanks.end() if blanks else self._end
        found = _TOKEN.match(self._text, self._start)
        if found is None and self._start < len(self._text):
            self._stop("what stands here is no value")
        self._word, self._end = (found.group(), found.end()) if found else ("", self._start)

    def _value(self, depth: int) -> Node:
        line, column = self._place()
        word = self._word
        if word in ("{", "["):
            if not depth:
                self._stop("it is nested too deep")
            self._go_on()
            return (self._mapping if word == "{" else self._list)(line, column, depth - 1)
        node = _scalar(word, line, column) if word[:1] != '"' else _text(self._string(), line, column)
        if node is None:
            self._stop("a value belongs here")
        self._go_on()
        return node

    def _list(self, line: int, column: int, depth: int) -> ListNode:
        items: list[Node] = []
        while self._is_more("]", first=not items):
            items.append(self._value(depth))
        return ListNode(line, column, tuple(items))

    def _mapping(self, line: int, column: int, depth: int) -> MappingNode:
        entries: dict[str, Entry] = {}
        while self._is_more("}", first=not entries):
            place = self._place()
            if self._word[:1] != '"':
                self._stop("a key in quotes belongs here")
            name = self._string()
            self._go_on()
            self._pass(":")
            if before := entries.get(name):
                self._mistakes.at(*place, f"{shown(name)} is given twice, first at {self._mistakes.location(before)}")
            entries[name] = Entry(*place, name, self._value(depth))
        return MappingNode(line, column, entries)

    def _is_more(self, end: str, *, first: bool) -> bool:
        """Whether the list or mapping that *end* closes goes on; what separates or closes is passed."""
        if self._word == end:
            self._go_on()
            return False
        if not first:
            self._pass(",")
        return True

    def _pass(self, sign: str) -> None:
        if self._word != sign:
            self._stop(f"{sign!r} belongs here")
        self._go_on()

    def _string(self) -> str:
        if "\\" not in self._word:
            return self._word[1:-1]
        try:
            return str(json.loads(self._word))
        except ValueError:
            self._stop("the text has an escape that names no character")

    def _stop(self, message: str) -> NoReturn:
        cut = self._start == len(self._text)
        self._mistakes.stop(*self._place(), f"this is no JSON: {'it is cut off' if cut else message}")

    def _place(self) -> tuple[int, int]:
        line = bisect_right(self._lines, self._start)
        return line, self._start - self._lines[line - 1] + 1


def _text(value: str, line: int, column: int) -> ScalarNode | ForeignNode:
    if wrong := wrong_in_value(value):
        return ForeignNode(line, column, f"text with the character {wrong}")
    return ScalarNode(line, column, value, quoted=True)


def _scalar(word: str, line: int, column: int) -> ScalarNode | ForeignNode | None:
    if word in _WORDS:
        return ScalarNode(line, column, _WORDS[word], quoted=False)
    if word == "null":
        return ForeignNode(line, column, "null")
    digits = word.removeprefix("-")
    if not digits[:1].isdigit():
        return None
    if not digits.isdigit():
        return ForeignNode(line, column, "a number with a fraction")
    if len(digits) > MOST_DIGITS:
        return ForeignNode(line, column, f"a number of more than {MOST_DIGITS} digits")
    return ScalarNode(line, column, int(word), quoted=False)
