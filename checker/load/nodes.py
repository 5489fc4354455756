"""
What a YAML document is made of once it was read strictly: typed values that know where they stand.

NOTE: nodes are not frozen, unlike all else. A large policy has a hundred thousand of them, and it takes four times as
long to make a frozen one. Nobody changes them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(slots=True, eq=False)
class ScalarNode:
    """A single value; only `true`, `false` and plain decimal integers are anything but text."""

    line: int
    column: int
    value: bool | int | str
    quoted: bool  # whether it stood in quotes, or in a block of its own


@dataclass(slots=True, eq=False)
class ListNode:
    """Values in order."""

    line: int
    column: int
    items: tuple[Node, ...]


@dataclass(slots=True, eq=False)
class Entry:
    """A key of a mapping and its value."""

    line: int
    column: int
    name: str
    value: Node


@dataclass(slots=True, eq=False)
class MappingNode:
    """Values by name, in the order of the document; no name stands in it twice."""

    line: int
    column: int
    entries: Mapping[str, Entry]


@dataclass(slots=True, eq=False)
class WrongNode:
    """A place whose mistake was already told; whoever meets it says nothing more."""

    line: int
    column: int


Node = ScalarNode | ListNode | MappingNode | WrongNode
Place = Node | Entry


def entry_of(node: Node, name: str) -> Entry | None:
    """Give the entry of that *name*; None where there is none, or *node* is no mapping."""
    return node.entries.get(name) if isinstance(node, MappingNode) else None


def text_of(entry: Entry | None) -> tuple[str, ScalarNode] | None:
    """Give the text that an *entry* holds, and its place; None where it holds none."""
    match entry:
        case Entry(value=ScalarNode(value=str() as text) as node):
            return text, node
        case _:
            return None
