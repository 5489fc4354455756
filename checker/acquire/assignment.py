"""Which server each reading speaks of."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from checker.acquire.paths import STDIN, InputFile
from checker.acquire.reading import Reading

UNNAMED = "unnamed"
"""The name of the one server of a run in which nothing names a server."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """A reading, and how it came to its server."""

    reading: Reading
    assignment: str  # as reports show it


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """The readings of each server, and those that belong to none for sure."""

    servers: Mapping[str, tuple[Placed, ...]] = field(default_factory=dict)
    ambiguous: Mapping[str, str] = field(default_factory=dict)  # why, by the path of the file


def same_computer(names: Sequence[str]) -> Mapping[str, str]:
    """
    Give each of *names* the name of its server.

    Letter case does not tell servers apart, and a short name is the only long one that starts with it.
    """
    shown = {name.casefold(): name for name in sorted(names, reverse=True)}
    long_names: dict[str, list[str]] = defaultdict(list)
    for key in shown:
        label, dot, _ = key.partition(".")
        if dot:
            long_names[label].append(key)
    return {
        name: shown[long_names[key][0]] if len(long_names.get(key, ())) == 1 else shown[key]
        for name in names
        for key in (name.casefold(),)
    }


def assign(readings: Sequence[tuple[InputFile, Reading]], *, server: str | None) -> Assignment:
    """
    Find the server of each reading.

    It is the one that its content names; else the one server of its folder; else *server*, the word of the command
    line. A file that the command line names for itself, and standard input, go to the only server of the run. What is
    left belongs to none for sure, unless nothing names a server at all and one place holds everything.
    """
    named = [reading.computer for _, reading in readings if reading.computer]
    names = same_computer([*named, server] if server else named)
    homes = _servers_by_folder(readings, names)
    everyone = sorted(set(names.values()))
    exports = frozenset(_home(file, reading) for file, reading in readings if reading.computer and reading.group)
    alone = _unnamed_homes(readings) if not everyone else frozenset()
    servers: dict[str, list[Placed]] = defaultdict(list)
    ambiguous: dict[str, str] = {}
    for file, reading in readings:
        owner, how = (
            (names[reading.computer], "named in the file")
            if reading.computer
            else _owner(
                file, _folders(file, reading, exports), homes, names[server] if server else None, everyone, alone
            )
        )
        if owner is None:
            ambiguous[reading.path] = how
        else:
            servers[owner].append(Placed(reading=reading, assignment=how))
    return Assignment(servers={name: tuple(servers[name]) for name in sorted(servers)}, ambiguous=ambiguous)


def _owner(  # noqa: PLR0913, PLR0917 - all that an owner is found by
    file: InputFile,
    folders: Sequence[str],
    homes: Mapping[str, frozenset[str]],
    server: str | None,
    everyone: Sequence[str],
    alone: frozenset[str],
) -> tuple[str | None, str]:
    for folder in folders:
        inside = homes.get(folder, frozenset())
        if len(inside) == 1:
            return next(iter(inside)), "assigned by folder"
        if inside:
            if server:
                return server, "assigned by --server"
            return None, f"It names no server, and its folder holds several ({_listed(inside)}); say --server NAME."
    if server:
        return server, "assigned by --server"
    if len(everyone) == 1 and file.named:
        return everyone[0], "assigned to the only server"
    if everyone:
        return (
            None,
            f"Neither it nor a file of its folder names a server (there is {_listed(everyone)}); say --server NAME.",
        )
    if len(alone) == 1:
        return UNNAMED, "no file names the server"
    return None, "No file names a server, and the files lie in several folders; say --server NAME for each."


def _listed(names: Sequence[str] | frozenset[str]) -> str:
    return ", ".join(f"'{name}'" for name in sorted(names))


def _servers_by_folder(
    readings: Sequence[tuple[InputFile, Reading]], names: Mapping[str, str]
) -> Mapping[str, frozenset[str]]:
    """Give the servers that are named anywhere below each folder."""
    homes: dict[str, set[str]] = defaultdict(set)
    for file, reading in readings:
        if reading.computer:
            for folder in PurePosixPath(file.path).parents:
                homes[str(folder)].add(names[reading.computer])
    return {folder: frozenset(inside) for folder, inside in homes.items()}


def _folders(file: InputFile, reading: Reading, exports: frozenset[str]) -> list[str]:
    """
    Give the folders whose one server is that of *file*.

    A part of an export belongs to its export alone. Any other file belongs to its own folder; to an export that it
    lies in, at whatever depth; and, in a support bundle, to the configuration beside it. A neighbouring folder is
    never asked: it may well be of another server.
    """
    if file.path == STDIN:
        return []
    if reading.group:
        return [_home(file, reading)]
    own, *above = PurePosixPath(file.path).parents
    bundle = [own.parent] if (own.parent.name.casefold(), own.name.casefold()) == _BUNDLE else []
    return [str(own), *map(str, bundle), *(str(one) for one in above if str(one) in exports)]


_BUNDLE = ("config", "general")
"""Where a support bundle keeps its registry exports: beside `CONFIG/MEC`, the export of the configuration."""


def _unnamed_homes(readings: Sequence[tuple[InputFile, Reading]]) -> frozenset[str]:
    """Give the places where readings lie that name no server: one export, or one folder, is one place."""
    return frozenset(_home(file, reading) for file, reading in readings)


def _home(file: InputFile, reading: Reading) -> str:
    inside = f"{reading.group}/" if reading.group not in ("", ".") else ""
    if reading.group and file.name.startswith(inside):
        return file.path[: len(inside) - len(file.name) - 1]
    return str(PurePosixPath(file.path).parent)
