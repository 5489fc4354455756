"""What a policy has from those that it builds on, before it changes anything of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from checker.load.extends import Link
from checker.load.fields import FieldReader
from checker.load.nearest import shown
from checker.load.rule import RuleSource
from checker.model.policy import Parameter


@dataclass(frozen=True, slots=True, kw_only=True)
class Base:
    """One policy that another builds on, as far as it was understood."""

    link: Link
    declared: Mapping[str, Parameter | None]
    rules: Mapping[str, RuleSource | None]


def merged_parameters(reader: FieldReader, bases: Sequence[Base]) -> dict[str, Parameter | None]:
    """Put the parameters of *bases* together; two that differ are told."""
    merged: dict[str, Parameter | None] = {}
    for base in bases:
        for name, parameter in base.declared.items():
            first = merged.setdefault(name, parameter)
            if first and parameter and first != parameter:
                reader.wrong(
                    base.link.place,
                    f"the policies that this one builds on have two parameters {shown(name)}, given at "
                    f"{first.location} and at {parameter.location}",
                )
                merged[name] = None
    return merged


def merged_rules(reader: FieldReader, bases: Sequence[Base]) -> dict[str, RuleSource | None]:
    """Put the rules of *bases* together; one that comes in two forms is told."""
    merged: dict[str, RuleSource | None] = {}
    for base in bases:
        for identifier, source in base.rules.items():
            first = merged.setdefault(identifier, source)
            # NOTE: an id that two documents give to rules of their own is told where the names are compared.
            if first and source and first is not source and _definition(first) is _definition(source):
                if first.rule.location != source.rule.location:
                    reader.wrong(
                        base.link.place,
                        f"the policies that this one builds on change rule {shown(identifier)} in different ways, at "
                        f"{first.rule.location} and at {source.rule.location}",
                    )
                merged[identifier] = None
    return merged


def _definition(source: RuleSource) -> object:
    while source.before:
        source = source.before
    return source.node
