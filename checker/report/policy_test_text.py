"""What came of the cases of policies, for the person who writes them and for programs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from checker.model.location import Location
from checker.model.policy_case import Disagreement, TriedCases
from checker.model.values import Json
from checker.report.json_text import json_text
from checker.report.visible import terminal
from checker.report.wording import counted, subject_words

FORMAT = "adsync-checker/policy-test/v1"
_LONGEST = 2000


def render_text(tried: Sequence[TriedCases]) -> str:
    """Write for each file what is to be done, a line each, and at the end how much of it there is."""
    lines = [line for one in tried for line in _file(one)]
    lines.append(_summary(tried))
    return "".join(f"{terminal(line, _LONGEST)}\n" for line in lines)


def _file(tried: TriedCases) -> Iterator[str]:
    file = tried.file
    cases, rules = counted(len(file.cases), "case"), counted(tried.rules, "rule")
    yield f"{file.path}: {cases} of {rules} of policy {file.policy.name}"
    for one in tried.disagreements:
        yield f"  {one.expected.location}: {_disagreement(one)}"
    for lacking in tried.lacking:
        yield f"  {lacking.rule.id}: no case expects {lacking.outcome.value}"
    for rule in tried.unasked:
        yield f"  {rule.id}: no case expects anything of it"
    for never in tried.never_red:
        yield f"  {never.rule.id}: {_never_red_words(decided=never.decided)}"
    for survivor in tried.survivors:
        yield f"  {survivor.rule.id}: no case notices when {survivor.change}"


def _disagreement(one: Disagreement) -> str:
    wanted, rule = one.expected.outcome.value, one.expected.rule
    if one.finding is None:
        return f"case '{one.case.name}': {rule} of '{one.expected.subject}': expected {wanted}, and nothing was found"
    finding = one.finding
    reason = f" ({finding.reason})" if finding.reason else ""
    return (
        f"case '{one.case.name}': {rule} of {subject_words(finding)}: expected {wanted}, got "
        f"{finding.outcome.value}{reason}: {finding.message}"
    )


def _never_red_words(*, decided: bool) -> str:
    if decided:
        return "nothing turns it red: it fails in no case, nor where one fact of a case is another"
    return "nothing turns it red: it neither passes nor fails in any case, nor where one fact of a case is another"


def _summary(tried: Sequence[TriedCases]) -> str:
    return ", ".join(
        (
            counted(sum(len(one.file.cases) for one in tried), "case"),
            counted(sum(one.expectations for one in tried), "expected outcome"),
            f"{sum(len(one.disagreements) for one in tried)} disagree",
            f"{sum(len(one.lacking) + len(one.unasked) for one in tried)} lacking",
            f"{sum(len(one.never_red) for one in tried)} never red",
            f"{sum(len(one.survivors) for one in tried)} of {sum(one.changes for one in tried)} changes unnoticed",
        )
    )


def render_json(tried: Sequence[TriedCases]) -> str:
    """Write everything, for programs; the paths are those that the user gave."""
    return json_text({"format": FORMAT, "good": all(one.good for one in tried), "files": [_json(one) for one in tried]})


def _json(tried: TriedCases) -> Json:
    file = tried.file
    return {
        "path": file.path,
        "policy": {"name": file.policy.name, "version": file.policy.version, "sha256": file.policy.sha256},
        "cases": len(file.cases),
        "expected_outcomes": tried.expectations,
        "rules": tried.rules,
        "changes": tried.changes,
        "disagreements": [_disagreement_json(one) for one in tried.disagreements],
        "lacking": [{"rule": one.rule.id, "outcome": one.outcome.value} for one in tried.lacking],
        "unasked": [rule.id for rule in tried.unasked],
        "never_red": [{"rule": one.rule.id, "decided": one.decided} for one in tried.never_red],
        "unnoticed": [{"rule": one.rule.id, "change": one.change} for one in tried.survivors],
    }


def _disagreement_json(one: Disagreement) -> Json:
    return {
        "case": one.case.name,
        "rule": one.expected.rule,
        "server": one.finding.server or None if one.finding else None,
        "tenant": one.finding.tenant or None if one.finding else None,
        "expected": one.expected.outcome.value,
        "found": one.finding.outcome.value if one.finding else None,
        "reason": one.finding.reason or None if one.finding else None,
        "message": one.finding.message if one.finding else None,
        "location": _location(one.expected.location),
    }


def _location(place: Location) -> Json:
    return {"file": place.file, "line": place.line, "column": place.column}
