"""Policies: from the bytes of documents to rules that are checked in every name and type."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from checker.errors import Mistake, PolicyError, UsageError
from checker.load.assembly import Assembly, assemble
from checker.load.clashes import find_clashes
from checker.load.document import PolicyDocument
from checker.load.extends import Draft, FindBase, bases_first, draft_all, no_base
from checker.load.nearest import hint, shown
from checker.load.parameters import with_declared, with_setting
from checker.model.location import Location
from checker.model.policy import Parameter, Policy
from checker.model.values import Scalar, type_of

__all__ = ["LoadedPolicies", "PolicyDocument", "load_policies", "read_policies"]


def load_policies(
    documents: Sequence[PolicyDocument], settings: Mapping[str, str], find_base: FindBase = no_base
) -> tuple[Policy, ...]:
    """
    Give the policies of a run in which every server has the same parameters; see `read_policies`.

    Raises:
        PolicyError: a document cannot be used; every mistake of all of them is told.
        UsageError: a setting names no parameter of any policy, or its value does not fit.
    """
    return read_policies(documents, settings, find_base).policies


def read_policies(
    documents: Sequence[PolicyDocument], settings: Mapping[str, str], find_base: FindBase = no_base
) -> LoadedPolicies:
    """
    Read *documents*, in order, and give the parameters that *settings* name the values that stand there.

    The very same document given twice counts once. A setting counts for every policy that has the parameter. What a
    document builds on is found by *find_base*.

    Raises:
        PolicyError: a document cannot be used; every mistake of all of them is told.
        UsageError: a setting names no parameter of any policy, or its value does not fit.
    """
    given = draft_all(documents, find_base)
    drafts = bases_first(given)
    assemblies = _assembled(given, drafts)
    mistakes = [one for draft in drafts for one in draft.mistakes.found] + list(find_clashes(given))
    if mistakes:
        raise PolicyError(mistakes)
    own = tuple(assemblies[draft] for draft in given)
    return LoadedPolicies(_with_settings(own, settings) if settings else own, frozenset(settings))


def _assembled(given: Sequence[Draft], drafts: Sequence[Draft]) -> dict[Draft, Assembly]:
    tops = {one: top for top in reversed(given) for one in top.nearest} | {top: top for top in given}
    assemblies: dict[Draft, Assembly] = {}
    for draft in drafts:
        try:
            assemblies[draft] = assemble(draft, assemblies, tops[draft])
        except PolicyError:
            continue  # its mistakes are told with those of all others
    return assemblies


def _with_settings(assemblies: Sequence[Assembly], settings: Mapping[str, str]) -> tuple[Assembly, ...]:
    """
    Give the parameters that *settings* name other values.

    Raises:
        UsageError: one is unknown, or has another type or value than declared, or a rule makes no sense with it.
    """
    names = {one.name for assembly in assemblies for one in assembly.policy.parameters}
    problems = [f"no policy has a parameter {shown(name)}{hint(name, names)}" for name in settings if name not in names]
    values: list[dict[str, Parameter]] = []
    for assembly in assemblies:
        values.append({})
        for one in assembly.policy.parameters:
            if one.name in settings:
                try:
                    values[-1][one.name] = with_setting(one, settings[one.name])
                except ValueError as error:
                    problems.append(str(error))
    if problems:
        raise UsageError(f"--set: {'; '.join(dict.fromkeys(problems))}")
    changed = [assembly.with_values(its) for assembly, its in zip(assemblies, values, strict=True)]
    if misfits := [misfit for _, some in changed for misfit in some]:
        told = "; ".join(str(one.mistake) for one in misfits)
        raise UsageError(f"--set: the values do not fit the policy: {told}")
    return tuple(assembly for assembly, _ in changed)


class LoadedPolicies:
    """The policies of a run, for all servers together and for one that has parameters of its own."""

    def __init__(self, assemblies: Sequence[Assembly], settings: frozenset[str]) -> None:
        """Keep *assemblies*, in which the parameters that *settings* name have the last word."""
        self._assemblies, self._settings = tuple(assemblies), settings
        self.policies = tuple(one.policy for one in self._assemblies)
        self._by_values: dict[tuple[tuple[str, object, Scalar], ...], tuple[Policy, ...]] = {}

    def for_server(self, parameters: Mapping[str, Scalar], *, place: Location | None = None) -> tuple[Policy, ...]:
        """
        Give the policies with the *parameters* that an inventory declares for one server, at *place* in it.

        A setting of the command line outranks them, and what no policy has as a parameter is left alone.

        Raises:
            PolicyError: a value does not fit; without a *place* this is told where the parameter is declared.
        """
        known = {one.name for policy in self.policies for one in policy.parameters}
        values = {name: parameters[name] for name in sorted(parameters) if name in known}
        if not values:
            return self.policies
        key = tuple((name, type_of(value), value) for name, value in values.items())
        if key not in self._by_values:
            self._by_values[key] = self._with_values(values, place)
        return self._by_values[key]

    def _with_values(self, values: Mapping[str, Scalar], place: Location | None) -> tuple[Policy, ...]:
        mistakes: list[Mistake] = []
        found: list[Policy] = []
        for assembly in self._assemblies:
            changed: dict[str, Parameter] = {}
            for one in assembly.policy.parameters:
                if one.name not in values:
                    continue
                if told := self._problem(assembly.policy, one, values[one.name]):
                    mistakes.append(Mistake(place or one.location, told))
                elif one.name not in self._settings:
                    changed[one.name] = with_declared(one, values[one.name])
            ours, misfits = assembly.with_values(changed)
            found.append(ours.policy)
            for misfit in misfits:
                names = ", ".join(repr(name) for name in sorted(misfit.parameters))
                where = place or changed[min(misfit.parameters)].location
                told = (
                    f"the inventory gives parameter {names} a value with which a rule makes no sense: {misfit.mistake}"
                )
                mistakes.append(Mistake(where, told))
        if mistakes:
            raise PolicyError(mistakes)
        return tuple(found)

    def _problem(self, policy: Policy, parameter: Parameter, value: Scalar) -> str | None:
        """Say why the inventory cannot give *parameter* that *value*; None where it can."""
        try:
            its = with_declared(parameter, value)
        except ValueError as error:
            return f"the inventory gives a parameter a wrong value: {error}"
        if its.value == parameter.value or parameter.name in self._settings:
            return None
        for rule in policy.rules:
            if rule.fleet is not None and parameter.name in rule.parameters and not rule.disabled:
                return (
                    f"the inventory gives parameter {parameter.name!r} a value for one server, and fleet rule "
                    f"{rule.id!r} speaks of all servers of a tenant; give it to all of them with --set"
                )
        return None
