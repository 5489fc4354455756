"""
Words without quotes: what they are, and which of them different readers of YAML take for different things.

Only `true`, `false` and decimal integers are more than text. Whatever YAML 1.1 or YAML 1.2 takes for a boolean, a
number, a time, nothing at all, or a merge is refused with both readings, unless both agree on one of those three.
"""

from __future__ import annotations

import re
from decimal import Decimal

from checker.load.nearest import shown

_SHOWN_DIGITS = 40
MOST_DIGITS = 18  # so that every reader of any report can hold the number

_INTEGER = re.compile(r"0|-?[1-9][0-9]*")
_WORDS = {
    **dict.fromkeys(("y", "Y", "yes", "Yes", "YES", "on", "On", "ON"), ("the boolean true", "text")),
    **dict.fromkeys(("n", "N", "no", "No", "NO", "off", "Off", "OFF"), ("the boolean false", "text")),
    **dict.fromkeys(("True", "TRUE"), ("the boolean true",) * 2),
    **dict.fromkeys(("False", "FALSE"), ("the boolean false",) * 2),
    **dict.fromkeys(("~", "null", "Null", "NULL"), ("nothing (null)",) * 2),
    "=": ("a default value", "text"),
    "<<": ("a merge", "text"),
}
_OLD_BINARY = re.compile(r"[-+]?0b[01_]+")
_OLD_OCTAL = re.compile(r"[-+]?0[0-7_]+")
_OLD_DECIMAL = re.compile(r"[-+]?(?:0|[1-9][0-9_]*)")
_OLD_HEXADECIMAL = re.compile(r"[-+]?0x[0-9a-fA-F_]+")
_OLD_SIXTIES = re.compile(r"[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?")
_OLD_FRACTION = re.compile(r"[-+]?(?:[0-9][0-9_]*)?\.[0-9._]*(?:[eE][-+]?[0-9]+)?")
_TIME = re.compile(r"[0-9]{4}-[0-9][0-9]?-[0-9][0-9]?(?:(?:[Tt]| +)[0-9]{1,2}:[0-9:.]*(?: *(?:Z|[-+][0-9:]+))?)?")
_NO_NUMBER = re.compile(r"[-+]?\.(?:inf|Inf|INF|nan|NaN|NAN)")
_NEW_DECIMAL = re.compile(r"[-+]?[0-9]+")
_NEW_OCTAL = re.compile(r"0o[0-7]+")
_NEW_HEXADECIMAL = re.compile(r"0x[0-9a-fA-F]+")
_NEW_FRACTION = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")


class AmbiguousError(ValueError):
    """A word that must be put in quotes, or written otherwise."""


def read_plain(word: str) -> bool | int | str:
    """
    Give the value of *word*, which stands without quotes and is not empty.

    Raises:
        AmbiguousError: readers of YAML disagree about it, or it is a kind of value that nothing here has.
    """
    first = word[0]
    if first.isalpha() or first == "$":
        if word == "true":
            return True
        if word == "false":
            return False
        if word not in _WORDS:
            return word
    elif _INTEGER.fullmatch(word):
        if len(word.removeprefix("-")) > MOST_DIGITS:
            raise AmbiguousError(f"{shown(word)} has more than {MOST_DIGITS} digits; put it in quotes if it is text")
        return int(word)
    old, new = _WORDS.get(word) or (_reading_of_old(word), _reading_of_new(word))
    if (old, new) == ("text", "text"):
        return word
    raise AmbiguousError(
        f"{shown(word)} is ambiguous: YAML 1.1 reads {old}, YAML 1.2 reads {new}; "
        "put it in quotes, or write an integer as decimal digits and a boolean as true or false"
    )


def _reading_of_old(word: str) -> str:
    bare = word.replace("_", "")
    for form, base in ((_OLD_BINARY, 2), (_OLD_OCTAL, 8), (_OLD_DECIMAL, 10), (_OLD_HEXADECIMAL, 16)):
        if form.fullmatch(word):
            return _whole(bare, base)
    if _OLD_SIXTIES.fullmatch(word):
        return _sixties(bare)
    if _OLD_FRACTION.fullmatch(word):
        return _fraction(bare)
    return _reading_of_both(word)


def _reading_of_new(word: str) -> str:
    if _NEW_DECIMAL.fullmatch(word):
        return _whole(word, 10)
    if _NEW_OCTAL.fullmatch(word):
        return _whole(word[2:], 8)
    if _NEW_HEXADECIMAL.fullmatch(word):
        return _whole(word, 16)
    if _NEW_FRACTION.fullmatch(word):
        return _fraction(word)
    return "text" if _TIME.fullmatch(word) else _reading_of_both(word)


def _reading_of_both(word: str) -> str:
    if _TIME.fullmatch(word):
        return "a date or time"
    return "infinity or no number" if _NO_NUMBER.fullmatch(word) else "text"


def _whole(digits: str, base: int) -> str:
    # NOTE: Python refuses to read very long decimal numbers, and nobody wants to see one.
    if len(digits) > _SHOWN_DIGITS:
        return "a very long number"
    # NOTE: YAML 1.1 allows '0x_', of which no one knows the value.
    return "a number" if digits.lstrip("+-") in ("0b", "0x") else f"the number {int(digits, base)}"


def _sixties(bare: str) -> str:
    if len(bare) > _SHOWN_DIGITS:
        return "a very long number"
    total = Decimal(0)
    for part in bare.lstrip("+-").split(":"):
        total = total * 60 + Decimal(part)
    return f"the number {-total if bare.startswith('-') else total}"


def _fraction(bare: str) -> str:
    mantissa = re.split("[eE]", bare)[0]
    if len(bare) > _SHOWN_DIGITS or mantissa.count(".") > 1 or not re.search("[0-9]", mantissa):
        return "a number with a fraction"
    return f"the number {Decimal(bare).normalize():f}" if "e" not in bare.lower() else f"the number {Decimal(bare)}"
