"""The policies in force, as text and as JSON."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import pytest
from hypothesis import given

from checker.model.policy import AbsentMode, AllEqual, AtLeast, Case, Count, Override, Rule
from checker.report.policy_json import render_policies_json
from checker.report.policy_text import render_policies
from checker.report.rule_words import absence_words, applies_words, expected_words, origin_words, steps_of
from checker.schema.policy_language import OVERRIDE_KEYS
from tests.report.policies import CONTOSO, expecting, fleet, hostile, overridden, parameter, policy, words
from tests.report.reports import HOSTILE, rule, texts

# NOTE: no policy is as large as the longest of them; its loader sees to that.
SHORT = {key: text for key, text in HOSTILE.items() if len(text) < 1000}

COMMAND = re.compile(r"(?m)^\s*::|##\[|##vso\[")


def test_text_tells_where_everything_comes_from() -> None:
    """The files with their digests, each value with its origin, each rule with its place and its changes."""
    made = policy(overridden(), parameters=(parameter(value=60000, origin="policy contoso"), parameter("other")))

    expected = f"""\
policy contoso 2.1: Servers of Contoso
  policies/contoso.yaml, sha256 {"c" * 64}
  builds on v2-endpoint 1.0.0
    v2-endpoint.yaml (shipped), sha256 {"a" * 64}

parameters
  member_limit_minimum = 60000 (integer)
    from policy contoso, and the default is 50001; v2-endpoint.yaml:20:3
  other = 50001 (integer)
    the policy's default; v2-endpoint.yaml:20:3

1 rule, 1 of them disabled

  AADC0001 low DISABLED: Exports use the v2 endpoint
    expects endpoint.export_api_version: 1
    of every server
    on facts that are no older than PT12H
    controls nist-800-53: CM-2, CM-6; iso-27001: A.8.9
    defined by v2-endpoint at v2-endpoint.yaml:10:5
    changed by corporate at bases/corporate.yaml:9:5
      severity: high -> low
      expect: 2 -> 1
      max_age: none -> PT12H
      reason: v1 is still needed
    changed by contoso at policies/contoso.yaml:12:5
      disabled: false -> true
      reason: gone soon
"""
    assert expected == render_policies([made], words)


def test_json_tells_the_same() -> None:
    """Programs find the value and the default, the origin and the overrides from what to what."""
    written = render_policies_json([policy(overridden(), parameters=(parameter(value=60000, origin="--set"),))], words)

    [told] = json.loads(written)["policies"]
    [one] = told["rules"]
    assert "adsync-checker/policies/v1" == json.loads(written)["format"]
    assert [(60000, 50001, "--set")] == [(p["value"], p["default"], p["origin"]) for p in told["parameters"]]
    assert [("v2-endpoint", "gone soon")] == [(one["origin"], one["disabled"])]
    assert {"file": "v2-endpoint.yaml", "line": 10, "column": 5} == one["location"]
    assert [
        {
            "policy": "corporate",
            "reason": "v1 is\nstill needed",
            "location": {"file": "bases/corporate.yaml", "line": 9, "column": 5},
            "changes": [
                {"key": "severity", "before": "high", "after": "low"},
                {"key": "expect", "before": "2", "after": "1"},
                {"key": "max_age", "before": "", "after": "PT12H"},
            ],
        },
        {
            "policy": "contoso",
            "reason": "gone soon",
            "location": {"file": CONTOSO, "line": 12, "column": 5},
            "changes": [{"key": "disabled", "before": "false", "after": "true"}],
        },
    ] == one["overrides"]


def test_every_key_of_an_override_can_be_told() -> None:
    """Whatever an override may change is shown, from what to what."""
    before = rule("AADC0001")
    after = replace(
        before, rationale="new", remediation=replace(before.remediation, text="do", powershell=""), references=(),
        controls=(("cis", ("4.1",)),), tags=("at night",), base=before,
        override=Override(
            policy="p", changes=("when", "rationale", "remediation", "references", "controls", "tags"),
            location=before.location,
        ),
    )  # fmt: skip

    [step] = steps_of(after, words)

    assert [
        ("when", "always", "at night"),
        ("rationale", "The v1 endpoint has a member limit of 50,000.", "new"),
        ("references", before.references[0], ""),
        ("controls", "nist-800-53: CM-2, CM-6; iso-27001: A.8.9", "cis: 4.1"),
        ("tags", "", "at night"),
    ] == [(one.key, one.before, one.after) for one in step.changes if one.key != "remediation"]
    assert ["do"] == [one.after for one in step.changes if one.key == "remediation"]


@pytest.mark.parametrize("key", [key for key in OVERRIDE_KEYS if key not in ("id", "reason")])
def test_the_language_knows_no_change_that_cannot_be_told(key: str) -> None:
    """A key that the language allows in an override has its words here."""
    made = overridden()
    assert made.base is not None
    assert made.override is not None
    one = replace(made, override=replace(made.override, changes=(key,)))

    assert [key] == [change.key for change in steps_of(one, words)[-1].changes]


@pytest.mark.parametrize(
    ("cases", "expected"),
    [
        pytest.param(expecting(2), "an error", id="error"),
        pytest.param(expecting(2, AbsentMode.ALLOWED), "a pass", id="allowed"),
        pytest.param(expecting(2, AbsentMode.REQUIRED), "a pass, and anything else is a fail", id="required"),
        pytest.param(
            (*expecting(2), *expecting(3, AbsentMode.ALLOWED)), "in case 1: an error; in case 2: a pass", id="cases"
        ),
    ],
)
def test_what_absence_means_is_said(cases: tuple[Case, ...], expected: str) -> None:
    """An absent fact is an error unless the rule says otherwise."""
    assert expected == absence_words(replace(rule("AADC0001"), cases=cases))


def test_a_fleet_rule_has_no_use_for_absence() -> None:
    """What is absent on one server cannot be compared."""
    assert "an error" == absence_words(fleet())


@pytest.mark.parametrize(
    ("tags", "where", "expected"),
    [
        pytest.param((), True, "the servers of a tenant where server.role so", id="counted"),
        pytest.param((), False, "all servers of a tenant", id="all"),
        pytest.param(("x",), False, "all servers of a tenant; only where x", id="with a condition"),
    ],
)
def test_whom_a_fleet_rule_speaks_of(tags: tuple[str, ...], where: bool, expected: str) -> None:
    """A rule of all servers of a tenant says which of them it counts, and under which condition."""
    made = replace(fleet(), tags=tags, where=fleet().where if where else ())

    assert expected == applies_words(made, words(made))


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        pytest.param(rule("AADC0001"), "endpoint.export_api_version: 2", id="of a server"),
        pytest.param(fleet(), "exactly 1 server where server.role so", id="exactly one"),
        pytest.param(fleet(Count((AtLeast(1),))), "exactly 1 server where server.role so", id="count"),
        pytest.param(fleet(AllEqual()), "server.role: exactly 1 server", id="all equal"),
    ],
)
def test_what_is_expected_names_its_subject(made: Rule, expected: str) -> None:
    """A rule expects something of its fact, or counts the servers that meet a condition."""
    assert expected == expected_words(made, words(made))


def test_a_value_for_some_servers_names_them() -> None:
    """A value of the inventory says for whom it counts."""
    one = replace(parameter(value=60000, origin="inventory"), servers=("SYNC01", "SYNC02"))

    assert "from inventory for SYNC01, SYNC02, and the default is 50001" == origin_words(one)


@pytest.mark.parametrize("text", SHORT.values(), ids=SHORT)
def test_t32_nothing_acts_on_a_terminal_or_a_log(text: str) -> None:
    """Whatever a policy holds, each line is printable, and none is taken for a command."""
    for shown in (render_policies([hostile(text)], words), render_policies_json([hostile(text)], words)):
        assert all(line.isprintable() for line in shown.split("\n"))
        assert [] == COMMAND.findall(shown)


@given(texts)
def test_json_is_lossless(text: str) -> None:
    """What a policy says is read back as it was, but for lone surrogates, which no reader takes."""
    told = json.loads(render_policies_json([hostile(text)], words))["policies"][0]["rules"][0]["rationale"]

    assert re.sub("[\ud800-\udfff]", lambda found: f"\\u{ord(found[0]):04x}", text) == told


def test_a_long_text_that_was_changed_is_not_repeated() -> None:
    """In lines for a person a rationale, a remediation and references are only named; JSON has them whole."""
    made = overridden()
    assert made.override is not None
    one = replace(made, override=replace(made.override, changes=("rationale", "remediation", "references")))

    lines = render_policies([policy(one)], words).splitlines()

    assert ["      rationale: changed", "      remediation: changed", "      references: changed"] == lines[-4:-1]
