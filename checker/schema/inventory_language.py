"""The words and forms of inventories, which the loader and the JSON Schema share."""

from __future__ import annotations

from checker.model.catalogue import CATALOGUE, FactSpec
from checker.model.facts import SourceFormat
from checker.model.inventory import Role

INVENTORY_KEYS = ("inventory", "groups", "servers")
INVENTORY_REQUIRED = ("inventory", "servers")
_SHARED_KEYS = ("tenant", "role", "version_line", "facts", "parameters", "connection")
GROUP_KEYS = ("parent", *_SHARED_KEYS)
SERVER_KEYS = ("name", "groups", "computer_name", *_SHARED_KEYS)
SERVER_REQUIRED = ("name",)
CONNECTION_KEYS = (
    "host",
    "port",
    "tls",
    "authentication",
    "username",
    "credential",
    "configuration_name",
    "ca_bundle",
    "certificate",
    "certificate_key",
)
ROLES = tuple(role.value for role in Role)
AUTHENTICATIONS = ("kerberos", "certificate", "ntlm", "negotiate", "basic")

SERVER_NAME = r"^[A-Za-z0-9]([A-Za-z0-9._-]{0,251}[A-Za-z0-9])?$"
COMPUTER_NAME = r"^[A-Za-z0-9]([A-Za-z0-9_-]{0,61}[A-Za-z0-9])?$"
GROUP_NAME = r"^[A-Za-z0-9_][A-Za-z0-9._-]{0,63}$"
TENANT = r"^[A-Za-z0-9]([A-Za-z0-9._-]{0,126}[A-Za-z0-9])?$"
CREDENTIAL = r"^(env:[A-Za-z_][A-Za-z0-9_]{0,127}|(file|keyring):[^\n]{1,180}|prompt)$"

FROM_OTHER_KEYS = {"server.role": "role", "product.expected_version_line": "version_line"}
"""Facts that are declared by a key of their own."""


def declarable() -> dict[str, FactSpec]:
    """Give the facts that an inventory declares under `facts`, by name."""
    return {
        name: spec
        for name, spec in CATALOGUE.items()
        if SourceFormat.INVENTORY in spec.sources and name not in FROM_OTHER_KEYS
    }
