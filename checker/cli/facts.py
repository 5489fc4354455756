"""The verb `facts`."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial

from checker.acquire.exports import Acquired, acquire
from checker.cli.inputs import clock_of, find_surroundings
from checker.cli.output import Output, parse_outputs, write_outputs
from checker.cli.telling import tell
from checker.evaluate.gate import worst
from checker.report.facts_document import render_fact_set, render_fact_set_line
from checker.report.facts_text import render_facts


def run_facts(options: argparse.Namespace) -> int:
    """Show the facts, and give the exit code: 4 where something that should have been read was not."""
    clock = clock_of(options)
    renderers = _renderers(clock())
    outputs = parse_outputs(options.output, renderers) or (Output(format="text", path=None),)
    acquired = acquire(options.facts, server=options.server, surroundings=find_surroundings(options, clock))
    for diagnostic in acquired.diagnostics:
        tell(diagnostic.message)
    for one in acquired.files_not_understood:
        tell(f"not understood: {one.path}: {one.why}")
    failures = write_outputs(outputs, lambda output: renderers[output.format](acquired))
    for failure in failures:
        tell(str(failure))
    incomplete = any(one.incomplete for one in acquired.diagnostics)
    return worst([4 if incomplete else 0, *(failure.exit_code for failure in failures)])


def _renderers(now: datetime) -> Mapping[str, Callable[[Acquired], str]]:
    return {"text": partial(_text, now=now), "json": _json, "ndjson": _lines}


def _text(acquired: Acquired, now: datetime) -> str:
    return render_facts(acquired.fact_sets, now)


def _json(acquired: Acquired) -> str:
    """Write one server as a document that is good to read; several as a document a line."""
    if len(acquired.fact_sets) == 1:
        return render_fact_set(acquired.fact_sets[0], portable=acquired.portable)
    return _lines(acquired)


def _lines(acquired: Acquired) -> str:
    return "".join(render_fact_set_line(one, portable=acquired.portable) for one in acquired.fact_sets)
