"""
What is missing where a file cannot be read: which source it was, by what is left of it.

A file that was a source and can no longer be read is never taken for a file that has nothing to say.
"""

from __future__ import annotations

import re

from checker.acquire import server_configuration
from checker.acquire.paths import STDIN
from checker.acquire.reading import Reading, unreadable
from checker.acquire.sample import UnreadableError, suffix_of
from checker.model.catalogue import facts_in
from checker.model.facts import SourceFormat

_ROOT = re.compile(r"<(synchronizationRule|ma-data|saved-mv-configuration)[\s>]")

_MARKS = (
    (re.compile(r"^\s*\[-?HKEY_|Windows Registry Editor Version", re.MULTILINE), SourceFormat.REGISTRY),
    (re.compile(r"^\s*AadConnector(?:Export|Import)ApiVersion\s", re.MULTILINE | re.IGNORECASE), SourceFormat.QUERY),
    (re.compile(r'"adsync-checker/facts/'), SourceFormat.FACTS),
    (re.compile(r'"policyMetadata"\s*:'), SourceFormat.SYNCHRONIZATION_POLICY),
    (re.compile(r"http://schemas\.microsoft\.com/powershell/2004/04"), SourceFormat.CMDLET),
)
"""What a source shows of itself, wherever it stands in the beginning of a file."""

_BY_SUFFIX = {
    ".reg": (SourceFormat.REGISTRY,),
    ".clixml": (SourceFormat.CMDLET,),
    ".xml": (SourceFormat.SERVER_CONFIGURATION, SourceFormat.CMDLET),
    ".json": (SourceFormat.FACTS,),
    ".jsonl": (SourceFormat.FACTS,),
    ".ndjson": (SourceFormat.FACTS,),
}
"""
What a file of this ending would have told, if nothing else is known of it.

A broken JSON file may be of any kind; the project's own document can hold every fact, so every fact is in doubt.
"""

_HIVE = re.compile(r"(?:^|/)REG_[^/]*\.(?:log|txt)$", re.IGNORECASE)
"""How a support bundle names its registry exports."""


def lost_source(name: str, text: str, error: UnreadableError) -> Reading | None:
    """
    Give the facts that the file *name* would have told, as unknown because of *error*; None if it was no source.

    What is left of its text (*text*, however decoded) counts first, then where it lies, then how it is called.
    """
    root = _ROOT.search(text)
    part = server_configuration.stands_for(name, root[0] if root else "", error, whatever_name=not text.strip())
    if part is not None:
        return part
    formats = tuple(format_ for mark, format_ in _MARKS if mark.search(text))
    if not formats and _HIVE.search(name):
        formats = (SourceFormat.REGISTRY,)
    if not formats and name == STDIN:
        formats = (SourceFormat.FACTS,)
    return _unknown(name, formats or _BY_SUFFIX.get(suffix_of(name), ()), error)


def carries_a_mark(text: str) -> bool:
    """Whether *text* shows that it was a source, or a part of one."""
    return _ROOT.search(text) is not None or any(mark.search(text) for mark, _ in _MARKS)


def _unknown(name: str, formats: tuple[SourceFormat, ...], error: UnreadableError) -> Reading | None:
    if not formats:
        return None
    names = dict.fromkeys(fact for format_ in formats for fact in facts_in(format_))
    return unreadable(formats[0], name, tuple(names), error)
