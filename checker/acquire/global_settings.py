"""The file of the folder `GlobalSettings`: the server's name, the date of the export, and all parameters."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime

from checker.acquire.global_parameters import EVERY_PARAMETER, PARAMETER_OF_FACT, Parameter, facts_of_parameters
from checker.acquire.reading import Reading
from checker.acquire.sample import UnreadableError
from checker.acquire.xml_tree import Node
from checker.model.facts import Fact, Known, Reason, Source, SourceFormat, Unknown
from checker.model.location import Location

SETTINGS_ROOT = "saved-mv-configuration"
SETTINGS_FACTS = ("server.name", EVERY_PARAMETER, *PARAMETER_OF_FACT)
"""The facts that are unknown where the file cannot be read."""

_FORMAT = SourceFormat.SERVER_CONFIGURATION
_DATE = re.compile(r"(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)(?:\.\d{1,7})?", re.ASCII)


def read_settings(root: Node, file: str, group: str) -> Reading:
    """
    Read the global settings.

    Raises:
        UnreadableError: a parameter has no name, or holds more than text.
    """
    lists = list(root.below("parameter-values"))
    place = lists[0] if lists else root
    whole = Source(_FORMAT, Location(file, place.line, place.column), "parameter-values")
    facts = facts_of_parameters(
        [one for node in lists for one in _parameters(node, file)], _FORMAT, "parameter {}".format, whole
    )
    computer = root.attributes.get("server", "").strip()
    return Reading(
        format=_FORMAT,
        path=file,
        group=group,
        computer=computer or None,
        date=_date(root.attributes.get("export-date", "")),
        facts={"server.name": _server(computer, root, file), **facts},
    )


def _parameters(values: Node, file: str) -> Iterator[Parameter]:
    for node in values.below("parameter"):
        name = node.attributes.get("name", "").strip()
        if not name or node.children:
            wrong = "holds elements, not a value" if name else "has no name"
            raise UnreadableError(f"A parameter {wrong}.", line=node.line, column=node.column)
        yield Parameter(name=name, value=node.text, location=Location(file, node.line, node.column))


def _server(computer: str, root: Node, file: str) -> Fact:
    source = Source(_FORMAT, Location(file, root.line, root.column), "attribute server")
    if computer:
        return Known(computer, source)
    return Unknown(Reason.TRUNCATED, "The global settings do not name their server.", (source,))


def _date(text: str) -> datetime | None:
    """Read the date of the export, which has no zone: it is taken as UTC (inferred from a real export)."""
    found = _DATE.fullmatch(text)
    if not found:
        return None
    try:
        return datetime.fromisoformat(f"{found[1]}T{found[2]}").replace(tzinfo=UTC)
    except ValueError:
        return None
