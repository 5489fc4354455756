"""How the facts of a live server were collected, and in which ways that can fail."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from checker.model.facts import Reason


class Plan(Enum):
    """A way to ask a server."""

    MODULE = "module"  # the function of our module, by a JEA endpoint or by hand: everything at once
    CMDLETS = "cmdlets"  # one pipeline of cmdlets for each group of facts, without any script text
    SNAPSHOT = "snapshot"  # the file that a scheduled task of the server wrote with our module


class FailureClass(Enum):
    """
    Why a server, or a part of what was asked of it, could not be read.

    Each is told apart in every report, for each asks for another action.
    """

    DNS = "dns"
    REFUSED = "refused"
    UNREACHABLE = "unreachable"
    CONNECT_TIMEOUT = "connect-timeout"
    PROXY = "proxy"
    REDIRECT_REFUSED = "redirect-refused"
    TLS = "tls"
    BAD_CONFIGURATION = "bad-configuration"
    AUTH_REJECTED = "auth-rejected"
    AUTH_METHOD_UNAVAILABLE = "auth-method-unavailable"
    CREDENTIAL_UNAVAILABLE = "credential-unavailable"
    KDC = "kdc"
    ENDPOINT_DENIED = "endpoint-denied"
    ENDPOINT_MISSING = "endpoint-missing"
    BUSY = "busy"
    HTTP_ERROR = "http-error"
    PROTOCOL_ERROR = "protocol-error"
    READ_TIMEOUT = "read-timeout"
    DEADLINE = "deadline"
    CONNECTION_DROPPED = "connection-dropped"
    SHELL_LOST = "shell-lost"
    COMMAND_NOT_AVAILABLE = "command-not-available"
    SCRIPT_NOT_ALLOWED = "script-not-allowed"
    PARAMETER_NOT_ALLOWED = "parameter-not-allowed"
    COMMAND_DENIED = "command-denied"
    PIPE_REFUSES_NETWORK_LOGON = "adsync-pipe-refuses-network-logon"
    SERVICE_STOPPED = "adsync-service-stopped"
    ITEM_NOT_FOUND = "item-not-found"
    PIPELINE_ERROR = "pipeline-error"
    PARTIAL = "partial"
    TOO_LARGE = "too-large"
    SNAPSHOT_STALE = "snapshot-stale"
    IDENTITY = "identity"  # another computer answered than the one that was asked for
    SKIPPED = "skipped"  # not tried, because of another server
    INTERRUPTED = "interrupted"
    INTERNAL = "internal"

    @property
    def transient(self) -> bool:
        """Whether the same attempt may succeed a moment later. What was rejected is never tried again."""
        return self in _TRANSIENT

    @property
    def reason(self) -> Reason:
        """Why a fact is unknown that was not read because of this."""
        return _REASONS.get(self, Reason.COLLECTION_FAILED)


_TRANSIENT = frozenset(
    {
        FailureClass.REFUSED,
        FailureClass.UNREACHABLE,
        FailureClass.CONNECT_TIMEOUT,
        FailureClass.BUSY,
        FailureClass.CONNECTION_DROPPED,
        FailureClass.SHELL_LOST,
    }
)
_REASONS = {
    **dict.fromkeys(
        (
            FailureClass.DNS,
            FailureClass.REFUSED,
            FailureClass.UNREACHABLE,
            FailureClass.CONNECT_TIMEOUT,
            FailureClass.PROXY,
            FailureClass.TLS,
        ),
        Reason.UNREACHABLE,
    ),
    **dict.fromkeys(
        (
            FailureClass.AUTH_REJECTED,
            FailureClass.ENDPOINT_DENIED,
            FailureClass.COMMAND_DENIED,
            FailureClass.PIPE_REFUSES_NETWORK_LOGON,
        ),
        Reason.DENIED,
    ),
    FailureClass.PARTIAL: Reason.TRUNCATED,
    FailureClass.TOO_LARGE: Reason.TRUNCATED,
    FailureClass.SNAPSHOT_STALE: Reason.STALE,
    FailureClass.IDENTITY: Reason.IDENTITY,
    FailureClass.INTERNAL: Reason.INTERNAL,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """What went wrong, as a sentence for the person who must act; it never holds a secret."""

    kind: FailureClass
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """The file that a scheduled task wrote, and who could have changed it."""

    path: str
    written: datetime | None = None  # by the clock of the server
    owner: str = ""
    access: tuple[str, ...] = ()  # one text for each entry of the access list


@dataclass(frozen=True, slots=True, kw_only=True)
class Collection:
    """How one facts document came to be; what is not known is empty."""

    plan: Plan | None = None  # none where the server could not be asked at all
    host: str = ""
    port: int | None = None
    tls: bool | None = None
    tls_verified: bool | None = None  # false: whoever answered may be somebody else
    authentication: str = ""
    configuration_name: str = ""  # of the PowerShell endpoint
    module_version: str = ""
    run_by: str = ""  # the account that the facts were read with, on the server
    groups: tuple[str, ...] = ()  # the groups of the product that this account is in
    server_time: datetime | None = None  # the clock of the server
    clock_skew: timedelta | None = None  # how far the clock of the server is ahead of ours
    attempts: int = 1
    not_delivered: tuple[str, ...] = ()  # facts that the plan cannot deliver, by their names
    failures: tuple[Failure, ...] = ()  # of parts, or of the whole
    snapshot: Snapshot | None = None
