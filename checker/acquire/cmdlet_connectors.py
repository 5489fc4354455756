"""The objects of `Get-ADSyncConnector`: what they say of the Entra connector, and the names of all."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from checker.acquire.cmdlet_objects import CmdletValue, NotToldError, list_of, object_of, scalar_of
from checker.acquire.guid import guid
from checker.acquire.reading import ConnectorName
from checker.acquire.sync_rule import ENTRA_CONNECTOR
from checker.model.facts import Fact, Known, Reason, Source, SourceFormat, Unknown
from checker.model.location import Location
from checker.model.values import FactType, Scalar

_ENTRA_SUBTYPE = "Windows Azure Active Directory (Microsoft)"


@dataclass(frozen=True, slots=True)
class Connectors:
    """What a dump says of connectors."""

    facts: dict[str, Fact]
    names: tuple[ConnectorName, ...]


def looks_like_connector(value: CmdletValue) -> bool:
    """Whether *value* is an object of `Get-ADSyncConnector`, or a selection of its properties."""
    return value.is_a("Connector") or value.has("ConnectivityParameters") or value.has("ExtensionConfiguration")


def read_connectors(file: str, values: Sequence[CmdletValue]) -> Connectors:
    """
    Read all connectors of a dump.

    One that does not say which it is may be the Entra connector, so it makes the facts about that one unknown.
    """
    names: list[ConnectorName] = []
    entra: list[CmdletValue] = []
    for value in values:
        try:
            connector = object_of(value, "a connector")
            is_entra = _is_entra(connector)
            told = ConnectorName(name=str(_name(connector)), identifier=_identifier(connector), entra=is_entra)
        except NotToldError as error:
            return Connectors(dict.fromkeys(_FACTS, error.unknown(file, "Get-ADSyncConnector")), ())
        names.append(told)
        if is_entra:
            entra.append(connector)
    if len(entra) > 1:
        sources = tuple(Source(SourceFormat.CMDLET, Location(file, one.line, one.column)) for one in entra)
        several = Unknown(Reason.DUPLICATE, f"There are {len(entra)} Entra connectors in '{file}'.", sources)
        return Connectors(dict.fromkeys(_FACTS, several), tuple(names))
    return Connectors({fact: _fact(file, one, fact) for one in entra for fact in _FACTS}, tuple(names))


def _is_entra(value: CmdletValue) -> bool:
    by_identifier = _identifier(value) == ENTRA_CONNECTOR
    subtype = value.get("SubType")
    if subtype is None or not isinstance(subtype.content, str):
        return by_identifier
    if (subtype.content == _ENTRA_SUBTYPE) is not by_identifier:
        raise NotToldError(Reason.AMBIGUOUS, "The identifier and the subtype of a connector do not agree", subtype)
    return by_identifier


def _fact(file: str, connector: CmdletValue, name: str) -> Fact:
    item = _ITEMS[name]
    try:
        value, found = _FACTS[name](connector)
    except NotToldError as error:
        return error.unknown(file, item)
    return Known(value, Source(SourceFormat.CMDLET, Location(file, found.line, found.column), item))


def _export_type(connector: CmdletValue) -> tuple[Scalar, CmdletValue]:
    extension = object_of(_property(connector, "ExtensionConfiguration"), "ExtensionConfiguration")
    found = _property(extension, "ExportType")
    return scalar_of(found, FactType.INTEGER, "ExportType"), found


def _account(connector: CmdletValue) -> tuple[Scalar, CmdletValue]:
    """Find the parameter `UserName`, in a list of parameters or in a dictionary of them."""
    parameters = _property(connector, "ConnectivityParameters")
    by_key = parameters.get("UserName")
    if by_key is not None:
        found = by_key.get("Value") or by_key
        return scalar_of(found, FactType.TEXT, "UserName"), found
    matching: list[CmdletValue] = []
    for one in list_of(parameters, "ConnectivityParameters"):
        name = _property(object_of(one, "an entry of ConnectivityParameters"), "Name")
        if isinstance(name.content, str) and name.content.lower() == "username":
            matching.append(_property(one, "Value"))
    if len(matching) != 1:
        raise NotToldError(Reason.TRUNCATED, f"There are {len(matching)} parameters 'UserName'", parameters)
    return scalar_of(matching[0], FactType.TEXT, "UserName"), matching[0]


def _property(value: CmdletValue, name: str) -> CmdletValue:
    found = value.get(name)
    if found is None:
        raise NotToldError(Reason.TRUNCATED, f"An object of a connector has no property '{name}'", value)
    return found


def _name(connector: CmdletValue) -> Scalar:
    return scalar_of(_property(connector, "Name"), FactType.TEXT, "Name")


def _identifier(connector: CmdletValue) -> str:
    found = _property(connector, "Identifier")
    try:
        return guid(str(scalar_of(found, FactType.TEXT, "Identifier")))
    except ValueError as error:
        raise NotToldError(Reason.UNPARSED, f"'Identifier' is not understood: {error}", found) from error


_FACTS: dict[str, Callable[[CmdletValue], tuple[Scalar, CmdletValue]]] = {
    "tenant.connector_name": lambda one: (_name(one), _property(one, "Name")),
    "tenant.connector_id": lambda one: (_identifier(one), _property(one, "Identifier")),
    "tenant.connector_account": _account,
    "endpoint.export_type": _export_type,
}
_ITEMS = {
    "tenant.connector_name": "Name",
    "tenant.connector_id": "Identifier",
    "tenant.connector_account": "ConnectivityParameters, UserName",
    "endpoint.export_type": "ExtensionConfiguration.ExportType",
}
