"""
The text of `Get-ItemProperty …Parameters | Select-Object AadConnector*ApiVersion`.

PowerShell shows it as a list (`NAME : VALUE`) or as a table of two lines below each other. The wildcard selects what
exists, so a value that is not shown is not set.
"""

from __future__ import annotations

import re

from checker.acquire.reading import Reading
from checker.acquire.sample import Sample, UnreadableError
from checker.model.facts import Absent, Fact, Known, Reason, Source, SourceFormat, Unknown
from checker.model.location import Location
from checker.model.values import FactType, parse_scalar

_VALUES = {
    "endpoint.export_api_version_raw": "AadConnectorExportApiVersion",
    "endpoint.import_api_version_raw": "AadConnectorImportApiVersion",
}
_NAMES = frozenset(value.lower() for value in _VALUES.values())
_START = re.compile(r"aadconnector(?:export|import)", re.IGNORECASE)
_ENTRY = re.compile(r"(\S+)[ \t]*:[ \t]*(.*)")
_OTHER_TEXTS = ("get-", "reg_")
"""How the text files of a support bundle start: the output of cmdlets and hives, never of this query."""

_MAX_LINES = 200

_Cell = tuple[str, int, int]  # a text with its line and column


def recognises(sample: Sample) -> bool:
    """Whether it is the output of the query: it starts with one of the two names, or a text file has nothing at all."""
    return _is_empty_output(sample) or _START.match(sample.head.lstrip()) is not None


def read(sample: Sample) -> tuple[Reading, ...]:
    """
    Read both values.

    Raises:
        UnreadableError: it is wrapped, cut off, or holds something else as well.
    """
    if _is_empty_output(sample):
        return (Reading(format=SourceFormat.QUERY, path=sample.name, empty_query=True),)
    lines: list[tuple[int, str]] = []
    for number, line in enumerate(sample.lines(), 1):
        if line.strip():
            lines.append((number, line.rstrip()))
        if len(lines) > _MAX_LINES:
            raise UnreadableError("There is more than the output of the query.", line=number)
    entries = _list(lines) if ":" in lines[0][1] else _table(lines)
    facts = {name: _fact(sample.name, value, entries) for name, value in _VALUES.items()}
    return (Reading(format=SourceFormat.QUERY, path=sample.name, facts=facts),)


def _is_empty_output(sample: Sample) -> bool:
    base = sample.name.rpartition("/")[2].lower()
    return sample.is_empty and base.endswith(".txt") and not base.startswith(_OTHER_TEXTS)


def _list(lines: list[tuple[int, str]]) -> dict[str, _Cell]:
    entries: dict[str, _Cell] = {}
    for number, line in lines:
        found = _ENTRY.fullmatch(line)
        if found is None:
            raise UnreadableError(f"{line.strip()[:80]!r} is no line of the form 'NAME : VALUE'.", line=number)
        _add(entries, (found[1], number, found.start(1) + 1), (found[2].strip(), number, found.start(2) + 1))
    return entries


def _table(lines: list[tuple[int, str]]) -> dict[str, _Cell]:
    """Read a head, a rule of dashes under each word of it, and one line of values; a value stands within its column."""
    if len(lines) != 3:
        raise UnreadableError(f"A table of {len(lines)} lines is not what the query shows.", line=lines[-1][0])
    (at, head), (_, dashes), (number, values) = lines
    columns = [(found.start(), found.end()) for found in re.finditer(r"\S+", head)]
    rules = [(found.start(), found.end()) for found in re.finditer(r"\S+", dashes)]
    if set(dashes) - {"-", " "} or columns != rules:
        raise UnreadableError("The line below the head of the table does not belong to it.", line=lines[1][0])
    entries: dict[str, _Cell] = {}
    words = [(found.group(), found.start(), found.end()) for found in re.finditer(r"\S+", values)]
    for start, end in columns:
        inside = [word for word in words if start <= word[1] and word[2] <= end]
        words = [word for word in words if word not in inside]
        text, column = (inside[0][0], inside[0][1] + 1) if len(inside) == 1 else ("", start + 1)
        _add(entries, (head[start:end], at, start + 1), (text, number, column))
    if words:
        raise UnreadableError(f"'{words[0][0]}' stands below no column.", line=number, column=words[0][1] + 1)
    return entries


def _add(entries: dict[str, _Cell], name: _Cell, value: _Cell) -> None:
    key, line, column = name[0].lower(), name[1], name[2]
    if key not in _NAMES:
        raise UnreadableError(f"'{name[0]}' is not what the query selects.", line=line, column=column)
    if key in entries:
        raise UnreadableError(f"'{name[0]}' stands twice.", line=line, column=column)
    entries[key] = value


def _fact(file: str, value: str, entries: dict[str, _Cell]) -> Fact:
    if value.lower() not in entries:
        line = min(line for _, line, _ in entries.values())
        source = Source(SourceFormat.QUERY, Location(file, line), "the output of the query")
        return Absent(source, "The query selects what exists, and shows only the other value.")
    text, line, column = entries[value.lower()]
    source = Source(SourceFormat.QUERY, Location(file, line, column), value)
    try:
        return Known(parse_scalar(text, FactType.INTEGER), source)
    except ValueError as error:
        return Unknown(Reason.UNPARSED if text else Reason.NO_DATA, f"{error}.", (source,))
