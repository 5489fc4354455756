"""Policies made by hand: the inputs of the tests of the pages about policies."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from checker.model.location import Location
from checker.model.policy import (
    AbsentMode,
    Case,
    Equals,
    ExactlyOne,
    Expectation,
    FactCondition,
    FleetExpectation,
    Override,
    Parameter,
    Policy,
    PolicyFile,
    Remediation,
    Rule,
    Scope,
    Severity,
)
from checker.model.values import FactType
from checker.report.rule_words import RuleWords
from tests.report.reports import rule

CONTOSO = "policies/contoso.yaml"


def words(of: Rule) -> RuleWords:
    """Put a rule into words, such as a test recognises."""
    values = [one.value for case in of.cases for one in case.expectation.constraints if isinstance(one, Equals)]
    expected = "exactly 1 server" if of.fleet else " or ".join(map(str, values))
    where = " and ".join(f"{one.fact} so" for one in of.where)
    return RuleWords(expected=expected, when=of.tags[0] if of.tags else "", where=where)


def expecting(value: int, absent: AbsentMode = AbsentMode.ERROR) -> tuple[Case, ...]:
    """Expect *value*."""
    return (Case(expectation=Expectation(constraints=(Equals(value),), absent=absent)),)


def parameter(name: str = "member_limit_minimum", value: int = 50001, origin: str = "policy") -> Parameter:
    """Make an integer parameter whose default is 50001."""
    return Parameter(
        name=name,
        type=FactType.INTEGER,
        default=50001,
        value=value,
        origin=origin,
        description="The lowest limit.",
        location=Location("v2-endpoint.yaml", 20, 3),
    )


def overridden() -> Rule:
    """Make a rule that one policy lowers and a second one, which builds on that, turns off."""
    first = rule("AADC0001")
    lowered = replace(
        first,
        severity=Severity.LOW,
        cases=expecting(1),
        max_age=timedelta(hours=12),
        policy="contoso",
        origin="v2-endpoint",
        location=Location("bases/corporate.yaml", 9, 5),
        base=first,
        override=Override(
            policy="corporate",
            changes=("severity", "expect", "max_age"),
            reason="v1 is\nstill needed",
            location=Location("bases/corporate.yaml", 9, 5),
        ),
    )
    return replace(
        lowered,
        disabled="gone soon",
        location=Location(CONTOSO, 12, 5),
        base=lowered,
        override=Override(
            policy="contoso", changes=("disabled",), reason="gone soon", location=Location(CONTOSO, 12, 5)
        ),
    )


def fleet(expected: FleetExpectation | None = None) -> Rule:
    """Make a rule of all servers of a tenant."""
    return replace(
        rule("AADC0201"),
        title="One server exports",
        fact="server.role",
        cases=(),
        scope=Scope.FLEET,
        where=(FactCondition(fact="server.role", expectation=Expectation(constraints=(Equals("active"),))),),
        fleet=expected or ExactlyOne(),
    )


def policy(*rules: Rule, name: str = "contoso", parameters: tuple[Parameter, ...] = ()) -> Policy:
    """Make a policy of *rules*."""
    return Policy(
        name=name,
        version="2.1",
        title="Servers of Contoso",
        parameters=parameters,
        rules=rules,
        path=CONTOSO,
        sha256="c" * 64,
        extends=(
            PolicyFile(name="v2-endpoint", version="1.0.0", path="v2-endpoint.yaml", sha256="a" * 64, shipped=True),
        ),
    )


def hostile(text: str) -> Policy:
    """Make a policy that holds *text* wherever a policy can hold any."""
    made = replace(
        overridden(),
        title=text,
        rationale=text,
        remediation=Remediation(text=text, powershell=text, editor=text),
        references=(text,),
        controls=((text, (text,)),),
        tags=(text,),
        policy=text,
        origin=text,
        disabled=text,
        override=Override(policy=text, changes=("disabled", "tags"), reason=text, location=Location(text, 1, 1)),
        location=Location(text, 1, 1),
    )
    one = replace(
        parameter(), type=FactType.TEXT, default=text, value=text, one_of=(text,), origin=text, description=text
    )
    return replace(
        policy(made, parameters=(one,)),
        name="hostile",
        version=text,
        title=text,
        description=text,
        path=text,
        extends=(PolicyFile(name=text, version=text, path=text, sha256="b" * 64),),
    )
