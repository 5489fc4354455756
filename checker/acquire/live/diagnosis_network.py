"""The steps of a diagnosis that need no credential: the name of a server, its port, its certificate."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_address

from checker.acquire.live.commands import LiveError, Target
from checker.acquire.live.diagnosis_steps import NAME, NETWORK, PORT, TLS, failed_by, needs, ok, warning
from checker.acquire.live.reach import Certificate
from checker.model.collection import Failure, FailureClass
from checker.model.diagnosis import State, Step

ENDS_SOON = timedelta(days=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Network:
    """The ways to look at a server from outside; each raises `LiveError`."""

    addresses: Callable[[Target], tuple[str, ...]]
    reach: Callable[[Target], None]
    certificate: Callable[[Target], Certificate]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    """How far one came from outside."""

    steps: tuple[Step, ...]  # those of `NETWORK`
    failure: Failure | None = None  # why it goes no further


def look_from_outside(target: Target, network: Network, now: Callable[[], datetime]) -> Reached:
    """Take the steps that need no credential, up to the one that fails."""
    if target.proxy:
        unproven = "" if target.tls and target.tls_verified else f" {_UNVERIFIED if target.tls else _NO_TLS}"
        told = {**_BEHIND_A_PROXY, TLS: f"{_BEHIND_A_PROXY[TLS]}{unproven}"}
        return Reached(steps=tuple(warning(name, told[name]) for name in NETWORK))
    steps: list[Step] = []
    failure: Failure | None = None
    try:
        # NOTE: what was added before one is raised stays.
        steps.extend(_steps(target, network, now))
    except LiveError as error:
        failure = error.failure
    except Exception as error:  # noqa: BLE001 - a bug with one server is told as that server's, and ends no other's
        sentence = f"{type(error).__name__} was raised; this is a bug of the checker, please report it."
        failure = Failure(kind=FailureClass.INTERNAL, message=sentence)
    if failure is not None:
        broken = NETWORK[len(steps)]
        steps.append(failed_by(broken, failure))
        steps += [needs(name, broken) for name in NETWORK[len(steps) :]]
    return Reached(steps=tuple(steps), failure=failure)


_BEHIND_A_PROXY = {
    NAME: "Requests go through a proxy, which alone resolves the name; try without '--proxy' to look at this step.",
    PORT: "Requests go through a proxy, which alone connects to the port; try without '--proxy' to look at this step.",
    TLS: "Requests go through a proxy, and the certificate is seen only by the session; try without '--proxy' to look "
    "at this step.",
}


def _steps(target: Target, network: Network, now: Callable[[], datetime]) -> Iterator[Step]:
    found = network.addresses(target)
    if not found:
        raise LiveError(FailureClass.DNS, f"The name '{target.host}' has no address. Correct 'host' in the inventory.")
    shown = ", ".join(map(_address, found[:_MOST]))
    more = f" and {len(found) - _MOST} more" if len(found) > _MOST else ""
    yield ok(NAME, f"'{target.host}' has the address {shown}{more}.")
    network.reach(target)
    yield ok(PORT, f"Somebody listens at port {target.port}.")
    if not target.tls:
        yield warning(TLS, _NO_TLS)
    else:
        yield _certificate(target, network.certificate(target), now())


_NO_TLS = (
    "The inventory says 'tls: false', so nothing proves which server answers; give WinRM an HTTPS listener, and remove "
    "'tls: false'."
)
_UNVERIFIED = (
    "The certificate is not looked at, so anybody may have answered; leave out '--no-verify-tls', and name the bundle of "
    "the authority as 'ca_bundle'."
)
_MOST = 4


def _address(text: str) -> str:
    """Give an address of IPv6 with all its parts: pipelines take `::` in a log for a command, so no report shows it."""
    try:
        address = ip_address(text)
    except ValueError:
        return text
    if address.version == 4:
        return text
    return ":".join(f"{int(part, 16):x}" for part in address.exploded.partition("%")[0].split(":"))


def _certificate(target: Target, shown: Certificate, now: datetime) -> Step:
    if not target.tls_verified:
        return warning(TLS, f"TLS is spoken. {_UNVERIFIED}")
    words = [f"for '{shown.subject}'"] if shown.subject else []
    words += [f"from '{shown.issuer}'"] if shown.issuer else []
    made = " ".join(["The certificate", *words])
    if shown.ends is None:
        return warning(TLS, f"{made} is valid, and does not say when it ends; look at it on the server.")
    left = shown.ends - now
    days = left // timedelta(days=1)
    ends = f"ends in {days} {'day' if days == 1 else 'days'}, on {shown.ends:%Y-%m-%d}"
    if left < timedelta():
        # NOTE: the handshake has accepted it a moment ago, so one of the two clocks is wrong.
        ends = f"has ended, on {shown.ends:%Y-%m-%d}"
    if left < ENDS_SOON:
        return Step(TLS, State.WARNING, f"{made} {ends}; give the listener of WinRM a new one.")
    return ok(TLS, f"{made} {ends}.")
