"""What the exceptions of pypsrp, and the error records of PowerShell, mean."""

from __future__ import annotations

import binascii
import errno
import http.client
import re
import socket
import ssl
import struct
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator

import requests
from pypsrp.exceptions import (
    AuthenticationError,
    InvalidPSRPOperation,
    WinRMError,
    WinRMTransportError,
    WSManFaultError,
)
from spnego.exceptions import (
    BadMechanismError,
    CredentialsExpiredError,
    FeatureMissingError,
    NoCredentialError,
    OperationNotAvailableError,
    SpnegoError,
)
from urllib3.exceptions import HTTPError, NameResolutionError, ReadTimeoutError

from checker.acquire.live.commands import LiveError, Target
from checker.acquire.live.discreet import discreet, secrets_of
from checker.acquire.live.failure_sentences import KERBEROS_IS_MISSING, SENTENCES
from checker.acquire.live.kerberos_errors import kerberos_failure, kerberos_words
from checker.model.collection import Failure, FailureClass

OPERATION_TIMEOUT = 2150858793
"""What WinRM answers where an operation has nothing to give yet."""

_FAULTS = {
    5: FailureClass.ENDPOINT_DENIED,
    2147942405: FailureClass.ENDPOINT_DENIED,  # the same as an HRESULT
    1326: FailureClass.AUTH_REJECTED,
    995: FailureClass.SHELL_LOST,  # the operation was ended by its shell
    2150858843: FailureClass.SHELL_LOST,
    2150858811: FailureClass.ENDPOINT_MISSING,
    OPERATION_TIMEOUT: FailureClass.READ_TIMEOUT,
    # shells, operations, the user's and the system's load, and users; then the same of one plug-in
    **dict.fromkeys((2150859173, 2150859174, 2150859175, 2150859176, 2150859179), FailureClass.BUSY),
    **dict.fromkeys((2150859236, 2150859237, 2150859238, 2150859239, 2150859240), FailureClass.BUSY),
}
_FAULT_WORDS = {
    "accessdenied": FailureClass.ENDPOINT_DENIED,
    "quotalimit": FailureClass.BUSY,
    "concurrency": FailureClass.BUSY,
    "timedout": FailureClass.READ_TIMEOUT,
    "destinationunreachable": FailureClass.ENDPOINT_MISSING,
    "invalidselectors": FailureClass.SHELL_LOST,
}
"""The subcodes of SOAP, for faults without a number."""

_STATUSES = {
    401: FailureClass.AUTH_REJECTED,
    403: FailureClass.ENDPOINT_DENIED,
    404: FailureClass.ENDPOINT_MISSING,
    407: FailureClass.PROXY,
    429: FailureClass.BUSY,
    503: FailureClass.BUSY,
}

NOT_OFFERED = "The server did not response with one of the following authentication methods"
"""How pypsrp begins to say that a server does not take the method, and what the transport says in its place."""

_NO_WAY = (errno.EHOSTUNREACH, errno.ENETUNREACH, errno.EHOSTDOWN, errno.ENETDOWN, errno.EADDRNOTAVAIL, errno.EACCES)

_NOT_THE_PROTOCOL = (
    ET.ParseError,
    struct.error,
    binascii.Error,
    UnicodeError,
    LookupError,
    AttributeError,
    TypeError,
    RecursionError,
    WinRMError,
    http.client.HTTPException,
)
"""What pypsrp raises where an answer has not the form that it takes for granted."""


_Meaning = FailureClass | Callable[[BaseException], FailureClass]


def classify(exception: BaseException) -> FailureClass:
    """Say what *exception* means, which came out of pypsrp."""
    for types, meaning in _MEANINGS:
        if isinstance(exception, types):
            return meaning if isinstance(meaning, FailureClass) else meaning(exception)
    if type(exception).__module__.partition(".")[0] in ("krb5", "gssapi"):
        return kerberos_failure(exception)
    return FailureClass.INTERNAL


def _authentication(error: BaseException) -> FailureClass:
    unavailable = str(error).startswith(NOT_OFFERED)
    return FailureClass.AUTH_METHOD_UNAVAILABLE if unavailable else FailureClass.AUTH_REJECTED


def _transport(error: BaseException) -> FailureClass:
    return _STATUSES.get(error.args[1], FailureClass.HTTP_ERROR)


def _operation(error: BaseException) -> FailureClass:
    return FailureClass.SHELL_LOST if "broken" in str(error) else FailureClass.PROTOCOL_ERROR


def _value(error: BaseException) -> FailureClass:
    incompatible = "incompatible with the specified auth_provider" in str(error)
    return FailureClass.AUTH_METHOD_UNAVAILABLE if incompatible else FailureClass.BAD_CONFIGURATION


def _fault(fault: BaseException) -> FailureClass:
    code, _, reason, _, _, provider_fault = fault.args
    text = f"{reason or ''} {provider_fault or ''}".lower()
    if code in _FAULTS:
        return _FAULTS[code]
    if "session configuration" in text:
        return FailureClass.ENDPOINT_MISSING
    if "maximum number of" in text or "quota" in text:
        return FailureClass.BUSY
    if isinstance(code, str):
        return _FAULT_WORDS.get(code.rpartition(":")[2].lower(), FailureClass.PROTOCOL_ERROR)
    # NOTE: pypsrp takes the error page of a web server, too, for a fault; what it was stands in the context.
    before = fault.__context__
    if code is None and isinstance(before, WinRMTransportError):
        return _STATUSES.get(before.code, FailureClass.PROTOCOL_ERROR)
    return FailureClass.PROTOCOL_ERROR


def _no_answer(error: BaseException) -> FailureClass:
    """Tell a server that does not answer from one that does not even finish a handshake."""
    handshake = any("handshake" in str(one) for one in _behind(error))
    return FailureClass.TLS if handshake else FailureClass.READ_TIMEOUT


def _behind_http(exception: BaseException) -> FailureClass:
    """Look behind the exceptions of requests and urllib3, which wrap those of sockets."""
    for one in _behind(exception):
        for types, kind in _BEHIND_HTTP:
            if isinstance(one, types):
                return kind
        if isinstance(one, OSError) and not isinstance(one, requests.RequestException):
            return _system(one)
    return FailureClass.CONNECTION_DROPPED


_BEHIND_HTTP = (
    ((NameResolutionError, socket.gaierror), FailureClass.DNS),
    (ReadTimeoutError, FailureClass.READ_TIMEOUT),
    (http.client.RemoteDisconnected, FailureClass.CONNECTION_DROPPED),
    ((http.client.BadStatusLine, http.client.LineTooLong), FailureClass.PROTOCOL_ERROR),
)


def _system(error: BaseException) -> FailureClass:
    """Read an error of the operating system; one in a hundred numbers says more than that the connection is gone."""
    number = error.errno if isinstance(error, OSError) else None
    if number in _NO_WAY:
        return FailureClass.UNREACHABLE
    if isinstance(error, TimeoutError):
        return FailureClass.CONNECT_TIMEOUT if number == errno.ETIMEDOUT else FailureClass.READ_TIMEOUT
    if "certificate" in str(error):
        return FailureClass.BAD_CONFIGURATION
    return next((kind for types, kind in _SYSTEM if isinstance(error, types)), FailureClass.CONNECTION_DROPPED)


_SYSTEM: tuple[tuple[type[OSError], FailureClass], ...] = (
    (ConnectionRefusedError, FailureClass.REFUSED),
    (FileNotFoundError, FailureClass.BAD_CONFIGURATION),
)


def _negotiation(error: BaseException) -> FailureClass:
    inner = getattr(error, "base_error", None)
    if isinstance(inner, Exception):
        return kerberos_failure(inner)
    return kerberos_words(error) or FailureClass.AUTH_REJECTED


def _behind(exception: BaseException) -> Iterator[BaseException]:
    """Give *exception* and whatever it was made of."""
    waiting: list[object] = [exception]
    seen: set[int] = set()
    while waiting:
        one = waiting.pop(0)
        if not isinstance(one, BaseException) or id(one) in seen:
            continue
        seen.add(id(one))
        yield one
        waiting += [getattr(one, "reason", None), *one.args, one.__cause__, one.__context__]


_MEANINGS: tuple[tuple[type[BaseException] | tuple[type[BaseException], ...], _Meaning], ...] = (
    (LiveError, lambda error: error.failure.kind if isinstance(error, LiveError) else FailureClass.INTERNAL),
    (AuthenticationError, _authentication),
    (WSManFaultError, _fault),
    (WinRMTransportError, _transport),
    (InvalidPSRPOperation, _operation),
    (requests.exceptions.ProxyError, FailureClass.PROXY),
    (requests.TooManyRedirects, FailureClass.REDIRECT_REFUSED),
    (requests.exceptions.SSLError, FailureClass.TLS),
    (requests.ConnectTimeout, FailureClass.CONNECT_TIMEOUT),
    (requests.ReadTimeout, _no_answer),
    ((requests.exceptions.InvalidHeader, requests.exceptions.ContentDecodingError), FailureClass.PROTOCOL_ERROR),
    ((requests.exceptions.InvalidURL, requests.exceptions.InvalidSchema), FailureClass.BAD_CONFIGURATION),
    ((requests.RequestException, HTTPError), _behind_http),
    ((NoCredentialError, CredentialsExpiredError, OperationNotAvailableError), FailureClass.CREDENTIAL_UNAVAILABLE),
    ((BadMechanismError, FeatureMissingError, ImportError), FailureClass.AUTH_METHOD_UNAVAILABLE),
    (SpnegoError, _negotiation),
    (_NOT_THE_PROTOCOL, FailureClass.PROTOCOL_ERROR),
    (ssl.SSLError, FailureClass.TLS),
    (socket.gaierror, FailureClass.DNS),
    (OSError, _system),
    (ValueError, _value),
)
"""What each type means; the first that fits counts, for many of them are made of one another."""


def failure_of(exception: BaseException, target: Target, *, answered: bool = True) -> Failure:
    """
    Say what *exception* means for whoever must act, without the secret of *target*.

    Whether the server has *answered* anything before tells how it treats a client certificate: one that it refuses it
    mostly does not speak of, but closes the connection, at a moment that differs from run to run.
    """
    kind = classify(exception)
    if isinstance(exception, LiveError):
        return Failure(kind=kind, message=discreet(exception.failure.message, secrets_of(target)))
    if isinstance(exception, ImportError):
        return Failure(kind=kind, message=KERBEROS_IS_MISSING)
    detail = _detail(exception, kind).strip().rstrip(".")
    closed = kind in (FailureClass.TLS, FailureClass.CONNECTION_DROPPED) and not detail and not answered
    if closed and target.authentication == "certificate":
        kind, detail = FailureClass.TLS, "the client certificate may have been refused"
    sentence = sentence_of(kind, target)
    return Failure(kind=kind, message=discreet(f"{sentence} ({detail})" if detail else sentence, secrets_of(target)))


def sentence_of(kind: FailureClass, target: Target) -> str:
    """Tell what to do where *target* failed in the way of *kind*."""
    place = f"'{target.host}:{target.port}'"
    return SENTENCES[kind].format(place=place, host=target.host, authentication=target.authentication)


def _detail(exception: BaseException, kind: FailureClass) -> str:
    """Give what the other side said, where it tells more than the class does."""
    match exception:
        case WSManFaultError() if kind is FailureClass.SHELL_LOST:
            return ""  # it names the shell by a number that differs in every run
        case WSManFaultError():
            text = str(exception.provider_fault or exception.reason or "").strip().rstrip(".")
            return f"{text}; fault {exception.code}" if exception.code else text
        case WinRMTransportError():
            return f"HTTP {exception.code}"
        case SpnegoError():
            return _OUTER_ERROR.sub("", str(exception))
        case InvalidPSRPOperation():
            return str(exception)
        case _ if kind is FailureClass.INTERNAL:
            return type(exception).__name__
        case _ if kind is FailureClass.TLS:
            return next(filter(None, map(_tls_detail, _behind(exception))), "")
        case _:
            return "" if isinstance(exception, _WITHOUT_DETAIL) else str(exception)


_OUTER_ERROR = re.compile(r"^.*Minor \(\d+\): |, Context: Processing security token$", re.DOTALL)
"""What the general interface says of an error before and after it comes to it."""


def _tls_detail(one: BaseException) -> str:
    match one:
        case ssl.SSLCertVerificationError():
            return str(getattr(one, "verify_message", ""))
        case ssl.SSLError():
            return str(getattr(one, "reason", None) or "").replace("_", " ").lower()
        case TimeoutError():
            return "the handshake did not end"
        case _:
            return ""


_WITHOUT_DETAIL = (requests.RequestException, HTTPError, OSError, *_NOT_THE_PROTOCOL)
"""Their texts speak of Python's objects, or show what was not understood."""
