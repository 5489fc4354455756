"""The verb `server-module`."""

from __future__ import annotations

import argparse
import re
from pathlib import Path

from checker.cli.output import write_file, write_standard_output
from checker.errors import OutputError, UsageError
from checker.report.server_module_readme import render_readme
from checker.shipped import server_module, server_module_text

_README = "README.md"


def run_server_module(options: argparse.Namespace) -> int:
    """Write all files, tell which, and give the exit code."""
    files = {**server_module(), _README: _readme()}
    if not options.out:
        raise UsageError("--out '': the path is empty")
    folder = Path(options.out)
    _refuse_strange_files(folder, options.out, files)
    for name, content in files.items():
        path = folder / name
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except (OSError, ValueError) as error:
            words = getattr(error, "strerror", None) or str(error)
            raise OutputError(f"--out {options.out!r}: the folder '{path.parent}' cannot be made: {words}") from error
        write_file(path, content)
    written = "\n".join(sorted(files))
    write_standard_output(f"{written}\n{len(files)} files are in '{options.out}'; begin with {_README}\n".encode())
    return 0


def _readme() -> bytes:
    found = re.search(r"^\$ModuleVersion = '([0-9.]+)'$", server_module_text(), re.MULTILINE)
    assert found is not None  # noqa: S101 - a test compares it with the manifest
    return render_readme(found[1]).encode()


def _refuse_strange_files(folder: Path, named: str, files: dict[str, bytes]) -> None:
    """
    Refuse a folder with files of others: whoever copies it to a server should know what is in it.

    Raises:
        UsageError: it is no folder, or holds something else.
        OutputError: it cannot be looked at.
    """
    try:
        if folder.exists() and not folder.is_dir():
            raise UsageError(f"--out {named!r}: this is no folder")
        there = [path for path in folder.rglob("*") if path.is_symlink() or not path.is_dir()]
    except (OSError, ValueError) as error:
        raise OutputError(f"--out {named!r}: {getattr(error, 'strerror', None) or error}") from error
    strange = sorted(path.relative_to(folder).as_posix() for path in there)
    strange = [name for name in strange if name not in files]
    if strange:
        raise UsageError(
            f"--out {named!r}: it holds '{strange[0]}', which is no file of the module; give an empty folder"
        )
