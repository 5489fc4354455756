"""Which format a file has, by its content; and what is missing where a source cannot be read."""

from __future__ import annotations

from importlib import import_module
from typing import Protocol

from checker.acquire import server_configuration
from checker.acquire.paths import InputFile
from checker.acquire.reading import Reading, unreadable
from checker.acquire.sample import Sample, UnreadableError, sample_of
from checker.model.catalogue import facts_in
from checker.model.facts import Reason, SourceFormat
from checker.model.result import NotUnderstood

_SOURCES = {
    SourceFormat.SERVER_CONFIGURATION: "server_configuration",
    SourceFormat.REGISTRY: "registry",
    SourceFormat.FACTS: "facts_document",
    SourceFormat.SYNCHRONIZATION_POLICY: "synchronization_policy",
    SourceFormat.CMDLET: "cmdlet_dump",
    SourceFormat.QUERY: "query",
}
"""
The module of every source format; a new one is a module and a line here.

They are asked in this order, the frequent ones first, and imported when they are: few runs need all of them.
"""


class _Source(Protocol):
    """A source format: how its files are known, and how they are read."""

    def recognises(self, sample: Sample) -> bool:
        """Whether the content is of this format."""

    def read(self, sample: Sample) -> tuple[Reading, ...]:
        """
        Read the file.

        Raises:
            UnreadableError: it is of this format, and cannot be read.
        """


def _module(name: str) -> _Source:
    module: _Source = import_module(f"checker.acquire.{name}")
    return module


_BY_SUFFIX = {
    ".reg": (SourceFormat.REGISTRY,),
    ".clixml": (SourceFormat.CMDLET,),
    ".xml": (SourceFormat.SERVER_CONFIGURATION, SourceFormat.CMDLET),
    ".json": (SourceFormat.FACTS,),
    ".jsonl": (SourceFormat.FACTS,),
    ".ndjson": (SourceFormat.FACTS,),
}
"""
What a file of this ending would have told, if nothing else is known of it.

A broken JSON file may be of any kind; the project's own document can hold every fact, so every fact is in doubt.
"""

Understood = tuple[Reading, ...]


def understand(file: InputFile) -> Understood | NotUnderstood:
    """Read *file*; a source that is there and cannot be read gives facts that are unknown, never nothing."""
    try:
        sample = sample_of(file.name, file.size, file.open)
    except UnreadableError as error:
        return _unreadable(file, error)
    except OSError as error:
        return _unreadable(file, UnreadableError(f"{error.strerror or error}.", reason=Reason.DENIED))
    for format_, name in _SOURCES.items():
        source = _module(name)
        if source.recognises(sample):
            return _read(source, format_, sample)
    return _unrecognised(file, sample)


def _read(source: _Source, format_: SourceFormat, sample: Sample) -> Understood:
    try:
        return source.read(sample)
    except UnreadableError as error:
        failure = error
    except OSError as error:
        failure = UnreadableError(f"{error.strerror or error}.", reason=Reason.DENIED)
    if format_ is SourceFormat.SERVER_CONFIGURATION:
        part = server_configuration.stands_for(sample.name, sample.head, failure)
        if part is not None:
            return (part,)
    return (unreadable(format_, sample.name, facts_in(format_), failure),)


def _unreadable(file: InputFile, error: UnreadableError) -> Understood | NotUnderstood:
    """Say what is missing because a file is no text: by where it stands, else by its ending."""
    part = server_configuration.stands_for(file.name, "", error)
    if part is not None:
        return (part,)
    suffix = f".{file.name.rpartition('.')[2].lower()}"
    formats = _BY_SUFFIX.get(suffix)
    if formats is None:
        return NotUnderstood(file.name, error.message)
    names = [name for format_ in formats for name in facts_in(format_)]
    return (unreadable(formats[0], file.name, tuple(dict.fromkeys(names)), error),)


def _unrecognised(file: InputFile, sample: Sample) -> Understood | NotUnderstood:
    if sample.is_empty:
        if sample.suffix in _BY_SUFFIX or server_configuration.stands_for(sample.name, "", _EMPTY) is not None:
            return _unreadable(file, _EMPTY)
        return NotUnderstood(file.name, "It is empty.")
    why = "Its content is none of the formats that are known."
    if sample.suffix in (".json", ".jsonl", ".ndjson"):
        wrong = _json_that_tells_nothing(sample)
        return _unreadable(file, wrong) if wrong else NotUnderstood(file.name, why)
    if sample.suffix in (".xml", ".clixml", ".reg"):
        wrong = server_configuration.wrong_xml(sample) if sample.suffix != ".reg" else _NO_HEADER
        if wrong or server_configuration.stands_for(sample.name, sample.head, _FOREIGN) is not None:
            return _unreadable(file, wrong or _FOREIGN)
    return NotUnderstood(file.name, why)


_EMPTY = UnreadableError("The file is empty.", reason=Reason.TRUNCATED)
_FOREIGN = UnreadableError("The content is not that of a configuration file of this place.")
_NO_HEADER = UnreadableError("The first line is not 'Windows Registry Editor Version 5.00'.")


def _json_that_tells_nothing(sample: Sample) -> UnreadableError | None:
    """Say what is wrong with a JSON file that is none of the formats; None for an object of some other purpose."""
    from checker.acquire.strict_json import parse_json  # noqa: PLC0415 - only for files that are no source

    try:
        value = parse_json(sample.text()).value
    except UnreadableError as error:
        page = " It looks like a web page." if sample.head.lstrip().startswith("<") else ""
        return UnreadableError(error.message + page, line=error.line, column=error.column, reason=error.reason)
    if isinstance(value, dict) and value:
        return None
    kind = {dict: "an empty object", tuple: "a list of nothing that is known", type(None): "null"}
    return UnreadableError(f"It is {kind.get(type(value), 'a single value')}, which tells no fact.")
