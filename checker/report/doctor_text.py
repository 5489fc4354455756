"""What the doctor found out, as a person reads it: every step of every server, then the rules without an answer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from textwrap import wrap

from checker.model.diagnosis import Diagnosis, Examination, RuleError, State, Step
from checker.report.visible import LONG, terminal
from checker.report.wording import counted

_WIDTH = 110
_STATES = {State.OK: "ok", State.WARNING: "warning", State.FAILED: "FAILED", State.SKIPPED: "skipped"}
_STATE_WIDTH, _NAME_WIDTH = 9, 16
_WORTH_IT = 30
"""Shorter words are repeated rather than referred to."""


def render(examination: Examination) -> str:
    """Write *examination* as text."""
    lines: list[str] = []
    for one in examination.diagnoses:
        lines += [*_server(one, examination), ""]
    for tenant in examination.tenants:
        lines += [f"tenant {terminal(tenant.tenant)}", *_rules(tenant.errors, (), examination), ""]
    for note in examination.notes:
        lines += _wrapped("note: ", note)
    return "\n".join([*lines, *_summary(examination)]) + "\n"


def _server(diagnosis: Diagnosis, examination: Examination) -> Iterator[str]:
    yield f"server {terminal(diagnosis.server)}"
    for step in diagnosis.steps:
        yield from _step(step)
    yield from _rules(diagnosis.errors, diagnosis.steps, examination)


def _step(step: Step) -> list[str]:
    return _wrapped(f"  {_STATES[step.state]:{_STATE_WIDTH}}{step.name:{_NAME_WIDTH}}", step.sentence)


def _rules(errors: Sequence[RuleError], steps: Sequence[Step], examination: Examination) -> Iterator[str]:
    if not examination.policies:
        yield f"  {'':{_STATE_WIDTH}}{'rules':{_NAME_WIDTH}}none were looked at; name a policy with '--policy'"
        return
    if not errors:
        yield f"  {'ok':{_STATE_WIDTH}}{'rules':{_NAME_WIDTH}}every rule has an answer"
        return
    words = "rule would be an error" if len(errors) == 1 else "rules would be errors"
    yield f"  {'FAILED':{_STATE_WIDTH}}{'rules':{_NAME_WIDTH}}{len(errors)} {words}"
    for message, alike in groupby(errors, lambda one: _shortened(one.message, steps)):
        for error in alike:
            yield from _wrapped(f"    {terminal(error.rule)}  ", error.title)
        yield from _wrapped("      ", message)


def _shortened(message: str, steps: Sequence[Step]) -> str:
    """Refer to the step that has just been shown instead of repeating all its words for every rule."""
    for step in steps:
        if len(step.cause) >= _WORTH_IT and step.cause in message:
            message = message.replace(step.cause, f"see the step '{step.name}'")
    return message


def _summary(examination: Examination) -> Iterator[str]:
    servers = [one for one in examination.diagnoses if one.steps]
    sound = sum(one.sound for one in servers)
    of = f" of {', '.join(map(terminal, examination.policies))}" if examination.policies else ""
    errors = sum(len(one.errors) for one in examination.diagnoses)
    errors += sum(len(one.errors) for one in examination.tenants)
    rules = f"{counted(errors, 'rule')}{of} would be {'an error' if errors == 1 else 'errors'}" if of else "no rules"
    yield f"{sound} of {counted(len(servers), 'server')} without a problem; {rules}"
    if examination.incomplete:
        yield "incomplete: this is not all that there is to be said"


def _wrapped(head: str, text: str) -> list[str]:
    """Write *text* after *head*, which is ours, in lines that begin below it."""
    return wrap(
        terminal(text, LONG),
        _WIDTH,
        initial_indent=head,
        subsequent_indent=" " * len(head),
        break_long_words=False,
        break_on_hyphens=False,
    ) or [head.rstrip()]
