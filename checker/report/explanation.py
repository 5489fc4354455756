"""One rule explained: what it expects and of whom, what its facts are and where they stand, and what was found."""

from __future__ import annotations

from collections.abc import Iterator

from checker.model.catalogue import CATALOGUE, FactSpec
from checker.model.facts import SOURCE_TITLES, SourceFormat
from checker.model.policy import Policy, Rule
from checker.model.result import Finding, Report
from checker.model.values import show
from checker.report.copied_line import copied_line
from checker.report.policy_text import overrides
from checker.report.rule_words import (
    Wording,
    absence_words,
    age_limit,
    applies_words,
    control_words,
    expected_words,
    origin_words,
    original,
)
from checker.report.visible import terminal
from checker.report.wording import counted, observed_words
from checker.report.wrapped import wrapped

_MOST_ENTRIES = 20


def render_explanation(policy: Policy, rule: Rule, words: Wording, report: Report | None = None) -> str:
    """Explain *rule* of *policy*; with *report*, also what it found on each server or tenant there."""
    lines = [*_head(policy, rule, words, report), *_facts(rule), *_reasons(rule)]
    if report is not None:
        lines += _findings(report, rule)
    return "".join(f"{line}\n" for line in lines)


def _head(policy: Policy, rule: Rule, words: Wording, report: Report | None) -> Iterator[str]:
    told = words(rule)
    yield terminal(f"{rule.id}: {rule.title}")
    yield from wrapped(f"severity {rule.severity.word}, {applies_words(rule, told)}", 2)
    yield from wrapped(f"policy {policy.name} {policy.version}, {rule.location}", 2)
    if rule.origin:
        yield from wrapped(f"defined by {rule.origin}, {original(rule).location}", 2)
    if rule.disabled:
        yield from wrapped(f"DISABLED: {rule.disabled}", 2)
    yield from overrides(rule, words, 2)
    yield ""
    yield "Expected"
    yield from wrapped(expected_words(rule, told), 2)
    yield from wrapped(f"absent: {absence_words(rule)}; unknown: an error", 2)
    if age := age_limit(rule):
        yield from wrapped(f"older than {age}: an error", 2)
    for one in (*policy.parameters, *(report.server_parameters if report else ())):
        if one.name not in rule.parameters:
            continue
        value = show(one.value) or "empty"
        yield from wrapped(f"${one.name} = {value}: {origin_words(one)}, {one.location}", 2)


def _facts(rule: Rule) -> Iterator[str]:
    for name in rule.facts:
        yield ""
        yield f"Fact {terminal(name)}"
        yield from _fact(CATALOGUE[name])


def _fact(spec: FactSpec) -> Iterator[str]:
    unit = f", in {spec.unit}" if spec.unit else ""
    yield from wrapped(f"{spec.meaning} Type: {spec.type.value}{unit}.", 2)
    yield from wrapped(f"Absent: {spec.absence}", 2)
    if spec.derived:
        yield from wrapped(f"derived from {spec.derived}", 2)
    for source, where in spec.sources.items():
        yield from wrapped(f"{SOURCE_TITLES[source]}: {where}", 2)
    yield from wrapped(f"{SOURCE_TITLES[SourceFormat.FACTS]}: `{spec.name}`", 2)


def _reasons(rule: Rule) -> Iterator[str]:
    remedy = rule.remediation
    if rule.rationale:
        yield from ("", "Why", *_text(rule.rationale))
    if remedy.text or remedy.powershell or remedy.editor:
        yield from ("", "Remediation", *_text(remedy.text))
    if remedy.editor:
        yield from ("", "  In the Synchronization Rules Editor:", *_copied(remedy.editor))
    if remedy.powershell:
        yield from ("", "  PowerShell, to be reviewed before it is run:", *_copied(remedy.powershell))
    if rule.references:
        yield from ("", "References", *(f"  {terminal(one)}" for one in rule.references))
    if rule.controls:
        yield from ("", "Controls", *wrapped(control_words(rule), 2))


def _findings(report: Report, rule: Rule) -> Iterator[str]:
    findings = [one for one in report.findings if one.rule == rule.id]
    yield ""
    yield "Findings"
    if not findings:
        yield "  none: there is nothing that the rule was asked about"
    for one in findings:
        yield from _finding(one)


def _finding(finding: Finding) -> Iterator[str]:
    outcome = finding.outcome.value.replace("_", " ")
    reason = f" ({finding.reason})" if finding.reason else ""
    yield from wrapped(f"{finding.subject}: {outcome}{reason}", 2)
    yield from wrapped(finding.message, 4)
    yield from wrapped(f"expected: {finding.expected}", 4)
    yield from _observed(finding)
    if finding.source is not None:
        place = f"{finding.source.location}" if finding.source.location else SOURCE_TITLES[finding.source.format]
        yield from wrapped(f"from: {place}{f', {finding.source.item}' if finding.source.item else ''}", 4)
    if finding.derivation:
        yield from wrapped(f"derived: {finding.derivation}", 4)


def _observed(finding: Finding) -> Iterator[str]:
    """Say what was observed; of a list every entry on a line of its own, and how many more there are."""
    match finding.observed:
        case tuple() as entries if entries:
            yield f"    observed: {counted(len(entries), 'record')}"
            for entry in entries[:_MOST_ENTRIES]:
                yield from wrapped(show((entry,)), 6)
            if len(entries) > _MOST_ENTRIES:
                yield f"      and {len(entries) - _MOST_ENTRIES} more"
        case _:
            yield from wrapped(f"observed: {observed_words(finding)}", 4)


def _text(text: str) -> list[str]:
    """Give each line of *text* as a paragraph: a folded text of YAML has its paragraphs on lines of their own."""
    return [line for part in text.splitlines() if part.strip() for line in wrapped(part, 2, hanging=False)]


def _copied(text: str) -> list[str]:
    return [f"    {copied_line(line)}".rstrip() for line in text.splitlines()]
