"""Whole descriptions of one server that lie in several places: copies of each other, or contradictions."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from checker.acquire.first_look import Look
from checker.model.facts import SOURCE_TITLES, Reason, Source, SourceFormat, Unknown
from checker.model.location import Location

_SHOWN_DIGITS = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Description:
    """An export folder or a facts document: what stands for a server by itself."""

    format: SourceFormat
    place: str  # as the user knows it
    line: int
    digest: str  # of all its bytes
    looks: tuple[Look, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What counts of all that was found of one server."""

    counted: tuple[Look, ...]
    copies: tuple[Description, ...] = ()  # the same content again, which counts once
    duplicate: Unknown | None = None  # why nothing counts: there is different content
    places: str = ""  # where, with whole digests


NOTHING = Told(counted=())


def count_once(server: str, looks: Sequence[Look]) -> Told:
    """
    Leave out the copies among the *looks* of *server*, and say where it is described twice with different content.

    Byte for byte the same export folder or document is a copy. Files that complete each other, such as registry
    exports or cmdlet dumps, are compared fact by fact where they are brought together.
    """
    copies: list[Description] = []
    for same_format in _by_format(_descriptions(looks)):
        first, *others = same_format
        different = [one for one in others if one.digest != first.digest]
        if different:
            return _duplicate(server, looks, [first, *different])
        copies += others
    left_out = {id(look) for one in copies for look in one.looks}
    return Told(counted=tuple(look for look in looks if id(look) not in left_out), copies=tuple(copies))


def _duplicate(server: str, looks: Sequence[Look], found: Sequence[Description]) -> Told:
    what = SOURCE_TITLES[found[0].format]
    short = " and ".join(f"'{one.place}' (SHA-256 {one.digest[:_SHOWN_DIGITS]}…)" for one in found)
    whole = " and ".join(f"'{one.place}' (SHA-256 {one.digest})" for one in found)
    sources = tuple(Source(one.format, Location(one.place, one.line)) for one in found)
    detail = f"'{server}' has more than one {what}, of different content: {short}."
    return Told(
        counted=tuple(looks), duplicate=Unknown(Reason.DUPLICATE, detail, sources),
        places=f"'{server}' has more than one {what}, of different content: {whole}. Leave out all but one.",
    )  # fmt: skip


def _by_format(found: Sequence[Description]) -> list[list[Description]]:
    sorted_by_format: dict[SourceFormat, list[Description]] = defaultdict(list)
    for one in sorted(found, key=lambda one: (one.place, one.line)):
        sorted_by_format[one.format].append(one)
    return list(sorted_by_format.values())


def _descriptions(looks: Sequence[Look]) -> list[Description]:
    found: list[Description] = []
    exports: dict[str, list[Look]] = defaultdict(list)
    for look in looks:
        reading = look.reading
        if reading.group and reading.format is SourceFormat.SERVER_CONFIGURATION:
            exports[reading.group].append(look)
        elif reading.format is SourceFormat.FACTS and reading.computer:
            line = reading.span.line if reading.span else 1
            found.append(
                Description(format=reading.format, place=reading.path, line=line, digest=look.digest, looks=(look,))
            )
    return found + [_export(place, parts) for place, parts in exports.items()]


def _export(place: str, parts: Sequence[Look]) -> Description:
    inside = len(place) + 1 if place not in (".", "/") else 0
    # NOTE: what could not be read has no digest, and is never the copy of anything.
    lines = sorted(f"{one.reading.path[inside:]!r} {one.digest or one.file.path!r}\n" for one in parts)
    digest = hashlib.sha256("".join(lines).encode("utf-8", "surrogateescape")).hexdigest()
    return Description(
        format=SourceFormat.SERVER_CONFIGURATION, place=place, line=1, digest=digest, looks=tuple(parts)
    )  # fmt: skip
