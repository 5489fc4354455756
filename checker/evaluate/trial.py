"""Cases of policies put to their rules: what disagrees, and what no case asks."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import datetime

from checker.evaluate.engine import compile_rules, judge_server
from checker.evaluate.fleet import Member, judge_fleet
from checker.model.policy import AllEqual, Each, Rule, Scope
from checker.model.policy_case import (
    CaseFile,
    CaseServer,
    Disagreement,
    ExpectedOutcome,
    LackingKind,
    PolicyCase,
)
from checker.model.result import Finding, Outcome

Trial = Callable[[Sequence[CaseServer]], tuple[Finding, ...]]
"""Judges the servers of a case by one rule: a finding for each server, or for each tenant."""


def compile_trial(rule: Rule, now: datetime) -> Trial:
    """Make what judges cases by *rule*, in which it is *now*."""
    if rule.scope is Scope.FLEET:
        return lambda servers: judge_fleet((rule,), [_member(server) for server in servers], now=now)
    compiled = compile_rules((rule,), now=now)
    return lambda servers: tuple(one for server in servers for one in judge_server(compiled, server.facts))


def _member(server: CaseServer) -> Member:
    return Member(server.name, server.tenant, server.facts)


def rules_in_force(file: CaseFile) -> tuple[Rule, ...]:
    """Give the rules that cases are demanded of: all that are not disabled, by id."""
    return tuple(sorted((rule for rule in file.policy.rules if not rule.disabled), key=lambda rule: rule.id))


def speaks_of(expected: ExpectedOutcome, finding: Finding) -> bool:
    """Whether *expected* is about whom *finding*, of the same rule, speaks of."""
    subject = finding.server or finding.tenant
    return not expected.subject or expected.subject.casefold() == subject.casefold()


def disagreements(file: CaseFile) -> tuple[Disagreement, ...]:
    """Give every expected outcome that is not that of the rule, in the order of the file."""
    trials: dict[Rule, Trial] = {}
    return tuple(one for case in file.cases for one in _of_case(case, trials, file.now))


def _of_case(case: PolicyCase, trials: dict[Rule, Trial], now: datetime) -> Iterator[Disagreement]:
    for expected in case.expected:
        rule = case.rules[expected.rule]
        if rule not in trials:
            trials[rule] = compile_trial(rule, now)
        found = [one for one in trials[rule](case.servers) if speaks_of(expected, one)]
        if not found:
            yield Disagreement(case, expected, None)
        yield from (Disagreement(case, expected, one) for one in found if one.outcome is not expected.outcome)


def lacking_kinds(file: CaseFile, required: Collection[Outcome]) -> tuple[LackingKind, ...]:
    """Give the kinds among *required* of which no case is there, by rule; only those that the rule can have."""
    expected = {(one.rule, one.outcome) for case in file.cases for one in case.expected}
    return tuple(
        LackingKind(rule, outcome)
        for rule in rules_in_force(file)
        for outcome in Outcome
        if outcome in required and (rule.id, outcome) not in expected and _possible(rule, outcome)
    )


def _possible(rule: Rule, outcome: Outcome) -> bool:
    """Whether *rule* can have the *outcome*: one that speaks of every server, and of one value, always applies."""
    if outcome is not Outcome.NOT_APPLICABLE:
        return True
    constraints = (one for case in rule.cases for one in case.expectation.constraints)
    return bool(rule.when) or isinstance(rule.fleet, AllEqual) or any(isinstance(one, Each) for one in constraints)
