"""The text of the article's query."""

from __future__ import annotations

import pytest

from checker.acquire import query
from checker.acquire.reading import Reading
from checker.acquire.sample import UnreadableError
from checker.model.facts import Absent, Fact, Known, Reason, Unknown
from tests.acquire.sampling import exported, sample

EXPORT, IMPORT = "endpoint.export_api_version_raw", "endpoint.import_api_version_raw"


def read(text: str, name: str = "endpoint.txt") -> Reading:
    """Read *text*, which is recognised."""
    found = sample(text, name)
    assert query.recognises(found)
    [reading] = query.read(found)
    return reading


def value(fact: Fact) -> object:
    """Give the value, the reason, or that it is absent."""
    match fact:
        case Known():
            return fact.value
        case Absent():
            return "absent"
        case Unknown():
            return fact.reason


@pytest.mark.parametrize("name", ["query/endpoint-list.txt", "query/endpoint-table.txt"])
def test_both_layouts_are_read(name: str) -> None:
    """PowerShell shows the two values as a list or as a table; UTF-16LE and UTF-8 are read."""
    [reading] = query.read(exported(name))

    assert {EXPORT: 2, IMPORT: 2} == {fact: value(told) for fact, told in reading.facts.items()}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("AadConnectorImportApiVersion : 1\nAadConnectorExportApiVersion : 2\n", (2, 1), id="any order"),
        pytest.param("aadconnectorexportapiversion:2", (2, "absent"), id="any case, one alone"),
        pytest.param("AadConnectorImportApiVersion : 2", ("absent", 2), id="the other alone"),
        pytest.param("\r\nAadConnectorExportApiVersion : 2\r\n\r\n", (2, "absent"), id="CRLF"),
        pytest.param("AadConnectorExportApiVersion : ", (Reason.NO_DATA, "absent"), id="T21 empty"),
        pytest.param("AadConnectorExportApiVersion : 0x2", (Reason.UNPARSED, "absent"), id="T21 no integer"),
        pytest.param("AadConnectorExportApiVersion : 2 2", (Reason.UNPARSED, "absent"), id="two values"),
        pytest.param(
            "AadConnectorExportApiVersion\n----------------------------\n                           2",
            (2, "absent"),
            id="a table of one column",
        ),
        pytest.param(
            "AadConnectorExportApiVersion AadConnectorImportApiVersion\n"
            "---------------------------- ----------------------------\n"
            "                                                        1",
            (Reason.NO_DATA, 1),
            id="a table with an empty cell",
        ),
    ],
)
def test_what_is_shown_counts_and_what_is_not_is_absent(text: str, expected: tuple[object, object]) -> None:
    """The wildcard selects what exists, so a value that is not shown is not set."""
    facts = read(text).facts

    assert expected == (value(facts[EXPORT]), value(facts[IMPORT]))


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("AadConnectorExportApiVersion : 2\nPath : C:\\", id="something else"),
        pytest.param("AadConnectorExportApiVersion : 2\nAadConnectorExportApiVersion : 1", id="twice"),
        pytest.param("AadConnectorExportApiVersion :\n2", id="wrapped"),
        pytest.param("AadConnectorExportApi... AadConnectorImp...\n--- ---\n2 2", id="a table cut in width"),
        pytest.param("AadConnectorExportApiVersion AadConnectorImportApiVersion\n  2  2", id="no rule of dashes"),
        pytest.param("AadConnectorExportApiVersion\n----------------------------", id="no values"),
        pytest.param(
            "AadConnectorExportApiVersion\n----------------------------\n" + " " * 40 + "2",
            id="a value below no column",
        ),
    ],
)
def test_what_else_stands_there_makes_it_unreadable(text: str) -> None:
    """A text that is wrapped, cut, or holds more than the two values is not guessed at."""
    with pytest.raises(UnreadableError):
        read(text)


@pytest.mark.parametrize("text", ["", "\r\n\r\n", "\ufeff"])
def test_no_output_says_that_the_query_was_empty(text: str) -> None:
    """What an empty output means hangs on the product version, so no fact is stated here."""
    reading = read(text)

    assert reading.empty_query
    assert {} == reading.facts


@pytest.mark.parametrize("name", ["Get-ADSyncScheduler.txt", "REG_HKLM.txt", "x.json", "x.reg", "empty"])
def test_an_empty_file_of_another_kind_is_no_empty_query(name: str) -> None:
    """Only a text file may be the output of the query; those of a support bundle are not."""
    assert not query.recognises(sample("", name))


@pytest.mark.parametrize("text", ['{"AadConnectorExportApiVersion": 2}', "# AadConnectorExportApiVersion", "Path : x"])
def test_other_texts_are_not_recognised(text: str) -> None:
    """It must start with one of the two names."""
    assert not query.recognises(sample(text))


def test_a_value_says_where_it_stands() -> None:
    """The place is that of the value."""
    fact = read("\n\nAadConnectorExportApiVersion : 2").facts[EXPORT]

    assert isinstance(fact, Known)
    assert fact.source.location is not None
    assert ("endpoint.txt", 3, 32) == (
        fact.source.location.file,
        fact.source.location.line,
        fact.source.location.column,
    )
