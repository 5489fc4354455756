"""
The exceptions that reach a user, as a tree.

    CheckerError            exit code of its class; the sentence is for the person who must act
    ├── UsageError          2   the command line is wrong
    ├── PolicyError         3   a policy or a table cannot be used; one exception holds every mistake found
    └── OutputError         5   an output could not be written
        └── RenderError     70  a bug of the checker kept it from being made; the other outputs are written

    KeyboardInterrupt       130 Ctrl-C
    └── Terminated          143 SIGTERM

What is wrong with a single source file is no exception but a value, so that one bad file does not stop the others.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from checker.model.location import Location


@dataclass(frozen=True, slots=True)
class Mistake:
    """One thing that is wrong in a document, and where."""

    location: Location
    message: str

    def __str__(self) -> str:
        """Give `file:line:column: message`."""
        return f"{self.location}: {self.message}"


class CheckerError(Exception):
    """Something that a user can mend."""

    exit_code: ClassVar[int] = 70

    @property
    def lines(self) -> tuple[str, ...]:
        """What to tell the user, a line each."""
        return (str(self),)


class UsageError(CheckerError):
    """The command line is wrong."""

    exit_code = 2


class PolicyError(CheckerError):
    """A policy or table cannot be used; all mistakes of a document are told at once."""

    exit_code = 3

    def __init__(self, mistakes: Sequence[Mistake]) -> None:
        """Keep *mistakes*, of which there is at least one."""
        super().__init__("; ".join(map(str, mistakes)))
        self.mistakes = tuple(mistakes)

    @property
    def lines(self) -> tuple[str, ...]:
        """See `CheckerError.lines`."""
        return tuple(map(str, self.mistakes))


class OutputError(CheckerError):
    """An output could not be written."""

    exit_code = 5


class RenderError(OutputError):
    """A bug of the checker kept one output from being made; the other outputs are written."""

    exit_code = 70


class Terminated(KeyboardInterrupt):
    """The run was asked to end by SIGTERM; like Ctrl-C, but with an exit code of its own."""


def interrupted_code(interruption: KeyboardInterrupt) -> int:
    """Give the exit code of an interruption."""
    return 143 if isinstance(interruption, Terminated) else 130
