"""Computers of one name in several tenants, read while they run."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.peer.certificates import Certificates
from tests.peer.faults import Faults, Listening
from tests.peer.fixtures import Serve
from tests.peer.server_model import ACCOUNT, PASSWORD, FakeServer
from tests.peer.sync_objects import Connector, Scheduler
from tests.running import Done, run


def server_of(certificates: Certificates, tenant: str, *, cycle: bool) -> FakeServer:
    """Give a computer SYNC01 of *tenant*."""
    entra = Connector(name=f"{tenant} - AAD", account=f"Sync_SYNC01_0123456789ab@{tenant}")
    one = FakeServer(name="SYNC01", certificate=certificates.good, connectors=(entra,))
    one.scheduler = Scheduler(switches={"SyncCycleEnabled": cycle})
    keys = [key for key in one.registry if "PerMAInstance" in key]
    for key in keys:
        one.registry[key.rpartition("\\")[0] + f"\\{tenant} - AAD"] = one.registry.pop(key)
    return one


def checked(folder: Path, certificates: Certificates, ports: dict[str, int]) -> tuple[Done, dict[str, str]]:
    """Check both live; give what became of the rule about the scheduler."""
    (folder / "credential").touch(mode=0o600)
    (folder / "credential").write_text(PASSWORD)
    entries = [
        {
            "name": f"sync01.{tenant.partition('.')[0]}.com", "tenant": tenant,
            "connection": {
                "host": "localhost", "port": port, "authentication": "ntlm", "username": ACCOUNT,
                "credential": f"file:{folder / 'credential'}", "ca_bundle": str(certificates.authority),
            },
        }
        for tenant, port in ports.items()
    ]  # fmt: skip
    text = "inventory: i\nservers:\n" + "".join(f"  - {json.dumps(one)}\n" for one in entries)
    (folder / "servers.yaml").write_text(text)
    done = run(
        folder, "check", "--policy", "v2-endpoint", "--inventory", "servers.yaml", "--facts-out", "facts",
        "--retries", "0", "-o", "json:results.json", "-o", "text",
    )  # fmt: skip
    findings = json.loads((folder / "results.json").read_text("utf-8"))["findings"]
    return done, {one["server"]: one["outcome"] for one in findings if one["rule"] == "AADC0010"}


FABRIKAM, CONTOSO = "fabrikam.onmicrosoft.com", "contoso.onmicrosoft.com"


def test_each_has_its_own_verdict(tmp_path: Path, serve: Serve, certificates: Certificates) -> None:
    """The tenant that a server tells keeps the two apart."""
    one, two = (
        serve([server_of(certificates, tenant, cycle=cycle)]) for tenant, cycle in ((FABRIKAM, True), (CONTOSO, False))
    )
    done, outcomes = checked(tmp_path, certificates, {FABRIKAM: one.port_of("SYNC01"), CONTOSO: two.port_of("SYNC01")})

    assert 1 == done.code, done.out
    assert {"sync01.fabrikam.com": "pass", "sync01.contoso.com": "fail"} == outcomes


def test_behind_each_others_address_neither_passes(tmp_path: Path, serve: Serve, certificates: Certificates) -> None:
    """Two addresses that were mixed up in the inventory: the name fits, and the tenant does not."""
    one, two = (serve([server_of(certificates, tenant, cycle=True)]) for tenant in (FABRIKAM, CONTOSO))
    done, outcomes = checked(tmp_path, certificates, {FABRIKAM: two.port_of("SYNC01"), CONTOSO: one.port_of("SYNC01")})

    assert 4 == done.code
    assert {"error"} == set(outcomes.values()), done.out


@pytest.mark.parametrize("silent", [FABRIKAM, CONTOSO])
def test_one_that_cannot_be_read_has_not_the_verdict_of_the_other(
    tmp_path: Path, serve: Serve, certificates: Certificates, silent: str
) -> None:
    """Its document tells no tenant, and is still its own."""
    ports = {}
    for tenant in (FABRIKAM, CONTOSO):
        one = server_of(certificates, tenant, cycle=True)
        one.faults = Faults(listening=Listening.REFUSED) if tenant == silent else Faults()
        ports[tenant] = serve([one]).port_of("SYNC01")
    done, outcomes = checked(tmp_path, certificates, ports)

    assert 4 == done.code
    assert {"pass", "error"} == set(outcomes.values()), done.out
    assert "error" == outcomes[f"sync01.{silent.partition('.')[0]}.com"]
