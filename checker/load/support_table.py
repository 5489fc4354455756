"""The table of ends of support, read from its document."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from checker.errors import PolicyError
from checker.load.fields import FieldReader
from checker.load.mistakes import Mistakes
from checker.load.nearest import shown
from checker.load.nodes import Entry, Node, ScalarNode
from checker.load.strict_yaml import read_yaml
from checker.model.support import SupportRow, SupportTable
from checker.model.values import FactType
from checker.model.version import Version

_KEYS = ("as_of", "source", "versions")
_ROW_KEYS = ("version", "line", "ends", "newest")


def load_support_table(content: bytes, path: str) -> SupportTable:
    """
    Read a table: `as_of`, `source`, and `versions` with a `version` or a whole `line` each, and when it `ends`.

    Only the newest version, which says `newest: true`, has no end.

    Raises:
        PolicyError: it cannot be used; every mistake is told.
    """
    mistakes = Mistakes(path)
    reader = FieldReader(mistakes)
    root = read_yaml(content, mistakes)
    form = reader.form(root, "a table of ends of support", _KEYS, _KEYS) or {}
    as_of = _date(reader, form.get("as_of"))
    source = reader.line(form.get("source"), "'source'")
    nodes = (reader.items(form["versions"].value, "'versions'") if "versions" in form else None) or ()
    rows = [(node, row) for node in nodes if (row := _row(reader, node))]
    _check_rows(reader, rows)
    if as_of is None or mistakes.found:
        raise PolicyError(mistakes.found)
    return SupportTable(as_of=as_of, source=source, path=path, rows=tuple(row for _, row in rows))


def _row(reader: FieldReader, node: Node) -> SupportRow | None:
    form = reader.form(node, "a row of 'versions'", _ROW_KEYS)
    if form is None:
        return None
    version, line = _version(reader, form.get("version")), _version(reader, form.get("line"))
    if ("version" in form) is ("line" in form):
        reader.wrong(node, "a row has either a 'version' or a 'line'")
        return None
    ends = _date(reader, form.get("ends"))
    _check_end(reader, node, form)
    named = version or line
    return SupportRow(version=named, line="line" in form, ends=ends) if named else None


def _check_end(reader: FieldReader, node: Node, form: Mapping[str, Entry]) -> None:
    newest = form.get("newest")
    if newest is None and "ends" not in form:
        reader.wrong(node, "the row has no 'ends'; only the newest version may do without, and says 'newest: true'")
    if newest is None:
        return
    if reader.literal(newest.value, FactType.BOOLEAN, "'newest'") is False:
        reader.wrong(newest, "'newest: false' is said by leaving it out")
    if "ends" in form:
        reader.wrong(newest, "the newest version has no 'ends'; a version that ends is not said to be the newest")
    if "line" in form:
        reader.wrong(newest, "a whole line is never the newest version")


def _check_rows(reader: FieldReader, rows: Sequence[tuple[Node, SupportRow]]) -> None:
    """Make sure that no version has two ends, and that only the newest has none."""
    highest = max((row.version for _, row in rows), default=None)
    for index, (node, row) in enumerate(rows):
        if row.ends is None and not row.line and row.version != highest:
            reader.wrong(node, f"{shown(row.version.text)} cannot be the newest version; the table lists '{highest}'")
        for _, other in rows[:index]:
            if row.line is other.line and _overlap(row, other):
                reader.wrong(node, f"{shown(row.version.text)} is already listed as {shown(other.version.text)}")


def _overlap(one: SupportRow, other: SupportRow) -> bool:
    if not one.line:
        return one.version == other.version
    length = min(one.version.text.count("."), other.version.text.count(".")) + 1
    return one.version.parts[:length] == other.version.parts[:length]


def _version(reader: FieldReader, entry: Entry | None) -> Version | None:
    value = reader.literal(entry.value, FactType.VERSION, "a version") if entry else None
    return value if isinstance(value, Version) else None


def _date(reader: FieldReader, entry: Entry | None) -> date | None:
    if entry is None:
        return None
    match entry.value:
        case ScalarNode(value=str() as text, quoted=True):
            pass
        case other:
            reader.expected(other, "this is a date in quotes, such as '2026-10-23'")
            return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = None
    # NOTE: Python also reads '20261023' and '2026-W43-5'.
    if day is None or day.isoformat() != text:
        reader.wrong(entry.value, f"{shown(text)} is no date of the form '2026-10-23'")
        return None
    return day
