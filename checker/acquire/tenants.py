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
        id_ = identifier(declared)
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """The tenants of a run, by what an inventory declares."""

    tenants: dict[str, str]  # by server; `UNKNOWN` where it cannot be told for sure
    doubtful: tuple[str, ...]  # servers declared by an identifier that may be that of a tenant declared by its domain
    disputed: tuple[
        str, ...
    ]  # servers whose files bring tenants together, or tell them apart, against what is declared


def declared_tenants(declared: Mapping[str, str], hints: Mapping[str, TenantHints]) -> Declared:
    """
    Name the tenant of each server by what is *declared* of it, and the servers whose tenant cannot be told for sure.

    A tenant may be declared by its identifier here and by its domain there: what files tell brings the two together.
    Where nothing does, they may be one, and those that are declared by an identifier are in doubt. Where files of
    several servers contradict each other, by two identifiers of one domain or two domains of one identifier, nobody
    knows how many tenants there are.
    """
    disputed = _disputed(declared, hints)
    shown: dict[str, str] = {}
    for tenant in sorted(filter(None, declared.values()), reverse=True):
        shown[tenant.casefold()] = tenant
    domains = {key for key in shown if not identifier(key)}
    same: dict[str, set[str]] = defaultdict(set)
    linked: set[str] = set()
    for server, tenant in declared.items():
        told = hints.get(server, TenantHints())
        if identifier(tenant):
            same[identifier(tenant)] |= told.domains
        elif tenant and told.ids:
            linked.add(tenant.casefold())
            for id_ in told.ids:
                same[id_].add(tenant.casefold())
    apart = domains - linked - {domain for told in same.values() for domain in told}
    tenants: dict[str, str] = {}
    doubtful: list[str] = []
    for server, tenant in declared.items():
        id_ = identifier(tenant)
        names = same[id_] & domains if id_ else set()
        if server in disputed:
            tenants[server] = UNKNOWN
        elif len(names) == 1:
            tenants[server] = shown[next(iter(names))]
        elif id_ and (names or (apart and not same[id_])):
            tenants[server] = UNKNOWN
            doubtful.append(server)
        else:
            tenants[server] = shown[tenant.casefold()] if tenant else UNKNOWN
    return Declared(tenants=tenants, doubtful=tuple(sorted(doubtful)), disputed=tuple(sorted(disputed)))


def _disputed(declared: Mapping[str, str], hints: Mapping[str, TenantHints]) -> frozenset[str]:
    """Name the servers of tenants of which the files tell two identifiers, or two domains for one identifier."""
    names = {server: _names(tenant, hints.get(server, TenantHints())) for server, tenant in declared.items() if tenant}
    ids_of: dict[str, set[str]] = defaultdict(set)
    domains_of: dict[str, set[str]] = defaultdict(set)
    vouched: dict[str, bool] = defaultdict(lambda: True)  # whether all who speak of an identifier also tell it
    for server, (ids, domains) in names.items():
        for domain in domains:
            ids_of[domain] |= ids
        for id_ in ids:
            domains_of[id_] |= domains
            vouched[id_] &= id_ == identifier(declared[server]) and id_ in hints.get(server, TenantHints()).ids
    # NOTE: a tenant can have been given another initial domain: who is declared by the identifier and tells it is sure.
    wrong = {one for one, domains in domains_of.items() if len(domains) > 1 and not vouched[one]}
    wrong |= {one for one, ids in ids_of.items() if len(ids) > 1}
    found: set[str] = set()
    while more := {one for one, (ids, domains) in names.items() if one not in found and (ids | domains) & wrong}:
        found |= more
        wrong |= {name for one in more for both in names[one] for name in both}
    return frozenset(found)


def _names(tenant: str, told: TenantHints) -> tuple[frozenset[str], frozenset[str]]:
    """Give the identifiers and the domains of one server: what is declared, and what its files tell beside."""
    id_ = identifier(tenant)
    return told.ids | ({id_} if id_ else set()), told.domains | (set() if id_ else {tenant.casefold()})


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


def identifier(text: str) -> str:
    """Give the identifier that *text* is, in one spelling; empty where it is none."""
    try:
        return guid(text.strip())
    except ValueError:
        return ""


def _id_of(fact: Fact) -> str:
    return identifier(_text(fact)) or _text(fact).casefold()


def _domain_of_account(fact: Fact) -> str:
    return _text(fact).rpartition("@")[2].casefold() if "@" in _text(fact) else ""


def _domain_of_name(fact: Fact) -> str:
    text = _text(fact)
    domain = text.removesuffix(CONNECTOR_SUFFIX).casefold()
    return domain if text.endswith(CONNECTOR_SUFFIX) and " " not in domain else ""
