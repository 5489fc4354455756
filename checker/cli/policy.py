"""The verb `policy`: tools for the authors of policies."""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from checker.cli.bases import find_base
from checker.cli.inputs import find_policies, read_settings
from checker.cli.named_file import read_named, shown_path
from checker.cli.output import Output, parse_outputs, write_outputs, write_standard_output
from checker.cli.rule_words import words_of
from checker.cli.telling import tell
from checker.errors import UsageError
from checker.evaluate.gate import worst
from checker.load.nearest import hint
from checker.load.policies import load_policies, read_policies
from checker.model.inventory import ExpectedServer, Inventory
from checker.model.policy import Policy
from checker.report.policy_docs import render_docs
from checker.shipped import shipped_folder, shipped_policies, shipped_schema

_ENDING = ".schema.json"


def run_policy(options: argparse.Namespace) -> int:
    """Run the verb below `policy` that was asked for, and give its exit code."""
    match options.policy_verb:
        case "lint":
            from checker.cli.policy_lint import run_policy_lint  # noqa: PLC0415 - a verb imports what it needs

            return run_policy_lint(options)
        case "docs":
            return _docs(options)
        case "schema":
            return _schema(options)
        case "show":
            return _show(options)
        case "test":
            from checker.cli.policy_test import run_policy_test  # noqa: PLC0415 - as above

            return run_policy_test(options)
        case verb:
            raise UsageError(f"there is no verb 'policy {verb}'")


def _docs(options: argparse.Namespace) -> int:
    """Write the page about the policies."""
    # NOTE: read as one of `FORMAT:PATH`, for the same is refused in a path here as there.
    path = [] if options.output is None else [f"markdown:{options.output}"]
    outputs = parse_outputs(path, ["markdown"]) or (Output("markdown"),)
    policies = load_policies(find_policies(options.policies or tuple(shipped_policies()), "POLICY"), {}, find_base)
    return _written(outputs, {"markdown": render_docs(policies, words_of)})


def _schema(options: argparse.Namespace) -> int:
    """
    Print a schema, or list them.

    Raises:
        UsageError: no schema has the name.
    """
    names = sorted(
        entry.name.removesuffix(_ENDING)
        for entry in shipped_folder("schemas").iterdir()
        if entry.name.endswith(_ENDING)
    )
    if options.name is None:
        titles = {name: json.loads(shipped_schema(name))["title"] for name in names}
        width = max(map(len, names))
        write_standard_output("".join(f"{name:{width}}  {title}\n" for name, title in titles.items()).encode())
        return 0
    if options.name not in names:
        raise UsageError(f"there is no schema {options.name!r}{hint(options.name, names)}")
    write_standard_output(shipped_schema(options.name))
    return 0


def _show(options: argparse.Namespace) -> int:
    """Show the policies as they count, in a run or for one server."""
    from checker.report.policy_json import render_policies_json  # noqa: PLC0415 - only for this verb
    from checker.report.policy_text import render_policies  # noqa: PLC0415 - as above

    renderers = {"text": render_policies, "json": render_policies_json}
    outputs = parse_outputs(options.output, renderers) or (Output("text"),)
    policies = _in_force(options)
    return _written(outputs, {output.format: renderers[output.format](policies, words_of) for output in outputs})


def _in_force(options: argparse.Namespace) -> tuple[Policy, ...]:
    """
    Give the policies with the values of parameters that count in a run, or for the one server that is named.

    Raises:
        UsageError: a server is named and no inventory, or an inventory and no server of it.
        PolicyError: a policy or the inventory cannot be used.
    """
    loaded = read_policies(find_policies(options.policies, "POLICY"), read_settings(options.set), find_base)
    if options.inventory is None and options.server is None:
        return loaded.policies
    if options.inventory is None:
        raise UsageError("--server: which parameters a server has stands in an inventory; give one with --inventory")
    from checker.load.inventory import load_inventory  # noqa: PLC0415 - only where an inventory is given

    inventory = load_inventory(read_named(options.inventory, "--inventory"), shown_path(Path(options.inventory)))
    server = _server(inventory, options.server)
    return loaded.for_server(server.parameters, place=server.location)


def _server(inventory: Inventory, name: str | None) -> ExpectedServer:
    names = [server.name for server in inventory.servers]
    if name is None:
        raise UsageError(
            f"--inventory: name one of its servers with --server{hint('', names) or f', such as {names[0]}'}"
        )
    found = [server for server in inventory.servers if server.name.casefold() == name.casefold()]
    if not found:
        raise UsageError(f"--server {name!r}: the inventory has no such server{hint(name, names)}")
    return found[0]


def _written(outputs: Sequence[Output], texts: Mapping[str, str]) -> int:
    failures = write_outputs(outputs, lambda output: texts[output.format])
    tell(*map(str, failures))
    return worst([0, *(failure.exit_code for failure in failures)])
