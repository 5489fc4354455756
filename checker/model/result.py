"""Results: what the rules say of the servers, and what every report is made from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from types import MappingProxyType

from checker.model.facts import Source, SourceFile
from checker.model.location import Location
from checker.model.policy import Parameter, Policy, Rule, Severity
from checker.model.values import Value


class Outcome(Enum):
    """What one rule says of one server."""

    PASS = "pass"  # noqa: S105 - the word of the contract, no password
    FAIL = "fail"
    ERROR = "error"
    NOT_APPLICABLE = "not_applicable"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One cell of the matrix *expected server x selected rule*."""

    server: str
    rule: str  # its id
    outcome: Outcome
    reason: str = ""  # of an error: a `Reason`'s word, or `absent`; of not applicable: `condition`, `nothing_to_check`
    message: str  # complete sentences, one line; text from facts stands in single quotes, not yet encoded for any sink
    fact: str
    observed: Value | None = None  # none where the fact is absent or unknown
    expected: str  # the expectation in words
    source: Source | None = None  # where the fact (or the entry of it that failed first) stands
    derivation: str = ""  # how the observed value was derived


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """Something to be said about the run as a whole, or about a file, that is no finding of a rule."""

    message: str
    location: Location | None = None
    incomplete: bool = False  # it makes the run incomplete: something that should have been read was not


@dataclass(frozen=True, slots=True)
class NotUnderstood:
    """A file that lies among the facts and is none of the formats."""

    path: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerRow:
    """One server of the matrix."""

    name: str
    role: str | None = None  # `active` or `staging`, where it is declared
    sources: tuple[SourceFile, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Population:
    """The servers that were expected and those that were found; without an inventory, what was found is expected."""

    expected: tuple[str, ...]
    received: tuple[str, ...]
    missing: tuple[str, ...] = ()
    unexpected: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What differs from run to run."""

    id: str  # a UUID
    started: datetime
    finished: datetime
    version: str  # of the checker
    mode: str  # `export`, later also `live`
    fail_on: Severity
    strict: bool = False
    complete: bool  # speaks of gated rules only: no error among them, nothing missing
    interrupted: bool = False
    exit_code: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """Everything that a report may show; each format renders this and nothing else."""

    run: Run
    policies: tuple[Policy, ...]
    servers: tuple[ServerRow, ...]
    findings: tuple[Finding, ...]  # by server, then rule id; exactly one for each cell
    population: Population
    files_not_understood: tuple[NotUnderstood, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()
    portable: Mapping[str, str] = field(default_factory=dict)
    """The name that leaves this machine, by the path as the user knows it: relative to the working directory, or
    `policies/NAME.yaml`, or `exports/SERVER/FILE`; a path that is not listed is already portable."""

    _rules: Mapping[str, Rule] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Keep the rules by id: formats look one up for each finding, and a frozen value cannot cache later."""
        rules = {rule.id: rule for policy in self.policies for rule in policy.rules}
        object.__setattr__(self, "_rules", MappingProxyType(rules))

    @property
    def rules(self) -> Mapping[str, Rule]:
        """All selected rules by id."""
        return self._rules

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        """The parameters of all policies."""
        return tuple(parameter for policy in self.policies for parameter in policy.parameters)

    def gated(self, finding: Finding) -> bool:
        """Whether the severity of the finding's rule lets it move the exit code."""
        return self.rules[finding.rule].severity >= self.run.fail_on
