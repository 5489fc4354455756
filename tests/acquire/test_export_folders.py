"""Whole export folders: the synthetic ones of this project, and a real one where it is at hand."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from checker.acquire import server_configuration
from checker.acquire.reading import Reading
from checker.acquire.rule_set import facts_of_rules
from checker.acquire.sample import Sample, UnreadableError
from checker.model.facts import Fact, Known, SourceFormat, Unknown
from checker.model.values import same, to_json
from checker.model.version import Version
from tests.acquire.xml_samples import (
    sample,
)

FORMAT = SourceFormat.SERVER_CONFIGURATION
EXPORTS = Path(__file__).parent.parent / "exports"


def _files(folder: Path) -> Iterator[Sample]:
    for path in sorted(folder.rglob("*.xml")):
        content = path.read_bytes()
        yield sample(path.relative_to(folder.parent).as_posix(), content.decode())


def _facts(folder: Path) -> dict[str, Fact]:
    return _facts_of(reading for one in _files(folder) for reading in server_configuration.read(one))


@pytest.mark.parametrize(
    ("export", "expected"),
    [
        pytest.param(
            "v2-compliant",
            {
                "server.name": "SYNC01-SYNTHETIC",
                "product.version": "2.6.91.0",
                "endpoint.export_type": 5,
                "groups.member_limit": 250000,
                "groups.custom_member_limit_rules": [],
                "rules.standard_rules_disabled": [],
                "scheduler.sync_cycle_enabled": True,
                "scheduler.next_sync_start": "2026-11-20T10:39:16Z",
            },
            id="v2-compliant",
        ),
        pytest.param(
            "v1-legacy",
            {
                "server.name": "SYNC09-SYNTHETIC",
                "product.version": "1.5.45.0",
                "endpoint.export_type": 2,
                "groups.member_limit": 49999,
                "scheduler.sync_cycle_enabled": False,
            },
            id="v1-legacy",
        ),
        pytest.param(
            "fleet/active",
            {
                "server.name": "SYNC02-SYNTHETIC",
                "groups.member_limit": 200000,
                "groups.member_limit_rule_standard_disabled": True,
                "rules.custom_rule_count": 1,
                "scheduler.staging_mode_enabled": False,
            },
            id="fleet-active",
        ),
        pytest.param("fleet/staging", {"scheduler.staging_mode_enabled": True}, id="fleet-staging"),
    ],
)
def test_the_synthetic_exports_say_what_their_readme_says(export: str, expected: dict[str, object]) -> None:
    """Each synthetic export is read completely, and shows what it was made for."""
    facts = _facts(EXPORTS / export)
    known = {name: to_json(fact.value) for name, fact in facts.items() if isinstance(fact, Known)}

    assert expected == {name: known.get(name) for name in expected}
    assert [] == [name for name, fact in facts.items() if isinstance(fact, Unknown)]


@pytest.mark.parametrize("export", ["v2-compliant", "v1-legacy", "fleet/active"])
def test_no_lost_line_turns_a_fact_into_another(export: str) -> None:
    """
    Without any one line of an export a fact keeps its value, or has none.

    The list of all parameters is excepted: it holds whatever is there.
    """
    readings = {one.name: _readings(one) for one in _files(EXPORTS / export)}
    before = _facts_of(reading for found in readings.values() for reading in found)
    for one in _files(EXPORTS / export):
        others = [reading for name, found in readings.items() for reading in found if name != one.name]
        lines = one.text().splitlines(keepends=True)
        for number in range(len(lines)):
            rest = sample(one.name, "".join(lines[:number] + lines[number + 1 :]))
            after = _facts_of([*others, *_readings(rest)])
            changed = {
                name
                for name, fact in after.items()
                if isinstance(fact, Known) and not _has(before[name], fact) and name != "server.global_parameters"
            } - _UNPARSED

            assert set() == changed, f"{one.name}:{number + 1}"


_UNPARSED = {"groups.member_limit_unparsed"}
"""A list of what was not understood: it grows where something was lost."""


def _has(before: Fact, after: Known) -> bool:
    return isinstance(before, Known) and same(before.value, after.value)


def _readings(one: Sample) -> tuple[Reading, ...]:
    """Read a file as it is, or as what is missing."""
    error = UnreadableError("It is no part of an export.")
    try:
        if server_configuration.recognises(one):
            return server_configuration.read(one)
    except UnreadableError as refusal:
        error = refusal
    lost = server_configuration.stands_for(one.name, one.head, error)
    assert lost is not None
    return (lost,)


def _facts_of(readings: Iterable[Reading]) -> dict[str, Fact]:
    everything = list(readings)
    facts = {name: fact for reading in everything for name, fact in reading.facts.items()}
    pieces = [reading.rules for reading in everything if reading.rules]
    return facts | facts_of_rules(pieces, facts["product.version"], FORMAT)


CONTOSO = Path(os.environ.get("ADSYNC_CHECKER_SAMPLES", "")) / "contoso-1.1.130.0"


@pytest.mark.skipif(
    not os.environ.get("ADSYNC_CHECKER_SAMPLES") or not CONTOSO.is_dir(), reason="ADSYNC_CHECKER_SAMPLES is not set"
)
def test_a_real_export_is_read() -> None:
    """The export of a real server of 2016: 62 rules, the limit in an expression and in two scope clauses."""
    facts = _facts(CONTOSO)
    limits = facts["groups.member_limits"]
    expected = {
        "product.version": Version.parse("1.1.130.0"),
        "endpoint.export_type": 2,
        "groups.member_limit": 49999,
        "groups.member_limit_unparsed": (),
        "scheduler.sync_cycle_enabled": True,
        "scheduler.suspended": False,
        "features.export_deletion_threshold": 500,
    }

    assert isinstance(limits, Known)
    assert isinstance(limits.value, tuple)
    assert [("expression", 50000), ("scope", 49999), ("scope", 49999)] == [
        (record.get("via"), record.get("limit")) for record in limits.value
    ]
    for name, value in expected.items():
        fact = facts[name]
        assert isinstance(fact, Known), name
        assert value == fact.value, name
    assert [] == [name for name, fact in facts.items() if isinstance(fact, Unknown)]
