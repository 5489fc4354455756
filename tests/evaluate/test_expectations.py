"""What each expectation says of each kind of fact: outcome and reason."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest

from checker.evaluate.compile import compile_rule
from checker.model.facts import Absent, Fact, Reason, Unknown
from checker.model.policy import (
    AbsentMode,
    AtLeast,
    AtMost,
    Case,
    Constraint,
    Each,
    Empty,
    Equals,
    Matches,
    OneOf,
    Rule,
)
from checker.model.result import Outcome
from checker.model.values import Record, Value
from checker.model.version import Version
from tests.evaluate.made import SOURCE, expect, known, limit, rule, server, where_fact

PASS, FAIL, ERROR, NOT_APPLICABLE = Outcome.PASS, Outcome.FAIL, Outcome.ERROR, Outcome.NOT_APPLICABLE
VERSION, LIMITS, CLOUD = "product.version", "groups.member_limits", "tenant.cloud"
INTEGER, BOOLEAN, TEXT = "endpoint.export_api_version", "scheduler.suspended", "tenant.connector_name"
INTERVAL, START, DISABLED = (
    "scheduler.effective_sync_interval",
    "scheduler.next_sync_start",
    "rules.standard_rules_disabled",
)
IN_RANGE = Each((("limit", (AtLeast(50001), AtMost(250000))),))
DISABLED_RULE = Record.of(rule="4f", name="In from AD - User Join", precedence=5)

CASES: dict[str, tuple[str, Constraint, Value, Outcome, str]] = {
    "equal integers": (INTEGER, Equals(2), 2, PASS, ""),
    "other integer": (INTEGER, Equals(2), 1, FAIL, ""),
    "zero is a value": (INTEGER, Equals(0), 0, PASS, ""),
    "zero is not one": (INTEGER, Equals(1), 0, FAIL, ""),
    "T21 text is no integer": (INTEGER, Equals(2), "2", ERROR, "wrong_type"),
    "T21 true is not one": (INTEGER, Equals(1), True, ERROR, "wrong_type"),
    "one is not true": (BOOLEAN, Equals(True), 1, ERROR, "wrong_type"),
    "zero is not false": (BOOLEAN, Equals(False), 0, ERROR, "wrong_type"),
    "the text false is no boolean": (BOOLEAN, Equals(False), "false", ERROR, "wrong_type"),
    "false is a value": (BOOLEAN, Equals(False), False, PASS, ""),
    "true is not among the integers": (INTEGER, OneOf((1, 2)), True, ERROR, "wrong_type"),
    "one of": (INTEGER, OneOf((1, 2)), 2, PASS, ""),
    "none of": (INTEGER, OneOf((1, 2)), 3, FAIL, ""),
    "one of mixed types is exact": (INTEGER, OneOf((True, 2)), 1, FAIL, ""),
    "expectation of another type than the fact": (INTEGER, Equals(True), True, ERROR, "wrong_type"),
    "expectation of another type than the value": (INTEGER, Equals("2"), 2, ERROR, "wrong_type"),
    "text is exact": (TEXT, Equals("a"), "A", FAIL, ""),
    "text keeps its blanks": (TEXT, Equals("a"), "a ", FAIL, ""),
    "the empty text is a value": (TEXT, Equals(""), "", PASS, ""),
    "at least the bound": (INTEGER, AtLeast(2), 2, PASS, ""),
    "below the bound": (INTEGER, AtLeast(2), 1, FAIL, ""),
    "at most the bound": (INTEGER, AtMost(2), 2, PASS, ""),
    "above the bound": (INTEGER, AtMost(2), 3, FAIL, ""),
    "versions by part": (VERSION, AtLeast(Version.parse("2.4.13.0")), Version.parse("2.4.129.0"), PASS, ""),
    "ten is above nine": (VERSION, AtLeast(Version.parse("9")), Version.parse("10.0"), PASS, ""),
    "older version": (VERSION, AtLeast(Version.parse("1.5.30.0")), Version.parse("1.1.130.0"), FAIL, ""),
    "missing parts are zero": (VERSION, Equals(Version.parse("2.5")), Version.parse("2.5.0.0"), PASS, ""),
    "text is no version": (VERSION, AtLeast(Version.parse("1.5")), "2.5.79.0", ERROR, "wrong_type"),
    "duration": (INTERVAL, AtMost(timedelta(days=7)), timedelta(minutes=30), PASS, ""),
    "duration too long": (INTERVAL, AtMost(timedelta(days=7)), timedelta(days=7, seconds=1), FAIL, ""),
    "a number is no duration": (INTERVAL, AtMost(timedelta(days=7)), 30, ERROR, "wrong_type"),
    "moments across zones": (
        START,
        AtLeast(datetime(2026, 1, 1, tzinfo=UTC)),
        datetime(2026, 1, 1, 1, tzinfo=timezone(timedelta(hours=1))),
        PASS,
        "",
    ),
    "moment too early": (
        START,
        AtLeast(datetime(2026, 1, 1, tzinfo=UTC)),
        datetime(2025, 12, 31, 23, 59, 59, tzinfo=UTC),
        FAIL,
        "",
    ),
    "whole match": (TEXT, Matches("a+"), "aa", PASS, ""),
    "a match within is none": (TEXT, Matches("a+"), "ab", FAIL, ""),
    "a line end is not overlooked": (TEXT, Matches("a+$"), "aa\n", FAIL, ""),
    "either branch is anchored": (TEXT, Matches("a|b"), "bc", FAIL, ""),
    "longest text that is matched": (TEXT, Matches("a*"), "a" * 4096, PASS, ""),
    "T13 text too long to match": (TEXT, Matches("a*"), "a" * 4097, ERROR, "unparsed"),
    "a number is not matched": (INTEGER, Matches("2"), 2, ERROR, "wrong_type"),
    "empty text": (TEXT, Empty(True), "", PASS, ""),
    "text that is not empty": (TEXT, Empty(True), "0", FAIL, ""),
    "text as wanted": (TEXT, Empty(False), "0", PASS, ""),
    "a blank is not empty": (TEXT, Empty(True), " ", FAIL, ""),
    "zero is not empty": (INTEGER, Empty(True), 0, ERROR, "wrong_type"),
    "false is not empty": (BOOLEAN, Empty(True), False, ERROR, "wrong_type"),
    "no entries": (DISABLED, Empty(True), (), PASS, ""),
    "an entry": (DISABLED, Empty(True), (DISABLED_RULE,), FAIL, ""),
    "an entry as wanted": (DISABLED, Empty(False), (DISABLED_RULE,), PASS, ""),
    "no entries where some are wanted": (DISABLED, Empty(False), (), FAIL, ""),
    "text where entries belong": (DISABLED, Empty(True), "", ERROR, "wrong_type"),
    "a value that the catalogue lists": (CLOUD, Matches(".*"), "germany", PASS, ""),
    "a value that the catalogue does not list": (CLOUD, Matches(".*"), "moon", ERROR, "unparsed"),
    "each in range": (LIMITS, IN_RANGE, (limit("A", 50001), limit("B", 250000)), PASS, ""),
    "one out of range": (LIMITS, IN_RANGE, (limit("A", 50001), limit("B", 50000)), FAIL, ""),
    "each of nothing": (LIMITS, IN_RANGE, (), NOT_APPLICABLE, "nothing_to_check"),
    "each of a scalar": (INTEGER, IN_RANGE, 60000, ERROR, "wrong_type"),
    "T20 scalar where entries belong": (LIMITS, IN_RANGE, 60000, ERROR, "wrong_type"),
    "entry without the field": (LIMITS, IN_RANGE, (limit("A", 60000), Record.of(name="B")), ERROR, "wrong_type"),
    "entry without any field": (LIMITS, IN_RANGE, (Record(()),), ERROR, "wrong_type"),
    "text in the field": (LIMITS, IN_RANGE, (limit("A", "60000"),), ERROR, "wrong_type"),
    "true in the field": (LIMITS, Each((("limit", (AtMost(2),)),)), (limit("A", True),), ERROR, "wrong_type"),
    "expectation of another type than the field": (
        LIMITS,
        Each((("limit", (Equals(True),)),)),
        (limit("A", True),),
        ERROR,
        "wrong_type",
    ),
    "field with an unlisted text": (
        LIMITS,
        Each((("via", (Matches(".*"),)),)),
        (limit("A", 1, via="magic"),),
        ERROR,
        "unparsed",
    ),
    "field that the catalogue does not know": (
        LIMITS,
        Each((("colour", (Equals("red"),)),)),
        (limit("A", 1),),
        ERROR,
        "wrong_type",
    ),
    "a failure outranks what cannot be told": (
        LIMITS,
        IN_RANGE,
        (Record.of(name="A"), limit("B", 50000)),
        FAIL,
        "",
    ),
    "a failing field outranks one that is missing": (
        LIMITS,
        Each((("colour", (Equals("red"),)), ("limit", (AtLeast(50001),)))),
        (limit("A", 50000),),
        FAIL,
        "",
    ),
}


@pytest.mark.parametrize(("fact", "constraint", "value", "outcome", "reason"), CASES.values(), ids=CASES.keys())
def test_known_value(fact: str, constraint: Constraint, value: Value, outcome: Outcome, reason: str) -> None:
    """A known value is compared as it is: no type is taken for another, and what cannot be compared is an error."""
    facts = server(**{fact.replace(".", "__"): known(value)})

    finding = compile_rule(rule(fact, constraint))(facts)

    assert (outcome, reason) == (finding.outcome, finding.reason)


@pytest.mark.parametrize(
    ("value", "outcome"), [(1, FAIL), (2, PASS), (3, PASS), (4, FAIL)], ids=["below", "lowest", "highest", "above"]
)
def test_all_constraints_count(value: int, outcome: Outcome) -> None:
    """Several constraints hold together, or the rule fails."""
    finding = compile_rule(rule(INTEGER, AtLeast(2), AtMost(3)))(server(endpoint__export_api_version=known(value)))

    assert outcome is finding.outcome


@pytest.mark.parametrize(
    ("value", "outcome"),
    [((), FAIL), ((limit("A", 1),), FAIL), ((limit("A", 60000),), PASS)],
    ids=["none", "one out of range", "one in range"],
)
def test_each_beside_not_empty(value: Value, outcome: Outcome) -> None:
    """Whoever wants entries, and wants something of each, gets no "nothing to check" for an empty list."""
    finding = compile_rule(rule(LIMITS, IN_RANGE, Empty(False)))(server(groups__member_limits=known(value)))

    assert outcome is finding.outcome


def test_each_beside_empty_is_never_a_pass() -> None:
    """`each` over no entries decides nothing, even where emptiness is expected as well."""
    finding = compile_rule(rule(LIMITS, Empty(True), IN_RANGE))(server(groups__member_limits=known(())))

    assert finding.outcome is NOT_APPLICABLE


@pytest.mark.parametrize("same_field", [True, False], ids=["the same field", "another field"])
def test_two_each_count_together(*, same_field: bool) -> None:
    """No `each` hides another one."""
    second = Each((("limit", (AtMost(50),)),)) if same_field else Each((("standard", (Equals(False),)),))
    finding = compile_rule(rule(LIMITS, IN_RANGE, second))(server(groups__member_limits=known((limit("A", 60000),))))

    assert finding.outcome is FAIL


FACTS: dict[str, tuple[AbsentMode, Fact, Outcome, str]] = {
    "known, error": (AbsentMode.ERROR, known(2), PASS, ""),
    "known, allowed": (AbsentMode.ALLOWED, known(2), PASS, ""),
    "known and wrong, allowed": (AbsentMode.ALLOWED, known(1), FAIL, ""),
    "known, required": (AbsentMode.REQUIRED, known(2), FAIL, ""),
    "of the wrong type, required": (AbsentMode.REQUIRED, known("x"), FAIL, ""),
    "absent, error": (AbsentMode.ERROR, Absent(SOURCE), ERROR, "absent"),
    "absent, allowed": (AbsentMode.ALLOWED, Absent(SOURCE), PASS, ""),
    "absent, required": (AbsentMode.REQUIRED, Absent(SOURCE), PASS, ""),
    **{
        f"{reason.value}, {mode.value}": (mode, Unknown(reason, "It is so."), ERROR, reason.value)
        for reason in Reason
        for mode in AbsentMode
    },
}


@pytest.mark.parametrize(("mode", "fact", "outcome", "reason"), FACTS.values(), ids=FACTS.keys())
def test_absence(mode: AbsentMode, fact: Fact, outcome: Outcome, reason: str) -> None:
    """What is absent is an error unless the rule says otherwise, and what is unknown always is, for its own reason."""
    finding = compile_rule(rule(INTEGER, expect(Equals(2), absent=mode)))(server(endpoint__export_api_version=fact))

    assert (outcome, reason) == (finding.outcome, finding.reason)


def test_absence_may_be_all_that_is_expected() -> None:
    """`absent: required` stands alone: it passes where the fact is absent, and fails where it is known."""
    judge = compile_rule(rule(INTEGER, expect(absent=AbsentMode.REQUIRED)))

    assert judge(server(endpoint__export_api_version=Absent(SOURCE))).outcome is PASS
    assert judge(server(endpoint__export_api_version=known(2))).outcome is FAIL


def test_fact_of_which_nobody_spoke() -> None:
    """A fact that no source mentioned is unknown, and the finding says that no source can hold it."""
    finding = compile_rule(rule(INTEGER, expect(Equals(2), absent=AbsentMode.ALLOWED)))(server())

    assert (ERROR, "not_in_source") == (finding.outcome, finding.reason)
    assert "No source of this server can hold 'endpoint.export_api_version'." in finding.message


UNDECIDABLE: dict[str, tuple[Rule, str]] = {
    "nothing expected": (rule(INTEGER, expect()), "nothing is expected"),
    "nothing but acceptance of absence": (rule(INTEGER, expect(absent=AbsentMode.ALLOWED)), "nothing is expected"),
    "one of nothing": (rule(INTEGER, OneOf(())), "no value"),
    "each without fields": (rule(LIMITS, Each(())), "nothing is expected of the entries"),
    "each with a field and nothing about it": (rule(LIMITS, Each((("limit", ()),))), "'limit'"),
    "each within each": (rule(LIMITS, Each((("limit", (IN_RANGE,)),))), "'limit'"),
    "each beside a constraint within each": (rule(LIMITS, Each((("limit", (AtLeast(1), IN_RANGE)),))), "'limit'"),
    "text has no order": (rule(TEXT, AtLeast("9")), "text has no order"),
    "booleans have no order": (rule(BOOLEAN, AtMost(True)), "boolean has no order"),
    "no cases": (replace(rule(INTEGER, Equals(2)), cases=()), "left over"),
    "a condition on the last case": (
        rule(INTEGER, Case(expectation=expect(Equals(2)), when=(where_fact(BOOLEAN, Equals(True)),))),
        "left over",
    ),
    "a condition that decides nothing": (rule(INTEGER, Equals(2), when=(where_fact(BOOLEAN),)), "nothing is expected"),
}


@pytest.mark.parametrize(("broken", "sentence"), UNDECIDABLE.values(), ids=UNDECIDABLE.keys())
def test_rule_that_decides_nothing(broken: Rule, sentence: str) -> None:
    """A rule that could never fail, or has no meaning, is refused even if the loader let it pass."""
    with pytest.raises(ValueError, match=sentence):
        compile_rule(broken)
