"""The rules of a policy."""

from __future__ import annotations

from checker.load.expectations import ExpectationReader
from checker.load.fields import FieldReader
from checker.load.nodes import Entry, Node
from checker.load.parameters import Parameters
from checker.model.policy import Remediation, Rule, Severity
from checker.schema.policy_language import (
    FRAMEWORK,
    REFERENCE,
    REMEDIATION_KEYS,
    RULE_ID,
    RULE_KEYS,
    RULE_REQUIRED,
    SEVERITY_WORDS,
    TAG,
)

_SEVERITIES = {word: Severity[word.upper()] for word in SEVERITY_WORDS}


def read_rule(reader: FieldReader, parameters: Parameters, node: Node, policy: str) -> Rule | None:
    """Read one rule of the *policy* of that name; None where a mistake was told that leaves no rule."""
    form = reader.form(node, "a rule", RULE_KEYS, RULE_REQUIRED)
    if form is None:
        return None
    identifier = reader.name(form.get("id"), "a rule's id", RULE_ID, "AADC0001")
    title = reader.line(form.get("title"), "the title of a rule")
    severity = reader.word(form["severity"], "severity", _SEVERITIES) if "severity" in form else None
    rationale = reader.text(form.get("rationale"), "the rationale of a rule")
    remediation = _remediation(reader, form.get("remediation"))
    references = reader.lines(form.get("references"), "'references'", REFERENCE)
    controls = _controls(reader, form.get("controls"))
    tags = reader.lines(form.get("tags"), "'tags'", TAG)
    expectations = ExpectationReader(reader, parameters)
    when = expectations.conditions(form.get("when"))
    fact = expectations.fact(form["fact"]) if "fact" in form else None
    cases = expectations.cases(form["expect"].value, fact) if fact and "expect" in form else None
    used = parameters.take_used()
    if severity is None or when is None or fact is None or cases is None:
        return None
    return Rule(
        id=identifier,
        title=title,
        severity=_SEVERITIES[severity],
        fact=fact.name,
        cases=cases,
        when=when,
        rationale=rationale,
        remediation=remediation,
        references=references,
        controls=controls,
        tags=tags,
        parameters=used,
        policy=policy,
        location=reader.location(node),
    )


def _remediation(reader: FieldReader, entry: Entry | None) -> Remediation:
    form = reader.form(entry.value, "'remediation'", REMEDIATION_KEYS) if entry else None
    return Remediation(
        text=reader.text((form or {}).get("text"), "the text of a remediation"),
        powershell=reader.text((form or {}).get("powershell"), "the PowerShell of a remediation"),
    )


def _controls(reader: FieldReader, entry: Entry | None) -> tuple[tuple[str, tuple[str, ...]], ...]:
    entries = (reader.mapping(entry.value, "'controls'") if entry else None) or {}
    for one in entries.values():
        reader.key(one, "a framework's name", FRAMEWORK, "nist-800-53")
    return tuple((name, reader.lines(one, f"the controls of {name!r}")) for name, one in entries.items())
