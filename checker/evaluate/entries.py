"""The expectation `each`: every entry of a list fact is judged, and a failing one is named."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from checker.evaluate.constraints import ANY, Plain, Test, compile_test
from checker.evaluate.judgement import Problem
from checker.evaluate.sentences import entry_words
from checker.model.catalogue import FieldSpec
from checker.model.facts import Reason
from checker.model.policy import Constraint, Each
from checker.model.values import Record


@dataclass(frozen=True, slots=True)
class Failing:
    """An entry of which at least one field is known not to be as expected."""

    entry: Record
    fields: tuple[str, ...]  # the names of those fields

    def __str__(self) -> str:
        """Name the entry and show the fields that are not as expected."""
        return entry_words(self.entry, self.fields)


@dataclass(frozen=True, slots=True)
class Undecided:
    """An entry that cannot be judged, and of which nothing is known to be wrong."""

    entry: Record
    reason: Reason
    sentence: str


JudgeEntry = Callable[[Record], Failing | Undecided | None]


def compile_entry(fields: Sequence[tuple[str, tuple[Constraint, ...]]], specs: Sequence[FieldSpec]) -> JudgeEntry:
    """
    Make the closure that says what is wrong with one entry; None where all *fields* are as expected.

    Raises:
        ValueError: the loader let a field pass of which nothing is expected, or `each` within `each`.
    """
    by_name = {spec.name: spec for spec in specs}
    tests = [(name, _field_test(name, constraints, by_name.get(name))) for name, constraints in fields]

    def judge(entry: Record) -> Failing | Undecided | None:
        results = [(name, _judge_field(entry, name, test)) for name, test in tests]
        failing = tuple(name for name, result in results if result is False)
        if failing:
            return Failing(entry, failing)
        for name, result in results:
            if isinstance(result, Problem):
                sentence = f"In {entry_words(entry, ())} the field '{name}' {result.predicate}."
                return Undecided(entry, result.reason, sentence)
        return None

    return judge


def _field_test(name: str, constraints: Sequence[Constraint], spec: FieldSpec | None) -> Test:
    plain: list[Plain] = [one for one in constraints if not isinstance(one, Each)]
    if not constraints or len(plain) < len(constraints):
        raise ValueError(f"nothing can be decided about the field {name!r}")
    return compile_test(plain, frozenset({spec.type}) if spec else ANY, spec.values if spec else ())


def _judge_field(entry: Record, name: str, test: Test) -> bool | Problem:
    value = entry.get(name)
    return Problem(Reason.WRONG_TYPE, "is missing") if value is None else test(value)
