"""Identifiers in the notations of the product."""

from __future__ import annotations

import re

_FORM = re.compile(r"(\{)?([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?(1)\})", re.IGNORECASE)


def guid(text: str) -> str:
    """
    Give *text* in lower case and without braces.

    Raises:
        ValueError: it is no GUID.
    """
    found = _FORM.fullmatch(text)
    if found is None:
        raise ValueError(f"{text!r} is no GUID")
    return found[2].lower()
