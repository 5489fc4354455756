r"""
Text that comes from facts and policies, made visible and harmless where a person or a log reads it.

Control characters, direction marks, blanks of no or odd width and lone surrogates become escapes such as `\x1b`, so
that nothing is lost and nothing acts. A backslash is doubled only where it could be taken for such an escape.
"""

from __future__ import annotations

SHORT = 300
"""How many characters of one text a line for people shows; the JSON results hold all of it."""

LONG = 4000
"""As `SHORT`, where there is room: the body of a case, the help of a rule."""

# NOTE: these count as printable, and show nothing: fillers, the blank Braille cell, joiners and variation selectors.
_INVISIBLE = frozenset(
    "\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0"
    + "".join(map(chr, (*range(0x180B, 0x1810), *range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0))))
)
_AFTER_BACKSLASH = frozenset("\\xuU")


def visible(text: str, limit: int = SHORT) -> str:
    """Give *text* on one line, cut after *limit* characters with the number of those that are left out."""
    shown = text[:limit]
    if not _is_plain(shown):
        shown = _encode(shown, [_hidden(char) for char in shown])
    return shown + _rest(text, limit)


def code(text: str, limit: int = LONG) -> str:
    """As `visible`, for a line that is to be copied, such as PowerShell: a tab is blanks, a backslash stays alone."""
    shown = text[:limit].expandtabs(4)
    if not _is_plain(shown):
        shown = "".join(_escape(char) if _hidden(char) else char for char in shown)
    return shown + _rest(text, limit)


def terminal(text: str, limit: int = SHORT) -> str:
    """
    As `visible`, for a console or the log of a pipeline, whose runners take commands from what is printed.

    GitHub finds `::name::` at the start of a line and `##[name]` anywhere, Azure `##vso[` anywhere; so no `#` and no
    second colon is left, and none can arise where two fragments meet.
    """
    shown = text[:limit]
    if _is_plain(shown) and "#" not in shown and "::" not in shown and shown[:1] != ":":
        return shown + _rest(text, limit)
    before = ":" + shown
    escaped = [
        _hidden(char) or char == "#" or (char == ":" and previous == ":")
        for previous, char in zip(before, shown, strict=False)
    ]
    return _encode(shown, escaped) + _rest(text, limit)


def _is_plain(text: str) -> bool:
    """Whether *text* is shown as it stands; most of it is, and is not looked at character by character."""
    return text.isprintable() and "\\" not in text and (text.isascii() or _INVISIBLE.isdisjoint(text))


def _hidden(char: str) -> bool:
    return not char.isprintable() or char in _INVISIBLE


def _encode(text: str, escaped: list[bool]) -> str:
    parts: list[str] = []
    for index, (char, is_escaped) in enumerate(zip(text, escaped, strict=True)):
        if is_escaped:
            parts.append(_escape(char))
        elif char == "\\" and index + 1 < len(text) and (escaped[index + 1] or text[index + 1] in _AFTER_BACKSLASH):
            parts.append("\\\\")
        else:
            parts.append(char)
    return "".join(parts)


def _escape(char: str) -> str:
    code = ord(char)
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def _rest(text: str, limit: int) -> str:
    return f"...(+{len(text) - limit})" if len(text) > limit else ""
