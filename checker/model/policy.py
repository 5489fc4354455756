"""Policies: named, versioned files of rules, as the loader hands them over; every name and type is already checked."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum, IntEnum

from checker.model.location import Location
from checker.model.values import FactType, Scalar


class Severity(IntEnum):
    """How much a broken rule matters; ordered, so that a threshold is a comparison."""

    INFO = 0
    LOW = 1
    MEDIUM = 2
    HIGH = 3
    CRITICAL = 4

    @property
    def word(self) -> str:
        """The word that policies, the command line and reports use."""
        return self.name.lower()


class AbsentMode(Enum):
    """What an expectation says of a fact that was looked for and is not there."""

    ERROR = "error"
    ALLOWED = "allowed"
    REQUIRED = "required"


@dataclass(frozen=True, slots=True)
class Equals:
    """The value is this one, of this type."""

    value: Scalar


@dataclass(frozen=True, slots=True)
class OneOf:
    """The value is one of these; never empty."""

    values: tuple[Scalar, ...]


@dataclass(frozen=True, slots=True)
class AtLeast:
    """The value is not less than this integer, version, duration or timestamp."""

    bound: Scalar


@dataclass(frozen=True, slots=True)
class AtMost:
    """The value is not more than this integer, version, duration or timestamp."""

    bound: Scalar


@dataclass(frozen=True, slots=True)
class Matches:
    """The whole text matches this regular expression, which the loader found to be of the safe subset."""

    pattern: str


@dataclass(frozen=True, slots=True)
class Empty:
    """The text or the list of records is empty (or, with false, is not)."""

    wanted: bool


@dataclass(frozen=True, slots=True)
class Each:
    """Every record meets the constraints on each of its named fields; over no records nothing is decided."""

    fields: tuple[tuple[str, tuple[Constraint, ...]], ...]


Constraint = Equals | OneOf | AtLeast | AtMost | Matches | Empty | Each


@dataclass(frozen=True, slots=True, kw_only=True)
class Expectation:
    """What is expected of one fact: all constraints together, and what absence means."""

    constraints: tuple[Constraint, ...]  # empty only with absent `required`
    absent: AbsentMode = AbsentMode.ERROR


@dataclass(frozen=True, slots=True, kw_only=True)
class FactCondition:
    """A condition on a fact of the same server."""

    fact: str
    expectation: Expectation


@dataclass(frozen=True, slots=True, kw_only=True)
class ParameterCondition:
    """A condition on a parameter of the policy."""

    parameter: str  # its name, without the dollar sign
    value: Scalar  # what it is in this run
    expectation: Expectation


Condition = FactCondition | ParameterCondition


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One expectation of a rule and the conditions under which it counts; the last case of a rule has none."""

    expectation: Expectation
    when: tuple[Condition, ...] = ()


class Scope(Enum):
    """Whom a rule speaks of."""

    SERVER = "server"  # of every server for itself
    FLEET = "fleet"  # of all servers of a tenant together


@dataclass(frozen=True, slots=True)
class ExactlyOne:
    """Exactly one server of the tenant meets the rule's `where`."""


@dataclass(frozen=True, slots=True)
class AllEqual:
    """The rule's fact has one and the same value on every server of the tenant that meets its `where`."""


@dataclass(frozen=True, slots=True)
class Count:
    """So many servers of the tenant meet the rule's `where`."""

    constraints: tuple[Equals | AtLeast | AtMost, ...]  # on an integer; never empty


FleetExpectation = ExactlyOne | AllEqual | Count


@dataclass(frozen=True, slots=True)
class Remediation:
    """
    What to do, for a person to review; never executed by the checker.

    `change` and `editor` are the parts that one sequence for a whole server is put together from; `powershell` is what
    a person runs for this rule alone, and the loader makes it of the two where they are given.
    """

    text: str = ""
    powershell: str = ""
    change: str = ""  # lines that make the change, to be run while the sync cycle is off
    editor: str = ""  # steps in the Synchronization Rules Editor, as Markdown: no cmdlet makes this change safely


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """A typed setting of a policy, and where its value comes from."""

    name: str
    type: FactType
    default: Scalar
    value: Scalar
    origin: str  # `policy`, `policy NAME` of one that builds on it, `inventory`, or `--set`
    description: str
    one_of: tuple[Scalar, ...] = ()  # the only values it may take; empty where any will do
    servers: tuple[str, ...] = ()  # those that this value is for; empty where it is for all that have no other
    location: Location


@dataclass(frozen=True, slots=True, kw_only=True)
class Override:
    """What one policy changes of a rule of another that it builds on."""

    policy: str  # the one that changes it
    changes: tuple[str, ...]  # the keys that it gives, in the order of the language: `severity`, `expect`, `disabled` …
    reason: str = ""  # mandatory for what makes a rule weaker
    location: Location


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One expectation of one fact; of a server, or of all servers of a tenant."""

    id: str
    title: str
    severity: Severity
    fact: str  # of a fleet rule the one that is compared, or the first of its `where`
    cases: tuple[Case, ...]  # in order; the first whose conditions hold decides; none for a fleet rule
    when: tuple[Condition, ...] = ()  # where these do not hold, the rule is not applicable
    scope: Scope = Scope.SERVER
    where: tuple[FactCondition, ...] = ()  # of a fleet rule: the servers it counts or compares
    fleet: FleetExpectation | None = None  # exactly for a fleet rule
    max_age: timedelta | None = None  # facts older than this are unknown to the rule
    disabled: str = ""  # why a policy that builds on this one turned the rule off; empty where it is on
    rationale: str = ""
    remediation: Remediation = Remediation()
    references: tuple[str, ...] = ()
    controls: tuple[tuple[str, tuple[str, ...]], ...] = ()  # framework, and its items
    tags: tuple[str, ...] = ()
    parameters: tuple[str, ...] = ()  # the names of the parameters that it uses
    policy: str  # the policy of the run that it came with
    origin: str = ""  # the policy that defines it, where that is another one
    base: Rule | None = None  # the rule as it was before the last override
    override: Override | None = None  # what made it so; exactly where there is a base
    location: Location

    @property
    def facts(self) -> tuple[str, ...]:
        """Name every fact that the rule's verdict may rest on, each once, its own first."""
        conditions = [*self.when, *(one for case in self.cases for one in case.when), *self.where]
        names = [self.fact, *(one.fact for one in conditions if isinstance(one, FactCondition))]
        return tuple(dict.fromkeys(names))

    @property
    def name(self) -> str:
        """A PascalCase name, made from the title: `ExportsUseTheV2Endpoint`."""
        words = re.findall(r"[A-Za-z0-9]+", self.title)
        return "".join(word[0].upper() + word[1:] for word in words)


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyFile:
    """A file that a policy is made of."""

    name: str
    version: str
    path: str  # as the user knows it; the name of the file for a shipped policy
    sha256: str  # of the bytes that were read
    shipped: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """A named, versioned file of rules, together with those of the policies that it builds on."""

    name: str
    version: str
    title: str
    description: str = ""
    parameters: tuple[Parameter, ...] = ()
    rules: tuple[Rule, ...]
    path: str  # as the user knows it; the name of the file for a shipped policy
    sha256: str  # of the bytes that were read
    shipped: bool = False
    extends: tuple[PolicyFile, ...] = ()  # all that it builds on, the nearest first

    @property
    def files(self) -> tuple[PolicyFile, ...]:
        """The file of the policy itself, and those that it builds on."""
        own = PolicyFile(name=self.name, version=self.version, path=self.path, sha256=self.sha256, shipped=self.shipped)
        return (own, *self.extends)
