"""How what several sources say of one fact becomes one fact."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checker.acquire.merge import by_ground, derived_from, merge, resting_on
from checker.model.facts import Absent, Fact, Known, Reason, Source, SourceFormat, Unknown
from checker.model.location import Location
from checker.model.values import Record

FOLDER = Source(SourceFormat.SERVER_CONFIGURATION, Location("export/MV.xml", 3))
DUMP = Source(SourceFormat.CMDLET, Location("scheduler.json", 7))
SILENT = Unknown(Reason.NOT_IN_SOURCE, "It cannot hold it.")
LOST = Unknown(Reason.UNPARSED, "It is garbled.", (DUMP,))


def test_nothing_is_merged_to_nothing() -> None:
    """Of a fact that no source mentions there is nothing to merge."""
    assert merge([]) is None


@pytest.mark.parametrize(
    "other",
    [Known(2, FOLDER), Absent(FOLDER), LOST, Unknown(Reason.DENIED, "No.")],
    ids=["known", "absent", "unparsed", "denied"],
)
def test_a_silent_source_yields_to_anything(other: Fact) -> None:
    """That one format cannot hold a fact says nothing about it."""
    assert other == merge([SILENT, other, SILENT])


@pytest.mark.parametrize("other", [Known(2, FOLDER), Absent(FOLDER)], ids=["known", "absent"])
def test_what_could_not_be_read_outweighs_what_was(other: Fact) -> None:
    """The source that could not be read may be the one that disagrees."""
    assert LOST == merge([other, LOST])


def test_sources_that_agree_support_each_other() -> None:
    """Equal values are one, resting on both sources."""
    assert Known(2, FOLDER, also=(DUMP,)) == merge([Known(2, DUMP), Known(2, FOLDER)])


def test_absences_that_agree_support_each_other() -> None:
    """What two sources do not have rests on both, so that it is as old as the older one."""
    assert Absent(FOLDER, also=(DUMP,)) == merge([Absent(DUMP), Absent(FOLDER)])


def test_where_an_entry_stands_is_no_disagreement() -> None:
    """Records are equal if their fields are, wherever they stand."""
    here = Known((Record.of(Location("a", 1), limit=5),), FOLDER)
    there = Known((Record.of(Location("b", 9), limit=5),), DUMP)

    merged = merge([here, there])

    assert isinstance(merged, Known)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param(Known(1, FOLDER), Known(2, DUMP), id="values"),
        pytest.param(Known(1, FOLDER), Known(True, DUMP), id="types"),
        pytest.param(Known(2, FOLDER), Absent(DUMP), id="presence"),
        pytest.param(
            Known((Record.of(limit=1),), FOLDER), Known((Record.of(limit=True),), DUMP), id="types within records"
        ),
        pytest.param(Known((Record.of(limit=1),), FOLDER), Known((), DUMP), id="lengths of lists"),
    ],
)
def test_sources_that_differ_are_a_conflict_that_names_both(one: Fact, other: Fact) -> None:
    """Two sources that say different things make the fact unknown, and the sentence names both places."""
    merged = merge([one, other])

    assert isinstance(merged, Unknown)
    assert merged.reason is Reason.CONFLICTING
    assert "export/MV.xml:3:1" in merged.detail
    assert "scheduler.json:7:1" in merged.detail
    assert {FOLDER, DUMP} == set(merged.sources)


_SOURCES = st.sampled_from([FOLDER, DUMP, Source(SourceFormat.REGISTRY, Location("a.reg", 2))])
_FACTS = st.one_of(
    st.builds(Known, st.sampled_from([1, 2, True, "2"]), _SOURCES, st.sampled_from(["", "Derived."])),
    st.builds(Absent, _SOURCES),
    st.builds(Unknown, st.sampled_from(Reason), st.sampled_from(["One.", "Two."]), st.tuples(_SOURCES)),
)


@given(st.lists(_FACTS, max_size=5).flatmap(lambda facts: st.tuples(st.just(facts), st.permutations(facts))))
def test_order_does_not_matter(facts: tuple[list[Fact], list[Fact]]) -> None:
    """The files of a folder may be read in any order."""
    one, other = facts

    assert merge(one) == merge(other)


@given(st.lists(_FACTS, min_size=1, max_size=5))
def test_only_unanimous_sources_make_a_fact_known(facts: list[Fact]) -> None:
    """A merged fact is known only if every source that speaks says the same."""
    merged = merge(facts)

    if isinstance(merged, Known):
        spoken = [one for one in facts if not (isinstance(one, Unknown) and one.reason is Reason.NOT_IN_SOURCE)]
        assert all(isinstance(one, Known) for one in spoken)
        assert {(type(merged.value), merged.value)} == {
            (type(one.value), one.value) for one in spoken if isinstance(one, Known)
        }


def test_a_derived_fact_is_unknown_for_the_more_telling_reason() -> None:
    """Of two unknown grounds, the one that can be mended is told rather than the one that no source holds."""
    derived = derived_from([SILENT, LOST], "a.fact", lambda: Known(1, FOLDER))

    assert Unknown(Reason.UNPARSED, "'a.fact' is derived from what is unknown: It is garbled.", (DUMP,)) == derived


REGISTRY = Source(SourceFormat.REGISTRY, Location("a.reg", 2))


@pytest.mark.parametrize(
    ("fact", "expected"),
    [
        pytest.param(Known(2, FOLDER), Known(2, FOLDER, also=(DUMP, REGISTRY)), id="known"),
        pytest.param(Absent(FOLDER), Absent(FOLDER, also=(DUMP, REGISTRY)), id="absent"),
        pytest.param(Known(2, DUMP, also=(FOLDER,)), Known(2, DUMP, also=(FOLDER, REGISTRY)), id="one of them already"),
        pytest.param(SILENT, SILENT, id="unknown"),
    ],
)
def test_a_derived_fact_names_each_of_its_grounds(fact: Fact, expected: Fact) -> None:
    """Each source is named once; what is unknown rests on nothing more."""
    assert expected == resting_on(fact, Known(1, DUMP, also=(REGISTRY,)), Absent(DUMP), SILENT)


BY_OLD_BUILD = Known(1, FOLDER, "By the build.")


@pytest.mark.parametrize(
    ("with_ground", "without", "rests"),
    [
        pytest.param(Known(1, FOLDER), Known(1, FOLDER), False, id="the same in any case"),
        pytest.param(Known(1, FOLDER), Known(2, FOLDER), True, id="another value without"),
        pytest.param(Known(1, FOLDER), Known(True, FOLDER), True, id="another type without"),
        pytest.param(Known(1, FOLDER), SILENT, True, id="unknown without"),
        pytest.param(Absent(FOLDER), SILENT, True, id="an absence that is unknown without"),
        pytest.param(Absent(FOLDER), Absent(FOLDER), False, id="absent in any case"),
        pytest.param(BY_OLD_BUILD, Known(1, REGISTRY), True, id="the same value, by another source"),
        pytest.param(Known(1, FOLDER, also=(REGISTRY,)), Known(1, REGISTRY), False, id="less would do"),
    ],
)
def test_what_would_be_otherwise_without_a_ground_rests_on_it(with_ground: Fact, without: Fact, *, rests: bool) -> None:
    """Only what is the same without the ground, by sources that are named anyway, is no older than these."""
    ground = Known("2.6", DUMP)

    found = by_ground(lambda told: with_ground if told is ground else without, ground)

    assert (resting_on(with_ground, ground) if rests else with_ground) == found
    assert not isinstance(found, Unknown)
    assert rests is (DUMP in found.also)
