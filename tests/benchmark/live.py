"""
What reading running servers costs, as ratios to one bare pypsrp pipeline of the same run: `python -m tests.benchmark.live`.

The servers are peers in a process of their own, so that the processor time counted is that of the client. Throughput is
measured with 25 ms added to each request and 200 ms to each pipeline, as a network and a real server would.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from checker.acquire.live.commands import Target
from checker.acquire.live.fleet import Pace, StoppableClock
from checker.acquire.live.host import HostReading, read_host
from checker.acquire.live.reach import reach
from checker.acquire.live.session import connector
from checker.cli.inputs import support_table
from checker.model.inventory import Connection, ExpectedServer, Inventory
from checker.model.location import Location
from checker.pipeline.collection import Collected, Live, collect
from tests.peer.apart import ApartPeer, serving_apart
from tests.peer.certificates import Certificates, make_certificates
from tests.peer.faults import Faults
from tests.peer.plain_client import run, session
from tests.peer.server_model import ACCOUNT, PASSWORD, FakeServer

ROUNDS = 30
SLOW = Faults(seconds_for_request=0.025, seconds_for_pipeline=0.2)
THREADS = (1, 8, 16, 32)
FEW = 8
"""Servers that are read by one thread, which takes long enough; more threads read as many each."""


def target_of(port: int, certificates: Certificates) -> Target:
    """Give the server at *port*."""
    return Target(
        server="SYNC", host="localhost", port=port, authentication="ntlm", username=ACCOUNT, secret=PASSWORD,
        ca_bundle=str(certificates.authority),
    )  # fmt: skip


def seconds(work: Callable[[], object]) -> float:
    """Give the processor time of one call."""
    start = time.process_time()
    work()
    return time.process_time() - start


def costs(certificates: Certificates) -> Iterator[tuple[str, float]]:
    """Give the processor time of a collection by each plan, as ratios to one bare pipeline."""
    by_module = FakeServer(name="A", certificate=certificates.good)
    by_cmdlets = FakeServer(name="B", certificate=certificates.good).without_module()
    with serving_apart([by_module, by_cmdlets]) as peer:

        def bare() -> None:
            with session(peer.port_of("B"), ssl=True, cert_validation=str(certificates.authority)) as pool:
                run(pool, ("Get-ADSyncScheduler", {}))

        def collection(name: str, endpoint: str) -> HostReading:
            reading = read_host(
                connector(time.monotonic), target_of(peer.port_of(name), certificates), endpoint, budget_seconds=60,
                monotonic=time.monotonic, now=lambda: datetime.now(UTC), max_age=None,
            )  # fmt: skip
            assert reading.failure is None
            return reading

        works: dict[str, Callable[[], object]] = {
            "by the module": lambda: collection("A", "AdsyncChecker"),
            "by cmdlets": lambda: collection("B", "Microsoft.PowerShell"),
        }
        bare()
        for work in works.values():
            work()
        for name, work in works.items():
            yield name, statistics.median(seconds(work) / seconds(bare) for _ in range(ROUNDS))


@contextmanager
def slow_fleet(certificates: Certificates, *, module: bool) -> Iterator[tuple[ApartPeer, list[str]]]:
    """Run as many slow servers as the most threads read."""
    names = [f"S{number:03}" for number in range(FEW * max(THREADS))]
    servers = [FakeServer(name=name, certificate=certificates.good, faults=SLOW) for name in names]
    with serving_apart(servers if module else [one.without_module() for one in servers]) as peer:
        yield peer, names


def throughput(peer: ApartPeer, names: list[str], threads: int, certificates: Certificates, endpoint: str) -> float:
    """Give how many servers are read in a second by so many *threads*."""
    count = FEW * threads if endpoint == "AdsyncChecker" else max(threads, 2) * 2
    servers = tuple(
        ExpectedServer(
            name=name,
            computer_name=name.casefold(),
            connection=Connection(host="localhost", port=peer.port_of(name), configuration_name=endpoint),
            location=Location("servers.yaml"),
        )
        for name in names[:count]
    )
    clock = StoppableClock(time.monotonic)
    live = Live(
        resolve=lambda server: target_of(server.connection.port or 0, certificates),
        reach=reach,
        connect=connector(clock),
        pace=Pace(threads=threads, clock=clock, sleep=time.sleep, chance=lambda: 0.5),
        now=lambda: datetime.now(UTC),
        support=support_table(None),
    )
    inventory = Inventory(name="fleet", path="servers.yaml", sha256="", servers=servers)
    start = time.perf_counter()
    found: Collected = collect(
        inventory, {one.name for one in servers}, live, write=lambda _name, _text: None, tell=lambda _arrival: None
    )
    assert found.complete, found
    return count / (time.perf_counter() - start)


def main() -> None:
    """Print the ratios."""
    with TemporaryDirectory() as folder:
        certificates = make_certificates(Path(folder))
        for name, ratio in costs(certificates):
            print(f"client processor time, a collection {name:14} {ratio:5.1f} x one bare pipeline", flush=True)
        for name, endpoint in (("by the module", "AdsyncChecker"), ("by cmdlets", "Microsoft.PowerShell")):
            with slow_fleet(certificates, module=endpoint == "AdsyncChecker") as (peer, names):
                rates = {
                    threads: throughput(peer, names, threads, certificates, endpoint)
                    for threads in THREADS[: 2 if "--quick" in sys.argv else None]
                }
            for threads, rate in rates.items():
                words = f"{threads:2} threads: {rate:6.2f} servers a second, {rate / rates[1]:5.1f} x one thread"
                print(f"throughput {name:14} {words}", flush=True)


if __name__ == "__main__":
    main()
