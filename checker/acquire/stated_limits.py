"""Member limits as facts documents state them: they must fit together, as those of a set of rules do."""

from __future__ import annotations

from collections.abc import Mapping

from checker.acquire.merge import is_silent, sources_of
from checker.model.facts import Fact, Known, Reason, Unknown


def limits_that_contradict(facts: Mapping[str, Fact]) -> dict[str, Fact]:
    """Refuse limits that only a document written by hand can state: none at all, or a lowest that is not among them."""
    limits, lowest = facts["groups.member_limits"], facts["groups.member_limit"]
    if not (isinstance(limits, Known) and isinstance(limits.value, tuple)):
        return {}
    numbers = [record.get("limit") for record in limits.value]
    if (
        numbers
        and isinstance(lowest, Known)
        and lowest.value == min(number for number in numbers if type(number) is int)
    ):
        return {}
    if numbers and is_silent(lowest):
        return {}
    detail = (
        "'groups.member_limits' and 'groups.member_limit' contradict each other."
        if numbers
        else "'groups.member_limits' is an empty list; where nothing limits the members, it is absent."
    )
    unknown = Unknown(Reason.CONFLICTING, detail, (*sources_of(limits), *sources_of(lowest)))
    return {"groups.member_limits": unknown, "groups.member_limit": unknown}
