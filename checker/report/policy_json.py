"""The policies in force as JSON, for programs; everything that `policy show` knows stands in it."""

from __future__ import annotations

from collections.abc import Sequence

from checker.model.location import Location
from checker.model.policy import Parameter, Policy, PolicyFile, Rule
from checker.model.values import Json, to_json
from checker.report.json_text import json_text
from checker.report.rule_words import Step, Wording, age_limit, original, steps_of

FORMAT = "adsync-checker/policies/v1"


def render_policies_json(policies: Sequence[Policy], words: Wording) -> str:
    """Write *policies*; *words* puts their rules into words."""
    return json_text({"format": FORMAT, "policies": [_policy(policy, words) for policy in policies]})


def _policy(policy: Policy, words: Wording) -> Json:
    return {
        "name": policy.name,
        "version": policy.version,
        "title": policy.title,
        "description": policy.description,
        "path": policy.path,
        "sha256": policy.sha256,
        "shipped": policy.shipped,
        "extends": [_file(one) for one in policy.extends],
        "parameters": [_parameter(one) for one in policy.parameters],
        "rules": [_rule(rule, words) for rule in policy.rules],
    }


def _file(file: PolicyFile) -> Json:
    return {
        "name": file.name,
        "version": file.version,
        "path": file.path,
        "sha256": file.sha256,
        "shipped": file.shipped,
    }


def _parameter(parameter: Parameter) -> Json:
    return {
        "name": parameter.name,
        "type": parameter.type.value,
        "value": to_json(parameter.value),
        "default": to_json(parameter.default),
        "origin": parameter.origin,
        "one_of": [to_json(one) for one in parameter.one_of],
        "servers": [*parameter.servers],
        "description": parameter.description,
        "location": _place(parameter.location),
    }


def _rule(rule: Rule, words: Wording) -> Json:
    told = words(rule)
    return {
        "id": rule.id,
        "name": rule.name,
        "title": rule.title,
        "severity": rule.severity.word,
        "scope": rule.scope.value,
        "fact": rule.fact,
        "expected": told.expected,
        "when": told.when,
        "where": told.where,
        "max_age": age_limit(rule) or None,
        "disabled": rule.disabled or None,
        "parameters": [*rule.parameters],
        "rationale": rule.rationale,
        "remediation": {
            "text": rule.remediation.text,
            "powershell": rule.remediation.powershell,
            "change": rule.remediation.change,
            "editor": rule.remediation.editor,
        },
        "references": [*rule.references],
        "controls": {framework: [*items] for framework, items in rule.controls},
        "tags": [*rule.tags],
        "policy": rule.policy,
        "origin": rule.origin or rule.policy,
        "location": _place(original(rule).location),
        "overrides": [_step(step) for step in steps_of(rule, words)],
    }


def _step(step: Step) -> Json:
    return {
        "policy": step.override.policy,
        "reason": step.override.reason,
        "location": _place(step.override.location),
        "changes": [{"key": one.key, "before": one.before, "after": one.after} for one in step.changes],
    }


def _place(location: Location) -> Json:
    return {"file": location.file, "line": location.line, "column": location.column}
