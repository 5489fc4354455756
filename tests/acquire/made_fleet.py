"""Facts of small fleets as files, and inventories that expect them."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from datetime import UTC, date, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

from checker.acquire.exports import Acquired, Surroundings, acquire
from checker.model.facts import Absent, Fact, FactSet, Known, Source, SourceFormat, Unknown
from checker.model.inventory import Connection, ExpectedServer, Inventory
from checker.model.location import Location
from checker.model.support import SupportTable
from checker.model.values import Scalar
from checker.model.version import Version
from tests.running import EXPORTS

NO_TABLE = SupportTable(as_of=date(2026, 1, 1), source="none", path="none", rows=())
CONTOSO, FABRIKAM = "contoso.onmicrosoft.com", "fabrikam.onmicrosoft.com"
CONTOSO_ID = "11111111-1111-1111-1111-111111111111"
FABRIKAM_ID = "22222222-2222-2222-2222-222222222222"
VERSION, SUSPENDED = "product.version", "scheduler.suspended"


def around(folder: Path, stdin: bytes = b"") -> Surroundings:
    """Give the surroundings of a run in *folder*."""
    now = datetime(2026, 11, 22, 10, tzinfo=UTC)
    return Surroundings(folder=folder, stdin=lambda: BytesIO(stdin), now=now, support=NO_TABLE)


def document(server: str, version: str = "2.6.91.0", /, **facts: object) -> dict[str, Any]:
    """Give a facts document; the names of known facts have `__` for their dot."""
    told = {"product__version": version, "scheduler__suspended": False, **facts}
    return {
        "format": "adsync-checker/facts/v1",
        "server": server,
        "sources": [],
        "facts": {name.replace("__", "."): {"status": "known", "value": value} for name, value in told.items()},
    }


def of_tenant(domain: str = "", id_: str = "") -> dict[str, object]:
    """Give the facts that tell a tenant."""
    told: dict[str, object] = {"tenant__connector_account": f"Sync_X@{domain}"} if domain else {}
    return told | ({"tenant__id": id_} if id_ else {})


def write(path: Path, *documents: dict[str, Any]) -> Path:
    """Write facts documents, one a line."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(one) + "\n" for one in documents), "utf-8")
    return path


def export(folder: Path, computer: str, domain: str = "contoso.onmicrosoft.com") -> Path:
    """Write the export folder of a server, with its registry export beside it."""
    shutil.copytree(EXPORTS / "v2-compliant", folder, dirs_exist_ok=True)
    for path in folder.rglob("*.xml"):
        text = path.read_text("utf-8")
        path.write_text(text.replace("SYNC01-SYNTHETIC", computer).replace("fabrikam.onmicrosoft.com", domain), "utf-8")
    return folder


def expected(name: str, tenant: str = "", *, computer: str = "", **facts: Scalar) -> ExpectedServer:
    """Give a server of an inventory; the names of declared facts have `__` for their dot."""
    place = Location("inventory.yaml", 3, 5)
    return ExpectedServer(
        name=name,
        computer_name=computer or name.partition(".")[0].casefold(),
        tenant=tenant,
        facts={
            key.replace("__", "."): Known(value, Source(SourceFormat.INVENTORY, place, key))
            for key, value in facts.items()
        },
        connection=Connection(host=name),
        location=place,
    )


def inventory(*servers: ExpectedServer, path: str = "inventory.yaml") -> Inventory:
    """Give an inventory."""
    return Inventory(name="fleet", path=path, sha256="0" * 64, servers=servers)


def acquired(folder: Path, *servers: ExpectedServer, facts: str = ".", server: str | None = None) -> Acquired:
    """Read what lies in *folder*, held against an inventory of *servers*."""
    return acquire([facts], server=server, surroundings=around(folder), inventory=inventory(*servers))


def facts_of(found: Acquired) -> Mapping[str, FactSet]:
    """Give the facts of each server by its name."""
    return {one.server: one for one in found.fact_sets}


def said(fact: Fact) -> str:
    """Give what a fact says in one word: its value, or why there is none."""
    match fact:
        case Known(value=Version() as version):
            return str(version)
        case Known():
            return str(fact.value)
        case Absent():
            return "absent"
        case Unknown():
            return fact.reason.value


def words(found: Acquired, name: str = VERSION) -> dict[str, str]:
    """Give what one fact of each server says."""
    return {one.server: said(one[name]) for one in found.fact_sets}


def reasons(facts: FactSet) -> set[str]:
    """Give the reasons of all facts; a known one has none."""
    return {fact.reason.value if isinstance(fact, Unknown) else "known" for fact in facts.facts.values()}
