"""The table of ends of support."""

from __future__ import annotations

from datetime import date

import pytest

from checker.errors import PolicyError
from checker.load.support_table import load_support_table
from checker.model.support import SupportRow, SupportTable
from checker.model.version import Version
from checker.shipped import shipped_folder

HEAD = 'as_of: "2026-10-06"\nsource: A test\nversions:\n'
NEWEST = '  - {version: "2.6.92.0", newest: true}\n'
TABLE = HEAD + '  - {line: "2.3", ends: "2025-04-30"}\n  - {version: "2.5.79.0", ends: "2026-10-23"}\n' + NEWEST


def lines(text: str) -> list[str]:
    """Give what is wrong with a table."""
    try:
        load_support_table(text.encode(), "t")
    except PolicyError as error:
        return list(error.lines)
    return []


def test_a_table_is_read() -> None:
    """Versions, whole lines and the newest version reach the model."""
    expected = SupportTable(
        as_of=date(2026, 10, 6),
        source="A test",
        path="t",
        rows=(
            SupportRow(version=Version.parse("2.3"), line=True, ends=date(2025, 4, 30)),
            SupportRow(version=Version.parse("2.5.79.0"), line=False, ends=date(2026, 10, 23)),
            SupportRow(version=Version.parse("2.6.92.0"), line=False, ends=None),
        ),
    )

    assert expected == load_support_table(TABLE.encode(), "t")


WRONG = [
    ("", "t:1:1: there is no document"),
    ("[]", "t:1:1: a table of ends of support is a mapping"),
    (TABLE.replace("as_of:", "asof:"), "t:1:1: unknown key 'asof' in a table of ends of support; did you mean 'as_of'?"),
    (TABLE.replace("source: A test\n", ""), "t:1:1: a table of ends of support has no 'source'"),
    (TABLE.replace("A test", "''"), "t:2:9: 'source' is one line"),
    (TABLE.replace('"2026-10-06"', "2026-10-06"), "t:1:8: '2026-10-06' is ambiguous"),
    (TABLE.replace('"2026-10-06"', "5"), "t:1:8: this is a date in quotes, such as '2026-10-23', not the integer 5"),
    (TABLE.replace('"2026-10-06"', "today"), "t:1:8: this is a date in quotes, such as '2026-10-23', not the text 'today'"),
    (TABLE.replace("2026-10-06", "20261006"), "t:1:8: '20261006' is no date of the form '2026-10-23'"),
    (TABLE.replace("2026-10-06", "2026-W41-2"), "t:1:8: '2026-W41-2' is no date of the form"),
    (TABLE.replace("2026-10-06", "2026-02-30"), "t:1:8: '2026-02-30' is no date of the form"),
    (HEAD.replace("versions:", "versions: []"), "t:3:11: 'versions' is empty"),
    (HEAD.replace("versions:\n", ""), "t:1:1: a table of ends of support has no 'versions'"),
    (HEAD + "  - x\n", "t:4:5: a row of 'versions' is a mapping"),
    (HEAD + '  - {ends: "2025-04-30"}\n', "t:4:5: a row has either a 'version' or a 'line'"),
    (HEAD + '  - {version: "2.3", line: "2.3", ends: "2025-04-30"}\n', "t:4:5: a row has either a 'version' or a 'line'"),
    (HEAD + '  - {version: "2.x", ends: "2025-04-30"}\n', "t:4:15: a version: '2.x' is not a version"),
    (HEAD + '  - {version: 2, ends: "2025-04-30"}\n', "t:4:15: a version is a version in quotes, not the integer 2"),
    (HEAD + '  - {version: "2.3", end: "2025-04-30", newest: true}\n', "unknown key 'end' in a row of 'versions'"),
    (HEAD + '  - {version: "2.3"}\n', "t:4:5: the row has no 'ends'"),
    (HEAD + '  - {line: "2.3"}\n', "t:4:5: the row has no 'ends'"),
    (HEAD + '  - {version: "2.3", newest: false}\n', "t:4:22: 'newest: false' is said by leaving it out"),
    (HEAD + '  - {version: "2.3", newest: 1}\n', "'newest' is a boolean, not the integer 1"),
    (HEAD + '  - {version: "2.3", ends: "2025-04-30", newest: true}\n', "the newest version has no 'ends'"),
    (HEAD + '  - {line: "2.3", newest: true}\n', "a whole line is never the newest version"),
    (TABLE + '  - {version: "2.6.93.0", ends: "2027-12-01"}\n', "'2.6.92.0' cannot be the newest version; the table lists '2.6.93.0'"),
    (TABLE + '  - {version: "2.7", newest: true}\n', "'2.6.92.0' cannot be the newest version; the table lists '2.7'"),
    (TABLE + '  - {version: "2.5.79", ends: "2027-12-01"}\n', "t:7:5: '2.5.79' is already listed as '2.5.79.0'"),
    (TABLE + '  - {line: "2.3.8", ends: "2027-12-01"}\n', "t:7:5: '2.3.8' is already listed as '2.3'"),
    (TABLE + '  - {line: "2", ends: "2027-12-01"}\n', "t:7:5: '2' is already listed as '2.3'"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "mistake"), WRONG, ids=[mistake[-50:] + str(n) for n, (_, mistake) in enumerate(WRONG)]
)
def test_a_table_that_could_be_misread_is_refused(text: str, mistake: str) -> None:
    """A table that does not say one thing about each version cannot be used."""
    found = lines(text)

    assert len(found) == 1
    assert mistake in found[0]


def test_a_version_within_a_line_has_its_own_end() -> None:
    """An exact row beside the line that it belongs to is allowed, and counts before it."""
    table = load_support_table((TABLE + '  - {version: "2.3.20.0", ends: "2025-05-31"}\n').encode(), "t")

    assert date(2025, 5, 31) == getattr(table.row(Version.parse("2.3.20.0")), "ends", None)
    assert date(2025, 4, 30) == getattr(table.row(Version.parse("2.3.8.0")), "ends", None)
    assert table.row(Version.parse("2.4.0.0")) is None


@pytest.mark.parametrize(
    ("version", "ends"),
    [
        ("1.1.130.0", date(2023, 9, 30)),
        ("2.3.20.0", date(2025, 4, 30)),
        ("2.5.79.0", date(2026, 10, 23)),
        ("2.6.91.0", date(2027, 9, 23)),
        ("2.6.92.0", None),
    ],
)
def test_the_shipped_table(version: str, ends: date | None) -> None:
    """The table that comes with the checker is right in form, and knows what it knew on its day."""
    content = shipped_folder("policies").joinpath("tables").joinpath("product-support.yaml").read_bytes()
    table = load_support_table(content, "product-support.yaml")
    row = table.row(Version.parse(version))

    assert date(2026, 10, 6) == table.as_of
    assert row is not None
    assert ends == row.ends


@pytest.mark.parametrize("version", ["2.6.79.0", "2.7.0.0", "2.2.8.0"], ids=["recalled", "unknown", "not listed"])
def test_the_shipped_table_does_not_guess(version: str) -> None:
    """A version that no row names is not in the table, and so never supported by guess."""
    content = shipped_folder("policies").joinpath("tables").joinpath("product-support.yaml").read_bytes()

    assert load_support_table(content, "t").row(Version.parse(version)) is None
