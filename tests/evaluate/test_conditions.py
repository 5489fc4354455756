"""Where a rule applies, and which of its cases counts."""

from __future__ import annotations

import pytest

from checker.evaluate.compile import compile_rule
from checker.model.facts import Absent, Fact, FactSet, Reason, Unknown
from checker.model.policy import AbsentMode, AtLeast, AtMost, Case, Condition, Each, Equals, OneOf
from checker.model.result import Finding, Outcome
from checker.model.values import Scalar
from checker.model.version import Version
from tests.evaluate.made import SOURCE, expect, known, limit, rule, server, where_fact, where_parameter

PASS, FAIL, ERROR, NOT_APPLICABLE = Outcome.PASS, Outcome.FAIL, Outcome.ERROR, Outcome.NOT_APPLICABLE
DENIED = Unknown(Reason.DENIED, "Access was denied.")
NEW, OLD = known(Version.parse("2.5.79.0")), known(Version.parse("1.5.30.0"))

SUSPENDED = where_fact("scheduler.suspended", Equals(True))
STAGING = where_fact("scheduler.staging_mode_enabled", Equals(True))
RECENT = where_fact("product.version", AtLeast(Version.parse("1.6.4.0")))

TRUTH: dict[str, Fact] = {"true": known(True), "false": known(False), "unknown": DENIED}
TABLE: dict[tuple[str, str], tuple[Outcome, str]] = {
    ("true", "true"): (PASS, ""),
    ("true", "false"): (NOT_APPLICABLE, "condition"),
    ("true", "unknown"): (ERROR, "denied"),
    ("false", "true"): (NOT_APPLICABLE, "condition"),
    ("false", "false"): (NOT_APPLICABLE, "condition"),
    ("false", "unknown"): (NOT_APPLICABLE, "condition"),
    ("unknown", "true"): (ERROR, "denied"),
    ("unknown", "false"): (NOT_APPLICABLE, "condition"),
    ("unknown", "unknown"): (ERROR, "denied"),
}


@pytest.mark.parametrize("pair", TABLE, ids=" and ".join)
def test_two_conditions(pair: tuple[str, str]) -> None:
    """All conditions must hold: a known "no" decides, and what cannot be decided otherwise is an error."""
    one, other = (TRUTH[word] for word in pair)
    facts = server(
        scheduler__suspended=one, scheduler__staging_mode_enabled=other, endpoint__export_api_version=known(2)
    )

    finding = compile_rule(rule("endpoint.export_api_version", Equals(2), when=(SUSPENDED, STAGING)))(facts)

    assert TABLE[pair] == (finding.outcome, finding.reason)


CONDITIONS: dict[str, tuple[Condition, Fact, Outcome, str]] = {
    "absent": (SUSPENDED, Absent(SOURCE), ERROR, "absent"),
    "of the wrong type": (SUSPENDED, known(1), ERROR, "wrong_type"),
    "absent where that is accepted": (
        where_fact("scheduler.suspended", Equals(True), absent=AbsentMode.ALLOWED),
        Absent(SOURCE),
        PASS,
        "",
    ),
    "absent where that is wanted": (
        where_fact("scheduler.suspended", absent=AbsentMode.REQUIRED),
        Absent(SOURCE),
        PASS,
        "",
    ),
    "known where absence is wanted": (
        where_fact("scheduler.suspended", absent=AbsentMode.REQUIRED),
        known(True),
        NOT_APPLICABLE,
        "condition",
    ),
    "unknown where absence is accepted": (
        where_fact("scheduler.suspended", Equals(True), absent=AbsentMode.ALLOWED),
        DENIED,
        ERROR,
        "denied",
    ),
}


@pytest.mark.parametrize(("condition", "fact", "outcome", "reason"), CONDITIONS.values(), ids=CONDITIONS.keys())
def test_condition_on_a_fact(condition: Condition, fact: Fact, outcome: Outcome, reason: str) -> None:
    """A condition is an expectation: what it cannot decide is an error, never "not applicable"."""
    facts = server(scheduler__suspended=fact, endpoint__export_api_version=known(2))

    finding = compile_rule(rule("endpoint.export_api_version", Equals(2), when=(condition,)))(facts)

    assert (outcome, reason) == (finding.outcome, finding.reason)


def test_condition_on_entries_that_are_not_there() -> None:
    """A condition on each entry of an empty list is decided by nothing, so it neither holds nor fails."""
    condition = where_fact("groups.member_limits", Each((("limit", (AtLeast(1),)),)))
    judge = compile_rule(rule("endpoint.export_api_version", Equals(2), when=(condition,)))
    value = {"endpoint__export_api_version": known(2)}

    assert (ERROR, "no_data") == _told(judge(server(groups__member_limits=known(()), **value)))
    assert (PASS, "") == _told(judge(server(groups__member_limits=known((limit("A", 1),)), **value)))
    assert (NOT_APPLICABLE, "condition") == _told(judge(server(groups__member_limits=known((limit("A", 0),)), **value)))


def _told(finding: Finding) -> tuple[Outcome, str]:
    return finding.outcome, finding.reason


@pytest.mark.parametrize(
    ("value", "outcome", "reason"),
    [(True, PASS, ""), (False, NOT_APPLICABLE, "condition"), (1, ERROR, "wrong_type"), ("true", ERROR, "wrong_type")],
    ids=["it holds", "it does not", "a number", "text"],
)
def test_condition_on_a_parameter(value: Scalar, outcome: Outcome, reason: str) -> None:
    """A parameter decides like a fact does, and its type is as exact."""
    condition = where_parameter("tenant_has_verified_domain", value, Equals(True))

    finding = compile_rule(rule("endpoint.export_api_version", Equals(2), when=(condition,)))(
        server(endpoint__export_api_version=known(2))
    )

    assert (outcome, reason) == (finding.outcome, finding.reason)


def test_condition_on_the_entries_of_a_parameter() -> None:
    """A parameter has no entries: whoever asks for them gets an error."""
    condition = where_parameter("limit", 50001, Each((("limit", (AtLeast(1),)),)))

    finding = compile_rule(rule("endpoint.export_api_version", Equals(2), when=(condition,)))(
        server(endpoint__export_api_version=known(2))
    )

    assert (ERROR, "wrong_type") == (finding.outcome, finding.reason)


CLOUDS = rule(
    "tenant.cloud",
    Case(expectation=expect(OneOf(("commercial", "usgov", "china"))), when=(RECENT,)),
    Case(expectation=expect(OneOf(("commercial",)))),
)


@pytest.mark.parametrize(
    ("facts", "outcome", "expected"),
    [
        (server(product__version=NEW, tenant__cloud=known("usgov")), PASS, "one of commercial, usgov, china"),
        (server(product__version=NEW, tenant__cloud=known("germany")), FAIL, "one of commercial, usgov, china"),
        (server(product__version=OLD, tenant__cloud=known("usgov")), FAIL, "one of commercial"),
        (server(product__version=OLD, tenant__cloud=known("commercial")), PASS, "one of commercial"),
    ],
    ids=["new, offered", "new, not offered", "old, not offered", "old, offered"],
)
def test_first_case_that_holds_decides(facts: FactSet, outcome: Outcome, expected: str) -> None:
    """The first case whose conditions hold says what is expected, else the last one."""
    finding = compile_rule(CLOUDS)(facts)

    assert (outcome, expected) == (finding.outcome, finding.expected)


def test_a_later_case_cannot_save() -> None:
    """A case that holds and fails is not followed by a kinder one."""
    strict_then_kind = rule(
        "endpoint.export_api_version",
        Case(expectation=expect(Equals(2)), when=(RECENT,)),
        Case(expectation=expect(AtMost(2)), when=(RECENT,)),
        Case(expectation=expect(AtLeast(0))),
    )

    finding = compile_rule(strict_then_kind)(server(product__version=NEW, endpoint__export_api_version=known(1)))

    assert finding.outcome is FAIL


def test_undecidable_case() -> None:
    """Where it cannot be told which case counts the rule is an error, even if every case would pass."""
    finding = compile_rule(CLOUDS)(server(product__version=DENIED, tenant__cloud=known("commercial")))

    assert (ERROR, "denied") == (finding.outcome, finding.reason)
    assert (
        finding.message == "Which case of the rule counts cannot be decided: "
        "'product.version' is unknown (denied): Access was denied."
    )
