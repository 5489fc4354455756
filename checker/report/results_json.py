"""The results document, version 1: everything that a report holds. `schemas/results.schema.json` describes it."""

from __future__ import annotations

from datetime import timedelta

from checker.model.duration import format_duration
from checker.model.facts import Source, SourceFile
from checker.model.location import Location
from checker.model.policy import Parameter, Policy, Rule
from checker.model.result import Diagnostic, Finding, Report, ServerRow
from checker.model.timestamp import format_timestamp
from checker.model.values import Json, to_json
from checker.report.json_text import json_text
from checker.report.portable import portable, portable_location, portable_text
from checker.report.summary import findings_by_server, summary_of
from checker.report.wording import age_of, place_of

FORMAT = "adsync-checker/results/v1"


def render(report: Report) -> str:
    """Write *report* as results; the same inputs give the same bytes but for `run`."""
    return json_text(results(report))


def results(report: Report) -> Json:
    """Give the results document of *report*, every list in an order of its own."""
    servers = findings_by_server(report)
    rules = sorted(report.rules.items())
    policies = sorted(report.policies, key=lambda policy: (policy.name, policy.path))
    return {
        "format": FORMAT,
        "run": _run(report),
        "policies": [_policy(report, policy) for policy in policies],
        "servers": [_server(report, row) for row, _ in servers.values()],
        "rules": [_rule(report, rule) for _, rule in rules],
        "parameters": [_parameter(policy, parameter) for policy in policies for parameter in policy.parameters],
        "population": {
            "expected": [*sorted(report.population.expected)],
            "received": [*sorted(report.population.received)],
            "missing": [*sorted(report.population.missing)],
            "unexpected": [*sorted(report.population.unexpected)],
        },
        "files_not_understood": [
            {"path": path, "why": portable_text(report, why)}
            for path, why in sorted((portable(report, file.path), file.why) for file in report.files_not_understood)
        ],
        "diagnostics": sorted((_diagnostic(report, one) for one in report.diagnostics), key=str),
        "findings": [_finding(report, finding) for _, findings in servers.values() for finding in findings],
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
        "complete": run.complete,
        "interrupted": run.interrupted,
        "exit_code": run.exit_code,
        "ages": [
            {
                "server": row.name,
                "path": portable(report, source.path),
                "age": _duration(age_of(source, run.started)),
            }
            for row, _ in findings_by_server(report).values()
            for source in _ordered(report, row.sources)
        ],
    }


def _duration(length: timedelta | None) -> Json:
    return None if length is None else format_duration(length)


def _ordered(report: Report, sources: tuple[SourceFile, ...]) -> list[SourceFile]:
    return sorted(sources, key=lambda source: (portable(report, source.path), source.format.value))


def _policy(report: Report, policy: Policy) -> Json:
    return {
        "name": policy.name,
        "version": policy.version,
        "title": policy.title,
        "sha256": policy.sha256,
        "path": portable(report, policy.path),
        "shipped": policy.shipped,
    }


def _server(report: Report, row: ServerRow) -> Json:
    return {
        "name": row.name,
        "role": row.role,
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


def _rule(report: Report, rule: Rule) -> Json:
    return {
        "id": rule.id,
        "name": rule.name,
        "title": rule.title,
        "severity": rule.severity.word,
        "fact": rule.fact,
        "policy": rule.policy,
        "rationale": rule.rationale,
        "remediation": {"text": rule.remediation.text, "powershell": rule.remediation.powershell},
        "references": [*rule.references],
        "controls": {framework: [*items] for framework, items in rule.controls},
        "tags": [*rule.tags],
        "parameters": [*rule.parameters],
        "location": _location(portable_location(report, rule.location)),
    }


def _parameter(policy: Policy, parameter: Parameter) -> Json:
    return {
        "name": parameter.name,
        "value": to_json(parameter.value),
        "origin": parameter.origin,
        "type": parameter.type.value,
        "default": to_json(parameter.default),
        "policy": policy.name,
    }


def _diagnostic(report: Report, diagnostic: Diagnostic) -> Json:
    place = diagnostic.location
    location = _location(portable_location(report, place)) if place else None
    message = portable_text(report, diagnostic.message)
    return {"message": message, "location": location, "incomplete": diagnostic.incomplete}


def _finding(report: Report, finding: Finding) -> Json:
    return {
        "server": finding.server,
        "rule": finding.rule,
        "outcome": finding.outcome.value,
        "reason": finding.reason,
        "message": portable_text(report, finding.message),
        "fact": finding.fact,
        "observed": None if finding.observed is None else to_json(finding.observed),
        "expected": finding.expected,
        "derivation": portable_text(report, finding.derivation),
        "source": _source(report, finding.source) if finding.source else None,
        "location": _location(portable_location(report, place_of(report, finding))),
        "waiver": None,
    }


def _source(report: Report, source: Source) -> Json:
    place = source.location
    where = _location(portable_location(report, place)) if place else {"file": None, "line": None, "column": None}
    return {"format": source.format.value, **where, "item": source.item}


def _location(location: Location) -> dict[str, Json]:
    return {"file": location.file, "line": location.line, "column": location.column}


def _summary(report: Report) -> Json:
    summary = summary_of(report)
    return {
        "servers": summary.servers,
        "findings": summary.findings,
        "pass": summary.passes,
        "fail": summary.fails,
        "error": summary.errors,
        "not_applicable": summary.not_applicable,
        "waived": 0,
    }
