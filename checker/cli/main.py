"""The door: arguments in, exit code out."""

from __future__ import annotations

import signal
import sys
from collections.abc import Sequence
from types import FrameType
from typing import NoReturn

from checker.cli.telling import tell
from checker.errors import CheckerError, Terminated, UsageError, interrupted_code

INTERNAL = 70
"""The exit code of a bug in the checker."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command with *arguments*, by default those of the process, and give its exit code."""
    _harden_streams()
    try:
        signal.signal(signal.SIGTERM, _terminate)
        return _run(sys.argv[1:] if arguments is None else arguments)
    except CheckerError as error:
        tell(*error.lines)
        return error.exit_code
    except KeyboardInterrupt as stop:
        tell("interrupted")
        return interrupted_code(stop)
    except Exception as error:  # noqa: BLE001 - the one place where everything is caught
        tell(f"internal error: {type(error).__name__}: {error}", "This is a bug of the checker; please report it.")
        return INTERNAL


def _run(arguments: Sequence[str]) -> int:
    from checker.cli.parser import build_parser  # noqa: PLC0415 - signals come first

    try:
        options = build_parser().parse_args(arguments)
    except SystemExit as end:  # --help and --version have printed what was asked for
        return int(end.code or 0)
    match options.verb:
        case "check":
            from checker.cli.check import run_check  # noqa: PLC0415 - a verb imports what it needs

            return run_check(options)
        case "facts":
            from checker.cli.facts import run_facts  # noqa: PLC0415 - as above

            return run_facts(options)
        case "policy":
            from checker.cli.policy import run_policy  # noqa: PLC0415 - as above

            return run_policy(options)
        case "explain":
            from checker.cli.explain import run_explain  # noqa: PLC0415 - as above

            return run_explain(options)
        case "server-module":
            from checker.cli.server_module import run_server_module  # noqa: PLC0415 - as above

            return run_server_module(options)
        case "doctor":
            from checker.cli.doctor import run_doctor  # noqa: PLC0415 - as above

            return run_doctor(options)
        case "collect":
            from checker.cli.collect import run_collect  # noqa: PLC0415 - as above

            return run_collect(options)
        case "remediate":
            from checker.cli.remediate import run_remediate  # noqa: PLC0415 - as above

            return run_remediate(options)
        case verb:
            raise UsageError(f"there is no verb {verb!r}")


def _terminate(_signal: int, _frame: FrameType | None) -> NoReturn:
    raise Terminated


def _harden_streams() -> None:
    """Let no character stop a message: what the console cannot show is written as an escape."""
    for stream in (sys.stdout, sys.stderr):
        if stream is not None and hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
