"""The cases beside the shipped policies are complete: they hold, and whoever changes a rule by mistake hears of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from checker.load.policies import PolicyDocument
from checker.load.policy_cases import load_policy_cases
from checker.model.policy_case import CaseFile
from checker.model.result import Outcome
from checker.shipped import shipped_policies
from tests.running import CHECKOUT, run

FOLDER = CHECKOUT / "policies"
NAMES = ["fleet", "recommended", "v2-endpoint"]


def cases_of(name: str) -> CaseFile:
    """Read the cases of a shipped policy."""

    def find(text: str, _: str) -> PolicyDocument:
        return PolicyDocument(path=text, content=(FOLDER / text).read_bytes(), shipped=True)

    path = f"{name}.test.yaml"
    return load_policy_cases((FOLDER / path).read_bytes(), path, find, find)


def test_the_names_are_those_of_all_shipped_policies() -> None:
    """No policy is shipped whose cases are not looked at here."""
    assert NAMES == sorted(shipped_policies())


@pytest.mark.parametrize("name", NAMES)
def test_cases_stand_beside_each_policy_and_speak_of_it(name: str) -> None:
    """The cases of a policy are found by its name, and are of no other policy."""
    assert name == cases_of(name).policy.name


@pytest.mark.parametrize("name", NAMES)
def test_each_rule_has_a_case_that_passes_one_that_fails_and_one_that_is_an_error(name: str) -> None:
    """What is expected is written down for each kind of outcome of each rule."""
    file = cases_of(name)
    kinds = {Outcome.PASS, Outcome.FAIL, Outcome.ERROR}
    expected = {(one.rule, one.outcome) for case in file.cases for one in case.expected}

    assert {(rule.id, kind) for rule in file.policy.rules for kind in kinds} <= expected


@pytest.mark.parametrize("name", NAMES)
def test_all_cases_hold_and_no_mutant_survives(name: str, tmp_path: Path) -> None:
    """The product's own tool has nothing to say against any shipped policy, as strictly as it can look."""
    done = run(tmp_path, "policy", "test", name, "--require", "pass,fail,error")

    assert (0, "") == (done.code, done.err)


@pytest.mark.parametrize(
    ("name", "right", "slip", "rule"),
    [
        pytest.param("v2-endpoint", "expect: {equals: 2}", "expect: {one_of: [1, 2]}", "AADC0001", id="v1 is let in"),
        pytest.param("v2-endpoint", '"1.5.30.0"', '"1.5.3.0"', "AADC0004", id="a digit is lost"),
        pytest.param("v2-endpoint", "usgov, china]", "usgov, china, germany]", "AADC0005", id="one cloud too many"),
        pytest.param("v2-endpoint", "default: 50001", "default: 50000", "AADC0006", id="the limit of v1 is in range"),
        pytest.param("v2-endpoint", "default: 250000", "default: 250001", "AADC0006", id="more than the service takes"),
        pytest.param("v2-endpoint", "at_most: 15000", "at_most: 50000", "AADC0007", id="another limit of the service"),
        pytest.param("v2-endpoint", "at_most: 99", "at_most: 100", "AADC0009", id="a precedence of a standard rule"),
        pytest.param("v2-endpoint", "default: error", "default: allowed", "AADC0002", id="absence is let in"),
        pytest.param("recommended", '"P7D"', '"P8D"', "AADC0102", id="a day too long"),
        pytest.param(
            "recommended", '{at_least: "2.5.79.0"}', '{at_least: "2.5.76.0"}', "AADC0104", id="an older build"
        ),
        pytest.param("recommended", "{at_least: 1, at_most", "{at_least: 0, at_most", "AADC0108", id="no threshold"),
        pytest.param("fleet", "{exactly_one: true}", "{count: {at_least: 1}}", "AADC0201", id="two servers may export"),
        pytest.param("fleet", "{at_least: 1}", "{at_least: 2}", "AADC0204", id="no scheduler may rest"),
        pytest.param("fleet", "{equals: staging}", "{equals: active}", "AADC0205", id="roles the wrong way round"),
    ],
)
def test_a_slip_in_a_policy_is_noticed(tmp_path: Path, name: str, right: str, slip: str, rule: str) -> None:
    """A rule that is changed by mistake has a case that says so, by the rule's id."""
    policy = (FOLDER / f"{name}.yaml").read_text("utf-8")
    (tmp_path / f"{name}.yaml").write_text(policy.replace(right, slip), "utf-8")
    (tmp_path / f"{name}.test.yaml").write_bytes((FOLDER / f"{name}.test.yaml").read_bytes())

    done = run(tmp_path, "policy", "test", f"{name}.yaml")

    assert policy.count(right) == 1
    assert done.code == 1
    assert rule in done.out
