"""
The snapshot that a scheduled task of the server wrote with our module, for what the session itself cannot read.

It is as old as the older of its date and what it says of itself, by the clock of the server, which wrote both.
"""

from __future__ import annotations

from collections.abc import Collection as Names
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from checker.acquire.cmdlet_answers import FACTS_OF_CMDLET, RULES
from checker.acquire.live.cmdlet_windows_plan import moment_in
from checker.acquire.live.conversation import Conversation, NotAnsweredError, text_in
from checker.acquire.live.gathering import Gathering, unknown_because
from checker.acquire.live.module_plan import document, gathered, refuse_other_computer
from checker.acquire.live.pipelines import SNAPSHOT, SNAPSHOT_ACCESS, SNAPSHOT_DATE, SNAPSHOT_PATH
from checker.acquire.reading import Reading
from checker.acquire.sync_rule import RulePiece
from checker.model.collection import Failure, FailureClass, Snapshot
from checker.model.duration import format_duration
from checker.model.facts import SourceFormat, Unknown
from checker.model.timestamp import format_timestamp

OLDEST = timedelta(hours=24)
"""An older snapshot says nothing of today; a smaller age may be asked for, never a greater one."""

_AHEAD = timedelta(minutes=5)
"""So far a snapshot may lie in the future, as clocks are set."""

_OWN = ("server.name", "server.collected_at")
"""What a session tells of itself, never a file."""

HELPS = frozenset(
    {
        FailureClass.PIPE_REFUSES_NETWORK_LOGON,
        FailureClass.SERVICE_STOPPED,
        FailureClass.COMMAND_DENIED,
        FailureClass.COMMAND_NOT_AVAILABLE,
    }
)
"""What a session may not do, and a task on the server may. An answer that is broken is not mended by an older one."""


@dataclass(frozen=True, slots=True)
class Filled:
    """What the snapshot was, and the reading of the facts that were taken from it, if any."""

    snapshot: Snapshot | None = None
    reading: Reading | None = None


def lacking(gathering: Gathering) -> frozenset[str]:
    """Name the facts that a snapshot may tell in place of the session."""
    return frozenset(name for name, failure in gathering.failed.items() if failure.kind in HELPS) - {*_OWN}


def fill_from_snapshot(
    conversation: Conversation, gathering: Gathering, names: Names[str], max_age: timedelta | None
) -> Filled:
    """Take the facts *names* from the snapshot, in *gathering*; what a stale one says is unknown because of that."""
    try:
        content = conversation.only(SNAPSHOT).content
        found = document(gathering.place, content if isinstance(content, str) else "", f"'{SNAPSHOT_PATH}'")
    except NotAnsweredError as error:
        gathering.failures.append(_no_snapshot(error.failure))
        return Filled()
    dates = _dates(conversation, gathering, found)
    written = min(dates) if dates else None
    snapshot = replace(_described(conversation, gathering), written=written)
    failure = _not_of_here(found, gathering) or _stale(dates, gathering, max_age)
    told = gathered(found, gathering.place)
    taken = frozenset(name for name in names if name in told.facts and not isinstance(told.facts[name], Unknown))
    rules_taken = frozenset(names) >= _OF_RULES and found.rules is not None and found.rules.problem is None
    gone = taken | (_OF_RULES if rules_taken else frozenset())
    if failure:
        gathering.fail(taken, failure, SNAPSHOT_PATH)
        if rules_taken:
            gathering.fail(_OF_RULES, failure, SNAPSHOT_PATH)
            gathering.rules = RulePiece(set=gathering.place, problem=unknown_because(failure, SNAPSHOT_PATH))
        return Filled(snapshot)
    for name in gone:
        gathering.facts.pop(name, None)
        del gathering.failed[name]
    if rules_taken:
        gathering.rules = None
    reading = replace(
        found,
        facts={name: told.facts[name] for name in taken},
        rules=found.rules if rules_taken else None,
        connectors=(),
        format=SourceFormat.LIVE,
        path=SNAPSHOT_PATH,
        document=None,
        date=written,
    )
    return Filled(snapshot, reading if gone else None)


_OF_RULES = frozenset(FACTS_OF_CMDLET[RULES])


def _no_snapshot(failure: Failure) -> Failure:
    """Say what could have helped, where there is no snapshot."""
    if failure.kind is not FailureClass.ITEM_NOT_FOUND:
        return failure
    sentence = (
        f"There is no '{SNAPSHOT_PATH}', which could tell what this session may not read; the scheduled task of the "
        "server module writes it."
    )
    return Failure(kind=failure.kind, message=sentence)


def _dates(conversation: Conversation, gathering: Gathering, found: Reading) -> tuple[datetime, ...]:
    """Give the date of the file and that of what stands in it; nothing if one of them is not told."""
    try:
        value = conversation.only(SNAPSHOT_DATE).get("LastWriteTimeUtc")
    except NotAnsweredError as error:
        gathering.failures.append(error.failure)
        return ()
    moment = moment_in(value) if value else None
    return (moment, found.date) if moment and found.date else ()


def _described(conversation: Conversation, gathering: Gathering) -> Snapshot:
    """Say who could have changed the snapshot."""
    try:
        access = conversation.only(SNAPSHOT_ACCESS)
    except NotAnsweredError as error:
        gathering.failures.append(error.failure)
        return Snapshot(path=SNAPSHOT_PATH)
    entries = tuple(line.strip() for line in text_in(access, "AccessToString").splitlines() if line.strip())
    return Snapshot(path=SNAPSHOT_PATH, owner=text_in(access, "Owner"), access=entries)


def _not_of_here(found: Reading, gathering: Gathering) -> Failure | None:
    """Say that the snapshot is of another computer, or that this cannot be ruled out."""
    if not gathering.computer:
        sentence = f"Whether '{SNAPSHOT_PATH}' is of this computer cannot be told: its name could not be read."
        return Failure(kind=FailureClass.IDENTITY, message=sentence)
    try:
        refuse_other_computer(found, gathering.computer, f"'{SNAPSHOT_PATH}'")
    except NotAnsweredError as error:
        return error.failure
    return None


def _stale(dates: tuple[datetime, ...], gathering: Gathering, max_age: timedelta | None) -> Failure | None:
    """Say that the snapshot is too old, by the clock of the server."""
    most = min(OLDEST, max_age) if max_age is not None else OLDEST
    if not dates or gathering.clock is None:
        return _of_no_use(f"How old '{SNAPSHOT_PATH}' is cannot be told: it has no date, or the server no clock.")
    age, lead = gathering.clock.time - min(dates), max(dates) - gathering.clock.time
    if age > most:
        said = f"{format_timestamp(min(dates))}, by the clock of the server {format_duration(age)} ago"
        return _of_no_use(f"'{SNAPSHOT_PATH}' is of {said}; at most {format_duration(most)} are accepted.")
    if lead > _AHEAD:
        said = f"{format_timestamp(max(dates))}, by the clock of the server {format_duration(lead)} in the future"
        return _of_no_use(f"'{SNAPSHOT_PATH}' is of {said}. Set the clock, and let the task run again.")
    return None


def _of_no_use(sentence: str) -> Failure:
    return Failure(kind=FailureClass.SNAPSHOT_STALE, message=sentence)
