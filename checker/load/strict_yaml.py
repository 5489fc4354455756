"""
A strict part of YAML, read with line and column.

Mappings with text as keys, lists, and single values; nothing that can say one thing and mean another: no anchors,
aliases, tags, merges, directives, second documents, keys given twice, empty values, or words that versions of YAML
read differently (see `plain_scalars`). The parser of libyaml is used where it is present and the one in Python
elsewhere; what the two are known to disagree about is refused with both.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, NoReturn

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
    StreamEndEvent,
    StreamStartEvent,
)

from checker.load.mistakes import Mistakes
from checker.load.nearest import shown
from checker.load.nodes import Entry, ListNode, MappingNode, Node, ScalarNode, WrongNode
from checker.load.plain_scalars import AmbiguousError, read_plain
from checker.load.source_text import source_text, wrong_in_value

MAX_DEPTH = 32
MAX_NODES = 200_000

PURE = yaml.SafeLoader
_CROWDED = re.compile(r":[\[\]{},]")
_PROPERTY = re.compile(r"(?<![A-Za-z0-9])[&!]")  # right behind a letter or digit none begins
_BLOCKS = ("|", ">")
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
    stream = parser(text)
    try:
        builder.take_all(stream.get_event)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else builder.position
        mistakes.stop(line, column, f"this is not YAML: {error.problem or error.context}")
    except (ValueError, OverflowError):
        # NOTE: the parser in Python hands any `\U` escape to `chr`; the one of libyaml refuses it itself.
        mistakes.stop(*builder.position, "this is not YAML: an escape after this place names no character")
    finally:
        stream.dispose()
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
        # What no place of the text can be is not looked for at every value.
        self._has_properties = _PROPERTY.search(text) is not None
        self._has_disputed = "?" in text or _CROWDED.search(text) is not None
        self._words: dict[str, bool | int | str] = {}  # that were understood before; most come again and again
        self._open: list[_Open] = []
        self._above: _Open | None = None  # the last of those that are open
        self._root: Node | None = None
        self._nodes = self._documents = 0
        self._mark: yaml.Mark | None = None  # of the last event

    @property
    def root(self) -> Node:
        """The document, when all events were taken."""
        if self._root is None:
            self._stop_empty()
        return self._root

    @property
    def position(self) -> tuple[int, int]:
        """Where the last event stands."""
        return (self._mark.line + 1, self._mark.column + 1) if self._mark else (1, 1)

    def take_all(self, next_event: Callable[[], Any]) -> None:
        """Take every event, to the end of the stream; the most frequent are told apart first."""
        kind: type[Event] = StreamStartEvent
        while kind is not StreamEndEvent:
            event = next_event()
            kind = type(event)
            self._mark = mark = event.start_mark
            if kind is ScalarEvent:
                self._scalar(event, mark)
            elif kind is MappingEndEvent or kind is SequenceEndEvent:
                self._end()
            elif kind is MappingStartEvent or kind is SequenceStartEvent:
                self._begin(event, mark, is_mapping=kind is MappingStartEvent)
            else:
                self._take_rare(event)

    def _take_rare(self, event: Event) -> None:
        match event:
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

    def _stop_empty(self) -> NoReturn:
        self._mistakes.stop(1, 1, "there is no document: the file is empty, or holds only comments")

    def _stop(self, message: str) -> NoReturn:
        self._mistakes.stop(*self.position, message)

    def _refuse_properties(self, event: ScalarEvent | MappingStartEvent, index: int) -> None:
        # NOTE: libyaml does not tell of the tag '!'; only the text still shows it.
        first = self._text[index : index + 1]
        if event.anchor is not None or first == "&":
            self._stop("an anchor ('&') is not read; write the value where it is needed")
        if event.tag is not None or first == "!":
            self._stop("a tag ('!') is not read; the policy language knows the type of every value")

    def _stop_crowd(self) -> NoReturn:
        self._stop(f"the document has more than {MAX_NODES} values")

    def _begin(self, event: MappingStartEvent, mark: yaml.Mark, *, is_mapping: bool) -> None:
        if self._has_properties:
            self._refuse_properties(event, mark.index)
        self._nodes += 1
        if self._nodes > MAX_NODES:
            self._stop_crowd()
        above = self._above
        if above is not None and above.entries is not None and above.key is None:
            self._stop(f"a {'mapping' if is_mapping else 'list'} cannot be a key; keys are text")
        if len(self._open) >= MAX_DEPTH:
            self._stop(f"the document is nested more than {MAX_DEPTH} levels deep")
        flow = bool(event.flow_style) or (above is not None and above.flow)
        self._above = _Open(mark.line + 1, mark.column + 1, is_mapping=is_mapping, flow=flow)
        self._open.append(self._above)

    def _end(self) -> None:
        closed = self._open.pop().closed()
        self._above = self._open[-1] if self._open else None
        self._put(closed)

    def _scalar(self, event: ScalarEvent, mark: yaml.Mark) -> None:
        if self._has_properties:
            self._refuse_properties(event, mark.index)
        self._nodes += 1
        if self._nodes > MAX_NODES:
            self._stop_crowd()
        above = self._above
        # NOTE: not `style is None`: libyaml gives an empty text there, and everything would count as quoted.
        plain = event.implicit[0]
        if self._has_disputed and above is not None and above.flow:
            self._refuse_disputed(event, mark.index, plain=plain)
        word: str = event.value
        node: ScalarNode | WrongNode
        if plain and word in self._words:
            node = ScalarNode(mark.line + 1, mark.column + 1, self._words[word], False)  # noqa: FBT003 - faster
        elif plain:
            node = self._plain(word)
        else:
            node = self._quoted(event, mark.index)
        if above is None or above.key is not None or above.entries is None:
            self._put(node)
        else:
            above.key = node if isinstance(node, WrongNode) else self._key(node, above.entries)

    def _refuse_disputed(self, event: ScalarEvent, index: int, *, plain: bool) -> None:
        # NOTE: within brackets libyaml reads '?' as text and the parser in Python as the sign of a key;
        # and only the latter reads 'a:[' as a key and a list.
        before = index - 1
        while self._text[before] in " \n":
            before -= 1
        if (plain and "?" in event.value) or self._text[before] == "?":
            self._stop("a '?' within brackets must stand in quotes")
        if plain and event.end_mark and _CROWDED.match(self._text, event.end_mark.index):
            self._stop("a blank must stand after the ':'")

    def _refuse_crowded_header(self, style: str, index: int) -> None:
        # NOTE: libyaml lets a comment follow the sign of a block without a blank.
        if "#" in self._text[index : index + 4].partition(" ")[0].partition("\n")[0]:
            self._stop(f"a blank must stand between '{style}' and a comment")

    def _plain(self, word: str) -> ScalarNode | WrongNode:
        if not word:
            return self._missing()
        line, column = self.position
        try:
            value = read_plain(word)
        except AmbiguousError as error:
            self._mistakes.at(line, column, str(error))
            return WrongNode(line, column)
        self._words[word] = value
        return ScalarNode(line, column, value, quoted=False)

    def _missing(self) -> WrongNode:
        if self._above is None:
            self._stop_empty()
        # NOTE: the parsers disagree about where nothing stands, so the key has the blame.
        key = self._above.key
        if isinstance(key, WrongNode):
            return key
        if isinstance(key, ScalarNode):
            self._mistakes.add(key, f"{shown(str(key.value))} has no value; write one, or leave it out")
            return WrongNode(key.line, key.column)
        self._mistakes.at(*self.position, "there is no value; write one, or leave it out")
        return WrongNode(*self.position)

    def _quoted(self, event: ScalarEvent, index: int) -> ScalarNode | WrongNode:
        (line, column), text, style = self.position, event.value, event.style
        if style in _BLOCKS:
            self._refuse_crowded_header(style, index)
        # Only an escape can write what no document may hold, and only double quotes have escapes.
        if style == '"' and (wrong := wrong_in_value(text)):
            self._mistakes.at(line, column, f"the text holds the character {wrong}, which no value may")
            return WrongNode(line, column)
        return ScalarNode(line, column, text, quoted=True)

    def _key(self, node: ScalarNode, entries: Mapping[str, Entry]) -> ScalarNode | WrongNode:
        name = node.value
        if not isinstance(name, str):
            self._mistakes.add(node, f"the key {str(name).lower()} is no text; put it in quotes")
        elif name in entries:
            before = self._mistakes.location(entries[name])
            self._mistakes.add(node, f"{shown(name)} is given twice, first at {before}")
        else:
            return node
        return WrongNode(node.line, node.column)

    def _put(self, node: Node) -> None:
        above = self._above
        if above is None:
            self._root = node
        elif above.entries is None:
            above.items.append(node)
        else:
            key, above.key = above.key, None
            if isinstance(key, ScalarNode):
                name = str(key.value)
                above.entries[name] = Entry(key.line, key.column, name, node)
