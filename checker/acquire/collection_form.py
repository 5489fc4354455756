"""How a facts document tells the way in which it was collected from a running server."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from checker.acquire.facts_document_form import MisfitError, object_of, text_of
from checker.model.catalogue import CATALOGUE
from checker.model.collection import Collection, Failure, FailureClass, Plan, Snapshot
from checker.model.duration import parse_duration
from checker.model.facts import Reason
from checker.model.timestamp import parse_timestamp

_T = TypeVar("_T")


def read_collection(value: Any) -> Collection:
    """
    Read the key `collection` of a facts document.

    Raises:
        MisfitError: it is not what the schema says.
    """
    return Collection(**_members(value, "collection", _OF_COLLECTION))


def _members(value: Any, what: str, readers: Mapping[str, Callable[[Any], Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, one in object_of(value, what).items():
        if key not in readers:
            raise MisfitError(f"The key '{key}' is unknown here", key)
        found[key] = _at(key, readers[key], one)
    return found


def _at(step: str | int, read: Callable[[Any], _T], value: Any) -> _T:
    try:
        return read(value)
    except MisfitError as error:
        raise error.below(step) from error
    except ValueError as error:
        raise MisfitError(str(error), step) from error


def _text(value: Any) -> str:
    return text_of(value, "it")


def _truth(value: Any) -> bool:
    if not isinstance(value, bool):
        raise MisfitError("It is neither true nor false", reason=Reason.WRONG_TYPE)
    return value


def _number(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise MisfitError("It is no number from 1", reason=Reason.WRONG_TYPE)
    return value


def _tuple_of(read: Callable[[Any], _T]) -> Callable[[Any], tuple[_T, ...]]:
    def entries(value: Any) -> tuple[_T, ...]:
        if not isinstance(value, list):
            raise MisfitError("It is no list", reason=Reason.WRONG_TYPE)
        return tuple(_at(index, read, one) for index, one in enumerate(value))

    return entries


def _failure(value: Any) -> Failure:
    found = _members(value, "a failure", {"kind": lambda one: FailureClass(_text(one)), "message": _text})
    if found.keys() != {"kind", "message"}:
        raise MisfitError("A failure has a 'kind' and a 'message'")
    return Failure(**found)


def _snapshot(value: Any) -> Snapshot:
    found = _members(value, "a snapshot", _OF_SNAPSHOT)
    if "path" not in found:
        raise MisfitError("The key 'path' is missing")
    return Snapshot(**found)


def _fact_name(value: Any) -> str:
    name = _text(value)
    if name not in CATALOGUE:
        raise MisfitError(f"There is no fact '{name}'")
    return name


_OF_SNAPSHOT: Mapping[str, Callable[[Any], Any]] = {
    "path": _text,
    "written": lambda value: parse_timestamp(_text(value)),
    "owner": _text,
    "access": _tuple_of(_text),
}
_OF_COLLECTION: Mapping[str, Callable[[Any], Any]] = {
    "plan": lambda value: Plan(_text(value)),
    "host": _text,
    "port": _number,
    "tls": _truth,
    "tls_verified": _truth,
    "authentication": _text,
    "configuration_name": _text,
    "module_version": _text,
    "run_by": _text,
    "groups": _tuple_of(_text),
    "server_time": lambda value: parse_timestamp(_text(value)),
    "clock_skew": lambda value: parse_duration(_text(value)),
    "attempts": _number,
    "not_delivered": _tuple_of(_fact_name),
    "failures": _tuple_of(_failure),
    "snapshot": _snapshot,
}
