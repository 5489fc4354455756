"""Cases of a policy: facts of a few servers, and what the rules are expected to say of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from checker.model.facts import FactSet
from checker.model.location import Location
from checker.model.policy import Policy
from checker.model.result import Outcome
from checker.model.values import Scalar


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseServer:
    """A server of a case."""

    name: str
    tenant: str  # empty where the case does not say
    facts: FactSet


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
    servers: tuple[CaseServer, ...]
    parameters: Mapping[str, Scalar] = field(default_factory=dict)
    expected: tuple[ExpectedOutcome, ...]
    policies: tuple[Policy, ...]  # with the parameters of the case
    now: datetime
    location: Location


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFile:
    """The cases of one policy."""

    path: str
    policies: tuple[Policy, ...]  # the policy that the cases are of, with its own parameters
    cases: tuple[PolicyCase, ...]
