"""Cases of a policy: facts of a few servers, and what the rules are expected to say of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from checker.model.facts import FactSet
from checker.model.location import Location
from checker.model.policy import Policy, Rule
from checker.model.result import Finding, Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseServer:
    """A server of a case."""

    facts: FactSet
    tenant: str = ""  # empty where the case does not say

    @property
    def name(self) -> str:
        """What the case calls it."""
        return self.facts.server


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpectedOutcome:
    """What a case expects of one rule."""

    rule: str
    outcome: Outcome
    subject: str = ""  # the server or tenant; empty where it is all of them
    location: Location


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyCase:
    """One situation, by the name of its author."""

    name: str
    rules: Mapping[str, Rule]  # those of the policy by id, with the parameters of the case
    servers: tuple[CaseServer, ...]
    expected: tuple[ExpectedOutcome, ...]
    location: Location


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFile:
    """The cases of one policy."""

    path: str
    policy: Policy  # with its own parameters
    now: datetime  # the moment of all cases
    cases: tuple[PolicyCase, ...]


@dataclass(frozen=True, slots=True)
class Disagreement:
    """A case that expects another outcome than the rule has."""

    case: PolicyCase
    expected: ExpectedOutcome
    finding: Finding | None  # none where the rule says nothing of whom the case speaks of


@dataclass(frozen=True, slots=True)
class LackingKind:
    """An outcome that no case expects of a rule."""

    rule: Rule
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class NeverRed:
    """A rule that fails in no case, nor where one fact of a case is another."""

    rule: Rule
    decided: bool  # whether it at least passes somewhere


@dataclass(frozen=True, slots=True)
class Survivor:
    """A change of a rule that no case notices."""

    rule: Rule
    change: str  # the end of a sentence: `'at_most 250000' becomes 'at_most 250001'`


@dataclass(frozen=True, slots=True, kw_only=True)
class TriedCases:
    """What came of the cases of one file."""

    file: CaseFile
    disagreements: tuple[Disagreement, ...]
    lacking: tuple[LackingKind, ...]
    unasked: tuple[Rule, ...]  # rules of which no case expects anything
    never_red: tuple[NeverRed, ...]
    survivors: tuple[Survivor, ...]  # of rules of which some case expects something
    rules: int  # how many were tried: all that are not disabled
    changes: int  # how many changes of rules were tried

    @property
    def expectations(self) -> int:
        """How many outcomes the cases expect."""
        return sum(len(case.expected) for case in self.file.cases)

    @property
    def good(self) -> bool:
        """Whether nothing is to be done."""
        return not (self.disagreements or self.lacking or self.unasked or self.never_red or self.survivors)
