"""The steps of a diagnosis: their names in order, and the four ways in which one ends."""

from __future__ import annotations

from checker.model.collection import Failure
from checker.model.diagnosis import State, Step

NAME, PORT, TLS = "name", "port", "TLS"
AUTHENTICATION, ENDPOINT, MODULE = "authentication", "endpoint", "module"
RIGHTS, SERVICE, CLOCK = "rights", "service", "clock skew"
NETWORK = (NAME, PORT, TLS)
STEPS = (*NETWORK, AUTHENTICATION, ENDPOINT, MODULE, RIGHTS, SERVICE, CLOCK)
"""Every step, in the order in which a person would look."""

WRITE_MODULE = "'adsync-checker server-module --out DIR' writes the server module, and how it is installed."


def ok(name: str, sentence: str) -> Step:
    """All is well with *name*."""
    return Step(name, State.OK, sentence)


def warning(name: str, sentence: str) -> Step:
    """It goes on after *name*, and a person should know."""
    return Step(name, State.WARNING, sentence)


def failed(name: str, sentence: str) -> Step:
    """It does not go on after *name*."""
    return Step(name, State.FAILED, sentence)


def failed_by(name: str, failure: Failure, sentence: str = "{cause}") -> Step:
    """It does not go on after *name* because of *failure*, whose words stand in *sentence*."""
    return Step(name, State.FAILED, sentence.replace("{cause}", ended(failure.message)), failure.message)


def ended(text: str) -> str:
    """Give *text* with a full stop."""
    stripped = text.rstrip()
    return stripped if stripped.endswith((".", "!", "?", "\u2026")) else f"{stripped}."


def needs(name: str, missing: str) -> Step:
    """*name* was not tried, for the step *missing* did not succeed."""
    return Step(name, State.SKIPPED, f"It needs the step '{missing}'.")


def stands(step: Step) -> bool:
    """Whether a step that needs *step* can be taken."""
    return step.state in (State.OK, State.WARNING)
