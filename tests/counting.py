"""Counts what a piece of work costs in calls, which no busy machine changes."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import FrameType

import pytest

counts_calls = pytest.mark.skipif(sys.gettrace() is not None, reason="measuring coverage calls functions of its own")


def calls_of(work: Callable[[], object]) -> int:
    """Count the calls that *work* takes, of functions in Python and in C alike."""
    counted = 0

    def count(_frame: FrameType, event: str, _argument: object) -> None:
        nonlocal counted
        counted += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        work()
    finally:
        sys.setprofile(before)
    return counted
