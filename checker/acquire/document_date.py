"""How old a facts document is: as old as the oldest that it rests on."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from checker.acquire.facts_document_form import MisfitError, check_source_file
from checker.acquire.merge import is_silent
from checker.model.facts import Fact, Known, Reason
from checker.model.timestamp import parse_timestamp


def no_younger(date: datetime | None, collected: Fact | None) -> datetime | None:
    """Give the older of *date* and of when the facts were *collected*; None where the document does not know."""
    if date is None or collected is None or is_silent(collected):
        return date
    moment = collected.value if isinstance(collected, Known) else None
    return min(date, moment) if isinstance(moment, datetime) else None


def oldest_date(sources: Any) -> datetime | None:
    """
    Give the date of the oldest source that counts; None if one of them does not say.

    Raises:
        MisfitError: an entry of *sources* is not what the schema says.
    """
    if not isinstance(sources, list):
        raise MisfitError("'sources' is no list", reason=Reason.WRONG_TYPE)
    dates: list[datetime | None] = []
    for index, source in enumerate(sources):
        try:
            check_source_file(source)
        except MisfitError as error:
            raise error.below(index) from error
        if source.get("superseded") is not True:
            dates.append(parse_timestamp(source["date"]) if "date" in source else None)
    known = [date for date in dates if date is not None]
    return min(known) if known and len(known) == len(dates) else None
