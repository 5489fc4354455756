"""The synchronization rules of a policy in JSON: the product's by name, custom ones in full."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from checker.acquire.guid import guid
from checker.acquire.strict_json import JsonNode
from checker.acquire.sync_rule import ENTRA_CONNECTOR, MemberClause, MemberExpression, RulePiece, SyncRule
from checker.model.facts import Reason, Source, SourceFormat, Unknown
from checker.model.location import Location

_Members = Mapping[str, JsonNode]


@dataclass(frozen=True, slots=True)
class PolicyRules:
    """The two parts of a policy that hold rules."""

    directory: _Members  # `azureDirectoryPolicy`
    forests: JsonNode  # `onpremisesDirectoryPolicy`


class _NotToldError(Exception):
    """A rule does not tell what it must tell."""

    def __init__(self, reason: Reason, message: str, node: JsonNode | None) -> None:
        super().__init__(message)
        self.reason, self.message, self.node = reason, message, node


def rule_piece(file: str, rules: PolicyRules | None) -> RulePiece:
    """Read all *rules*; one that cannot be told makes the set unknown, as does a policy without any rules."""
    if rules is None:
        lacking = _NotToldError(Reason.TRUNCATED, "The policy lacks the parts that hold its rules", None)
        return RulePiece(set=file, problem=_problem(file, lacking))
    try:
        return RulePiece(set=file, rules=tuple(_all_rules(file, rules)))
    except _NotToldError as error:
        return RulePiece(set=file, problem=_problem(file, error))


def _problem(file: str, error: _NotToldError) -> Unknown:
    place = Location(file, error.node.line, error.node.column) if error.node else Location(file)
    source = Source(SourceFormat.SYNCHRONIZATION_POLICY, place, "synchronization rules")
    return Unknown(error.reason, f"{error.message}, in '{place}'.", (source,))


def _all_rules(file: str, rules: PolicyRules) -> Iterator[SyncRule]:
    yield from _of_directory(file, rules.directory, ENTRA_CONNECTOR)
    for forest in _list(rules.forests, "onpremisesDirectoryPolicy"):
        members = _object(forest, "an entry of 'onpremisesDirectoryPolicy'")
        yield from _of_directory(file, members, _text(members, "uniqueIdentifier", forest).lower())


def _of_directory(file: str, members: _Members, connector: str) -> Iterator[SyncRule]:
    for key, standard in (("standardSynchronizationRules", True), ("customSynchronizationRules", False)):
        if key not in members:
            raise _NotToldError(Reason.TRUNCATED, f"A directory has no '{key}'", next(iter(members.values()), None))
        for node in _list(members[key], key):
            yield _rule(file, node, connector, standard=standard)


def _rule(file: str, node: JsonNode, connector: str, *, standard: bool) -> SyncRule:
    members = _object(node, "a rule")
    tag = _text(members, "immutableTag", node, default="")
    if tag.startswith("Microsoft.") is not standard:
        raise _NotToldError(Reason.AMBIGUOUS, f"The list of the rule and its tag '{tag}' do not agree", node)
    precedence = members.get("precedence")
    if precedence is None or not isinstance(precedence.value, int) or isinstance(precedence.value, bool):
        raise _NotToldError(Reason.TRUNCATED, "A rule has no 'precedence' that is a number", precedence or node)
    return SyncRule(
        identifier=_guid(members, "uniqueIdentifier", node),
        name=_text(members, "Name", node),
        tag=tag,
        standard=standard,
        outbound=_outbound(members, node, required=not standard),
        connector=connector,
        target=_text(members, "target", node, default="" if standard else None),
        disabled=_disabled(members),
        precedence=precedence.value,
        flows=not standard,
        expressions=() if standard else tuple(_expressions(file, members, node)),
        clauses=() if standard else tuple(_clauses(file, members, node)),
        location=Location(file, node.line, node.column),
    )


def _outbound(members: _Members, node: JsonNode, *, required: bool) -> bool | None:
    direction = _text(members, "direction", node, default=None if required else "").lower()
    if direction in ("inbound", "outbound"):
        return direction == "outbound"
    if direction:
        raise _NotToldError(Reason.UNPARSED, f"The direction '{direction}' is neither inbound nor outbound", node)
    return None


def _disabled(members: _Members) -> bool | None:
    node = members.get("disabled")
    if node is None or node.value is None:
        return None
    if not isinstance(node.value, bool):
        raise _NotToldError(Reason.WRONG_TYPE, "'disabled' of a rule is neither true nor false", node)
    return node.value


def _expressions(file: str, members: _Members, rule: JsonNode) -> Iterator[MemberExpression]:
    if "attributeMappings" not in members:
        raise _NotToldError(Reason.TRUNCATED, "A custom rule has no 'attributeMappings'", rule)
    for node in _list(members["attributeMappings"], "attributeMappings"):
        mapping = _object(node, "a mapping")
        if _text(mapping, "destination", node).lower() != "member":
            continue
        expression = mapping.get("expression")
        if expression is None or expression.value is None or expression.value == "":
            if _text(mapping, "flowType", node).lower() not in ("direct", "constant"):
                raise _NotToldError(Reason.TRUNCATED, "A mapping to 'member' lacks its expression", node)
            continue
        if not isinstance(expression.value, str):
            raise _NotToldError(Reason.WRONG_TYPE, "An expression is no text", expression)
        yield MemberExpression(text=expression.value, location=Location(file, expression.line, expression.column))


def _clauses(file: str, members: _Members, rule: JsonNode) -> Iterator[MemberClause]:
    if "scopeFilters" not in members:
        raise _NotToldError(Reason.TRUNCATED, "A custom rule has no 'scopeFilters'", rule)
    for group in _list(members["scopeFilters"], "scopeFilters"):
        for node in _list(group, "a group of 'scopeFilters'"):
            clause = _object(node, "a scope filter")
            if _text(clause, "attribute", node).lower() == "membercount":
                yield MemberClause(
                    operator=_text(clause, "condition", node),
                    value=_clause_value(clause, node),
                    location=Location(file, node.line, node.column),
                )


def _clause_value(clause: _Members, node: JsonNode) -> str:
    value = clause.get("value")
    if value is not None and isinstance(value.value, int) and not isinstance(value.value, bool):
        return str(value.value)
    return _text(clause, "value", node, default="")


def _guid(members: _Members, key: str, node: JsonNode) -> str:
    text = _text(members, key, node)
    try:
        return guid(text)
    except ValueError as error:
        raise _NotToldError(Reason.UNPARSED, f"'{key}': {error}", members[key]) from error


def _text(members: _Members, key: str, node: JsonNode, *, default: str | None = None) -> str:
    """Give the text *key*; where it is missing or empty the *default*, without which the rule is not told."""
    found = members.get(key)
    if found is not None and isinstance(found.value, str) and found.value:
        return found.value
    if found is not None and found.value is not None and found.value != "":
        raise _NotToldError(Reason.WRONG_TYPE, f"'{key}' of a rule is no text", found)
    if default is None:
        raise _NotToldError(Reason.TRUNCATED, f"A rule has no '{key}'", node)
    return default


def _list(node: JsonNode, what: str) -> tuple[JsonNode, ...]:
    if not isinstance(node.value, tuple):
        raise _NotToldError(Reason.WRONG_TYPE, f"'{what}' is no list", node)
    return node.value


def _object(node: JsonNode, what: str) -> _Members:
    if not isinstance(node.value, dict):
        raise _NotToldError(Reason.WRONG_TYPE, f"There is no object where {what} belongs", node)
    return node.value
