"""What the arguments name: policies, settings, tables, the clock, standard input."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from checker.acquire.exports import Surroundings
from checker.cli.bases import find_base
from checker.cli.named_file import is_there, read_named, read_whole, shown_path
from checker.errors import Mistake, PolicyError, UsageError
from checker.load.nearest import hint
from checker.load.policies import PolicyDocument, load_policies
from checker.load.support_table import load_support_table
from checker.model.location import Location
from checker.model.support import SupportTable
from checker.shipped import shipped_folder, shipped_policies


def find_policies(named: Sequence[str], flag: str = "--policy") -> tuple[PolicyDocument, ...]:
    """
    Read the policies *named*: shipped ones by their name, others by the path of a file or of a folder of files.

    Mistakes call the argument *flag*.

    Raises:
        UsageError: no shipped policy has the name, no file the path.
        PolicyError: a folder holds no policy, a file cannot be read.
    """
    found: list[PolicyDocument] = []
    missing: list[UsageError] = []
    for name in named:
        try:
            found += _policies(name, flag)
        except UsageError as error:
            missing.append(error)
    if missing:
        # NOTE: what is wrong with a policy outranks that another one does not exist.
        load_policies(found, {}, find_base)
        raise UsageError("; ".join(map(str, missing)))
    return tuple(found)


def _policies(name: str, flag: str) -> Iterator[PolicyDocument]:
    if not name:
        raise UsageError(f"{flag} '': the name is empty")
    is_path = "/" in name or "\\" in name or name.endswith((".yaml", ".yml"))
    path = Path(name)
    shipped = {} if is_path else shipped_policies()
    if name in shipped:
        yield PolicyDocument(path=f"{name}.yaml", content=shipped[name].read_bytes(), shipped=True)
    elif is_there(path, flag):
        yield from (
            PolicyDocument(path=shown_path(file), content=read_whole(file), shipped=False) for file in _files(path)
        )
    elif is_path:
        raise UsageError(f"{flag} {name!r}: no such file or folder")
    else:
        raise UsageError(f"{flag} {name!r}: no shipped policy has this name{hint(name, shipped)}")


def _files(path: Path) -> list[Path]:
    if not path.is_dir():
        return [path]
    try:
        inside = list(path.iterdir())
    except OSError as error:
        raise PolicyError([Mistake(Location(shown_path(path)), f"it cannot be read: {error.strerror}")]) from error
    found = sorted(file for file in inside if file.suffix in (".yaml", ".yml") and ".test." not in file.name)
    if not found:
        raise PolicyError([Mistake(Location(shown_path(path)), "there is no policy file (*.yaml) in this folder")])
    return found


def read_settings(texts: Sequence[str]) -> dict[str, str]:
    """
    Read the `NAME=VALUE` texts of --set.

    Raises:
        UsageError: a text has no equals sign, or a name is set twice.
    """
    settings: dict[str, str] = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not equals or not name:
            raise UsageError(f"--set {text!r}: NAME=VALUE is wanted")
        if name in settings:
            raise UsageError(f"--set {name!r} is given twice")
        settings[name] = value
    return settings


def find_surroundings(options: argparse.Namespace, clock: Callable[[], datetime]) -> Surroundings:
    """
    Gather what the outside lends to an acquisition.

    Raises:
        UsageError: the file of --support-table does not exist.
        PolicyError: the table cannot be used.
    """
    return Surroundings(
        folder=_working_directory(), stdin=_stdin, now=clock(), support=support_table(options.support_table)
    )


def _working_directory() -> Path:
    try:
        return Path.cwd()
    except OSError as error:
        raise UsageError(f"the working directory cannot be used: {error.strerror}") from error


def clock_of(options: argparse.Namespace) -> Callable[[], datetime]:
    """Give the clock of the run: that of the machine, or one that stands still at --as-of."""
    frozen: datetime | None = options.as_of
    return (lambda: datetime.now(UTC)) if frozen is None else (lambda: frozen)


def support_table(path: str | None) -> SupportTable:
    """
    Read the table of ends of support at *path*, or the shipped one.

    Raises:
        UsageError: there is no such file.
        PolicyError: the table cannot be used.
    """
    if path is None:
        table = shipped_folder("policies").joinpath("tables", "product-support.yaml")
        return load_support_table(table.read_bytes(), "policies/tables/product-support.yaml")
    return load_support_table(read_named(path, "--support-table"), shown_path(Path(path)))


def _stdin() -> BinaryIO:
    if sys.stdin is None:
        raise UsageError("--facts '-': there is no standard input")
    return sys.stdin.buffer
