"""The verb `doctor`."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from checker.acquire.live.diagnosis_network import Network
from checker.acquire.live.reach import addresses, certificate, reach
from checker.cli.bases import find_base
from checker.cli.facts_folder import check_names, write_document
from checker.cli.inputs import clock_of, find_policies, find_surroundings, read_settings
from checker.cli.named_file import read_named, shown_path
from checker.cli.output import Output, parse_outputs, write_outputs
from checker.cli.progress import progress
from checker.cli.telling import tell
from checker.errors import UsageError
from checker.evaluate.gate import worst
from checker.evaluate.selection import limited
from checker.load.inventory import load_inventory
from checker.model.inventory import Inventory
from checker.model.policy import Severity
from checker.model.result import Selection
from checker.pipeline import Document, Request
from checker.pipeline.collection import Live
from checker.pipeline.doctor import Examined, Outside, evaluation, examine
from checker.pipeline.ground import prepare
from checker.pipeline.servers import Servers
from checker.report import doctor_json, doctor_text

_RENDERERS = {"text": doctor_text.render, "json": doctor_json.render}
NETWORK = Network(addresses=addresses, reach=reach, certificate=certificate)
"""The sockets of this machine."""


def run_doctor(options: argparse.Namespace) -> int:
    """Examine the servers, say what was found, and give the exit code."""

    def lend(clock: Callable[[], datetime]) -> Live:
        # NOTE: what it imports speaks to servers, and is slow; first everything else must be right.
        from checker.cli.live import live_of  # noqa: PLC0415 - as the note says

        return live_of(options, clock)

    return doctor_with(options, lend, NETWORK)


def doctor_with(options: argparse.Namespace, lend: Callable[[Callable[[], datetime]], Live], network: Network) -> int:
    """As `run_doctor`, with what the machine would lend."""
    outputs = parse_outputs(options.output, _RENDERERS) or (Output(format="text", path=None),)
    clock = clock_of(options)
    if options.set and not options.policy:
        raise UsageError("--set sets a parameter of a policy; give one with --policy")
    request = _request(options, clock) if options.policy else None
    inventory = _inventory(options, request, clock)
    groups = {one.name: one.groups for one in inventory.servers}
    wanted = limited(groups, Selection(servers=tuple(options.limit)))
    check_names(one.name for one in inventory.servers if one.name in wanted)
    if request is None:
        for note in inventory.notes:
            tell(note)
    live = lend(clock)
    with TemporaryDirectory(prefix="adsync-checker-") as name, progress(len(wanted)) as show:
        folder, evaluate = Path(name), None
        if request is not None:
            evaluate = evaluation(
                replace(request, facts_folder=folder.absolute()), partial(find_surroundings, options, clock)
            )
        outside = Outside(
            live=live,
            network=network,
            write=partial(write_document, folder),
            tell=show,
            verify_tls=not options.no_verify_tls,
            proxy=options.proxy,
            evaluate=evaluate,
        )
        found = examine(inventory, wanted, outside)
    return _deliver(found, outputs)


def _request(options: argparse.Namespace, clock: Callable[[], datetime]) -> Request:
    path = options.inventory
    return Request(
        policies=find_policies(options.policy),
        find_base=find_base,
        settings=read_settings(options.set),
        facts=(".",),
        server=None,
        mode="live",
        inventory=Document(path=shown_path(Path(path)), content=read_named(path, "--inventory")),
        max_age=options.max_age,
        selection=Selection(servers=tuple(options.limit)),
        fail_on=Severity.INFO,
        strict=False,
        run_id="doctor",
        clock=clock,
    )


def _inventory(options: argparse.Namespace, request: Request | None, clock: Callable[[], datetime]) -> Inventory:
    """Read the inventory; with policies all that decides about the run is read, before any server is asked."""
    if request is None:
        return load_inventory(read_named(options.inventory, "--inventory"), shown_path(Path(options.inventory)))
    ground = prepare(request)
    Servers(ground, now=clock(), max_age=request.max_age)  # its mistakes too are told before a server is asked
    assert ground.inventory is not None  # noqa: S101 - the request has one
    return ground.inventory


def _deliver(found: Examined, outputs: Sequence[Output]) -> int:
    failures = write_outputs(outputs, lambda output: _RENDERERS[output.format](found.examination))
    tell(*map(str, failures))
    if found.exit_code not in (0, 4):
        tell("interrupted: servers that were not read are skipped")
        return found.exit_code
    return worst([found.exit_code, *(failure.exit_code for failure in failures)])
