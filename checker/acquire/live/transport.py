"""
How requests travel: pypsrp's WSMan, held strictly to what a target says.

Two hooks of pypsrp are private, and a test names them: `transport._build_session`, and `_serializer` with
`_fragmenter.serializer` of a pool (see `session.py`). So the version of pypsrp is pinned.
"""

from __future__ import annotations

import logging
import threading
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import requests
from pypsrp.exceptions import AuthenticationError, WinRMError
from pypsrp.powershell import RunspacePoolWarning
from pypsrp.wsman import NAMESPACES, OptionSet, SelectorSet, WSMan, WSManAction

from checker.acquire.live.commands import LiveError, Target
from checker.acquire.live.credentials import refusal
from checker.acquire.live.failures import NOT_OFFERED
from checker.acquire.live.tls import tls_context
from checker.acquire.live.wire import Allowance, BoundedAdapter
from checker.model.collection import FailureClass

if TYPE_CHECKING:
    import xml.etree.ElementTree as ET

_CONSTRUCTING = threading.Lock()
"""WSMan registers its namespaces in a dictionary that all threads share, and walks over it."""

_LOGGERS = ("pypsrp", "spnego", "urllib3", "requests", "krb5")


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long each step may take, in seconds; WinRM takes whole ones for an operation."""

    connect: float = 5.0
    read: float = 10.0
    operation: int = 8


def silence() -> None:
    """
    Keep the libraries quiet for the whole process.

    They log accounts, tokens and everything that travels, and print warnings that a server wrote.
    """
    for name in _LOGGERS:
        logging.getLogger(name).setLevel(logging.CRITICAL)
    warnings.filterwarnings("ignore", category=RunspacePoolWarning)


class StrictWSMan(WSMan):
    """
    WSMan to one target, with nothing that the target does not say.

    It follows no redirect, and so never shows a credential to somebody else; reads no `.netrc`, no proxy and no other
    setting of the environment; sends no request twice; and takes nothing unencrypted where TLS does not protect it.
    """

    def __init__(self, target: Target, allowance: Allowance, patience: Patience) -> None:
        """
        Prepare for requests to *target* within *allowance*.

        Raises:
            LiveError: the target would give away its secret, or names a file that cannot be used.
        """
        refused = refusal(target.authentication, tls=target.tls)
        if refused:
            raise LiveError(FailureClass.BAD_CONFIGURATION, refused)
        context = tls_context(target) if target.tls else None
        with _CONSTRUCTING:
            super().__init__(
                target.host,
                port=target.port,
                username=target.username or None,
                password=target.secret or None,
                ssl=target.tls,
                auth=target.authentication,
                cert_validation=target.tls_verified,
                connection_timeout=patience.connect,  # type: ignore[arg-type] # requests takes fractions of a second
                read_timeout=patience.read,  # type: ignore[arg-type] # as above
                operation_timeout=patience.operation,
                encryption="auto" if target.tls else "always",
                no_proxy=True,
                reconnection_retries=0,
                reconnection_backoff=0.0,
                certificate_pem=target.certificate or None,
                certificate_key_pem=target.certificate_key or None,
                negotiate_send_cbt=True,
                negotiate_delegate=False,
            )
        build = self.transport._build_session  # noqa: SLF001 - there is no public way to the session; see above

        def strict() -> requests.Session:
            session = build()
            session.trust_env = False
            session.proxies = {"https" if target.tls else "http": target.proxy} if target.proxy else {}
            session.verify = target.tls_verified
            session.max_redirects = 0
            session.hooks["response"].append(self._examine)
            for scheme in ("http://", "https://"):
                session.mount(scheme, BoundedAdapter(allowance, context))
            return session

        self.transport._build_session = strict  # type: ignore[method-assign] # noqa: SLF001 - as above

    def _examine(self, response: requests.Response, **_more: Any) -> None:
        """Refuse what nobody that speaks the protocol answers; tell who does not take Basic from who rejects it."""
        offered = response.headers.get("WWW-Authenticate", "")
        if (
            response.status_code == 401
            and self.transport.auth == "basic"
            and offered
            and "basic" not in offered.lower()
        ):
            raise AuthenticationError(f"{NOT_OFFERED} Basic - actual: '{offered}'")
        if response.status_code >= 300:
            return  # it fails in any case, and holds no facts
        content = response.content
        encrypted = response.headers.get("Content-Type", "").startswith("multipart/encrypted;")
        if self.transport.wrap_required and content and not encrypted:
            raise LiveError(FailureClass.PROTOCOL_ERROR, "The answer is not encrypted, so anybody may have written it.")
        if not encrypted and (b"<!DOCTYPE" in content or b"\x00" in content):
            raise LiveError(FailureClass.PROTOCOL_ERROR, "The answer is no SOAP message.")

    def receive(
        self,
        resource_uri: str,
        resource: ET.Element,
        option_set: OptionSet | None = None,
        selector_set: SelectorSet | None = None,
        timeout: int | None = None,
    ) -> ET.Element:
        """Ask for output, once: pypsrp itself would ask five times more, and hold a dead server for minutes."""
        answer = self.invoke(
            WSManAction.RECEIVE, resource_uri, resource, option_set, selector_set, timeout, retries_on_read_timeout=0
        )
        body = answer.find("s:Body", namespaces=NAMESPACES)
        if body is None:
            raise WinRMError("the answer has no body")
        return body
