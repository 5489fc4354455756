r"""
Text from results, made harmless for its place in a remediation: PowerShell comments, strings and code, Markdown code.

Lines of PowerShell that a policy gives are the only text that stays code. They are taken over only where it is certain
that they end where they seem to end, so that nothing of them can stand outside of the part that makes the changes.
"""

from __future__ import annotations

import re

from checker.report.visible import LONG, SHORT, code, terminal, visible

_QUOTES = "'\u2018\u2019\u201a\u201b"
"""All that PowerShell takes for a single quote."""

_MISREAD = frozenset(b"\x82\x91\x92")
"""
What these bytes are in the code pages of Windows: single quotes.

NOTE: Windows PowerShell reads a script in such a code page if the mark at its beginning got lost, and a character
whose UTF-8 holds such a byte would then end a string.
"""

_PARTS = re.compile(
    r"(?P<odd>@['\"]|<\#|--%|\$\{|`)"
    r"|(?P<string>'[^'\n]*'|\"[^\"\n]*\")"
    r"|(?P<comment>(?<![^ \t\n])\#[^\n]*)"
    r"|(?P<open>\{)|(?P<close>\})"
    r"|(?P<unclosed>['\"\#])"
    r"|(?P<rest>[^'\"\#{}`@<$\-]+|.)",
    re.DOTALL,
)
_MARKED_COMMENT = re.compile(r"\#\s*(?:requires\b|sig\s*\#)", re.IGNORECASE)
_PLAIN_TEXT = re.compile(r'"(?:[^$`"]|\$(?![({"]))*"')
_SCHEDULER = re.compile(r"adsyncscheduler|adsyncsynccycle", re.IGNORECASE)


def comment(text: str, limit: int = SHORT) -> str:
    """Give *text* for a line comment: on one line, and with nothing that ends a comment of any kind."""
    return visible(text, limit).replace("#>", r"\x23>")


def string(text: str, limit: int = SHORT) -> str:
    """Give *text* as a PowerShell string in single quotes, to be printed."""
    return _quoted(terminal(text, limit))


def code_string(line: str) -> str:
    """As `string`, for a line of code that is shown and not run."""
    return _quoted(code(line, LONG))


def exact_string(text: str) -> str:
    """Give *text* as a PowerShell string that is compared; what cannot be written is changed, and compares unequal."""
    return _quoted(visible(text, SHORT))


def _quoted(text: str) -> str:
    if text.isascii():
        return "'" + text.replace("'", "''") + "'"
    return "'" + "".join(char * 2 if char in _QUOTES else _plain(char) for char in text) + "'"


def _plain(char: str) -> str:
    return f"\\u{ord(char):04x}" if _MISREAD.intersection(char.encode("utf-8", "replace")) else char


def why_not_code(change: str) -> str:
    """
    Say, as the rest of a sentence, why the lines *change* are not taken over into a script; nothing where they are.

    PowerShell has many ways to write one thing; here only those count whose end is seen without running a parser.
    """
    if any(code(line, len(line)) != line.expandtabs(4) for line in change.split("\n")):
        return "there are characters that do not show"
    if _SCHEDULER.search(change):
        return "the scheduler is spoken of, which the script itself turns off and on"
    parts = list(_PARTS.finditer(change))
    return next(filter(None, map(_why_not_part, parts)), "") or _why_not_balanced(parts)


def _why_not_part(part: re.Match[str]) -> str:
    text = part.group()
    match part.lastgroup:
        case "odd" | "unclosed":
            return f"the end of {text!r} is not certain"
        case "comment":
            return "a comment means something to PowerShell" if _MARKED_COMMENT.match(text) else ""
        case _ if not text.isascii():
            return "there are other characters than ASCII outside of comments"
        case "string" if text.startswith('"') and not _PLAIN_TEXT.fullmatch(text):
            return "a text in double quotes holds more than names of variables"
        case _:
            return ""


def _why_not_balanced(parts: list[re.Match[str]]) -> str:
    depth = 0
    for part in parts:
        depth += (part.lastgroup == "open") - (part.lastgroup == "close")
        if depth < 0:
            return "a brace is closed that was not opened"
    return "a brace is not closed" if depth else ""


def span(text: str, limit: int = SHORT) -> str:
    """Give *text* as a code span of Markdown, in which nothing acts."""
    shown = visible(text, limit)
    if not shown.strip():
        return "(empty)"
    fence = "`" * (_longest_run(shown) + 1)
    # NOTE: whoever shows it takes one blank on each side away; without them a backtick would join the fence.
    blank = " " if shown[0] in " `" or shown[-1] in " `" else ""
    return f"{fence}{blank}{shown}{blank}{fence}"


def _longest_run(text: str) -> int:
    return max(map(len, re.findall("`+", text)), default=0)
