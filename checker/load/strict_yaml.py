"""
A strict part of YAML, read with line and column.

Mappings with text as keys, lists, and single values; nothing that can say one thing and mean another: no anchors,
aliases, tags, merges, directives, second documents, keys given twice, empty values, or words that versions of YAML
read differently (see `plain_scalars`). The parser of libyaml is used where it is present and the one in Python
elsewhere; what the two are known to disagree about is refused with both.
"""

from __future__ import annotations

from typing import NoReturn, cast

import yaml
from yaml.events import (
    AliasEvent,
    DocumentEndEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from checker.load.mistakes import Mistakes
from checker.load.nearest import shown
from checker.load.nodes import Entry, ListNode, MappingNode, Node, ScalarNode, WrongNode
from checker.load.plain_scalars import AmbiguousError, read_plain
from checker.load.source_text import source_text, wrong_in_value

MAX_DEPTH = 32
MAX_NODES = 200_000

PURE = yaml.SafeLoader
_CROWDED = frozenset({":[", ":]", ":{", ":}", ":,"})
FASTEST: type[yaml.SafeLoader | yaml.CSafeLoader] = getattr(yaml, "CSafeLoader", PURE)


def read_yaml(
    content: bytes, mistakes: Mistakes, *, parser: type[yaml.SafeLoader | yaml.CSafeLoader] = FASTEST
) -> Node:
    """
    Read *content*; wrong values are noted in *mistakes* and leave a `WrongNode`.

    Raises:
        PolicyError: it cannot be understood as one document at all.
    """
    text = source_text(content, mistakes)
    builder = _Builder(text, mistakes)
    try:
        for event in yaml.parse(text, Loader=parser):
            builder.take(event)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else builder.position
        mistakes.stop(line, column, f"this is not YAML: {error.problem or error.context}")
    except (ValueError, OverflowError):
        # NOTE: the parser in Python hands any `\U` escape to `chr`; the one of libyaml refuses it itself.
        mistakes.stop(*builder.position, "this is not YAML: an escape after this place names no character")
    return builder.root


class _Open:
    """A mapping or list that has begun and not yet ended."""

    __slots__ = ("column", "entries", "flow", "items", "key", "line")

    def __init__(self, line: int, column: int, *, is_mapping: bool, flow: bool) -> None:
        self.line, self.column, self.flow = line, column, flow
        self.entries: dict[str, Entry] | None = {} if is_mapping else None
        self.items: list[Node] = []
        self.key: ScalarNode | WrongNode | None = None  # the key whose value comes next

    def closed(self) -> MappingNode | ListNode:
        """Give what it has become."""
        if self.entries is None:
            return ListNode(self.line, self.column, tuple(self.items))
        return MappingNode(self.line, self.column, self.entries)


class _Builder:
    """Makes nodes of events, one by one, so that the limits hold while a hostile document is still being read."""

    def __init__(self, text: str, mistakes: Mistakes) -> None:
        self._text, self._mistakes = text, mistakes
        self._open: list[_Open] = []
        self._root: Node | None = None
        self._nodes = self._documents = 0
        self.position = (1, 1)  # of the last event

    @property
    def root(self) -> Node:
        """The document, when all events were taken."""
        if self._root is None:
            self._stop_empty()
        return self._root

    def _stop_empty(self) -> NoReturn:
        self._mistakes.stop(1, 1, "there is no document: the file is empty, or holds only comments")

    def take(self, event: Event) -> None:
        """Take the next event."""
        mark = cast("yaml.Mark", event.start_mark)  # an event of a parser always has one
        self.position = line, column = mark.line + 1, mark.column + 1
        match event:
            case ScalarEvent():
                self._refuse_properties(event, mark.index)
                self._scalar(event, line, column, mark.index)
            case MappingStartEvent() | SequenceStartEvent():
                self._refuse_properties(event, mark.index)
                self._begin(event, line, column)
            case MappingEndEvent() | SequenceEndEvent():
                self._put(self._open.pop().closed())
            case AliasEvent():
                self._stop("an alias ('*') is not read; write the value again")
            case DocumentStartEvent():
                self._documents += 1
                if self._documents > 1:
                    self._stop("a second document begins here; a file holds one")
            case DocumentEndEvent(explicit=True):
                self._stop("a document ends with the file, not with '...'")
            case _:
                pass

    def _stop(self, message: str) -> NoReturn:
        self._mistakes.stop(*self.position, message)

    def _refuse_properties(self, event: ScalarEvent | MappingStartEvent | SequenceStartEvent, index: int) -> None:
        # NOTE: libyaml does not tell of the tag '!'; only the text still shows it.
        first = self._text[index : index + 1]
        if event.anchor is not None or first == "&":
            self._stop("an anchor ('&') is not read; write the value where it is needed")
        if event.tag is not None or first == "!":
            self._stop("a tag ('!') is not read; the policy language knows the type of every value")

    def _count(self) -> None:
        self._nodes += 1
        if self._nodes > MAX_NODES:
            self._stop(f"the document has more than {MAX_NODES} values")

    def _begin(self, event: MappingStartEvent | SequenceStartEvent, line: int, column: int) -> None:
        self._count()
        above = self._open[-1] if self._open else None
        is_mapping = isinstance(event, MappingStartEvent)
        if above and above.entries is not None and above.key is None:
            self._stop(f"a {'mapping' if is_mapping else 'list'} cannot be a key; keys are text")
        if len(self._open) >= MAX_DEPTH:
            self._stop(f"the document is nested more than {MAX_DEPTH} levels deep")
        flow = bool(event.flow_style) or (above is not None and above.flow)
        self._open.append(_Open(line, column, is_mapping=is_mapping, flow=flow))

    def _scalar(self, event: ScalarEvent, line: int, column: int, index: int) -> None:
        self._count()
        above = self._open[-1] if self._open else None
        # NOTE: not `style is None`: libyaml gives an empty text there, and everything would count as quoted.
        plain = event.implicit[0]
        if above and above.flow:
            self._refuse_disputed(event, index, plain=plain)
        is_key = above is not None and above.entries is not None and above.key is None
        if plain:
            node = self._plain(event.value, line, column, is_key=is_key)
        else:
            self._refuse_crowded_header(event.style, index)
            node = self._quoted(event.value, line, column)
        if above is not None and is_key:
            self._key(above, node)
        else:
            self._put(node)

    def _refuse_disputed(self, event: ScalarEvent, index: int, *, plain: bool) -> None:
        # NOTE: within brackets libyaml reads '?' as text and the parser in Python as the sign of a key;
        # and only the latter reads 'a:[' as a key and a list.
        before = index - 1
        while self._text[before] in " \n":
            before -= 1
        if (plain and "?" in event.value) or self._text[before] == "?":
            self._stop("a '?' within brackets must stand in quotes")
        end = cast("yaml.Mark", event.end_mark).index
        if plain and self._text[end : end + 2] in _CROWDED:
            self._stop("a blank must stand after the ':'")

    def _refuse_crowded_header(self, style: str | None, index: int) -> None:
        # NOTE: libyaml lets a comment follow the sign of a block without a blank.
        if style in ("|", ">") and "#" in self._text[index : index + 4].partition(" ")[0].partition("\n")[0]:
            self._stop(f"a blank must stand between '{style}' and a comment")

    def _plain(self, word: str, line: int, column: int, *, is_key: bool) -> ScalarNode | WrongNode:
        if not word and not self._open:
            self._stop_empty()
        if not word:
            return self._missing(line, column, None if is_key else self._open[-1].key)
        try:
            return ScalarNode(line, column, read_plain(word), quoted=False)
        except AmbiguousError as error:
            self._mistakes.at(line, column, str(error))
            return WrongNode(line, column)

    def _missing(self, line: int, column: int, key: ScalarNode | WrongNode | None) -> WrongNode:
        # NOTE: the parsers disagree about where nothing stands, so the key has the blame.
        if isinstance(key, WrongNode):
            return key
        if isinstance(key, ScalarNode):
            self._mistakes.add(key, f"{shown(str(key.value))} has no value; write one, or leave it out")
            return WrongNode(key.line, key.column)
        self._mistakes.at(line, column, "there is no value; write one, or leave it out")
        return WrongNode(line, column)

    def _quoted(self, text: str, line: int, column: int) -> ScalarNode | WrongNode:
        if wrong := wrong_in_value(text):
            self._mistakes.at(line, column, f"the text holds the character {wrong}, which no value may")
            return WrongNode(line, column)
        return ScalarNode(line, column, text, quoted=True)

    def _key(self, mapping: _Open, node: ScalarNode | WrongNode) -> None:
        entries = mapping.entries or {}
        if isinstance(node, ScalarNode) and not isinstance(node.value, str):
            self._mistakes.add(node, f"the key {str(node.value).lower()} is no text; put it in quotes")
            node = WrongNode(node.line, node.column)
        elif isinstance(node, ScalarNode) and (first := entries.get(str(node.value))):
            before = self._mistakes.location(first)
            self._mistakes.add(node, f"{shown(first.name)} is given twice, first at {before}")
            node = WrongNode(node.line, node.column)
        mapping.key = node

    def _put(self, node: Node) -> None:
        if not self._open:
            self._root = node
            return
        above = self._open[-1]
        if above.entries is None:
            above.items.append(node)
            return
        key, above.key = above.key, None
        if isinstance(key, ScalarNode):
            name = str(key.value)
            above.entries[name] = Entry(key.line, key.column, name, node)
