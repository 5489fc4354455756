"""The gate: exit codes are classes, the worst wins, and nothing that is missing looks like something that passed."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise, permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checker.evaluate.gate import WORST_FIRST, Verdict, judge, worst
from checker.model.policy import Equals, ExactlyOne, Rule, Severity
from checker.model.result import Diagnostic, Finding, Outcome, Population
from tests.evaluate.made import finding, fleet_rule, population, rule, waiver, where_fact

PASS, FAIL, ERROR, NOT_APPLICABLE = Outcome.PASS, Outcome.FAIL, Outcome.ERROR, Outcome.NOT_APPLICABLE
ONE = population("SRV1")
PASSED, FAILED, INAPPLICABLE = finding(PASS), finding(FAIL), finding(NOT_APPLICABLE, reason="condition")
UNKNOWN, BUG = finding(ERROR, reason="not_in_source"), finding(ERROR, reason="internal")
GAP = Diagnostic("'exports/a.xml' was cut off.", incomplete=True)


def judged(
    *findings: Finding,
    fail_on: Severity = Severity.LOW,
    severities: tuple[Severity, ...] = (),
    among: Population = ONE,
    diagnostics: tuple[Diagnostic, ...] = (),
    strict: bool = False,
    not_understood: int = 0,
    interrupted: int | None = None,
    partial: bool = False,
    max_waived: int | None = None,
) -> Verdict:
    """Judge findings of rules of the given severities: each further finding is of a further rule."""
    rules: list[Rule] = []
    numbered: list[Finding] = []
    for number, one in enumerate(findings, 1):
        severity = severities[number - 1] if severities else Severity.HIGH
        id_ = f"AADC{number:04}"
        rules.append(rule("tenant.id", Equals("x"), id_=id_, severity=severity))
        numbered.append(replace(one, rule=id_))
    return judge(
        numbered,
        rules,
        fail_on,
        population=among,
        diagnostics=diagnostics,
        strict=strict,
        not_understood=not_understood,
        interrupted=interrupted,
        partial=partial,
        max_waived=max_waived,
    )


HIGH, INFO, LOW = Severity.HIGH, Severity.INFO, Severity.LOW
VERDICTS: dict[str, tuple[Verdict, int, bool]] = {
    "all pass": (judged(PASSED, PASSED), 0, True),
    "pass and not applicable": (judged(PASSED, INAPPLICABLE), 0, True),
    "a failure": (judged(PASSED, FAILED), 1, True),
    "an error": (judged(PASSED, UNKNOWN), 4, False),
    "an error outranks a failure": (judged(FAILED, UNKNOWN), 4, False),
    "a bug outranks an error": (judged(FAILED, UNKNOWN, BUG), 70, False),
    "a failure below the threshold": (judged(PASSED, FAILED, severities=(HIGH, INFO)), 0, True),
    "an error below the threshold": (judged(PASSED, UNKNOWN, severities=(HIGH, INFO)), 0, True),
    "a bug below the threshold": (judged(PASSED, BUG, severities=(HIGH, INFO)), 70, True),
    "a failure at the threshold": (judged(PASSED, FAILED, severities=(HIGH, LOW)), 1, True),
    "a failure just below a raised threshold": (
        judged(PASSED, FAILED, severities=(HIGH, Severity.MEDIUM), fail_on=HIGH),
        0,
        True,
    ),
    "info counts where it is asked for": (judged(FAILED, severities=(INFO,), fail_on=INFO), 1, True),
    "no rule at all": (judged(), 4, False),
    "no rule at the threshold": (judged(PASSED, PASSED, fail_on=Severity.CRITICAL), 4, False),
    "nothing applies": (judged(INAPPLICABLE, INAPPLICABLE), 4, False),
    "nothing at the threshold applies": (judged(INAPPLICABLE, PASSED, severities=(HIGH, INFO)), 4, False),
    "nothing but an error": (judged(UNKNOWN), 4, False),
    "a diagnostic": (judged(PASSED, diagnostics=(Diagnostic("A newer file counts."),)), 0, True),
    "a diagnostic of a gap": (judged(PASSED, diagnostics=(GAP,)), 4, False),
    "a gap outranks a failure": (judged(FAILED, diagnostics=(GAP,)), 4, False),
    "an unexpected server": (
        judged(PASSED, among=Population(expected=("SRV1",), received=("SRV1", "SRV2"), unexpected=("SRV2",))),
        4,
        False,
    ),
    "a server that was left out": (
        judged(PASSED, among=Population(expected=("SRV1", "SRV2"), received=("SRV1",), left_out=("SRV2",))),
        0,
        True,
    ),
    "a server that was left out, and is missing": (
        judged(
            PASSED,
            among=Population(
                expected=("SRV1", "SRV2"), received=("SRV1",), missing=("SRV2",), left_out=("SRV2",), inventory=True
            ),
        ),
        0,
        True,
    ),
    "files not understood": (judged(PASSED, not_understood=3), 0, True),
    "files not understood, strictly": (judged(PASSED, not_understood=3, strict=True), 4, False),
    "strict, and all understood": (judged(PASSED, strict=True), 0, True),
    "a failure, strictly": (judged(FAILED, strict=True), 1, True),
    "interrupted": (judged(PASSED, interrupted=130), 130, False),
    "terminated": (judged(PASSED, interrupted=143), 143, False),
    "interrupted after a bug": (judged(BUG, interrupted=130), 130, False),
}


@pytest.mark.parametrize(("verdict", "code", "complete"), VERDICTS.values(), ids=VERDICTS.keys())
def test_exit_code(verdict: Verdict, code: int, *, complete: bool) -> None:
    """Each state of a run has its class; only rules at or above the threshold move it, except for a bug."""
    assert (code, complete) == (verdict.exit_code, verdict.complete)


@pytest.mark.parametrize("number", [1, 255, 256, 512, 65_536])
def test_t69_failures_are_not_counted_in_the_exit_code(number: int) -> None:
    """T69: whatever the number of failures, the exit code is 1, which no system cuts down to 0."""
    servers = tuple(f"SRV{place}" for place in range(number))
    findings = [finding(FAIL, server=server) for server in servers]

    verdict = judge(findings, [rule("tenant.id", Equals("x"))], Severity.LOW, population=population(*servers))

    assert verdict.exit_code == 1


@pytest.mark.parametrize("number", [1, 256, 512])
def test_t69_errors_are_not_counted_in_the_exit_code(number: int) -> None:
    """T69: the same is true of errors and of bugs."""
    servers = tuple(f"SRV{place}" for place in range(number))
    one = [rule("tenant.id", Equals("x"))]
    everyone = population(*servers)
    errors = [finding(ERROR, server=server, reason="denied") for server in servers]
    bugs = [finding(ERROR, server=server, reason="internal") for server in servers]

    assert judge(errors, one, Severity.LOW, population=everyone).exit_code == 4
    assert judge(bugs, one, Severity.LOW, population=everyone).exit_code == 70


def test_nothing_is_strict_unless_asked_for() -> None:
    """Files that are not understood count in a strict run only, and a strict run needs some to be incomplete."""
    one = [rule("tenant.id", Equals("x"))]

    assert judge([PASSED], one, Severity.LOW, population=ONE, not_understood=1).exit_code == 0
    assert judge([PASSED], one, Severity.LOW, population=ONE, strict=True).exit_code == 0


def test_lost_cell() -> None:
    """A cell without a finding is a bug, and neither a pass nor nothing."""
    one = [rule("tenant.id", Equals("x"))]

    verdict = judge([PASSED], one, Severity.LOW, population=population("SRV1", "SRV2"))

    assert (70, False) == (verdict.exit_code, verdict.complete)


def test_cell_twice() -> None:
    """Two findings of one cell are a bug, even if both pass."""
    verdict = judge([PASSED, PASSED], [rule("tenant.id", Equals("x"))], Severity.LOW, population=ONE)

    assert (70, False) == (verdict.exit_code, verdict.complete)


def test_finding_of_a_rule_that_was_not_selected() -> None:
    """A finding of which nobody knows whether it counts is a bug."""
    stray = finding(FAIL, rule="AADC9999")

    verdict = judge([PASSED, stray], [rule("tenant.id", Equals("x"))], Severity.LOW, population=ONE)

    assert (70, False) == (verdict.exit_code, verdict.complete)


def test_f_a06_missing_server_has_its_row() -> None:
    """F-A06: the cells of an expected server that was not found are there as errors, even if nobody calls it missing."""
    row = finding(ERROR, server="SRV2", reason="no_data")
    one = [rule("tenant.id", Equals("x"))]

    for missing in (("SRV2",), ()):
        among = Population(expected=("SRV1", "SRV2"), received=("SRV1",), missing=missing, inventory=True)
        assert Verdict(exit_code=4, complete=False) == judge([PASSED, row], one, Severity.LOW, population=among)
        assert Verdict(exit_code=70, complete=False) == judge([PASSED], one, Severity.LOW, population=among)


def test_f_a06_missing_server_counts_whatever_its_row_says() -> None:
    """F-A06: a server that was not found makes the run incomplete, also where no rule that counts is an error."""
    row = finding(NOT_APPLICABLE, server="SRV2", reason="disabled")
    among = Population(expected=("SRV1", "SRV2"), received=("SRV1",))

    verdict = judge([PASSED, row], [rule("tenant.id", Equals("x"))], Severity.LOW, population=among)

    assert (4, False) == (verdict.exit_code, verdict.complete)


STRAYS: dict[str, tuple[Finding, Population]] = {
    "of an unexpected server": (
        finding(PASS, server="SRV2"),
        Population(expected=("SRV1",), received=("SRV1", "SRV2"), unexpected=("SRV2",)),
    ),
    "of a server that was left out": (
        finding(PASS, server="SRV2"),
        Population(expected=("SRV1", "SRV2"), received=("SRV1",), left_out=("SRV2",)),
    ),
    "of a tenant": (replace(finding(PASS, server=""), tenant="contoso"), ONE),
    "of a server and a tenant": (replace(PASSED, tenant="contoso"), ONE),
    "of nobody": (finding(PASS, server=""), ONE),
}


@pytest.mark.parametrize(("stray", "among"), STRAYS.values(), ids=STRAYS.keys())
def test_cell_beside_the_matrix(stray: Finding, among: Population) -> None:
    """A finding that has no place in the matrix is a bug."""
    verdict = judge([PASSED, stray], [rule("tenant.id", Equals("x"))], Severity.LOW, population=among)

    assert (70, False) == (verdict.exit_code, verdict.complete)


def test_server_that_nobody_lists() -> None:
    """A server that was found, and is neither expected nor called unexpected, is lost."""
    among = Population(expected=("SRV1",), received=("SRV1", "SRV2"))

    assert judge([PASSED], [rule("tenant.id", Equals("x"))], Severity.LOW, population=among).exit_code == 70


FLEET_RULE = fleet_rule(ExactlyOne(), where_fact("scheduler.staging_mode_enabled", Equals(False)))
OF_CONTOSO = replace(finding(PASS, server="", rule="AADC0201"), tenant="contoso")
MATRICES: dict[str, tuple[tuple[Finding, ...], tuple[str, ...], int]] = {
    "whole": ((PASSED, OF_CONTOSO), ("contoso",), 0),
    "failing": ((PASSED, replace(OF_CONTOSO, outcome=FAIL)), ("contoso",), 1),
    "error": ((PASSED, replace(OF_CONTOSO, outcome=ERROR, reason="no_data")), ("contoso",), 4),
    "lost": ((PASSED,), ("contoso",), 70),
    "one of two lost": ((PASSED, OF_CONTOSO), ("contoso", "fabrikam"), 70),
    "twice": ((PASSED, OF_CONTOSO, OF_CONTOSO), ("contoso",), 70),
    "of another tenant": ((PASSED, replace(OF_CONTOSO, tenant="fabrikam")), ("contoso",), 70),
    "no tenant of any server": ((PASSED,), (), 70),
}


@pytest.mark.parametrize(("findings", "tenants", "code"), MATRICES.values(), ids=MATRICES.keys())
def test_tenants_of_the_matrix(findings: tuple[Finding, ...], tenants: tuple[str, ...], code: int) -> None:
    """The matrix has a cell for each fleet rule and tenant, and with a server there is a tenant, known or not."""
    rules = [rule("tenant.id", Equals("x")), FLEET_RULE]

    assert code == judge(findings, rules, Severity.LOW, population=ONE, tenants=tenants).exit_code


def test_f_a01_fleet_without_servers() -> None:
    """F-A01: without a server there is no tenant, nothing is decided, and nothing is green."""
    assert judge([], [FLEET_RULE], Severity.LOW, population=Population(expected=(), received=())).exit_code == 4


def test_f_a05_t15_nothing_that_counts_applies() -> None:
    """F-A05, T15: rules whose conditions match no server, or that are disabled, decide nothing; that is incomplete."""
    assert judged(INAPPLICABLE, finding(NOT_APPLICABLE, reason="disabled")).exit_code == 4


WAIVED = replace(FAILED, waiver=waiver())
WAIVERS: dict[str, tuple[Verdict, int, bool]] = {
    "all is waived": (judged(WAIVED), 0, True),
    "a pass and a waived failure": (judged(PASSED, WAIVED), 0, True),
    "a waived failure beside one that is not": (judged(WAIVED, FAILED), 1, True),
    "an error beside a waived failure": (judged(WAIVED, UNKNOWN), 4, False),
    "as many as may be": (judged(WAIVED, WAIVED, max_waived=2), 0, True),
    "more than may be": (judged(WAIVED, WAIVED, max_waived=1), 1, True),
    "one where none may be": (judged(WAIVED, max_waived=0), 1, True),
    "none where none may be": (judged(PASSED, max_waived=0), 0, True),
    "those below the threshold are not counted": (
        judged(PASSED, WAIVED, severities=(HIGH, INFO), max_waived=0),
        0,
        True,
    ),
    "waived below the threshold decides nothing": (judged(INAPPLICABLE, WAIVED, severities=(HIGH, INFO)), 4, False),
    "strictly": (judged(WAIVED, strict=True), 0, True),
    "an error that is waived": (judged(PASSED, replace(UNKNOWN, waiver=waiver())), 70, False),
    "a pass that is waived": (judged(replace(PASSED, waiver=waiver())), 70, False),
    "not applicable and waived": (judged(PASSED, replace(INAPPLICABLE, waiver=waiver())), 70, False),
}


@pytest.mark.parametrize(("verdict", "code", "complete"), WAIVERS.values(), ids=WAIVERS.keys())
def test_f_e06_f_e14_waived_failures(verdict: Verdict, code: int, *, complete: bool) -> None:
    """F-E06, F-E14: a waived failure is decided and does not refuse the run, up to a number; nothing else is waived."""
    assert (code, complete) == (verdict.exit_code, verdict.complete)


PARTIAL: dict[str, tuple[Verdict, int, bool]] = {
    "narrowed": (judged(PASSED, partial=True), 0, True),
    "narrowed, strictly": (judged(PASSED, partial=True, strict=True), 4, False),
    "whole, strictly": (judged(PASSED, strict=True), 0, True),
    "narrowed, failing": (judged(FAILED, partial=True), 1, True),
    "narrowed, failing, strictly": (judged(FAILED, partial=True, strict=True), 4, False),
}


@pytest.mark.parametrize(("verdict", "code", "complete"), PARTIAL.values(), ids=PARTIAL.keys())
def test_f_a13_t64_narrowed_run(verdict: Verdict, code: int, *, complete: bool) -> None:
    """F-A13, T64: a strict gate refuses a run that was narrowed, whatever it found."""
    assert (code, complete) == (verdict.exit_code, verdict.complete)


def test_a_signal_outranks_all_that_speaks_against_a_run() -> None:
    """With every kind of gap, a bug and a failure at once, the signal is told, and the run is incomplete."""
    among = Population(expected=("SRV1", "SRV2"), received=("SRV1", "SRV3"), missing=("SRV2",), unexpected=("SRV3",))
    findings = [
        finding(outcome, server=server, rule=id_, reason=reason)
        for server in ("SRV1", "SRV2")
        for id_, outcome, reason in (
            ("AADC0001", FAIL, ""),
            ("AADC0002", ERROR, "absent"),
            ("AADC0003", ERROR, "internal"),
        )
    ]
    rules = [rule("tenant.id", Equals("x"), id_=f"AADC000{number}") for number in (1, 2, 3)]

    verdict = judge(
        findings,
        rules,
        Severity.MEDIUM,
        population=among,
        diagnostics=[GAP],
        strict=True,
        not_understood=1,
        interrupted=143,
    )

    assert (143, False) == (verdict.exit_code, verdict.complete)


ORDER = (70, 5, 3, 2, 4, 1, 0)


@pytest.mark.parametrize(("worse", "better"), list(pairwise(ORDER)))
def test_worst_of_two(worse: int, better: int) -> None:
    """The worst wins in the order 70, 5, 3, 2, 4, 1, 0, whichever comes first."""
    assert worse == worst([worse, better]) == worst([better, worse])


@pytest.mark.parametrize("signal", [130, 143])
def test_signal_outranks_everything(signal: int) -> None:
    """An interrupted run says so, whatever else is wrong."""
    assert all(signal == worst(order) for order in permutations((signal, 70, 0)))


@pytest.mark.parametrize("codes", [[], [256], [-1], [0, 9]], ids=repr)
def test_no_such_exit_code(codes: list[int]) -> None:
    """No code at all, or one that does not exist, is never taken for 0."""
    with pytest.raises(ValueError, match=r"."):
        worst(codes)


@given(st.lists(st.sampled_from(WORST_FIRST), min_size=1))
def test_zero_only_if_all_are_zero(codes: list[int]) -> None:
    """The worst of several codes is one of them, and 0 only if all are 0."""
    assert worst(codes) in codes
    assert (worst(codes) == 0) == (set(codes) == {0})


_FINDINGS = st.sampled_from((PASSED, FAILED, INAPPLICABLE, UNKNOWN, BUG))


@given(st.lists(st.tuples(_FINDINGS, st.sampled_from(Severity)), max_size=6), st.sampled_from(Severity), st.data())
def test_zero_needs_evidence(cells: list[tuple[Finding, Severity]], fail_on: Severity, data: st.DataObject) -> None:
    """Exit 0 means: something was decided, nothing that counts fails or is an error, and nothing got lost."""
    findings = [one for one, _ in cells]
    severities = tuple(severity for _, severity in cells)
    verdict = judged(*findings, severities=severities, fail_on=fail_on)
    counting = [one.outcome for one, severity in cells if severity >= fail_on]

    assert (verdict.exit_code == 0) == (PASS in counting and not {FAIL, ERROR} & set(counting) and BUG not in findings)
    if cells:
        lost = data.draw(st.integers(0, len(cells) - 1))
        rules = [
            rule("tenant.id", Equals("x"), id_=f"R{number}", severity=Severity.INFO) for number in range(len(cells))
        ]
        kept = [
            finding(one.outcome, rule=f"R{number}", reason=one.reason)
            for number, one in enumerate(findings)
            if number != lost
        ]
        assert judge(kept, rules, fail_on, population=ONE).exit_code == 70
