"""The files that `--facts` names: files, folders, patterns, standard input."""

from __future__ import annotations

import glob
import os
import stat
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from checker.acquire.sample import MAX_BYTES
from checker.errors import UsageError

STDIN = "<stdin>"


@dataclass(frozen=True, slots=True, kw_only=True)
class InputFile:
    """A file to look at."""

    name: str  # the path as the user knows it, with forward slashes
    path: str  # the absolute path, for comparing folders; of standard input a place that no file has
    root: str  # the absolute path of the folder that was named, or that the named file lies in
    size: int
    named: bool = False  # the command line named this very file, not a folder or a pattern
    open: Callable[[], BinaryIO]


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """A file or folder that is there and cannot be looked at, so that what it would have said is missing."""

    path: str  # as the user knows it
    place: str = ""  # the absolute path
    root: str = ""  # the absolute path of the folder that was named
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Skipped:
    """What is passed over on purpose, and why."""

    path: str  # as the user knows it
    place: str  # the absolute path
    root: str  # the absolute path of the folder that was named
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Inputs:
    """What the command line named."""

    files: tuple[InputFile, ...]
    skipped: tuple[Skipped, ...]
    refused: tuple[Refused, ...]


_Found = InputFile | Skipped | Refused


def find_inputs(named: Sequence[str], *, folder: Path, stdin: Callable[[], BinaryIO]) -> Inputs:
    """
    Find the files behind the arguments *named*, relative to the working directory *folder*, each once.

    What starts with a dot is skipped, and said to be. A link to a folder is not followed: what lies behind it is missed.

    Raises:
        UsageError: a path does not exist, a pattern matches nothing.
    """
    files: dict[str, InputFile] = {}
    skipped: dict[str, Skipped] = {}
    refused: dict[str, Refused] = {}
    for argument in named:
        for found in _behind(argument, folder, stdin):
            match found:
                case InputFile():
                    files.setdefault(found.path, found)
                case Skipped():
                    skipped.setdefault(found.path, found)
                case Refused():
                    refused.setdefault(found.path, found)
    return Inputs(
        files=tuple(sorted(files.values(), key=lambda file: file.path)),
        skipped=tuple(sorted(skipped.values(), key=lambda one: one.path)),
        refused=tuple(sorted(refused.values(), key=lambda one: one.path)),
    )


def _behind(argument: str, folder: Path, stdin: Callable[[], BinaryIO]) -> Iterator[_Found]:
    if argument == "-":
        content = stdin().read(MAX_BYTES + 1)
        yield InputFile(
            name=STDIN, path=STDIN, root=STDIN, size=len(content), named=True, open=lambda: BytesIO(content)
        )
        return
    if not argument:
        raise UsageError("--facts '': the path is empty")
    try:
        path = folder / argument
        if path.is_dir():
            yield from _below(argument, path)
        elif path.exists():
            yield _file(argument, path, path.parent, named=True)
        else:
            yield from _matching(argument, folder)
    except ValueError as error:  # a NUL in the path
        raise UsageError(f"--facts {argument!r}: {error}") from error
    except OSError as error:  # a name too long, a folder above that may not be entered
        raise UsageError(f"--facts {argument!r}: {error.strerror}") from error


def _matching(argument: str, folder: Path) -> Iterator[_Found]:
    # NOTE: pathlib has no pattern that may start at the root of the disk.
    matches = sorted(glob.glob(argument, root_dir=folder, recursive=True)) if glob.has_magic(argument) else []  # noqa: PTH207
    if not matches:
        why = "the pattern matches nothing" if glob.has_magic(argument) else "no such file or folder"
        raise UsageError(f"--facts {argument!r}: {why}")
    fixed = Path(argument)
    while glob.has_magic(str(fixed)):
        fixed = fixed.parent
    for match in matches:
        if (folder / match).is_dir():
            yield from _below(match, folder / match, root=folder / fixed)
        else:
            yield _file(match, folder / match, folder / fixed)


def _below(name: str, top: Path, *, root: Path | None = None) -> Iterator[_Found]:
    found: list[_Found] = []
    base, above = Path(name.rstrip("/\\") or name), _absolute(root or top)

    def shown(path: Path) -> str:
        return _slashes(str(base / path.relative_to(top)))

    def refuse(path: Path, why: str) -> None:
        found.append(Refused(path=shown(path), place=_absolute(path), root=above, why=why))

    def refuse_folder(error: OSError) -> None:
        refuse(Path(error.filename), f"The folder cannot be read: {error.strerror}.")

    for current, folders, files in os.walk(top, onerror=refuse_folder):
        for path in sorted(Path(current, one) for one in [*folders, *files] if one.startswith(".")):
            why = "What is hidden is not looked at."
            found.append(Skipped(path=shown(path), place=_absolute(path), root=above, why=why))
        folders[:] = [one for one in folders if not one.startswith(".")]
        for path in (Path(current, one) for one in folders if Path(current, one).is_symlink()):
            refuse(path, "It is a link to a folder, which is not followed; name the folder itself.")
        paths = (Path(current, one) for one in files if not one.startswith("."))
        found += [_file(shown(path), path, root or top) for path in paths]
    yield from found


def _file(name: str, path: Path, root: Path, *, named: bool = False) -> _Found:
    # NOTE: a large fleet has many files, of which each is remembered: what they share is held once.
    shown, place, above = _slashes(name), _absolute(path), sys.intern(_absolute(root))
    try:
        status = path.stat()
    except OSError as error:
        return Refused(path=shown, place=place, root=above, why=f"It cannot be looked at: {error.strerror}.")
    if not stat.S_ISREG(status.st_mode):
        why = "It is no regular file."
        if named:  # somebody asked for what it says
            return Refused(path=shown, place=place, root=above, why=f"{why} '-' reads standard input.")
        return Skipped(path=shown, place=place, root=above, why=why)
    size = status.st_size
    known = place if place == str(path) else str(path)
    return InputFile(name=shown, path=place, root=above, size=size, named=named, open=partial(_open, known))


def _open(path: str) -> BinaryIO:
    return Path(path).open("rb")


def _absolute(path: Path) -> str:
    return _slashes(os.path.abspath(path))  # noqa: PTH100 - links are to stay as the user named them


def _slashes(path: str) -> str:
    return path.replace(os.sep, "/")
