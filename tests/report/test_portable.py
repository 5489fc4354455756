"""The names of files that leave this machine."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given

from checker.model.location import Location
from checker.report.portable import portable, portable_location, portable_text
from tests.report.reports import CONNECTOR, REPORT, texts


@pytest.mark.parametrize(
    ("path", "name"),
    [
        pytest.param(CONNECTOR, "exports/CONTOSO-AADC01/Connectors/Entra.xml", id="listed"),
        pytest.param("v2-endpoint.yaml", "policies/v2-endpoint.yaml", id="a shipped policy"),
        pytest.param("exports/a.xml", "exports/a.xml", id="relative"),
        pytest.param("./exports//a.xml", "exports/a.xml", id="with parts that mean nothing"),
        pytest.param(r"exports\sub\a.xml", "exports/sub/a.xml", id="backslashes"),
        pytest.param("/etc/a.xml", "outside/a.xml", id="absolute"),
        pytest.param("../up/a.xml", "outside/a.xml", id="above"),
        pytest.param(r"C:\Users\ann\a.xml", "outside/a.xml", id="a drive"),
        pytest.param(r"\\server\share\a.xml", "outside/a.xml", id="a share"),
        pytest.param("/", "outside", id="the root"),
        pytest.param("", "unnamed", id="empty"),
        pytest.param("<stdin>", "<stdin>", id="standard input"),
    ],
)
def test_portable(path: str, name: str) -> None:
    """A listed path has its name; any other that points out of the working directory keeps the file's own only."""
    assert name == portable(REPORT, path)


@given(texts)
def test_never_absolute(text: str) -> None:
    """Whatever a path is, and whatever it is listed as, its name is relative and stays below the root."""
    for report in (REPORT, replace(REPORT, portable={"x": text, text: f"/{text}"})):
        for path in (text, f"/{text}", f"C:{text}", f"{text}/../{text}", "x"):
            name = portable(report, path)

            assert name
            assert not name.startswith("/")
            assert not {"", ".", ".."} & {*name.split("/")}


def test_location_counts_from_one() -> None:
    """A line or column below 1, which no viewer takes, becomes 1."""
    assert Location("a.xml", 1, 1) == portable_location(REPORT, Location("a.xml", 0, -1))


def test_quoted_paths_in_messages() -> None:
    """A message tells of files by the names that leave the machine, with their lines, whatever else is quoted."""
    told = f"It doesn't agree: '{CONNECTOR}:3:4' says 'x', and '{CONNECTOR}' is '/unlisted'."

    name = "exports/CONTOSO-AADC01/Connectors/Entra.xml"
    assert f"It doesn't agree: '{name}:3:4' says 'x', and '{name}' is '/unlisted'." == portable_text(REPORT, told)
