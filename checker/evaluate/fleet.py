"""Fleet rules over tenants: who belongs to which, and one finding for each rule and tenant."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from checker.evaluate.age import aged
from checker.evaluate.engine import bug, refuse_repeated, shorter, unevaluated
from checker.evaluate.fleet_rules import JudgeTenant, Peer, compile_fleet_rule
from checker.evaluate.judgement import Judgement
from checker.model.facts import FactSet, Reason
from checker.model.policy import Rule, Scope
from checker.model.result import UNKNOWN_TENANT, Finding, Outcome

_GUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass(frozen=True, slots=True)
class Member:
    """One server of the fleet, with no more than fleet rules need of it."""

    server: str
    tenant: str  # its name or identifier; empty where it is not known
    facts: FactSet  # see `reduced`
    left_out: bool = False  # it is expected, and the run was narrowed to others: nothing is known of it


def facts_for_fleet(rules: Iterable[Rule]) -> frozenset[str]:
    """Name the facts that fleet rules speak of: all that has to be kept of a server until every server was read."""
    return frozenset(name for rule in rules if rule.scope is Scope.FLEET and not rule.disabled for name in rule.facts)


def reduced(facts: FactSet, names: Collection[str]) -> FactSet:
    """Give the facts *names* of a server, so that all its other facts can be released."""
    return replace(facts, facts={name: fact for name, fact in facts.facts.items() if name in names})


def tenants_of(members: Iterable[Member]) -> tuple[str, ...]:
    """
    Name the tenants that fleet rules are judged for, `UNKNOWN_TENANT` last, if there is a server whose is not known.

    Names that differ in the case of letters only are one tenant. One of which all servers are left out is no part of
    the run.
    """
    asked = [member for member in members if not member.left_out]
    spellings: dict[str, str] = {}
    for name in sorted({member.tenant for member in asked}):
        spellings.setdefault(_folded(name), name)
    unknown = [UNKNOWN_TENANT] if "" in spellings else []
    return (*sorted(name for folded, name in spellings.items() if folded), *unknown)


def judge_fleet(
    rules: Iterable[Rule], members: Sequence[Member], *, now: datetime, max_age: timedelta | None = None
) -> tuple[Finding, ...]:
    """
    Judge every tenant by those of *rules* that speak of fleets; one finding for each, by tenant, then rule id.

    An exception within one cell, or when its rule was compiled, stays with it: that is an error, and the rest
    completes.

    Raises:
        ValueError: two rules have one id, or two members are of one server.
    """
    every = sorted((rule for rule in rules if rule.scope is Scope.FLEET), key=lambda rule: rule.id)
    refuse_repeated("rule", (rule.id for rule in every))
    refuse_repeated("server", (member.server for member in members))
    judges = [(rule, _compile(rule, now, shorter(rule.max_age, max_age))) for rule in every]
    fleet = _Fleet.of(members)
    return tuple(
        _judged(rule, judge, tenant, peers)
        for tenant, peers in ((tenant, fleet.peers(tenant)) for tenant in tenants_of(members))
        for rule, judge in judges
    )


@dataclass(frozen=True, slots=True)
class _Fleet:
    """All members by tenant, each tenant without regard to the case of letters."""

    of_tenant: dict[str, list[Member]]  # those whose tenant is not known are of the one without a name

    @classmethod
    def of(cls, members: Iterable[Member]) -> _Fleet:
        """Sort *members* by tenant."""
        of_tenant: dict[str, list[Member]] = {"": []}
        for member in members:
            of_tenant.setdefault(_folded(member.tenant), []).append(member)
        return cls(of_tenant)

    def peers(self, tenant: str) -> tuple[Peer, ...]:
        """Give the servers that are of *tenant*, and those that may be, by name."""
        wanted = _folded(tenant)
        its = [(member, _LEFT_OUT if member.left_out else None) for member in self.of_tenant[wanted] if wanted]
        possible = [(member, _NO_TENANT) for member in self.of_tenant[""]]
        misnamed = [
            (member, _OTHER_NAME)
            for name, members in self.of_tenant.items()
            if name and wanted and _is_identifier(name) is not _is_identifier(wanted)
            for member in members
        ]
        found = sorted([*its, *possible, *misnamed], key=lambda one: one[0].server)
        return tuple(Peer(member.facts, doubt) for member, doubt in found)


def _folded(tenant: str) -> str:
    """Give *tenant* without regard to the case of letters; nothing where it is not known."""
    folded = tenant.casefold()
    return "" if folded == UNKNOWN_TENANT else folded


def _is_identifier(tenant: str) -> bool:
    return _GUID.fullmatch(tenant) is not None


def _doubt(reason: Reason, sentence: str) -> Judgement:
    return Judgement(outcome=Outcome.ERROR, reason=reason.value, sentence=sentence)


_NO_TENANT = _doubt(Reason.NOT_IN_SOURCE, "nobody says which tenant it belongs to; an inventory can declare it.")
_LEFT_OUT = _doubt(Reason.NO_DATA, "the run was narrowed and leaves it out.")
_OTHER_NAME = _doubt(
    Reason.AMBIGUOUS,
    "its tenant is known by an identifier and this one by a domain, or the other way round; they may be the same.",
)


def _compile(rule: Rule, now: datetime, max_age: timedelta | None) -> JudgeTenant:
    try:
        judge = compile_fleet_rule(rule)
    except Exception as error:  # noqa: BLE001 - whatever is wrong with one rule, the others are still evaluated
        sentence = bug("compiled", error)
        return lambda tenant, _: unevaluated(rule, sentence, tenant=tenant)
    if max_age is None:
        return judge
    return lambda tenant, peers: judge(tenant, [replace(one, facts=aged(one.facts, max_age, now)) for one in peers])


def _judged(rule: Rule, judge: JudgeTenant, tenant: str, peers: Sequence[Peer]) -> Finding:
    try:
        return judge(tenant, peers)
    except Exception as error:  # noqa: BLE001 - whatever happens in one cell, the others are still evaluated
        return unevaluated(rule, bug("evaluated", error), tenant=tenant)
