"""
SARIF 2.1.0, built from plain dictionaries.

The profile `sarif` carries what is open: failures and errors of rules that move the exit code. `sarif-full` carries
every outcome, for readers that know the kinds.
"""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import quote

from checker.model.result import Finding, Report
from checker.model.values import Json, show
from checker.report.json_text import json_text
from checker.report.mapping import treatment_of
from checker.report.portable import portable
from checker.report.sarif_invocation import invocation, notification_descriptors, utc
from checker.report.sarif_results import result, tables_of
from checker.report.sarif_rules import descriptor, supported_taxonomies, taxa_of, taxonomies
from checker.report.sarif_text import ROOT, guid, message, sarif_text
from checker.report.summary import findings_by_server
from checker.report.wording import age_words, date_words

_MOST_RUNS = 20  # GitHub takes no more in one file
_TOOL = "adsync-checker"
_FULL_NAME = "adsync-checker, policy-as-code compliance checker for Microsoft Entra Connect Sync"


def render(report: Report) -> str:
    """Write what is open of *report*: each result is an alert, none of them is a pass."""
    return json_text(_log(report, full=False))


def render_full(report: Report) -> str:
    """Write every finding of *report*, with its kind."""
    return json_text(_log(report, full=True))


def _log(report: Report, *, full: bool) -> Json:
    """
    Give the log: a run for each server, so that a missing server closes no alert but its own.

    Beyond the number of runs that consumers take, one run holds all servers; an empty report has one run as well.
    """
    servers = findings_by_server(report)
    if 0 < len(servers) <= _MOST_RUNS:
        runs = [_run(report, name, findings, full=full) for name, (_, findings) in servers.items()]
    else:
        everything = [finding for _, findings in servers.values() for finding in findings]
        runs = [_run(report, None, everything, full=full)]
    return {"$schema": "https://json.schemastore.org/sarif-2.1.0.json", "version": "2.1.0", "runs": [*runs]}


def _run(report: Report, server: str | None, findings: Sequence[Finding], *, full: bool) -> Json:
    rules = [rule for _, rule in sorted(report.rules.items())]
    indexes = {rule.id: index for index, rule in enumerate(rules)}
    taxa = taxa_of(rules) if full else {}
    tables = tables_of(report)
    carried = [finding for finding in findings if full or treatment_of(report, finding).alert]
    results = [result(report, finding, indexes[finding.rule], tables, full=full) for finding in carried]
    driver: dict[str, Json] = {
        "name": _TOOL,
        "fullName": _FULL_NAME,
        "guid": guid("tool"),
        "version": sarif_text(report.run.version),
        "informationUri": "urn:adsync-checker",
        "language": "en-US",
        "rules": [descriptor(rule, taxa) for rule in rules],
        "notifications": notification_descriptors(),
    }
    run: dict[str, Json] = {
        "tool": {"driver": driver},
        "automationDetails": _details(report, server, full=full),
        "invocations": [invocation(report, findings, indexes, tables, full=full)],
        "originalUriBaseIds": {
            ROOT: {"description": {"text": "The folder that the checker ran in, the root of the repository."}}
        },
        "artifacts": tables.artifacts,
        "columnKind": "unicodeCodePoints",
        "results": [*results],
        "properties": _properties(report, server),
    }
    if tables.logical:
        run["logicalLocations"] = tables.logical
    if taxa:
        driver["supportedTaxonomies"] = supported_taxonomies(taxa)
        run["taxonomies"] = taxonomies(taxa)
    return run


def _details(report: Report, server: str | None, *, full: bool) -> Json:
    """Name the run: all before the last slash is what a consumer replaces with the next run of the same."""
    policies = "+".join(quote(sarif_text(name), safe="") for name in sorted({one.name for one in report.policies}))
    whose = "all" if server is None else quote(sarif_text(server), safe="") or "unnamed"
    category = f"{_TOOL}/{policies or 'no-policy'}/{whose}"
    told = f"Server '{server}'." if server is not None else "All servers." if report.servers else "No server."
    return {
        "id": f"{category}/{utc(report.run.started)}",
        "guid": guid("run", report.run.id, category, "full" if full else "open"),
        "correlationGuid": guid("series", category),
        "description": message(told),
    }


def _properties(report: Report, server: str | None) -> Json:
    """Tell what no other part of a run has a place for: the sources with their dates and ages, and the parameters."""
    servers = findings_by_server(report)
    rows = [row for name, (row, _) in servers.items() if server in (None, name)]
    return {
        "runId": sarif_text(report.run.id),
        "failOn": report.run.fail_on.word,
        "policies": [sarif_text(f"{one.name} {one.version}") for one in report.policies],
        "parameters": [
            {
                "policy": sarif_text(policy.name),
                "name": sarif_text(one.name),
                "value": sarif_text(show(one.value)),
                "origin": sarif_text(one.origin),
            }
            for policy in report.policies
            for one in policy.parameters
        ],
        "sources": [
            {
                "server": sarif_text(row.name),
                "format": source.format.value,
                "path": sarif_text(portable(report, source.path)),
                "date": date_words(source),
                "age": age_words(source, report.run.started),
                "assignment": sarif_text(source.assignment),
            }
            for row in rows
            for source in row.sources
        ],
    }
