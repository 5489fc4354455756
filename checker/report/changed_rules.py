"""Rules that a policy changed or turned off for a policy that it builds on: what it is now, and what it was."""

from __future__ import annotations

from dataclasses import dataclass

from checker.model.policy import Override, Rule
from checker.model.result import Report
from checker.report.rule_words import Change, RuleWords, age_limit, original, steps_of


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleStep:
    """One override in words."""

    override: Override
    told: str  # `severity low instead of high; expectation 'x' instead of 'y'`


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedRule:
    """A rule that is not as the policy that defines it has it."""

    rule: Rule
    steps: tuple[RuleStep, ...]  # the first override first
    severity: str  # of the original
    expected: str  # of the original, in words; empty where they are not known
    max_age: str  # of the original; empty where it had none

    @property
    def original(self) -> str:
        """Say on one line what the original was."""
        age = f", facts not older than {self.max_age}" if self.max_age else ""
        return f"{self.severity}; {f'expected {self.expected}' if self.expected else 'see the policy'}{age}"


def changed_rules(report: Report) -> tuple[ChangedRule, ...]:
    """Give every rule of *report* that was changed, by id."""
    now: dict[str, str] = {}
    for finding in report.findings:
        if finding.expected:
            now.setdefault(finding.rule, finding.expected)
    return tuple(
        _changed(report, rule, now.get(id_, "")) for id_, rule in sorted(report.rules.items()) if rule.base is not None
    )


def _changed(report: Report, rule: Rule, now: str) -> ChangedRule:
    before = report.originals.get(rule.id, "")

    def words(one: Rule) -> RuleWords:
        """Put *one* into words: what is expected is known of the original, and of the rule that was evaluated."""
        return RuleWords(expected=before if one.base is None else now if one is rule else "")

    first = original(rule)
    return ChangedRule(
        rule=rule,
        steps=tuple(
            RuleStep(override=step.override, told="; ".join(map(_told, step.changes))) for step in steps_of(rule, words)
        ),
        severity=first.severity.word,
        expected=before,
        max_age=age_limit(first),
    )


def disabled_rules(report: Report) -> tuple[Rule, ...]:
    """Give every rule of *report* that a policy turned off, by id."""
    return tuple(rule for _, rule in sorted(report.rules.items()) if rule.disabled)


def _told(change: Change) -> str:
    """Say what *change* changes; what is not known in words, or too long for a line, is named alone."""
    match change.key:
        case "disabled":
            return "disabled"
        case "when":
            return "applies under a further condition"
        case key if change.brief and change.after and change.before and change.after != change.before:
            return f"{key} {change.after} instead of {change.before}"
        case key if change.brief and change.after and not change.before and key != "expect":
            return f"{key} {change.after}, before none"
        case key:
            return f"{key} changed"
