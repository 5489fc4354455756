"""What the global settings of an export state."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from checker.acquire import server_configuration
from checker.acquire.global_settings import SETTINGS_FACTS
from checker.acquire.sample import UnreadableError
from checker.model.facts import Known, Reason, Source, SourceFormat
from checker.model.location import Location
from tests.acquire.xml_samples import (
    read,
    reasons,
    sample,
    settings_text,
)

FORMAT = SourceFormat.SERVER_CONFIGURATION


def test_the_settings_name_server_and_date() -> None:
    """The date has no zone and is taken as UTC."""
    reading = read("GlobalSettings/a.xml", settings_text("Microsoft.Synchronize.StagingMode=True"))

    assert "SYNC01" == reading.computer
    assert datetime(2026, 11, 20, 10, 15, tzinfo=UTC) == reading.date
    assert (
        Known("SYNC01", Source(FORMAT, Location("GlobalSettings/a.xml", 1, 1), "attribute server"))
        == (reading.facts["server.name"])
    )
    assert (
        Known(
            True,
            Source(FORMAT, Location("GlobalSettings/a.xml", 4, 1), "parameter Microsoft.Synchronize.StagingMode"),
        )
        == reading.facts["scheduler.staging_mode_enabled"]
    )


@pytest.mark.parametrize(
    ("root", "computer", "date"),
    [
        pytest.param("export-date='2026-11-20 10:15:00.250'", None, True, id="no-server"),
        pytest.param("server=' ' export-date='2026-11-20 10:15:00'", None, True, id="blank-server"),
        pytest.param("server='A'", "A", False, id="no-date"),
        pytest.param("server='A' export-date='20.11.2026 10:15'", "A", False, id="local-date"),
        pytest.param("server='A' export-date='2026-02-30 10:15:00'", "A", False, id="no-such-day"),
    ],
)
def test_settings_without_name_or_date_say_neither(root: str, computer: str | None, date: bool) -> None:
    """Nothing stands in for a name or a date that is not there."""
    reading = read("a.xml", settings_text("A=b", root))

    assert (computer, date) == (reading.computer, reading.date is not None)
    assert (computer is None) is ("server.name" in reasons(reading))


def test_settings_without_parameters_are_truncated() -> None:
    """An empty list of parameters is no list."""
    reading = read("a.xml", "<saved-mv-configuration server='A'><mv-data/></saved-mv-configuration>")

    assert dict.fromkeys(SETTINGS_FACTS[1:], Reason.TRUNCATED) == reasons(reading)


@pytest.mark.parametrize(
    "parameter", ["<parameter>True</parameter>", '<parameter name="A"><b/></parameter>'], ids=["no-name", "elements"]
)
def test_a_parameter_that_is_none_makes_the_settings_unreadable(parameter: str) -> None:
    """A list with an entry that cannot be told is not read in part."""
    text = settings_text("A=b").replace("</parameter-values>", f"{parameter}</parameter-values>")
    with pytest.raises(UnreadableError, match="parameter"):
        server_configuration.read(sample("a.xml", text))
