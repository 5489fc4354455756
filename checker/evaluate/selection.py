"""Narrowing a run to some rules and servers; names that nothing has are told, for a run of nothing looks green."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from difflib import get_close_matches
from fnmatch import fnmatchcase

from checker.errors import UsageError
from checker.model.policy import Policy
from checker.model.result import Selection

_FEW = 8
_LONGEST = 100  # no name is longer; the comparison grows with the square of the length


def narrowed(policies: Sequence[Policy], selection: Selection) -> tuple[Policy, ...]:
    """
    Give *policies* with the rules only that `--rule` and `--tag` both let through.

    Raises:
        UsageError: no rule has one of the ids or tags, or nothing is left.
    """
    rules = [rule for policy in policies for rule in policy.rules]
    problems = [
        *_unknown("--rule", selection.rules, [rule.id for rule in rules]),
        *_unknown("--tag", selection.tags, [tag for rule in rules for tag in rule.tags]),
    ]
    if problems:
        raise UsageError("; ".join(problems))
    kept = {
        rule.id
        for rule in rules
        if (not selection.rules or rule.id in selection.rules)
        and (not selection.tags or set(rule.tags) & set(selection.tags))
    }
    if not kept:
        raise UsageError("--rule and --tag together leave no rule")
    return tuple(
        replace(policy, rules=left)
        for policy in policies
        if (left := tuple(rule for rule in policy.rules if rule.id in kept))
    )


def limited(servers: Mapping[str, Collection[str]], selection: Selection) -> frozenset[str]:
    """
    Give those of *servers*, each with its groups, that `--limit` asks for: by name, group, or pattern of names.

    Raises:
        UsageError: one of the names fits no server and no group.
    """
    if not selection.servers:
        return frozenset(servers)
    asked = {one: frozenset(_meant(one, servers)) for one in selection.servers}
    groups = {group for inside in servers.values() for group in inside}
    problems = _unknown("--limit", [one for one, found in asked.items() if not found], [*servers, *groups])
    if problems:
        raise UsageError("; ".join(problems))
    return frozenset[str]().union(*asked.values())


def _meant(asked: str, servers: Mapping[str, Collection[str]]) -> Iterable[str]:
    folded = asked.casefold()
    # NOTE: only `*` and `?` are signs of a pattern; fnmatch would take brackets as one, too.
    pattern = folded.replace("[", "[[]")
    return (
        name
        for name, groups in servers.items()
        if fnmatchcase(name.casefold(), pattern) or folded in {group.casefold() for group in groups}
    )


def _unknown(flag: str, asked: Iterable[str], known: Collection[str]) -> list[str]:
    """Say which of *asked* are unknown, and what is nearest."""
    return [f"{flag} {name!r}: there is no such name{_hint(name, set(known))}" for name in asked if name not in known]


def _hint(asked: str, known: Collection[str]) -> str:
    """Give the end of a sentence about an unknown name: the nearest whatever its letter case, or all where few."""
    by_folded = {name.casefold(): name for name in sorted(known, reverse=True)}
    near = get_close_matches(asked.casefold(), sorted(by_folded), n=1) if len(asked) <= _LONGEST else []
    if near:
        return f"; did you mean {by_folded[near[0]]!r}?"
    return f"; known are {', '.join(sorted(known))}" if 0 < len(known) <= _FEW else ""
