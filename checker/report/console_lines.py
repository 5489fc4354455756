"""Lines of the text for a person, and how they are wrapped: made of pieces, so that colours change no text."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from checker.report.visible import terminal

LONGEST_PATH = 1000
LONGEST_MESSAGE = 1000
NARROWEST = 40
INDENT = " " * 9


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a line, and the name of its style; plain where it has none."""

    text: str
    style: str = ""


Line = tuple[Piece, ...]


def heading(title: str, found: Sequence[object]) -> str:
    """Give *title* with the number of what was *found*."""
    return f"{title} ({len(found)})"


def section(title: str, lines: Iterator[Line]) -> Iterator[Line]:
    """Put *title* before *lines*; without a line there is no title either."""
    first = next(lines, None)
    if first is not None:
        yield ()
        yield (Piece(title, "title"),)
        yield first
        yield from lines


def bullets(texts: Sequence[str], width: int, style: str = "") -> Iterator[Line]:
    """List *texts*, which are not encoded yet."""
    for text in texts:
        yield from wrapped(terminal(text, LONGEST_PATH), width, first="  - ", style=style)


def labelled(label: str, text: str, width: int, indent: str = "  ", style: str = "") -> Iterator[Line]:
    """Put *label* before *text*, which is encoded."""
    yield from wrapped(text, width, first=f"{indent}{label:13}", style=style)


def wrapped(text: str, width: int, *, first: str, style: str = "") -> Iterator[Line]:
    """Wrap *text* behind *first*; further lines stand below its beginning. Only blanks are places to break at."""
    room = max(width - len(first), NARROWEST // 2)
    parts = textwrap.wrap(text, room, break_long_words=False, break_on_hyphens=False) or [""]
    for number, part in enumerate(parts):
        yield (Piece(first if number == 0 else " " * len(first)), Piece(part, style))
