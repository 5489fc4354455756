"""The verb `policy lint`: every mistake at once, with its place."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from checker.shipped import shipped_policies
from tests.counting import calls_of, counts_calls
from tests.running import Done, run

RULE = """\
  - id: {id}
    title: The scheduler runs
    severity: high
    fact: scheduler.sync_cycle_enabled
    expect: {{equals: true}}
    rationale: It must run.
    remediation: {{text: Turn it on.}}
    references: [https://example.com/a]
"""
GOOD = 'policy: {name}\nversion: "1.0"\ntitle: T\nrules:\n'
BAD = GOOD.format(name="bad") + (
    "  - id: XX0001\n    title: t\n    serverity: high\n    fact: scheduler.sync_cycle_enable\n    expect: {equals: $limt}\n"
    "  - id: XX0002\n    title: t\n    severity: hgih\n    fact: scheduler.sync_cycle_enabled\n    expect: {equals: $limt}\n"
)


def lint(folder: Path, *arguments: str) -> Done:
    """Run `adsync-checker policy lint` in *folder*."""
    return run(folder, "policy", "lint", *arguments)


def write(folder: Path, name: str, *ids: str) -> None:
    """Write a policy without mistakes, with rules of those *ids*."""
    rules = "".join(RULE.format(id=one) for one in ids)
    (folder / f"{name}.yaml").write_text(GOOD.format(name=name) + rules)


def test_shipped_policies_have_neither_mistakes_nor_notes(tmp_path: Path) -> None:
    """What is shipped is as good as what is asked of others."""
    done = lint(tmp_path, *shipped_policies())

    assert (0, "") == (done.code, done.err)
    assert [f"no mistakes in {len(shipped_policies())} policies"] == [
        line.partition(" with ")[0] for line in done.out.splitlines()
    ]


def test_every_mistake_of_every_policy_is_told_at_once(tmp_path: Path) -> None:
    """Each is a line on standard output with file, line and column, and with what was meant; exit code 3."""
    (tmp_path / "bad.yaml").write_text(BAD)
    (tmp_path / "torn.yaml").write_text("policy: torn\nrules: [\n")
    write(tmp_path, "good", "YY0001")

    done = lint(tmp_path, ".")

    *lines, last = done.out.splitlines()
    assert 3 == done.code
    assert ["bad.yaml:7:5: ", "bad.yaml:8:11: ", "bad.yaml:12:15: ", "bad.yaml:14:22: "] == [
        line[: line.index(" ") + 1] for line in lines if line.startswith("bad.yaml")
    ]
    assert any(line.startswith("torn.yaml:") for line in lines)
    assert f"{len(lines)} mistakes in 3 policies" == last
    for hint in ("'severity'?", "'scheduler.sync_cycle_enabled'?", "'high'?", "'$limt'"):
        assert hint in done.out
    assert "" == done.err


def test_notes_do_not_move_the_exit_code(tmp_path: Path) -> None:
    """A rule that gives no reasons is noted with its place, and the policy can be used."""
    (tmp_path / "p.yaml").write_text(
        GOOD.format(name="p") + RULE.format(id="YY0001").replace("    rationale: It must run.\n", "")
    )

    done = lint(tmp_path, "p.yaml")

    assert (0, "p.yaml:5:5: note: rule YY0001 has no rationale\nno mistakes in 1 policy with 1 rule, 1 note\n") == (
        done.code,
        done.out,
    )


def test_mistakes_of_a_base_are_told(tmp_path: Path) -> None:
    """What a policy builds on is read as well, and its mistakes are told where they stand, each once."""
    (tmp_path / "bases").mkdir()
    (tmp_path / "bases/corporate.yaml").write_text(BAD)
    for name in ("one", "two"):
        (tmp_path / f"{name}.yaml").write_text(
            f'policy: {name}\nversion: "1.0"\ntitle: T\nextends: bases/corporate.yaml\n'
        )

    done = lint(tmp_path, "one.yaml", "two.yaml")

    lines = done.out.splitlines()[:-1]
    assert 3 == done.code
    assert 1 == sum("serverity" in line for line in lines)
    assert any(line.startswith("bases/corporate.yaml:7:5: ") for line in lines)
    assert len(lines) == len(set(lines))


def test_formats_go_where_they_are_sent(tmp_path: Path) -> None:
    """A file for programs, a log for code scanning, and the text for the person who looks."""
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub/bad.yaml").write_text(BAD)

    done = lint(tmp_path, str(tmp_path / "sub/bad.yaml"), "-o", "sarif:lint.sarif", "-o", "json:lint.json")

    told = json.loads((tmp_path / "lint.json").read_text())
    [one] = json.loads((tmp_path / "lint.sarif").read_text())["runs"]
    assert 3 == done.code
    assert len(done.out.splitlines()) - 1 == len(told["mistakes"]) == len(one["results"])
    assert {"sub/bad.yaml"} == {
        place["physicalLocation"]["artifactLocation"]["uri"] for each in one["results"] for place in each["locations"]
    }
    assert str(tmp_path) not in (tmp_path / "lint.sarif").read_text()


def test_sarif_says_nothing_of_this_machine(tmp_path: Path) -> None:
    """A policy outside of the working directory is named, and where it lies is not told; a shipped one is known."""
    (tmp_path / "work").mkdir()
    (tmp_path / "bad.yaml").write_text(BAD)

    done = lint(tmp_path / "work", "../bad.yaml", "v2-endpoint", "-o", "sarif")

    [one] = json.loads(done.out)["runs"]
    assert ["outside/bad.yaml", "policies/v2-endpoint.yaml"] == [each["location"]["uri"] for each in one["artifacts"]]


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        pytest.param(["no/such.yaml"], 2, "no/such.yaml", id="a path that does not exist"),
        pytest.param(["v2-endpoit"], 2, "did you mean 'v2-endpoint'?", id="a name that is misspelt"),
        pytest.param(["good.yaml", "a.yaml", "b.yaml"], 2, "'a.yaml': no such file or folder; ", id="two of them"),
        pytest.param([], 2, "NAME|PATH", id="nothing"),
        pytest.param([""], 2, "the name is empty", id="an empty name"),
        pytest.param(["good.yaml", "-o", "xml"], 2, "there is no format 'xml'", id="an unknown format"),
        pytest.param(["good.yaml", "-o", "json", "-o", "sarif"], 2, "standard output", id="two on standard output"),
        pytest.param(["good.yaml", "-o", "sarif:no/such/place"], 5, "there is no folder", id="no place to write"),
        pytest.param(["good.yaml", "-o", "json:/dev/full"], 5, "No space left", id="a full disk"),
    ],
)
def test_what_cannot_be_done_is_said(tmp_path: Path, arguments: list[str], code: int, says: str) -> None:
    """A wrong command line is exit code 2, what cannot be written is 5; the sentence names it."""
    write(tmp_path, "good", "YY0001")

    done = lint(tmp_path, *arguments)

    assert code == done.code
    assert says in done.err


def test_a_folder_without_policies_is_a_mistake(tmp_path: Path) -> None:
    """Where there is nothing to look at, nothing is well; the rest is told all the same."""
    (tmp_path / "empty").mkdir()
    (tmp_path / "bad.yaml").write_text(BAD)

    done = lint(tmp_path, "empty", "bad.yaml")

    assert 3 == done.code
    assert done.out.startswith("empty:1:1: there is no policy file (*.yaml) in this folder\nbad.yaml:")


def test_a_mistake_outranks_a_policy_that_does_not_exist(tmp_path: Path) -> None:
    """The mistakes are told, and so is what is missing; the worse of both is the exit code."""
    (tmp_path / "bad.yaml").write_text(BAD)

    done = lint(tmp_path, "bad.yaml", "nope.yaml")

    assert 3 == done.code
    assert "serverity" in done.out
    assert "nope.yaml" in done.err


def test_a_hostile_policy_cannot_command_the_log(tmp_path: Path) -> None:
    """What a mistake quotes of a policy is harmless in the log of a pipeline."""
    (tmp_path / "p.yaml").write_text('policy: p\nversion: "1.0"\ntitle: T\n"::error::x##[y]##vso[z]": 1\nrules: []\n')

    done = lint(tmp_path, "p.yaml")

    assert 3 == done.code
    assert "\\x23\\x23[y]" in done.out
    assert [] == [text for text in ("::error", "##[", "##vso[") if text in done.out]


def test_2000_rules_have_no_mistakes(tmp_path: Path) -> None:
    """Nothing is left out of two thousand rules."""
    write(tmp_path, "large", *(f"XX{number:04}" for number in range(2000)))

    assert "no mistakes in 1 policy with 2000 rules\n" == lint(tmp_path, "large.yaml").out


@counts_calls
def test_the_cost_of_a_lint_grows_with_the_rules(tmp_path: Path) -> None:
    """
    Twice as many rules take twice as many calls, not four times as many.

    How that compares with the bare parse of the same bytes is measured in tests/benchmark/lint.py.
    """
    for name, size in (("once", 400), ("twice", 800)):
        write(tmp_path, name, *(f"XX{number:04}" for number in range(size)))
    lint(tmp_path, "once.yaml")  # what is made once is made now

    once = calls_of(lambda: lint(tmp_path, "once.yaml"))

    assert calls_of(lambda: lint(tmp_path, "twice.yaml")) < 2.2 * once
