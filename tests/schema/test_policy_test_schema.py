"""The schema of cases says what the loader says, as far as a schema can."""

from __future__ import annotations

import json

import pytest
import yaml
from jsonschema import Draft202012Validator

from checker.shipped import shipped_schema
from tests.load.case_documents import DOCUMENTS, Document

SCHEMA = json.loads(shipped_schema("policy-test"))


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda one: one.name)
def test_the_schema_agrees_with_the_loader(document: Document) -> None:
    """What the loader takes the schema takes; what it refuses the schema refuses, but for what only it can know."""
    accepted = Draft202012Validator(SCHEMA).is_valid(yaml.safe_load(document.text))

    assert (not document.told or not document.schema_knows) == accepted


def test_the_schema_is_valid_and_has_an_address() -> None:
    """It is of the 2020-12 edition, and has an `$id` that names its version."""
    Draft202012Validator.check_schema(SCHEMA)
    assert "urn:adsync-checker:schema:policy-test:v1" == SCHEMA["$id"]
