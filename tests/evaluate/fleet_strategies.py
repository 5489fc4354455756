"""Random fleets and waivers for properties: tenants in several spellings, holes, and servers that nobody can place."""

from __future__ import annotations

from datetime import date
from functools import cache

from hypothesis import strategies as st

from checker.evaluate.fleet import Member
from checker.model.catalogue import CATALOGUE
from checker.model.facts import FactSet, Known
from checker.model.location import Location
from checker.model.policy import (
    AllEqual,
    AtLeast,
    AtMost,
    Count,
    Equals,
    ExactlyOne,
    Expectation,
    FactCondition,
    FleetExpectation,
    Rule,
    Scope,
    Severity,
)
from checker.model.waiver import Waiver, WaiverFile
from tests.evaluate.made import SOURCE, waiver_file, where_fact, where_parameter
from tests.evaluate.strategies import expectations, fact_sets

GUID = "11111111-2222-3333-4444-555555555555"
TENANTS = ("contoso.example", "Contoso.example", "fabrikam.example", "contoso.example", GUID, "", "unknown")
SERVERS = ("SRV1", "SRV2", "SRV3", "SRV4")
FEW = ("scheduler.suspended", "tenant.cloud", "endpoint.export_api_version", "groups.member_limits")
"""Facts of few values, so that random servers often agree."""

_NUMBERS = st.integers(0, 4)
_BOUNDS = st.one_of(st.builds(Equals, _NUMBERS), st.builds(AtLeast, _NUMBERS), st.builds(AtMost, _NUMBERS))


def fleet_expectations() -> st.SearchStrategy[FleetExpectation]:
    """Give every kind of expectation of a fleet."""
    counts = st.builds(Count, st.lists(_BOUNDS, min_size=1, max_size=2).map(tuple))
    return st.one_of(st.just(ExactlyOne()), st.just(AllEqual()), counts)


@cache
@st.composite
def _where(draw: st.DrawFn) -> FactCondition:
    if draw(st.booleans()):
        return where_fact("scheduler.suspended", Equals(draw(st.booleans())))
    name = draw(st.sampled_from(FEW))
    return FactCondition(fact=name, expectation=draw(expectations(name, CATALOGUE[name].type)))


@st.composite
def fleet_rules(draw: st.DrawFn, id_: str = "AADC0201") -> Rule:
    """Give a fleet rule, now and then one that is turned off, or that parameters keep from applying."""
    expected = draw(fleet_expectations())
    fewest = 0 if isinstance(expected, AllEqual) else 1
    where = tuple(draw(st.lists(_where(), min_size=fewest, max_size=2)))
    when = (where_parameter("several", draw(st.sampled_from((True, True, False, 1))), Equals(True)),)
    return Rule(
        id=id_,
        title="A random fleet rule",
        severity=draw(st.sampled_from((Severity.INFO, Severity.HIGH, Severity.HIGH))),
        fact=draw(st.sampled_from(FEW)) if fewest == 0 else where[0].fact,
        cases=(),
        when=when if draw(st.sampled_from((False, False, True))) else (),
        scope=Scope.FLEET,
        where=where,
        fleet=expected,
        disabled=draw(st.sampled_from(("",) * 8 + ("Not here.",))),
        policy="random",
        location=Location("random.yaml", 3, 5),
    )


@st.composite
def members(draw: st.DrawFn, names: tuple[str, ...] = FEW) -> list[Member]:
    """Give up to four servers, most of one tenant, with facts of which many agree."""
    chosen = draw(st.integers(1, 4))
    fleet: list[Member] = []
    for server in SERVERS[:chosen]:
        whole = draw(fact_sets(list(names), server))
        common = {
            name: _COMMON[name] for name in names if name in _COMMON and draw(st.sampled_from((True, True, False)))
        }
        tenant = draw(st.sampled_from(("contoso.example",) * 8 + TENANTS))
        fleet.append(Member(server, tenant, FactSet(server=server, facts={**whole.facts, **common})))
    return fleet


_COMMON = {
    "scheduler.suspended": Known(False, SOURCE),
    "tenant.cloud": Known("commercial", SOURCE),
    "endpoint.export_api_version": Known(2, SOURCE),
}


@st.composite
def waivers(draw: st.DrawFn, among: tuple[Rule, ...]) -> Waiver:
    """Give a waiver of one of the rules *among*, of which most are in force, and some speak of a value."""
    broad = draw(st.sampled_from((False, False, True)))
    rule = draw(st.sampled_from(among))
    names = (*SERVERS, "srv1", *(("*", "*", "SRV?") if broad else ()))
    tenants = ("contoso.example", "CONTOSO.example", "fabrikam.example", GUID, *(("*", "c*") if broad else ()))
    fewest = 1 if rule.fleet is None else 0
    return Waiver(
        rule=draw(st.sampled_from((rule.id,) * 9 + ("AADC9999", *(("AADC*",) * 4 if broad else ())))),
        servers=tuple(draw(st.lists(st.sampled_from(names), min_size=fewest, max_size=3))),
        tenants=tuple(draw(st.lists(st.sampled_from(tenants), min_size=1 - fewest, max_size=2))),
        broad=broad,
        justification="So it is.",
        owner="a",
        approver="b",
        ticket="c",
        created=draw(st.sampled_from((date(2026, 11, 1),) * 6 + (date(2026, 11, 22), date(2026, 11, 23)))),
        expires=draw(st.sampled_from((date(2026, 12, 31),) * 6 + (date(2026, 11, 22), date(2026, 11, 21)))),
        only_while=draw(_pins(rule)) if draw(st.sampled_from((False, False, True))) and not broad else None,
        location=Location("waivers.yaml", draw(st.integers(1, 9))),
    )


def _pins(rule: Rule) -> st.SearchStrategy[Expectation]:
    if rule.fleet is not None:
        return st.builds(lambda one: Expectation(constraints=(one,)), _BOUNDS)
    return expectations(rule.fact, CATALOGUE[rule.fact].type)


@st.composite
def waiver_files(draw: st.DrawFn, among: tuple[Rule, ...], most: int = 4) -> WaiverFile:
    """Give a file of waivers of the rules *among*."""
    return waiver_file(*draw(st.lists(waivers(among), max_size=most)))
