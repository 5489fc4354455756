"""One server of a run, and what was found of it, before its facts are brought together."""

from __future__ import annotations

from dataclasses import dataclass

from checker.acquire.assignment import Placed
from checker.acquire.copies import NOTHING, Told
from checker.acquire.first_look import Look
from checker.model.facts import Unknown
from checker.model.inventory import ExpectedServer


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A reading of one server, perhaps only its outline, and how it came to the server."""

    look: Look
    assignment: str

    @property
    def placed(self) -> Placed:
        """The same for those who ask only for what was read."""
        return Placed(reading=self.look.reading, assignment=self.assignment)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """One server of the matrix, before its facts are brought together."""

    server: str
    parts: tuple[Part, ...] = ()  # all that was found of it
    told: Told = NOTHING  # what of this counts
    trouble: Unknown | None = None  # why none of its facts counts, or that there are none
    expected: ExpectedServer | None = None  # what the inventory says of it
    inventory: str = ""  # the file of the inventory
