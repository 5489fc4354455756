"""The verb `check`."""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from checker.cli.bases import find_base
from checker.cli.inputs import clock_of, find_policies, find_surroundings, read_settings
from checker.cli.named_file import read_named, shown_path
from checker.cli.output import Output, parse_outputs, write_outputs
from checker.cli.telling import tell
from checker.errors import OutputError, RenderError, UsageError
from checker.evaluate.gate import worst
from checker.model.result import Report, Revision, Selection
from checker.model.results_document import ResultsDocument
from checker.pipeline import Document, Request, check, interrupted
from checker.report.formats import FORMATS


def run_check(options: argparse.Namespace) -> int:
    """Check the facts against the policies, write the reports, and give the exit code."""
    outputs = parse_outputs(options.output, FORMATS)
    if not any(output.path is None for output in outputs):
        outputs = (*outputs, Output(format="text", path=None))
    clock = clock_of(options)
    if not options.facts and options.inventory is None:
        raise UsageError("--facts says what to check; or give --inventory alone, to read running servers")
    if not options.facts and options.as_of is not None:
        raise UsageError(
            "--as-of freezes the clock, and running servers have their own; collect first, then check --facts"
        )
    if options.facts and options.facts_out is not None:
        raise UsageError("--facts-out keeps the facts of running servers, and with --facts no server is asked")
    request = Request(
        policies=find_policies(options.policy),
        find_base=find_base,
        settings=read_settings(options.set),
        facts=tuple(options.facts),
        server=options.server,
        inventory=_document(options.inventory, "--inventory") if options.inventory is not None else None,
        waivers=tuple(_document(path, "--waivers") for path in dict.fromkeys(options.waivers)),
        support_table=None
        if options.support_table is None
        else partial(_document, options.support_table, "--support-table"),
        previous=_previous(options.previous),
        longest_waiver=options.longest_waiver,
        max_waived=options.max_waived,
        max_age=options.max_age,
        selection=Selection(servers=tuple(options.limit), rules=tuple(options.rule), tags=tuple(options.tag)),
        require_clean=options.require_clean,
        revisions_of=_revisions_of,
        fail_on=options.fail_on,
        strict=options.strict,
        run_id=_run_id(options),
        clock=clock,
    )
    if request.facts:
        return _finish(check(request, partial(find_surroundings, options, clock)), outputs)
    from checker.cli.live_check import collected  # noqa: PLC0415 - most runs speak to no server

    with collected(request, options, clock) as live:
        return _finish(check(live, partial(find_surroundings, options, clock)), outputs)


def _finish(report: Report, outputs: Sequence[Output]) -> int:
    """Deliver *report*; an interruption meanwhile is told in it."""
    try:
        return _deliver(report, outputs)
    except KeyboardInterrupt as stop:
        # NOTE: what was written so far does not say that the rest is missing; all is written again, marked.
        return _deliver(interrupted(report, stop), outputs)


def _document(path: str, flag: str) -> Document:
    return Document(path=shown_path(Path(path)), content=read_named(path, flag))


def _previous(path: str | None) -> ResultsDocument | None:
    if path is None:
        return None
    from checker.cli.results_file import read_results  # noqa: PLC0415 - most runs look at no other

    return read_results(path, "--previous")


def _revisions_of(files: Mapping[str, bytes | None]) -> tuple[Revision, ...]:
    """Ask git about *files*; where all of them come with the checker, nothing is asked."""
    if not files:
        return ()
    from checker.cli.revisions import revisions_of  # noqa: PLC0415 - as above

    known = {path: content for path, content in files.items() if content is not None}
    return revisions_of(files, Path.cwd(), contents=known)


def _deliver(report: Report, outputs: Sequence[Output]) -> int:
    """Write all reports, and give the exit code that they and their writing come to."""
    # NOTE: what tells the exit code comes last, so that it is the one that the process ends with.
    first = [output for output in outputs if output.path is not None and output.format != "json"]
    last = [output for output in outputs if output not in first]
    failures = write_outputs(first, lambda output: _rendered(output, report))
    told = _with_exit_code(report, worst([report.run.exit_code, *(failure.exit_code for failure in failures)]))
    failures += write_outputs(last, lambda output: _rendered(output, told))
    tell(*map(str, failures))
    return worst([told.run.exit_code, *(failure.exit_code for failure in failures)])


def _with_exit_code(report: Report, code: int) -> Report:
    return replace(report, run=replace(report.run, exit_code=code))


def _rendered(output: Output, report: Report) -> str:
    """Render *report*; a bug in one format is told as such, and does not stop the others."""
    try:
        return _text(report, output) if output.format == "text" else FORMATS[output.format].render(report)
    except OutputError:
        raise
    except Exception as error:
        raise RenderError(f"internal error: {output.format} raised {type(error).__name__}; please report it") from error


def _text(report: Report, output: Output) -> str:
    """Render the text for a person: on a terminal in its width, and with colours where a person looks."""
    from checker.report.console import DEFAULT_WIDTH, render  # noqa: PLC0415 - only where text is wanted

    if output.path is not None:
        return render(report)
    watched = sys.stdout is not None and sys.stdout.isatty() and os.environ.get("TERM") != "dumb"
    width = shutil.get_terminal_size((DEFAULT_WIDTH, 24)).columns if watched else DEFAULT_WIDTH
    return _annotations(report) + render(report, style=is_styled(os.environ, watched=watched), width=width)


def is_styled(environment: Mapping[str, str], *, watched: bool) -> bool:
    """Whether to use colours: where a terminal shows them, unless NO_COLOR says no or FORCE_COLOR yes."""
    if environment.get("NO_COLOR"):
        return False
    return watched or environment.get("FORCE_COLOR", "0") not in ("", "0")


def _annotations(report: Report) -> str:
    """Give the annotations where a pipeline reads what is printed."""
    dialects = {"GITHUB_ACTIONS": "github", "TF_BUILD": "azure"}
    wanted = [dialect for name, dialect in dialects.items() if os.environ.get(name, "").casefold() == "true"]
    if not wanted:
        return ""
    from checker.report.annotations import Dialect, render  # noqa: PLC0415 - only in a pipeline

    return "".join(render(report, Dialect(dialect)) for dialect in wanted)


def _run_id(options: argparse.Namespace) -> str:
    """Give the run an identifier; with a frozen clock the same arguments give the same one."""
    if options.as_of is None:
        return str(uuid.uuid4())
    return str(uuid.uuid5(uuid.NAMESPACE_URL, repr(sorted(vars(options).items()))))
