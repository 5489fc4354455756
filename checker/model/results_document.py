"""Results of an earlier run, read back from the document that `check -o json` writes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from checker.model.policy import Remediation, Severity
from checker.model.result import Outcome, Selection
from checker.model.values import Record

Observed = int | bool | str | tuple[Record, ...] | None
"""A value as the document has it: versions, durations and times are text there; none where nothing was known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PastPolicy:
    """A policy of the earlier run."""

    name: str
    version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PastRule:
    """A rule of the earlier run."""

    id: str
    title: str
    severity: Severity
    fact: str
    policy: str
    remediation: Remediation = field(default_factory=Remediation)
    disabled: str = ""  # why it was off; empty where it was on


@dataclass(frozen=True, slots=True, kw_only=True)
class PastServer:
    """A server of the earlier run."""

    name: str
    computer_name: str = ""  # where the document says it apart from the name


@dataclass(frozen=True, slots=True, kw_only=True)
class PastFinding:
    """A finding of the earlier run."""

    server: str  # empty for a rule over all servers of a tenant
    tenant: str = ""  # only for such a rule
    rule: str
    outcome: Outcome
    reason: str = ""
    message: str
    fact: str
    observed: Observed = None
    expected: str
    broken: tuple[Record, ...] = ()  # of a failing list: the entries that do not meet the expectation
    place: str = ""  # where the fact stands, as `file:line:column`
    waived: bool = False
    waiver: str = ""  # until when and by whom, as far as the document says it


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultsDocument:
    """Everything of an earlier run that a later step builds on."""

    path: str  # as the user knows it
    sha256: str  # of the bytes that were read
    run_id: str
    started: str  # RFC 3339
    fail_on: Severity
    complete: bool
    selection: Selection = field(default_factory=Selection)
    policies: tuple[PastPolicy, ...]
    servers: tuple[PastServer, ...]
    rules: tuple[PastRule, ...]  # by id
    findings: tuple[PastFinding, ...]
    expected: tuple[str, ...]  # the servers that should have been there, whether they were asked for or not
    missing: tuple[str, ...] = ()

    errors: int = field(init=False, compare=False)  # how many findings are errors
    _rules: Mapping[str, PastRule] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Keep the rules by id, and what every text about these results says of them."""
        object.__setattr__(self, "errors", sum(one.outcome is Outcome.ERROR for one in self.findings))
        object.__setattr__(self, "_rules", MappingProxyType({rule.id: rule for rule in self.rules}))

    def rule(self, id_: str) -> PastRule:
        """Give the rule *id_*, which has a finding or stands in `rules`."""
        return self._rules[id_]
