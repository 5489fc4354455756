"""Policies: what the language can say, and every mistake that it refuses."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from checker.errors import PolicyError
from checker.load.policies import PolicyDocument, load_policies
from checker.model.catalogue import CATALOGUE
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
    FactCondition,
    Matches,
    OneOf,
    ParameterCondition,
    Remediation,
    Severity,
)
from checker.model.values import FactType
from checker.model.version import Version
from tests.benchmark.lint import overriding, short
from tests.counting import calls_of, counts_calls
from tests.load.reading import HEAD, load, mistakes, policy, rule, sentences

FULL = """\
# a comment
policy: full-policy
version: "1.2.0"
title: All that a policy can say
description: >-
  Longer
  text
parameters:
  least: {type: integer, default: 50001, description: Members}
  cloud: {type: text, default: commercial, one_of: [commercial, usgov], description: Cloud}
rules:
  - id: TEST0001
    title: A rule with everything
    severity: critical
    when:
      $cloud: {one_of: [commercial, usgov]}
      product.version: {at_least: "1.5.30.0"}
    fact: groups.member_limit
    expect: {at_least: $least, at_most: 250000, absent: allowed}
    rationale: Because
    remediation:
      text: Do this
      powershell: |
        Import-Module ADSync
        Set-ADSyncScheduler
    references: ["https://learn.microsoft.com/entra/x?y=z#w"]
    controls: {nist-800-53: [CM-2, CM-6], cis: ["4.1"]}
    tags: [v2, limits]
  - {id: TEST0002, title: A short rule, severity: info, fact: server.name, expect: {empty: false}}
"""


def test_everything_that_a_policy_can_say() -> None:
    """Every key of a policy and a rule reaches the model, with its place."""
    content = FULL.encode()
    (loaded,) = load_policies([PolicyDocument(path="policies/full.yaml", content=content, shipped=True)], {})
    first, second = loaded.rules
    least, cloud = loaded.parameters

    assert (
        ("full-policy", "1.2.0", "All that a policy can say", "Longer text"),
        ("policies/full.yaml", hashlib.sha256(content).hexdigest(), True),
    ) == (
        (loaded.name, loaded.version, loaded.title, loaded.description),
        (loaded.path, loaded.sha256, loaded.shipped),
    )
    assert ("least", FactType.INTEGER, 50001, 50001, "policy", "Members", (), Location("policies/full.yaml", 9, 3)) == (
        *(least.name, least.type, least.default, least.value, least.origin, least.description, least.one_of),
        least.location,
    )
    assert ("cloud", ("commercial", "usgov")) == (cloud.name, cloud.one_of)
    assert ("TEST0001", "A rule with everything", Severity.CRITICAL, "groups.member_limit", "full-policy") == (
        *(first.id, first.title, first.severity, first.fact),
        first.policy,
    )
    assert first.cases == (
        Case(expectation=Expectation(constraints=(AtLeast(50001), AtMost(250000)), absent=AbsentMode.ALLOWED)),
    )
    assert first.when == (
        ParameterCondition(
            parameter="cloud",
            value="commercial",
            expectation=Expectation(constraints=(OneOf(("commercial", "usgov")),)),
        ),
        FactCondition(
            fact="product.version",
            expectation=Expectation(constraints=(AtLeast(Version.parse("1.5.30.0")),)),
        ),
    )
    assert (
        "Because",
        Remediation("Do this", "Import-Module ADSync\nSet-ADSyncScheduler\n"),
        ("https://learn.microsoft.com/entra/x?y=z#w",),
        (("nist-800-53", ("CM-2", "CM-6")), ("cis", ("4.1",))),
        ("v2", "limits"),
        ("cloud", "least"),
        Location("policies/full.yaml", 12, 5),
    ) == (
        *(first.rationale, first.remediation, first.references, first.controls, first.tags, first.parameters),
        first.location,
    )
    assert ((), (), Location("policies/full.yaml", 29, 5)) == (second.when, second.parameters, second.location)


PARAMETERS = """\
i: {type: integer, default: 5, description: d}
b: {type: boolean, default: true, description: d}
t: {type: text, default: usgov, description: d}
v: {type: version, default: "2.5", description: d}
d: {type: duration, default: "PT30M", description: d}
m: {type: timestamp, default: "2026-01-01T00:00:00Z", description: d}
a: {type: text, default: required, description: d}
"""

EXPECTATIONS: list[tuple[str, str, tuple[Constraint, ...]]] = [
    ("endpoint.export_type", "{equals: 5}", (Equals(5),)),
    ("endpoint.export_type", "{one_of: [2, 5, $i]}", (OneOf((2, 5, 5)),)),
    ("endpoint.export_type", "{at_most: 9, at_least: $i}", (AtLeast(5), AtMost(9))),
    ("endpoint.export_type", "{at_least: 3, at_most: 3}", (AtLeast(3), AtMost(3))),
    ("endpoint.consistent", "{equals: $b}", (Equals(True),)),
    ("endpoint.consistent", "{one_of: [false]}", (OneOf((False,)),)),
    ("tenant.cloud", "{equals: commercial}", (Equals("commercial"),)),
    ("tenant.cloud", "{one_of: [china, $t]}", (OneOf(("china", "usgov")),)),
    ("tenant.cloud", "{one_of: [usgov, $t]}", (OneOf(("usgov", "usgov")),)),
    ("server.name", '{equals: "no"}', (Equals("no"),)),
    ("server.name", "{equals: $$x}", (Equals("$x"),)),
    ("server.name", '{equals: "$$$x"}', (Equals("$$x"),)),
    (
        "server.name",
        "{matches: '(?:SRV|AAD)[0-9]+', empty: false}",
        (Matches("(?:SRV|AAD)[0-9]+"), Empty(wanted=False)),
    ),
    ("server.name", "{matches: '\\$x'}", (Matches("\\$x"),)),
    ("server.name", "{empty: true}", (Empty(wanted=True),)),
    ("product.version", '{at_least: "1.5.30.0"}', (AtLeast(Version.parse("1.5.30.0")),)),
    ("product.version", '{one_of: ["1.5", $v]}', (OneOf((Version.parse("1.5"), Version.parse("2.5"))),)),
    ("scheduler.effective_sync_interval", '{at_most: "7.00:00:00"}', (AtMost(timedelta(days=7)),)),
    ("scheduler.effective_sync_interval", "{equals: $d}", (Equals(timedelta(minutes=30)),)),
    ("scheduler.next_sync_start", "{at_least: $m}", (AtLeast(datetime(2026, 1, 1, tzinfo=UTC)),)),
    ("rules.duplicate_precedence", "{empty: true}", (Empty(wanted=True),)),
    (
        "groups.member_limits",
        "{each: {limit: {at_least: $i, at_most: 9}, via: {equals: scope}, standard: {equals: true}, name: {empty: false}}}",
        (
            Each(
                (
                    ("limit", (AtLeast(5), AtMost(9))),
                    ("via", (Equals("scope"),)),
                    ("standard", (Equals(True),)),
                    ("name", (Empty(wanted=False),)),
                )
            ),
        ),
    ),
    (
        "groups.member_limits",
        "{empty: false, each: {limit: {equals: 5}}}",
        (Empty(wanted=False), Each((("limit", (Equals(5),)),))),
    ),
]


@pytest.mark.parametrize(("fact", "expect", "constraints"), EXPECTATIONS, ids=[text for _, text, _ in EXPECTATIONS])
def test_expectations_are_typed(fact: str, expect: str, constraints: tuple[Constraint, ...]) -> None:
    """An expectation becomes constraints of exactly the type of its fact, in one order whatever was written."""
    used = [line for line in PARAMETERS.splitlines() if f"${line[0]}" in expect.replace("$$", "")]
    (read,) = load(policy(rule(fact, expect), parameters="\n".join(used))).rules

    assert (Case(expectation=Expectation(constraints=constraints)),) == read.cases
    assert [type(one) for one in _operands(constraints)] == [
        type(one) for one in _operands(read.cases[0].expectation.constraints)
    ]


def _operands(constraints: tuple[Constraint, ...]) -> list[object]:
    """Give what the constraints compare with: `True` equals 1, so the types are compared beside the values."""
    found: list[object] = []
    for one in constraints:
        match one:
            case Each(fields):
                found += [operand for _, inner in fields for operand in _operands(inner)]
            case OneOf(values):
                found += values
            case Equals(value) | AtLeast(value) | AtMost(value):
                found.append(value)
            case _:
                pass
    return found


@pytest.mark.parametrize(
    ("expect", "absent"),
    [
        ("{equals: A}", AbsentMode.ERROR),
        ("{equals: A, absent: error}", AbsentMode.ERROR),
        ("{equals: A, absent: allowed}", AbsentMode.ALLOWED),
        ("{absent: required}", AbsentMode.REQUIRED),
        ("{absent: $a}", AbsentMode.REQUIRED),
    ],
)
def test_what_absence_means(expect: str, absent: AbsentMode) -> None:
    """Absence is an error unless the expectation says otherwise, itself or by a parameter."""
    (read,) = load(policy(rule(expect=expect), parameters=PARAMETERS.splitlines()[-1] if "$a" in expect else "")).rules

    assert absent is read.cases[0].expectation.absent


def test_cases_are_read_in_order() -> None:
    """A list of expectations has a condition on each but the last."""
    cases = """
      - when: {product.version: {at_least: "1.6.4.0"}, $b: {equals: true}}
        one_of: [commercial, usgov]
      - equals: commercial
        absent: allowed"""
    (read,) = load(policy(rule("tenant.cloud", cases), parameters=PARAMETERS.splitlines()[1])).rules

    assert read.cases == (
        Case(
            expectation=Expectation(constraints=(OneOf(("commercial", "usgov")),)),
            when=(
                FactCondition(
                    fact="product.version",
                    expectation=Expectation(constraints=(AtLeast(Version.parse("1.6.4.0")),)),
                ),
                ParameterCondition(
                    parameter="b",
                    value=True,
                    expectation=Expectation(constraints=(Equals(True),)),
                ),
            ),
        ),
        Case(expectation=Expectation(constraints=(Equals("commercial"),), absent=AbsentMode.ALLOWED)),
    )
    assert read.parameters == ("b",)


P = PARAMETERS.splitlines()

WRONG = [
    # the policy itself
    ("- a\n", "f:1:1: a policy is a mapping, not a list"),
    ("{}", "f:1:1: a policy is empty"),
    (policy().replace("title: A policy", "titel: A policy"), "f:3:1: unknown key 'titel' in a policy; did you mean 'title'?"),
    (policy().replace("title: A policy of the tests\n", ""), "f:1:1: a policy has no 'title'"),
    (policy() + "waivers: [x]\n", "f:10:1: unknown key 'waivers' in a policy"),
    (policy().replace("sample", "Sample"), "f:1:9: 'Sample' is not a policy's name, such as 'v2-endpoint'"),
    (policy().replace("sample", "x" * 65), "is not a policy's name"),
    (policy().replace("sample", '"sample\\n"'), "f:1:9: 'sample\\n' is not a policy's name"),
    (policy().replace('"1.0.0"', "1.0.0"), "f:2:10: '1.0.0' is ambiguous"),
    (policy().replace('"1.0.0"', "1"), "f:2:10: a policy's version is text, not the integer 1"),
    (policy().replace('"1.0.0"', '"1.0b"'), "f:2:10: '1.0b' is not a policy's version, such as '1.0.0'"),
    (policy().replace("A policy of the tests", "' '"), "f:3:8: the title of a policy is one line"),
    (policy().replace("A policy of the tests", '"a\\nb"'), "f:3:8: the title of a policy is one line"),
    (policy().replace("A policy of the tests", "x" * 201), "f:3:8: the title of a policy is one line of at most 200"),
    (policy().replace("A policy of the tests", "[x]"), "f:3:8: the title of a policy is text, not a list"),
    (policy() + "description: ' '\n", "f:10:14: the description of a policy is blank"),
    (policy() + "description: true\n", "f:10:14: the description of a policy is text, not the boolean true"),
    (HEAD, "f:1:1: a policy has no 'rules'"),
    (HEAD + "rules: []\n", "f:4:8: 'rules' is empty"),
    (HEAD + "rules: {a: 1}\n", "f:4:8: 'rules' is a list, not a mapping"),
    (HEAD + "rules: [x]\n", "f:4:9: a rule is a mapping, not the text 'x' without quotes"),
    # rules
    (policy(rule().replace("TEST0001", "T0001")), "f:5:9: 'T0001' is not a rule's id, such as 'AADC0001'"),
    (policy(rule().replace("TEST0001", "TEST-0001")), "is not a rule's id"),
    (policy(rule().replace("TEST0001", "TEST0001x")), "is not a rule's id"),
    (policy(rule().replace("    severity: high\n", "")), "f:5:5: a rule has no 'severity'"),
    (policy(rule().replace("severity", "serverity")), "f:7:5: unknown key 'serverity' in a rule; did you mean 'severity'?"),
    (policy(rule().replace("high", "hihg")), "f:7:15: unknown severity 'hihg'; did you mean 'high'?"),
    (policy(rule().replace("high", "High")), "f:7:15: unknown severity 'High'; did you mean 'high'?"),
    (policy(rule().replace("high", "3")), "f:7:15: severity is text, not the integer 3"),
    (policy(rule().replace("    fact: server.name\n", "")), "f:5:5: a rule has no 'fact'"),
    (policy(rule().replace("    expect: {equals: A}\n", "")), "f:5:5: a rule has no 'expect'"),
    (policy(rule("server.nam")), "f:8:11: unknown fact 'server.nam'; did you mean 'server.name'?"),
    (policy(rule("$x")), "f:8:11: unknown fact '$x'"),
    (policy(rule(more="reason: r")), "f:10:5: unknown key 'reason' in a rule"),
    (policy(rule(more="disabled: true")), "f:10:5: unknown key 'disabled' in a rule"),
    (policy(rule(more="rationale: ''")), "f:10:16: the rationale of a rule is blank"),
    (policy(rule(more="remediation: {}")), "f:10:18: 'remediation' is empty"),
    (policy(rule(more="remediation: {txt: a}")), "unknown key 'txt' in 'remediation'; did you mean 'text'?"),
    (policy(rule(more="remediation: {text: ' '}")), "the text of a remediation is blank"),
    (policy(rule(more="remediation: {powershell: 5}")), "the PowerShell of a remediation is text, not the integer 5"),
    (policy(rule(more="references: []")), "'references' is empty"),
    (policy(rule(more="references: https://a.b")), "'references' is a list"),
    (policy(rule(more='references: ["http://a.b"]')), "'http://a.b' does not have the form of an item of 'references'"),
    (policy(rule(more='references: ["https://a.b/<x>"]')), "does not have the form of an item of 'references'"),
    (policy(rule(more='references: ["https://user@a.b/"]')), "does not have the form of an item of 'references'"),
    (policy(rule(more='references: ["javascript:x"]')), "does not have the form of an item of 'references'"),
    (policy(rule(more='references: ["https://a.b", "https://a.b"]')), "'https://a.b' is given twice in 'references'"),
    (policy(rule(more="references: [5]")), "an item of 'references' is text, not the integer 5"),
    (policy(rule(more="controls: {}")), "'controls' is empty"),
    (policy(rule(more="controls: {cis: []}")), "the controls of 'cis' is empty"),
    (policy(rule(more="controls: {cis: [4.1]}")), "'4.1' is ambiguous"),
    (policy(rule(more="controls: {CIS: [A]}")), "f:10:16: 'CIS' is not a framework's name"),
    (policy(rule(more="tags: [V2]")), "'V2' does not have the form of an item of 'tags'"),
    (policy(rule(more="tags: [a, a]")), "'a' is given twice in 'tags'"),
    # parameters
    (policy(parameters="Least: {type: integer, default: 1, description: d}"), "f:5:3: 'Least' is not a parameter's name"),
    (policy(parameters="x: 5"), "f:5:6: parameter 'x' is a mapping, not the integer 5"),
    (policy(parameters="x: {default: 1, description: d}"), "f:5:6: parameter 'x' has no 'type'"),
    (policy(parameters="x: {type: integer, description: d}"), "f:5:6: parameter 'x' has no 'default'"),
    (policy(parameters="x: {type: integer, default: 1}"), "f:5:6: parameter 'x' has no 'description'"),
    (policy(parameters="x: {type: integre, default: 1, description: d}"), "unknown type of parameter 'integre'; did you mean 'integer'?"),
    (policy(parameters="x: {type: records, default: 1, description: d}"), "unknown type of parameter 'records'"),
    (policy(parameters='x: {type: integer, default: "1", description: d}'), "the default of parameter 'x' is an integer, not the text '1'"),
    (policy(parameters="x: {type: boolean, default: 1, description: d}"), "the default of parameter 'x' is a boolean, not the integer 1"),
    (policy(parameters="x: {type: integer, default: true, description: d}"), "is an integer, not the boolean true"),
    (policy(parameters="x: {type: version, default: v2, description: d}"), "is a version in quotes, not the text 'v2' without quotes"),
    (policy(parameters='x: {type: version, default: "v2", description: d}'), "the default of parameter 'x': 'v2' is not a version"),
    (policy(parameters="x: {type: text, default: $y, description: d}"), "'$y' begins with a dollar sign"),
    (policy(parameters="x: {type: integer, default: 1, one_of: [], description: d}"), "'one_of' of parameter 'x' is empty"),
    (policy(parameters="x: {type: integer, default: 1, one_of: [2, 3], description: d}"), "is not in its 'one_of'; known are 2, 3"),
    (policy(parameters="x: {type: integer, default: 1, one_of: [1, 1], description: d}"), "'1' is given twice in 'one_of'"),
    (policy(parameters="x: {type: integer, default: 1, one_of: [1, a], description: d}"), "'one_of' of parameter 'x' is an integer"),
    (policy(parameters="x: {type: integer, default: 1, description: d}"), "f:5:3: no rule uses parameter 'x'"),
    (policy().replace("rules:", "parameters: {}\nrules:"), "f:4:13: 'parameters' is empty"),
    (policy(rule(expect="{equals: $x}")), "f:9:22: unknown parameter '$x'"),
    (policy(rule(expect="{equals: $zz}"), parameters=P[2]), "unknown parameter '$zz'; known are t"),
    (policy(rule(expect="{equals: $i}"), parameters=P[0]), "'server.name' is text, and parameter '$i' is an integer"),
    (policy(rule(expect='{equals: "$t"}'), parameters=P[2]), "'$t' begins with a dollar sign: a parameter is named without quotes"),
    # expectations
    (policy(rule(expect="5")), "f:9:13: an expectation of 'server.name' is a mapping, not the integer 5"),
    (policy(rule(expect="{}")), "f:9:13: an expectation of 'server.name' is empty"),
    (policy(rule(expect="{equls: A}")), "f:9:14: unknown key 'equls' in an expectation of 'server.name'; did you mean 'equals'?"),
    (policy(rule(expect="{equals: A, when: {server.name: {equals: B}}}")), "'when' stands beside 'expect', or in a list of cases"),
    (policy(rule(expect="{equals: A, one_of: [A]}")), "'equals' stands alone"),
    (policy(rule(expect="{matches: A, one_of: [A]}")), "'one_of' stands alone"),
    (policy(rule(expect="{absent: allowed}")), "nothing is expected of the value of 'server.name'"),
    (policy(rule(expect="{absent: required, equals: A}")), "'absent: required' stands alone"),
    (policy(rule(expect="{absent: $a, equals: A}"), parameters=P[6]), "'absent: required' stands alone"),
    (policy(rule(expect="{absent: alowed, equals: A}")), "unknown value of 'absent' 'alowed'; did you mean 'allowed'?"),
    (policy(rule(expect="{absent: true, equals: A}")), "value of 'absent' is text, not the boolean true"),
    (policy(rule(expect="{absent: $t, equals: A}"), parameters=P[2]), "'absent' never has the value 'usgov'"),
    (policy(rule(expect="{absent: $b, equals: A}"), parameters=P[1]), "'absent' is text, and parameter '$b' is a boolean"),
    (policy(rule(expect="{one_of: []}")), "'one_of' is empty"),
    (policy(rule(expect="{one_of: A}")), "'one_of' is a list, not the text 'A'"),
    (policy(rule(expect="{one_of: [A, B, A]}")), "f:9:29: 'A' is given twice in 'one_of'"),
    (policy(rule(expect="{one_of: [$t, $t]}"), parameters=P[2]), "'$t' is given twice in 'one_of'"),
    (policy(rule("product.version", '{one_of: ["2.5", "2.5.0.0"]}')), "'2.5.0.0' is given twice in 'one_of'"),
    (policy(rule("tenant.cloud", "{equals: comercial}")), "'tenant.cloud' never has the value 'comercial'; did you mean 'commercial'?"),
    (policy(rule("tenant.cloud", "{equals: $a}"), parameters=P[6]), "'tenant.cloud' never has the value 'required'; known are china"),
    (policy(rule("endpoint.export_type", '{equals: "5"}')), "'endpoint.export_type' is an integer, not the text '5'"),
    (policy(rule("endpoint.export_type", "{equals: true}")), "'endpoint.export_type' is an integer, not the boolean true"),
    (policy(rule("endpoint.export_type", "{equals: [5]}")), "'endpoint.export_type' is an integer, not a list"),
    (policy(rule("endpoint.export_type", "{one_of: [5, x]}")), "'endpoint.export_type' is an integer, not the text 'x'"),
    (policy(rule("endpoint.export_type", "{at_least: x, at_most: 5}")), "is an integer, not the text 'x'"),
    (policy(rule("endpoint.export_type", "{at_least: 5, at_most: 4}")), "f:9:13: no value is at least '5' and at most '4'"),
    (policy(rule("endpoint.export_type", "{matches: x}")), "'matches' does not fit 'endpoint.export_type', which is an integer; what fits: equals"),
    (policy(rule("endpoint.consistent", "{equals: 1}")), "'endpoint.consistent' is a boolean, not the integer 1"),
    (policy(rule("endpoint.consistent", "{equals: 'true'}")), "'endpoint.consistent' is a boolean, not the text 'true'"),
    (policy(rule("endpoint.consistent", "{at_least: true}")), "'at_least' does not fit"),
    (policy(rule("endpoint.consistent", "{empty: true}")), "'empty' does not fit"),
    (policy(rule("product.version", "{at_least: 2}")), "'product.version' is a version in quotes, not the integer 2"),
    (policy(rule("product.version", "{at_least: v2}")), "'product.version' is a version in quotes, not the text 'v2' without quotes"),
    (policy(rule("product.version", '{at_least: "2.5.x"}')), "'product.version': '2.5.x' is not a version"),
    (policy(rule("product.version", '{at_least: "2.10", at_most: "2.9"}')), "no value is at least '2.10' and at most '2.9'"),
    (policy(rule("scheduler.effective_sync_interval", "{at_most: PT30M}")), "is a duration in quotes, not the text 'PT30M' without"),
    (policy(rule("scheduler.effective_sync_interval", '{at_most: "30"}')), "'30' is not a duration"),
    (policy(rule("scheduler.next_sync_start", '{at_most: "2026-01-01"}')), "'2026-01-01' is not a time with an offset"),
    (policy(rule(expect='{at_least: "A"}')), "'at_least' does not fit 'server.name', which is text"),
    (policy(rule(expect="{matches: 5}")), "'matches' is a regular expression in text, not the integer 5"),
    (policy(rule(expect="{matches: [a]}")), "'matches' is a regular expression in text, not a list"),
    (policy(rule(expect="{matches: $t}"), parameters=P[2]), "a parameter cannot stand in 'matches'"),
    (policy(rule(expect="{matches: '(a+)+'}")), "f:9:23: the pattern cannot be used: a repeated group may not hold a quantifier"),
    (policy(rule(expect="{empty: 1}")), "'empty' is a boolean, not the integer 1"),
    (policy(rule(expect="{empty: true, matches: A}")), "'empty: true' stands alone"),
    (policy(rule("groups.member_limits", "{empty: true, each: {limit: {equals: 1}}}")), "'empty: true' stands alone"),
    (policy(rule("groups.member_limits", "{equals: []}")), "'equals' does not fit 'groups.member_limits', which is a list of records"),
    (policy(rule("groups.member_limits", "{each: {}}")), "'each' is empty"),
    (policy(rule("groups.member_limits", "{each: [limit]}")), "'each' is a mapping, not a list"),
    (policy(rule("groups.member_limits", "{each: {limt: {equals: 1}}}")), "unknown field 'limt' of 'groups.member_limits'; did you mean 'limit'?"),
    (policy(rule("groups.member_limits", "{each: {limit: 5}}")), "an expectation of 'limit' is a mapping"),
    (policy(rule("groups.member_limits", "{each: {limit: {equals: a}}}")), "'limit' is an integer, not the text 'a'"),
    (policy(rule("groups.member_limits", "{each: {limit: {matches: a}}}")), "'matches' does not fit 'limit', which is an integer"),
    (policy(rule("groups.member_limits", "{each: {limit: {equals: 1, absent: allowed}}}")), "'limit' is never absent"),
    (policy(rule("groups.member_limits", "{each: {via: {equals: scop}}}")), "'via' never has the value 'scop'; did you mean 'scope'?"),
    # cases
    (policy(rule(expect="[]")), "f:9:13: 'expect' is empty"),
    (policy(rule(expect="[A]")), "f:9:14: a case of 'expect' is a mapping, not the text 'A'"),
    (policy(rule(expect="[{equals: A}, {equals: B}]")), "f:9:14: only the last case of 'expect' has no 'when'"),
    (policy(rule(expect="[{equals: A, when: {server.name: {equals: B}}}]")), "f:9:26: the last case of 'expect' has a 'when'"),
    (policy(rule(expect="[{when: {server.name: {equals: B}}}, {equals: A}]")), "f:9:14: an expectation of 'server.name' is empty"),
    (policy(rule(expect="[{when: {}, equals: B}, {equals: A}]")), "f:9:21: 'when' is empty"),
    # conditions
    (policy(rule(more="when: {}")), "f:10:11: 'when' is empty"),
    (policy(rule(more="when: [a]")), "f:10:11: 'when' is a mapping, not a list"),
    (policy(rule(more="when: {server.nam: {equals: A}}")), "f:10:12: unknown fact 'server.nam'; did you mean 'server.name'?"),
    (policy(rule(more="when: {$x: {equals: A}}")), "f:10:12: unknown parameter '$x'"),
    (policy(rule(more="when: {server.name: {equals: 5}}")), "f:10:34: 'server.name' is text, not the integer 5"),
    (policy(rule(more="when: {$b: {equals: 1}}"), parameters=P[1]), "'$b' is a boolean, not the integer 1"),
    (policy(rule(more="when: {$b: {equals: true, absent: allowed}}"), parameters=P[1]), "'$b' is never absent"),
    (
        policy(rule(more="when: {$x: {equals: c}}"), parameters="x: {type: text, default: a, one_of: [a, b], description: d}"),
        "'$x' never has the value 'c'; known are a, b",
    ),
]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "mistake"), WRONG, ids=[f"{n} {mistake[-60:]}" for n, (_, mistake) in enumerate(WRONG)]
)
def test_every_mistake_is_told_with_its_place(text: str, mistake: str) -> None:
    """T06, T14: what is wrong is told once, with file, line and column, and with the nearest name."""
    found = mistakes(text)

    assert len(found) == 1
    assert mistake in found[0]


def test_all_mistakes_are_told_at_once() -> None:
    """Mistakes in different rules, and in different parts of one, do not hide each other."""
    text = policy(
        rule("server.nam", more="when: {$x: {equals: 1}}\ntags: [A]"),
        rule("tenant.cloud", "{equals: x, at_lest: 5}").replace("TEST0001", "TEST1").replace("high", "hi"),
        parameters="p: {type: integre, default: 1, description: d}\nq: {type: text, default: 1}",
    )

    assert sentences(text) == [
        "unknown type of parameter 'integre'; did you mean 'integer'?",
        "parameter 'q' has no 'description'",
        "the default of parameter 'q' is text, not the integer 1",
        "unknown fact 'server.nam'; did you mean 'server.name'?",
        "unknown parameter '$x'; known are p, q",
        "'A' does not have the form of an item of 'tags'",
        "'TEST1' is not a rule's id, such as 'AADC0001'",
        "unknown severity 'hi'; did you mean 'high'?",
        "'tenant.cloud' never has the value 'x'; known are china, commercial, germany, usgov",
        "unknown key 'at_lest' in an expectation of 'tenant.cloud'; known are absent, empty, equals, matches, one_of",
    ]


def test_a_wrong_parameter_is_told_once() -> None:
    """Rules that use a parameter whose declaration is wrong are not blamed for it."""
    text = policy(
        rule(expect="{equals: $x}", more="when: {$x: {equals: A}}"),
        parameters="x: {type: txt, default: A, description: d}",
    )

    assert sentences(text) == ["unknown type of parameter 'txt'; did you mean 'text'?"]


@pytest.mark.parametrize(("kind", "operators"), [
    (FactType.INTEGER, {"equals", "one_of", "at_least", "at_most"}),
    (FactType.BOOLEAN, {"equals", "one_of"}),
    (FactType.TEXT, {"equals", "one_of", "matches", "empty"}),
    (FactType.VERSION, {"equals", "one_of", "at_least", "at_most"}),
    (FactType.DURATION, {"equals", "one_of", "at_least", "at_most"}),
    (FactType.TIMESTAMP, {"equals", "one_of", "at_least", "at_most"}),
    (FactType.RECORDS, {"empty", "each"}),
])  # fmt: skip
def test_operators_fit_types(kind: FactType, operators: set[str]) -> None:
    """Each type has its operators, and every other operator is refused for every fact of the type."""
    names = ["equals", "one_of", "at_least", "at_most", "matches", "empty", "each"]
    for fact in (spec.name for spec in CATALOGUE.values() if spec.type is kind):
        refused = {
            name
            for name in names
            if any("does not fit" in one for one in sentences(policy(rule(fact, f"{{{name}: x}}"))))
        }

        assert set(names) - operators == refused


def test_t11_an_id_is_given_once() -> None:
    """T11: the same rule id in two documents, or twice in one, is refused, naming both places."""
    first = PolicyDocument(path="a.yaml", content=policy(rule(), rule()).encode())
    second = PolicyDocument(path="b.yaml", content=policy().replace("sample", "other").encode())

    with pytest.raises(PolicyError) as caught:
        load_policies([first, second], {})

    assert caught.value.lines == (
        "a.yaml:10:9: rule 'TEST0001' is already given at a.yaml:5:9",
        "b.yaml:5:9: rule 'TEST0001' is already given at a.yaml:5:9",
    )


def test_a_name_is_given_once() -> None:
    """Two policies of one name with different content are refused, naming both places."""
    first = PolicyDocument(path="a.yaml", content=policy().encode())
    second = PolicyDocument(path="b.yaml", content=policy(rule().replace("TEST0001", "TEST0002")).encode())

    with pytest.raises(PolicyError) as caught:
        load_policies([first, second], {})

    assert caught.value.lines == ("b.yaml:1:9: policy 'sample' is already given at a.yaml:1:9",)


def test_the_same_document_counts_once() -> None:
    """The very same bytes, given twice under whatever name, are one policy; the order stays."""
    first, second = (
        PolicyDocument(path=path, content=content.encode())
        for path, content in (
            ("a.yaml", policy()),
            ("b.yaml", policy(rule().replace("TEST0001", "TEST0002")).replace("sample", "other")),
        )
    )
    again = PolicyDocument(path="c.yaml", content=first.content)

    assert ["a.yaml", "b.yaml"] == [one.path for one in load_policies([first, second, again], {})]
    assert ["b.yaml", "c.yaml"] == [one.path for one in load_policies([second, again, first], {})]


def test_mistakes_of_all_documents_are_told() -> None:
    """One bad document does not hide another, not even one that is no YAML; ids are compared all the same."""
    documents = [
        PolicyDocument(path="a.yaml", content=b"a: [\n"),
        PolicyDocument(path="b.yaml", content=policy().replace("high", "hi").encode()),
        PolicyDocument(path="c.yaml", content=policy().replace("sample", "other").encode()),
        PolicyDocument(path="d.yaml", content=b"rules: 5"),
    ]

    with pytest.raises(PolicyError) as caught:
        load_policies(documents, {})

    assert [one.partition(": ")[0] for one in caught.value.lines] == [
        "a.yaml:2:1",
        "b.yaml:7:15",
        "d.yaml:1:1",
        "d.yaml:1:1",
        "d.yaml:1:1",
        "d.yaml:1:8",
        "c.yaml:5:9",
    ]
    assert caught.value.lines[-1].endswith("rule 'TEST0001' is already given at b.yaml:5:9")


def test_no_documents_give_no_policies() -> None:
    """Without documents there is nothing to load."""
    assert load_policies([], {}) == ()


@counts_calls
@pytest.mark.parametrize(
    "files_of",
    [
        pytest.param(lambda rules: {"a.yaml": short("a", rules=rules)}, id="rules"),
        pytest.param(
            lambda rules: {"a.yaml": overriding("a", rules), "base.yaml": short("base", rules=rules)}, id="overrides"
        ),
    ],
)
def test_the_cost_of_a_policy_grows_with_its_rules(files_of: Callable[[int], dict[str, str]]) -> None:
    """
    Twice as many rules take twice as many calls, not four times as many.

    How that compares with the bare parse of the same bytes is measured in tests/benchmark/lint.py.
    """
    calls_of_loading(files_of(100))  # what is made once is made now
    once, twice = calls_of_loading(files_of(400)), calls_of_loading(files_of(800))

    assert 1.8 < twice / once < 2.2


def calls_of_loading(files: dict[str, str]) -> int:
    """Count the calls that loading the first of *files*, and what it builds on, takes."""
    documents = {path: PolicyDocument(path=path, content=text.encode()) for path, text in files.items()}
    return calls_of(lambda: load_policies([documents["a.yaml"]], {}, lambda text, _path: documents[text]))


def test_a_large_policy_has_all_its_rules() -> None:
    """Nothing is left out of two thousand rules."""
    assert 2000 == len(load(short("a")).rules)
