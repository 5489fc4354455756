"""
What the cmdlets of a running server answered, as facts.

Several cmdlets show one setting: the scheduler's stand in the global settings as well. On a running server each fact
is told by one cmdlet alone, the one that is made for it; what is unknown there is unknown.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from checker.acquire.cmdlet_connectors import read_connectors
from checker.acquire.cmdlet_facts import auto_upgrade_facts, global_settings_facts, scheduler_facts
from checker.acquire.cmdlet_objects import CmdletValue, NotToldError
from checker.acquire.cmdlet_rules import rule_piece
from checker.acquire.reading import ConnectorName
from checker.acquire.sync_rule import RulePiece
from checker.model.catalogue import CATALOGUE, facts_in
from checker.model.facts import Absent, Fact, Known, Reason, Source, SourceFormat, Unknown

RULES, CONNECTORS, SETTINGS = "Get-ADSyncRule", "Get-ADSyncConnector", "Get-ADSyncGlobalSettings"
SCHEDULER, AUTO_UPGRADE = "Get-ADSyncScheduler", "Get-ADSyncAutoUpgrade"
CMDLETS = (SCHEDULER, RULES, CONNECTORS, SETTINGS, AUTO_UPGRADE)


def _first_named(name: str) -> str:
    """Give the cmdlet that the catalogue names first for the fact *name*; empty where it is none of them."""
    where = CATALOGUE[name].sources.get(SourceFormat.CMDLET, "")
    return next((cmdlet for cmdlet in CMDLETS if where.startswith(f"`{cmdlet}")), "")


FACTS_OF_CMDLET: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        cmdlet: tuple(name for name in facts_in(SourceFormat.CMDLET) if _first_named(name) == cmdlet)
        for cmdlet in CMDLETS
    }
)
"""Which facts each cmdlet tells."""

_STATE, _SUSPENSION = "product.auto_upgrade_state", "product.auto_upgrade_suspension_reason"

Answer = Sequence[CmdletValue] | Unknown
"""What a cmdlet gave, or why it gave nothing that counts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What the answers say together."""

    facts: Mapping[str, Fact]
    rules: RulePiece | None = None
    connectors: tuple[ConnectorName, ...] = ()


def told_by_cmdlets(file: str, answers: Mapping[str, Answer]) -> Told:
    """Read *answers*, by the names of the cmdlets; places in them are places in *file*."""
    facts: dict[str, Fact] = {}
    rules: RulePiece | None = None
    connectors: tuple[ConnectorName, ...] = ()
    for cmdlet, answer in answers.items():
        if cmdlet == RULES:
            rules = RulePiece(set=file, problem=answer) if isinstance(answer, Unknown) else rule_piece(file, answer)
            continue
        told: Mapping[str, Fact]
        if isinstance(answer, Unknown):
            told = dict.fromkeys(FACTS_OF_CMDLET[cmdlet], answer)
        elif cmdlet == CONNECTORS:
            found = read_connectors(file, answer)
            told, connectors = found.facts, found.names
        else:
            told = _facts(file, cmdlet, answer)
        missing = _nothing(cmdlet)
        facts |= {name: told.get(name, missing) for name in FACTS_OF_CMDLET[cmdlet]}
    state, why = facts.get(_STATE), facts.get(_SUSPENSION)
    if isinstance(state, Known) and state.value == "Suspended" and isinstance(why, Absent):
        # NOTE: a property that was lost looks like one that is empty, and a suspension always has its reason.
        facts[_SUSPENSION] = _nothing(AUTO_UPGRADE)
    return Told(facts=facts, rules=rules, connectors=connectors)


_READERS: Mapping[str, Callable[[str, Sequence[CmdletValue]], Mapping[str, Fact]]] = {
    SCHEDULER: scheduler_facts,
    SETTINGS: global_settings_facts,
    AUTO_UPGRADE: auto_upgrade_facts,
}


def _facts(file: str, cmdlet: str, values: Sequence[CmdletValue]) -> Mapping[str, Fact]:
    if not values:
        return {}
    try:
        return _READERS[cmdlet](file, values)
    except NotToldError as error:
        return dict.fromkeys(FACTS_OF_CMDLET[cmdlet], error.unknown(file, cmdlet))


def _nothing(cmdlet: str) -> Unknown:
    """Say that an answer does not hold what it should; that is never taken for an absence."""
    return Unknown(Reason.NO_DATA, f"{cmdlet} was asked, and its answer does not say.", (_source(cmdlet),))


def _source(cmdlet: str) -> Source:
    return Source(SourceFormat.LIVE, None, cmdlet)
