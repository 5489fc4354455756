"""What a waiver says of the observed value: `only_while`, in the language of policies."""

from __future__ import annotations

from collections.abc import Iterator

from checker.load.expectations import ExpectationReader, Subject, subject_of
from checker.load.fields import FieldReader
from checker.load.nodes import Entry, MappingNode
from checker.model.catalogue import CATALOGUE
from checker.model.policy import AbsentMode, AllEqual, Each, Expectation, Rule, Scope
from checker.model.values import FactType
from checker.schema.policy_language import ALL_OPERATORS, OPERATORS


def read_pin(reader: FieldReader, expectations: ExpectationReader, entry: Entry, rule: Rule) -> Expectation | None:
    """
    Read the value, or the bound, under which a failure of *rule* is accepted.

    Where the rule speaks of one field of every entry of a list, the short form speaks of that field.
    """
    node = entry.value
    if rule.scope is Scope.FLEET:
        if isinstance(rule.fleet, AllEqual):
            reader.wrong(entry, f"rule {rule.id!r} compares servers and observes no value; leave 'only_while' out")
            return None
        return _plain(reader, expectations, entry, Subject(name="the number of servers", type=FactType.INTEGER))
    spec = CATALOGUE[rule.fact]
    if spec.type is not FactType.RECORDS or not isinstance(node, MappingNode):
        return _plain(reader, expectations, entry, subject_of(spec))
    if not node.entries.keys() & (set(ALL_OPERATORS) - set(OPERATORS[FactType.RECORDS])):
        return _plain(reader, expectations, entry, subject_of(spec))
    fields = sorted({name for case in rule.cases for name in _fields_of(case.expectation)})
    if len(fields) != 1:
        told = f"speaks of {', '.join(fields)}" if fields else "speaks of no field"
        reader.wrong(entry, f"rule {rule.id!r} {told}; write 'only_while: {{each: {{FIELD: …}}}}'")
        return None
    (field,) = (one for one in spec.fields if one.name == fields[0])
    expectation = _plain(reader, expectations, entry, Subject(name=field.name, type=field.type, values=field.values))
    return Expectation(constraints=(Each(((field.name, expectation.constraints),)),)) if expectation else None


def _fields_of(expectation: Expectation) -> Iterator[str]:
    for constraint in expectation.constraints:
        if isinstance(constraint, Each):
            yield from (name for name, _ in constraint.fields)


def _plain(reader: FieldReader, expectations: ExpectationReader, entry: Entry, subject: Subject) -> Expectation | None:
    expectation = expectations.expectation(entry.value, subject)
    if expectation and expectation.absent is not AbsentMode.ERROR:
        reader.wrong(entry, "'only_while' speaks of a value; what is absent has none")
        return None
    return expectation
