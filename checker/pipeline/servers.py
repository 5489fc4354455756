"""The servers of a run, each with its rules: those of the policies, with the parameters that an inventory gives it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from checker.evaluate.engine import CompiledRules, compile_rules
from checker.model.inventory import ExpectedServer
from checker.model.policy import Parameter, Policy
from checker.pipeline.ground import Ground


class Servers:
    """What is declared of every expected server, and the rules that it is judged by."""

    def __init__(self, ground: Ground, *, now: datetime, max_age: timedelta | None) -> None:
        """
        Give every expected server its rules, for a run at *now*.

        Raises:
            PolicyError: a parameter that the inventory gives a server does not fit a policy.
        """
        self._declared = {one.name: one for one in (ground.inventory.servers if ground.inventory else ())}
        self._ids = frozenset(rule.id for rule in ground.rules)
        self._compiled: dict[int, CompiledRules] = {}
        self._now, self._max_age = now, max_age
        self._base = ground.policies.policies
        self._policies = {
            name: ground.policies.for_server(one.parameters, place=one.location) for name, one in self._declared.items()
        }

    def rules_of(self, server: str) -> CompiledRules:
        """Give the rules of *server*; servers with the same parameters share them."""
        policies = self._policies.get(server, self._base)
        # NOTE: equal parameters give the very same tuple, which lives as long as this object does.
        if id(policies) not in self._compiled:
            rules = [rule for policy in policies for rule in policy.rules if rule.id in self._ids]
            self._compiled[id(policies)] = compile_rules(rules, now=self._now, max_age=self._max_age)
        return self._compiled[id(policies)]

    def declared(self, server: str) -> ExpectedServer | None:
        """Give what the inventory says of *server*; None where there is none, or it does not expect it."""
        return self._declared.get(server)

    def groups(self, found: Iterable[str]) -> Mapping[str, Collection[str]]:
        """Give the servers that can be asked for, each with its groups: the expected ones, else those *found*."""
        return {name: one.groups for name, one in self._declared.items()} or dict.fromkeys(found, ())

    def parameters(self, servers: Collection[str]) -> tuple[Parameter, ...]:
        """Give the values that the inventory gives to some of *servers* only, each with the names of those."""
        found: dict[tuple[str, str, str], Parameter] = {}
        names: dict[tuple[str, str, str], list[str]] = defaultdict(list)
        for server in sorted(set(servers) & self._policies.keys()):
            for policy, parameter in _own(self._policies[server]):
                key = (policy.name, parameter.name, repr(parameter.value))
                found.setdefault(key, parameter)
                names[key].append(server)
        return tuple(replace(found[key], servers=tuple(names[key])) for key in sorted(found))


def _own(policies: Iterable[Policy]) -> Iterable[tuple[Policy, Parameter]]:
    return ((policy, one) for policy in policies for one in policy.parameters if one.origin == "inventory")
