"""The matrix *server x rule*, one server at a time: a cell is an error until evidence says something else."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache

from checker.evaluate.age import aged
from checker.evaluate.compile import JudgeServer, compile_rule
from checker.model.facts import FactSet, Reason
from checker.model.policy import Rule, Scope
from checker.model.result import Finding, Outcome

THE_END_OF_TIME = datetime.max.replace(tzinfo=UTC)
"""What time it is where nobody says: every file is too old for a rule that asks for its age."""


@dataclass(frozen=True, slots=True)
class _CompiledRule:
    rule: Rule
    judge: JudgeServer
    max_age: timedelta | None


@dataclass(frozen=True, slots=True)
class CompiledRules:
    """The rules that speak of single servers, ready to be asked about one server after the other."""

    rules: tuple[_CompiledRule, ...]  # by id
    now: datetime


def compile_rules(rules: Iterable[Rule], *, now: datetime, max_age: timedelta | None = None) -> CompiledRules:
    """
    Compile those of *rules* that speak of single servers, for a run at *now* in which no fact is older than *max_age*.

    Raises:
        ValueError: two rules have one id.
    """
    every = list(rules)
    refuse_repeated("rule", (rule.id for rule in every))
    compiled = [
        _CompiledRule(rule, _compile(rule), shorter(rule.max_age, max_age))
        for rule in sorted(every, key=lambda rule: rule.id)
        if rule.scope is Scope.SERVER
    ]
    return CompiledRules(tuple(compiled), now)


def shorter(one: timedelta | None, other: timedelta | None) -> timedelta | None:
    """Give the shorter of two limits, of which each may be none."""
    return min((limit for limit in (one, other) if limit is not None), default=None)


def judge_server(compiled: CompiledRules, facts: FactSet) -> tuple[Finding, ...]:
    """
    Judge one server by all rules that speak of single servers; exactly one finding for each, by rule id.

    An exception within one cell, or when its rule was compiled, stays with it: that is an error, and the rest
    completes.
    """

    @cache
    def as_known(max_age: timedelta | None) -> FactSet:
        return facts if max_age is None else aged(facts, max_age, compiled.now)

    def cell(one: _CompiledRule) -> Finding:
        try:
            return one.judge(as_known(one.max_age))
        except Exception as error:  # noqa: BLE001 - whatever happens in one cell, the others are still evaluated
            return unevaluated(one.rule, bug("evaluated", error), server=facts.server)

    return tuple(map(cell, compiled.rules))


def evaluate(
    rules: Sequence[Rule], fact_sets: Sequence[FactSet], *, now: datetime = THE_END_OF_TIME
) -> tuple[Finding, ...]:
    """
    Judge several servers by the rules that speak of single servers; one finding for each cell, by server, then rule.

    Raises:
        ValueError: two rules have one id, or two fact sets are of one server.
    """
    refuse_repeated("server", (facts.server for facts in fact_sets))
    compiled = compile_rules(rules, now=now)
    ordered = sorted(fact_sets, key=lambda facts: facts.server)
    return tuple(finding for facts in ordered for finding in judge_server(compiled, facts))


def _compile(rule: Rule) -> JudgeServer:
    try:
        return compile_rule(rule)
    except Exception as error:  # noqa: BLE001 - whatever is wrong with one rule, the others are still evaluated
        sentence = bug("compiled", error)
        return lambda facts: unevaluated(rule, sentence, server=facts.server)


def bug(step: str, error: Exception) -> str:
    """Say what kept a rule from being judged."""
    # NOTE: the text of the exception stays out: it may hold anything, and helps nobody but us.
    return f"The rule could not be {step}: {type(error).__name__} was raised, which is a bug of the checker."


def unevaluated(rule: Rule, sentence: str, *, server: str = "", tenant: str = "") -> Finding:
    """Give the finding of a cell of which the checker itself could not say anything."""
    return Finding(
        server=server,
        tenant=tenant,
        rule=rule.id,
        outcome=Outcome.ERROR,
        reason=Reason.INTERNAL.value,
        message=sentence,
        fact=rule.fact,
        expected="",  # what stood in the way may stand in the way of the words, too
    )


def refuse_repeated(kind: str, names: Iterable[str]) -> None:
    """
    Refuse two things of one name, which would fight for the same cells.

    Raises:
        ValueError: *names* holds one twice.
    """
    repeated = sorted(name for name, count in Counter(names).items() if count > 1)
    if repeated:
        raise ValueError(f"more than one {kind} is called {repeated[0]!r}")
