"""The first half of a live check: the facts of running servers, in a folder that the second half then reads."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from checker.cli.collect import collect_into
from checker.cli.facts_folder import prepare_folder
from checker.cli.live import wanted_of
from checker.pipeline import Request
from checker.pipeline.ground import prepare
from checker.pipeline.servers import Servers


@contextmanager
def collected(request: Request, options: argparse.Namespace, clock: Callable[[], datetime]) -> Iterator[Request]:
    """
    Collect the facts that *request* needs, and give the request that checks them.

    What decides about the run is read first: no server is asked for the sake of a policy that cannot be used.

    Raises:
        PolicyError: a policy, a waiver file or the inventory cannot be used.
        UsageError: --limit names what is not there; the folder of --facts-out holds something else.
        OutputError: a document could not be written.
    """
    ground = prepare(request)
    Servers(ground, now=clock(), max_age=request.max_age)  # the parameters that the inventory gives fit the policies
    inventory = ground.inventory
    assert inventory is not None  # noqa: S101 - the caller looks whether there is one
    wanted = wanted_of(inventory, options.limit)
    with _folder(options.facts_out) as folder:
        found = collect_into(folder, inventory, wanted, options, clock)
        yield replace(
            request, facts=(".",), facts_folder=folder.absolute(), mode="live", interruption=found.interruption
        )


@contextmanager
def _folder(named: str | None) -> Iterator[Path]:
    if named is not None:
        yield prepare_folder(named, "--facts-out")
        return
    with TemporaryDirectory(prefix="adsync-checker-") as folder:
        yield Path(folder)
