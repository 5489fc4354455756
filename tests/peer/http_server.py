"""HTTP/1.1 as far as WinRM needs it: requests with a length, connections that stay open, TLS with client certificates."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from http import HTTPStatus

from tests.peer.certificates import ServerCertificate
from tests.peer.faults import CutsShort, Drips

_HANDSHAKE = b"\x16"
"""How the handshake of TLS begins, which is no HTTP."""


class DroppedError(Exception):
    """The connection is to end without an answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One request."""

    method: str
    path: str
    headers: Mapping[str, str]  # by their names in lower case
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What is answered, and how."""

    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    manner: Drips | CutsShort | None = None
    foreign: bool = False  # something else than WinRM answers, so that nothing is sealed


@dataclass(slots=True, kw_only=True)
class Connection:
    """One connection, with what TLS knows of it."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    client_certificate: str = field(init=False, default="")  # the name in the certificate that the client showed

    def __post_init__(self) -> None:
        """Look at the certificate of the client, if there is one."""
        secured = self.writer.get_extra_info("ssl_object")
        shown = secured.getpeercert() if secured is not None else None
        names = [pair for one in (shown or {}).get("subject", ()) for pair in one]
        self.client_certificate = next((str(value) for key, value in names if key == "commonName"), "")

    async def read(self) -> Request | None:
        """Read the next request; None where the client has ended, or does not speak HTTP."""
        start = await self.reader.read(1)
        if start in (b"", _HANDSHAKE):
            return None
        head = await self.reader.readuntil(b"\r\n\r\n")
        first, *lines = (start + head).decode("latin-1").split("\r\n")
        method, path, _version = first.split(" ", 2)
        pairs = (line.partition(":") for line in lines if line)
        headers = {name.strip().lower(): value.strip() for name, _colon, value in pairs}
        body = await self.reader.readexactly(int(headers.get("content-length", "0")))
        return Request(method=method, path=path, headers=headers, body=body)

    async def write(self, reply: Reply) -> None:
        """Answer."""
        reason = HTTPStatus(reply.status).phrase
        lines = [f"HTTP/1.1 {reply.status} {reason}", "Server: Microsoft-HTTPAPI/2.0"]
        lines += [f"{name}: {value}" for name, value in reply.headers]
        lines.append(f"Content-Length: {len(reply.body)}")
        message = "\r\n".join((*lines, "", "")).encode("latin-1") + reply.body
        match reply.manner:
            case None:
                self.writer.write(message)
            case CutsShort():
                left = len(message) - len(reply.body) // 2
                self.writer.write(message[: left if reply.body else len("HTTP/1.1")])
                await self.writer.drain()
                raise DroppedError
            case Drips(seconds, size):
                for start in range(0, len(message), size):
                    await asyncio.sleep(seconds)
                    self.writer.write(message[start : start + size])
                    await self.writer.drain()
        await self.writer.drain()


@lru_cache(maxsize=64)
def tls_context(certificate: ServerCertificate) -> ssl.SSLContext:
    """Give the context of a server; a client may show a certificate, and need not."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate.path)
    context.load_verify_locations(certificate.client_authority)
    context.verify_mode = ssl.CERT_OPTIONAL
    return context
