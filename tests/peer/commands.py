"""What a command of the fake PowerShell is, and how its parameters are bound."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from psrpcore.types import ErrorCategory

from tests.peer.faults import PowerShellError
from tests.peer.net_objects import Value
from tests.peer.server_model import Endpoint, FakeServer


@dataclass(frozen=True, slots=True)
class Invocation:
    """One command of a pipeline as the client sent it; a parameter without a name is a position."""

    name: str
    is_script: bool
    parameters: tuple[tuple[str | None, object], ...]


@dataclass(slots=True, kw_only=True)
class Call:
    """One call of a command: its bound parameters, what it reads, and where its errors go."""

    name: str
    server: FakeServer
    endpoint: Endpoint
    given: Mapping[str, object]
    objects: Sequence[Value]
    errors: list[PowerShellError] = field(default_factory=list)

    def text(self, parameter: str) -> str | None:
        """Give a single text."""
        value = self.given.get(parameter)
        return None if value is None else str(value)

    def texts(self, *parameters: str) -> tuple[str, ...]:
        """Give the texts of the first of *parameters* that was given."""
        for one in parameters:
            value = self.given.get(one)
            if value is not None:
                return tuple(str(item) for item in value) if isinstance(value, list) else (str(value),)
        return ()

    def switched(self, parameter: str) -> bool:
        """Whether a switch is on."""
        return self.given.get(parameter) is True

    def fail(self, error: PowerShellError) -> None:
        """Write an error, and go on."""
        self.errors.append(error)


Runs = Callable[[Call], Iterable[Value]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cmdlet:
    """A command, with the parameters that the real one has as far as anybody may need them."""

    name: str
    runs: Runs
    parameters: tuple[str, ...] = ()  # that take a value
    switches: tuple[str, ...] = ()
    positions: tuple[str, ...] = ()
    kind: str = "Cmdlet"

    @property
    def type(self) -> str:
        """The class that the ids of its errors end with."""
        return f"Microsoft.PowerShell.Commands.{self.name.replace('-', '')}Command"

    def bind(self, parameters: Sequence[tuple[str | None, object]]) -> dict[str, object]:
        """
        Give the parameters by their full names.

        Raises:
            PowerShellError: there is no such parameter, or it lacks its argument.
        """
        bound: dict[str, object] = {}
        free = iter(self.positions)
        for given, value in parameters:
            name = next((one for one in free if one not in bound), None) if given is None else self._full(given)
            if name is None:
                raise self._refused(
                    f"A positional parameter cannot be found that accepts argument '{value}'.",
                    "PositionalParameterNotFound",
                )
            if name in self.switches:
                bound[name] = value is None or value is True
            elif value is None:
                raise self._refused(f"Missing an argument for parameter '{name}'.", "MissingArgument")
            else:
                bound[name] = value
        return bound

    def _full(self, given: str) -> str:
        """Complete the name of a parameter, as any beginning of it will do that belongs to no other."""
        every = (*self.parameters, *self.switches)
        exact = [one for one in every if one.lower() == given.lower()]
        found = exact or [one for one in every if one.lower().startswith(given.lower())]
        if len(found) == 1:
            return found[0]
        if found:
            raise self._refused(
                f"Parameter cannot be processed because the parameter name '{given}' is ambiguous.",
                "AmbiguousParameter",
            )
        raise self._refused(
            f"A parameter cannot be found that matches parameter name '{given}'.", "NamedParameterNotFound"
        )

    def _refused(self, message: str, identifier: str) -> PowerShellError:
        return PowerShellError(
            message=message,
            identifier=f"{identifier},{self.type}",
            category=ErrorCategory.InvalidArgument,
            exception="System.Management.Automation.ParameterBindingException",
            target=self.name,
            terminating=True,
        )


def not_recognized(name: str, by: str = "") -> PowerShellError:
    """Give the error for a command that is not there, or not shown."""
    return PowerShellError(
        message=f"The term '{name}' is not recognized as the name of a cmdlet, function, script file, or operable "
        "program. Check the spelling of the name, or if a path was included, verify that the path is correct and try "
        "again.",
        identifier="CommandNotFoundException" + (f",{by}" if by else ""),
        category=ErrorCategory.ObjectNotFound,
        exception="System.Management.Automation.CommandNotFoundException",
        target=name,
        terminating=not by,
    )
