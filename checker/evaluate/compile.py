"""Rules as closures: compiled once, asked about every server."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from checker.evaluate.conditions import Obstacle, compile_conditions
from checker.evaluate.expectations import JudgeFact, compile_fact
from checker.evaluate.judgement import CONDITION, DISABLED, Judgement
from checker.evaluate.sentences import case_words, condition_words, expected_words, sentences
from checker.model.catalogue import CATALOGUE
from checker.model.facts import FactSet
from checker.model.policy import Case, Rule, Scope
from checker.model.result import Finding, Outcome

JudgeServer = Callable[[FactSet], Finding]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Branch:
    """A case of a rule, compiled."""

    obstacle: Obstacle
    judge: JudgeFact
    words: str  # what it expects
    where: str  # a sentence that says where it counts; empty for the only case of a rule


def compile_rule(rule: Rule) -> JudgeServer:
    """
    Make the closure that judges one server by *rule*.

    Raises:
        ValueError: the loader let a rule pass that decides nothing.
        KeyError: the loader let a fact pass that the catalogue does not know.
    """
    if rule.scope is not Scope.SERVER:
        raise ValueError(f"rule {rule.id!r} does not speak of one server")
    if not rule.cases or rule.cases[-1].when:
        raise ValueError(f"rule {rule.id!r} has no case for what is left over")
    all_words = case_words(rule.cases)
    if rule.disabled:
        turned_off = switched_off(rule)
        return lambda facts: _finding(rule, facts, turned_off, all_words)
    obstacle = compile_conditions(rule.when)
    *branches, last = [_compile_case(rule, number) for number in range(len(rule.cases))]

    def judge(facts: FactSet) -> Finding:
        against = obstacle(facts)
        if against and against.outcome is Outcome.FAIL:
            return _finding(rule, facts, inapplicable(against), all_words)
        if against:
            return _finding(rule, facts, undecided("Whether the rule applies", against), all_words)
        for branch in branches:
            against = branch.obstacle(facts)
            if against and against.outcome is Outcome.ERROR:
                return _finding(rule, facts, undecided("Which case of the rule counts", against), all_words)
            if not against:
                return _finding(rule, facts, branch.judge(facts[rule.fact]), branch.words, branch.where)
        return _finding(rule, facts, last.judge(facts[rule.fact]), last.words, last.where)

    return judge


def switched_off(rule: Rule) -> Judgement:
    """Say that a policy turned *rule* off, and why: a rule that is off stays in sight."""
    sentence = f"The rule is disabled: {' '.join(rule.disabled.split())}"
    return Judgement(outcome=Outcome.NOT_APPLICABLE, reason=DISABLED, sentence=sentence)


def _compile_case(rule: Rule, number: int) -> _Branch:
    case = rule.cases[number]
    return _Branch(
        obstacle=compile_conditions(case.when),
        judge=compile_fact(case.expectation, rule.fact, CATALOGUE[rule.fact]),
        words=expected_words(case.expectation),
        where=_where(case, rule.cases[:number]),
    )


def _where(case: Case, earlier: tuple[Case, ...]) -> str:
    if case.when:
        return f"This is expected where {condition_words(case.when)}."
    if earlier:
        return f"This is expected unless {' or '.join(condition_words(one.when) for one in earlier)}."
    return ""


def inapplicable(against: Judgement) -> Judgement:
    """Say that the rule does not apply, with the evidence that decides it."""
    sentence = f"The rule does not apply: {against.sentence}"
    return Judgement(outcome=Outcome.NOT_APPLICABLE, reason=CONDITION, sentence=sentence, source=against.source)


def undecided(question: str, against: Judgement) -> Judgement:
    """Say that *question* cannot be decided, for the reason that stands against it."""
    sentence = f"{question} cannot be decided: {against.sentence}"
    return Judgement(outcome=Outcome.ERROR, reason=against.reason, sentence=sentence, source=against.source)


def _finding(rule: Rule, facts: FactSet, judgement: Judgement, expected: str, where: str = "") -> Finding:
    decided = judgement.outcome in (Outcome.PASS, Outcome.FAIL)
    return Finding(
        server=facts.server,
        rule=rule.id,
        outcome=judgement.outcome,
        reason=judgement.reason,
        message=sentences(judgement.sentence, where if decided else ""),
        fact=rule.fact,
        observed=judgement.observed,
        expected=expected,
        source=judgement.source,
        derivation=judgement.derivation,
        broken=judgement.broken,
    )
