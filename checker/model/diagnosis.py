"""What a doctor found out about servers: step by step what works, and what their rules would lack."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class State(Enum):
    """What became of a step; only `ok` and `warning` mean that what comes after it could be tried."""

    OK = "ok"
    WARNING = "warning"  # it works, or nobody can tell; a person should know
    FAILED = "failed"
    SKIPPED = "skipped"  # not tried, because of a step before, or of another server


@dataclass(frozen=True, slots=True)
class Step:
    """One step on the way to the facts of a server."""

    name: str
    state: State
    sentence: str  # what is, and unless all is well what to do; not yet encoded for any sink
    cause: str = ""  # the part of it that the facts give as their reason, too


@dataclass(frozen=True, slots=True)
class RuleError:
    """A rule that could not be evaluated."""

    rule: str  # its id
    title: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnosis:
    """One server."""

    server: str  # as the inventory calls it
    steps: tuple[Step, ...]
    errors: tuple[RuleError, ...] = ()  # by the id of the rule

    @property
    def sound(self) -> bool:
        """Whether every step was taken, none failed, and every rule has an answer."""
        return not self.errors and all(step.state in (State.OK, State.WARNING) for step in self.steps)


@dataclass(frozen=True, slots=True)
class TenantErrors:
    """The fleet rules that could not be evaluated for one tenant."""

    tenant: str
    errors: tuple[RuleError, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Examination:
    """Everything that one run of the doctor found out."""

    diagnoses: tuple[Diagnosis, ...]  # by the name of the server
    policies: tuple[str, ...] = ()  # names; without any, no rule was looked at
    tenants: tuple[TenantErrors, ...] = ()
    notes: tuple[str, ...] = ()  # about the run as a whole
    incomplete: bool = False  # something besides the servers kept the run from being whole

    @property
    def sound(self) -> bool:
        """Whether nothing is to be done."""
        return not self.incomplete and not self.tenants and all(one.sound for one in self.diagnoses)
