"""Documents as our module writes them on a server, for the tests."""

from __future__ import annotations

import json
from typing import Any

ENTRA = "b891884f-051e-4a83-95af-2544101c9083"
RULE_JOIN, RULE_LIMIT = "00000000-0000-0000-0000-0000000000aa", "00000000-0000-0000-0000-0000000000bb"
MOMENT = "2026-11-22T08:00:00.1234567Z"


def live(value: object, item: str) -> dict[str, Any]:
    """Give a fact that a running server told."""
    return {"status": "known", "value": value, "source": {"format": "live", "item": item}}


def rule(identifier: str, name: str, tag: str, precedence: int, limit: int) -> dict[str, Any]:
    """Give a standard rule of groups with a limit, as the module projects it."""
    expression = f'IIF((ValueCount("member")> {limit}),Error("x"),IgnoreThisFlow)'
    return {
        "Identifier": identifier, "Name": name, "Direction": "Outbound", "Precedence": precedence, "Disabled": False,
        "Connector": ENTRA, "TargetObjectType": "group", "ImmutableTag": {"TagValue": tag}, "IsStandardRule": True,
        "AttributeFlowMappings": [
            {"Destination": "member", "FlowType": "Expression", "Expression": expression, "Source": ["member"]},
            {"Destination": "cn", "FlowType": "Direct", "Expression": None, "Source": ["cn"]},
        ],
        "ScopeFilter": [
            {"ScopeConditionList": [
                {"Attribute": "cloudFiltered", "ComparisonOperator": "NOTEQUAL", "ComparisonValue": "True"}
            ]}
        ],
    }  # fmt: skip


def answers(limit: int = 250000) -> dict[str, Any]:
    """Give what the cmdlets of a healthy server answer."""
    return {
        "Get-ADSyncScheduler": [
            {
                "AllowedSyncCycleInterval": "PT30M", "CurrentlyEffectiveSyncCycleInterval": "PT30M",
                "CustomizedSyncCycleInterval": None, "NextSyncCyclePolicyType": "Delta",
                "NextSyncCycleStartTimeInUTC": "2026-11-22T08:20:00.0000000Z", "PurgeRunHistoryInterval": "P7D",
                "SyncCycleEnabled": True, "MaintenanceEnabled": True, "StagingModeEnabled": False,
                "SchedulerSuspended": False, "SyncCycleInProgress": False,
            }
        ],
        "Get-ADSyncRule": [
            rule(RULE_JOIN, "Out to AAD - Group Join", "Microsoft.OuttoAADGroupJoin.006", 139, limit),
            rule(
                RULE_LIMIT, "Out to AAD - Group Writeup Member Limit",
                "Microsoft.OuttoAADGroupWriteupMemberLimit.003", 137, limit,
            ),
        ],
        "Get-ADSyncConnector": [
            {
                "Name": "fabrikam.onmicrosoft.com - AAD", "Identifier": ENTRA,
                "SubType": "Windows Azure Active Directory (Microsoft)",
                "ConnectivityParameters": [
                    {"Name": "UserName", "Value": "Sync_SYNC01_0123456789ab@fabrikam.onmicrosoft.com"}
                ],
                "ExtensionConfiguration": {"ExportType": 5},
            }
        ],
        "Get-ADSyncGlobalSettings": [
            {"Parameters": [
                {"Name": "Microsoft.Synchronize.ServerConfigurationVersion", "Value": "2.6.91.0"},
                {"Name": "Microsoft.OptionalFeature.ExportDeletionThreshold", "Value": "True"},
                {"Name": "Microsoft.OptionalFeature.ExportDeletionThresholdValue", "Value": "500"},
            ]}
        ],
        "Get-ADSyncAutoUpgrade": [{"State": "Enabled", "SuspensionReason": ""}],
    }  # fmt: skip


def document(computer: str = "SYNC01", limit: int = 250000) -> dict[str, Any]:
    """Give the document of a healthy server that is on the v2 endpoint."""
    key = r"HKLM\SYSTEM\CurrentControlSet\Services\ADSync\Parameters"
    return {
        "format": "adsync-checker/facts/v1",
        "server": computer,
        "sources": [{"format": "live", "path": computer, "assignment": "named by the server", "date": MOMENT}],
        "collection": {
            "plan": "module", "module_version": "1.0.0", "run_by": "FABRIKAM\\svc-audit", "server_time": MOMENT,
        },
        "facts": {
            "server.name": live(computer, "the computer name"),
            "server.collected_at": live(MOMENT, "the clock"),
            "product.version": live("2.6.91.0", "miiserver.exe"),
            "endpoint.export_api_version_raw": live(2, f"{key}, AadConnectorExportApiVersion"),
            "endpoint.import_api_version_raw": live(2, f"{key}, AadConnectorImportApiVersion"),
            "endpoint.reference_filtering": live(1, key),
            "events.dn_attributes_failures": live(0, "Get-WinEvent"),
        },
        "cmdlets": {name: {"status": "ok", "value": value} for name, value in answers(limit).items()},
    }  # fmt: skip


def text_of(document: dict[str, Any]) -> str:
    """Write *document* as the module does: one line."""
    return json.dumps(document, separators=(",", ":"))
