"""What is wrong with policies, for the person who writes them and for programs that show it to that person."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from checker.errors import Mistake
from checker.model.policy import Policy, PolicyFile, Rule
from checker.model.values import Json
from checker.report.json_text import json_text
from checker.report.visible import terminal
from checker.report.wording import counted

FORMAT = "adsync-checker/lint/v1"
_LONGEST = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class Lint:
    """What was found in policy files."""

    files: tuple[PolicyFile, ...]  # all that were read; without name and version where mistakes kept them unread
    mistakes: tuple[Mistake, ...] = ()
    notes: tuple[Mistake, ...] = ()  # what would make a policy better; none makes it unusable
    rules: int | None = None  # none where mistakes kept them from being counted


def notes_of(policies: Iterable[Policy]) -> tuple[Mistake, ...]:
    """Note what the rules of *policies* lack; of rules that another policy defines, that one is told."""
    return tuple(
        Mistake(rule.location, f"rule {rule.id} has no {' and no '.join(lacks)}")
        for policy in policies
        for rule in policy.rules
        if not rule.origin and rule.base is None and (lacks := list(_lacking(rule)))
    )


def _lacking(rule: Rule) -> Iterator[str]:
    remedy = rule.remediation
    if not rule.rationale:
        yield "rationale"
    if not (remedy.text or remedy.powershell or remedy.editor):
        yield "remediation"
    if not rule.references:
        yield "references"


def render_text(lint: Lint) -> str:
    """Write a line for each mistake and each note, in the form that editors turn into links, and how many there are."""
    lines = [str(one) for one in lint.mistakes]
    lines += [f"{one.location}: note: {one.message}" for one in lint.notes]
    lines.append(_summary(lint))
    return "".join(f"{terminal(line, _LONGEST)}\n" for line in lines)


def _summary(lint: Lint) -> str:
    where = "1 policy" if len(lint.files) == 1 else f"{len(lint.files)} policies"
    if lint.mistakes:
        return f"{counted(len(lint.mistakes), 'mistake')}{f' in {where}' if lint.files else ''}"
    rules = "" if lint.rules is None else f" with {counted(lint.rules, 'rule')}"
    notes = f", {counted(len(lint.notes), 'note')}" if lint.notes else ""
    return f"no mistakes in {where}{rules}{notes}"


def render_json(lint: Lint) -> str:
    """Write everything, for programs; the paths are those that the user gave."""
    return json_text(
        {
            "format": FORMAT,
            "mistakes": [_mistake(one) for one in lint.mistakes],
            "notes": [_mistake(one) for one in lint.notes],
            "policies": [
                {"name": one.name or None, "version": one.version or None, "path": one.path, "sha256": one.sha256}
                for one in lint.files
            ],
            "rules": lint.rules,
        }
    )


def _mistake(one: Mistake) -> Json:
    place = one.location
    return {"file": place.file, "line": place.line, "column": place.column, "message": one.message}
