"""Which tenant a server is of: as it is declared, or as its files tell."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum

from checker.acquire.guid import guid
from checker.acquire.merge import merge
from checker.acquire.reading import Reading
from checker.model.facts import Fact, Known

CONNECTOR_SUFFIX = " - AAD"
"""How the name of the Entra connector ends, after the initial domain of the tenant."""

UNKNOWN = ""
"""The tenant of a server of which nobody knows it; it may be any."""


class Agreement(Enum):
    """How what files tell of their tenant stands to the tenant that is declared."""

    AGREES = "agrees"
    POSSIBLE = "possible"  # nothing speaks for it or against it
    CONTRADICTS = "contradicts"


@dataclass(frozen=True, slots=True)
class TenantHints:
    """What files tell of their tenant: its identifiers, and its initial domains."""

    ids: frozenset[str] = frozenset()
    domains: frozenset[str] = frozenset()

    def agreement(self, declared: str) -> Agreement:
        """Say whether these can be files of the tenant that is *declared* by its identifier or its domain."""
        id_ = _id(declared)
        told = self.ids if id_ else self.domains
        if not declared or not told:
            return Agreement.POSSIBLE
        return Agreement.AGREES if told == {id_ or declared.casefold()} else Agreement.CONTRADICTS


def hints_of(readings: Iterable[Reading]) -> TenantHints:
    """Gather all that *readings* tell of their tenant, also where they disagree."""
    everything = list(readings)
    accounts = (_domain_of_account(fact) for fact in _told(everything, "tenant.connector_account"))
    names = (_domain_of_name(fact) for fact in _told(everything, "tenant.connector_name"))
    ids = (_id_of(fact) for fact in _told(everything, "tenant.id"))
    return TenantHints(frozenset(filter(None, ids)), frozenset(filter(None, [*accounts, *names])))


def agreed_hints(readings: Iterable[Reading]) -> TenantHints:
    """Give what *readings* tell of their tenant where they agree."""
    everything = list(readings)
    id_, account, name = (
        merge(_told(everything, fact)) for fact in ("tenant.id", "tenant.connector_account", "tenant.connector_name")
    )
    ids = {found for fact in (id_,) if fact and (found := _id_of(fact))}
    domains = {
        found
        for fact, read in ((account, _domain_of_account), (name, _domain_of_name))
        if fact and (found := read(fact))
    }
    return TenantHints(frozenset(ids), frozenset(domains) if len(domains) == 1 else frozenset())


def declared_tenants(
    declared: Mapping[str, str], hints: Mapping[str, TenantHints]
) -> tuple[dict[str, str], tuple[str, ...]]:
    """
    Name the tenant of each server by what is *declared* of it, and the servers whose tenant cannot be told for sure.

    A tenant may be declared by its identifier here and by its domain there: what files tell brings the two together.
    Where nothing does, they may be one, and those that are declared by an identifier are in doubt.
    """
    shown: dict[str, str] = {}
    for tenant in sorted(filter(None, declared.values()), reverse=True):
        shown[tenant.casefold()] = tenant
    domains = {key for key in shown if not _id(key)}
    same: dict[str, set[str]] = defaultdict(set)
    linked: set[str] = set()
    for server, tenant in declared.items():
        told = hints.get(server, TenantHints())
        if _id(tenant):
            same[_id(tenant)] |= told.domains
        elif tenant and told.ids:
            linked.add(tenant.casefold())
            for id_ in told.ids:
                same[id_].add(tenant.casefold())
    apart = domains - linked - {domain for told in same.values() for domain in told}
    tenants: dict[str, str] = {}
    doubtful: list[str] = []
    for server, tenant in declared.items():
        id_ = _id(tenant)
        names = same[id_] & domains if id_ else set()
        if len(names) == 1:
            tenants[server] = shown[next(iter(names))]
        elif id_ and (names or (apart and not same[id_])):
            tenants[server] = UNKNOWN
            doubtful.append(server)
        else:
            tenants[server] = shown[tenant.casefold()] if tenant else UNKNOWN
    return tenants, tuple(sorted(doubtful))


def told_tenants(hints: Mapping[str, TenantHints]) -> dict[str, str]:
    """
    Name the tenant of each server by what its files tell: the identifier, else the domain, else nothing.

    A server that tells both says which domain an identifier has. Where one tells only an identifier and another only a
    domain, they may be of one tenant: then the first is in doubt, as are identifiers that claim one domain.
    """
    ids_of: dict[str, set[str]] = defaultdict(set)
    for told in hints.values():
        for domain in told.domains:
            ids_of[domain] |= told.ids
    with_domain = {id_ for ids in ids_of.values() for id_ in ids}
    disputed = {id_ for ids in ids_of.values() if len(ids) > 1 for id_ in ids}
    only_a_domain = any(not ids for ids in ids_of.values())
    tenants: dict[str, str] = {}
    for server, told in hints.items():
        ids = told.ids or {id_ for domain in told.domains for id_ in ids_of[domain]}
        id_ = next(iter(ids)) if len(ids) == 1 else UNKNOWN
        in_doubt = id_ in disputed or (id_ not in with_domain and only_a_domain)
        if ids:
            tenants[server] = UNKNOWN if in_doubt else id_
        else:
            tenants[server] = next(iter(told.domains), UNKNOWN)
    return tenants


def _told(readings: Iterable[Reading], name: str) -> list[Fact]:
    return [one.facts[name] for one in readings if name in one.facts]


def _text(fact: Fact) -> str:
    return fact.value.strip() if isinstance(fact, Known) and isinstance(fact.value, str) else ""


def _id(text: str) -> str:
    try:
        return guid(text.strip())
    except ValueError:
        return ""


def _id_of(fact: Fact) -> str:
    return _id(_text(fact)) or _text(fact).casefold()


def _domain_of_account(fact: Fact) -> str:
    return _text(fact).rpartition("@")[2].casefold() if "@" in _text(fact) else ""


def _domain_of_name(fact: Fact) -> str:
    text = _text(fact)
    domain = text.removesuffix(CONNECTOR_SUFFIX).casefold()
    return domain if text.endswith(CONNECTOR_SUFFIX) and " " not in domain else ""
