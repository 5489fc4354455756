"""The matrix *server x rule*: laid out first as errors, and overwritten only by evidence."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from checker.evaluate.compile import JudgeServer, compile_rule
from checker.model.facts import FactSet, Reason
from checker.model.policy import Rule
from checker.model.result import Finding, Outcome


def evaluate(rules: Sequence[Rule], fact_sets: Sequence[FactSet]) -> tuple[Finding, ...]:
    """
    Judge every server by every rule; exactly one finding for each cell, by server, then rule id.

    An exception within one cell, or when one rule is compiled, stays with it: that is an error, and the rest completes.

    Raises:
        ValueError: two rules have one id, or two fact sets are of one server.
    """
    _refuse_repeated("rule", (rule.id for rule in rules))
    _refuse_repeated("server", (facts.server for facts in fact_sets))
    cells = {
        (facts.server, rule.id): _unevaluated(facts.server, rule, "The rule was not evaluated.")
        for facts in fact_sets
        for rule in rules
    }
    for rule in rules:
        judge = _compile(rule)
        for facts in fact_sets:
            cells[facts.server, rule.id] = _judge(judge, rule, facts)
    return tuple(finding for _, finding in sorted(cells.items(), key=lambda cell: cell[0]))


def _compile(rule: Rule) -> JudgeServer:
    try:
        return compile_rule(rule)
    except Exception as error:  # noqa: BLE001 - whatever is wrong with one rule, the others are still evaluated
        return _broken(rule, "compiled", error)


def _judge(judge: JudgeServer, rule: Rule, facts: FactSet) -> Finding:
    try:
        return judge(facts)
    except Exception as error:  # noqa: BLE001 - whatever happens in one cell, the others are still evaluated
        return _broken(rule, "evaluated", error)(facts)


def _broken(rule: Rule, step: str, error: Exception) -> JudgeServer:
    # The text of the exception stays out: it may hold anything, and helps nobody but us.
    sentence = f"The rule could not be {step}: {type(error).__name__} was raised, which is a bug of the checker."
    return lambda facts: _unevaluated(facts.server, rule, sentence)


def _unevaluated(server: str, rule: Rule, sentence: str) -> Finding:
    return Finding(
        server=server,
        rule=rule.id,
        outcome=Outcome.ERROR,
        reason=Reason.INTERNAL.value,
        message=sentence,
        fact=rule.fact,
        expected="",  # what stood in the way may stand in the way of the words, too
    )


def _refuse_repeated(kind: str, names: Iterable[str]) -> None:
    repeated = sorted(name for name, count in Counter(names).items() if count > 1)
    if repeated:
        raise ValueError(f"more than one {kind} is called {repeated[0]!r}")
