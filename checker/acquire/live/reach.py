"""Whether a server can be reached at all: its name, its port, its certificate. No credential takes part."""

from __future__ import annotations

import errno
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from checker.acquire.live.commands import LiveError, Target
from checker.acquire.live.tls import tls_context
from checker.model.collection import FailureClass

CONNECT_SECONDS = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """What a server showed to prove who it is."""

    subject: str = ""
    issuer: str = ""
    ends: datetime | None = None


def addresses(target: Target) -> tuple[str, ...]:
    """
    Resolve the name of *target*, in the order in which the system would try the addresses.

    Raises:
        LiveError: nobody knows the name.
    """
    try:
        found = socket.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise LiveError(
            FailureClass.DNS,
            f"The name '{target.host}' cannot be resolved. Correct 'host' in the inventory, or the name service.",
        ) from error
    return tuple(dict.fromkeys(str(one[4][0]) for one in found))


def reach(target: Target, seconds: float = CONNECT_SECONDS) -> None:
    """
    Find out whether somebody listens at the port of *target*; behind a proxy only the proxy could tell.

    Raises:
        LiveError: nobody does.
    """
    if not target.proxy:
        with _connected(target, seconds):
            pass


def certificate(target: Target, seconds: float = CONNECT_SECONDS) -> Certificate:
    """
    Shake hands by TLS as every session with *target* does, and give what the server showed.

    Raises:
        LiveError: nobody listens, or the certificate does not prove that it is the server.
    """
    with _connected(target, seconds) as connection:
        try:
            with tls_context(target).wrap_socket(connection, server_hostname=target.host) as secure:
                return _shown(dict(secure.getpeercert() or {}))
        except ssl.SSLCertVerificationError as error:
            raise LiveError(FailureClass.TLS, _refused(target, error.verify_message)) from error
        except TimeoutError as error:
            raise LiveError(
                FailureClass.TLS, f"'{target.host}:{target.port}' does not finish the handshake."
            ) from error
        except OSError as error:
            sentence = f"'{target.host}:{target.port}' does not speak TLS, or none that is accepted here."
            raise LiveError(FailureClass.TLS, sentence) from error


def _refused(target: Target, why: str) -> str:
    said = why.rstrip(".").lower()
    return (
        f"The certificate of '{target.host}' is refused: {said}. Name the bundle of its authority as 'ca_bundle', or "
        "connect by the name that it is made for."
    )


def _shown(told: dict[str, object]) -> Certificate:
    """Read what the standard library tells of a certificate; of one that was not looked at it tells nothing."""
    ends = told.get("notAfter")
    return Certificate(
        subject=_common_name(told.get("subject")),
        issuer=_common_name(told.get("issuer")),
        ends=datetime.fromtimestamp(ssl.cert_time_to_seconds(ends), UTC) if isinstance(ends, str) else None,
    )


def _common_name(name: object) -> str:
    parts = [pair for one in name for pair in one] if isinstance(name, tuple) else []
    return next((str(value) for key, value in parts if key == "commonName"), "")


@contextmanager
def _connected(target: Target, seconds: float) -> Iterator[socket.socket]:
    addresses(target)
    place = f"'{target.host}:{target.port}'"
    try:
        connection = socket.create_connection((target.host, target.port), seconds)
    except TimeoutError as error:
        sentence = f"{place} does not answer within {seconds:g} seconds; a firewall may drop what is sent to it."
        raise LiveError(FailureClass.CONNECT_TIMEOUT, sentence) from error
    except ConnectionRefusedError as error:
        sentence = f"Nobody listens at {place}. Enable PowerShell remoting there, or correct 'port' and 'tls'."
        raise LiveError(FailureClass.REFUSED, sentence) from error
    except OSError as error:
        kind = FailureClass.UNREACHABLE if error.errno in _NO_WAY else FailureClass.CONNECTION_DROPPED
        raise LiveError(kind, f"There is no way to {place}: {error.strerror or error}.") from error
    with connection:
        yield connection


_NO_WAY = (errno.EHOSTUNREACH, errno.ENETUNREACH, errno.EHOSTDOWN, errno.ENETDOWN, errno.EADDRNOTAVAIL)
