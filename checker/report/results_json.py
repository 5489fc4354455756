"""The results document, version 1: everything that a report holds. `schemas/results.schema.json` describes it."""

from __future__ import annotations

from datetime import timedelta

from checker.model.duration import format_duration
from checker.model.facts import Source, SourceFile
from checker.model.result import Diagnostic, Finding, Report, ServerRow
from checker.model.timestamp import format_timestamp
from checker.model.values import Json, to_json
from checker.report.json_text import json_text
from checker.report.portable import portable, portable_location, portable_text
from checker.report.results_ground import (
    inventory,
    location_told,
    parameters,
    policy_told,
    revisions,
    rule_told,
    waiver_told,
    waivers,
)
from checker.report.summary import summary_of
from checker.report.wording import age_of, place_of

FORMAT = "adsync-checker/results/v1"


def render(report: Report) -> str:
    """Write *report* as results; the same inputs give the same bytes but for `run`."""
    return json_text(results(report))


def results(report: Report) -> Json:
    """Give the results document of *report*, every list in an order of its own."""
    rules = sorted(report.rules.items())
    policies = sorted(report.policies, key=lambda policy: (policy.name, policy.path))
    return {
        "format": FORMAT,
        "run": _run(report),
        "policies": [policy_told(report, policy) for policy in policies],
        "servers": [_server(report, row) for row in sorted(report.servers, key=lambda row: row.name)],
        "rules": [rule_told(report, rule) for _, rule in rules],
        "parameters": parameters(report, policies),
        "inventory": inventory(report),
        "population": {
            "expected": [*sorted(report.population.expected)],
            "received": [*sorted(report.population.received)],
            "missing": [*sorted(report.population.missing)],
            "unexpected": [*sorted(report.population.unexpected)],
            "left_out": [*sorted(report.population.left_out)],
            "inventory": report.population.inventory,
        },
        "waivers": waivers(report),
        "revisions": revisions(report),
        "files_not_understood": [
            {"path": path, "why": portable_text(report, why)}
            for path, why in sorted((portable(report, file.path), file.why) for file in report.files_not_understood)
        ],
        "diagnostics": sorted((_diagnostic(report, one) for one in report.diagnostics), key=str),
        "findings": [_finding(report, finding) for finding in _in_order(report)],
        "summary": _summary(report),
    }


def _run(report: Report) -> Json:
    run = report.run
    return {
        "id": run.id,
        "started": format_timestamp(run.started),
        "finished": format_timestamp(run.finished),
        "tool": {"name": "adsync-checker", "version": run.version},
        "mode": run.mode,
        "fail_on": run.fail_on.word,
        "strict": run.strict,
        "partial": run.selection.partial,
        "selection": {
            "servers": [*run.selection.servers],
            "rules": [*run.selection.rules],
            "tags": [*run.selection.tags],
        },
        "max_age": _duration(run.max_age),
        "longest_waiver": run.longest_waiver,
        "max_waived": run.max_waived,
        "complete": run.complete,
        "interrupted": run.interrupted,
        "exit_code": run.exit_code,
        "ages": [
            {
                "server": row.name,
                "path": portable(report, source.path),
                "age": _duration(age_of(source, run.started)),
            }
            for row in sorted(report.servers, key=lambda row: row.name)
            for source in _ordered(report, row.sources)
        ],
    }


def _duration(length: timedelta | None) -> Json:
    return None if length is None else format_duration(length)


def _ordered(report: Report, sources: tuple[SourceFile, ...]) -> list[SourceFile]:
    return sorted(sources, key=lambda source: (portable(report, source.path), source.format.value))


def _server(report: Report, row: ServerRow) -> Json:
    return {
        "name": row.name,
        "role": row.role,
        "tenant": row.tenant or None,
        "computer_name": _computer_name(report, row.name),
        "sources": [
            {
                "format": source.format.value,
                "path": portable(report, source.path),
                "assignment": source.assignment,
                "date": format_timestamp(source.date) if source.date else None,
                "files": source.files,
                "superseded": source.superseded,
            }
            for source in _ordered(report, row.sources)
        ],
    }


def _computer_name(report: Report, server: str) -> str | None:
    """Give the name by which facts call *server*, where an inventory says it."""
    expected = report.inventory.servers if report.inventory else ()
    return next((one.computer_name for one in expected if one.name == server), None)


def _in_order(report: Report) -> list[Finding]:
    """Give the findings of servers by name, then those of tenants, each by rule."""
    return sorted(report.findings, key=lambda one: (not one.server, one.server, one.tenant, one.rule))


def _diagnostic(report: Report, diagnostic: Diagnostic) -> Json:
    place = diagnostic.location
    location = location_told(portable_location(report, place)) if place else None
    message = portable_text(report, diagnostic.message)
    return {"message": message, "location": location, "incomplete": diagnostic.incomplete}


def _finding(report: Report, finding: Finding) -> Json:
    return {
        "server": finding.server or None,
        "tenant": finding.tenant or None,
        "rule": finding.rule,
        "outcome": finding.outcome.value,
        "reason": finding.reason,
        "message": portable_text(report, finding.message),
        "fact": finding.fact,
        "observed": None if finding.observed is None else to_json(finding.observed),
        "expected": finding.expected,
        "derivation": portable_text(report, finding.derivation),
        "source": _source(report, finding.source) if finding.source else None,
        "location": location_told(portable_location(report, place_of(report, finding))),
        "broken": to_json(finding.broken),
        "waiver": waiver_told(report, finding.waiver) if finding.waiver else None,
    }


def _source(report: Report, source: Source) -> Json:
    place = source.location
    where = location_told(portable_location(report, place)) if place else {"file": None, "line": None, "column": None}
    return {"format": source.format.value, **where, "item": source.item}


def _summary(report: Report) -> Json:
    summary = summary_of(report)
    return {
        "servers": summary.servers,
        "findings": summary.findings,
        "pass": summary.passes,
        "fail": summary.fails,
        "error": summary.errors,
        "not_applicable": summary.not_applicable,
        "waived": summary.waived,
    }
