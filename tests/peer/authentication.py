"""Who a client is: Basic, a client certificate, or Negotiate and Kerberos, whose context also seals messages."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
import ssl
import struct
from dataclasses import dataclass, field, replace

import spnego
import spnego.exceptions
from spnego.channel_bindings import GssChannelBindings

from tests.peer.http_server import Connection, Reply, Request
from tests.peer.server_model import FakeServer

_MUTUAL = "http://schemas.dmtf.org/wbem/wsman/1/wsman/secprofile/https/mutual"
_SOAP = "application/soap+xml;charset=UTF-8"
_BOUNDARY = b"--Encrypted Boundary"
_TOKEN = re.compile(r"(?i)(negotiate|kerberos) +([A-Za-z0-9+/=]+)")


@dataclass(frozen=True, slots=True)
class Rejected:
    """The client is not let in; *credential* says whether it had shown one, rather than only asked how."""

    reply: Reply
    credential: bool


@dataclass(slots=True, kw_only=True)
class Authentication:
    """What is known of the client of one connection."""

    server: FakeServer
    connection: Connection
    account: str = ""  # of the client that was let in
    by: str = ""  # the protocol by which it was
    challenge: tuple[tuple[str, str], ...] = field(default=(), init=False)  # the last token of a context, if any
    completed: bool = field(default=False, init=False)  # whether this request was the one that completed it
    _context: spnego.ContextProxy | None = None
    _scheme: str = ""

    def admit(self, request: Request) -> Rejected | None:
        """Look at the credential of *request*; None where the client is known."""
        self.challenge, self.completed = (), False
        header = request.headers.get("authorization", "")
        if header.lower().startswith("basic ") and "Basic" in self.server.authentication:
            return self._basic(header[6:])
        if header == _MUTUAL and "Certificate" in self.server.authentication:
            return self._certificate()
        token = _TOKEN.fullmatch(header)
        if token and token[1].title() in self.server.authentication:
            return self._token(token[1], token[2])
        return None if self.account else self._refused(credential=bool(header))

    def _refused(self, *, credential: bool) -> Rejected:
        self.account, self._context = "", None
        offered = tuple(
            ("WWW-Authenticate", 'Basic realm="WSMAN"' if one == "Basic" else one)
            for one in ("Negotiate", "Kerberos", "Basic")
            if one in self.server.authentication
        )
        return Rejected(Reply(status=401, headers=offered), credential)

    def _let_in(self, account: str, by: str) -> Rejected | None:
        rejected = {one.casefold() for one in self.server.rejected}
        if account.casefold() in rejected:
            return self._refused(credential=True)
        self.account, self.by, self.completed = account, by, True
        return None

    def _basic(self, text: str) -> Rejected | None:
        try:
            account, _colon, password = base64.b64decode(text).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            return self._refused(credential=True)
        passwords = {name.casefold(): one for name, one in self.server.accounts.items()}
        if passwords.get(account.casefold()) != password:
            return self._refused(credential=True)
        return self._let_in(account, "basic")

    def _certificate(self) -> Rejected | None:
        account = self.server.mapped_certificates.get(self.connection.client_certificate)
        return self._refused(credential=True) if account is None else self._let_in(account, "certificate")

    def _token(self, scheme: str, text: str) -> Rejected | None:
        if self._context is None or self._context.complete:
            self._context = spnego.server(
                protocol=scheme.lower(),
                options=spnego.NegotiateOptions.use_negotiate
                if scheme.lower() == "negotiate"
                else spnego.NegotiateOptions.none,
                channel_bindings=self._bindings(),
            )
            self._scheme, self.account = scheme, ""
        context = self._context
        try:
            answer = context.step(base64.b64decode(text))
        except (spnego.exceptions.SpnegoError, binascii.Error, ValueError):
            return self._refused(credential=True)
        if answer:
            self.challenge = (("WWW-Authenticate", f"{scheme} {base64.b64encode(answer).decode()}"),)
        if not context.complete:
            return Rejected(Reply(status=401, headers=self.challenge), credential=False)
        return self._let_in(context.client_principal or "", context.negotiated_protocol or "")

    def _bindings(self) -> GssChannelBindings | None:
        """Give what a client must bind its token to: the certificate that this server showed."""
        certificate = self.server.certificate
        if certificate is None or not self.server.demands_channel_binding:
            return None
        text = certificate.path.read_text().partition("-----BEGIN PRIVATE KEY")[0]
        digest = hashlib.sha256(ssl.PEM_cert_to_DER_cert(text.strip())).digest()
        return GssChannelBindings(application_data=b"tls-server-end-point:" + digest)

    def unseal(self, body: bytes) -> bytes | None:
        """Open a sealed message; None where it was sealed for another connection, or by nobody that is known."""
        if self._context is None:
            return None
        payload = body.split(_BOUNDARY)[2].split(b"application/octet-stream\r\n", 1)[1]
        (length,) = struct.unpack("<i", payload[:4])
        try:
            return self._context.unwrap_winrm(payload[4 : 4 + length], payload[4 + length :])
        except spnego.exceptions.SpnegoError:
            return None

    def seal(self, reply: Reply) -> Reply:
        """Seal the message of *reply*."""
        assert self._context is not None
        sealed = self._context.wrap_winrm(reply.body)
        word = "Kerberos" if self._scheme.lower() == "kerberos" else "SPNEGO"
        kind = f"application/HTTP-{word}-session-encrypted"
        length = len(reply.body) + sealed.padding_length
        first = f"\r\n\tContent-Type: {kind}\r\n\tOriginalContent: type={_SOAP};Length={length}\r\n".encode()
        second = b"\r\n\tContent-Type: application/octet-stream\r\n"
        payload = struct.pack("<i", len(sealed.header)) + sealed.header + sealed.data
        body = _BOUNDARY + first + _BOUNDARY + second + payload + _BOUNDARY + b"--\r\n"
        header = ("Content-Type", f'multipart/encrypted;protocol="{kind}";boundary="Encrypted Boundary"')
        return replace(reply, headers=(*reply.headers, header), body=body)


def is_sealed(request: Request) -> bool:
    """Whether the message of *request* is sealed."""
    return request.headers.get("content-type", "").startswith("multipart/encrypted")


def plain(reply: Reply) -> Reply:
    """Name the type of a message that is not sealed."""
    headers = (*reply.headers, ("Content-Type", _SOAP))
    return replace(reply, headers=headers)
