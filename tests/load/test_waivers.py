"""Waiver files: what is accepted, what is a mistake, and that nothing half-understood ever covers a failure."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checker.errors import PolicyError
from checker.load.policies import PolicyDocument, load_policies
from checker.load.waivers import load_waivers
from checker.model.policy import AtLeast, AtMost, Each, Equals, Expectation, Policy
from checker.model.waiver import WaiverFile
from tests.load.waiver_documents import DOCUMENTS, GOOD, Document, changed

POLICY = """\
policy: ours
version: "1"
title: Ours
rules:
  - {id: AADC0001, title: One, severity: high, fact: endpoint.export_api_version, expect: {equals: 2}}
  - {id: AADC0002, title: Two, severity: high, fact: product.version, expect: {at_least: "2.5"}}
  - id: AADC0006
    title: Six
    severity: high
    fact: groups.member_limits
    expect: {each: {limit: {at_least: 50001}}}
  - id: AADC0007
    title: Seven
    severity: high
    fact: groups.member_limits
    expect: {each: {limit: {at_least: 50001}, precedence: {at_most: 99}}}
  - id: AADC0009
    title: Nine
    severity: high
    fact: groups.member_limits
    expect:
      - {when: {product.version: {at_least: "2"}}, each: {limit: {at_least: 50001}}}
      - {each: {precedence: {at_most: 99}}}
  - id: AADC0010
    title: Ten
    severity: high
    fact: groups.member_limits
    expect:
      - {when: {product.version: {at_least: "2"}}, each: {limit: {at_least: 50001}}}
      - {each: {limit: {at_least: 2}}}
  - {id: AADC0008, title: Eight, severity: high, fact: groups.member_limits, expect: {empty: true}}
  - id: AADC0201
    title: Exactly one
    severity: high
    scope: fleet
    where: {scheduler.staging_mode_enabled: {equals: false}}
    expect: {exactly_one: true}
  - {id: AADC0202, title: All, severity: high, scope: fleet, fact: product.version, expect: {all_equal: true}}
"""


def policies() -> tuple[Policy, ...]:
    """Load the policy that the waivers speak of."""
    return load_policies([PolicyDocument(path="ours.yaml", content=POLICY.encode())], {})


def load(text: str, longest: int = 365) -> WaiverFile:
    """Load a waiver file."""
    return load_waivers(text.encode(), "waivers.yaml", policies(), longest)


def mistakes(text: str, longest: int = 365) -> list[str]:
    """Give what is wrong with a waiver file; nothing where it is right."""
    try:
        load(text, longest)
    except PolicyError as error:
        return list(error.lines)
    return []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda one: one.name)
def test_f_e01_f_e02_f_e03_f_e08_f_e09_f_e13_t57_t58_each_document_is_right_or_told(document: Document) -> None:
    """A right file loads; a wrong one is refused as a whole, with a place and a sentence."""
    told = mistakes(document.text)

    assert bool(document.told) == bool(told)
    assert all(one.startswith("waivers.yaml:") for one in told)
    assert not document.told or any(document.told in one for one in told), told


def test_f_e11_one_mistake_refuses_the_whole_file() -> None:
    """A waiver that is right does not count beside one that is not."""
    text = GOOD + GOOD.replace("waivers:\n", "").replace('"2026-12-31"', '"2026-13-01"')

    assert ["waivers.yaml:17:14: '2026-13-01' is no date such as '2026-12-31'"] == mistakes(text)


def test_all_mistakes_are_told_at_once() -> None:
    """An author mends a file in one go."""
    text = GOOD.replace("AADC0006", "AADC6").replace("CHG-4711", '""').replace('"2026-12-31"', '"2030-12-31"')

    assert ["2:11", "7:13", "9:14"] == [one.split(": ")[0].removeprefix("waivers.yaml:") for one in mistakes(text)]


def test_what_was_written_is_kept() -> None:
    """The waiver holds every word of its author, and where it stands."""
    (waiver,) = load(GOOD).waivers

    assert ("AADC0006", ("sync01.contoso.com",), (), False) == (
        waiver.rule, waiver.servers, waiver.tenants, waiver.broad,
    )  # fmt: skip
    assert ("jane.doe@contoso.com", "max.muster@contoso.com") == (waiver.owner, waiver.approver)
    assert ("It is raised in steps.", "CHG-4711") == (waiver.justification, waiver.ticket)
    assert (date(2026, 11, 1), date(2026, 12, 31)) == (waiver.created, waiver.expires)
    assert datetime(2027, 1, 1, tzinfo=UTC) == waiver.ends
    assert waiver.only_while is None
    assert "waivers.yaml:2:5" == str(waiver.location)


def test_the_longest_span_is_what_the_caller_says() -> None:
    """The limit is no word of the file itself, so that nobody extends it together with a waiver."""
    assert [] == mistakes(GOOD, 60)
    assert ["waivers.yaml:9:14: it spans 60 days, and 59 are the most (--longest-waiver)"] == mistakes(GOOD, 59)


def pinned(rule: str, pin: str) -> str:
    """Give a waiver of *rule* with a pin."""
    return changed("", "AADC0006", f"{rule}\n    only_while: {pin}").text


LIMIT = Expectation(constraints=(Each((("limit", (Equals(50000),)),)),))


@pytest.mark.parametrize(
    ("rule", "pin", "expected"),
    [
        pytest.param("AADC0001", "{equals: 1}", Expectation(constraints=(Equals(1),)), id="a value"),
        pytest.param("AADC0006", "{equals: 50000}", LIMIT, id="short for the one field of the rule"),
        pytest.param("AADC0010", "{equals: 50000}", LIMIT, id="short for the one field of all cases"),
        pytest.param("AADC0006", "{each: {limit: {equals: 50000}}}", LIMIT, id="the long form"),
        pytest.param("AADC0007", "{each: {limit: {equals: 50000}}}", LIMIT, id="the long form of two fields"),
        pytest.param(
            "AADC0201", "{at_least: 0, at_most: 2}", Expectation(constraints=(AtLeast(0), AtMost(2))),
            id="a number of servers",
        ),
    ],
)  # fmt: skip
def test_a_pin_is_read_with_the_type_of_the_rule(rule: str, pin: str, expected: Expectation) -> None:
    """What a waiver says of the value is an expectation of what the rule observes."""
    assert expected == load(pinned(rule, pin)).waivers[0].only_while


@pytest.mark.parametrize(
    ("rule", "pin", "told"),
    [
        pytest.param("AADC0001", '{equals: "1"}', "is an integer", id="another type"),
        pytest.param("AADC0002", "{empty: true}", "does not fit", id="an operator that does not fit"),
        pytest.param("AADC0007", "{equals: 50000}", "speaks of limit, precedence", id="short for two fields"),
        pytest.param("AADC0009", "{equals: 50000}", "speaks of limit, precedence", id="short for cases that differ"),
        pytest.param("AADC0008", "{equals: 50000}", "speaks of no field", id="short for none"),
        pytest.param("AADC0008", "5", "is a mapping", id="no expectation"),
        pytest.param("AADC0201", '{equals: "2"}', "is an integer", id="servers are counted"),
        pytest.param("AADC0202", "{equals: 2}", "observes no value", id="servers are compared"),
        pytest.param("AADC0006", "{equals: $bound}", "unknown parameter", id="there are no parameters"),
    ],
)
def test_a_pin_that_cannot_hold_is_a_mistake(rule: str, pin: str, told: str) -> None:
    """A pin that no value could be compared with is refused, rather than dropped."""
    (mistake,) = mistakes(pinned(rule, pin))

    assert told in mistake


def test_f_e04_the_pin_of_an_unknown_rule_is_left_unread() -> None:
    """Which type it would have nobody knows; that the rule is unknown is told by the run."""
    assert load(pinned("ZZZZ9999", "{equals: 1}")).waivers[0].only_while is None


@given(st.binary(max_size=200))
def test_any_bytes_are_waivers_or_told(content: bytes) -> None:
    """Nothing but a file without waivers, or its mistakes with their places, comes out."""
    odd: list[object]
    try:
        odd = [*load_waivers(content, "w", policies(), 365).waivers]
    except PolicyError as error:
        odd = [one for one in error.mistakes if not str(one).startswith("w:")]

    assert [] == odd
