"""The JSON files of the wizard."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from checker.acquire import synchronization_policy
from checker.acquire.reading import Reading
from checker.acquire.sample import UnreadableError
from checker.acquire.sync_rule import ENTRA_CONNECTOR
from checker.model.facts import Fact, Known, Reason, SourceFormat, Unknown
from checker.model.values import show
from tests.acquire.sampling import EXPORTS, exported, sample

EXPORTED = "policy-json/Exported-SynchronizationPolicy-SYNTHETIC.json"
MIGRATED = "policy-json/MigratedPolicy-SYNTHETIC.json"

Change = Callable[[dict[str, Any]], object]


def read(change: Change = lambda _: None) -> Reading:
    """Read the exported policy, changed."""
    told = json.loads((EXPORTS / EXPORTED).read_text("utf-8"))
    change(told)
    found = sample(json.dumps(told, indent=1), "policy.json")
    assert synchronization_policy.recognises(found)
    [reading] = synchronization_policy.read(found)
    return reading


def value(fact: Fact | None) -> object:
    """Give the value as text, or the reason; None where the fact is left out."""
    match fact:
        case Known():
            return show(fact.value)
        case Unknown():
            return fact.reason
        case _:
            return None


def test_what_a_policy_tells_is_read() -> None:
    """Version, server, account, automatic upgrade, tenant and the limit of deletions."""
    reading = read()

    assert {
        "product.version": "2.6.91.0",
        "server.name": "SYNC01-SYNTHETIC",
        "server.adsync_service_account": r"NT SERVICE\ADSync",
        "product.auto_upgrade_state": "Enabled",
        "tenant.id": "aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee",
        "features.export_deletion_threshold": "500",
    } == {name: value(fact) for name, fact in reading.facts.items()}
    assert ("SYNC01-SYNTHETIC", datetime(2026, 11, 20, 8, 15, 30, tzinfo=UTC)) == (reading.computer, reading.date)
    assert reading.format is SourceFormat.SYNCHRONIZATION_POLICY


def test_a_fact_says_where_it_stands() -> None:
    """A report can point at the line of the key."""
    [reading] = synchronization_policy.read(exported(EXPORTED))
    fact = reading.facts["features.export_deletion_threshold"]

    assert isinstance(fact, Known)
    assert fact.source.location is not None
    assert (EXPORTED, 22, 5) == (fact.source.location.file, fact.source.location.line, fact.source.location.column)
    assert fact.source.item == "azureDirectoryPolicy.exportDeletionLimit"


def test_custom_rules_are_told_in_full_and_standard_ones_by_name() -> None:
    """Of the product's rules neither direction nor mappings are told, so nothing is made up."""
    piece = read().rules

    assert piece is not None
    assert piece.problem is None
    assert [
        ("Out to AAD - Group Join", True, None, None, False, 136),
        ("Out to AAD - Group Writeup Member Limit", True, None, True, False, 137),
        ("Out to AAD - Group Writeup Member Limit - Copy", False, True, False, True, 50),
        ("In from AD - User Join", True, None, None, False, 100),
    ] == [(one.name, one.standard, one.outbound, one.disabled, one.flows, one.precedence) for one in piece.rules]
    custom = piece.rules[2]
    assert (ENTRA_CONNECTOR, "group", "") == (custom.connector, custom.target, custom.tag)
    assert ["LESSTHAN_OR_EQUAL 200000"] == [f"{one.operator} {one.value}" for one in custom.clauses]
    assert ["200000" in one.text for one in custom.expressions] == [True]
    assert piece.rules[3].connector != ENTRA_CONNECTOR


def test_the_policy_of_a_migration_holds_metadata_only() -> None:
    """Its rules lie in the folder beside it, so it says nothing of them."""
    [reading] = synchronization_policy.read(exported(MIGRATED))

    assert reading.rules is None
    assert {"product.version", "server.name", "server.adsync_service_account"} == set(reading.facts)


@pytest.mark.parametrize(
    ("part", "key", "raw", "fact", "expected"),
    [
        ("policyMetadata", "azureADConnectVersion", "v2.6", "product.version", Reason.UNPARSED),
        ("policyMetadata", "azureADConnectVersion", 2, "product.version", Reason.WRONG_TYPE),
        ("policyMetadata", "azureADConnectVersion", None, "product.version", Reason.NO_DATA),
        ("deploymentMetadata", "hostName", "", "server.name", Reason.NO_DATA),
        ("deploymentMetadata", "hostName", ["x"], "server.name", Reason.WRONG_TYPE),
        ("deploymentMetadata", "autoUpgradeState", "suspended", "product.auto_upgrade_state", "Suspended"),
        ("deploymentMetadata", "autoUpgradeState", "Paused", "product.auto_upgrade_state", Reason.UNPARSED),
        ("azureDirectoryPolicy", "exportDeletionLimit", 0, "features.export_deletion_threshold", "0"),
        ("azureDirectoryPolicy", "exportDeletionLimit", "5e2", "features.export_deletion_threshold", Reason.UNPARSED),
        ("azureDirectoryPolicy", "exportDeletionLimit", True, "features.export_deletion_threshold", Reason.WRONG_TYPE),
        ("azureDirectoryPolicy", "exportDeletionLimit", 5.0, "features.export_deletion_threshold", Reason.WRONG_TYPE),
    ],
)
def test_t21_what_is_not_a_value_is_unknown(part: str, key: str, raw: object, fact: str, expected: object) -> None:
    """T21: null, empty, another type and another form have reasons of their own."""
    assert expected == value(read(lambda told: told[part].update({key: raw})).facts[fact])


@pytest.mark.parametrize("key", ["policyMetadata", "deploymentMetadata"])
def test_a_part_that_is_lost_states_nothing(key: str) -> None:
    """A policy without one of its parts is still known for what it is."""
    assert read(lambda told: told.pop(key)).rules is not None


@pytest.mark.parametrize("raw", ["2026-11-20T08:15:30.1234567Z", "2026-11-20 08:15:30Z", "2026-11-20T09:15:30+01:00"])
def test_times_with_an_offset_are_read(raw: str) -> None:
    """With a blank or with `T` between date and time."""
    date = read(lambda told: told["policyMetadata"].update(timeCreated=raw)).date

    assert date is not None
    assert datetime(2026, 11, 20, 8, 15, 30, tzinfo=UTC) == date.replace(microsecond=0)


@pytest.mark.parametrize("raw", [None, "", "20.11.2026", "2026-11-20 08:15:30", 5])
def test_a_time_without_an_offset_says_too_little(raw: object) -> None:
    """The date of the policy is unknown then."""
    assert read(lambda told: told["policyMetadata"].update(timeCreated=raw)).date is None


def custom(change: Callable[[dict[str, Any]], object]) -> Change:
    """Change the custom rule."""
    return lambda told: change(told["azureDirectoryPolicy"]["customSynchronizationRules"][0])


def without(key: str) -> Change:
    """Take a key from the custom rule."""
    return custom(lambda rule: rule.pop(key))


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        *[
            pytest.param(without(key), Reason.TRUNCATED, id=f"no {key}")
            for key in (
                "uniqueIdentifier",
                "Name",
                "direction",
                "target",
                "precedence",
                "attributeMappings",
                "scopeFilters",
            )
        ],
        pytest.param(custom(lambda rule: rule.update(direction="Sideways")), Reason.UNPARSED, id="another direction"),
        pytest.param(custom(lambda rule: rule.update(disabled="False")), Reason.WRONG_TYPE, id="disabled as text"),
        pytest.param(custom(lambda rule: rule.update(uniqueIdentifier="x")), Reason.UNPARSED, id="no identifier"),
        pytest.param(custom(lambda rule: rule.update(immutableTag="Microsoft.X.001")), Reason.AMBIGUOUS, id="a tag"),
        pytest.param(
            custom(lambda rule: rule.update(attributeMappings=None)), Reason.WRONG_TYPE, id="T20 null mappings"
        ),
        pytest.param(custom(lambda rule: rule.update(attributeMappings={})), Reason.WRONG_TYPE, id="T20 no list"),
        pytest.param(custom(lambda rule: rule.update(scopeFilters=[{}])), Reason.WRONG_TYPE, id="T20 no group"),
        pytest.param(
            custom(lambda rule: rule["attributeMappings"][0].update(expression=None)),
            Reason.TRUNCATED,
            id="no expression",
        ),
        pytest.param(
            custom(lambda rule: rule["attributeMappings"][0].update(expression=5)), Reason.WRONG_TYPE, id="no text"
        ),
        pytest.param(lambda told: told.pop("azureDirectoryPolicy"), Reason.TRUNCATED, id="no rules to Entra"),
        pytest.param(lambda told: told.pop("onpremisesDirectoryPolicy"), Reason.TRUNCATED, id="no rules of a forest"),
        pytest.param(
            lambda told: told["azureDirectoryPolicy"].pop("customSynchronizationRules"), Reason.TRUNCATED, id="no list"
        ),
    ],
)
def test_one_rule_that_is_not_told_makes_the_set_unknown(change: Change, reason: Reason) -> None:
    """It may have been the rule that counts."""
    piece = read(change).rules

    assert piece is not None
    assert () == piece.rules
    assert piece.problem is not None
    assert reason is piece.problem.reason


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param('{"policyMetadata": {}, "deploymentMetadata": {}}', True, id="both"),
        pytest.param('{"deploymentMetadata": {', True, id="cut off"),
        pytest.param('{"metadata": "policyMetadata"}', False, id="as a value"),
        pytest.param('["policyMetadata"]', False, id="a list"),
        pytest.param("", False, id="nothing"),
    ],
)
def test_a_policy_is_known_by_its_metadata(text: str, expected: bool) -> None:
    """Never by the name of its file; one that is cut off is known, and unreadable."""
    assert expected is synchronization_policy.recognises(sample(text))


@pytest.mark.parametrize("text", ['{"policyMetadata": []}', '{"policyMetadata": {', '{"policyMetadata": 5}'])
def test_a_policy_of_another_shape_is_unreadable(text: str) -> None:
    """Parts are objects."""
    with pytest.raises(UnreadableError):
        synchronization_policy.read(sample(text))
