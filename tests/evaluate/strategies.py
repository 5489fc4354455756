"""Random rules and facts for properties: odd values, wrong types, holes, and rules that do not fit their facts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import cache
from typing import TypeVar

from hypothesis import strategies as st

from checker.model.catalogue import CATALOGUE
from checker.model.facts import Absent, Fact, FactSet, Known, Reason, Source, SourceFormat, Unknown
from checker.model.location import Location
from checker.model.policy import (
    AbsentMode,
    AtLeast,
    AtMost,
    Case,
    Condition,
    Constraint,
    Each,
    Empty,
    Equals,
    Expectation,
    FactCondition,
    Matches,
    OneOf,
    ParameterCondition,
    Rule,
    Severity,
)
from checker.model.values import FactType, Record, Scalar, Value
from checker.model.version import Version

T = TypeVar("T")

NAMES = (
    "endpoint.export_api_version",
    "scheduler.suspended",
    "tenant.id",
    "tenant.cloud",
    "product.version",
    "scheduler.effective_sync_interval",
    "scheduler.next_sync_start",
    "groups.member_limits",
    "rules.standard_rules_disabled",
)
"""At least one fact of each type, two of them with closed values somewhere."""

LISTS = tuple(name for name in NAMES if CATALOGUE[name].type is FactType.RECORDS)
"""Those of them that are lists of records."""

# Few values of each type, so that a random fact often is what a random rule expects: `True` beside `1` beside "1".
SCALARS: dict[FactType, tuple[Scalar, ...]] = {
    FactType.INTEGER: (-1, 0, 1, 2, 50001, 250000),
    FactType.BOOLEAN: (True, False),
    FactType.TEXT: ("", "1", "2", "true", "scope", "commercial", "germany", "a\nb", "'", "a" * 4096, "a" * 4097),
    FactType.VERSION: tuple(map(Version.parse, ("1", "1.0.0.0", "1.5.30.0", "1.10", "2.5.79.0"))),
    FactType.DURATION: (timedelta(0), timedelta(minutes=30), timedelta(days=7), timedelta(days=-1)),
    FactType.TIMESTAMP: (datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 10, 6, 12, tzinfo=UTC)),
}
ORDERED = (FactType.INTEGER, FactType.VERSION, FactType.DURATION, FactType.TIMESTAMP)
PATTERNS = ("a*", "[0-9]", "commercial|scope", ".+", "true$")


@cache
def scalars(kind: FactType | None = None) -> st.SearchStrategy[Scalar]:
    """Give values of *kind*, or of any."""
    kinds = tuple(SCALARS) if kind is None else (kind,)
    return st.sampled_from([value for one in kinds for value in SCALARS[one]])


def mostly(usual: st.SearchStrategy[T], odd: st.SearchStrategy[T]) -> st.SearchStrategy[T]:
    """Give something odd one time in twelve or so; `one_of` would not weigh its branches."""
    return st.sampled_from((False,) * 11 + (True,)).flatmap(lambda rare: odd if rare else usual)


@cache
def constraints(kind: FactType) -> st.SearchStrategy[Constraint]:
    """Give constraints of which most fit a scalar of *kind*."""
    fitting: list[st.SearchStrategy[Constraint]] = [
        st.builds(Equals, scalars(kind)),
        st.builds(OneOf, st.lists(scalars(kind), min_size=1, max_size=3).map(tuple)),
    ]
    if kind in ORDERED:
        fitting += [st.builds(AtLeast, scalars(kind)), st.builds(AtMost, scalars(kind))]
    if kind is FactType.TEXT:
        fitting += [st.builds(Matches, st.sampled_from(PATTERNS)), st.builds(Empty, st.booleans())]
    odd = st.one_of(st.builds(Equals, scalars()), st.builds(AtLeast, scalars(FactType.INTEGER)))
    return mostly(st.one_of(fitting), odd)


@cache
def each(name: str) -> st.SearchStrategy[Constraint]:
    """Give an `each` over one or two fields of the records of *name*."""
    fields = [
        st.tuples(st.just(field), st.lists(constraints(kind), min_size=1, max_size=2).map(tuple))
        for field, kind in CATALOGUE[name].field_types.items()
    ]
    return st.builds(Each, st.lists(st.one_of(fields), min_size=1, max_size=2).map(tuple))


@cache
@st.composite
def expectations(draw: st.DrawFn, name: str | None, kind: FactType) -> Expectation:
    """Give an expectation of the fact *name*, or of a parameter; now and then one that does not fit."""
    absent = draw(st.sampled_from(AbsentMode))
    fewest = 0 if absent is AbsentMode.REQUIRED else 1
    return Expectation(constraints=draw(_several(name or "groups.member_limits", kind, fewest)), absent=absent)


@cache
def _several(name: str, kind: FactType, fewest: int) -> st.SearchStrategy[tuple[Constraint, ...]]:
    if kind is FactType.RECORDS:
        one = st.one_of(st.builds(Empty, st.booleans()), each(name))
    else:
        one = mostly(constraints(kind), each("groups.member_limits"))
    return st.lists(one, min_size=fewest, max_size=2).map(tuple)


@cache
@st.composite
def conditions(draw: st.DrawFn) -> Condition:
    """Give a condition on a fact or on a parameter."""
    if draw(st.booleans()):
        name = draw(st.sampled_from(NAMES))
        return FactCondition(fact=name, expectation=draw(expectations(name, CATALOGUE[name].type)))
    value = draw(scalars())
    kind = next(kind for kind, values in SCALARS.items() if any(value is one for one in values))
    return ParameterCondition(parameter="parameter", value=value, expectation=draw(expectations(None, kind)))


@cache
def _when() -> st.SearchStrategy[tuple[Condition, ...]]:
    return st.lists(conditions(), min_size=1, max_size=2).map(tuple)


@cache
@st.composite
def rules(draw: st.DrawFn, id_: str = "AADC0001", among: tuple[str, ...] = NAMES) -> Rule:
    """Give a rule on one of the facts *among*, with up to three cases and up to two conditions each."""
    name = draw(st.sampled_from(among))
    kind = CATALOGUE[name].type
    branches = [
        Case(expectation=draw(expectations(name, kind)), when=draw(_when()))
        for _ in range(draw(st.sampled_from((0, 0, 0, 1, 2))))
    ]
    return Rule(
        id=id_,
        title="A random rule",
        severity=draw(st.sampled_from(Severity)),
        fact=name,
        cases=(*branches, Case(expectation=draw(expectations(name, kind)))),
        when=draw(_when()) if draw(st.booleans()) else (),
        policy="random",
        location=Location("random.yaml", 3, 5),
    )


@cache
def sources() -> st.SearchStrategy[Source]:
    """Give places in files, and one that is no file."""
    places = (None, Location("export.xml", 2, 5), Location("export.reg", 8))
    return st.sampled_from([Source(kind, place) for kind in SourceFormat for place in places])


@cache
def _fields(kind: FactType, listed: tuple[str, ...]) -> st.SearchStrategy[Scalar | None]:
    usual = st.sampled_from(listed) if listed else scalars(kind)
    return mostly(usual, st.one_of(scalars(), st.none()))


@cache
@st.composite
def records(draw: st.DrawFn, name: str) -> Record:
    """Give an entry of the fact *name*; now and then a field is missing, of another type, or strange to it."""
    fields: list[tuple[str, Scalar]] = []
    for spec in CATALOGUE[name].fields:
        value = draw(_fields(spec.type, spec.values))
        if value is not None:
            fields.append((spec.name, value))
    if draw(st.sampled_from((False, False, False, True))):
        fields.append(("strange", draw(scalars())))
    return Record(
        tuple(fields), draw(st.one_of(st.none(), st.builds(Location, st.just("rule.xml"), st.integers(1, 9))))
    )


@cache
def values(name: str) -> st.SearchStrategy[Value]:
    """Give values of which most are what the catalogue says of the fact *name*."""
    spec = CATALOGUE[name]
    entries = st.lists(records(name if spec.fields else "groups.member_limits"), max_size=3).map(tuple)
    if spec.type is FactType.RECORDS:
        return mostly(entries, scalars())
    usual = st.sampled_from(spec.values) if spec.values else scalars(spec.type)
    return mostly(usual, st.one_of(scalars(), entries))


@cache
def unknowns() -> st.SearchStrategy[Unknown]:
    """Give unknown facts for every reason but a bug of the checker."""
    reasons = st.sampled_from([reason for reason in Reason if reason is not Reason.INTERNAL])
    return st.builds(Unknown, reasons, st.sampled_from(("", "Why.", "why")), st.lists(sources(), max_size=2).map(tuple))


@cache
def facts(name: str) -> st.SearchStrategy[Fact]:
    """Give the fact *name*, most often known."""
    known = st.builds(Known, values(name), sources(), st.sampled_from(("", "By the version.")))
    return st.one_of(
        known, known, known, st.builds(Absent, sources(), st.sampled_from(("", "It says so."))), unknowns()
    )


def names_in(rule: Rule) -> list[str]:
    """Name the facts that *rule* speaks of, in a fixed order."""
    every = (*rule.when, *(condition for case in rule.cases for condition in case.when))
    return sorted({rule.fact} | {condition.fact for condition in every if isinstance(condition, FactCondition)})


@st.composite
def fact_sets(draw: st.DrawFn, names: list[str], server: str = "SRV1") -> FactSet:
    """Give the facts *names* of one server; now and then no source mentioned one."""
    named = [name for name in names if draw(_MENTIONED)]
    return FactSet(server=server, facts={name: draw(facts(name)) for name in named})


_MENTIONED = st.sampled_from((True,) * 9 + (False,))


@st.composite
def judged(draw: st.DrawFn, among: tuple[str, ...] = NAMES) -> tuple[Rule, FactSet]:
    """Give a rule on one of the facts *among*, and a server with the facts that the rule speaks of."""
    rule = draw(rules(among=among))
    return rule, draw(fact_sets(names_in(rule)))


@st.composite
def matrices(draw: st.DrawFn) -> tuple[list[Rule], list[FactSet]]:
    """Give three rules, and two servers with the facts that they speak of."""
    chosen = [draw(rules(f"AADC000{number}")) for number in (1, 2, 3)]
    names = sorted({name for rule in chosen for name in names_in(rule)})
    return chosen, [draw(fact_sets(names, server)) for server in ("SRV1", "SRV2")]
