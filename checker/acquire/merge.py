"""What several sources say of one fact, brought together."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from checker.model.facts import Absent, Fact, Known, Reason, Source, Unknown
from checker.model.location import Location
from checker.model.values import same, show


def merge(facts: Iterable[Fact]) -> Fact | None:
    """
    Give the one fact that all *facts* support, whatever their order; None where there is none.

    What a source cannot hold yields to anything. Every other unknown outweighs what is known, for it may be what
    would have disagreed. Values that differ, or a value here and its absence there, are a conflict.
    """
    everything = list(facts)
    told = sorted(everything, key=_order) if len(everything) > 1 else everything
    spoken = [fact for fact in told if not is_silent(fact)]
    if not spoken:
        return told[0] if told else None
    for fact in spoken:
        if isinstance(fact, Unknown):
            return fact
    first, *rest = spoken
    if all(_agree(first, fact) for fact in rest):
        return _supported(first, rest)
    return _conflict(spoken)


def sources_of(fact: Fact) -> tuple[Source, ...]:
    """Name the sources that a fact rests on."""
    match fact:
        case Known() | Absent():
            return (fact.source, *fact.also)
        case Unknown():
            return fact.sources


def resting_on(fact: Fact, *grounds: Fact) -> Fact:
    """
    Give *fact*, which was derived from *grounds* too, with the sources of those.

    A derived fact is no younger than the oldest that it is derived from, so each of them must be named.
    """
    if isinstance(fact, Unknown):
        return fact
    further = dict.fromkeys(source for one in grounds for source in sources_of(one))
    return replace(fact, also=tuple(dict.fromkeys([*fact.also, *(one for one in further if one != fact.source)])))


def is_silent(fact: Fact) -> bool:
    """Whether *fact* only says that no source can hold it."""
    return isinstance(fact, Unknown) and fact.reason is Reason.NOT_IN_SOURCE


def _agree(one: Fact, other: Fact) -> bool:
    if isinstance(one, Known) and isinstance(other, Known):
        return same(one.value, other.value)
    return isinstance(one, Absent) and isinstance(other, Absent)


def _supported(first: Fact, rest: Sequence[Fact]) -> Fact:
    if rest and not isinstance(first, Unknown):
        further = [source for fact in rest for source in sources_of(fact)]
        return replace(first, also=tuple(dict.fromkeys([*first.also, *further])))
    return first


def _conflict(facts: Sequence[Fact]) -> Unknown:
    said = dict.fromkeys(_said(fact) for fact in facts)
    sources = dict.fromkeys(source for fact in facts for source in sources_of(fact))
    return Unknown(Reason.CONFLICTING, f"Sources disagree: {' and '.join(said)}.", tuple(sources))


def _said(fact: Fact) -> str:
    value = f"'{show(fact.value)}'" if isinstance(fact, Known) else "absent"
    places = [str(source.location) for source in sources_of(fact) if source.location]
    return f"{value} in '{places[0]}'" if places else value


def _order(fact: Fact) -> tuple[bool, bool, Location, str]:
    """Sort facts so that the result does not depend on the order of files: observed before derived, then by place."""
    places = [source.location for source in sources_of(fact) if source.location]
    derived = isinstance(fact, Known) and bool(fact.derivation)
    return derived, not places, min(places, default=Location("")), repr(fact)


def by_ground(decide: Callable[[Fact], Fact], ground: Fact) -> Fact:
    """
    Give what *decide* makes of *ground*; the fact rests on it unless it would be the same without, of the same sources.

    So what needs the ground is as old as that, and what is true in any case is no older than it has to be.
    """
    found = decide(ground)
    without = decide(Unknown(Reason.NOT_IN_SOURCE, "It is left out."))
    is_the_same = _agree(found, without) and set(sources_of(without)) <= set(sources_of(found))
    return found if is_the_same else resting_on(found, ground)


def derived_from(facts: Sequence[Fact], name: str, derive: Callable[[], Fact]) -> Fact:
    """
    Give what *derive* makes of *facts*, unless one of them is unknown: then the derived fact *name* is so as well.

    A fact that no source holds outweighs the others least, so that the more telling reason is shown.
    """
    unknown = sorted(
        (fact for fact in facts if isinstance(fact, Unknown)), key=lambda fact: (is_silent(fact), fact.detail)
    )
    if unknown:
        first = unknown[0]
        return Unknown(first.reason, f"'{name}' is derived from what is unknown: {first.detail}", first.sources)
    return derive()
