"""Every exit code, and the order in which they win."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from checker.errors import Terminated
from checker.evaluate.gate import worst
from checker.report import formats, junit
from tests.promise.red_cases import parameter
from tests.running import CHECKOUT, EXPORTS, check, run

COMPLIANT = str(EXPORTS / "v2-compliant")
CODES = (70, 5, 3, 2, 4, 1, 0)


def failing(folder: Path) -> str:
    """Make an export whose scheduler is off, and nothing else wrong."""
    export = Path(shutil.copytree(COMPLIANT, folder / "failing"))
    parameter("Microsoft.Synchronize.SynchronizationSchedule", "False")(export)
    return str(export)


def incomplete(folder: Path) -> str:
    """Make an export whose import version is unknown, and whose scheduler is off."""
    export = Path(failing(folder))
    (export / "adsync.reg").unlink()
    return str(export)


def test_0_compliant(tmp_path: Path) -> None:
    """Every finding of a gated rule passes or does not apply; an info rule that cannot tell does not count."""
    assert check(tmp_path, facts=COMPLIANT).code == 0


def test_1_not_compliant(tmp_path: Path) -> None:
    """One gated rule fails."""
    assert check(tmp_path, facts=failing(tmp_path)).code == 1


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        pytest.param([], "VERB", id="no verb"),
        pytest.param(["chek"], "chek", id="a verb that there is not"),
        pytest.param(["check", "--facts", COMPLIANT], "--policy", id="no policy"),
        pytest.param(["check", "--policy", "v2-endpoint"], "--facts", id="no facts"),
        pytest.param(["check", "--policy", "v2-endpoit", "--facts", COMPLIANT], "v2-endpoint", id="an unknown shipped policy"),
        pytest.param(["check", "--policy", "no/such.yaml", "--facts", COMPLIANT], "no/such.yaml", id="a missing policy"),
        pytest.param(["check", "--policy", "v2-endpoint", "--facts", "no/such"], "no/such", id="missing facts"),
        pytest.param(["check", "--policy", "v2-endpoint", "--facts", "*.nothing"], "*.nothing", id="an empty pattern"),
        pytest.param(["check", "--policy", "v2-endpoint", "--facts", COMPLIANT, "--set", "x"], "NAME=VALUE", id="no value"),
        pytest.param(
            ["check", "--policy", "v2-endpoint", "--facts", COMPLIANT, "--set", "group_writebak=true"],
            "group_writeback", id="an unknown parameter",
        ),
        pytest.param(
            ["check", "--policy", "v2-endpoint", "--facts", COMPLIANT, "--set", "member_limit_minimum=many"],
            "member_limit_minimum", id="a value of another type",
        ),
        pytest.param(
            ["check", "--policy", "v2-endpoint", "--facts", COMPLIANT, "--set", "absent_import_version=maybe"],
            "absent_import_version", id="a value that is not among those allowed",
        ),
        pytest.param(["check", "--policy", "v2-endpoint", "--facts", COMPLIANT, "--fail-on", "hihg"], "hihg", id="severity"),
        pytest.param(["check", "--policy", "v2-endpoint", "--facts", COMPLIANT, "--as-of", "today"], "today", id="time"),
        pytest.param(["check", "--policy", "v2-endpoint", "--facts", COMPLIANT, "-o", "xml"], "xml", id="a format"),
        pytest.param(["check", "--policy", "v2-endpoint", "--facts", COMPLIANT, "-o", "json", "-o", "junit"], "standard output", id="two on standard output"),
        pytest.param(["check", "--policy", "v2-endpoint", "--facts", COMPLIANT, "--support-table", "no.yaml"], "no.yaml", id="table"),
        pytest.param(["facts", "no/such"], "no/such", id="facts of nothing"),
        pytest.param(["facts", ""], "empty", id="facts of an empty name"),
        pytest.param(["check", "--policy", "v2-endpoint", "--facts", ""], "empty", id="an empty path"),
        pytest.param(["check", "--policy", "", "--facts", COMPLIANT], "empty", id="an empty policy"),
        pytest.param(["check", "--policy", "v2-endpoint", "--facts", "x" * 300], "name too long", id="a long path"),
        pytest.param(
            ["check", "--policy", "v2-endpoint", "--facts", COMPLIANT, "--support-table", "x" * 300],
            "name too long", id="a long table",
        ),
    ],
)  # fmt: skip
def test_2_the_command_line_is_wrong(tmp_path: Path, arguments: list[str], says: str) -> None:
    """The sentence names what is wrong, nothing is printed as a report."""
    done = run(tmp_path, *arguments)

    assert (2, "") == (done.code, done.out)
    assert says in done.err


def test_3_a_policy_cannot_be_used(tmp_path: Path) -> None:
    """What is wrong within a policy is told with its place."""
    (tmp_path / "p.yaml").write_text("policy: p\n")

    done = check(tmp_path, policy="p.yaml", facts=COMPLIANT)

    assert done.code == 3
    assert "p.yaml:" in done.err


def test_3_a_table_cannot_be_used(tmp_path: Path) -> None:
    """The same for the table of ends of support."""
    (tmp_path / "table.yaml").write_text("as_of: yesterday\n")

    done = check(tmp_path, "--support-table", "table.yaml", facts=COMPLIANT)

    assert done.code == 3
    assert "table.yaml:" in done.err


def test_4_incomplete_outranks_not_compliant(tmp_path: Path) -> None:
    """An incomplete audit is no audit, though something fails as well."""
    assert check(tmp_path, facts=incomplete(tmp_path)).code == 4


def test_4_a_folder_that_holds_no_facts(tmp_path: Path) -> None:
    """The path exists, and there is nothing to evaluate."""
    (tmp_path / "empty").mkdir()

    done = check(tmp_path, "-o", "json:r.json", "-o", "junit:r.xml", facts="empty")

    assert done.code == 4
    assert json.loads((tmp_path / "r.json").read_text("utf-8"))["run"]["complete"] is False
    assert "<error" in (tmp_path / "r.xml").read_text("utf-8")


def test_4_no_rule_at_or_above_the_threshold(tmp_path: Path) -> None:
    """A threshold above every rule leaves nothing to judge by."""
    assert check(tmp_path, "--fail-on", "critical", facts=COMPLIANT).code == 4


def test_4_the_server_that_was_asked_for_has_no_facts(tmp_path: Path) -> None:
    """--server names who is expected."""
    assert check(tmp_path, "--server", "SYNC99", facts=COMPLIANT).code == 4


def test_5_an_output_cannot_be_written(tmp_path: Path) -> None:
    """A verdict that cannot be delivered is none."""
    assert check(tmp_path, "-o", "json:no/such/folder/r.json", facts=COMPLIANT).code == 5


def test_70_a_bug_of_the_checker(tmp_path: Path) -> None:
    """A process in which something breaks that nobody foresaw says that it is a bug, without a trace of the stack."""
    code = (
        "import sys, checker.cli.check as door; from checker.cli.main import main;"
        "door.run_check = lambda options: 1 / 0;"
        f"sys.exit(main(['check', '--policy', 'v2-endpoint', '--facts', {COMPLIANT!r}]))"
    )

    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(CHECKOUT)}, capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert (70, "") == (done.returncode, done.stdout)
    assert "Traceback" not in done.stderr
    assert "bug" in done.stderr


def test_findings_below_the_threshold_never_move_the_exit_code(tmp_path: Path) -> None:
    """Whether they fail or cannot tell."""
    assert check(tmp_path, "--set", "group_writeback=true", facts=COMPLIANT).code == 0
    assert check(tmp_path, "--set", "group_writeback=true", "--fail-on", "info", facts=COMPLIANT).code == 4


@pytest.mark.parametrize("loser", range(1, len(CODES)))
def test_the_worst_code_wins(loser: int) -> None:
    """In the order 70, 5, 3, 2, 4, 1, 0."""
    assert CODES[loser - 1] == worst([CODES[loser], CODES[loser - 1]]) == worst([CODES[loser - 1], CODES[loser]])


def test_an_output_that_fails_outranks_what_was_found(tmp_path: Path) -> None:
    """5 outranks 4 and 1, in a real run."""
    assert check(tmp_path, "-o", "json:no/r.json", facts=incomplete(tmp_path)).code == 5


@pytest.mark.parametrize("wrong", [["--policy", "nosuch"], ["--support-table", "no.yaml"], ["--facts", "no/such"]])
def test_a_policy_that_cannot_be_used_outranks_what_is_missing(tmp_path: Path, wrong: list[str]) -> None:
    """3 outranks 2, in a real run."""
    (tmp_path / "p.yaml").write_text("policy: p\n")

    assert 3 == check(tmp_path, *wrong, policy="p.yaml", facts=COMPLIANT).code


@pytest.mark.parametrize("argument", ["--help", "--version"])
@pytest.mark.parametrize("unbuffered", ["", "1"], ids=["buffered", "unbuffered"])
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full")
def test_help_that_cannot_be_printed_is_5(tmp_path: Path, argument: str, unbuffered: str) -> None:
    """Whatever was asked for and could not be delivered is exit 5, for a pipe as for a report."""
    environment = {**os.environ, "PYTHONPATH": str(CHECKOUT), "PYTHONUNBUFFERED": unbuffered}
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "checker.cli", argument],
            cwd=tmp_path, env=environment, stdout=full, stderr=subprocess.PIPE, check=False,
        )  # fmt: skip

    assert 5 == done.returncode
    assert b"Traceback" not in done.stderr


def test_no_absolute_path_leaves_the_machine(tmp_path: Path) -> None:
    """Files outside the working directory, links that lead nowhere and hidden files are named without their place."""
    outside, here = tmp_path / "outside", tmp_path / "here"
    here.mkdir()
    shutil.copytree(COMPLIANT, outside / "export")
    (outside / "export/lost.xml").symlink_to("/nonexistent")
    (outside / "export/.hidden").write_text("x")
    (outside / "export/notes.md").write_text("x")
    formats = ["json:r.json", "junit:r.xml", "sarif:r.sarif", "sarif-full:full.sarif"]

    done = check(here, *(word for one in formats for word in ("-o", one)), facts=str(outside / "export"))
    facts = run(here, "facts", str(outside / "export"), "-o", "json")

    assert 4 == done.code
    for path in here.iterdir():
        assert str(tmp_path) not in path.read_text("utf-8"), path.name
    assert str(tmp_path) not in facts.out
    told = json.loads((here / "r.json").read_text("utf-8"))
    assert {f"exports/SYNC01-SYNTHETIC/{name}" for name in (".hidden", "notes.md")} == {
        one["path"] for one in told["files_not_understood"]
    }


def test_a_run_stopped_while_it_is_delivered_is_marked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Reports that were already written are written again, saying that the run was interrupted."""
    written = []

    def stop_once(report: object) -> str:
        written.append(report)
        if len(written) == 1:
            raise Terminated
        return junit.render(report)  # type: ignore[arg-type] # a report, as every renderer gets

    monkeypatch.setitem(vars(formats), "FORMATS", {**formats.FORMATS, "junit": Stopping(stop_once)})
    monkeypatch.setattr("checker.cli.check.FORMATS", formats.FORMATS)

    done = check(tmp_path, "-o", "json:r.json", "-o", "junit:r.xml", facts=COMPLIANT)

    assert 143 == done.code
    assert json.loads((tmp_path / "r.json").read_text("utf-8"))["run"]["interrupted"] is True
    assert "<error" in (tmp_path / "r.xml").read_text("utf-8")


@dataclass(frozen=True)
class Stopping:
    """A format whose rendering is interrupted."""

    render: Callable[[object], str]
