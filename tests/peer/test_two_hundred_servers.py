"""A fleet of two hundred servers of which some fail in every manner, within its time and without a trace."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.peer.certificates import Certificates
from tests.peer.faults import Fails, Faults, Hangs, Listening, denied
from tests.peer.live_fleets import LiveFleet
from tests.peer.peer import serving
from tests.peer.server_model import ACCOUNT, FakeServer
from tests.running import Done

SERVERS = 200
WRONG_PASSWORD = "Wrong-Battery-9"
KINDS = {
    "refused": 5, "black hole": 4, "wrong password": 5, "hung": 3, "denied": 5, "slow": 5, "cmdlets only": 8,
}  # fmt: skip
HEALTHY = SERVERS - sum(KINDS.values())


def _server(name: str, kind: str, certificates: Certificates) -> FakeServer:
    one = FakeServer(name=name, certificate=certificates.good)
    match kind:
        case "refused":
            one.faults = Faults(listening=Listening.REFUSED)
        case "black hole":
            one.faults = Faults(listening=Listening.BLACK_HOLE)
        case "hung":
            one.faults = Faults(commands={"Get-AdsyncFact": Hangs(), "Get-ADSyncRule": Hangs()})
        case "denied":
            one.faults = Faults(commands={"Get-ADSyncScheduler": Fails(denied("Get-ADSyncScheduler"))})
            return one.without_module()
        case "slow":
            one.faults = Faults(seconds_for_request=0.2)
        case "cmdlets only":
            return one.without_module()
        case _:
            pass
    return one


@pytest.fixture(scope="module")
def fleet(tmp_path_factory: pytest.TempPathFactory, certificates: Certificates) -> Iterator[tuple[LiveFleet, Done]]:
    """Collect from all of them with 32 threads, 20 seconds for each."""
    folder = tmp_path_factory.mktemp("fleet")
    kinds = [kind for kind, count in KINDS.items() for _ in range(count)] + ["healthy"] * HEALTHY
    names = {f"N{number:03}": kind for number, kind in enumerate(kinds)}
    (folder / "wrong").touch(mode=0o600)
    (folder / "wrong").write_text(WRONG_PASSWORD)
    connections: dict[str, dict[str, object]] = {
        name: {"credential": f"file:{folder / 'wrong'}"} for name, kind in names.items() if kind == "wrong password"
    }
    with serving([_server(name, kind, certificates) for name, kind in names.items()]) as peer:
        running = LiveFleet(folder=folder, peer=peer, certificates=certificates, connections=connections)
        done = running.run("collect", "--out", "facts", "--threads", "32", "--timeout", "PT20S", "--retries", "1")
        yield running, done


def test_every_server_is_told_for_what_it_is(fleet: tuple[LiveFleet, Done]) -> None:
    """So many documents, and in them so many failures of each class; nobody is forgotten."""
    running, done = fleet
    found: Counter[str] = Counter()
    for name in running.peer.hosts:
        collection = running.document(name)["collection"]
        kinds = [one["kind"] for one in collection.get("failures", ())]
        found[kinds[0] if kinds else collection["plan"]] += 1

    assert {
        "refused": 5, "connect-timeout": 4, "auth-rejected": 1, "skipped": 4, "deadline": 3, "command-denied": 5,
        "cmdlets": 8, "module": HEALTHY + 5,
    } == found  # fmt: skip
    assert 4 == done.code
    assert SERVERS == len([line for line in done.err.splitlines() if line.startswith("adsync-checker: [")])


def test_no_server_passes_that_was_not_read(fleet: tuple[LiveFleet, Done]) -> None:
    """In the verdict only those pass that answered."""
    running, _ = fleet
    done = running.run("check", "--policy", "v2-endpoint", "--facts", "facts", "-o", "json:results.json")
    findings = json.loads((running.folder / "results.json").read_text("utf-8"))["findings"]
    scheduler = Counter(one["outcome"] for one in findings if one["rule"] == "AADC0010")

    assert 4 == done.code
    assert {"pass": HEALTHY + 5 + 8, "error": 5 + 4 + 5 + 3 + 5} == scheduler


def test_no_shell_stays_open(fleet: tuple[LiveFleet, Done]) -> None:
    """Not on those that hung, and not on those that were denied."""
    assert () == fleet[0].peer.open_shells


def test_the_wrong_password_was_sent_once(fleet: tuple[LiveFleet, Done]) -> None:
    """One canary; the four others never saw it, so the account is not locked."""
    peer = fleet[0].peer

    assert 1 == sum(peer.counts_of(name).rejections for name in peer.hosts)


def test_no_secret_is_anywhere(fleet: tuple[LiveFleet, Done]) -> None:
    """Searched in every file that was written, and in everything that was said."""
    running, done = fleet
    secrets = [WRONG_PASSWORD, next(iter(running.peer.hosts.values())).server.accounts[ACCOUNT]]
    kept = {"credential", "wrong"}
    written = [path for path in Path(running.folder).rglob("*") if path.is_file() and path.name not in kept]

    assert SERVERS <= len(written)
    for secret in secrets:
        assert secret not in done.out + done.err
        assert [] == [path.name for path in written if secret.encode() in path.read_bytes()]
