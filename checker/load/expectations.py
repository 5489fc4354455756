"""Expectations and conditions: read, and checked against the types of what they speak of."""

from __future__ import annotations

import operator
from collections.abc import Mapping
from dataclasses import dataclass

from checker.load.fields import FieldReader
from checker.load.nearest import hint, shown
from checker.load.nodes import Entry, ListNode, MappingNode, Node, ScalarNode
from checker.load.parameters import Parameters, is_among
from checker.load.safe_pattern import UnsafePatternError, check_pattern
from checker.model.catalogue import CATALOGUE, FactSpec, FieldSpec
from checker.model.policy import (
    AbsentMode,
    AtLeast,
    AtMost,
    Case,
    Condition,
    Constraint,
    Each,
    Empty,
    Equals,
    Expectation,
    FactCondition,
    Matches,
    OneOf,
    ParameterCondition,
)
from checker.model.values import FactType, Scalar, show, with_article
from checker.schema.policy_language import ABSENT_WORDS, ALL_OPERATORS, ALONE, OPERATORS


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What an expectation speaks of: a fact, a field of its records, or a parameter."""

    name: str  # as the policy writes it
    type: FactType
    values: tuple[Scalar, ...] = ()  # the only ones it takes; empty where any will do
    fields: tuple[FieldSpec, ...] = ()
    may_be_absent: bool = False


class ExpectationReader:
    """Reads the expectations of one policy."""

    def __init__(self, reader: FieldReader, parameters: Parameters) -> None:
        """Resolve references among *parameters*."""
        self._reader, self._parameters = reader, parameters

    def fact(self, entry: Entry) -> FactSpec | None:
        """Find the fact that a rule names."""
        name = self._reader.word(entry, "fact", CATALOGUE)
        return CATALOGUE[name] if name else None

    def cases(self, node: Node, spec: FactSpec) -> tuple[Case, ...] | None:
        """Read what a rule expects of its fact: one expectation, or a list of cases."""
        subject = _subject_of(spec)
        if not isinstance(node, ListNode):
            single = self._expectation(node, subject)
            return (Case(expectation=single),) if single else None
        nodes = self._reader.items(node, "'expect'") or ()
        cases = [self._case(one, subject, last=one is nodes[-1]) for one in nodes]
        return tuple(one for one in cases if one) if nodes and all(cases) else None

    def conditions(self, entry: Entry | None) -> tuple[Condition, ...] | None:
        """Read a `when`; without an *entry* there are no conditions."""
        if entry is None:
            return ()
        entries = self._reader.mapping(entry.value, "'when'")
        if entries is None:
            return None
        found = [self._condition(one) for one in entries.values()]
        return tuple(one for one in found if one) if all(found) else None

    def _case(self, node: Node, subject: Subject, *, last: bool) -> Case | None:
        if not isinstance(node, MappingNode):
            self._reader.expected(node, "a case of 'expect' is a mapping")
            return None
        when = node.entries.get("when")
        if when and last:
            self._reader.wrong(when, "the last case of 'expect' has a 'when'; it must stand for all that is left")
        if not when and not last:
            self._reader.wrong(
                node, "only the last case of 'expect' has no 'when'; the cases after it are never reached"
            )
        conditions = self.conditions(when)
        rest = {name: entry for name, entry in node.entries.items() if name != "when"}
        expectation = self._expectation(MappingNode(node.line, node.column, rest), subject)
        return Case(expectation=expectation, when=conditions) if expectation and conditions is not None else None

    def _condition(self, entry: Entry) -> Condition | None:
        if entry.name.startswith("$"):
            parameter = self._parameters.find(self._reader, entry, entry.name[1:])
            if parameter is None:
                return None
            subject = Subject(name=entry.name, type=parameter.type, values=parameter.one_of)
            expectation = self._expectation(entry.value, subject)
            if expectation is None:
                return None
            return ParameterCondition(parameter=parameter.name, value=parameter.value, expectation=expectation)
        spec = CATALOGUE.get(entry.name)
        if spec is None:
            self._reader.wrong(entry, f"unknown fact {shown(entry.name)}{hint(entry.name, CATALOGUE)}")
            return None
        expectation = self._expectation(entry.value, _subject_of(spec))
        return FactCondition(fact=spec.name, expectation=expectation) if expectation else None

    def _expectation(self, node: Node, subject: Subject) -> Expectation | None:
        entries = self._reader.mapping(node, f"an expectation of {subject.name!r}")
        if entries is None:
            return None
        fitting = {name: entry for name, entry in entries.items() if not self._is_misplaced(entry, subject)}
        constraints = self._constraints(node, fitting, subject)
        absent = self._absent(fitting["absent"]) if "absent" in fitting else AbsentMode.ERROR
        if constraints is None or absent is None or len(fitting) < len(entries):
            return None
        if absent is AbsentMode.REQUIRED and constraints:
            self._reader.wrong(
                entries["absent"], "'absent: required' stands alone: a fact cannot be absent and have a value"
            )
            return None
        if absent is not AbsentMode.REQUIRED and not constraints:
            self._reader.wrong(node, f"nothing is expected of the value of {subject.name!r}")
            return None
        return Expectation(constraints=constraints, absent=absent)

    def _is_misplaced(self, entry: Entry, subject: Subject) -> bool:
        """Whether the key of *entry* cannot stand in an expectation of *subject*; if so, this is told."""
        name, fitting = entry.name, OPERATORS[subject.type]
        if name in fitting or (name == "absent" and subject.may_be_absent):
            return False
        if name in ALL_OPERATORS:
            usable = ", ".join(fitting)
            message = f"{name!r} does not fit {subject.name!r}, which is {_kind(subject.type)}; what fits: {usable}"
        elif name == "absent":
            message = f"{subject.name!r} is never absent"
        elif name == "when":
            message = "'when' stands beside 'expect', or in a list of cases"
        else:
            known = (*fitting, "absent") if subject.may_be_absent else fitting
            message = f"unknown key {shown(name)} in an expectation of {subject.name!r}{hint(name, known)}"
        self._reader.wrong(entry, message)
        return True

    def _constraints(self, node: Node, entries: Mapping[str, Entry], subject: Subject) -> tuple[Constraint, ...] | None:
        names = [name for name in ALL_OPERATORS if name in entries]
        alone = [name for name in names if name in ALONE]
        if alone and len(names) > 1:
            self._reader.wrong(entries[alone[0]], f"{alone[0]!r} stands alone; it already says which values are right")
            return None
        found = [self._constraint(entries[name], subject) for name in names]
        whole = tuple(one for one in found if one is not None)
        if len(whole) < len(found):
            return None
        match whole:
            case (AtLeast(low), AtMost(high)) if operator.gt(low, high):
                self._reader.wrong(node, f"no value is at least {shown(show(low))} and at most {shown(show(high))}")
                return None
            case (Empty(wanted=True), _) | (_, Empty(wanted=True)):
                self._reader.wrong(
                    entries["empty"], "'empty: true' stands alone; of nothing, nothing else can be expected"
                )
                return None
            case _:
                return whole

    def _constraint(self, entry: Entry, subject: Subject) -> Constraint | None:
        match entry.name:
            case "equals":
                value = self._value(entry.value, subject)
                return None if value is None else Equals(value)
            case "one_of":
                return self._one_of(entry, subject)
            case "at_least":
                value = self._value(entry.value, subject)
                return None if value is None else AtLeast(value)
            case "at_most":
                value = self._value(entry.value, subject)
                return None if value is None else AtMost(value)
            case "matches":
                return self._matches(entry)
            case "empty":
                wanted = self._reader.literal(entry.value, FactType.BOOLEAN, "'empty'")
                return None if wanted is None else Empty(wanted is True)
            case _:
                return self._each(entry, subject)

    def _one_of(self, entry: Entry, subject: Subject) -> OneOf | None:
        nodes = self._reader.items(entry.value, "'one_of'") or ()
        literals: list[Scalar] = []
        references: set[str] = set()
        found: list[Scalar] = []
        for node in nodes:
            value = self._value(node, subject)
            if value is None:
                continue
            found.append(value)
            # NOTE: a parameter may have the value of a literal beside it; only --set can make it so, which is no typo.
            name = _reference(node)
            if name in references or (name is None and is_among(value, literals)):
                self._reader.wrong(node, f"{shown(f'${name}' if name else show(value))} is given twice in 'one_of'")
            if name is None:
                literals.append(value)
            else:
                references.add(name)
        return OneOf(tuple(found)) if nodes and len(found) == len(nodes) else None

    def _matches(self, entry: Entry) -> Matches | None:
        node = entry.value
        if not isinstance(node, ScalarNode) or not isinstance(node.value, str):
            self._reader.expected(node, "'matches' is a regular expression in text")
            return None
        if node.value.startswith("$"):
            self._reader.wrong(
                node, "a parameter cannot stand in 'matches'; a pattern for a dollar sign begins with '\\$'"
            )
            return None
        try:
            check_pattern(node.value)
        except UnsafePatternError as error:
            self._reader.wrong(node, f"the pattern cannot be used: {error}")
            return None
        return Matches(node.value)

    def _each(self, entry: Entry, subject: Subject) -> Each | None:
        entries = self._reader.mapping(entry.value, "'each'")
        specs = {spec.name: spec for spec in subject.fields}
        fields: list[tuple[str, tuple[Constraint, ...]]] = []
        for one in (entries or {}).values():
            spec = specs.get(one.name)
            if spec is None:
                self._reader.wrong(one, f"unknown field {shown(one.name)} of {subject.name!r}{hint(one.name, specs)}")
                continue
            field = Subject(name=spec.name, type=spec.type, values=spec.values)
            expectation = self._expectation(one.value, field)
            if expectation:
                fields.append((spec.name, expectation.constraints))
        return Each(tuple(fields)) if entries and len(fields) == len(entries) else None

    def _absent(self, entry: Entry) -> AbsentMode | None:
        what = "value of 'absent'"
        if (name := _reference(entry.value)) is None:
            word = self._reader.word(entry, what, ABSENT_WORDS)
            return AbsentMode(word) if word else None
        value = self._parameter_value(
            entry.value, name, Subject(name="absent", type=FactType.TEXT, values=ABSENT_WORDS)
        )
        return None if value is None else AbsentMode(value)

    def _value(self, node: Node, subject: Subject) -> Scalar | None:
        if (name := _reference(node)) is not None:
            return self._parameter_value(node, name, subject)
        value = self._reader.literal(node, subject.type, repr(subject.name))
        return None if value is None else self._closed(node, value, subject)

    def _parameter_value(self, node: Node, name: str, subject: Subject) -> Scalar | None:
        assert isinstance(node, ScalarNode)  # noqa: S101 - only a scalar refers to a parameter
        parameter = self._parameters.find(self._reader, node, name)
        if parameter is None:
            return None
        if parameter.type is not subject.type:
            self._reader.wrong(
                node, f"{subject.name!r} is {_kind(subject.type)}, and parameter '${name}' is {_kind(parameter.type)}"
            )
            return None
        return self._closed(node, parameter.value, subject)

    def _closed(self, node: Node, value: Scalar, subject: Subject) -> Scalar | None:
        if not subject.values or is_among(value, subject.values):
            return value
        word = show(value)
        known = [show(one) for one in subject.values]
        self._reader.wrong(node, f"{subject.name!r} never has the value {shown(word)}{hint(word, known)}")
        return None


def _subject_of(spec: FactSpec) -> Subject:
    return Subject(name=spec.name, type=spec.type, values=spec.values, fields=spec.fields, may_be_absent=True)


def _reference(node: Node) -> str | None:
    """Name the parameter that *node* refers to: a word without quotes that begins with a single dollar sign."""
    match node:
        case ScalarNode(value=str() as text, quoted=False) if text.startswith("$") and not text.startswith("$$"):
            return text[1:]
        case _:
            return None


def _kind(kind: FactType) -> str:
    return with_article(kind).removesuffix(" in quotes")
