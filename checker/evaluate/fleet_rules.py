"""
Fleet rules as closures over the servers of a tenant.

Each server meets the rule's `where`, or does not, or that is not known. A rule passes only if all is known; it fails
as soon as it would, however the rest turned out. So less knowledge never makes a finding better.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import assert_never

from checker.evaluate.comparing import compile_all_equal
from checker.evaluate.compile import inapplicable, switched_off, undecided
from checker.evaluate.conditions import compile_conditions
from checker.evaluate.counting import compile_count
from checker.evaluate.judgement import Judgement
from checker.evaluate.sentences import fleet_words, sentences
from checker.evaluate.split import Split, named
from checker.model.facts import FactSet, Reason
from checker.model.policy import AllEqual, Count, ExactlyOne, FactCondition, FleetExpectation, Rule
from checker.model.result import UNKNOWN_TENANT, Finding, Outcome


@dataclass(frozen=True, slots=True)
class Peer:
    """A server that is of a tenant, or that may be: then *doubt* says why that is not known."""

    facts: FactSet
    doubt: Judgement | None = None


JudgeTenant = Callable[[str, Sequence[Peer]], Finding]


def compile_fleet_rule(rule: Rule) -> JudgeTenant:
    """
    Make the closure that judges one tenant by *rule*, from the servers that are or may be of it.

    Raises:
        ValueError: the loader let a rule pass that decides nothing.
        KeyError: the loader let a fact pass that the catalogue does not know.
    """
    if rule.fleet is None:
        raise ValueError(f"rule {rule.id!r} does not speak of a fleet")
    if any(isinstance(condition, FactCondition) for condition in rule.when):
        raise ValueError(f"rule {rule.id!r} applies by a fact, and a fleet has none of its own")
    words = fleet_words(rule.fleet, rule.where)
    settled = switched_off(rule) if rule.disabled else _by_parameters(rule)
    if settled:
        return lambda tenant, _: _finding(rule, tenant, settled, words)
    judge_split = _compile_expectation(rule, rule.fleet)
    obstacle = compile_conditions(rule.where)

    def judge(tenant: str, peers: Sequence[Peer]) -> Finding:
        if tenant == UNKNOWN_TENANT:
            return _finding(rule, tenant, _of_no_tenant(peers), words)
        against = [(peer.facts, peer.doubt or obstacle(peer.facts)) for peer in peers]
        split = Split(
            meeting=[facts for facts, one in against if not one],
            others=[facts for facts, one in against if one and one.outcome is Outcome.FAIL],
            undecided=[(facts.server, one) for facts, one in against if one and one.outcome is not Outcome.FAIL],
        )
        return _finding(rule, tenant, judge_split(split), words)

    return judge


def _compile_expectation(rule: Rule, expected: FleetExpectation) -> Callable[[Split], Judgement]:
    match expected:
        case ExactlyOne() | Count():
            return compile_count(rule, expected)
        case AllEqual():
            return compile_all_equal(rule)
        case _:
            assert_never(expected)


def _by_parameters(rule: Rule) -> Judgement | None:
    """Judge *rule* for all tenants where its parameters keep it from applying, or from being decided."""
    against = compile_conditions(rule.when)(FactSet(server=""))
    if against and against.outcome is Outcome.FAIL:
        return inapplicable(against)
    return undecided("Whether the rule applies", against) if against else None


def _of_no_tenant(peers: Sequence[Peer]) -> Judgement:
    servers = named(peer.facts.server for peer in peers)
    sentence = f"Nobody says which tenant these servers belong to: {servers}. An inventory can declare it."
    return Judgement(outcome=Outcome.ERROR, reason=Reason.NOT_IN_SOURCE.value, sentence=sentence)


def _finding(rule: Rule, tenant: str, judgement: Judgement, expected: str) -> Finding:
    derived = f"Derived: {judgement.derivation}" if judgement.derivation.strip() else ""
    return Finding(
        server="",
        tenant=tenant,
        rule=rule.id,
        outcome=judgement.outcome,
        reason=judgement.reason,
        message=sentences(judgement.sentence, derived),
        fact=rule.fact,
        observed=judgement.observed,
        expected=expected,
        source=judgement.source,
        derivation=judgement.derivation,
    )
