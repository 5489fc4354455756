"""A file of the folder `Connectors`: the connector to Entra, one to an Active Directory forest, or another."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum, auto

from checker.acquire.global_parameters import parse_net_boolean
from checker.acquire.guid import guid
from checker.acquire.reading import ConnectorName, Reading
from checker.acquire.sample import UnreadableError
from checker.acquire.sync_rule import ENTRA_CONNECTOR
from checker.acquire.xml_element import filled, misread, text_of
from checker.acquire.xml_tree import Node
from checker.model.facts import Fact, Known, Reason, Source, SourceFormat, Unknown
from checker.model.location import Location
from checker.model.values import FactType, Record, Scalar, parse_scalar
from checker.model.version import Version

CONNECTOR_ROOT = "ma-data"
NOT_NEEDED = frozenset({"schema", "attribute-inclusion", "ma-partition-data", "ma-run-data"})
"""Parts of the file that state no fact, and have most of its megabytes."""

_FORMAT = SourceFormat.SERVER_CONFIGURATION
_ENTRA_SUBTYPE = "Windows Azure Active Directory (Microsoft)"
_DIRECTORY = "AD"
_VERSION_PARTS = 4


class _Kind(Enum):
    """What a connector leads to."""

    ENTRA = auto()
    DIRECTORY = auto()
    OTHER = auto()


@dataclass(frozen=True, slots=True)
class _Stated:
    """What a file states of one fact; the fields of a record where the fact is a list."""

    value: Scalar | Mapping[str, Scalar]
    node: Node
    item: str


def read_connector(root: Node, file: str, group: str) -> Reading:
    """
    Read a connector.

    The facts about Active Directory connectors are lists that have one entry here; whoever brings the files of an
    export together joins them. What the file lacks makes the fact that it would have stated unknown.
    """
    try:
        kind = _kind(root)
    except UnreadableError as error:
        facts: dict[str, Fact] = dict.fromkeys(CONNECTOR_FACTS, _unknown(error, file))
        return Reading(format=_FORMAT, path=file, group=group, facts=facts, connectors=_names(root, entra=False))
    facts = {name: _fact(read, root, file) for name, read in _READERS[kind].items()}
    connectors = _names(root, entra=kind is _Kind.ENTRA)
    return Reading(format=_FORMAT, path=file, group=group, facts=facts, connectors=connectors)


def _kind(root: Node) -> _Kind:
    """
    Tell what the connector leads to; the one to Entra has a fixed identifier, and a subtype of its own.

    Raises:
        UnreadableError: the two disagree, or what tells them is missing.
    """
    subtypes = {text_of(node) for node in root.all("subtype")} - {""}
    identifiers = {_guid(node) for node in root.all("id")}
    category = text_of(filled(root.all("category"), "category", root))
    signs = {one == ENTRA_CONNECTOR for one in identifiers} | {one == _ENTRA_SUBTYPE for one in subtypes}
    if category == _DIRECTORY and True not in signs:
        return _Kind.DIRECTORY
    if not signs:
        filled(root.all("id"), "id", root)
    if len(signs) > 1 or category == _DIRECTORY:
        raise UnreadableError(
            f"Identifier ({', '.join(sorted(identifiers))}), category ({category}) and subtype "
            f"({', '.join(sorted(subtypes))}) do not agree whether this is the Entra connector.",
            line=root.line,
            column=root.column,
            reason=Reason.AMBIGUOUS,
        )
    return _Kind.ENTRA if True in signs else _Kind.OTHER


def _names(root: Node, *, entra: bool) -> tuple[ConnectorName, ...]:
    names = [text_of(node) for node in root.all("name")]
    return tuple(ConnectorName(name=name, identifier=_guid_or_nothing(root), entra=entra) for name in names if name)


def _guid_or_nothing(root: Node) -> str:
    """Give the one identifier of the connector; empty where there is none, or several, or something else."""
    try:
        [identifier] = {_guid(node) for node in root.all("id")}
    except (ValueError, UnreadableError):
        return ""
    return identifier


def _fact(read: Callable[[Node], _Stated], root: Node, file: str) -> Fact:
    try:
        stated = read(root)
    except UnreadableError as error:
        return _unknown(error, file)
    location = Location(file, stated.node.line, stated.node.column)
    source = Source(_FORMAT, location, stated.item)
    if isinstance(stated.value, Mapping):
        return Known((Record.of(location, **stated.value),), source)
    return Known(stated.value, source)


def _unknown(error: UnreadableError, file: str) -> Unknown:
    location = Location(file, error.line, error.column)
    return Unknown(error.reason, f"{error.message.removesuffix('.')}, in '{location}'.", (Source(_FORMAT, location),))


def _guid(node: Node) -> str:
    try:
        return guid(text_of(node))
    except ValueError as error:
        raise misread(node, error) from error


def _private(root: Node, tag: str) -> Node:
    """Give the element *tag* of the private configuration that holds the settings of this kind of connector."""
    for configuration in root.all("private-configuration"):
        found = list(configuration.below(tag))
        if len(found) > 1:
            place = found[1]
            message = f"There are several '{tag}' in the private configuration."
            raise UnreadableError(message, line=place.line, column=place.column, reason=Reason.CONFLICTING)
        if found:
            return found[0]
    raise UnreadableError(
        f"There is no '{tag}' in the private configuration.",
        line=root.line,
        column=root.column,
        reason=Reason.TRUNCATED,
    )


def _version(root: Node) -> _Stated:
    settings = _private(root, "extension-config")
    node = filled(settings.all("assembly-version"), "assembly-version", settings)
    try:
        version = Version.parse(text_of(node))
    except ValueError as error:
        raise misread(node, error) from error
    if text_of(node).count(".") != _VERSION_PARTS - 1:
        raise misread(node, ValueError(f"{text_of(node)!r} has not {_VERSION_PARTS} parts"))
    return _Stated(version, node, "extension-config/assembly-version")


def _export_type(root: Node) -> _Stated:
    settings = _private(root, "extension-config")
    node = filled(settings.all("export-type"), "export-type", settings)
    try:
        return _Stated(parse_scalar(text_of(node), FactType.INTEGER), node, "extension-config/export-type")
    except ValueError as error:
        raise misread(node, error) from error


def _name(root: Node) -> _Stated:
    node = filled(root.all("name"), "name", root)
    return _Stated(text_of(node), node, "name")


def _identifier(root: Node) -> _Stated:
    node = filled(root.all("id"), "id", root)
    return _Stated(_guid(node), node, "id")


def _user_name(root: Node) -> _Stated:
    values = _private(root, "parameter-values")
    found = (one for one in values.all("parameter") if one.attributes.get("name", "").lower() == "username")
    node = filled(found, "parameter UserName", values)
    return _Stated(text_of(node), node, "parameter UserName")


def _password_hashes(root: Node) -> _Stated:
    settings = _private(root, "password-hash-sync-config")
    node = filled(settings.all("enabled"), "enabled", settings)
    match text_of(node):
        case "1":
            enabled = True
        case "0":
            enabled = False
        case text:
            try:
                enabled = parse_net_boolean(text)
            except ValueError as error:
                raise misread(node, error) from error
    connector = text_of(filled(root.all("name"), "name", root))
    return _Stated({"connector": connector, "enabled": enabled}, node, "password-hash-sync-config/enabled")


def _account(root: Node) -> _Stated:
    settings = _private(root, "adma-configuration")
    connector = text_of(filled(root.all("name"), "name", root))
    domain = filled(settings.all("forest-login-domain"), "forest-login-domain", settings)
    user = filled(settings.all("forest-login-user"), "forest-login-user", settings)
    fields = {"connector": connector, "domain": text_of(domain), "user": text_of(user)}
    return _Stated(fields, user, "adma-configuration/forest-login-user")


_READERS: Mapping[_Kind, Mapping[str, Callable[[Node], _Stated]]] = {
    _Kind.ENTRA: {
        "product.version": _version,
        "endpoint.export_type": _export_type,
        "tenant.connector_name": _name,
        "tenant.connector_id": _identifier,
        "tenant.connector_account": _user_name,
    },
    _Kind.DIRECTORY: {
        "features.password_hash_sync": _password_hashes,
        "features.ad_connector_accounts": _account,
    },
    _Kind.OTHER: {},
}

CONNECTOR_FACTS = tuple(name for readers in _READERS.values() for name in readers)
"""The facts that are unknown where the file cannot be read: nobody knows which connector it was."""
