"""Moments in time: always with an offset, kept in UTC."""

from __future__ import annotations

import re
from datetime import UTC, datetime

_FORM = re.compile(r"(\d{4}-\d\d-\d\d)[Tt](\d\d:\d\d:\d\d)(\.[0-9]{1,9})?([Zz]|[+-]\d\d:\d\d)", re.ASCII)


def parse_timestamp(text: str) -> datetime:
    """
    Read an RFC 3339 time with its offset, such as `2026-11-22T10:00:00Z`; digits below a microsecond are dropped.

    Raises:
        ValueError: *text* has another form, no offset, or names a moment that does not exist.
    """
    found = _FORM.fullmatch(text)
    if not found:
        raise ValueError(f"{text!r} is not a time with an offset, such as '2026-11-22T10:00:00Z'")
    date, clock, fraction, offset = found.groups()
    try:
        moment = datetime.fromisoformat(f"{date}T{clock}{(fraction or '')[:7]}{offset.upper()}")
        return moment.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise ValueError(f"{text!r} is no moment of the calendar") from error


def format_timestamp(moment: datetime) -> str:
    """Write *moment* in UTC as RFC 3339, with microseconds only where there are some."""
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat() + "Z"
