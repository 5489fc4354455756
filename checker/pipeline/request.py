"""What one run is asked to do."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from checker.load.document import PolicyDocument
from checker.load.extends import FindBase, no_base
from checker.model.policy import Severity
from checker.model.result import Revision, Selection
from checker.model.results_document import ResultsDocument


@dataclass(frozen=True, slots=True)
class Document:
    """A file that an argument names."""

    path: str  # as the user knows it
    content: bytes


def _no_revisions(_files: Mapping[str, bytes | None]) -> tuple[Revision, ...]:
    return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What one run is asked to do."""

    policies: tuple[PolicyDocument, ...]
    find_base: FindBase = no_base
    settings: Mapping[str, str]  # of --set: values by the name of the parameter
    facts: tuple[str, ...]  # files, folders, patterns, `-`
    server: str | None  # the server of files that name none
    facts_folder: Path | None = None  # where `facts` begin, if that is not the working directory
    mode: str = "export"  # or `live`: the facts were collected for this run
    interruption: KeyboardInterrupt | None = None  # that ended their collection
    inventory: Document | None = None
    waivers: tuple[Document, ...] = ()
    support_table: Callable[[], Document] | None = None  # reads it, where it is not the shipped one
    previous: ResultsDocument | None = None
    longest_waiver: int = 365  # days
    max_waived: int | None = None
    max_age: timedelta | None = None
    selection: Selection = field(default_factory=Selection)
    require_clean: bool = False
    revisions_of: Callable[[Mapping[str, bytes | None]], tuple[Revision, ...]] = _no_revisions
    """What version control says of files, by their paths; the bytes are those that were read, where they are known."""
    fail_on: Severity
    strict: bool
    run_id: str
    clock: Callable[[], datetime]
