"""Other facts for the servers of a case: one fact at a time, on both sides of what a rule asks of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import chain

from checker.evaluate.mutants_values import telling
from checker.model.catalogue import CATALOGUE, FactSpec
from checker.model.facts import Absent, Fact, Known, Source, SourceFormat
from checker.model.policy import Condition, Constraint, Each, Expectation, FactCondition, Rule
from checker.model.policy_case import CaseServer
from checker.model.values import FactType, Record, Value

_MOST_RECORDS = 3
"""How many records of a list are changed, field by field; the others are like them."""

_SOURCE = Source(SourceFormat.FACTS)


def changed_servers(rule: Rule, servers: Sequence[CaseServer]) -> Iterator[tuple[CaseServer, ...]]:
    """Change one fact that *rule* speaks of, on one of *servers* at a time, and on all of them."""
    for name in dict.fromkeys(rule.facts):
        its = [server.facts[name] for server in servers]
        for fact in _others(CATALOGUE[name], _constraints(rule, name), its):
            changed = [_with(server, name, fact) for server in servers]
            yield tuple(changed)
            if len(servers) > 1:
                for index, one in enumerate(changed):
                    yield (*servers[:index], one, *servers[index + 1 :])


def _with(server: CaseServer, name: str, fact: Fact) -> CaseServer:
    return replace(server, facts=replace(server.facts, facts={**server.facts.facts, name: fact}))


def _constraints(rule: Rule, name: str) -> list[Constraint]:
    """Give all that *rule* asks of the fact *name*, wherever it does."""
    conditions: Iterable[Condition] = chain(rule.when, rule.where, *(case.when for case in rule.cases))
    asked: list[Expectation] = [
        one.expectation for one in conditions if isinstance(one, FactCondition) and one.fact == name
    ]
    if name == rule.fact:
        asked += [case.expectation for case in rule.cases]
    return [constraint for expectation in asked for constraint in expectation.constraints]


def _others(spec: FactSpec, constraints: Sequence[Constraint], facts: Iterable[Fact]) -> Iterator[Fact]:
    values: Iterable[Value]
    if spec.type is FactType.RECORDS:
        values = _lists(spec, constraints, facts)
    else:
        values = telling(spec.type, spec.values, constraints)
    yield from (Known(value, _SOURCE) for value in values)
    yield Absent(_SOURCE)


def _lists(spec: FactSpec, constraints: Sequence[Constraint], facts: Iterable[Fact]) -> Iterator[tuple[Record, ...]]:
    """Give lists of no record and of one: like those of *facts*, or made up, and then with one field changed."""
    yield ()
    of_field = {
        field.name: telling(field.type, field.values, _of_field(constraints, field.name)) for field in spec.fields
    }
    made = Record(tuple((name, values[0]) for name, values in of_field.items() if values))
    lists = [fact.value for fact in facts if isinstance(fact, Known) and isinstance(fact.value, tuple)]
    for record in dict.fromkeys((made, *(one for records in lists for one in records[:_MOST_RECORDS]))):
        yield (record,)
        for name, values in of_field.items():
            for value in values:
                yield (Record(tuple({**dict(record), name: value}.items())),)


def _of_field(constraints: Sequence[Constraint], name: str) -> list[Constraint]:
    return [
        constraint
        for each in constraints
        if isinstance(each, Each)
        for field, asked in each.fields
        if field == name
        for constraint in asked
    ]
