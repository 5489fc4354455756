"""The verb `policy test`: the cases beside policies, and whether they prove anything."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from checker.shipped import shipped_policies
from tests.running import CHECKOUT, Done, run

SAMPLE = CHECKOUT / "tests/policies/cases"
LAST = "13 cases, 18 expected outcomes, 0 disagree, 0 lacking, 0 never red, 0 of 14 changes unnoticed"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Give a folder with the policy of the examples and its cases in `p`."""
    shutil.copytree(SAMPLE, tmp_path / "p")
    return tmp_path


def tried(folder: Path, *arguments: str) -> Done:
    """Run `adsync-checker policy test` in *folder*."""
    return run(folder, "policy", "test", *arguments)


def change(folder: Path, name: str, old: str, new: str) -> None:
    """Exchange a part of one file of the examples."""
    file = folder / "p" / name
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new, 1))


@pytest.mark.parametrize("named", ["p", "p/sample.yaml", "p/sample.test.yaml", "./p/../p"])
def test_cases_are_found_by_a_folder_a_policy_or_their_file(folder: Path, named: str) -> None:
    """All are well: exit code 0, a line for the file, and the counts."""
    done = tried(folder, named, "--require", "pass,fail,error", "--require", "not_applicable")

    assert (0, "", LAST) == (done.code, done.err, done.out.splitlines()[-1])
    assert 2 == len(done.out.splitlines())


def test_a_file_that_is_named_twice_counts_once(folder: Path) -> None:
    """By its policy, by itself and by its folder."""
    assert LAST == tried(folder, "p", "p/sample.yaml", "p/sample.test.yaml").out.splitlines()[-1]


def test_cases_of_all_shipped_policies_hold_and_are_complete(tmp_path: Path) -> None:
    """What is shipped is as good as what is asked of others."""
    done = tried(tmp_path, *shipped_policies(), "--require", "pass,fail,error")

    assert (0, "", 1 + len(shipped_policies())) == (done.code, done.err, len(done.out.splitlines())), done.out


def test_a_case_that_disagrees_is_told_with_its_place(folder: Path) -> None:
    """Exit code 1; the line says what was expected, what came of it, and why."""
    change(folder, "sample.test.yaml", "expect: {SMPL0001: fail}", "expect: {SMPL0001: pass}")
    done = tried(folder, "p")

    assert (1, "") == (done.code, done.err)
    assert (
        "  p/sample.test.yaml:25:14: case 'the import version is that of the v1 endpoint': SMPL0001 of server 'server': "
        "expected pass, got fail: 'endpoint.import_api_version' is '1', expected '2'."
    ) == done.out.splitlines()[1]


def test_a_kind_of_case_that_is_demanded_and_not_there_is_told(folder: Path) -> None:
    """Exit code 1 where one is lacking, and 0 where nobody asks for it."""
    change(folder, "sample.test.yaml", ", SMPL0003: {contoso: error}", "")
    done = tried(folder, "p", "--require", "pass,error")

    assert (1, "  SMPL0003: no case expects error") == (done.code, done.out.splitlines()[1])
    assert 0 == tried(folder, "p").code


def test_f_d17_a_rule_that_cannot_fail_is_told(folder: Path) -> None:
    """Exit code 1, also where all cases agree."""
    change(folder, "sample.yaml", "fact: endpoint.import_api_version", "fact: scheduler.sync_cycle_enabled")
    change(folder, "sample.yaml", "{equals: 2}", "{one_of: [true, false]}")
    change(folder, "sample.test.yaml", "endpoint.import_api_version: 2", "scheduler.sync_cycle_enabled: true")
    text = (folder / "p/sample.test.yaml").read_text().replace("SMPL0001: fail", "SMPL0001: pass")
    (folder / "p/sample.test.yaml").write_text(text.replace("sync02: fail", "sync02: pass"))
    done = tried(folder, "p")

    assert 1 == done.code
    assert "  SMPL0001: nothing turns it red: it fails in no case, nor where one fact of a case is another" in done.out


def test_f_d18_a_rule_that_is_always_skipped_is_told(folder: Path) -> None:
    """A condition on a parameter that no case sets keeps a rule from ever being decided."""
    change(folder, "sample.yaml", "rules:", "  asked: {type: boolean, default: false, description: Whether.}\nrules:")
    change(folder, "sample.yaml", "    fact: endpoint", "    when: {$asked: {equals: true}}\n    fact: endpoint")
    done = tried(folder, "p")

    assert 1 == done.code
    assert "  SMPL0001: nothing turns it red: it neither passes nor fails in any case" in done.out


def test_a_change_that_no_case_notices_is_told(folder: Path) -> None:
    """Exit code 1: the bound could move by one, and nobody would hear of it."""
    change(folder, "sample.test.yaml", "limit: 250001", "limit: 250009")
    done = tried(folder, "p")

    assert 1 == done.code
    assert "  SMPL0002: no case notices when 'at_most 250000' becomes 'at_most 250001'" in done.out.splitlines()


def test_f_d17_without_a_case_that_fails_an_expectation_is_given_up_unnoticed(folder: Path) -> None:
    """Exit code 1, also where nobody demands such a case: the rule could accept anything."""
    change(folder, "sample.test.yaml", "expect: {SMPL0001: fail}", "expect: {SMPL0002: error}")
    change(folder, "sample.test.yaml", ", sync02: fail", "")
    done = tried(folder, "p")

    assert 1 == done.code
    assert ["  SMPL0001: no case notices when 'equals 2' becomes 'any value'"] == done.out.splitlines()[1:-1]


def test_programs_read_json(folder: Path) -> None:
    """To a file and to standard output; both say the same."""
    done = tried(folder, "p", "-o", "json", "-o", "text:out.txt")

    assert 0 == done.code
    assert json.loads(done.out)["good"]
    assert LAST == (folder / "out.txt").read_text().splitlines()[-1]


def test_what_cannot_be_written_is_told(folder: Path) -> None:
    """Exit code 5, and why."""
    done = tried(folder, "p", "-o", "json:none/out.json")

    assert (5, True) == (done.code, "there is no folder 'none'" in done.err)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["p", "--require", "pass,faill"], "there is no such outcome; did you mean 'fail'?"),
        (["p", "--require", ""], "there is no such outcome"),
        (["none.yaml"], "'none.yaml': no such policy, file or folder"),
        (["flet"], "did you mean 'fleet'?"),
        ([""], "'': no such policy, file or folder"),
        (["p", "nowhere/"], "'nowhere/': no such"),
        (["p", "-o", "sarif"], "there is no format 'sarif'"),
    ],
)
def test_a_wrong_command_line_is_exit_code_2(folder: Path, arguments: list[str], told: str) -> None:
    """A word that is not known is told with the nearest one."""
    done = tried(folder, *arguments)

    assert (2, "") == (done.code, done.out)
    assert told in done.err


def test_without_cases_nothing_is_proven(folder: Path) -> None:
    """Exit code 3: a policy without cases, in a folder or by itself, and a folder with nothing in it."""
    (folder / "p/sample.test.yaml").unlink()
    (folder / "empty").mkdir()

    for named, told in (
        ("p", "p/sample.yaml:1:1: there are no cases for this policy; they stand beside it in 'sample.test.yaml'"),
        ("p/sample.yaml", "p/sample.yaml:1:1: there are no cases for this policy"),
        ("empty", "empty:1:1: there are neither policies nor cases"),
    ):
        done = tried(folder, named)

        assert (3, "") == (done.code, done.out)
        assert told in done.err


def test_cases_of_another_policy_do_not_count(folder: Path) -> None:
    """What stands beside a policy and speaks of another proves nothing of it."""
    change(folder, "sample.test.yaml", "policy: sample.yaml", "policy: other.yaml")
    (folder / "p/sample.yaml").rename(folder / "p/other.yaml")
    shutil.copy(SAMPLE / "sample.yaml", folder / "p/sample.yaml")

    assert [0, 3] == [tried(folder, f"p/{name}").code for name in ("sample.test.yaml", "sample.yaml")]


def test_the_mistakes_of_all_files_are_told(folder: Path) -> None:
    """Exit code 3, with file, line and column, and what is missing besides."""
    change(folder, "sample.test.yaml", "SMPL0001: pass, SMPL0002", "SMPL0001: green, SMPL0002")
    (folder / "p/other.test.yaml").write_text("policy: none.yaml\ncases: []\n")
    done = tried(folder, "p", "flet")

    assert (3, "") == (done.code, done.out)
    assert ["p/other.test.yaml:1:9", "p/sample.test.yaml:14:24"] == sorted(
        line.split(": ")[1] for line in done.err.splitlines() if ".test.yaml" in line
    )
    assert "did you mean 'fleet'?" in done.err


def test_cases_may_speak_of_a_shipped_policy(folder: Path) -> None:
    """By its name, so that a team can try its own parameters of it."""
    (folder / "p/own.test.yaml").write_text(
        "policy: v2-endpoint\ncases:\n  - case: one\n    parameters: {member_limit_maximum: 60000}\n"
        "    facts: {groups.member_limits: [{limit: 60001}]}\n    expect: {AADC0006: fail}\n"
    )
    done = tried(folder, "p/own.test.yaml")

    assert 1 == done.code
    assert "p/own.test.yaml: 1 case of 13 rules of policy v2-endpoint" == done.out.splitlines()[0]
    assert "1 expected outcome, 0 disagree" in done.out


def test_a_policy_outside_of_the_folder_is_refused(folder: Path) -> None:
    """Cases stand beside their policy; no path leads out."""
    change(folder, "sample.test.yaml", "policy: sample.yaml", "policy: ../sample.yaml")
    done = tried(folder, "p/sample.test.yaml")

    assert 3 == done.code
    assert "p/sample.test.yaml:2:9: '../sample.yaml' is neither" in done.err
