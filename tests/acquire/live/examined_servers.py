"""Pretended servers as a doctor meets them: with local groups, behind a network, and with the module or without it."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from checker.acquire.live.commands import Answer, ErrorRecord, LiveError, Pipeline, Target
from checker.acquire.live.diagnosis_network import Network
from checker.acquire.live.reach import Certificate
from checker.model.collection import FailureClass
from tests.acquire.live.fake_session import FakeServer, Net, record, written
from tests.acquire.module_documents import document

NOW = datetime(2026, 11, 22, 10, tzinfo=UTC)
MEMBERS = "Get-LocalGroupMember"
NO_GROUP = record(FailureClass.PIPELINE_ERROR, "GroupNotFound,Microsoft.PowerShell.Commands.GetLocalGroupMemberCommand")


@dataclass
class GroupedServer(FakeServer):
    """A server with local groups, each with its members: a name and a class."""

    groups: dict[str, list[tuple[str, str]]] = field(default_factory=lambda: {"ADSyncAdmins": []})
    group_error: ErrorRecord | None = None

    def run(self, pipeline: Pipeline, seconds: float) -> Answer:
        """Run *pipeline*; what the other server does not know is answered here."""
        first = pipeline.commands[0]
        told: dict[str, Any] = dict(first.parameters)
        if first.name == MEMBERS and MEMBERS not in self.hidden:
            self.ran.append(pipeline)
            self.before(pipeline, seconds)
            return self._members(told["Group"])
        answer = super().run(pipeline, seconds)
        if first.name == "Get-Command" and MEMBERS in told["Name"] and MEMBERS not in self.hidden:
            errors = tuple(one for one in answer.errors if one.message != MEMBERS)
            return Answer(values=(*answer.values, written(Net({"Name": MEMBERS}))), errors=errors)
        return answer

    def _members(self, group: str) -> Answer:
        errors = (self.group_error,) if self.group_error else () if group in self.groups else (NO_GROUP,)
        objects = [Net({"Name": name, "ObjectClass": kind}) for name, kind in self.groups.get(group, [])]
        return Answer(values=tuple(map(written, objects)), errors=errors)


def product_groups(**members: tuple[str, str]) -> dict[str, list[tuple[str, str]]]:
    """Give the groups that the product makes, each with at most one member."""
    names = ("ADSyncAdmins", "ADSyncOperators", "ADSyncBrowse", "ADSyncPasswordSet")
    return {name: [members[name]] if name in members else [] for name in names}


def open_server(**more: Any) -> GroupedServer:
    """Give the default endpoint of a healthy server, whose account is in ADSyncBrowse."""
    given = {"groups": product_groups(ADSyncBrowse=(r"Fabrikam\SVC-audit", "User")), "time": "2026-11-22T10:00:00Z"}
    return GroupedServer(**{**given, **more})


def told(computer: str = "SYNC01", moment: str = "2026-11-22T10:00:00Z", **collection: Any) -> dict[str, Any]:
    """Give the document of the module of a healthy server."""
    found = document(computer)
    given = {"server_time": moment, "groups": ["ADSyncBrowse", "ADSyncOperators"]}
    found["collection"] = {**found["collection"], **given, **collection}
    return found


ALL_BUT_THE_MODULE = (
    MEMBERS, "Get-Service", "Get-Date", "Get-Item", "Get-ItemProperty", "Get-WinEvent", "Get-Acl", "Get-Content",
    "Get-ADSyncRule", "Get-ADSyncConnector", "Get-ADSyncScheduler", "Get-ADSyncGlobalSettings", "Get-ADSyncAutoUpgrade",
    "Where-Object", "Group-Object",
)  # fmt: skip


def closed_server(answer: dict[str, Any] | None = None, **more: Any) -> GroupedServer:
    """Give the endpoint of the module, which shows its function and no more, with what that gives."""
    return GroupedServer(facts=[json.dumps(answer or told())], hidden=ALL_BUT_THE_MODULE, **more)


def certificate(left: timedelta = timedelta(days=300)) -> Certificate:
    """Give the certificate of a server, which ends after so long."""
    return Certificate(subject="sync01.fabrikam.example", issuer="Fabrikam CA", ends=NOW + left)


@dataclass
class Wires:
    """A network on which everybody is reached, but those who fail in a step."""

    names: dict[str, FailureClass] = field(default_factory=dict)  # by host
    ports: dict[str, FailureClass] = field(default_factory=dict)
    certificates: dict[str, FailureClass] = field(default_factory=dict)
    shown: Certificate = field(default_factory=certificate)
    asked: list[tuple[str, Target]] = field(default_factory=list)

    def network(self) -> Network:
        """Give it as a doctor is lent it."""
        return Network(addresses=self._addresses, reach=self._reach, certificate=self._certificate)

    def _addresses(self, target: Target) -> tuple[str, ...]:
        self._fail("name", self.names, target)
        return ("192.0.2.1", "2001:db8::1")

    def _reach(self, target: Target) -> None:
        self._fail("port", self.ports, target)

    def _certificate(self, target: Target) -> Certificate:
        self._fail("TLS", self.certificates, target)
        return self.shown if target.tls_verified else replace(self.shown, subject="", issuer="", ends=None)

    def _fail(self, step: str, failures: dict[str, FailureClass], target: Target) -> None:
        self.asked.append((step, target))
        if target.host in failures:
            raise LiveError(failures[target.host], f"The {step} of '{target.host}' does not work. Mend the {step}.")
