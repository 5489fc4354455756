"""The policies in force as a person reads them: all that they build on, all values, and where each comes from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from checker.model.policy import Parameter, Policy, Rule
from checker.model.values import show
from checker.report.rule_words import (
    Wording,
    age_limit,
    applies_words,
    control_words,
    expected_words,
    origin_words,
    original,
    steps_of,
    type_words,
)
from checker.report.visible import terminal
from checker.report.wording import counted
from checker.report.wrapped import wrapped


def render_policies(policies: Sequence[Policy], words: Wording) -> str:
    """Write *policies* as text; *words* puts their rules into words."""
    return "\n".join("".join(f"{line}\n" for line in _policy(policy, words)) for policy in policies)


def _policy(policy: Policy, words: Wording) -> Iterator[str]:
    yield terminal(f"policy {policy.name} {policy.version}: {policy.title}")
    yield _file(policy.path, policy.sha256, shipped=policy.shipped)
    for base in policy.extends:
        yield terminal(f"  builds on {base.name} {base.version}")
        yield f"  {_file(base.path, base.sha256, shipped=base.shipped)}"
    if policy.parameters:
        yield ""
        yield "parameters"
        for parameter in policy.parameters:
            yield from _parameter(parameter)
    yield ""
    off = sum(bool(rule.disabled) for rule in policy.rules)
    yield f"{counted(len(policy.rules), 'rule')}{f', {off} of them disabled' if off else ''}"
    for rule in policy.rules:
        yield ""
        yield from _rule(rule, words)


def _file(path: str, sha256: str, *, shipped: bool) -> str:
    return f"  {terminal(path)}{' (shipped)' if shipped else ''}, sha256 {sha256}"


def _parameter(parameter: Parameter) -> Iterator[str]:
    yield from wrapped(f"{parameter.name} = {show(parameter.value) or 'empty'} ({type_words(parameter)})", 2)
    yield from wrapped(f"{origin_words(parameter)}; {parameter.location}", 4)


def _rule(rule: Rule, words: Wording) -> Iterator[str]:
    yield from wrapped(f"{rule.id} {rule.severity.word}{' DISABLED' if rule.disabled else ''}: {rule.title}", 2)
    told = words(rule)
    yield from wrapped(f"expects {expected_words(rule, told)}", 4)
    yield from wrapped(f"of {applies_words(rule, told)}", 4)
    if age := age_limit(rule):
        yield from wrapped(f"on facts that are no older than {age}", 4)
    if rule.parameters:
        yield from wrapped(f"with the parameters {', '.join(rule.parameters)}", 4)
    if rule.tags:
        yield from wrapped(f"tags {', '.join(rule.tags)}", 4)
    if rule.controls:
        yield from wrapped(f"controls {control_words(rule)}", 4)
    first = original(rule)
    yield from wrapped(f"defined by {rule.origin or rule.policy} at {first.location}", 4)
    yield from overrides(rule, words, 4)


def overrides(rule: Rule, words: Wording, indent: int) -> Iterator[str]:
    """Tell line by line what policies changed of *rule*, from what to what, and why."""
    for step in steps_of(rule, words):
        yield from wrapped(f"changed by {step.override.policy} at {step.override.location}", indent)
        for one in step.changes:
            told = f"{_on_one_line(one.before)} -> {_on_one_line(one.after)}" if one.brief else "changed"
            yield from wrapped(f"{one.key}: {told}", indent + 2)
        if step.override.reason:
            yield from wrapped(f"reason: {_on_one_line(step.override.reason)}", indent + 2)


def _on_one_line(text: str) -> str:
    return " ".join(text.split()) or "none"
