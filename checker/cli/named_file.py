"""Files that an argument names, read whole."""

from __future__ import annotations

from pathlib import Path

from checker.errors import Mistake, PolicyError, UsageError
from checker.model.location import Location

_MAX_BYTES = 8 * 1024 * 1024
"""No policy, table, waiver file or inventory may be larger; their loader has a stricter limit of its own."""


def is_there(path: Path, flag: str) -> bool:
    """
    Whether something stands at *path*, which the argument *flag* names.

    Raises:
        UsageError: nobody can tell, because of the path itself.
    """
    try:
        return path.exists()
    except (OSError, ValueError) as error:
        raise UsageError(f"{flag} {str(path)!r}: {getattr(error, 'strerror', None) or error}") from error


def read_named(text: str, flag: str) -> bytes:
    """
    Read the file that the argument *flag* names by *text*.

    Raises:
        UsageError: there is no such file.
        PolicyError: it cannot be read.
    """
    path = Path(text)
    if not text or not is_there(path, flag):
        raise UsageError(f"{flag} {text!r}: no such file")
    return read_whole(path)


def read_whole(path: Path) -> bytes:
    """
    Read the file at *path*.

    Raises:
        PolicyError: it cannot be read, or is no file.
    """
    try:
        if not path.is_file():
            raise PolicyError([Mistake(Location(shown_path(path)), "this is no regular file")])
        with path.open("rb") as stream:
            return stream.read(_MAX_BYTES)
    except OSError as error:
        raise PolicyError([Mistake(Location(shown_path(path)), f"it cannot be read: {error.strerror}")]) from error


def shown_path(path: Path) -> str:
    """Give *path* as reports show it."""
    return path.as_posix()
