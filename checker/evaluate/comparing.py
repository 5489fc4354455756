"""The expectation `all_equal`: whether a fact is the same on all servers of a tenant that meet a condition."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import assert_never

from checker.evaluate.constraints import Test, compile_test
from checker.evaluate.expectations import about_absent, about_problem, about_unknown
from checker.evaluate.judgement import NOTHING_TO_CHECK, Judgement, Problem
from checker.evaluate.sentences import condition_words, listed, observed_words, sentences
from checker.evaluate.split import Obstacles, Split, named, obstacle_words, undecidable
from checker.model.catalogue import CATALOGUE
from checker.model.facts import Absent, Fact, Known, Unknown
from checker.model.policy import AbsentMode, Rule
from checker.model.result import Outcome
from checker.model.values import Value, type_of


@dataclass(frozen=True, slots=True)
class _Side:
    """The servers on which the fact has one value."""

    fact: Known  # of the first of them
    servers: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        """Say what was observed, and where."""
        return f"{observed_words(self.fact.value)} on {named(self.servers)}"


def compile_all_equal(rule: Rule) -> Callable[[Split], Judgement]:
    """
    Make the closure that compares the rule's fact over the servers that meet the condition.

    Two known values that differ are a failure, whatever is not known of other servers.

    Raises:
        KeyError: the loader let a fact pass that the catalogue does not know.
    """
    name, spec = rule.fact, CATALOGUE[rule.fact]
    test = compile_test((), frozenset({spec.type}), spec.values)
    servers = f"servers where {condition_words(rule.where)}" if rule.where else "servers"

    def judge(split: Split) -> Judgement:
        sides: dict[object, _Side] = {}
        obstacles = list(split.undecided)
        for facts in split.meeting:
            fact = _comparable(name, facts[name], test)
            if isinstance(fact, Judgement):
                obstacles.append((facts.server, fact))
            else:
                sides.setdefault(_key(fact.value), _Side(fact)).servers.append(facts.server)
        return _compared(name, servers, list(sides.values()), obstacles)

    return judge


def _compared(name: str, servers: str, sides: list[_Side], obstacles: Obstacles) -> Judgement:
    if len(sides) > 1:
        sentence = sentences(
            f"'{name}' is not the same on all {servers}: it {listed(sides, between='; it ')}", obstacle_words(obstacles)
        )
        return Judgement(outcome=Outcome.FAIL, sentence=sentence, source=sides[1].fact.source)
    known = f": it {sides[0]}" if sides else ""
    if obstacles:
        return undecidable(f"Whether '{name}' is the same on all {servers} cannot be decided{known}", obstacles)
    if not sides or len(sides[0].servers) == 1:
        sentence = f"There are no two {servers} whose '{name}' could differ{known}."
        return Judgement(outcome=Outcome.NOT_APPLICABLE, reason=NOTHING_TO_CHECK, sentence=sentence)
    fact = sides[0].fact
    return Judgement(
        outcome=Outcome.PASS,
        sentence=f"'{name}' is the same on all {servers}{known}.",
        observed=fact.value,
        source=fact.source,
        derivation=fact.derivation,
    )


def _comparable(name: str, fact: Fact, test: Test) -> Known | Judgement:
    """Give *fact* if it can be compared, else what stands in the way."""
    match fact:
        case Known(value=value, source=source):
            result = test(value)
            return about_problem(name, result, value, source) if isinstance(result, Problem) else fact
        case Absent():
            return about_absent(name, AbsentMode.ERROR, fact)
        case Unknown():
            return about_unknown(name, fact)
        case _:
            assert_never(fact)


def _key(value: Value) -> object:
    """Give what is equal for equal values of one type; in a list the order of the entries does not count."""
    if not isinstance(value, tuple):
        return type_of(value), value
    entries = Counter(tuple((name, type_of(one), one) for name, one in record) for record in value)
    return frozenset(entries.items())
