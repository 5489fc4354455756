"""The parts of the results document that say what a run stood on: policies, rules, parameters, inventory, waivers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import assert_never

from checker.model.duration import format_duration
from checker.model.location import Location
from checker.model.policy import (
    AtLeast,
    AtMost,
    Constraint,
    Each,
    Empty,
    Equals,
    Expectation,
    Matches,
    OneOf,
    Parameter,
    Policy,
    PolicyFile,
    Rule,
)
from checker.model.result import Report
from checker.model.values import Json, Scalar, to_json
from checker.model.waiver import Waiver
from checker.report.portable import portable, portable_location


def policy_told(report: Report, policy: Policy) -> Json:
    """Give *policy* with the files that it is made of."""
    own, *bases = policy.files
    return {
        **_file(report, own),
        "title": policy.title,
        "extends": [_file(report, one) for one in bases],
    }


def _file(report: Report, file: PolicyFile) -> dict[str, Json]:
    return {
        "name": file.name,
        "version": file.version,
        "sha256": file.sha256,
        "path": portable(report, file.path),
        "shipped": file.shipped,
    }


def rule_told(report: Report, rule: Rule) -> Json:
    """Give *rule*, and what it was before a policy changed it."""
    remediation = rule.remediation
    return {
        "id": rule.id,
        "name": rule.name,
        "title": rule.title,
        "severity": rule.severity.word,
        "scope": rule.scope.value,
        "fact": rule.fact,
        "policy": rule.policy,
        "origin": rule.origin or rule.policy,
        "max_age": None if rule.max_age is None else format_duration(rule.max_age),
        "disabled": rule.disabled or None,
        "overrides": [*_overrides(report, rule)],
        "original": _original(report, rule),
        "rationale": rule.rationale,
        "remediation": {
            "text": remediation.text,
            "powershell": remediation.powershell,
            "change": remediation.change,
            "editor": remediation.editor,
        },
        "references": [*rule.references],
        "controls": {framework: [*items] for framework, items in rule.controls},
        "tags": [*rule.tags],
        "parameters": [*rule.parameters],
        "location": location_told(portable_location(report, rule.location)),
    }


def _overrides(report: Report, rule: Rule) -> list[Json]:
    """Give what changed the rule, the first override first."""
    found: list[Json] = []
    while rule.base is not None and rule.override is not None:
        found.append(
            {
                "policy": rule.override.policy,
                "changes": [*rule.override.changes],
                "reason": rule.override.reason or None,
                "location": location_told(portable_location(report, rule.override.location)),
            }
        )
        rule = rule.base
    return found[::-1]


def _original(report: Report, rule: Rule) -> Json:
    if rule.base is None:
        return None
    first = rule.base
    while first.base is not None:
        first = first.base
    return {
        "severity": first.severity.word,
        "expected": report.originals.get(rule.id, ""),
        "max_age": None if first.max_age is None else format_duration(first.max_age),
        "location": location_told(portable_location(report, first.location)),
    }


def parameters(report: Report, policies: Iterable[Policy]) -> list[Json]:
    """Give the parameters by policy, then the values that an inventory gives to some servers only."""
    own = [(policy.name, one) for policy in policies for one in policy.parameters]
    homes = {one.location.file: name for name, one in own}
    some = [(homes.get(one.location.file, ""), one) for one in report.server_parameters]
    some.sort(key=lambda found: (found[0], found[1].name, sorted(found[1].servers)))
    return [_parameter(policy, one) for policy, one in (*own, *some)]


def _parameter(policy: str, parameter: Parameter) -> Json:
    return {
        "name": parameter.name,
        "value": to_json(parameter.value),
        "origin": parameter.origin,
        "type": parameter.type.value,
        "default": to_json(parameter.default),
        "policy": policy,
        "servers": [*sorted(parameter.servers)],
    }


def inventory(report: Report) -> Json:
    """Name the inventory; null without one."""
    one = report.inventory
    return None if one is None else {"name": one.name, "path": portable(report, one.path), "sha256": one.sha256}


def waivers(report: Report) -> list[Json]:
    """Give every waiver of the run with what became of it."""
    digests = {file.path: file.sha256 for file in report.waiver_files}
    uses = sorted(report.waiver_uses, key=lambda use: (use.waiver.location, use.target, use.state.value))
    return [
        {
            **_waiver(report, use.waiver),
            "sha256": digests.get(use.waiver.location.file, ""),
            "state": use.state.value,
            "target": use.target or None,
            "covers": use.covers,
        }
        for use in uses
    ]


def waiver_told(report: Report, waiver: Waiver) -> Json:
    """Give *waiver* as it stands beside the failure that it covers."""
    return _waiver(report, waiver)


def _waiver(report: Report, waiver: Waiver) -> dict[str, Json]:
    return {
        "rule": waiver.rule,
        "servers": [*waiver.servers],
        "tenants": [*waiver.tenants],
        "broad": waiver.broad,
        "justification": waiver.justification,
        "owner": waiver.owner,
        "approver": waiver.approver,
        "ticket": waiver.ticket,
        "created": waiver.created.isoformat(),
        "expires": waiver.expires.isoformat(),
        "only_while": _expectation(waiver.only_while) if waiver.only_while else None,
        "location": location_told(portable_location(report, waiver.location)),
    }


def _expectation(expectation: Expectation) -> Json:
    """Give *expectation* as its author wrote it."""
    return _constraints(expectation.constraints)


def _constraints(constraints: Sequence[Constraint]) -> Json:
    told: dict[str, Json] = {}
    for one in constraints:
        match one:
            case Equals(value):
                told["equals"] = to_json(value)
            case OneOf(values):
                told["one_of"] = [*_values(values)]
            case AtLeast(bound):
                told["at_least"] = to_json(bound)
            case AtMost(bound):
                told["at_most"] = to_json(bound)
            case Matches(pattern):
                told["matches"] = pattern
            case Empty(wanted):
                told["empty"] = wanted
            case Each(fields):
                told["each"] = {name: _constraints(inner) for name, inner in fields}
            case _:
                assert_never(one)
    return told


def _values(values: Iterable[Scalar]) -> Iterable[Json]:
    return map(to_json, values)


def revisions(report: Report) -> list[Json]:
    """Give what version control says of the files of the run."""
    return [
        {
            "path": portable(report, one.path),
            "state": one.state,
            "commit": one.commit or None,
            "branch": one.branch or None,
            "detail": one.detail,
        }
        for one in sorted(report.revisions, key=lambda one: one.path)
    ]


def location_told(location: Location) -> dict[str, Json]:
    """Give *location*, whose file is a portable name."""
    return {"file": location.file, "line": location.line, "column": location.column}
