"""Reading the fields of a document with their types; whoever gets None finds the mistake already told."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection, Mapping
from functools import cache
from typing import assert_never

from checker.load.mistakes import Mistakes
from checker.load.nearest import hint, nearest, shown
from checker.load.nodes import Entry, ListNode, MappingNode, Node, Place, ScalarNode, WrongNode
from checker.model.location import Location
from checker.model.values import FactType, Scalar, parse_scalar, with_article
from checker.schema.policy_language import LINE, LONGEST_LINE, LONGEST_NAME


class FieldReader:
    """Reads the fields of one document."""

    def __init__(self, mistakes: Mistakes) -> None:
        """Read for the document whose *mistakes* are gathered."""
        self._mistakes = mistakes

    def wrong(self, place: Place, message: str) -> None:
        """Note a mistake."""
        self._mistakes.add(place, message)

    def location(self, place: Place) -> Location:
        """Name *place* for a report."""
        return self._mistakes.location(place)

    def expected(self, node: Node, wanted: str) -> None:
        """Note that *node* is not what is *wanted*, the beginning of a sentence."""
        if not isinstance(node, WrongNode):
            self.wrong(node, f"{wanted}, not {_described(node)}")

    def mapping(self, node: Node, what: str) -> Mapping[str, Entry] | None:
        """Give the entries of a mapping of free names, of which there is at least one."""
        if not isinstance(node, MappingNode):
            self.expected(node, f"{what} is a mapping")
            return None
        if not node.entries:
            self.wrong(node, f"{what} is empty; say something, or leave it out")
            return None
        return node.entries

    def form(
        self, node: Node, what: str, keys: tuple[str, ...], required: Collection[str] = ()
    ) -> Mapping[str, Entry] | None:
        """Give the entries of a mapping whose *keys* are fixed; entries under other keys are told and left out."""
        entries = self.mapping(node, what)
        if entries is None:
            return None
        meant: set[str | None] = set()
        known = entries
        if not entries.keys() <= _as_set(keys):
            known = {name: entry for name, entry in entries.items() if name in keys}
            for name, entry in entries.items():
                if name not in known:
                    meant.add(nearest(name, keys))
                    self.wrong(entry, f"unknown key {shown(name)} in {what}{hint(name, keys)}")
        for name in required:
            if name not in entries and name not in meant:
                self.wrong(node, f"{what} has no {name!r}")
        return known

    def items(self, node: Node, what: str) -> tuple[Node, ...] | None:
        """Give the items of a list that has at least one."""
        if not isinstance(node, ListNode):
            self.expected(node, f"{what} is a list")
            return None
        if not node.items:
            self.wrong(node, f"{what} is empty; say something, or leave it out")
            return None
        return node.items

    def text(self, entry: Entry | None, what: str) -> str:
        """Give a text of any number of lines that is not blank; empty where there is no *entry*, or a wrong one."""
        if entry is None:
            return ""
        value = self._text(entry.value, what)
        if value is not None and not value.strip():
            self.wrong(entry.value, f"{what} is blank")
        elif value is not None and not seen(value).strip():
            self.wrong(entry.value, f"{what} holds only characters that nobody sees")
        return value or ""

    def line(self, entry: Entry | None, what: str) -> str:
        """Give a text of one line that is not blank; empty where there is no *entry*, or a wrong one."""
        return (self._line(entry.value, what) or "") if entry else ""

    def _line(self, node: Node, what: str) -> str | None:
        value = self._text(node, what)
        if value is not None and (len(value) > LONGEST_LINE or not _whole(LINE)(value)):
            self.wrong(node, f"{what} is one line of at most {LONGEST_LINE} characters, and not blank")
        return value

    def name(self, entry: Entry | None, what: str, form: str, example: str) -> str:
        """Give a text of the *form*, a regular expression; empty where there is no *entry*, or a wrong one."""
        if entry is None or (value := self._text(entry.value, what)) is None:
            return ""
        if not is_name(value, form):
            self.wrong(entry.value, f"{shown(value)} is not {what}, such as {example!r}")
            return ""
        return value

    def word(self, entry: Entry, what: str, known: Collection[str]) -> str | None:
        """Give one of the *known* words."""
        value = self._text(entry.value, what)
        if value is None or value in known:
            return value
        self.wrong(entry.value, f"unknown {what} {shown(value)}{hint(value, known)}")
        return None

    def key(self, entry: Entry, what: str, form: str, example: str) -> None:
        """Make sure that the key of *entry* has the *form*, a regular expression."""
        if not is_name(entry.name, form):
            self.wrong(entry, f"{shown(entry.name)} is not {what}, such as {example!r}")

    def lines(self, entry: Entry | None, what: str, form: str = LINE) -> tuple[str, ...]:
        """Give a list of different texts of one line each, each of the *form*; empty where there is no *entry*."""
        if entry is None:
            return ()
        found: list[str] = []
        for node in self.items(entry.value, what) or ():
            value = self._line(node, f"an item of {what}")
            if value is None:
                continue
            if value in found:
                self.wrong(node, f"{shown(value)} is given twice in {what}")
            if not _whole(form)(value):
                self.wrong(node, f"{shown(value)} does not have the form of an item of {what}")
            found.append(value)
        return tuple(found)

    def literal(self, node: Node, kind: FactType, what: str) -> Scalar | None:
        """Give a value of exactly the type *kind*; texts that begin with a dollar sign write it twice."""
        match node, kind:
            case ScalarNode(value=bool() as boolean), FactType.BOOLEAN:
                return boolean
            case ScalarNode(value=bool()), _:
                pass
            case ScalarNode(value=int() as integer), FactType.INTEGER:
                return integer
            case ScalarNode(value=str() as text), FactType.TEXT:
                return self._unescaped(node, text)
            case ScalarNode(
                value=str() as text, quoted=True
            ), FactType.VERSION | FactType.DURATION | FactType.TIMESTAMP:
                return self._parsed(node, text, kind, what)
            case _:
                pass
        self.expected(node, f"{what} is {with_article(kind)}")
        return None

    def _parsed(self, node: Node, text: str, kind: FactType, what: str) -> Scalar | None:
        try:
            return parse_scalar(text, kind)
        except ValueError as error:
            self.wrong(node, f"{what}: {error}")
            return None

    def _unescaped(self, node: Node, text: str) -> str | None:
        if not text.startswith("$"):
            return text
        if text.startswith("$$"):
            return text[1:]
        self.wrong(
            node,
            f"{shown(text)} begins with a dollar sign: a parameter is named without quotes and where an expectation "
            "takes a value; a text that really begins with one writes it twice ('$$')",
        )
        return None

    def _text(self, node: Node, what: str) -> str | None:
        if isinstance(node, ScalarNode) and isinstance(node.value, str):
            return node.value
        self.expected(node, f"{what} is text")
        return None


def is_name(text: str, form: str) -> bool:
    """Whether *text* as a whole has the *form*, and is not too long for a name."""
    return len(text) <= LONGEST_NAME and _whole(form)(text) is not None


_as_set = cache(frozenset[str])


@cache
def _whole(form: str) -> Callable[[str], re.Match[str] | None]:
    """Give what holds a whole text against the *form*."""
    # NOTE: `$` also matches before a line end at the very end, which `fullmatch` alone lets through.
    return re.compile(form.removesuffix("$")).fullmatch


def _described(node: MappingNode | ListNode | ScalarNode) -> str:
    match node:
        case MappingNode():
            return "a mapping"
        case ListNode():
            return "a list"
        case ScalarNode(value=bool() as boolean):
            return f"the boolean {str(boolean).lower()}"
        case ScalarNode(value=int() as integer):
            return f"the integer {integer}"
        case ScalarNode():
            return f"the text {shown(str(node.value))}{'' if node.quoted else ' without quotes'}"
        case _:
            assert_never(node)


def seen(text: str) -> str:
    """Give *text* without the characters that nobody sees, such as a space of no width."""
    return text if text.isascii() else "".join(char for char in text if unicodedata.category(char) != "Cf")
