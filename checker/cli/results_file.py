"""Results of an earlier run, from the file that an argument names."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import BinaryIO

from checker.cli.named_file import is_there, shown_path
from checker.errors import Mistake, PolicyError, UsageError
from checker.load.results_document import load_results
from checker.model.location import Location
from checker.model.results_document import ResultsDocument

_MAX_BYTES = 512 * 1024 * 1024


def read_results(text: str, argument: str) -> ResultsDocument:
    """
    Read the results that *argument* names by *text*: a path, or `-` for standard input.

    Raises:
        UsageError: there is no such file, or no standard input.
        PolicyError: it cannot be read, or holds no results that can be used.
    """
    if text == "-":
        if sys.stdin is None:
            raise UsageError(f"{argument} '-': there is no standard input")
        return load_results(_read(sys.stdin.buffer, "-"), "-")
    path = Path(text)
    if not text or not is_there(path, argument):
        raise UsageError(f"{argument} {text!r}: no such file")
    shown = shown_path(path)
    try:
        if not path.is_file():
            raise PolicyError([Mistake(Location(shown), "this is no regular file")])
        with path.open("rb") as stream:
            return load_results(_read(stream, shown), shown)
    except OSError as error:
        raise PolicyError([Mistake(Location(shown), f"it cannot be read: {error.strerror}")]) from error


def _read(stream: BinaryIO, shown: str) -> bytes:
    content = stream.read(_MAX_BYTES + 1)
    if len(content) > _MAX_BYTES:
        raise PolicyError([Mistake(Location(shown), f"it is larger than {_MAX_BYTES // 1024**2} MiB")])
    return content
