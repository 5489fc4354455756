"""Lines that a person copies, such as PowerShell, where the log of a pipeline may show them."""

from __future__ import annotations

from checker.report.visible import code


def copied_line(line: str) -> str:
    r"""
    Give *line* as it stands, but for what would act on a terminal or in a log.

    NOTE: the sign of a comment stays, and so do the colons of `[Type]::Member`, so that the line can be copied. Runners
    take `##[` and, at the beginning of a line, `::` for a command; these become the escapes `\x23` and `\x3a`.
    """
    shown = code(line).replace("##", r"#\x23")
    start = len(shown) - len(shown.lstrip())
    return f"{shown[:start]}\\x3a{shown[start + 1 :]}" if shown.startswith("::", start) else shown
