"""The objects of `Get-ADSyncRule` as synchronization rules."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from checker.acquire.cmdlet_objects import CmdletValue, NotToldError, list_of, object_of, scalar_of
from checker.acquire.guid import guid
from checker.acquire.sync_rule import MemberClause, MemberExpression, RulePiece, SyncRule
from checker.model.facts import Reason
from checker.model.location import Location
from checker.model.values import FactType

_DIRECTIONS = ((0, "Inbound"), (1, "Outbound"))
_FLOW_TYPES = ((0, "Direct"), (1, "Constant"), (2, "Expression"))
_OPERATORS = tuple(
    enumerate(
        (
            "EQUAL", "NOTEQUAL", "LESSTHAN", "LESSTHAN_OR_EQUAL", "CONTAINS", "NOTCONTAINS", "STARTSWITH",
            "NOTSTARTSWITH", "ENDSWITH", "NOTENDSWITH", "GREATERTHAN", "GREATERTHAN_OR_EQUAL", "ISNULL", "ISNOTNULL",
            "ISIN", "ISNOTIN", "ISBITSET", "ISBITNOTSET", "ISMEMBEROF", "ISNOTMEMBEROF",
        )
    )
)  # fmt: skip

_STANDARD = "Microsoft."
"""How the immutable tag of every rule of the product starts; custom rules have none."""


def looks_like_rule(value: CmdletValue) -> bool:
    """Whether *value* is an object of `Get-ADSyncRule`, whole or not."""
    mapped = value.has("AttributeFlowMappings") or (value.has("ImmutableTag") and value.has("Precedence"))
    return value.is_a("SynchronizationRule") or mapped or value.has("Precedence", "Direction", "Connector")


def rule_piece(file: str, values: Sequence[CmdletValue]) -> RulePiece:
    """Read all rules of a dump; one that cannot be told makes the set unknown."""
    try:
        return RulePiece(set=file, rules=tuple(_rule(file, object_of(value, "a rule")) for value in values))
    except NotToldError as error:
        return RulePiece(set=file, problem=error.unknown(file, "Get-ADSyncRule"))


def _rule(file: str, value: CmdletValue) -> SyncRule:
    tag = _tag(value)
    standard = tag.startswith(_STANDARD)
    declared = value.get("IsStandardRule")
    if declared is not None and scalar_of(declared, FactType.BOOLEAN, "IsStandardRule") is not standard:
        raise NotToldError(Reason.AMBIGUOUS, f"'IsStandardRule' and the immutable tag '{tag}' do not agree", declared)
    precedence = scalar_of(_property(value, "Precedence"), FactType.INTEGER, "Precedence")
    return SyncRule(
        identifier=_guid(value, "Identifier"),
        name=_text(value, "Name"),
        tag=tag,
        standard=standard,
        outbound=scalar_of(_property(value, "Direction"), FactType.TEXT, "Direction", words=_DIRECTIONS) == "Outbound",
        connector=_guid(value, "Connector"),
        target=_text(value, "TargetObjectType"),
        disabled=scalar_of(_property(value, "Disabled"), FactType.BOOLEAN, "Disabled") is True,
        precedence=precedence if isinstance(precedence, int) else 0,
        expressions=tuple(_expressions(file, value)),
        clauses=tuple(_clauses(file, value)),
        location=Location(file, value.line, value.column),
    )


def _tag(value: CmdletValue) -> str:
    """Give the immutable tag: an object with the tag in it, or the tag itself where it was selected; empty for none."""
    tag = _property(value, "ImmutableTag")
    if tag.content is None or tag.content == "":
        return ""
    if isinstance(tag.content, str):
        return _tag_text(tag)
    inner = _property(object_of(tag, "ImmutableTag"), "TagValue")
    return "" if inner.content is None or inner.content == "" else _tag_text(inner)


def _tag_text(value: CmdletValue) -> str:
    text = scalar_of(value, FactType.TEXT, "ImmutableTag")
    assert isinstance(text, str)  # noqa: S101 - it was asked for as text
    return text


def _expressions(file: str, rule: CmdletValue) -> Iterator[MemberExpression]:
    for one in list_of(_property(rule, "AttributeFlowMappings"), "AttributeFlowMappings"):
        mapping = object_of(one, "an entry of AttributeFlowMappings")
        if _text(mapping, "Destination").lower() != "member":
            continue
        flow = scalar_of(_property(mapping, "FlowType"), FactType.TEXT, "FlowType", words=_FLOW_TYPES)
        expression = _property(mapping, "Expression")
        if expression.content is None or expression.content == "":
            if flow == "Expression":
                raise NotToldError(Reason.TRUNCATED, "A mapping to 'member' lacks its expression", expression)
            continue
        text = scalar_of(expression, FactType.TEXT, "Expression")
        yield MemberExpression(text=str(text), location=Location(file, expression.line, expression.column))


def _clauses(file: str, rule: CmdletValue) -> Iterator[MemberClause]:
    for group in list_of(_property(rule, "ScopeFilter"), "ScopeFilter"):
        conditions = _property(object_of(group, "an entry of ScopeFilter"), "ScopeConditionList")
        for one in list_of(conditions, "ScopeConditionList"):
            condition = object_of(one, "an entry of ScopeConditionList")
            if _text(condition, "Attribute").lower() != "membercount":
                continue
            operator = _property(condition, "ComparisonOperator")
            yield MemberClause(
                operator=str(scalar_of(operator, FactType.TEXT, "ComparisonOperator", words=_OPERATORS)),
                value=_compared(_property(condition, "ComparisonValue")),
                location=Location(file, condition.line, condition.column),
            )


def _compared(value: CmdletValue) -> str:
    """Give what a condition compares with, as text; nothing where the operator needs nothing."""
    if value.content is None or value.content == "":
        return ""
    if isinstance(value.content, int) and not isinstance(value.content, bool):
        return str(value.content)
    return str(scalar_of(value, FactType.TEXT, "ComparisonValue"))


def _property(value: CmdletValue, name: str) -> CmdletValue:
    found = value.get(name)
    if found is None:
        raise NotToldError(Reason.TRUNCATED, f"An object of a rule has no property '{name}'", value)
    return found


def _text(value: CmdletValue, name: str) -> str:
    return str(scalar_of(_property(value, name), FactType.TEXT, name))


def _guid(value: CmdletValue, name: str) -> str:
    found = _property(value, name)
    try:
        return guid(str(scalar_of(found, FactType.TEXT, name)))
    except ValueError as error:
        raise NotToldError(Reason.UNPARSED, f"'{name}' is not understood: {error}", found) from error
