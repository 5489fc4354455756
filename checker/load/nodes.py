"""What a YAML document is made of once it was read strictly: typed values that know where they stand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ScalarNode:
    """A single value; only `true`, `false` and plain decimal integers are anything but text."""

    line: int
    column: int
    value: bool | int | str
    quoted: bool  # whether it stood in quotes, or in a block of its own


@dataclass(frozen=True, slots=True)
class ListNode:
    """Values in order."""

    line: int
    column: int
    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """A key of a mapping and its value."""

    line: int
    column: int
    name: str
    value: Node


@dataclass(frozen=True, slots=True)
class MappingNode:
    """Values by name, in the order of the document; no name stands in it twice."""

    line: int
    column: int
    entries: Mapping[str, Entry]


@dataclass(frozen=True, slots=True)
class WrongNode:
    """A place whose mistake was already told; whoever meets it says nothing more."""

    line: int
    column: int


Node = ScalarNode | ListNode | MappingNode | WrongNode
Place = Node | Entry
