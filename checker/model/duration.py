"""Lengths of time, in the two notations of the field."""

from __future__ import annotations

import re
from datetime import timedelta

_ISO = re.compile(
    r"(?P<sign>-)?P(?=.)(?:(?P<days>[0-9]{1,7})D)?"
    r"(?:T(?=.)(?:(?P<hours>[0-9]{1,7})H)?(?:(?P<minutes>[0-9]{1,7})M)?(?:(?P<seconds>[0-9]{1,9}(?:\.[0-9]{1,7})?)S)?)?"
)
_NET = re.compile(
    r"(?P<sign>-)?(?:(?P<days>[0-9]{1,7})\.)?(?P<hours>[01][0-9]|2[0-3]):(?P<minutes>[0-5][0-9])"
    r":(?P<seconds>[0-5][0-9](?:\.[0-9]{1,7})?)"
)


def parse_duration(text: str) -> timedelta:
    """
    Read an ISO 8601 duration of days and less (`P7D`, `PT30M`) or .NET's constant form (`7.00:00:00`, `00:30:00`).

    Raises:
        ValueError: *text* is neither; a bare number has no unit and is refused.
    """
    found = _ISO.fullmatch(text) or _NET.fullmatch(text)
    if not found:
        raise ValueError(f"{text!r} is not a duration such as 'PT30M', 'P7D' or '00:30:00'")
    length = timedelta(
        days=int(found["days"] or 0),
        hours=int(found["hours"] or 0),
        minutes=int(found["minutes"] or 0),
        seconds=float(found["seconds"] or 0),
    )
    return -length if found["sign"] else length


def format_duration(length: timedelta) -> str:
    """Write *length* as ISO 8601, the shortest form: `P7D`, `PT30M`, `PT0S`."""
    sign, rest = ("-", -length) if length < timedelta() else ("", length)
    hours, seconds = divmod(rest.seconds, 3600)
    minutes, seconds = divmod(seconds, 60)
    fraction = f".{rest.microseconds:06}".rstrip("0") if rest.microseconds else ""
    clock = "".join(
        f"{amount}{unit}"
        for amount, unit in ((hours, "H"), (minutes, "M"), (f"{seconds}{fraction}", "S"))
        if amount not in (0, "0")
    )
    date = f"{rest.days}D" if rest.days else ""
    return f"{sign}P{date}T{clock}" if clock else f"{sign}P{date}" if date else "PT0S"
