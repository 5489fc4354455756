"""What files are called where a report leaves this machine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from os.path import normpath
from pathlib import Path, PurePath

from checker.acquire.first_look import Look
from checker.acquire.paths import Inputs


def portable_names(
    inputs: Inputs, looks: Sequence[Look], owners: Mapping[str, str], only: str, folder: Path
) -> dict[str, str]:
    """
    Name files and export folders without telling where they lie on this machine.

    What lies outside of the working directory *folder* is called after its server, by *owners*, or else *only*. Facts
    that were collected from running servers are called by their place in the folder of facts, wherever that lies.
    """
    places = {file.name: (file.path, file.root) for file in inputs.files}
    places |= {one.path: (one.place, one.root) for one in inputs.skipped}
    places |= {one.path: (one.place, one.root) for one in inputs.refused}
    here = f"{str(folder).rstrip('/')}/"
    names: dict[str, str] = {}
    for name, (path, root) in places.items():
        below = path.removeprefix(root).strip("/") or path.rpartition("/")[2]
        owner = _segment(owners.get(name, only))
        names[name] = path[len(here) :] if path.startswith(here) else f"exports/{owner}/{below.strip('<>')}"
    names |= _collected(looks, places)
    for look in looks:
        group = look.reading.group
        if group and look.file.name.startswith(f"{group}/"):
            names[group] = names[look.file.name][: len(group) - len(look.file.name)]
    return names


def _collected(looks: Sequence[Look], places: Mapping[str, tuple[str, str]]) -> dict[str, str]:
    files = {look.file.name for look in looks if look.reading.collection is not None and not look.file.named}
    below = {name: path.removeprefix(root).strip("/") for name in files for path, root in (places[name],)}
    # NOTE: two folders may hold documents of one name; then the name alone would not tell which is meant.
    return below if len(set(below.values())) == len(below) else {}


def portable_inventory(path: str, folder: Path) -> str:
    """Name the file of the inventory in the same way."""
    place = PurePath(normpath(folder / path))
    return place.relative_to(folder).as_posix() if place.is_relative_to(folder) else f"inventory/{_segment(place.name)}"


def _segment(name: str) -> str:
    """Make one folder name of a server's name."""
    safe = "".join(char if char.isascii() and (char.isalnum() or char in "-_.") else "_" for char in name)
    return safe.strip(".") or "_"
