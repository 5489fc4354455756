"""
The project's own facts document, one in a file or one in each line (NDJSON).

It is written by programs, so it is read without mercy: one wrong value makes the whole document unreadable.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from difflib import get_close_matches
from typing import Any

from checker.acquire.cmdlet_objects import is_cut_off
from checker.acquire.reading import Reading
from checker.acquire.sample import Sample, UnreadableError
from checker.acquire.strict_json import JsonNode, parse_json
from checker.model.catalogue import CATALOGUE, FactSpec
from checker.model.facts import Absent, Fact, Known, Reason, Source, SourceFormat, Unknown
from checker.model.location import Location
from checker.model.timestamp import parse_timestamp
from checker.model.values import FactType, Record, Value, from_json
from checker.schema.facts import FORMAT
from checker.shipped import shipped_schema

_MARK = re.compile(r'"format"\s*:\s*"adsync-checker/facts/|"status"\s*:\s*"(?:known|absent|unknown)"')

_LONGEST_NAME = 100  # the comparison of names grows with the square of their length
_LONGEST_MESSAGE = 400

_Members = Mapping[str, JsonNode]


def recognises(sample: Sample) -> bool:
    """Whether it is a facts document: by its format, of whatever version, or by the facts in it."""
    return sample.head.lstrip().startswith("{") and _MARK.search(sample.head) is not None


def read(sample: Sample) -> tuple[Reading, ...]:
    """
    Read every document of the file.

    Raises:
        UnreadableError: one of them is not what the schema says, or a server stands in it twice.
    """
    validate = _validator()
    readings: list[Reading] = []
    lines: dict[str, int] = {}
    for node in _documents(sample.text()):
        reading = _Document(sample.name, node).reading()
        validate(node)
        server = str(reading.computer).casefold()
        if server in lines:
            raise UnreadableError(
                f"The server '{reading.computer}' stands in the file twice, first in line {lines[server]}.",
                line=node.line,
                reason=Reason.DUPLICATE,
            )
        lines[server] = node.line
        readings.append(reading)
    return tuple(readings)


def _documents(text: str) -> Iterator[JsonNode]:
    """Give the one document of the text, or the one of each line."""
    lines = text.split("\n")
    filled = [(number, line) for number, line in enumerate(lines, 1) if line.strip()]
    if len(filled) > 1 and all(line.strip().startswith("{") for _, line in filled):
        for number, line in filled:
            yield parse_json(line, first_line=number)
    else:
        yield parse_json(text)


def _validator() -> Callable[[JsonNode], None]:
    """Give what compares a document with the schema: a second reading, by other means."""
    # NOTE: imported here, for it takes longer to import than most runs take.
    from jsonschema import Draft202012Validator  # noqa: PLC0415

    validator = Draft202012Validator(json.loads(shipped_schema("facts")))

    def validate(node: JsonNode) -> None:
        error = next(validator.iter_errors(_plain(node)), None)
        if error is not None:
            place = _descend(node, error.absolute_path)
            where = ".".join(map(str, error.absolute_path))
            raise UnreadableError(
                f"'{where}' is not what the schema says: {error.message[:200]}.", line=place.line, column=place.column
            )

    return validate


def _plain(node: JsonNode) -> Any:
    match node.value:
        case tuple():
            return [_plain(one) for one in node.value]
        case dict():
            return {key: _plain(one) for key, one in node.value.items()}
        case _:
            return node.value


def _descend(node: JsonNode, path: Iterable[str | int]) -> JsonNode:
    """Give the value that *path* leads to, or the last one on it that stands in the text."""
    for step in path:
        match node.value, step:
            case dict() as members, str() if step in members:
                node = members[step]
            case tuple() as entries, int() if step < len(entries):
                node = entries[step]
            case _:
                return node
    return node


class _Document:
    """Reads one document."""

    def __init__(self, file: str, root: JsonNode) -> None:
        self._file, self._root = file, root

    def reading(self) -> Reading:
        """Read all of it."""
        root = _object(self._root, "the document")
        _check_format(self._root, root)
        _check_keys(self._root, root, ("format", "server", "sources", "facts"))
        server = _text(root["server"], "server")
        if not server:
            raise _wrong("The server has no name", root["server"])
        facts = _object(root["facts"], "facts")
        for name, node in facts.items():
            if name not in CATALOGUE:
                raise _wrong(f"There is no fact '{name}'{_nearest(name, tuple(CATALOGUE))}", node)
        told = {name: self._fact(CATALOGUE[name], node) for name, node in facts.items()}
        _refuse_other_server(server, told.get("server.name"), root["server"])
        return Reading(
            format=SourceFormat.FACTS,
            path=self._file,
            computer=server,
            document=server,
            date=_oldest(root["sources"]),
            facts=told,
        )

    def _fact(self, spec: FactSpec, node: JsonNode) -> Fact:
        fact = _object(node, spec.name)
        status = fact.get("status")
        if status is None:
            raise _wrong(f"'{spec.name}' has no 'status'", node)
        source = Source(SourceFormat.FACTS, Location(self._file, node.line, node.column), spec.name)
        match status.value:
            case "known":
                _check_keys(node, fact, ("status", "value"), ("source", "derivation", "also", "locations"))
                return Known(self._value(spec, fact["value"]), source, _optional_text(fact, "derivation"))
            case "absent":
                _check_keys(node, fact, ("status",), ("source", "detail"))
                return Absent(source, _optional_text(fact, "detail"))
            case "unknown":
                _check_keys(node, fact, ("status", "reason", "detail"), ("sources",))
                return Unknown(_reason(fact["reason"]), _text(fact["detail"], "detail"), (source,))
            case _:
                raise _wrong(f"The status of '{spec.name}' is none of known, absent, unknown", status)

    def _value(self, spec: FactSpec, node: JsonNode) -> Value:
        _refuse_misfit(spec, node)
        try:
            value = from_json(_plain(node), spec.type, spec.field_types)
        except ValueError as error:
            written = isinstance(node.value, str) and spec.type in _WRITTEN_AS_TEXT
            raise _wrong(f"The value of '{spec.name}': {error}", node, _UNREAD if written else _MISTYPED) from error
        if isinstance(value, tuple):
            return self._records(spec, value, node)
        _refuse_other_word(spec.name, value, spec.values, node)
        return value

    def _records(self, spec: FactSpec, records: tuple[Record, ...], node: JsonNode) -> tuple[Record, ...]:
        assert isinstance(node.value, tuple)  # noqa: S101 - only a list was read as records
        placed: list[Record] = []
        for record, entry in zip(records, node.value, strict=True):
            for field in spec.fields:
                _refuse_other_word(f"{spec.name}, {field.name}", record.get(field.name), field.values, entry)
            placed.append(Record(record.fields, Location(self._file, entry.line, entry.column)))
        return tuple(placed)


_UNREAD, _MISTYPED = Reason.UNPARSED, Reason.WRONG_TYPE
_WRITTEN_AS_TEXT = (FactType.TEXT, FactType.VERSION, FactType.DURATION, FactType.TIMESTAMP)


def _refuse_other_server(server: str, name: Fact | None, node: JsonNode) -> None:
    """Refuse a document whose facts name another server than the document."""
    if isinstance(name, Known) and str(name.value).casefold() != server.casefold():
        what = f"The document is of '{server}', and its fact 'server.name' says '{name.value}'"
        raise _wrong(what, node, Reason.IDENTITY)


def _check_format(node: JsonNode, root: _Members) -> None:
    found = root.get("format")
    if found is None:
        raise _wrong("The document does not say its 'format'", node)
    if found.value != FORMAT:
        said = f"'{found.value}'" if isinstance(found.value, str) else "no text"
        raise _wrong(f"The format of the document is {said}; this version of the checker reads '{FORMAT}'", found)


def _check_keys(node: JsonNode, found: _Members, required: tuple[str, ...], optional: tuple[str, ...] = ()) -> None:
    for key, member in found.items():
        if key not in required and key not in optional:
            raise _wrong(f"The key '{key}' is unknown here{_nearest(key, required + optional)}", member)
    for key in required:
        if key not in found:
            raise _wrong(f"The key '{key}' is missing", node)


def _nearest(name: str, names: tuple[str, ...]) -> str:
    close = get_close_matches(name, names, n=1) if len(name) <= _LONGEST_NAME else []
    return f"; did you mean '{close[0]}'?" if close else ""


def _refuse_misfit(spec: FactSpec, node: JsonNode) -> None:
    """Tell apart the ways in which a value is none."""
    if node.value is None:
        raise _wrong(f"The value of '{spec.name}' is null", node, Reason.NO_DATA)
    if node.value == "":
        raise _wrong(f"The value of '{spec.name}' is empty", node)
    if spec.type in (FactType.TEXT, FactType.RECORDS) and is_cut_off(node.value):
        sentence = f"The value of '{spec.name}' is '{node.value}', which PowerShell writes below its depth; use -Depth"
        raise _wrong(sentence, node, Reason.TRUNCATED)


def _refuse_other_word(name: str, value: object, words: tuple[str, ...], node: JsonNode) -> None:
    if words and value not in words:
        raise _wrong(f"The value '{value}' of '{name}' is none of {', '.join(words)}", node)


def _reason(node: JsonNode) -> Reason:
    text = _text(node, "reason")
    try:
        return Reason(text)
    except ValueError as error:
        known = tuple(one.value for one in Reason)
        raise _wrong(f"There is no reason '{text}'{_nearest(text, known)}", node) from error


def _oldest(node: JsonNode) -> datetime | None:
    """Give the date of the oldest source that counts; None if one of them does not say."""
    if not isinstance(node.value, tuple):
        raise _wrong("'sources' is no list", node, _MISTYPED)
    dates: list[datetime | None] = []
    for entry in node.value:
        source = _object(entry, "a source")
        date = source.get("date")
        moment = _moment(date) if date is not None else None
        superseded = source.get("superseded")
        if superseded is None or superseded.value is not True:
            dates.append(moment)
    known = [date for date in dates if date is not None]
    return min(known) if known and len(known) == len(dates) else None


def _moment(node: JsonNode) -> datetime:
    try:
        return parse_timestamp(_text(node, "date"))
    except ValueError as error:
        raise _wrong(f"The date of a source: {error}", node) from error


def _object(node: JsonNode, what: str) -> _Members:
    if not isinstance(node.value, dict):
        raise _wrong(f"There is no object where {what} belongs", node, _MISTYPED)
    return node.value


def _text(node: JsonNode, what: str) -> str:
    if not isinstance(node.value, str):
        raise _wrong(f"'{what}' is no text", node, _MISTYPED)
    return node.value


def _optional_text(found: _Members, key: str) -> str:
    return _text(found[key], key) if key in found else ""


def _wrong(message: str, node: JsonNode, reason: Reason = Reason.UNPARSED) -> UnreadableError:
    message = message if len(message) <= _LONGEST_MESSAGE else f"{message[:_LONGEST_MESSAGE]}…"
    return UnreadableError(f"{message}.".replace("?.", "?"), line=node.line, column=node.column, reason=reason)
