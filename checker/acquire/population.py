"""
Whose the facts are where an inventory says which servers there should be.

A file is of the expected server whose computer name it tells, and whose tenant, where both sides know one. How a
file or folder is called never makes it a server's; it only speaks against what the content says.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from unicodedata import normalize

from checker.acquire.assignment import Owners, Placed, ReadingKey, home_of, key_of, same_computer
from checker.acquire.first_look import Look
from checker.acquire.tenants import Agreement, TenantHints, hints_of, identifier
from checker.model.facts import Reason, Source, Unknown
from checker.model.inventory import ExpectedServer, Inventory
from checker.model.location import Location

_STRANGER = "\n"
"""What stands before the name of an unexpected server within this room, so that it is never taken for an expected one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Matched:
    """The readings that name a server, held against the inventory."""

    owners: Owners
    troubles: Mapping[str, Unknown] = field(default_factory=dict)  # why the facts of an expected server do not count


def computer_key(name: str) -> str:
    """Give what computer names are compared by: the first label, whatever its letter case."""
    return name.partition(".")[0].casefold()


def is_stranger(owner: str) -> bool:
    """Whether *owner* is a server that the inventory does not know."""
    return owner.startswith(_STRANGER)


def shown(owner: str) -> str:
    """Give the name of a server, expected or not, as reports show it."""
    return owner.removeprefix(_STRANGER)


def match(looks: Sequence[Look], inventory: Inventory) -> Matched:
    """Find the expected server of each reading that names a computer."""
    by_computer: dict[str, list[ExpectedServer]] = defaultdict(list)
    for server in inventory.servers:
        by_computer[computer_key(server.computer_name)].append(server)
    judged = [(look, _agreements(look, export, by_computer)) for look, export in _naming(looks)]
    settled = {
        server for _, agreements in judged for server, agreement in agreements.items() if agreement is Agreement.AGREES
    }
    known: dict[ReadingKey, str] = {}
    candidates: dict[ReadingKey, tuple[str, ...]] = {}
    strangers: list[Look] = []
    troubles: dict[str, Unknown] = {}
    by_name = {one.name: one for one in inventory.servers}
    for look, agreements in judged:
        agreeing = [name for name, one in agreements.items() if one is Agreement.AGREES]
        possible = agreeing or [name for name, one in agreements.items() if one is Agreement.POSSIBLE]
        if len(possible) == 1:
            known[key_of(look.reading)] = possible[0]
        elif possible:
            candidates[key_of(look.reading)] = tuple(sorted(possible))
        else:
            strangers.append(look)
            for name in agreements.keys() - settled:
                troubles.setdefault(name, _of_another_tenant(look, by_name[name]))
    names = same_computer([str(look.reading.computer) for look in strangers])
    known |= {key_of(look.reading): _STRANGER + names[str(look.reading.computer)] for look in strangers}
    labels = {owner: shown(owner) for owner in known.values()}
    expected = tuple(one.name for one in inventory.servers)
    return Matched(
        owners=Owners(known=known, candidates=candidates, expected=expected, shown=labels), troubles=troubles
    )


def owner_named(server: str, inventory: Inventory) -> str:
    """Give the server that the word of the command line means, which may be one that is not expected."""
    for one in inventory.servers:
        if server.casefold() == one.name.casefold():
            return one.name
    alike = [one.name for one in inventory.servers if computer_key(one.computer_name) == computer_key(server)]
    return alike[0] if len(alike) == 1 else _STRANGER + server


def misnamed(
    servers: Mapping[str, Sequence[Placed]], looks: Mapping[ReadingKey, Look], inventory: Inventory
) -> dict[str, Unknown]:
    """
    Say of which expected servers the facts do not count, because a place is called like one and holds another's.

    The nearest name counts: that of a file that stands alone, then those of the folders above it, up to the one that
    was named. Both are in doubt: the one that the place is called like, and the one that the content names.
    """
    alike: dict[str, set[str]] = defaultdict(set)
    for server in inventory.servers:
        for name in (server.name.casefold(), server.computer_name.casefold(), computer_key(server.computer_name)):
            alike[name].add(server.name)
    troubles: dict[str, Unknown] = {}
    for owner, placed in servers.items():
        for one in placed:
            look = looks[key_of(one.reading)]
            meant = next(filter(None, (_meant(name, alike) for name in _names_of_place(look))), frozenset[str]())
            if meant and owner not in meant:
                detail = (
                    f"'{one.reading.path}' lies where one would look for {_listed(meant)}, and is of "
                    f"'{shown(owner)}' ({one.assignment})."
                )
                unknown = Unknown(Reason.IDENTITY, detail, (_source(look),))
                for name in (*sorted(meant), *(() if is_stranger(owner) else (owner,))):
                    troubles.setdefault(name, unknown)
    return troubles


def of_other_tenants(
    servers: Mapping[str, Sequence[Placed]], looks: Mapping[ReadingKey, Look], inventory: Inventory
) -> dict[str, Unknown]:
    """Say of which expected servers the facts do not count, because a file tells another tenant than is declared."""
    troubles: dict[str, Unknown] = {}
    for server in inventory.servers:
        for one in servers.get(server.name, ()):
            if _agreement(hints_of([one.reading]), server) is Agreement.CONTRADICTS:
                look = looks[key_of(one.reading)]
                troubles.setdefault(server.name, _of_another_tenant(look, server))
    return troubles


def look_alikes(name: str, inventory: Inventory) -> tuple[str, ...]:
    """Name the expected servers that a person takes *name* for, written with other letters."""
    wanted = _plain(name)
    return tuple(one.name for one in inventory.servers if _plain(one.computer_name) == wanted)


def _plain(name: str) -> str:
    return computer_key(normalize("NFKC", name)).strip()


def _naming(looks: Sequence[Look]) -> Iterable[tuple[Look, Sequence[Look]]]:
    """Give each reading that names a computer, with all that speak for its tenant: the parts of one export together."""
    exports: dict[str, list[Look]] = defaultdict(list)
    for look in looks:
        if look.reading.group:
            exports[home_of(look.file, look.reading)].append(look)
    for look in looks:
        if look.reading.computer:
            yield look, exports[home_of(look.file, look.reading)] if look.reading.group else [look]


def _agreements(
    look: Look, export: Sequence[Look], by_computer: Mapping[str, Sequence[ExpectedServer]]
) -> dict[str, Agreement]:
    """Say of each expected server of this computer name whether the reading can be its own."""
    computer = str(look.reading.computer)
    hints = hints_of(one.reading for one in export)
    found: dict[str, Agreement] = {}
    for server in by_computer.get(computer_key(computer), ()):
        agreement = _agreement(hints, server)
        if agreement is Agreement.POSSIBLE and "." in computer and computer.casefold() == server.name.casefold():
            agreement = Agreement.AGREES
        found[server.name] = agreement
    return found


def declared_id(server: ExpectedServer) -> str:
    """Give the identifier of the tenant that is declared as a fact; empty where none is."""
    known = server.facts.get("tenant.id")
    return identifier(str(known.value)) if known else ""


def _agreement(hints: TenantHints, server: ExpectedServer) -> Agreement:
    """Hold *hints* against the tenant of *server*, and against its identifier where that is declared beside."""
    found = {hints.agreement(server.tenant), hints.agreement(declared_id(server))}
    return next(one for one in (Agreement.CONTRADICTS, Agreement.AGREES, Agreement.POSSIBLE) if one in found)


def _of_another_tenant(look: Look, server: ExpectedServer) -> Unknown:
    tenant = "' or '".join(filter(None, (server.tenant, declared_id(server))))
    named = f" names the computer '{look.reading.computer}' and" if look.reading.computer else ""
    detail = (
        f"'{look.reading.path}'{named} is of another tenant than '{tenant}', which the inventory declares for "
        f"'{server.name}'."
    )
    return Unknown(Reason.IDENTITY, detail, (_source(look),))


def _source(look: Look) -> Source:
    span = look.reading.span
    return Source(look.reading.format, Location(look.reading.path, span.line if span else 1))


def _names_of_place(look: Look) -> Iterable[str]:
    """Give how the place of a reading is called: the nearest first."""
    path = PurePosixPath(look.file.path)
    below = path.relative_to(look.file.root) if path.is_relative_to(look.file.root) else PurePosixPath(path.name)
    folders = [*below.parts[:-1]]
    if look.reading.group:
        home = PurePosixPath(home_of(look.file, look.reading))
        root = PurePosixPath(look.file.root)
        folders = [*home.relative_to(root).parts] if home.is_relative_to(root) else []
    else:
        yield path.stem
    yield from reversed(folders)
    yield PurePosixPath(look.file.root).name


def _meant(name: str, alike: Mapping[str, set[str]]) -> frozenset[str]:
    key = name.casefold()
    return frozenset(alike.get(key) or (alike.get(computer_key(name)) if computer_key(name) else None) or ())


def _listed(names: Iterable[str]) -> str:
    return " or ".join(f"'{name}'" for name in sorted(names))
