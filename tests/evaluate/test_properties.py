"""What holds for every rule and every fact: the oracle agrees, and knowing less never looks better."""

from __future__ import annotations

from dataclasses import replace
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from checker.evaluate.compile import compile_rule
from checker.evaluate.engine import evaluate
from checker.evaluate.gate import judge
from checker.model.facts import FactSet, Known
from checker.model.policy import Rule, Severity
from checker.model.result import Outcome
from checker.model.values import Record
from tests.evaluate.made import known, population
from tests.evaluate.oracle import verdict
from tests.evaluate.strategies import LISTS, judged, matrices, names_in, records, unknowns

often = settings(max_examples=300, deadline=None)
seldom = settings(max_examples=100, deadline=None)


@often
@given(judged())
def test_oracle_agrees(both: tuple[Rule, FactSet]) -> None:
    """
    A second, plain reading of the rule comes to the same outcome, for the same reason.

    And every finding speaks in a sentence, says what is expected, gives a reason if it needs one, and evidence.
    """
    rule, facts = both

    finding = compile_rule(rule)(facts)

    assert verdict(rule, facts.facts) == (finding.outcome.value, finding.reason)
    assert finding.message.endswith(".")
    assert finding.expected
    assert finding.outcome not in (Outcome.PASS, Outcome.FAIL) or finding.source is not None
    assert finding.observed is None or isinstance(facts[rule.fact], Known)


@often
@given(judged(), st.data())
def test_fact_that_becomes_unknown(both: tuple[Rule, FactSet], data: st.DataObject) -> None:
    """
    A fact that becomes unknown, or is deleted, leaves a cell as it was or makes it an error; there is no exception.

    So it never turns red into green, nor "not applicable" into anything that counts as decided.
    """
    rule, facts = both
    name = data.draw(st.sampled_from(names_in(rule)))
    rest = {key: fact for key, fact in facts.facts.items() if key != name}
    judge_server = compile_rule(rule)

    before = judge_server(facts)
    unknown = judge_server(replace(facts, facts={**rest, name: data.draw(unknowns())}))
    deleted = judge_server(replace(facts, facts=rest))

    assert unknown.outcome in (before.outcome, Outcome.ERROR)
    assert deleted.outcome in (before.outcome, Outcome.ERROR)


@often
@given(judged(LISTS), st.data())
def test_field_that_is_deleted(both: tuple[Rule, FactSet], data: st.DataObject) -> None:
    """
    A field that is deleted from an entry of a list leaves a cell as it was, or makes it an error.

    (An entry that is deleted as a whole is another matter: the list is then another list, and a shorter one may well
    be as expected. That a list is complete is the promise of the source that gives it.)
    """
    rule, facts = both
    entries = tuple(data.draw(st.lists(records(rule.fact), min_size=1, max_size=3)))
    judge_server = compile_rule(rule)
    before = judge_server(_listing(facts, rule.fact, entries))

    for place, entry in enumerate(entries):
        for gone in range(len(entry.fields)):
            holed = (*entries[:place], _without(entry, gone), *entries[place + 1 :])
            after = judge_server(_listing(facts, rule.fact, holed))
            assert after.outcome in (before.outcome, Outcome.ERROR)


def _listing(facts: FactSet, name: str, entries: tuple[Record, ...]) -> FactSet:
    return replace(facts, facts={**facts.facts, name: known(entries)})


def _without(entry: Record, gone: int) -> Record:
    return replace(entry, fields=(*entry.fields[:gone], *entry.fields[gone + 1 :]))


@seldom
@given(matrices(), st.sampled_from(Severity), st.data())
def test_less_is_never_compliant(
    matrix: tuple[list[Rule], list[FactSet]], fail_on: Severity, data: st.DataObject
) -> None:
    """A run that does not end with 0 does not end with 0 either when it knows less, nor when a server is lost."""
    rules, (one, other) = matrix
    everyone = population("SRV1", "SRV2")
    kept = {name: fact for name, fact in one.facts.items() if data.draw(st.booleans())}

    before = judge(evaluate(rules, [one, other]), rules, fail_on, population=everyone)
    after = judge(evaluate(rules, [replace(one, facts=kept), other]), rules, fail_on, population=everyone)

    assert before.exit_code == 0 or after.exit_code != 0
    assert judge(evaluate(rules, [other]), rules, fail_on, population=everyone).exit_code != 0


@seldom
@given(matrices(), st.randoms(use_true_random=False))
def test_order_does_not_matter(matrix: tuple[list[Rule], list[FactSet]], dice: Random) -> None:
    """T71: rules, servers and facts may come in any order, and the findings are the same."""
    rules, (one, other) = matrix
    mixed_rules, mixed_facts = list(rules), list(one.facts.items())
    dice.shuffle(mixed_rules)
    dice.shuffle(mixed_facts)

    findings = evaluate(rules, [one, other])

    assert findings == evaluate(mixed_rules, [other, replace(one, facts=dict(mixed_facts))])
    assert [("SRV1", "AADC0001"), ("SRV1", "AADC0002"), ("SRV1", "AADC0003")] == [
        (finding.server, finding.rule) for finding in findings[:3]
    ]
