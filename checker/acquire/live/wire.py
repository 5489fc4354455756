"""Connections that end in time and take in no more than they may, whatever the server does."""

from __future__ import annotations

import http.client
import io
import socket
import ssl
from collections.abc import Callable, Mapping
from typing import Any, cast

import requests
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.poolmanager import PoolManager

from checker.acquire.live.commands import LiveError
from checker.model.collection import FailureClass

_MOST_OF_ONE_RESPONSE = 8 * 1024 * 1024
"""Clients tell servers to send at most 500 KiB at once; more than this is no answer to what was asked."""

Timeout = float | tuple[float | None, float | None] | None


class Allowance:
    """What exchanges with one server may still cost: time, and bytes of answers."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        """Allow nothing until `grant`."""
        self._monotonic = monotonic
        self._end = monotonic()
        self._size = 0
        self.received = 0  # bytes of answers so far, whatever is granted
        self.same_connection = False  # whether a new connection would be of no use

    def grant(self, seconds: float, size: int) -> None:
        """Allow what is exchanged from now on to take *seconds*, and *size* bytes of answers."""
        self._end = self._monotonic() + seconds
        self._size = size

    @property
    def seconds_left(self) -> float:
        """How long the exchange may still take; not more than zero where its time is over."""
        return self._end - self._monotonic()

    def take(self, size: int) -> None:
        """
        Count bytes that arrived.

        Raises:
            LiveError: there are too many.
        """
        self.received += size
        self._size -= size
        if self._size < 0:
            raise LiveError(FailureClass.TOO_LARGE, "The server sent more than is read of one answer.")

    def connect(self) -> None:
        """
        Say that a connection is about to be made.

        Raises:
            LiveError: what is encrypted for the connection before could not be read over another.
        """
        if self.same_connection:
            raise LiveError(FailureClass.CONNECTION_DROPPED, "The server closed the connection in the middle.")


class BoundedAdapter(HTTPAdapter):
    """
    HTTP without retries, redirects, compression, or settings of the environment.

    What TLS proves is the matter of one *context*; it alone holds the authorities and the client certificate.
    """

    def __init__(self, allowance: Allowance, context: ssl.SSLContext | None) -> None:
        """Exchange within *allowance*."""
        self._allowance, self._context = allowance, context
        self._last: requests.Response | None = None
        super().__init__(max_retries=0)

    def init_poolmanager(self, connections: int, maxsize: int, block: bool = False, **more: Any) -> None:  # noqa: FBT001, FBT002 - as in requests
        """See `HTTPAdapter.init_poolmanager`."""
        super().init_poolmanager(connections, maxsize, block, **more)
        self._bind(self.poolmanager)

    def proxy_manager_for(self, proxy: str, **more: Any) -> Any:
        """See `HTTPAdapter.proxy_manager_for`."""
        return self._bind(super().proxy_manager_for(proxy, **more))

    def _bind(self, manager: PoolManager) -> PoolManager:
        manager.pool_classes_by_scheme = _pools(self._allowance)
        return manager

    def build_connection_pool_key_attributes(
        self,
        request: requests.PreparedRequest,
        verify: Any,
        cert: Any = None,  # noqa: ARG002 - as in requests; the context holds the certificate
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        """See `HTTPAdapter.build_connection_pool_key_attributes`."""
        host, _ = super().build_connection_pool_key_attributes(request, verify)
        return host, {"ssl_context": self._context} if self._context else {}

    def cert_verify(self, conn: Any, url: str, verify: Any, cert: Any) -> None:
        """Add nothing to the context; see `HTTPAdapter.cert_verify`."""

    def send(  # noqa: PLR0913, PLR0917 - as in requests
        self,
        request: requests.PreparedRequest,
        stream: bool = False,  # noqa: FBT001, FBT002 - as in requests
        timeout: Any = None,
        verify: Any = True,  # noqa: FBT002 - as in requests
        cert: Any = None,
        proxies: Mapping[str, str] | None = None,
    ) -> requests.Response:
        """
        Send one request; see `HTTPAdapter.send`.

        Raises:
            LiveError: the time is over.
            TooManyRedirects: the answer is a redirect, which would lead the credential to somebody else.
        """
        response = super().send(request, stream, self._bounded(timeout), verify, cert, dict(proxies or {}))
        self._last = response
        if 300 <= response.status_code < 400:
            raise requests.TooManyRedirects("redirects are not followed", response=response)
        if response.headers.get("Content-Encoding", "identity").lower() != "identity":
            raise LiveError(FailureClass.PROTOCOL_ERROR, "The answer is compressed, which was not asked for.")
        return response

    def close(self) -> None:
        """Close everything, also a response that nobody has read to its end; see `HTTPAdapter.close`."""
        if self._last is not None:
            self._last.close()
        super().close()

    def _bounded(self, timeout: Timeout) -> tuple[float, float]:
        left = self._allowance.seconds_left
        if left <= 0:
            raise LiveError(FailureClass.DEADLINE, "There was no time left for a request.")
        connect, read = timeout if isinstance(timeout, tuple) else (timeout, timeout)
        return min(left, connect or left), min(left, read or left)


def _pools(allowance: Allowance) -> dict[str, type[HTTPConnectionPool]]:
    """Give urllib3's classes of connections with a bound on what is read; it makes the objects itself."""

    class Response(http.client.HTTPResponse):
        def __init__(self, sock: socket.socket, *arguments: Any, **more: Any) -> None:
            # NOTE: nothing but `makefile` is asked of the socket.
            super().__init__(cast("socket.socket", _Readable(sock, allowance)), *arguments, **more)

    class Plain(HTTPConnection):
        response_class = Response

        def connect(self) -> None:
            allowance.connect()
            super().connect()

    class Secure(HTTPSConnection):
        response_class = Response

        def connect(self) -> None:
            allowance.connect()
            super().connect()

    class PlainPool(HTTPConnectionPool):
        ConnectionCls = Plain

    class SecurePool(HTTPSConnectionPool):
        ConnectionCls = Secure

    return {"http": PlainPool, "https": SecurePool}


class _Readable:
    """A socket of which one response is read."""

    def __init__(self, sock: socket.socket, allowance: Allowance) -> None:
        self._sock, self._allowance = sock, allowance

    def makefile(self, *_mode: str) -> io.BufferedReader:
        return io.BufferedReader(_Bounded(self._sock, self._allowance))


class _Bounded(io.RawIOBase):
    """
    The bytes of one response.

    A timeout of a socket begins anew with every byte, so that a server that sends one now and then would hold its
    client for ever; here each wait ends where the whole exchange does.
    """

    def __init__(self, sock: socket.socket, allowance: Allowance) -> None:
        # NOTE: pypsrp looks for the socket here, to bind an authentication to the certificate of the server.
        self._sock = sock
        self._allowance = allowance
        self._patience = sock.gettimeout()
        self._left = _MOST_OF_ONE_RESPONSE
        self._raw = sock.makefile("rb").detach()

    def readable(self) -> bool:
        return True

    def fileno(self) -> int:
        return self._raw.fileno()

    def readinto(self, buffer: Any) -> int | None:
        left = self._allowance.seconds_left
        if left <= 0:
            raise TimeoutError("the time of the exchange is over")
        self._sock.settimeout(left if self._patience is None else min(left, self._patience))
        size = self._raw.readinto(buffer)
        self._left -= size
        self._allowance.take(size)
        if self._left < 0:
            raise LiveError(FailureClass.TOO_LARGE, "The server sent more at once than it was asked for.")
        return size

    def close(self) -> None:
        self._raw.close()
        super().close()
