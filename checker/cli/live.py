"""What the verbs that speak to running servers need from the machine: credentials, clocks, sockets, chance."""

from __future__ import annotations

import argparse
import random
import time
from collections.abc import Callable
from datetime import datetime

from checker.acquire.live.commands import Target
from checker.acquire.live.credentials import Credentials
from checker.acquire.live.fleet import Pace, StoppableClock
from checker.acquire.live.reach import reach
from checker.acquire.live.session import connector
from checker.cli.credential_sources import credential_sources
from checker.cli.inputs import support_table
from checker.cli.telling import tell
from checker.evaluate.selection import limited
from checker.model.inventory import ExpectedServer, Inventory
from checker.model.result import Selection
from checker.pipeline.collection import Live


def live_of(options: argparse.Namespace, clock: Callable[[], datetime]) -> Live:
    """Gather what a collection needs; *options* are those of `add_live`."""
    credentials = Credentials(credential_sources(), verify_tls=not options.no_verify_tls, proxy=options.proxy)
    told: set[str] = set()
    monotonic = StoppableClock(time.monotonic)

    def target_of(server: ExpectedServer) -> Target:
        resolved = credentials.resolve(server.name, server.connection)
        tell(*(warning for warning in resolved.warnings if warning not in told))
        told.update(resolved.warnings)
        return resolved.target

    return Live(
        resolve=target_of,
        reach=reach,
        connect=connector(monotonic),
        pace=Pace(
            threads=options.threads,
            budget=options.timeout.total_seconds(),
            retries=options.retries,
            clock=monotonic,
            sleep=time.sleep,
            chance=random.random,
        ),
        now=clock,
        support=support_table(getattr(options, "support_table", None)),
        max_age=getattr(options, "max_age", None),
    )


def wanted_of(inventory: Inventory, names: list[str]) -> frozenset[str]:
    """
    Give the servers of *inventory* that --limit asks for.

    Raises:
        UsageError: one of the names fits none.
    """
    groups = {one.name: one.groups for one in inventory.servers}
    return limited(groups, Selection(servers=tuple(names)))
