"""
The project's own facts document: the facts of one server, to be kept, compared and checked again.

Every fact of the catalogue stands in it, on a line of its own, so that a person finds it and a difference shows it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

from checker.model.catalogue import CATALOGUE
from checker.model.collection import Collection, Snapshot
from checker.model.duration import format_duration
from checker.model.facts import Absent, Fact, FactSet, Known, Source, SourceFile, Unknown
from checker.model.location import Location
from checker.model.timestamp import format_timestamp
from checker.model.values import Json, to_json
from checker.report.portable import with_portable_paths
from checker.schema.facts import FORMAT

_Names = Mapping[str, str]


def render_fact_set(fact_set: FactSet, portable: _Names | None = None, collection: Collection | None = None) -> str:
    """
    Write *fact_set* for people and version control; *portable* gives the name of a path that leaves the machine.

    Facts of a running server are written with how they were collected.
    """
    names = portable or {}
    head = ",\n".join(
        (
            f'  "format": {_line(FORMAT)}',
            f'  "server": {_line(fact_set.server)}',
            f'  "sources": {_entries([_source_file(one, names) for one in fact_set.sources])}',
            *([f'  "collection": {_line(_collection(collection))}'] if collection else ()),
        )
    )
    facts = ",\n".join(f"    {_line(name)}: {_line(_fact(fact_set[name], names))}" for name in CATALOGUE)
    return f'{{\n{head},\n  "facts": {{\n{facts}\n  }}\n}}\n'


def render_fact_set_line(fact_set: FactSet, portable: _Names | None = None) -> str:
    """Write *fact_set* as one line of NDJSON, with its line end."""
    names = portable or {}
    document: Json = {
        "format": FORMAT,
        "server": fact_set.server,
        "sources": [_source_file(one, names) for one in fact_set.sources],
        "facts": {name: _fact(fact_set[name], names) for name in CATALOGUE},
    }
    return f"{_line(document)}\n"


def _line(value: Json) -> str:
    # NOTE: the text may reach a terminal or the log of a build. ASCII alone hides nothing, and without `#` no runner
    # takes a part of it for a command; in JSON both can stand in strings only, and there an escape says the same.
    return json.dumps(value, allow_nan=False).replace("#", "\\u0023").replace("\x7f", "\\u007f")


def _entries(values: list[Json]) -> str:
    return "[\n{}\n  ]".format(",\n".join(f"    {_line(value)}" for value in values)) if values else "[]"


def _source_file(source: SourceFile, names: _Names) -> Json:
    written: dict[str, Json] = {
        "format": source.format.value,
        "path": names.get(source.path, source.path),
        "assignment": source.assignment,
    }
    if source.date is not None:
        written["date"] = format_timestamp(source.date)
    return written | {"files": source.files, "superseded": source.superseded}


def _collection(told: Collection) -> Json:
    """Say how a document came from a running server; what is not known is left out."""
    written: dict[str, Json] = {
        "plan": told.plan.value if told.plan else None,
        "host": told.host or None,
        "port": told.port,
        "tls": told.tls,
        "tls_verified": told.tls_verified,
        "authentication": told.authentication or None,
        "configuration_name": told.configuration_name or None,
        "module_version": told.module_version or None,
        "run_by": told.run_by or None,
        "groups": list(told.groups) or None,
        "server_time": format_timestamp(told.server_time) if told.server_time else None,
        "clock_skew": format_duration(told.clock_skew) if told.clock_skew is not None else None,
        "attempts": told.attempts,
        "not_delivered": list(told.not_delivered) or None,
        "failures": [{"kind": one.kind.value, "message": one.message} for one in told.failures] or None,
        "snapshot": _snapshot(told.snapshot) if told.snapshot else None,
    }
    return {key: value for key, value in written.items() if value is not None}


def _snapshot(snapshot: Snapshot) -> Json:
    written: dict[str, Json] = {"path": snapshot.path}
    if snapshot.written is not None:
        written["written"] = format_timestamp(snapshot.written)
    return written | {"owner": snapshot.owner, "access": list(snapshot.access)}


def _fact(fact: Fact, names: _Names) -> Json:
    written: dict[str, Json]
    match fact:
        case Known():
            written = {"status": "known", "value": to_json(fact.value), "source": _source(fact.source, names)}
            if fact.derivation:
                written["derivation"] = with_portable_paths(fact.derivation, names)
            if fact.also:
                written["also"] = [_source(one, names) for one in fact.also]
            places = [record.location for record in fact.value] if isinstance(fact.value, tuple) else []
            if any(places):
                written["locations"] = [_place(place, names) for place in places]
        case Absent():
            written = {"status": "absent", "source": _source(fact.source, names)}
            if fact.detail:
                written["detail"] = with_portable_paths(fact.detail, names)
        case Unknown():
            written = {"status": "unknown", "reason": fact.reason.value}
            written["detail"] = with_portable_paths(fact.detail, names)
            if fact.sources:
                written["sources"] = [_source(one, names) for one in fact.sources]
    return written


def _source(source: Source, names: _Names) -> Json:
    written: dict[str, Json] = {"format": source.format.value}
    if source.location is not None:
        place = source.location
        written |= {"file": names.get(place.file, place.file), "line": place.line, "column": place.column}
    if source.item:
        written["item"] = source.item
    return written


def _place(place: Location | None, names: _Names) -> Json:
    return None if place is None else [names.get(place.file, place.file), place.line, place.column]
