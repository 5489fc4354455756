"""Rules that speak of all servers of a tenant together, and how old facts may be."""

from __future__ import annotations

from datetime import timedelta

import pytest

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
    OneOf,
    ParameterCondition,
    Scope,
)
from tests.load.reading import load, mistakes, policy, rule

WHERE = "where: {scheduler.staging_mode_enabled: {equals: false}}"
N = "k: {type: integer, default: 2, description: d}"


def fleet(expect: str, *more: str, fact: str = "", parameters: str = "") -> str:
    """Give a policy with one fleet rule, which has a fact only if one is named."""
    text = policy(rule(fact or "none", expect, "\n".join(("scope: fleet", *more))), parameters=parameters)
    return text if fact else text.replace("    fact: none\n", "")


READ: list[tuple[str, str, FleetExpectation]] = [
    ("{exactly_one: true}", "", ExactlyOne()),
    ("{count: {equals: 0}}", "", Count((Equals(0),))),
    ("{count: {equals: $k}}", "", Count((Equals(2),))),
    ("{count: {at_least: 1}}", "", Count((AtLeast(1),))),
    ("{count: {at_most: 0}}", "", Count((AtMost(0),))),
    ("{count: {at_most: 3, at_least: 0}}", "", Count((AtLeast(0), AtMost(3)))),
    ("{count: {at_most: 2, at_least: $k}}", "", Count((AtLeast(2), AtMost(2)))),
    ("{all_equal: true}", "product.version", AllEqual()),
    ("{all_equal: true}", "groups.member_limits", AllEqual()),
]


@pytest.mark.parametrize(("expect", "fact", "expected"), READ, ids=[f"{text} {fact}" for text, fact, _ in READ])
def test_a_fleet_rule_is_read(expect: str, fact: str, expected: FleetExpectation) -> None:
    """Its expectation is of the fleet, and its fact the one that is compared, or the first of `where`."""
    (read,) = load(fleet(expect, WHERE, fact=fact, parameters=N if "$k" in expect else "")).rules

    assert (Scope.FLEET, expected, (), fact or "scheduler.staging_mode_enabled") == (
        *(read.scope, read.fleet, read.cases),
        read.fact,
    )
    assert (("k",) if "$k" in expect else ()) == read.parameters


def test_whom_a_fleet_rule_speaks_of() -> None:
    """`where` chooses servers by facts, `when` switches the rule by parameters."""
    (read,) = load(
        fleet(
            "{all_equal: true}",
            "where: {tenant.cloud: {one_of: [usgov, $c]}, server.name: {absent: required}}",
            "when: {$k: {at_least: 2}}",
            fact="product.version",
            parameters=f"{N}\nc: {{type: text, default: china, description: d}}",
        )
    ).rules

    assert ["tenant.cloud", "server.name"] == [one.fact for one in read.where]
    assert read.where[0] == FactCondition(
        fact="tenant.cloud", expectation=Expectation(constraints=(OneOf(("usgov", "china")),))
    )
    assert read.when == (
        ParameterCondition(parameter="k", value=2, expectation=Expectation(constraints=(AtLeast(2),))),
    )
    assert ("c", "k") == read.parameters
    assert ("product.version", "tenant.cloud", "server.name") == read.facts


def test_all_servers_are_compared_without_a_where() -> None:
    """`all_equal` needs no `where`: it then speaks of all servers."""
    (read,) = load(fleet("{all_equal: true}", fact="product.version")).rules

    assert () == read.where


def test_a_rule_speaks_of_a_server_unless_it_says_otherwise() -> None:
    """`scope: server` is what holds without it."""
    assert [Scope.SERVER, Scope.SERVER] == [
        load(policy(rule(more=more))).rules[0].scope for more in ("", "scope: server")
    ]


@pytest.mark.parametrize(
    ("text", "length"),
    [("P1D", timedelta(days=1)), ("PT36H", timedelta(hours=36)), ("7.00:00:00", timedelta(days=7))],
)
def test_how_old_facts_may_be(text: str, length: timedelta) -> None:
    """`max_age` is a duration, for rules of servers and of fleets; without it a rule has no limit of its own."""
    (of_server,) = load(policy(rule(more=f'max_age: "{text}"'))).rules
    (of_fleet,) = load(fleet("{exactly_one: true}", WHERE, f'max_age: "{text}"')).rules

    assert [length, length, None] == [of_server.max_age, of_fleet.max_age, load(policy()).rules[0].max_age]


WRONG = [
    (fleet("{exactly_one: true}"), "f:8:5: 'exactly_one' needs a 'where': the conditions on the servers that are counted"),
    (fleet("{count: {equals: 1}}"), "f:8:5: 'count' needs a 'where'"),
    (fleet("{exactly_one: true}", WHERE, fact="server.name"), "f:8:5: 'exactly_one' counts servers and compares no fact"),
    (fleet("{count: {equals: 1}}", WHERE, fact="server.name"), "f:8:5: 'count' counts servers and compares no fact"),
    (fleet("{all_equal: true}", WHERE), "f:8:5: 'all_equal' needs a 'fact': the one that is compared"),
    (fleet("{all_equal: true}", WHERE, fact="server.nam"), "unknown fact 'server.nam'; did you mean 'server.name'?"),
    (fleet("{exactly_one: false}", WHERE), "'exactly_one: false' expects nothing"),
    (fleet("{all_equal: false}", fact="server.name"), "'all_equal: false' expects nothing"),
    (fleet("{exactly_one: 1}", WHERE), "'exactly_one' is a boolean, not the integer 1"),
    (fleet("{exactly_one: true, count: {equals: 1}}", WHERE), "f:8:33: the expectation of a fleet rule is one of exactly_one"),
    (fleet("{exactly: true}", WHERE), "unknown key 'exactly' in the expectation of a fleet rule; did you mean 'exactly_one'?"),
    (fleet("{equals: 1}", WHERE), "unknown key 'equals' in the expectation of a fleet rule"),
    (fleet("{}", WHERE), "the expectation of a fleet rule is empty"),
    (fleet("[{exactly_one: true}]", WHERE), "the expectation of a fleet rule is a mapping, not a list"),
    (fleet("{count: 1}", WHERE), "'count' is a mapping, not the integer 1"),
    (fleet("{count: {}}", WHERE), "'count' is empty"),
    (fleet("{count: {one_of: [1]}}", WHERE), "unknown key 'one_of' in 'count'; known are at_least, at_most, equals"),
    (fleet('{count: {equals: "1"}}', WHERE), "'count' is an integer, not the text '1'"),
    (fleet("{count: {equals: true}}", WHERE), "'count' is an integer, not the boolean true"),
    (fleet("{count: {equals: 1, at_most: 1}}", WHERE), "'equals' stands alone"),
    (fleet("{count: {at_least: 2, at_most: 1}}", WHERE), "no value is at least '2' and at most '1'"),
    (fleet("{count: {at_least: 0}}", WHERE), "f:8:22: every count is at least 0: the rule could never fail"),
    (fleet("{count: {at_least: -1}}", WHERE), "every count is at least -1: the rule could never fail"),
    (fleet("{count: {equals: -1}}", WHERE), "no count is -1; it is 0 or more"),
    (fleet("{count: {at_most: -1}}", WHERE), "no count is -1; it is 0 or more"),
    (fleet("{count: {at_least: -1, at_most: 2}}", WHERE), "no count is -1; it is 0 or more"),
    (fleet("{count: {equals: $x}}", WHERE), "unknown parameter '$x'"),
    (fleet("{count: {at_least: $k}}", WHERE, parameters=N.replace("2", "0")), "every count is at least 0"),
    (fleet("{exactly_one: true}", "where: {}"), "'where' is empty"),
    (fleet("{exactly_one: true}", "where: [a]"), "'where' is a mapping, not a list"),
    (fleet("{exactly_one: true}", "where: {server.nam: {equals: A}}"), "unknown fact 'server.nam'"),
    (fleet("{exactly_one: true}", "where: {server.name: {equals: 1}}"), "'server.name' is text, not the integer 1"),
    (fleet("{exactly_one: true}", "where: {server.name: {one_of: []}}"), "'one_of' is empty"),
    (fleet("{exactly_one: true}", "where: {$k: {equals: 1}}"), "'where' speaks of facts; a condition on a parameter"),
    (fleet("{exactly_one: true}", WHERE, "when: {server.name: {equals: A}}"), "f:11:12: the 'when' of a fleet rule speaks of"),
    (fleet("{exactly_one: true}", WHERE, "when: {$x: {equals: A}}"), "unknown parameter '$x'"),
    (fleet("{exactly_one: true}", WHERE).replace("    expect: {exactly_one: true}\n", ""), "f:5:5: a rule has no 'expect'"),
    (policy(rule(more="scope: flet")), "f:10:12: unknown scope 'flet'; did you mean 'fleet'?"),
    (policy(rule(more="scope: true")), "f:10:12: scope is text, not the boolean true"),
    (policy(rule(more="where: {server.name: {equals: A}}")), "f:10:5: only a fleet rule has a 'where'"),
    (policy(rule(more="max_age: P1D")), "f:10:14: 'max_age' is a duration in quotes, not the text 'P1D' without quotes"),
    (policy(rule(more='max_age: "1 day"')), "'max_age': '1 day' is not a duration"),
    (policy(rule(more='max_age: "PT0S"')), "'max_age' is longer than no time at all"),
    (policy(rule(more='max_age: "-P1D"')), "'max_age' is longer than no time at all"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "mistake"), WRONG, ids=[f"{n} {told[:50]}" for n, (_, told) in enumerate(WRONG)])
def test_t14_f_d17_a_rule_that_says_nothing_is_refused(text: str, mistake: str) -> None:
    """T14, F-D17: what is misplaced, empty, cannot be met or cannot fail is a mistake, told once and with its place."""
    (found,) = mistakes(text)

    assert mistake in found
