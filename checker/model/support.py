"""The table of ends of support: dated data about the product's versions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from checker.model.version import Version


@dataclass(frozen=True, slots=True, kw_only=True)
class SupportRow:
    """One version, or a whole line such as `2.3`, and the last day on which it is supported."""

    version: Version
    line: bool  # whether the row stands for every version that starts with these parts
    ends: date | None  # none where no end is announced: the newest version


@dataclass(frozen=True, slots=True, kw_only=True)
class SupportTable:
    """Ends of support as they were known on one day."""

    as_of: date  # the day on which the table was true
    source: str  # where it was taken from
    path: str  # the file, as the user knows it
    rows: tuple[SupportRow, ...]

    def row(self, version: Version) -> SupportRow | None:
        """Give the row of *version*, an exact one before a line; None where the table does not list it."""
        exact = (row for row in self.rows if not row.line and row.version == version)
        lines = (row for row in self.rows if row.line and _starts_with(version, row.version))
        return next(exact, None) or next(lines, None)


def _starts_with(version: Version, line: Version) -> bool:
    length = line.text.count(".") + 1
    return version.parts[:length] == line.parts[:length]
