"""The parameters of the global settings as typed facts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checker.acquire.global_parameters import (
    EVERY_PARAMETER,
    LACKING_IN_OLDER_BUILDS,
    PARAMETER_OF_FACT,
    Parameter,
    facts_of_parameters,
    parse_net_boolean,
    parse_rfc1123,
)
from checker.model.catalogue import CATALOGUE
from checker.model.facts import Absent, Fact, Known, Reason, Source, SourceFormat, Unknown
from checker.model.location import Location
from checker.model.values import Record, Value
from checker.model.version import Version

FORMAT = SourceFormat.SERVER_CONFIGURATION
WHOLE = Source(FORMAT, Location("MV.xml", 3, 1), "parameter-values")


def facts_of(*pairs: tuple[str, str], whole: Source | None = WHOLE) -> dict[str, Fact]:
    """Give the facts of parameters that stand one below the other, from line 10 on."""
    parameters = [
        Parameter(name=name, value=value, location=Location("MV.xml", line, 5))
        for line, (name, value) in enumerate(pairs, 10)
    ]
    return facts_of_parameters(parameters, FORMAT, "parameter {}".format, whole)


@pytest.mark.parametrize("fact", PARAMETER_OF_FACT)
def test_the_parameter_is_the_one_that_the_catalogue_names(fact: str) -> None:
    """The table of this module and the documentation of the facts say the same."""
    assert f"GlobalSettings, parameter `{PARAMETER_OF_FACT[fact]}`" == CATALOGUE[fact].sources[FORMAT]


def test_every_parameter_of_the_catalogue_is_read() -> None:
    """No fact is documented to stand in a parameter and then not read from it."""
    documented = {
        name for name, spec in CATALOGUE.items() if "GlobalSettings, parameter `" in spec.sources.get(FORMAT, "")
    }

    assert documented == set(PARAMETER_OF_FACT)


def test_only_what_older_builds_lack_may_be_missing() -> None:
    """Whether a missing parameter says something is the catalogue's word."""
    may_lack = {fact for fact in PARAMETER_OF_FACT if "build" in CATALOGUE[fact].absence}

    assert may_lack == LACKING_IN_OLDER_BUILDS


@pytest.mark.parametrize(
    ("fact", "text", "expected"),
    [
        pytest.param("scheduler.sync_cycle_enabled", "True", True, id="true"),
        pytest.param("scheduler.suspended", "false", False, id="false-in-lower-case"),
        pytest.param("scheduler.staging_mode_enabled", "\n TRUE ", True, id="blanks"),
        pytest.param("features.export_deletion_threshold", "500", 500, id="integer"),
        pytest.param("product.configuration_version", "2.6.91.0", Version.parse("2.6.91.0"), id="version"),
        pytest.param("scheduler.effective_sync_interval", "00:30:00", timedelta(minutes=30), id="duration"),
        pytest.param("scheduler.purge_run_history_interval", "7.00:00:00", timedelta(days=7), id="days"),
        pytest.param("scheduler.next_sync_policy", "Delta", "Delta", id="enumeration"),
        pytest.param("product.auto_upgrade_state", "Suspended", "Suspended", id="upgrade-state"),
        pytest.param("features.sign_on_method", "PasswordHashSync", "PasswordHashSync", id="text"),
        pytest.param(
            "scheduler.next_sync_start",
            "Tue, 03 May 2016 14:39:16 GMT",
            datetime(2016, 5, 3, 14, 39, 16, tzinfo=UTC),
            id="time",
        ),
    ],
)
def test_a_value_gets_the_type_of_its_fact(fact: str, text: str, expected: Value) -> None:
    """Every parameter is text; the catalogue says what it means."""
    name = PARAMETER_OF_FACT[fact]
    source = Source(FORMAT, Location("MV.xml", 10, 5), f"parameter {name}")

    assert Known(expected, source) == facts_of((name, text))[fact]


@pytest.mark.parametrize(
    ("fact", "text"),
    [
        pytest.param("scheduler.sync_cycle_enabled", "1", id="number-for-boolean"),
        pytest.param("scheduler.sync_cycle_enabled", "yes", id="yes"),
        pytest.param("scheduler.sync_cycle_enabled", "Wahr", id="localised"),
        pytest.param("scheduler.sync_cycle_enabled", "True\u00a0", id="hard-blank"),
        pytest.param("features.export_deletion_threshold", "500.0", id="fraction"),
        pytest.param("features.export_deletion_threshold", "0500", id="leading-zero"),
        pytest.param("product.configuration_version", "2.6.91.0-preview", id="version-suffix"),
        pytest.param("scheduler.effective_sync_interval", "30", id="duration-without-unit"),
        pytest.param("scheduler.next_sync_policy", "delta", id="enumeration-in-another-case"),
        pytest.param("product.auto_upgrade_state", "Paused", id="unlisted-word"),
        pytest.param("scheduler.next_sync_start", "24-3-2025 22:03:04", id="local-date"),
        pytest.param("scheduler.next_sync_start", "System.Object[]", id="T19-type-name"),
    ],
)
def test_what_is_not_of_its_type_is_unparsed(fact: str, text: str) -> None:
    """Nothing is coerced: another spelling is unknown, with the place of the parameter."""
    found = facts_of((PARAMETER_OF_FACT[fact], text))[fact]

    assert isinstance(found, Unknown)
    assert (Reason.UNPARSED, (10,)) == (found.reason, tuple(one.location.line for one in found.sources if one.location))


def test_an_empty_value_says_nothing() -> None:
    """A parameter without text is unknown, of whatever type the fact is."""
    name = PARAMETER_OF_FACT["features.source_anchor_attribute"]
    found = facts_of((name, " "))["features.source_anchor_attribute"]

    assert isinstance(found, Unknown)
    assert Reason.NO_DATA is found.reason


def test_an_empty_reason_of_suspension_is_absence() -> None:
    """Automatic upgrade that is not suspended has no reason to be."""
    fact = "product.auto_upgrade_suspension_reason"

    assert isinstance(facts_of((PARAMETER_OF_FACT[fact], ""))[fact], Absent)


@pytest.mark.parametrize("fact", PARAMETER_OF_FACT)
def test_a_missing_parameter_is_absent_only_where_older_builds_lack_it(fact: str) -> None:
    """Of a complete list only those facts are absent that the catalogue says may be; the others are not stated."""
    facts = facts_of(("Microsoft.Version.SynchronizationRuleImmutableTag", "V1"))

    assert (fact in LACKING_IN_OLDER_BUILDS) == isinstance(facts.get(fact), Absent)
    assert (fact in LACKING_IN_OLDER_BUILDS) == (fact in facts)


def test_of_a_part_of_the_list_nothing_is_absent() -> None:
    """Where some parameters were picked out, the others say nothing, and the whole list is not stated."""
    facts = facts_of((PARAMETER_OF_FACT["scheduler.suspended"], "False"), whole=None)

    assert ["scheduler.suspended"] == list(facts)
    assert {} == facts_of(whole=None)


def test_an_empty_list_makes_every_fact_unknown() -> None:
    """Every server has parameters: a list without any was cut."""
    facts = facts_of()

    assert {EVERY_PARAMETER, *PARAMETER_OF_FACT} == set(facts)
    assert {Reason.TRUNCATED} == {fact.reason if isinstance(fact, Unknown) else None for fact in facts.values()}


@pytest.mark.parametrize("other", ["Microsoft.Synchronize.StagingMode", "microsoft.synchronize.stagingmode"])
def test_a_parameter_that_contradicts_itself_is_conflicting(other: str) -> None:
    """Two values of one parameter, in whatever letter case its name, make it and the whole list unknown."""
    facts = facts_of(("Microsoft.Synchronize.StagingMode", "False"), (other, "True"))

    for name in ("scheduler.staging_mode_enabled", EVERY_PARAMETER):
        found = facts[name]
        assert isinstance(found, Unknown)
        assert (Reason.CONFLICTING, 2) == (found.reason, len(found.sources))


def test_a_parameter_said_twice_alike_is_one() -> None:
    """Saying the same again changes nothing."""
    twice = facts_of(*[("Microsoft.Synchronize.StagingMode", "False")] * 2)
    found = twice["scheduler.staging_mode_enabled"]

    assert isinstance(found, Known)
    assert twice[EVERY_PARAMETER] == facts_of(("Microsoft.Synchronize.StagingMode", "False"))[EVERY_PARAMETER]


def test_every_parameter_is_listed_as_text_with_its_place() -> None:
    """The list holds also what no other fact speaks of, by name, whatever the order in the file."""
    facts = facts_of(("Zeta", " 1 "), ("Alpha", ""))
    found = facts[EVERY_PARAMETER]

    assert Known((Record.of(name="Alpha", value=""), Record.of(name="Zeta", value=" 1 ")), WHOLE) == found
    assert isinstance(found, Known)
    assert isinstance(found.value, tuple)
    assert [11, 10] == [record.location.line for record in found.value if record.location]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("Wed, 03 May 2016 14:39:16 GMT", id="another-weekday"),
        pytest.param("Tue, 03 May 2016 14:39:16 +0000", id="offset"),
        pytest.param("Tue, 03 May 2016 14:39:16", id="no-zone"),
        pytest.param("Mon, 30 Feb 2026 14:39:16 GMT", id="no-such-day"),
        pytest.param("Tue, 03 May 2016 25:39:16 GMT", id="no-such-hour"),
        pytest.param("Tue, 3 May 2016 14:39:16 GMT", id="one-digit"),
        pytest.param("Di, 03 Mai 2016 14:39:16 GMT", id="localised"),
        pytest.param("tue, 03 may 2016 14:39:16 gmt", id="lower-case"),
        pytest.param("Tue, 03 May 0000 14:39:16 GMT", id="year-zero"),
    ],
)
def test_a_time_is_read_in_one_form_alone(text: str) -> None:
    """What is not the invariant form, or contradicts itself, is no time."""
    with pytest.raises(ValueError, match=r"time such as|no moment|not a "):
        parse_rfc1123(text)


@given(st.datetimes(datetime(1000, 1, 1), datetime(9999, 12, 31), timezones=st.just(UTC)))  # noqa: DTZ001 - hypothesis wants naive bounds
def test_times_survive_being_written(moment: datetime) -> None:
    """Every moment that .NET writes in its form R is read as that moment, to the second."""
    days = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
    months = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
    text = f"{days[moment.weekday()]}, {moment.day:02} {months[moment.month - 1]} {moment:%Y %H:%M:%S} GMT"

    assert moment.replace(microsecond=0) == parse_rfc1123(text)


@given(st.text(max_size=6))
def test_only_two_words_are_booleans(text: str) -> None:
    """Whatever is neither `true` nor `false` is refused, never false."""
    try:
        assert parse_net_boolean(text) is (text.lower() == "true")
    except ValueError:
        assert text.lower() not in ("true", "false")
