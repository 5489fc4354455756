"""
What a PowerShell script could do, by its syntax tree alone.

Everything through which a script acts is listed: commands with their words, types, attributes, members that are called
or read, what is assigned and what is read beyond its own variables. What the walk has no name for, such as a call whose
target is computed, is a danger by itself: kinds of syntax that no script of ours needs are not known to it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from tree_sitter import Node

from tests.report.powershell import parsed, text, walk

_HARMLESS = frozenset(
    {
        "additive_expression", "argument_expression", "argument_expression_list",
        "argument_list", "array_expression", "array_literal_expression", "assignment_operator", "assignment_value",
        "attribute", "attribute_argument", "attribute_arguments", "attribute_list", "braced_variable",
        "cast_expression", "catch_clause", "catch_clauses", "catch_type_list", "command_argument_sep",
        "command_elements", "command_name", "command_parameter", "comment", "comparison_expression",
        "comparison_operator", "decimal_integer_literal", "element_access", "else_clause", "elseif_clause",
        "elseif_clauses", "expandable_string_literal", "expression_with_unary_operator", "flow_control_statement",
        "foreach_statement", "function_statement", "generic_token", "hash_entry", "hash_literal_body",
        "hash_literal_expression", "if_statement", "integer_literal", "key_expression", "left_assignment_expression",
        "logical_expression", "member_name", "param_block", "parameter_list", "parenthesized_expression", "pipeline",
        "pipeline_chain", "program", "requires_argument", "requires_argument_group", "requires_directive_list",
        "requires_keyword", "script_block", "script_block_body", "script_parameter", "script_parameter_default",
        "simple_name", "statement_block", "statement_list", "string_literal", "sub_expression", "try_statement",
        "type_identifier", "type_name", "type_spec", "unary_expression", "verbatim_string_characters",
        "variable", "while_condition", "while_statement", "array_type_name", "real_literal",
    }
)  # fmt: skip
"""Kinds of nodes that do nothing by themselves; what acts below them is looked at for itself."""

_DEMANDS = ("#Requires -Version 5.1", "#Requires -RunAsAdministrator")
"""All that a script of ours demands before it runs; another demand could load a module."""


@dataclass
class Reach:
    """Everything through which one script acts."""

    commands: set[str] = field(default_factory=set)
    calls: set[str] = field(default_factory=set)  # commands with all their words
    types: set[str] = field(default_factory=set)
    attributes: set[str] = field(default_factory=set)
    static: set[str] = field(default_factory=set)  # `[Type]::Member`, called or read
    methods: set[str] = field(default_factory=set)  # called on a value
    properties: set[str] = field(default_factory=set)  # read of a value
    assigned: set[str] = field(default_factory=set)  # targets of assignments that are no variable of the script
    places: set[str] = field(default_factory=set)  # variables that are none of the script's own, such as $env:PATH
    functions: set[str] = field(default_factory=set)  # that it defines
    dangers: list[str] = field(default_factory=list)  # what cannot be told from the text


def reach_of(script: str) -> Reach:
    """Walk over *script*."""
    found = Reach()
    for node in walk(parsed(script)):
        if node.is_error or node.is_missing:
            _warn(found, node, "not understood")
        elif node.is_named:
            _look(node, found)
    return found


def _warn(found: Reach, node: Node, why: str) -> None:
    found.dangers.append(f"line {node.start_point.row + 1}: {why}: {text(node)[:60]}")


def _look(node: Node, found: Reach) -> None:
    match node.type:
        case "command":
            _command(node, found)
        case "type_literal":
            found.types.add(text(node).strip("[]").lower())
        case "attribute_name":
            found.attributes.add(text(node).lower())
        case "invocation_expression" | "member_access":
            _member(node, found, called=node.type == "invocation_expression")
        case "assignment_expression":
            _assignment(node, found)
        case "function_name":
            _function(node, found)
        case "variable" if ":" in text(node):
            found.places.add(text(node))
        case kind:
            _rest(node, kind, found)


def _rest(node: Node, kind: str, found: Reach) -> None:
    """Look at what has no meaning by itself, and is a danger in some places."""
    if kind == "requires_statement":
        if text(node) not in _DEMANDS:
            _warn(found, node, "a demand")
    elif kind not in _HARMLESS:
        _warn(found, node, kind)
    elif kind == "argument_list" and (node.parent is None or node.parent.type != "invocation_expression"):
        # NOTE: among the words of a command, PowerShell calls `$x.Delete()`, and the grammar sees a property there.
        _warn(found, node, "a call among words")
    elif kind == "comparison_operator" and text(node).lower() == "-as":
        # NOTE: it makes an object of a type that a text names, and making one can write.
        _warn(found, node, "a computed type")
    elif kind == "comment" and re.match(r"#\s*requires", text(node), re.IGNORECASE):
        _warn(found, node, "a demand that PowerShell follows wherever it stands")


def _command(node: Node, found: Reach) -> None:
    names = [child for child in node.children if child.type == "command_name"]
    operators = [child for child in node.children if child.type == "command_invocation_operator"]
    splats = [child for child in walk(node) if child.type == "variable" and text(child).startswith("@")]
    if len(names) != 1 or operators or splats:
        _warn(found, node, "a call whose target or words are computed")
    for name in names:
        found.commands.add(text(name))
        found.calls.add(text(node))
        if any(one.type != "command_name" and one.is_named for one in name.children):
            _warn(found, name, "a computed name")


def _member(node: Node, found: Reach, *, called: bool) -> None:
    target, names = node.children[0], [child for child in node.children if child.type == "member_name"]
    if len(names) != 1 or [child.type for child in names[0].children] != ["simple_name"]:
        _warn(found, node, "a computed member")
        return
    name = text(names[0])
    if any(child.type == "::" for child in node.children):
        if target.type != "type_literal":
            _warn(found, node, "a computed type")
            return
        found.static.add(f"{text(target).lower()}::{name}")
    else:
        (found.methods if called else found.properties).add(name)


def _assignment(node: Node, found: Reach) -> None:
    """Find what is assigned to; whatever is no plain variable is listed, also an entry of a table."""
    target = place = node.children[0]
    while place.type in ("left_assignment_expression", "unary_expression") and place.children:
        place = place.children[0] if len(place.children) == 1 else place.children[-1]
    if place.type != "variable" or ":" in text(place) or text(place) != text(target):
        found.assigned.add(text(target))


def _function(node: Node, found: Reach) -> None:
    found.functions.add(text(node))
    if ":" in text(node):
        _warn(found, node, "a function for others")
    whole = node.parent
    kind = text(whole.children[0]) if whole and whole.children else ""
    if kind.lower() != "function":
        _warn(found, node, f"a {kind}")
    # NOTE: a function that stands in a block is there only once that block ran; a call could mean the command before.
    place = whole.parent if whole else None
    if place is None or place.type != "statement_list" or place.parent is None or place.parent.type != "program":
        _warn(found, node, "a function that may not be there")


def lines_of(reach: Reach) -> Iterator[str]:
    """Give all of *reach* as text, for a message of a test."""
    for name in ("calls", "types", "attributes", "static", "methods", "properties", "assigned", "places"):
        yield f"{name}: {', '.join(sorted(getattr(reach, name)))}"
