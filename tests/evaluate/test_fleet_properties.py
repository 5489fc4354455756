"""What holds for every fleet and every waiver: the oracle agrees, and knowing less never looks better."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import product
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checker.evaluate.engine import compile_rules, evaluate, judge_server
from checker.evaluate.fleet import Member, judge_fleet, tenants_of
from checker.evaluate.gate import judge
from checker.evaluate.waivers import apply_waivers, use_sentence
from checker.model.facts import FactSet
from checker.model.policy import (
    AtLeast,
    AtMost,
    Constraint,
    Count,
    Each,
    Equals,
    ExactlyOne,
    Expectation,
    FleetExpectation,
    Rule,
    Severity,
)
from checker.model.result import UNKNOWN_TENANT, Diagnostic, Finding, Outcome
from checker.model.values import Record, Scalar
from checker.model.waiver import WaiverFile, WaiverState, WaiverUse
from tests.evaluate.fleet_oracle import broken, covers, fleet_verdict, subjects
from tests.evaluate.fleet_strategies import FEW, fleet_rules, members, waiver_files
from tests.evaluate.made import (
    NOW,
    fleet_rule,
    known,
    population,
    rule,
    server,
    waiver,
    waiver_file,
    where_fact,
)
from tests.evaluate.strategies import LISTS, judged, names_in, records, rules, unknowns

often = settings(max_examples=300, deadline=None)
seldom = settings(max_examples=150, deadline=None)

Cell = tuple[str, str]


def cells(findings: Sequence[Finding]) -> dict[Cell, Outcome]:
    """Give the outcome for each tenant, in small letters, and rule."""
    return {(one.tenant.casefold(), one.rule): one.outcome for one in findings}


@often
@given(fleet_rules(), members())
def test_oracle_agrees(rule: Rule, fleet: list[Member]) -> None:
    """
    A second, plain reading of the rule comes to the same outcome for the same tenants.

    And every finding is of a tenant, speaks in a sentence, says what is expected, and gives a reason if it needs one.
    """
    findings = judge_fleet([rule], fleet, now=NOW)

    assert {(tenant, rule.id): fleet_verdict(rule, fleet, tenant) for tenant in subjects(fleet)} == {
        cell: outcome.value for cell, outcome in cells(findings).items()
    }
    assert [one.tenant for one in findings] == list(tenants_of(fleet))
    for one in findings:
        assert one.server == ""
        assert one.message.endswith(".")
        assert one.expected
        assert bool(one.reason) == (one.outcome in (Outcome.ERROR, Outcome.NOT_APPLICABLE))
        assert one.reason != "internal"


@st.composite
def narrowed(draw: st.DrawFn, fleet: list[Member]) -> list[Member]:
    """
    Take knowledge from some servers, all of which stay in the population.

    A fact becomes unknown or is lost, all facts are lost, or nobody knows the tenant any more. (A list of which an
    entry or a field is lost is another list, and may be the same as that of another server; that a list is whole is
    the promise of the source that gives it.)
    """
    after: list[Member] = []
    for one in fleet:
        facts = dict(one.facts.facts)
        for name in one.facts.facts:
            match draw(st.sampled_from(("kept",) * 4 + ("lost", "unknown"))):
                case "lost":
                    del facts[name]
                case "unknown":
                    facts[name] = draw(unknowns())
                case _:
                    pass
        kept = {} if draw(st.sampled_from((False,) * 5 + (True,))) else facts
        tenant = "" if draw(st.sampled_from((False, False, False, True))) else one.tenant
        after.append(replace(one, tenant=tenant, facts=replace(one.facts, facts=kept)))
    return after


@often
@given(fleet_rules(), members(), st.data())
def test_fleet_that_is_known_less(rule: Rule, fleet: list[Member], data: st.DataObject) -> None:
    """
    Less knowledge of facts and tenants leaves the finding of a tenant as it was, or makes it an error.

    A tenant that no server is known to be of has no finding any more; then there is one of a tenant that is not known,
    and it is an error, unless the rule does not apply to any tenant.
    """
    before = cells(judge_fleet([rule], fleet, now=NOW))
    after = cells(judge_fleet([rule], data.draw(narrowed(fleet)), now=NOW))

    unplaced = after.get((UNKNOWN_TENANT, rule.id))
    for cell, outcome in before.items():
        assert after.get(cell, unplaced) in (outcome, Outcome.ERROR)
    assert set(after) - set(before) <= {(UNKNOWN_TENANT, rule.id)}


def run(  # everything that a run does with what was read
    of_servers: Sequence[Rule],
    of_fleets: Sequence[Rule],
    fleet: Sequence[Member],
    files: Sequence[WaiverFile],
    *,
    strict: bool = False,
) -> tuple[int, tuple[Finding, ...], tuple[WaiverUse, ...]]:
    """Judge a fleet and give the exit code, the findings, and what became of the waivers."""
    every = [*of_servers, *of_fleets]
    compiled = compile_rules(every, now=NOW)
    servers = [member.server for member in fleet]
    tenants = tenants_of(fleet)
    findings, uses = apply_waivers(
        [
            *(one for member in fleet for one in judge_server(compiled, member.facts)),
            *judge_fleet(every, fleet, now=NOW),
        ],
        every,
        files,
        now=NOW,
        servers=servers,
        tenants=tenants,
    )
    idle = [use for use in uses if use.state not in (WaiverState.USED, WaiverState.NOT_SELECTED)]
    verdict = judge(
        findings,
        every,
        Severity.LOW,
        population=population(*servers),
        tenants=tenants,
        strict=strict,
        diagnostics=[Diagnostic(use_sentence(use, NOW), use.waiver.location, incomplete=strict) for use in idle],
    )
    return verdict.exit_code, findings, uses


@st.composite
def runs(draw: st.DrawFn) -> tuple[tuple[Rule, ...], tuple[Rule, ...], list[Member], WaiverFile]:
    """Give two rules of servers and two of fleets, a fleet with the facts that they speak of, and waivers."""
    of_servers = (draw(rules("AADC0001")), draw(rules("AADC0002", among=LISTS)))
    of_fleets = (draw(fleet_rules("AADC0201")), draw(fleet_rules("AADC0202")))
    names = tuple(sorted({*FEW, *(name for rule in of_servers for name in names_in(rule))}))
    return of_servers, of_fleets, draw(members(names)), draw(waiver_files((*of_servers, *of_fleets), 6))


Everything = tuple[tuple[Rule, ...], tuple[Rule, ...], list[Member], WaiverFile]


@seldom
@given(runs(), st.booleans(), st.data())
def test_knowing_less_is_never_compliant(everything: Everything, strict: bool, data: st.DataObject) -> None:
    """A run with waivers that does not end with 0 does not end with 0 when less is known of its servers, either."""
    of_servers, of_fleets, fleet, waivers = everything

    before, _, _ = run(of_servers, of_fleets, fleet, [waivers], strict=strict)
    after, _, _ = run(of_servers, of_fleets, data.draw(narrowed(fleet)), [waivers], strict=strict)

    assert before == 0 or after != 0


def expecting(field: str, *constraints: Constraint) -> Expectation:
    """Expect something of a field of every entry."""
    return Expectation(constraints=(Each(((field, constraints),)),))


ENOUGH, AS_IT_IS = expecting("limit", AtLeast(50001)), expecting("limit", Equals(50000))
PINS = {"value": AS_IT_IS, "bound": expecting("limit", AtLeast(50000)), "name": expecting("name", Equals("A"))}
ENTRIES = [(limit, name) for limit in (40000, 50000, 60000) for name in ("A", "B")]


@pytest.mark.parametrize("only_while", PINS.values(), ids=PINS.keys())
@pytest.mark.parametrize("first", ENTRIES, ids=str)
def test_lost_fields_are_never_waived(only_while: Expectation, first: tuple[int, str]) -> None:
    """A field that is lost from an entry of a list never makes a waiver of a value cover what it did not before."""
    of_lists = rule("groups.member_limits", ENOUGH)
    pinned = waiver_file(waiver("AADC0001", "SRV1", only_while=only_while))

    def code(*entries: dict[str, Scalar]) -> int:
        records = tuple(Record.of(**fields) for fields in entries)
        listing = Member("SRV1", "contoso", server(groups__member_limits=known(records)))
        return run([of_lists], (), [listing], [pinned])[0]

    for second in ENTRIES:
        whole: list[dict[str, Scalar]] = [{"limit": members, "name": name} for members, name in (first, second)]
        holed = [
            [{key: value for key, value in entry.items() if key != gone} for gone in ("", "limit", "name")]
            for entry in whole
        ]
        assert code(*whole) == 0 or 0 not in {code(*entries) for entries in product(*holed)}


@pytest.mark.parametrize("expected", [ExactlyOne(), Count((AtMost(1),)), Count((AtLeast(2),))], ids=repr)
@pytest.mark.parametrize("pin", [Equals(0), Equals(2), AtMost(2)], ids=repr)
def test_unknown_servers_are_never_waived(expected: FleetExpectation, pin: Equals | AtMost) -> None:
    """A server that becomes unknown never makes a waiver of a number cover what it did not cover before."""
    staging = "scheduler.staging_mode_enabled"
    of_fleet = fleet_rule(expected, where_fact(staging, Equals(False)))
    pinned = waiver_file(waiver("AADC0201", tenants=["contoso"], only_while=Expectation(constraints=(pin,))))

    def code(modes: tuple[bool | None, ...]) -> int:
        fleet = [
            Member(
                str(place), "contoso", FactSet(server=str(place), facts={} if mode is None else {staging: known(mode)})
            )
            for place, mode in enumerate(modes)
        ]
        return run((), [of_fleet], fleet, [pinned])[0]

    for modes in product((True, False), repeat=3):
        less = product(*((mode, None) for mode in modes))
        assert code(modes) == 0 or 0 not in set(map(code, less))


@seldom
@given(runs(), st.data())
def test_removing_a_waiver_never_helps(everything: Everything, data: st.DataObject) -> None:
    """
    Without some of its waivers a run that does not end with 0 does not end with 0 either, and nothing more is covered.

    (A strict run is another matter: there a waiver that does nothing is itself what is wrong.)
    """
    of_servers, of_fleets, fleet, waivers = everything
    kept = replace(waivers, waivers=tuple(one for one in waivers.waivers if data.draw(st.booleans())))

    before, with_all, _ = run(of_servers, of_fleets, fleet, [waivers])
    after, with_some, _ = run(of_servers, of_fleets, fleet, [kept])

    assert before == 0 or after != 0
    assert [replace(one, waiver=None) for one in with_all] == [replace(one, waiver=None) for one in with_some]
    assert all(one.waiver or not other.waiver for one, other in zip(with_all, with_some, strict=True))


@seldom
@given(runs())
def test_oracle_agrees_on_waivers(everything: Everything) -> None:
    """A second, plain reading of the waivers covers the same failures; the one that is shown covers, and ends last."""
    of_servers, of_fleets, fleet, waivers = everything
    by_id = {rule.id: rule for rule in (*of_servers, *of_fleets)}

    _, findings, uses = run(of_servers, of_fleets, fleet, [waivers])

    used = {id(use.waiver): use.covers for use in uses if use.state is WaiverState.USED}
    by_waiver: dict[int, int] = {}
    for one in findings:
        covering = [its for its in waivers.waivers if covers(its, by_id[one.rule], one, NOW)]
        assert (one.waiver is not None) == bool(covering)
        assert one.waiver is None or one.waiver in covering
        assert one.waiver is None or one.waiver.expires == max(each.expires for each in covering)
        for each in covering:
            by_waiver[id(each)] = by_waiver.get(id(each), 0) + 1
    assert by_waiver == used
    targets = [its for its in waivers.waivers if its.servers or its.tenants]
    assert {id(its) for its in targets} <= {id(use.waiver) for use in uses}


@often
@given(judged(LISTS), st.data())
def test_oracle_agrees_on_what_is_broken(both: tuple[Rule, FactSet], data: st.DataObject) -> None:
    """A failing list tells the entries that are not known to be as expected, in any order; nothing else tells any."""
    rule, facts = both
    entries = tuple(data.draw(st.lists(records(rule.fact), max_size=3)))
    listing = replace(facts, facts={**facts.facts, rule.fact: known(entries)})

    (finding,) = evaluate([rule], [listing])

    expected = broken(rule, listing.facts) if finding.outcome is Outcome.FAIL else []
    assert sorted(map(repr, expected)) == sorted(map(repr, finding.broken))


@seldom
@given(st.lists(fleet_rules(), min_size=1, max_size=3), members(), st.randoms(use_true_random=False))
def test_order_does_not_matter(some: list[Rule], fleet: list[Member], dice: Random) -> None:
    """T71: rules and servers may come in any order, and the findings are the same."""
    numbered = [replace(rule, id=f"AADC020{place}") for place, rule in enumerate(some)]
    mixed_rules, mixed_fleet = list(numbered), list(fleet)
    dice.shuffle(mixed_rules)
    dice.shuffle(mixed_fleet)

    assert judge_fleet(numbered, fleet, now=NOW) == judge_fleet(mixed_rules, mixed_fleet, now=NOW)
