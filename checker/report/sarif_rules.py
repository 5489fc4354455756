"""What SARIF says of the rules and of the frameworks that they support, whatever came out."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from checker.model.policy import Rule
from checker.model.result import Report
from checker.model.values import Json
from checker.report.changed_rules import ChangedRule
from checker.report.mapping import SARIF_LEVELS, SECURITY_SEVERITIES
from checker.report.portable import portable_location
from checker.report.sarif_text import guid, sarif_text, sentence
from checker.report.visible import LONG, code

_HTTPS = re.compile(r"https://[A-Za-z0-9][A-Za-z0-9._~:/?#\[\]@!$&()*+,;=%-]*")
_LONGEST_DESCRIPTION = 1000  # GitHub takes 1024 characters
_LONGEST_NAME = 255
_MOST_TAGS = 10
_PROBLEM_SEVERITIES = {"error": "error", "warning": "warning", "note": "recommendation"}

Taxa = Mapping[str, Sequence[str]]
"""The items of each framework that some rule supports, in order."""


def taxa_of(rules: Sequence[Rule]) -> Taxa:
    """Collect the items of each framework that *rules* support."""
    found: dict[str, set[str]] = {}
    for rule in rules:
        for framework, items in rule.controls:
            found.setdefault(framework, set()).update(items)
    return {framework: sorted(found[framework]) for framework in sorted(found) if found[framework]}


def taxonomies(taxa: Taxa) -> list[Json]:
    """Describe each framework, with those of its items that rules support."""
    return [
        {
            "name": sarif_text(framework),
            "guid": guid("framework", framework),
            "shortDescription": {"text": sentence(f"Items of '{sarif_text(framework)}' that rules support")},
            "isComprehensive": False,
            "contents": ["localizedData", "nonLocalizedData"],
            "taxa": [{"id": sarif_text(item), "guid": guid("framework", framework, item)} for item in items],
        }
        for framework, items in taxa.items()
    ]


def supported_taxonomies(taxa: Taxa) -> list[Json]:
    """Name the frameworks as the tool refers to them."""
    return [_reference(framework, index) for index, framework in enumerate(taxa)]


def _reference(framework: str, index: int) -> Json:
    return {"name": sarif_text(framework), "guid": guid("framework", framework), "index": index}


def descriptor(report: Report, rule: Rule, taxa: Taxa, changed: ChangedRule | None) -> Json:
    """Describe *rule*, and how policies changed it; without *taxa*, without what it supports."""
    level = SARIF_LEVELS[rule.severity]
    told: dict[str, Json] = {
        "id": rule.id,
        "name": _name(rule),
        "guid": guid("rule", rule.id),
        "shortDescription": {"text": sentence(sarif_text(rule.title))},
        "fullDescription": {"text": _description(rule)},
        "help": {"text": _help_text(rule), "markdown": _help_markdown(rule)},
        "defaultConfiguration": {"enabled": True, "level": level},
        "properties": {
            "tags": [*_tags(rule)],
            "precision": "very-high",
            "problem.severity": _PROBLEM_SEVERITIES[level],
            "security-severity": SECURITY_SEVERITIES[rule.severity],
            "severity": rule.severity.word,
            "policy": sarif_text(rule.policy),
            "fact": rule.fact,
            **_history(report, rule, changed),
        },
    }
    if link := next(filter(_HTTPS.fullmatch, rule.references), None):
        told["helpUri"] = link
    relationships = [
        _relationship(framework, item, taxa)
        for framework, items in rule.controls
        if framework in taxa
        for item in items
    ]
    if relationships:
        told["relationships"] = relationships
    return told


def _history(report: Report, rule: Rule, changed: ChangedRule | None) -> dict[str, Json]:
    """Say where *rule* comes from where that is not its policy, what it was, and who changed it and why."""
    told: dict[str, Json] = {}
    if rule.origin:
        told["origin"] = sarif_text(rule.origin)
    if rule.disabled:
        told["disabled"] = sarif_text(rule.disabled, LONG)
    if changed is not None:
        told["original"] = {"severity": changed.severity, "expected": sarif_text(changed.expected, LONG)}
        told["override"] = [
            {
                "policy": sarif_text(step.override.policy),
                "changes": [*step.override.changes],
                "told": sarif_text(step.told, LONG),
                "reason": sarif_text(step.override.reason, LONG),
                "at": sarif_text(str(portable_location(report, step.override.location))),
            }
            for step in changed.steps
        ]
    return told


def _name(rule: Rule) -> str:
    name = rule.name[:_LONGEST_NAME]
    return name if name and name != rule.id else f"Rule{rule.id}"


def _description(rule: Rule) -> str:
    title = sentence(sarif_text(rule.title))
    return f"{title} {sarif_text(rule.rationale, _LONGEST_DESCRIPTION)}".strip()[:_LONGEST_DESCRIPTION]


def _tags(rule: Rule) -> list[str]:
    items = (f"{framework}/{item}" for framework, its in rule.controls for item in its)
    tags = ("security", "compliance", "entra-connect", *items, *rule.tags)
    return [*dict.fromkeys(map(sarif_text, tags))][:_MOST_TAGS]


def _relationship(framework: str, item: str, taxa: Taxa) -> Json:
    return {
        "target": {
            "id": sarif_text(item),
            "index": taxa[framework].index(item),
            "guid": guid("framework", framework, item),
            "toolComponent": _reference(framework, [*taxa].index(framework)),
        },
        "kinds": ["relevant"],
    }


def _help_text(rule: Rule) -> str:
    remedy = (*rule.remediation.text.splitlines(), *rule.remediation.powershell.splitlines())
    lines = remedy or (rule.rationale or rule.title,)
    return "\n".join(map(code, (*lines, *rule.references))).strip() or rule.id


def _help_markdown(rule: Rule) -> str:
    """Give the help as Markdown: PowerShell in a fence that is longer than any run of backticks in it, no HTML."""
    parts = [f"**{_plain(rule.title)}**"]
    parts += ["\n".join(map(_plain, text.splitlines())) for text in (rule.rationale, rule.remediation.text) if text]
    if lines := "\n".join(map(code, rule.remediation.powershell.splitlines())):
        fence = "`" * max(3, *(len(run) + 1 for run in re.findall("`*", lines)))
        parts.append(f"{fence}powershell\n{lines}\n{fence}")
    if links := [link for link in rule.references if _HTTPS.fullmatch(link)]:
        parts.append("\n".join(f"* <{link}>" for link in links))
    return "\n\n".join(parts)


def _plain(line: str) -> str:
    return code(line).replace("&", "&amp;").replace("<", "&lt;")
