"""The inventory: the servers that are expected, what is declared of them, and how to reach them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from checker.model.facts import Known
from checker.model.location import Location
from checker.model.values import Scalar


class Role(Enum):
    """What a server is for."""

    ACTIVE = "active"  # it exports
    STAGING = "staging"  # it imports and calculates, and exports nothing


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """How to reach a server over PowerShell remoting; secrets only by reference."""

    host: str  # the name or address to connect to
    port: int | None = None
    tls: bool = True
    authentication: str = "kerberos"  # or `certificate`, `ntlm`, `negotiate`, `basic`
    username: str = ""
    credential: str = ""  # a reference such as `env:NAME` or `file:PATH`; never a secret
    configuration_name: str = ""  # of the PowerShell endpoint; empty for the default one
    ca_bundle: str = ""  # path of a file of certificates
    certificate: str = ""  # path of a client certificate
    certificate_key: str = ""  # path of its key


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpectedServer:
    """A server that should be there."""

    name: str  # as reports show it
    computer_name: str  # as facts name it: the first label of the name, casefolded, unless the inventory says otherwise
    tenant: str = ""  # the name or identifier of its tenant; empty where it is not declared
    role: Role | None = None
    groups: tuple[str, ...] = ()  # that it is in, directly or through another group
    facts: Mapping[str, Known] = field(default_factory=dict)  # declared, by the name of the catalogue; also its role
    parameters: Mapping[str, Scalar] = field(default_factory=dict)  # of policies, by name
    connection: Connection
    location: Location


@dataclass(frozen=True, slots=True, kw_only=True)
class Inventory:
    """The population of a run."""

    name: str
    path: str  # as the user knows it
    sha256: str
    servers: tuple[ExpectedServer, ...]  # by name; never empty
    notes: tuple[str, ...] = ()  # sentences about what the file says and the checker does not use
