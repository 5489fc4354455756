"""What went missing between two runs is told, since a verdict gets better by it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checker.evaluate.shrinkage import shrinkage
from checker.model.location import Location
from checker.model.policy import Policy, Rule, Severity
from checker.model.result import Diagnostic, Population, Selection
from checker.model.results_document import PastPolicy, PastRule, ResultsDocument

FACT = "endpoint.export_api_version"


def _past(
    *rules: PastRule,
    version: str = "1.2.0",
    expected: tuple[str, ...] = ("A", "B"),
    fail_on: Severity = Severity.LOW,
    selection: Selection = Selection(),  # noqa: B008 - it is frozen
) -> ResultsDocument:
    return ResultsDocument(
        path="results.json",
        sha256="0" * 64,
        run_id="1",
        started="2026-11-21T10:00:00Z",
        fail_on=fail_on,
        complete=True,
        selection=selection,
        policies=tuple(PastPolicy(name=name, version=version) for name in sorted({rule.policy for rule in rules})),
        servers=(),
        rules=rules,
        findings=(),
        expected=expected,
    )


def _past_rule(id_: str, policy: str = "corp", severity: Severity = Severity.HIGH, disabled: str = "") -> PastRule:
    return PastRule(id=id_, title="t", severity=severity, fact=FACT, policy=policy, disabled=disabled)


def _rule(id_: str, severity: Severity = Severity.HIGH, disabled: str = "") -> Rule:
    return Rule(
        id=id_,
        title="t",
        severity=severity,
        fact=FACT,
        cases=(),
        disabled=disabled,
        policy="corp",
        location=Location("corp.yaml", 7, 5),
    )


def _policy(*rules: Rule, name: str = "corp", version: str = "1.2.0") -> Policy:
    return Policy(name=name, version=version, title="t", rules=rules, path="corp.yaml", sha256="0" * 64)


def _told(
    previous: ResultsDocument,
    *policies: Policy,
    expected: tuple[str, ...] = ("A", "B"),
    left_out: tuple[str, ...] = (),
    inventory: bool = False,
    fail_on: Severity = Severity.LOW,
    selection: Selection = Selection(),  # noqa: B008 - it is frozen
) -> list[Diagnostic]:
    population = Population(expected=expected, received=expected, left_out=left_out, inventory=inventory)
    return list(shrinkage(previous, policies=policies, population=population, fail_on=fail_on, selection=selection))


BOTH = (_past_rule("X1"), _past_rule("X2"))


def test_nothing_went_missing() -> None:
    """Two runs that look at the same are not worth a word, and neither is one that looks at more."""
    more = _policy(_rule("X1"), _rule("X2", Severity.CRITICAL), _rule("X3"), version="1.10.0")

    assert [] == _told(_past(*BOTH), more, expected=("A", "B", "C"))


def test_f_a14_a_rule_that_is_gone() -> None:
    """A rule that left its policy is named, and makes the run incomplete for whoever is strict."""
    assert [
        Diagnostic("The earlier run had 'X2' of the policy 'corp'; it is not in it any more.", incomplete=True)
    ] == _told(_past(*BOTH), _policy(_rule("X1")))


def test_t62_rules_that_vanished_with_an_older_version() -> None:
    """A policy that was put back to an older version is told, with every rule that went with it."""
    past = _past(*(_past_rule(f"X{number}") for number in range(11)), version="1.10.0")

    gone = ", ".join(f"'X{number}'" for number in range(1, 11))
    assert [
        "The policy 'corp' went back from version '1.10.0' to '1.9.0'.",
        f"The earlier run had {gone} of the policy 'corp'; they are not in it any more.",
    ] == [one.message for one in _told(past, _policy(_rule("X0"), version="1.9.0"))]


def test_a_policy_that_is_not_given() -> None:
    """A policy that the run was not asked for is told once, with its rules."""
    past = _past(_past_rule("X1"), _past_rule("Y1", "other"))

    assert ["The earlier run had 'Y1' of the policy 'other'; the policy is not part of this run."] == [
        one.message for one in _told(past, _policy(_rule("X1")))
    ]


def test_a_rule_that_moved_to_another_policy() -> None:
    """A rule counts by its id, whatever policy it comes with."""
    assert [] == _told(_past(_past_rule("X1", "old")), _policy(_rule("X1")))


@pytest.mark.parametrize("version", ["main", "1.2", "1.2.0.0"])
def test_versions_that_are_not_older(version: str) -> None:
    """Versions are compared part by part, and one that cannot be compared is let be."""
    assert [] == _told(_past(*BOTH, version=version), _policy(_rule("X1"), _rule("X2")))


def test_a_rule_that_is_disabled_now() -> None:
    """A rule that was turned off since is told where that stands; one that was off before is not."""
    past = _past(_past_rule("X1"), _past_rule("X2", disabled="before"))

    assert [
        Diagnostic(
            "The rule 'X1' was on in the earlier run and is disabled now.", Location("corp.yaml", 7, 5), incomplete=True
        )
    ] == _told(past, _policy(_rule("X1", disabled="now"), _rule("X2", disabled="now")))


@pytest.mark.parametrize(
    ("fail_on", "more"),
    [
        pytest.param(Severity.LOW, "", id="it still counts"),
        pytest.param(Severity.HIGH, ", which is below --fail-on", id="it does not count any more"),
    ],
)
def test_a_severity_that_went_down(fail_on: Severity, more: str) -> None:
    """A lower severity is told, and that it does not move the exit code any more; a higher one is not."""
    told = _told(_past(*BOTH, fail_on=fail_on), _policy(_rule("X1", Severity.MEDIUM), _rule("X2")), fail_on=fail_on)

    assert [f"The severity of the rule 'X1' went down from high to medium{more}."] == [one.message for one in told]
    assert [True] == [one.incomplete for one in told]


def test_f_a06_a_server_that_is_not_expected_any_more() -> None:
    """A server that fell out of the population is told; one that is only not asked for is not."""
    past = _past(*BOTH, expected=("A", "B", "C"))

    assert [
        Diagnostic("The server 'C' was expected in the earlier run and is not expected now.", incomplete=True)
    ] == _told(past, _policy(_rule("X1"), _rule("X2")), expected=("A",), left_out=("B",))


def test_fail_on_was_raised() -> None:
    """A higher threshold is told, a lower one is not."""
    policy = _policy(_rule("X1"), _rule("X2"))

    assert [Diagnostic("--fail-on was raised from low to high.", incomplete=True)] == _told(
        _past(*BOTH), policy, fail_on=Severity.HIGH
    )
    assert [] == _told(_past(*BOTH), policy, fail_on=Severity.INFO)


def test_f_a13_a_run_that_is_narrowed_to_rules() -> None:
    """Rules that were not asked for are not taken for gone; it is said, and what both have is compared."""
    told = _told(_past(*BOTH), _policy(_rule("X1", Severity.LOW)), selection=Selection(tags=("endpoint",)))

    assert [
        ("This run is narrowed to some rules; rules that the earlier run had beside them are not compared.", False),
        ("The severity of the rule 'X1' went down from high to low.", True),
    ] == [(one.message, one.incomplete) for one in told]


@pytest.mark.parametrize(("inventory", "gone"), [(False, 0), (True, 1)], ids=["without", "with an inventory"])
def test_f_a13_a_run_that_is_narrowed_to_servers(*, inventory: bool, gone: int) -> None:
    """Servers that were not asked for are taken for gone only where an inventory does not have them."""
    first, *rest = _told(
        _past(*BOTH, expected=("A", "B", "C")),
        _policy(_rule("X1"), _rule("X2")),
        expected=("A", "B"),
        left_out=("B",),
        inventory=inventory,
        selection=Selection(servers=("A",)),
    )

    assert (
        Diagnostic("This run is narrowed to some servers; others that went missing show only against an inventory.")
        == first
    )
    assert gone == len(rest)


def test_f_a13_an_earlier_run_that_was_narrowed() -> None:
    """What the earlier run looked at is compared, and it is said that this was not everything."""
    past = _past(_past_rule("X1"), selection=Selection(rules=("X1",)))

    assert [
        ("The earlier run was narrowed; only what it looked at is compared with this one.", False),
        ("The earlier run had 'X1' of the policy 'corp'; it is not in it any more.", True),
    ] == [(one.message, one.incomplete) for one in _told(past, _policy(_rule("X2")))]


@given(st.sets(st.sampled_from(["X1", "X2", "X3", "X4"])), st.sets(st.sampled_from(["X1", "X2", "X3", "X4"])))
def test_every_rule_that_is_gone_is_named(before: set[str], now: set[str]) -> None:
    """Whatever the rules of two runs, exactly those that are gone are named."""
    told = _told(_past(*map(_past_rule, sorted(before))), _policy(*map(_rule, sorted(now))))

    words = " ".join(one.message for one in told)
    assert before - now == {id_ for id_ in before | now if f"'{id_}'" in words}
