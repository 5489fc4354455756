"""What a synchronization service holds: rules, connectors and settings, as objects of .NET and as the module tells them."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.peer.net_objects import NetEnum, NetList, NetObject, Value
from tests.peer.serialization import duration, texts

# NOTE: the names of these types are invented; nothing may depend on them.
_SPACE = "Microsoft.IdentityManagement.PowerShell.ObjectModel."

ENTRA = "b891884f-051e-4a83-95af-2544101c9083"
ENTRA_SUBTYPE = "Windows Azure Active Directory (Microsoft)"
CONNECTOR_SECRET = "connector-secret-that-must-stay-on-the-server"
"""Stands among the parameters of the Entra connector, and must be found nowhere else."""


def _typed_list(items: tuple[Value, ...], name: str) -> NetList:
    return NetList(items, f"System.Collections.Generic.List`1[[{_SPACE}{name}, {_SPACE[:-1]}]]")


def _member(type_: str, name: str, members: tuple[str, ...]) -> NetEnum:
    return NetEnum(_SPACE + type_, name, members.index(name))


_DIRECTIONS = ("Inbound", "Outbound")
_FLOW_TYPES = ("Direct", "Constant", "Expression")
_OPERATORS = ("EQUAL", "NOTEQUAL", "LESSTHAN", "LESSTHAN_OR_EQUAL")
_POLICIES = ("Unspecified", "Delta", "Initial")
_UPGRADES = ("Suspended", "Enabled", "Disabled")


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """A mapping to one attribute."""

    destination: str
    expression: str | None = None
    source: tuple[str, ...] = ()

    @property
    def _type(self) -> str:
        return "Direct" if self.expression is None else "Expression"

    def net(self) -> NetObject:
        """Give it as an object."""
        own: dict[str, Value] = {
            "Source": texts(self.source),
            "Destination": self.destination,
            "FlowType": _member("AttributeMappingFlowType", self._type, _FLOW_TYPES),
            "ExecuteOnce": False,
            "Expression": self.expression,
            "ValueMergeType": NetEnum(_SPACE + "AttributeValueMergeType", "Update", 0),
        }
        return NetObject(types=(_SPACE + "AttributeFlowMapping", "System.Object"), own=own)

    def told(self) -> dict[str, Any]:
        """Give it as the module does."""
        return {
            "Destination": self.destination,
            "FlowType": self._type,
            "Expression": self.expression,
            "Source": list(self.source),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """One condition of a scope."""

    attribute: str
    operator: str
    value: str

    def net(self) -> NetObject:
        """Give it as an object."""
        own: dict[str, Value] = {
            "Attribute": self.attribute,
            "ComparisonOperator": _member("ComparisonOperator", self.operator, _OPERATORS),
            "ComparisonValue": self.value,
        }
        return NetObject(types=(_SPACE + "ScopeCondition", "System.Object"), own=own)

    def told(self) -> dict[str, Any]:
        """Give it as the module does."""
        return {
            "Attribute": self.attribute,
            "ComparisonOperator": self.operator,
            "ComparisonValue": self.value,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A synchronization rule."""

    name: str
    direction: str = "Outbound"
    precedence: int = 100
    disabled: bool = False
    connector: str = ENTRA
    target: str = "group"
    tag: str = ""
    flows: tuple[Flow, ...] = ()
    scope: tuple[tuple[Condition, ...], ...] = ()

    @property
    def identifier(self) -> uuid.UUID:
        """Its identifier, always the same for a name."""
        return uuid.uuid5(uuid.NAMESPACE_DNS, self.name)

    def net(self) -> NetObject:
        """Give it as `Get-ADSyncRule` does."""
        groups = tuple(
            NetObject(
                types=(_SPACE + "ScopeConditionGroup", "System.Object"),
                own={"ScopeConditionList": _typed_list(tuple(one.net() for one in group), "ScopeCondition")},
            )
            for group in self.scope
        )
        tag = NetObject(types=(_SPACE + "ImmutableTag", "System.Object"), own={"TagValue": self.tag}, text=self.tag)
        own: dict[str, Value] = {
            "Identifier": self.identifier,
            "Name": self.name,
            "Version": 1,
            "Description": "",
            "ImmutableTag": tag if self.tag else None,
            "Direction": _member("SynchronizationRuleDirection", self.direction, _DIRECTIONS),
            "Disabled": self.disabled,
            "Connector": uuid.UUID(self.connector),
            "SourceObjectType": "group",
            "TargetObjectType": self.target,
            "LinkType": NetEnum(_SPACE + "SynchronizationRuleLinkType", "Join", 1),
            "Precedence": self.precedence,
            "IsStandardRule": bool(self.tag),
            "AttributeFlowMappings": _typed_list(tuple(one.net() for one in self.flows), "AttributeFlowMapping"),
            "ScopeFilter": _typed_list(groups, "ScopeConditionGroup"),
        }
        return NetObject(types=(_SPACE + "SynchronizationRule", "System.Object"), own=own)

    def told(self) -> dict[str, Any]:
        """Give it as the module does."""
        return {
            "Identifier": str(self.identifier),
            "Name": self.name,
            "Direction": self.direction,
            "Precedence": self.precedence,
            "Disabled": self.disabled,
            "Connector": self.connector,
            "TargetObjectType": self.target,
            "ImmutableTag": {"TagValue": self.tag or None},
            "IsStandardRule": bool(self.tag),
            "AttributeFlowMappings": [one.told() for one in self.flows],
            "ScopeFilter": [{"ScopeConditionList": [one.told() for one in group]} for group in self.scope],
        }


def member_limit(limit: int) -> Flow:
    """Give the mapping by which the product limits the members of a group."""
    expression = f'IIF((ValueCount("member")> {limit}),Error("Maximum Group member count exceeded"),IgnoreThisFlow)'
    return Flow(destination="member", expression=expression, source=("member",))


def group_rules(limit: int) -> tuple[Rule, ...]:
    """Give the two rules of the product that limit the members of groups, and one that does not."""
    cloud = ((Condition(attribute="cloudFiltered", operator="NOTEQUAL", value="True"),),)
    return (
        Rule(
            name="Out to AAD - Group Join",
            precedence=139,
            tag="Microsoft.OuttoAADGroupJoin.008",
            flows=(Flow(destination="displayName", source=("displayName",)), member_limit(limit)),
            scope=cloud,
        ),
        Rule(
            name="Out to AAD - Group Writeup Member Limit",
            precedence=137,
            tag="Microsoft.OuttoAADGroupWriteupMemberLimit.003",
            flows=(member_limit(limit),),
            scope=cloud,
        ),
        Rule(
            name="In from AD - Group Join",
            direction="Inbound",
            precedence=112,
            connector="44b84d44-1237-591c-9f6d-4fd8490b6a29",
            tag="Microsoft.InfromADGroupJoin.005",
            flows=(Flow(destination="cn", source=("cn",)),),
        ),
    )


def filler_rules(count: int, flows: int = 15) -> tuple[Rule, ...]:
    """Give rules that matter to nobody, as a real server has them by the hundred."""
    return tuple(
        Rule(
            name=f"In from AD - Filler {number:03}",
            direction="Inbound",
            precedence=200 + number,
            connector="44b84d44-1237-591c-9f6d-4fd8490b6a29",
            target="person",
            tag=f"Microsoft.InfromADFiller{number:03}.001",
            flows=tuple(
                Flow(
                    destination=f"extension{one}",
                    expression=f"Trim([extension{one}])" if one % 3 == 0 else None,
                    source=(f"extension{one}",),
                )
                for one in range(flows)
            ),
        )
        for number in range(count)
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Connector:
    """A connector of the service."""

    name: str
    identifier: str = ENTRA
    subtype: str = ENTRA_SUBTYPE
    account: str = ""
    export_type: int | None = 5

    def net(self) -> NetObject:
        """Give it as `Get-ADSyncConnector` does; what is secret stands among its parameters."""
        parameters = tuple(
            _parameter(name, value) for name, value in (("UserName", self.account), ("Password", CONNECTOR_SECRET))
        )
        extension = NetObject(
            types=(_SPACE + "ExtensionConfiguration", "System.Object"), own={"ExportType": self.export_type}
        )
        own: dict[str, Value] = {
            "Name": self.name,
            "Identifier": uuid.UUID(self.identifier),
            "SubType": self.subtype,
            "ConnectivityParameters": NetList(parameters, _SPACE + "ParameterKeyedCollection"),
            "ExtensionConfiguration": extension if self.export_type is not None else None,
        }
        return NetObject(types=(_SPACE + "Connector", "System.Object"), own=own)

    def told(self) -> dict[str, Any]:
        """Give it as the module does."""
        return {
            "Name": self.name,
            "Identifier": self.identifier,
            "SubType": self.subtype,
            "ConnectivityParameters": [{"Name": "UserName", "Value": self.account}],
            "ExtensionConfiguration": {"ExportType": self.export_type},
        }


def _parameter(name: str, value: str) -> NetObject:
    own: dict[str, Value] = {
        "Name": name,
        "InputType": NetEnum(_SPACE + "InputType", "String", 0),
        "Scope": NetEnum(_SPACE + "Scope", "SynchronizationGlobal", 8),
        "Value": value,
        "Extensible": False,
    }
    return NetObject(types=(_SPACE + "ConfigurationParameter", "System.Object"), own=own)


def global_settings(parameters: dict[str, str]) -> NetObject:
    """Give what `Get-ADSyncGlobalSettings` gives."""
    listed = NetList(
        tuple(_parameter(name, value) for name, value in parameters.items()), _SPACE + "ParameterKeyedCollection"
    )
    own: dict[str, Value] = {"Version": 12, "InstanceId": uuid.UUID(int=12), "Parameters": listed}
    return NetObject(types=(_SPACE + "GlobalSettings", "System.Object"), own=own)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scheduler:
    """The settings of the scheduler."""

    allowed: timedelta = timedelta(minutes=30)
    effective: timedelta = timedelta(minutes=30)
    customized: timedelta | None = None
    policy: str = "Delta"
    next_start: datetime = datetime(2026, 11, 22, 8, 20, tzinfo=UTC)
    purge: timedelta = timedelta(days=7)
    switches: dict[str, bool] = field(default_factory=dict)  # those that differ from a healthy server's

    def _properties(self) -> dict[str, Value]:
        switches = {
            "SyncCycleEnabled": True,
            "MaintenanceEnabled": True,
            "StagingModeEnabled": False,
            "SchedulerSuspended": False,
            "SyncCycleInProgress": False,
        } | self.switches
        return {
            "AllowedSyncCycleInterval": self.allowed,
            "CurrentlyEffectiveSyncCycleInterval": self.effective,
            "CustomizedSyncCycleInterval": self.customized,
            "NextSyncCyclePolicyType": _member("SyncCyclePolicyType", self.policy, _POLICIES),
            "NextSyncCycleStartTimeInUTC": self.next_start,
            "PurgeRunHistoryInterval": self.purge,
            **switches,
        }

    def net(self) -> NetObject:
        """Give what `Get-ADSyncScheduler` gives."""
        types = ("Microsoft.IdentityManagement.PowerShell.Cmdlet.SchedulerSettings", "System.Object")
        return NetObject(types=types, own=self._properties())

    def told(self) -> dict[str, Any]:
        """Give it as the module does."""
        return {name: _plain(value) for name, value in self._properties().items()}


def _plain(value: Value) -> object:
    match value:
        case timedelta():
            return duration(value)
        case datetime():
            return value.strftime("%Y-%m-%dT%H:%M:%S.%f0Z")
        case NetEnum():
            return value.name
        case _:
            return value


@dataclass(frozen=True, slots=True, kw_only=True)
class AutoUpgrade:
    """The state of automatic upgrade."""

    state: str = "Enabled"
    reason: str = ""
    knows_detail: bool = True  # older builds do not have the parameter

    def net(self) -> NetEnum:
        """Give what `Get-ADSyncAutoUpgrade` gives."""
        return _member("AutoUpgradeConfigurationState", self.state, _UPGRADES)

    def detailed(self) -> NetObject:
        """Give what it gives with `-Detail`."""
        own: dict[str, Value] = {"State": self.net(), "SuspensionReason": self.reason}
        return NetObject(types=(_SPACE + "AutoUpgradeDetail", "System.Object"), own=own)

    def told(self) -> dict[str, Any]:
        """Give it as the module does."""
        reason = {"SuspensionReason": self.reason} if self.knows_detail else {}
        return {"State": self.state, **reason}
