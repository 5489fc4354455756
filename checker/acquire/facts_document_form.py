"""
The form of a facts document, as the published schema has it: which keys there are, and what stands at them.

It says the same as the schema, and is compared with it by the tests; the schema's own reader takes far longer than
everything else that is done with a document.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from checker.model.facts import Reason, SourceFormat
from checker.model.timestamp import parse_timestamp

_FORMATS = frozenset(one.value for one in SourceFormat)
_LENGTH_OF_A_PLACE = 3


class MisfitError(Exception):
    """Something stands in a document where it does not belong; *path* leads to it."""

    def __init__(self, message: str, *path: str | int, reason: Reason = Reason.UNPARSED) -> None:
        """Say what is wrong in *message*, which ends without a full stop."""
        super().__init__(message)
        self.message, self.path, self.reason = message, path, reason

    def below(self, *steps: str | int) -> MisfitError:
        """Give the same at the end of a longer path."""
        return MisfitError(self.message, *steps, *self.path, reason=self.reason)


def check_source(value: Any) -> None:
    """
    Compare a place where a fact was read with the schema.

    Raises:
        MisfitError: it is none.
    """
    for key, one in object_of(value, "a source").items():
        match key:
            case "format":
                _check_format(one)
            case "file" | "item":
                _check_text(one, key)
            case "line" | "column":
                _check_positive(one, key)
            case _:
                raise _beyond(key)
    if "format" not in value:
        raise _said("the key 'format' is missing")


def check_sources(value: Any) -> None:
    """
    Compare a list of places with the schema.

    Raises:
        MisfitError: it is none.
    """
    for index, one in enumerate(_list_of(value)):
        try:
            check_source(one)
        except MisfitError as error:
            raise error.below(index) from error


def check_locations(value: Any) -> None:
    """
    Compare the places of the entries of a list with the schema.

    Raises:
        MisfitError: they are none.
    """
    for index, place in enumerate(_list_of(value)):
        if place is None:
            continue
        if not isinstance(place, list) or len(place) != _LENGTH_OF_A_PLACE:
            raise _said("a place is a file, a line and a column", index)
        _check_text(place[0], index, 0)
        _check_positive(place[1], index, 1)
        _check_positive(place[2], index, 2)


def check_source_file(value: Any) -> None:
    """
    Compare an entry of `sources` with the schema.

    Raises:
        MisfitError: it is none.
    """
    for key, one in object_of(value, "a source").items():
        match key:
            case "format":
                _check_format(one)
            case "path" | "assignment":
                _check_text(one, key)
            case "date":
                _check_date(one)
            case "files":
                _check_positive(one, key)
            case "superseded":
                if not isinstance(one, bool):
                    raise _said("it is neither true nor false", key)
            case _:
                raise _beyond(key)
    for key in ("format", "path", "assignment"):
        if key not in value:
            raise _said(f"the key '{key}' is missing")


def object_of(value: Any, what: str) -> Mapping[str, Any]:
    """
    Give *value*, which is an object.

    Raises:
        MisfitError: it is something else.
    """
    if not isinstance(value, dict):
        raise MisfitError(f"There is no object where {what} belongs", reason=Reason.WRONG_TYPE)
    return value


def text_of(value: Any, what: str) -> str:
    """
    Give *value*, which is a text.

    Raises:
        MisfitError: it is something else.
    """
    if not isinstance(value, str):
        raise MisfitError(f"'{what}' is no text", reason=Reason.WRONG_TYPE)
    return value


def _list_of(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise _said("it is no list")
    return value


def _check_format(value: Any) -> None:
    if not isinstance(value, str) or value not in _FORMATS:
        raise _said(f"it is none of {', '.join(sorted(_FORMATS))}", "format")


def _check_text(value: Any, *path: str | int) -> None:
    if not isinstance(value, str):
        raise _said("it is no text", *path)


def _check_positive(value: Any, *path: str | int) -> None:
    # NOTE: to the schema 2.0 is an integer, as it is to JSON; and a truth is none, whatever Python holds.
    if isinstance(value, bool) or not isinstance(value, int | float) or value != int(value):
        raise _said("it is no integer", *path)
    if value < 1:
        raise _said(f"{value} is less than the minimum of 1", *path)


def _check_date(value: Any) -> None:
    try:
        parse_timestamp(text_of(value, "date"))
    except ValueError as error:
        raise MisfitError(f"The date of a source: {error}", "date") from error
    except MisfitError as error:
        raise error.below("date") from error


def _beyond(key: str) -> MisfitError:
    return _said(f"the key '{key}' is unknown here", key)


def _said(message: str, *path: str | int) -> MisfitError:
    return MisfitError(f"is not what the schema says: {message}", *path)
