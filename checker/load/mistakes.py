"""Gathering everything that is wrong in one document, so that its author mends it in one go."""

from __future__ import annotations

from typing import NoReturn

from checker.errors import Mistake, PolicyError
from checker.load.nodes import Place
from checker.model.location import Location

MOST_MISTAKES = 100
"""After so many the rest is not told: a hostile document must not keep the checker busy with its own complaints."""


class Mistakes:
    """The mistakes of one document, as they are found."""

    def __init__(self, path: str) -> None:
        """Start with none; *path* names the document as the user knows it."""
        self.path = path
        self._found: list[Mistake] = []

    def at(self, line: int, column: int, message: str) -> None:
        """
        Note a mistake.

        Raises:
            PolicyError: there are too many to go on.
        """
        self._found.append(Mistake(Location(self.path, line, column), message))
        if len(self._found) >= MOST_MISTAKES:
            self._found.append(Mistake(Location(self.path, line, column), "too many mistakes; the rest is not told"))
            raise PolicyError(self.found)

    def add(self, place: Place, message: str) -> None:
        """
        Note a mistake in what stands at *place*; see `at`.

        Raises:
            PolicyError: there are too many to go on.
        """
        self.at(place.line, place.column, message)

    def stop(self, line: int, column: int, message: str) -> NoReturn:
        """
        Note a mistake after which nothing can be understood.

        Raises:
            PolicyError: always, with all that was found.
        """
        self.at(line, column, message)
        raise PolicyError(self.found)

    def location(self, place: Place) -> Location:
        """Name *place* for a report."""
        return Location(self.path, place.line, place.column)

    @property
    def found(self) -> tuple[Mistake, ...]:
        """What was found, in the order of the document."""
        return tuple(sorted(self._found, key=lambda one: one.location))
