"""Synchronization rules for the tests, and the facts over sets of them."""

from __future__ import annotations

from dataclasses import replace

from checker.acquire.rule_set import facts_of_rules
from checker.acquire.sync_rule import ENTRA_CONNECTOR, MemberClause, MemberExpression, RulePiece, SyncRule
from checker.model.catalogue import facts_in
from checker.model.facts import Fact, Known, Reason, Source, SourceFormat, Unknown
from checker.model.location import Location
from checker.model.version import Version

FORMAT = SourceFormat.SERVER_CONFIGURATION
SOURCE = Source(FORMAT, Location("export/connector.xml", 9))
OLD, NEW = Known(Version.parse("1.5.45.0"), SOURCE), Known(Version.parse("1.6.2.4"), SOURCE)
LOST = Unknown(Reason.NOT_IN_SOURCE, "No connector.")
SET_FACTS = tuple(name for name in facts_in(FORMAT) if name.startswith(("rules.", "groups.")))


def expression(number: int, file: str = "a.xml", line: int = 20) -> MemberExpression:
    """Give the product's expression with the limit *number*."""
    text = f'IIF((ValueCount("member")> {number}),Error("x"),IgnoreThisFlow)'
    return MemberExpression(text=text, location=Location(file, line))


def clause(operator: str, value: str, file: str = "a.xml", line: int = 40) -> MemberClause:
    """Give a scope clause on `memberCount`."""
    return MemberClause(operator=operator, value=value, location=Location(file, line))


JOIN = SyncRule(
    identifier="00000000-0000-0000-0000-0000000000aa",
    name="Out to AAD - Group Join",
    tag="Microsoft.OuttoAADGroupJoin.006",
    standard=True,
    outbound=True,
    connector=ENTRA_CONNECTOR,
    target="group",
    disabled=False,
    precedence=139,
    expressions=(expression(50000),),
    location=Location("a.xml"),
)
WRITEUP = replace(
    JOIN,
    identifier="00000000-0000-0000-0000-0000000000bb",
    name="Out to AAD - Group Writeup Member Limit",
    tag="Microsoft.OuttoAADGroupWriteupMemberLimit.003",
    precedence=137,
    expressions=(expression(250000, "b.xml"),),
    location=Location("b.xml"),
)
CUSTOM = replace(
    JOIN,
    identifier="00000000-0000-0000-0000-0000000000cc",
    name="Mine",
    tag="",
    standard=False,
    precedence=50,
    expressions=(expression(200000, "c.xml"),),
    location=Location("c.xml"),
)
BARE_JOIN = replace(JOIN, expressions=())


def derive(*rules: SyncRule, version: Fact = OLD, format_: SourceFormat = FORMAT) -> dict[str, Fact]:
    """Derive the facts of *rules*, each from a file of its own."""
    pieces = [RulePiece(set="export", rules=(rule,)) for rule in rules]
    return facts_of_rules(pieces, version, format_)


def limits(facts: dict[str, Fact]) -> list[tuple[object, object, object]]:
    """Give rule, kind and number of each limit."""
    fact = facts["groups.member_limits"]
    assert isinstance(fact, Known)
    assert isinstance(fact.value, tuple)
    return [(record.get("name"), record.get("via"), record.get("limit")) for record in fact.value]


def names_in(fact: Fact) -> list[object]:
    """Give the names of the rules in a list fact."""
    assert isinstance(fact, Known)
    assert isinstance(fact.value, tuple)
    return [record.get("name") for record in fact.value]


def reason(fact: Fact) -> Reason | None:
    """Give why a fact is unknown."""
    return fact.reason if isinstance(fact, Unknown) else None
