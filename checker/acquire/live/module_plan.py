"""A server by the one function of our module, which gives everything at once: one line of JSON."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from checker.acquire import facts_document
from checker.acquire.cmdlet_answers import FACTS_OF_CMDLET, RULES
from checker.acquire.live.cmdlet_windows_plan import clock_between
from checker.acquire.live.conversation import Conversation, NotAnsweredError
from checker.acquire.live.gathering import Gathering, unknown_because
from checker.acquire.live.pipelines import FUNCTION, MODULE
from checker.acquire.reading import Reading
from checker.acquire.sample import UnreadableError
from checker.acquire.sync_rule import RulePiece
from checker.model.collection import Collection, Failure, FailureClass
from checker.model.facts import Fact, Reason, Unknown

_SERVICE = "the service adsync is "
_PIPE = "net.pipe://localhost/ADSyncManagement".casefold()


def gather_by_module(
    conversation: Conversation, server: str, now: Callable[[], datetime], *, computer: str = ""
) -> Gathering:
    """
    Run the function and read its document, which counts as a whole or not at all.

    *computer* is what the session found out itself about where it is; empty where it could not.

    Raises:
        NotAnsweredError: it gave no document, more than one, an error beside it, or that of another computer.
    """
    before = now()
    answer = conversation.ask(MODULE)
    after = now()
    if answer.errors:
        first = answer.errors[0]
        kind = FailureClass.PARTIAL if answer.values else first.kind
        raise NotAnsweredError(kind, f"{FUNCTION}: {first.message}")
    texts = [value.content for value in answer.values if isinstance(value.content, str)]
    if len(texts) != 1 or len(answer.values) != 1:
        sentence = f"{FUNCTION} gave {len(answer.values)} objects, {len(texts)} of them texts; it gives one text."
        raise NotAnsweredError(FailureClass.PROTOCOL_ERROR, sentence)
    reading = document(server, texts[0], FUNCTION)
    refuse_other_computer(reading, computer, FUNCTION)
    gathering = gathered(reading, server)
    told = reading.collection or Collection()
    gathering.run_by, gathering.groups = told.run_by, told.groups
    gathering.module_version = told.module_version
    if told.server_time is not None:
        gathering.clock = clock_between(told.server_time, before, after)
    return gathering


def document(server: str, text: str, origin: str) -> Reading:
    """
    Read the document that *origin* gave for *server*.

    Raises:
        NotAnsweredError: it is none.
    """
    try:
        return facts_document.read_text(server, text.removeprefix("\ufeff"))
    except UnreadableError as error:
        sentence = f"What {origin} gave is no facts document: {error.message}"
        raise NotAnsweredError(FailureClass.PROTOCOL_ERROR, sentence) from error


def refuse_other_computer(reading: Reading, computer: str, origin: str) -> None:
    """
    Refuse a document of another computer than the one that was asked.

    Raises:
        NotAnsweredError: it names another one than *computer*, where that is known.
    """
    if computer and short_name(reading.computer or "") != short_name(computer):
        sentence = f"What {origin} gave is of the computer '{reading.computer}', and this is '{computer}'."
        raise NotAnsweredError(FailureClass.IDENTITY, sentence)


def short_name(computer: str) -> str:
    """Give the name of a computer without its domain, in the letter case that all share."""
    return computer.partition(".")[0].casefold()


def gathered(reading: Reading, server: str) -> Gathering:
    """Give what the document of the module tells as what was seen on the server."""
    gathering = Gathering(place=server)
    gathering.take(reading.facts, "")
    gathering.rules, gathering.connectors = reading.rules, reading.connectors
    gathering.computer = reading.computer or ""
    for name, fact in dict(gathering.facts).items():
        failure = _failure(fact)
        if failure:
            gathering.fail((name,), failure, _item(fact, name))
    problem = reading.rules.problem if reading.rules else None
    failure = _failure(problem) if problem else None
    if failure:
        gathering.fail(FACTS_OF_CMDLET[RULES], failure, RULES)
        gathering.rules = RulePiece(set=server, problem=unknown_because(failure, RULES))
    return gathering


def _failure(fact: Fact) -> Failure | None:
    """Say why the module itself could not read *fact*: it tells the text of the error, and here that gets a class."""
    if not isinstance(fact, Unknown):
        return None
    said = fact.detail.casefold()
    kind = FailureClass.PIPE_REFUSES_NETWORK_LOGON if _PIPE in said else _CLASSES.get(fact.reason)
    if _SERVICE in said and "not running" in said:  # the module asked for its state, as the pipe alone does not tell
        kind = FailureClass.SERVICE_STOPPED
    return Failure(kind=kind, message=fact.detail) if kind else None


def _item(fact: Fact, name: str) -> str:
    """Say what was read for *fact*, as far as its document tells."""
    return fact.sources[0].item if isinstance(fact, Unknown) and fact.sources else name


_CLASSES = {
    Reason.DENIED: FailureClass.COMMAND_DENIED,
    Reason.COLLECTION_FAILED: FailureClass.PIPELINE_ERROR,
}
