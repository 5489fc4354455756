"""Whether a set of synchronization rules is whole: what it lacks makes every fact over it unknown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from checker.acquire.rule_set import facts_of_rules
from checker.acquire.sync_rule import RulePiece, SyncRule
from checker.model.facts import Fact, Reason, Source, SourceFormat, Unknown
from checker.model.location import Location
from tests.acquire.made_rules import (
    CUSTOM,
    FORMAT,
    JOIN,
    LOST,
    NEW,
    OLD,
    SET_FACTS,
    WRITEUP,
    derive,
    expression,
    reason,
)


@pytest.mark.parametrize(
    ("rules", "version", "expected"),
    [
        pytest.param((JOIN,), OLD, None, id="old-with-group-join"),
        pytest.param((WRITEUP,), OLD, JOIN.name, id="old-without-group-join"),
        pytest.param((JOIN, WRITEUP), NEW, None, id="new-with-both"),
        pytest.param((JOIN,), NEW, WRITEUP.name, id="new-without-writeup"),
        pytest.param((WRITEUP,), NEW, JOIN.name, id="new-without-group-join"),
        pytest.param((JOIN, WRITEUP), LOST, None, id="unknown-with-both"),
        pytest.param((JOIN,), LOST, WRITEUP.name, id="unknown-without-writeup"),
        pytest.param((CUSTOM,), OLD, JOIN.name, id="custom-only"),
        pytest.param((replace(JOIN, disabled=True),), OLD, None, id="disabled-counts"),
        pytest.param((replace(JOIN, tag="Microsoft.OuttoAADGroupJoin"),), OLD, JOIN.name, id="tag-without-number"),
        pytest.param((replace(JOIN, tag="Microsoft.OuttoAADGroupJoinX.006"),), OLD, JOIN.name, id="longer-tag"),
        pytest.param((replace(JOIN, tag="Microsoft.OuttoAADGroupIdentity.006"),), OLD, JOIN.name, id="same-name-only"),
    ],
)
def test_a_set_without_its_standard_rules_is_truncated(
    rules: Sequence[SyncRule], version: Fact, expected: str | None
) -> None:
    """Every server has these rules, by their tags, enabled or not; without one, files of the set are missing."""
    facts = derive(*rules, version=version)

    assert {expected and Reason.TRUNCATED} == {reason(fact) for fact in facts.values()}
    assert expected is None or all(isinstance(fact, Unknown) and expected in fact.detail for fact in facts.values())


def test_the_missing_version_is_told() -> None:
    """Where it depends on the version alone whether the set is whole, the sentence says so."""
    fact = derive(JOIN, version=LOST)["groups.member_limit"]

    assert isinstance(fact, Unknown)
    assert "the product version is not known" in fact.detail


@pytest.mark.parametrize("name", SET_FACTS)
def test_one_rule_that_cannot_be_told_makes_every_fact_unknown(name: str) -> None:
    """Whatever the rule was about: nobody knows; how many there are is said."""
    lost = [Unknown(Reason.UNPARSED, f"'{file}' is broken.", (Source(FORMAT, Location(file)),)) for file in "zy"]
    pieces = [RulePiece(set="export", problem=one) for one in lost] + [RulePiece(set="export", rules=(JOIN,))]

    assert (
        Unknown(
            Reason.UNPARSED,
            "'y' is broken. 1 more rules of the set cannot be told either.",
            lost[1].sources + lost[0].sources,
        )
        == facts_of_rules(pieces, OLD, FORMAT)[name]
    )


def test_a_set_without_rules_is_truncated() -> None:
    """An empty dump is no proof that there are no rules."""
    facts = facts_of_rules([RulePiece(set="rules.json")], OLD, SourceFormat.CMDLET)

    assert {Reason.TRUNCATED} == {reason(fact) for fact in facts.values()}


def test_a_copy_of_a_rule_is_that_rule() -> None:
    """The same identifier with the same content is one rule, wherever its lines stand."""
    copy = replace(JOIN, location=Location("copy.xml"), expressions=(expression(50000, "copy.xml", 99),))

    assert derive(JOIN) == derive(JOIN, copy)


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(replace(JOIN, disabled=True), id="disabled"),
        pytest.param(replace(JOIN, expressions=(expression(60000),)), id="limit"),
        pytest.param(replace(JOIN, precedence=140), id="precedence"),
    ],
)
def test_one_identifier_with_two_contents_is_conflicting(other: SyncRule) -> None:
    """Rules are known by their identifiers, and one rule says one thing."""
    other = replace(other, location=Location("z.xml"))

    assert {Reason.CONFLICTING} == {reason(fact) for fact in derive(JOIN, other).values()}
    assert derive(JOIN, other) == derive(other, JOIN)
