"""Inventories, right and wrong; the loader and the schema are held against the same table."""

from __future__ import annotations

from dataclasses import dataclass

GOOD = """\
inventory: contoso-sync
groups:
  contoso:
    tenant: contoso.onmicrosoft.com
    facts: {tenant.cloud: commercial}
    parameters: {member_limit_maximum: 250000}
  europe: {parent: contoso, parameters: {member_limit_maximum: 200000}, connection: {port: 5986}}
servers:
  - name: sync01.contoso.com
    groups: [europe]
    role: active
    version_line: "2.5"
  - name: sync02.contoso.com
    groups: [europe]
    role: staging
    computer_name: ENTRA02
    connection: {host: "10.0.0.2", credential: "env:SYNC02"}
"""


@dataclass(frozen=True)
class Document:
    """An inventory, and what is to be said of it."""

    name: str
    text: str
    told: str = ""  # part of what the loader says; empty where it is right
    schema_knows: bool = True  # whether the schema refuses it, too


def changed(name: str, old: str, new: str, told: str = "", *, schema_knows: bool = True) -> Document:
    """Give `GOOD` with *old* replaced."""
    assert old in GOOD
    return Document(name, GOOD.replace(old, new), told, schema_knows)


ONE = "    role: active\n"  # where a key of the first server is put

DOCUMENTS = (
    Document("as it should be", GOOD),
    Document("one server", "inventory: one\nservers:\n  - name: sync01\n"),
    changed("a tenant by its identifier", "contoso.onmicrosoft.com", "6f2f8a1e-1111-4222-8333-444455556666"),
    changed("a parameter of every type", ONE, 'PLACE    parameters: {a: 1, b: true, c: "x"}\n'.replace("PLACE", ONE)),
    Document("F-A01 nobody is expected", "inventory: none\nservers: []\n", "is empty"),
    Document("F-A01 nothing at all", "inventory: none\n", "has no 'servers'"),
    Document("an empty file", "", "there is no document"),
    Document("a list", "- name: sync01\n", "an inventory is a mapping"),
    changed("F-D01 a slip", "version_line", "version_lime", "did you mean 'version_line'"),
    changed("a version without quotes", '"2.5"', "2.5", "ambiguous"),
    changed("no version", '"2.5"', '"v2"', "is not a version"),
    changed("a role that there is not", ONE, "    role: passive\n", "unknown role 'passive'"),
    changed("F-D01 a role with a slip", ONE, "    role: actve\n", "did you mean 'active'"),
    changed("a server without a name", "  - name: sync01.contoso.com\n    groups", "  - groups", "has no 'name'"),
    changed("the same server twice", "sync02.contoso.com", "SYNC01.contoso.com", "already given", schema_knows=False),
    changed(
        "F-A09 two servers of one computer name", "ENTRA02", "Sync01", "has the computer name 'sync01'",
        schema_knows=False,
    ),
    changed("F-A09 wide letters", "sync01.contoso.com", '"\\uff53ync01.contoso.com"', "is not a server's name"),
    changed("F-A09 a look-alike", "sync01.contoso.com", '"s\\u0443nc01"', "is not a server's name"),
    changed("a path for a name", "sync01.contoso.com", "../x", "is not a server's name"),
    changed("a wrong computer name", "ENTRA02", "entra02.contoso.com", "is not a computer name"),
    changed("F-D13 an unknown group", "groups: [europe]\n    role: active", "groups: [eurpe]\n    role: active",
            "did you mean 'europe'", schema_knows=False),
    changed("F-D13 an unknown parent", "parent: contoso", "parent: contso", "unknown group 'contso'", schema_knows=False),
    changed("a group that is its own ancestor", "    tenant: contoso", "    parent: europe\n    tenant: contoso",
            "its own ancestor: contoso -> europe -> contoso", schema_knows=False),
    changed("a group below a circle", "  europe: {parent: contoso,", "  a: {parent: b}\n  b: {parent: a}\n  europe: {parent: a,",
            "its own ancestor: a -> b -> a", schema_knows=False),
    changed("a group that is its own parent", "parent: contoso", "parent: europe", "ancestor: europe -> europe",
            schema_knows=False),
    changed("a parent that is a list", "parent: contoso", "parent: [contoso]", "'parent' is the name of a group"),
    changed("a fact that is observed", "{tenant.cloud: commercial}", "{endpoint.export_api_version: 2}",
            "is observed, and cannot be declared"),
    changed("a fact that there is not", "{tenant.cloud: commercial}", "{tenant.clod: commercial}", "did you mean"),
    changed("a fact with a key of its own", "{tenant.cloud: commercial}", "{server.role: active}", "by the key 'role'"),
    changed("a value that the fact never has", "commercial", "comercial", "did you mean 'commercial'"),
    changed("a fact of another type", "commercial", "5", "is text"),
    changed("a parameter that is a list", "200000", "[200000]", "is a boolean, an integer or text"),
    changed("a parameter with a wrong name", "{member_limit_maximum: 200000}", "{Member: 1}", "is not a parameter's"),
    changed("a port that there is not", "5986", "70000", "from 1 to 65535"),
    changed("a port in quotes", "5986", '"5986"', "'port' is an integer"),
    changed("another key of the connection", "port: 5986", "prot: 5986", "did you mean 'port'"),
    changed("an authentication that is not offered", "port: 5986", "authentication: credssp", "unknown authentication"),
    changed("TLS in words", "port: 5986", 'tls: "no"', "'tls' is a boolean"),
    changed("a secret for a reference", "env:SYNC02", "Hunter2!", "is a reference"),
    changed("a secret", ONE, f"{ONE}    password: Hunter2!\n", "holds no secret"),
    changed("a secret of a connection", "port: 5986", "port: 5986, password: Hunter2!", "'password': an inventory holds"),
    changed("nothing but a secret", "port: 5986", "client_secret: Hunter2!", "'client_secret': an inventory holds"),
    changed("a secret among parameters", "{member_limit_maximum: 200000}", "{x: 1, api_key: Hunter2!}", "no secret",
            schema_knows=False),
    changed("a secret for all", "groups:\n  contoso:", "access_token: [Hunter2!]\ngroups:\n  contoso:", "no secret"),
    changed("a secret that is no YAML", ONE, f"{ONE}    pwd: 0x4175\n", "'pwd': an inventory holds no secret"),
    changed("a reference that is no YAML", "env:SYNC02", "x", "'credential' is a reference"),
    changed("a group with the name of a secret", "europe", "sync-token"),
    Document("an inventory of Ansible", "all: {hosts: {sync01: {}}}\n", "give what 'ansible-inventory --list' prints"),
    changed("a secret of a group", "  europe: {parent: contoso,", "  europe: {ansible_password: x, parent: contoso,",
            "holds no secret"),
    changed("an empty group", "  europe: {parent: contoso, parameters: {member_limit_maximum: 200000}, "
            "connection: {port: 5986}}", "  europe: {}", "is empty"),
    changed("a connection that is text", "{port: 5986}", "Hunter2!", "'connection' is a mapping of"),
    Document("a server that is text", "inventory: one\nservers: [sync01]\n", "a server is a mapping"),
    Document("a group that is text", "inventory: one\ngroups: {a: b}\nservers:\n  - name: sync01\n", "group 'a' is a mapping"),
    changed("an empty host", '"10.0.0.2"', '""', "'host' is one line"),
)  # fmt: skip
