"""
The JSON that `ansible-inventory --list` prints, read as an inventory.

Its hosts are the servers. How to reach them is in the variables that Ansible's own connection plugin takes; what only
this checker needs is in variables that begin with `adsync_`. Secrets are neither kept nor shown.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from checker.load.declarations import Declarations, is_secret, read_declarations
from checker.load.draft_server import DraftServer, is_server_name
from checker.load.fields import FieldReader
from checker.load.json_nodes import key_place, placed
from checker.load.nearest import hint, shown
from checker.load.nodes import Entry, ListNode, MappingNode, Node, ScalarNode, WrongNode

_OWN = {
    "adsync_tenant": "tenant",
    "adsync_role": "role",
    "adsync_version_line": "version_line",
    "adsync_facts": "facts",
    "adsync_parameters": "parameters",
}
_COMPUTER_NAME = "adsync_computer_name"
_CONNECTION = {
    "host": ("ansible_psrp_host", "ansible_host"),
    "port": ("ansible_psrp_port", "ansible_port"),
    "username": ("ansible_psrp_user", "ansible_user"),
    "authentication": ("ansible_psrp_auth",),
    "configuration_name": ("ansible_psrp_configuration_name",),
    "ca_bundle": ("ansible_psrp_ca_cert",),
    "certificate": ("ansible_psrp_certificate_pem",),
    "certificate_key": ("ansible_psrp_certificate_key_pem",),
}
"""The variables that tell each part of a connection, the one that counts first."""


def read_ansible(reader: FieldReader, root: MappingNode) -> tuple[list[DraftServer], tuple[str, ...]]:
    """Read all hosts of *root*, and say in sentences what of it is not used."""
    meta = root.entries["_meta"].value
    variables = _mapping(meta).get("hostvars") if isinstance(meta, MappingNode) else None
    if variables is None:
        reader.wrong(
            root.entries["_meta"], "'_meta' has no 'hostvars'; this is not what ansible-inventory --list prints"
        )
        return [], ()
    hosts = {**dict.fromkeys(_hosts(root)), **_mapping(variables.value)}
    secrets = sorted({name for entry in hosts.values() if entry for name in _mapping(entry.value) if is_secret(name)})
    notes = (
        (f"Secrets of the inventory are not used ({', '.join(secrets)}); give references instead.",) if secrets else ()
    )
    groups = _groups(root)
    drafts = [_draft(reader, name, entry, groups.get(name, ()), root) for name, entry in sorted(hosts.items())]
    return [one for one in drafts if one], notes


def with_places(root: Node, content: bytes) -> Node:
    """Give every host of *root* the place of its variables in *content*, which is the JSON that it was read from."""
    entries = _mapping(root)
    text = content.decode("utf-8-sig")
    line, column, start = key_place(text, "hostvars")
    meta = dict(_mapping(entries["_meta"].value)) if "_meta" in entries else {}
    if "hostvars" in meta:
        hosts: dict[str, Entry] = {}
        for name, entry in _mapping(meta["hostvars"].value).items():
            line, column, _ = key_place(text, name, start)
            hosts[name] = Entry(line, column, name, placed(entry.value, line, column))
        meta["hostvars"] = Entry(line, column, "hostvars", MappingNode(line, column, hosts))
    return MappingNode(1, 1, {**entries, "_meta": Entry(1, 1, "_meta", MappingNode(1, 1, meta))})


def _draft(
    reader: FieldReader, name: str, entry: Entry | None, groups: tuple[str, ...], root: MappingNode
) -> DraftServer | None:
    place: Node | Entry = entry or root
    if not is_server_name(name):
        reader.wrong(place, f"{shown(name)} is not a server's name, such as 'sync01.contoso.com'")
        return None
    variables = _mapping(entry.value) if entry else {}
    for variable, one in variables.items():
        if variable.startswith("adsync_") and variable not in (*_OWN, _COMPUTER_NAME):
            reader.wrong(one, f"unknown variable {shown(variable)}{hint(variable, (*_OWN, _COMPUTER_NAME))}")
    form = {
        key: _renamed(variables[variable], key)
        for variable, key in _OWN.items()
        if variable in variables and not isinstance(variables[variable].value, WrongNode)
    }
    connection = {
        key: _renamed(variables[found], key)
        for key, names in _CONNECTION.items()
        if (found := next((one for one in names if _is_given(variables.get(one))), None))
    }
    connection |= _tls(reader, variables)
    if connection:
        node = MappingNode(place.line, place.column, connection)
        form["connection"] = Entry(place.line, place.column, "connection", node)
    computer = reader.line(variables.get(_COMPUTER_NAME), f"{_COMPUTER_NAME!r}")
    declared: Declarations = read_declarations(reader, form)
    where: Node = entry.value if entry else root
    return DraftServer(name=name, computer_name=computer, groups=groups, declared=declared, place=where)


def _tls(reader: FieldReader, variables: Mapping[str, Entry]) -> dict[str, Entry]:
    """Say whether the connection is over TLS, in the words of the checker."""
    found: dict[str, Entry] = {}
    protocol = variables.get("ansible_psrp_protocol")
    if protocol and _is_given(protocol):
        word = reader.word(protocol, "protocol", ("https", "http"))
        place = protocol.value
        found["tls"] = _renamed(protocol, "tls", ScalarNode(place.line, place.column, word != "http", quoted=False))
    return found


def _renamed(entry: Entry, name: str, value: Node | None = None) -> Entry:
    return Entry(entry.line, entry.column, name, value or entry.value)


def _is_given(entry: Entry | None) -> bool:
    return entry is not None and isinstance(entry.value, ScalarNode) and entry.value.value != ""


def _groups(root: MappingNode) -> dict[str, tuple[str, ...]]:
    """Name the groups of each host, also those that hold it through another."""
    own = {name: set(_texts(entry.value, "hosts")) for name, entry in root.entries.items() if name != "_meta"}
    below = {name: set(_texts(entry.value, "children")) for name, entry in root.entries.items() if name != "_meta"}
    found: dict[str, set[str]] = {}
    for name in own:
        for inside in _all_below(name, below):
            for host in own.get(inside, ()):
                found.setdefault(host, set()).add(name)
    return {host: tuple(sorted(names - {"all", "ungrouped"})) for host, names in found.items()}


def _all_below(name: str, below: Mapping[str, Iterable[str]]) -> set[str]:
    found, waiting = {name}, [name]
    while waiting:
        for child in below.get(waiting.pop(), ()):
            if child not in found:
                found.add(child)
                waiting.append(child)
    return found


def _hosts(root: MappingNode) -> Iterator[str]:
    for name, entry in root.entries.items():
        if name != "_meta":
            yield from _texts(entry.value, "hosts")


def _texts(node: Node, key: str) -> Iterator[str]:
    entry = _mapping(node).get(key)
    if entry is not None and isinstance(entry.value, ListNode):
        for one in entry.value.items:
            if isinstance(one, ScalarNode) and isinstance(one.value, str):
                yield one.value


def _mapping(node: Node) -> Mapping[str, Entry]:
    return node.entries if isinstance(node, MappingNode) else {}
