"""Rules, facts and findings for examples, with what does not matter already filled in."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime

from checker.evaluate.fleet import Member
from checker.model.facts import Fact, FactSet, Known, Source, SourceFormat
from checker.model.location import Location
from checker.model.policy import (
    AbsentMode,
    Case,
    Condition,
    Constraint,
    Expectation,
    FactCondition,
    FleetExpectation,
    ParameterCondition,
    Rule,
    Scope,
    Severity,
)
from checker.model.result import Finding, Outcome, Population
from checker.model.values import Record, Scalar, Value
from checker.model.waiver import Waiver, WaiverFile

SOURCE = Source(SourceFormat.SERVER_CONFIGURATION, Location("exports/Connectors/entra.xml", 12, 3), "export-type")

NOW = datetime(2026, 11, 22, 10, tzinfo=UTC)
CONTOSO = "contoso.onmicrosoft.com"


def known(value: Value, derivation: str = "") -> Known:
    """Give a known fact from `SOURCE`."""
    return Known(value, SOURCE, derivation)


def limit(name: str, members: Scalar, line: int = 0, **others: Scalar) -> Record:
    """Give an entry of `groups.member_limits`, with a place of its own if *line* is given."""
    where = Location("exports/SynchronizationRules/rule.xml", line, 7) if line else None
    usual: dict[str, Scalar] = {"rule": "4f", "name": name, "precedence": 100, "standard": True, "via": "expression"}
    return Record.of(where, **{**usual, "limit": members, **others})


def expect(*constraints: Constraint, absent: AbsentMode = AbsentMode.ERROR) -> Expectation:
    """Give an expectation of all *constraints*."""
    return Expectation(constraints=constraints, absent=absent)


def where_fact(fact: str, *constraints: Constraint, absent: AbsentMode = AbsentMode.ERROR) -> FactCondition:
    """Give a condition on a fact."""
    return FactCondition(fact=fact, expectation=expect(*constraints, absent=absent))


def where_parameter(name: str, value: Scalar, *constraints: Constraint) -> ParameterCondition:
    """Give a condition on a parameter, which is *value* in this run."""
    return ParameterCondition(parameter=name, value=value, expectation=expect(*constraints))


def rule(
    fact: str,
    *expected: Constraint | Expectation | Case,
    id_: str = "AADC0001",
    severity: Severity = Severity.HIGH,
    when: Sequence[Condition] = (),
) -> Rule:
    """Give a rule of one case, expecting all constraints or an expectation, or a rule of the given cases."""
    cases = tuple(one for one in expected if isinstance(one, Case))
    wholes = tuple(Case(expectation=one) for one in expected if isinstance(one, Expectation))
    constraints = tuple(one for one in expected if not isinstance(one, Case | Expectation))
    return Rule(
        id=id_,
        title="A rule",
        severity=severity,
        fact=fact,
        cases=cases or wholes or (Case(expectation=expect(*constraints)),),
        when=tuple(when),
        policy="made",
        location=Location("made.yaml", 3, 5),
    )


def server(name: str = "SRV1", /, **facts: Fact) -> FactSet:
    """Give the facts of one server; the dot in a fact's name is written as two underscores."""
    return FactSet(server=name, facts={key.replace("__", "."): fact for key, fact in facts.items()})


def finding(
    outcome: Outcome, *, server: str = "SRV1", rule: str = "AADC0001", reason: str = ""
) -> Finding:  # shadowing is what makes calls read well
    """Give a finding of which only the outcome matters."""
    return Finding(
        server=server, rule=rule, outcome=outcome, reason=reason, message="So it is.", fact="tenant.id", expected="x"
    )


def population(*servers: str) -> Population:
    """Give a population in which everything expected was found."""
    return Population(expected=servers, received=servers)


def fleet_rule(
    expected: FleetExpectation,
    *where: FactCondition,
    id_: str = "AADC0201",
    fact: str = "",
    when: Sequence[Condition] = (),
    severity: Severity = Severity.HIGH,
) -> Rule:
    """Give a fleet rule; its fact is the first of *where* unless it is given."""
    return Rule(
        id=id_,
        title="A fleet rule",
        severity=severity,
        fact=fact or where[0].fact,
        cases=(),
        when=tuple(when),
        scope=Scope.FLEET,
        where=where,
        fleet=expected,
        policy="made",
        location=Location("made.yaml", 3, 5),
    )


def member(name: str, tenant: str = CONTOSO, /, *, left_out: bool = False, **facts: Fact) -> Member:
    """Give a server of the fleet; the dot in a fact's name is written as two underscores."""
    return Member(name, tenant, server(name, **facts), left_out)


def waiver(
    rule: str = "AADC0001",
    *servers: str,
    tenants: Sequence[str] = (),
    created: str = "2026-11-01",
    expires: str = "2026-12-31",
    only_while: Expectation | None = None,
    broad: bool = False,
    line: int = 2,
) -> Waiver:
    """Give a waiver of a rule for servers or tenants."""
    return Waiver(
        rule=rule,
        servers=servers,
        tenants=tuple(tenants),
        broad=broad,
        justification="The link is slow.",
        owner="jane.doe@contoso.com",
        approver="max.muster@contoso.com",
        ticket="CHG-4711",
        created=date.fromisoformat(created),
        expires=date.fromisoformat(expires),
        only_while=only_while,
        location=Location("waivers.yaml", line, 5),
    )


def waiver_file(*waivers: Waiver) -> WaiverFile:
    """Give a file of waivers."""
    return WaiverFile(path="waivers.yaml", sha256="0" * 64, waivers=waivers)
