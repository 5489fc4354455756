"""Everything that may run on a server, as text to be read and allowed; nothing of it is ever sent as text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence


def render_script(module_text: str, pipelines: Sequence[tuple[str, str]]) -> str:
    """Write the text of the module, and then each of *pipelines*, a title and how a person would type it."""
    return "\n".join(_lines(module_text, pipelines)) + "\n"


def _lines(module_text: str, pipelines: Sequence[tuple[str, str]]) -> Iterator[str]:
    yield "# 1. The module AdsyncChecker. Where its endpoint is installed, a server is asked by Get-AdsyncFact alone, and"
    yield "#    this runs there:"
    yield ""
    yield from module_text.rstrip("\n").split("\n")
    yield ""
    yield ""
    yield "# 2. Where it is not, these pipelines of cmdlets run, each for itself, in the endpoint Microsoft.PowerShell. They"
    yield "#    are sent as commands with parameters and never as text; a word in <> is what an earlier one told."
    for title, text in pipelines:
        yield ""
        yield f"# {title}"
        yield text
