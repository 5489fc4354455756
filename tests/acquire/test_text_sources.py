"""Every source of texts, whatever bytes it is given."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from checker.acquire import cmdlet_dump, facts_document, query, registry, synchronization_policy
from checker.acquire.reading import Reading
from checker.acquire.sample import UnreadableError
from checker.model.catalogue import CATALOGUE
from checker.model.facts import Fact, FactSet, Known, Source, SourceFormat
from checker.model.location import Location
from checker.model.values import type_of
from checker.report.facts_document import render_fact_set
from tests.acquire.sampling import EXPORTS, sample

SOURCES = (registry, query, synchronization_policy, cmdlet_dump, facts_document)
SEEDS = [
    path
    for folder in ("cmdlets", "policy-json", "query", "v2-compliant")
    for path in sorted((EXPORTS / folder).glob("*"))
    if path.is_file()
]
DOCUMENT = render_fact_set(
    FactSet(
        server="SYNC01-SYNTHETIC",
        facts={"scheduler.suspended": Known(False, Source(SourceFormat.CMDLET, Location("a.json", 3, 4), "x"))},
    )
).encode()


def facts_of(reading: Reading) -> dict[str, Fact]:
    """Give the facts, those of the instances too."""
    return dict(reading.facts) | {
        f"endpoint.reference_filtering {one.connector}": one.filtering for one in reading.instances
    }


def check_reading(reading: Reading, name: str) -> None:
    """Each fact is of its type, and says where it stands."""
    for fact, told in facts_of(reading).items():
        spec = CATALOGUE[fact.partition(" ")[0]]
        if isinstance(told, Known):
            assert spec.type is type_of(told.value)
            assert told.source.format is reading.format
            assert told.source.location is not None
            assert name == told.source.location.file


def read_with(source: ModuleType, content: bytes, name: str) -> None:
    """Let *source* look at *content*; anything it raises but the one exception fails the test."""
    refusals: list[UnreadableError] = []
    try:
        found = sample(content, name)
        if source.recognises(found):
            for reading in source.read(found):
                check_reading(reading, name)
    except UnreadableError as error:
        refusals.append(error)
    assert all(one.message.endswith((".", "?", "…")) and one.line >= 1 and one.column >= 1 for one in refusals)


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.__name__.rpartition(".")[2])
@settings(deadline=None)
@given(content=st.binary(max_size=400), mark=st.sampled_from([b"", b"\xff\xfe", b"\xef\xbb\xbf"]))
def test_any_bytes_are_read_or_refused(source: ModuleType, content: bytes, mark: bytes) -> None:
    """No bytes make a source fail in a way that is not told."""
    read_with(source, mark + content, "file.txt")


@pytest.mark.parametrize("path", SEEDS, ids=lambda path: path.name)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_a_damaged_export_is_read_or_refused(path: Path, data: st.DataObject) -> None:
    """An export that was cut, or in which something was replaced, is read or refused by its source, never a crash."""
    damaged = damage(path.read_bytes(), data)
    for source in SOURCES:
        read_with(source, damaged, str(path))


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_a_damaged_document_is_read_or_refused(data: st.DataObject) -> None:
    """The same of the project's own document."""
    read_with(facts_document, damage(DOCUMENT, data), "facts.json")


def damage(seed: bytes, data: st.DataObject) -> bytes:
    """Replace a piece of *seed*, in whole characters."""
    width = 2 if seed.startswith(b"\xff\xfe") else 1
    start = data.draw(st.integers(0, len(seed) // width)) * width
    length = data.draw(st.sampled_from([0, 1, 2, 5, 20, 200, len(seed)])) * width
    piece = data.draw(
        st.sampled_from(
            ["", '"', "{", "}", "[", "null", "1", "-1", '"x"', "<", ">", "\\", "\n", "System.Object[]", "\x00"]
        )
    )
    return seed[:start] + piece.encode("utf-16-le" if width == 2 else "utf-8") + seed[start + length :]
