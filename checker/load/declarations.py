"""What an inventory declares of a server or of a group: the same keys for both, each value with its place."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from checker.load.fields import FieldReader
from checker.load.nearest import hint, shown
from checker.load.nodes import Entry, Node, ScalarNode
from checker.load.secrets import NO_REFERENCE
from checker.model.catalogue import CATALOGUE
from checker.model.facts import Known, Source, SourceFormat
from checker.model.location import Location
from checker.model.values import FactType, Scalar
from checker.schema.inventory_language import (
    AUTHENTICATIONS,
    CONNECTION_KEYS,
    CREDENTIAL,
    FROM_OTHER_KEYS,
    ROLES,
    TENANT,
    declarable,
)
from checker.schema.policy_language import PARAMETER_NAME


@dataclass(frozen=True, slots=True)
class Declared:
    """One value that an inventory declares."""

    value: Scalar
    location: Location


Declarations = Mapping[tuple[str, str], Declared]
"""Values by kind (`tenant`, `facts`, `parameters`, `connection`) and name; the name is empty where there is one of a kind."""


def read_declarations(reader: FieldReader, form: Mapping[str, Entry]) -> Declarations:
    """Read what a server or a group declares."""
    found: dict[tuple[str, str], Declared] = {}

    def declare(kind: str, name: str, value: Scalar | None, node: Node) -> None:
        if value is not None:
            found[kind, name] = Declared(value, reader.location(node))

    if tenant := form.get("tenant"):
        declare("tenant", "", reader.name(tenant, "a tenant", TENANT, "contoso.onmicrosoft.com") or None, tenant.value)
    if role := form.get("role"):
        declare("facts", "server.role", reader.word(role, "role", ROLES), role.value)
    if line := form.get("version_line"):
        value = reader.literal(line.value, FactType.VERSION, "'version_line'")
        declare("facts", "product.expected_version_line", value, line.value)
    for entry in _entries(reader, form.get("facts")):
        declare("facts", entry.name, _fact(reader, entry), entry.value)
    for entry in _entries(reader, form.get("parameters")):
        reader.key(entry, "a parameter's name", PARAMETER_NAME, "member_limit_minimum")
        declare("parameters", entry.name, _scalar(reader, entry), entry.value)
    if connection := form.get("connection"):
        for entry in _connection(reader, connection.value).values():
            declare("connection", entry.name, _of_connection(reader, entry), entry.value)
    return found


def known_facts(declarations: Declarations) -> dict[str, Known]:
    """Give the facts among *declarations*."""
    return {
        name: Known(one.value, Source(SourceFormat.INVENTORY, one.location, FROM_OTHER_KEYS.get(name, name)))
        for (kind, name), one in declarations.items()
        if kind == "facts"
    }


def _entries(reader: FieldReader, entry: Entry | None) -> tuple[Entry, ...]:
    return tuple((reader.mapping(entry.value, f"'{entry.name}'") or {}).values()) if entry else ()


def _fact(reader: FieldReader, entry: Entry) -> Scalar | None:
    facts = declarable()
    if entry.name in FROM_OTHER_KEYS:
        reader.wrong(entry, f"fact {shown(entry.name)} is declared by the key {FROM_OTHER_KEYS[entry.name]!r}")
        return None
    if entry.name in CATALOGUE and entry.name not in facts:
        known = ", ".join(facts)
        reader.wrong(entry, f"fact {shown(entry.name)} is observed, and cannot be declared; what can: {known}")
        return None
    if entry.name not in facts:
        reader.wrong(entry, f"unknown fact {shown(entry.name)}{hint(entry.name, facts)}")
        return None
    spec = facts[entry.name]
    value = reader.literal(entry.value, spec.type, f"{spec.name!r}")
    if value is not None and spec.values and value not in spec.values:
        reader.wrong(
            entry.value, f"{spec.name!r} never has the value {shown(str(value))}{hint(str(value), spec.values)}"
        )
        return None
    return value


def _scalar(reader: FieldReader, entry: Entry) -> Scalar | None:
    match entry.value:
        case ScalarNode(value=bool() | int() | str() as value):
            return value
        case node:
            reader.expected(node, f"the value of parameter {shown(entry.name)} is a boolean, an integer or text")
            return None


def _connection(reader: FieldReader, node: Node) -> Mapping[str, Entry]:
    if isinstance(node, ScalarNode):
        # NOTE: who writes text here may well write a secret, so it is not repeated.
        reader.wrong(node, f"'connection' is a mapping of {', '.join(CONNECTION_KEYS)}")
        return {}
    return reader.form(node, "'connection'", CONNECTION_KEYS) or {}


def _of_connection(reader: FieldReader, entry: Entry) -> Scalar | None:
    match entry.name:
        case "port":
            port = reader.literal(entry.value, FactType.INTEGER, "'port'")
            if isinstance(port, int) and not 1 <= port <= 65535:
                reader.wrong(entry.value, "'port' is from 1 to 65535")
                return None
            return port
        case "tls":
            return reader.literal(entry.value, FactType.BOOLEAN, "'tls'")
        case "authentication":
            return reader.word(entry, "authentication", AUTHENTICATIONS)
        case "host":
            return reader.line(entry, "'host'") or None
        case "credential":
            return _credential(reader, entry)
        case name:
            return reader.line(entry, f"{name!r}") or None


def _credential(reader: FieldReader, entry: Entry) -> Scalar | None:
    match entry.value:
        case ScalarNode(value=str() as text) if len(text) <= 200 and re.fullmatch(CREDENTIAL, text):
            return text
        case node:
            # NOTE: what stands here instead may be a secret, so it is not repeated.
            reader.wrong(node, NO_REFERENCE)
            return None
