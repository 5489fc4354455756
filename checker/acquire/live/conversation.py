"""One session with a server, question by question, within the time that the server has."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from checker.acquire.cmdlet_objects import CmdletValue, Content
from checker.acquire.live.commands import Answer, LiveError, Session
from checker.acquire.live.question import Question
from checker.model.collection import Failure, FailureClass

_SESSION_GOES_ON = (FailureClass.DEADLINE, FailureClass.TOO_LARGE)
"""After these the next question may be asked; whatever else ends a pipeline from outside ends the session."""


class NotAnsweredError(Exception):
    """A question has no answer that counts; *failure* says why."""

    def __init__(self, kind: FailureClass, message: str) -> None:
        """Say in *message*, a sentence for the person who must act, what is wrong."""
        super().__init__(message)
        self.failure = Failure(kind=kind, message=message)


def partial(question: Question, why: str) -> NotAnsweredError:
    """Say that the answer is not whole, or contradicts another one; what it shows is not believed."""
    return NotAnsweredError(FailureClass.PARTIAL, f"{question.item}: {why}")


class Conversation:
    """
    Asks the questions of one session.

    One pipeline gets no more than half of the time, so that one which hangs leaves some for the others. What the
    endpoint does not show is not called. After the connection is lost, every question fails as it was lost.
    """

    def __init__(self, session: Session, *, end: float, longest: float, monotonic: Callable[[], float]) -> None:
        """Ask until *end* by the clock *monotonic*, for at most *longest* seconds each."""
        self._session, self._end, self._longest, self._monotonic = session, end, longest, monotonic
        self._visible: frozenset[str] | None = None
        self._lost: Failure | None = None

    def show(self, commands: frozenset[str]) -> None:
        """From now on call none but these *commands*, which are visible."""
        self._visible = frozenset(map(str.casefold, commands))

    def can_ask(self, question: Question) -> bool:
        """Whether every command of *question* is visible."""
        return self._hidden(question) is None

    def ask(self, question: Question) -> Answer:
        """
        Give the answer, with its errors.

        Raises:
            NotAnsweredError: there is none.
        """
        hidden = self._hidden(question)
        if hidden:
            sentence = f"The endpoint does not show '{hidden}'."
            raise NotAnsweredError(FailureClass.COMMAND_NOT_AVAILABLE, sentence)
        if self._lost:
            raise NotAnsweredError(self._lost.kind, self._lost.message)
        left = self._end - self._monotonic()
        if left <= 0:
            raise NotAnsweredError(FailureClass.DEADLINE, "The time for this server is over.")
        try:
            answer = self._session.run(question.pipeline, min(left, self._longest))
        except LiveError as error:
            failure = error.failure
            if failure.kind in _SESSION_GOES_ON:
                raise NotAnsweredError(failure.kind, f"{question.item}: {failure.message}") from error
            self._lost = failure
            raise NotAnsweredError(failure.kind, failure.message) from error
        return replace(answer, values=tuple(map(_unplaced, answer.values)))

    def values(self, question: Question) -> tuple[CmdletValue, ...]:
        """
        Give the objects of an answer that holds nothing but objects.

        Raises:
            NotAnsweredError: there is none, or an error stands in it: what came beside that may be only a part.
        """
        answer = self.ask(question)
        if answer.errors:
            first = answer.errors[0]
            kind = FailureClass.PARTIAL if answer.values else first.kind
            raise NotAnsweredError(kind, f"{question.item}: {first.message}")
        return answer.values

    def only(self, question: Question) -> CmdletValue:
        """
        Give the one object of an answer.

        Raises:
            NotAnsweredError: there is none, or more than one, or an error.
        """
        values = self.values(question)
        if len(values) != 1:
            raise partial(question, f"It gave {len(values)} objects, where it gives one.")
        return values[0]

    def number(self, question: Question, name: str = "Count") -> int:
        """
        Give the number that the property *name* of the one object of an answer is.

        Raises:
            NotAnsweredError: there is none.
        """
        found = count_in(self.only(question), name)
        if found is None:
            raise partial(question, f"It did not say '{name}'.")
        return found

    def _hidden(self, question: Question) -> str | None:
        if self._visible is None:
            return None
        names = (command.name for command in question.pipeline.commands)
        return next((name for name in names if name.casefold() not in self._visible), None)


def count_in(value: CmdletValue, name: str = "Count") -> int | None:
    """Give how many *value* says that there are; None where it does not say."""
    found = value.get(name)
    content = found.content if found else None
    return content if isinstance(content, int) and not isinstance(content, bool) and content >= 0 else None


def text_in(value: CmdletValue, name: str) -> str:
    """Give the text that the property *name* holds; empty where it holds none."""
    found = value.get(name)
    return found.content if found and isinstance(found.content, str) else ""


def word_in(value: CmdletValue, name: str) -> str:
    """Give the member of an enumeration that the property *name* holds, by its name."""
    found = value.get(name)
    return (found.text if found else "") or text_in(value, name)


def _unplaced(value: CmdletValue) -> CmdletValue:
    """Forget where *value* stood in a message that nobody keeps."""
    content: Content = value.content
    if isinstance(content, Mapping):
        content = {name: _unplaced(one) for name, one in content.items()}
    elif isinstance(content, tuple):
        content = tuple(map(_unplaced, content))
    return replace(value, content=content, line=1, column=1)
