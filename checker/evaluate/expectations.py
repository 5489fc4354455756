"""Expectations as closures: from a fact, known, absent or unknown, to a judgement."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, assert_never

from checker.evaluate.constraints import ANY, Plain, compile_test
from checker.evaluate.entries import Failing, JudgeEntry, Undecided, compile_entry
from checker.evaluate.judgement import ABSENT, NOTHING_TO_CHECK, Judgement, Problem
from checker.evaluate.sentences import (
    counted,
    entry_words,
    expected_words,
    field_words,
    in_quotes,
    listed,
    observed_words,
    sentences,
)
from checker.model.catalogue import FactSpec
from checker.model.facts import Absent, Fact, Known, Source, Unknown
from checker.model.policy import AbsentMode, Each, Empty, Equals, Expectation
from checker.model.result import Outcome
from checker.model.values import FactType, Record, Value

JudgeFact = Callable[[Fact], Judgement]
JudgeValue = Callable[[Value, Source | None], Judgement]


def compile_fact(expectation: Expectation, subject: str, spec: FactSpec) -> JudgeFact:
    """
    Make the closure that judges the fact *subject*; only evidence makes it pass.

    Raises:
        ValueError: the loader let an expectation pass that decides nothing.
    """
    judge_value = compile_value(expectation, subject, spec)

    def judge(fact: Fact) -> Judgement:
        match fact:
            case Known(value, source, derivation):
                judgement = judge_value(value, source)
                if not derivation.strip():
                    return judgement
                sentence = sentences(judgement.sentence, f"Derived: {derivation}")
                return replace(judgement, sentence=sentence, derivation=derivation)
            case Absent():
                return about_absent(subject, expectation.absent, fact)
            case Unknown():
                return about_unknown(subject, fact)
            case _:
                assert_never(fact)

    return judge


def about_unknown(subject: str, fact: Unknown) -> Judgement:
    """Say that nothing can be said of *subject*, and why."""
    detail = f": {fact.detail}" if fact.detail.strip() else ""
    sentence = sentences(f"'{subject}' is unknown ({fact.reason.value}){detail}")
    where = fact.sources[0] if fact.sources else None
    return Judgement(outcome=Outcome.ERROR, reason=fact.reason.value, sentence=sentence, source=where)


def about_problem(subject: str, problem: Problem, value: Value, source: Source | None) -> Judgement:
    """Say why the *value* of *subject* cannot be compared."""
    sentence, reason = f"'{subject}' {problem.predicate}.", problem.reason.value
    return Judgement(outcome=Outcome.ERROR, reason=reason, sentence=sentence, observed=value, source=source)


def about_absent(subject: str, mode: AbsentMode, fact: Absent) -> Judgement:
    """Say what it means that *subject* is absent."""
    match mode:
        case AbsentMode.ERROR:
            known = f"'{subject}' is absent: it was looked for and is not there"
            sentence = sentences(known, fact.detail)
            return Judgement(outcome=Outcome.ERROR, reason=ABSENT, sentence=sentence, source=fact.source)
        case AbsentMode.ALLOWED:
            sentence = sentences(f"'{subject}' is absent, and that is accepted", fact.detail)
            return Judgement(outcome=Outcome.PASS, sentence=sentence, source=fact.source)
        case AbsentMode.REQUIRED:
            sentence = sentences(f"'{subject}' is absent, as expected", fact.detail)
            return Judgement(outcome=Outcome.PASS, sentence=sentence, source=fact.source)
        case _:
            assert_never(mode)


def compile_value(expectation: Expectation, subject: str, spec: FactSpec | None) -> JudgeValue:
    """
    Make the closure that judges a value of *subject*, be it known as a fact or as a parameter (without *spec*).

    Raises:
        ValueError: the loader let an expectation pass that decides nothing.
    """
    if expectation.absent is AbsentMode.REQUIRED:
        return _never(subject)
    constraints = expectation.constraints
    if not constraints:
        raise ValueError(f"nothing is expected of {subject!r}")
    plain: list[Plain] = [one for one in constraints if not isinstance(one, Each)]
    each = [one for one in constraints if isinstance(one, Each)]
    declared = (frozenset({spec.type}) if spec else ANY) & (frozenset({FactType.RECORDS}) if each else ANY)
    test = compile_test(plain, declared, spec.values if spec else ())
    words = expected_words(replace(expectation, constraints=tuple(plain)))
    accepted = _every_entry(each, subject, spec) if each else _accepted(subject, plain, words)

    def judge(value: Value, source: Source | None) -> Judgement:
        result = test(value)
        if isinstance(result, Problem):
            return about_problem(subject, result, value, source)
        return accepted(value, source) if result else _unmet(subject, value, words, source)

    return judge


def _accepted(subject: str, plain: Sequence[Plain], words: str) -> JudgeValue:
    exact = len(plain) == 1 and isinstance(plain[0], Equals | Empty)  # the value itself says what was expected
    met = "as expected" if exact else f"as expected: {in_quotes(words)}"

    def judge(value: Value, source: Source | None) -> Judgement:
        sentence = f"'{subject}' {observed_words(value)}, {met}."
        return Judgement(outcome=Outcome.PASS, sentence=sentence, observed=value, source=source)

    return judge


def _never(subject: str) -> JudgeValue:
    return lambda value, source: _unmet(subject, value, "absent", source)


def _unmet(subject: str, value: Value, words: str, source: Source | None) -> Judgement:
    entries = value if isinstance(value, tuple) else ()
    named = f": {listed(entries, entry_words)}" if entries else ""
    sentence = f"'{subject}' {observed_words(value)}, expected {in_quotes(words)}{named}."
    where = _standing(entries[0], source) if entries else source
    return Judgement(outcome=Outcome.FAIL, sentence=sentence, observed=value, source=where, broken=entries)


def _standing(entry: Record, source: Source | None) -> Source | None:
    """Give where *entry* stands: the file of the fact, at the entry's own line where that is known."""
    return replace(source, location=entry.location) if source and entry.location else source


def _every_entry(expected: Sequence[Each], subject: str, spec: FactSpec | None) -> JudgeValue:
    fields = [field for each in expected for field in each.fields]
    if not fields:
        raise ValueError(f"nothing is expected of the entries of {subject!r}")
    judge_entry = compile_entry(fields, spec.fields if spec else ())
    words = in_quotes(field_words(fields))

    def judge(entries: Any, source: Source | None) -> Judgement:  # a list: the types were looked at before
        return _judge_all(judge_entry, entries, f"'{subject}'", words, source)

    return judge


def _judge_all(
    judge: JudgeEntry, entries: tuple[Record, ...], subject: str, words: str, source: Source | None
) -> Judgement:
    """Judge all *entries*, which stand in *source* but where one of them decides and has a place of its own."""

    def judgement(outcome: Outcome, sentence: str, *decisive: Record, reason: str = "") -> Judgement:
        where = _standing(decisive[0], source) if decisive else source
        broken = decisive if outcome is Outcome.FAIL else ()
        return Judgement(
            outcome=outcome, reason=reason, sentence=sentence, observed=entries, source=where, broken=broken
        )

    if not entries:
        sentence = f"{subject} is empty: there is nothing to check."
        return judgement(Outcome.NOT_APPLICABLE, sentence, reason=NOTHING_TO_CHECK)
    results = [judge(entry) for entry in entries]
    failing = [result for result in results if isinstance(result, Failing)]
    undecided = [result for result in results if isinstance(result, Undecided)]
    # NOTE: a known failure outranks what cannot be told: neither is green, and the failure can be mended.
    if failing:
        verb = "does" if len(failing) == 1 else "do"
        head = f"{len(failing)} of {counted(len(entries), 'entry')} of {subject} {verb} not meet {words}"
        rest = f"{counted(len(undecided), 'further entry')} cannot be judged" if undecided else ""
        sentence = sentences(f"{head}: {listed(failing)}", rest)
        # NOTE: what cannot be judged stands among the broken entries, so that nothing that is said of all of them, as
        # a waiver may do, becomes true because less is known.
        broken = [one.entry for one in failing] + [one.entry for one in undecided]
        return judgement(Outcome.FAIL, sentence, *broken)
    if undecided:
        head = f"{len(undecided)} of {counted(len(entries), 'entry')} of {subject} cannot be judged"
        first = undecided[0]
        return judgement(Outcome.ERROR, sentences(head, first.sentence), first.entry, reason=first.reason.value)
    number = "The only entry" if len(entries) == 1 else f"All {len(entries)} entries"
    verb = "meets" if len(entries) == 1 else "meet"
    return judgement(Outcome.PASS, f"{number} of {subject} {verb} {words}.")
