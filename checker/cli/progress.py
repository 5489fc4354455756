"""What is seen of a collection while it runs: on standard error, a bar on a terminal and plain lines elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from checker.cli.telling import tell
from checker.pipeline.collection import Arrival
from checker.report.visible import terminal


@contextmanager
def progress(total: int) -> Iterator[Callable[[Arrival], None]]:
    """Give what is to be called with each server that is done."""
    if sys.stderr is None or not sys.stderr.isatty():
        yield _line
        return
    from rich.console import Console  # noqa: PLC0415 - only where a person looks
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    columns = (TextColumn("collecting"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("collecting", total=total)

        def show(arrival: Arrival) -> None:
            # NOTE: as text, for the name of a server or a message could hold what rich takes for a style.
            bar.console.print(Text(terminal(_words(arrival), 300)))
            bar.advance(task)

        yield show


def _line(arrival: Arrival) -> None:
    tell(_words(arrival))


def _words(arrival: Arrival) -> str:
    collection = arrival.facts.collection
    head = f"[{arrival.number}/{arrival.of}] {arrival.server}:"
    if arrival.facts.failure is not None:
        return f"{head} {arrival.facts.failure.kind.value}: {arrival.facts.failure.message}"
    how = f"read by {collection.plan.value}" if collection.plan else "read"
    kinds = sorted({one.kind.value for one in collection.failures})
    return f"{head} {how}, in part: {', '.join(kinds)}" if kinds else f"{head} {how}"
