"""
The files looked at one after the other: all of a small run is kept; of a large one only what tells whose a file is.

What was not kept is read again when its server is evaluated, and counts only if it is still the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from checker.acquire.paths import InputFile, Refused
from checker.acquire.reading import Reading
from checker.acquire.recognise import glance, understand
from checker.acquire.sample import UnreadableError
from checker.acquire.witness import Witness
from checker.model.facts import SourceFormat
from checker.model.result import NotUnderstood

BUDGET = 16 * 1024 * 1024
"""So many bytes of sources are read once and kept."""

TENANT_FACTS = ("tenant.id", "tenant.connector_name", "tenant.connector_account")
"""The facts that are kept of every file, for they tell servers of one name apart."""

_WEIGHT_OF_A_REGISTRY = 64 * 1024
"""What is kept of a registry export, of whatever size, is a handful of values."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """One reading of a file, whole or only its outline."""

    file: InputFile
    reading: Reading
    digest: str  # of the bytes that were read: of the file, or of the line that the document is


@dataclass(frozen=True, slots=True, kw_only=True)
class Looks:
    """What a first look at all files has found."""

    looks: tuple[Look, ...]
    strange: tuple[NotUnderstood, ...]
    refused: tuple[Refused, ...]


def first_look(files: Sequence[InputFile], budget: int = BUDGET) -> Looks:
    """Look at all *files*, and keep whole readings until *budget* bytes are used up."""
    looks: list[Look] = []
    strange: list[NotUnderstood] = []
    refused: list[Refused] = []
    for file in files:
        witness = Witness(file)
        keeper = _Keeper(file, budget)
        outline = glance(witness.file) if file.size > budget else None
        match (outline,) if outline else understand(witness.file, keeper.keep):
            case NotUnderstood() as found:
                strange.append(found)
            case Refused() as found:
                refused.append(found)
            case tuple() as found:
                budget = keeper.left
                looks += [
                    Look(file=file, reading=one, digest=one.span.sha256 if one.span else witness.digest())
                    for one in found
                ]
    return Looks(looks=tuple(looks), strange=tuple(strange), refused=tuple(refused))


def look_again(look: Look) -> Reading | None:
    """Give the whole of what *look* has outlined; None if the file holds something else by now."""
    if not look.reading.outline:
        return look.reading
    if look.reading.span:
        return _document_again(look)
    witness = Witness(look.file)
    found = understand(witness.file)
    if not isinstance(found, tuple) or len(found) != 1 or witness.digest() != look.digest:
        return None
    return found[0]


def _document_again(look: Look) -> Reading | None:
    from checker.acquire.facts_document import read_span  # noqa: PLC0415 - imported where there are such documents

    assert look.reading.span is not None  # noqa: S101 - asked before
    try:
        with look.file.open() as stream:
            return read_span(look.reading.path, look.reading.span, stream)
    except (OSError, UnreadableError):
        return None


class _Keeper:
    """Decides what is kept of the readings of one file."""

    def __init__(self, file: InputFile, left: int) -> None:
        self._file, self.left = file, left

    def keep(self, reading: Reading) -> Reading:
        """Give the reading, or its outline where there is no room for all of it."""
        weight = reading.span.length if reading.span else self._file.size
        if reading.format is SourceFormat.REGISTRY:
            weight = min(weight, _WEIGHT_OF_A_REGISTRY)
        if weight > self.left:
            return _outline(reading)
        self.left -= weight
        return reading


def _outline(reading: Reading) -> Reading:
    facts = {name: reading.facts[name] for name in TENANT_FACTS if name in reading.facts}
    return replace(reading, facts=facts, rules=None, connectors=(), instances=(), outline=True)
