"""A policy put together with all that it builds on."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace

from checker.load.extends import Draft
from checker.load.fields import FieldReader
from checker.load.inheritance import Base, merged_parameters, merged_rules
from checker.load.nearest import hint, shown
from checker.load.nodes import MappingNode, Node, ScalarNode, entry_of, text_of
from checker.load.overrides import read_override
from checker.load.parameters import Inherited, Parameters, read_parameters
from checker.load.reread import Misfit, with_values
from checker.load.rule import Owner, RuleSource, read_rule
from checker.model.policy import Parameter, Policy, PolicyFile, Rule
from checker.schema.policy_language import (
    EXTENDING_REQUIRED,
    POLICY_KEYS,
    POLICY_NAME,
    POLICY_REQUIRED,
    POLICY_VERSION,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Assembly:
    """A policy, and from what each of its rules was read."""

    policy: Policy
    declared: Mapping[str, Parameter | None]  # by name; None where a mistake was told
    rules: Mapping[str, RuleSource | None]  # by id; None where a mistake was told
    whole: bool  # whether these are all; if not, some could not be read at all, which was told

    def with_values(self, values: Mapping[str, Parameter]) -> tuple[Assembly, tuple[Misfit, ...]]:
        """Give the policy whose parameters have other *values*, and what makes no sense with them."""
        declared = {**self.declared, **values}
        rules, misfits = with_values(self.rules, self.declared, declared)
        parameters = tuple(one for one in declared.values() if one)
        policy = replace(self.policy, parameters=parameters, rules=_known(rules))
        return replace(self, policy=policy, declared=declared, rules=rules), misfits


def assemble(draft: Draft, assemblies: Mapping[Draft, Assembly], top: Draft) -> Assembly:
    """
    Read the policy of *draft*, which comes into the run with that of *top*, upon the *assemblies* of its bases.

    Raises:
        PolicyError: it has too many mistakes to go on.
    """
    reader = FieldReader(draft.mistakes)
    required = EXTENDING_REQUIRED if draft.extending else POLICY_REQUIRED
    form = reader.form(draft.root, "a policy", POLICY_KEYS, required) or {}
    name = reader.name(form.get("policy"), "a policy's name", POLICY_NAME, "v2-endpoint")
    version = reader.name(form.get("version"), "a policy's version", POLICY_VERSION, "1.0.0")
    title = reader.line(form.get("title"), "the title of a policy")
    description = reader.text(form.get("description"), "the description of a policy")
    below = [(link, assemblies[link.draft]) for link in draft.bases if link.draft in assemblies]
    whole = draft.whole and len(below) == len(draft.bases) and all(one.whole for _, one in below)
    bases = [Base(link=link, declared=one.declared, rules=one.rules) for link, one in below]
    inherited = Inherited(declared=merged_parameters(reader, bases), whole=whole, extending=draft.extending)
    parameters, changed = read_parameters(reader, form.get("parameters"), inherited, name)
    rules, misfits = with_values(merged_rules(reader, bases), inherited.declared, parameters.declared)
    for misfit in misfits:
        place = next(entry for one, entry in changed.items() if one in misfit.parameters)
        reader.wrong(place, f"a rule makes no sense with this value: {misfit.mistake}")
    sound = whole and None not in rules.values()
    nodes = (reader.items(form["rules"].value, "'rules'") if "rules" in form else None) or ()
    reading = _Reading(reader, parameters, Owner(top.name, "" if draft is top else name), rules, inherited)
    for node in nodes:
        reading.take(node)
    if sound and not draft.mistakes.found:
        # A rule that was not understood may be the one that uses a parameter; so this is told last.
        for unused in parameters.unused:
            reader.wrong(unused, f"no rule uses parameter {unused.name!r}")
    policy = Policy(
        name=name,
        version=version,
        title=title,
        description=description,
        parameters=parameters.valid,
        rules=_known(rules),
        path=draft.document.path,
        sha256=hashlib.sha256(draft.document.content).hexdigest(),
        shipped=draft.document.shipped,
        extends=tuple(_file(assemblies[one].policy) for one in draft.nearest if one in assemblies),
    )
    return Assembly(policy=policy, declared=parameters.declared, rules=rules, whole=whole)


class _Reading:
    """Takes the entries of `rules` one by one: rules, and overrides of those that the policy has from others."""

    def __init__(
        self,
        reader: FieldReader,
        parameters: Parameters,
        owner: Owner,
        rules: dict[str, RuleSource | None],
        inherited: Inherited,
    ) -> None:
        self._reader, self._parameters, self._owner = reader, parameters, owner
        self._rules, self._inherited, self._overridable = rules, inherited, frozenset(rules)

    def take(self, node: Node) -> None:
        """Read one entry into the rules."""
        name, place = text_of(entry_of(node, "id")) or ("", None)
        if place and name in self._overridable and isinstance(node, MappingNode):
            before = self._rules[name]
            if before:
                self._rules[name] = read_override(self._reader, self._parameters, node, before, self._owner)
        elif place and self._inherited.extending and not entry_of(node, "title"):
            self._tell_unknown(place, name)
        else:
            source = read_rule(self._reader, self._parameters, node, self._owner)
            if place:
                self._rules[name] = source

    def _tell_unknown(self, place: ScalarNode, name: str) -> None:
        if self._inherited.whole:
            self._reader.wrong(
                place,
                f"no policy that this one builds on has a rule {shown(name)}{hint(name, self._overridable)}; "
                "a rule of its own has a 'title'",
            )


def _known(rules: Mapping[str, RuleSource | None]) -> tuple[Rule, ...]:
    return tuple(one.rule for one in rules.values() if one)


def _file(policy: Policy) -> PolicyFile:
    return PolicyFile(
        name=policy.name, version=policy.version, path=policy.path, sha256=policy.sha256, shipped=policy.shipped
    )
