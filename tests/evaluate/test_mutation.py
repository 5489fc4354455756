"""Whether cases prove anything: what disagrees, what is lacking, what nothing turns red, and what nobody notices."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checker.evaluate.mutants_facts import changed_servers
from checker.evaluate.mutants_rules import changed_rules
from checker.evaluate.mutants_values import another, step
from checker.evaluate.mutation import try_cases
from checker.evaluate.trial import compile_trial
from checker.model.catalogue import CATALOGUE
from checker.model.facts import Absent, Fact, FactSet, Reason, Source, SourceFile, SourceFormat, Unknown
from checker.model.location import Location
from checker.model.policy import (
    AbsentMode,
    AllEqual,
    AtLeast,
    AtMost,
    Case,
    Condition,
    Constraint,
    Count,
    Each,
    Empty,
    Equals,
    ExactlyOne,
    FleetExpectation,
    Matches,
    OneOf,
    Policy,
    Rule,
)
from checker.model.policy_case import CaseFile, CaseServer, ExpectedOutcome, PolicyCase, TriedCases
from checker.model.result import Outcome
from checker.model.values import Record, Scalar
from checker.model.version import Version
from tests.counting import calls_of, counts_calls
from tests.evaluate.made import NOW, expect, fleet_rule, known, limit, rule, where_fact, where_parameter
from tests.evaluate.strategies import judged

PASS, FAIL, ERROR, NOT_APPLICABLE = Outcome
VERSION, LIMITS, IMPORT = "product.version", "groups.member_limits", "endpoint.import_api_version"
EXPORT, CLOUD, INTERVAL = "endpoint.export_api_version", "tenant.cloud", "scheduler.effective_sync_interval"
STAGING, ENABLED, START = "scheduler.staging_mode_enabled", "scheduler.sync_cycle_enabled", "scheduler.next_sync_start"
HERE = Location("made.test.yaml", 7, 5)
NOBODY = Unknown(Reason.NO_DATA, "There is no data.")
ABSENT = Absent(Source(SourceFormat.FACTS))


def one_server(name: str = "server", tenant: str = "", /, *, age: timedelta = timedelta(), **facts: Fact) -> CaseServer:
    """Give a server of a case; the dot in a fact's name is written as two underscores."""
    source = SourceFile(format=SourceFormat.SERVER_CONFIGURATION, path="exports", assignment="", date=NOW - age)
    named = {key.replace("__", "."): fact for key, fact in facts.items()}
    return CaseServer(facts=FactSet(server=name, facts=named, sources=(source,)), tenant=tenant)


def fact_case(fact: str, value: Fact, outcome: Outcome, *, age: timedelta = timedelta(), **more: Fact) -> PolicyCase:
    """Give a case of one server on which `AADC0001` has the *outcome*."""
    return case([with_fact(one_server(age=age, **more), fact, value)], AADC0001=outcome)


def with_fact(server: CaseServer, name: str, fact: Fact) -> CaseServer:
    """Give *server* one more fact."""
    return replace(server, facts=replace(server.facts, facts={**server.facts.facts, name: fact}))


def case(
    servers: Sequence[CaseServer], /, rules: Mapping[str, Rule] | None = None, name: str = "made", **expected: Outcome
) -> PolicyCase:
    """Give a case that expects outcomes by rule."""
    outcomes = (ExpectedOutcome(rule=one, outcome=outcome, location=HERE) for one, outcome in expected.items())
    return PolicyCase(name=name, rules=rules or {}, servers=tuple(servers), expected=tuple(outcomes), location=HERE)


def tried(rules: Sequence[Rule], *cases: PolicyCase, required: Sequence[Outcome] = ()) -> TriedCases:
    """Try *cases*; those that name no rules of their own have these."""
    by_id = {one.id: one for one in rules}
    policy = Policy(name="made", version="1", title="Made", rules=tuple(rules), path="made.yaml", sha256="0" * 64)
    filled = tuple(replace(one, rules=one.rules or by_id) for one in cases)
    return try_cases(CaseFile(path="made.test.yaml", policy=policy, now=NOW, cases=filled), required)


def unnoticed(one: Rule, *cases: PolicyCase) -> list[str]:
    """Give the changes of a rule that no case notices."""
    return [survivor.change for survivor in tried([one], *cases).survivors]


def never_red(one: Rule, *cases: PolicyCase) -> list[bool]:
    """Say for a rule that nothing turns red whether it is decided anywhere; nothing for any other."""
    return [never.decided for never in tried([one], *cases).never_red]


# Disagreements and kinds of cases


def test_f_d16_f_d19_a_case_that_expects_another_outcome_disagrees() -> None:
    """Each outcome is held against what the case expects; not applicable is no pass, and an error no fail."""
    facts: dict[Outcome, Fact] = {PASS: known(2), FAIL: known(1), ERROR: NOBODY}
    cases = [fact_case(IMPORT, fact, expected) for fact in facts.values() for expected in Outcome]

    found = tried([rule(IMPORT, Equals(2))], *cases).disagreements

    assert [(got, expected) for got in facts for expected in Outcome if got is not expected] == [
        (one.finding.outcome if one.finding else None, one.expected.outcome) for one in found
    ]


def test_an_outcome_is_expected_of_every_server_or_of_one() -> None:
    """A word without a subject speaks of all of them, and a name in any letter case of that one."""
    servers = [one_server("a", endpoint__import_api_version=known(2)), one_server("b")]
    all_pass = case(servers, AADC0001=PASS)
    (expected,) = all_pass.expected
    named = [replace(expected, subject="A"), replace(expected, subject="b", outcome=ERROR)]

    assert ["b"] == [
        one.finding.server for one in tried([rule(IMPORT, Equals(2))], all_pass).disagreements if one.finding
    ]
    assert () == tried([rule(IMPORT, Equals(2))], replace(all_pass, expected=tuple(named))).disagreements


def test_an_expectation_of_nobody_disagrees() -> None:
    """What is expected of a server that there is not is never met in silence."""
    one = fact_case(IMPORT, known(2), PASS)
    nobody = replace(one, expected=(replace(one.expected[0], subject="other"),))

    (found,) = tried([rule(IMPORT, Equals(2))], nobody).disagreements

    assert found.finding is None


def test_kinds_that_are_demanded_and_not_there_are_lacking() -> None:
    """Every rule needs a case of each kind; one that always applies needs none that is not applicable."""
    plain, conditional = rule(IMPORT, Equals(2)), rule(LIMITS, Each((("limit", (AtLeast(5),)),)), id_="AADC0002")
    with_when = rule(IMPORT, Equals(2), id_="AADC0003", when=[where_fact(VERSION, AtLeast(Version.parse("2")))])
    compared = fleet_rule(AllEqual(), fact=VERSION)
    asked = case([one_server()], AADC0001=PASS)

    result = tried([plain, conditional, with_when, compared], asked, required=[PASS, NOT_APPLICABLE])

    assert [
        ("AADC0002", PASS),
        ("AADC0002", NOT_APPLICABLE),
        ("AADC0003", PASS),
        ("AADC0003", NOT_APPLICABLE),
        ("AADC0201", PASS),
        ("AADC0201", NOT_APPLICABLE),
    ] == [(one.rule.id, one.outcome) for one in result.lacking]
    assert ["AADC0002", "AADC0003", "AADC0201"] == [one.id for one in result.unasked]
    assert () == tried([plain], asked).lacking


def test_of_a_disabled_rule_nothing_is_demanded() -> None:
    """What is turned off has no outcome but one; the rest of the file says how much was tried."""
    off = replace(rule(IMPORT, Equals(2), id_="AADC0002"), disabled="Not here.")
    good = [fact_case(IMPORT, known(2), PASS), fact_case(IMPORT, known(1), FAIL), fact_case(IMPORT, ABSENT, ERROR)]

    result = tried([rule(IMPORT, Equals(2)), off], *good, required=[PASS])

    assert (1, 3, 3, True) == (result.rules, result.changes, result.expectations, result.good)
    assert not tried([rule(IMPORT, Equals(2)), off], good[0]).good


# Red


NOT_EMPTY = rule("groups.member_limit_unparsed", Empty(wanted=False))


@pytest.mark.parametrize(
    ("one", "fact", "value"),
    [
        (rule(IMPORT, Equals(2)), IMPORT, known(2)),
        (rule(EXPORT, AtLeast(2)), EXPORT, known(2)),
        (rule(EXPORT, AtMost(2)), EXPORT, known(2)),
        (rule(EXPORT, OneOf((0, 1, -1, 10**12, 2))), EXPORT, known(2)),
        (rule(ENABLED, Equals(value=True)), ENABLED, known(value=True)),
        (rule(CLOUD, OneOf(("commercial", "usgov"))), CLOUD, known("usgov")),
        (rule("server.name", Equals("A")), "server.name", known("A")),
        (rule("server.name", Matches("A+")), "server.name", known("A")),
        (rule("server.name", Empty(wanted=True)), "server.name", known("")),
        (rule("server.name", expect(absent=AbsentMode.REQUIRED)), "server.name", ABSENT),
        (rule(VERSION, AtLeast(Version.parse("2.5.79.0"))), VERSION, known(Version.parse("2.5.79.0"))),
        (rule(INTERVAL, AtMost(timedelta(days=7))), INTERVAL, known(timedelta(days=7))),
        (rule(START, AtLeast(NOW)), START, known(NOW)),
        (rule(LIMITS, Empty(wanted=True)), LIMITS, known(())),
        (NOT_EMPTY, "groups.member_limit_unparsed", NOBODY),
        (rule(LIMITS, Each((("limit", (AtMost(5),)),))), LIMITS, known((limit("A", 5),))),
        (rule(LIMITS, Each((("via", (Equals("scope"),)),))), LIMITS, known((limit("A", 5, via="scope"),))),
    ],
)
def test_a_rule_is_red_where_one_fact_of_a_case_is_another(one: Rule, fact: str, value: Fact) -> None:
    """Also without a case that fails: values on both sides of every bound are tried."""
    assert [] == never_red(one, fact_case(fact, value, PASS))


@pytest.mark.parametrize(
    "one",
    [
        rule(ENABLED, OneOf((True, False))),
        rule(CLOUD, OneOf(CATALOGUE[CLOUD].values)),
        rule("server.name", Matches("(?s:.*)")),
        rule(LIMITS, Each((("via", (OneOf(("expression", "scope")),)),))),
        fleet_rule(Count((AtLeast(0),)), where_fact(STAGING, Equals(value=False)), id_="AADC0001"),
    ],
)
def test_f_d17_a_rule_that_cannot_fail_is_told(one: Rule) -> None:
    """What passes whatever the server is like proves nothing, and no case hides it."""
    of_all = fact_case(CLOUD, known("usgov"), PASS, scheduler__sync_cycle_enabled=known(value=True))
    pair = [with_fact(one_server("a", "t"), one.fact, known(value=False)), one_server("b", "t")]

    assert [True] == never_red(one, of_all, case(pair, AADC0001=PASS))


def test_f_d18_a_rule_that_is_always_skipped_is_told() -> None:
    """A condition on a parameter that no case sets keeps the rule from ever being decided."""
    skipped = rule(IMPORT, Equals(2), when=[where_parameter("asked", value := False, Equals(not value))])
    applied = replace(skipped, when=(where_parameter("asked", not value, Equals(not value)),))
    one = fact_case(IMPORT, known(1), NOT_APPLICABLE)
    other = replace(fact_case(IMPORT, known(2), PASS), rules={"AADC0001": applied})

    assert [False] == never_red(skipped, one, one)
    assert [] == never_red(skipped, one, other)


def test_f_d18_a_condition_that_another_fact_meets_is_enough() -> None:
    """One fact at a time is exchanged, those of conditions too; a rule of which nothing is known stays dark."""
    old = rule(IMPORT, Equals(2), when=[where_fact(VERSION, AtMost(Version.parse("1.6")))])
    new = known(Version.parse("2.5"))

    assert [] == never_red(old, fact_case(IMPORT, known(1), NOT_APPLICABLE, product__version=new))
    assert [False] == never_red(old, fact_case(CLOUD, known("usgov"), NOT_APPLICABLE, product__version=new))
    assert [False] == never_red(old)


def test_a_fleet_is_red_where_one_server_or_all_are_others() -> None:
    """Two active servers come of one change, and none that runs only of the same change on all."""
    staging = [one_server(name, "t", scheduler__staging_mode_enabled=known(name == "b")) for name in "ab"]
    running = [one_server(name, "t", scheduler__sync_cycle_enabled=known(value=True)) for name in "ab"]
    same_version = [one_server(name, "t", product__version=known(Version.parse("2.5"))) for name in "ab"]

    for fleet, servers in (
        (fleet_rule(ExactlyOne(), where_fact(STAGING, Equals(value=False))), staging),
        (fleet_rule(Count((AtLeast(1),)), where_fact(ENABLED, Equals(value=True))), running),
        (fleet_rule(AllEqual(), fact=VERSION), same_version),
    ):
        assert [] == never_red(fleet, case(servers, AADC0201=PASS))


def test_a_rule_that_fails_in_a_case_needs_no_other_facts() -> None:
    """The case itself shows that it can."""
    assert [] == never_red(rule(IMPORT, Equals(2)), fact_case(IMPORT, known(1), FAIL))


# Tight


def bounded(*constraints: Constraint, absent: AbsentMode = AbsentMode.ERROR) -> Rule:
    """Give a rule on a fact that can be absent."""
    return rule(IMPORT, expect(*constraints, absent=absent))


PASSING = fact_case(IMPORT, known(5), PASS)
ABSENT_ERROR = fact_case(IMPORT, ABSENT, ERROR)


@pytest.mark.parametrize(
    ("one", "noticing", "change"),
    [
        (bounded(AtLeast(5)), fact_case(IMPORT, known(4), FAIL), "'at_least 5' becomes 'at_least 4'"),
        (bounded(AtLeast(4)), fact_case(IMPORT, known(4), PASS), "'at_least 4' becomes 'at_least 5'"),
        (bounded(AtMost(5)), fact_case(IMPORT, known(6), FAIL), "'at_most 5' becomes 'at_most 6'"),
        (bounded(AtMost(6)), fact_case(IMPORT, known(6), PASS), "'at_most 6' becomes 'at_most 5'"),
        (bounded(OneOf((5, 6))), fact_case(IMPORT, known(6), PASS), "'one_of 5, 6' becomes 'one_of 5'"),
    ],
)  # fmt: skip
def test_a_bound_is_noticed_only_by_a_case_at_the_bound(one: Rule, noticing: PolicyCase, change: str) -> None:
    """A case far away from it would not tell if it moved by one, to either side."""
    most = "most" in change
    others = [
        PASSING,
        ABSENT_ERROR,
        *(fact_case(IMPORT, known(far), FAIL) for far in ((7, 500) if most else (3, -500))),
    ]

    assert [change] == unnoticed(one, *others)
    assert [] == unnoticed(one, *others, noticing)


@pytest.mark.parametrize(
    ("one", "passing", "failing", "words"),
    [
        (rule(EXPORT, Equals(2)), known(2), known(1), "equals 2"),
        (rule(ENABLED, Equals(value=True)), known(value=True), known(value=False), "equals true"),
        (rule("server.name", OneOf(("A",))), known("A"), known("B"), "one_of A"),
        (rule("server.name", Empty(wanted=False)), known("A"), known(""), "empty false"),
        (rule("server.name", Equals("A"), Empty(wanted=False)), known("A"), known("B"), "equals A"),
        (rule("rules.duplicate_precedence", Empty(wanted=True)), known(()), known((limit("A", 5),)), "empty true"),
        (rule(LIMITS, Each((("via", (Equals("scope"),)),))), known((limit("A", 5, via="scope"),)),
         known((limit("A", 5),)), "equals scope"),
    ],
)  # fmt: skip
def test_f_d17_what_is_expected_is_not_given_up_unnoticed(one: Rule, passing: Fact, failing: Fact, words: str) -> None:
    """Cases that pass notice that another value is asked for, and only one that fails that none is."""
    change = f"'{words}' becomes 'any value'"
    green = fact_case(one.fact, passing, PASS)

    assert change in unnoticed(one, green)
    assert change not in unnoticed(one, green, fact_case(one.fact, failing, FAIL))
    assert change in unnoticed(one, fact_case(one.fact, NOBODY, ERROR))


@pytest.mark.parametrize(
    ("one", "fact", "changes"),
    [
        (rule(EXPORT, Equals(2)), EXPORT, ["'equals 2' becomes 'equals 3'", "'equals 2' becomes 'any value'"]),
        (rule(ENABLED, Equals(value=True)), ENABLED, ["'equals true' becomes 'equals false'", "'equals true' becomes 'any value'"]),
        (rule("server.name", Equals("A")), "server.name", ["'equals A' becomes 'equals Ax'", "'equals A' becomes 'any value'"]),
        (rule("server.name", OneOf(("A",))), "server.name", ["'one_of A' becomes 'one_of Ax'", "'one_of A' becomes 'any value'"]),
        (rule("server.name", Matches("A+")), "server.name", ["'matches A+' becomes 'any text'"]),
        (
            rule("server.name", Empty(wanted=False)), "server.name",
            ["'empty false' becomes 'empty true'", "'empty false' becomes 'any value'"],
        ),
        (
            rule("server.name", Equals("A"), Empty(wanted=False)), "server.name",
            [
                "'equals A' becomes 'equals Ax'",
                "'empty false' becomes 'empty true'",
                "'equals A' becomes 'any value'",
                "'empty false' becomes 'any value'",
            ],
        ),
        (
            rule("server.role", Equals("active")), "server.role",
            ["'equals active' becomes 'equals staging'", "'equals active' becomes 'any value'"],
        ),
        (
            rule("server.role", OneOf(("active",))), "server.role",
            [
                "'one_of active' becomes 'one_of active, staging'",
                "'one_of active' becomes 'one_of staging'",
                "'one_of active' becomes 'any value'",
            ],
        ),
        (
            rule(VERSION, AtLeast(Version.parse("2.5.79.0")), AtMost(Version.parse("2.6"))), VERSION,
            [
                "'at_least 2.5.79.0' becomes 'at_least 2.5.78.0'",
                "'at_least 2.5.79.0' becomes 'at_least 2.5.79.1'",
                "'at_most 2.6' becomes 'at_most 2.5.0.0'",
                "'at_most 2.6' becomes 'at_most 2.6.0.1'",
            ],
        ),
        (rule(VERSION, AtLeast(Version.parse("0"))), VERSION, ["'at_least 0' becomes 'at_least 0.0.0.1'"]),
        (
            rule(VERSION, Equals(Version.parse("1"))), VERSION,
            ["'equals 1' becomes 'equals 1.0.0.1'", "'equals 1' becomes 'any value'"],
        ),
        (
            rule(INTERVAL, AtMost(timedelta(days=7))), INTERVAL,
            ["'at_most P7D' becomes 'at_most P6DT23H59M59S'", "'at_most P7D' becomes 'at_most P7DT1S'"],
        ),
        (rule(INTERVAL, AtLeast(timedelta.min)), INTERVAL, ["'at_least -P999999999D' becomes 'at_least -P999999998DT23H59M59S'"]),
        (
            rule(START, AtLeast(NOW)), START,
            [
                "'at_least 2026-11-22T10:00:00Z' becomes 'at_least 2026-11-22T09:59:59Z'",
                "'at_least 2026-11-22T10:00:00Z' becomes 'at_least 2026-11-22T10:00:01Z'",
            ],
        ),
        (
            replace(rule(EXPORT, AtLeast(2)), max_age=timedelta(hours=1)), EXPORT,
            [
                "'at_least 2' becomes 'at_least 1'",
                "'at_least 2' becomes 'at_least 3'",
                "'max_age PT1H' becomes 'max_age PT59M59S'",
                "'max_age PT1H' becomes 'max_age PT1H1S'",
            ],
        ),
        (
            replace(rule("server.name", Matches("A")), max_age=timedelta.max), "server.name",
            [
                "'matches A' becomes 'any text'",
                "'max_age P999999999DT23H59M59.999999S' becomes 'max_age P999999999DT23H59M58.999999S'",
            ],
        ),
        (
            rule("rules.duplicate_precedence", Empty(wanted=True)), "rules.duplicate_precedence",
            ["'empty true' becomes 'empty false'", "'empty true' becomes 'any value'"],
        ),
        (
            rule(LIMITS, Each((("limit", (AtLeast(1),)), ("via", (Equals("scope"),))))), LIMITS,
            [
                "nothing is expected of field 'limit'",
                "'at_least 1' becomes 'at_least 0' of field 'limit'",
                "'at_least 1' becomes 'at_least 2' of field 'limit'",
                "nothing is expected of field 'via'",
                "'equals scope' becomes 'equals expression' of field 'via'",
                "'absent: error' becomes 'absent: allowed'",
            ],
        ),
        (
            rule(LIMITS, Each((("limit", (AtLeast(1),)), ("name", (Equals("A"), Empty(wanted=False)))))), LIMITS,
            [
                "nothing is expected of field 'limit'",
                "'at_least 1' becomes 'at_least 0' of field 'limit'",
                "'at_least 1' becomes 'at_least 2' of field 'limit'",
                "nothing is expected of field 'name'",
                "'equals A' becomes 'equals Ax' of field 'name'",
                "'empty false' becomes 'empty true' of field 'name'",
                "'absent: error' becomes 'absent: allowed'",
                "'equals A' becomes 'any value' of field 'name'",
                "'empty false' becomes 'any value' of field 'name'",
            ],
        ),
        (
            rule(IMPORT, expect(Equals(2), absent=AbsentMode.ALLOWED)), IMPORT,
            [
                "'equals 2' becomes 'equals 3'",
                "'absent: allowed' becomes 'absent: error'",
                "'equals 2' becomes 'any value'",
            ],
        ),
        (
            rule(IMPORT, expect(absent=AbsentMode.REQUIRED)), IMPORT,
            ["'absent: required' becomes 'absent: allowed', with any value"],
        ),
    ],
)  # fmt: skip
def test_each_change_is_told_where_no_case_could_notice_it(one: Rule, fact: str, changes: list[str]) -> None:
    """A case in which the fact is unknown notices nothing, so that every change is told."""
    assert changes == unnoticed(one, fact_case(fact, NOBODY, ERROR))


@pytest.mark.parametrize(
    ("name", "value", "mode"),
    [
        (IMPORT, known(7), AbsentMode.REQUIRED),
        (ENABLED, known(value=True), AbsentMode.REQUIRED),
        ("server.name", known("A\nB"), AbsentMode.REQUIRED),
        (VERSION, known(Version.parse("0")), AbsentMode.REQUIRED),
        (INTERVAL, known(timedelta(days=-3)), AbsentMode.REQUIRED),
        (START, known(datetime(1, 1, 1, tzinfo=UTC)), AbsentMode.REQUIRED),
        (LIMITS, known((limit("A", 3),)), AbsentMode.REQUIRED),
    ],
)
def test_a_value_where_none_should_be_notices_that_one_is_allowed(name: str, value: Fact, mode: AbsentMode) -> None:
    """A fact that must be absent needs a case in which it is not."""
    one = rule(name, expect(absent=mode))

    assert [] == unnoticed(one, fact_case(name, value, FAIL))
    assert ["'absent: required' becomes 'absent: allowed', with any value"] == unnoticed(
        one, fact_case(name, ABSENT, PASS)
    )


def test_f_d17_what_is_asked_of_a_field_is_not_given_up_unnoticed() -> None:
    """An entry that lacks the field is an error and proves nothing; only one that is refused for it does."""
    one = rule(LIMITS, Each((("limit", (AtLeast(1),)), ("via", (Equals("scope"),)))))
    change = "nothing is expected of field 'via'"
    right = fact_case(LIMITS, known((limit("A", 1, via="scope"),)), PASS)
    lacking = fact_case(LIMITS, known((Record.of(limit=1),)), ERROR)
    wrong = fact_case(LIMITS, known((limit("A", 1, via="expression"),)), FAIL)

    assert change in unnoticed(one, right, lacking)
    assert change not in unnoticed(one, right, lacking, wrong)


def test_f_d18_a_condition_is_not_dropped_unnoticed() -> None:
    """A case in which it cannot be decided proves nothing; one in which it does not hold does."""
    one = rule(EXPORT, AtLeast(2), when=[where_fact(CLOUD, Equals("china"))])
    change = "the condition on 'tenant.cloud' is dropped"
    holds = fact_case(EXPORT, known(2), PASS, tenant__cloud=known("china"))
    undecided = fact_case(EXPORT, known(2), ERROR, tenant__cloud=NOBODY)
    elsewhere = fact_case(EXPORT, known(2), NOT_APPLICABLE, tenant__cloud=known("usgov"))

    assert change in unnoticed(one, holds, undecided)
    assert change not in unnoticed(one, holds, undecided, elsewhere)


def test_conditions_and_cases_of_a_rule_are_changed_too() -> None:
    """What decides where a rule counts is as much a part of it as what it expects."""
    when: list[Condition] = [where_fact(VERSION, AtLeast(Version.parse("2"))), where_parameter("asked", 1, AtMost(3))]
    branch = Case(expectation=expect(Equals(1)), when=(where_fact(CLOUD, Equals("china")),))
    one = rule(EXPORT, branch, Case(expectation=expect(Equals(2))), when=when)

    assert [
        "the condition on 'product.version' is dropped",
        "'at_least 2' becomes 'at_least 1.0.0.0' in the condition on 'product.version'",
        "'at_least 2' becomes 'at_least 2.0.0.1' in the condition on 'product.version'",
        "the condition on '$asked' is dropped",
        "'at_most 3' becomes 'at_most 2' in the condition on '$asked'",
        "'at_most 3' becomes 'at_most 4' in the condition on '$asked'",
        "case 1 of 'expect' is dropped",
        "'equals 1' becomes 'equals 2' in case 1 of 'expect'",
        "'equals 1' becomes 'any value' in case 1 of 'expect'",
        "the condition on 'tenant.cloud' is dropped in case 1 of 'expect'",
        "'equals china' becomes 'equals commercial' in the condition on 'tenant.cloud' in case 1 of 'expect'",
        "'equals 2' becomes 'equals 3' in case 2 of 'expect'",
        "'equals 2' becomes 'any value' in case 2 of 'expect'",
    ] == unnoticed(one, fact_case(EXPORT, NOBODY, ERROR))


def test_a_condition_on_a_parameter_that_must_be_absent_is_not_changed() -> None:
    """There is nothing that could be expected of it instead."""
    never = replace(where_parameter("asked", 1), expectation=expect(absent=AbsentMode.REQUIRED))
    one = rule(EXPORT, AtLeast(2), when=[never])

    skipped = fact_case(EXPORT, NOBODY, NOT_APPLICABLE)

    assert ["'at_least 2' becomes 'at_least 1'", "'at_least 2' becomes 'at_least 3'"] == unnoticed(one, skipped)


@pytest.mark.parametrize(
    ("fleet", "changes"),
    [
        (ExactlyOne(), ["'exactly_one' becomes 'count at_least 1'", "'exactly_one' becomes 'count at_most 1'"]),
        (Count((Equals(2),)), ["'count equals 2' becomes 'count at_least 2'", "'count equals 2' becomes 'count at_most 2'"]),
        (Count((Equals(0),)), ["'count equals 0' becomes 'count at_most 1'"]),
        (
            Count((AtLeast(2), AtMost(4))),
            [
                "'count at_least 2' becomes 'count at_least 1'",
                "'count at_least 2' becomes 'count at_least 3'",
                "'count at_most 4' becomes 'count at_most 3'",
                "'count at_most 4' becomes 'count at_most 5'",
            ],
        ),
        (Count((AtMost(0),)), ["'count at_most 0' becomes 'count at_most 1'"]),
        (Count((AtLeast(0),)), ["'count at_least 0' becomes 'count at_least 1'"]),
    ],
)  # fmt: skip
def test_what_is_expected_of_a_fleet_is_exchanged_or_moved(fleet: FleetExpectation, changes: list[str]) -> None:
    """Numbers of servers have bounds on both sides, and none lies below zero."""
    condition = where_fact(STAGING, Equals(value=False))
    nobody_knows = case([one_server("a"), one_server("b")], AADC0201=ERROR)
    of_where = "'equals false' becomes 'equals true' in the condition on 'scheduler.staging_mode_enabled' of 'where'"

    assert [of_where, *changes] == unnoticed(fleet_rule(fleet, condition), nobody_knows)


def test_comparisons_are_given_up_and_their_conditions_dropped() -> None:
    """A comparison that compares nothing would pass where versions differ; a `where` may fall away as a whole."""
    compared = fleet_rule(AllEqual(), fact=VERSION)
    active = fleet_rule(AllEqual(), where_fact(STAGING, Equals(value=False)), fact=VERSION)
    nobody_knows = case([one_server("a"), one_server("b")], AADC0201=ERROR)
    versions = {"a": Version.parse("1"), "b": Version.parse("2")}
    differing = case([one_server(name, "t", product__version=known(one)) for name, one in versions.items()], AADC0201=FAIL)  # fmt: skip

    assert ["'all_equal' becomes 'any values'"] == unnoticed(compared, nobody_knows)
    assert [] == unnoticed(compared, differing)
    assert [
        "the condition on 'scheduler.staging_mode_enabled' is dropped of 'where'",
        "'equals false' becomes 'equals true' in the condition on 'scheduler.staging_mode_enabled' of 'where'",
        "'all_equal' becomes 'any values'",
    ] == unnoticed(active, nobody_knows)


def test_the_age_is_noticed_by_a_case_a_second_too_old() -> None:
    """A day would not tell if the limit moved by a second, to either side."""
    young = replace(rule(EXPORT, AtLeast(2)), max_age=timedelta(hours=1))
    bounds = [fact_case(EXPORT, known(1), FAIL), fact_case(EXPORT, known(2), PASS)]

    def aged(age: timedelta) -> PolicyCase:
        return fact_case(EXPORT, known(2), ERROR, age=age)

    at_the_limit = fact_case(EXPORT, known(2), PASS, age=timedelta(hours=1))
    shorter, longer = (f"'max_age PT1H' becomes 'max_age {age}'" for age in ("PT59M59S", "PT1H1S"))
    assert [shorter, longer] == unnoticed(young, *bounds, aged(timedelta(days=1)))
    assert [shorter] == unnoticed(young, *bounds, aged(timedelta(hours=1, seconds=1)))
    assert [] == unnoticed(young, *bounds, at_the_limit, aged(timedelta(hours=1, seconds=1)))


def test_a_case_notices_only_what_it_expects_something_of() -> None:
    """That another rule, or the rule on another server, would change its outcome tells nobody anything."""
    exact = rule(EXPORT, Equals(2))
    other = rule(CLOUD, Equals("china"), id_="AADC0002")
    servers = [one_server("a", endpoint__export_api_version=known(2)), one_server("b")]
    red = one_server("c", endpoint__export_api_version=known(1))
    whole = case([*servers, red], AADC0001=PASS)
    of_b = replace(whole, expected=(replace(whole.expected[0], subject="b", outcome=ERROR),))
    of_other = case(servers[:1], AADC0002=ERROR)

    assert ["'equals 2' becomes 'equals 3'", "'equals 2' becomes 'any value'"] == unnoticed(exact, of_b)
    assert [] == unnoticed(exact, of_b, whole)
    assert {"AADC0002"} == {one.rule.id for one in tried([exact, other], of_other).survivors}


def test_one_change_is_the_same_whatever_the_parameters() -> None:
    """Cases of other parameters notice it with their own values, and it is told with those of the policy."""
    default, lower = rule(EXPORT, AtLeast(5)), rule(EXPORT, AtLeast(3))
    at_default = fact_case(EXPORT, known(5), PASS)

    def with_lower(value: int, outcome: Outcome) -> PolicyCase:
        return replace(fact_case(EXPORT, known(value), outcome), rules={"AADC0001": lower})

    assert ["'at_least 5' becomes 'at_least 4'"] == unnoticed(default, with_lower(3, PASS), at_default)
    assert [] == unnoticed(default, with_lower(2, FAIL), at_default)


@settings(max_examples=60, deadline=None)
@given(judged())
def test_the_engine_can_judge_what_it_can_judge_the_original_of(made: tuple[Rule, FactSet]) -> None:
    """No change makes a rule that nobody can judge, and no other fact does."""
    one, servers = made[0], [CaseServer(facts=made[1])]

    def bugs(changed: Rule, of: Sequence[CaseServer]) -> set[str]:
        found = compile_trial(changed, NOW)(of)
        return {finding.message for finding in found if finding.reason == Reason.INTERNAL.value}

    if not bugs(one, servers):
        assert set() == {told for change in changed_rules(one) for told in bugs(change.changed, servers)}
        assert set() == {told for others in changed_servers(one, servers) for told in bugs(one, others)}


@settings(max_examples=80, deadline=None)
@given(judged(), st.lists(st.sampled_from(list(Outcome)), max_size=2))
def test_f_d17_without_a_case_that_fails_no_file_is_good(made: tuple[Rule, FactSet], required: list[Outcome]) -> None:
    """Whatever a rule asks, and however many cases it passes: that it can be red must be seen."""
    one = made[0]
    judge = compile_trial(one, NOW)
    start = (CaseServer(facts=made[1]),)
    outcomes = [(servers, judge(servers)[0].outcome) for servers in (start, *changed_servers(one, start))]
    green = [case(servers, AADC0001=outcome) for servers, outcome in outcomes if outcome is not FAIL]

    assert "AADC0001" == one.id
    assert not tried([one], *green, required=required).good


@pytest.mark.parametrize(
    "one",
    [
        fleet_rule(ExactlyOne(), where_fact(STAGING, Equals(value=False))),
        fleet_rule(AllEqual(), fact=STAGING),
        *(
            fleet_rule(Count((bound,)), where_fact(STAGING, Equals(value=False)))
            for bound in (Equals(0), Equals(1), Equals(2), AtLeast(1), AtLeast(2), AtMost(0), AtMost(1))
        ),
    ],
    ids=lambda one: str(one.fleet),
)
def test_f_d17_a_fleet_without_a_case_that_fails_is_not_good(one: Rule) -> None:
    """All fleets of up to three servers, but for those that fail; with those, all changes are noticed."""
    judge = compile_trial(one, NOW)
    states: list[Fact] = [known(value=True), known(value=False), NOBODY]
    fleets = [
        [with_fact(one_server(f"srv{number}", "t"), STAGING, state) for number, state in enumerate(fleet)]
        for size in (1, 2, 3)
        for fleet in product(states, repeat=size)
    ]
    cases = [case(fleet, AADC0201=judge(fleet)[0].outcome) for fleet in fleets]
    green = [one for one in cases if one.expected[0].outcome is not FAIL]

    assert not tried([one], *green).good
    assert [] == unnoticed(one, *cases)


@given(st.sampled_from([0, 5, Version.parse("1.0.0.3"), timedelta(1), NOW, datetime.max.replace(tzinfo=UTC)]))
def test_steps_lead_to_the_right_side(value: int | Version | timedelta | datetime) -> None:
    """What is next above is more, what is next below is less, and what is another is neither equal nor missing."""
    above, below, other = step(value, up=True), step(value, up=False), another(value)

    assert other is not None
    assert value != other
    assert below is not None
    assert [below, value] == sorted([value, below], key=_order)
    assert above is None or [value, above] == sorted([above, value], key=_order)


def _order(value: Scalar) -> Scalar:
    return value


@pytest.mark.parametrize("value", [True, "text"])
def test_what_has_no_order_has_no_step(value: bool | str) -> None:
    """Nothing comes after a text or a boolean."""
    assert None is step(value, up=True)


def test_nothing_else_is_left_of_a_list_of_one() -> None:
    """A text of which there is only one has no other."""
    assert None is another("A", ("A",))


def many(number_of_cases: int) -> tuple[list[Rule], list[PolicyCase]]:
    """Give thirteen rules, and cases each of which all of them pass."""
    rules = [
        rule(LIMITS, Each((("limit", (AtLeast(50001), AtMost(250000))),)), id_=f"AADC{number:04}")
        for number in range(1, 14)
    ]
    expected = tuple(ExpectedOutcome(rule=one.id, outcome=PASS, location=HERE) for one in rules)
    return rules, [
        replace(fact_case(LIMITS, known((limit("A", 60000 + number),)), PASS), expected=expected)
        for number in range(number_of_cases)
    ]


def test_every_change_of_thirteen_rules_is_tried() -> None:
    """Of cases that all pass, each bound can move to both sides, and absence can be allowed."""
    rules, cases = many(40)

    assert 13 * 5 == len(tried(rules, *cases).survivors)


@counts_calls
def test_the_cost_of_the_changes_grows_with_the_cases() -> None:
    """Twice as many cases take no more than twice as many calls: authors run it after every change."""
    (rules, once), (_, twice) = many(20), many(40)
    calls_of(lambda: tried(rules, *once))  # what is made once is made now

    assert calls_of(lambda: tried(rules, *twice)) < 2.2 * calls_of(lambda: tried(rules, *once))
