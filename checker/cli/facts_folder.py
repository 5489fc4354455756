"""The folder that facts documents of running servers are written to."""

from __future__ import annotations

import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from checker.cli.output import write_file
from checker.errors import OutputError, UsageError
from checker.schema.facts import FORMAT

_HEAD = 4096


def file_of(server: str) -> str:
    """Name the document of *server*."""
    return f"{''.join(char if char.isalnum() or char in '-_.' else '_' for char in server)}.json"


def prepare_folder(path: str, flag: str) -> Path:
    """
    Make sure that *path* is a folder with nothing in it but documents of earlier collections, and give it.

    Whatever else lies there would count as facts when the folder is checked.

    Raises:
        UsageError: it is no folder, or holds something else.
        OutputError: it cannot be made.
    """
    if not path:
        raise UsageError(f"{flag} '': the path is empty")
    folder = Path(path)
    try:
        folder.mkdir(exist_ok=True)
        strange = sorted(entry.name for entry in folder.iterdir() if not _is_document(entry))
    except FileExistsError as error:
        raise UsageError(f"{flag} {path!r}: this is no folder") from error
    except FileNotFoundError as error:
        raise OutputError(f"{flag} {path!r}: there is no folder '{folder.parent}'") from error
    except (OSError, ValueError) as error:
        raise OutputError(f"{flag} {path!r}: {getattr(error, 'strerror', None) or error}") from error
    if strange:
        raise UsageError(
            f"{flag} {path!r}: it holds {_listed(strange)}, which no collection wrote; give an empty folder"
        )
    return folder


def write_document(folder: Path, server: str, text: str) -> None:
    """
    Write the document of *server*: whole or not at all.

    Raises:
        OutputError: it cannot be written.
    """
    write_file(folder / file_of(server), text.encode())


def remove_documents(folder: Path, servers: Iterable[str]) -> None:
    """Remove the documents of *servers*, as far as that is possible."""
    for server in servers:
        with suppress(OSError):
            (folder / file_of(server)).unlink(missing_ok=True)


def check_names(servers: Iterable[str]) -> None:
    """
    Refuse servers whose documents would overwrite each other.

    Raises:
        UsageError: two have the same file.
    """
    seen: dict[str, str] = {}
    for server in servers:
        other = seen.setdefault(file_of(server).casefold(), server)
        if other != server:
            raise UsageError(f"the servers '{other}' and '{server}' would have the same file '{file_of(server)}'")


def _is_document(entry: Path) -> bool:
    if entry.name.startswith(".adsync-checker-") and entry.name.endswith(".partial"):
        return True  # what a run that was killed left behind; it never counts
    if entry.suffix != ".json" or entry.is_symlink() or not entry.is_file():
        return False
    with entry.open("rb") as file:
        head = file.read(_HEAD)
    return f'"{FORMAT}"'.encode() in head and b'"collection"' in head


def _listed(names: list[str]) -> str:
    shown = ", ".join(f"'{os.fsencode(name).decode(errors='replace')}'" for name in names[:3])
    return f"{shown} and {len(names) - 3} more" if len(names) > 3 else shown
