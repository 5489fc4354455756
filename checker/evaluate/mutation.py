"""
Whether cases prove anything: which rules nothing turns red, and which changes of a rule no case notices.

A rule that cannot fail is green whatever the server is like, and an expectation that can be weakened without any case
noticing is one that nobody has tried.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import assert_never

from checker.evaluate.mutants_facts import changed_servers
from checker.evaluate.mutants_rules import changed_rules
from checker.evaluate.trial import Trial, compile_trial, disagreements, lacking_kinds, rules_in_force, speaks_of
from checker.model.facts import Absent, Fact, Known, Reason, Unknown
from checker.model.policy import Rule
from checker.model.policy_case import CaseFile, CaseServer, NeverRed, PolicyCase, Survivor, TriedCases
from checker.model.result import Finding, Outcome


def try_cases(file: CaseFile, required: Collection[Outcome] = ()) -> TriedCases:
    """Put the cases of *file* to the rules of its policy, and changed rules to the cases; demand the *required* kinds."""
    rules = rules_in_force(file)
    expected = {one.rule for case in file.cases for one in case.expected}
    changes: list[_TriedChange] = []
    for rule in rules:
        if rule.id in expected:
            changes += _tried_changes(rule, file)
    return TriedCases(
        file=file,
        disagreements=disagreements(file),
        lacking=lacking_kinds(file, required),
        unasked=tuple(rule for rule in rules if rule.id not in expected),
        never_red=tuple(one for rule in rules for one in _never_red(rule, file)),
        survivors=tuple(Survivor(one.rule, one.words) for one in changes if not one.noticed),
        rules=len(rules),
        changes=len(changes),
    )


def _never_red(rule: Rule, file: CaseFile) -> Iterator[NeverRed]:
    """Say so if *rule* fails nowhere, with the parameters of any case."""
    decided = False
    trials = {variant: compile_trial(variant, file.now) for variant in _variants(rule, file.cases)}
    for case in file.cases:
        outcomes = {one.outcome for one in trials[case.rules[rule.id]](case.servers)}
        if Outcome.FAIL in outcomes:
            return
        decided = decided or Outcome.PASS in outcomes
    for variant, servers in _situations(rule, file.cases):
        for changed in changed_servers(variant, servers):
            outcomes = {one.outcome for one in trials[variant](changed)}
            if Outcome.FAIL in outcomes:
                return
            decided = decided or Outcome.PASS in outcomes
    yield NeverRed(rule, decided)


def _variants(rule: Rule, cases: Sequence[PolicyCase]) -> tuple[Rule, ...]:
    """Give *rule* as it is with the parameters of each of *cases*; it comes first as it is without any, if it does."""
    found = dict.fromkeys(case.rules[rule.id] for case in cases)
    return tuple(sorted(found, key=lambda one: one != rule))


def _situations(rule: Rule, cases: Sequence[PolicyCase]) -> Iterator[tuple[Rule, tuple[CaseServer, ...]]]:
    """Give the servers of *cases*, once where all that *rule* sees of them is the same."""
    seen: set[object] = set()
    for case in cases:
        variant = case.rules[rule.id]
        sight = tuple(
            (server.tenant, tuple(_seen(server.facts[name]) for name in variant.facts), server.facts.sources)
            for server in case.servers
        )
        if (variant, sight) not in seen:
            seen.add((variant, sight))
            yield variant, case.servers


def _seen(fact: Fact) -> object:
    match fact:
        case Known(value=value):
            return value
        case Absent() | Unknown():
            return type(fact)
        case _:
            assert_never(fact)


@dataclass(slots=True)
class _TriedChange:
    """A change of a rule, the same one with the parameters of every case."""

    rule: Rule
    words: str
    told_by: Sequence[Outcome]
    variants: list[tuple[Rule, Rule]] = field(default_factory=list)  # as it is, and as it is changed
    noticed: bool = False


@dataclass(frozen=True, slots=True)
class _Question:
    """A case that expects something of a rule."""

    case: PolicyCase
    asked: tuple[int, ...]  # which findings of the rule it expects something of
    findings: tuple[Finding, ...]


def _tried_changes(rule: Rule, file: CaseFile) -> list[_TriedChange]:
    """Change *rule* in every way, and see which changes a case notices."""
    cases = [case for case in file.cases if any(one.rule == rule.id for one in case.expected)]
    questions: dict[Rule, list[_Question]] = {variant: [] for variant in _variants(rule, cases)}
    trials = {variant: compile_trial(variant, file.now) for variant in questions}
    for case in cases:
        variant = case.rules[rule.id]
        questions[variant].append(_question(case, rule, trials[variant]))
    changes: dict[object, _TriedChange] = {}
    for variant in questions:
        for change in changed_rules(variant):
            tried = changes.setdefault(change.key, _TriedChange(rule, change.words, change.told_by))
            tried.variants.append((variant, change.changed))
    for tried in changes.values():
        tried.noticed = any(
            _notices(questions[variant], changed, file.now, tried.told_by) for variant, changed in tried.variants
        )
    return list(changes.values())


def _question(case: PolicyCase, rule: Rule, trial: Trial) -> _Question:
    findings = trial(case.servers)
    expected = [one for one in case.expected if one.rule == rule.id]
    asked = (index for index, finding in enumerate(findings) if any(speaks_of(one, finding) for one in expected))
    return _Question(case, tuple(asked), findings)


def _notices(questions: Sequence[_Question], changed: Rule, now: datetime, told_by: Sequence[Outcome]) -> bool:
    """Whether a case that expects one of the outcomes *told_by* of a rule finds another with the *changed* one."""
    trial = compile_trial(changed, now)
    for question in questions:
        findings = trial(question.case.servers)
        for index in question.asked:
            before, after = question.findings[index], findings[index]
            if before.outcome in told_by and _differ(before, after):
                return True
    return False


def _differ(before: Finding, after: Finding) -> bool:
    # NOTE: a change that the engine cannot judge is a bug of the checker, and proves nothing of the cases.
    return after.outcome is not before.outcome and after.reason != Reason.INTERNAL.value
