"""
The JSON Schema of inventories, for editors, and for checks by others.

It says what a schema can say. The loader alone decides, and knows more: groups that there are not, circles of them,
groups that disagree, two servers that nothing tells apart, and quotes. The JSON of `ansible-inventory --list`, which
is read as well, is of another form.
"""

from __future__ import annotations

from checker.model.catalogue import FactSpec
from checker.model.values import FactType
from checker.schema.expectations import LITERALS
from checker.schema.inventory_language import (
    AUTHENTICATIONS,
    COMPUTER_NAME,
    CREDENTIAL,
    GROUP_NAME,
    INVENTORY_REQUIRED,
    ROLES,
    SERVER_NAME,
    SERVER_REQUIRED,
    TENANT,
    declarable,
)
from checker.schema.policy_language import PARAMETER_NAME, POLICY_NAME
from checker.schema.shapes import Schema, closed, line, listing, mapping, name, ref


def inventory_schema() -> Schema:
    """Give the schema of an inventory, JSON Schema 2020-12."""
    shared = _shared()
    group = closed((), parent=name(GROUP_NAME, "The group that this one inherits from."), **shared)
    server = closed(
        SERVER_REQUIRED,
        name={"type": "string", "pattern": SERVER_NAME, "maxLength": 200, "description": "What reports call it."},
        groups={**listing(name(GROUP_NAME, "A group.")), "description": "What it inherits from."},
        computer_name=name(
            COMPUTER_NAME, "What facts call it; without it the first label of the name, in any letter case."
        ),
        **shared,
    )
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "urn:adsync-checker:schema:inventory:v1",
        "title": "The inventory of adsync-checker: the servers that are expected",
        **closed(
            INVENTORY_REQUIRED,
            inventory=name(POLICY_NAME, "The inventory's name."),
            groups=mapping({"minProperties": 1, **ref("group")}, GROUP_NAME, "What servers have in common."),
            servers={"type": "array", "minItems": 1, "items": ref("server")},
        ),
        "$defs": {"group": group, "server": server},
    }


def _shared() -> Schema:
    """Give what a server and a group both declare."""
    return {
        "tenant": {
            "type": "string",
            "pattern": TENANT,
            "maxLength": 64,
            "description": "The tenant: its identifier, or its initial domain.",
        },
        "role": {"enum": [*ROLES], "description": "What the server is for."},
        "version_line": {**LITERALS[FactType.VERSION], "description": "The line of versions that it should run."},
        "facts": {
            **closed((), **{fact: _fact(spec) for fact, spec in declarable().items()}),
            "minProperties": 1,
            "description": "What is declared of it; what is observed must agree.",
        },
        "parameters": mapping(
            {"anyOf": [LITERALS[FactType.INTEGER], {"type": ["boolean", "string"]}]},
            PARAMETER_NAME,
            "Parameters of policies for this server.",
        ),
        "connection": {**_connection(), "minProperties": 1, "description": "How to reach it; it holds no secret."},
    }


def _fact(spec: FactSpec) -> Schema:
    literal: Schema = {"enum": [*spec.values]} if spec.values else LITERALS[spec.type]
    return {**literal, "description": spec.meaning}


def _connection() -> Schema:
    return closed(
        (),
        host=line("The name or address to connect to."),
        port={"type": "integer", "minimum": 1, "maximum": 65535},
        tls={"type": "boolean", "description": "Whether to connect over TLS."},
        authentication={"enum": [*AUTHENTICATIONS]},
        username=line("Who connects."),
        credential={
            "type": "string",
            "pattern": CREDENTIAL,
            "maxLength": 200,
            "description": "Where the secret is: env:NAME, file:PATH, keyring:NAME or prompt.",
        },
        configuration_name=line("The PowerShell endpoint."),
        ca_bundle=line("A file of certificates to trust."),
        certificate=line("The file of a client certificate."),
        certificate_key=line("The file of its key."),
    )
