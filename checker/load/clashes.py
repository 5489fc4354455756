"""Names of policies and ids of rules that the documents of a run give more than once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from checker.errors import Mistake
from checker.load.extends import Draft, bases_first
from checker.load.nearest import shown
from checker.load.nodes import ListNode, ScalarNode, entry_of, text_of
from checker.model.location import Location


def find_clashes(given: Sequence[Draft]) -> Iterator[Mistake]:
    """
    Find what was taken before, in whichever document of a run for which the drafts are *given*.

    A document may not come into the run twice, neither in two policies nor in one and for itself: each of its rules
    would be judged twice.
    """
    policies: dict[str, Location] = {}
    rules: dict[str, tuple[Draft, ScalarNode]] = {}
    below: dict[Draft, frozenset[str]] = {}  # the ids of a draft and of all that it builds on
    for draft in bases_first(given):
        here = draft.place
        if draft.name and (first := policies.setdefault(draft.name, here)) is not here:
            yield Mistake(here, f"policy {shown(draft.name)} is already given at {first}")
        inherited = frozenset[str]().union(*(below[link.draft] for link in draft.bases))
        own: dict[str, tuple[Draft, ScalarNode]] = {}
        for identifier, node in _rules(draft):
            # NOTE: an id of a base may stand here once more: this policy overrides the rule.
            taken = own if identifier in inherited else rules
            its, before = taken.setdefault(identifier, (draft, node))
            if before is not node:
                first = its.mistakes.location(before)
                yield Mistake(draft.mistakes.location(node), f"rule {shown(identifier)} is already given at {first}")
        below[draft] = inherited.union(identifier for identifier, _ in _rules(draft))
    yield from _taken_twice(given)


def _taken_twice(given: Sequence[Draft]) -> Iterator[Mistake]:
    takers = {draft: (draft, draft.place) for draft in given}
    for draft in given:
        for link in draft.bases:
            here = draft.mistakes.location(link.place)
            for one in (link.draft, *link.draft.nearest):
                taker, first = takers.setdefault(one, (draft, here))
                if taker is not draft:
                    yield Mistake(
                        here,
                        f"policy {shown(one.name)} comes into this run twice, here and at {first}; each of its "
                        "rules would be judged twice: leave out one of the two",
                    )
                    break


def _rules(draft: Draft) -> Iterator[tuple[str, ScalarNode]]:
    """Give the ids that a document speaks of, however wrong the rest of it is."""
    rules = entry_of(draft.root, "rules")
    for rule in rules.value.items if rules and isinstance(rules.value, ListNode) else ():
        if identified := text_of(entry_of(rule, "id")):
            yield identified
