"""
The synchronization rules of a running server, by pipelines of cmdlets.

What lies deep in a rule arrives in pipelines of its own, and is put back by the identifier of the rule. A mapping that
is lost between them could be the limit that matters, and nothing in what is left would show it. So the server counts
what it has, in further pipelines, and a number that differs makes the whole set unknown.

NOTE: a list that is null on the server counts as empty, for `-ExpandProperty` gives nothing for both. The product's own
lists are never null.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from checker.acquire.cmdlet_objects import CmdletValue
from checker.acquire.guid import guid
from checker.acquire.live.conversation import Conversation, count_in, partial, text_in
from checker.acquire.live.pipelines import (
    CONDITION_COUNT,
    CONDITION_TOTAL,
    CONDITIONS,
    FLOW_COUNT,
    FLOWS,
    RULE_COUNT,
    RULES,
)
from checker.acquire.live.question import Question

_Rows = Sequence[CmdletValue]


def read_rules(conversation: Conversation) -> tuple[CmdletValue, ...]:
    """
    Give all rules, each with its mappings to `member` and its scope conditions on `memberCount`.

    Raises:
        NotAnsweredError: something is lost, or may be.
    """
    rules = conversation.values(RULES)
    there = conversation.number(RULE_COUNT)
    if not rules or there != len(rules):
        raise partial(RULES, f"{len(rules)} rules arrived, and the server counts {there}.")
    by_identifier = {identifier_of(RULES, rule): rule for rule in rules}
    if len(by_identifier) != len(rules):
        raise partial(RULES, "Two rules have the same identifier.")
    flows = conversation.values(FLOWS)
    if not flows:
        raise partial(FLOWS, "No rule maps 'member', and on every server one does.")
    _compare(FLOWS, flows, _counts(conversation, FLOW_COUNT), "member")
    conditions = conversation.values(CONDITIONS)
    _compare(CONDITIONS, conditions, _condition_counts(conversation), "membercount")
    flows_of = rows_by_owner(FLOWS, flows, by_identifier)
    conditions_of = rows_by_owner(CONDITIONS, conditions, by_identifier)
    known = _kinds_are_told(rules)
    return tuple(
        _whole(rule, flows_of[identifier], conditions_of[identifier], keep_kind=known)
        for identifier, rule in by_identifier.items()
    )


def identifier_of(question: Question, value: CmdletValue) -> str:
    """
    Give the identifier of the object that *value* is, or belongs to.

    Raises:
        NotAnsweredError: it has none.
    """
    try:
        return guid(text_in(value, "Identifier"))
    except ValueError as error:
        raise partial(question, "An object has no identifier.") from error


def rows_by_owner(
    question: Question, rows: _Rows, owners: Mapping[str, CmdletValue]
) -> Mapping[str, tuple[CmdletValue, ...]]:
    """
    Sort *rows* by the object that each belongs to.

    Raises:
        NotAnsweredError: one belongs to none of *owners*, which are therefore not all.
    """
    found: dict[str, list[CmdletValue]] = {identifier: [] for identifier in owners}
    for row in rows:
        identifier = identifier_of(question, row)
        if identifier not in found:
            raise partial(question, f"It tells of {identifier}, which is not among the objects that arrived.")
        found[identifier].append(row)
    return {identifier: tuple(own) for identifier, own in found.items()}


def _counts(conversation: Conversation, question: Question) -> Counter[str]:
    """Give how many there are of each name, in lower case."""
    counts: Counter[str] = Counter()
    for group in conversation.values(question):
        name, number = text_in(group, "Name").casefold(), count_in(group)
        if not name or not number:
            raise partial(question, "Not every one of them has a name and a number.")
        counts[name] += number
    return counts


def _condition_counts(conversation: Conversation) -> Counter[str]:
    """Give how many conditions there are on each attribute; that there is none at all must be said by a number."""
    counts = _counts(conversation, CONDITION_COUNT)
    if not counts and conversation.number(CONDITION_TOTAL):
        raise partial(CONDITION_COUNT, "There are scope conditions, and they were not counted.")
    return counts


def _compare(question: Question, rows: _Rows, counts: Counter[str], name: str) -> None:
    if counts[name] != len(rows):
        raise partial(question, f"{len(rows)} of them arrived, and the server counts {counts[name]}.")


def _kinds_are_told(rules: _Rows) -> bool:
    """Whether the build tells standard rules from custom ones; a build that does not has null in every rule."""
    kinds = [rule.get("IsStandardRule") for rule in rules]
    return any(kind is None or kind.content is not None for kind in kinds)


def _whole(rule: CmdletValue, flows: _Rows, conditions: _Rows, *, keep_kind: bool) -> CmdletValue:
    """Put *rule* together as the product has it."""
    content = dict(rule.content) if isinstance(rule.content, Mapping) else {}
    if not keep_kind:
        del content["isstandardrule"]
    group = _value({"scopeconditionlist": _value(tuple(conditions))})
    return _value({**content, "attributeflowmappings": _value(tuple(flows)), "scopefilter": _value((group,))})


def _value(content: tuple[CmdletValue, ...] | Mapping[str, CmdletValue]) -> CmdletValue:
    return CmdletValue(content, 1, 1)
