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
        self._token = ""  # the one that comes next; empty at the end
        self._start = self._end = 0

    def document(self) -> Node:
        self._step("a value belongs here")
        node = self._value(0)
        if self._token:
            self._stop("the document has already ended")
        return node

    def _step(self, wanted: str = "") -> None:
        """Go on to the next token; where one is *wanted*, the text must not end."""
        match = _BLANKS.match(self._text, self._end)
        self._start = match.end() if match else self._end
        found = _TOKEN.match(self._text, self._start)
        if found is None and (wanted or self._start < len(self._text)):
            cut = self._start == len(self._text)
            self._stop("the document is cut off" if cut else wanted or "the document has already ended")
        self._token, self._end = (found.group(), found.end()) if found else ("", self._start)

    def _stop(self, message: str) -> None:
        self._mistakes.stop(*self._place(), f"this is no JSON: {message}")

    def _place(self) -> tuple[int, int]:
        line = bisect_right(self._lines, self._start)
        return line, self._start - self._lines[line - 1] + 1
