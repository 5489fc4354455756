"""The table of outcomes, and what the report as a whole adds to it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from checker.model.policy import Severity
from checker.model.result import Diagnostic, NotUnderstood, Outcome, Population, Report, ServerRow
from checker.report.mapping import TREATMENTS, Standing, exit_words, standing_of
from checker.report.summary import findings_by_server, incomplete_because, summary_of
from tests.report.reports import EMPTY, GREEN, INTERRUPTED, REPORT, finding, of, with_run


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
        (name, len(findings)) for name, (_, findings) in findings_by_server(report).items()
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
