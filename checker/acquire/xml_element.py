"""The one element that should hold a value; whatever else is found in its place has a reason and a line."""

from __future__ import annotations

from collections.abc import Iterable

from checker.acquire.sample import UnreadableError
from checker.acquire.xml_tree import Node
from checker.model.facts import Reason

_BLANKS = " \t\r\n"


def text_of(node: Node) -> str:
    """Give the text of *node* without the blanks around it."""
    return node.text.strip(_BLANKS)


def only(nodes: Iterable[Node], what: str, within: Node) -> Node:
    """
    Give the one element of *nodes*, those named *what* below *within*; of several that say the same, the first.

    Raises:
        UnreadableError: there is none, there are several that differ, or it holds further elements.
    """
    found = list(nodes)
    if not found:
        message = f"The element '{within.tag}' has no '{what}'."
        raise UnreadableError(message, line=within.line, column=within.column, reason=Reason.TRUNCATED)
    first = found[0]
    for node in found:
        if node.children:
            raise UnreadableError(
                f"The element '{what}' holds elements, not a value.", line=node.line, column=node.column
            )
        if text_of(node) != text_of(first):
            raise UnreadableError(
                f"The element '{what}' stands there {len(found)} times, with '{text_of(first)}' and '{text_of(node)}'.",
                line=node.line,
                column=node.column,
                reason=Reason.CONFLICTING,
            )
    return first


def filled(nodes: Iterable[Node], what: str, within: Node) -> Node:
    """
    Give the one element of *nodes* as `only` does, which must not be empty.

    Raises:
        UnreadableError: see `only`; or it is empty.
    """
    node = only(nodes, what, within)
    if not text_of(node):
        message = f"The element '{what}' is empty."
        raise UnreadableError(message, line=node.line, column=node.column, reason=Reason.TRUNCATED)
    return node


def misread(node: Node, error: ValueError) -> UnreadableError:
    """Say that the text of *node* was not understood."""
    return UnreadableError(f"The element '{node.tag}' is not understood: {error}.", line=node.line, column=node.column)
