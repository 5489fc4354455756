"""What the exceptions of pypsrp mean, and what is told of them."""

from __future__ import annotations

import binascii
import errno
import http.client
import socket
import ssl
import struct
import xml.etree.ElementTree as ET
from dataclasses import dataclass, replace

import pytest
import requests
from pypsrp.exceptions import (
    AuthenticationError,
    FragmentError,
    InvalidPSRPOperation,
    SerializationError,
    WinRMError,
    WinRMTransportError,
    WSManFaultError,
)
from spnego.exceptions import (
    BadMechanismError,
    FeatureMissingError,
    InvalidTokenError,
    NegotiateOptions,
    NoCredentialError,
    SpnegoError,
)
from urllib3.exceptions import MaxRetryError, NameResolutionError, NewConnectionError, ProtocolError, ReadTimeoutError

from checker.acquire.live.commands import LiveError, Target
from checker.acquire.live.discreet import LONGEST, discreet, secrets_of
from checker.acquire.live.error_records import classify_record, record_of
from checker.acquire.live.failure_sentences import SENTENCES
from checker.acquire.live.failures import classify, failure_of, sentence_of
from checker.model.collection import FailureClass

SECRET = "Tr0ub4dor&3"
TARGET = Target(server="SYNC01", host="sync01.example", port=5986, username="CONTOSO\\svc", secret=SECRET)


def fault(code: object, reason: str = "", provider_fault: str = "") -> WSManFaultError:
    """Give a fault as pypsrp reads it."""
    return WSManFaultError(code, "SYNC01", reason, None, None, provider_fault)


def page(status: int) -> WSManFaultError:
    """Give what pypsrp raises for the page of a web server that happens to be XML."""
    error = fault(None)
    error.__context__ = WinRMTransportError("http", status, "<html/>")
    return error


def wrapped(inner: BaseException) -> requests.ConnectionError:
    """Give what requests raises for an error of a socket while it connects."""
    failed = NewConnectionError(None, "failed")  # type: ignore[arg-type] # nobody asks for the connection
    failed.__cause__ = inner
    return requests.ConnectionError(MaxRetryError(None, "/", failed))  # type: ignore[arg-type] # nor for the pool


def aborted(inner: BaseException) -> requests.ConnectionError:
    """Give what requests raises for an error of a connection that stood."""
    return requests.ConnectionError(ProtocolError("Connection aborted.", inner))


class Krb5Error(Exception):
    """An error of the Kerberos library, which only some machines have."""

    def __init__(self, message: str, code: int) -> None:
        """Keep the number as that library does."""
        super().__init__(message)
        self.err_code = code


Krb5Error.__module__ = "krb5._exceptions"


class GSSError(Exception):
    """An error of the general interface to Kerberos, whose numbers have no sign."""

    def __init__(self, message: str, code: int) -> None:
        """Keep the numbers as that library does."""
        super().__init__(message)
        self.maj_code, self.min_code = 851968, code % 2**32


@pytest.mark.parametrize(
    ("exception", "expected"),
    [
        pytest.param(
            wrapped(NameResolutionError("sync01", None, socket.gaierror())),  # type: ignore[arg-type] # as above
            "dns",
            id="a name that nobody knows",
        ),
        pytest.param(wrapped(socket.gaierror(-2, "unknown")), "dns", id="the same from the socket"),
        pytest.param(wrapped(ConnectionRefusedError(111, "refused")), "refused", id="nothing listens"),
        pytest.param(wrapped(OSError(errno.EHOSTUNREACH, "no route")), "unreachable", id="no route to the host"),
        pytest.param(wrapped(OSError(errno.ENETUNREACH, "no net")), "unreachable", id="no route to the network"),
        pytest.param(requests.ConnectTimeout(), "connect-timeout", id="nobody answers"),
        pytest.param(
            wrapped(TimeoutError(errno.ETIMEDOUT, "timed out")), "connect-timeout", id="the system gave up connecting"
        ),
        pytest.param(requests.exceptions.ProxyError(), "proxy", id="the proxy"),
        pytest.param(requests.TooManyRedirects(), "redirect-refused", id="a redirect"),
        pytest.param(requests.exceptions.SSLError(), "tls", id="TLS"),
        pytest.param(ssl.SSLError("PEM lib"), "tls", id="the key of a certificate"),
        pytest.param(
            OSError("Could not find a suitable TLS CA certificate bundle, invalid path: x"),
            "bad-configuration",
            id="no such bundle",
        ),
        pytest.param(FileNotFoundError(2, "x"), "bad-configuration", id="no such file"),
        pytest.param(ValueError("Cannot use message encryption"), "bad-configuration", id="what pypsrp refuses"),
        pytest.param(requests.exceptions.InvalidURL("x"), "bad-configuration", id="no address"),
        pytest.param(requests.exceptions.InvalidSchema("SOCKS"), "bad-configuration", id="no such proxy"),
        pytest.param(AuthenticationError("Failed to authenticate"), "auth-rejected", id="a rejected credential"),
        pytest.param(WinRMTransportError("http", 401, ""), "auth-rejected", id="HTTP 401"),
        pytest.param(fault(1326), "auth-rejected", id="a fault that is a failed logon"),
        pytest.param(InvalidTokenError(), "auth-rejected", id="a refused token"),
        pytest.param(Krb5Error("x", -1765328353), "auth-rejected", id="a wrong Kerberos password"),
        pytest.param(Krb5Error("x", -1765328360), "auth-rejected", id="the same, told before"),
        pytest.param(Krb5Error("x", -1765328366), "auth-rejected", id="a locked account"),
        pytest.param(
            SpnegoError(base_error=GSSError("x", -1765328353)), "auth-rejected", id="through the general interface"
        ),
        pytest.param(
            SpnegoError(base_error=GSSError("Preauthentication failed", 100001)),
            "auth-rejected",
            id="with a number of its own",
        ),
        pytest.param(
            AuthenticationError("The server did not response with one of the following authentication methods"),
            "auth-method-unavailable",
            id="a method that the server does not offer",
        ),
        pytest.param(
            ValueError(
                "Server responded with the auth protocol 'x' which is incompatible with the specified auth_provider"
            ),
            "auth-method-unavailable",
            id="another method than the wanted",
        ),
        pytest.param(ImportError("GSSAPIProxy requires"), "auth-method-unavailable", id="Kerberos is not installed"),
        pytest.param(BadMechanismError(), "auth-method-unavailable", id="no mechanism in common"),
        pytest.param(
            FeatureMissingError(NegotiateOptions.wrapping_winrm),
            "auth-method-unavailable",
            id="no encryption of messages",
        ),
        pytest.param(NoCredentialError(), "credential-unavailable", id="no credential"),
        pytest.param(Krb5Error("x", -1765328189), "credential-unavailable", id="no credential cache"),
        pytest.param(Krb5Error("x", -1765328352), "credential-unavailable", id="an expired ticket"),
        pytest.param(
            SpnegoError(base_error=GSSError("No Kerberos credentials available", 100002)),
            "credential-unavailable",
            id="no ticket",
        ),
        pytest.param(Krb5Error("Cannot contact any KDC for realm 'X'", -1765328228), "kdc", id="no KDC"),
        pytest.param(
            SpnegoError(base_error=GSSError("Server not found in Kerberos database", -1765328377)),
            "kdc",
            id="a server that the KDC does not know",
        ),
        pytest.param(Krb5Error("Clock skew too great", -1765328347), "kdc", id="clocks that differ"),
        pytest.param(fault(5, "Access is denied."), "endpoint-denied", id="no right to the endpoint"),
        pytest.param(fault(2147942405), "endpoint-denied", id="the same in another form"),
        pytest.param(fault("w:AccessDenied"), "endpoint-denied", id="the same as a word"),
        pytest.param(WinRMTransportError("http", 403, ""), "endpoint-denied", id="HTTP 403"),
        pytest.param(page(403), "endpoint-denied", id="HTTP 403 with a page"),
        pytest.param(fault(2150858811), "endpoint-missing", id="no such endpoint"),
        pytest.param(
            fault(87, "Cannot find the Nope session configuration in the WSMan: drive"),
            "endpoint-missing",
            id="no such endpoint, in words",
        ),
        pytest.param(WinRMTransportError("http", 404, ""), "endpoint-missing", id="HTTP 404"),
        pytest.param(fault(2150859173), "busy", id="too many shells"),
        pytest.param(fault(2150859240), "busy", id="too many operations of a plug-in"),
        pytest.param(
            fault("w:InternalError", "The maximum number of concurrent commands per shell has been exceeded."),
            "busy",
            id="too many commands, in words",
        ),
        pytest.param(WinRMTransportError("http", 503, "<html>"), "busy", id="HTTP 503"),
        pytest.param(WinRMTransportError("http", 429, ""), "busy", id="HTTP 429"),
        pytest.param(WinRMTransportError("http", 500, ""), "http-error", id="HTTP 500 without a word"),
        pytest.param(WinRMTransportError("http", 407, ""), "proxy", id="HTTP 407"),
        pytest.param(ET.ParseError("x"), "protocol-error", id="an answer that is no XML"),
        pytest.param(page(500), "protocol-error", id="HTTP 500 with a page"),
        pytest.param(fault(87, "The parameter is incorrect."), "protocol-error", id="another fault"),
        pytest.param(WinRMError("Received related id does not match"), "protocol-error", id="another's answer"),
        pytest.param(FragmentError("x"), "protocol-error", id="pieces that do not fit"),
        pytest.param(SerializationError("x"), "protocol-error", id="an object without what it needs"),
        pytest.param(KeyError("sync01"), "protocol-error", id="a step that is missing"),
        pytest.param(AttributeError("x"), "protocol-error", id="an element that is missing"),
        pytest.param(struct.error("x"), "protocol-error", id="a message that is too short"),
        pytest.param(binascii.Error("x"), "protocol-error", id="what is no base64"),
        pytest.param(UnicodeDecodeError("utf-8", b"\xff", 0, 1, "x"), "protocol-error", id="what is no text"),
        pytest.param(RecursionError(), "protocol-error", id="an object that is too deep"),
        pytest.param(aborted(http.client.BadStatusLine("SSH-2.0")), "protocol-error", id="another protocol"),
        pytest.param(requests.ReadTimeout(), "read-timeout", id="no answer"),
        pytest.param(
            requests.ConnectionError(ReadTimeoutError(None, "/", "x")),  # type: ignore[arg-type] # nobody asks for the pool
            "read-timeout",
            id="half an answer",
        ),
        pytest.param(fault(2150858793), "read-timeout", id="the server itself gave up"),
        pytest.param(
            aborted(http.client.RemoteDisconnected("x")), "connection-dropped", id="a connection that was closed"
        ),
        pytest.param(aborted(ConnectionResetError(104, "reset")), "connection-dropped", id="one that was reset"),
        pytest.param(requests.exceptions.ChunkedEncodingError(), "connection-dropped", id="half an answer, closed"),
        pytest.param(fault(2150858843), "shell-lost", id="a shell that is gone"),
        pytest.param(fault(995), "shell-lost", id="a shell that was ended"),
        pytest.param(
            InvalidPSRPOperation("Received a broken RunspacePoolState message: x"), "shell-lost", id="a broken pool"
        ),
        pytest.param(LiveError(FailureClass.TOO_LARGE, "x"), "too-large", id="what was told already"),
        pytest.param(ZeroDivisionError(), "internal", id="a bug"),
    ],
)
def test_every_exception_has_its_class(exception: BaseException, expected: str) -> None:
    """Each asks for another action, so each is told apart."""
    assert expected == classify(exception).value


def test_every_class_tells_what_to_do() -> None:
    """There is a sentence for each, which names the place where it can."""
    assert set(FailureClass) == set(SENTENCES)
    for kind in FailureClass:
        sentence = sentence_of(kind, TARGET)
        assert sentence.endswith(".")
        assert "{" not in sentence
        assert LONGEST >= len(sentence)


def test_what_a_server_says_follows_the_sentence() -> None:
    """The person who must act sees both."""
    failure = failure_of(fault(5, "Access is denied. "), TARGET)

    assert FailureClass.ENDPOINT_DENIED is failure.kind
    assert failure.message.startswith("The account may not use the PowerShell endpoint on 'sync01.example:5986';")
    assert failure.message.endswith("(Access is denied; fault 5)")


def test_why_a_certificate_is_refused_is_told() -> None:
    """A name, a date and an authority are mended in different places."""
    inner = ssl.SSLCertVerificationError("certificate verify failed")
    inner.verify_message = "certificate has expired"
    error = requests.exceptions.SSLError(MaxRetryError(None, "/", inner))  # type: ignore[arg-type] # nobody asks for the pool

    assert failure_of(error, TARGET).message.endswith("(certificate has expired)")


def test_a_missing_kerberos_tells_how_to_install_it() -> None:
    """The extra is named, and not what Python says of a module."""
    failure = failure_of(
        ImportError("GSSAPIProxy requires the Python gssapi library: No module named 'gssapi'"), TARGET
    )

    assert (FailureClass.AUTH_METHOD_UNAVAILABLE, True) == (
        failure.kind,
        failure.message.startswith("Kerberos is not installed here: pip install 'adsync-checker[kerberos]'"),
    )


@pytest.mark.parametrize(
    "exception",
    [
        pytest.param(aborted(http.client.RemoteDisconnected("x")), id="closed after the handshake"),
        pytest.param(requests.exceptions.SSLError(ssl.SSLEOFError(8, "EOF")), id="closed in the handshake"),
    ],
)
def test_a_client_certificate_that_is_refused_without_a_word(exception: Exception) -> None:
    """When the connection is closed differs from run to run, and the class does not."""
    shown = replace(TARGET, authentication="certificate")

    failure = failure_of(exception, shown, answered=False)
    assert FailureClass.TLS is failure.kind
    assert failure.message.endswith("(the client certificate may have been refused)")
    assert "may have been refused" not in failure_of(exception, shown).message
    assert "may have been refused" not in failure_of(exception, TARGET, answered=False).message


def test_what_the_kerberos_library_says_is_told_without_its_frame() -> None:
    """The last part is the one that names what is wrong."""
    text = "Major (851968): Unspecified GSS failure, Minor (2529638919): Server host/a not found in Kerberos database"

    assert failure_of(SpnegoError(base_error=GSSError(text, -1765328377)), TARGET).message.endswith(
        "(Server host/a not found in Kerberos database)"
    )


def test_a_bug_tells_its_type_alone() -> None:
    """What stands in an exception that nobody foresaw may be anything."""
    message = failure_of(ZeroDivisionError(f"with {SECRET}"), TARGET).message

    assert message.endswith("(ZeroDivisionError)")


@pytest.mark.parametrize(
    "echo",
    [
        pytest.param(SECRET, id="as it is"),
        pytest.param("Q09OVE9TT1xzdmM6VHIwdWI0ZG9yJjM=", id="as Basic sends it"),
        pytest.param("VHIwdWI0ZG9yJjM=", id="in base64"),
        pytest.param("Tr0ub4dor&amp;3", id="as XML has it"),
        pytest.param("Tr0ub4dor%263", id="as an address has it"),
    ],
)
def test_a_secret_that_a_server_sends_back_is_not_told(echo: str) -> None:
    """Some errors show what they did not like; the secret goes in whatever form it comes."""
    message = failure_of(fault(87, f"Bad value '{echo}' of the request"), TARGET).message

    assert "Bad value '***' of the request" in message


def test_messages_are_short_harmless_and_on_one_line() -> None:
    """A server writes into the terminals and reports of others."""
    message = failure_of(fault(87, "a\x1b[31m\r\nb\u202ec\x00 " + "long" * 200), TARGET).message

    assert LONGEST == len(message)
    assert message.isprintable()
    assert "(a [31m b c longlong" in message


def test_the_longest_form_of_a_secret_goes_first() -> None:
    """What would be left of a longer form tells of the secret."""
    target = Target(server="s", host="h", port=1, username="u", secret="a&b")

    assert "*** ***" == discreet("a&amp;b a&b", secrets_of(target))
    assert () == secrets_of(Target(server="s", host="h", port=1))


def test_a_secret_of_two_words_is_not_told_when_a_line_ends_between_them() -> None:
    """Lines are joined, and then it would stand there."""
    target = Target(server="s", host="h", port=1, username="u", secret="two words")

    assert "bad ***" == discreet("bad two\r\n words", secrets_of(target))


@dataclass
class Record:
    """An error record as pypsrp gives it."""

    fq_error: str | None = ""
    category: int | None = 0
    reason: str | None = ""
    text: str = ""

    def __str__(self) -> str:
        """Give what a person would see."""
        return self.text


NO_PIPE = "There was no endpoint listening at net.pipe://localhost/ADSyncManagement that could accept the message."


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        pytest.param(Record("CommandNotFoundException", 13), "command-not-available", id="no such command"),
        pytest.param(Record("CouldNotAutoloadMatchingModule", 13), "command-not-available", id="a module that fails"),
        pytest.param(Record("ScriptsNotAllowed", 0), "script-not-allowed", id="script text"),
        pytest.param(
            Record("NamedParameterNotFound,Select-Object", 5), "parameter-not-allowed", id="a parameter that is hidden"
        ),
        pytest.param(
            Record("ParameterArgumentValidationError,Select-Object", 5),
            "parameter-not-allowed",
            id="a value that is not",
        ),
        pytest.param(Record("Denied,Get-ADSyncRule", 18), "command-denied", id="a category"),
        pytest.param(Record("x,Get-Item", 25, "SecurityException"), "command-denied", id="a security error"),
        pytest.param(Record("System.UnauthorizedAccessException,x", 0), "command-denied", id="a type"),
        pytest.param(
            Record("PathNotFound,x", 13, "UnauthorizedAccessException"), "command-denied", id="denied looks like absent"
        ),
        pytest.param(
            Record("x", 0, "EndpointNotFoundException", NO_PIPE), "adsync-pipe-refuses-network-logon", id="the pipe"
        ),
        pytest.param(Record("PathNotFound,Microsoft.PowerShell.Commands.GetItemPropertyCommand", 13), "item-not-found"),
        pytest.param(
            Record("NoMatchingEventsFound,Microsoft.PowerShell.Commands.GetWinEventCommand", 13), "item-not-found"
        ),
        pytest.param(Record("PathNotFound,x", 5), "pipeline-error", id="not found, and not for that reason"),
        pytest.param(Record("NoMatchingLogsFound,x", 13), "pipeline-error", id="a log that is not shown"),
        pytest.param(Record("DriveNotFound,x", 13), "pipeline-error", id="a registry that is not shown"),
        pytest.param(Record(None, None, None), "pipeline-error", id="nothing at all"),
    ],
)
def test_every_error_record_has_its_class(record: Record, expected: str) -> None:
    """Only what was looked for and is not there is `item-not-found`, for that becomes a value."""
    assert expected == classify_record(record).value


def test_an_error_record_is_told_without_the_secret() -> None:
    """Its text is the server's."""
    record = record_of(Record("x\x07y", 0, "", f"{SECRET} is\nwrong"), secrets_of(TARGET))

    assert (FailureClass.PIPELINE_ERROR, "x y", "*** is wrong") == (record.kind, record.identifier, record.message)
