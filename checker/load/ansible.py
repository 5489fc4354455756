"""
The JSON that `ansible-inventory --list` prints, read as an inventory.

Its hosts are the servers, all of them: what has another shape than Ansible gives it is told, for a host may stand there
that nobody would miss.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from checker.load.ansible_variables import expected, notes_on, own_form
from checker.load.declarations import read_declarations
from checker.load.draft_server import DraftServer, is_server_name
from checker.load.fields import FieldReader
from checker.load.nearest import shown
from checker.load.nodes import Entry, ListNode, MappingNode, Node, Place, ScalarNode
from checker.schema.inventory_language import COMPUTER_NAME

_EVERYBODY = frozenset({"all", "ungrouped"})  # groups that say nothing of a host


@dataclass(frozen=True, slots=True)
class _Group:
    hosts: Mapping[str, Node]  # where each is named
    children: tuple[str, ...]


def read_ansible(reader: FieldReader, root: MappingNode) -> tuple[list[DraftServer], tuple[str, ...]]:
    """Read all hosts of *root*, and say in sentences what of it is not used."""
    meta = _members(reader, root.entries["_meta"])
    if isinstance(root.entries["_meta"].value, MappingNode) and "hostvars" not in meta:
        reader.wrong(
            root.entries["_meta"], "'_meta' has no 'hostvars'; this is not what ansible-inventory --list prints"
        )
    variables = _members(reader, meta["hostvars"]) if "hostvars" in meta else {}
    groups = {name: _group(reader, entry) for name, entry in root.entries.items() if name != "_meta"}
    places: dict[str, Place] = {name: place for group in groups.values() for name, place in group.hosts.items()}
    places |= variables
    hosts = {name: _members(reader, variables[name]) if name in variables else {} for name in sorted(places)}
    above = _groups_by_host(groups)
    drafts = [_draft(reader, name, hosts[name], above.get(name, ()), places[name]) for name in hosts]
    return [one for one in drafts if one], notes_on(hosts.values())


def _members(reader: FieldReader, entry: Entry) -> Mapping[str, Entry]:
    if isinstance(entry.value, MappingNode):
        return entry.value.entries
    expected(reader, entry.value, f"in what ansible-inventory --list prints, {shown(entry.name)} is a mapping")
    return {}


def _group(reader: FieldReader, entry: Entry) -> _Group:
    form = _members(reader, entry)
    hosts = dict(_names(reader, form.get("hosts")))
    return _Group(hosts, tuple(name for name, _ in _names(reader, form.get("children"))))


def _names(reader: FieldReader, entry: Entry | None) -> Iterator[tuple[str, Node]]:
    if entry is None:
        return
    if not isinstance(entry.value, ListNode):
        expected(reader, entry.value, f"in what ansible-inventory --list prints, {shown(entry.name)} is a list")
        return
    for node in entry.value.items:
        if isinstance(node, ScalarNode) and isinstance(node.value, str):
            yield node.value, node
        else:
            expected(reader, node, f"an item of {shown(entry.name)} is a name")


def _draft(
    reader: FieldReader, name: str, variables: Mapping[str, Entry], groups: tuple[str, ...], place: Place
) -> DraftServer | None:
    form = own_form(reader, variables, place)
    computer = reader.name(form.get("computer_name"), "a computer name", COMPUTER_NAME, "SYNC01")
    declared = read_declarations(reader, form)
    if not is_server_name(name):
        reader.wrong(place, f"{shown(name)} is not a server's name, such as 'sync01.contoso.com'")
        return None
    return DraftServer(name=name, computer_name=computer, groups=groups, declared=declared, place=place)


def _groups_by_host(groups: Mapping[str, _Group]) -> dict[str, tuple[str, ...]]:
    """Name the groups of each host, also those that hold it through another."""
    found: dict[str, set[str]] = {}
    for name in groups.keys() - _EVERYBODY:
        for inside in _all_below(name, groups):
            for host in groups[inside].hosts:
                found.setdefault(host, set()).add(name)
    return {host: tuple(sorted(names)) for host, names in found.items()}


def _all_below(name: str, groups: Mapping[str, _Group]) -> set[str]:
    found, waiting = {name}, [name]
    while waiting:
        for child in groups[waiting.pop()].children:
            if child in groups and child not in found:
                found.add(child)
                waiting.append(child)
    return found
