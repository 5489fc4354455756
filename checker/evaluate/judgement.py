"""What an expectation says of one fact or parameter, before it becomes a finding."""

from __future__ import annotations

from dataclasses import dataclass

from checker.model.facts import Reason, Source
from checker.model.result import Outcome
from checker.model.values import Record, Value

ABSENT = "absent"
"""The reason of an error about a fact that was looked for and is not there."""

CONDITION = "condition"
"""The reason why a rule is not applicable: a condition is decided, and does not hold."""

NOTHING_TO_CHECK = "nothing_to_check"
"""The reason why a rule is not applicable: it speaks of entries or servers together, and there are none to judge."""

DISABLED = "disabled"
"""The reason why a rule is not applicable: a policy that builds on the rule's own turned it off."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """An outcome with its evidence; `not_applicable` only where there are no entries to judge."""

    outcome: Outcome
    reason: str = ""
    sentence: str
    observed: Value | None = None
    source: Source | None = None  # where the fact, or the entry of it that decided, stands
    derivation: str = ""
    broken: tuple[Record, ...] = ()  # of a failing list: the entries that are not known to be as expected


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a value cannot be compared."""

    reason: Reason
    predicate: str  # what is wrong with it: a sentence without its subject and without the full stop
