"""
The folder of `Get-ADSyncServerConfiguration`: connectors, global settings and synchronization rules, one file each.

A file is known by its root element, never by its name. Only where it cannot be read its place and its name say what
is missing, so that one broken file never goes unnoticed.
"""

from __future__ import annotations

from enum import Enum

from checker.acquire.connector_file import CONNECTOR_FACTS, CONNECTOR_ROOT, NOT_NEEDED, read_connector
from checker.acquire.global_settings import SETTINGS_FACTS, SETTINGS_ROOT, read_settings
from checker.acquire.reading import Reading, unreadable
from checker.acquire.rule_file import RULE_ROOT, read_rule
from checker.acquire.sample import Sample, UnreadableError
from checker.acquire.sync_rule import RulePiece
from checker.acquire.xml_tree import parse_xml, root_tag
from checker.model.facts import Source, SourceFormat, Unknown
from checker.model.location import Location

_FORMAT = SourceFormat.SERVER_CONFIGURATION


class _Part(Enum):
    """The three parts of an export, by the root element of their files."""

    CONNECTOR = CONNECTOR_ROOT
    SETTINGS = SETTINGS_ROOT
    RULE = RULE_ROOT


_BY_ROOT = {part.value: part for part in _Part}
_BY_FOLDER = {
    "connectors": _Part.CONNECTOR,
    "globalsettings": _Part.SETTINGS,
    "synchronizationrules": _Part.RULE,
}
_BY_NAME = (
    ("connector_{", _Part.CONNECTOR),
    ("synchronizationrule_{", _Part.RULE),
    ("mv.xml", _Part.SETTINGS),
)
"""How the product names the files; a file of another ending or folder that is called so was one of them."""


def recognises(sample: Sample) -> bool:
    """Whether the root element is that of a part of an export."""
    return root_tag(sample.head) in _BY_ROOT


def read(sample: Sample) -> tuple[Reading, ...]:
    """
    Read one file of an export.

    Raises:
        UnreadableError: it is no XML that may be read, or its parameters are not.
    """
    part = _BY_ROOT[root_tag(sample.head) or ""]
    root = parse_xml(sample.text(), skip=frozenset() if part is _Part.RULE else NOT_NEEDED)
    if root.tag != part.value:
        raise UnreadableError(f"The root element is '{root.tag}', not '{part.value}'.", line=root.line)
    group = _group(sample.name)
    match part:
        case _Part.CONNECTOR:
            return (read_connector(root, sample.name, group),)
        case _Part.SETTINGS:
            return (read_settings(root, sample.name, group),)
        case _Part.RULE:
            try:
                piece = RulePiece(set=group, rules=(read_rule(root, sample.name),))
            except UnreadableError as error:
                return (_lost_rule(sample.name, error),)
            return (Reading(format=_FORMAT, path=sample.name, group=group, rules=piece),)


def outline(sample: Sample) -> Reading | None:
    """Say whose a synchronization rule is without reading it: that of its export; None for any other file."""
    if root_tag(sample.head) != RULE_ROOT:
        return None
    return Reading(format=_FORMAT, path=sample.name, group=_group(sample.name), outline=True)


def stands_for(name: str, head: str, error: UnreadableError, *, whatever_name: bool = False) -> Reading | None:
    """
    Say what is missing where the file *name* cannot be read because of *error*; None where it is no part of an export.

    What the beginning of its text (*head*, empty where there is none) says of its root element counts first, then
    the folder it lies in, then its name. Nothing is stored beside the parts but parts: with *whatever_name* the
    folder counts also for a file that is not called like one.
    """
    match _part(name, head, whatever_name=whatever_name):
        case _Part.CONNECTOR:
            return unreadable(_FORMAT, name, CONNECTOR_FACTS, error, group=_group(name))
        case _Part.SETTINGS:
            return unreadable(_FORMAT, name, SETTINGS_FACTS, error, group=_group(name))
        case _Part.RULE:
            return _lost_rule(name, error)
        case None:
            return None


def wrong_xml(sample: Sample) -> UnreadableError | None:
    """Say what is wrong with a file that should be XML; None where it is well-formed, of whatever purpose."""
    try:
        parse_xml(sample.text())
    except UnreadableError as error:
        return error
    return None


def _part(name: str, head: str, *, whatever_name: bool) -> _Part | None:
    *folders, base = name.lower().split("/")
    folder = _BY_FOLDER.get(folders[-1]) if folders and (whatever_name or base.endswith(".xml")) else None
    return (
        _BY_ROOT.get(root_tag(head) or "")
        or folder
        or next((part for start, part in _BY_NAME if base.startswith(start)), None)
    )


def _group(name: str) -> str:
    """Name the export that a file is a part of: the folder above the folder of its part, or its own folder."""
    *folders, _ = name.split("/")
    if folders and folders[-1].lower() in _BY_FOLDER:
        folders = folders[:-1]
        if folders == [""]:
            return "/"
    return "/".join(folders) or "."


def _lost_rule(name: str, error: UnreadableError) -> Reading:
    """Give the reading of a rule that cannot be told, which makes every fact over its set unknown."""
    location = Location(name, error.line, error.column)
    detail = f"The synchronization rule '{location}' could not be read: {error.message}"
    problem = Unknown(error.reason, detail, (Source(_FORMAT, location),))
    group = _group(name)
    return Reading(format=_FORMAT, path=name, group=group, rules=RulePiece(set=group, problem=problem))
