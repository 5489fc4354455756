"""Runs the command within the test's own process, as a shell would see it."""

from __future__ import annotations

import contextlib
import io
import os
import signal
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from checker.cli.main import main

CHECKOUT = Path(__file__).resolve().parents[1]
EXPORTS = CHECKOUT / "tests" / "exports"
AS_OF = "2026-11-22T10:00:00Z"


@dataclass(frozen=True)
class Done:
    """What the command left behind."""

    code: int
    out: str
    err: str


@contextlib.contextmanager
def _folder(folder: Path) -> Iterator[None]:
    before = Path.cwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)


def run(folder: Path, *arguments: str, stdin: bytes = b"") -> Done:
    """Run `adsync-checker` with *arguments* in *folder*."""
    out, err = (io.TextIOWrapper(io.BytesIO(), "utf-8", newline="\n", write_through=True) for _ in range(2))
    before = sys.stdin, sys.stdout, sys.stderr, signal.getsignal(signal.SIGTERM)
    sys.stdin, sys.stdout, sys.stderr = io.TextIOWrapper(io.BytesIO(stdin)), out, err
    try:
        with _folder(folder):
            code = main(list(arguments))
    finally:
        sys.stdin, sys.stdout, sys.stderr = before[:3]
        signal.signal(signal.SIGTERM, before[3])
    told = [stream.buffer.getvalue().decode("utf-8") for stream in (out, err)]
    return Done(code, *told)


def check(folder: Path, *arguments: str, policy: str = "v2-endpoint", facts: str = ".") -> Done:
    """Run `adsync-checker check` on the facts in *folder*, with the clock standing still."""
    return run(folder, "check", "--policy", policy, "--facts", facts, "--as-of", AS_OF, *arguments)
