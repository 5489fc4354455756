"""Parameters that an inventory gives a server."""

from __future__ import annotations

from datetime import timedelta

import pytest

from checker.errors import PolicyError, UsageError
from checker.load.policies import LoadedPolicies, PolicyDocument, read_policies
from checker.model.location import Location
from checker.model.policy import AtLeast, AtMost, Constraint, Policy
from checker.model.values import Scalar
from checker.model.version import Version
from tests.load.reading import extending, policy, rule, shelf

PARAMETERS = """\
least: {type: integer, default: 5, description: d}
cloud: {type: text, default: usgov, one_of: [usgov, china], description: d}
since: {type: version, default: "2.5", description: d}
interval: {type: duration, default: "PT30M", description: d}
servers: {type: integer, default: 1, description: d}"""
TEXT = policy(
    rule("endpoint.export_type", "{at_least: $least, at_most: 9}"),
    rule("tenant.cloud", "{equals: $cloud}").replace("TEST0001", "TEST0002"),
    rule("product.version", "{at_least: $since}").replace("TEST0001", "TEST0003"),
    rule("scheduler.effective_sync_interval", "{at_most: $interval}").replace("TEST0001", "TEST0004"),
    rule(expect="{count: {at_least: $servers}}", more="scope: fleet\nwhere: {server.name: {equals: A}}")
    .replace("    fact: server.name\n", "")
    .replace("TEST0001", "TEST0005"),
    parameters=PARAMETERS,
)
OTHER = (
    policy(rule(expect="{equals: $least}"), parameters="least: {type: text, default: A, description: d}")
    .replace("sample", "other")
    .replace("TEST0001", "TEST0006")
)
PLACE = Location("inventory.yaml", 7, 5)


def loaded(settings: dict[str, str] | None = None, *texts: str) -> LoadedPolicies:
    """Load policies, by default one."""
    documents = [PolicyDocument(path=f"{n}.yaml", content=text.encode()) for n, text in enumerate(texts or (TEXT,))]
    return read_policies(documents, settings or {}, shelf(a=TEXT))


def values(policies: tuple[Policy, ...]) -> dict[str, tuple[Scalar, str]]:
    """Give the values and origins of all parameters."""
    return {one.name: (one.value, one.origin) for each in policies for one in each.parameters}


def constraints(policies: tuple[Policy, ...], identifier: str) -> tuple[Constraint, ...]:
    """Give what one rule expects."""
    (found,) = (one for each in policies for one in each.rules if one.id == identifier)
    return found.cases[0].expectation.constraints


@pytest.mark.parametrize(
    ("name", "given", "value"),
    [
        ("least", 7, 7),
        ("cloud", "china", "china"),
        ("since", "2.6.1", Version.parse("2.6.1")),
        ("since", Version.parse("2.6.1"), Version.parse("2.6.1")),
        ("interval", "PT1H", timedelta(hours=1)),
        ("interval", timedelta(hours=1), timedelta(hours=1)),
    ],
)
def test_a_value_of_the_inventory_is_read_with_its_type(name: str, given: Scalar, value: Scalar) -> None:
    """The value replaces the default for this server alone, and says that it comes from the inventory."""
    policies = loaded()

    found = values(policies.for_server({name: given}))

    assert (value, "inventory") == found[name]
    assert {"policy"} == {origin for other, (_, origin) in found.items() if other != name}
    assert {"policy"} == {origin for _, origin in values(policies.policies).values()}


def test_a_value_reaches_the_rules_that_use_it() -> None:
    """Only rules that use a parameter differ by server; all others are the same objects."""
    policies = loaded()
    ours = policies.for_server({"least": 7})

    assert ((AtLeast(7), AtMost(9)), (AtLeast(5), AtMost(9))) == (
        constraints(ours, "TEST0001"),
        constraints(policies.policies, "TEST0001"),
    )
    assert ["TEST0001"] == [
        one.id for one, before in zip(ours[0].rules, policies.policies[0].rules, strict=True) if one is not before
    ]


def test_servers_with_the_same_values_share_their_policies() -> None:
    """What is read once for some values is not read again, whatever else a server declares."""
    policies = loaded()
    first = policies.for_server({"least": 7, "cloud": "china"})

    assert first is policies.for_server({"cloud": "china", "unknown": 1, "least": 7})
    assert policies.policies is policies.for_server({"unknown": 1})
    assert policies.policies is policies.for_server({})


def test_a_boolean_is_no_integer_also_where_values_are_remembered() -> None:
    """`true` equals 1 in a table; it is another value all the same."""
    policies = loaded()
    policies.for_server({"least": 1})

    with pytest.raises(PolicyError, match="'least' takes an integer: a boolean stands where an integer belongs"):
        policies.for_server({"least": True})


def test_a_setting_has_the_last_word() -> None:
    """What the command line sets no inventory changes; but the inventory's value must fit all the same."""
    policies = loaded({"least": "3"})

    assert (3, "--set") == values(policies.for_server({"least": 7}))["least"]
    assert (AtLeast(3), AtMost(9)) == constraints(policies.for_server({"least": 7}), "TEST0001")
    with pytest.raises(PolicyError, match="'least' takes an integer"):
        policies.for_server({"least": "x"})


def test_an_inventory_outranks_policies() -> None:
    """A default that a policy of the run gave a parameter of its base yields to the inventory."""
    policies = loaded({}, extending(parameters="least: {default: 6}"))

    assert (6, "policy mine") == values(policies.policies)["least"]
    assert (7, "inventory") == values(policies.for_server({"least": 7}))["least"]


def test_a_setting_outranks_all_defaults_of_a_chain() -> None:
    """A wrong setting of an inherited parameter is told like any other."""
    with pytest.raises(UsageError, match="'least' takes an integer"):
        loaded({"least": "x"}, extending(parameters="least: {default: 6}"))


WRONG = [
    ({"least": "7"}, "'least' takes an integer: text stands where an integer belongs"),
    ({"cloud": 5}, "'cloud' takes text: an integer stands where text belongs"),
    ({"cloud": "usgv"}, "'cloud' does not take 'usgv'; did you mean 'usgov'?"),
    ({"since": "v2"}, "'since' takes a version: 'v2' is not a version"),
    ({"since": 2}, "'since' takes a version: an integer stands where"),
    ({"interval": "30"}, "'interval' takes a duration: '30' is not a duration"),
    ({"interval": Version.parse("2")}, "'interval' takes a duration: Version stands where"),
    ({"least": 10}, "the inventory gives parameter 'least' a value with which a rule makes no sense: 0.yaml:15:13: no value is at least '10' and at most '9'"),
    ({"servers": 2}, "the inventory gives parameter 'servers' a value for one server, and fleet rule 'TEST0005' speaks of all servers of a tenant"),
]  # fmt: skip


@pytest.mark.parametrize(("parameters", "sentence"), WRONG, ids=[str(given) for given, _ in WRONG])
def test_a_value_that_does_not_fit_is_told_with_its_name(parameters: dict[str, Scalar], sentence: str) -> None:
    """What an inventory cannot give is told at its place there, or else where the parameter is declared."""
    policies = loaded()
    with pytest.raises(PolicyError) as placed:
        policies.for_server(parameters, place=PLACE)
    with pytest.raises(PolicyError) as unplaced:
        policies.for_server(parameters)

    assert 1 == len(placed.value.mistakes)
    assert sentence in placed.value.mistakes[0].message
    assert PLACE == placed.value.mistakes[0].location
    assert "0.yaml" == unplaced.value.mistakes[0].location.file


def test_all_wrong_values_are_told() -> None:
    """Wrong values do not hide each other, also not in different policies with one parameter."""
    with pytest.raises(PolicyError) as caught:
        loaded({}, TEXT, OTHER).for_server({"least": 7, "since": "x"}, place=PLACE)

    assert 2 == len(caught.value.mistakes)


def test_a_fleet_rule_takes_the_value_that_holds_anyway() -> None:
    """An inventory may repeat the value of the run; and a setting keeps it from differing."""
    assert (1, "inventory") == values(loaded().for_server({"servers": 1}))["servers"]
    assert (2, "--set") == values(loaded({"servers": "2"}).for_server({"servers": 3}))["servers"]


def test_a_fleet_rule_that_is_off_holds_no_value_back() -> None:
    """A disabled fleet rule is judged for nobody, so its parameters may differ."""
    text = extending("  - {id: TEST0005, disabled: true, reason: r}\n")

    assert (2, "inventory") == values(loaded({}, text).for_server({"servers": 2}))["servers"]
