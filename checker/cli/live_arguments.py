"""The arguments of the verbs that speak to running servers."""

from __future__ import annotations

import argparse
from datetime import timedelta
from typing import Any

from checker.model.duration import parse_duration

_LONGEST_TIMEOUT = timedelta(hours=1)


def add_live(verb: argparse.ArgumentParser) -> None:
    """Add how running servers are reached."""
    verb.add_argument(
        "--threads", type=_threads, default=8, metavar="N",
        help="so many servers are asked at once (default 8, at most 32)",
    )  # fmt: skip
    verb.add_argument(
        "--timeout", type=_timeout, default=timedelta(seconds=60), metavar="DURATION",
        help="the time for one server, with all attempts, such as PT90S (default PT60S)",
    )  # fmt: skip
    verb.add_argument(
        "--retries", type=_retries, default=2, metavar="N",
        help="so often a server is tried again that is busy or cannot be reached (default 2); never after a rejection",
    )  # fmt: skip
    verb.add_argument(
        "--no-verify-tls", action="store_true",
        help="do not look at the servers' certificates; every report is marked, for anybody may have answered",
    )  # fmt: skip
    verb.add_argument("--proxy", default="", metavar="URL", help="an HTTP proxy; without this none is used")


def add_collect(verbs: Any) -> argparse.ArgumentParser:
    """Add the verb `collect`."""
    collect: argparse.ArgumentParser = verbs.add_parser(
        "collect",
        help="read the facts of running servers into files",
        description="Read the facts of running servers over PowerShell remoting, a facts document for each server.",
        allow_abbrev=False,
    )
    collect.add_argument("--inventory", metavar="FILE", help="the servers, and how to reach them")
    collect.add_argument("--out", metavar="DIR", help="the folder for the facts documents, NAME.json for each server")
    collect.add_argument(
        "--limit", action="append", default=[], metavar="NAME",
        help="only this server, group of the inventory, or pattern of servers (with * or ?); repeatable",
    )  # fmt: skip
    collect.add_argument(
        "--print-script", action="store_true",
        help="show everything that may run on a server, and connect to none",
    )  # fmt: skip
    add_live(collect)
    # NOTE: a clock that stands still cannot be compared with that of a server.
    collect.set_defaults(as_of=None)
    return collect


def _threads(text: str) -> int:
    return _number(text, 1, 32)


def _retries(text: str) -> int:
    return _number(text, 0, 10)


def _number(text: str, least: int, most: int) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 9 and least <= int(text) <= most):
        raise argparse.ArgumentTypeError(f"{text!r} is no number from {least} to {most}")
    return int(text)


def _timeout(text: str) -> timedelta:
    try:
        length = parse_duration(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error
    if not timedelta() < length <= _LONGEST_TIMEOUT:
        raise argparse.ArgumentTypeError(f"{text!r} is no time for a server, such as 'PT90S'; at most 'PT1H'")
    return length
