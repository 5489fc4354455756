"""Rules in words, for the pages about policies: the words are those that findings use."""

from __future__ import annotations

from checker.evaluate.sentences import case_words, condition_words, fleet_words
from checker.model.policy import Rule
from checker.report.rule_words import RuleWords


def words_of(rule: Rule) -> RuleWords:
    """Put the expectations of *rule* into words."""
    expected = case_words(rule.cases) if rule.fleet is None else fleet_words(rule.fleet)
    return RuleWords(expected=expected, when=condition_words(rule.when), where=condition_words(rule.where))
