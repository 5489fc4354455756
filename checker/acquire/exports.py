"""From what `--facts` names to one fact set for each server: the door of this room."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from checker.acquire.assignment import Assignment, assign
from checker.acquire.fact_set import build_fact_set
from checker.acquire.paths import InputFile, Inputs, Refused, find_inputs
from checker.acquire.reading import Reading
from checker.acquire.recognise import understand
from checker.model.catalogue import CATALOGUE
from checker.model.facts import FactSet, Reason, Unknown
from checker.model.location import Location
from checker.model.result import Diagnostic, NotUnderstood, Population
from checker.model.support import SupportTable


@dataclass(frozen=True, slots=True, kw_only=True)
class Acquired:
    """What was read of all servers, and what was not."""

    fact_sets: tuple[FactSet, ...]  # by the name of the server
    population: Population
    files_not_understood: tuple[NotUnderstood, ...]
    diagnostics: tuple[Diagnostic, ...]
    portable: dict[str, str]  # the name of each file that may leave this machine, by its path as the user knows it


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What the outside lends to an acquisition."""

    folder: Path  # the working directory
    stdin: Callable[[], BinaryIO]
    now: datetime
    support: SupportTable


def acquire(named: Sequence[str], *, server: str | None, surroundings: Surroundings) -> Acquired:
    """
    Read the files and folders *named*, and tell the servers apart; *server* owns what names none.

    Raises:
        UsageError: a path does not exist.
    """
    inputs = find_inputs(named, folder=surroundings.folder, stdin=surroundings.stdin)
    readings: list[tuple[InputFile, Reading]] = []
    strange = [NotUnderstood(one.path, one.why) for one in inputs.skipped]
    refused = list(inputs.refused)
    for file in inputs.files:
        match understand(file):
            case NotUnderstood() as found:
                strange.append(found)
            case Refused() as found:
                refused.append(found)
            case tuple() as found:
                readings += [(file, reading) for reading in found]
    assignment = assign(readings, server=server)
    fact_sets = [
        build_fact_set(name, placed, now=surroundings.now, support=surroundings.support)
        for name, placed in assignment.servers.items()
    ]
    missing = _missing(server, assignment)
    diagnostics = [
        Diagnostic(f"'{one.path}' cannot be read. {one.why}", Location(one.path), incomplete=True) for one in refused
    ]
    diagnostics += _ambiguous(assignment)
    diagnostics += [
        Diagnostic(f"No file belongs to the server '{name}' that --server names.", incomplete=True) for name in missing
    ]
    if not readings:
        diagnostics.append(Diagnostic("None of the files holds facts.", incomplete=True))
    received = tuple(one.server for one in fact_sets)
    return Acquired(
        fact_sets=tuple(sorted([*fact_sets, *map(_without_data, missing)], key=lambda one: one.server)),
        population=Population(expected=tuple(sorted([*received, *missing])), received=received, missing=missing),
        files_not_understood=tuple(sorted(strange, key=lambda one: one.path)),
        diagnostics=tuple(diagnostics),
        portable=_portable(inputs, readings, assignment, surroundings.folder),
    )


def _missing(server: str | None, assignment: Assignment) -> tuple[str, ...]:
    if server is None or server.casefold() in {name.casefold() for name in assignment.servers}:
        return ()
    short = {name.casefold().partition(".")[0] for name in assignment.servers}
    return () if server.casefold() in short else (server,)


def _without_data(server: str) -> FactSet:
    unknown = Unknown(Reason.NO_DATA, f"No file belongs to the server '{server}'.")
    return FactSet(server=server, facts=dict.fromkeys(CATALOGUE, unknown))


def _ambiguous(assignment: Assignment) -> list[Diagnostic]:
    """Tell the files that belong to no server for sure, one sentence for each folder and reason."""
    by_place: dict[tuple[str, str], list[str]] = {}
    for path, why in sorted(assignment.ambiguous.items()):
        by_place.setdefault((path.rpartition("/")[0], why), []).append(path)
    return [
        Diagnostic(
            f"'{paths[0]}'{f' (and {len(paths) - 1} more files beside it)' if len(paths) > 1 else ''}: {why}",
            Location(paths[0]),
            incomplete=True,
        )
        for (_, why), paths in by_place.items()
    ]


def _portable(
    inputs: Inputs, readings: Sequence[tuple[InputFile, Reading]], assignment: Assignment, folder: Path
) -> dict[str, str]:
    """Name files and export folders without telling where they lie on this machine."""
    owners = {placed.reading.path: name for name, all_ in assignment.servers.items() for placed in all_}
    places = {file.name: (file.path, file.root) for file in inputs.files}
    places |= {one.path: (one.place, one.root) for one in inputs.skipped}
    places |= {one.path: (one.place, one.root) for one in inputs.refused}
    only = next(iter(assignment.servers)) if len(assignment.servers) == 1 else "unknown"
    here = f"{str(folder).rstrip('/')}/"
    names: dict[str, str] = {}
    for name, (path, root) in places.items():
        below = path.removeprefix(root).strip("/") or path.rpartition("/")[2]
        owner = _segment(owners.get(name, only))
        names[name] = path[len(here) :] if path.startswith(here) else f"exports/{owner}/{below.strip('<>')}"
    for file, reading in readings:
        if reading.group and file.name.startswith(f"{reading.group}/"):
            names[reading.group] = names[file.name][: len(reading.group) - len(file.name)]
    return names


def _segment(name: str) -> str:
    """Make one folder name of a server's name."""
    safe = "".join(char if char.isascii() and (char.isalnum() or char in "-_.") else "_" for char in name)
    return safe.strip(".") or "_"
