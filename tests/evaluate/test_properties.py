"""What holds for every rule and every fact: the oracle agrees, and knowing less never looks better."""

from __future__ import annotations

from dataclasses import replace
from random import Random

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from checker.evaluate.compile import compile_rule
from checker.evaluate.engine import evaluate
from checker.evaluate.gate import judge
from checker.model.facts import FactSet, Known, Unknown
from checker.model.policy import Rule, Severity
from checker.model.result import Finding, Outcome
from checker.model.values import Record
from tests.evaluate.made import population
from tests.evaluate.oracle import verdict
from tests.evaluate.strategies import NAMES, fact_sets, rules, unknowns

often = settings(max_examples=500, deadline=None, suppress_health_check=[HealthCheck.too_slow])
seldom = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])

THREE_RULES = st.tuples(rules("AADC0001"), rules("AADC0002"), rules("AADC0003"))


def outcomes(findings: tuple[Finding, ...]) -> list[Outcome]:
    """Give the outcomes in the order of the cells."""
    return [finding.outcome for finding in findings]


@often
@given(rules(), fact_sets())
def test_oracle_agrees(rule: Rule, facts: FactSet) -> None:
    """A second, plain reading of the rule comes to the same outcome, for the same reason."""
    finding = compile_rule(rule)(facts)

    assert verdict(rule, facts.facts) == (finding.outcome.value, finding.reason)


@often
@given(rules(), fact_sets())
def test_finding_is_well_formed(rule: Rule, facts: FactSet) -> None:
    """Every finding speaks in a sentence, says what is expected, gives a reason if it needs one, and evidence."""
    finding = compile_rule(rule)(facts)

    assert finding.message.endswith(".")
    assert finding.expected
    assert (finding.outcome in (Outcome.ERROR, Outcome.NOT_APPLICABLE)) == bool(finding.reason)
    assert finding.outcome not in (Outcome.PASS, Outcome.FAIL) or finding.source is not None
    assert finding.observed is None or isinstance(facts[rule.fact], Known)


@often
@given(rules(), fact_sets(), st.sampled_from(NAMES), unknowns())
def test_unknown_instead_of_a_fact(rule: Rule, facts: FactSet, name: str, unknown: Unknown) -> None:
    """
    A fact that becomes unknown leaves a cell as it was, or makes it an error; there is no exception.

    So it never turns red into green, nor "not applicable" into anything that counts as decided.
    """
    judge_server = compile_rule(rule)
    before = judge_server(facts)
    after = judge_server(replace(facts, facts={**facts.facts, name: unknown}))

    assert after.outcome in (before.outcome, Outcome.ERROR)


@often
@given(rules(), fact_sets(), st.sampled_from(NAMES))
def test_deleted_fact(rule: Rule, facts: FactSet, name: str) -> None:
    """A fact that is deleted leaves a cell as it was, or makes it an error."""
    judge_server = compile_rule(rule)
    before = judge_server(facts)
    after = judge_server(replace(facts, facts={key: fact for key, fact in facts.facts.items() if key != name}))

    assert after.outcome in (before.outcome, Outcome.ERROR)


@often
@given(rules(), fact_sets(), st.data())
def test_deleted_field(rule: Rule, facts: FactSet, data: st.DataObject) -> None:
    """
    A field that is deleted from an entry of a list leaves a cell as it was, or makes it an error.

    (An entry that is deleted as a whole is another matter: the list is then another list, and a shorter one may well
    be as expected. That a list is complete is the promise of the source that gives it.)
    """
    lists = [
        (name, fact, fact.value)
        for name, fact in facts.facts.items()
        if isinstance(fact, Known) and isinstance(fact.value, tuple) and any(entry.fields for entry in fact.value)
    ]
    if not lists:
        return
    name, fact, entries = data.draw(st.sampled_from(lists))
    place = data.draw(st.sampled_from([place for place, entry in enumerate(entries) if entry.fields]))
    entry = entries[place]
    gone = data.draw(st.integers(0, len(entry.fields) - 1))
    rest = Record((*entry.fields[:gone], *entry.fields[gone + 1 :]), entry.location)
    holed = replace(fact, value=(*entries[:place], rest, *entries[place + 1 :]))
    judge_server = compile_rule(rule)

    before = judge_server(facts)
    after = judge_server(replace(facts, facts={**facts.facts, name: holed}))

    assert after.outcome in (before.outcome, Outcome.ERROR)


@seldom
@given(THREE_RULES, fact_sets("SRV1"), fact_sets("SRV2"), st.sampled_from(Severity), st.data())
def test_less_is_never_compliant(
    chosen: tuple[Rule, ...], one: FactSet, other: FactSet, fail_on: Severity, data: st.DataObject
) -> None:
    """A run that does not end with 0 does not end with 0 either when it knows less, nor when a server is lost."""
    everyone = population("SRV1", "SRV2")
    before = judge(evaluate(chosen, [one, other]), chosen, fail_on, population=everyone)
    gone = data.draw(st.sets(st.sampled_from(NAMES), min_size=1))
    less = replace(one, facts={name: fact for name, fact in one.facts.items() if name not in gone})
    after = judge(evaluate(chosen, [less, other]), chosen, fail_on, population=everyone)

    assert before.exit_code == 0 or after.exit_code != 0
    assert judge(evaluate(chosen, [other]), chosen, fail_on, population=everyone).exit_code != 0


@seldom
@given(THREE_RULES, fact_sets("SRV1"), fact_sets("SRV2"), st.randoms(use_true_random=False))
def test_order_does_not_matter(chosen: tuple[Rule, ...], one: FactSet, other: FactSet, dice: Random) -> None:
    """T71: rules, servers and facts may come in any order, and the findings are the same."""
    mixed_rules, mixed_facts = list(chosen), list(one.facts.items())
    dice.shuffle(mixed_rules)
    dice.shuffle(mixed_facts)

    findings = evaluate(chosen, [one, other])

    assert findings == evaluate(mixed_rules, [other, replace(one, facts=dict(mixed_facts))])
    assert [("SRV1", "AADC0001"), ("SRV1", "AADC0002"), ("SRV1", "AADC0003")] == [
        (finding.server, finding.rule) for finding in findings[:3]
    ]
