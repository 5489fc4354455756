"""Where the references to credentials are looked up: files, the environment, a keyring, a person at a terminal."""

from __future__ import annotations

import getpass
import os
import stat
import sys

from checker.acquire.live.credentials import CredentialSources, SecretFile, system_keyring

_LONGEST = 4096
"""Bytes of a file with a secret; more is another file than was meant."""


def credential_sources() -> CredentialSources:
    """Give what this process can look up."""
    terminal = sys.stdin is not None and sys.stdin.isatty() and sys.stderr is not None and sys.stderr.isatty()
    return CredentialSources(
        environment=os.environ, read_file=_read, ask=_ask if terminal else None, keyring=system_keyring()
    )


def _ask(question: str) -> str:
    # NOTE: to standard error, as standard output may be the report.
    return getpass.getpass(question, stream=sys.stderr)


def _read(path: str) -> SecretFile:
    if path == "-":
        if sys.stdin is None:
            raise OSError(0, "there is no standard input")
        return SecretFile(content=sys.stdin.buffer.read(_LONGEST))
    with open(path, "rb") as file:  # noqa: PTH123 - also a path of a descriptor, such as /dev/fd/3
        mode = os.fstat(file.fileno()).st_mode
        others = bool(mode & (stat.S_IRGRP | stat.S_IROTH)) and stat.S_ISREG(mode) and os.name == "posix"
        return SecretFile(content=file.read(_LONGEST), open_to_others=others)
