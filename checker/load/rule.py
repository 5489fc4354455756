"""The rules of a policy."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from checker.load.expectations import ExpectationReader
from checker.load.fields import FieldReader
from checker.load.fleet import read_fleet_expectation
from checker.load.nodes import Entry, MappingNode, Node
from checker.load.parameters import Parameters
from checker.load.remediation import read_remediation
from checker.load.rule_fields import read_controls, read_max_age, read_references, read_severity, read_tags
from checker.model.policy import AllEqual, Case, Condition, ExactlyOne, FactCondition, FleetExpectation, Rule, Scope
from checker.schema.policy_language import FLEET_RULE_REQUIRED, RULE_ID, RULE_KEYS, RULE_REQUIRED

_SCOPES = {scope.value: scope for scope in Scope}


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose rules are read."""

    policy: str  # the policy of the run that they come with
    origin: str  # the policy that defines them, where that is another one


@dataclass(frozen=True, slots=True)
class RuleSource:
    """A rule as it was read, and from what, so that it can be read again when a parameter has another value."""

    rule: Rule
    owner: Owner
    path: str  # of the document
    node: Node
    when_uses: tuple[str, ...]  # the parameters in its `when`
    expect_uses: tuple[str, ...]  # the parameters in its `expect` and `where`
    before: RuleSource | None = None  # the rule that this one overrides

    @property
    def uses(self) -> frozenset[str]:
        """The parameters whose values it was read with."""
        return frozenset((*self.when_uses, *self.expect_uses)) | (self.before.uses if self.before else frozenset())


def read_rule(reader: FieldReader, parameters: Parameters, node: Node, owner: Owner) -> RuleSource | None:
    """Read one rule; None where a mistake was told that leaves no rule."""
    scope = _scope(reader, node)
    form = reader.form(node, "a rule", RULE_KEYS, FLEET_RULE_REQUIRED if scope is Scope.FLEET else RULE_REQUIRED)
    if form is None or scope is None:
        return None
    identifier = reader.name(form.get("id"), "a rule's id", RULE_ID, "AADC0001")
    title = reader.line(form.get("title"), "the title of a rule")
    severity = read_severity(reader, form.get("severity"))
    max_age = read_max_age(reader, form.get("max_age"))
    rationale = reader.text(form.get("rationale"), "the rationale of a rule")
    remediation = read_remediation(reader, form.get("remediation"))
    references = read_references(reader, form.get("references"))
    controls = read_controls(reader, form.get("controls"))
    tags = read_tags(reader, form.get("tags"))
    expectations = ExpectationReader(reader, parameters)
    when = read_when(expectations, form.get("when"), scope)
    when_uses = parameters.take_used()
    expected = (_of_server if scope is Scope.SERVER else _of_fleet)(reader, expectations, form)
    expect_uses = parameters.take_used()
    if severity is None or when is None or expected is None:
        return None
    rule = Rule(
        id=identifier,
        title=title,
        severity=severity,
        scope=scope,
        fact=expected.fact,
        cases=expected.cases,
        where=expected.where,
        fleet=expected.fleet,
        max_age=max_age,
        when=when,
        rationale=rationale,
        remediation=remediation,
        references=references,
        controls=controls,
        tags=tags,
        parameters=used(when_uses, expect_uses),
        policy=owner.policy,
        origin=owner.origin,
        location=reader.location(node),
    )
    return RuleSource(rule, owner, rule.location.file, node, when_uses, expect_uses)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Expected:
    """What a rule speaks of, and what it expects."""

    fact: str
    cases: tuple[Case, ...] = ()
    where: tuple[FactCondition, ...] = ()
    fleet: FleetExpectation | None = None


def _scope(reader: FieldReader, node: Node) -> Scope | None:
    """Give the scope before anything else is read, for it says what else is needed; None where it is wrong."""
    if not isinstance(node, MappingNode) or "scope" not in node.entries:
        return Scope.SERVER
    entry = node.entries["scope"]
    word = reader.word(entry, "scope", _SCOPES)
    return _SCOPES[word] if word else None


def _of_server(reader: FieldReader, expectations: ExpectationReader, form: Mapping[str, Entry]) -> _Expected | None:
    if "where" in form:
        reader.wrong(form["where"], "only a fleet rule has a 'where'; a condition on the server itself is a 'when'")
    fact = expectations.fact(form["fact"]) if "fact" in form else None
    cases = expectations.cases(form["expect"].value, fact) if fact and "expect" in form else None
    return _Expected(fact=fact.name, cases=cases) if fact and cases else None


def _of_fleet(reader: FieldReader, expectations: ExpectationReader, form: Mapping[str, Entry]) -> _Expected | None:
    where = expectations.where(form.get("where"))
    fleet = read_fleet_expectation(reader, expectations, form["expect"]) if "expect" in form else None
    fact = expectations.fact(form["fact"]) if "fact" in form else None
    if fleet is None or where is None:
        return None
    if isinstance(fleet, AllEqual):
        if "fact" not in form:
            reader.wrong(form["expect"], "'all_equal' needs a 'fact': the one that is compared")
        return _Expected(fact=fact.name, where=where, fleet=fleet) if fact else None
    word = "exactly_one" if isinstance(fleet, ExactlyOne) else "count"
    if "fact" in form:
        reader.wrong(form["fact"], f"{word!r} counts servers and compares no fact; which servers is said by 'where'")
    if "where" not in form:
        reader.wrong(form["expect"], f"{word!r} needs a 'where': the conditions on the servers that are counted")
    return _Expected(fact=where[0].fact, where=where, fleet=fleet) if where else None


def read_when(expectations: ExpectationReader, entry: Entry | None, scope: Scope) -> tuple[Condition, ...] | None:
    """Read the `when` of a rule of that *scope*; None where it is wrong."""
    return expectations.fleet_conditions(entry) if scope is Scope.FLEET else expectations.conditions(entry)


def used(*uses: tuple[str, ...]) -> tuple[str, ...]:
    """Name the parameters of all *uses* together, in the order of the alphabet."""
    return tuple(sorted(set().union(*uses))) if any(uses) else ()
