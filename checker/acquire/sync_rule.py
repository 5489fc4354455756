"""Synchronization rules as every format tells them; facts about them are derived from whole sets only."""

from __future__ import annotations

from dataclasses import dataclass

from checker.model.facts import Unknown
from checker.model.location import Location

ENTRA_CONNECTOR = "b891884f-051e-4a83-95af-2544101c9083"
"""The identifier of every Entra connector (hard-coded in the product's AADConnector.psm1, and in a real export)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberExpression:
    """The expression of a mapping whose destination is `member`."""

    text: str
    location: Location


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberClause:
    """A scope clause on `memberCount`."""

    operator: str  # the product's word, such as `LESSTHAN`
    value: str
    location: Location


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncRule:
    """A synchronization rule; known by its identifier, for names repeat."""

    identifier: str  # a GUID in lower case, without braces
    name: str
    tag: str  # the immutable tag; empty for custom rules
    standard: bool  # a rule of the product, by its tag `Microsoft.…` or by `IsStandardRule`
    outbound: bool | None  # none where the format does not say
    connector: str  # a GUID in lower case, without braces; empty where the format does not say
    target: str  # target object type; empty where the format does not say
    disabled: bool | None  # none where the format does not say
    precedence: int
    flows: bool = True  # whether the format told the mappings and clauses of this rule
    expressions: tuple[MemberExpression, ...] = ()
    clauses: tuple[MemberClause, ...] = ()
    location: Location


@dataclass(frozen=True, slots=True, kw_only=True)
class RulePiece:
    """A part of a set of rules: one file of a folder, or a whole dump."""

    set: str  # which set it belongs to: the folder of the rule files, or the file of the dump
    rules: tuple[SyncRule, ...] = ()
    problem: Unknown | None = None  # one rule that cannot be told makes every fact over the set unknown
