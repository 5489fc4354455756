"""The shipped policies say what they are meant to say; the tables here are written by hand, not taken from them."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from checker.load.policies import PolicyDocument, load_policies
from checker.model.catalogue import CATALOGUE
from checker.model.policy import (
    AbsentMode,
    AllEqual,
    AtLeast,
    AtMost,
    Case,
    Condition,
    Constraint,
    Count,
    Each,
    Empty,
    Equals,
    ExactlyOne,
    Expectation,
    FactCondition,
    FleetExpectation,
    OneOf,
    ParameterCondition,
    Policy,
    Rule,
    Scope,
    Severity,
)
from checker.model.values import FactType
from checker.model.version import Version
from checker.shipped import shipped_policies

INFO, LOW, MEDIUM, HIGH, CRITICAL = Severity
TRUE, FALSE = Equals(value=True), Equals(value=False)


def version(text: str) -> Version:
    """Read a version of the tables."""
    return Version.parse(text)


def expecting(*constraints: Constraint, absent: AbsentMode = AbsentMode.ERROR) -> tuple[Case, ...]:
    """Write the only case of a rule."""
    return (Case(expectation=Expectation(constraints=constraints, absent=absent)),)


def each(field: str, *constraints: Constraint) -> Each:
    """Write what every record must meet in one field."""
    return Each(((field, constraints),))


def fact_is(fact: str, *constraints: Constraint) -> FactCondition:
    """Write a condition on a fact."""
    return FactCondition(fact=fact, expectation=Expectation(constraints=constraints))


def verified_domain(*, declared: bool, wanted: bool) -> ParameterCondition:
    """Write the condition that the tenant has, or has not, a verified domain."""
    return ParameterCondition(
        parameter="tenant_has_verified_domain",
        value=declared,
        expectation=Expectation(constraints=(Equals(wanted),)),
    )


WITH_TLS_CHECK = (fact_is("product.version", AtLeast(version("2.3.20.0")), AtMost(version("2.4.129.0"))),)
ALLOWED = AbsentMode.ALLOWED

V2_ENDPOINT: dict[str, tuple[str, Severity, tuple[Condition, ...], tuple[Case, ...]]] = {
    "AADC0001": ("endpoint.export_api_version", HIGH, (), expecting(Equals(2))),
    "AADC0002": ("endpoint.import_api_version", HIGH, (), expecting(Equals(2))),
    "AADC0003": ("endpoint.consistent", MEDIUM, (), expecting(TRUE)),
    "AADC0004": ("product.version", HIGH, (), expecting(AtLeast(version("1.5.30.0")))),
    "AADC0005": (
        "tenant.cloud",
        HIGH,
        (),
        (
            Case(
                expectation=Expectation(constraints=(OneOf(("commercial", "usgov", "china")),)),
                when=(fact_is("product.version", AtLeast(version("1.6.4.0"))),),
            ),
            Case(expectation=Expectation(constraints=(OneOf(("commercial",)),))),
        ),
    ),
    "AADC0006": (
        "groups.member_limits",
        HIGH,
        (verified_domain(declared=True, wanted=True),),
        expecting(each("limit", AtLeast(50001), AtMost(250000))),
    ),
    "AADC0007": (
        "groups.member_limits",
        MEDIUM,
        (verified_domain(declared=True, wanted=False),),
        expecting(each("limit", AtMost(15000))),
    ),
    "AADC0008": ("groups.member_limit_unparsed", MEDIUM, (), expecting(Empty(wanted=True))),
    "AADC0009": ("groups.custom_member_limit_rules", MEDIUM, (), expecting(each("precedence", AtLeast(1), AtMost(99)))),
    "AADC0010": ("scheduler.sync_cycle_enabled", HIGH, (), expecting(TRUE)),
    "AADC0011": ("scheduler.suspended", HIGH, (), expecting(FALSE)),
    "AADC0012": ("events.dn_attributes_failures", INFO, (), expecting(AtMost(1000))),
    "AADC0013": ("features.group_writeback_enabled", INFO, (), expecting(FALSE)),
}

RECOMMENDED: dict[str, tuple[str, Severity, tuple[Condition, ...], tuple[Case, ...]]] = {
    "AADC0101": ("scheduler.maintenance_enabled", HIGH, (), expecting(TRUE)),
    "AADC0102": ("scheduler.effective_sync_interval", HIGH, (), expecting(AtMost(timedelta(days=7)))),
    "AADC0103": ("scheduler.effective_sync_interval", LOW, (), expecting(Equals(timedelta(minutes=30)))),
    "AADC0104": ("product.version", CRITICAL, (), expecting(AtLeast(version("2.5.79.0")))),
    "AADC0105": ("product.supported", HIGH, (), expecting(TRUE)),
    "AADC0106": ("product.auto_upgrade_state", LOW, (), expecting(Equals("Enabled"))),
    "AADC0107": ("features.export_deletion_threshold_enabled", HIGH, (), expecting(TRUE)),
    "AADC0108": ("features.export_deletion_threshold", MEDIUM, (), expecting(AtLeast(1), AtMost(500))),
    "AADC0109": ("tls.client_enabled", HIGH, WITH_TLS_CHECK, expecting(Equals(1), absent=ALLOWED)),
    "AADC0110": ("tls.client_disabled_by_default", HIGH, WITH_TLS_CHECK, expecting(Equals(0), absent=ALLOWED)),
    "AADC0111": ("tls.server_enabled", LOW, WITH_TLS_CHECK, expecting(Equals(1), absent=ALLOWED)),
    "AADC0112": ("tls.server_disabled_by_default", LOW, WITH_TLS_CHECK, expecting(Equals(0), absent=ALLOWED)),
    "AADC0113": ("tls.dotnet_system_default", MEDIUM, WITH_TLS_CHECK, expecting(Equals(1))),
    "AADC0114": ("tls.dotnet_strong_crypto", MEDIUM, WITH_TLS_CHECK, expecting(Equals(1))),
    "AADC0115": ("tls.dotnet32_system_default", MEDIUM, WITH_TLS_CHECK, expecting(Equals(1))),
    "AADC0116": ("tls.dotnet32_strong_crypto", MEDIUM, WITH_TLS_CHECK, expecting(Equals(1))),
    "AADC0117": ("features.admin_audit_logging", MEDIUM, (), expecting(TRUE)),
    "AADC0118": ("tenant.connector_identity", INFO, (), expecting(Equals("Application"))),
    "AADC0119": ("rules.standard_rules_disabled", LOW, (), expecting(Empty(wanted=True))),
    "AADC0120": ("rules.custom_rules_outside_0_99", MEDIUM, (), expecting(Empty(wanted=True))),
    "AADC0121": ("rules.duplicate_precedence", MEDIUM, (), expecting(Empty(wanted=True))),
    "AADC0122": ("product.configuration_current", MEDIUM, (), expecting(TRUE)),
    "AADC0123": ("scheduler.staging_mode_enabled", INFO, (), expecting(FALSE)),
}

LINES_DECLARED = ParameterCondition(
    parameter="version_lines_declared", value=False, expectation=Expectation(constraints=(TRUE,))
)

FLEET: dict[str, tuple[str, Severity, tuple[Condition, ...], tuple[Case, ...]]] = {
    "AADC0201": ("scheduler.staging_mode_enabled", CRITICAL, (), ()),
    "AADC0202": ("product.version", MEDIUM, (), ()),
    "AADC0203": ("groups.member_limit", HIGH, (), ()),
    "AADC0204": ("scheduler.sync_cycle_enabled", CRITICAL, (), ()),
    "AADC0205": (
        "scheduler.staging_mode_enabled",
        HIGH,
        (),
        (
            Case(expectation=Expectation(constraints=(TRUE,)), when=(fact_is("server.role", Equals("staging")),)),
            Case(expectation=Expectation(constraints=(FALSE,))),
        ),
    ),
    "AADC0206": ("product.on_expected_version_line", MEDIUM, (LINES_DECLARED,), expecting(TRUE)),
}

OVER_ALL_SERVERS: dict[str, tuple[tuple[FactCondition, ...], FleetExpectation]] = {
    "AADC0201": ((fact_is("scheduler.staging_mode_enabled", FALSE),), ExactlyOne()),
    "AADC0202": ((), AllEqual()),
    "AADC0203": ((), AllEqual()),
    "AADC0204": ((fact_is("scheduler.sync_cycle_enabled", TRUE),), Count((AtLeast(1),))),
}

RULES = {"v2-endpoint": V2_ENDPOINT, "recommended": RECOMMENDED, "fleet": FLEET}

PARAMETERS = {
    "v2-endpoint": {
        "absent_import_version": (FactType.TEXT, "error", ("error", "allowed")),
        "member_limit_minimum": (FactType.INTEGER, 50001, ()),
        "member_limit_maximum": (FactType.INTEGER, 250000, ()),
        "tenant_has_verified_domain": (FactType.BOOLEAN, True, ()),
        "max_dn_attributes_failures": (FactType.INTEGER, 1000, ()),
        "group_writeback": (FactType.BOOLEAN, False, ()),
    },
    "recommended": {
        "sync_interval": (FactType.DURATION, timedelta(minutes=30), ()),
        "auto_upgrade_state": (FactType.TEXT, "Enabled", ("Enabled", "Disabled", "Suspended")),
        "deletion_threshold_maximum": (FactType.INTEGER, 500, ()),
        "staging_mode": (FactType.BOOLEAN, False, ()),
    },
    "fleet": {"version_lines_declared": (FactType.BOOLEAN, False, ())},
}

CHANGE_TO_V2 = r"""Import-Module 'C:\Program Files\Microsoft Azure AD Sync\Extensions\AADConnector.psm1'
Set-ADSyncAADConnectorExportApiVersion 2
Set-ADSyncAADConnectorImportApiVersion 2
"""

ENABLE_V2 = f"""Set-ADSyncScheduler -SyncCycleEnabled $false
{CHANGE_TO_V2}Set-ADSyncScheduler -SyncCycleEnabled $true
"""

IN_THE_EDITOR = {
    *("AADC0006", "AADC0007", "AADC0008", "AADC0009"),
    *("AADC0119", "AADC0120", "AADC0121"),
}
"""The rules that only the Synchronization Rules Editor can put right."""


def load(name: str, **settings: str) -> Policy:
    """Load a shipped policy by its name."""
    document = PolicyDocument(path=f"{name}.yaml", content=shipped_policies()[name].read_bytes(), shipped=True)
    return load_policies([document], settings)[0]


def rule_of(policy: Policy, rule_id: str) -> Rule:
    """Give one rule of *policy*."""
    return next(rule for rule in policy.rules if rule.id == rule_id)


LOADED = {name: load(name) for name in RULES}
EVERY_RULE = [pytest.param(rule, id=rule.id) for policy in LOADED.values() for rule in policy.rules]


def test_the_tables_speak_of_all_shipped_policies() -> None:
    """No policy is shipped that these tests do not know."""
    assert set(RULES) == set(shipped_policies())


@pytest.mark.parametrize("name", RULES)
def test_rules_stand_in_order_and_are_exactly_those_of_the_table(name: str) -> None:
    """A policy holds the rules that it promises, in the order of their ids, and no other."""
    assert list(RULES[name]) == [rule.id for rule in LOADED[name].rules]


@pytest.mark.parametrize("rule", EVERY_RULE)
def test_rule_means_what_the_table_says(rule: Rule) -> None:
    """Fact, severity, condition and expectation of each rule are those that were agreed."""
    agreed = RULES[rule.policy][rule.id]

    assert agreed == (rule.fact, rule.severity, rule.when, rule.cases)


@pytest.mark.parametrize("rule", EVERY_RULE)
def test_rule_speaks_of_servers_or_of_fleets_as_the_table_says(rule: Rule) -> None:
    """Only the rules of the table look at all servers of a tenant together, each in the way that was agreed."""
    where, expected = OVER_ALL_SERVERS.get(rule.id, ((), None))

    assert (where, expected) == (rule.where, rule.fleet)
    assert (Scope.FLEET if expected else Scope.SERVER) is rule.scope


@pytest.mark.parametrize("name", RULES)
def test_parameters_are_those_of_the_table(name: str) -> None:
    """Each parameter has the type, the default and the choices that were agreed, and says what it is."""
    parameters = LOADED[name].parameters

    assert PARAMETERS[name] == {one.name: (one.type, one.default, one.one_of) for one in parameters}
    assert all(one.description.endswith(".") for one in parameters)


@pytest.mark.parametrize("name", RULES)
def test_policies_name_themselves_as_their_file(name: str) -> None:
    """The name that a report shows is the name that `--policy` takes."""
    assert name == LOADED[name].name


def test_no_id_is_used_twice() -> None:
    """All shipped policies can be selected together."""
    documents = [
        PolicyDocument(path=f"{name}.yaml", content=entry.read_bytes(), shipped=True)
        for name, entry in shipped_policies().items()
    ]
    loaded = load_policies(documents, {})
    ids = [rule.id for policy in loaded for rule in policy.rules]

    assert len(ids) == len(set(ids)) == len(V2_ENDPOINT) + len(RECOMMENDED) + len(FLEET)


def test_recommended_adds_at_least_fifteen_rules_from_0101() -> None:
    """The recommended policy has a range of ids of its own."""
    ids = [rule.id for rule in LOADED["recommended"].rules]

    assert len(ids) >= 15
    assert min(ids) == "AADC0101"


def test_fleet_has_a_range_of_ids_from_0201() -> None:
    """The rules over the servers of a tenant stay apart from the others by their ids."""
    assert min(rule.id for rule in LOADED["fleet"].rules) == "AADC0201"


@pytest.mark.parametrize("rule", EVERY_RULE)
def test_every_fact_named_is_in_the_catalogue(rule: Rule) -> None:
    """A rule and its conditions speak of facts that exist."""
    conditions = [*rule.when, *rule.where, *(condition for case in rule.cases for condition in case.when)]
    facts = {rule.fact, *(one.fact for one in conditions if isinstance(one, FactCondition))}

    assert facts <= set(CATALOGUE)


@pytest.mark.parametrize("rule", EVERY_RULE)
def test_every_rule_says_why_and_what_to_do(rule: Rule) -> None:
    """A finding carries enough for the person who must act: whole sentences, https references, controls."""
    assert rule.rationale.endswith(".")
    assert rule.remediation.text.endswith(".")
    assert rule.references
    assert all(reference.startswith("https://") for reference in rule.references)
    assert {"nist-800-53", "iso-27001"} <= {framework for framework, _ in rule.controls}
    assert all(items for _, items in rule.controls)
    assert rule.tags


@pytest.mark.parametrize("rule", EVERY_RULE)
def test_every_rule_supports_configuration_management(rule: Rule) -> None:
    """An auditor finds every rule under the controls for configuration settings."""
    controls = dict(rule.controls)

    assert "CM-6" in controls["nist-800-53"]
    assert "A.8.9" in controls["iso-27001"]


@pytest.mark.parametrize("rule", EVERY_RULE)
def test_first_line_of_a_remediation_stands_alone(rule: Rule) -> None:
    """Where there is room for one line only, it is a whole sentence that says what to do."""
    first = rule.remediation.text.splitlines()[0]

    assert first.endswith(".")
    assert len(first) <= 200


@pytest.mark.parametrize("rule_id", ["AADC0001", "AADC0002", "AADC0003"])
def test_v2_is_switched_on_in_the_right_order(rule_id: str) -> None:
    """The cycle is off before anything is set and on after everything, and both versions are set."""
    remediation = rule_of(LOADED["v2-endpoint"], rule_id).remediation

    assert ENABLE_V2.splitlines() == remediation.powershell.splitlines()
    assert CHANGE_TO_V2.splitlines() == remediation.change.splitlines()


def test_synchronization_rules_are_changed_in_the_editor_only() -> None:
    """No cmdlet of a remediation touches a synchronization rule; a person clones it, and changes the copy."""
    rules = [rule for policy in LOADED.values() for rule in policy.rules]

    assert {rule.id for rule in rules if rule.remediation.editor} == IN_THE_EDITOR
    assert not any("ADSyncRule" in rule.remediation.powershell for rule in rules)


@pytest.mark.parametrize("rule", [param for param in EVERY_RULE if param.id in IN_THE_EDITOR])
def test_steps_in_the_editor_are_numbered_in_order(rule: Rule) -> None:
    """The steps can be followed, and ticked off, one by one."""
    numbers = [int(number) for number in re.findall(r"^([0-9]+)\. ", rule.remediation.editor, re.MULTILINE)]

    assert numbers == list(range(1, len(numbers) + 1))
    assert len(numbers) >= 3


@pytest.mark.parametrize("rule_id", ["AADC0001", "AADC0002", "AADC0003", *sorted(IN_THE_EDITOR)])
def test_a_text_fits_whoever_turns_the_cycle_off(rule_id: str) -> None:
    """The sync cycle is off by a person or by a script, so the text says that it rests, and not which line does it."""
    rule = next(rule for policy in LOADED.values() for rule in policy.rules if rule.id == rule_id)

    text = " ".join(rule.remediation.text.split())

    assert "sync cycle is off" in text
    assert not re.search(r"\blines? below\b|\bthe (first|last) (line|one|stops)\b", text, re.IGNORECASE)


@pytest.mark.parametrize("rule", EVERY_RULE)
def test_a_remediation_that_stops_the_cycle_starts_it_again(rule: Rule) -> None:
    """Nobody who follows a remediation is left with a server that no longer synchronizes."""
    switches = re.findall(r"-SyncCycleEnabled \$(true|false)", rule.remediation.powershell)

    assert switches in ([], ["true"], ["false", "true"])


@pytest.mark.parametrize(
    "unsafe",
    [
        "Disable-ADSyncExportDeletionThreshold",
        "ApiVersion 1",
        "-MaintenanceEnabled $false",
        "-SchedulerSuspended",
        "-AutoUpgradeState Disabled",
        "Remove-ADSyncRule",
        "Remove-Item",
        "Invoke-Expression",
        "Enabled' -Value 0",
        "DisabledByDefault' -Value 1",
    ],
)
def test_no_remediation_lowers_the_safety_of_a_server(unsafe: str) -> None:
    """What is proposed never turns a safeguard off."""
    scripts = [rule.remediation.powershell for policy in LOADED.values() for rule in policy.rules]

    assert not any(unsafe in script for script in scripts)


@pytest.mark.parametrize("rule_id", ["AADC0006", "AADC0007"])
def test_the_limit_is_changed_on_the_rule_that_carries_it(rule_id: str) -> None:
    """The steps name the rule of either generation of the product, and the range of the copy's precedence."""
    remediation = rule_of(LOADED["v2-endpoint"], rule_id).remediation
    text = remediation.text
    writeup = text.index("Out to AAD - Group Writeup Member Limit")
    since = text.index("from version 1.6.2.4 on")
    join = text.index("Out to AAD - Group Join")

    assert writeup < since < join
    assert "precedence from 1 to 99" in remediation.editor


def test_absent_import_version_can_be_allowed() -> None:
    """The parameter decides what the missing registry value means."""
    rule = rule_of(load("v2-endpoint", absent_import_version="allowed"), "AADC0002")

    assert expecting(Equals(2), absent=ALLOWED) == rule.cases


def test_declaring_no_verified_domain_swaps_the_two_limits() -> None:
    """Exactly one of the two rules about the limit applies, whatever is declared."""
    policy = load("v2-endpoint", tenant_has_verified_domain="false")
    conditions = [rule_of(policy, rule_id).when for rule_id in ("AADC0006", "AADC0007")]

    assert [
        (verified_domain(declared=False, wanted=True),),
        (verified_domain(declared=False, wanted=False),),
    ] == conditions


@pytest.mark.parametrize(
    ("policy", "setting", "value", "rule_id", "cases"),
    [
        pytest.param(
            "v2-endpoint",
            "member_limit_minimum",
            "75000",
            "AADC0006",
            expecting(each("limit", AtLeast(75000), AtMost(250000))),
            id="member_limit_minimum",
        ),
        pytest.param(
            "v2-endpoint",
            "member_limit_maximum",
            "100000",
            "AADC0006",
            expecting(each("limit", AtLeast(50001), AtMost(100000))),
            id="member_limit_maximum",
        ),
        pytest.param(
            "v2-endpoint", "max_dn_attributes_failures", "0", "AADC0012", expecting(AtMost(0)), id="dn_attributes"
        ),
        pytest.param("v2-endpoint", "group_writeback", "true", "AADC0013", expecting(TRUE), id="writeback"),
        pytest.param(
            "recommended", "sync_interval", "PT1H", "AADC0103", expecting(Equals(timedelta(hours=1))), id="interval"
        ),
        pytest.param(
            "recommended",
            "auto_upgrade_state",
            "Suspended",
            "AADC0106",
            expecting(Equals("Suspended")),
            id="auto_upgrade",
        ),
        pytest.param(
            "recommended",
            "deletion_threshold_maximum",
            "100",
            "AADC0108",
            expecting(AtLeast(1), AtMost(100)),
            id="threshold",
        ),
        pytest.param("recommended", "staging_mode", "true", "AADC0123", expecting(TRUE), id="staging_mode"),
    ],
)
def test_each_parameter_reaches_its_rule(
    policy: str, setting: str, value: str, rule_id: str, cases: tuple[Case, ...]
) -> None:
    """A value that is set changes the expectation of its rule, and of no other."""
    changed = load(policy, **{setting: value})

    assert cases == rule_of(changed, rule_id).cases
    assert [(rule.id, rule.cases) for rule in LOADED[policy].rules if rule.id != rule_id] == [
        (rule.id, rule.cases) for rule in changed.rules if rule.id != rule_id
    ]


def test_declared_version_lines_make_the_rule_about_them_apply() -> None:
    """Without the declaration the rule is silent, since a server without a declared line would be an error."""
    rule = rule_of(load("fleet", version_lines_declared="true"), "AADC0206")

    assert (replace(LINES_DECLARED, value=True),) == rule.when


def test_references_lead_to_known_sites() -> None:
    """A reader is sent to the vendor's documentation or to the article, and nowhere else."""
    references = {reference for policy in LOADED.values() for rule in policy.rules for reference in rule.references}
    known = (
        "https://learn.microsoft.com/entra/identity/hybrid/connect/",
        "https://dirteam.com/sander/2020/05/25/howto-use-azure-ad-connects-v2-endpoint/",
    )

    assert all(reference.startswith(known) for reference in references)
