"""What one policy changes of a rule of another that it builds on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta

from checker.load.expectations import ExpectationReader
from checker.load.fields import FieldReader
from checker.load.fleet import read_fleet_expectation
from checker.load.nodes import Entry, MappingNode
from checker.load.parameters import Parameters
from checker.load.remediation import read_remediation
from checker.load.rule import Owner, RuleSource, read_when, used
from checker.load.rule_fields import read_controls, read_max_age, read_references, read_severity, read_tags
from checker.model.catalogue import CATALOGUE
from checker.model.policy import AllEqual, Case, FleetExpectation, Override, Rule, Severity
from checker.model.values import FactType
from checker.schema.policy_language import OVERRIDE_KEYS, UNCHANGEABLE


def read_override(
    reader: FieldReader, parameters: Parameters, node: MappingNode, before: RuleSource, owner: Owner
) -> RuleSource | None:
    """Read what the policy of *owner* changes of the rule *before*; None where a mistake leaves no rule."""
    rule = before.rule
    form = _form(reader, node, rule)
    if rule.disabled:
        reader.wrong(node, f"rule {rule.id!r} is disabled at {rule.location}, and cannot be changed any more")
        return None
    severity = read_severity(reader, form.get("severity"))
    max_age = read_max_age(reader, form.get("max_age"))
    reason = reader.text(form.get("reason"), "the reason of an override").strip()
    remediation = read_remediation(reader, form.get("remediation"))
    rationale = reader.text(form.get("rationale"), "the rationale of a rule")
    references = read_references(reader, form.get("references"))
    controls = read_controls(reader, form.get("controls"))
    tags = read_tags(reader, form.get("tags"))
    disabled = _disabled(reader, form)
    expectations = ExpectationReader(reader, parameters)
    when = read_when(expectations, form.get("when"), rule.scope)
    when_uses = used(before.when_uses, parameters.take_used())
    expected = _expected(reader, expectations, form["expect"], rule) if "expect" in form else _Expected.of(rule)
    expect_uses = parameters.take_used() if "expect" in form else before.expect_uses
    _check_reason(reader, node, form, _weaker(form, rule, severity, max_age))
    if when is None or expected is None:
        return None
    changed = replace(
        rule,
        severity=rule.severity if severity is None else severity,
        cases=expected.cases,
        fleet=expected.fleet,
        when=(*rule.when, *when),
        max_age=max_age or rule.max_age,
        disabled=reason if disabled else "",
        rationale=rationale or rule.rationale,
        remediation=remediation if "remediation" in form else rule.remediation,
        references=references or rule.references,
        controls=controls or rule.controls,
        tags=tags or rule.tags,
        parameters=used(when_uses, expect_uses),
        base=rule,
        override=Override(
            policy=owner.origin or owner.policy,
            changes=_changes(form),
            reason=reason,
            location=reader.location(node),
        ),
        location=reader.location(node),
    )
    return RuleSource(changed, owner, changed.location.file, node, when_uses, expect_uses, before)


@dataclass(frozen=True, slots=True)
class _Expected:
    """What a rule expects, of a server or of a fleet."""

    cases: tuple[Case, ...]
    fleet: FleetExpectation | None

    @classmethod
    def of(cls, rule: Rule) -> _Expected:
        return cls(rule.cases, rule.fleet)


def _form(reader: FieldReader, node: MappingNode, rule: Rule) -> Mapping[str, Entry]:
    for name in UNCHANGEABLE:
        if name in node.entries:
            reader.wrong(
                node.entries[name],
                f"the {name!r} of rule {rule.id!r} cannot be changed; the rule is given at {rule.location}",
            )
    rest = {name: entry for name, entry in node.entries.items() if name not in UNCHANGEABLE}
    return reader.form(MappingNode(node.line, node.column, rest), "an override of a rule", OVERRIDE_KEYS) or {}


def _changes(form: Mapping[str, Entry]) -> tuple[str, ...]:
    return tuple(name for name in OVERRIDE_KEYS if name in form and name not in ("id", "reason"))


def _disabled(reader: FieldReader, form: Mapping[str, Entry]) -> bool:
    if "disabled" not in form:
        return False
    said = reader.literal(form["disabled"].value, FactType.BOOLEAN, "'disabled'")
    if said is False:
        reader.wrong(form["disabled"], "'disabled: false' is said by leaving it out")
    for name in _changes(form):
        if said and name != "disabled":
            reader.wrong(form[name], f"beside 'disabled' stands only a 'reason'; {name!r} would change nothing")
    return said is True


def _expected(reader: FieldReader, expectations: ExpectationReader, entry: Entry, rule: Rule) -> _Expected | None:
    if rule.fleet is None:
        cases = expectations.cases(entry.value, CATALOGUE[rule.fact])
        return None if cases is None else _Expected(cases, None)
    fleet = read_fleet_expectation(reader, expectations, entry)
    if fleet is None:
        return None
    if isinstance(fleet, AllEqual) is not isinstance(rule.fleet, AllEqual):
        reader.wrong(
            entry.value,
            f"rule {rule.id!r} at {rule.location} "
            + ("compares a fact and counts no servers" if isinstance(rule.fleet, AllEqual) else "compares no fact")
            + "; that cannot be changed",
        )
        return None
    return _Expected((), fleet)


def _weaker(
    form: Mapping[str, Entry], rule: Rule, severity: Severity | None, max_age: timedelta | None
) -> Iterator[tuple[str, str]]:
    """Name the keys that can turn a broken rule into one that passes or does not count, and what they do."""
    if "disabled" in form:
        yield "disabled", "turns the rule off"
    if severity is not None and severity < rule.severity:
        yield "severity", f"lowers the severity from {rule.severity.word}"
    if "when" in form:
        yield "when", "narrows the rule"
    if "expect" in form:
        yield "expect", "replaces what the rule expects"
    if max_age is not None and rule.max_age is not None and max_age > rule.max_age:
        yield "max_age", "lets facts be older"


def _check_reason(
    reader: FieldReader, node: MappingNode, form: Mapping[str, Entry], weaker: Iterator[tuple[str, str]]
) -> None:
    if node.entries.keys() <= {"id", "reason"}:
        reader.wrong(node, "an override changes something beside its 'id' and 'reason'")
    if "reason" in form:
        return
    for name, effect in weaker:
        reader.wrong(form[name], f"{name!r} {effect}; that needs a 'reason'")
