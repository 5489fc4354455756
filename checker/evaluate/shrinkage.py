"""
What an earlier run looked at and this one does not: rules, servers and severities that went missing without a word.

A verdict gets better when a rule disappears. So that nobody takes that for progress, it is told.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from checker.model.policy import Policy, Rule, Severity
from checker.model.result import Diagnostic, Population, Selection
from checker.model.results_document import PastRule, ResultsDocument
from checker.model.version import Version


def shrinkage(
    previous: ResultsDocument,
    *,
    policies: Sequence[Policy],
    population: Population,
    fail_on: Severity,
    selection: Selection,
) -> tuple[Diagnostic, ...]:
    """
    Tell what *previous* looked at and a run of *policies* on *population* does not.

    What is gone is `incomplete`, for whoever is strict about it; that a narrowed run was compared in part only is not.
    Where *selection* leaves rules out, *policies* are what it left, and rules are compared that both runs have.
    """
    return (
        *_narrowed(previous.selection, selection),
        *_policies(previous, policies, chosen=bool(selection.rules or selection.tags)),
        *_rules(previous, policies, fail_on),
        *_servers(previous, population, selection),
        *_threshold(previous.fail_on, fail_on),
    )


def _narrowed(before: Selection, now: Selection) -> Iterator[Diagnostic]:
    if before.partial:
        yield Diagnostic("The earlier run was narrowed; only what it looked at is compared with this one.")
    if now.rules or now.tags:
        yield Diagnostic(
            "This run is narrowed to some rules; rules that the earlier run had beside them are not compared."
        )
    if now.servers:
        yield Diagnostic(
            "This run is narrowed to some servers; others that went missing show only against an inventory."
        )


def _policies(previous: ResultsDocument, policies: Sequence[Policy], *, chosen: bool) -> Iterator[Diagnostic]:
    """Tell of policies that went back, and of rules that are gone, by the policy that they came with."""
    now = {policy.name: policy for policy in policies}
    for past in sorted(previous.policies, key=lambda one: one.name):
        policy = now.get(past.name)
        if policy and _went_back(past.version, policy.version):
            yield Diagnostic(
                f"The policy '{past.name}' went back from version '{past.version}' to '{policy.version}'.",
                incomplete=True,
            )
    if chosen:
        return
    present = {rule.id for policy in policies for rule in policy.rules}
    gone: dict[str, list[PastRule]] = {}
    for rule in previous.rules:
        if rule.id not in present:
            gone.setdefault(rule.policy, []).append(rule)
    for name, rules in sorted(gone.items()):
        where = "it is" if len(rules) == 1 else "they are"
        how = f"{where} not in it any more" if name in now else "the policy is not part of this run"
        ids = ", ".join(f"'{rule.id}'" for rule in rules)
        yield Diagnostic(f"The earlier run had {ids} of the policy '{name}'; {how}.", incomplete=True)


def _went_back(before: str, now: str) -> bool:
    try:
        return Version.parse(now) < Version.parse(before)
    except ValueError:
        # NOTE: results may come from another version of the checker; what cannot be ordered is told by its rules.
        return False


def _rules(previous: ResultsDocument, policies: Sequence[Policy], fail_on: Severity) -> Iterator[Diagnostic]:
    """Tell of rules that both runs have, and that say less now."""
    now: Mapping[str, Rule] = {rule.id: rule for policy in policies for rule in policy.rules}
    for past in previous.rules:
        rule = now.get(past.id)
        if rule is None:
            continue
        if rule.disabled and not past.disabled:
            yield Diagnostic(
                f"The rule '{rule.id}' was on in the earlier run and is disabled now.", rule.location, incomplete=True
            )
        if rule.severity < past.severity:
            below = ", which is below --fail-on" if rule.severity < fail_on <= past.severity else ""
            words = f"from {past.severity.word} to {rule.severity.word}{below}"
            yield Diagnostic(f"The severity of the rule '{rule.id}' went down {words}.", rule.location, incomplete=True)


def _servers(previous: ResultsDocument, population: Population, selection: Selection) -> Iterator[Diagnostic]:
    """Tell of servers that were expected and are not; with --limit as far as it is known who was left out."""
    expected = {*population.expected, *population.left_out}
    for name in sorted(set(previous.expected) - expected):
        if not selection.servers or population.inventory:
            yield Diagnostic(
                f"The server '{name}' was expected in the earlier run and is not expected now.", incomplete=True
            )


def _threshold(before: Severity, now: Severity) -> Iterator[Diagnostic]:
    if now > before:
        yield Diagnostic(f"--fail-on was raised from {before.word} to {now.word}.", incomplete=True)
