"""The steps of a diagnosis that a session is needed for: module, rights, service and clock."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from checker.acquire.cmdlet_answers import CONNECTORS, FACTS_OF_CMDLET, RULES
from checker.acquire.live.diagnosis_session import Answers, Group
from checker.acquire.live.diagnosis_steps import (
    CLOCK,
    MODULE,
    RIGHTS,
    SERVICE,
    WRITE_MODULE,
    ended,
    failed,
    failed_by,
    ok,
    warning,
)
from checker.acquire.live.document import LiveFacts
from checker.acquire.live.pipelines import FUNCTION, SNAPSHOT
from checker.model.collection import Collection, Failure, FailureClass, Plan
from checker.model.diagnosis import Step
from checker.model.facts import Known
from checker.model.timestamp import format_timestamp

_OF_RIGHTS = (FailureClass.COMMAND_DENIED, FailureClass.PIPE_REFUSES_NETWORK_LOGON)
_OF_SERVICE = (FailureClass.SERVICE_STOPPED,)
_OF_THE_PLAN = (
    FailureClass.COMMAND_NOT_AVAILABLE,
    FailureClass.PARAMETER_NOT_ALLOWED,
    FailureClass.SCRIPT_NOT_ALLOWED,
)
"""What this way of asking cannot give, on a server that is well all the same."""


def module_step(live: LiveFacts, answers: Answers | None) -> Step:
    """Say by what the facts are read, and what else went wrong with that."""
    collection = live.collection
    if collection.plan is None:
        failure = live.failure or Failure(kind=FailureClass.INTERNAL, message="Nobody says why; please report it")
        return failed_by(MODULE, failure, f"Nothing could be read: {{cause}} {_ADVICE.get(failure.kind, _BY_HAND)}")
    others = [one for one in collection.failures if one.kind not in (*_OF_RIGHTS, *_OF_SERVICE)]
    broken = [one for one in others if one.kind not in _OF_THE_PLAN and not _is_no_snapshot(one)]
    there = bool(answers and answers.function)
    told = _how_it_was_read(collection, there)
    if broken:
        return failed(MODULE, f"{told} Not all could be read: {_listed(broken)}")
    if others:
        return warning(MODULE, f"{told} Not all could be read: {_listed(others)}")
    return warning(MODULE, told) if collection.plan is Plan.CMDLETS else ok(MODULE, told)


_ADVICE = {
    FailureClass.COMMAND_NOT_AVAILABLE: WRITE_MODULE,
    FailureClass.DEADLINE: "Give the server more time with '--timeout', or look at what keeps it busy.",
}
_BY_HAND = f"Run '{FUNCTION}' by hand on the server, where it says more."


def _is_no_snapshot(failure: Failure) -> bool:
    """Whether a snapshot was looked for to make up for something else, and this server has none."""
    return failure.kind is FailureClass.ITEM_NOT_FOUND and SNAPSHOT.item in failure.message


def _how_it_was_read(collection: Collection, there: bool) -> str:  # noqa: FBT001 - whether the function is
    version = f", version {collection.module_version}" if collection.module_version else ""
    match collection.plan:
        case Plan.MODULE:
            return f"'{FUNCTION}' is there{version or ', and does not say its version'}."
        case Plan.SNAPSHOT:
            return f"What the session may not read comes from the snapshot{_snapshot(collection)}."
        case _ if there:
            return f"'{FUNCTION}' is there, and the facts had to be read by cmdlets."
        case _:
            return f"The server module is not installed, or this endpoint does not show it. {WRITE_MODULE}"


def _snapshot(collection: Collection) -> str:
    found = collection.snapshot
    if found is None:
        return ""
    written = f", written at {format_timestamp(found.written)}" if found.written else ""
    owner = f", owned by '{found.owner}'" if found.owner else ""
    return f" '{found.path}'{written}{owner}"


def rights_step(live: LiveFacts, answers: Answers | None) -> Step | None:
    """Say which groups of the product the account is in; None where nothing tells."""
    told = _groups_told(live.collection, answers)
    denied = [one for one in live.collection.failures if one.kind in _OF_RIGHTS and not _is_no_answer(live, one)]
    if not denied:
        return told
    before = f"{told.sentence} " if told else ""
    pipe = any(one.kind is FailureClass.PIPE_REFUSES_NETWORK_LOGON for one in denied)
    return failed(RIGHTS, f"{before}It was refused: {_listed(denied)} {_REFUSES_REMOTE if pipe else _GIVE_RIGHTS}")


_GIVE_RIGHTS = (
    "Put the account into ADSyncBrowse and ADSyncOperators, into ADSyncAdmins only if that is not enough, and into "
    "'Event Log Readers' for events."
)
_REFUSES_REMOTE = (
    f"The sync service does not answer remote logons; use the endpoint or the snapshot of the module. {WRITE_MODULE}"
)


def _groups_told(collection: Collection, answers: Answers | None) -> Step | None:
    account = collection.run_by or (answers.account if answers else "")
    who = f"The account '{account}'" if account else "The account of the session"
    if collection.groups:
        return ok(RIGHTS, f"{who} is in {_and(collection.groups)}.")
    if answers is None or answers.groups is None:
        return None
    if not answers.account:
        return warning(RIGHTS, "Which groups the account is in cannot be told: the session does not say who it is.")
    who, folded = f"The account '{answers.account}'", answers.account.casefold()
    its = [one.name for one in answers.groups if any(name.casefold() == folded for name, _ in one.members)]
    if its:
        return ok(RIGHTS, f"{who} is in {_and(its)}.")
    untold = [one for one in answers.groups if one.problem]
    if untold:
        said = "; ".join(f"{one.name}: {one.problem}" for one in untold)
        return warning(RIGHTS, f"Which groups {who[:1].lower()}{who[1:]} is in cannot be told. {ended(said)}")
    through = [f"'{name}' in {one.name}" for one in answers.groups for name in _groups_in(one)]
    if through:
        return warning(RIGHTS, f"{who} is in no group of the product by itself; it may be by {_and(through)}.")
    return warning(RIGHTS, f"{who} is in none of {', '.join(one.name for one in answers.groups)}. {_GIVE_RIGHTS}")


def _groups_in(group: Group) -> list[str]:
    # NOTE: the word for a group is translated with the system; that for a user is told apart in English only.
    return [name for name, kind in group.members if kind.casefold() != "user"]


def service_step(live: LiveFacts, answers: Answers | None) -> Step | None:
    """Say whether the sync service runs; None where nothing tells."""
    stopped = [one for one in live.collection.failures if one.kind in _OF_SERVICE]
    if stopped:
        return failed(SERVICE, f"{ended(stopped[0].message)} {_START}")
    if answers and answers.service:
        if answers.service.casefold() == "running":
            return ok(SERVICE, "The service ADSync runs.")
        return failed(SERVICE, f"The service ADSync is not running; its state is '{answers.service}'. {_START}")
    if answers and answers.service_problem:
        problem = answers.service_problem
        if problem.kind is FailureClass.ITEM_NOT_FOUND:
            return failed(
                SERVICE,
                "There is no service ADSync: the product is not installed on this computer, or 'host' in the inventory "
                "leads to another one.",
            )
        said = ended(problem.message)
        return warning(SERVICE, f"Whether the service ADSync runs cannot be told: {said} Look at it on the server.")
    silent = [one for one in live.collection.failures if _is_no_answer(live, one)]
    if silent:
        return failed(
            SERVICE,
            f"The sync service did not answer the module on its own computer: {ended(silent[0].message)} It does not "
            f"run, or refuses the account of the endpoint. {_START}",
        )
    if live.collection.plan is Plan.MODULE and _service_answered(live):
        return ok(SERVICE, "The service ADSync runs: its cmdlets answered the module.")
    return None


def _is_no_answer(live: LiveFacts, failure: Failure) -> bool:
    """Whether the pipe of the service was closed to the module, which is on the server and no remote logon."""
    return failure.kind is FailureClass.PIPE_REFUSES_NETWORK_LOGON and live.collection.plan is Plan.MODULE


_START = "Start it with 'Start-Service ADSync', and look in the event log for why it stopped."


def _service_answered(live: LiveFacts) -> bool:
    """Whether the facts hold what only the sync service tells, and at once."""
    names = (*FACTS_OF_CMDLET[RULES], *FACTS_OF_CMDLET[CONNECTORS])
    return any(isinstance(live.facts[name], Known) for name in names)


SKEW_NOTED, SKEW_REFUSED = timedelta(seconds=60), timedelta(minutes=5)


def clock_step(live: LiveFacts, answers: Answers | None) -> Step | None:
    """Say how far the clock of the server is from ours; None where nothing tells."""
    skew = live.collection.clock_skew
    if skew is None and answers and answers.clock:
        skew = answers.clock.ahead
    if skew is None:
        return None
    seconds = round(abs(skew) / timedelta(seconds=1))
    direction = "ahead of" if skew > timedelta() else "behind"
    off = f"The clock of the server is {_length(seconds)} {direction} that of this machine"
    if abs(skew) > SKEW_REFUSED:
        return failed(CLOCK, f"{off}, and Kerberos refuses more than 5 minutes. {_SET_CLOCK}")
    if abs(skew) > SKEW_NOTED:
        return warning(CLOCK, f"{off}. {_SET_CLOCK}")
    return ok(CLOCK, f"{off}." if seconds else "The clock of the server and that of this machine agree.")


_SET_CLOCK = "Find out which of the two is wrong, and let it follow the time of the domain ('w32tm /resync')."


def _length(seconds: int) -> str:
    hours, rest = divmod(seconds, 3600)
    minutes, left = divmod(rest, 60)
    parts = [(hours, "h"), (minutes, "min"), (left, "s")]
    return " ".join(f"{number} {unit}" for number, unit in parts if number) or "0 s"


def _listed(failures: Sequence[Failure]) -> str:
    """Give the first of *failures* with its class, and how many more there are."""
    first = f"{failures[0].kind.value}: {ended(failures[0].message)}"
    more = len(failures) - 1
    return f"{first} There {'is' if more == 1 else 'are'} {more} more." if more else first


def _and(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
