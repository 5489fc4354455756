"""Facts over a whole set of synchronization rules."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checker.acquire.sync_rule import MemberExpression, SyncRule
from checker.model.catalogue import CATALOGUE, facts_in
from checker.model.facts import Absent, Fact, Known, Reason, Source, SourceFormat, Unknown
from checker.model.location import Location
from checker.model.values import type_of
from tests.acquire.made_rules import (
    BARE_JOIN,
    CUSTOM,
    FORMAT,
    JOIN,
    LOST,
    NEW,
    OLD,
    SET_FACTS,
    WRITEUP,
    clause,
    derive,
    expression,
    limits,
    names_in,
    reason,
)


def test_every_fact_over_the_set_is_told() -> None:
    """The facts are those that the catalogue lets this format hold, of the types that it says."""
    facts = derive(JOIN)

    assert set(SET_FACTS) == set(facts)
    for name, fact in facts.items():
        assert isinstance(fact, Known)
        assert CATALOGUE[name].type is type_of(fact.value)
        entries = fact.value if isinstance(fact.value, tuple) else ()
        assert all(tuple(CATALOGUE[name].field_types) == tuple(key for key, _ in entry) for entry in entries)


def test_limits_stand_in_expressions_and_clauses() -> None:
    """Every limit is listed with its kind and place, and the lowest of them takes effect."""
    facts = derive(replace(JOIN, clauses=(clause("LESSTHAN", "50000"), clause("LESSTHAN_OR_EQUAL", "60000", line=30))))
    fact = facts["groups.member_limits"]

    assert [(JOIN.name, "expression", 50000), (JOIN.name, "scope", 60000), (JOIN.name, "scope", 49999)] == limits(facts)
    assert isinstance(fact, Known)
    assert isinstance(fact.value, tuple)
    assert [20, 30, 40] == [record.location.line for record in fact.value if record.location]
    assert Known(49999, Source(FORMAT, Location("a.xml", 40), JOIN.name)) == facts["groups.member_limit"]


def test_limits_are_listed_by_precedence() -> None:
    """The order is that of the precedences, not of the files."""
    found = limits(derive(JOIN, WRITEUP, CUSTOM, version=NEW))

    assert [("Mine", 200000), (WRITEUP.name, 250000), (JOIN.name, 50000)] == [(name, limit) for name, _, limit in found]


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"disabled": True}, id="disabled"),
        pytest.param({"outbound": False}, id="inbound"),
        pytest.param({"connector": JOIN.identifier}, id="another-connector"),
        pytest.param({"target": "user"}, id="another-object-type"),
    ],
)
def test_f_c23_rules_that_are_not_in_force_limit_nothing(change: dict[str, bool | str]) -> None:
    """F-C23: a setting that is there and not in force sets nothing. Only enabled outbound group rules to Entra decide; where none limits, that is observed absence."""
    facts = derive(replace(JOIN, **change))  # type: ignore[arg-type] # the fields are named by the cases

    assert isinstance(facts["groups.member_limits"], Absent)
    assert isinstance(facts["groups.member_limit"], Absent)
    assert [] == names_in(facts["groups.member_limit_unparsed"])


def test_the_object_type_is_compared_in_any_case() -> None:
    """`Group` is a group."""
    assert [50000] == [limit for *_, limit in limits(derive(replace(JOIN, target="Group")))]


@pytest.mark.parametrize(
    ("change", "via", "text"),
    [
        pytest.param(
            {"expressions": (expression(5), MemberExpression(text="[member]", location=Location("a.xml", 9)))},
            "expression",
            "[member]",
            id="expression",
        ),
        pytest.param(
            {"expressions": (MemberExpression(text="", location=Location("a.xml", 9)),)},
            "expression",
            "(no expression)",
            id="no-expression",
        ),
        pytest.param(
            {"clauses": (clause("GREATERTHAN", "5", line=9),)}, "scope", "memberCount GREATERTHAN 5", id="clause"
        ),
        pytest.param(
            {"clauses": (clause("ISNOTNULL", "", line=9),)},
            "scope",
            "memberCount ISNOTNULL",
            id="clause-without-number",
        ),
    ],
)
def test_what_is_not_understood_makes_the_limits_unknown(
    change: dict[str, tuple[MemberExpression, ...]], via: str, text: str
) -> None:
    """A limit that nobody can read may be the lowest; it is listed by itself."""
    facts = derive(replace(JOIN, **change))  # type: ignore[arg-type] # the fields are named by the cases
    unparsed = facts["groups.member_limit_unparsed"]

    assert Reason.UNPARSED is reason(facts["groups.member_limits"])
    assert Reason.UNPARSED is reason(facts["groups.member_limit"])
    assert isinstance(unparsed, Known)
    assert isinstance(unparsed.value, tuple)
    assert [(via, text, 9)] == [
        (record.get("via"), record.get("text"), record.location and record.location.line) for record in unparsed.value
    ]


@pytest.mark.parametrize(
    ("rules", "version", "carrier"),
    [
        pytest.param((BARE_JOIN,), OLD, JOIN.name, id="group-join-before"),
        pytest.param((JOIN, replace(WRITEUP, expressions=())), NEW, WRITEUP.name, id="writeup-after"),
    ],
)
def test_the_rule_that_carries_the_limit_must_have_one(rules: Sequence[SyncRule], version: Fact, carrier: str) -> None:
    """An enabled carrier without an expression was cut: that nothing limits would be read out of a lost line."""
    fact = derive(*rules, version=version)["groups.member_limit"]

    assert isinstance(fact, Unknown)
    assert (Reason.TRUNCATED, True) == (fact.reason, carrier in fact.detail)


def test_rules_of_one_name_are_two() -> None:
    """A disabled standard rule and its copy have the same name; names tell no rules apart."""
    facts = derive(replace(JOIN, disabled=True), replace(CUSTOM, name=JOIN.name))

    assert [(JOIN.name, "expression", 200000)] == limits(facts)


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        pytest.param(CUSTOM, ["Mine"], id="expression"),
        pytest.param(replace(CUSTOM, expressions=(), clauses=(clause("LESSTHAN", "5"),)), ["Mine"], id="clause"),
        pytest.param(replace(CUSTOM, expressions=(replace(expression(5), text="?"),)), ["Mine"], id="not-understood"),
        pytest.param(replace(CUSTOM, expressions=()), [], id="no-limit"),
        pytest.param(replace(CUSTOM, disabled=True), [], id="disabled"),
        pytest.param(replace(CUSTOM, outbound=False), [], id="inbound"),
        pytest.param(JOIN, [], id="standard"),
    ],
)
def test_enabled_custom_rules_that_limit_are_listed(rule: SyncRule, expected: list[str]) -> None:
    """Disabled rules do not count, nor those of the product."""
    assert expected == names_in(derive(JOIN, rule)["groups.custom_member_limit_rules"])


@pytest.mark.parametrize(
    ("rules", "version", "expected"),
    [
        pytest.param((JOIN,), OLD, False, id="group-join-enabled"),
        pytest.param((replace(JOIN, disabled=True),), OLD, True, id="group-join-disabled"),
        pytest.param((JOIN, replace(WRITEUP, disabled=True)), NEW, True, id="writeup-disabled"),
        pytest.param((replace(JOIN, disabled=True), WRITEUP), NEW, False, id="group-join-no-longer-counts"),
        pytest.param((JOIN, replace(WRITEUP, disabled=True)), LOST, True, id="writeup-exists"),
        pytest.param((JOIN, replace(WRITEUP, disabled=True)), OLD, False, id="writeup-before-its-time"),
    ],
)
def test_whether_the_carrier_is_disabled(rules: Sequence[SyncRule], version: Fact, expected: bool) -> None:
    """Which rule carries the limit depends on the version."""
    fact = derive(*rules, version=version)["groups.member_limit_rule_standard_disabled"]

    assert isinstance(fact, Known)
    assert expected is fact.value


def test_two_carriers_of_different_states_are_ambiguous() -> None:
    """Two rules with the tag of the carrier, one of them disabled, do not say which counts."""
    twin = replace(JOIN, identifier=CUSTOM.identifier, tag="Microsoft.OuttoAADGroupJoin.007", disabled=True)

    assert Reason.AMBIGUOUS is reason(derive(JOIN, twin)["groups.member_limit_rule_standard_disabled"])


def test_rules_are_counted_and_listed() -> None:
    """Counts and lists over the set, disabled rules among them."""
    outside = replace(CUSTOM, identifier="d", name="Outside", precedence=139, disabled=True, location=Location("d.xml"))
    facts = derive(replace(JOIN, disabled=True), CUSTOM, outside)
    count, twice = facts["rules.custom_rule_count"], facts["rules.duplicate_precedence"]

    assert Known(2, Source(FORMAT, Location("c.xml"), "3 synchronization rules")) == count
    assert [JOIN.name] == names_in(facts["rules.standard_rules_disabled"])
    assert ["Outside"] == names_in(facts["rules.custom_rules_outside_0_99"])
    assert isinstance(twice, Known)
    assert isinstance(twice.value, tuple)
    assert [{"precedence": 139, "rules": f"{JOIN.identifier}, d", "names": f"{JOIN.name}, Outside"}] == [
        dict(record) for record in twice.value
    ]


@pytest.mark.parametrize(("precedence", "expected"), [(-1, ["Mine"]), (0, []), (99, []), (100, ["Mine"])])
def test_the_bounds_of_custom_precedences(precedence: int, expected: list[str]) -> None:
    """0 and 99 are inside."""
    facts = derive(JOIN, replace(CUSTOM, precedence=precedence))

    assert expected == names_in(facts["rules.custom_rules_outside_0_99"])


@pytest.mark.parametrize(
    ("rule", "untold"),
    [
        pytest.param(replace(JOIN, outbound=None, disabled=None, flows=False, expressions=()), {"groups.member_limits", "groups.member_limit", "groups.member_limit_unparsed", "groups.member_limit_rule_standard_disabled", "rules.standard_rules_disabled"}, id="standard-by-name-only"),
        pytest.param(replace(JOIN, flows=False, expressions=()), {"groups.member_limits", "groups.member_limit", "groups.member_limit_unparsed"}, id="without-mappings"),
        pytest.param(replace(JOIN, flows=False, expressions=(), target="user"), set(), id="without-mappings-not-in-force"),
        pytest.param(replace(JOIN, connector=""), {"groups.member_limits", "groups.member_limit", "groups.member_limit_unparsed"}, id="without-connector"),
        pytest.param(replace(JOIN, target=""), {"groups.member_limits", "groups.member_limit", "groups.member_limit_unparsed"}, id="without-object-type"),
    ],
)  # fmt: skip
def test_what_the_format_does_not_tell_is_not_in_the_source(rule: SyncRule, untold: set[str]) -> None:
    """A rule that is told in part leaves those facts open that need the rest, and no other."""
    facts = derive(rule)

    assert untold == {name for name, fact in facts.items() if reason(fact) is Reason.NOT_IN_SOURCE}
    assert untold == {name for name, fact in facts.items() if isinstance(fact, Unknown)}


def test_a_custom_rule_of_unknown_state_leaves_the_custom_limits_open() -> None:
    """Where it is not told whether a custom rule is disabled, nobody knows whether it limits."""
    facts = derive(JOIN, replace(CUSTOM, disabled=None), format_=SourceFormat.SYNCHRONIZATION_POLICY)

    assert set(facts_in(SourceFormat.SYNCHRONIZATION_POLICY)) & set(SET_FACTS) == set(facts)
    assert Reason.NOT_IN_SOURCE is reason(facts["groups.custom_member_limit_rules"])


_RULES = st.builds(
    lambda number, precedence, disabled, outbound, standard, value: replace(
        CUSTOM,
        identifier=f"rule-{number}",
        name=f"Rule {number}",
        standard=standard,
        tag="Microsoft.X.001" if standard else "",
        precedence=precedence,
        disabled=disabled,
        outbound=outbound,
        expressions=(expression(value, f"{number}.xml"),),
        location=Location(f"{number}.xml"),
    ),
    st.integers(0, 5),
    st.integers(0, 200),
    st.booleans(),
    st.booleans(),
    st.booleans(),
    st.integers(1, 300_000),
)


@given(
    st.lists(_RULES, max_size=6, unique_by=lambda rule: rule.identifier).flatmap(
        lambda one: st.tuples(st.just(one), st.permutations(one))
    )
)
def test_the_order_of_the_files_does_not_count(pair: tuple[list[SyncRule], list[SyncRule]]) -> None:
    """The same files in another order are the same facts, to the last place."""
    one, other = pair

    assert derive(JOIN, *one) == derive(*other, JOIN)


@given(st.lists(_RULES, max_size=6, unique_by=lambda rule: rule.identifier))
def test_the_lowest_limit_in_force_takes_effect(rules: list[SyncRule]) -> None:
    """The limit is the least number of all enabled outbound rules, of whomever they are."""
    numbers = [
        int(one.text.partition("> ")[2].partition(")")[0])
        for rule in (JOIN, *rules)
        for one in rule.expressions
        if rule.outbound and not rule.disabled
    ]
    fact = derive(JOIN, *rules)["groups.member_limit"]

    assert isinstance(fact, Known)
    assert min(numbers) == fact.value
