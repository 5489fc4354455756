"""The facts that the objects of each cmdlet state."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from checker.acquire.cmdlet_objects import CmdletValue, NotToldError, fact_of, is_cut_off, list_of, object_of, scalar_of
from checker.acquire.global_parameters import EVERY_PARAMETER, PARAMETER_OF_FACT, Parameter, facts_of_parameters
from checker.model.catalogue import CATALOGUE
from checker.model.facts import Absent, Fact, Reason, Source, SourceFormat, Unknown
from checker.model.location import Location
from checker.model.values import FactType

_Facts = Mapping[str, Fact]

_SCHEDULER = {
    "scheduler.sync_cycle_enabled": "SyncCycleEnabled",
    "scheduler.maintenance_enabled": "MaintenanceEnabled",
    "scheduler.staging_mode_enabled": "StagingModeEnabled",
    "scheduler.suspended": "SchedulerSuspended",
    "scheduler.sync_cycle_in_progress": "SyncCycleInProgress",
    "scheduler.allowed_sync_interval": "AllowedSyncCycleInterval",
    "scheduler.effective_sync_interval": "CurrentlyEffectiveSyncCycleInterval",
    "scheduler.customized_sync_interval": "CustomizedSyncCycleInterval",
    "scheduler.next_sync_policy": "NextSyncCyclePolicyType",
    "scheduler.next_sync_start": "NextSyncCycleStartTimeInUTC",
    "scheduler.purge_run_history_interval": "PurgeRunHistoryInterval",
}
SCHEDULER_PROPERTIES = tuple(_SCHEDULER.values())
_SYNC_POLICIES = ((0, "Unspecified"), (1, "Delta"), (2, "Initial"))
_UPGRADE_STATES = ((0, "Suspended"), (1, "Enabled"), (2, "Disabled"))

_API_VERSIONS = {
    "endpoint.export_api_version_raw": "AadConnectorExportApiVersion",
    "endpoint.import_api_version_raw": "AadConnectorImportApiVersion",
}


def looks_like_scheduler(value: CmdletValue) -> bool:
    """Whether *value* is an object of `Get-ADSyncScheduler`, or a selection of its properties."""
    return value.is_a("SchedulerSettings") or any(value.has(name) for name in SCHEDULER_PROPERTIES)


def scheduler_facts(file: str, values: Sequence[CmdletValue]) -> _Facts:
    """Give what `Get-ADSyncScheduler` says."""
    value = _only(values, "Get-ADSyncScheduler")
    facts: dict[str, Fact] = {}
    for name, property_ in _SCHEDULER.items():
        found = value.get(property_)
        if found is None:
            continue
        if name == "scheduler.customized_sync_interval" and found.content is None:
            facts[name] = Absent(_source(file, found, property_), "No administrator has set an interval.")
            continue
        words = _SYNC_POLICIES if name == "scheduler.next_sync_policy" else ()
        facts[name] = fact_of(file, found, CATALOGUE[name].type, property_, words=words)
    return facts


def looks_like_parameters_key(value: CmdletValue) -> bool:
    """Whether *value* is the registry key `Parameters` as `Get-ItemProperty` gives it, or a selection of it."""
    return _is_whole_key(value) or any(value.has(name) for name in _API_VERSIONS.values())


def _is_whole_key(value: CmdletValue) -> bool:
    path = value.get("PSPath")
    return path is not None and isinstance(path.content, str) and path.content.lower().endswith(_KEY)


_KEY = "\\services\\adsync\\parameters"


def registry_facts(file: str, values: Sequence[CmdletValue]) -> _Facts:
    """Give what `Get-ItemProperty` says of the endpoint; a value that it would show and does not is not set."""
    value = _only(values, "Get-ItemProperty")
    assert isinstance(value.content, Mapping)  # noqa: S101 - it has the properties by which it was known
    selected = value.content.keys() <= {name.lower() for name in _API_VERSIONS.values()}
    facts: dict[str, Fact] = {}
    for name, property_ in _API_VERSIONS.items():
        found = value.get(property_)
        if found is not None:
            facts[name] = fact_of(file, found, FactType.INTEGER, property_)
        elif selected or _is_whole_key(value):
            facts[name] = Absent(_source(file, value, property_), "The registry key was read, and has no such value.")
    return facts


def looks_like_auto_upgrade(value: CmdletValue) -> bool:
    """Whether *value* is what `Get-ADSyncAutoUpgrade` gives: a state, or with `-Detail` an object."""
    enumeration = any("AutoUpgrade" in name and name.endswith("State") for name in value.types)
    return enumeration or value.has("State", "SuspensionReason")


def auto_upgrade_facts(file: str, values: Sequence[CmdletValue]) -> _Facts:
    """Give the state of automatic upgrade, and with `-Detail` the reason of a suspension."""
    value = _only(values, "Get-ADSyncAutoUpgrade")
    state, reason = value.get("State"), value.get("SuspensionReason")
    name = "product.auto_upgrade_state"
    facts = {name: fact_of(file, state or value, FactType.TEXT, "Get-ADSyncAutoUpgrade", words=_UPGRADE_STATES)}
    if reason is not None:
        empty = reason.content is None or reason.content == ""
        facts["product.auto_upgrade_suspension_reason"] = (
            Absent(_source(file, reason, "SuspensionReason"), "Automatic upgrade is not suspended.")
            if empty
            else fact_of(file, reason, FactType.TEXT, "SuspensionReason")
        )
    return facts


_PARAMETER_START = "Microsoft."


def looks_like_global_settings(value: CmdletValue) -> bool:
    """Whether *value* is the object of `Get-ADSyncGlobalSettings`: it has a list of parameters, or what is left of it."""
    parameters = value.get("Parameters")
    if parameters is None:
        return value.is_a("GlobalSettings")
    listed = isinstance(parameters.content, tuple) and any(map(_is_parameter, parameters.content))
    return value.is_a("GlobalSettings") or listed or is_cut_off(parameters.content)


def looks_like_global_parameter(value: CmdletValue) -> bool:
    """Whether *value* is one of the parameters that `Get-ADSyncGlobalSettingsParameter` gives."""
    name = value.get("Name")
    started = name is not None and isinstance(name.content, str) and name.content.startswith(_PARAMETER_START)
    return started and value.has("Value")


def _is_parameter(value: CmdletValue) -> bool:
    return looks_like_global_parameter(value) or is_cut_off(value.content)


def global_settings_facts(file: str, values: Sequence[CmdletValue]) -> _Facts:
    """Give what `Get-ADSyncGlobalSettings` says, or its parameters alone; one that is not told makes all unknown."""
    first = values[0]
    item = "Get-ADSyncGlobalSettings, Parameters"
    try:
        if looks_like_global_settings(first):
            parameters = first.get("Parameters")
            if len(values) > 1 or parameters is None:
                message = "There are several global settings" if len(values) > 1 else "There are no 'Parameters'"
                return _all_unknown(NotToldError(Reason.AMBIGUOUS, message, values[-1]).unknown(file, item))
            values = list_of(parameters, "Parameters")
        told = [_parameter(file, object_of(one, "a parameter")) for one in values]
    except NotToldError as error:
        return _all_unknown(error.unknown(file, item))
    source = Source(SourceFormat.CMDLET, Location(file, first.line, first.column), item)
    return facts_of_parameters(told, SourceFormat.CMDLET, lambda name: f"{item}, {name}", source)


def _parameter(file: str, value: CmdletValue) -> Parameter:
    name, said = value.get("Name"), value.get("Value")
    if name is None or said is None:
        raise NotToldError(Reason.TRUNCATED, "A parameter has no 'Name' or no 'Value'", value)
    # NOTE: a parameter without a value is empty text in an export folder, and null here.
    text = "" if said.content is None or said.content == "" else str(scalar_of(said, FactType.TEXT, "Value"))
    return Parameter(
        name=str(scalar_of(name, FactType.TEXT, "Name")),
        value=text,
        location=Location(file, said.line, said.column),
    )


def _all_unknown(unknown: Unknown) -> _Facts:
    return dict.fromkeys((EVERY_PARAMETER, *PARAMETER_OF_FACT), unknown)


def _only(values: Sequence[CmdletValue], cmdlet: str) -> CmdletValue:
    """Give the one object that the cmdlet gives."""
    if len(values) > 1:
        raise NotToldError(Reason.AMBIGUOUS, f"There are {len(values)} objects where {cmdlet} gives one", values[1])
    return values[0]


def _source(file: str, value: CmdletValue, item: str) -> Source:
    return Source(SourceFormat.CMDLET, Location(file, value.line, value.column), item)
