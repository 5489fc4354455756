"""Expectations and conditions: read, and checked against the types of what they speak of."""

from __future__ import annotations

import operator
from collections.abc import Iterable, Mapping
from typing import TypeVar

from checker.load.fields import FieldReader
from checker.load.nearest import hint, shown
from checker.load.nodes import Entry, ListNode, MappingNode, Node
from checker.load.operands import OperandReader, Subject, named, subject_of
from checker.load.parameters import Parameters
from checker.model.catalogue import CATALOGUE, FactSpec
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
    ParameterCondition,
)
from checker.model.values import FactType, show
from checker.schema.policy_language import ALL_OPERATORS, ALONE, OPERATORS

__all__ = ["ExpectationReader", "Subject", "subject_of"]

_One = TypeVar("_One")


class ExpectationReader:
    """Reads the expectations of one policy."""

    def __init__(self, reader: FieldReader, parameters: Parameters) -> None:
        """Resolve references among *parameters*."""
        self._reader, self._parameters = reader, parameters
        self._operands = OperandReader(reader, parameters)

    def fact(self, entry: Entry) -> FactSpec | None:
        """Find the fact that a rule names."""
        name = self._reader.word(entry, "fact", CATALOGUE)
        return CATALOGUE[name] if name else None

    def cases(self, node: Node, spec: FactSpec) -> tuple[Case, ...] | None:
        """Read what a rule expects of its fact: one expectation, or a list of cases."""
        subject = subject_of(spec)
        if not isinstance(node, ListNode):
            single = self.expectation(node, subject)
            return (Case(expectation=single),) if single else None
        nodes = self._reader.items(node, "'expect'") or ()
        cases = [self._case(one, subject, last=one is nodes[-1]) for one in nodes]
        return tuple(one for one in cases if one) if nodes and all(cases) else None

    def conditions(self, entry: Entry | None) -> tuple[Condition, ...] | None:
        """Read a `when`; without an *entry* there are no conditions."""
        return () if entry is None else _all_of(map(self._condition, self._entries(entry)))

    def fleet_conditions(self, entry: Entry | None) -> tuple[Condition, ...] | None:
        """Read the `when` of a rule that speaks of many servers at once, and so only of parameters."""
        return () if entry is None else _all_of(map(self._condition_on_parameter, self._entries(entry)))

    def where(self, entry: Entry | None) -> tuple[FactCondition, ...] | None:
        """Read a `where`, which speaks of facts only; without an *entry* there are no conditions."""
        return () if entry is None else _all_of(map(self._condition_on_fact, self._entries(entry)))

    def _entries(self, entry: Entry) -> Iterable[Entry]:
        return (self._reader.mapping(entry.value, f"'{entry.name}'") or {}).values()

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
        expectation = self.expectation(MappingNode(node.line, node.column, rest), subject)
        return Case(expectation=expectation, when=conditions) if expectation and conditions is not None else None

    def _condition(self, entry: Entry) -> Condition | None:
        return self._parameter(entry) if entry.name.startswith("$") else self._fact(entry)

    def _condition_on_parameter(self, entry: Entry) -> Condition | None:
        if entry.name.startswith("$"):
            return self._parameter(entry)
        self._reader.wrong(
            entry,
            "the 'when' of a fleet rule speaks of parameters; a condition on the servers belongs into its 'where'",
        )
        return None

    def _condition_on_fact(self, entry: Entry) -> FactCondition | None:
        if not entry.name.startswith("$"):
            return self._fact(entry)
        self._reader.wrong(entry, "'where' speaks of facts; a condition on a parameter belongs into 'when'")
        return None

    def _parameter(self, entry: Entry) -> ParameterCondition | None:
        parameter = self._parameters.find(self._reader, entry, entry.name[1:])
        if parameter is None:
            return None
        subject = Subject(name=entry.name, type=parameter.type, values=parameter.one_of)
        expectation = self.expectation(entry.value, subject)
        if expectation is None:
            return None
        return ParameterCondition(parameter=parameter.name, value=parameter.value, expectation=expectation)

    def _fact(self, entry: Entry) -> FactCondition | None:
        spec = CATALOGUE.get(entry.name)
        if spec is None:
            self._reader.wrong(entry, f"unknown fact {shown(entry.name)}{hint(entry.name, CATALOGUE)}")
            return None
        expectation = self.expectation(entry.value, subject_of(spec))
        return FactCondition(fact=spec.name, expectation=expectation) if expectation else None

    def expectation(self, node: Node, subject: Subject) -> Expectation | None:
        """Read what is expected of *subject*: operators and their values."""
        entries = self._reader.mapping(node, f"an expectation of {subject.name!r}")
        if entries is None:
            return None
        fitting = {name: entry for name, entry in entries.items() if not self._is_misplaced(entry, subject)}
        constraints = self._constraints(node, fitting, subject)
        absent = self._operands.absent(fitting["absent"]) if "absent" in fitting else AbsentMode.ERROR
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
            message = f"{name!r} does not fit {subject.name!r}, which is {named(subject.type)}; what fits: {usable}"
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
        if len(names) > 1 and (alone := [name for name in names if name in ALONE]):
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
                value = self._operands.value(entry.value, subject)
                return None if value is None else Equals(value)
            case "one_of":
                return self._operands.one_of(entry, subject)
            case "at_least":
                value = self._operands.value(entry.value, subject)
                return None if value is None else AtLeast(value)
            case "at_most":
                value = self._operands.value(entry.value, subject)
                return None if value is None else AtMost(value)
            case "matches":
                return self._operands.matches(entry)
            case "empty":
                wanted = self._reader.literal(entry.value, FactType.BOOLEAN, "'empty'")
                return None if wanted is None else Empty(wanted is True)
            case _:
                return self._each(entry, subject)

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
            expectation = self.expectation(one.value, field)
            if expectation:
                fields.append((spec.name, expectation.constraints))
        return Each(tuple(fields)) if entries and len(fields) == len(entries) else None


def _all_of(found: Iterable[_One | None]) -> tuple[_One, ...] | None:
    """Give all that was *found*; None where there is nothing, or something wrong."""
    every = list(found)
    whole = tuple(one for one in every if one is not None)
    return whole if 0 < len(whole) == len(every) else None
