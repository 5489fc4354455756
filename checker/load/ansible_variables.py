"""
The variables of a host, as Ansible gives them, in the words of the project's own inventories.

How to reach a host is in the variables that Ansible's own connection plugin psrp takes; what only this checker needs
is in variables that begin with `adsync_`. Nothing that is used is guessed: a template, or what is encrypted, has a
value only in Ansible, and is told. All that is not used is passed by, whatever it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from checker.load.fields import FieldReader
from checker.load.json_nodes import ForeignNode
from checker.load.nearest import hint, shown
from checker.load.nodes import Entry, MappingNode, Node, Place, ScalarNode, WrongNode
from checker.load.secrets import is_secret, without_secrets

_PREFIX = "adsync_"
_OWN = {f"{_PREFIX}{key}": key for key in ("tenant", "role", "version_line", "computer_name", "facts", "parameters")}
_CONNECTION = {
    "host": ("ansible_psrp_host", "ansible_host"),
    "port": ("ansible_psrp_port", "ansible_port"),
    "username": ("ansible_psrp_user", "ansible_user"),
    "authentication": ("ansible_psrp_auth",),
    "configuration_name": ("ansible_psrp_configuration_name",),
    "ca_bundle": ("ansible_psrp_ca_cert", "ansible_psrp_cert_trust_path"),
    "certificate": ("ansible_psrp_certificate_pem",),
    "certificate_key": ("ansible_psrp_certificate_key_pem",),
}
"""The variables that tell each part of a connection, the one that counts first."""
_PROTOCOL = "ansible_psrp_protocol"
_VALIDATION = "ansible_psrp_cert_validation"
_OTHER_PLUGIN = "ansible_winrm_"
_HTTP_PORT = 5985

_LITERAL, _ENCRYPTED = "__ansible_unsafe", "__ansible_vault"  # how Ansible marks text that is no template, and secrets


def expected(reader: FieldReader, node: Node, wanted: str) -> None:
    """Note that *node* is not what is *wanted*, the beginning of a sentence."""
    if isinstance(node, ForeignNode):
        reader.wrong(node, f"{wanted}, not {node.what}")
    else:
        reader.expected(node, wanted)


def own_form(reader: FieldReader, variables: Mapping[str, Entry], place: Place) -> Mapping[str, Entry]:
    """Give what *variables* say under the keys of a server of the project's own form; *place* is that of the host."""
    for name, entry in variables.items():
        if name.startswith(_PREFIX) and name not in _OWN:
            reader.wrong(entry, f"unknown variable {shown(name)}{hint(name, _OWN)}")
    form = {
        key: Entry(variables[name].line, variables[name].column, key, value)
        for name, key in _OWN.items()
        if (value := _given(reader, variables.get(name))) is not None
    }
    connection = _connection(reader, variables)
    if connection:
        node = MappingNode(place.line, place.column, connection)
        form["connection"] = Entry(place.line, place.column, "connection", node)
    return form


def notes_on(hosts: Iterable[Mapping[str, Entry]]) -> tuple[str, ...]:
    """Say in sentences what the variables of *hosts* ask for that is not done, and which hold what is not used."""
    secrets: set[str] = set()
    users: set[str] = set()
    unvalidated = others = False
    for variables in hosts:
        secrets |= {name for name, one in variables.items() if is_secret(name) or _is_encrypted(one.value)}
        users |= {name for name in _CONNECTION["username"] if name in variables and _is_unsaid(variables[name].value)}
        validation = variables.get(_VALIDATION)
        unvalidated |= validation is not None and not _says(validation.value, "validate")
        others |= any(name.startswith(_OTHER_PLUGIN) for name in variables)
    secrets -= users
    notes = (
        (secrets, f"Secrets of the inventory are not used ({_listed(secrets)}); give references instead."),
        (users, f"Only Ansible knows the value of {_listed(users)}, which is not used."),
        (unvalidated, f"Certificates of servers are always validated, whatever {_VALIDATION!r} says."),
        (others, f"Variables that begin with {_OTHER_PLUGIN!r} are not used; those of the connection plugin psrp are."),
    )
    return tuple(note for counts, note in notes if counts)


def _connection(reader: FieldReader, variables: Mapping[str, Entry]) -> dict[str, Entry]:
    found: dict[str, Entry] = {}
    for key, names in _CONNECTION.items():
        entry = next((variables[name] for name in names if name in variables and not _is_empty(variables[name])), None)
        if entry is None or (key == "username" and _is_unsaid(entry.value)):
            continue
        value = _given(reader, entry)
        if value is not None:
            found[key] = Entry(entry.line, entry.column, key, _number(value) if key == "port" else value)
    protocol = variables.get(_PROTOCOL)
    word = _given(reader, protocol)
    if protocol and word is not None and not _is_empty(protocol):
        told = reader.word(Entry(protocol.line, protocol.column, _PROTOCOL, word), "protocol", ("https", "http"))
        found["tls"] = _tls(protocol, is_on=told != "http")
    elif "port" in found and _says(found["port"].value, _HTTP_PORT):
        # NOTE: without a word about the protocol, Ansible's plugin takes this port for that of HTTP.
        found["tls"] = _tls(found["port"], is_on=False)
    return found


def _tls(place: Entry, *, is_on: bool) -> Entry:
    return Entry(place.line, place.column, "tls", ScalarNode(place.line, place.column, is_on, quoted=False))


def _given(reader: FieldReader, entry: Entry | None) -> Node | None:
    """Give what *entry* really says; None where it says nothing."""
    if entry is None or _is_null(entry.value):
        return None
    node = without_secrets(reader, _said(reader, entry))
    if not isinstance(node, MappingNode):
        return node
    entries = {name: Entry(one.line, one.column, name, _said(reader, one)) for name, one in node.entries.items()}
    return MappingNode(node.line, node.column, entries) if entries else None


def _said(reader: FieldReader, entry: Entry) -> Node:
    """Give what *entry* says; a `WrongNode` where only Ansible knows it, or nothing here can say it, which is told."""
    node = _literal(entry.value)
    if isinstance(node, ForeignNode):
        reader.wrong(
            node, f"{shown(entry.name)} is {node.what}, which nothing in an inventory is; text stands in quotes"
        )
    elif _is_encrypted(node):
        reader.wrong(node, f"{shown(entry.name)} is encrypted, and only Ansible can read it; write its value")
    elif _is_template(entry.value):
        reader.wrong(node, f"{shown(entry.name)} is a template, and only Ansible can fill it in; write its value")
    else:
        return node
    return WrongNode(node.line, node.column)


def _literal(node: Node) -> Node:
    if isinstance(node, MappingNode) and node.entries.keys() == {_LITERAL}:
        return node.entries[_LITERAL].value
    return node


def _number(node: Node) -> Node:
    """Give text of digits as the number: Ansible, too, takes it for one."""
    match node:
        case ScalarNode(line=line, column=column, value=str() as text) if re.fullmatch("[1-9][0-9]{0,4}", text):
            return ScalarNode(line, column, int(text), quoted=False)
        case _:
            return node


def _is_unsaid(node: Node) -> bool:
    return _is_encrypted(node) or _is_template(node)


def _is_encrypted(node: Node) -> bool:
    return isinstance(node, MappingNode) and _ENCRYPTED in node.entries


def _is_template(node: Node) -> bool:
    return isinstance(node, ScalarNode) and isinstance(node.value, str) and ("{{" in node.value or "{%" in node.value)


def _is_empty(entry: Entry) -> bool:
    return _says(entry.value, "") or _is_null(entry.value)


def _is_null(node: Node) -> bool:
    return isinstance(node, ForeignNode) and node.what == "null"


def _says(node: Node, value: str | int) -> bool:
    literal = _literal(node)
    return isinstance(literal, ScalarNode) and literal.value == value


def _listed(names: Iterable[str]) -> str:
    return ", ".join(sorted(names))
