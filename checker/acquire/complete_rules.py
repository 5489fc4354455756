"""
A set of synchronization rules that is known to be whole.

The rules that every server of a build has, enabled or not, are the only proof that no file of the set is missing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from checker.acquire.sync_rule import RulePiece, SyncRule
from checker.model.facts import Fact, Known, Reason, Source, SourceFormat, Unknown, known_version
from checker.model.location import Location
from checker.model.values import Value
from checker.model.version import Version

WRITEUP_EXISTS = Version.parse("1.6.2.4")
"""From this build on the member limit has a standard rule of its own; before, Group Join carries it."""

_GROUP_JOIN = re.compile(r"Microsoft\.OuttoAADGroupJoin\.[0-9]+", re.IGNORECASE)
_WRITEUP = re.compile(r"Microsoft\.OuttoAADGroupWriteupMemberLimit\.[0-9]+", re.IGNORECASE)
_NAMES = {_GROUP_JOIN: "Out to AAD - Group Join", _WRITEUP: "Out to AAD - Group Writeup Member Limit"}


class UntoldError(Exception):
    """A fact over the set cannot be told, and why."""

    def __init__(self, unknown: Unknown) -> None:
        """Keep *unknown*, which becomes the fact."""
        super().__init__(unknown.detail)
        self.unknown = unknown


@dataclass(frozen=True, slots=True)
class RuleSet:
    """All rules of one set, each once, in the order of precedence."""

    rules: tuple[SyncRule, ...]
    version: Version | None
    format: SourceFormat

    def source(self, location: Location | None = None, item: str = "") -> Source:
        """Name what a fact rests on: a place of its own, else the first file of the set."""
        first = min(rule.location for rule in self.rules)
        return Source(self.format, location or first, item or f"{len(self.rules)} synchronization rules")

    def known(self, value: Value, first: Location | None = None) -> Known:
        """State *value*, which stands at the place *first*."""
        return Known(value, self.source(first))


def complete(pieces: Sequence[RulePiece], version: Fact, format_: SourceFormat) -> RuleSet:
    """
    Bring the *pieces* of one set together; *version* is the product's, which says what rules there must be.

    Raises:
        UntoldError: a rule could not be told, contradicts itself, or is missing.
    """
    problems = [piece.problem for piece in pieces if piece.problem]
    if problems:
        first, *rest = sorted(problems, key=lambda one: one.detail)
        more = f" {len(rest)} more rules of the set cannot be told either." if rest else ""
        sources = tuple(source for one in (first, *rest) for source in one.sources)
        raise UntoldError(Unknown(first.reason, f"{first.detail}{more}", sources))
    told = sorted((rule for piece in pieces for rule in piece.rules), key=_order)
    if not told:
        places = tuple(Source(format_, Location(piece.set)) for piece in pieces[:1])
        raise UntoldError(Unknown(Reason.TRUNCATED, "The set of synchronization rules is empty.", places))
    rules = RuleSet(tuple(_each_once(told, format_)), known_version(version), format_)
    _expect_standard_rules(rules)
    return rules


def _order(rule: SyncRule) -> tuple[int, str, Location]:
    return rule.precedence, rule.identifier, rule.location


def _each_once(rules: Iterable[SyncRule], format_: SourceFormat) -> Iterator[SyncRule]:
    """Give each rule once; the same identifier with another content is a contradiction."""
    by_identifier: dict[str, SyncRule] = {}
    for rule in rules:
        other = by_identifier.setdefault(rule.identifier, rule)
        if other is rule:
            yield rule
        elif _content(other) != _content(rule):
            places = (Source(format_, other.location), Source(format_, rule.location))
            detail = (
                f"The synchronization rule '{rule.identifier}' stands in '{other.location}' and in '{rule.location}', "
                "with different contents."
            )
            raise UntoldError(Unknown(Reason.CONFLICTING, detail, places))


def _content(rule: SyncRule) -> SyncRule:
    nowhere = Location("")
    return replace(
        rule,
        expressions=tuple(replace(one, location=nowhere) for one in rule.expressions),
        clauses=tuple(replace(one, location=nowhere) for one in rule.clauses),
        location=nowhere,
    )


def _expect_standard_rules(rules: RuleSet) -> None:
    """Refuse a set that lacks a standard rule which every server of its build has, enabled or not."""
    lacking = [_NAMES[tag] for tag in _NAMES if not _tagged(rules, tag)]
    before = rules.version is not None and rules.version < WRITEUP_EXISTS
    if not lacking or (before and lacking == [_NAMES[_WRITEUP]]):
        return
    needed = f"the standard rule '{lacking[0]}' is missing"
    if rules.version is None and lacking == [_NAMES[_WRITEUP]]:
        needed += f", which every build from {WRITEUP_EXISTS} on has, and the product version is not known"
    raise UntoldError(
        Unknown(Reason.TRUNCATED, f"The set of synchronization rules is not complete: {needed}.", (rules.source(),))
    )


def _tagged(rules: RuleSet, tag: re.Pattern[str]) -> list[SyncRule]:
    return [rule for rule in rules.rules if tag.fullmatch(rule.tag)]


def carriers(rules: RuleSet) -> list[SyncRule]:
    """Give the standard rule that carries the member limit of this build; more than one only in a broken set."""
    before = rules.version is not None and rules.version < WRITEUP_EXISTS
    return _tagged(rules, _GROUP_JOIN if before else _WRITEUP)
