"""
The fact catalogue: every fact, its type, its meaning, and where each source has it.

The one place that defines facts: the loader checks policies against it, the sources deliver what it names, and the
JSON Schemas and the documentation of the facts are generated from it. Where the product's behaviour is only inferred
or remembered, the meaning says so.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from checker.model.facts import SourceFormat
from checker.model.values import FactType


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldSpec:
    """One field of the records of a list fact."""

    name: str
    type: FactType
    meaning: str
    values: tuple[str, ...] = ()  # the only texts it takes; empty where any will do


@dataclass(frozen=True, slots=True, kw_only=True)
class FactSpec:
    """What is agreed about one fact."""

    name: str
    type: FactType
    meaning: str
    absence: str  # what it means that the fact was looked for and is not there
    sources: Mapping[SourceFormat, str] = field(default_factory=dict)  # where each format has it
    unit: str = ""
    values: tuple[str, ...] = ()  # the only texts it takes; empty where any will do
    fields: tuple[FieldSpec, ...] = ()  # of the records of a list fact
    derived: str = ""  # from which facts it is derived; empty where it is observed

    @property
    def never_absent(self) -> bool:
        """Whether no source says of the fact that it was looked for and is not there."""
        return self.absence in (_UNKNOWN, _RULES)

    @property
    def field_types(self) -> Mapping[str, FactType]:
        """The types of the fields of the records, by name, in the catalogue's order."""
        return {one.name: one.type for one in self.fields}


_FOLDER, _REG, _JSON = SourceFormat.SERVER_CONFIGURATION, SourceFormat.REGISTRY, SourceFormat.SYNCHRONIZATION_POLICY
_CMDLET, _QUERY, _INVENTORY = SourceFormat.CMDLET, SourceFormat.QUERY, SourceFormat.INVENTORY
_LIVE = SourceFormat.LIVE
_INTEGER, _BOOLEAN, _TEXT = FactType.INTEGER, FactType.BOOLEAN, FactType.TEXT
_VERSION, _DURATION, _TIMESTAMP, _RECORDS = (
    FactType.VERSION,
    FactType.DURATION,
    FactType.TIMESTAMP,
    FactType.RECORDS,
)

_PARAMETERS = r"HKLM\SYSTEM\CurrentControlSet\Services\ADSync\Parameters"
_SCHANNEL = r"HKLM\SYSTEM\CurrentControlSet\Control\SecurityProviders\SCHANNEL\Protocols\TLS 1.2"
_NET = r"HKLM\SOFTWARE\Microsoft\.NETFramework\v4.0.30319"
_NET32 = r"HKLM\SOFTWARE\WOW6432Node\Microsoft\.NETFramework\v4.0.30319"
_UNKNOWN = "Never absent: what is missing is unknown."
_OLD_BUILD = "Older builds do not have the parameter."
_RULES = "An empty list where the whole set of rules was read."

_RULE = FieldSpec(name="rule", type=_TEXT, meaning="Identifier of the synchronization rule, a GUID in lower case.")
_NAME = FieldSpec(name="name", type=_TEXT, meaning="Name of the synchronization rule; names may repeat.")
_PRECEDENCE = FieldSpec(name="precedence", type=_INTEGER, meaning="Precedence of the rule; a lower number wins.")
_VIA = FieldSpec(
    name="via",
    type=_TEXT,
    values=("expression", "scope"),
    meaning="Whether the limit stands in the expression of `member` or in a scope clause on `memberCount`.",
)


def _global(name: str) -> dict[SourceFormat, str]:
    """Say where a global settings parameter stands in the folder and in the cmdlet's dump."""
    return {
        _FOLDER: f"GlobalSettings, parameter `{name}`",
        _CMDLET: f"`Get-ADSyncGlobalSettings`, parameter `{name}`",
    }


def _scheduler(parameter: str, property_: str) -> dict[SourceFormat, str]:
    """Say where a setting of the scheduler stands: a global settings parameter, a property of the cmdlet."""
    where = _global(f"Microsoft.Synchronize.{parameter}") if parameter else {}
    cmdlet = f"`Get-ADSyncScheduler`, `{property_}`"
    return where | {_CMDLET: f"{cmdlet}; {where[_CMDLET]}" if where else cmdlet}


def _feature(name: str, kind: FactType, meaning: str, parameter: str) -> FactSpec:
    return FactSpec(name=name, type=kind, meaning=meaning, absence=_OLD_BUILD, sources=_global(parameter))


def _dword(name: str, meaning: str, key: str, value: str) -> FactSpec:
    return FactSpec(
        name=name,
        type=_INTEGER,
        meaning=meaning,
        absence="The default of the operating system counts.",
        sources={_REG: f"`{key}`, `{value}`"},
    )


_SPECS = (
    FactSpec(
        name="server.name",
        type=_TEXT,
        meaning="Computer name of the server.",
        absence=_UNKNOWN,
        sources={
            _FOLDER: "GlobalSettings, attribute `server` of the root",
            _JSON: "`deploymentMetadata.hostName`",
            _REG: r"`HKLM\SYSTEM\CurrentControlSet\Control\ComputerName\ComputerName`, `ComputerName`",
        },
    ),
    FactSpec(
        name="server.role",
        type=_TEXT,
        values=("active", "staging"),
        meaning="What the server is for: `active` exports, `staging` only imports and calculates. It is declared, not "
        "observed; `scheduler.staging_mode_enabled` is what was observed.",
        absence=_UNKNOWN,
        sources={_INVENTORY: "`role` of the server"},
    ),
    FactSpec(
        name="server.collected_at",
        type=_TIMESTAMP,
        absence=_UNKNOWN,
        meaning="When the facts were taken: the date of the oldest source. Unknown if a source does not say. "
        "The date of GlobalSettings carries no zone and is taken as UTC (inferred from a real export).",
        sources={
            _FOLDER: "GlobalSettings, attribute `export-date` of the root",
            _JSON: "`policyMetadata.timeCreated`",
            _LIVE: "the moment of the collection; of a snapshot, the moment when it was written",
        },
    ),
    FactSpec(
        name="server.global_parameters",
        type=_RECORDS,
        absence=_UNKNOWN,
        meaning="Every parameter of the global settings, as text.",
        sources={_FOLDER: "GlobalSettings, all parameters", _CMDLET: "`Get-ADSyncGlobalSettings`, `Parameters`"},
        fields=(
            FieldSpec(name="name", type=_TEXT, meaning="Name of the parameter."),
            FieldSpec(name="value", type=_TEXT, meaning="Its value, as text."),
        ),
    ),
    FactSpec(
        name="server.adsync_service_account",
        type=_TEXT,
        meaning="Account that the service ADSync runs as.",
        absence=_UNKNOWN,
        sources={
            _REG: r"`HKLM\SYSTEM\CurrentControlSet\Services\ADSync`, `ObjectName`",
            _JSON: "`deploymentMetadata.serviceAccount`",
        },
    ),
    FactSpec(
        name="server.dotnet_release",
        type=_INTEGER,
        absence="No .NET Framework 4 is installed.",
        meaning="Release number of the .NET Framework 4; 461808 is 4.7.2.",
        sources={_REG: r"`HKLM\SOFTWARE\Microsoft\NET Framework Setup\NDP\v4\Full`, `Release`"},
    ),
    FactSpec(
        name="product.version",
        type=_VERSION,
        meaning="Version of the product, four parts.",
        absence=_UNKNOWN,
        sources={
            _FOLDER: "Entra connector, `extension-config/assembly-version`",
            _JSON: "`policyMetadata.azureADConnectVersion`",
            _LIVE: rf"product version of `Bin\miiserver.exe` in the folder that `{_PARAMETERS}`, `Path` names",
        },
    ),
    FactSpec(
        name="product.configuration_version",
        type=_VERSION,
        absence=_UNKNOWN,
        meaning="Version that the configuration was last brought to by the wizard.",
        sources=_global("Microsoft.Synchronize.ServerConfigurationVersion"),
    ),
    FactSpec(
        name="product.configuration_current",
        type=_BOOLEAN,
        absence=_UNKNOWN,
        meaning="Whether the configuration version is the product version; otherwise an upgrade is only half done.",
        derived="`product.version`, `product.configuration_version`",
    ),
    FactSpec(
        name="product.expected_version_line",
        type=_VERSION,
        meaning="The line of versions that the server should run, such as 2.5: the leading parts of its version.",
        absence=_UNKNOWN,
        sources={_INVENTORY: "`version_line` of the server"},
    ),
    FactSpec(
        name="product.on_expected_version_line",
        type=_BOOLEAN,
        absence=_UNKNOWN,
        meaning="Whether the version begins with all parts of the expected line.",
        derived="`product.version`, `product.expected_version_line`",
    ),
    FactSpec(
        name="product.supported",
        type=_BOOLEAN,
        absence=_UNKNOWN,
        meaning="Whether the version is supported at the time of the run, by the table of ends of support. "
        "A version that the table does not list is unknown.",
        derived="`product.version`, the table of ends of support",
    ),
    FactSpec(
        name="product.auto_upgrade_state",
        type=_TEXT,
        values=("Enabled", "Disabled", "Suspended"),
        meaning="State of automatic upgrade.",
        absence=_OLD_BUILD,
        sources={
            **_global("Microsoft.OptionalFeature.AutoUpgradeState"),
            _CMDLET: "`Get-ADSyncAutoUpgrade`; `Get-ADSyncGlobalSettings`, parameter "
            "`Microsoft.OptionalFeature.AutoUpgradeState`",
            _JSON: "`deploymentMetadata.autoUpgradeState`",
        },
    ),
    FactSpec(
        name="product.auto_upgrade_suspension_reason",
        type=_TEXT,
        meaning="Why automatic upgrade is suspended.",
        absence="It is not suspended, or the build does not have the parameter.",
        sources={
            **_global("Microsoft.OptionalFeature.AutoUpgradeSuspensionReason"),
            _CMDLET: "`Get-ADSyncAutoUpgrade -Detail`, `SuspensionReason`; `Get-ADSyncGlobalSettings`, parameter "
            "`Microsoft.OptionalFeature.AutoUpgradeSuspensionReason`",
        },
    ),
    FactSpec(
        name="endpoint.export_api_version_raw",
        type=_INTEGER,
        meaning="Registry value `AadConnectorExportApiVersion`, as it stands.",
        absence="The value is not set; what counts then depends on the product version.",
        sources={
            _REG: f"`{_PARAMETERS}`, `AadConnectorExportApiVersion`",
            _CMDLET: "`Get-ItemProperty …Parameters`, `AadConnectorExportApiVersion`",
            _QUERY: "the line `AadConnectorExportApiVersion`",
        },
    ),
    FactSpec(
        name="endpoint.import_api_version_raw",
        type=_INTEGER,
        meaning="Registry value `AadConnectorImportApiVersion`, as it stands.",
        absence="The value is not set; what counts then depends on the product version.",
        sources={
            _REG: f"`{_PARAMETERS}`, `AadConnectorImportApiVersion`",
            _CMDLET: "`Get-ItemProperty …Parameters`, `AadConnectorImportApiVersion`",
            _QUERY: "the line `AadConnectorImportApiVersion`",
        },
    ),
    FactSpec(
        name="endpoint.export_type",
        type=_INTEGER,
        absence=_UNKNOWN,
        meaning="Export type of the Entra connector: 2 is the v1 endpoint, 5 the v2 endpoint.",
        sources={
            _FOLDER: "Entra connector, `extension-config/export-type`",
            _CMDLET: "`Get-ADSyncConnector`, `ExtensionConfiguration.ExportType` of the Entra connector",
        },
    ),
    FactSpec(
        name="endpoint.reference_filtering",
        type=_INTEGER,
        meaning="Registry value `EnableNonExistentObjectReferenceExportFiltering` of the Entra connector: "
        "0 goes with v1, 1 with v2.",
        absence="From 2.2.8.0 on the product takes 1.",
        sources={
            _REG: rf"`{_PARAMETERS}\PerMAInstance\NAME`, `EnableNonExistentObjectReferenceExportFiltering`",
        },
    ),
    FactSpec(
        name="endpoint.export_api_version",
        type=_INTEGER,
        absence=_UNKNOWN,
        meaning="Version of the endpoint that exports use: 1 or 2.",
        derived="`product.version`, `endpoint.export_api_version_raw`, `endpoint.export_type`",
    ),
    FactSpec(
        name="endpoint.import_api_version",
        type=_INTEGER,
        meaning="Version of the endpoint that imports use: 1 or 2.",
        absence="From 1.6.2.4 on the value is not set and the product's getter assumes 2; "
        "`Set-ADSyncAADConnectorImportApiVersion 2` sets it explicitly.",
        derived="`product.version`, `endpoint.import_api_version_raw`",
    ),
    FactSpec(
        name="endpoint.consistent",
        type=_BOOLEAN,
        absence=_UNKNOWN,
        meaning="Whether the three places that hold the export version agree: registry, export type, reference "
        "filtering. Any two known places that differ make it false; true needs all three.",
        derived="`endpoint.export_api_version_raw`, `endpoint.export_type`, `endpoint.reference_filtering`, "
        "`product.version`",
    ),
    FactSpec(
        name="tenant.id",
        type=_TEXT,
        meaning="Identifier of the tenant.",
        absence=_UNKNOWN,
        sources={_JSON: "`azureDirectoryPolicy.tenantId`", _INVENTORY: "`facts` of the server"},
    ),
    FactSpec(
        name="tenant.connector_name",
        type=_TEXT,
        meaning="Name of the Entra connector.",
        absence=_UNKNOWN,
        sources={_FOLDER: "Entra connector, `name`", _CMDLET: "`Get-ADSyncConnector`, `Name` of the Entra connector"},
    ),
    FactSpec(
        name="tenant.connector_id",
        type=_TEXT,
        absence=_UNKNOWN,
        meaning="Identifier of the Entra connector, a GUID in lower case.",
        sources={
            _FOLDER: "Entra connector, `id`",
            _CMDLET: "`Get-ADSyncConnector`, `Identifier` of the Entra connector",
        },
    ),
    FactSpec(
        name="tenant.connector_account",
        type=_TEXT,
        absence=_UNKNOWN,
        meaning="Account of the Entra connector, its parameter `UserName`.",
        sources={
            _FOLDER: "Entra connector, parameter `UserName`",
            _CMDLET: "`Get-ADSyncConnector`, `ConnectivityParameters`, `UserName` of the Entra connector",
        },
    ),
    FactSpec(
        name="tenant.connector_identity",
        type=_TEXT,
        values=("ServiceAccount", "Application"),
        absence=_UNKNOWN,
        meaning="How the Entra connector signs in. An account with a domain is a service account; how an export shows "
        "an application is not confirmed, so anything else is unknown.",
        derived="`tenant.connector_account`",
    ),
    FactSpec(
        name="tenant.cloud",
        type=_TEXT,
        values=("commercial", "usgov", "china", "germany"),
        absence=_UNKNOWN,
        meaning="Cloud of the tenant, by the suffix of its initial domain (the suffixes are remembered, not "
        "confirmed: `.onmicrosoft.com`, `.onmicrosoft.us`, `.partner.onmschina.cn`, `.onmicrosoft.de`). "
        "Connector name and account must agree.",
        derived="`tenant.connector_name`, `tenant.connector_account`",
        sources={_INVENTORY: "`facts` of the server"},
    ),
    FactSpec(
        name="groups.member_limits",
        type=_RECORDS,
        meaning="Every member limit in force: expressions of `member` and scope clauses on `memberCount` of enabled "
        "outbound group rules to the Entra connector.",
        absence="No enabled rule limits the members; the service still enforces 250,000.",
        sources={
            _FOLDER: "all SynchronizationRules",
            _CMDLET: "`Get-ADSyncRule`",
        },
        fields=(
            _RULE,
            _NAME,
            _PRECEDENCE,
            FieldSpec(name="standard", type=_BOOLEAN, meaning="Whether it is a rule of the product."),
            _VIA,
            FieldSpec(name="limit", type=_INTEGER, meaning="The most members that a group may have, in members."),
        ),
    ),
    FactSpec(
        name="groups.member_limit",
        type=_INTEGER,
        unit="members",
        meaning="The lowest of `groups.member_limits`: the limit that takes effect.",
        absence="No enabled rule limits the members; the service still enforces 250,000.",
        sources={_FOLDER: "all SynchronizationRules", _CMDLET: "`Get-ADSyncRule`"},
    ),
    FactSpec(
        name="groups.member_limit_unparsed",
        type=_RECORDS,
        absence=_RULES,
        meaning="The `member` expressions and `memberCount` clauses, in force, that were not understood.",
        sources={_FOLDER: "all SynchronizationRules", _CMDLET: "`Get-ADSyncRule`"},
        fields=(_RULE, _NAME, _VIA, FieldSpec(name="text", type=_TEXT, meaning="The expression or clause.")),
    ),
    FactSpec(
        name="groups.custom_member_limit_rules",
        type=_RECORDS,
        absence=_RULES,
        meaning="Enabled custom rules that limit the members of groups.",
        sources={
            _FOLDER: "all SynchronizationRules",
            _CMDLET: "`Get-ADSyncRule`",
            _JSON: "`customSynchronizationRules`",
        },
        fields=(_RULE, _NAME, _PRECEDENCE),
    ),
    FactSpec(
        name="groups.member_limit_rule_standard_disabled",
        type=_BOOLEAN,
        absence=_UNKNOWN,
        meaning="Whether the standard rule that carries the member limit (Group Writeup Member Limit from 1.6.2.4 on, "
        "Group Join before) is disabled.",
        sources={_FOLDER: "all SynchronizationRules", _CMDLET: "`Get-ADSyncRule`"},
    ),
    FactSpec(
        name="rules.custom_rule_count",
        type=_INTEGER,
        unit="rules",
        meaning="How many custom rules there are.",
        absence=_UNKNOWN,
        sources={
            _FOLDER: "all SynchronizationRules",
            _CMDLET: "`Get-ADSyncRule`",
            _JSON: "`customSynchronizationRules`",
        },
    ),
    FactSpec(
        name="rules.standard_rules_disabled",
        type=_RECORDS,
        absence=_RULES,
        meaning="Rules of the product that are disabled.",
        sources={_FOLDER: "all SynchronizationRules", _CMDLET: "`Get-ADSyncRule`"},
        fields=(_RULE, _NAME, _PRECEDENCE),
    ),
    FactSpec(
        name="rules.custom_rules_outside_0_99",
        type=_RECORDS,
        absence=_RULES,
        meaning="Custom rules, disabled or not, whose precedence is not from 0 to 99.",
        sources={
            _FOLDER: "all SynchronizationRules",
            _CMDLET: "`Get-ADSyncRule`",
            _JSON: "`customSynchronizationRules`",
        },
        fields=(_RULE, _NAME, _PRECEDENCE),
    ),
    FactSpec(
        name="rules.duplicate_precedence",
        type=_RECORDS,
        absence=_RULES,
        meaning="Precedences that several rules have, disabled or not, also of different connectors.",
        sources={
            _FOLDER: "all SynchronizationRules",
            _CMDLET: "`Get-ADSyncRule`",
            _JSON: "`standardSynchronizationRules`, `customSynchronizationRules`",
        },
        fields=(
            _PRECEDENCE,
            FieldSpec(name="rules", type=_TEXT, meaning="Identifiers of the rules, joined by a comma and a blank."),
            FieldSpec(name="names", type=_TEXT, meaning="Names of the rules, in the same order."),
        ),
    ),
    FactSpec(
        name="scheduler.sync_cycle_enabled",
        type=_BOOLEAN,
        absence=_UNKNOWN,
        meaning="Whether the scheduler runs import, synchronization and export.",
        sources=_scheduler("SynchronizationSchedule", "SyncCycleEnabled"),
    ),
    FactSpec(
        name="scheduler.maintenance_enabled",
        type=_BOOLEAN,
        absence=_UNKNOWN,
        meaning="Whether maintenance renews keys and certificates and purges the run history.",
        sources=_scheduler("MaintenanceEnabled", "MaintenanceEnabled"),
    ),
    FactSpec(
        name="scheduler.staging_mode_enabled",
        type=_BOOLEAN,
        absence=_UNKNOWN,
        meaning="Whether the server is in staging mode: it imports and synchronizes, and exports nothing.",
        sources=_scheduler("StagingMode", "StagingModeEnabled"),
    ),
    FactSpec(
        name="scheduler.suspended",
        type=_BOOLEAN,
        absence=_UNKNOWN,
        meaning="Whether the wizard or an upgrade has suspended the scheduler.",
        sources=_scheduler("SchedulerSuspended", "SchedulerSuspended"),
    ),
    FactSpec(
        name="scheduler.sync_cycle_in_progress",
        type=_BOOLEAN,
        absence=_UNKNOWN,
        meaning="Whether a cycle was running when the facts were taken.",
        sources=_scheduler("", "SyncCycleInProgress"),
    ),
    FactSpec(
        name="scheduler.allowed_sync_interval",
        type=_DURATION,
        absence=_UNKNOWN,
        meaning="The shortest interval that Entra allows.",
        sources=_scheduler("", "AllowedSyncCycleInterval"),
    ),
    FactSpec(
        name="scheduler.effective_sync_interval",
        type=_DURATION,
        absence=_UNKNOWN,
        meaning="The interval in effect. In the global settings it is `TimeInterval` (inferred).",
        sources=_scheduler("TimeInterval", "CurrentlyEffectiveSyncCycleInterval"),
    ),
    FactSpec(
        name="scheduler.customized_sync_interval",
        type=_DURATION,
        meaning="The interval that an administrator has set.",
        absence="The product's interval counts.",
        sources=_scheduler("", "CustomizedSyncCycleInterval"),
    ),
    FactSpec(
        name="scheduler.next_sync_policy",
        type=_TEXT,
        values=("Unspecified", "Delta", "Initial"),
        absence=_UNKNOWN,
        meaning="Whether the next cycle is a delta or an initial (full) one.",
        sources=_scheduler("SynchronizationPolicy", "NextSyncCyclePolicyType"),
    ),
    FactSpec(
        name="scheduler.next_sync_start",
        type=_TIMESTAMP,
        absence=_UNKNOWN,
        meaning="When the next cycle starts.",
        sources=_scheduler("NextStartTime", "NextSyncCycleStartTimeInUTC"),
    ),
    FactSpec(
        name="scheduler.purge_run_history_interval",
        type=_DURATION,
        absence=_UNKNOWN,
        meaning="How long the run history is kept.",
        sources=_scheduler("RunHistoryPurgeInterval", "PurgeRunHistoryInterval"),
    ),
    FactSpec(
        name="features.export_deletion_threshold_enabled",
        type=_BOOLEAN,
        absence=_UNKNOWN,
        meaning="Whether an export with too many deletions is stopped.",
        sources=_global("Microsoft.OptionalFeature.ExportDeletionThreshold"),
    ),
    FactSpec(
        name="features.export_deletion_threshold",
        type=_INTEGER,
        unit="objects",
        absence=_UNKNOWN,
        meaning="How many deletions stop an export.",
        sources={
            **_global("Microsoft.OptionalFeature.ExportDeletionThresholdValue"),
            _JSON: "`azureDirectoryPolicy.exportDeletionLimit`",
        },
    ),
    FactSpec(
        name="features.password_hash_sync",
        type=_RECORDS,
        absence="There is no Active Directory connector.",
        meaning="Password hash synchronization of each Active Directory connector.",
        sources={_FOLDER: "Active Directory connectors, `password-hash-sync-config/enabled`"},
        fields=(
            FieldSpec(name="connector", type=_TEXT, meaning="Name of the connector."),
            FieldSpec(name="enabled", type=_BOOLEAN, meaning="Whether it synchronizes password hashes."),
        ),
    ),
    FactSpec(
        name="features.ad_connector_accounts",
        type=_RECORDS,
        absence="There is no Active Directory connector.",
        meaning="Account of each Active Directory connector.",
        sources={_FOLDER: "Active Directory connectors, `forest-login-user`, `forest-login-domain`"},
        fields=(
            FieldSpec(name="connector", type=_TEXT, meaning="Name of the connector."),
            FieldSpec(name="domain", type=_TEXT, meaning="Domain of the account."),
            FieldSpec(name="user", type=_TEXT, meaning="Name of the account."),
        ),
    ),
    _feature(
        "features.sign_on_method",
        _TEXT,
        "How users sign in, such as `PasswordHashSync`.",
        "Microsoft.UserSignIn.SignOnMethod",
    ),
    _feature(
        "features.desktop_sso_enabled",
        _BOOLEAN,
        "Whether Seamless SSO is on.",
        "Microsoft.UserSignIn.DesktopSsoEnabled",
    ),
    _feature(
        "features.group_writeback_enabled",
        _BOOLEAN,
        "Whether groups are written back to Active Directory.",
        "Microsoft.OptionalFeature.GroupWriteBack",
    ),
    _feature(
        "features.device_writeback_enabled",
        _BOOLEAN,
        "Whether devices are written back to Active Directory.",
        "Microsoft.OptionalFeature.DeviceWriteBack",
    ),
    _feature(
        "features.exchange_hybrid_enabled",
        _BOOLEAN,
        "Whether attributes for Exchange hybrid are written back.",
        "Microsoft.OptionalFeature.HybridExchange",
    ),
    _feature(
        "features.source_anchor_attribute",
        _TEXT,
        "Attribute that ties an on-premises object to its cloud object.",
        "Microsoft.SynchronizationOption.AnchorAttribute",
    ),
    FactSpec(
        name="features.admin_audit_logging_raw",
        type=_INTEGER,
        meaning="Registry value `AuditEventLogging`, as it stands.",
        absence="The value is not set; from 2.4.129.0 on that means on.",
        sources={_REG: r"`HKLM\SOFTWARE\Microsoft\Azure AD Connect`, `AuditEventLogging`"},
    ),
    FactSpec(
        name="features.admin_audit_logging",
        type=_BOOLEAN,
        meaning="Whether changes by administrators are written to the event log.",
        absence="The build is older than 2.4.129.0 and has no such logging.",
        derived="`product.version`, `features.admin_audit_logging_raw`",
    ),
    _dword("tls.client_enabled", "TLS 1.2 for outgoing connections: 1 is on.", rf"{_SCHANNEL}\Client", "Enabled"),
    _dword(
        "tls.client_disabled_by_default",
        "TLS 1.2 off by default for outgoing connections: 0 is not.",
        rf"{_SCHANNEL}\Client",
        "DisabledByDefault",
    ),
    _dword("tls.server_enabled", "TLS 1.2 for incoming connections: 1 is on.", rf"{_SCHANNEL}\Server", "Enabled"),
    _dword(
        "tls.server_disabled_by_default",
        "TLS 1.2 off by default for incoming connections: 0 is not.",
        rf"{_SCHANNEL}\Server",
        "DisabledByDefault",
    ),
    _dword(
        "tls.dotnet_system_default",
        "Whether .NET (64 bit) uses the system's TLS versions: 1 is yes.",
        _NET,
        "SystemDefaultTlsVersions",
    ),
    _dword(
        "tls.dotnet_strong_crypto",
        "Whether .NET (64 bit) uses strong cryptography: 1 is yes.",
        _NET,
        "SchUseStrongCrypto",
    ),
    _dword(
        "tls.dotnet32_system_default",
        "Whether .NET (32 bit) uses the system's TLS versions: 1 is yes.",
        _NET32,
        "SystemDefaultTlsVersions",
    ),
    _dword(
        "tls.dotnet32_strong_crypto",
        "Whether .NET (32 bit) uses strong cryptography: 1 is yes.",
        _NET32,
        "SchUseStrongCrypto",
    ),
    FactSpec(
        name="events.dn_attributes_failures",
        type=_INTEGER,
        unit="events of the last 7 days",
        absence=_UNKNOWN,
        meaning="Export errors `dn-attributes-failure`: events 6949 of the source ADSync in the log Application. "
        "No export holds them; a running server tells them.",
        sources={_LIVE: "`Get-WinEvent`, log Application, event 6949"},
    ),
)


def _told_live(spec: FactSpec) -> FactSpec:
    """Add where a running server has it: what its cmdlets show and what its registry holds is read there too."""
    where = spec.sources.get(_LIVE) or spec.sources.get(_CMDLET) or spec.sources.get(_REG)
    if where is None:
        return spec
    where = spec.sources[_REG] if spec.name in _OF_REGISTRY else where
    return replace(spec, sources={**spec.sources, _LIVE: where})


_OF_REGISTRY = ("endpoint.export_api_version_raw", "endpoint.import_api_version_raw")
"""Dumps of a cmdlet hold them too, and on a server the registry itself is asked."""

CATALOGUE: Mapping[str, FactSpec] = MappingProxyType({spec.name: _told_live(spec) for spec in _SPECS})
"""Every fact by its name."""


def facts_in(source: SourceFormat) -> tuple[str, ...]:
    """Name the facts that a source of this format can hold; the project's own document can hold all."""
    if source is SourceFormat.FACTS:
        return tuple(CATALOGUE)
    return tuple(name for name, spec in CATALOGUE.items() if source in spec.sources)
