"""Cases of a policy: facts of a few servers, and what the rules are expected to say of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from checker.model.facts import FactSet
from checker.model.location import Location
from checker.model.policy import Policy, Rule
from checker.model.result import Outcome


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
