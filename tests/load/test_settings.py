"""Parameters that a run sets."""

from __future__ import annotations

from datetime import timedelta

import pytest

from checker.errors import PolicyError, UsageError
from checker.load.policies import PolicyDocument, load_policies
from checker.model.policy import AtLeast, Equals, ParameterCondition
from checker.model.values import Scalar, type_of
from checker.model.version import Version
from tests.load.reading import load, policy, rule

PARAMETERS = """\
least: {type: integer, default: 5, description: d}
active: {type: boolean, default: true, description: d}
cloud: {type: text, default: usgov, description: d}
since: {type: version, default: "2.5", description: d}
interval: {type: duration, default: "PT30M", one_of: ["PT30M", "PT1H"], description: d}
missing: {type: text, default: error, one_of: [error, allowed, required], description: d}
"""

TEXT = policy(
    rule("endpoint.export_type", "{at_least: $least, at_most: 9, absent: $missing}"),
    rule("tenant.cloud", "{equals: $cloud}", "when: {$active: {equals: true}}").replace("TEST0001", "TEST0002"),
    rule("product.version", "{at_least: $since}").replace("TEST0001", "TEST0003"),
    rule("scheduler.effective_sync_interval", "{equals: $interval}").replace("TEST0001", "TEST0004"),
    parameters=PARAMETERS,
)


@pytest.mark.parametrize(
    ("name", "raw", "value"),
    [
        ("least", "-7", -7),
        ("active", "false", False),
        ("cloud", "china", "china"),
        ("since", "2.6.1", Version.parse("2.6.1")),
        ("interval", "01:00:00", timedelta(hours=1)),
        ("missing", "allowed", "allowed"),
    ],
)
def test_a_setting_is_read_with_its_type(name: str, raw: str, value: Scalar) -> None:
    """The value replaces the default, is of the declared type, and says where it comes from."""
    loaded = load(TEXT, {name: raw})
    found = {one.name: (type_of(one.value), one.value, one.origin) for one in loaded.parameters}

    assert (type_of(value), value, "--set") == found[name]
    assert {"policy"} == {origin for other, (_, _, origin) in found.items() if other != name}


def test_a_setting_reaches_expectations_and_conditions() -> None:
    """Wherever the parameter stands, the value that was set counts."""
    first, second, *_ = load(TEXT, {"least": "7", "active": "false", "cloud": "china"}).rules
    (condition,) = second.when

    assert first.cases[0].expectation.constraints[0] == AtLeast(7)
    assert second.cases[0].expectation.constraints == (Equals("china"),)
    assert isinstance(condition, ParameterCondition)
    assert condition.value is False


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        pytest.param({"leest": "7"}, "no policy has a parameter 'leest'; did you mean 'least'?", id="unknown"),
        pytest.param({"least": "x"}, "'least' takes an integer: 'x' is not an integer in decimal notation", id="type"),
        pytest.param({"least": "7.0"}, "'least' takes an integer: '7.0' is not", id="a fraction"),
        pytest.param(
            {"active": "True"}, "'active' takes a boolean: 'True' is neither 'true' nor 'false'", id="boolean"
        ),
        pytest.param({"since": "v2"}, "'since' takes a version: 'v2' is not a version", id="version"),
        pytest.param({"interval": "30"}, "'interval' takes a duration: '30' is not a duration", id="duration"),
        pytest.param({"interval": "PT2H"}, "'interval' does not take 'PT2H'; did you mean 'PT1H'?", id="one_of"),
        pytest.param({"cloud": "comercial"}, "f:21:22: 'tenant.cloud' never has the value 'comercial'", id="values"),
        pytest.param({"least": "10"}, "f:16:13: no value is at least '10' and at most '9'", id="range"),
        pytest.param({"missing": "required"}, "f:16:44: 'absent: required' stands alone", id="absent"),
    ],
)
def test_a_setting_that_does_not_fit_is_a_wrong_command_line(settings: dict[str, str], sentence: str) -> None:
    """What cannot be set is told as a mistake of the command line, not of the policy."""
    with pytest.raises(UsageError) as caught:
        load(TEXT, settings)

    assert str(caught.value).startswith("--set: ")
    assert sentence in str(caught.value)


def test_all_wrong_settings_are_told() -> None:
    """Wrong settings do not hide each other."""
    with pytest.raises(UsageError, match=r"'leest'.*'active'.*'since'"):
        load(TEXT, {"leest": "7", "active": "x", "since": "x"})


def test_a_mistake_in_the_policy_outranks_a_wrong_setting() -> None:
    """A policy that cannot be used is told as such, whatever is set."""
    with pytest.raises(PolicyError):
        load(TEXT.replace("high", "hi"), {"leest": "7"})


def test_a_setting_cannot_mend_a_policy() -> None:
    """A default that makes no sense is a mistake also where a run would replace it."""
    with pytest.raises(PolicyError, match="no value is at least '50' and at most '9'"):
        load(TEXT.replace("default: 5", "default: 50"), {"least": "5"})


def test_a_setting_counts_for_every_policy_that_has_it() -> None:
    """Policies share the name of a parameter, each with its own type; those without it are left alone."""
    parameter = "x: {type: %s, default: %s, description: d}"
    documents = [
        PolicyDocument(
            path=f"{n}.yaml", content=text.replace("sample", f"p{n}").replace("TEST0001", f"TEST000{n}").encode()
        )
        for n, text in enumerate(
            (
                policy(rule(expect="{equals: $x}"), parameters=parameter % ("text", "a")),
                policy(rule("endpoint.export_type", "{equals: $x}"), parameters=parameter % ("integer", 5)),
                policy(),
            )
        )
    ]

    loaded = load_policies(documents, {"x": "7"})

    assert [["7"], [7], []] == [[one.value for one in each.parameters] for each in loaded]
