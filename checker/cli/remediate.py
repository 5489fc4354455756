"""The verb `remediate`: writes what a person may run and do; it runs nothing itself."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path

from checker.cli.output import Output, write_outputs
from checker.cli.results_file import read_results
from checker.cli.telling import tell
from checker.errors import OutputError, UsageError
from checker.evaluate.gate import worst
from checker.load.nearest import hint
from checker.model.results_document import ResultsDocument
from checker.report.remediation_guide import MARK as GUIDE_MARK
from checker.report.remediation_guide import guide_of, open_of_tenants, overview_of
from checker.report.remediation_plan import plans_of
from checker.report.remediation_script import MARK as SCRIPT_MARK
from checker.report.remediation_script import script_of
from checker.report.wording import counted

_OVERVIEW = "README.md"
_MARKS = {".ps1": b"\xef\xbb\xbf" + SCRIPT_MARK.encode(), ".md": GUIDE_MARK.encode()}


def run_remediate(options: argparse.Namespace) -> int:
    """Write the remediation, and give the exit code."""
    results = read_results(options.results, "RESULTS")
    only = _selected(results, options.server)
    plans = plans_of(results, only)
    texts: dict[str, Callable[[], str]] = {}
    for plan in plans:
        texts[f"{plan.stem}.ps1"] = lambda plan=plan: script_of(results, plan)  # type: ignore[misc] # bound now
        texts[f"{plan.stem}.md"] = lambda plan=plan: guide_of(results, plan)  # type: ignore[misc] # bound now
    folder = _folder(options.out)
    others = _others(folder, {*texts, _OVERVIEW})
    texts[_OVERVIEW] = lambda: overview_of(results, plans, only=only, others=others)
    failures = _write(folder, texts)
    if others:
        tell(f"{folder}: files of earlier remediations lie here too; see {_OVERVIEW}")
    tell(*map(str, failures))
    if not failures:
        tenants = len({one.tenant for one in open_of_tenants(results)})
        whom = [counted(len(plans), "server"), *([counted(tenants, "tenant")] if tenants else [])]
        tell(f"{' and '.join(whom)} with failures to remediate; read '{folder / _OVERVIEW}' first")
    return worst([0, *(failure.exit_code for failure in failures)])


def _selected(results: ResultsDocument, wanted: Sequence[str]) -> tuple[str, ...]:
    """
    Give the names in the results that *wanted* means.

    Raises:
        UsageError: the results have no such server.
    """
    names = {server.name for server in results.servers} | {one.server for one in results.findings if one.server}
    for name in wanted:
        if not any(name.casefold() == one.casefold() for one in names):
            raise UsageError(f"--server {name!r}: the results have no such server{hint(name, names)}")
    asked = {name.casefold() for name in wanted}
    return tuple(sorted(name for name in names if name.casefold() in asked))


def _folder(text: str) -> Path:
    """
    Give the folder to write to, and make it if it is missing.

    Raises:
        UsageError: the path is none.
        OutputError: it cannot be made, or is something else.
    """
    if not text or "\0" in text:
        raise UsageError("--out: the path of a folder is wanted")
    folder = Path(text)
    try:
        if folder.is_symlink():
            raise OutputError(f"'{folder}' is a symbolic link; nothing is written through one")
        if not folder.is_dir():
            folder.mkdir()
    except FileNotFoundError as error:
        raise OutputError(f"'{folder}': there is no folder '{folder.parent}'") from error
    except FileExistsError as error:
        raise OutputError(f"'{folder}' is no folder") from error
    except OSError as error:
        raise OutputError(f"'{folder}': {error.strerror}") from error
    return folder


def _others(folder: Path, names: Collection[str]) -> tuple[str, ...]:
    """
    Name the files of earlier remediations that this one does not write again.

    Raises:
        OutputError: the folder cannot be listed.
    """
    taken = {name.casefold() for name in names}
    try:
        entries = sorted(entry.name for entry in os.scandir(folder) if entry.is_file(follow_symlinks=False))
    except OSError as error:
        raise OutputError(f"'{folder}': {error.strerror}") from error
    return tuple(name for name in entries if name.casefold() not in taken and _is_ours(folder / name))


def _write(folder: Path, texts: Mapping[str, Callable[[], str]]) -> tuple[OutputError, ...]:
    def render(output: Output) -> str:
        path = folder / output.format
        if os.path.lexists(path) and path.is_file() and not path.is_symlink() and not _is_ours(path):
            raise OutputError(f"'{path}' is not from an earlier remediation, and is not overwritten")
        return texts[output.format]()

    return write_outputs([Output(name, str(folder / name)) for name in texts], render)


def _is_ours(path: Path) -> bool:
    """Whether *path* begins as the files do that are written here."""
    mark = _MARKS.get(path.suffix)
    if mark is None:
        return False
    try:
        with path.open("rb") as file:
            return file.read(len(mark)) == mark
    except OSError:
        return False
