"""Text for a person at a terminal, in lines that are short enough to read."""

from __future__ import annotations

from textwrap import wrap

from checker.report.visible import LONG, terminal

_WIDTH = 110


def wrapped(text: str, indent: int, *, hanging: bool = True) -> list[str]:
    """Give *text*, made harmless, in lines that begin with *indent* blanks; *hanging*, all but the first with more."""
    blanks = " " * indent
    return wrap(
        terminal(text, LONG),
        _WIDTH,
        initial_indent=blanks,
        subsequent_indent=f"{blanks}  " if hanging else blanks,
        break_long_words=False,
        break_on_hyphens=False,
    )
