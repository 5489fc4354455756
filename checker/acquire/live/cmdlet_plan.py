"""
A server by pipelines of cmdlets, one for each group of facts, so that every error has an owner.

The names and shapes of what the product's cmdlets give are decided where dumps of them are read; here it is only
brought into that shape.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from checker.acquire.cmdlet_answers import (
    AUTO_UPGRADE,
    CONNECTORS,
    FACTS_OF_CMDLET,
    RULES,
    SCHEDULER,
    SETTINGS,
    told_by_cmdlets,
)
from checker.acquire.cmdlet_objects import CmdletValue
from checker.acquire.live import pipelines
from checker.acquire.live.cmdlet_connectors_plan import read_connectors, where_of
from checker.acquire.live.cmdlet_rules_plan import read_rules
from checker.acquire.live.cmdlet_windows_plan import (
    read_clock,
    read_environment,
    read_events,
    read_registry,
    read_version,
    service_state,
)
from checker.acquire.live.conversation import Conversation, NotAnsweredError
from checker.acquire.live.gathering import Gathering, unknown_because
from checker.acquire.live.registry_keys import COMPUTER, KEYS, PARAMETERS, filtering_of
from checker.acquire.sync_rule import RulePiece
from checker.model.collection import Failure, FailureClass
from checker.model.facts import Absent, Known, Reason

_FILTERING = "endpoint.reference_filtering"
_STATE, _SUSPENSION = "product.auto_upgrade_state", "product.auto_upgrade_suspension_reason"


def gather_by_cmdlets(conversation: Conversation, server: str, now: Callable[[], datetime]) -> Gathering:
    """Ask for all facts of *server*, those that the others hang on first."""
    gathering = Gathering(place=server)
    read_computer(conversation, gathering)
    narrow = read_environment(conversation, gathering)
    try:
        gathering.clock = read_clock(conversation, now)
    except NotAnsweredError as error:
        gathering.failures.append(error.failure)
    parameters = read_registry(conversation, gathering, PARAMETERS)
    read_version(conversation, gathering, parameters)
    product = _Product(conversation, gathering)
    product.ask(SCHEDULER, lambda: conversation.values(pipelines.SCHEDULER))
    product.ask_for_connectors()
    _read_filtering(conversation, gathering, parameters if isinstance(parameters, Failure) else None)
    product.ask(RULES, lambda: read_rules(conversation))
    product.ask(SETTINGS, lambda: _settings(conversation))
    product.ask(AUTO_UPGRADE, lambda: _upgrade(conversation))
    _refuse_unnamed_suspension(gathering)
    for key in KEYS:
        if key.redirected and narrow:
            gathering.fail(key.values, narrow, key.path)
        else:
            read_registry(conversation, gathering, key)
    read_events(conversation, gathering)
    return gathering


def read_computer(conversation: Conversation, gathering: Gathering) -> None:
    """Note what the computer calls itself."""
    read_registry(conversation, gathering, COMPUTER)
    name = gathering.facts.get("server.name")
    gathering.computer = str(name.value) if isinstance(name, Known) else ""


class _Product:
    """Asks the cmdlets of the product."""

    def __init__(self, conversation: Conversation, gathering: Gathering) -> None:
        self._conversation, self._gathering = conversation, gathering
        self._state: str | None = None  # of the service, once it was asked for

    def ask(self, cmdlet: str, answer: Callable[[], Sequence[CmdletValue]]) -> None:
        """Note what the *answer* of *cmdlet* says; where there is none, all that it would have said."""
        gathering = self._gathering
        try:
            told = told_by_cmdlets(gathering.place, {cmdlet: answer()})
        except NotAnsweredError as error:
            failure = self._told_apart(error.failure)
            gathering.fail(FACTS_OF_CMDLET[cmdlet], failure, cmdlet)
            if cmdlet == RULES:
                gathering.rules = RulePiece(set=gathering.place, problem=unknown_because(failure, cmdlet))
            return
        gathering.take(told.facts, cmdlet)
        gathering.rules = told.rules or gathering.rules
        gathering.connectors = told.connectors or gathering.connectors

    def ask_for_connectors(self) -> None:
        """Note what the connectors say; an account that is denied takes nothing else with it."""
        failed: dict[str, Failure] = {}

        def answer() -> Sequence[CmdletValue]:
            found = read_connectors(self._conversation)
            failed.update(found.failed)
            return found.values

        self.ask(CONNECTORS, answer)
        for fact, failure in failed.items():
            self._gathering.fail((fact,), self._told_apart(failure), where_of(fact).item)

    def _told_apart(self, failure: Failure) -> Failure:
        """Tell a service that is stopped from one that refuses us: the text of the error is the same."""
        if failure.kind is not FailureClass.PIPE_REFUSES_NETWORK_LOGON:
            return failure
        if self._state is None:
            self._state = service_state(self._conversation)
        if self._state and self._state.casefold() != "running":
            sentence = f"The service ADSync is {self._state.lower()}, not running. {failure.message}"
            return Failure(kind=FailureClass.SERVICE_STOPPED, message=sentence)
        return Failure(kind=failure.kind, message=f"{failure.message} {_WAY_ROUND}")


_WAY_ROUND = (
    "The sync service is reported to refuse network logons; the endpoint of the server module, or its snapshot, does "
    "without one."
)


def _read_filtering(conversation: Conversation, gathering: Gathering, failure: Failure | None) -> None:
    """Note the setting of the Entra connector, which is found by its name; what is above its key must be there."""
    name = gathering.facts.get("tenant.connector_name")
    if failure is None and isinstance(name, Known):
        connector = str(name.value)
        if "\\" in connector:
            sentence = f"No key of the registry can be called '{connector}', as the Entra connector is."
            gathering.doubt(_FILTERING, Reason.AMBIGUOUS, sentence, CONNECTORS)
            return
        read_registry(conversation, gathering, filtering_of(connector))
        return
    failure = failure or gathering.failed.get("tenant.connector_name")
    if failure:
        gathering.fail((_FILTERING,), failure, CONNECTORS)
    else:
        sentence = "The key of the Entra connector is found by its name, and that is not known."
        gathering.doubt(_FILTERING, Reason.AMBIGUOUS, sentence, CONNECTORS)


def _settings(conversation: Conversation) -> Sequence[CmdletValue]:
    """Give the global settings as the product has them: one object with a list."""
    parameters = conversation.values(pipelines.SETTINGS)
    there = conversation.number(pipelines.SETTING_COUNT)
    if there != len(parameters):
        sentence = f"{SETTINGS}: {len(parameters)} parameters arrived, and the server counts {there}."
        raise NotAnsweredError(FailureClass.PARTIAL, sentence)
    return (CmdletValue({"parameters": CmdletValue(parameters, 1, 1)}, 1, 1),)


def _upgrade(conversation: Conversation) -> Sequence[CmdletValue]:
    """Give the state of automatic upgrade; older builds do not know the switch that gives the reason too."""
    try:
        return conversation.values(pipelines.UPGRADE)
    except NotAnsweredError as error:
        if error.failure.kind is not FailureClass.PARAMETER_NOT_ALLOWED:
            raise
        return conversation.values(pipelines.UPGRADE_STATE)


def _refuse_unnamed_suspension(gathering: Gathering) -> None:
    """Refuse that a suspension has no reason: selected, a property that is lost looks like one that is empty."""
    state = gathering.facts.get(_STATE)
    if isinstance(state, Known) and state.value == "Suspended" and isinstance(gathering.facts.get(_SUSPENSION), Absent):
        sentence = "Automatic upgrade is suspended, and the answer does not say why."
        gathering.doubt(_SUSPENSION, Reason.NO_DATA, sentence, AUTO_UPGRADE)
