"""What is to be done on each server, and once only: the failing rules of results, put into one sequence."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from checker.model.result import Outcome
from checker.model.results_document import PastFinding, PastRule, PastServer, ResultsDocument
from checker.report.remediation_quoting import why_not_code

_SCHEDULER_FACT = "scheduler.sync_cycle_enabled"

_PLAIN_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]{0,60}[A-Za-z0-9])?", re.ASCII)
# NOTE: Windows takes these for devices, whatever comes after a dot; README is the name of the list of all files, and
# the last form is that of the names which are made here.
_TAKEN = re.compile(r"(?:con|prn|aux|nul|com[0-9]|lpt[0-9]|readme)(?:\..*)?|server-.*", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One change that a script makes, or one stop of it; several rules may ask for the same one."""

    rules: tuple[str, ...]  # ids
    change: str = ""  # lines of PowerShell; empty where it is only a stop
    editor: bool = False  # whether it stops, for a person to change rules in the editor
    entries: tuple[str, ...] = ()  # what the person finds there, a line each


@dataclass(frozen=True, slots=True, kw_only=True)
class Failing:
    """A rule that fails on a server, and what was found."""

    rule: PastRule
    finding: PastFinding
    refused: str = ""  # why its change is not part of the script, as the rest of a sentence
    sync_cycle: bool | None = None  # what the sync cycle must be for the rule to hold; none for any other rule


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerPlan:
    """What is to be done on one server."""

    server: str
    stem: str  # of its files
    computer_name: str  # as the server itself knows it
    whole_name: str  # its full DNS name, where another server has the same first label; else empty
    failing: tuple[Failing, ...]  # by id; never empty
    steps: tuple[Step, ...]
    sync_cycle: bool | None  # what the scheduler is to be left at; none where it is to be left as it was

    @property
    def changes(self) -> bool:
        """Whether there is anything for a script to do."""
        return bool(self.steps) or self.sync_cycle is not None

    def step_of(self, rule: str) -> int | None:
        """Give the number of the first step that *rule* asks for."""
        return next((number for number, step in enumerate(self.steps, 1) if rule in step.rules), None)


def plans_of(results: ResultsDocument, only: Collection[str] = ()) -> tuple[ServerPlan, ...]:
    """Give the plan of each server, or of those in *only*, that has a failure which no waiver covers."""
    names = [server.name for server in results.servers]
    names += [one.server for one in results.findings if one.server]
    names = sorted(set(names))
    known = {server.name: server for server in results.servers}
    failing = _failing(results)
    stems = _stems(names)
    labels = Counter(_label(name) for name in names)
    return tuple(
        _plan(known.get(name) or PastServer(name=name), stems[name], failing[name], shared=labels[_label(name)] > 1)
        for name in names
        if name in failing and (not only or name in only)
    )


def is_open(finding: PastFinding) -> bool:
    """Whether *finding* is a failure that nothing excuses."""
    return finding.outcome is Outcome.FAIL and not finding.waived


def _failing(results: ResultsDocument) -> dict[str, tuple[Failing, ...]]:
    """Give the failing rules of each server that has any, by id."""
    found: dict[str, list[Failing]] = {}
    refused = {rule.id: why_not_code(change_of(rule)) for rule in results.rules}
    for one in sorted(filter(is_open, results.findings), key=lambda one: one.rule):
        if one.server:
            failing = Failing(
                rule=results.rule(one.rule), finding=one, refused=refused[one.rule], sync_cycle=_sync_cycle(one)
            )
            found.setdefault(one.server, []).append(failing)
    return {server: tuple(failing) for server, failing in found.items()}


def change_of(rule: PastRule) -> str:
    """Give the lines that make the change which *rule* asks for."""
    return rule.remediation.change.replace("\r\n", "\n").strip("\n")


def _plan(server: PastServer, stem: str, failing: tuple[Failing, ...], *, shared: bool) -> ServerPlan:
    return ServerPlan(
        server=server.name,
        stem=stem,
        computer_name=server.computer_name or _label(server.name),
        whole_name=server.name if shared and not server.computer_name else "",
        failing=failing,
        steps=_steps(failing),
        sync_cycle=next((one.sync_cycle for one in failing if one.sync_cycle is not None), None),
    )


def _sync_cycle(finding: PastFinding) -> bool | None:
    """Give what the scheduler must be for the rule to hold, if it is the rule about the scheduler."""
    if finding.fact != _SCHEDULER_FACT or not isinstance(finding.observed, bool):
        return None
    # NOTE: of two values one fails, so the rule can only want the other one.
    return not finding.observed


def _steps(failing: Sequence[Failing]) -> tuple[Step, ...]:
    """Put together what the rules ask for: what several of them ask for is done once, at the place of the first."""
    rules: dict[str, list[str]] = {}
    stops: list[Failing] = []
    for one in failing:
        change = change_of(one.rule)
        if change and not one.refused:
            rules.setdefault(change, []).append(one.rule.id)
        if one.rule.remediation.editor:
            stops.append(one)
    steps = [Step(rules=tuple(ids), change=change) for change, ids in rules.items()]
    if stops:
        # NOTE: last, because the member limit may rise only where the endpoint is v2 already.
        entries = tuple(f"{one.rule.id}: {line}" for one in stops for line in entries_of(one.finding))
        steps.append(Step(rules=tuple(one.rule.id for one in stops), editor=True, entries=entries))
    return tuple(steps)


def entries_of(finding: PastFinding) -> tuple[str, ...]:
    """Say of which entries of a list *finding* speaks: those that break the rule, where that is known."""
    observed = finding.observed
    records = finding.broken or (observed if isinstance(observed, tuple) else ())
    lines: list[str] = []
    for record in records:
        pairs = {name: _word(value) for name, value in record}
        name = pairs.pop("name", None)
        words = ", ".join(f"{field} {value}" for field, value in pairs.items())
        lines.append(f"'{name}': {words}" if name is not None else words)
    return tuple(lines)


def _word(value: object) -> str:
    return ("no", "yes")[value] if isinstance(value, bool) else str(value)


def _label(name: str) -> str:
    return name.partition(".")[0].casefold()


def _stems(names: Sequence[str]) -> dict[str, str]:
    """Name the files of each server: by its name where that is plain and its own, else with a digest behind it."""
    taken = Counter(name.casefold() for name in names)
    return {name: name if taken[name.casefold()] == 1 and _is_plain(name) else _digested(name) for name in names}


def _is_plain(name: str) -> bool:
    return bool(_PLAIN_NAME.fullmatch(name)) and ".." not in name and not _TAKEN.fullmatch(name)


def _digested(name: str) -> str:
    words = re.sub(r"[^A-Za-z0-9]+", "-", name[:200])[:40].strip("-")
    # NOTE: halves of surrogate pairs cannot come out of a results document, and are no reason to fail here.
    digest = hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:16]
    return f"server-{words}-{digest}" if words else f"server-{digest}"
