"""
What a diagnosis asks within a session, and how sessions are watched that are opened to read facts.

No session is opened for a diagnosis alone: a credential is shown to a server as often as a collection does, so that a
wrong one does not lock its account. What is asked here is asked at the end, when the facts are already read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime

from checker.acquire.live.cmdlet_windows_plan import read_clock, read_environment
from checker.acquire.live.commands import Command, Connect, LiveError, Session, Target
from checker.acquire.live.conversation import Conversation, NotAnsweredError, text_in, word_in
from checker.acquire.live.gathering import Gathering, ServerClock
from checker.acquire.live.pipelines import CLOCK, ENVIRONMENT, FUNCTION, SERVICE
from checker.acquire.live.question import Question, pipe, select
from checker.model.collection import Failure, FailureClass

GROUPS = ("ADSyncAdmins", "ADSyncOperators", "ADSyncBrowse", "ADSyncPasswordSet")
"""The groups that the setup of the product makes on its server."""

SECONDS, LONGEST = 15.0, 5.0
"""The time for everything that is asked here, and for one question of it."""


def _members(group: str) -> Question:
    pipeline = pipe(Command("Get-LocalGroupMember", (("Group", group),)), select("Name", "ObjectClass"))
    return Question(f"the members of {group}", f"Get-LocalGroupMember, {group}", pipeline)


MEMBERS: Mapping[str, Question] = {group: _members(group) for group in GROUPS}

_ASKED = (*MEMBERS.values(), SERVICE, CLOCK, ENVIRONMENT)
SHOWN = Question(
    "which commands of a diagnosis there are",
    "Get-Command",
    pipe(
        Command(
            "Get-Command",
            (("Name", (FUNCTION, *dict.fromkeys(one.name for asked in _ASKED for one in asked.pipeline.commands))),),
        ),
        select("Name"),
    ),
)

QUESTIONS = (SHOWN, *_ASKED)
"""All that a diagnosis asks besides the facts."""


@dataclass(frozen=True, slots=True)
class Group:
    """One group of the product, as far as its members were told."""

    name: str
    members: tuple[tuple[str, str], ...] = ()  # name and class, such as `User`
    problem: str = ""  # why there may be more members, or whether there are any is not known


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """What a session said of itself; what it does not show, or did not answer, is None or empty."""

    function: bool | None = None  # whether the function of our module is there
    account: str = ""
    groups: tuple[Group, ...] | None = None
    service: str = ""  # the state of the service ADSync, such as `Running`
    service_problem: Failure | None = None
    clock: ServerClock | None = None


@dataclass(frozen=True, slots=True)
class Opening:
    """One try to open a session."""

    configuration_name: str
    failure: Failure | None = None


@dataclass(slots=True)
class Seen:
    """What was seen of one server while it was read; the thread that reads it is the only one that writes here."""

    openings: list[Opening] = field(default_factory=list)
    answers: Answers | None = None  # of the session that was opened last


@dataclass(frozen=True, slots=True, kw_only=True)
class Clocks:
    """The time, as the outside lends it."""

    monotonic: Callable[[], float]
    now: Callable[[], datetime]
    is_over: Callable[[], bool] = lambda: False  # whether the run is being ended, so that nothing more is asked


def watched(connect: Connect, seen: Mapping[str, Seen], clocks: Clocks) -> Connect:
    """Give a way to open sessions as *connect* does, which notes in *seen* what becomes of each, by server."""

    @contextmanager
    def watch(target: Target, configuration_name: str, seconds: float) -> Iterator[Session]:
        server, opened = seen[target.server], False
        server.answers = None
        try:
            with connect(target, configuration_name, seconds) as session:
                opened = True
                server.openings.append(Opening(configuration_name))
                yield session
                if not clocks.is_over():
                    server.answers = ask(session, target.server, clocks)
        except LiveError as error:
            if not opened:
                server.openings.append(Opening(configuration_name, error.failure))
            raise

    return watch


def ask(session: Session, server: str, clocks: Clocks) -> Answers:
    """Ask *session* for what facts do not tell; that something is not answered is an answer too."""
    end = clocks.monotonic() + SECONDS
    conversation = Conversation(session, end=end, longest=LONGEST, monotonic=clocks.monotonic)
    try:
        # NOTE: that some of the commands are not there is an error beside those that are.
        shown = frozenset(text_in(one, "Name") for one in conversation.ask(SHOWN).values)
    except NotAnsweredError:
        return Answers()
    conversation.show(shown)
    gathering = Gathering(place=server)
    read_environment(conversation, gathering)
    service, problem = _service(conversation)
    return Answers(
        function=FUNCTION.casefold() in map(str.casefold, shown),
        account=gathering.run_by,
        service=service,
        service_problem=problem,
        clock=_clock(conversation, clocks.now),
        groups=_groups(conversation),
    )


def _service(conversation: Conversation) -> tuple[str, Failure | None]:
    if not conversation.can_ask(SERVICE):
        return "", None
    try:
        return word_in(conversation.only(SERVICE), "Status"), None
    except NotAnsweredError as error:
        return "", error.failure


def _clock(conversation: Conversation, now: Callable[[], datetime]) -> ServerClock | None:
    try:
        return read_clock(conversation, now)
    except NotAnsweredError:
        return None


def _groups(conversation: Conversation) -> tuple[Group, ...] | None:
    if not all(conversation.can_ask(question) for question in MEMBERS.values()):
        return None
    return tuple(_group(conversation, name, question) for name, question in MEMBERS.items())


def _group(conversation: Conversation, name: str, question: Question) -> Group:
    try:
        answer = conversation.ask(question)
    except NotAnsweredError as error:
        return Group(name, problem=error.failure.message)
    members = tuple((text_in(one, "Name"), text_in(one, "ObjectClass")) for one in answer.values)
    others = [one for one in answer.errors if not _is_no_such_group(one.identifier, one.kind)]
    missing = len(others) < len(answer.errors)
    problem = f"{question.item}: {others[0].message}" if others else "there is no such group" if missing else ""
    return Group(name, tuple(one for one in members if one[0]), problem)


def _is_no_such_group(identifier: str, kind: FailureClass) -> bool:
    return identifier.startswith("GroupNotFound") or kind is FailureClass.ITEM_NOT_FOUND
