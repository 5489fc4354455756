"""The SOAP of WSMan: requests as they come in, answers and faults as they go out."""

from __future__ import annotations

import base64
import binascii
import re
import uuid
import xml.etree.ElementTree as ET
from dataclasses import dataclass
from xml.sax.saxutils import escape

SHELL = "http://schemas.microsoft.com/wbem/wsman/1/windows/shell"
TRANSFER = "http://schemas.xmlsoap.org/ws/2004/09/transfer"
POWERSHELL = "http://schemas.microsoft.com/powershell"
_ANONYMOUS = "http://schemas.xmlsoap.org/ws/2004/08/addressing/role/anonymous"
_FAULT = "http://schemas.dmtf.org/wbem/wsman/1/wsman/fault"
_FAULT_DETAIL = "http://schemas.microsoft.com/wbem/wsman/1/wsmanfault"
_SPACES = {
    "s": "http://www.w3.org/2003/05/soap-envelope",
    "a": "http://schemas.xmlsoap.org/ws/2004/08/addressing",
    "w": "http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd",
    "rsp": SHELL,
    "p": "http://schemas.microsoft.com/wbem/wsman/1/wsman.xsd",
    "x": TRANSFER,
}
_READ = {**_SPACES, "ps": POWERSHELL}
_DECLARED = " ".join(f'xmlns:{prefix}="{space}"' for prefix, space in _SPACES.items())
_SECONDS = re.compile(r"PT([0-9.]+)S")


class WsmanFaultError(Exception):
    """A request that WSMan refuses."""

    def __init__(self, code: int, message: str, subcode: str) -> None:
        """Say why, as WSMan does."""
        super().__init__(message)
        self.code, self.message, self.subcode = code, message, subcode


@dataclass(frozen=True, slots=True)
class Envelope:
    """A request."""

    tree: ET.Element

    def _header(self, path: str) -> str:
        return self.tree.findtext(f"s:Header/{path}", "", _READ)

    @property
    def message(self) -> str:
        """The identifier of the message."""
        return self._header("a:MessageID")

    @property
    def action(self) -> str:
        """What is asked for."""
        return self._header("a:Action")

    @property
    def resource(self) -> str:
        """What it is asked of."""
        return self._header("w:ResourceURI")

    @property
    def seconds(self) -> float:
        """How long the client lets an answer take."""
        found = _SECONDS.fullmatch(self._header("w:OperationTimeout"))
        return float(found[1]) if found else 20.0

    @property
    def most_bytes(self) -> int:
        """How large an answer may be."""
        return int(self._header("w:MaxEnvelopeSize") or "153600")

    @property
    def shell(self) -> str:
        """The shell that it is about."""
        selectors = self.tree.iterfind("s:Header/w:SelectorSet/w:Selector", _READ)
        return next((one.text or "" for one in selectors if one.get("Name") == "ShellId"), "")

    def element(self, path: str) -> ET.Element | None:
        """Find an element of the body."""
        return self.tree.find(f"s:Body/{path}", _READ)

    def elements(self, path: str) -> list[ET.Element]:
        """Find all such elements of the body."""
        return self.tree.findall(f"s:Body/{path}", _READ)

    def attribute(self, path: str, name: str) -> str:
        """Give an attribute of an element of the body; empty where it is not there."""
        found = self.element(path)
        return "" if found is None else found.get(name, "")


def bytes_of(element: ET.Element | None) -> bytes:
    """Decode the text of *element*."""
    try:
        return base64.b64decode((element.text or "") if element is not None else "")
    except binascii.Error as error:
        raise WsmanFaultError(87, "The parameter is incorrect.", "w:SchemaValidationError") from error


def answer(action: str, related: str, body: str) -> bytes:
    """Give an answer to the message *related*."""
    head = (
        f"<a:Action>{action}</a:Action><a:MessageID>uuid:{uuid.uuid4()}</a:MessageID><a:To>{_ANONYMOUS}</a:To>"
        f"<a:RelatesTo>{related}</a:RelatesTo>"
    )
    return (
        f'<s:Envelope xml:lang="en-US" {_DECLARED}><s:Header>{head}</s:Header><s:Body>{body}</s:Body></s:Envelope>'
    ).encode()


def fault(error: WsmanFaultError, related: str) -> bytes:
    """Give a fault as the answer."""
    message = escape(error.message)
    code = f"<s:Value>s:Receiver</s:Value><s:Subcode><s:Value>{error.subcode}</s:Value></s:Subcode>"
    detail = (
        f'<f:WSManFault xmlns:f="{_FAULT_DETAIL}" Code="{error.code}" Machine="127.0.0.1"><f:Message>{message}'
        "</f:Message></f:WSManFault>"
    )
    return answer(
        _FAULT,
        related,
        f"<s:Fault><s:Code>{code}</s:Code><s:Reason><s:Text xml:lang='en-US'>{message}</s:Text></s:Reason>"
        f"<s:Detail>{detail}</s:Detail></s:Fault>",
    )
