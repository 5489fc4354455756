"""
What version control says of the files of a run: whether their bytes are those of the last commit.

The files are compared with the commit here, and git is asked for names only. Its own comparison would run the filters
that a repository configures, and would believe an index that was told not to look.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from checker.model.result import Revision

_SECONDS = 20.0
_NOTHING = os.devnull

_OPTIONS = (
    "--no-pager",
    "--no-optional-locks",
    "--no-replace-objects",
    "-c", "core.fsmonitor=false",
    "-c", f"core.hooksPath={_NOTHING}",
    "-c", "safe.bareRepository=explicit",
)  # fmt: skip


def revisions_of(
    paths: Iterable[str], folder: Path, *, contents: Mapping[str, bytes | None] | None = None, seconds: float = _SECONDS
) -> tuple[Revision, ...]:
    """
    Say of each of *paths*, which are relative to *folder*, how it stands to the last commit of its repository.

    *contents* are the bytes that the run has read, by path; a file without them is read again here. Nothing is raised:
    what git cannot or will not tell is a state of its own.
    """
    files = [_file(path, folder, contents or {}) for path in dict.fromkeys(paths)]
    by_root: dict[Path, list[_File]] = {}
    for file in files:
        if file.root is not None:
            by_root.setdefault(file.root, []).append(file)
    told = {file.path: _outside(file) for file in files}
    for root, inside in by_root.items():
        told |= {revision.path: revision for revision in _Repository(root, seconds).revisions(inside)}
    return tuple(told[file.path] for file in files)


@dataclass(frozen=True, slots=True)
class _File:
    path: str  # as the user knows it
    real: Path  # without symbolic links
    root: Path | None  # of its repository
    content: bytes | None  # none if it cannot be read


def _outside(file: _File) -> Revision:
    if file.content is None:
        return Revision(file.path, "unreadable", detail="The file cannot be read.")
    return Revision(file.path, "none", detail="The file lies in no repository of git.")


def _file(path: str, folder: Path, contents: Mapping[str, bytes | None]) -> _File:
    try:
        real = (folder / path).resolve(strict=True)
        content = contents.get(path)
        content = real.read_bytes() if content is None else content
        root = next((parent for parent in real.parents if _is_repository(parent)), None)
    except (OSError, ValueError, RuntimeError):
        return _File(path, folder, None, None)
    return _File(path, real, root, content)


def _is_repository(folder: Path) -> bool:
    entry = folder / ".git"
    return entry.is_file() or (entry / "HEAD").exists()


class _GitError(Exception):
    """Git did not answer; the sentence says why, and names no path of this machine."""


class _Repository:
    """One repository, asked twice at most whatever the number of files."""

    def __init__(self, root: Path, seconds: float) -> None:
        self._root = root
        self._seconds = seconds

    def revisions(self, files: Sequence[_File]) -> list[Revision]:
        """Say how *files* stand to the last commit."""
        try:
            git = _git()
        except _GitError as error:
            return [Revision(file.path, "none", detail=str(error)) for file in files]
        try:
            commit, branch, detail = self._head(git)
            blobs = self._blobs(git, commit, files) if commit else {}
        except _GitError as error:
            return [Revision(file.path, "unreadable", detail=str(error)) for file in files]
        return [Revision(file.path, _state(file, blobs.get(file.path, "")), commit, branch, detail) for file in files]

    def _head(self, git: str) -> tuple[str, str, str]:
        """Give the last commit, the branch, and what is to be said of the repository."""
        code, out, err = self._run(git, "rev-parse", "--is-shallow-repository", "HEAD", "--symbolic-full-name", "HEAD")
        lines = out.decode("utf-8", "replace").splitlines()
        if not lines or lines[0] not in ("true", "false"):
            raise _GitError(_refusal(code, err))
        if code != 0 or len(lines) < 3:
            return "", "", "The repository has no commit yet."
        detail = "The clone is shallow: not all of its history is there." if lines[0] == "true" else ""
        branch = lines[2].removeprefix("refs/heads/") if lines[2].startswith("refs/heads/") else ""
        return lines[1], branch, detail

    def _blobs(self, git: str, commit: str, files: Sequence[_File]) -> dict[str, str]:
        """Give the identifier of what the commit has at the path of each file; files that it does not have are left out."""
        asked = [(file, file.real.relative_to(self._root).as_posix()) for file in files]
        asked = [(file, name) for file, name in asked if "\n" not in name]
        lines = b"".join(os.fsencode(f"{commit}:{name}\n") for _, name in asked)
        code, out, err = self._run(git, "cat-file", "--batch-check=%(objectname) %(objecttype)", stdin=lines)
        answers = out.splitlines()
        if code != 0 or len(answers) != len(asked):
            raise _GitError(_refusal(code, err))
        return {
            file.path: answer.split()[0].decode("ascii", "replace")
            for (file, _), answer in zip(asked, answers, strict=True)
            if answer.endswith(b" blob")
        }

    def _run(self, git: str, *arguments: str, stdin: bytes = b"") -> tuple[int, bytes, bytes]:
        try:
            done = subprocess.run(  # noqa: S603 - the program is the user's own git, and the arguments are ours
                [git, *_OPTIONS, *arguments],
                cwd=self._root,
                env=_environment(self._root),
                input=stdin,
                capture_output=True,
                timeout=self._seconds,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise _GitError(f"git gave no answer within {self._seconds:g} seconds.") from error
        except OSError as error:
            raise _GitError(f"git cannot be run: {error.strerror}.") from error
        return done.returncode, done.stdout, done.stderr


def _git() -> str:
    """
    Find git on the path, and never in the working directory.

    Raises:
        _GitError: there is none.
    """
    folders = [folder for folder in os.environ.get("PATH", "").split(os.pathsep) if Path(folder).is_absolute()]
    found = shutil.which("git", path=os.pathsep.join(folders)) if folders else None
    # NOTE: on Windows the working directory is looked into before the path, and may hold anything.
    if found is None or Path(found).parent not in map(Path, folders):
        raise _GitError("git is not installed.")
    return found


def _environment(root: Path) -> dict[str, str]:
    """Give git the environment without what would point it elsewhere, and with what keeps it from reaching out."""
    kept = {name: value for name, value in os.environ.items() if not name.upper().startswith("GIT_")}
    return kept | {
        "LC_ALL": "C",
        "GIT_CEILING_DIRECTORIES": str(root.parent),
        "GIT_TERMINAL_PROMPT": "0",
        # NOTE: a partial clone fetches what it lacks, with programs that its configuration names; both forbid it.
        "GIT_NO_LAZY_FETCH": "1",
        "GIT_ALLOW_PROTOCOL": "none",
    }


def _refusal(code: int, err: bytes) -> str:
    # NOTE: git's own words name paths of this machine.
    if b"dubious ownership" in err or b"safe.directory" in err:
        return "git does not trust the repository, which belongs to another user; see safe.directory."
    return f"git cannot read the repository (its exit code is {code})."


def _state(file: _File, blob: str) -> str:
    if not blob:
        return "untracked"
    assert file.content is not None  # noqa: S101 - a file that cannot be read has no repository
    # NOTE: git may give a working copy the line ends of Windows; these files mean the same with either.
    both = (file.content, file.content.replace(b"\r\n", b"\n"))
    return "clean" if any(_blob_of(one, len(blob)) == blob for one in both) else "modified"


def _blob_of(content: bytes, length: int) -> str:
    """Give the identifier by which git knows *content*, of *length* digits."""
    name = "sha256" if length == 64 else "sha1"
    return hashlib.new(name, b"blob %d\0" % len(content) + content, usedforsecurity=False).hexdigest()
