"""What Windows itself tells of a running server: registry, files, event log, clock and session."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime

from checker.acquire.cmdlet_objects import CmdletValue
from checker.acquire.live.conversation import Conversation, NotAnsweredError, count_in, partial, text_in, word_in
from checker.acquire.live.gathering import Gathering, ServerClock
from checker.acquire.live.pipelines import CLOCK, ENVIRONMENT, EVENTS, SERVICE, version_in
from checker.acquire.live.registry_keys import PARAMETERS, RegistryKey
from checker.model.catalogue import CATALOGUE
from checker.model.collection import Failure, FailureClass
from checker.model.facts import Reason
from checker.model.timestamp import parse_timestamp
from checker.model.values import FactType
from checker.model.version import Version

_VERSION, _EVENTS = "product.version", "events.dn_attributes_failures"
_WIDE = ("AMD64", "ARM64")
_NO_PATH, _NO_EVENTS = "PathNotFound", "NoMatchingEventsFound"


def read_environment(conversation: Conversation, gathering: Gathering) -> Failure | None:
    """
    Note the account of the session; say why its registry may not be the one of 64 bits, which the product uses.

    NOTE: a session of 32 bits reads other keys below SOFTWARE, and does not find there what is set.
    """
    try:
        values = conversation.ask(ENVIRONMENT).values
    except NotAnsweredError as error:
        return error.failure
    found = {text_in(one, "Name").upper(): text_in(one, "Value") for one in values}
    gathering.run_by = "\\".join(found[name] for name in ("USERDOMAIN", "USERNAME") if found.get(name))
    processor = found.get("PROCESSOR_ARCHITECTURE", "")
    if processor.upper() in _WIDE:
        return None
    said = f"is of '{processor}'" if processor else "does not say whether it is"
    sentence = f"The session {said}, and only one of 64 bits reads the registry that the product uses."
    return Failure(kind=FailureClass.BAD_CONFIGURATION, message=sentence)


def read_clock(conversation: Conversation, now: Callable[[], datetime]) -> ServerClock:
    """
    Compare the clock of the server with ours, as far as the time that the question took leaves no doubt.

    Raises:
        NotAnsweredError: it did not tell a moment.
    """
    before = now()
    value = conversation.only(CLOCK)
    after = now()
    moment = moment_in(value)
    if moment is None:
        raise partial(CLOCK, "It gave no time with an offset.")
    return clock_between(moment, before, after)


def clock_between(moment: datetime, before: datetime, after: datetime) -> ServerClock:
    """Say how far *moment* lies outside the time from *before* to *after*, in which it was told."""
    return ServerClock(time=moment, ahead=moment - min(max(moment, before), after))


def moment_in(value: CmdletValue) -> datetime | None:
    """Give the time that *value* is; None where it is none, or has no offset."""
    try:
        return parse_timestamp(value.content) if isinstance(value.content, str) else None
    except ValueError:
        return None


def service_state(conversation: Conversation) -> str:
    """Give the state of the service ADSync, such as `Running`; empty where it cannot be told."""
    try:
        return word_in(conversation.only(SERVICE), "Status")
    except NotAnsweredError:
        return ""


def read_key(conversation: Conversation, key: RegistryKey) -> Mapping[str, CmdletValue]:
    """
    Give the values of *key*; null is one that the key does not have, and no value at all is a key that is not there.

    Raises:
        NotAnsweredError: it could not be read, or the answer does not speak of everything that was asked.
    """
    answer = conversation.ask(key.question)
    missing = [one.identifier.startswith(_NO_PATH) for one in answer.errors]
    if missing and all(missing) and not answer.values:
        if key.required:
            sentence = f"{key.path}: There is no such key, and every server with the product has it."
            raise NotAnsweredError(FailureClass.ITEM_NOT_FOUND, sentence)
        return {}
    if answer.errors:
        first = answer.errors[0]
        kind = FailureClass.PARTIAL if answer.values else first.kind
        raise NotAnsweredError(kind, f"{key.path}: {first.message}")
    if not answer.values:
        if conversation.number(key.count, "ValueCount"):
            raise partial(key.question, "The key has values, and none arrived.")
        return {}
    if len(answer.values) > 1:
        raise partial(key.question, f"{len(answer.values)} keys arrived, and one was asked for.")
    found: dict[str, CmdletValue] = {}
    for name in (*key.values.values(), *key.further):
        value = answer.values[0].get(name)
        if value is None:
            raise partial(key.question, f"The answer does not speak of '{name}'.")
        found[name] = value
    return found


def read_registry(
    conversation: Conversation, gathering: Gathering, key: RegistryKey
) -> Mapping[str, CmdletValue] | Failure:
    """Note the facts that *key* holds, and give its values, or why it could not be read."""
    try:
        values = read_key(conversation, key)
    except NotAnsweredError as error:
        gathering.fail(key.values, error.failure, key.path)
        return error.failure
    for fact, name in key.values.items():
        _note(gathering, fact, values.get(name), f"{key.path}, {name}")
    return values


def _note(gathering: Gathering, fact: str, value: CmdletValue | None, item: str) -> None:
    spec = CATALOGUE[fact]
    content = value.content if value else None
    if content is None and not spec.never_absent:
        gathering.miss(fact, item, "The registry was read, and has no such value.")
    elif content is None:
        gathering.doubt(fact, Reason.TRUNCATED, f"'{item}' is not there, and every server has it.", item)
    elif spec.type is FactType.INTEGER and isinstance(content, int) and not isinstance(content, bool):
        # NOTE: PowerShell shows a REG_DWORD with a sign; it has none.
        gathering.know(fact, content + 2**32 if content < 0 else content, item)
    elif spec.type is FactType.TEXT and isinstance(content, str) and content:
        gathering.know(fact, content, item)
    else:
        kind = "REG_DWORD" if spec.type is FactType.INTEGER else "REG_SZ with text"
        gathering.doubt(fact, Reason.WRONG_TYPE, f"'{item}' is no {kind}.", item)


_FOLDER = re.compile(r"[A-Za-z]:\\[^\x00-\x1f\"<>|?*]+")


def read_version(
    conversation: Conversation, gathering: Gathering, parameters: Mapping[str, CmdletValue] | Failure
) -> None:
    """Note the version of the program file, which lies where the registry says."""
    item = f"{PARAMETERS.path}, Path"
    if isinstance(parameters, Failure):
        gathering.fail((_VERSION,), parameters, item)
        return
    path = parameters.get("Path")
    folder = path.content.rstrip("\\") if path and isinstance(path.content, str) else ""
    if not _FOLDER.fullmatch(folder):
        gathering.doubt(_VERSION, Reason.UNPARSED, f"'{item}' names no folder of a disk.", item)
        return
    question = version_in(folder)
    try:
        text = text_in(conversation.only(question), "ProductVersion").strip(" \0")
        gathering.know(_VERSION, Version.parse(text), question.item)
    except NotAnsweredError as error:
        gathering.fail((_VERSION,), error.failure, question.item)
    except ValueError as error:
        gathering.doubt(_VERSION, Reason.UNPARSED, f"'{question.item}' is not understood: {error}.", question.item)


def read_events(conversation: Conversation, gathering: Gathering) -> None:
    """Note how many events there are; none at all is an error of the cmdlet, and the number 0."""
    try:
        gathering.know(_EVENTS, _events(conversation), EVENTS.item)
    except NotAnsweredError as error:
        gathering.fail((_EVENTS,), error.failure, EVENTS.item)


def _events(conversation: Conversation) -> int:
    answer = conversation.ask(EVENTS)
    counts = [count_in(value) for value in answer.values]
    if answer.errors:
        others = [one for one in answer.errors if not one.identifier.startswith(_NO_EVENTS)]
        if not others and counts in ([], [0]):
            return 0
        first = (others or list(answer.errors))[0]
        counted = any(count != 0 for count in counts)
        raise NotAnsweredError(FailureClass.PARTIAL if counted else first.kind, f"{EVENTS.item}: {first.message}")
    # NOTE: without an event the cmdlet says so; a bare 0 is the number of something else that was lost.
    if len(counts) != 1 or not counts[0]:
        raise partial(EVENTS, "It neither gave a number nor said that there are none.")
    return counts[0]
