"""The servers of a tenant by what is known of the condition that a fleet rule speaks of."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from checker.evaluate.judgement import Judgement
from checker.evaluate.sentences import in_quotes, listed, sentences
from checker.model.facts import FactSet
from checker.model.result import Outcome

Obstacles = Sequence[tuple[str, Judgement]]
"""Servers of which something is not known, each with what stands in the way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    """Who meets the condition, who does not, and of whom that is not known."""

    meeting: Sequence[FactSet]
    others: Sequence[FactSet]
    undecided: Obstacles


def named(servers: Iterable[str]) -> str:
    """Name *servers* in a sentence."""
    return listed([in_quotes(server) for server in servers])


def servers_of(fact_sets: Iterable[FactSet]) -> str:
    """Name the servers of *fact_sets* in a sentence."""
    return named(facts.server for facts in fact_sets)


def obstacle_words(obstacles: Obstacles) -> str:
    """Name the servers of which something is not known, and say of the first what stands in the way; empty if none."""
    if not obstacles:
        return ""
    server, first = obstacles[0]
    others = f"Nor is it known of {named(name for name, _ in obstacles[1:])}" if obstacles[1:] else ""
    return sentences(f"Not known of {in_quotes(server)}: {first.sentence}", others)


def undecidable(sentence: str, obstacles: Obstacles) -> Judgement:
    """Give the error of a tenant that cannot be judged, with the reason and the place of the first obstacle."""
    _, first = obstacles[0]
    return Judgement(
        outcome=Outcome.ERROR,
        reason=first.reason,
        sentence=sentences(sentence, obstacle_words(obstacles)),
        source=first.source,
    )
