"""What is said of a rule in words, and how it came to be as it is; for readers of policies, whatever the format."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import assert_never

from checker.model.duration import format_duration
from checker.model.policy import AbsentMode, AllEqual, Count, ExactlyOne, Override, Parameter, Rule, Scope
from checker.model.values import show


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleWords:
    """The parts of a rule that are made of expectations, in words."""

    expected: str  # `at least 50001 and at most 250000`
    when: str = ""  # the conditions under which the rule applies; empty where it always does
    where: str = ""  # of a fleet rule: the servers that it counts or compares; empty where it is all


Wording = Callable[[Rule], RuleWords]
"""Puts a rule into words; one function for findings and for documentation, so that both say the same."""


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that an override changes."""

    key: str
    before: str
    after: str

    @property
    def brief(self) -> bool:
        """Whether both fit into a sentence; a long text that was changed is named there, and not repeated."""
        return self.key not in ("rationale", "remediation", "references")


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One override, and what it made of the rule."""

    override: Override
    changes: tuple[Change, ...]


def steps_of(rule: Rule, words: Wording) -> tuple[Step, ...]:
    """Tell how *rule* came to be as it is: its overrides, the first one first."""
    return tuple(reversed(list(_backwards(rule, words))))


def _backwards(rule: Rule, words: Wording) -> Iterator[Step]:
    while rule.base is not None and rule.override is not None:
        before, after = rule.base, rule
        changes = (Change(key, _told(before, key, words), _told(after, key, words)) for key in rule.override.changes)
        yield Step(override=rule.override, changes=tuple(changes))
        rule = rule.base


def _told(rule: Rule, key: str, words: Wording) -> str:
    """Give what *rule* says under *key* of the policy language."""
    return _TELLING[key](rule, words(rule))


def _remediation_words(rule: Rule) -> str:
    parts = (rule.remediation.text, rule.remediation.powershell, rule.remediation.editor)
    return "\n".join(part.strip() for part in parts if part)


def original(rule: Rule) -> Rule:
    """Give *rule* as the policy that defines it has it."""
    while rule.base is not None:
        rule = rule.base
    return rule


def age_limit(rule: Rule) -> str:
    """Say how old the facts of *rule* may be; empty where it does not care."""
    return "" if rule.max_age is None else format_duration(rule.max_age)


def control_words(rule: Rule) -> str:
    """Give the items of each framework that *rule* supports."""
    return "; ".join(f"{framework}: {', '.join(items)}" for framework, items in rule.controls)


_TELLING: Mapping[str, Callable[[Rule, RuleWords], str]] = MappingProxyType(
    {
        "severity": lambda rule, _: rule.severity.word,
        "expect": lambda _, words: words.expected,
        "when": lambda _, words: words.when or "always",
        "max_age": lambda rule, _: age_limit(rule),
        "disabled": lambda rule, _: "true" if rule.disabled else "false",
        "rationale": lambda rule, _: rule.rationale,
        "remediation": lambda rule, _: _remediation_words(rule),
        "references": lambda rule, _: ", ".join(rule.references),
        "controls": lambda rule, _: control_words(rule),
        "tags": lambda rule, _: ", ".join(rule.tags),
    }
)
"""What an override can change, by its key."""


def applies_words(rule: Rule, words: RuleWords) -> str:
    """Say whom *rule* speaks of."""
    if rule.scope is Scope.SERVER:
        return f"servers where {words.when}" if words.when else "every server"
    counted = f"the servers of a tenant where {words.where}" if words.where else "all servers of a tenant"
    return f"{counted}; only where {words.when}" if words.when else counted


def expected_words(rule: Rule, words: RuleWords) -> str:
    """Say what *rule* expects of its fact or, where it counts servers, of which."""
    match rule.fleet:
        case ExactlyOne() | Count():
            return f"{words.expected} where {words.where}"
        case AllEqual() | None:
            return f"{rule.fact}: {words.expected}"
        case _:
            assert_never(rule.fleet)


def absence_words(rule: Rule) -> str:
    """Say what it means for *rule* that its fact was looked for and is not there."""
    if rule.scope is Scope.FLEET:
        return "an error"
    meanings = {
        AbsentMode.ERROR: "an error",
        AbsentMode.ALLOWED: "a pass",
        AbsentMode.REQUIRED: "a pass, and anything else is a fail",
    }
    modes = [case.expectation.absent for case in rule.cases]
    if len(set(modes)) == 1:
        return meanings[modes[0]]
    return "; ".join(f"in case {number}: {meanings[mode]}" for number, mode in enumerate(modes, 1))


def origin_words(parameter: Parameter) -> str:
    """Say where the value of *parameter* comes from, and what it would be otherwise."""
    if parameter.origin == "policy":
        return "the policy's default"
    default = show(parameter.default) or "empty"
    whom = f" for {', '.join(parameter.servers)}" if parameter.servers else ""
    return f"from {parameter.origin}{whom}, and the default is {default}"


def type_words(parameter: Parameter) -> str:
    """Name the type of *parameter* and, where they are few, its values."""
    values = ", ".join(map(show, parameter.one_of))
    return f"{parameter.type.value}: {values}" if values else parameter.type.value
