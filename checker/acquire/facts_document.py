"""
The project's own facts document, one in a file or one in each line (NDJSON).

It is written by programs, so it is read without mercy: one wrong value makes the whole document unreadable.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from difflib import get_close_matches
from typing import Any, BinaryIO, TypeVar

from checker.acquire.cmdlet_answers import Told
from checker.acquire.cmdlet_objects import is_cut_off
from checker.acquire.collection_form import read_collection
from checker.acquire.document_date import no_younger, oldest_date
from checker.acquire.document_lines import documents, text_at
from checker.acquire.facts_document_form import (
    MisfitError,
    check_locations,
    check_source,
    check_sources,
    object_of,
    text_of,
)
from checker.acquire.located_json import LocatedDocument, parse_document
from checker.acquire.module_document import read_cmdlets
from checker.acquire.reading import Reading, Span
from checker.acquire.sample import Sample, UnreadableError
from checker.acquire.strict_json import JsonNode, parse_json
from checker.model.catalogue import CATALOGUE, FactSpec
from checker.model.facts import Absent, Fact, Known, Reason, Source, SourceFormat, Unknown
from checker.model.location import Location
from checker.model.values import FactType, Record, Value, from_json
from checker.schema.facts import FORMAT

_MARK = re.compile(r'"format"\s*:\s*"adsync-checker/facts/|"status"\s*:\s*"(?:known|absent|unknown)"')

_LONGEST_NAME = 100  # the comparison of names grows with the square of their length
_LONGEST_MESSAGE = 400
_LISTS = frozenset(name for name, spec in CATALOGUE.items() if spec.type is FactType.RECORDS)
_FIELDS = {name: CATALOGUE[name].field_types for name in _LISTS}
_REASONS = {reason.value: reason for reason in Reason}
_T = TypeVar("_T")


def recognises(sample: Sample) -> bool:
    """Whether it is a facts document: by its format, of whatever version, or by the facts in it."""
    return sample.head.lstrip().startswith("{") and _MARK.search(sample.head) is not None


def read(sample: Sample) -> Iterator[Reading]:
    """
    Read the documents of the file one by one; what was given counts only if none after it is wrong.

    Raises:
        UnreadableError: one of them is not what the schema says, or a server stands in the file twice.
    """
    lines: dict[str, int] = {}
    for text, number, span in documents(sample):
        reading, line = _read(sample.name, text, number)
        server = str(reading.computer).casefold()
        if server in lines:
            raise UnreadableError(
                f"The server '{reading.computer}' stands in the file twice, first in line {lines[server]}.",
                line=line,
                reason=Reason.DUPLICATE,
            )
        lines[server] = line
        yield replace(reading, span=span) if span else reading


def read_span(name: str, span: Span, stream: BinaryIO) -> Reading | None:
    """
    Read again the document at *span* of the file *name*; None if other bytes stand there now.

    Raises:
        UnreadableError: it is not what the schema says.
        OSError: it cannot be read.
    """
    text = text_at(span, stream)
    return None if text is None else replace(_read(name, text, span.line)[0], span=span)


def read_text(name: str, text: str) -> Reading:
    """
    Read the one document that *text*, from the place *name*, is; each fact keeps the item that it was read from.

    Raises:
        UnreadableError: it is not what the schema says.
    """
    return _read(name, text, 1, own_items=True)[0]


def _read(file: str, text: str, first_line: int, *, own_items: bool = False) -> tuple[Reading, int]:
    """Read one document, and tell the line where its server stands."""
    told = parse_document(text, first_line=first_line, lists=_LISTS)
    try:
        document = _Document(file, told, own_items=own_items)
        cmdlets = read_cmdlets(file, text, first_line) if "cmdlets" in document.root else Told(facts={})
        return document.reading(cmdlets), told.line
    except MisfitError as error:
        node = _descend(parse_json(text, first_line=first_line), error.path)
        message = error.message
        if message.startswith("is not what"):
            message = f"'{'.'.join(map(str, error.path))}' {message}"
        message = message if len(message) <= _LONGEST_MESSAGE else f"{message[:_LONGEST_MESSAGE]}…"
        sentence = f"{message}.".replace("?.", "?")
        raise UnreadableError(sentence, line=node.line, column=node.column, reason=error.reason) from error


def _descend(node: JsonNode, path: tuple[str | int, ...]) -> JsonNode:
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

    def __init__(self, file: str, told: LocatedDocument, *, own_items: bool) -> None:
        self._file, self._told, self._own_items = file, told, own_items
        self.root = object_of(told.root, "the document")
        _check_format(self.root)
        _check_keys(self.root, ("format", "server", "sources", "facts"), ("collection", "cmdlets"))

    def reading(self, cmdlets: Told) -> Reading:
        """Read all of it; *cmdlets* is what the answers of cmdlets in it tell."""
        root = self.root
        server = _at("server", text_of, root["server"], "server")
        if not server:
            raise MisfitError("The server has no name", "server")
        date = _at("sources", oldest_date, root["sources"])
        facts: dict[str, Fact] = {}
        for name, value in _at("facts", object_of, root["facts"], "facts").items():
            try:
                facts[name] = self._fact(name, value)
            except MisfitError as error:
                raise error.below("facts", name) from error
        _refuse_other_server(server, facts.get("server.name"))
        date = no_younger(date, facts.get("server.collected_at"))
        for name in facts.keys() & cmdlets.facts.keys():
            raise MisfitError(f"The fact '{name}' stands in the document twice", "facts", name)
        collection = _at("collection", read_collection, root["collection"]) if "collection" in root else None
        return Reading(
            format=SourceFormat.FACTS,
            path=self._file,
            computer=server,
            document=server,
            date=date,
            facts={**facts, **cmdlets.facts},
            rules=cmdlets.rules,
            connectors=cmdlets.connectors,
            collection=collection,
        )

    def _fact(self, name: str, value: Any) -> Fact:
        spec = CATALOGUE.get(name)
        if spec is None:
            raise MisfitError(f"There is no fact '{name}'{_nearest(name, tuple(CATALOGUE))}")
        fact = object_of(value, name)
        item = fact["source"].get("item", name) if self._own_items and isinstance(fact.get("source"), dict) else name
        source = Source(SourceFormat.FACTS, Location(self._file, *self._told.facts[name]), str(item))
        match fact.get("status"):
            case "known":
                _check_keys(fact, ("status", "value"), ("source", "derivation", "also", "locations"))
                _check_members(fact)
                derivation = fact.get("derivation", "")
                return Known(
                    self._value(spec, fact["value"]), source, _at("derivation", text_of, derivation, "derivation")
                )
            case "absent":
                _check_keys(fact, ("status",), ("source", "detail"))
                _check_members(fact)
                return Absent(source, _at("detail", text_of, fact.get("detail", ""), "detail"))
            case "unknown":
                _check_keys(fact, ("status", "reason", "detail"), ("sources",))
                _check_members(fact)
                return Unknown(_reason(fact["reason"]), _at("detail", text_of, fact["detail"], "detail"), (source,))
            case None if "status" not in fact:
                raise MisfitError(f"'{name}' has no 'status'")
            case _:
                raise MisfitError(f"The status of '{name}' is none of known, absent, unknown", "status")

    def _value(self, spec: FactSpec, raw: Any) -> Value:
        _refuse_misfit(spec, raw)
        try:
            value = from_json(raw, spec.type, _FIELDS.get(spec.name))
        except ValueError as error:
            written = isinstance(raw, str) and spec.type in _WRITTEN_AS_TEXT
            message = f"The value of '{spec.name}': {error}"
            raise MisfitError(message, "value", reason=_UNREAD if written else _MISTYPED) from error
        if isinstance(value, tuple):
            return self._records(spec, value)
        _refuse_other_word(spec.name, value, spec.values, "value")
        return value

    def _records(self, spec: FactSpec, records: tuple[Record, ...]) -> tuple[Record, ...]:
        places = self._told.entries[spec.name]
        worded = [field for field in spec.fields if field.values]
        for index, record in enumerate(records):
            for field in worded:
                what = f"{spec.name}, {field.name}"
                _refuse_other_word(what, record.get(field.name), field.values, "value", index)
        return tuple(
            Record(record.fields, Location(self._file, *place)) for record, place in zip(records, places, strict=True)
        )


_UNREAD, _MISTYPED = Reason.UNPARSED, Reason.WRONG_TYPE
_WRITTEN_AS_TEXT = (FactType.TEXT, FactType.VERSION, FactType.DURATION, FactType.TIMESTAMP)


def _at(step: str, read: Callable[..., _T], *arguments: Any) -> _T:
    """Give what *read* makes of what stands at *step*; its mistakes stand there too."""
    try:
        return read(*arguments)
    except MisfitError as error:
        raise error.below(step) from error


def _check_members(fact: Mapping[str, Any]) -> None:
    """Compare what says where a fact was read with the schema."""
    for key, value in fact.items():
        if key in _FORMS:
            _at(key, _FORMS[key], value)


_FORMS: Mapping[str, Callable[[Any], None]] = {
    "source": check_source,
    "sources": check_sources,
    "also": check_sources,
    "locations": check_locations,
}


def _refuse_other_server(server: str, name: Fact | None) -> None:
    """Refuse a document whose facts name another server than the document."""
    if isinstance(name, Known) and str(name.value).casefold() != server.casefold():
        what = f"The document is of '{server}', and its fact 'server.name' says '{name.value}'"
        raise MisfitError(what, "server", reason=Reason.IDENTITY)


def _check_format(root: Mapping[str, Any]) -> None:
    if "format" not in root:
        raise MisfitError("The document does not say its 'format'")
    found = root["format"]
    if found != FORMAT:
        said = f"'{found}'" if isinstance(found, str) else "no text"
        message = f"The format of the document is {said}; this version of the checker reads '{FORMAT}'"
        raise MisfitError(message, "format")


def _check_keys(found: Mapping[str, Any], required: tuple[str, ...], optional: tuple[str, ...] = ()) -> None:
    there = 0
    for key in found:
        if key in required:
            there += 1
        elif key not in optional:
            raise MisfitError(f"The key '{key}' is unknown here{_nearest(key, required + optional)}", key)
    if there < len(required):
        missing = next(key for key in required if key not in found)
        raise MisfitError(f"The key '{missing}' is missing")


def _nearest(name: str, names: tuple[str, ...]) -> str:
    close = get_close_matches(name, names, n=1) if len(name) <= _LONGEST_NAME else []
    return f"; did you mean '{close[0]}'?" if close else ""


def _refuse_misfit(spec: FactSpec, raw: Any) -> None:
    """Tell apart the ways in which a value is none."""
    if raw is None:
        raise MisfitError(f"The value of '{spec.name}' is null", "value", reason=Reason.NO_DATA)
    if raw == "":
        raise MisfitError(f"The value of '{spec.name}' is empty", "value")
    if spec.type in (FactType.TEXT, FactType.RECORDS) and is_cut_off(raw):
        sentence = f"The value of '{spec.name}' is '{raw}', which PowerShell writes below its depth; use -Depth"
        raise MisfitError(sentence, "value", reason=Reason.TRUNCATED)


def _refuse_other_word(name: str, value: object, words: tuple[str, ...], *path: str | int) -> None:
    if words and value not in words:
        raise MisfitError(f"The value '{value}' of '{name}' is none of {', '.join(words)}", *path)


def _reason(value: Any) -> Reason:
    text = _at("reason", text_of, value, "reason")
    if text not in _REASONS:
        raise MisfitError(f"There is no reason '{text}'{_nearest(text, tuple(_REASONS))}", "reason")
    return _REASONS[text]
