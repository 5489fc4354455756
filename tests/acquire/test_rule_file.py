"""A synchronization rule is read completely, or is a problem of its set."""

from __future__ import annotations

import pytest

from checker.acquire.sync_rule import ENTRA_CONNECTOR, MemberClause, MemberExpression, SyncRule
from checker.model.facts import Reason
from checker.model.location import Location
from tests.acquire.xml_samples import (
    RULE,
    mapping,
    problem,
    read,
    rule_text,
    scope,
    without,
)

LIMIT = 'IIF((ValueCount("member")> 50000),Error("Maximum"),IgnoreThisFlow)'


def test_a_rule_is_read_with_its_expressions_and_clauses() -> None:
    """What limits the members has its own place; other mappings and clauses are left out."""
    text = rule_text(
        flows=mapping("displayName", "Trim([displayName])") + mapping("Member", LIMIT) + mapping("member"),
        clauses=scope("cloudFiltered", "NOTEQUAL", "True") + scope("memberCOUNT", "LESSTHAN", "50000"),
    )
    reading = read("SynchronizationRules/a.xml", text)

    assert reading.rules is not None
    assert (
        SyncRule(
            identifier=RULE,
            name="Out to AAD - Group Join",
            tag="Microsoft.OuttoAADGroupJoin.006",
            standard=True,
            outbound=True,
            connector=ENTRA_CONNECTOR,
            target="group",
            disabled=False,
            precedence=139,
            expressions=(MemberExpression(text=LIMIT, location=Location("SynchronizationRules/a.xml", 19, 1)),),
            clauses=(
                MemberClause(
                    operator="LESSTHAN", value="50000", location=Location("SynchronizationRules/a.xml", 35, 1)
                ),
            ),
            location=Location("SynchronizationRules/a.xml", 1, 1),
        ),
    ) == reading.rules.rules


@pytest.mark.parametrize(
    ("elements", "expected"),
    [
        pytest.param({"disabled": "true"}, {"disabled": True}, id="disabled-in-lower-case"),
        pytest.param({"direction": "inbound"}, {"outbound": False}, id="inbound"),
        pytest.param({"immutable_tag": "", "precedence": "50"}, {"tag": "", "standard": False}, id="custom"),
        pytest.param({"immutable_tag": "Contoso.X.001"}, {"standard": False}, id="foreign-tag"),
        pytest.param({"immutable_tag": "microsoft.X.001"}, {"standard": True}, id="tag-in-another-case"),
        pytest.param({"connector": RULE.upper()}, {"connector": RULE}, id="identifier-without-braces"),
        pytest.param({"precedence": "-1"}, {"precedence": -1}, id="negative-precedence"),
    ],
)
def test_the_spellings_of_a_rule_mean_the_same(elements: dict[str, str], expected: dict[str, object]) -> None:
    """Letter case, braces and an empty tag are read as what they mean."""
    reading = read("a.xml", rule_text(**elements))

    assert reading.rules is not None
    (rule,) = reading.rules.rules
    assert expected == {name: getattr(rule, name) for name in expected}


NEEDED = ("id", "name", "immutable-tag", "direction", "disabled", "connector", "targetObjectType", "precedence")


@pytest.mark.parametrize("tag", NEEDED)
def test_a_rule_that_lacks_something_is_a_problem(tag: str) -> None:
    """What a rule does not say could be what decides."""
    assert Reason.TRUNCATED is problem(read("a.xml", without(rule_text(), tag))).reason


@pytest.mark.parametrize("tag", [tag for tag in NEEDED if tag != "immutable-tag"])
def test_a_rule_with_an_empty_element_is_a_problem(tag: str) -> None:
    """An empty element says as little as a missing one; only the tag of a custom rule is empty."""
    assert Reason.TRUNCATED is problem(read("a.xml", rule_text(**{tag: ""}))).reason


def test_a_custom_rule_needs_no_tag() -> None:
    """At a precedence that only custom rules have, a missing tag is that of a custom rule."""
    reading = read("a.xml", without(rule_text(precedence="99"), "immutable-tag"))

    assert reading.rules is not None
    assert [False] == [rule.standard for rule in reading.rules.rules]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(rule_text(disabled="0"), Reason.UNPARSED, id="disabled"),
        pytest.param(rule_text(direction="Both"), Reason.UNPARSED, id="direction"),
        pytest.param(rule_text(precedence="first"), Reason.UNPARSED, id="precedence"),
        pytest.param(rule_text(id="{1}"), Reason.UNPARSED, id="identifier"),
        pytest.param(rule_text(connector="Entra"), Reason.UNPARSED, id="connector"),
        pytest.param(rule_text(disabled="<x/>True"), Reason.UNPARSED, id="elements-inside"),
        pytest.param(rule_text(disabled="True</disabled><disabled>False"), Reason.CONFLICTING, id="disabled-twice"),
        pytest.param(rule_text(flows=mapping("")), Reason.TRUNCATED, id="mapping-to-nothing"),
        pytest.param(rule_text(flows="<mapping><src/></mapping>"), Reason.TRUNCATED, id="mapping-without-dest"),
        pytest.param(
            rule_text(flows=mapping("member", LIMIT).replace("</mapping>", "<expression>x</expression></mapping>")),
            Reason.CONFLICTING,
            id="two-expressions",
        ),
        pytest.param(rule_text(clauses=scope("", "LESSTHAN", "5")), Reason.TRUNCATED, id="clause-on-nothing"),
        pytest.param(
            rule_text(clauses=without(scope("memberCount", "LESSTHAN", "5"), "csAttribute")),
            Reason.TRUNCATED,
            id="clause-without-attribute",
        ),
        pytest.param(
            rule_text(clauses=without(scope("memberCount", "LESSTHAN", "5"), "csOperator")),
            Reason.TRUNCATED,
            id="clause-without-operator",
        ),
        pytest.param(
            rule_text(clauses=without(scope("memberCount", "LESSTHAN", "5"), "csValue")),
            Reason.TRUNCATED,
            id="clause-without-value",
        ),
        pytest.param("<synchronizationRule/>", Reason.TRUNCATED, id="nothing"),
        pytest.param(rule_text().replace("attribute-mappings", "x"), Reason.TRUNCATED, id="no-mappings"),
        pytest.param(rule_text().replace("synchronizationCriteria", "x"), Reason.TRUNCATED, id="no-clauses"),
    ],
)
def test_a_rule_that_is_not_understood_is_a_problem(text: str, expected: Reason) -> None:
    """The problem names the file and the line."""
    found = problem(read("SynchronizationRules/a.xml", text))

    assert expected is found.reason
    assert ["SynchronizationRules/a.xml"] == [one.location.file for one in found.sources if one.location]


@pytest.mark.parametrize(
    ("tag", "expected"),
    [
        pytest.param("", [""], id="custom"),
        pytest.param("Microsoft.OuttoAADGroupIdentity.004", [], id="standard"),
    ],
)
def test_members_that_flow_as_they_are(tag: str, expected: list[str]) -> None:
    """Rules of the product let the members flow; in a custom rule the expression could have been lost."""
    reading = read("a.xml", rule_text(flows=mapping("member"), immutable_tag=tag))

    assert reading.rules is not None
    assert expected == [one.text for one in reading.rules.rules[0].expressions]
