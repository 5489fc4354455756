"""PowerShell read by an independent grammar: whether a script is well formed, and what it would run where."""

from __future__ import annotations

from collections.abc import Iterator

import tree_sitter_pwsh
from tree_sitter import Language, Node, Parser

_PARSER = Parser(Language(tree_sitter_pwsh.language()))


def parsed(script: str) -> Node:
    """Parse *script*, as it is without the mark at its beginning, which is no part of the language."""
    return _PARSER.parse(script.removeprefix("\ufeff").encode("utf-8", "surrogatepass")).root_node


def walk(node: Node) -> Iterator[Node]:
    """Give *node* and all below it."""
    yield node
    for child in node.children:
        yield from walk(child)


def mistakes(script: str) -> list[str]:
    """Give what the grammar does not understand."""
    return [
        f"{node.type} in line {node.start_point.row + 1}: {text(node)[:80]}"
        for node in walk(parsed(script))
        if node.is_error or node.is_missing
    ]


def text(node: Node) -> str:
    """Give the source of *node*."""
    assert node.text is not None
    return node.text.decode("utf-8", "replace")


def commands(node: Node) -> list[str]:
    """Name the commands that stand in *node*, in order, each as often as it stands there."""
    return [text(one) for one in walk(node) if one.type == "command_name"]


def branches(script: str) -> tuple[Node, Node]:
    """Give the two blocks of the one statement that asks for -Apply: without it, and with it."""
    found = [
        node
        for node in walk(parsed(script))
        if node.type == "if_statement" and "-not $Apply" in text(node.children[2]) + text(node.children[1])
    ]
    (statement,) = found
    blocks = [child for child in statement.children if child.type == "statement_block"]
    (otherwise,) = (child for child in statement.children if child.type == "else_clause")
    return blocks[0], otherwise


def outside(script: str, *nodes: Node) -> str:
    """Give *script* without *nodes*."""
    source = script.removeprefix("\ufeff").encode("utf-8", "surrogatepass")
    for node in sorted(nodes, key=lambda one: -one.start_byte):
        source = source[: node.start_byte] + b"{}" + source[node.end_byte :]
    return source.decode("utf-8", "surrogatepass")
