"""Servers on loopback that answer as a test tells them to: any bytes at all, or a bare PowerShell session."""

from __future__ import annotations

import base64
import re
import socket
import ssl
import struct
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self
from xml.sax.saxutils import escape

PATIENCE = 20.0
"""Seconds after which a server ends by itself, should a test forget it."""


@dataclass(frozen=True, slots=True)
class Request:
    """What a client sent."""

    line: str
    headers: Mapping[str, str]  # by their names in lower case
    body: bytes

    @property
    def action(self) -> str:
        """The last word of the WSMan action, such as `Create`; empty where there is none."""
        found = re.search(rb"Action[^>]*>[^<]*/([A-Za-z]+)<", self.body)
        return found[1].decode() if found else ""


Answer = bytes | None
"""What is sent back; none closes the connection instead."""


@dataclass(slots=True)
class Server:
    """Takes one request after the other, on each of its connections, and keeps them all."""

    answer: Callable[[Request], Answer]
    tls: ssl.SSLContext | None = None
    after: int = 0  # bytes after which it answers without waiting for a request; zero waits for one
    requests: list[Request] = field(default_factory=list)
    connections: int = 0
    _socket: socket.socket = field(init=False)
    _threads: list[threading.Thread] = field(default_factory=list)
    _open: list[socket.socket] = field(default_factory=list)

    def __enter__(self) -> Self:
        """Listen."""
        self._socket = socket.create_server(("127.0.0.1", 0))
        self._start(self._accept)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Close everything, and wait for the threads."""
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        for one in list(self._open):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(PATIENCE)

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self._socket.getsockname()[1])

    def _start(self, work: Callable[[], None]) -> None:
        thread = threading.Thread(target=work, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                connection, _ = self._socket.accept()
                connection.settimeout(PATIENCE)
                self.connections += 1
                self._open.append(connection)
                self._start(lambda one=connection: self._serve(one))  # type: ignore[misc] # bound now, not when it runs

    def _serve(self, connection: socket.socket) -> None:
        with connection, suppress(OSError):
            if self.tls is None:
                self._talk(connection)
            else:
                with self.tls.wrap_socket(connection, server_side=True) as secure:
                    self._open.append(secure)
                    self._talk(secure)

    def _talk(self, connection: socket.socket) -> None:
        with connection.makefile("rb") as stream:
            if self.after and stream.read(self.after):
                connection.sendall(self.answer(Request("", {}, b"")) or b"")
                return
            while line := stream.readline().decode("latin-1").strip():
                headers = {}
                while header := stream.readline().decode("latin-1").strip():
                    name, _, value = header.partition(":")
                    headers[name.lower()] = value.strip()
                request = Request(line, headers, stream.read(int(headers.get("content-length", "0"))))
                self.requests.append(request)
                answer = self.answer(request)
                if answer is None:
                    return
                connection.sendall(answer)


def response(status: str, body: bytes | str = b"", **headers: str) -> bytes:
    """Give an HTTP response; underscores stand for the hyphens of *headers*."""
    content = body.encode() if isinstance(body, str) else body
    told = {"Content_Type": "application/soap+xml;charset=UTF-8", **headers, "Content_Length": str(len(content))}
    lines = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in told.items())
    return f"HTTP/1.1 {status}\r\n{lines}\r\n".encode() + content


@contextmanager
def served(
    answer: Callable[[Request], Answer] | bytes | None, tls: ssl.SSLContext | None = None, after: int = 0
) -> Iterator[Server]:
    """Answer every request with the same bytes, or with what *answer* gives for it."""
    with Server(answer if callable(answer) else lambda _: answer, tls, after) as server:
        yield server


_NAMES = (
    'xmlns:s="http://www.w3.org/2003/05/soap-envelope" '
    'xmlns:a="http://schemas.xmlsoap.org/ws/2004/08/addressing" '
    'xmlns:w="http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd" '
    'xmlns:x="http://schemas.xmlsoap.org/ws/2004/09/transfer" '
    'xmlns:f="http://schemas.microsoft.com/wbem/wsman/1/wsmanfault" '
    'xmlns:r="http://schemas.microsoft.com/wbem/wsman/1/windows/shell"'
)


def envelope(request: Request, body: str) -> str:
    """Give the SOAP message that answers *request*."""
    found = re.search(rb"MessageID>([^<]*)<", request.body)
    sent = found[1].decode() if found else ""
    return f"<s:Envelope {_NAMES}><s:Header><a:RelatesTo>{sent}</a:RelatesTo></s:Header><s:Body>{body}</s:Body></s:Envelope>"


def fault(request: Request, code: int | str, text: str, status: str = "500 Internal Server Error") -> bytes:
    """Give a fault of WSMan: its number, or the subcode of SOAP alone."""
    number = f'<f:WSManFault Code="{code}"><f:Message>{escape(text)}</f:Message></f:WSManFault>'
    detail = f"<s:Detail>{number}</s:Detail>" if isinstance(code, int) else ""
    subcode = code if isinstance(code, str) else "w:InternalError"
    body = (
        f"<s:Fault><s:Code><s:Value>s:Receiver</s:Value><s:Subcode><s:Value>{subcode}</s:Value></s:Subcode></s:Code>"
        f"<s:Reason><s:Text>{escape(text)}</s:Text></s:Reason>{detail}</s:Fault>"
    )
    return response(status, envelope(request, body))


CAPABILITY, POOL_STATE = 0x00010002, 0x00021005
OUTPUT, ERROR, STATE = 0x00041004, 0x00041005, 0x00041006
OPERATION_TIMEOUT = 2150858793

Message = tuple[int, str]
"""The type of a message of the PowerShell remoting protocol, and its CLIXML."""

_VERSIONS = (
    '<Obj RefId="0"><MS><Version N="protocolversion">2.3</Version><Version N="PSVersion">2.0</Version>'
    '<Version N="SerializationVersion">1.1.0.1</Version></MS></Obj>'
)
OPENED: tuple[Message, ...] = (
    (CAPABILITY, _VERSIONS),
    (POOL_STATE, '<Obj RefId="0"><MS><I32 N="RunspaceState">2</I32></MS></Obj>'),
)


def output(clixml: str) -> Message:
    """Give one object of a pipeline."""
    return OUTPUT, clixml


def state(number: int, error: str = "") -> Message:
    """Give the state that a pipeline ends in: 3 stopped, 4 completed, 5 failed."""
    return STATE, f'<Obj RefId="0"><MS><I32 N="PipelineState">{number}</I32>{error}</MS></Obj>'


COMPLETED = state(4)


def error_record(identifier: str, text: str, *, category: int = 0, reason: str = "", name: str = "") -> str:
    """Give an error record, or that of a failed pipeline under its *name* there."""
    named = f' N="{name}"' if name else ""
    return (
        f'<Obj RefId="7"{named}><TN RefId="7"><T>System.Management.Automation.ErrorRecord</T><T>System.Object</T></TN>'
        f"<ToString>{escape(text)}</ToString><MS>"
        f'<S N="FullyQualifiedErrorId">{identifier}</S><I32 N="ErrorCategory_Category">{category}</I32>'
        f'<S N="ErrorCategory_Reason">{reason}</S><B N="SerializeExtendedInfo">false</B></MS></Obj>'
    )


def packed(messages: Sequence[Message], first: int) -> str:
    """Give *messages* as a server sends them, in base64; *first* is the number of the first."""
    data = b""
    for number, (kind, clixml) in enumerate(messages, first):
        content = struct.pack("<II", 1, kind) + bytes(32) + clixml.encode()
        data += struct.pack(">QQBI", number, 0, 3, len(content)) + content
    return base64.b64encode(data).decode()


@dataclass(slots=True)
class Shells:
    """
    The other side of sessions: each pipeline gives the messages that it was told to, a batch for each request.

    What has no batch left runs on and on, and has nothing to give yet.
    """

    pipelines: list[list[tuple[Message, ...]]] = field(default_factory=list)
    opening: tuple[Message, ...] = OPENED
    instead: dict[str, Callable[[Request], Answer]] = field(default_factory=dict)  # by the action
    shells: int = 0
    commands: list[str] = field(default_factory=list)  # what each pipeline was, as CLIXML
    stopped: int = 0
    _sent: int = 0
    _running: list[tuple[Message, ...]] = field(default_factory=list)

    def __call__(self, request: Request) -> Answer:
        """Answer *request*."""
        if request.action in self.instead:
            return self.instead[request.action](request)
        match request.action:
            case "Create":
                self.shells += 1
                return self._done(request, _CREATED)
            case "Receive":
                return self._receive(request)
            case "Command":
                self._running = self.pipelines.pop(0)
                self.commands.append(self._fragment(request))
                return self._done(request, "<r:CommandResponse><r:CommandId>1</r:CommandId></r:CommandResponse>")
            case "Signal":
                self.stopped += 1
                self._running = []
                return self._done(request, "<r:SignalResponse/>")
            case "Delete":
                self.shells = max(self.shells - 1, 0)
                return self._done(request, "")
            case other:
                return fault(request, 87, f"no such action: {other}")

    def _receive(self, request: Request) -> Answer:
        if b"CommandId" not in request.body:
            messages: tuple[Message, ...] = self.opening
        elif self._running:
            messages = self._running.pop(0)
        else:
            return fault(request, OPERATION_TIMEOUT, "The operation did not complete in time.")
        content = packed(messages, self._sent + 1)
        self._sent += len(messages)
        return self._done(
            request, f'<r:ReceiveResponse><r:Stream Name="stdout">{content}</r:Stream></r:ReceiveResponse>'
        )

    def _fragment(self, request: Request) -> str:
        found = re.search(rb"Arguments>([^<]*)<", request.body)
        assert found is not None
        return base64.b64decode(found[1])[21 + 40 :].decode()

    def _done(self, request: Request, body: str) -> bytes:
        return response("200 OK", envelope(request, body))


_CREATED = (
    '<x:ResourceCreated><a:ReferenceParameters><w:SelectorSet><w:Selector Name="ShellId">5</w:Selector></w:SelectorSet>'
    "</a:ReferenceParameters></x:ResourceCreated><r:Shell><r:ShellId>5</r:ShellId></r:Shell>"
)
