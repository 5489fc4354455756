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

_MOST_NAMES = 8
"""So many servers are listed in a sentence; of a large fleet the rest is counted."""

ReadingKey = tuple[str, str | None]
"""What tells one reading of a run from all others: its file, and which document of it."""


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Owners:
    """Whose the readings are that name a server."""

    known: Mapping[ReadingKey, str]  # the server of each
    candidates: Mapping[ReadingKey, tuple[str, ...]] = field(default_factory=dict)  # where it may be one of several
    expected: tuple[str, ...] = ()  # servers that should be there, whether or not a file names them
    shown: Mapping[str, str] = field(default_factory=dict)  # how a server is called in sentences, where it differs


def key_of(reading: Reading) -> ReadingKey:
    """Give what tells *reading* from all others."""
    return reading.path, reading.document


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


def owners_by_name(readings: Sequence[tuple[InputFile, Reading]], server: str | None) -> tuple[Owners, str | None]:
    """Let every reading that names a server belong to it, and find the server that the command line names."""
    named = [reading.computer for _, reading in readings if reading.computer]
    names = same_computer([*named, server] if server else named)
    known = {key_of(reading): names[reading.computer] for _, reading in readings if reading.computer}
    return Owners(known=known), names[server] if server else None


def assign(
    readings: Sequence[tuple[InputFile, Reading]], *, server: str | None, owners: Owners | None = None
) -> Assignment:
    """
    Find the server of each reading.

    It is the one that its content names, by *owners* where an inventory says which servers there are; else the one
    server of its folder; else *server*, the word of the command line. A file that the command line names for itself,
    and standard input, go to the only server of the run. What is left belongs to none for sure, unless nothing names
    a server at all and one place holds everything.
    """
    if owners is None:
        owners, server = owners_by_name(readings, server)
    known = {key: (owner,) for key, owner in owners.known.items()}
    exports = frozenset(home_of(file, reading) for file, reading in readings if reading.computer and reading.group)
    found = frozenset(owners.known.values())
    everyone = sorted({*found, *owners.expected, *([server] if server else [])})
    search = _Search(
        homes=_servers_by_folder(readings, known), possible=_servers_by_folder(readings, {**known, **owners.candidates}),
        server=server, found=found, everyone=everyone, shown=owners.shown,
        alone=frozenset() if everyone else _unnamed_homes(readings),
    )  # fmt: skip
    servers: dict[str, list[Placed]] = defaultdict(list)
    ambiguous: dict[str, str] = {}
    for file, reading in readings:
        folders = _folders(file, reading, exports)
        owner: str | None
        if key_of(reading) in owners.known:
            owner, how = owners.known[key_of(reading)], "named in the file"
        elif key_of(reading) in owners.candidates:
            owner, how = search.among(owners.candidates[key_of(reading)], folders)
        else:
            owner, how = search.owner(file, folders)
        if owner is None:
            ambiguous[reading.path] = how
        else:
            servers[owner].append(Placed(reading=reading, assignment=how))
    return Assignment(servers={name: tuple(servers[name]) for name in sorted(servers)}, ambiguous=ambiguous)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Search:
    """All that the owner of a file is found by which does not tell it."""

    homes: Mapping[str, frozenset[str]]  # the servers that are named anywhere below each folder
    possible: Mapping[str, frozenset[str]]  # and those that may be meant there
    server: str | None  # the word of the command line
    found: frozenset[str]  # servers that some file names
    everyone: Sequence[str]  # these, and those that are expected
    shown: Mapping[str, str]
    alone: frozenset[str]  # the places of all files, where no file names a server

    def among(self, candidates: Sequence[str], folders: Sequence[str]) -> tuple[str | None, str]:
        """Find which of *candidates*, that are called alike, a file is of: the one that its folder holds."""
        for folder in folders:
            inside = self.homes.get(folder, frozenset()) & frozenset(candidates)
            if len(inside) == 1:
                return next(iter(inside)), "named in the file"
            if inside:
                break
        return None, f"It may be of several servers of one computer name ({self._listed(candidates)})."

    def owner(self, file: InputFile, folders: Sequence[str]) -> tuple[str | None, str]:
        """Find the server of a file that names none, and how; none where it may be of several, and why."""
        for folder in folders:
            inside = self.possible.get(folder, frozenset())
            if len(inside) == 1:
                return next(iter(inside)), "assigned by folder"
            if inside:
                if self.server:
                    return self.server, "assigned by --server"
                several = self._listed(inside)
                return None, f"It names no server, and its folder holds several ({several}); say --server NAME."
        if self.server:
            return self.server, "assigned by --server"
        if self.found and len(self.everyone) == 1 and file.named:
            return self.everyone[0], "assigned to the only server"
        if self.everyone:
            there = self._listed(self.everyone)
            return None, f"Neither it nor a file of its folder names a server (there is {there}); say --server NAME."
        if len(self.alone) == 1:
            return UNNAMED, "no file names the server"
        return None, "No file names a server, and the files lie in several folders; say --server NAME for each."

    def _listed(self, names: Sequence[str] | frozenset[str]) -> str:
        shown = [f"'{self.shown.get(name, name)}'" for name in sorted(names)]
        more = f" and {len(shown) - _MOST_NAMES} more" if len(shown) > _MOST_NAMES else ""
        return ", ".join(shown[:_MOST_NAMES]) + more


def _servers_by_folder(
    readings: Sequence[tuple[InputFile, Reading]], owners: Mapping[ReadingKey, tuple[str, ...]]
) -> Mapping[str, frozenset[str]]:
    """Give the servers that are named anywhere below each folder."""
    homes: dict[str, set[str]] = defaultdict(set)
    for file, reading in readings:
        inside = owners.get(key_of(reading))
        for folder in PurePosixPath(file.path).parents if inside else ():
            homes[str(folder)].update(inside or ())
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
        return [home_of(file, reading)]
    own, *above = PurePosixPath(file.path).parents
    bundle = [own.parent] if (own.parent.name.casefold(), own.name.casefold()) == _BUNDLE else []
    return [str(own), *map(str, bundle), *(str(one) for one in above if str(one) in exports)]


_BUNDLE = ("config", "general")
"""Where a support bundle keeps its registry exports: beside `CONFIG/MEC`, the export of the configuration."""


def _unnamed_homes(readings: Sequence[tuple[InputFile, Reading]]) -> frozenset[str]:
    """Give the places where readings lie that name no server: one export, or one folder, is one place."""
    return frozenset(home_of(file, reading) for file, reading in readings)


def home_of(file: InputFile, reading: Reading) -> str:
    """Give the folder of the export that *reading* is a part of, else the folder that the file lies in."""
    inside = f"{reading.group}/" if reading.group not in ("", ".") else ""
    if reading.group and file.name.startswith(inside):
        return file.path[: len(inside) - len(file.name) - 1]
    return str(PurePosixPath(file.path).parent)
