"""Nothing is green by absence: whatever is lost of what a running server says, what is wrong with it stays seen."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checker.acquire.cmdlet_objects import CmdletValue
from checker.acquire.live.commands import Answer, LiveError, Pipeline
from checker.model.collection import FailureClass
from tests.acquire.live.fake_session import DENIED, PIPE, FakeServer, Net, record
from tests.acquire.live.live_runs import outcomes, read
from tests.acquire.live.red_servers import RED_SERVERS, RedServer

GREEN = {"pass", "not_applicable"}
NOT_MET = {"AADC0118"}
"""How an application signs in is shown by no server for sure, so the compliant one does not meet this rule."""

cases = pytest.mark.parametrize("red", RED_SERVERS, ids=lambda red: red.name)
red_servers = st.sampled_from(RED_SERVERS)


def wrong(server: FakeServer) -> set[str]:
    """Name the rules that are not green; all of them where the server could not be read."""
    reading = read(server)
    found = outcomes(reading)
    return {rule for rule, outcome in found.items() if outcome not in GREEN}


def test_the_server_that_the_cases_are_made_from_is_green() -> None:
    """Otherwise the cases would be red for another reason."""
    assert NOT_MET == wrong(FakeServer())


@cases
def test_each_case_is_red(red: RedServer) -> None:
    """One thing is wrong, and it is seen."""
    assert set(red.rules) <= wrong(red.make())


@dataclass(frozen=True)
class Loss:
    """What becomes of one answer; the numbers choose what is lost, whatever there is."""

    pipeline: int
    kind: str
    at: int = 0
    name: int = 0

    def apply(self, answer: Answer) -> Answer:
        """Give what is left of *answer*."""
        values = answer.values
        place = self.at % len(values) if values else 0
        match self.kind:
            case "everything":
                return Answer()
            case "the objects":
                return replace(answer, values=())
            case "the errors":
                return replace(answer, errors=())
            case "an object" if values:
                return replace(answer, values=values[:place] + values[place + 1 :])
            case "a property" if values:
                return replace(answer, values=(*values[:place], self._without(values[place]), *values[place + 1 :]))
            case "denied":
                return Answer(errors=(DENIED,))
            case "refused":
                return Answer(errors=(PIPE,))
            case "an unknown switch":
                return Answer(errors=(record(FailureClass.PARAMETER_NOT_ALLOWED, "NamedParameterNotFound"),))
            case "an error beside":
                return replace(answer, errors=(*answer.errors, record(FailureClass.PIPELINE_ERROR, "Broken")))
            case _:
                return answer

    def _without(self, value: CmdletValue) -> CmdletValue:
        """Lose a property, or one of an object inside."""
        if not isinstance(value.content, dict) or not value.content:
            return replace(value, content=None)
        names = [*value.content]
        inner = [name for name in names if isinstance(value.content[name].content, dict)]
        if inner and self.name % 2:
            name = inner[self.name % len(inner)]
            return replace(value, content={**value.content, name: self._without(value.content[name])})
        name = names[self.name % len(names)]
        return replace(value, content={key: one for key, one in value.content.items() if key != name})


KINDS = (
    "everything", "the objects", "the errors", "an object", "a property", "denied", "refused", "an unknown switch",
    "an error beside", FailureClass.DEADLINE.value, FailureClass.TOO_LARGE.value, FailureClass.CONNECTION_DROPPED.value,
)  # fmt: skip
FROM_OUTSIDE = {kind.value: kind for kind in FailureClass}

losses = st.builds(
    Loss, pipeline=st.integers(0, 27), kind=st.sampled_from(KINDS), at=st.integers(0, 99), name=st.integers(0, 99)
)


def losing(server: FakeServer, lost: list[Loss]) -> FakeServer:
    """Let *server* lose something on the way of some of its answers."""
    count = -1

    def before(_pipeline: Pipeline, _seconds: float) -> None:
        nonlocal count
        count += 1
        for loss in lost:
            if loss.pipeline == count and loss.kind in FROM_OUTSIDE:
                raise LiveError(FROM_OUTSIDE[loss.kind], "It is lost.")

    def tamper(_pipeline: Pipeline, answer: Answer) -> Answer:
        for loss in lost:
            if loss.pipeline == count:
                answer = loss.apply(answer)
        return answer

    server.before, server.tamper = before, tamper
    return server


@settings(max_examples=300, deadline=None)
@given(red=red_servers, loss=losses)
def test_whatever_is_lost_of_an_answer_keeps_a_red_server_red(red: RedServer, loss: Loss) -> None:
    """An object, a property, all of it, or the connection."""
    assert set(red.rules) <= wrong(losing(red.make(), [loss]))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("number", range(28))
def test_no_loss_of_a_whole_answer_hides_a_low_limit(number: int, kind: str) -> None:
    """The limit of a copy, whose standard rule is disabled, stands in the mappings alone."""
    red = RED_SERVERS[0]

    assert set(red.rules) <= wrong(losing(red.make(), [Loss(number, kind)]))


@settings(max_examples=100, deadline=None)
@given(red=red_servers, lost=st.lists(losses, min_size=2, max_size=4))
def test_losses_of_several_answers_do_not_make_up_for_each_other(red: RedServer, lost: list[Loss]) -> None:
    """
    Whole answers may be lost together in any way.

    Left out is that single objects are lost of an answer and of the number that the server counts them by: these two
    agree then, as they would for a smaller set.
    """
    whole = [one for one in lost if one.kind not in ("an object", "a property")]

    assert set(red.rules) <= wrong(losing(red.make(), whole))


def objects(value: Any) -> Iterator[Net]:
    """Give every object within *value*."""
    if isinstance(value, Net):
        yield value
        for one in value.own.values():
            yield from objects(one)
    elif isinstance(value, list):
        for one in value:
            yield from objects(one)


@settings(max_examples=200, deadline=None)
@given(red=red_servers, at=st.integers(0, 999), name=st.integers(0, 99))
def test_a_property_that_the_server_itself_lacks_keeps_a_red_server_red(red: RedServer, at: int, name: int) -> None:
    """A build that calls something otherwise is not one that has nothing of it."""
    server = red.make()
    found = [one for one in objects([server.rules, server.connectors]) if one.own]
    chosen = found[at % len(found)]
    del chosen.own[[*chosen.own][name % len(chosen.own)]]

    assert set(red.rules) <= wrong(server)


@cases
@pytest.mark.parametrize("place", ["scheduler", "settings", "upgrade"])
def test_a_setting_that_the_server_lacks_keeps_a_red_server_red(red: RedServer, place: str) -> None:
    """Whichever it is."""
    for name in [*getattr(red.make(), place)]:
        server = red.make()
        del getattr(server, place)[name]

        assert set(red.rules) <= wrong(server), name
