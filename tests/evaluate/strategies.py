"""Random rules and facts for properties: odd values, wrong types, holes, and rules that do not fit their facts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

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


def scalars(kind: FactType | None = None) -> st.SearchStrategy[Scalar]:
    """Give values of *kind*, or of any."""
    kinds = tuple(SCALARS) if kind is None else (kind,)
    return st.sampled_from([value for one in kinds for value in SCALARS[one]])


def mostly(usual: st.SearchStrategy[Value], odd: st.SearchStrategy[Value]) -> st.SearchStrategy[Value]:
    """Give an odd value one time in six or so."""
    return st.one_of(usual, usual, usual, usual, usual, odd)


def constraints(kind: FactType) -> st.SearchStrategy[Constraint]:
    """Give constraints of which most fit a scalar of *kind*."""
    fitting: list[st.SearchStrategy[Constraint]] = [
        st.builds(Equals, scalars(kind)),
        st.builds(OneOf, st.lists(scalars(kind), min_size=1, max_size=3).map(tuple)),
        st.builds(Equals, scalars()),  # of any type: the loader would refuse it
    ]
    bound = kind if kind in ORDERED else FactType.INTEGER
    fitting += [st.builds(AtLeast, scalars(bound)), st.builds(AtMost, scalars(bound))]
    if kind is FactType.TEXT:
        fitting += [st.builds(Matches, st.sampled_from(PATTERNS)), st.builds(Empty, st.booleans())]
    return st.one_of(fitting)


def each(name: str) -> st.SearchStrategy[Constraint]:
    """Give an `each` over one or two fields of the records of *name*."""
    fields = [
        st.tuples(st.just(field), st.lists(constraints(kind), min_size=1, max_size=2).map(tuple))
        for field, kind in CATALOGUE[name].field_types.items()
    ]
    return st.builds(Each, st.lists(st.one_of(fields), min_size=1, max_size=2).map(tuple))


@st.composite
def expectations(draw: st.DrawFn, name: str | None, kind: FactType) -> Expectation:
    """Give an expectation of the fact *name*, or of a parameter; now and then one that does not fit."""
    absent = draw(st.sampled_from(AbsentMode))
    one: st.SearchStrategy[Constraint]
    if kind is FactType.RECORDS:
        one = st.one_of(st.builds(Empty, st.booleans()), each(name or "groups.member_limits"))
    else:
        one = mostly_fitting(constraints(kind))
    fewest = 0 if absent is AbsentMode.REQUIRED else 1
    return Expectation(constraints=tuple(draw(st.lists(one, min_size=fewest, max_size=2))), absent=absent)


def mostly_fitting(fitting: st.SearchStrategy[Constraint]) -> st.SearchStrategy[Constraint]:
    """Give an `each`, which no scalar fits, one time in six or so."""
    return st.one_of(fitting, fitting, fitting, fitting, fitting, each("groups.member_limits"))


@st.composite
def conditions(draw: st.DrawFn) -> Condition:
    """Give a condition on a fact or on a parameter."""
    if draw(st.booleans()):
        name = draw(st.sampled_from(NAMES))
        return FactCondition(fact=name, expectation=draw(expectations(name, CATALOGUE[name].type)))
    value = draw(scalars())
    kind = next(kind for kind, values in SCALARS.items() if any(value is one for one in values))
    return ParameterCondition(parameter="parameter", value=value, expectation=draw(expectations(None, kind)))


@st.composite
def rules(draw: st.DrawFn, id_: str = "AADC0001") -> Rule:
    """Give a rule with up to three cases and up to two conditions each."""
    name = draw(st.sampled_from(NAMES))
    kind = CATALOGUE[name].type
    when = st.lists(conditions(), min_size=1, max_size=2).map(tuple)
    branches = [
        Case(expectation=draw(expectations(name, kind)), when=draw(when))
        for _ in range(draw(st.sampled_from((0, 0, 0, 1, 2))))
    ]
    return Rule(
        id=id_,
        title="A random rule",
        severity=draw(st.sampled_from(Severity)),
        fact=name,
        cases=(*branches, Case(expectation=draw(expectations(name, kind)))),
        when=draw(st.one_of(st.just(()), when)),
        policy="random",
        location=Location("random.yaml", 3, 5),
    )


def sources() -> st.SearchStrategy[Source]:
    """Give places in files, and one that is no file."""
    places = st.one_of(st.none(), st.builds(Location, st.just("export.xml"), st.integers(1, 9)))
    return st.builds(Source, st.sampled_from(SourceFormat), places)


@st.composite
def records(draw: st.DrawFn, name: str) -> Record:
    """Give an entry of the fact *name*; now and then a field is missing, of another type, or strange to it."""
    fields: list[tuple[str, Scalar]] = []
    for spec in CATALOGUE[name].fields:
        usual = st.sampled_from(spec.values) if spec.values else scalars(spec.type)
        value = draw(st.one_of(usual, usual, usual, usual, scalars(), st.none()))
        if value is not None:
            fields.append((spec.name, value))
    if draw(st.sampled_from((False, False, False, True))):
        fields.append(("strange", draw(scalars())))
    return Record(
        tuple(fields), draw(st.one_of(st.none(), st.builds(Location, st.just("rule.xml"), st.integers(1, 9))))
    )


def values(name: str) -> st.SearchStrategy[Value]:
    """Give values of which most are what the catalogue says of the fact *name*."""
    spec = CATALOGUE[name]
    entries = st.lists(records(name if spec.fields else "groups.member_limits"), max_size=3).map(tuple)
    if spec.type is FactType.RECORDS:
        return mostly(entries, scalars())
    usual = st.sampled_from(spec.values) if spec.values else scalars(spec.type)
    return mostly(usual, st.one_of(scalars(), entries))


def unknowns() -> st.SearchStrategy[Unknown]:
    """Give unknown facts for every reason but a bug of the checker."""
    reasons = st.sampled_from([reason for reason in Reason if reason is not Reason.INTERNAL])
    return st.builds(Unknown, reasons, st.sampled_from(("", "Why.", "why")), st.lists(sources(), max_size=2).map(tuple))


def facts(name: str) -> st.SearchStrategy[Fact]:
    """Give the fact *name*, most often known."""
    known = st.builds(Known, values(name), sources(), st.sampled_from(("", "By the version.")))
    return st.one_of(
        known, known, known, st.builds(Absent, sources(), st.sampled_from(("", "It says so."))), unknowns()
    )


@st.composite
def fact_sets(draw: st.DrawFn, server: str = "SRV1") -> FactSet:
    """Give the facts of one server; some were mentioned by no source."""
    named = draw(st.sets(st.sampled_from(NAMES), min_size=len(NAMES) - 3))
    return FactSet(server=server, facts={name: draw(facts(name)) for name in NAMES if name in named})
