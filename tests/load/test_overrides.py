"""What a policy may change of a rule that it has from another, and what needs a reason."""

from __future__ import annotations

from datetime import timedelta

import pytest

from checker.model.location import Location
from checker.model.policy import (
    AtMost,
    Case,
    Count,
    Equals,
    Expectation,
    FactCondition,
    Override,
    ParameterCondition,
    Remediation,
    Rule,
    Severity,
)
from tests.load.reading import extending, load_upon, mistakes_upon, policy, rule

PARAMETERS = """\
most: {type: integer, default: 5, description: d}
active: {type: boolean, default: true, description: d}"""
BASE = policy(
    rule(
        "endpoint.export_type",
        "{at_most: $most}",
        'max_age: "P1D"\nwhen: {$active: {equals: true}}\nrationale: r\nremediation: {text: t}\ntags: [a]',
    ),
    rule(more="scope: fleet\nwhere: {server.name: {equals: A}}", expect="{exactly_one: true}")
    .replace("    fact: server.name\n", "")
    .replace("TEST0001", "TEST0002"),
    rule("product.version", "{all_equal: true}", "scope: fleet").replace("TEST0001", "TEST0003"),
    parameters=PARAMETERS,
)


def override(keys: str, identifier: str = "TEST0001") -> str:
    """Give a policy that changes one rule."""
    return extending(f"  - {{id: {identifier}, {keys}}}\n")


def changed(keys: str, identifier: str = "TEST0001") -> Rule:
    """Give the rule as it is after the override."""
    return next(one for one in load_upon(override(keys, identifier), a=BASE).rules if one.id == identifier)


def test_an_override_keeps_what_was_before() -> None:
    """The rule says what was changed, by whom, where and why, and carries the original."""
    original = load_upon(extending(), a=BASE).rules[0]
    rule_now = changed("severity: low, reason: 'accepted, CHG-1'")

    assert (Severity.LOW, Severity.HIGH) == (rule_now.severity, original.severity)
    assert original == rule_now.base
    assert rule_now.override == Override(
        policy="mine", changes=("severity",), reason="accepted, CHG-1", location=Location("mine.yaml", 6, 5)
    )
    assert (Location("mine.yaml", 6, 5), "mine", "sample", "") == (
        *(rule_now.location, rule_now.policy, rule_now.origin),
        rule_now.disabled,
    )


def test_f_d25_a_disabled_rule_stays() -> None:
    """A rule that is turned off is still a rule of the policy, and says why."""
    rules = load_upon(override("disabled: true, reason: not ours"), a=BASE).rules

    assert [("TEST0001", "not ours"), ("TEST0002", ""), ("TEST0003", "")] == [(one.id, one.disabled) for one in rules]
    assert rules[0].override is not None
    assert ("disabled",) == rules[0].override.changes


def test_conditions_are_added() -> None:
    """A `when` narrows a rule further; what the rule asked for stays."""
    rule_now = changed("when: {server.name: {equals: B}}, reason: r")

    assert rule_now.when == (
        ParameterCondition(parameter="active", value=True, expectation=Expectation(constraints=(Equals(True),))),
        FactCondition(fact="server.name", expectation=Expectation(constraints=(Equals("B"),))),
    )
    assert ("active", "most") == rule_now.parameters


def test_an_expectation_is_replaced() -> None:
    """An `expect` stands in place of the old one, whose parameters are then no longer used by the rule."""
    rule_now = changed("expect: {equals: 3}, reason: r")

    assert (Case(expectation=Expectation(constraints=(Equals(3),))),) == rule_now.cases
    assert ("active",) == rule_now.parameters


def test_everything_that_can_be_changed_at_once() -> None:
    """All keys reach the model, and are named in one order whatever was written."""
    rule_now = changed(
        "tags: [b], controls: {cis: [A]}, references: ['https://a.example'], remediation: {text: other}, rationale: why, "
        "reason: because, expect: {at_most: $most}, when: {$active: {equals: true}}, max_age: 'P2D', severity: critical"
    )

    assert rule_now.override is not None
    assert (
        "severity",
        "max_age",
        "when",
        "expect",
        "rationale",
        "remediation",
        "references",
        "controls",
        "tags",
    ) == rule_now.override.changes
    assert (Severity.CRITICAL, timedelta(days=2), "why", Remediation("other"), ("https://a.example",)) == (
        *(rule_now.severity, rule_now.max_age, rule_now.rationale, rule_now.remediation),
        rule_now.references,
    )
    assert ((("cis", ("A",)),), ("b",), 2) == (rule_now.controls, rule_now.tags, len(rule_now.when))


def test_what_is_not_changed_stays() -> None:
    """Keys that an override does not give are those of the rule."""
    rule_now = changed("severity: critical")

    assert rule_now.base is not None
    assert ("r", Remediation("t"), ("a",), timedelta(days=1)) == (
        *(rule_now.rationale, rule_now.remediation, rule_now.tags),
        rule_now.max_age,
    )
    assert rule_now.cases == rule_now.base.cases


def test_overrides_of_overrides_keep_all_that_was_before() -> None:
    """Each policy of a chain changes what the one below it left, and every step stays visible."""
    middle = extending("  - {id: TEST0001, severity: low, reason: one}\n", extends="b.yaml", name="aa")
    (rule_now, *_) = load_upon(override("max_age: 'PT1H'"), a=middle, b=BASE).rules

    assert (Severity.LOW, timedelta(hours=1)) == (rule_now.severity, rule_now.max_age)
    assert rule_now.override is not None
    assert rule_now.base is not None
    assert rule_now.base.override is not None
    assert ["mine", "aa"] == [rule_now.override.policy, rule_now.base.override.policy]
    assert rule_now.base.base is not None
    assert Severity.HIGH is rule_now.base.base.severity


def test_a_parameter_reaches_what_was_overridden() -> None:
    """Another value of a parameter counts in the rule, in its override, and in the original."""
    text = extending("  - {id: TEST0001, expect: {equals: $most}, reason: r}\n", parameters="most: {default: 4}")
    (rule_now, *_) = load_upon(text, {"most": "2"}, a=BASE).rules

    assert rule_now.base is not None
    assert [(Equals(2),), (AtMost(2),)] == [one.cases[0].expectation.constraints for one in (rule_now, rule_now.base)]


def test_a_fleet_rule_is_overridden_as_a_fleet_rule() -> None:
    """What is expected of all servers is replaced by the like, and conditions are on parameters only."""
    rule_now = changed("expect: {count: {at_most: 2}}, when: {$active: {equals: true}}, reason: r", "TEST0002")

    assert (Count((AtMost(2),)), ()) == (rule_now.fleet, rule_now.cases)
    assert ["active"] == [one.parameter for one in rule_now.when if isinstance(one, ParameterCondition)]


REASONS = [
    "severity: medium",
    "expect: {equals: 5}",
    "when: {$active: {equals: true}}",
    "max_age: 'P2D'",
    "disabled: true",
]


@pytest.mark.parametrize("keys", REASONS)
def test_f_d20_what_makes_a_rule_weaker_needs_a_reason(keys: str) -> None:
    """F-D20: lowering, narrowing, replacing, tolerating older facts, and turning off are refused without a reason."""
    (found,) = mistakes_upon(override(keys), a=BASE)

    assert found.startswith("mine.yaml:6:20: ")
    assert found.endswith("that needs a 'reason'")
    assert [] == mistakes_upon(override(f"{keys}, reason: because"), a=BASE)


@pytest.mark.parametrize(
    "keys", ["severity: high", "severity: critical", "max_age: 'P1D'", "max_age: 'PT1H'", "tags: [b]"]
)
def test_what_makes_a_rule_no_weaker_needs_none(keys: str) -> None:
    """A rule may be made stricter, or described otherwise, without a word."""
    assert [] == mistakes_upon(override(keys), a=BASE)


def test_a_first_limit_of_age_needs_no_reason() -> None:
    """Where a rule had no `max_age`, any is stricter."""
    assert [] == mistakes_upon(override("max_age: 'P900D'", "TEST0003"), a=BASE)


WRONG = [
    ("title: x", "mine.yaml:6:20: the 'title' of rule 'TEST0001' cannot be changed; the rule is given at a.yaml:8:5"),
    ("fact: server.name", "the 'fact' of rule 'TEST0001' cannot be changed"),
    ("scope: fleet, severity: critical", "the 'scope' of rule 'TEST0001' cannot be changed"),
    ("where: {server.name: {equals: A}}, severity: critical", "the 'where' of rule 'TEST0001' cannot be changed"),
    ("serverity: low", "unknown key 'serverity' in an override of a rule; did you mean 'severity'?"),
    ("severity: lo", "unknown severity 'lo'; did you mean 'low'?"),
    ("reason: r", "mine.yaml:6:5: an override changes something beside its 'id' and 'reason'"),
    ("severity: low, reason: ' '", "the reason of an override is blank"),
    ('severity: low, reason: "\\u200b \\u2060"', "the reason of an override holds only characters that nobody sees"),
    ("disabled: false, reason: r", "'disabled: false' is said by leaving it out"),
    ("disabled: 1, reason: r", "'disabled' is a boolean, not the integer 1"),
    ("disabled: true, reason: r, severity: low", "mine.yaml:6:47: beside 'disabled' stands only a 'reason'; 'severity' would change nothing"),
    ("expect: {equals: x}, reason: r", "'endpoint.export_type' is an integer, not the text 'x'"),
    ("expect: {exactly_one: true}, reason: r", "unknown key 'exactly_one' in an expectation of 'endpoint.export_type'"),
    ("when: {server.nam: {equals: x}}, reason: r", "unknown fact 'server.nam'"),
    ("when: {}, reason: r", "'when' is empty"),
    ("max_age: 'PT0S'", "'max_age' is longer than no time at all"),
    ("tags: []", "'tags' is empty"),
    ("expect: {equals: $moost}, reason: r", "unknown parameter '$moost'; did you mean 'most'?"),
]  # fmt: skip


@pytest.mark.parametrize(("keys", "mistake"), WRONG, ids=[keys for keys, _ in WRONG])
def test_a_wrong_override_is_told_with_its_place(keys: str, mistake: str) -> None:
    """T06, T14: an override is checked like a rule, and what it cannot change is told with the place of the rule."""
    (found,) = mistakes_upon(override(keys), a=BASE)

    assert mistake in found


FLEET = [
    ("TEST0002", "expect: {equals: A}", "unknown key 'equals' in the expectation of a fleet rule"),
    ("TEST0002", "expect: {all_equal: true}", "rule 'TEST0002' at a.yaml:18:5 compares no fact; that cannot be changed"),
    ("TEST0003", "expect: {exactly_one: true}", "rule 'TEST0003' at a.yaml:24:5 compares a fact and counts no servers; that"),
    ("TEST0002", "when: {server.name: {equals: A}}", "the 'when' of a fleet rule speaks of parameters"),
    ("TEST0002", "expect: {count: {at_least: 0}}", "every count is at least 0: the rule could never fail"),
]  # fmt: skip


@pytest.mark.parametrize(("identifier", "keys", "mistake"), FLEET, ids=[keys for _, keys, _ in FLEET])
def test_a_fleet_rule_stays_what_it_is(identifier: str, keys: str, mistake: str) -> None:
    """A rule that counts servers does not come to compare a fact, and no fleet rule speaks of one server."""
    (found,) = mistakes_upon(override(f"{keys}, reason: r", identifier), a=BASE)

    assert mistake in found


def test_an_unknown_rule_is_told() -> None:
    """An entry without a title whose id no base has is a slip of the id, not a rule."""
    (found,) = mistakes_upon(override("severity: low, reason: r", "TEST0004"), a=BASE)

    assert found.startswith("mine.yaml:6:10: no policy that this one builds on has a rule 'TEST0004'; did you mean")


def test_an_entry_without_an_id_is_a_rule() -> None:
    """What names no rule of a base is read as one of its own, and misses what such a rule needs."""
    found = mistakes_upon(extending("  - {severity: low}\n"), a=BASE)

    assert [f"mine.yaml:6:5: a rule has no '{key}'" for key in ("id", "title", "fact", "expect")] == found


def test_a_disabled_rule_is_not_changed_again() -> None:
    """Whoever builds on a policy that turned a rule off finds it off."""
    middle = extending("  - {id: TEST0001, disabled: true, reason: one}\n", extends="b.yaml", name="aa")

    assert [
        "mine.yaml:6:5: rule 'TEST0001' is disabled at a.yaml:6:5, and cannot be changed any more"
    ] == mistakes_upon(override("severity: critical"), a=middle, b=BASE)


def test_a_changed_default_that_breaks_an_override_is_told() -> None:
    """Also what an override below makes of a parameter must still make sense with another value."""
    middle = extending(
        "  - {id: TEST0001, expect: {at_least: 2, at_most: $most}, reason: r}\n", extends="b.yaml", name="aa"
    )
    (found,) = mistakes_upon(extending(parameters="most: {default: 1}"), a=middle, b=BASE)

    assert found.startswith(
        "mine.yaml:6:3: a rule makes no sense with this value: a.yaml:6:28: no value is at least '2'"
    )


def test_a_changed_default_that_breaks_the_original_is_told() -> None:
    """The original stays in the report, and so must make sense as well."""
    base = BASE.replace("{at_most: $most}", "{at_least: 2, at_most: $most}")
    middle = extending("  - {id: TEST0001, expect: {equals: 2}, reason: r}\n", extends="b.yaml", name="aa")
    (found,) = mistakes_upon(extending(parameters="most: {default: 1}"), a=middle, b=base)

    assert found.startswith(
        "mine.yaml:6:3: a rule makes no sense with this value: b.yaml:12:13: no value is at least '2'"
    )
