"""Texts, places and names as SARIF has them."""

from __future__ import annotations

import re
from urllib.parse import quote
from uuid import NAMESPACE_URL, UUID, uuid5

from checker.model.location import Location
from checker.model.values import Json
from checker.report.visible import SHORT, visible

ROOT = "%SRCROOT%"
"""The name of the folder that all URIs are relative to; nothing says where it is on this machine."""

_NAMESPACE = uuid5(NAMESPACE_URL, "urn:adsync-checker")
_LINK = re.compile(r"\](?=\()")
_PLACEHOLDER = re.compile(r"\{(?=[0-9])")


def sarif_text(text: str, limit: int = SHORT) -> str:
    """Give *text* visible, and so that no viewer finds a link or a placeholder in it."""
    return _PLACEHOLDER.sub(r"\\x7b", _LINK.sub(r"\\x5d", visible(text, limit)))


def message(text: str, limit: int = SHORT) -> Json:
    """Give the message object of *text*."""
    return {"text": sarif_text(text, limit)}


def sentence(text: str) -> str:
    """Give *text* with a full stop, unless it ends like a sentence."""
    return text if text.endswith((".", "!", "?")) else f"{text}."


def uri(path: str) -> str:
    """Give *path*, relative and with forward slashes, as a relative URI."""
    return quote(visible(path, len(path)), safe="/")


def guid(*parts: str) -> str:
    """Give the UUID that belongs to *parts*: the same for the same, of version 5."""
    result: UUID = _NAMESPACE
    for part in parts:
        result = uuid5(result, visible(part, len(part)))
    return str(result)


def region(location: Location) -> Json:
    """Give the place of *location*: one character, for how far a fact reaches is not known."""
    line, column = location.line, location.column
    return {"startLine": line, "startColumn": column, "endLine": line, "endColumn": column + 1}
