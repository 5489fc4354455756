"""What is known of a run before its facts are: the servers, and whose the files are; then the facts, one by one."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from checker.acquire.assignment import Placed
from checker.acquire.copies import Description
from checker.acquire.fact_set import build_fact_set, superseded_paths
from checker.acquire.first_look import BUDGET, Look, Looks, first_look, look_again
from checker.acquire.paths import Inputs, find_inputs
from checker.acquire.plan import Plan
from checker.acquire.planning import Planned, plan_by_inventory, plan_by_name
from checker.acquire.portable_names import portable_inventory, portable_names
from checker.acquire.source_files import list_sources
from checker.model.catalogue import CATALOGUE
from checker.model.facts import Fact, FactSet, Known, Reason, Source, SourceFile, SourceFormat, Unknown
from checker.model.inventory import Inventory
from checker.model.location import Location
from checker.model.result import Diagnostic, NotUnderstood, Population
from checker.model.support import SupportTable


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What the outside lends to an acquisition."""

    folder: Path  # the working directory
    facts_folder: Path | None = None  # where the names of files begin, if that is not the working directory
    stdin: Callable[[], BinaryIO]
    now: datetime
    support: SupportTable


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """
    The servers of a run, and their facts one server at a time.

    All but the facts is known beforehand. What turns out while `fact_sets` runs is added to the diagnostics, so they
    are complete when it is done.
    """

    population: Population
    files_not_understood: tuple[NotUnderstood, ...]
    portable: dict[str, str]  # the name of each file that may leave this machine, by its path as the user knows it
    tenants: Mapping[str, str]  # the tenant of each server; empty where nobody knows it
    plans: tuple[Plan, ...]  # by the name of the server
    now: datetime
    support: SupportTable
    known_diagnostics: tuple[Diagnostic, ...]
    _changed: dict[str, Diagnostic] = field(default_factory=dict)

    @property
    def servers(self) -> tuple[str, ...]:
        """The servers of the matrix, by name."""
        return tuple(plan.server for plan in self.plans)

    def tenant_of(self, server: str) -> str:
        """Name the tenant of *server*; empty where nobody knows it."""
        return self.tenants.get(server, "")

    @property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """What is to be said of the run; complete once all facts were given."""
        return (*self.known_diagnostics, *(self._changed[path] for path in sorted(self._changed)))

    def fact_sets(self, servers: Container[str] | None = None) -> Iterator[FactSet]:
        """
        Give the facts of each server, or of those in *servers*, by name, and keep none of them.

        A file that was not kept is read again. If it holds something else than before, the facts of its server are
        unknown, and a diagnostic says that the run is incomplete.
        """
        for plan in self.plans:
            if servers is None or plan.server in servers:
                yield self._facts(plan)

    def _facts(self, plan: Plan) -> FactSet:
        sources = (*self._sources(plan), *_declaring(plan))
        if plan.trouble is not None:
            return FactSet(server=plan.server, facts=_without(plan), sources=sources)
        counted = {id(look) for look in plan.told.counted}
        placed: list[Placed] = []
        for part in plan.parts:
            if id(part.look) not in counted:
                continue
            reading = look_again(part.look)
            if reading is None:
                return FactSet(server=plan.server, facts=self._of_a_changed_file(part.look), sources=sources)
            placed.append(Placed(reading=reading, assignment=part.assignment))
        declared = plan.expected.facts if plan.expected else {}
        facts = build_fact_set(plan.server, placed, now=self.now, support=self.support, declared=declared)
        return replace(facts, sources=sources)

    def _of_a_changed_file(self, look: Look) -> dict[str, Fact]:
        path = look.reading.path
        place = Location(path, look.reading.span.line if look.reading.span else 1)
        detail = f"'{path}' was changed during the run: read again, it held something else than before."
        self._changed[path] = Diagnostic(f"{detail} Run again.", place, incomplete=True)
        return dict.fromkeys(CATALOGUE, Unknown(Reason.CONFLICTING, detail, (Source(look.reading.format, place),)))

    def _sources(self, plan: Plan) -> list[SourceFile]:
        counted = {id(look) for look in plan.told.counted}
        placed = [part.placed for part in plan.parts if id(part.look) in counted]
        listed = [*list_sources(placed, superseded_paths([one.reading for one in placed]))]
        return listed + [_copy(one) for one in plan.told.copies]


def survey(
    named: Sequence[str],
    *,
    server: str | None,
    surroundings: Surroundings,
    inventory: Inventory | None = None,
    budget: int = BUDGET,
) -> Survey:
    """
    Look at the files and folders *named*, and tell the servers apart; *server* owns what names none.

    With an *inventory* the servers are those that it expects, and are called as it calls them. At most *budget* bytes
    of sources are kept; what is beyond is read again, server by server, when the facts are asked for.

    Raises:
        UsageError: a path does not exist.
    """
    inputs = find_inputs(named, folder=surroundings.facts_folder or surroundings.folder, stdin=surroundings.stdin)
    found = first_look(inputs.files, budget)
    planned = (
        plan_by_name(found.looks, server) if inventory is None else plan_by_inventory(found.looks, server, inventory)
    )
    portable = portable_names(inputs, found.looks, planned.owners, planned.only, surroundings.folder)
    if inventory is not None:
        portable[inventory.path] = portable_inventory(inventory.path, surroundings.folder)
    strange = [NotUnderstood(one.path, one.why) for one in inputs.skipped]
    return Survey(
        population=planned.population,
        files_not_understood=tuple(sorted([*strange, *found.strange], key=lambda one: one.path)),
        portable=portable,
        tenants=planned.tenants,
        plans=planned.plans,
        now=surroundings.now,
        support=surroundings.support,
        known_diagnostics=tuple(_diagnostics(inputs, found, planned)),
    )


def _diagnostics(inputs: Inputs, found: Looks, planned: Planned) -> list[Diagnostic]:
    told = [
        Diagnostic(f"'{one.path}' cannot be read. {one.why}", Location(one.path), incomplete=True)
        for one in (*inputs.refused, *found.refused)
    ]
    told += _ambiguous(planned.ambiguous)
    told += planned.diagnostics
    told += _unverified(found.looks)
    if not found.looks:
        told.append(Diagnostic("None of the files holds facts.", incomplete=True))
    return told


def _unverified(looks: Sequence[Look]) -> list[Diagnostic]:
    """Mark a run whose facts may come from anybody who answered in the place of a server."""
    open_ = sorted(
        look.reading.path
        for look in looks
        if look.reading.collection is not None and look.reading.collection.tls_verified is False
    )
    if not open_:
        return []
    files = ", ".join(f"'{path}'" for path in open_)
    sentence = (
        "TRANSPORT NOT VERIFIED: these facts were collected without looking at the servers' certificates, so that "
        f"anybody on the way may have answered: {files}."
    )
    return [Diagnostic(sentence, Location(open_[0]))]


def _ambiguous(ambiguous: Mapping[str, str]) -> list[Diagnostic]:
    """Tell the files that belong to no server for sure, one sentence for each folder and reason."""
    by_place: dict[tuple[str, str], list[str]] = {}
    for path, why in sorted(ambiguous.items()):
        by_place.setdefault((path.rpartition("/")[0], why), []).append(path)
    return [
        Diagnostic(
            f"'{paths[0]}'{f' (and {len(paths) - 1} more files beside it)' if len(paths) > 1 else ''}: {why}",
            Location(paths[0]),
            incomplete=True,
        )
        for (_, why), paths in by_place.items()
    ]


def _declaring(plan: Plan) -> Sequence[SourceFile]:
    """List the inventory as one more source, where it declares facts."""
    if plan.expected is None or not plan.expected.facts:
        return ()
    return (SourceFile(format=SourceFormat.INVENTORY, path=plan.inventory, assignment="declared"),)


def _without(plan: Plan) -> dict[str, Fact]:
    """Make every fact unknown; of a server of which there is nothing, what is declared is still known."""
    assert plan.trouble is not None  # noqa: S101 - asked before
    declared: Mapping[str, Known] = {}
    if plan.trouble.reason is Reason.NO_DATA and plan.expected is not None:
        declared = plan.expected.facts
    return {**dict.fromkeys(CATALOGUE, plan.trouble), **declared}


def _copy(copied: Description) -> SourceFile:
    dates = [look.reading.date for look in copied.looks if look.reading.date is not None]
    return SourceFile(
        format=copied.format, path=copied.place, assignment="copy, counted once", date=min(dates, default=None),
        files=len(copied.looks), superseded=True,
    )  # fmt: skip
