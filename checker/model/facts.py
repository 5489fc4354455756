"""Facts: something true of a server, known, absent, or unknown for a reason."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from types import MappingProxyType

from checker.model.location import Location
from checker.model.values import Value
from checker.model.version import Version


class SourceFormat(Enum):
    """The kinds of sources that facts come from; the word is the one that reports use."""

    SERVER_CONFIGURATION = "server-configuration"  # the folder of Get-ADSyncServerConfiguration
    REGISTRY = "registry"  # a .reg file, or the output of `reg export`
    SYNCHRONIZATION_POLICY = "synchronization-policy"  # Applied-/Exported-SynchronizationPolicy-*.json
    CMDLET = "cmdlet"  # cmdlet output, written by ConvertTo-Json or Export-Clixml
    QUERY = "query"  # the text of Get-ItemProperty … | Select-Object AadConnector*ApiVersion
    FACTS = "facts"  # the project's own facts document
    LIVE = "live"  # a running server, over PowerShell remoting or by our module on it
    INVENTORY = "inventory"  # what is declared of a server, not observed


SOURCE_TITLES: Mapping[SourceFormat, str] = MappingProxyType(
    {
        SourceFormat.SERVER_CONFIGURATION: "export folder",
        SourceFormat.REGISTRY: "registry export",
        SourceFormat.SYNCHRONIZATION_POLICY: "synchronization policy",
        SourceFormat.CMDLET: "cmdlet dump",
        SourceFormat.QUERY: "query text",
        SourceFormat.FACTS: "facts document",
        SourceFormat.LIVE: "live server",
        SourceFormat.INVENTORY: "inventory",
    }
)
"""What a person calls a source of each format."""


class Reason(Enum):
    """Why a fact is unknown."""

    NOT_IN_SOURCE = "not_in_source"  # no source that was given can hold it
    DENIED = "denied"
    UNREACHABLE = "unreachable"
    COLLECTION_FAILED = "collection_failed"
    WRONG_TYPE = "wrong_type"
    TRUNCATED = "truncated"  # the source is visibly only a part
    STALE = "stale"
    AMBIGUOUS = "ambiguous"  # what was read has more than one meaning
    UNPARSED = "unparsed"  # it is there and was not understood
    CONFLICTING = "conflicting"  # sources disagree
    NO_DATA = "no_data"
    DUPLICATE = "duplicate"
    IDENTITY = "identity"  # the source speaks of another server or tenant
    INTERNAL = "internal"  # a bug of the checker


@dataclass(frozen=True, slots=True)
class Source:
    """Where a fact comes from."""

    format: SourceFormat
    location: Location | None = None  # none for what no file holds
    item: str = ""  # what was read there: an element, a registry value, a property of a cmdlet


@dataclass(frozen=True, slots=True)
class Known:
    """A fact with its value."""

    value: Value
    source: Source
    derivation: str = ""  # how the value was derived, as a sentence; empty where it was observed
    also: tuple[Source, ...] = ()  # further sources that a derived value rests on, or that say the same


@dataclass(frozen=True, slots=True)
class Absent:
    """A fact that was looked for where it would stand, and is not there."""

    source: Source
    detail: str = ""  # what absence means here, as a sentence
    also: tuple[Source, ...] = ()  # further sources that a derived absence rests on


@dataclass(frozen=True, slots=True)
class Unknown:
    """A fact of which nothing can be said, and why."""

    reason: Reason
    detail: str  # a sentence for the person who must act
    sources: tuple[Source, ...] = ()  # all that take part: a conflict names each side


Fact = Known | Absent | Unknown


def known_version(fact: Fact) -> Version | None:
    """Give the version that *fact* states; None where it states none."""
    return fact.value if isinstance(fact, Known) and isinstance(fact.value, Version) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceFile:
    """One source as reports list it: an export folder or a file, and how it came to its server."""

    format: SourceFormat
    path: str  # as the user knows it
    assignment: str  # how its server is known: `named in the file`, `assigned by folder`, `assigned by --server` …
    date: datetime | None = None  # when the source says it was made; none where it does not say
    files: int = 1  # how many files it is made of
    superseded: bool = False  # a newer one of the same kind counts instead


@dataclass(frozen=True, slots=True, kw_only=True)
class FactSet:
    """All facts of one server at one moment."""

    server: str  # the name that reports show
    facts: Mapping[str, Fact] = field(default_factory=dict)  # by the names of the catalogue
    sources: tuple[SourceFile, ...] = ()

    def __getitem__(self, name: str) -> Fact:
        """Give the fact *name*; one that no source mentioned is unknown, never absent."""
        return self.facts.get(name) or Unknown(Reason.NOT_IN_SOURCE, f"No source of this server can hold '{name}'.")
