"""Which format a file has, by its content; and what is missing where a source cannot be read."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from importlib import import_module
from itertools import chain
from typing import Protocol

from checker.acquire import server_configuration
from checker.acquire.lost_source import carries_a_mark, lost_source
from checker.acquire.paths import STDIN, InputFile, Refused
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

    def read(self, sample: Sample) -> Iterable[Reading]:
        """
        Read the file.

        Raises:
            UnreadableError: it is of this format, and cannot be read.
        """


def _module(name: str) -> _Source:
    module: _Source = import_module(f"checker.acquire.{name}")
    return module


Understood = tuple[Reading, ...]
_Keep = Callable[[Reading], Reading]


def understand(file: InputFile, keep: _Keep = lambda reading: reading) -> Understood | NotUnderstood | Refused:
    """
    Read *file*; a source that is there and cannot be read gives facts that are unknown, never nothing.

    Of each reading stays what *keep* makes of it: a file of many documents is read one by one.
    """
    try:
        sample = sample_of(file.name, file.size, file.open)
    except UnreadableError as error:
        return _lost(file.name, _remains(file), error, keep) or NotUnderstood(file.name, error.message)
    except OSError as error:
        refused = UnreadableError(f"{error.strerror or error}.", reason=Reason.DENIED)
        return _lost(file.name, "", refused, keep) or Refused(path=file.name, why=refused.message)
    return _read_if_known(sample, keep) or _unrecognised(sample, keep)


def glance(file: InputFile) -> Reading | None:
    """Give the outline of a file whose server its beginning tells as well as all of it; None where it takes more."""
    try:
        return server_configuration.outline(sample_of(file.name, file.size, file.open))
    except (UnreadableError, OSError):
        return None


def _read_if_known(sample: Sample, keep: _Keep) -> Understood | None:
    """Read the file in the first format that its beginning, else its whole text, is of."""
    for looked_at in chain((sample,), _whole(sample)):
        for format_, name in _SOURCES.items():
            source = _module(name)
            if source.recognises(looked_at):
                return _read(source, format_, looked_at, keep)
    return None


def _whole(sample: Sample) -> Iterator[Sample]:
    """Give the file with all of its text to look at, where a format may show itself late; it is read only then."""
    if sample.suffix not in (*_JSON, ".xml", ".clixml") or len(sample.head) >= sample.size:
        return
    try:
        yield replace(sample, head=sample.text())
    except (UnreadableError, OSError):
        return


def _read(source: _Source, format_: SourceFormat, sample: Sample, keep: _Keep) -> Understood:
    try:
        return tuple(map(keep, source.read(sample)))
    except UnreadableError as error:
        failure = error
    except OSError as error:
        failure = UnreadableError(f"{error.strerror or error}.", reason=Reason.DENIED)
    if format_ is SourceFormat.SERVER_CONFIGURATION:
        part = server_configuration.stands_for(sample.name, sample.head, failure)
        if part is not None:
            return (keep(part),)
    return (keep(unreadable(format_, sample.name, facts_in(format_), failure)),)


def _unrecognised(sample: Sample, keep: _Keep) -> Understood | NotUnderstood | Refused:
    """Tell a source that was damaged from a file of some other purpose."""
    if sample.is_empty:
        if sample.suffix in _NEVER_A_SOURCE:
            return NotUnderstood(sample.name, "It is empty.")
        return _lost(sample.name, "", _EMPTY, keep) or Refused(path=sample.name, why=_EMPTY.message)
    wrong = _what_is_wrong(sample)
    lost = _lost(sample.name, sample.head, wrong, keep) if wrong else None
    return lost or NotUnderstood(sample.name, "Its content is none of the formats that are known.")


def _what_is_wrong(sample: Sample) -> UnreadableError | None:
    """Say why a file is damaged, by its text or by what its name promises; None where it is of some other purpose."""
    if sample.suffix in _JSON:
        return _json_that_tells_nothing(sample)
    if sample.suffix in (".xml", ".clixml"):
        foreign = server_configuration.stands_for(sample.name, sample.head, _FOREIGN) is not None
        return server_configuration.wrong_xml(sample) or (_FOREIGN if foreign else None)
    if sample.suffix == ".reg" or sample.name == STDIN or carries_a_mark(sample.head):
        return _DAMAGED
    return None


def _lost(name: str, text: str, error: UnreadableError, keep: _Keep) -> Understood | None:
    lost = lost_source(name, text, error)
    return None if lost is None else (keep(lost),)


def _remains(file: InputFile) -> str:
    """Give the beginning of a file that is no text of the known encodings, as far as it can be made out."""
    try:
        with file.open() as stream:
            return stream.read(_REMAINS).replace(b"\0", b"").decode("latin-1")
    except OSError:
        return ""


_REMAINS = 64 * 1024
_JSON = (".json", ".jsonl", ".ndjson")
_NEVER_A_SOURCE = (".csv", ".evtx", ".txt")
"""Parts of a support bundle that are not read, whatever they hold; an empty text may be the query without output."""

_EMPTY = UnreadableError("The file is empty.", reason=Reason.TRUNCATED)
_FOREIGN = UnreadableError("The content is not that of a configuration file of this place.")
_DAMAGED = UnreadableError(
    "The file does not begin as a source does: its beginning is missing, or something precedes it."
)


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
