"""Results: what the rules say of the servers, and what every report is made from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum
from types import MappingProxyType

from checker.model.facts import Source, SourceFile
from checker.model.inventory import Inventory
from checker.model.location import Location
from checker.model.policy import Parameter, Policy, Rule, Severity
from checker.model.values import Record, Value
from checker.model.waiver import Waiver, WaiverFile, WaiverUse


class Outcome(Enum):
    """What one rule says of one server."""

    PASS = "pass"  # noqa: S105 - the word of the contract, no password
    FAIL = "fail"
    ERROR = "error"
    NOT_APPLICABLE = "not_applicable"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One cell of the matrix *expected server x selected rule*; of a fleet rule one for each tenant."""

    server: str  # empty for a fleet rule
    tenant: str = ""  # only for a fleet rule: the tenant, or `UNKNOWN_TENANT`
    rule: str  # its id
    outcome: Outcome
    reason: str = ""  # of an error: a `Reason`'s word, or `absent`; of not applicable: `condition`, `nothing_to_check`
    message: str  # complete sentences, one line; text from facts stands in single quotes, not yet encoded for any sink
    fact: str
    observed: Value | None = None  # none where the fact is absent or unknown
    expected: str  # the expectation in words
    source: Source | None = None  # where the fact (or the entry of it that failed first) stands
    derivation: str = ""  # how the observed value was derived
    broken: tuple[Record, ...] = ()  # of a failing list: the entries that do not meet the expectation
    waiver: Waiver | None = None  # what covers this failure; the outcome stays `fail`

    @property
    def subject(self) -> str:
        """Name what the finding speaks of, as reports show it: the server, or `tenant NAME`."""
        return self.server or f"tenant {self.tenant}"


UNKNOWN_TENANT = "unknown"
"""The tenant of fleet findings where no server of the run says which tenant is its own."""


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
    tenant: str = ""  # where it is declared or known
    sources: tuple[SourceFile, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Population:
    """The servers that were expected and those that were found; without an inventory, what was found is expected."""

    expected: tuple[str, ...]
    received: tuple[str, ...]
    missing: tuple[str, ...] = ()
    unexpected: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()  # expected, and not asked for by --limit
    inventory: bool = False  # whether an inventory says what is expected


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """How the command line narrowed a run; a narrowed run is partial, and every report says so."""

    servers: tuple[str, ...] = ()  # of --limit, as they were given
    rules: tuple[str, ...] = ()  # of --rule
    tags: tuple[str, ...] = ()  # of --tag

    @property
    def partial(self) -> bool:
        """Whether anything was narrowed."""
        return bool(self.servers or self.rules or self.tags)


@dataclass(frozen=True, slots=True)
class Revision:
    """What version control says of a file of the run."""

    path: str  # the file, as the user knows it
    state: str  # `clean`, `modified`, `untracked`, `none` (no repository, or no git), `unreadable` (git refused)
    commit: str = ""  # the last commit of the repository
    branch: str = ""  # empty where detached
    detail: str = ""  # a sentence, such as that the clone is shallow, or why git refused


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What differs from run to run."""

    id: str  # a UUID
    started: datetime
    finished: datetime
    version: str  # of the checker
    mode: str  # `export`, or `live` where the facts were collected for the run
    fail_on: Severity
    strict: bool = False
    selection: Selection = Selection()
    max_age: timedelta | None = None  # of --max-age
    longest_waiver: int | None = None  # days, where waivers were given
    max_waived: int | None = None  # of --max-waived
    complete: bool  # speaks of gated rules only: no error among them, nothing missing
    interrupted: bool = False
    exit_code: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """Everything that a report may show; each format renders this and nothing else."""

    run: Run
    policies: tuple[Policy, ...]
    servers: tuple[ServerRow, ...]
    findings: tuple[Finding, ...]  # by server, then rule id, those of tenants last; exactly one for each cell
    population: Population
    files_not_understood: tuple[NotUnderstood, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()
    inventory: Inventory | None = None
    waiver_files: tuple[WaiverFile, ...] = ()
    waiver_uses: tuple[WaiverUse, ...] = ()
    revisions: tuple[Revision, ...] = ()
    server_parameters: tuple[Parameter, ...] = ()  # values that the inventory gives to some servers
    originals: Mapping[str, str] = field(default_factory=dict)
    """What the original of an overridden rule expects, in words, by the id of the rule."""
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
        """The parameters of all policies, then the values that are for some servers only."""
        return (*(parameter for policy in self.policies for parameter in policy.parameters), *self.server_parameters)

    def gated(self, finding: Finding) -> bool:
        """Whether the severity of the finding's rule lets it move the exit code."""
        return self.rules[finding.rule].severity >= self.run.fail_on
