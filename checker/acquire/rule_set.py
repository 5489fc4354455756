"""
Facts over a whole set of synchronization rules.

They hold only for all rules together: one that is missing, or was not understood, could be the one that matters.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from checker.acquire.complete_rules import RuleSet, UntoldError, carriers, complete
from checker.acquire.member_limit import limit_of_clause, limit_of_expression
from checker.acquire.sync_rule import ENTRA_CONNECTOR, MemberClause, MemberExpression, RulePiece, SyncRule
from checker.model.catalogue import CATALOGUE, facts_in
from checker.model.facts import Absent, Fact, Known, Reason, SourceFormat, Unknown
from checker.model.location import Location
from checker.model.values import Record

_CUSTOM_PRECEDENCES = range(100)
_NO_LIMIT = CATALOGUE["groups.member_limit"].absence


@dataclass(frozen=True, slots=True)
class _Limit:
    """An expression or a clause that limits the members, with what it was understood as."""

    rule: SyncRule
    via: str
    text: str
    limit: int | None
    location: Location


def facts_of_rules(pieces: Sequence[RulePiece], version: Fact, format_: SourceFormat) -> dict[str, Fact]:
    """
    Give all facts over one set of rules, read from all its *pieces*; *version* is the product's.

    What the format cannot hold is unknown as not in the source; what the set should hold and does not makes all of
    them unknown.
    """
    names = tuple(name for name in facts_in(format_) if name in _FACTS)
    try:
        rules = complete(pieces, version, format_)
    except UntoldError as error:
        return dict.fromkeys(names, error.unknown)
    return {name: _told(_FACTS[name], rules) for name in names}


def _told(derive: Callable[[RuleSet], Fact], rules: RuleSet) -> Fact:
    try:
        return derive(rules)
    except UntoldError as error:
        return error.unknown


def _not_told(rules: RuleSet, rule: SyncRule) -> UntoldError:
    detail = f"This format does not tell enough of the synchronization rule '{rule.name}'."
    return UntoldError(Unknown(Reason.NOT_IN_SOURCE, detail, (rules.source(rule.location, rule.name),)))


def _in_force(rules: RuleSet, candidates: Iterable[SyncRule]) -> Iterator[SyncRule]:
    """Give the rules of *candidates* that decide which groups, with which members, reach Entra."""
    for rule in candidates:
        signs = (
            rule.outbound,
            None if rule.disabled is None else not rule.disabled,
            rule.connector == ENTRA_CONNECTOR if rule.connector else None,
            rule.target.lower() == "group" if rule.target else None,
        )
        if False in signs:
            continue
        if None in signs or not rule.flows:
            raise _not_told(rules, rule)
        yield rule


def _limits(rules: RuleSet) -> tuple[_Limit, ...]:
    """Give all limits in force, understood or not, by precedence, identifier, kind and place."""
    found: list[_Limit] = []
    for rule in _in_force(rules, rules.rules):
        if not rule.expressions and rule in carriers(rules):
            detail = f"The standard rule '{rule.name}' carries the member limit, and has no expression for 'member'."
            raise UntoldError(Unknown(Reason.TRUNCATED, detail, (rules.source(rule.location, rule.name),)))
        found += [_of_expression(rule, one) for one in rule.expressions]
        found += [_of_clause(rule, one) for one in rule.clauses]
    return tuple(sorted(found, key=lambda one: (one.rule.precedence, one.rule.identifier, one.via, one.location)))


def _of_expression(rule: SyncRule, one: MemberExpression) -> _Limit:
    return _Limit(rule, "expression", one.text or "(no expression)", limit_of_expression(one.text), one.location)


def _of_clause(rule: SyncRule, one: MemberClause) -> _Limit:
    text = f"memberCount {one.operator} {one.value}".strip()
    return _Limit(rule, "scope", text, limit_of_clause(one.operator, one.value), one.location)


def limits_of_custom_rules(
    pieces: Sequence[RulePiece], version: Fact, format_: SourceFormat
) -> frozenset[tuple[str, str, str]] | None:
    """
    Give what the custom rules of one set limit: rule, kind, and limit or text; None where the set cannot tell.

    Every format that tells rules tells custom rules in full, so that sets can be held against each other by them.
    """
    try:
        rules = complete(pieces, version, format_)
        custom = list(_in_force(rules, (rule for rule in rules.rules if not rule.standard)))
    except UntoldError:
        return None
    limits = [_of_expression(rule, one) for rule in custom for one in rule.expressions]
    limits += [_of_clause(rule, one) for rule in custom for one in rule.clauses]
    return frozenset((one.rule.identifier, one.via, str(one.limit or one.text)) for one in limits)


def _understood(rules: RuleSet) -> list[tuple[int, _Limit]]:
    limits = _limits(rules)
    strange = [one for one in limits if one.limit is None]
    if strange:
        where = ", ".join(f"'{one.text}' in '{one.location}'" for one in strange)
        sources = tuple(rules.source(one.location, one.rule.name) for one in strange)
        raise UntoldError(Unknown(Reason.UNPARSED, f"What limits the members is not understood: {where}.", sources))
    return [(one.limit, one) for one in limits if one.limit is not None]


def _member_limits(rules: RuleSet) -> Fact:
    understood = _understood(rules)
    records = tuple(
        Record.of(
            one.location,
            rule=one.rule.identifier,
            name=one.rule.name,
            precedence=one.rule.precedence,
            standard=one.rule.standard,
            via=one.via,
            limit=limit,
        )
        for limit, one in understood
    )
    return rules.known(records, records[0].location) if records else Absent(rules.source(), _NO_LIMIT)


def _member_limit(rules: RuleSet) -> Fact:
    understood = _understood(rules)
    if not understood:
        return Absent(rules.source(), _NO_LIMIT)
    limit, lowest = min(understood, key=lambda pair: pair[0])
    return Known(limit, rules.source(lowest.location, lowest.rule.name))


def _member_limit_unparsed(rules: RuleSet) -> Fact:
    records = tuple(
        Record.of(one.location, rule=one.rule.identifier, name=one.rule.name, via=one.via, text=one.text)
        for one in _limits(rules)
        if one.limit is None
    )
    return rules.known(records, records[0].location if records else None)


def _custom_member_limit_rules(rules: RuleSet) -> Fact:
    custom = (rule for rule in rules.rules if not rule.standard)
    return _records(rules, [rule for rule in _in_force(rules, custom) if rule.expressions or rule.clauses])


def _standard_disabled(rules: RuleSet) -> Fact:
    found = carriers(rules)
    states = {rule.disabled for rule in found}
    if None in states:
        raise _not_told(rules, found[0])
    if len(states) > 1:
        names = ", ".join(f"'{rule.tag}'" for rule in found)
        sources = tuple(rules.source(rule.location, rule.name) for rule in found)
        return Unknown(Reason.AMBIGUOUS, f"Several rules ({names}) are the one that carries the limit.", sources)
    return Known(True in states, rules.source(found[0].location, found[0].name))


def _custom_rule_count(rules: RuleSet) -> Fact:
    custom = [rule.location for rule in rules.rules if not rule.standard]
    return rules.known(len(custom), min(custom, default=None))


def _standard_rules_disabled(rules: RuleSet) -> Fact:
    standard = [rule for rule in rules.rules if rule.standard]
    for rule in standard:
        if rule.disabled is None:
            raise _not_told(rules, rule)
    return _records(rules, [rule for rule in standard if rule.disabled])


def _custom_rules_outside(rules: RuleSet) -> Fact:
    custom = (rule for rule in rules.rules if not rule.standard)
    return _records(rules, [rule for rule in custom if rule.precedence not in _CUSTOM_PRECEDENCES])


def _records(rules: RuleSet, found: Sequence[SyncRule]) -> Known:
    records = tuple(
        Record.of(rule.location, rule=rule.identifier, name=rule.name, precedence=rule.precedence) for rule in found
    )
    return rules.known(records, found[0].location if found else None)


def _duplicate_precedence(rules: RuleSet) -> Fact:
    by_precedence: dict[int, list[SyncRule]] = defaultdict(list)
    for rule in rules.rules:
        by_precedence[rule.precedence].append(rule)
    records = tuple(
        Record.of(
            same[0].location,
            precedence=precedence,
            rules=", ".join(rule.identifier for rule in same),
            names=", ".join(rule.name for rule in same),
        )
        for precedence, same in by_precedence.items()
        if len(same) > 1
    )
    return rules.known(records, records[0].location if records else None)


_FACTS: dict[str, Callable[[RuleSet], Fact]] = {
    "groups.member_limits": _member_limits,
    "groups.member_limit": _member_limit,
    "groups.member_limit_unparsed": _member_limit_unparsed,
    "groups.custom_member_limit_rules": _custom_member_limit_rules,
    "groups.member_limit_rule_standard_disabled": _standard_disabled,
    "rules.custom_rule_count": _custom_rule_count,
    "rules.standard_rules_disabled": _standard_rules_disabled,
    "rules.custom_rules_outside_0_99": _custom_rules_outside,
    "rules.duplicate_precedence": _duplicate_precedence,
}
