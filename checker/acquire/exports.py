"""From what `--facts` names to the facts of all servers at once, for callers with few of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from checker.acquire.survey import Surroundings, survey
from checker.model.facts import FactSet
from checker.model.inventory import Inventory
from checker.model.result import Diagnostic, NotUnderstood, Population

__all__ = ["Acquired", "Surroundings", "acquire"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Acquired:
    """What was read of all servers, and what was not."""

    fact_sets: tuple[FactSet, ...]  # by the name of the server
    population: Population
    files_not_understood: tuple[NotUnderstood, ...]
    diagnostics: tuple[Diagnostic, ...]
    portable: dict[str, str]  # the name of each file that may leave this machine, by its path as the user knows it
    tenants: Mapping[str, str] = field(default_factory=dict)  # of each server; empty where nobody knows it


def acquire(
    named: Sequence[str], *, server: str | None, surroundings: Surroundings, inventory: Inventory | None = None
) -> Acquired:
    """
    Read the files and folders *named*, and give the facts of all servers at once, for callers with few of them.

    Raises:
        UsageError: a path does not exist.
    """
    found = survey(named, server=server, surroundings=surroundings, inventory=inventory)
    return Acquired(
        fact_sets=tuple(found.fact_sets()),
        population=found.population,
        files_not_understood=found.files_not_understood,
        diagnostics=found.diagnostics,
        portable=found.portable,
        tenants=found.tenants,
    )
