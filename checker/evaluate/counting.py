"""The expectations `exactly_one` and `count`: how many servers of a tenant meet a condition."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from checker.evaluate.constraints import compile_test
from checker.evaluate.judgement import Judgement, Problem
from checker.evaluate.sentences import condition_words, counted, fleet_words, in_quotes, sentences
from checker.evaluate.split import Split, obstacle_words, servers_of, undecidable
from checker.model.facts import FactSet, Source, Unknown
from checker.model.policy import AtLeast, AtMost, Count, Equals, ExactlyOne, Rule
from checker.model.result import Outcome
from checker.model.values import FactType


def compile_count(rule: Rule, expected: ExactlyOne | Count) -> Callable[[Split], Judgement]:
    """
    Make the closure that judges the number of servers that meet the condition.

    With some of which that is not known, the number is one of several: where none of them would do, that is a failure,
    and otherwise nothing is decided.

    Raises:
        ValueError: the loader let a rule pass that counts nothing in particular, or expects no number.
    """
    constraints: tuple[Equals | AtLeast | AtMost, ...] = (
        expected.constraints if isinstance(expected, Count) else (Equals(1),)
    )
    test = compile_test(constraints, frozenset({FactType.INTEGER}), ())
    if not rule.where or not constraints or isinstance(test(0), Problem):
        raise ValueError(f"rule {rule.id!r} does not say how many servers of which kind there should be")
    words, condition = in_quotes(fleet_words(expected)), condition_words(rule.where)

    def judge(split: Split) -> Judgement:
        least, doubtful = len(split.meeting), len(split.undecided)
        possible = any(test(number) is True for number in range(least, least + doubtful + 1))
        total = least + doubtful + len(split.others)
        head = f"On {least} of {counted(total, 'server')} {condition}"
        head += f": {servers_of(split.meeting)}" if least else ""
        rest = f"Not so on {servers_of(split.others)}" if split.others else ""
        if possible and doubtful:
            certain = all(test(number) is True for number in range(least, least + doubtful + 1))
            verdict = (
                f"That is {words} already, but passes only once it is known of every server"
                if certain
                else f"Whether that is {words} cannot be decided"
            )
            return undecidable(sentences(head, rest, verdict), split.undecided)
        verdict = f"That is {words}, as expected" if possible else f"Expected {words}"
        return Judgement(
            outcome=Outcome.PASS if possible else Outcome.FAIL,
            sentence=sentences(head, verdict, rest, obstacle_words(split.undecided)),
            # NOTE: a number that more servers could add to was not observed: what is accepted of one number, as a
            # waiver may do, must not become true of another because less is known.
            observed=None if doubtful else least,
            source=_standing((*reversed(split.meeting), *split.others), rule.fact),
        )

    return judge


def _standing(servers: Sequence[FactSet], name: str) -> Source | None:
    """Give where the fact *name* stands, of the first server where it stands anywhere."""
    for facts in servers:
        fact = facts[name]
        if not isinstance(fact, Unknown):
            return fact.source
    return None
