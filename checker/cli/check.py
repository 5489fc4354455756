"""The verb `check`."""

from __future__ import annotations

import argparse
import os
import sys
import uuid
from collections.abc import Mapping

from checker.cli.inputs import clock_of, find_policies, find_surroundings, read_settings
from checker.cli.output import Output, parse_outputs, write_outputs
from checker.evaluate.gate import worst
from checker.model.result import Report
from checker.pipeline import Request, check
from checker.report.formats import FORMATS


def run_check(options: argparse.Namespace) -> int:
    """Check the facts against the policies, write the reports, and give the exit code."""
    outputs = parse_outputs(options.output, FORMATS)
    if not any(output.path is None for output in outputs):
        outputs = (*outputs, Output(format="text", path=None))
    clock = clock_of(options)
    request = Request(
        policies=find_policies(options.policy),
        settings=read_settings(options.set),
        facts=tuple(options.facts),
        server=options.server,
        fail_on=options.fail_on,
        strict=options.strict,
        run_id=_run_id(options),
        clock=clock,
    )
    report = check(request, find_surroundings(options, clock))
    failures = write_outputs(outputs, lambda name: render(name, report))
    for failure in failures:
        print(f"adsync-checker: {failure}", file=sys.stderr)
    return worst([report.run.exit_code, *(failure.exit_code for failure in failures)])


def render(name: str, report: Report) -> str:
    """Render *report* in the format *name*; a person who looks gets colours."""
    if name == "text":
        return FORMATS[name].render(report) if not is_watched(os.environ) else styled(report)
    return FORMATS[name].render(report)


def styled(report: Report) -> str:
    """Render the console text with colours."""
    from checker.report.console import render_styled  # noqa: PLC0415 - rich is heavy

    return render_styled(report)


def is_watched(environment: Mapping[str, str]) -> bool:
    """Whether a person looks at standard output: a terminal, unless NO_COLOR says no or FORCE_COLOR yes."""
    if environment.get("NO_COLOR"):
        return False
    return bool(environment.get("FORCE_COLOR")) or (sys.stdout is not None and sys.stdout.isatty())


def _run_id(options: argparse.Namespace) -> str:
    """Give the run an identifier; with a frozen clock the same arguments give the same one."""
    if options.as_of is None:
        return str(uuid.uuid4())
    return str(uuid.uuid5(uuid.NAMESPACE_URL, repr(sorted(vars(options).items()))))
