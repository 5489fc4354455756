"""Colours for the console: lines of styled pieces, written by rich."""

from __future__ import annotations

from collections.abc import Sequence
from io import StringIO

from rich.console import Console
from rich.text import Text

from checker.report.console_lines import Line

_STYLES = {
    "": "",
    "title": "bold",
    "quiet": "dim",
    "error": "bold magenta",
    "fail": "bold red",
    "waived": "yellow",
    "pass": "green",
    "not applicable": "dim",
}


def styled(lines: Sequence[Line]) -> str:
    """Give *lines* with escape sequences; the text between them is unchanged, wrapped and marked up by nobody."""
    written = StringIO()
    # NOTE: rich reads the environment unless it is told all; whether there is colour was decided by the caller.
    console = Console(
        file=written,
        force_terminal=True,
        color_system="standard",
        no_color=False,
        legacy_windows=False,
        highlight=False,
        markup=False,
        emoji=False,
        soft_wrap=True,
        _environ={},
    )
    for line in lines:
        text = Text.assemble(*((piece.text, _STYLES[piece.style]) for piece in line))
        console.print(text, soft_wrap=True)
    return written.getvalue()
