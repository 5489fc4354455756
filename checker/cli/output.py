"""
Where reports are written: files, whole or not at all, and standard output.

A file is written under another name, flushed, closed and then renamed: whoever reads it finds the old one or the new
one. That something could not be written is never silent.
"""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, TextIO

from checker.errors import OutputError, UsageError
from checker.load.nearest import hint

# NOTE: these are names of standard output, and links besides; a second stream to it would overwrite the first.
_STANDARD_OUTPUT = frozenset({"-", "/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"})


@dataclass(frozen=True, slots=True)
class Output:
    """One thing to write: a format, and a path; without a path, to standard output."""

    format: str
    path: str | None = None


def parse_outputs(texts: Sequence[str], formats: Collection[str]) -> tuple[Output, ...]:
    """
    Read `FORMAT` or `FORMAT:PATH`, split at the first colon, where FORMAT is one of *formats*.

    Raises:
        UsageError: a format does not exist, a path is empty, or two outputs go to the same place.
    """
    outputs = tuple(_parse_output(text, formats) for text in texts)
    seen: dict[str | None, Output] = {}
    for output in outputs:
        place = None if output.path is None else os.path.normcase(os.path.realpath(output.path))
        if place in seen:
            where = "standard output" if output.path is None else f"'{output.path}'"
            raise UsageError(f"-o: {seen[place].format} and {output.format} both go to {where}")
        seen[place] = output
    return outputs


def _parse_output(text: str, formats: Collection[str]) -> Output:
    name, colon, path = text.partition(":")
    if name not in formats:
        raise UsageError(f"-o '{text}': there is no format '{name}'{hint(name, formats)}")
    if colon and not path:
        raise UsageError(f"-o '{text}': the path is empty")
    if path.endswith("/"):
        raise UsageError(f"-o '{text}': this is a folder, and a file is wanted")
    if "\0" in path:
        raise UsageError(f"-o {name}: a path holds no NUL")
    return Output(name, None if not path or path in _STANDARD_OUTPUT else path)


def write_outputs(outputs: Sequence[Output], render: Callable[[Output], str]) -> tuple[OutputError, ...]:
    """
    Write what *render* gives for each of *outputs*, and give what could not be written.

    One that fails does not stop the others; files come first, so that they are complete if nobody reads the rest.
    """
    failures: list[OutputError] = []
    for output in sorted(outputs, key=lambda one: one.path is None):
        try:
            content = render(output).encode()
            if output.path is None:
                write_standard_output(content)
            else:
                write_file(Path(output.path), content)
        except OutputError as error:
            failures.append(error)
    return tuple(failures)


def write_standard_output(content: bytes) -> None:
    """
    Write *content* to standard output, with every error raised.

    Raises:
        OutputError: it is closed, full, or nobody reads it.
    """
    # NOTE: typed as always there, and yet None where the process was started with it closed.
    stream: TextIO | None = sys.stdout
    if stream is None:
        raise OutputError("standard output is closed")
    try:
        # NOTE: bytes, for the text is UTF-8 with plain line ends whatever the console would make of it.
        stream.flush()
        stream.buffer.write(content)
        stream.buffer.flush()
    except OSError as error:
        _discard(stream.buffer)
        raise OutputError(f"standard output: {_words(error)}") from error
    except ValueError as error:
        raise OutputError("standard output is closed") from error


def _discard(stream: BinaryIO) -> None:
    """Point the broken *stream* at nothing, or whatever is printed later would fail as well, and hide the exit code."""
    with suppress(OSError):
        nothing = os.open(os.devnull, os.O_WRONLY)
        try:
            os.dup2(nothing, stream.fileno())
        finally:
            os.close(nothing)


def write_file(path: Path, content: bytes) -> None:
    """
    Write *content* to the file *path*: whole or not at all.

    Raises:
        OutputError: it cannot be written.
    """
    try:
        kind = _kind_of(path)
        if kind is not None and stat.S_ISCHR(kind):
            _write_to(os.open(path, os.O_WRONLY), content)
        else:
            _replace(path, content, kind)
    except OSError as error:
        raise OutputError(f"'{path}': {_words(error)}") from error


def _kind_of(path: Path) -> int | None:
    """
    Give the mode of what stands at *path*, None if nothing does.

    Raises:
        OutputError: something stands there that is never written to.
    """
    try:
        mode = os.lstat(path).st_mode
    except FileNotFoundError:
        if not path.parent.is_dir():
            raise OutputError(f"'{path}': there is no folder '{path.parent}'") from None
        return None
    if stat.S_ISLNK(mode):
        raise OutputError(f"'{path}' is a symbolic link; nothing is written through one")
    if stat.S_ISDIR(mode):
        raise OutputError(f"'{path}' is a folder")
    if not (stat.S_ISREG(mode) or stat.S_ISCHR(mode)):
        raise OutputError(f"'{path}' is no regular file")
    return mode


def _replace(path: Path, content: bytes, mode: int | None) -> None:
    """Put *content* at *path*, as a whole or not at all; a file that was there keeps its permissions."""
    partial = path.parent / f".adsync-checker-{os.urandom(8).hex()}.partial"
    # NOTE: O_EXCL follows no link, and the permissions are those that a file made by any other program would have.
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o666)
    try:
        _write_to(descriptor, content)
        if mode is not None:
            partial.chmod(stat.S_IMODE(mode))
        partial.replace(path)
    except BaseException:
        with suppress(OSError):
            partial.unlink()
        raise


def _write_to(descriptor: int, content: bytes) -> None:
    """Write all of *content* and close, with every error raised: a full disk may show only when the file is closed."""
    with open(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        # NOTE: devices cannot be synchronised.
        if stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            os.fsync(file.fileno())


def _words(error: OSError) -> str:
    return error.strerror or type(error).__name__
