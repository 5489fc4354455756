"""The verb `explain`."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.running import AS_OF, CHECKOUT, EXPORTS, Done, run


def explain(folder: Path, *arguments: str) -> Done:
    """Run `adsync-checker explain` with the clock standing still."""
    return run(folder, "explain", *arguments, "--as-of", AS_OF)


def test_a_rule_of_a_shipped_policy_is_explained(tmp_path: Path) -> None:
    """Without a policy all shipped ones are looked through; the values of parameters say where they come from."""
    done = explain(tmp_path, "AADC0006", "--set", "member_limit_maximum=200000")

    assert (0, "") == (done.code, done.err)
    for line in (
        "AADC0006: Every enabled group member limit is in range",
        "  severity high, servers where '$tenant_has_verified_domain' is 'true'",
        "  groups.member_limits: each: limit at least 50001 and at most 200000",
        "  $member_limit_maximum = 200000: from --set, and the default is 250000, v2-endpoint.yaml:24:3",
        "  export folder: all SynchronizationRules",
        "  cmdlet dump: `Get-ADSyncRule`",
    ):
        assert line in done.out.splitlines()
    assert "Findings" not in done.out


def test_with_facts_the_finding_is_explained(tmp_path: Path) -> None:
    """What was observed, what came out, and the line of the export where it stands."""
    done = explain(tmp_path, "AADC0006", "--facts", str(EXPORTS / "v1-legacy"))

    assert 0 == done.code
    assert "Findings\n  SYNC09-SYNTHETIC: fail\n" in done.out
    assert "    observed: 2 records\n" in done.out
    assert "}.xml:32:7," in done.out


def test_what_cannot_be_read_is_an_error_here_too(tmp_path: Path) -> None:
    """A fact that no source holds is explained as an error, and never as a pass."""
    done = explain(tmp_path, "AADC0012", "--facts", str(EXPORTS / "v2-compliant"))

    assert 4 == done.code
    assert ": error (not_in_source)\n" in done.out
    assert "observed: (unknown: not_in_source)\n" in done.out


def test_a_source_that_cannot_be_used_is_told(tmp_path: Path) -> None:
    """A file that should have been read and was not makes the explanation incomplete: exit code 4."""
    export = Path(shutil.copytree(EXPORTS / "v2-compliant", tmp_path / "export"))

    done = explain(tmp_path, "AADC0010", "--facts", str(export), "--server", "another")

    assert 4 == done.code
    assert "'another'" in done.err
    assert "Findings\n" in done.out


def test_files_that_are_not_understood_are_told(tmp_path: Path) -> None:
    """A file among the facts that is none of the known formats is named, as with all verbs that read facts."""
    export = Path(shutil.copytree(EXPORTS / "v2-compliant", tmp_path / "export"))
    (export / "notes.txt").write_text("Of no interest")

    done = explain(tmp_path, "AADC0010", "--facts", str(export))

    assert (0, True) == (done.code, "notes.txt" in done.err)


def test_a_standard_output_that_is_full_is_told() -> None:
    """What nobody could read is exit code 5."""
    command = [sys.executable, "-m", "checker.cli", "explain", "AADC0001"]

    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(command, cwd=CHECKOUT, stdout=full, stderr=subprocess.PIPE, check=False)

    assert (5, True) == (done.returncode, b"No space left" in done.stderr)


def test_a_rule_of_ones_own_policy_tells_what_was_changed(tmp_path: Path) -> None:
    """A rule that a policy changes is explained as it counts, with what it was, and where both stand."""
    (tmp_path / "own.yaml").write_text(
        'policy: own\nversion: "1.0"\ntitle: T\nextends: v2-endpoint\n'
        "rules:\n  - {id: AADC0001, severity: low, reason: Being moved.}\n"
    )

    done = explain(tmp_path, "AADC0001", "--policy", "own.yaml")

    for line in (
        "  severity low, every server",
        "  policy own 1.0, own.yaml:6:5",
        "  defined by v2-endpoint, v2-endpoint.yaml:42:5",
        "    severity: high -> low",
        "    reason: Being moved.",
    ):
        assert line in done.out.splitlines()


def test_a_fleet_rule_is_explained(tmp_path: Path) -> None:
    """A rule of all servers of a tenant says whom it counts, and which facts decide that."""
    (tmp_path / "own.yaml").write_text(
        'policy: own\nversion: "1.0"\ntitle: T\nrules:\n  - id: XX0001\n    title: One server exports\n'
        "    severity: high\n    scope: fleet\n    where: {server.role: {equals: active}}\n"
        "    expect: {exactly_one: true}\n"
    )

    done = explain(tmp_path, "XX0001", "--policy", "own.yaml")

    assert 0 == done.code
    assert "  severity high, the servers of a tenant where 'server.role' is 'active'" in done.out.splitlines()
    assert "exactly 1 server" in done.out


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        pytest.param(["AADC00001"], 2, "did you mean AADC0001", id="misspelt"),
        pytest.param(["aadc0001"], 2, "did you mean AADC0001", id="in lower case"),
        pytest.param(["scheduler"], 2, "there are AADC0001 to ", id="nothing like it"),
        pytest.param(["A" * 100_000], 2, "there is no rule", id="very long"),
        pytest.param([], 2, "RULE", id="no rule"),
        pytest.param(["AADC0001", "--policy", "nope"], 2, "no shipped policy", id="an unknown policy"),
        pytest.param(["AADC0001", "--facts", "nope"], 2, "nope", id="missing facts"),
        pytest.param(["AADC0001", "--inventory", "servers.yaml"], 2, "--facts", id="an inventory without facts"),
        pytest.param(["AADC0001", "--set", "nope=1"], 2, "nope", id="an unknown parameter"),
        pytest.param(["AADC0001", "--policy", "bad.yaml"], 3, "bad.yaml:1:1", id="a policy with mistakes"),
    ],
)
def test_what_cannot_be_done_is_said(tmp_path: Path, arguments: list[str], code: int, says: str) -> None:
    """A wrong command line is exit code 2, a policy that cannot be used is 3; the sentence names it."""
    (tmp_path / "bad.yaml").write_text("{}\n")

    done = explain(tmp_path, *arguments)

    assert (code, "") == (done.code, done.out)
    assert says in done.err


def test_an_inventory_says_which_servers_are_asked(tmp_path: Path) -> None:
    """A server that is expected and has no facts is explained as an error; a value of its own says where it is from."""
    (tmp_path / "servers.yaml").write_text(
        "inventory: contoso\nservers:\n"
        "  - {name: sync01.contoso.com, computer_name: sync09-synthetic, parameters: {member_limit_minimum: 70000}}\n"
        "  - {name: sync02.contoso.com}\n"
    )

    done = explain(
        tmp_path, "AADC0006", "--facts", str(EXPORTS / "v1-legacy"), "--inventory", "servers.yaml"
    )  # fmt: skip

    assert "  sync01.contoso.com: fail\n" in done.out
    assert "limit at least 70000" in done.out
    assert "  sync02.contoso.com: error (no_data)\n" in done.out
    assert "  $member_limit_minimum = 70000: from inventory for sync01.contoso.com" in done.out
    assert 4 == done.code
