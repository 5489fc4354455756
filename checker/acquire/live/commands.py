"""What is asked of a server and what it answers; how the two travel is the matter of a session."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Protocol

from checker.acquire.cmdlet_objects import CmdletValue
from checker.model.collection import Failure, FailureClass

Argument = str | int | bool | tuple[str, ...] | None
"""The argument of a parameter; None is a switch that is on."""


@dataclass(frozen=True, slots=True)
class Command:
    """One cmdlet with its parameters, by their names; never text that a server would have to parse."""

    name: str
    parameters: tuple[tuple[str, Argument], ...] = ()


@dataclass(frozen=True, slots=True)
class Pipeline:
    """Commands of which each reads what the one before gives."""

    commands: tuple[Command, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorRecord:
    """An error that a pipeline wrote; that there is one says nothing of whether there is output too."""

    kind: FailureClass
    identifier: str  # the fully qualified error id
    message: str  # as the server says it, shortened and without secrets


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a pipeline gave: objects, and errors."""

    values: tuple[CmdletValue, ...] = ()
    errors: tuple[ErrorRecord, ...] = ()


class LiveError(Exception):
    """A server, or the connection to it, failed; *failure* says how, and never holds a secret."""

    def __init__(self, kind: FailureClass, message: str) -> None:
        """Say what went wrong in *message*, a sentence for the person who must act."""
        super().__init__(message)
        self.failure = Failure(kind=kind, message=message)


class Session(Protocol):
    """An open PowerShell session on one server."""

    def run(self, pipeline: Pipeline, seconds: float) -> Answer:
        """
        Run *pipeline*, for at most *seconds*.

        Raises:
            LiveError: there is no whole answer: the time is over (`deadline`; the session can still be used), the
                answer is too large, or the connection is lost.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A server as it is connected to: everything but secrets, which only `secret` holds."""

    server: str  # as the inventory calls it
    host: str
    port: int
    tls: bool = True
    tls_verified: bool = True
    authentication: str = "kerberos"
    username: str = ""
    secret: str = field(default="", repr=False)  # a password, or that of a client certificate's key
    ca_bundle: str = ""
    certificate: str = ""
    certificate_key: str = ""
    proxy: str = ""  # the address of a proxy; none is used unless it stands here


Connect = Callable[[Target, str, float], AbstractContextManager[Session]]
"""
Open a session on the endpoint (`configuration_name`) of a target within some seconds.

Entering it raises `LiveError`. Leaving it closes the shell; what goes wrong then never hides what went wrong before.
"""
