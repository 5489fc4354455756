"""Whole runs beside an earlier one, and on files that must be committed: what went missing is told."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.promise.fleet_runs import (
    ACTIVE,
    STAGING,
    check_fleet,
    edit,
    make_fleet,
    results,
    setting,
    told,
    waiver,
    without_entry,
    write_waivers,
)
from tests.running import CHECKOUT

CORP = """\
policy: corp
version: "1.2.0"
title: Ours
rules:
  - id: CORP0001
    title: The sync cycle is enabled
    severity: high
    fact: scheduler.sync_cycle_enabled
    expect: {equals: true}
    tags: [scheduler]
  - id: CORP0002
    title: The scheduler is not suspended
    severity: medium
    fact: scheduler.suspended
    expect: {equals: false}
  - id: CORP0003
    title: Exactly one server of the tenant is active
    severity: high
    scope: fleet
    where: {scheduler.staging_mode_enabled: {equals: false}}
    expect: {exactly_one: true}
"""


def check(folder: Path, *arguments: str) -> int:
    """Give the exit code of the fleet with our own policy."""
    return check_fleet(folder, *arguments, policies=("corp.yaml",)).code


@pytest.fixture
def before(tmp_path: Path) -> Path:
    """Give a fleet that is as it should be, with the results of an earlier run."""
    make_fleet(tmp_path)
    (tmp_path / "corp.yaml").write_text(CORP, "utf-8")
    assert 0 == check(tmp_path, "--strict")
    (tmp_path / "results.json").rename(tmp_path / "before.json")
    return tmp_path


def test_nothing_went_missing(before: Path) -> None:
    """The same run again has nothing to tell, also where the earlier one speaks of tenants."""
    assert 0 == check(before, "--previous", "before.json", "--strict")
    assert "" == told(before)


def lose_server(folder: Path) -> None:
    """Take a server out of the inventory and out of the exports."""
    without_entry(folder, STAGING)
    shutil.rmtree(folder / "exports/staging")


def corp(old: str, new: str) -> Any:
    """Give the change of our own policy."""
    return lambda folder: edit(folder, old, new, "corp.yaml")


_SECOND = CORP[CORP.index("  - id: CORP0002") : CORP.index("  - id: CORP0003")]
_FLEET = CORP[CORP.index("  - id: CORP0003") :]

SHRUNK = [
    pytest.param(corp(_SECOND, ""), (), "had 'CORP0002' of the policy 'corp'", id="F-A14 a rule is gone"),
    pytest.param(corp(_FLEET, ""), (), "had 'CORP0003' of the policy 'corp'", id="F-A14 a fleet rule is gone"),
    pytest.param(corp("CORP0002", "CORP0004"), (), "had 'CORP0002'", id="F-A14 a rule has another id"),
    pytest.param(corp("medium", "low"), (), "went down from medium to low", id="F-A14 a severity went down"),
    pytest.param(
        corp("1.2.0", "1.1.9"), (), "went back from version '1.2.0' to '1.1.9'", id="F-D24 T62 an older version"
    ),
    pytest.param(corp("1.2.0", "1.2"), (), "", id="the same version, written shorter"),
    pytest.param(corp("1.2.0", "1.10.0"), (), "", id="F-C08 a newer version"),
    pytest.param(lose_server, (), f"The server '{STAGING}' was expected", id="F-A06 a server is gone"),
    pytest.param(lambda _: None, ("--fail-on", "medium"), "raised from low to medium", id="F-F05 a higher threshold"),
    pytest.param(lambda _: None, ("--fail-on", "info"), "", id="a lower threshold"),
]


@pytest.mark.parametrize(("change", "arguments", "says"), SHRUNK)
def test_f_a14_f_d24_t62_what_went_missing_is_told(
    before: Path, change: Any, arguments: tuple[str, ...], says: str
) -> None:
    """A verdict that got better because less was looked at says so, and a strict run is incomplete."""
    change(before)

    codes = [check(before, "--previous", "before.json", *arguments)]
    assert says in told(before)
    assert bool(says) is bool(told(before))
    codes.append(check(before, "--previous", "before.json", "--strict", *arguments))

    assert [0, 4 if says else 0] == codes


def test_f_a14_a_rule_that_is_disabled_is_told(before: Path) -> None:
    """A rule that a policy on top of ours turns off did not vanish, and counts no more."""
    (before / "top.yaml").write_text(
        'policy: top\nversion: "1.0.0"\ntitle: On top\nextends: ./corp.yaml\n'
        "rules:\n  - {id: CORP0002, disabled: true, reason: It is seen elsewhere}\n",
        "utf-8",
    )
    done = check_fleet(before, "--previous", "before.json", policies=("top.yaml",))

    assert 0 == done.code, done.err
    assert "'CORP0002' was on in the earlier run and is disabled now" in told(before)
    assert 4 == check_fleet(before, "--previous", "before.json", "--strict", policies=("top.yaml",)).code


def test_t62_ten_rules_that_vanished_are_named(tmp_path: Path) -> None:
    """A policy of the earlier run that is not given at all takes all of its rules with it."""
    make_fleet(tmp_path)
    (tmp_path / "corp.yaml").write_text(CORP, "utf-8")
    assert 0 == check_fleet(tmp_path, policies=("corp.yaml", "v2-endpoint")).code
    (tmp_path / "results.json").rename(tmp_path / "before.json")

    assert 4 == check(tmp_path, "--previous", "before.json", "--strict")
    assert all(f"'AADC{number:04}'" in told(tmp_path) for number in range(1, 12))


def test_f_a13_a_narrowed_earlier_run_is_told(before: Path) -> None:
    """An earlier run that was partial is no measure of completeness, and says so."""
    assert 0 == check(before, "--rule", "CORP0001")
    (before / "results.json").rename(before / "narrow.json")

    assert 0 == check(before, "--previous", "narrow.json", "--strict")
    assert "The earlier run was narrowed" in told(before)


def test_f_a13_narrowing_hides_nothing_from_the_comparison(before: Path) -> None:
    """A run of some rules is partial, so that strict refuses it whatever the comparison says."""
    corp(_SECOND, "")(before)

    codes = [
        check(before, "--previous", "before.json", *chosen, *strict)
        for chosen in (("--rule", "CORP0001"), ("--tag", "scheduler"), ("--limit", ACTIVE, "--rule", "CORP0001"))
        for strict in ((), ("--strict",))
    ]

    assert [0, 4, 0, 4, 0, 4] == codes


def spoiled(change: Any) -> Any:
    """Give the change of the earlier results."""

    def spoil(folder: Path) -> None:
        path = folder / "before.json"
        document = json.loads(path.read_text("utf-8"))
        change(document)
        path.write_text(json.dumps(document), "utf-8")

    return spoil


def cut(folder: Path) -> None:
    """Cut the earlier results off."""
    path = folder / "before.json"
    path.write_bytes(path.read_bytes()[:-100])


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        pytest.param(cut, 3, id="cut off"),
        pytest.param(lambda folder: (folder / "before.json").write_bytes(b""), 3, id="empty"),
        pytest.param(lambda folder: (folder / "before.json").write_bytes(b"[]"), 3, id="a list"),
        pytest.param(lambda folder: (folder / "before.json").unlink(), 2, id="gone"),
        pytest.param(spoiled(lambda one: one["rules"].clear()), 3, id="without rules"),
        pytest.param(spoiled(lambda one: one["rules"].pop()), 3, id="without a rule that has findings"),
        pytest.param(spoiled(lambda one: one["findings"].pop()), 3, id="without a finding"),
        pytest.param(spoiled(lambda one: one["run"].update(interrupted=True)), 3, id="of an interrupted run"),
        pytest.param(spoiled(lambda one: one["findings"][-1].update(tenant=None)), 3, id="a finding of nobody"),
    ],
)
def test_an_earlier_run_that_cannot_be_used_is_no_earlier_run(before: Path, spoil: Any, code: int) -> None:
    """Results out of which something was taken would hide what went missing since."""
    spoil(before)

    assert code == check(before, "--previous", "before.json")


@pytest.mark.parametrize("name", ["expected", "left_out"])
def test_servers_that_were_left_out_were_expected(before: Path, name: str) -> None:
    """Whether the earlier run looked at a server or left it out, the inventory expected it then."""
    arguments = ("--limit", ACTIVE, "--rule", "CORP0001") if name == "left_out" else ()
    assert 0 == check(before, *arguments)
    (before / "results.json").rename(before / "before.json")
    lose_server(before)

    check(before, "--previous", "before.json")

    assert f"The server '{STAGING}' was expected" in told(before)


def git(folder: Path, *arguments: str) -> str:
    """Run git on a repository of the test."""
    done = subprocess.run(
        ["git", "-c", "user.name=Ann", "-c", "user.email=ann@fabrikam.com", *arguments],
        cwd=folder,
        env={"PATH": os.environ["PATH"], "HOME": str(folder), "GIT_CONFIG_NOSYSTEM": "1"},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    return done.stdout.strip()


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """Give a repository with a policy and its base, an inventory and waivers, all of them committed."""
    make_fleet(tmp_path)
    setting("active", "SynchronizationSchedule", "False")(tmp_path)
    (tmp_path / "base.yaml").write_text(CORP, "utf-8")
    (tmp_path / "corp.yaml").write_text('policy: ours\nversion: "1.0.0"\ntitle: Ours\nextends: ./base.yaml\n', "utf-8")
    write_waivers(tmp_path, waiver("CORP0001", servers=f"[{ACTIVE}]"))
    git(tmp_path, "init", "--quiet", "--initial-branch=main")
    git(tmp_path, "add", "corp.yaml", "base.yaml", "inventory.yaml", "waivers.yaml")
    git(tmp_path, "commit", "--quiet", "--message=first")
    return tmp_path


CLEAN = ("--waivers", "waivers.yaml", "--require-clean")


def test_t61_committed_files_are_clean_and_their_revision_is_told(repository: Path) -> None:
    """F-D23: every file that decides about the run is named with its commit."""
    done = check_fleet(repository, *CLEAN, policies=("corp.yaml",))

    assert 0 == done.code, done.err
    commit = git(repository, "rev-parse", "HEAD")
    assert [
        (name, "clean", commit, "main") for name in ("base.yaml", "corp.yaml", "inventory.yaml", "waivers.yaml")
    ] == [(one["path"], one["state"], one["commit"], one["branch"]) for one in results(repository)["revisions"]]


@pytest.mark.parametrize("name", ["base.yaml", "corp.yaml", "inventory.yaml", "waivers.yaml"])
@pytest.mark.parametrize("how", ["modified", "staged", "untracked", "forgotten"])
def test_t61_a_file_that_is_not_as_it_was_committed_is_refused(repository: Path, name: str, how: str) -> None:
    """F-D23: also a base that another policy builds on, and also where git was told not to look."""
    path = repository / name
    if how == "forgotten":
        git(repository, "update-index", "--assume-unchanged", name)
    if how == "untracked":
        git(repository, "rm", "--quiet", "--cached", name)
        git(repository, "commit", "--quiet", "--message=second")
    else:
        path.write_text(path.read_text("utf-8") + "# one line more\n", "utf-8")
    if how == "staged":
        git(repository, "add", name)
    state = "untracked" if how == "untracked" else "modified"

    done = check_fleet(repository, *CLEAN, policies=("corp.yaml",))

    assert (3, "") == (done.code, done.out)
    assert f"{name}:1:1: --require-clean: it is not committed as it is ({state})." in done.err
    assert 0 == check_fleet(repository, *CLEAN[:2], policies=("corp.yaml",)).code
    assert state in {one["state"] for one in results(repository)["revisions"] if one["path"] == name}


def test_t61_files_that_lie_in_no_repository_are_refused(tmp_path: Path) -> None:
    """What has no history at all is not clean."""
    make_fleet(tmp_path)

    done = check_fleet(tmp_path, "--require-clean", policies=("v2-endpoint",))

    assert 3 == done.code
    assert (
        "inventory.yaml:1:1: --require-clean: it is not committed as it is. The file lies in no repository of git."
        in done.err
    )


def test_t61_shipped_policies_need_no_repository(repository: Path) -> None:
    """They come with the checker; whoever has it has them as they are."""
    assert 1 == check_fleet(repository, "--require-clean", policies=("v2-endpoint", "fleet")).code


def test_t61_a_table_of_ends_of_support_is_one_of_the_files(repository: Path) -> None:
    """It decides which versions are supported; one that is nobody's commit is refused."""
    shutil.copy(CHECKOUT / "policies/tables/product-support.yaml", repository / "table.yaml")
    arguments = ("--support-table", "table.yaml", "--require-clean")

    assert 3 == check_fleet(repository, *arguments, policies=("v2-endpoint",)).code
    git(repository, "add", "table.yaml")
    git(repository, "commit", "-q", "-m", "table")
    assert 1 == check_fleet(repository, *arguments, policies=("v2-endpoint", "fleet")).code
