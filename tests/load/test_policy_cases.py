"""Files of cases: what is accepted, what is a mistake, and what becomes of the words of their authors."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from checker.errors import PolicyError
from checker.load.extends import BaseError
from checker.load.policies import PolicyDocument
from checker.load.policy_cases import THE_SERVER, THE_TIME, load_policy_cases
from checker.model.facts import Absent, FactSet, Known, Reason, SourceFormat, Unknown
from checker.model.location import Location
from checker.model.policy import AtLeast, Each
from checker.model.policy_case import CaseFile, PolicyCase
from checker.model.result import Outcome
from checker.model.values import Record
from tests.load.case_documents import DOCUMENTS, GOOD, Document, changed

POLICY = """\
policy: ours
version: "1"
title: Ours
parameters:
  minimum: {type: integer, default: 50001, description: The least.}
rules:
  - {id: AADC0001, title: One, severity: high, fact: endpoint.export_api_version, expect: {equals: 2}}
  - id: AADC0006
    title: Six
    severity: high
    fact: groups.member_limits
    expect: {each: {limit: {at_least: $minimum, at_most: 250000}}}
  - {id: AADC0202, title: All, severity: high, scope: fleet, fact: product.version, expect: {all_equal: true}}
"""
SMALL = "policy: ours.yaml\ncases:\n  - case: one\n    expect: {AADC0001: error}\n"


def find(text: str, path: str) -> PolicyDocument:
    """Find the one policy that there is."""
    if text not in ("ours.yaml", "ours"):
        raise BaseError(f"there is no {text!r} beside {path}")
    return PolicyDocument(path="ours.yaml", content=POLICY.encode())


def load(text: str) -> CaseFile:
    """Load a file of cases."""
    return load_policy_cases(text.encode(), "cases.yaml", find, find)


def mistakes(text: str) -> list[str]:
    """Give what is wrong with a file of cases; nothing where it is right."""
    try:
        load(text)
    except PolicyError as error:
        return list(error.lines)
    return []


def bounds(case: PolicyCase) -> list[int | object]:
    """Give the lower bounds of the rule that has a parameter."""
    return [
        one.bound
        for each in case.rules["AADC0006"].cases[0].expectation.constraints
        if isinstance(each, Each)
        for _, constraints in each.fields
        for one in constraints
        if isinstance(one, AtLeast)
    ]


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda one: one.name)
def test_each_document_is_right_or_told(document: Document) -> None:
    """A right file loads; a wrong one is refused as a whole, with a place and a sentence."""
    told = mistakes(document.text)

    assert bool(document.told) == bool(told), told
    assert all(one.startswith("cases.yaml:") for one in told)
    assert not document.told or any(document.told in one for one in told), told


def test_all_mistakes_are_told_at_once() -> None:
    """An author mends a file in one go."""
    text = GOOD.replace("AADC0006: error", "AADC6: error").replace("denied", "never").replace("minimum: 6", "minimu: 6")

    assert ["5:16", "12:47", "26:7"] == [one.split(": ")[0].removeprefix("cases.yaml:") for one in mistakes(text)]


def test_mistakes_of_the_policy_are_told_as_its_own() -> None:
    """Who gives cases of a policy that is wrong hears where the policy is wrong."""
    wrong = PolicyDocument(path="ours.yaml", content=b"policy: ours\n")

    with pytest.raises(PolicyError) as raised:
        load_policy_cases(SMALL.encode(), "cases.yaml", lambda *_: wrong, find)

    assert all(line.startswith("ours.yaml:1:1: ") for line in raised.value.lines)


def test_facts_are_known_absent_or_unknown_as_the_case_says() -> None:
    """A value has its type and its place, a record only the fields that stand there, and the rest is unknown."""
    (server,) = load(GOOD).cases[0].servers
    facts = server.facts

    assert THE_SERVER == server.name
    version = facts["endpoint.export_api_version"]
    assert isinstance(version, Known)
    assert (2, SourceFormat.FACTS, Location("cases.yaml", 9, 7)) == (
        version.value, version.source.format, version.source.location,
    )  # fmt: skip
    limits = facts["groups.member_limits"]
    assert isinstance(limits, Known)
    assert (Record.of(name="A", limit=70000), Record.of(limit=60000)) == limits.value
    empty = facts["groups.member_limit_unparsed"]
    assert isinstance(empty, Known)
    assert () == empty.value
    assert isinstance(facts["scheduler.suspended"], Absent)
    assert (Reason.DENIED, Reason.NOT_IN_SOURCE) == (
        reason_of(facts, "scheduler.sync_cycle_enabled"), reason_of(facts, "server.name"),
    )  # fmt: skip


def reason_of(facts: FactSet, name: str) -> Reason | None:
    """Give why the fact is unknown."""
    fact = facts[name]
    return fact.reason if isinstance(fact, Unknown) else None


def test_a_case_stands_upon_the_defaults_and_a_server_upon_the_case() -> None:
    """The nearer word counts, for whole facts; what nobody says is that of the defaults."""
    first, second, third = load(GOOD).cases[1].servers

    def values(facts: FactSet, *names: str) -> list[object]:
        return [fact.value if isinstance(fact := facts[name], Known) else type(fact) for name in names]

    names = ("tenant.cloud", "endpoint.export_api_version", "server.role")
    assert ["commercial", 2, "active"] == values(first.facts, *names)
    assert ["commercial", 1, Unknown] == values(second.facts, *names)
    assert [Unknown, Unknown, "staging"] == values(third.facts, *names)
    assert ["contoso", "contoso", ""] == [first.tenant, second.tenant, third.tenant]


def test_of_a_missing_server_nothing_is_known_but_what_is_declared() -> None:
    """The defaults do not count for it: there is no data."""
    missing = load(GOOD).cases[1].servers[2]

    assert Reason.NO_DATA is reason_of(missing.facts, "product.version")
    assert Reason.NO_DATA is reason_of(missing.facts, "server.name")


def test_what_only_an_inventory_says_has_no_age() -> None:
    """The role of a server is declared, in a case as in a run."""
    role = load(GOOD).cases[1].servers[0].facts["server.role"]

    assert isinstance(role, Known)
    assert SourceFormat.INVENTORY is role.source.format


def test_facts_are_as_old_as_the_case_or_the_server_says() -> None:
    """Without an age they are of the very moment."""
    now = datetime(2026, 11, 22, 10, tzinfo=UTC)
    one, two = load(GOOD).cases
    dates = [server.facts.sources[0].date for case in (one, two) for server in case.servers]

    assert [now - timedelta(days=2), now - timedelta(hours=1), now, now] == dates
    assert now == load(GOOD).now


def test_without_a_moment_there_is_one_all_the_same() -> None:
    """Cases have the same outcome on every day."""
    file = load(SMALL)

    assert (THE_TIME, THE_TIME) == (file.now, file.cases[0].servers[0].facts.sources[0].date)


def test_parameters_of_a_case_outrank_those_of_the_defaults() -> None:
    """The policy itself stays as it is, and cases of the same values share their rules."""
    file = load(changed("expect: {AADC0001: pass, AADC0006: pass}", "expect: {AADC0001: pass}"))
    again = load(changed("    parameters: {minimum: 50001}\n", ""))

    assert [[60000], [50001]] == [bounds(case) for case in file.cases]
    assert 50001 == file.policy.parameters[0].value
    assert again.cases[0].rules is again.cases[1].rules
    assert load(SMALL).cases[0].rules["AADC0001"] == load(SMALL).policy.rules[0]


def test_expectations_name_whom_they_speak_of() -> None:
    """A word speaks of every server or tenant, a mapping of those that it names; each has a place."""
    expected = load(GOOD).cases[1].expected

    assert [
        ("AADC0001", "sync01", Outcome.PASS, 24),
        ("AADC0001", "sync02", Outcome.FAIL, 24),
        ("AADC0001", "sync03", Outcome.ERROR, 24),
        ("AADC0202", "contoso", Outcome.ERROR, 25),
        ("AADC0006", "", Outcome.ERROR, 26),
    ] == [(one.rule, one.subject, one.outcome, one.location.line) for one in expected]
