"""What version control says of the files of a run, also where it lies, refuses, or wants to run something."""

from __future__ import annotations

import os
import stat
import subprocess
from pathlib import Path

import pytest

from checker.cli.revisions import revisions_of
from checker.model.result import Revision

needs_shell = pytest.mark.skipif(os.name == "nt", reason="the programs of these repositories are shell scripts")


def _git(folder: Path, *arguments: str) -> str:
    name = ("-c", "user.name=Ann", "-c", "user.email=ann@contoso.com", "-c", "protocol.file.allow=always")
    done = subprocess.run(
        ["git", *name, *arguments],
        cwd=folder,
        env={"PATH": os.environ["PATH"], "HOME": str(folder), "GIT_CONFIG_NOSYSTEM": "1"},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()


def _repository(folder: Path, **files: str) -> str:
    """Make a repository with *files* in one commit, and give that."""
    folder.mkdir(parents=True, exist_ok=True)
    _git(folder, "init", "--quiet", "--initial-branch=main")
    for name, content in files.items():
        (folder / f"{name}.yaml").write_text(content, newline="")
    _git(folder, "add", ".")
    _git(folder, "commit", "--quiet", "--message=first")
    return _git(folder, "rev-parse", "HEAD")


def _states(folder: Path, *paths: str) -> list[str]:
    return [revision.state for revision in revisions_of(paths, folder)]


def test_t61_a_clean_file(tmp_path: Path) -> None:
    """A file that is as it was committed is clean, with the commit and the branch."""
    commit = _repository(tmp_path, corp="policy: corp\n")

    assert (Revision("corp.yaml", "clean", commit, "main"),) == revisions_of(["corp.yaml"], tmp_path)


def test_t61_every_state_in_one_repository(tmp_path: Path) -> None:
    """Modified, untracked, ignored and staged files are told apart from clean ones, in the order that was asked for."""
    _repository(tmp_path, clean="a\n", changed="b\n", staged="c\n")
    (tmp_path / "changed.yaml").write_text("other\n")
    (tmp_path / "staged.yaml").write_text("other\n")
    _git(tmp_path, "add", "staged.yaml")
    (tmp_path / "new.yaml").write_text("new\n")
    (tmp_path / ".gitignore").write_text("ignored.yaml\n")
    (tmp_path / "ignored.yaml").write_text("x\n")

    names = ["new.yaml", "clean.yaml", "changed.yaml", "ignored.yaml", "staged.yaml"]

    assert ["untracked", "clean", "modified", "untracked", "modified"] == _states(tmp_path, *names)


@pytest.mark.parametrize("flag", ["--assume-unchanged", "--skip-worktree"])
def test_t61_an_index_that_was_told_not_to_look(tmp_path: Path, flag: str) -> None:
    """A changed file is modified also where git was told to take it for unchanged."""
    _repository(tmp_path, corp="a\n")
    _git(tmp_path, "update-index", flag, "corp.yaml")
    (tmp_path / "corp.yaml").write_text("b\n")

    assert "" == _git(tmp_path, "status", "--porcelain")
    assert ["modified"] == _states(tmp_path, "corp.yaml")


def test_t61_a_replaced_object_changes_nothing(tmp_path: Path) -> None:
    """`git replace` puts other content in place of what was committed; the commit itself counts."""
    _repository(tmp_path, corp="a\n")
    (tmp_path / "corp.yaml").write_text("b\n")
    _git(
        tmp_path,
        "replace",
        _git(tmp_path, "hash-object", "-w", "corp.yaml"),
        _git(tmp_path, "rev-parse", "HEAD:corp.yaml"),
    )
    _git(
        tmp_path,
        "replace",
        "--force",
        _git(tmp_path, "rev-parse", "HEAD:corp.yaml"),
        _git(tmp_path, "hash-object", "corp.yaml"),
    )

    assert ["modified"] == _states(tmp_path, "corp.yaml")


def test_t61_line_ends_of_windows(tmp_path: Path) -> None:
    """A working copy may have other line ends than the commit."""
    _repository(tmp_path, corp="a\nb\n")
    (tmp_path / "corp.yaml").write_bytes(b"a\r\nb\r\n")

    assert ["clean"] == _states(tmp_path, "corp.yaml")


def test_t61_the_bytes_that_were_read_count(tmp_path: Path) -> None:
    """What the run has read is compared, and not what the file holds a moment later."""
    _repository(tmp_path, corp="a\n")

    (told,) = revisions_of(["corp.yaml"], tmp_path, contents={"corp.yaml": b"b\n"})
    (again,) = revisions_of(["corp.yaml"], tmp_path, contents={"corp.yaml": None})

    assert ("modified", "clean") == (told.state, again.state)


def test_t61_no_repository(tmp_path: Path) -> None:
    """A file outside of any repository has no state; an empty folder `.git` makes none."""
    (tmp_path / "corp.yaml").write_text("a\n")
    (tmp_path / ".git").mkdir()

    (told,) = revisions_of(["corp.yaml"], tmp_path)

    assert Revision("corp.yaml", "none", detail="The file lies in no repository of git.") == told


def test_t61_a_file_that_is_not_there(tmp_path: Path) -> None:
    """What cannot be read is said to be so."""
    assert ["unreadable", "unreadable"] == _states(tmp_path, "gone.yaml", "a\0b")


def test_t61_no_commit_yet(tmp_path: Path) -> None:
    """In a repository without a commit everything is untracked."""
    _git(tmp_path, "init", "--quiet")
    (tmp_path / "corp.yaml").write_text("a\n")

    (told,) = revisions_of(["corp.yaml"], tmp_path)

    assert Revision("corp.yaml", "untracked", detail="The repository has no commit yet.") == told


def test_t61_a_detached_head(tmp_path: Path) -> None:
    """A detached head has a commit and no branch."""
    commit = _repository(tmp_path, corp="a\n")
    _git(tmp_path, "checkout", "--quiet", "--detach")

    assert (Revision("corp.yaml", "clean", commit, ""),) == revisions_of(["corp.yaml"], tmp_path)


def test_t61_a_shallow_clone(tmp_path: Path) -> None:
    """A shallow clone is said to be one."""
    commit = _repository(tmp_path / "origin", corp="a\n")
    _git(tmp_path, "clone", "--quiet", "--depth=1", (tmp_path / "origin").as_uri(), "copy")

    (told,) = revisions_of(["copy/corp.yaml"], tmp_path)

    assert ("clean", commit) == (told.state, told.commit)
    assert "The clone is shallow: not all of its history is there." == told.detail


def test_t61_several_repositories_and_a_worktree(tmp_path: Path) -> None:
    """Each file is judged by its own repository, also one within another, and a worktree."""
    _repository(tmp_path / "a", corp="a\n")
    _repository(tmp_path / "a/inner", corp="b\n")
    _git(tmp_path / "a", "worktree", "add", "--quiet", str(tmp_path / "tree"))
    (tmp_path / "tree/corp.yaml").write_text("changed\n")

    assert ["clean", "clean", "modified"] == _states(tmp_path, "a/corp.yaml", "a/inner/corp.yaml", "tree/corp.yaml")


@needs_shell
def test_t61_a_link_is_judged_by_what_it_leads_to(tmp_path: Path) -> None:
    """A committed link to a file outside does not make that file clean."""
    _repository(tmp_path / "a", corp="a\n")
    (tmp_path / "outside.yaml").write_text("b\n")
    (tmp_path / "a/link.yaml").symlink_to(tmp_path / "outside.yaml")
    _git(tmp_path / "a", "add", ".")
    _git(tmp_path / "a", "commit", "--quiet", "--message=link")

    assert ["none"] == _states(tmp_path, "a/link.yaml")


@pytest.mark.parametrize("name", ["ü ö.yaml", "a:b.yaml", "-x.yaml", "HEAD", "*.yaml", '"q".yaml', "a\tb.yaml"])
@needs_shell
def test_t61_odd_names(tmp_path: Path, name: str) -> None:
    """A name that means something to git means only itself."""
    _repository(tmp_path, corp="a\n")
    (tmp_path / name).write_text("x\n")
    assert ["untracked"] == _states(tmp_path, name)

    _git(tmp_path, "add", "--all")
    _git(tmp_path, "commit", "--quiet", "--message=odd")

    assert ["clean"] == _states(tmp_path, name)


@needs_shell
def test_t61_a_line_break_in_a_name_is_never_clean(tmp_path: Path) -> None:
    """A name that could be taken for two answers for nobody, itself included."""
    _repository(tmp_path, corp="a\n")
    (tmp_path / "x\ncorp.yaml").write_text("a\n")

    assert ["untracked", "clean"] == _states(tmp_path, "x\ncorp.yaml", "corp.yaml")


def test_t61_git_is_not_installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without git nothing is said; a program of that name in the working directory is not taken for it."""
    _repository(tmp_path, corp="a\n")
    fake = tmp_path / "git"
    fake.write_text("#!/bin/sh\ntouch ran\n")
    fake.chmod(0o755)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", os.pathsep.join(["", "."]))

    (told,) = revisions_of(["corp.yaml"], tmp_path)

    assert Revision("corp.yaml", "none", detail="git is not installed.") == told
    assert not (tmp_path / "ran").exists()


def _put_git(folder: Path, script: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Put a program in place of git."""
    folder.mkdir()
    program = folder / "git"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")


@pytest.mark.parametrize(
    ("script", "words"),
    [
        pytest.param(
            "echo \"fatal: detected dubious ownership in repository at '/home/eve/x'\" >&2; exit 128",
            "git does not trust the repository, which belongs to another user; see safe.directory.",
            id="safe.directory",
        ),
        pytest.param("exit 3", "git cannot read the repository (its exit code is 3).", id="an error"),
        pytest.param("sleep 5", "git gave no answer within 0.2 seconds.", id="no end"),
        pytest.param(
            'case "$*" in *rev-parse*) printf "false\\n%040d\\nHEAD\\n" 0;; esac',
            "git cannot read the repository (its exit code is 0).",
            id="too few answers",
        ),
    ],
)
@needs_shell
def test_t61_git_refuses(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str, words: str) -> None:
    """What git does not tell is unreadable, in words that name no path of the machine."""
    _repository(tmp_path, corp="a\n")
    _put_git(tmp_path / "bin", f"exec 2>&2; {script}", monkeypatch)

    (told,) = revisions_of(["corp.yaml"], tmp_path, seconds=0.2 if "sleep" in script else 20)

    assert Revision("corp.yaml", "unreadable", detail=words) == told


@needs_shell
def test_t61_git_that_cannot_be_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A git that does not start is told, too."""
    _repository(tmp_path, corp="a\n")
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/git").write_bytes(b"\x7fELF nonsense")
    (tmp_path / "bin/git").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))

    assert ["git cannot be run: Exec format error."] == [one.detail for one in revisions_of(["corp.yaml"], tmp_path)]


@needs_shell
def test_t61_two_processes_for_a_repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many files are asked for, git is started twice."""
    _repository(tmp_path / "r", **{f"p{number}": f"{number}\n" for number in range(50)})
    git = subprocess.run(["sh", "-c", "command -v git"], capture_output=True, text=True, check=True).stdout.strip()
    _put_git(tmp_path / "bin", f'echo x >>"{tmp_path}/started"; exec {git} "$@"', monkeypatch)

    states = _states(tmp_path / "r", *(f"p{number}.yaml" for number in range(50)))

    assert (["clean"] * 50, "x\nx\n") == (states, (tmp_path / "started").read_text())


@needs_shell
def test_t61_the_environment_does_not_point_elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """GIT_DIR and its like name another repository, and do not count."""
    _repository(tmp_path / "a", corp="a\n")
    _repository(tmp_path / "b", corp="b\n")
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "b/.git"))
    monkeypatch.setenv("GIT_CONFIG_PARAMETERS", "nonsense")

    assert ["clean"] == _states(tmp_path, "a/corp.yaml")


@needs_shell
@pytest.mark.parametrize("partial", [False, True], ids=["whole", "partial clone"])
def test_t61_a_hostile_repository_runs_nothing(tmp_path: Path, *, partial: bool) -> None:
    """No program that a repository's configuration names is started, and no remote is reached."""
    _repository(tmp_path / "r", corp="a\n")
    program = tmp_path / "evil"
    program.write_text(f"#!/bin/sh\ntouch '{tmp_path}/ran'\ncat\n")
    program.chmod(0o755)
    hooks = tmp_path / "hooks"
    hooks.mkdir()
    for hook in ("post-checkout", "reference-transaction", "fsmonitor-watchman", "pre-auto-gc"):
        (hooks / hook).symlink_to(program)
    settings = {
        "core.fsmonitor": str(program),
        "core.hooksPath": str(hooks),
        "core.pager": str(program),
        "core.sshCommand": str(program),
        "core.editor": str(program),
        "core.askPass": str(program),
        "credential.helper": str(program),
        "diff.external": str(program),
        "filter.evil.clean": str(program),
        "filter.evil.smudge": str(program),
        "filter.evil.process": str(program),
        "filter.evil.required": "true",
        "pager.rev-parse": str(program),
        "pager.cat-file": str(program),
        "alias.cat-file": f"!{program}",
        "protocol.ext.allow": "always",
        "remote.origin.url": f"ext::{program}",
        "remote.origin.uploadpack": str(program),
        "remote.origin.promisor": "true",
    }
    if partial:
        settings |= {"core.repositoryFormatVersion": "1", "extensions.partialClone": "origin"}
        tree = _git(tmp_path / "r", "rev-parse", "HEAD^{tree}")
        (tmp_path / "r/.git/objects" / tree[:2] / tree[2:]).unlink()
    for name, value in settings.items():
        _git(tmp_path / "r", "config", name, value)
    (tmp_path / "r/.git/info/attributes").write_text("* filter=evil diff=evil\n")
    (tmp_path / "r/corp.yaml").write_text("b\n")

    states = _states(tmp_path, "r/corp.yaml")

    assert states in (["untracked"], ["unreadable"]) if partial else states == ["modified"]
    assert not (tmp_path / "ran").exists()
