"""The names of files as they leave this machine: relative, with forward slashes, never absolute."""

from __future__ import annotations

import re
from collections.abc import Mapping

from checker.model.location import Location
from checker.model.result import Report

_DRIVE = re.compile(r"[A-Za-z]:")
# NOTE: quotes are looked at, not taken in, so that an apostrophe before a quoted path does not shift the pairs.
_QUOTED = re.compile(r"(?<=')(?P<path>[^']+?)(?P<place>(?::\d+){0,2})(?=')")


def portable(report: Report, path: str) -> str:
    """
    Give the name of *path* that leaves this machine.

    The report knows it; a path that it does not list, and that points out of the working directory all the same, is
    reduced to the file's own name.
    """
    name = report.portable.get(path, path).replace("\\", "/")
    parts = [part for part in name.split("/") if part not in ("", ".")]
    if name.startswith("/") or _DRIVE.match(name) or ".." in parts:
        parts = ["outside", *[part for part in parts if part != ".." and not _DRIVE.match(part)][-1:]]
    return "/".join(parts) or "unnamed"


def portable_location(report: Report, location: Location) -> Location:
    """Give *location* with the name of the file that leaves this machine, and with numbers that count from 1."""
    return Location(portable(report, location.file), max(location.line, 1), max(location.column, 1))


def portable_text(report: Report, text: str) -> str:
    """Give *text*, a message, with the quoted paths that the report lists replaced."""
    return with_portable_paths(text, report.portable)


def with_portable_paths(text: str, names: Mapping[str, str]) -> str:
    """Give *text* with the quoted paths in it replaced by their *names*; a place behind a path stays."""
    return _QUOTED.sub(lambda found: names.get(found["path"], found["path"]) + found["place"], text)
