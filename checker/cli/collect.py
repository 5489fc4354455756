"""The verb `collect`, and the collection that a live check begins with."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Collection
from datetime import datetime
from pathlib import Path

from checker.cli.facts_folder import check_names, prepare_folder, remove_documents, write_document
from checker.cli.inputs import clock_of
from checker.cli.live import live_of, wanted_of
from checker.cli.named_file import read_named, shown_path
from checker.cli.output import write_standard_output
from checker.cli.progress import progress
from checker.cli.telling import tell
from checker.errors import OutputError, UsageError, interrupted_code
from checker.load.inventory import load_inventory
from checker.model.inventory import Inventory
from checker.pipeline.collection import Collected, collect


def run_collect(options: argparse.Namespace) -> int:
    """Collect the facts, and give the exit code: 4 where a server, or a part of one, could not be read."""
    if options.print_script:
        from checker.cli.script import script  # noqa: PLC0415 - only where it is shown

        write_standard_output(script().encode())
        return 0
    if not options.inventory or not options.out:
        raise UsageError("collect needs --inventory FILE and --out DIR (see 'adsync-checker collect --help')")
    inventory = load_inventory(read_named(options.inventory, "--inventory"), shown_path(Path(options.inventory)))
    wanted = wanted_of(inventory, options.limit)
    folder = prepare_folder(options.out, "--out")
    for note in inventory.notes:
        tell(note)
    collected = collect_into(folder, inventory, wanted, options, clock_of(options))
    failed = [name for name, how in collected.servers.items() if how.plan is None]
    partly = [name for name, how in collected.servers.items() if how.plan is not None and how.failures]
    words = [f"{len(collected.servers) - len(failed) - len(partly)} of {len(collected.servers)} servers read in full"]
    words += [f"{len(partly)} in part"] if partly else []
    words += [f"{len(failed)} not at all"] if failed else []
    tell(f"{', '.join(words)}; the documents are in '{options.out}'")
    _tell_what_is_beyond(collected)
    if collected.interruption is not None:
        tell("interrupted: servers that were not read have a document that says so")
        return interrupted_code(collected.interruption)
    return 0 if collected.complete else 4


def _tell_what_is_beyond(collected: Collected) -> None:
    """Say which facts the ways in which servers were asked cannot tell, however well all goes."""
    servers: dict[tuple[str, tuple[str, ...]], list[str]] = {}
    for name, how in collected.servers.items():
        if how.plan is not None and how.not_delivered:
            servers.setdefault((how.plan.value, how.not_delivered), []).append(name)
    for (plan, facts), names in servers.items():
        who = f"{len(names)} servers" if len(names) > 1 else f"'{names[0]}'"
        tell(f"read by {plan}, {who} cannot tell {', '.join(facts)}")


def collect_into(
    folder: Path,
    inventory: Inventory,
    wanted: Collection[str],
    options: argparse.Namespace,
    clock: Callable[[], datetime],
) -> Collected:
    """
    Read the *wanted* servers and write their documents into *folder*.

    Raises:
        UsageError: two servers would have the same file.
        OutputError: a document could not be written.
    """
    check_names(one.name for one in inventory.servers if one.name in wanted)
    live = live_of(options, clock)
    old = set(wanted)

    def write(server: str, text: str) -> None:
        try:
            write_document(folder, server, text)
        except OutputError:
            # NOTE: what an earlier run wrote must not be taken for the answer of this one, also on a full disk.
            remove_documents(folder, old)
            raise
        old.discard(server)

    with progress(len(wanted)) as show:
        return collect(inventory, wanted, live, write=write, tell=show)
