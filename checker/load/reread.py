"""Rules once more, where a parameter that they use has another value than when they were read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from checker.errors import Mistake, PolicyError
from checker.load.fields import FieldReader
from checker.load.mistakes import Mistakes
from checker.load.nodes import MappingNode
from checker.load.overrides import read_override
from checker.load.parameters import Parameters
from checker.load.rule import RuleSource, read_rule
from checker.model.policy import Parameter


@dataclass(frozen=True, slots=True)
class Misfit:
    """A mistake that a rule has only with the new values, and the parameters that may be to blame."""

    parameters: frozenset[str]
    mistake: Mistake


def with_values(
    rules: Mapping[str, RuleSource | None],
    before: Mapping[str, Parameter | None],
    after: Mapping[str, Parameter | None],
) -> tuple[dict[str, RuleSource | None], tuple[Misfit, ...]]:
    """Give *rules*, which were read with the parameters *before*, as they are with those *after*."""
    differing = {
        name
        for name, old in before.items()
        if old and (new := after.get(name)) and new is not old and new.value != old.value
    }
    found = dict(rules)
    misfits: list[Misfit] = []
    for identifier, source in rules.items() if differing else ():
        to_blame = source.uses & differing if source else None
        if not source or not to_blame:
            continue
        again, mistakes = _read_again(source, after)
        found[identifier] = None if mistakes else again
        misfits += [Misfit(to_blame, one) for one in mistakes]
    return found, tuple(misfits)


def _read_again(
    source: RuleSource, declared: Mapping[str, Parameter | None]
) -> tuple[RuleSource | None, tuple[Mistake, ...]]:
    """Read what *source* was read from; the mistakes are told by whoever knows where the new value comes from."""
    mistakes = Mistakes(source.path)
    reader, parameters = FieldReader(mistakes), Parameters({}, declared)
    try:
        if source.before is None:
            return read_rule(reader, parameters, source.node, source.owner), mistakes.found
        before, its_mistakes = _read_again(source.before, declared)
        if before is None or its_mistakes or not isinstance(source.node, MappingNode):
            return None, its_mistakes
        return read_override(reader, parameters, source.node, before, source.owner), mistakes.found
    except PolicyError as error:
        return None, error.mistakes
