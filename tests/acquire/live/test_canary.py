"""One server tries a credential before the fleet does."""

from __future__ import annotations

import threading

import pytest

from checker.acquire.live.canary import Canaries
from checker.model.collection import Failure, FailureClass

REJECTED = Failure(kind=FailureClass.AUTH_REJECTED, message="No.")


def turn_of(canaries: Canaries, server: str, failure: Failure | None, credential: str = "one") -> str:
    """Let *server* have its turn, which ends with *failure*; give who had rejected the credential before."""
    with canaries.turn(credential, server) as turn:
        if not turn.rejected_by:
            turn.tell(failure)
        return turn.rejected_by


def test_a_rejected_credential_is_not_tried_again() -> None:
    """One rejection, and nobody else sends the password."""
    canaries = Canaries()

    assert ["", "a", "a"] == [turn_of(canaries, name, REJECTED) for name in "abc"]


def test_another_credential_is_another_matter() -> None:
    """What one account is refused says nothing of another."""
    canaries = Canaries()
    turn_of(canaries, "a", REJECTED)

    assert "" == turn_of(canaries, "b", None, credential="two")


def test_an_accepted_credential_survives_two_servers_that_reject_it() -> None:
    """A server may be set up otherwise; the third rejection may be a locked account, and ends it."""
    canaries = Canaries()
    turn_of(canaries, "good", None)

    assert ["", "", "", "x", "x"] == [turn_of(canaries, name, REJECTED) for name in "xyzuv"]


@pytest.mark.parametrize(
    "kind",
    [
        one
        for one in FailureClass
        if one.value.split("-")[0] in ("dns", "refused", "unreachable", "connect", "tls", "kdc", "busy", "read")
    ],
)
def test_what_says_nothing_of_the_credential_makes_the_next_one_the_canary(kind: FailureClass) -> None:
    """A server that cannot be reached has neither accepted nor rejected anything."""
    canaries = Canaries()
    turn_of(canaries, "a", Failure(kind=kind, message=""))

    assert not canaries.is_accepted("one")
    assert ["", "b"] == [turn_of(canaries, name, REJECTED) for name in "bc"]


@pytest.mark.parametrize(
    "kind", [FailureClass.ENDPOINT_DENIED, FailureClass.ENDPOINT_MISSING, FailureClass.COMMAND_DENIED]
)
def test_what_comes_after_the_sign_on_means_that_it_was_accepted(kind: FailureClass) -> None:
    """Who is refused an endpoint was known to the server."""
    canaries = Canaries()
    turn_of(canaries, "a", Failure(kind=kind, message=""))

    assert canaries.is_accepted("one")


def test_until_one_has_accepted_it_only_one_server_tries() -> None:
    """The others wait for the canary, and go together once it has come back."""
    canaries = Canaries()
    entered, released = threading.Event(), threading.Event()
    inside: list[str] = []

    def first() -> None:
        with canaries.turn("one", "canary") as turn:
            entered.set()
            released.wait(10)
            inside.append("canary")
            turn.tell(None)

    both = threading.Barrier(2, timeout=10)

    def later(name: str) -> None:
        with canaries.turn("one", name) as turn:
            inside.append("later")
            both.wait()
            turn.tell(None)

    canary = threading.Thread(target=first)
    canary.start()
    entered.wait(10)
    others = [threading.Thread(target=later, args=(name,)) for name in "bc"]
    for thread in others:
        thread.start()
    released.set()
    for thread in (canary, *others):
        thread.join(10)

    assert ["canary", "later", "later"] == inside
    assert not both.broken


def test_a_server_that_raises_lets_the_next_one_in() -> None:
    """Nobody waits for ever for a canary that ended with an error."""
    canaries = Canaries()

    with pytest.raises(RuntimeError), canaries.turn("one", "a"):
        raise RuntimeError
    assert "" == turn_of(canaries, "b", None)
