"""
SARIF 2.1.0, built from plain dictionaries.

The profile `sarif` carries what is open: failures and errors of rules that move the exit code, but for failures that a
waiver covers. `sarif-full` carries every outcome, for readers that know the kinds and the suppressions.
"""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import quote

from checker.model.result import Report
from checker.model.values import Json
from checker.report.changed_rules import changed_rules
from checker.report.json_text import json_text
from checker.report.mapping import treatment_of
from checker.report.sarif_invocation import invocation, notification_descriptors, utc
from checker.report.sarif_properties import sarif_properties
from checker.report.sarif_results import result, tables_of
from checker.report.sarif_rules import descriptor, supported_taxonomies, taxa_of, taxonomies
from checker.report.sarif_text import ROOT, guid, message, sarif_text
from checker.report.subjects import Subject, subjects_of

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
    Give the log: a run for each server and tenant, so that a missing server closes no alert but its own.

    Beyond the number of runs that consumers take, one run holds all of them; an empty report has one run as well.
    """
    subjects = subjects_of(report)
    parts = [(one,) for one in subjects] if 0 < len(subjects) <= _MOST_RUNS else [subjects]
    runs = [_run(report, part, full=full) for part in parts]
    return {"$schema": "https://json.schemastore.org/sarif-2.1.0.json", "version": "2.1.0", "runs": [*runs]}


def _run(report: Report, subjects: Sequence[Subject], *, full: bool) -> Json:
    findings = [finding for subject in subjects for finding in subject.findings]
    rules = [rule for _, rule in sorted(report.rules.items())]
    indexes = {rule.id: index for index, rule in enumerate(rules)}
    taxa = taxa_of(rules) if full else {}
    tables = tables_of(report)
    carried = [finding for finding in findings if full or treatment_of(report, finding).alert]
    results = [result(report, finding, indexes[finding.rule], tables, full=full) for finding in carried]
    if any("suppressions" in one for one in results):
        # NOTE: where one result of a run says that it is suppressed, every other must say that it is not.
        results = [{"suppressions": []} | one for one in results]
    changes = {one.rule.id: one for one in changed_rules(report)}
    driver: dict[str, Json] = {
        "name": _TOOL,
        "fullName": _FULL_NAME,
        "guid": guid("tool"),
        "version": sarif_text(report.run.version),
        "informationUri": "urn:adsync-checker",
        "language": "en-US",
        "rules": [descriptor(report, rule, taxa, changes.get(rule.id)) for rule in rules],
        "notifications": notification_descriptors(),
    }
    run: dict[str, Json] = {
        "tool": {"driver": driver},
        "automationDetails": _details(report, subjects, full=full),
        "invocations": [invocation(report, findings, indexes, tables, full=full)],
        "originalUriBaseIds": {
            ROOT: {"description": {"text": "The folder that the checker ran in, the root of the repository."}}
        },
        "artifacts": tables.artifacts,
        "columnKind": "unicodeCodePoints",
        "results": [*results],
        "properties": sarif_properties(report, subjects),
    }
    if tables.logical:
        run["logicalLocations"] = tables.logical
    if taxa:
        driver["supportedTaxonomies"] = supported_taxonomies(taxa)
        run["taxonomies"] = taxonomies(taxa)
    return run


def _details(report: Report, subjects: Sequence[Subject], *, full: bool) -> Json:
    """Name the run: all before the last slash is what a consumer replaces with the next run of the same."""
    policies = "+".join(quote(sarif_text(name), safe="") for name in sorted({one.name for one in report.policies}))
    match subjects:
        case [one] if one.tenant:
            # NOTE: no name of a server holds a colon once it is quoted, so that none is taken for a tenant.
            whose, told = f"tenant:{quote(sarif_text(one.tenant), safe='')}", f"Tenant '{one.tenant}'."
        case [one]:
            whose, told = quote(sarif_text(one.name), safe="") or "unnamed", f"Server '{one.name}'."
        case []:
            whose, told = "all", "No server."
        case _:
            whose, told = "all", "All servers."
    category = f"{_TOOL}/{policies or 'no-policy'}/{whose}"
    return {
        "id": f"{category}/{utc(report.run.started)}",
        "guid": guid("run", report.run.id, category, "full" if full else "open"),
        "correlationGuid": guid("series", category),
        "description": message(told),
    }
