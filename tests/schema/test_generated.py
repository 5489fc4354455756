"""What is generated from the fact catalogue is committed as it is generated."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from checker.model.catalogue import CATALOGUE
from checker.model.facts import SourceFormat
from checker.model.values import FactType
from checker.schema.__main__ import generated
from checker.shipped import shipped_schema

CHECKOUT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("path", sorted(generated()))
def test_committed_text_is_the_generated_one(path: str) -> None:
    """`python -m checker.schema` would change nothing."""
    assert generated()[path] == (CHECKOUT / path).read_text("utf-8")


@pytest.mark.parametrize("name", ["policy", "facts", "results"])
def test_schemas_are_valid_and_have_an_address(name: str) -> None:
    """Each schema is of the 2020-12 edition, and has an `$id` that names its version."""
    schema = json.loads(shipped_schema(name))

    Draft202012Validator.check_schema(schema)
    assert f"urn:adsync-checker:schema:{name}:v1" == schema["$id"]


def test_every_fact_is_documented_whole() -> None:
    """A fact has a meaning and says what absence means; a list fact has fields; a derived one says from what."""
    for spec in CATALOGUE.values():
        assert spec.meaning.endswith(".")
        assert spec.absence.endswith(".")
        assert bool(spec.fields) == (spec.type is FactType.RECORDS), spec.name
        assert not (spec.derived and set(spec.sources) - {SourceFormat.INVENTORY}), spec.name
