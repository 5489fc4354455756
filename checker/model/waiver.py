"""Waivers: accepted exceptions. One covers a failure until a day; it never changes an outcome."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import Enum

from checker.model.location import Location
from checker.model.policy import Expectation


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiver:
    """Who accepts that a rule fails on some servers, why, and until when."""

    rule: str  # an id; with `broad` a pattern of ids, in which `*` stands for any text and `?` for one character
    servers: tuple[str, ...] = ()  # names as reports show them, or patterns with `broad`
    tenants: tuple[str, ...] = ()  # for fleet rules: names of tenants, or patterns with `broad`
    broad: bool = False
    justification: str
    owner: str
    approver: str  # another than the owner
    ticket: str
    created: date
    expires: date  # the last day on which it counts, in UTC
    only_while: Expectation | None = None  # it covers only an observed value that meets this
    location: Location

    @property
    def ends(self) -> datetime:
        """The moment after which it no longer counts: the end of its last day, in UTC."""
        return datetime.combine(self.expires, time(), UTC) + timedelta(days=1)


class WaiverState(Enum):
    """What became of a waiver, or of one target of it, in a run."""

    USED = "used"
    UNUSED = "unused"  # nothing that it could cover fails
    OTHER_VALUE = "other_value"  # the rule fails with another value than `only_while` says; the failure stands
    EXPIRED = "expired"
    NOT_YET = "not_yet"  # it was created after the moment of the run
    UNKNOWN_RULE = "unknown_rule"
    UNKNOWN_TARGET = "unknown_target"  # no server or tenant has the name
    NOT_SELECTED = "not_selected"  # the run was narrowed, and left out what it speaks of


@dataclass(frozen=True, slots=True, kw_only=True)
class WaiverUse:
    """What became of a waiver in a run: the worst over its targets, and how many failures it covers."""

    waiver: Waiver
    state: WaiverState
    target: str = ""  # the server or tenant that the state speaks of; empty where it speaks of the whole waiver
    covers: int = 0  # findings
    outcomes: tuple[str, ...] = ()  # where it is unused: what came of its rules on the target instead of a failure


@dataclass(frozen=True, slots=True, kw_only=True)
class WaiverFile:
    """A file of waivers, read and checked."""

    path: str
    sha256: str
    waivers: tuple[Waiver, ...]
