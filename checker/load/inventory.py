"""The inventory: from bytes to the servers that are expected, each with all that its groups declare."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Mapping, Sequence

from checker.errors import PolicyError
from checker.load.ansible import read_ansible
from checker.load.declarations import Declarations, Declared, known_facts, read_declarations
from checker.load.draft_server import DraftServer, read_server_name
from checker.load.fields import FieldReader
from checker.load.groups import Groups, read_groups
from checker.load.json_nodes import read_json
from checker.load.mistakes import Mistakes
from checker.load.nearest import shown
from checker.load.nodes import Entry, MappingNode, Node, entry_of
from checker.load.secrets import DiscreetMistakes, without_secrets
from checker.load.strict_yaml import read_yaml
from checker.model.inventory import Connection, ExpectedServer, Inventory, Role
from checker.schema.inventory_language import (
    COMPUTER_NAME,
    INVENTORY_KEYS,
    INVENTORY_REQUIRED,
    SERVER_KEYS,
    SERVER_REQUIRED,
)
from checker.schema.policy_language import POLICY_NAME


def load_inventory(content: bytes, path: str) -> Inventory:
    """
    Read the inventory in *content*: the project's own form, or what `ansible-inventory --list` prints.

    Raises:
        PolicyError: it cannot be used; every mistake is told.
    """
    mistakes = DiscreetMistakes(path, content)
    reader = FieldReader(mistakes)
    root = _root(content, mistakes)
    if isinstance(root, MappingNode) and "_meta" in root.entries:
        name, (drafts, notes) = "ansible", read_ansible(reader, root)
    else:
        name, drafts, notes = *_own(reader, without_secrets(reader, root)), ()
    if not drafts and not mistakes.found:
        reader.wrong(root, "the inventory expects no server at all")
    _refuse_ambiguous(reader, drafts)
    if mistakes.found:
        raise PolicyError(mistakes.found)
    servers = tuple(_server(reader, one) for one in sorted(drafts, key=lambda one: one.name))
    return Inventory(name=name, path=path, sha256=hashlib.sha256(content).hexdigest(), servers=servers, notes=notes)


def _root(content: bytes, mistakes: Mistakes) -> Node:
    """Read YAML, or the JSON of another program, which may hold what our own documents must not."""
    if content.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{") and b'"_meta"' in content:
        return read_json(content, mistakes)
    return read_yaml(content, mistakes)


def _own(reader: FieldReader, root: Node) -> tuple[str, list[DraftServer]]:
    """Read the project's own form: the name of the inventory, and its servers."""
    if entry_of(root, "all") and not entry_of(root, "servers"):
        reader.wrong(root, "this is an inventory of Ansible; give what 'ansible-inventory --list' prints of it")
        return "", []
    form = reader.form(root, "an inventory", INVENTORY_KEYS, INVENTORY_REQUIRED) or {}
    name = reader.name(form.get("inventory"), "an inventory's name", POLICY_NAME, "contoso-sync")
    groups = read_groups(reader, form.get("groups"))
    return name, _drafts(reader, form.get("servers"), groups)


def _drafts(reader: FieldReader, entry: Entry | None, groups: Groups) -> list[DraftServer]:
    nodes = (reader.items(entry.value, "'servers'") if entry else None) or ()
    return [draft for node in nodes if (draft := _draft(reader, node, groups))]


def _draft(reader: FieldReader, node: Node, groups: Groups) -> DraftServer | None:
    form = reader.form(node, "a server", SERVER_KEYS, SERVER_REQUIRED)
    if form is None:
        return None
    name = read_server_name(reader, form.get("name"))
    computer = reader.name(form.get("computer_name"), "a computer name", COMPUTER_NAME, "SYNC01")
    own = read_declarations(reader, form)
    names = groups.named(reader, form.get("groups"))
    inherited = groups.of_server(reader, node, names, own)
    if not name:
        return None
    return DraftServer(
        name=name,
        computer_name=computer,
        groups=groups.with_ancestors(names),
        declared={**inherited, **own},
        place=node,
    )


def _refuse_ambiguous(reader: FieldReader, drafts: Sequence[DraftServer]) -> None:
    """Tell servers of one name, and those whose facts nothing could tell apart."""
    by_name: dict[str, DraftServer] = {}
    by_label: dict[str, dict[str, DraftServer]] = defaultdict(dict)  # and by tenant
    for one in drafts:
        first = by_name.setdefault(one.name.casefold(), one)
        if first is not one:
            reader.wrong(one.place, f"server {shown(one.name)} is already given at {reader.location(first.place)}")
            continue
        alike, tenant = by_label[one.label], one.tenant.casefold()
        # A server whose tenant is not declared may be of any.
        other = alike.get(tenant) or alike.get("") or (None if tenant else next(iter(alike.values()), None))
        if other:
            reader.wrong(
                one.place,
                f"server {shown(one.name)} has the computer name {shown(one.label)}, and so has {shown(other.name)} "
                f"at {reader.location(other.place)}; give one of them a 'computer_name', or both their tenants",
            )
        alike.setdefault(tenant, one)


def _server(reader: FieldReader, draft: DraftServer) -> ExpectedServer:
    facts = known_facts(draft.declared)
    role = facts.get("server.role")
    return ExpectedServer(
        name=draft.name,
        computer_name=draft.label,
        tenant=draft.tenant,
        role=Role(str(role.value)) if role else None,
        groups=draft.groups,
        facts=facts,
        parameters={name: one.value for (kind, name), one in draft.declared.items() if kind == "parameters"},
        connection=_connection(draft.name, _of("connection", draft.declared)),
        location=reader.location(draft.place),
    )


def _of(kind: str, declared: Declarations) -> Mapping[str, Declared]:
    return {name: one for (its, name), one in declared.items() if its == kind}


def _connection(name: str, declared: Mapping[str, Declared]) -> Connection:
    def text(key: str, otherwise: str = "") -> str:
        return str(declared[key].value) if key in declared else otherwise

    port = declared["port"].value if "port" in declared else None
    return Connection(
        host=text("host", name),
        port=port if isinstance(port, int) else None,
        tls=declared["tls"].value is True if "tls" in declared else True,
        authentication=text("authentication", "kerberos"),
        username=text("username"),
        credential=text("credential"),
        configuration_name=text("configuration_name"),
        ca_bundle=text("ca_bundle"),
        certificate=text("certificate"),
        certificate_key=text("certificate_key"),
    )
