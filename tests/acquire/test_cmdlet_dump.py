"""Dumps of cmdlets, as JSON of two PowerShells and as CLIXML."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from checker.acquire import cmdlet_dump
from checker.acquire.reading import ConnectorName, Reading
from checker.acquire.sample import UnreadableError
from checker.acquire.sync_rule import ENTRA_CONNECTOR, RulePiece
from checker.model.facts import Absent, Fact, Known, Reason, Unknown
from tests.acquire.sampling import EXPORTS, exported, sample

Change = Callable[[Any], object]


def text_of(name: str) -> str:
    """Give the text of a synthetic dump."""
    raw = (EXPORTS / "cmdlets" / name).read_bytes()
    return raw.decode("utf-16" if raw.startswith(b"\xff\xfe") else "utf-8")


def dump(name: str) -> Reading:
    """Read a synthetic dump."""
    found = exported(f"cmdlets/{name}")
    assert cmdlet_dump.recognises(found)
    [reading] = cmdlet_dump.read(found)
    return reading


def read(told: object, name: str = "dump.json") -> Reading:
    """Read *told* as JSON."""
    found = sample(json.dumps(told, indent=1), name)
    assert cmdlet_dump.recognises(found)
    [reading] = cmdlet_dump.read(found)
    return reading


def changed(name: str, change: Change) -> Reading:
    """Read a synthetic dump in JSON, changed."""
    told = json.loads(text_of(name))
    change(told)
    return read(told)


def value(fact: Fact | None) -> object:
    """Give the value, the reason, or that it is absent; None where the fact is left out."""
    match fact:
        case None:
            return None
        case Known():
            return fact.value
        case Absent():
            return "absent"
        case Unknown():
            return fact.reason


SCHEDULERS = ["Get-ADSyncScheduler-ps51.json", "Get-ADSyncScheduler-ps7.json", "Get-ADSyncScheduler.clixml"]


@pytest.mark.parametrize("name", SCHEDULERS)
def test_the_scheduler_is_told_alike_in_every_shape(name: str) -> None:
    """Enum numbers and names, objects and texts of lengths of time, three notations of times."""
    assert {
        "scheduler.sync_cycle_enabled": True,
        "scheduler.maintenance_enabled": True,
        "scheduler.staging_mode_enabled": False,
        "scheduler.suspended": False,
        "scheduler.sync_cycle_in_progress": False,
        "scheduler.allowed_sync_interval": timedelta(minutes=30),
        "scheduler.effective_sync_interval": timedelta(minutes=30),
        "scheduler.customized_sync_interval": "absent",
        "scheduler.next_sync_policy": "Delta",
        "scheduler.next_sync_start": datetime(2026, 11, 19, 10, tzinfo=UTC),
        "scheduler.purge_run_history_interval": timedelta(days=7),
    } == {fact: value(told) for fact, told in dump(name).facts.items()}


def test_a_single_object_and_a_list_of_one_say_the_same() -> None:
    """`ConvertTo-Json` writes one or the other, depending on how it was called."""
    told = json.loads(text_of(SCHEDULERS[0]))

    assert set(read(told).facts) == set(read([told]).facts)
    assert set(read(told).facts) == set(read({"value": [told], "Count": 1}).facts)


TICKS = 600_000_000


@pytest.mark.parametrize(
    ("property_", "raw", "fact", "expected"),
    [
        ("SyncCycleEnabled", None, "sync_cycle_enabled", Reason.NO_DATA),
        ("SyncCycleEnabled", "", "sync_cycle_enabled", Reason.UNPARSED),
        ("SyncCycleEnabled", "True", "sync_cycle_enabled", Reason.WRONG_TYPE),
        ("SyncCycleEnabled", 1, "sync_cycle_enabled", Reason.WRONG_TYPE),
        ("SyncCycleEnabled", [True], "sync_cycle_enabled", Reason.WRONG_TYPE),
        ("SyncCycleEnabled", "System.Object[]", "sync_cycle_enabled", Reason.TRUNCATED),
        ("NextSyncCyclePolicyType", 0, "next_sync_policy", "Unspecified"),
        ("NextSyncCyclePolicyType", 2, "next_sync_policy", "Initial"),
        ("NextSyncCyclePolicyType", "initial", "next_sync_policy", "Initial"),
        ("NextSyncCyclePolicyType", {"value": 1, "Value": "Delta"}, "next_sync_policy", "Delta"),
        ("NextSyncCyclePolicyType", {"value": 2, "Value": "Delta"}, "next_sync_policy", Reason.UNPARSED),
        ("NextSyncCyclePolicyType", 3, "next_sync_policy", Reason.UNPARSED),
        ("NextSyncCyclePolicyType", "Full", "next_sync_policy", Reason.UNPARSED),
        ("NextSyncCyclePolicyType", True, "next_sync_policy", Reason.WRONG_TYPE),
        ("CustomizedSyncCycleInterval", {"Ticks": TICKS}, "customized_sync_interval", timedelta(minutes=1)),
        ("CustomizedSyncCycleInterval", {"Days": 1}, "customized_sync_interval", Reason.WRONG_TYPE),
        ("CustomizedSyncCycleInterval", {"Ticks": "1"}, "customized_sync_interval", Reason.WRONG_TYPE),
        ("CustomizedSyncCycleInterval", {"Ticks": 2**63 - 1}, "customized_sync_interval", Reason.UNPARSED),
        ("CustomizedSyncCycleInterval", "1.02:03:04", "customized_sync_interval", timedelta(1, 7384)),
        ("CustomizedSyncCycleInterval", "PT1H", "customized_sync_interval", timedelta(hours=1)),
        ("CustomizedSyncCycleInterval", "30", "customized_sync_interval", Reason.UNPARSED),
        ("CustomizedSyncCycleInterval", 1800, "customized_sync_interval", Reason.WRONG_TYPE),
        ("NextSyncCycleStartTimeInUTC", "/Date(0)/", "next_sync_start", datetime(1970, 1, 1, tzinfo=UTC)),
        ("NextSyncCycleStartTimeInUTC", "/Date(-1000+0200)/", "next_sync_start", datetime(1969, 12, 31, 23, 59, 59, tzinfo=UTC)),
        ("NextSyncCycleStartTimeInUTC", {"value": "/Date(0)/", "DateTime": "x"}, "next_sync_start", datetime(1970, 1, 1, tzinfo=UTC)),
        ("NextSyncCycleStartTimeInUTC", "2026-11-19T10:00:00", "next_sync_start", datetime(2026, 11, 19, 10, tzinfo=UTC)),
        ("NextSyncCycleStartTimeInUTC", "2026-11-19T10:00:00+02:00", "next_sync_start", datetime(2026, 11, 19, 8, tzinfo=UTC)),
        ("NextSyncCycleStartTimeInUTC", "/Date(999999999999999)/", "next_sync_start", Reason.UNPARSED),
        ("NextSyncCycleStartTimeInUTC", "24-3-2025 22:03:04", "next_sync_start", Reason.UNPARSED),
        ("NextSyncCycleStartTimeInUTC", 0, "next_sync_start", Reason.WRONG_TYPE),
    ],
)  # fmt: skip
def test_a_property_is_read_as_its_type_or_not_at_all(property_: str, raw: object, fact: str, expected: object) -> None:
    """T19, T21: null, empty, another type, another form and a cut-off text are told apart."""
    assert expected == value(
        changed(SCHEDULERS[0], lambda told: told.update({property_: raw})).facts[f"scheduler.{fact}"]
    )


def test_a_property_that_was_not_selected_states_nothing() -> None:
    """`Select-Object` may have left it out, and another source may have it."""
    assert {"scheduler.suspended"} == set(read({"SchedulerSuspended": False}).facts)


def test_two_schedulers_are_not_one() -> None:
    """It cannot be told which one is the server's."""
    told = json.loads(text_of(SCHEDULERS[0]))

    with pytest.raises(UnreadableError, match="2 objects"):
        read([told, told])


def test_a_property_that_stands_twice_in_other_letters_is_refused() -> None:
    """PowerShell ignores the case of letters, so one hides the other."""
    with pytest.raises(UnreadableError, match="twice"):
        read({"SyncCycleEnabled": True, "synccycleenabled": False})


def test_a_fact_says_where_it_stands() -> None:
    """A report can point at the line of the property."""
    fact = dump("Get-ADSyncScheduler-ps7.json").facts["scheduler.sync_cycle_enabled"]

    assert isinstance(fact, Known)
    assert fact.source.location is not None
    assert (8, 3, "SyncCycleEnabled") == (fact.source.location.line, fact.source.location.column, fact.source.item)


RULES = ["Get-ADSyncRule-ps51-depth6.json", "Get-ADSyncRule-ps7-depth6.json", "Get-ADSyncRule-depth6.clixml"]


def rules_of(reading: Reading) -> RulePiece:
    """Give the rules of a dump."""
    assert reading.rules is not None
    return reading.rules


@pytest.mark.parametrize("name", RULES)
def test_rules_are_told_alike_in_every_shape(name: str) -> None:
    """Direction, disabled, tag, mappings and clauses, whether enums are numbers or names."""
    piece = rules_of(dump(name))

    assert piece.problem is None
    assert [
        ("In from AD - User Join", True, False, "person", 100, [], []),
        ("Out to AAD - Group Join", True, True, "group", 136, [], []),
        ("Out to AAD - Group Writeup Member Limit", True, True, "group", 137, ["250000"], []),
        ("Out to AAD - Group Limit - Custom", False, True, "group", 50, ["100000"], ["LESSTHAN_OR_EQUAL 120000"]),
    ] == [
        (
            one.name,
            one.standard,
            one.outbound,
            one.target,
            one.precedence,
            [expression.text.partition("> ")[2].partition(")")[0] for expression in one.expressions],
            [f"{clause.operator} {clause.value}" for clause in one.clauses],
        )
        for one in piece.rules
    ]
    assert {False} == {one.disabled for one in piece.rules}
    assert [False, True, True, True] == [one.connector == ENTRA_CONNECTOR for one in piece.rules]
    assert "Microsoft.OuttoAADGroupWriteupMemberLimit.003" == piece.rules[2].tag
    assert "0a000000-0000-4000-8000-000000000001" == piece.rules[0].identifier
    assert f"cmdlets/{name}" == piece.set


@pytest.mark.parametrize("name", ["Get-ADSyncRule-ps51-default-depth.json", "Get-ADSyncRule-default-depth.clixml"])
def test_t19_a_dump_of_the_default_depth_is_truncated(name: str) -> None:
    """T19: names of types in place of records are no records, and the sentence says what to do."""
    piece = rules_of(dump(name))

    assert () == piece.rules
    assert piece.problem is not None
    assert piece.problem.reason is Reason.TRUNCATED
    assert "-Depth" in piece.problem.detail


def rule(number: int, **properties: object) -> Change:
    """Change properties of a rule."""
    return lambda told: told[number].update(properties)


def without(number: int, property_: str) -> Change:
    """Take a property from a rule."""
    return lambda told: told[number].pop(property_)


def mapping(**properties: object) -> Change:
    """Change the mapping that limits the members."""
    return lambda told: told[2]["AttributeFlowMappings"][0].update(properties)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        *[
            pytest.param(without(0, name), Reason.TRUNCATED, id=f"no {name}")
            for name in (
                "Identifier", "Name", "ImmutableTag", "Direction", "Connector", "TargetObjectType", "Disabled",
                "Precedence", "AttributeFlowMappings", "ScopeFilter",
            )
        ],
        *[
            pytest.param(rule(0, **{name: None}), Reason.NO_DATA, id=f"{name} is null")
            for name in ("Identifier", "Name", "Direction", "Connector", "TargetObjectType", "Disabled", "Precedence")
        ],
        pytest.param(rule(0, AttributeFlowMappings=None), Reason.WRONG_TYPE, id="T20 null for an empty list"),
        pytest.param(rule(0, ScopeFilter=None), Reason.WRONG_TYPE, id="T20 null for no clauses"),
        pytest.param(rule(0, AttributeFlowMappings={"Destination": "x"}), Reason.WRONG_TYPE, id="T20 one for a list"),
        pytest.param(rule(0, AttributeFlowMappings="System.Object[]"), Reason.TRUNCATED, id="T19 a cut-off list"),
        pytest.param(rule(0, ScopeFilter=["@{ScopeConditionList=x}"]), Reason.TRUNCATED, id="T19 a cut-off group"),
        pytest.param(rule(0, ScopeFilter=[{"ScopeConditionList": "a b"}]), Reason.TRUNCATED, id="T19 a joined list"),
        pytest.param(rule(0, ScopeFilter=[{}]), Reason.TRUNCATED, id="a group without conditions"),
        pytest.param(
            rule(0, ImmutableTag="Microsoft.IdentityManagement.PowerShell.ObjectModel.ImmutableTag"),
            Reason.TRUNCATED,
            id="T19 a cut-off tag",
        ),
        pytest.param(rule(0, IsStandardRule=False), Reason.AMBIGUOUS, id="a tag and no standard rule"),
        pytest.param(rule(3, IsStandardRule=True), Reason.AMBIGUOUS, id="no tag and a standard rule"),
        pytest.param(rule(0, Disabled="False"), Reason.WRONG_TYPE, id="T21 disabled as text"),
        pytest.param(rule(0, Direction=2), Reason.UNPARSED, id="no direction"),
        pytest.param(rule(0, Identifier="x"), Reason.UNPARSED, id="no GUID"),
        pytest.param(mapping(Expression=None), Reason.TRUNCATED, id="an expression that is not there"),
        pytest.param(mapping(Expression="", FlowType="Expression"), Reason.TRUNCATED, id="an empty expression"),
        pytest.param(mapping(Expression=["x"]), Reason.WRONG_TYPE, id="an expression that is no text"),
        pytest.param(mapping(FlowType=9), Reason.UNPARSED, id="another flow"),
        pytest.param(mapping(Destination=None), Reason.NO_DATA, id="a mapping to nothing"),
        pytest.param(lambda told: told.append(None), Reason.WRONG_TYPE, id="null for a rule"),
        pytest.param(lambda told: told.append("x"), Reason.TRUNCATED, id="text for a rule"),
        pytest.param(lambda told: told.append({}), Reason.TRUNCATED, id="an empty object for a rule"),
    ],
)  # fmt: skip
def test_one_rule_that_is_not_told_makes_the_set_unknown(change: Change, reason: Reason) -> None:
    """T19, T20: whatever the rule was about, it may have been the one that counts."""
    piece = rules_of(changed(RULES[0], change))

    assert () == piece.rules
    assert piece.problem is not None
    assert reason is piece.problem.reason


@pytest.mark.parametrize(
    ("tag", "standard"),
    [
        pytest.param("Microsoft.X.001", True, id="the tag alone, as it was selected"),
        pytest.param({"TagValue": "Microsoft.X.001"}, True, id="an object"),
        pytest.param({"TagValue": ""}, False, id="an object without a tag"),
        pytest.param({"TagValue": None}, False, id="an object with null"),
        pytest.param(None, False, id="null"),
        pytest.param("", False, id="empty"),
    ],
)
def test_a_rule_is_of_the_product_by_its_tag(tag: object, standard: bool) -> None:
    """Custom rules have no tag."""

    def change(told: list[dict[str, Any]]) -> None:
        told[0].update(ImmutableTag=tag)
        del told[0]["IsStandardRule"]

    assert standard is rules_of(changed(RULES[0], change)).rules[0].standard


def test_a_mapping_to_the_members_without_an_expression_limits_nothing() -> None:
    """A direct flow carries the members over."""
    piece = rules_of(changed(RULES[0], mapping(Expression=None, FlowType="Direct")))

    assert () == piece.rules[2].expressions


def test_letter_case_hides_no_limit() -> None:
    """Names of attributes have no case."""

    def change(told: list[dict[str, Any]]) -> None:
        told[2]["AttributeFlowMappings"][0]["Destination"] = "MEMBER"
        told[3]["ScopeFilter"][0]["ScopeConditionList"][0]["Attribute"] = "MemberCount"

    piece = rules_of(changed(RULES[0], change))

    assert (1, 1) == (len(piece.rules[2].expressions), len(piece.rules[3].clauses))


CONNECTORS = ["Get-ADSyncConnector-ps51-depth6.json", "Get-ADSyncConnector.clixml"]
ACCOUNT = "Sync_SYNC01-SYNTHETIC_0123456789ab@fabrikam.onmicrosoft.com"


@pytest.mark.parametrize("name", CONNECTORS)
def test_the_entra_connector_is_told_alike_in_every_shape(name: str) -> None:
    """Name, identifier, account and export type; of the others the names."""
    reading = dump(name)

    assert {
        "tenant.connector_name": "fabrikam.onmicrosoft.com - AAD",
        "tenant.connector_id": ENTRA_CONNECTOR,
        "tenant.connector_account": ACCOUNT,
        "endpoint.export_type": 5,
    } == {fact: value(told) for fact, told in reading.facts.items()}
    assert (
        ConnectorName(name="fabrikam.onmicrosoft.com - AAD", identifier=ENTRA_CONNECTOR, entra=True),
        ConnectorName(name="fabrikam.test", identifier="11111111-2222-4333-8444-555555555555", entra=False),
    ) == reading.connectors


def test_t19_a_cut_off_connector_is_told_as_far_as_it_goes() -> None:
    """T19: its name is there; what lay deeper is truncated."""
    facts = dump("Get-ADSyncConnector-ps51-default-depth.json").facts

    assert {
        "tenant.connector_name": "fabrikam.onmicrosoft.com - AAD",
        "tenant.connector_id": ENTRA_CONNECTOR,
        "tenant.connector_account": Reason.TRUNCATED,
        "endpoint.export_type": Reason.TRUNCATED,
    } == {fact: value(told) for fact, told in facts.items()}


def entra(**properties: object) -> Change:
    """Change the Entra connector."""
    return lambda told: told[0].update(properties)


@pytest.mark.parametrize(
    ("change", "fact", "expected"),
    [
        pytest.param(entra(ExtensionConfiguration={"ExportType": 2}), "endpoint.export_type", 2, id="v1"),
        pytest.param(
            entra(ExtensionConfiguration={"ExportType": "5"}), "endpoint.export_type", Reason.WRONG_TYPE, id="text"
        ),
        pytest.param(
            entra(ExtensionConfiguration={"ExportType": None}), "endpoint.export_type", Reason.NO_DATA, id="null"
        ),
        pytest.param(entra(ExtensionConfiguration={}), "endpoint.export_type", Reason.TRUNCATED, id="no export type"),
        pytest.param(entra(ExtensionConfiguration=None), "endpoint.export_type", Reason.WRONG_TYPE, id="no extension"),
        pytest.param(
            lambda told: told[0].pop("ExtensionConfiguration"), "endpoint.export_type", Reason.TRUNCATED, id="lost"
        ),
        pytest.param(
            entra(ConnectivityParameters={"UserName": {"Value": "a@b"}}),
            "tenant.connector_account",
            "a@b",
            id="dictionary",
        ),
        pytest.param(entra(ConnectivityParameters={"UserName": "a@b"}), "tenant.connector_account", "a@b", id="plain"),
        pytest.param(entra(ConnectivityParameters=[]), "tenant.connector_account", Reason.TRUNCATED, id="no account"),
        pytest.param(
            entra(ConnectivityParameters=[{"Name": "UserName", "Value": "a"}, {"Name": "username", "Value": "b"}]),
            "tenant.connector_account",
            Reason.TRUNCATED,
            id="two accounts",
        ),
        pytest.param(entra(SubType="Other"), "endpoint.export_type", Reason.AMBIGUOUS, id="another subtype"),
        pytest.param(entra(Identifier=None), "endpoint.export_type", Reason.NO_DATA, id="no identifier"),
        pytest.param(entra(Name=""), "tenant.connector_name", Reason.UNPARSED, id="no name"),
        pytest.param(lambda told: told.append(told[0]), "endpoint.export_type", Reason.DUPLICATE, id="two of them"),
        pytest.param(lambda told: told.append(None), "endpoint.export_type", Reason.WRONG_TYPE, id="null for another"),
        pytest.param(
            lambda told: told[1].pop("Identifier"), "endpoint.export_type", Reason.TRUNCATED, id="another unnamed"
        ),
        pytest.param(lambda told: told.pop(0), "endpoint.export_type", None, id="only another"),
    ],
)
def test_what_a_connector_does_not_tell_is_unknown(change: Change, fact: str, expected: object) -> None:
    """T19, T21: nothing is guessed about the connector that counts."""
    assert expected == value(changed(CONNECTORS[0], change).facts.get(fact))


GLOBALS = [
    "Get-ADSyncGlobalSettings-ps51.json",
    "Get-ADSyncGlobalSettings.clixml",
    "Get-ADSyncGlobalSettingsParameter-ps7.json",
]


@pytest.mark.parametrize("name", GLOBALS)
def test_global_settings_are_told_alike_in_every_shape(name: str) -> None:
    """The object with its parameters, or the parameters alone."""
    facts = dump(name).facts
    everything = facts["server.global_parameters"]

    assert {
        "scheduler.sync_cycle_enabled": True,
        "scheduler.effective_sync_interval": timedelta(minutes=30),
        "features.export_deletion_threshold": 500,
        "product.auto_upgrade_suspension_reason": "absent",
        "features.source_anchor_attribute": "mS-DS-ConsistencyGuid",
    }.items() <= {fact: value(told) for fact, told in facts.items()}.items()
    assert isinstance(everything, Known)
    assert isinstance(everything.value, tuple)
    assert 19 == len(everything.value)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        pytest.param(lambda told: told["Parameters"][3].pop("Value"), Reason.TRUNCATED, id="a value is lost"),
        pytest.param(lambda told: told["Parameters"][3].pop("Name"), Reason.TRUNCATED, id="a name is lost"),
        pytest.param(lambda told: told["Parameters"][3].update(Value=True), Reason.WRONG_TYPE, id="T21 no text"),
        pytest.param(
            lambda told: told["Parameters"].__setitem__(3, "@{Name=x; Value=y}"),
            Reason.TRUNCATED,
            id="T19 one is cut off",
        ),
        pytest.param(
            lambda told: told.update(
                Parameters="Microsoft.IdentityManagement.PowerShell.ObjectModel.ParameterCollection"
            ),
            Reason.TRUNCATED,
            id="T19 all are cut off",
        ),
    ],
)
def test_one_parameter_that_is_not_told_makes_all_unknown(change: Change, reason: Reason) -> None:
    """T19: a list with a hole says of no parameter that it is missing."""
    reading = changed(GLOBALS[0], change)

    assert {reason} == {value(fact) for fact in reading.facts.values()}
    assert len(reading.facts) > 15


PARAMETERS_KEY = "Get-ItemProperty-Parameters-ps51.json"
EXPORT, IMPORT = "endpoint.export_api_version_raw", "endpoint.import_api_version_raw"


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        pytest.param(lambda _: None, (2, 2), id="both"),
        pytest.param(lambda told: told.pop("AadConnectorExportApiVersion"), ("absent", 2), id="one is not set"),
        pytest.param(lambda told: told.update(AadConnectorExportApiVersion="2"), (Reason.WRONG_TYPE, 2), id="T21 text"),
        pytest.param(lambda told: told.update(AadConnectorExportApiVersion=None), (Reason.NO_DATA, 2), id="T21 null"),
        pytest.param(
            lambda told: [told.pop("AadConnectorExportApiVersion"), told.pop("AadConnectorImportApiVersion")],
            ("absent", "absent"),
            id="neither is set",
        ),
        pytest.param(
            lambda told: [told.pop("PSPath"), told.pop("AadConnectorExportApiVersion")], (None, 2), id="a selection"
        ),
    ],
)
def test_the_registry_key_as_a_cmdlet_gives_it(change: Change, expected: tuple[object, object]) -> None:
    """The whole key shows what is not set; a selection of other properties does not."""
    facts = changed(PARAMETERS_KEY, change).facts

    assert expected == (value(facts.get(EXPORT)), value(facts.get(IMPORT)))


def test_a_selection_by_the_wildcard_shows_what_is_not_set() -> None:
    """With no other property, it is the article's query."""
    facts = read({"AadConnectorImportApiVersion": 1}).facts

    assert ("absent", 1) == (value(facts[EXPORT]), value(facts[IMPORT]))


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Get-ADSyncAutoUpgrade-ps51.json", ("Enabled", None)),
        ("Get-ADSyncAutoUpgrade.clixml", ("Enabled", None)),
        ("Get-ADSyncAutoUpgrade-Detail-ps51.json", ("Suspended", "UpgradeNotSupportedNonLocalDbInstall")),
    ],
)
def test_automatic_upgrade(name: str, expected: tuple[object, object]) -> None:
    """A number, a member of an enumeration, or an object with the reason."""
    facts = dump(name).facts

    assert expected == (
        value(facts["product.auto_upgrade_state"]),
        value(facts.get("product.auto_upgrade_suspension_reason")),
    )


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        pytest.param({"State": "Disabled", "SuspensionReason": ""}, ("Disabled", "absent"), id="a name, no reason"),
        pytest.param({"State": 1, "SuspensionReason": None}, ("Enabled", "absent"), id="a number, null"),
        pytest.param({"State": 7, "SuspensionReason": 5}, (Reason.UNPARSED, Reason.WRONG_TYPE), id="neither"),
    ],
)
def test_details_of_automatic_upgrade(told: object, expected: tuple[object, object]) -> None:
    """An empty reason says that it is not suspended."""
    facts = read(told).facts

    assert expected == (
        value(facts["product.auto_upgrade_state"]),
        value(facts["product.auto_upgrade_suspension_reason"]),
    )


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        pytest.param("Get-ADSyncAutoUpgrade.json", '"Enabled"', True, id="a word in a file of that name"),
        pytest.param("Get-ADSyncAutoUpgrade.json", "null", False, id="null in a file of that name"),
        pytest.param("x.json", '"Enabled"', False, id="T17 a word"),
        pytest.param("x.json", "1", False, id="T17 a number"),
        pytest.param("x.json", "[]", False, id="T17 an empty list"),
        pytest.param("x.json", "{}", False, id="T17 an empty object"),
        pytest.param("x.json", "null", False, id="T17 null"),
        pytest.param("x.json", "", False, id="T17 nothing"),
        pytest.param("x.json", "<!DOCTYPE html><html></html>", False, id="T17 a page"),
        pytest.param("x.json", '{"Name": "x", "Value": "y"}', False, id="an object of some other purpose"),
        pytest.param("x.json", '{"SyncCycleEnabled": tr', True, id="T16 cut off"),
        pytest.param("x.json", '{"policyMetadata": {}, "ImmutableTag": 1}', False, id="a synchronization policy"),
        pytest.param(
            "x.json", '{"format": "adsync-checker/facts/v1", "ImmutableTag": 1}', False, id="a facts document"
        ),
        pytest.param("x.clixml", "<Objs><S>x</S></Objs>", False, id="CLIXML of some other purpose"),
        pytest.param("x.xml", '<x><S N="SyncCycleEnabled"/></x>', False, id="XML of some other purpose"),
        pytest.param("x.clixml", '<Objs><Obj RefId="0"><MS><B N="SyncCycleEnabled">', True, id="CLIXML cut off"),
        pytest.param("x.xml", '<!DOCTYPE x [\n]><Objs><B N="SyncCycleEnabled"/></Objs>', False, id="another DOCTYPE"),
        pytest.param("x.xml", '<!DOCTYPE Objs><Objs><B N="SyncCycleEnabled"/></Objs>', True, id="T39 a DOCTYPE"),
    ],
)
def test_a_dump_is_known_by_its_names(name: str, content: str, expected: bool) -> None:
    """By properties and types that no other format has, also where the rest is lost."""
    assert expected is cmdlet_dump.recognises(sample(content, name))


@pytest.mark.parametrize("name", [*SCHEDULERS, *RULES, *CONNECTORS, *GLOBALS, PARAMETERS_KEY])
def test_t16_a_dump_that_is_cut_off_is_unreadable(name: str) -> None:
    """T16: half a dump is no smaller dump."""
    text = text_of(name).rstrip()

    for part in (0.3, 0.6, 0.95):
        with pytest.raises(UnreadableError):
            cmdlet_dump.read(sample(text[: int(len(text) * part)], name))


def test_objects_of_another_cmdlet_are_refused() -> None:
    """A name alone makes no dump: the objects must be those of the cmdlet."""
    with pytest.raises(UnreadableError, match="none that a cmdlet gives"):
        cmdlet_dump.read(sample('{"other": {"SyncCycleEnabled": true}}'))
