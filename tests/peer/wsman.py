"""WSMan for shells of PowerShell: what each action does, on one server."""

from __future__ import annotations

import base64
import uuid
import xml.etree.ElementTree as ET
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from xml.sax.saxutils import escape

from tests.peer.envelope import POWERSHELL, SHELL, TRANSFER, Envelope, WsmanFaultError, answer, bytes_of, fault
from tests.peer.faults import Garbles, LosesShells, Misdeed, Refuses, Unrelated
from tests.peer.server_model import Endpoint, FakeServer
from tests.peer.shells import Shell

_OPERATION_TIMEOUT = WsmanFaultError(
    2150858793,
    "The WS-Management service cannot complete the operation within the time specified in OperationTimeout.  ",
    "w:TimedOut",
)


@dataclass(slots=True, kw_only=True, eq=False)
class Service:
    """The WinRM service of one server, with its shells."""

    server: FakeServer
    shells: dict[str, Shell] = field(default_factory=dict)
    opened: list[Shell] = field(default_factory=list)  # all that there ever were
    ran: list[str] = field(default_factory=list)  # the pipelines, each as the names of its commands
    problems: list[Exception] = field(default_factory=list)

    async def handle(self, envelope: Envelope, account: str, misdeed: Misdeed | None) -> tuple[int, bytes]:
        """Answer a request of *account*: the status of HTTP, and the message."""
        related = f"uuid:{uuid.uuid4()}" if isinstance(misdeed, Unrelated) else envelope.message
        if isinstance(misdeed, Garbles):
            return 200, misdeed.body
        if isinstance(misdeed, Refuses):
            return 500, fault(WsmanFaultError(misdeed.code, misdeed.message, misdeed.subcode), related)
        if isinstance(misdeed, LosesShells):
            await self.close()
        try:
            body = await self._act(envelope, account)
        except WsmanFaultError as error:
            return 500, fault(error, related)
        return 200, answer(f"{envelope.action}Response", related, body)

    async def _act(self, envelope: Envelope, account: str) -> str:
        if envelope.action == f"{TRANSFER}/Create":
            return await self._create(envelope, account)
        actions: Mapping[str, Callable[[Envelope, Shell], Awaitable[str]]] = {
            f"{TRANSFER}/Delete": self._delete,
            f"{TRANSFER}/Get": self._get,
            f"{SHELL}/Command": self._command,
            f"{SHELL}/Receive": self._receive,
            f"{SHELL}/Send": self._send,
            f"{SHELL}/Signal": self._signal,
        }
        act = actions.get(envelope.action)
        if act is None:
            raise WsmanFaultError(2150858752, f"The action {envelope.action} is not supported.", "a:ActionNotSupported")
        shell = self.shells.get(envelope.shell)
        if shell is None:
            raise _lost(envelope.shell)
        return await act(envelope, shell)

    async def _create(self, envelope: Envelope, account: str) -> str:
        name = envelope.resource.removeprefix(f"{POWERSHELL}/")
        endpoint = _endpoint(self.server, name)
        if endpoint is None:
            message = (
                f"The WS-Management service cannot process the request. The resource URI ({envelope.resource}) was not "
                "found in the WS-Management catalog. The catalog contains the metadata that describes resources, or "
                "logical endpoints."
            )
            raise WsmanFaultError(2150858811, message, "a:DestinationUnreachable")
        if endpoint.accounts is not None and account.casefold() not in {one.casefold() for one in endpoint.accounts}:
            raise WsmanFaultError(5, "Access is denied. ", "w:AccessDenied")
        shell = Shell(
            identifier=envelope.attribute("rsp:Shell", "ShellId") or str(uuid.uuid4()).upper(),
            owner=account,
            endpoint_name=name,
            endpoint=endpoint,
            server=self.server,
            idle_timeout=_text(envelope, "rsp:Shell/rsp:IdleTimeOut") or envelope.attribute("rsp:Shell", "IdleTimeOut"),
            ran=self.ran,
            problems=self.problems,
        )
        self.shells[shell.identifier] = shell
        self.opened.append(shell)
        await shell.feed(bytes_of(envelope.element("rsp:Shell/ps:creationXml")))
        selectors = f'<w:SelectorSet><w:Selector Name="ShellId">{shell.identifier}</w:Selector></w:SelectorSet>'
        return (
            "<x:ResourceCreated><a:Address>http://127.0.0.1/wsman</a:Address><a:ReferenceParameters>"
            f"<w:ResourceURI>{escape(envelope.resource)}</w:ResourceURI>{selectors}</a:ReferenceParameters>"
            f"</x:ResourceCreated><rsp:Shell><rsp:ShellId>{shell.identifier}</rsp:ShellId>"
            f"<rsp:ResourceUri>{escape(envelope.resource)}</rsp:ResourceUri><rsp:Owner>{escape(account)}</rsp:Owner>"
            "<rsp:ClientIP>127.0.0.1</rsp:ClientIP><rsp:IdleTimeOut>PT7200.000S</rsp:IdleTimeOut>"
            "<rsp:InputStreams>stdin pr</rsp:InputStreams><rsp:OutputStreams>stdout</rsp:OutputStreams>"
            "<rsp:State>Connected</rsp:State></rsp:Shell>"
        )

    async def _delete(self, _envelope: Envelope, shell: Shell) -> str:
        del self.shells[shell.identifier]
        await shell.close()
        return ""

    async def _get(self, _envelope: Envelope, shell: Shell) -> str:
        return f"<rsp:Shell><rsp:ShellId>{shell.identifier}</rsp:ShellId><rsp:State>Connected</rsp:State></rsp:Shell>"

    async def _command(self, envelope: Envelope, shell: Shell) -> str:
        named = envelope.attribute("rsp:CommandLine", "CommandId")
        command = _identifier(named) if named else uuid.uuid4()
        await shell.feed(bytes_of(envelope.element("rsp:CommandLine/rsp:Arguments")), command)
        name = named or str(command).upper()
        return f"<rsp:CommandResponse><rsp:CommandId>{name}</rsp:CommandId></rsp:CommandResponse>"

    async def _send(self, envelope: Envelope, shell: Shell) -> str:
        for stream in envelope.elements("rsp:Send/rsp:Stream"):
            named = stream.get("CommandId")
            await shell.feed(bytes_of(stream), _identifier(named) if named else None)
        return "<rsp:SendResponse/>"

    async def _receive(self, envelope: Envelope, shell: Shell) -> str:
        named = envelope.attribute("rsp:Receive/rsp:DesiredStream", "CommandId")
        pipeline = _identifier(named) if named else None
        # NOTE: a message grows by a third as text, and the envelope around it takes its part.
        taken = await shell.take(pipeline, envelope.seconds, (envelope.most_bytes - 4096) * 3 // 4)
        if shell.closed:
            raise _lost(shell.identifier)
        if taken is None:
            raise _OPERATION_TIMEOUT
        data, ended = taken
        command = f' CommandId="{named}"' if named else ""
        streams = "".join(
            f'<rsp:Stream Name="stdout"{command}>{base64.b64encode(one).decode()}</rsp:Stream>' for one in data
        )
        state = f'<rsp:CommandState{command} State="{SHELL}/CommandState/Done"><rsp:ExitCode>0</rsp:ExitCode></rsp:CommandState>'
        return f"<rsp:ReceiveResponse>{streams}{state if ended else ''}</rsp:ReceiveResponse>"

    async def _signal(self, envelope: Envelope, shell: Shell) -> str:
        shell.stop(_identifier(envelope.attribute("rsp:Signal", "CommandId")))
        return "<rsp:SignalResponse/>"

    async def close(self) -> None:
        """End all shells, as the end of the service does."""
        shells, self.shells = self.shells, {}
        for shell in shells.values():
            await shell.close()


def _endpoint(server: FakeServer, name: str) -> Endpoint | None:
    return next((one for key, one in server.endpoints.items() if key.lower() == name.lower()), None)


def _text(envelope: Envelope, path: str) -> str:
    found = envelope.element(path)
    return "" if found is None else found.text or ""


def _identifier(text: str) -> uuid.UUID:
    try:
        return uuid.UUID(text)
    except ValueError as error:
        raise WsmanFaultError(87, "The parameter is incorrect.", "w:SchemaValidationError") from error


def _lost(shell: str) -> WsmanFaultError:
    message = (
        f"The request for the Windows Remote Shell with ShellId {shell} failed because the shell was not found on the "
        "server. Possible causes are: the specified ShellId is incorrect or the shell no longer exists on the server."
    )
    return WsmanFaultError(2150858843, message, "w:InvalidSelectors")


def parsed(body: bytes) -> Envelope:
    """Read a request."""
    return Envelope(ET.fromstring(body))
