"""Inventories of running peers, and the command run against them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.peer.certificates import Certificates
from tests.peer.peer import Peer
from tests.peer.server_model import ACCOUNT, PASSWORD, FakeServer
from tests.running import Done, run

SECRET_FILE = "credential"
TENANT = "fabrikam.onmicrosoft.com"


@dataclass(kw_only=True)
class LiveFleet:
    """Running servers, a folder with an inventory of them, and the password in a file."""

    folder: Path
    peer: Peer
    certificates: Certificates
    connections: Mapping[str, Mapping[str, object]] = field(default_factory=dict)  # what differs, by server

    def __post_init__(self) -> None:
        """Write the inventory and the file with the password."""
        secret = self.folder / SECRET_FILE
        secret.touch(mode=0o600)
        secret.write_text(f"{PASSWORD}\n")
        self.write_inventory(tuple(self.peer.hosts))

    def write_inventory(self, names: Sequence[str]) -> None:
        """Expect the servers *names*, which run or not."""
        servers = [
            {"name": f"{name.lower()}.fabrikam.com", "tenant": TENANT, "connection": self.connection_of(name)}
            for name in names
        ]
        text = "inventory: fabrikam\nservers:\n" + "".join(f"  - {json.dumps(one)}\n" for one in servers)
        (self.folder / "servers.yaml").write_text(text)

    def connection_of(self, name: str) -> dict[str, object]:
        """Say how the server *name* is reached: NTLM, over TLS where it has a certificate."""
        found = {
            "host": "localhost", "port": self.peer.ports.get(name, 9), "authentication": "ntlm", "username": ACCOUNT,
            "credential": f"file:{self.folder / SECRET_FILE}", "ca_bundle": str(self.certificates.authority),
            **self.connections.get(name, {}),
        }  # fmt: skip
        return {key: value for key, value in found.items() if value is not None}

    def run(self, verb: str, *arguments: str) -> Done:
        """Run *verb* with the inventory, in the folder."""
        return run(self.folder, verb, "--inventory", "servers.yaml", *arguments)

    def document(self, name: str, folder: str = "facts") -> dict[str, Any]:
        """Give the document that was written of the server *name*."""
        path = self.folder / folder / f"{name.lower()}.fabrikam.com.json"
        document: dict[str, Any] = json.loads(path.read_text("utf-8"))
        return document


def secure(certificates: Certificates, *names: str) -> list[FakeServer]:
    """Give healthy servers that speak TLS."""
    return [FakeServer(name=name, certificate=certificates.good) for name in names]
