"""The schema of facts documents."""

from __future__ import annotations

import json
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from checker.model.catalogue import CATALOGUE
from checker.model.facts import Absent, FactSet, Known, Reason, Source, SourceFile, SourceFormat, Unknown
from checker.model.location import Location
from checker.model.values import Record
from checker.report.facts_document import render_fact_set
from checker.schema.facts import FORMAT, facts_schema
from checker.shipped import shipped_schema

PLACE = Source(SourceFormat.CMDLET, Location("a.json", 1, 2), "x")
SCHEMA = facts_schema()
VALIDATOR = Draft202012Validator(SCHEMA)


def document(name: str = "scheduler.suspended", **fact: Any) -> dict[str, Any]:
    """Give a document with one fact."""
    return {"format": FORMAT, "server": "A", "sources": [], "facts": {name: fact}}


def test_the_shipped_schema_is_the_generated_one() -> None:
    """The catalogue is the one place that says which facts there are."""
    assert SCHEMA == json.loads(shipped_schema("facts"))


def test_the_schema_is_one() -> None:
    """It keeps the rules of its draft."""
    Draft202012Validator.check_schema(SCHEMA)


def test_every_fact_of_the_catalogue_is_described() -> None:
    """With its meaning and with what its absence means."""
    facts = SCHEMA["properties"]
    assert isinstance(facts, dict)
    described: Any = facts["facts"]

    assert set(CATALOGUE) == set(described["properties"])
    assert all(spec.meaning in described["properties"][name]["description"] for name, spec in CATALOGUE.items())


def test_what_is_written_is_valid() -> None:
    """Each status, with places and without."""
    written = FactSet(
        server="A",
        facts={
            "scheduler.suspended": Known(False, PLACE, "Derived.", (PLACE, Source(SourceFormat.FACTS))),
            "scheduler.customized_sync_interval": Absent(PLACE),
            "scheduler.next_sync_start": Unknown(Reason.STALE, "Old.", (PLACE,)),
            "groups.custom_member_limit_rules": Known(
                (Record.of(Location("r.xml", 3, 4), rule="r", name="", precedence=1),), PLACE
            ),
        },
        sources=(SourceFile(format=SourceFormat.CMDLET, path="a.json", assignment="x", superseded=True),),
    )

    assert [] == list(VALIDATOR.iter_errors(json.loads(render_fact_set(written))))


@pytest.mark.parametrize(
    ("fact", "valid"),
    [
        pytest.param({"status": "known", "value": True}, True, id="a value"),
        pytest.param({"status": "known"}, False, id="no value"),
        pytest.param({"status": "known", "value": None}, False, id="null"),
        pytest.param({"status": "known", "value": 1}, False, id="another type"),
        pytest.param({"status": "known", "value": True, "reason": "stale"}, False, id="known with a reason"),
        pytest.param({"status": "absent"}, True, id="absent"),
        pytest.param({"status": "absent", "value": True}, False, id="absent with a value"),
        pytest.param({"status": "unknown", "reason": "stale", "detail": "x"}, True, id="unknown"),
        pytest.param({"status": "unknown", "reason": "x", "detail": "x"}, False, id="no such reason"),
        pytest.param({"status": "unknown", "detail": "x"}, False, id="no reason"),
        pytest.param({"status": "fine"}, False, id="no such status"),
        pytest.param({}, False, id="nothing"),
    ],
)
def test_a_fact_has_what_its_status_asks_for(fact: dict[str, Any], valid: bool) -> None:
    """A status goes with some keys and not with others."""
    assert valid is VALIDATOR.is_valid(document(**fact))


@pytest.mark.parametrize("key", ["format", "server", "sources", "facts"])
def test_every_part_of_a_document_is_required(key: str) -> None:
    """A document without one of its parts is damaged."""
    told = document(status="absent")
    del told[key]

    assert not VALIDATOR.is_valid(told)


def test_an_unknown_fact_is_refused() -> None:
    """Facts are those of the catalogue."""
    assert not VALIDATOR.is_valid(document("scheduler.suspendet", status="absent"))
