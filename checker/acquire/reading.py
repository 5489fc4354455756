"""What one file says, before it is known which server it speaks of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from checker.acquire.sample import UnreadableError
from checker.acquire.sync_rule import RulePiece
from checker.model.collection import Collection
from checker.model.facts import Fact, Source, SourceFormat, Unknown
from checker.model.location import Location


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectorName:
    """A connector of the server: whose names a registry export must agree with."""

    name: str
    identifier: str = ""  # a GUID in lower case; empty where the format does not say
    entra: bool  # whether it is the connector to Entra


@dataclass(frozen=True, slots=True, kw_only=True)
class Instance:
    """A key below `PerMAInstance`: settings of one connector, by the connector's name."""

    connector: str
    filtering: Fact  # of `EnableNonExistentObjectReferenceExportFiltering`
    location: Location


@dataclass(frozen=True, slots=True)
class Span:
    """Where one document stands in a file of several: the bytes of its line."""

    start: int
    length: int
    line: int
    encoding: str
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What one file says."""

    format: SourceFormat
    path: str  # the file, as the user knows it
    group: str = ""  # the export that the file is a part of: the folder above its parts; empty where it stands alone
    computer: str | None = None  # the server that the content names
    document: str | None = None  # several servers in one file (NDJSON): tells their readings apart
    span: Span | None = None  # where it stands in such a file
    date: datetime | None = None  # when the content says it was written
    facts: Mapping[str, Fact] = field(default_factory=dict)  # those that it states outright, by catalogue name
    rules: RulePiece | None = None  # its part of a set of synchronization rules
    connectors: tuple[ConnectorName, ...] = ()
    instances: tuple[Instance, ...] = ()
    instances_observed: bool = False  # whether a missing `PerMAInstance` value was looked for
    outline: bool = False  # only what tells whose it is was kept, for a first look at many files
    collection: Collection | None = None  # how it came from a running server, where it says so
    empty_query: bool = False  # the article's query with no output: what that means depends on the version


def unreadable(
    format_: SourceFormat, path: str, names: tuple[str, ...], error: UnreadableError, *, group: str = ""
) -> Reading:
    """Give the reading of a file that could not be read: every fact in *names* is unknown because of it."""
    location = Location(path, error.line, error.column)
    detail = f"'{location}' could not be read: {error.message}"
    unknown = Unknown(error.reason, detail, (Source(format_, location),))
    return Reading(format=format_, path=path, group=group, facts=dict.fromkeys(names, unknown))
