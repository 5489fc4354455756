"""Text within Markdown: what it says is kept, and no character of it marks anything up or leaves its place."""

from __future__ import annotations

import re
from collections.abc import Sequence

from checker.report.copied_line import copied_line
from checker.report.visible import LONG, visible

# NOTE: the second of two number signs or colons too, of which the runners of pipelines make a command.
_MARKS = re.compile(r"[\\`*\[\]<>|&~$]|(?<=#)#|(?<=:):|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])")
_BLANKS = re.compile(r"[ \t\r\n]+")
_LINE_START = re.compile(r"^(?:[#+=-]|[0-9]+(?=[.)]))")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/%-]*")
_LINK = re.compile(r"https://[A-Za-z0-9][A-Za-z0-9._~:/?#\[\]@!$&()*+,;=%-]*")


def inline(text: str, limit: int = LONG) -> str:
    """Give *text* as part of a line or of a cell of a table."""
    return _MARKS.sub(r"\\\g<0>", visible(_BLANKS.sub(" ", text).strip(" "), limit))


def paragraphs(text: str, limit: int = LONG) -> str:
    """Give each line of *text* as a paragraph: a folded text of YAML has its paragraphs on lines of their own."""
    lines = (inline(line, limit) for line in text.splitlines() if line.strip())
    return "\n\n".join(map(_as_beginning, lines))


def _as_beginning(line: str) -> str:
    """Keep what stands at the beginning of *line* from being a heading, a list, or the rule under a heading."""
    start = _LINE_START.match(line)
    if start is None:
        return line
    return f"{start[0]}\\{line[start.end() :]}" if start[0][0].isdigit() else f"\\{line}"


def name(text: str) -> str:
    """Give *text* as code where it is a plain name or number, and as `inline` gives it otherwise."""
    # NOTE: code in a cell cannot hold every text: a bar ends the cell, and its escape shows where there is no table.
    return f"`{text}`" if _NAME.fullmatch(text) else inline(text)


def link(url: str) -> str:
    """Give *url* as a link that shows where it leads; what is no address of the web stays text."""
    return f"<{url}>" if _LINK.fullmatch(url) else inline(url)


def fenced(text: str, language: str) -> str:
    """Give *text* as a block of code, in a fence that is longer than any run of backticks in it."""
    lines = "\n".join(map(copied_line, text.splitlines()))
    fence = "`" * max(3, *(len(run) + 1 for run in re.findall("`*", lines)))
    return f"{fence}{language}\n{lines}\n{fence}"


def quoted(text: str) -> str:
    """Give *text*, which is Markdown itself, as a quotation: it is read as such, without HTML and pictures."""
    lines = (
        copied_line(line).replace("&", "&amp;").replace("<", "&lt;").replace("![", r"!\[") for line in text.splitlines()
    )
    return "\n".join(f"> {line}".rstrip() for line in lines)


def table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    """Give a table of cells that are Markdown already."""
    lines = [head, ("---",) * len(head), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)
