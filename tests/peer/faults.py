"""What can go wrong with a server, on purpose."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from enum import Enum
from functools import partial

from psrpcore.types import ErrorCategory

from tests.peer.net_objects import Value


class Listening(Enum):
    """What becomes of a connection to the port of a server."""

    OPEN = "open"
    REFUSED = "refused"  # nobody listens
    BLACK_HOLE = "black hole"  # what is sent is lost, as behind a firewall
    SILENT = "silent"  # the connection is taken, and nothing is ever said


@dataclass(slots=True, kw_only=True)
class PowerShellError(Exception):
    """An error of a command."""

    message: str
    identifier: str  # the fully qualified error id
    category: ErrorCategory = ErrorCategory.NotSpecified
    exception: str = "System.Exception"
    target: str = ""
    terminating: bool = False

    def __str__(self) -> str:
        """Its message."""
        return self.message

    def __reduce__(self) -> tuple[object, ...]:
        """Let it go to another process: what an exception remembers by itself is not enough."""
        return partial(PowerShellError, **{one.name: getattr(self, one.name) for one in fields(self)}), ()


_PIPE = (
    "There was no endpoint listening at net.pipe://localhost/ADSyncManagement that could accept the message. This is "
    "often caused by an incorrect address or SOAP action. See InnerException, if present, for more details."
)


def pipe_error(command: str) -> PowerShellError:
    """Give the error of a cmdlet that does not reach the named pipe of the synchronization service."""
    exception = "System.ServiceModel.EndpointNotFoundException"
    cmdlet = f"Microsoft.IdentityManagement.PowerShell.Cmdlet.{command.replace('-', '')}Cmdlet"
    return PowerShellError(
        message=_PIPE, identifier=f"{exception},{cmdlet}", exception=exception, target=command, terminating=True
    )


def denied(command: str, *, terminating: bool = False) -> PowerShellError:
    """Give the error of a command whose caller lacks the right."""
    return PowerShellError(
        message="Access to the path is denied.",
        identifier=f"System.UnauthorizedAccessException,Peer.{command.replace('-', '')}Command",
        category=ErrorCategory.PermissionDenied,
        exception="System.UnauthorizedAccessException",
        target=command,
        terminating=terminating,
    )


@dataclass(frozen=True, slots=True)
class Fails:
    """The command fails, after *after* of its objects."""

    error: PowerShellError
    after: int = 0


@dataclass(frozen=True, slots=True)
class Hangs:
    """The command never ends; it can be stopped."""


@dataclass(frozen=True, slots=True)
class Slow:
    """The command takes its time."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Gives:
    """The command gives other objects than it should, *times* over."""

    values: tuple[Value, ...]
    times: int = 1


@dataclass(frozen=True, slots=True)
class GivesRaw:
    """The whole pipeline gives this in place of an object written as CLIXML."""

    clixml: bytes


CommandFault = Fails | Hangs | Slow | Gives | GivesRaw


@dataclass(frozen=True, slots=True)
class Answers:
    """Something else than WinRM answers, and never sealed."""

    status: int
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Drops:
    """The connection ends without an answer."""


@dataclass(frozen=True, slots=True)
class CutsShort:
    """The connection ends in the middle of the answer."""


@dataclass(frozen=True, slots=True)
class Drips:
    """The answer comes in small pieces, with a pause before each."""

    seconds: float
    size: int = 64


@dataclass(frozen=True, slots=True)
class Delays:
    """The answer comes late."""

    seconds: float


@dataclass(frozen=True, slots=True)
class NeverAnswers:
    """The request is read, and nothing ever comes back."""


@dataclass(frozen=True, slots=True)
class Refuses:
    """WSMan answers with a fault."""

    code: int
    message: str
    subcode: str = "w:InternalError"


@dataclass(frozen=True, slots=True)
class LosesShells:
    """All shells of the server are gone, as after a restart of its service."""


@dataclass(frozen=True, slots=True)
class Garbles:
    """The answer is something else than the SOAP that it should be."""

    body: bytes = b"<html><body>Not SOAP at all</body>"


@dataclass(frozen=True, slots=True)
class Unrelated:
    """The answer belongs to another request."""


Misdeed = Answers | Drops | CutsShort | Drips | Delays | NeverAnswers | Refuses | LosesShells | Garbles | Unrelated

ACTIONS = ("Create", "Command", "Receive", "Send", "Signal", "Delete", "Get")


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestFault:
    """
    What some requests to a server meet.

    *on* is an action of WSMan, whose requests are counted by themselves; with none every HTTP request is counted, and
    the misdeed comes before any authentication.
    """

    does: Misdeed
    on: str = ""
    first: int = 1  # the number of the first request that meets it
    times: int | None = None  # how many do; None is all from then on

    def meets(self, on: str, number: int) -> bool:
        """Whether request *number* of its kind meets this."""
        last = self.first + self.times if self.times is not None else number + 1
        return on == self.on and self.first <= number < last


@dataclass(frozen=True, slots=True, kw_only=True)
class Faults:
    """All that goes wrong with one server."""

    listening: Listening = Listening.OPEN
    requests: tuple[RequestFault, ...] = ()
    commands: Mapping[str, CommandFault] = field(default_factory=dict)  # by the names of the commands
    seconds_for_request: float = 0.0
    seconds_for_pipeline: float = 0.0

    def of_request(self, on: str, number: int) -> Misdeed | None:
        """Give what request *number* of its kind meets."""
        return next((one.does for one in self.requests if one.meets(on, number)), None)

    def of_command(self, name: str) -> CommandFault | None:
        """Give what becomes of the command *name*, in any letter case."""
        return next((fault for one, fault in self.commands.items() if one.lower() == name.lower()), None)


def moved(location: str, status: int = 307) -> Answers:
    """Send the client elsewhere; with 307 it takes its message along."""
    return Answers(status, headers=(("Location", location),))


def quota() -> Refuses:
    """Refuse a shell because there are too many."""
    return Refuses(
        2150859174,
        "The WS-Management service cannot process the request. This user is allowed a maximum number of 5 concurrent "
        "shells, which has been exceeded. Close existing shells or raise the quota for this user.",
        "w:QuotaLimit",
    )


def access_denied() -> Refuses:
    """Refuse a request for lack of a right."""
    return Refuses(5, "Access is denied. ", "w:AccessDenied")
