"""A collection that somebody ends: what is there stays, what is not says so, and the process is gone soon."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.peer.apart import serving_apart
from tests.peer.certificates import Certificates
from tests.peer.faults import Faults, Hangs
from tests.peer.server_model import ACCOUNT, PASSWORD, FakeServer
from tests.running import CHECKOUT

PATIENCE = 60.0
"""Seconds after which a test gives up; nothing is concluded from how long something takes."""


@contextmanager
def running(folder: Path, certificates: Certificates, *verb: str) -> Iterator[subprocess.Popen[str]]:
    """Run *verb* on one server that answers and two that hang, in a process of its own."""
    hung = Faults(commands={"Get-AdsyncFact": Hangs(), "Get-ADSyncScheduler": Hangs()})
    servers = [
        FakeServer(name="FAST", certificate=certificates.good),
        FakeServer(name="HUNG1", certificate=certificates.good, faults=hung),
        FakeServer(name="HUNG2", certificate=certificates.good, faults=hung),
    ]
    (folder / "credential").touch(mode=0o600)
    (folder / "credential").write_text(PASSWORD)
    with serving_apart(servers) as peer:
        entries = [
            {
                "name": f"{one.name.lower()}.fabrikam.com",
                "connection": {
                    "host": "localhost", "port": peer.port_of(one.name), "authentication": "ntlm",
                    "username": ACCOUNT, "credential": f"file:{folder / 'credential'}",
                    "ca_bundle": str(certificates.authority),
                },
            }
            for one in servers
        ]  # fmt: skip
        (folder / "servers.yaml").write_text(
            "inventory: i\nservers:\n" + "".join(f"  - {json.dumps(one)}\n" for one in entries)
        )
        command = (sys.executable, "-m", "checker.cli", *verb, "--inventory", "servers.yaml")
        process = subprocess.Popen(
            command, cwd=folder, env={"PYTHONPATH": str(CHECKOUT), "PATH": "/usr/bin:/bin"}, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip
        try:
            yield process
        finally:
            process.kill()
            process.communicate()


def document(folder: Path, name: str) -> dict[str, Any]:
    """Give the document of the server *name*; empty while there is none."""
    path = folder / "facts" / f"{name}.fabrikam.com.json"
    found: dict[str, Any] = json.loads(path.read_text("utf-8")) if path.exists() else {}
    return found


def wait_until_read(folder: Path, process: subprocess.Popen[str]) -> None:
    """Wait until the server that answers was read, so that only the two that hang are left."""
    end = time.monotonic() + PATIENCE
    while "plan" not in document(folder, "fast").get("collection", {}):
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < end, "nothing was read"
        time.sleep(0.05)


@pytest.mark.parametrize(("sent", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_what_was_read_stays_and_the_rest_says_that_it_was_not(
    tmp_path: Path, certificates: Certificates, *, sent: signal.Signals, code: int
) -> None:
    """Each server has a whole document; those that were not read are unknown for that reason."""
    with running(tmp_path, certificates, "collect", "--out", "facts") as process:
        wait_until_read(tmp_path, process)
        process.send_signal(sent)
        _, told = process.communicate(timeout=PATIENCE)

    assert code == process.returncode, told
    assert "module" == document(tmp_path, "fast")["collection"]["plan"]
    for name in ("hung1", "hung2"):
        assert {"interrupted"} == {one["kind"] for one in document(tmp_path, name)["collection"]["failures"]}
        assert {"unknown"} == {fact["status"] for fact in document(tmp_path, name)["facts"].values()}
    assert 3 == len(list((tmp_path / "facts").iterdir()))
    assert "interrupted" in told
    assert "Traceback" not in told


@pytest.mark.parametrize(("sent", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_live_check_reports_what_was_read(
    tmp_path: Path, certificates: Certificates, *, sent: signal.Signals, code: int
) -> None:
    """The report is whole, marked as incomplete, and has no verdict on a server that was not read."""
    verb = ("check", "--policy", "v2-endpoint", "--facts-out", "facts", "-o", "json:results.json")
    with running(tmp_path, certificates, *verb) as process:
        wait_until_read(tmp_path, process)
        process.send_signal(sent)
        _, told = process.communicate(timeout=PATIENCE)
    results = json.loads((tmp_path / "results.json").read_text("utf-8"))
    outcomes = {one["server"]: one["outcome"] for one in results["findings"] if one["rule"] == "AADC0010"}

    assert code == process.returncode, told
    assert results["run"]["complete"] is False
    assert code == results["run"]["exit_code"]
    assert {"fast.fabrikam.com": "pass", "hung1.fabrikam.com": "error", "hung2.fabrikam.com": "error"} == outcomes


def test_a_killed_collection_leaves_nothing_green(tmp_path: Path, certificates: Certificates) -> None:
    """Also where nobody could clean up, an older document of a server is gone before the server is asked."""
    folder = tmp_path / "facts"
    folder.mkdir()
    with running(tmp_path, certificates, "collect", "--out", "facts") as process:
        wait_until_read(tmp_path, process)
        read = (folder / "fast.fabrikam.com.json").read_bytes()
        process.kill()
        process.communicate(timeout=PATIENCE)
    (folder / "hung1.fabrikam.com.json").write_bytes(read.replace(b"FAST", b"HUNG1"))
    (folder / "fast.fabrikam.com.json").unlink()
    with running(tmp_path, certificates, "collect", "--out", "facts") as process:
        wait_until_read(tmp_path, process)
        process.kill()
        process.communicate(timeout=PATIENCE)

    assert {"unknown"} == {fact["status"] for fact in document(tmp_path, "hung1")["facts"].values()}


def test_a_second_interruption_ends_it_at_once(tmp_path: Path, certificates: Certificates) -> None:
    """Whoever does not want to wait for shells to be closed does not have to."""
    with running(tmp_path, certificates, "collect", "--out", "facts") as process:
        wait_until_read(tmp_path, process)
        process.send_signal(signal.SIGINT)
        time.sleep(0.3)
        process.send_signal(signal.SIGINT)
        _, told = process.communicate(timeout=PATIENCE)

    assert 130 == process.returncode, told
    assert "Traceback" not in told
    assert {"unknown"} == {fact["status"] for fact in document(tmp_path, "hung1")["facts"].values()}
