"""
From what was seen of a server to the steps of its diagnosis, each with a sentence for the person who must act.

Nothing is asked here. A step that nobody could take is skipped, and one of which nobody can tell is a warning; neither
is ever ok.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from checker.acquire.live.diagnosis_facts import clock_step, module_step, rights_step, service_step
from checker.acquire.live.diagnosis_network import Reached
from checker.acquire.live.diagnosis_session import Opening, Seen
from checker.acquire.live.diagnosis_steps import (
    AUTHENTICATION,
    CLOCK,
    ENDPOINT,
    MODULE,
    NAME,
    PORT,
    RIGHTS,
    SERVICE,
    STEPS,
    TLS,
    WRITE_MODULE,
    ended,
    failed,
    failed_by,
    needs,
    ok,
    stands,
    warning,
)
from checker.acquire.live.document import LiveFacts
from checker.model.collection import Failure, FailureClass
from checker.model.diagnosis import State, Step
from checker.model.inventory import Connection


@dataclass(frozen=True, slots=True, kw_only=True)
class Observed:
    """Everything that was seen of one server."""

    connection: Connection  # as the inventory says
    reached: Reached
    credential: Failure | None = None  # why there is none, or the connection cannot be used
    seen: Seen
    live: LiveFacts  # what was read of it


def diagnose(observed: Observed) -> tuple[Step, ...]:
    """Give the steps of `STEPS` in their order, each of them once."""
    failure = observed.live.failure
    if failure is not None and failure.kind is FailureClass.IDENTITY:
        # NOTE: whatever else was seen was seen of another computer.
        return (failed_by(NAME, failure), *(needs(name, NAME) for name in STEPS[1:]))
    taken: dict[str, Step] = {}
    for step in _steps(observed):
        taken.setdefault(step.name, step)
    broken = next((name for name in STEPS if name not in taken or not stands(taken[name])), "")
    return tuple(taken.get(name) or needs(name, broken) for name in STEPS)


def _steps(observed: Observed) -> Iterator[Step]:
    """Give the steps that were taken; what is not among them is skipped."""
    opening = observed.seen.openings[-1] if observed.seen.openings else None
    late = _late_failure(opening)
    for step in observed.reached.steps:
        if late is not None and step.name == late.name:
            yield late
            return
        yield step
    if observed.reached.failure is None:
        yield from _session_steps(observed, opening)


def _session_steps(observed: Observed, opening: Opening | None) -> Iterator[Step]:
    authentication = _authentication(observed, opening)
    yield authentication
    if opening is None or not stands(authentication):
        return
    endpoint = _endpoint(observed, opening)
    yield endpoint
    if not stands(endpoint):
        return
    yield module_step(observed.live, observed.seen.answers)
    answers, has_document = observed.seen.answers, observed.live.collection.plan is not None
    yield rights_step(observed.live, answers) or _told_by_the_document(RIGHTS, has_document)
    yield service_step(observed.live, answers) or _told_by_the_document(SERVICE, has_document)
    yield clock_step(observed.live, answers) or _told_by_the_document(CLOCK, has_document)


_UNTOLD = {
    RIGHTS: "Which groups of the product the account is in cannot be told: the endpoint does not show "
    "'Get-LocalGroupMember', and the document of the module does not say; look at the local groups of the server.",
    SERVICE: "Whether the service ADSync runs cannot be told: the endpoint does not show 'Get-Service', and what was "
    "read does not say; look at it on the server.",
    CLOCK: "How far the clock of the server is off cannot be told; compare it with that of this machine.",
}


def _told_by_the_document(name: str, has_document: bool) -> Step:  # noqa: FBT001 - the one question here
    """Say why *name* is not known: its only source failed, or does not speak of it."""
    return warning(name, _UNTOLD[name]) if has_document else needs(name, MODULE)


_STEP_OF = {
    FailureClass.DNS: NAME,
    **dict.fromkeys(
        (FailureClass.REFUSED, FailureClass.UNREACHABLE, FailureClass.CONNECT_TIMEOUT, FailureClass.PROXY), PORT
    ),
    FailureClass.TLS: TLS,
}
"""The steps before authentication that can fail once more when a session is opened."""

_OF_THE_ENDPOINT = (FailureClass.ENDPOINT_MISSING, FailureClass.ENDPOINT_DENIED)
"""These come from a server that knows who is asking; whatever else ends an opening leaves that open."""


def _late_failure(opening: Opening | None) -> Step | None:
    """Give the step that worked for us and not for the session: a server that went away, a certificate it wanted."""
    if opening is None or opening.failure is None or opening.failure.kind not in _STEP_OF:
        return None
    return failed_by(_STEP_OF[opening.failure.kind], opening.failure)


_NOT_TRIED = (FailureClass.SKIPPED, FailureClass.INTERRUPTED)


def _authentication(observed: Observed, opening: Opening | None) -> Step:
    if observed.credential is not None:
        return failed_by(AUTHENTICATION, observed.credential)
    if opening is None:
        failure = observed.live.failure
        if failure is None:
            return failed(AUTHENTICATION, "No session was opened; this is a bug of the checker, please report it.")
        state = State.SKIPPED if failure.kind in _NOT_TRIED else State.FAILED
        return Step(AUTHENTICATION, state, ended(failure.message), failure.message)
    if opening.failure is not None and opening.failure.kind not in _OF_THE_ENDPOINT:
        return failed_by(AUTHENTICATION, opening.failure)
    how = observed.connection
    who = f" as '{how.username}'" if how.username else ""
    return ok(AUTHENTICATION, f"The server accepts '{how.authentication}'{who}.")


def _endpoint(observed: Observed, opening: Opening) -> Step:
    name, failure = opening.configuration_name, opening.failure
    if failure is not None:
        advice = f" {WRITE_MODULE}" if failure.kind is FailureClass.ENDPOINT_MISSING else ""
        return failed_by(ENDPOINT, failure, f"'{name}': {{cause}}{advice}")
    before = observed.seen.openings[-2] if len(observed.seen.openings) > 1 else None
    missing = before is not None and before.failure and before.failure.kind is FailureClass.ENDPOINT_MISSING
    if missing and before is not None and before.configuration_name != name:
        return warning(
            ENDPOINT,
            f"There is no endpoint '{before.configuration_name}', so '{name}' is used, in which the cmdlets of the "
            f"product may refuse a remote logon. {WRITE_MODULE} To use '{name}' all the same, name it as "
            "'configuration_name'.",
        )
    return ok(ENDPOINT, f"The endpoint '{name}' is there, and the account may use it.")
