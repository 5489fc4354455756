"""Annotations in the logs of GitHub Actions and Azure Pipelines."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given

from checker.model.policy import Severity
from checker.model.result import Outcome, Report
from checker.report.annotations import Dialect, render
from tests.report.reports import (
    ALL_WAIVED,
    EMPTY,
    GREEN,
    PARTIAL,
    POLICY,
    REPORT,
    RULES,
    TENANTS,
    WAIVED,
    finding,
    of,
    reports,
    with_run,
)
from tests.report.runners import acting, azure_command, github_command


def _github(line: str) -> dict[str, str]:
    """Read a line as GitHub's runner does: properties first, then the text, each unescaped in its own way."""
    found = re.fullmatch(r"::(?P<level>error|warning|notice) (?P<properties>.*?)::(?P<text>.*)", line)
    assert found
    properties = dict(one.split("=", 1) for one in found["properties"].split(","))
    for name, value in properties.items():
        for escape, char in (("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%")):
            value = value.replace(escape, char)  # noqa: PLW2901 - one after the other, as the runner
        properties[name] = value
    return properties | {"text": found["text"].replace("%0D", "\r").replace("%0A", "\n").replace("%25", "%")}


def _azure(line: str) -> dict[str, str]:
    """Read a line as the agent of Azure Pipelines does."""
    start, end = line.index("##vso["), line.index("]")
    assert (0, "task.logissue ") == (start, line[6:20])
    properties = dict(one.split("=", 1) for one in line[20:end].split(";") if one)
    for name, value in properties.items():
        for escape, char in (("%3B", ";"), ("%0D", "\r"), ("%0A", "\n"), ("%5D", "]"), ("%AZP25", "%")):
            value = value.replace(escape, char)  # noqa: PLW2901 - as above
        properties[name] = value
    return properties | {"text": line[end + 1 :].replace("%AZP25", "%")}


def test_github() -> None:
    """What counts is annotated where its fact stands, errors first, then failures by severity."""
    lines = [_github(line) for line in render(REPORT, Dialect.GITHUB).splitlines()]

    assert [
        ("error AADC0002 Imports use the v2 endpoint (high)", "policies/v2-endpoint.yaml", "24", "5"),
        ("fail AADC0004 The product version can use v2 (critical)", "exports/CONTOSO-AADC01/Connectors/Entra.xml", "640", "17"),
        ("fail AADC0001 Exports use the v2 endpoint (high)", "exports/CONTOSO-AADC01/Connectors/Entra.xml", "812", "9"),
        (
            "fail AADC0006 Every enabled group member limit is in range (medium)",
            "exports/CONTOSO-AADC01/SynchronizationRules/Out to AAD - Group Join.xml", "120", "3",
        ),
    ] == [(one["title"], one["file"], one["line"], one["col"]) for one in lines]  # fmt: skip
    assert "CONTOSO-AADC01: The value is 1, and 2 is expected." == lines[2]["text"]


def test_azure() -> None:
    """The same in Azure's words."""
    lines = [_azure(line) for line in render(REPORT, Dialect.AZURE).splitlines()]

    assert {
        "type": "error",
        "sourcepath": "exports/CONTOSO-AADC01/Connectors/Entra.xml",
        "linenumber": "812",
        "columnnumber": "9",
        "text": "fail AADC0001 Exports use the v2 endpoint (high): CONTOSO-AADC01: The value is 1, and 2 is expected.",
    } == lines[2]


@pytest.mark.parametrize("dialect", Dialect)
def test_silence(dialect: Dialect) -> None:
    """Where nothing moves the exit code, nothing is annotated."""
    assert "" == render(GREEN, dialect)
    assert "" == render(with_run(of(REPORT.findings[6:], exit_code=0), fail_on=Severity.LOW), dialect).replace(
        render(of(REPORT.findings[6:], exit_code=0), dialect), ""
    )


@pytest.mark.parametrize("dialect", Dialect)
def test_below_the_threshold_nothing_is_annotated(dialect: Dialect) -> None:
    """A failure below the threshold is in the reports, and no annotation."""
    text = render(REPORT, dialect)

    assert ("AADC0012" in text, "AADC0013" in text) == (False, False)


@pytest.mark.parametrize("dialect", Dialect)
def test_an_incomplete_run_is_annotated(dialect: Dialect) -> None:
    """What makes a run incomplete is annotated, without a file."""
    [line] = render(EMPTY, dialect).splitlines()

    assert "the run is incomplete" in line
    assert "there are no findings" in line
    assert "file=" not in line.replace("sourcepath", "file")


@pytest.mark.parametrize("dialect", Dialect)
def test_too_many(dialect: Dialect) -> None:
    """Beyond what a pipeline would show, the number of the others stands in their place."""
    many = [replace(one, server=f"S{number}") for number in range(60) for one in [finding("AADC0001", Outcome.FAIL)]]
    lines = render(of(many, exit_code=1), dialect).splitlines()

    assert 51 == len(lines)
    assert "10 more" in lines[-1]


def test_escapes() -> None:
    """What separates the parts of a command is escaped, and comes back as it was."""
    title = "50%3A: a, b; c] = d"
    policy = replace(POLICY, rules=tuple(replace(one, title=title) for one in RULES))
    one = finding("AADC0001", Outcome.FAIL, message="100%0A of ] it; a, b.")
    report = replace(of([one], exit_code=1), policies=(policy,))

    assert f"fail AADC0001 {title} (high)" == _github(render(report, Dialect.GITHUB).rstrip("\n"))["title"]
    assert "CONTOSO-AADC01: 100%0A of ] it; a, b." == _github(render(report, Dialect.GITHUB).rstrip("\n"))["text"]
    assert (
        f"fail AADC0001 {title} (high): CONTOSO-AADC01: 100%0A of ] it; a, b."
        == _azure(render(report, Dialect.AZURE).rstrip("\n"))["text"]
    )


@given(reports)
def test_any_text_makes_one_command_a_line(report: Report) -> None:
    """T32, T33: every line is one command of ours, whatever text it carries."""
    github, azure = render(report, Dialect.GITHUB), render(report, Dialect.AZURE)

    assert set() == acting(github) | acting(azure)
    assert {"error", "warning", "notice"} == {github_command(line) for line in github.splitlines()}
    assert {"task.logissue"} == {azure_command(line) for line in azure.splitlines()}
    for line in github.splitlines():
        assert {"title", "text"} <= {*_github(line)} <= {"title", "text", "file", "line", "col"}
        assert azure_command(line) is None
    for line in azure.splitlines():
        assert {*_azure(line)} <= {"type", "text", "sourcepath", "linenumber", "columnnumber"}
        assert "##" not in line[1:]


def test_a_waived_failure_is_a_notice() -> None:
    """F-E07: what a waiver covers is annotated as waived, with who and why and what was found, and is no error."""
    lines = render(WAIVED, Dialect.GITHUB).splitlines()
    [counts, below] = [_github(line) for line in lines if github_command(line) == "notice"]

    assert ["error", "error", "error", "notice", "notice"] == [github_command(line) for line in lines]
    assert "waived AADC0006 Every enabled group member limit is in range (medium)" == counts["title"]
    assert "waived AADC0013 Group writeback is as declared (info)" == below["title"]
    assert (
        "CONTOSO-AADC01: waived until 2026-12-31 by jane.doe@contoso.com (approved by max.muster@contoso.com, "
        "CHG-4711): The limit is raised with the next release. "
        "(Entry 1 has 'limit' 50000, and at least 50001 is expected.)"
    ) == counts["text"]


def test_azure_knows_no_notice() -> None:
    """Where there is no notice, a waived failure is a warning."""
    kinds = [_azure(line)["type"] for line in render(WAIVED, Dialect.AZURE).splitlines()]

    assert ["error", "error", "error", "warning", "warning"] == kinds


def test_too_many_waivers_are_an_error() -> None:
    """F-E14: a run that is refused for its waivers alone has an error."""
    first = render(with_run(ALL_WAIVED, max_waived=1, exit_code=1), Dialect.GITHUB).splitlines()[0]

    assert "error" == github_command(first)
    assert "6 failures that would count are waived, and --max-waived allows 1." == _github(first)["text"]


def test_f_a13_a_partial_run_is_a_warning() -> None:
    """F-A13: that a run was narrowed is annotated once, with how."""
    [line] = render(PARTIAL, Dialect.GITHUB).splitlines()

    assert "warning" == github_command(line)
    assert "--limit contoso-*, --rule AADC0001, --tag endpoint, --tag limits" in _github(line)["text"]


def test_a_tenant_is_named() -> None:
    """A finding of a fleet rule names its tenant."""
    texts = [_github(line)["text"] for line in render(TENANTS, Dialect.GITHUB).splitlines()]

    assert ["tenant y.example: Nobody knows.", "tenant x.example: 2 servers are active: 'A', 'B'."] == texts


def test_what_is_left_out_is_as_grave_as_its_worst() -> None:
    """Where errors come first and notices are left out, the line that counts them is a notice."""
    many = [replace(one, server=f"S{number}") for number in range(30) for one in ALL_WAIVED.findings[:2]]
    last = render(of(many, exit_code=0), Dialect.GITHUB).splitlines()[-1]

    assert ("notice", "There are 10 more; the reports hold all.") == (github_command(last), _github(last)["text"])
