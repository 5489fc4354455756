"""
What a PowerShell script could do, by its syntax tree alone.

Everything through which a script acts is listed: commands, types, members that are called or read, properties that are
assigned, redirections. What the walk has no name for, such as a call whose target is computed, is a danger by itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from tree_sitter import Node

from tests.report.powershell import parsed, text, walk

_HARMLESS = frozenset(
    {
        "program", "statement_list", "pipeline", "pipeline_chain", "logical_expression", "bitwise_expression",
        "comparison_expression", "additive_expression", "multiplicative_expression", "format_expression",
        "range_expression", "array_literal_expression", "unary_expression", "expression_with_unary_operator",
        "parenthesized_expression", "sub_expression", "array_expression", "hash_literal_expression",
        "hash_literal_body", "hash_entry", "key_expression", "element_access", "cast_expression", "variable",
        "string_literal", "verbatim_string_characters", "expandable_string_literal", "integer_literal",
        "decimal_integer_literal", "simple_name", "member_name", "argument_list", "argument_expression_list",
        "argument_expression", "command_name", "command_elements", "command_argument_sep", "command_parameter",
        "generic_token", "type_spec", "type_name", "type_identifier", "array_type_name", "left_assignment_expression",
        "assignment_operator", "assignment_value", "comparison_operator", "format_operator", "function_statement",
        "function_name", "param_block", "parameter_list", "script_parameter", "script_parameter_default",
        "attribute_list", "attribute", "attribute_arguments", "attribute_argument", "attribute_name", "script_block",
        "script_block_body", "named_block_list", "statement_block", "if_statement", "elseif_clauses", "elseif_clause",
        "else_clause", "while_statement", "while_condition", "foreach_statement", "flow_control_statement",
        "try_statement", "catch_clauses", "catch_clause", "catch_type_list", "comment", "empty_statement",
        "logical_argument_expression", "bitwise_argument_expression", "comparison_argument_expression",
        "additive_argument_expression", "multiplicative_argument_expression", "format_argument_expression",
        "range_argument_expression", "file_redirection_operator", "dimension",
        "braced_variable",
    }
)  # fmt: skip
"""Kinds of nodes that do nothing by themselves; what acts below them is looked at for itself."""


@dataclass
class Reach:
    """Everything through which one script acts."""

    commands: set[str] = field(default_factory=set)
    types: set[str] = field(default_factory=set)
    static: set[str] = field(default_factory=set)  # `[Type]::Member`, called or read
    methods: set[str] = field(default_factory=set)  # called on a value
    properties: set[str] = field(default_factory=set)  # read of a value
    assigned: set[str] = field(default_factory=set)  # targets of assignments that are no variable of the script
    functions: set[str] = field(default_factory=set)  # that it defines
    dangers: list[str] = field(default_factory=list)  # what cannot be told from the text


def reach_of(script: str) -> Reach:
    """Walk over *script*."""
    found = Reach()
    # NOTE: this one line demands a version and does nothing; any other such line could load a module.
    root = parsed(script.removeprefix("#Requires -Version 5.1\n"))
    for node in walk(root):
        if node.is_error or node.is_missing:
            found.dangers.append(f"line {node.start_point.row + 1}: not understood: {text(node)[:60]}")
        elif node.is_named:
            _look(node, found)
    return found


def _look(node: Node, found: Reach) -> None:
    match node.type:
        case "command":
            _command(node, found)
        case "type_literal":
            found.types.add(text(node).strip("[]").lower())
        case "invocation_expression":
            _member(node, found, called=True)
        case "member_access":
            _member(node, found, called=False)
        case "assignment_expression":
            _assignment(node, found)
        case "function_name":
            found.functions.add(text(node))
        case kind:
            if kind not in _HARMLESS:
                found.dangers.append(f"line {node.start_point.row + 1}: {kind}: {text(node)[:60]}")


def _command(node: Node, found: Reach) -> None:
    names = [child for child in node.children if child.type == "command_name"]
    operators = [child for child in node.children if child.type == "command_invocation_operator"]
    splats = [child for child in walk(node) if child.type == "variable" and text(child).startswith("@")]
    if len(names) != 1 or operators or splats:
        found.dangers.append(
            f"line {node.start_point.row + 1}: a call whose target or words are computed: {text(node)[:60]}"
        )
    for name in names:
        found.commands.add(text(name))
        if any(one.type != "command_name" and one.is_named for one in name.children):
            found.dangers.append(f"line {node.start_point.row + 1}: a computed name: {text(name)[:60]}")


def _member(node: Node, found: Reach, *, called: bool) -> None:
    target, names = node.children[0], [child for child in node.children if child.type == "member_name"]
    if len(names) != 1 or [child.type for child in names[0].children] != ["simple_name"]:
        found.dangers.append(f"line {node.start_point.row + 1}: a computed member: {text(node)[:60]}")
        return
    name = text(names[0])
    if any(child.type == "::" for child in node.children):
        if target.type != "type_literal":
            found.dangers.append(f"line {node.start_point.row + 1}: a computed type: {text(node)[:60]}")
            return
        found.static.add(f"{text(target).lower()}::{name}")
    else:
        (found.methods if called else found.properties).add(name)


def _assignment(node: Node, found: Reach) -> None:
    """Find what is assigned to: the value left of every index, whatever stands in the index."""
    target = place = node.children[0]
    while place.type not in ("member_access", "variable") and place.children:
        place = place.children[0]
    if place.type != "variable" or ":" in text(place):
        found.assigned.add(text(target))


def lines_of(reach: Reach) -> Iterator[str]:
    """Give all of *reach* as text, for a message of a test."""
    for name in ("commands", "types", "static", "methods", "properties", "assigned"):
        yield f"{name}: {', '.join(sorted(getattr(reach, name)))}"
