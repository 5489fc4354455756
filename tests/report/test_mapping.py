"""The table of outcomes, and what the report as a whole adds to it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from checker.model.policy import Severity
from checker.model.result import Diagnostic, NotUnderstood, Outcome, Population, Report, ServerRow
from checker.report.mapping import TREATMENTS, Standing, exit_words, standing_of
from checker.report.subjects import subjects_of
from checker.report.summary import incomplete_because, summary_of, too_many_waived
from tests.report.reports import (
    ALL_WAIVED,
    EMPTY,
    FLEET_RULE,
    GREEN,
    INTERRUPTED,
    PARTIAL,
    REPORT,
    TENANTS,
    WAIVED,
    WAIVER,
    finding,
    of,
    of_tenant,
    with_run,
)


@pytest.mark.parametrize(
    ("outcome", "gated", "below"),
    [
        (Outcome.PASS, Standing.PASS, Standing.PASS),
        (Outcome.FAIL, Standing.FAIL, Standing.FAIL_BELOW),
        (Outcome.ERROR, Standing.ERROR, Standing.ERROR_BELOW),
        (Outcome.NOT_APPLICABLE, Standing.NOT_APPLICABLE, Standing.NOT_APPLICABLE),
    ],
    ids=lambda one: one.name if isinstance(one, Outcome) else None,
)
def test_the_threshold_moves_failures_and_errors_only(outcome: Outcome, gated: Standing, below: Standing) -> None:
    """A rule at the threshold counts; below it, a failure and an error stand apart."""
    one = finding("AADC0001", outcome)

    assert gated is standing_of(with_run(REPORT, fail_on=Severity.HIGH), one)
    assert below is standing_of(with_run(REPORT, fail_on=Severity.CRITICAL), one)


def test_only_a_pass_looks_like_one() -> None:
    """Every standing is treated, and none but a pass is without an element in JUnit or of the kind pass in SARIF."""
    assert set(Standing) == set(TREATMENTS)
    assert {Standing.PASS} == {standing for standing, its in TREATMENTS.items() if its.junit is None}
    assert {Standing.PASS} == {standing for standing, its in TREATMENTS.items() if its.kind == "pass"}
    assert {Standing.ERROR, Standing.FAIL} == {standing for standing, its in TREATMENTS.items() if its.alert}


@pytest.mark.parametrize("outcome", Outcome)
@pytest.mark.parametrize("fail_on", [Severity.HIGH, Severity.CRITICAL], ids=["gated", "below"])
def test_f_e07_a_waiver_covers_failures_only(outcome: Outcome, fail_on: Severity) -> None:
    """F-E07: a waived failure stands apart, gated or not; beside any other outcome a waiver changes nothing."""
    report, one = with_run(REPORT, fail_on=fail_on), finding("AADC0001", outcome)
    waived = standing_of(report, replace(one, waiver=WAIVER))

    assert waived is (Standing.WAIVED if outcome is Outcome.FAIL else standing_of(report, one))
    assert ("skipped", "fail") == (TREATMENTS[Standing.WAIVED].junit, TREATMENTS[Standing.WAIVED].kind)


def test_waived_failures_are_failures() -> None:
    """What is waived is counted among the failures, and by itself; what is no failure is not counted as waived."""
    summary = summary_of(WAIVED)

    assert (4, 2, 2) == (summary.fails, summary.waived, summary.below)
    wrong = replace(finding("AADC0001", Outcome.ERROR), waiver=WAIVER)
    assert 0 == summary_of(of([wrong], exit_code=70)).waived


@pytest.mark.parametrize(
    ("allowed", "said"),
    [
        pytest.param(None, "", id="no bound"),
        pytest.param(1, "", id="as many as allowed"),
        pytest.param(0, "1 failure that would count is waived, and --max-waived allows 0.", id="too many"),
    ],
)
def test_f_e14_too_many_waived(allowed: int | None, said: str) -> None:
    """F-E14: only waived failures of rules that count are held against the bound."""
    assert said == too_many_waived(with_run(WAIVED, max_waived=allowed))


def test_a_server_is_not_mixed_with_a_tenant_of_its_name() -> None:
    """Servers come first, then tenants; one that is called `tenant x.example` is a server all the same."""
    assert [
        ("A", "", 1, ()),
        ("B", "", 1, ()),
        ("tenant x.example", "", 1, ()),
        ("tenant x.example", "x.example", 1, ("A", "B")),
        ("tenant y.example", "y.example", 1, ("tenant x.example",)),
    ] == [(one.name, one.tenant, len(one.findings), one.members) for one in subjects_of(TENANTS)]


def test_servers_are_not_idle_where_all_rules_are_of_fleets() -> None:
    """Where a run is narrowed to fleet rules, no server is missed for having no finding of its own."""
    policy = replace(TENANTS.policies[0], rules=(FLEET_RULE,))
    report = replace(TENANTS, policies=(policy,), findings=(of_tenant("x.example", Outcome.PASS),))

    assert () == incomplete_because(with_run(report, exit_code=0, complete=True))


def test_counts() -> None:
    """The outcomes add up to the findings; those below the threshold are among them."""
    summary = summary_of(REPORT)

    assert (1, 8, 1, 4, 2, 1, 2) == (
        summary.servers,
        summary.findings,
        summary.passes,
        summary.fails,
        summary.errors,
        summary.not_applicable,
        summary.below,
    )


def test_no_server_is_lost() -> None:
    """A server that only a row or only a finding names is there, and servers are in order."""
    report = replace(REPORT, servers=(ServerRow(name="Z"), ServerRow(name="A")))

    assert [("A", 0), ("CONTOSO-AADC01", 8), ("Z", 0)] == [
        (subject.name, len(subject.findings)) for subject in subjects_of(report)
    ]


_GATED_ERROR = of([finding("AADC0001", Outcome.ERROR)], exit_code=4, complete=False)
_FAILED = of([finding("AADC0001", Outcome.FAIL)], exit_code=1)


@pytest.mark.parametrize(
    ("report", "words"),
    [
        pytest.param(GREEN, [], id="complete"),
        pytest.param(_FAILED, [], id="not compliant"),
        pytest.param(_GATED_ERROR, [], id="an error says it by itself"),
        pytest.param(EMPTY, ["no findings"], id="empty"),
        pytest.param(INTERRUPTED, ["was interrupted", "exit code 130 (interrupted)"], id="T53 interrupted"),
        pytest.param(with_run(GREEN, exit_code=70), ["exit code 70 (internal error)"], id="a bug"),
        pytest.param(with_run(GREEN, complete=False), ["not complete"], id="incomplete without a reason"),
        pytest.param(with_run(GREEN, exit_code=4), ["not complete"], id="exit code 4 without a reason"),
        pytest.param(
            replace(GREEN, population=Population(expected=("A",), received=(), missing=("A",), unexpected=("B",))),
            ["no facts were received: 'A'", "not expected: 'B'"],
            id="population",
        ),
        pytest.param(
            replace(GREEN, servers=(*GREEN.servers, ServerRow(name="B"))), ["evaluated for 'B'"], id="idle server"
        ),
        pytest.param(
            of([finding("AADC0001", Outcome.NOT_APPLICABLE), finding("AADC0013", Outcome.FAIL)], exit_code=4),
            ["Nothing was decided"],
            id="nothing decided",
        ),
        pytest.param(
            replace(GREEN, diagnostics=(Diagnostic("A remark."), Diagnostic("It was lost.", incomplete=True))),
            ["It was lost."],
            id="diagnostics",
        ),
        pytest.param(
            replace(with_run(GREEN, strict=True), files_not_understood=(NotUnderstood("a.txt", "why"),)),
            ["--strict", "1 file"],
            id="strict",
        ),
        pytest.param(with_run(PARTIAL, strict=True, exit_code=4), ["--strict", "narrowed"], id="strict and partial"),
        pytest.param(PARTIAL, [], id="partial"),
        pytest.param(ALL_WAIVED, [], id="waived"),
        pytest.param(
            replace(
                GREEN, population=Population(expected=("A", "B"), received=("A",), missing=("B",), left_out=("B",))
            ),
            [],
            id="missing, and not asked for",
        ),
        pytest.param(
            replace(GREEN, population=Population(expected=("A", "B"), received=("A",))),
            ["no facts were received: 'B'"],
            id="missing, whatever the population says",
        ),
        pytest.param(replace(GREEN, files_not_understood=(NotUnderstood("a.txt", "why"),)), [], id="not strict"),
    ],
)
def test_what_makes_a_report_incomplete(report: Report, words: list[str]) -> None:
    """Whatever keeps a report from standing for a whole audit is said in a sentence."""
    reasons = " ".join(incomplete_because(report))

    assert [] == [word for word in words if word not in reasons]
    assert bool(words) == bool(reasons)


def test_exit_codes_have_words() -> None:
    """Every exit code of the contract is named, and an unknown one is not."""
    words = [exit_words(code) for code in (0, 1, 2, 3, 4, 5, 70, 130, 143)]

    assert len(words) == len({*words} - {"unknown"})
    assert "unknown" == exit_words(99)
