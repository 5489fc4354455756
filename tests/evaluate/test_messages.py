"""What findings say to people: whole sentences on one line, what was seen, what was expected, and where it stands."""

from __future__ import annotations

import pytest

from checker.evaluate.compile import compile_rule
from checker.model.facts import Absent, Fact, FactSet, Reason, Source, SourceFormat, Unknown
from checker.model.location import Location
from checker.model.policy import (
    AbsentMode,
    AtLeast,
    AtMost,
    Case,
    Constraint,
    Each,
    Empty,
    Equals,
    Expectation,
    Matches,
    OneOf,
    Rule,
)
from checker.model.result import Finding, Outcome
from checker.model.values import Record
from checker.model.version import Version
from tests.evaluate.made import SOURCE, expect, known, limit, rule, server, where_fact, where_parameter

IN_RANGE = Each((("limit", (AtLeast(50001), AtMost(250000))),))
RANGE = "'limit at least 50001 and at most 250000'"
RECENT = where_fact("product.version", AtLeast(Version.parse("1.6.4.0")))
OFFICIAL = Source(SourceFormat.REGISTRY, Location("exports/SRV1.reg", 4, 1), "AadConnectorExportApiVersion")
CLOUDS = rule(
    "tenant.cloud",
    Case(expectation=expect(OneOf(("commercial", "usgov"))), when=(RECENT,)),
    Case(expectation=expect(Equals("commercial"))),
)


def finding(fact: Fact, *expected: Constraint | Expectation, of: str = "endpoint.export_api_version") -> Finding:
    """Judge one fact by one rule."""
    return compile_rule(rule(of, *expected))(FactSet(server="SRV1", facts={of: fact}))


def limits(*entries: Record) -> Finding:
    """Judge member limits by their range."""
    return finding(known(entries), IN_RANGE, of="groups.member_limits")


def entries(number: int) -> tuple[Record, ...]:
    """Give rules whose limit is too low."""
    return tuple(limit(f"Rule {place}", 10 + place) for place in range(1, number + 1))


def disabled(*names: str) -> Finding:
    """Judge a list of disabled rules that should be empty."""
    records = tuple(Record.of(rule="4f", name=name, precedence=place) for place, name in enumerate(names, 5))
    return finding(known(records), Empty(wanted=True), of="rules.standard_rules_disabled")


MESSAGES: dict[str, tuple[Finding, str]] = {
    "fail": (finding(known(1), Equals(2)), "'endpoint.export_api_version' is '1', expected '2'."),
    "fail, derived": (
        finding(known(1, "Below 1.5.30.0 there is only v1."), Equals(2)),
        "'endpoint.export_api_version' is '1', expected '2'. Derived: Below 1.5.30.0 there is only v1.",
    ),
    "derivation without a full stop": (
        finding(known(1, "by the version"), Equals(2)),
        "'endpoint.export_api_version' is '1', expected '2'. Derived: by the version.",
    ),
    "fail of a bound": (
        finding(known(1), AtLeast(2), AtMost(5)),
        "'endpoint.export_api_version' is '1', expected 'at least 2 and at most 5'.",
    ),
    "fail, absence accepted": (
        finding(known(1), expect(Equals(2), absent=AbsentMode.ALLOWED)),
        "'endpoint.export_api_version' is '1', expected '2 or absent'.",
    ),
    "fail, absence wanted": (
        finding(known(1), expect(absent=AbsentMode.REQUIRED)),
        "'endpoint.export_api_version' is '1', expected 'absent'.",
    ),
    "fail of a pattern": (
        finding(known("x"), Matches("a+"), of="tenant.id"),
        "'tenant.id' is 'x', expected 'text that matches a+'.",
    ),
    "fail of the empty text": (
        finding(known("x"), Equals(""), of="tenant.id"),
        "'tenant.id' is 'x', expected 'the empty text'.",
    ),
    "pass": (finding(known(2), Equals(2)), "'endpoint.export_api_version' is '2', as expected."),
    "pass of a bound": (
        finding(known(3), AtLeast(2)),
        "'endpoint.export_api_version' is '3', as expected: 'at least 2'.",
    ),
    "pass of a choice": (
        finding(known("usgov"), OneOf(("commercial", "usgov")), of="tenant.cloud"),
        "'tenant.cloud' is 'usgov', as expected: 'one of commercial, usgov'.",
    ),
    "no entries, as expected": (disabled(), "'rules.standard_rules_disabled' is empty, as expected."),
    "an entry where none is expected": (
        disabled("Join"),
        "'rules.standard_rules_disabled' has 1 entry, expected 'empty': rule 'Join' (precedence '5').",
    ),
    "entries where none are expected": (
        disabled("A", "B", "C", "D", "E", "F", "G"),
        (
            "'rules.standard_rules_disabled' has 7 entries, expected 'empty': rule 'A' (precedence '5'), rule 'B' "
            "(precedence '6'), rule 'C' (precedence '7'), rule 'D' (precedence '8'), rule 'E' (precedence '9') and 2 more."
        ),
    ),
    "entries as expected": (
        finding(known(entries(2)), Empty(wanted=False), of="groups.member_limits"),
        "'groups.member_limits' has 2 entries, as expected.",
    ),
    "no entries where some are expected": (
        finding(known(()), Empty(wanted=False), of="groups.member_limits"),
        "'groups.member_limits' is empty, expected 'not empty'.",
    ),
    "the only entry": (limits(limit("A", 60000)), f"The only entry of 'groups.member_limits' meets {RANGE}."),
    "all entries": (
        limits(limit("A", 60000), limit("B", 70000)),
        f"All 2 entries of 'groups.member_limits' meet {RANGE}.",
    ),
    "one entry out of range": (
        limits(limit("A", 60000), limit("Out to AAD - Group Join", 50000)),
        (
            f"1 of 2 entries of 'groups.member_limits' does not meet {RANGE}: "
            "rule 'Out to AAD - Group Join' (limit '50000')."
        ),
    ),
    "five entries out of range": (
        limits(*entries(5)),
        (
            f"5 of 5 entries of 'groups.member_limits' do not meet {RANGE}: rule 'Rule 1' (limit '11'), rule 'Rule 2' "
            "(limit '12'), rule 'Rule 3' (limit '13'), rule 'Rule 4' (limit '14'), rule 'Rule 5' (limit '15')."
        ),
    ),
    "six entries out of range": (
        limits(*entries(6)),
        (
            f"6 of 6 entries of 'groups.member_limits' do not meet {RANGE}: rule 'Rule 1' (limit '11'), rule 'Rule 2' "
            "(limit '12'), rule 'Rule 3' (limit '13'), rule 'Rule 4' (limit '14'), rule 'Rule 5' (limit '15') and 1 more."
        ),
    ),
    "out of range beside what cannot be judged": (
        limits(Record.of(name="A"), limit("B", 1), Record.of(name="C")),
        (
            f"1 of 3 entries of 'groups.member_limits' does not meet {RANGE}: rule 'B' (limit '1'). "
            "2 further entries cannot be judged."
        ),
    ),
    "an entry without the field": (
        limits(limit("A", 60000), Record.of(rule="4f", name="B")),
        "1 of 2 entries of 'groups.member_limits' cannot be judged. In rule 'B' the field 'limit' is missing.",
    ),
    "an entry without any field": (
        limits(Record(())),
        (
            "1 of 1 entry of 'groups.member_limits' cannot be judged. In an entry without fields the field 'limit' is "
            "missing."
        ),
    ),
    "an entry of the wrong type": (
        limits(limit("A", "many")),
        (
            "1 of 1 entry of 'groups.member_limits' cannot be judged. In rule 'A' the field 'limit' is 'many' of type "
            "'text', not of type 'integer'."
        ),
    ),
    "a record that is no rule": (
        finding(
            known((Record.of(precedence=0, rules="4f, 5e", names="A, B"),)),
            Empty(wanted=True),
            of="rules.duplicate_precedence",
        ),
        "'rules.duplicate_precedence' has 1 entry, expected 'empty': precedence '0' (rules '4f, 5e', names 'A, B').",
    ),
    "a record with a field that is as it should not be": (
        finding(
            known((Record.of(connector="corp", enabled=False),)),
            Each((("enabled", (Equals(True),)),)),
            of="features.password_hash_sync",
        ),
        (
            "1 of 1 entry of 'features.password_hash_sync' does not meet 'enabled equal to true': "
            "connector 'corp' (enabled 'false')."
        ),
    ),
    "a record whose name is what fails": (
        finding(
            known((Record.of(name="Odd", value="1"),)),
            Each((("name", (Matches("[a-z]+"),)),)),
            of="server.global_parameters",
        ),
        "1 of 1 entry of 'server.global_parameters' does not meet 'name text that matches [a-z]+': name 'Odd'.",
    ),
    "nothing to check": (limits(), "'groups.member_limits' is empty: there is nothing to check."),
    "wrong type": (
        finding(known("2"), Equals(2)),
        "'endpoint.export_api_version' is '2' of type 'text', not of type 'integer'.",
    ),
    "expectation that fits no value": (
        finding(known(2), Equals("2")),
        "'endpoint.export_api_version' is '2' of type 'integer', which cannot be judged.",
    ),
    "text too long": (
        finding(known("a" * 5000), Matches("a*"), of="tenant.id"),
        "'tenant.id' has 5000 characters; at most 4096 are matched.",
    ),
    "value that the catalogue does not list": (
        finding(known("moon"), OneOf(("commercial",)), of="tenant.cloud"),
        "'tenant.cloud' is 'moon', which is none of the values that it can take.",
    ),
    "absent": (
        finding(Absent(OFFICIAL, "The default counts."), Equals(2)),
        "'endpoint.export_api_version' is absent: it was looked for and is not there. The default counts.",
    ),
    "absent, accepted": (
        finding(Absent(OFFICIAL, "The default counts."), expect(Equals(2), absent=AbsentMode.ALLOWED)),
        "'endpoint.export_api_version' is absent, and that is accepted. The default counts.",
    ),
    "absent, wanted": (
        finding(Absent(OFFICIAL), expect(absent=AbsentMode.REQUIRED)),
        "'endpoint.export_api_version' is absent, as expected.",
    ),
    "unknown": (
        finding(Unknown(Reason.CONFLICTING, "The registry says 2, the connector 1"), Equals(2)),
        "'endpoint.export_api_version' is unknown (conflicting): The registry says 2, the connector 1.",
    ),
    "unknown, nobody says why": (
        finding(Unknown(Reason.DENIED, " "), Equals(2)),
        "'endpoint.export_api_version' is unknown (denied).",
    ),
    "long value": (
        finding(known("x" * 201), Equals("y"), of="tenant.id"),
        f"'tenant.id' is '{'x' * 200}…', expected 'y'.",
    ),
    "longest value that is shown as a whole": (
        finding(known("x" * 200), Equals("y"), of="tenant.id"),
        f"'tenant.id' is '{'x' * 200}', expected 'y'.",
    ),
    "case that holds": (
        compile_rule(CLOUDS)(server(product__version=known(Version.parse("2.5.79.0")), tenant__cloud=known("germany"))),
        (
            "'tenant.cloud' is 'germany', expected 'one of commercial, usgov'. "
            "This is expected where 'product.version' is 'at least 1.6.4.0'."
        ),
    ),
    "case that holds, and passes": (
        compile_rule(CLOUDS)(
            server(product__version=known(Version.parse("2.5.79.0")), tenant__cloud=known("usgov")),
        ),
        (
            "'tenant.cloud' is 'usgov', as expected: 'one of commercial, usgov'. "
            "This is expected where 'product.version' is 'at least 1.6.4.0'."
        ),
    ),
    "last case": (
        compile_rule(CLOUDS)(server(product__version=known(Version.parse("1.6")), tenant__cloud=known("usgov"))),
        (
            "'tenant.cloud' is 'usgov', expected 'commercial'. "
            "This is expected unless 'product.version' is 'at least 1.6.4.0'."
        ),
    ),
}


def test_message_of_a_case_that_cannot_be_judged() -> None:
    """Where nothing was compared, nothing is said of why it is expected."""
    told = compile_rule(CLOUDS)(server(product__version=known(Version.parse("2.5.79.0")), tenant__cloud=known(1)))

    assert told.message == "'tenant.cloud' is '1' of type 'integer', not of type 'text'."


@pytest.mark.parametrize(("told", "message"), MESSAGES.values(), ids=MESSAGES.keys())
def test_message(told: Finding, message: str) -> None:
    """Every finding says in whole sentences what was seen and what was expected."""
    assert message == told.message


EXPECTED: dict[str, tuple[Rule, str]] = {
    "equals": (rule("endpoint.export_api_version", Equals(2)), "2"),
    "boolean": (rule("scheduler.suspended", Equals(False)), "false"),
    "range": (rule("groups.member_limit", AtLeast(50001), AtMost(250000)), "at least 50001 and at most 250000"),
    "choice": (rule("tenant.cloud", OneOf(("commercial", "usgov", "china"))), "one of commercial, usgov, china"),
    "empty": (rule("rules.standard_rules_disabled", Empty(wanted=True)), "empty"),
    "not empty": (rule("tenant.id", Empty(wanted=False)), "not empty"),
    "pattern": (rule("tenant.id", Matches("[0-9a-f-]{36}")), "text that matches [0-9a-f-]{36}"),
    "each": (rule("groups.member_limits", IN_RANGE), "each: limit at least 50001 and at most 250000"),
    "each of two fields": (
        rule("groups.member_limits", Each((("limit", (AtLeast(1),)), ("standard", (Equals(True),))))),
        "each: limit at least 1, standard equal to true",
    ),
    "absent": (rule("tenant.id", expect(absent=AbsentMode.REQUIRED)), "absent"),
    "absent, whatever else": (rule("tenant.id", expect(Equals("x"), absent=AbsentMode.REQUIRED)), "absent"),
    "absent accepted": (rule("tls.client_enabled", expect(Equals(1), absent=AbsentMode.ALLOWED)), "1 or absent"),
    "cases": (CLOUDS, "one of commercial, usgov where 'product.version' is 'at least 1.6.4.0', else commercial"),
}


@pytest.mark.parametrize(("expecting", "words"), EXPECTED.values(), ids=EXPECTED.keys())
def test_expected_in_words(expecting: Rule, words: str) -> None:
    """A finding says what was expected, also where the rule does not apply."""
    never = where_parameter("wanted", False, Equals(True))
    inapplicable = rule(expecting.fact, *expecting.cases, when=(never,))

    assert words == compile_rule(inapplicable)(server()).expected


def test_message_of_a_rule_that_does_not_apply() -> None:
    """Not applicable is told with the evidence that decides it, and where that stands."""
    judge = compile_rule(rule("endpoint.export_api_version", Equals(2), when=(RECENT,)))

    told = judge(server(product__version=known(Version.parse("1.5.30.0"), "By the assembly."), endpoint=known(2)))

    assert (Outcome.NOT_APPLICABLE, "condition") == (told.outcome, told.reason)
    assert (
        told.message == "The rule does not apply: 'product.version' is '1.5.30.0', expected 'at least 1.6.4.0'. "
        "Derived: By the assembly."
    )
    assert SOURCE == told.source
    assert told.observed is None


def test_message_of_a_parameter_that_decides() -> None:
    """A parameter is named as policies write it, with its dollar sign; it stands in no source."""
    judge = compile_rule(
        rule("endpoint.export_api_version", Equals(2), when=(where_parameter("has_domain", True, Equals(False)),))
    )

    told = judge(server())

    assert told.message == "The rule does not apply: '$has_domain' is 'true', expected 'false'."
    assert told.source is None


def test_message_of_an_undecidable_condition() -> None:
    """What cannot be decided is told with its own reason and with the place that is to blame."""
    judge = compile_rule(rule("endpoint.export_api_version", Equals(2), when=(RECENT,)))

    told = judge(server(product__version=Unknown(Reason.UNPARSED, "Line 4 is cut off.", (OFFICIAL, SOURCE))))

    assert (Outcome.ERROR, "unparsed") == (told.outcome, told.reason)
    assert (
        told.message == "Whether the rule applies cannot be decided: "
        "'product.version' is unknown (unparsed): Line 4 is cut off."
    )
    assert OFFICIAL == told.source


def test_source_of_a_known_fact() -> None:
    """A finding points at the place where the fact stands, and carries value and derivation."""
    told = finding(known(1, "By the version."), Equals(2))

    assert (SOURCE, 1, "By the version.") == (told.source, told.observed, told.derivation)
    assert ("SRV1", "AADC0001", "endpoint.export_api_version", "2") == (
        told.server,
        told.rule,
        told.fact,
        told.expected,
    )


def test_source_of_an_absent_fact() -> None:
    """Absence stands where the fact was looked for, and nothing was observed."""
    told = finding(Absent(OFFICIAL), Equals(2))

    assert (OFFICIAL, None) == (told.source, told.observed)


def test_source_of_the_first_failing_entry() -> None:
    """Of a list, the finding points at the entry that failed first, within the same source."""
    told = limits(limit("A", 60000, 10), limit("B", 1, 20), limit("C", 2, 30))

    assert told.source is not None
    assert Location("exports/SynchronizationRules/rule.xml", 20, 7) == told.source.location
    assert (SOURCE.format, SOURCE.item) == (told.source.format, told.source.item)


def test_source_of_an_entry_that_cannot_be_judged() -> None:
    """An entry that cannot be judged is pointed at as well."""
    told = limits(limit("A", 60000, 10), limit("B", "many", 20))

    assert told.source is not None
    assert Location("exports/SynchronizationRules/rule.xml", 20, 7) == told.source.location


def test_source_of_the_first_entry_where_none_is_expected() -> None:
    """Where a list should be empty the finding points at its first entry."""
    told = finding(known((limit("A", 1, 20),)), Empty(wanted=True), of="groups.member_limits")

    assert told.source is not None
    assert Location("exports/SynchronizationRules/rule.xml", 20, 7) == told.source.location


def test_source_of_an_entry_without_a_place() -> None:
    """An entry whose place is not known stands where the fact does."""
    assert SOURCE == limits(limit("A", 1)).source
    assert SOURCE == limits(limit("A", 60000, 10)).source


def test_text_of_facts_is_left_as_it_is() -> None:
    """What a fact holds is repeated as it was read; each report encodes it for its own sink."""
    hostile = "\x1b[31m::error::\r\n</testcase>'"

    told = finding(known(hostile), Equals("x"), of="tenant.id")

    assert f"'tenant.id' is '{hostile}', expected 'x'." == told.message
    assert hostile == told.observed
