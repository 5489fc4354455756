"""What is wrong with policies, as text, JSON and SARIF."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given

from checker.errors import Mistake
from checker.model.location import Location
from checker.model.policy import PolicyFile, Remediation
from checker.report.lint import Lint, notes_of, render_json, render_text
from checker.report.lint_sarif import render_sarif
from tests.report.policies import overridden, policy
from tests.report.reports import HOSTILE, rule, texts
from tests.report.test_sarif_schema import validator

# NOTE: no policy is as large as the longest of them; its loader sees to that.
SHORT = {key: text for key, text in HOSTILE.items() if len(text) < 1000}

COMMAND = re.compile(r"(?m)^\s*::|##\[|##vso\[")
BAD = PolicyFile(name="", version="", path="/home/ann/p/bad.yaml", sha256="b" * 64)
GOOD = PolicyFile(name="good", version="1.0", path="v2-endpoint.yaml", sha256="a" * 64, shipped=True)
NAMES = {"/home/ann/p/bad.yaml": "p/bad.yaml", "v2-endpoint.yaml": "policies/v2-endpoint.yaml"}
MISTAKES = Lint(
    files=(BAD, GOOD),
    mistakes=(
        Mistake(Location(BAD.path, 3, 7), "unknown key 'serverity' in a rule; did you mean 'severity'?"),
        Mistake(Location(BAD.path, 9, 7), "unknown key 'serverity' in a rule; did you mean 'severity'?"),
    ),
)
NOTES = Lint(files=(GOOD,), notes=(Mistake(Location(GOOD.path, 5, 5), "rule AADC0001 has no rationale"),), rules=2)


def sarif(lint: Lint) -> dict[str, Any]:
    """Give the only run of the SARIF of *lint*."""
    [run] = json.loads(render_sarif(lint, version="1.2.3", names=NAMES))["runs"]
    assert isinstance(run, dict)
    return run


@pytest.mark.parametrize(
    ("lint", "expected"),
    [
        pytest.param(
            MISTAKES,
            "/home/ann/p/bad.yaml:3:7: unknown key 'serverity' in a rule; did you mean 'severity'?\n"
            "/home/ann/p/bad.yaml:9:7: unknown key 'serverity' in a rule; did you mean 'severity'?\n"
            "2 mistakes in 2 policies\n",
            id="mistakes",
        ),
        pytest.param(
            NOTES,
            "v2-endpoint.yaml:5:5: note: rule AADC0001 has no rationale\n"
            "no mistakes in 1 policy with 2 rules, 1 note\n",
            id="a note",
        ),
        pytest.param(Lint(files=(GOOD,), rules=1), "no mistakes in 1 policy with 1 rule\n", id="nothing"),
        pytest.param(
            Lint(files=(), mistakes=(Mistake(Location("empty"), "nothing is here"),)),
            "empty:1:1: nothing is here\n1 mistake\n",
            id="no file",
        ),
    ],
)
def test_text_is_a_line_for_each(lint: Lint, expected: str) -> None:
    """Each mistake is a line with file, line and column, and the last line says how many there are."""
    assert expected == render_text(lint)


def test_json_tells_programs() -> None:
    """The mistakes with their places, the notes, and the policies; how many rules there are only where it is known."""
    assert {
        "format": "adsync-checker/lint/v1",
        "mistakes": [
            {
                "file": BAD.path,
                "line": line,
                "column": 7,
                "message": "unknown key 'serverity' in a rule; did you mean 'severity'?",
            }
            for line in (3, 9)
        ],
        "notes": [],
        "policies": [
            {"name": None, "version": None, "path": BAD.path, "sha256": "b" * 64},
            {"name": "good", "version": "1.0", "path": "v2-endpoint.yaml", "sha256": "a" * 64},
        ],
        "rules": None,
    } == json.loads(render_json(MISTAKES))
    assert 2 == json.loads(render_json(NOTES))["rules"]


def test_sarif_points_at_the_line() -> None:
    """A result for each mistake, under one descriptor, with a relative path and a region."""
    run = sarif(MISTAKES)

    assert ["ADSYNC-101"] == [one["id"] for one in run["tool"]["driver"]["rules"]]
    assert [
        ("ADSYNC-101", "error", "p/bad.yaml", "%SRCROOT%", {"startLine": line, "startColumn": 7, "endLine": line, "endColumn": 8})
        for line in (3, 9)
    ] == [
        (one["ruleId"], one["level"], place["artifactLocation"]["uri"], place["artifactLocation"]["uriBaseId"], place["region"])
        for one in run["results"]
        for place in [one["locations"][0]["physicalLocation"]]
    ]  # fmt: skip
    assert (3, True) == (run["invocations"][0]["exitCode"], run["invocations"][0]["executionSuccessful"])
    assert "/home/ann" not in json.dumps(run)


def test_an_alert_stays_the_same_when_lines_move() -> None:
    """The fingerprint knows the file and the sentence, not the line; equal ones are told apart."""
    moved = replace(
        MISTAKES, mistakes=tuple(Mistake(Location(BAD.path, 90, 1), one.message) for one in MISTAKES.mistakes)
    )
    prints = [one["partialFingerprints"]["primaryLocationLineHash"] for one in sarif(MISTAKES)["results"]]

    assert prints == [one["partialFingerprints"]["primaryLocationLineHash"] for one in sarif(moved)["results"]]
    assert 2 == len(set(prints))


def test_a_note_is_no_alert() -> None:
    """What would only make a policy better is told of the run, and opens nothing."""
    run = sarif(NOTES)

    assert [] == run["results"]
    assert ["note"] == [one["level"] for one in run["invocations"][0]["toolExecutionNotifications"]]


@pytest.mark.parametrize("lint", [MISTAKES, NOTES, Lint(files=(), rules=0)], ids=["mistakes", "notes", "nothing"])
def test_sarif_is_valid(lint: Lint) -> None:
    """The standard's own schema takes it."""
    log = json.loads(render_sarif(lint, version="1.2.3", names=NAMES))

    assert [] == [error.message for error in validator().iter_errors(log)]


def test_rules_that_lack_something_are_noted() -> None:
    """What a rule of the policy itself lacks is one note; of a rule that another policy defines nothing is said."""
    poor = replace(rule("AADC0001"), rationale="", remediation=Remediation(), references=())
    partly = replace(rule("AADC0002"), references=())
    theirs = replace(poor, id="AADC0003", origin="v2-endpoint")
    changed = replace(overridden(), rationale="")

    assert (
        Mistake(poor.location, "rule AADC0001 has no rationale and no remediation and no references"),
        Mistake(partly.location, "rule AADC0002 has no references"),
    ) == notes_of([policy(poor, partly, rule("AADC0004"), theirs, changed)])


@pytest.mark.parametrize("text", SHORT.values(), ids=SHORT)
def test_t32_nothing_acts_on_a_terminal_or_a_log(text: str) -> None:
    """Whatever a mistake quotes and a file is called, each line is printable, and none is taken for a command."""
    found = Mistake(Location(text, 1, 1), text)
    lint = Lint(files=(replace(BAD, path=text),), mistakes=(found,), notes=(found,))

    for shown in (render_text(lint), render_json(lint), render_sarif(lint, version="1", names={text: "p/a b#c.yaml"})):
        assert all(line.isprintable() for line in shown.split("\n"))
        assert [] == COMMAND.findall(shown)


@given(texts)
def test_sarif_is_valid_whatever_is_quoted(text: str) -> None:
    """A hostile policy cannot make a log that readers refuse."""
    lint = replace(MISTAKES, mistakes=(Mistake(Location(BAD.path, 0, 0), text),))
    log = json.loads(render_sarif(lint, version="1.2.3", names=NAMES))

    assert [] == [error.message for error in validator().iter_errors(log)]
