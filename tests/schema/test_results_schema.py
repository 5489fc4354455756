"""The published schema of the results."""

from __future__ import annotations

import json
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from checker.report.results_json import results
from checker.schema.results import results_schema
from checker.shipped import shipped_schema
from tests.report.reports import REPORT


def test_the_file_is_the_generated_one() -> None:
    """The file that is shipped says what the code says."""
    assert results_schema() == json.loads(shipped_schema("results"))


def test_it_is_a_schema() -> None:
    """The schema is one of its dialect, and has the name that readers may rely on."""
    schema = results_schema()

    Draft202012Validator.check_schema(schema)
    assert "urn:adsync-checker:schema:results:v1" == schema["$id"]


def _valid(document: Any) -> bool:
    return bool(Draft202012Validator(results_schema()).is_valid(document))


def test_readers_ignore_unknown_keys() -> None:
    """A later version may add keys anywhere."""
    document: Any = results(REPORT)
    for part in (document, document["run"], document["findings"][0], document["findings"][0]["location"]):
        part["added_later"] = {"x": 1}

    assert _valid(document)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        pytest.param(("format",), "adsync-checker/results/v2", id="another version"),
        pytest.param(("findings", 0, "outcome"), "waived", id="an unknown outcome"),
        pytest.param(("findings", 0, "location", "line"), 0, id="a line before the first"),
        pytest.param(("findings", 0, "location", "file"), "/etc/passwd", id="an absolute path"),
        pytest.param(("findings", 0, "observed"), 1.5, id="a fraction"),
        pytest.param(("run", "exit_code"), "0", id="a number as text"),
        pytest.param(("policies", 0, "sha256"), "", id="no digest"),
        pytest.param(("findings", 0, "server"), None, id="no server"),
    ],
)
def test_what_is_refused(path: tuple[str | int, ...], value: object) -> None:
    """A document that breaks the contract is not valid."""
    document: Any = results(REPORT)
    assert _valid(document)
    part = document
    for key in path[:-1]:
        part = part[key]
    part[path[-1]] = value

    assert not _valid(document)
