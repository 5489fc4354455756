"""Pointing at what a misspelt name may have meant, and showing texts within sentences."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

_FEW = 8
_LONGEST = 100  # no name is longer; the comparison grows with the square of the length
_SHOWN = 60


def nearest(word: str, known: Iterable[str]) -> str | None:
    """Give the one of *known* that is most like *word*, whatever the case of letters; None where none is like it."""
    if len(word) > _LONGEST:
        return None
    by_folded = {one.casefold(): one for one in sorted(known, reverse=True)}
    found = get_close_matches(word.casefold(), sorted(by_folded), n=1, cutoff=0.6)
    return by_folded[found[0]] if found else None


def hint(word: str, known: Iterable[str]) -> str:
    """Give the end of a sentence about the unknown *word*: the nearest name, or all where they are few."""
    names = tuple(known)
    near = nearest(word, names)
    if near is not None:
        return f"; did you mean {near!r}?"
    if 0 < len(names) <= _FEW:
        return f"; known are {', '.join(sorted(names))}"
    return ""


def shown(text: str) -> str:
    """Give *text* in quotes, on one line and not too long."""
    return repr(text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…")
