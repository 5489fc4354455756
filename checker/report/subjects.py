"""What findings speak of: each server, and each tenant that fleet rules are about."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from checker.model.result import Finding, Report, ServerRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """A server or a tenant, with its findings by rule."""

    row: ServerRow  # of a tenant one that is named `tenant NAME`, and has no sources of its own
    tenant: str = ""  # exactly for a tenant: its name; the tenant that a server belongs to stands in its row
    members: tuple[str, ...] = ()  # of a tenant: the servers of the report that are its own
    findings: tuple[Finding, ...] = ()

    @property
    def name(self) -> str:
        """Name it as reports show it."""
        return self.row.name


def subjects_of(report: Report) -> tuple[Subject, ...]:
    """
    Give the servers by name, then the tenants by name.

    A server without findings is there, and so is one that only findings name: none gets lost between the two lists. A
    server that is called like a tenant stays a subject of its own.
    """
    servers: dict[str, list[Finding]] = {row.name: [] for row in report.servers}
    tenants: dict[str, list[Finding]] = defaultdict(list)
    for finding in report.findings:
        if finding.tenant and not finding.server:
            tenants[finding.tenant].append(finding)
        else:
            servers.setdefault(finding.server, []).append(finding)
    rows = {row.name: row for row in report.servers}
    members: dict[str, list[str]] = defaultdict(list)
    for name in sorted(rows):
        members[rows[name].tenant].append(name)
    return (
        *(
            Subject(row=rows.get(name) or ServerRow(name=name), findings=_by_rule(servers[name]))
            for name in sorted(servers)
        ),
        *(
            Subject(
                row=ServerRow(name=f"tenant {name}"),
                tenant=name,
                members=tuple(members.get(name, ())),
                findings=_by_rule(tenants[name]),
            )
            for name in sorted(tenants)
        ),
    )


def _by_rule(findings: list[Finding]) -> tuple[Finding, ...]:
    return tuple(sorted(findings, key=lambda one: one.rule))
