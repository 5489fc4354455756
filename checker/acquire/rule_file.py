"""A file of the folder `SynchronizationRules`: one synchronization rule."""

from __future__ import annotations

from collections.abc import Iterator

from checker.acquire.global_parameters import parse_net_boolean
from checker.acquire.guid import guid
from checker.acquire.sample import UnreadableError
from checker.acquire.sync_rule import MemberClause, MemberExpression, SyncRule
from checker.acquire.xml_element import filled, misread, only, text_of
from checker.acquire.xml_tree import Node
from checker.model.facts import Reason
from checker.model.location import Location
from checker.model.values import FactType, parse_scalar

RULE_ROOT = "synchronizationRule"

_STANDARD_TAG = "microsoft."
_CUSTOM_PRECEDENCES = range(100)
_MEMBER, _MEMBER_COUNT = "member", "membercount"


def read_rule(root: Node, file: str) -> SyncRule:
    """
    Read the rule of *root*, completely or not at all: what it lacks could be what limits the members.

    Raises:
        UnreadableError: something that every rule has is missing, stands there twice, or is not understood.
    """
    precedence = _precedence(root)
    tag = _tag(root, precedence)
    standard = tag.lower().startswith(_STANDARD_TAG)
    for part in ("attribute-mappings", "synchronizationCriteria"):
        if not any(root.all(part)):
            raise UnreadableError(
                f"The rule has no '{part}'.", line=root.line, column=root.column, reason=Reason.TRUNCATED
            )
    return SyncRule(
        identifier=_guid(root, "id"),
        name=text_of(filled(root.all("name"), "name", root)),
        tag=tag,
        standard=standard,
        outbound=_outbound(root),
        connector=_guid(root, "connector"),
        target=text_of(filled(root.all("targetObjectType"), "targetObjectType", root)),
        disabled=_disabled(root),
        precedence=precedence,
        expressions=tuple(_expressions(root, file, standard=standard)),
        clauses=tuple(_clauses(root, file)),
        location=_place(root, file),
    )


def _place(node: Node, file: str) -> Location:
    return Location(file, node.line, node.column)


def _precedence(root: Node) -> int:
    node = filled(root.all("precedence"), "precedence", root)
    try:
        value = parse_scalar(text_of(node), FactType.INTEGER)
    except ValueError as error:
        raise misread(node, error) from error
    assert isinstance(value, int)  # noqa: S101 - that is what was asked for
    return value


def _tag(root: Node, precedence: int) -> str:
    """
    Give the immutable tag, which custom rules do not have: the element is empty.

    NOTE: a missing element is taken for an empty one only where the precedence is that of a custom rule. Otherwise a
    rule of the product would turn into a custom one just because a line of its file was lost.
    """
    nodes = list(root.all("immutable-tag"))
    if not nodes and precedence in _CUSTOM_PRECEDENCES:
        return ""
    return text_of(only(nodes, "immutable-tag", root))


def _guid(root: Node, tag: str) -> str:
    node = filled(root.all(tag), tag, root)
    try:
        return guid(text_of(node))
    except ValueError as error:
        raise misread(node, error) from error


def _outbound(root: Node) -> bool:
    node = filled(root.all("direction"), "direction", root)
    match text_of(node).lower():
        case "outbound":
            return True
        case "inbound":
            return False
        case _:
            raise misread(node, ValueError(f"{text_of(node)!r} is neither 'Inbound' nor 'Outbound'"))


def _disabled(root: Node) -> bool:
    node = filled(root.all("disabled"), "disabled", root)
    try:
        return parse_net_boolean(text_of(node))
    except ValueError as error:
        raise misread(node, error) from error


def _expressions(root: Node, file: str, *, standard: bool) -> Iterator[MemberExpression]:
    """
    Give the expressions of the mappings to `member`.

    NOTE: the file does not tell a mapping that lets the members flow as they are from one whose expression was lost.
    Many rules of the product have such a mapping; in a custom rule it gives an empty expression, which is understood
    by no one.
    """
    for mapping in root.below("mapping"):
        destination = filled(mapping.all("dest"), "dest", mapping)
        if text_of(destination).lower() != _MEMBER:
            continue
        expressions = list(mapping.below("expression"))
        if expressions:
            expression = only(expressions, "expression", mapping)
            yield MemberExpression(text=text_of(expression), location=_place(expression, file))
        elif not standard:
            yield MemberExpression(text="", location=_place(mapping, file))


def _clauses(root: Node, file: str) -> Iterator[MemberClause]:
    """Give the scope clauses on `memberCount`."""
    for criteria in root.all("synchronizationCriteria"):
        for scope in criteria.below("scope"):
            attribute = filled(scope.all("csAttribute"), "csAttribute", scope)
            operator = filled(scope.all("csOperator"), "csOperator", scope)
            value = only(scope.all("csValue"), "csValue", scope)
            if text_of(attribute).lower() == _MEMBER_COUNT:
                yield MemberClause(operator=text_of(operator), value=text_of(value), location=_place(operator, file))
