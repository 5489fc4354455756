"""Whole readings of a pretended server, and what the shipped policies say of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from functools import cache
from typing import Any

from checker.acquire.assignment import Placed
from checker.acquire.fact_set import build_fact_set
from checker.acquire.live.commands import LiveError, Target
from checker.acquire.live.host import HostReading, read_host
from checker.cli.inputs import find_policies, support_table
from checker.evaluate.engine import evaluate
from checker.load.policies import load_policies
from checker.model.facts import Absent, Fact, FactSet, Known, Unknown
from checker.model.policy import Policy
from checker.model.support import SupportTable
from tests.acquire.live.fake_session import NOW, FakeClock, FakeNetwork, FakeServer

TARGET = Target(server="sync01", host="sync01.fabrikam.example", port=5986, username="svc", secret="nobody-may-see")
DEFAULT, OWN = "Microsoft.PowerShell", "AdsyncChecker"


JEA = (
    "Get-ItemProperty", "Get-Item", "Get-Date", "Get-Service", "Get-ADSyncScheduler", "Get-ADSyncConnector",
    "Where-Object", "Get-ADSyncRule", "Group-Object", "Get-ADSyncGlobalSettings", "Get-ADSyncAutoUpgrade",
    "Get-WinEvent", "Get-Content", "Get-Acl",
)  # fmt: skip
"""What an endpoint of our module does not show."""


def endpoint(*given: object, **changed: Any) -> FakeServer:
    """Give a server whose endpoint shows the function alone, which gives *given*."""
    return FakeServer(facts=list(given), hidden=JEA, **changed)


@cache
def _policies() -> tuple[Policy, ...]:
    return tuple(load_policies(find_policies(["v2-endpoint", "recommended"]), {}))


@cache
def _support() -> SupportTable:
    return support_table(None)


def read(
    server: FakeServer | LiveError,
    name: str = DEFAULT,
    *,
    asked: str = "",
    budget: float = 60.0,
    clock: FakeClock | None = None,
    max_age: timedelta | None = None,
) -> HostReading:
    """Read *server*, whose one endpoint is called *name*."""
    clock = clock or FakeClock()
    return read_host(
        FakeNetwork({name: server}), TARGET, asked,
        budget_seconds=budget, monotonic=clock.monotonic, now=clock.now, max_age=max_age,
    )  # fmt: skip


def facts(reading: HostReading) -> FactSet:
    """Give the fact set of *reading*."""
    placed = [Placed(reading=one, assignment="named by the server") for one in reading.readings]
    return build_fact_set("SYNC01", placed, now=NOW, support=_support())


def outcomes(reading: HostReading) -> Mapping[str, str]:
    """Give the outcome of every rule of the shipped policies."""
    return {
        finding.rule: finding.outcome.value
        for policy in _policies()
        for finding in evaluate(policy.rules, [facts(reading)])
    }


def said(fact: Fact) -> object:
    """Give the value of a fact, that it is absent, or why it is unknown."""
    match fact:
        case Known():
            return fact.value
        case Absent():
            return "absent"
        case Unknown():
            return fact.reason


def unknown(found: FactSet) -> Iterator[tuple[str, Unknown]]:
    """Give the facts that are unknown, though a running server tells them."""
    return ((name, fact) for name, fact in found.facts.items() if isinstance(fact, Unknown) and fact.sources)
