"""Which servers a run has, and which files count for each: without an inventory, and with one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from checker.acquire.assignment import Assignment, ReadingKey, assign, key_of
from checker.acquire.copies import Told, count_once
from checker.acquire.fact_set import superseded_paths
from checker.acquire.first_look import Look
from checker.acquire.plan import Part, Plan
from checker.acquire.population import (
    declared_id,
    is_stranger,
    look_alikes,
    match,
    misnamed,
    of_other_tenants,
    owner_named,
    shown,
)
from checker.acquire.tenants import TenantHints, agreed_hints, declared_tenants, told_tenants
from checker.model.facts import Reason, Unknown
from checker.model.inventory import ExpectedServer, Inventory
from checker.model.location import Location
from checker.model.result import Diagnostic, Population


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """The servers of a run, and what is to be said of them."""

    plans: tuple[Plan, ...]  # by the name of the server
    population: Population
    tenants: Mapping[str, str]
    ambiguous: Mapping[str, str]  # why a file is no server's, by its path
    owners: Mapping[str, str]  # the server of each file, by its path
    only: str  # what the server of any other file is called outside
    diagnostics: tuple[Diagnostic, ...] = field(default=())


def plan_by_name(looks: Sequence[Look], server: str | None) -> Planned:
    """Take the servers that the files name for all that there are."""
    assignment = assign([(look.file, look.reading) for look in looks], server=server)
    by_key = _by_key(looks)
    received = tuple(assignment.servers)
    missing = _not_received(server, received)
    plans = [_plan(name, _parts(assignment, by_key, name)) for name in received]
    plans += [Plan(server=name, trouble=_no_data(name)) for name in missing]
    return Planned(
        plans=tuple(sorted(plans, key=lambda plan: plan.server)),
        population=Population(expected=tuple(sorted([*received, *missing])), received=received, missing=missing),
        tenants=told_tenants({plan.server: _hints(plan) for plan in plans}),
        ambiguous=assignment.ambiguous,
        owners=_owners(assignment),
        only=received[0] if len(received) == 1 else "unknown",
        diagnostics=tuple(_missing_one(name) for name in missing),
    )


def plan_by_inventory(looks: Sequence[Look], server: str | None, inventory: Inventory) -> Planned:
    """Hold what was found against the servers that *inventory* expects."""
    matched = match(looks, inventory)
    word = owner_named(server, inventory) if server else None
    assignment = assign([(look.file, look.reading) for look in looks], server=word, owners=matched.owners)
    by_key = _by_key(looks)
    troubles = {
        **of_other_tenants(assignment.servers, by_key, inventory),
        **misnamed(assignment.servers, by_key, inventory),
        **matched.troubles,
    }
    plans = [
        _expected(one, _parts(assignment, by_key, one.name), troubles.get(one.name), inventory)
        for one in inventory.servers
    ]
    strangers = [name for name in assignment.servers if is_stranger(name)]
    missing = tuple(plan.server for plan in plans if _is_missing(plan))
    declared = {one.name: one.tenant for one in inventory.servers}
    told = declared_tenants(declared, {plan.server: _all_hints(plan) for plan in plans if plan.trouble is None})
    diagnostics = [_unexpected(name, assignment, inventory) for name in strangers]
    diagnostics += [_missing_one(shown(word))] if word and is_stranger(word) and word not in strangers else []
    diagnostics += [_troubled(plan) for plan in plans if plan.trouble is not None and not _is_missing(plan)]
    for sentence, servers in ((_DOUBTFUL, told.doubtful), (_DISPUTED, told.disputed)):
        if servers:
            diagnostics.append(Diagnostic(sentence.format(", ".join(f"'{name}'" for name in servers))))
    return Planned(
        plans=tuple(sorted(plans, key=lambda plan: plan.server)),
        population=Population(
            expected=tuple(sorted(declared)),
            received=tuple(sorted(set(declared) - set(missing))),
            missing=tuple(sorted(missing)),
            unexpected=tuple(sorted({shown(name) for name in strangers})),
            inventory=True,
        ),
        tenants=told.tenants,
        ambiguous=assignment.ambiguous,
        owners={path: shown(owner) for path, owner in _owners(assignment).items()},
        only="unknown",
        diagnostics=tuple(diagnostics),
    )


_DOUBTFUL = (
    "The tenant of some servers is declared by its identifier ({}) and that of others by its domain, and nothing "
    "tells whether they are one; declare all by the domain."
)


_DISPUTED = (
    "The files of some servers ({}) tell that tenants are one which are declared as several, or the other way round; "
    "declare the tenant of each as it is, and look whose the files are."
)


def _plan(name: str, parts: Sequence[Part]) -> Plan:
    return Plan(server=name, parts=tuple(parts), told=Told(counted=tuple(part.look for part in parts)))


def _expected(server: ExpectedServer, parts: Sequence[Part], trouble: Unknown | None, inventory: Inventory) -> Plan:
    told = count_once(server.name, [part.look for part in parts])
    if not parts and trouble is None:
        trouble = _no_data(server.name)
    return Plan(
        server=server.name, parts=tuple(parts), told=told, trouble=trouble or told.duplicate, expected=server,
        inventory=inventory.path,
    )  # fmt: skip


def _is_missing(plan: Plan) -> bool:
    return plan.trouble is not None and plan.trouble.reason is Reason.NO_DATA


def _no_data(server: str) -> Unknown:
    return Unknown(Reason.NO_DATA, f"No file belongs to the server '{server}'.")


def _missing_one(server: str) -> Diagnostic:
    return Diagnostic(f"No file belongs to the server '{server}' that --server names.", incomplete=True)


def _not_received(server: str | None, received: Sequence[str]) -> tuple[str, ...]:
    if server is None or server.casefold() in {name.casefold() for name in received}:
        return ()
    short = {name.casefold().partition(".")[0] for name in received}
    return () if server.casefold() in short else (server,)


def _unexpected(owner: str, assignment: Assignment, inventory: Inventory) -> Diagnostic:
    path = min(one.reading.path for one in assignment.servers[owner])
    alike = look_alikes(shown(owner), inventory)
    hint = (
        f" It is not '{alike[0]}': its tenant is another, or its name is written with other letters." if alike else ""
    )
    return Diagnostic(
        f"There are facts of the server '{shown(owner)}', in '{path}', and the inventory '{inventory.name}' does not "
        f"expect it; add it there, or leave its files out.{hint}",
        Location(path),
        incomplete=True,
    )


def _troubled(plan: Plan) -> Diagnostic:
    assert plan.trouble is not None  # noqa: S101 - asked before
    places = [source.location for source in plan.trouble.sources if source.location]
    detail = plan.told.places if plan.trouble is plan.told.duplicate else plan.trouble.detail
    return Diagnostic(f"No fact of '{plan.server}' counts: {detail}", min(places, default=None), incomplete=True)


def _by_key(looks: Sequence[Look]) -> dict[ReadingKey, Look]:
    return {key_of(look.reading): look for look in looks}


def _parts(assignment: Assignment, looks: Mapping[ReadingKey, Look], server: str) -> list[Part]:
    placed = assignment.servers.get(server, ())
    return [Part(look=looks[key_of(one.reading)], assignment=one.assignment) for one in placed]


def _owners(assignment: Assignment) -> dict[str, str]:
    return {placed.reading.path: name for name, all_ in assignment.servers.items() for placed in all_}


def _all_hints(plan: Plan) -> TenantHints:
    """Give what the files of *plan* tell of their tenant, and the identifier that is declared beside its name."""
    declared = declared_id(plan.expected) if plan.expected else ""
    told = _hints(plan)
    return replace(told, ids=told.ids | {declared}) if declared else told


def _hints(plan: Plan) -> TenantHints:
    readings = [look.reading for look in plan.told.counted]
    superseded = superseded_paths(readings)
    return agreed_hints(one for one in readings if one.path not in superseded)
