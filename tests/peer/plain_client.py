"""An unmodified client of the protocol, as the tests of the peer use it."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

from pypsrp.complex_objects import PSInvocationState
from pypsrp.powershell import PowerShell, RunspacePool
from pypsrp.wsman import WSMan

from tests.peer.server_model import ACCOUNT, DEFAULT_ENDPOINT, PASSWORD

Step = tuple[str, dict[str, Any]]

_CONSTRUCTION = threading.Lock()
"""The constructor changes a table of the XML library that all threads share."""


@dataclass(frozen=True, slots=True)
class Result:
    """What a pipeline gave."""

    objects: tuple[Any, ...]
    errors: tuple[str, ...]  # the fully qualified ids
    messages: tuple[str, ...]
    failed: bool

    @property
    def clixml(self) -> tuple[str, ...]:
        """The objects as they came over the wire, where they are objects."""
        return tuple(one._xml for one in self.objects if hasattr(one, "_xml"))

    def properties(self, name: str) -> list[Any]:
        """Give the property *name* of each object."""
        return [{**one.adapted_properties, **one.extended_properties}.get(name) for one in self.objects]


@contextmanager
def session(port: int, *, endpoint: str = DEFAULT_ENDPOINT, **options: Any) -> Iterator[RunspacePool]:
    """Open a shell on the server at *port*, with the account that servers know unless *options* say otherwise."""
    told = {"username": ACCOUNT, "password": PASSWORD, "ssl": False, "auth": "ntlm", "no_proxy": True, **options}
    with _CONSTRUCTION:
        wsman = WSMan("localhost", port=port, **told)
    pool = RunspacePool(wsman, configuration_name=endpoint)
    try:
        pool.open()
        yield pool
    except Exception:
        # NOTE: the pool as a context would hide the first error behind that of its end.
        with suppress(Exception):
            pool.close()
        raise
    else:
        pool.close()
    finally:
        wsman.close()


def run(pool: RunspacePool, *steps: Step | str) -> Result:
    """Run a pipeline of commands, each with its parameters."""
    shell = PowerShell(pool)
    for step in steps:
        name, parameters = (step, {}) if isinstance(step, str) else step
        shell.add_cmdlet(name)
        for parameter, value in parameters.items():
            shell.add_parameter(parameter, value)
    return _invoked(shell)


def run_text(pool: RunspacePool, text: str) -> Result:
    """Run script text."""
    return _invoked(PowerShell(pool).add_script(text))


def _invoked(shell: PowerShell) -> Result:
    shell.begin_invoke()
    while shell.state == PSInvocationState.RUNNING:
        shell.poll_invoke()
    errors: Sequence[Any] = shell.streams.error
    return Result(
        objects=tuple(shell.output),
        errors=tuple(str(one.fq_error) for one in errors),
        messages=tuple(str(one) for one in errors),
        failed=shell.state == PSInvocationState.FAILED,
    )
