"""
The characters of a document, before anyone reads them as YAML.

What parsers of YAML are known to treat differently is refused here: tabs, control characters, the line breaks of
other scripts, directives. Lines end with LF or CR LF, also mixed; a lone CR is refused, because tools disagree
whether it ends a line. Characters that turn the direction of writing are refused because they show a reader
something else than what is read.
"""

from __future__ import annotations

import codecs
import re

from checker.load.mistakes import Mistakes

MAX_BYTES = 4 * 1024 * 1024

_WRONG = re.compile(
    "[^\n\x20-\x7e\xa0-\u2027\u202f-\u2065\u206a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]"
)
_WRONG_IN_VALUE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufeff\ufffe\uffff]")
_OTHER_ENCODINGS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def source_text(content: bytes, mistakes: Mistakes) -> str:
    """
    Give *content* as text with LF at the end of lines.

    Raises:
        PolicyError: it is too large, not UTF-8, or holds characters that do not belong in a document.
    """
    if len(content) > MAX_BYTES:
        mistakes.stop(1, 1, f"the document has {len(content)} bytes; at most {MAX_BYTES} are read")
    if content.startswith(_OTHER_ENCODINGS):
        mistakes.stop(1, 1, "the document is UTF-16 or UTF-32 (its first bytes say so); save it as UTF-8")
    text = _decoded(content, mistakes).replace("\r\n", "\n")
    if wrong := _WRONG.search(text):
        line, column = _position(text, wrong.start())
        mistakes.stop(line, column, _refusal(wrong.group()))
    if text.startswith("%") or "\n%" in text:
        before = 0 if text.startswith("%") else text.index("\n%") + 1
        mistakes.stop(*_position(text, before), "a line begins with '%': directives are not read")
    return text


def wrong_in_value(text: str) -> str | None:
    """Name the first character of *text* that no value may hold, however it was written; None where there is none."""
    found = _WRONG_IN_VALUE.search(text)
    return f"U+{ord(found.group()):04X}" if found else None


def _decoded(content: bytes, mistakes: Mistakes) -> str:
    start = len(codecs.BOM_UTF8) if content.startswith(codecs.BOM_UTF8) else 0
    try:
        return content[start:].decode()
    except UnicodeDecodeError as error:
        offset = start + error.start
        before = content[start:offset].decode().replace("\r\n", "\n")
        mistakes.stop(*_position(before, len(before)), f"the document is not UTF-8 at byte {offset}: {error.reason}")


def _position(text: str, index: int) -> tuple[int, int]:
    return text.count("\n", 0, index) + 1, index - text.rfind("\n", 0, index)


def _refusal(character: str) -> str:
    match character:
        case "\t":
            return 'there is a tab; indent with blanks, and write "\\t" in quotes where a text needs one'
        case "\r":
            return "a lone carriage return ends no line; end lines with LF or CR LF"
        case "\0":
            return "there is a NUL: this is UTF-16 without a byte order mark, or no text; save it as UTF-8"
        case _:
            return f"the character U+{ord(character):04X} does not belong in a document"
