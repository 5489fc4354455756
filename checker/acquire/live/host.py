"""
One server from its first question to its last: which endpoint, which plan, and what that plan cannot tell.

The endpoint of our module is tried first, and the default one of PowerShell only where there is none; a session that
is denied there is not tried elsewhere. What a session may not read itself is taken from the snapshot of the server, if
it has one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from types import MappingProxyType

from checker.acquire.live.cmdlet_plan import gather_by_cmdlets, read_computer
from checker.acquire.live.commands import Connect, LiveError, Target
from checker.acquire.live.conversation import Conversation, NotAnsweredError, text_in
from checker.acquire.live.gathering import Gathering
from checker.acquire.live.module_plan import gather_by_module
from checker.acquire.live.pipelines import COMMANDS, MODULE, PROBE, SNAPSHOT
from checker.acquire.live.registry_keys import COMPUTER
from checker.acquire.live.snapshot_plan import Filled, fill_from_snapshot, lacking
from checker.acquire.reading import Reading
from checker.model.collection import Collection, Failure, FailureClass, Plan
from checker.model.facts import Absent, Known, SourceFormat

OWN_ENDPOINT, DEFAULT_ENDPOINT = "AdsyncChecker", "Microsoft.PowerShell"
"""The endpoint that our module is installed as, and the one that every server has."""

_NO_SERVER_TELLS = ("tenant.id", "features.password_hash_sync", "features.ad_connector_accounts")
NOT_DELIVERED: Mapping[Plan, tuple[str, ...]] = MappingProxyType(dict.fromkeys(Plan, _NO_SERVER_TELLS))
"""Facts that no server tells by a plan, however well all goes: an export has them. What is declared is not among them."""

_OF_THE_ENDPOINT = frozenset(
    {
        FailureClass.COMMAND_NOT_AVAILABLE,
        FailureClass.PARAMETER_NOT_ALLOWED,
        FailureClass.SCRIPT_NOT_ALLOWED,
        FailureClass.PIPE_REFUSES_NETWORK_LOGON,
    }
)
"""What will fail again in every session of the same kind: the plan cannot deliver it there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HostReading:
    """What was read of one server."""

    readings: tuple[Reading, ...]
    collection: Collection
    failure: Failure | None = None  # of a server that could not be read at all


def read_host(  # noqa: PLR0913 - what a server is read with; the clocks are passed in
    connect: Connect,
    target: Target,
    configuration_name: str,
    *,
    budget_seconds: float,
    monotonic: Callable[[], float],
    now: Callable[[], datetime],
    max_age: timedelta | None,
) -> HostReading:
    """
    Read *target* within *budget_seconds*, by the endpoint *configuration_name*, or by the best that it has.

    A snapshot older than *max_age* is stale. Nothing is raised: what went wrong stands in the reading.
    """
    end = monotonic() + budget_seconds
    endpoints = (configuration_name,) if configuration_name else (OWN_ENDPOINT, DEFAULT_ENDPOINT)
    about, failure = _about(target, endpoints[0]), _NO_TIME
    for endpoint in endpoints:
        about, failure = _about(target, endpoint), _NO_TIME
        left = end - monotonic()
        if left <= 0:
            break
        reading: HostReading | None = None
        try:
            with connect(target, endpoint, min(left, budget_seconds / 2)) as session:
                conversation = Conversation(session, end=end, longest=budget_seconds / 2, monotonic=monotonic)
                reading = _Host(conversation, about, target.server, now).read(max_age)
        except LiveError as error:
            failure = error.failure
        if reading is not None:
            return reading
        if failure.kind is not FailureClass.ENDPOINT_MISSING:
            break
    return _unread(about, failure)


_NO_TIME = Failure(kind=FailureClass.DEADLINE, message="The time for this server is over.")


def _about(target: Target, endpoint: str) -> Collection:
    return Collection(
        host=target.host,
        port=target.port,
        tls=target.tls,
        tls_verified=target.tls_verified if target.tls else None,
        authentication=target.authentication,
        configuration_name=endpoint,
    )


def _unread(about: Collection, failure: Failure) -> HostReading:
    return HostReading(readings=(), collection=replace(about, plan=None, failures=(failure,)), failure=failure)


class _Host:
    """Reads one server in one session."""

    def __init__(self, conversation: Conversation, about: Collection, server: str, now: Callable[[], datetime]) -> None:
        self._conversation, self._about, self._server, self._now = conversation, about, server, now

    def read(self, max_age: timedelta | None) -> HostReading:
        """Find out what may be asked, and ask it."""
        began = self._now()
        try:
            failures = self._probe()
            plan, gathering = self._gather()
        except NotAnsweredError as error:
            return _unread(self._about, error.failure)
        names = lacking(gathering)
        filled = Filled()
        if names and self._conversation.can_ask(SNAPSHOT):
            filled = fill_from_snapshot(self._conversation, gathering, names, max_age)
        readings = tuple(one for one in (_reading(gathering, began), filled.reading) if one)
        told = tuple(dict.fromkeys((*gathering.every_failure(), *failures)))
        if told and not any(map(_knows, readings)):
            return _unread(self._about, told[0])
        plan = Plan.SNAPSHOT if filled.reading else plan
        clock = gathering.clock
        collection = replace(
            self._about,
            plan=plan,
            module_version=gathering.module_version,
            run_by=gathering.run_by,
            groups=gathering.groups,
            server_time=clock.time if clock else None,
            clock_skew=clock.ahead if clock else None,
            not_delivered=_not_delivered(plan, gathering),
            failures=told,
            snapshot=filled.snapshot,
        )
        return HostReading(readings=readings, collection=collection)

    def _probe(self) -> tuple[Failure, ...]:
        """Find out which commands are visible, and what else the question met; that some are not is no failure."""
        answer = self._conversation.ask(PROBE)
        wanted = {name.casefold() for name in COMMANDS}
        visible = frozenset(text_in(value, "Name") for value in answer.values)
        others = [one for one in answer.errors if one.kind is not FailureClass.COMMAND_NOT_AVAILABLE]
        failures = tuple(Failure(kind=one.kind, message=f"{PROBE.item}: {one.message}") for one in others)
        if not any(name.casefold() in wanted for name in visible):
            if failures:
                raise NotAnsweredError(failures[0].kind, failures[0].message)
            sentence = (
                f"The endpoint '{self._about.configuration_name}' shows no command that facts are read with. Install the "
                "server module there, or name another endpoint."
            )
            raise NotAnsweredError(FailureClass.COMMAND_NOT_AVAILABLE, sentence)
        self._conversation.show(visible)
        return failures

    def _gather(self) -> tuple[Plan, Gathering]:
        """Ask by the module where it is, else by cmdlets; by these also where the module gave nothing that counts."""
        if not self._conversation.can_ask(MODULE):
            return Plan.CMDLETS, gather_by_cmdlets(self._conversation, self._server, self._now)
        by_cmdlets = self._conversation.can_ask(COMPUTER.question)
        try:
            return Plan.MODULE, gather_by_module(
                self._conversation, self._server, self._now, computer=self._computer() if by_cmdlets else ""
            )
        except NotAnsweredError as error:
            if not by_cmdlets or error.failure.kind is FailureClass.IDENTITY:
                raise
            gathering = gather_by_cmdlets(self._conversation, self._server, self._now)
            gathering.failures.insert(0, error.failure)
            return Plan.CMDLETS, gathering

    def _computer(self) -> str:
        gathering = Gathering(place=self._server)
        read_computer(self._conversation, gathering)
        return gathering.computer


def _reading(gathering: Gathering, began: datetime) -> Reading:
    return Reading(
        format=SourceFormat.LIVE,
        path=gathering.place,
        computer=gathering.computer or None,
        date=began,
        facts=gathering.facts,
        rules=gathering.rules,
        connectors=gathering.connectors,
    )


def _knows(reading: Reading) -> bool:
    """Whether *reading* tells anything."""
    told = any(isinstance(fact, Known | Absent) for fact in reading.facts.values())
    return told or (reading.rules is not None and reading.rules.problem is None)


def _not_delivered(plan: Plan, gathering: Gathering) -> tuple[str, ...]:
    refused = (name for name, failure in gathering.failed.items() if failure.kind in _OF_THE_ENDPOINT)
    return tuple(sorted({*NOT_DELIVERED[plan], *refused}))
