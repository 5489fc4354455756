"""
Dumps of the cmdlets, written by `ConvertTo-Json` or `Export-Clixml`.

Which cmdlet it was is known by the properties of the objects and, in CLIXML, by their types; never by the name of the
file, but for one: `Get-ADSyncAutoUpgrade` gives a single word or number, which says nothing of itself.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from checker.acquire.clixml import read_clixml
from checker.acquire.cmdlet_connectors import looks_like_connector, read_connectors
from checker.acquire.cmdlet_facts import (
    auto_upgrade_facts,
    global_settings_facts,
    looks_like_auto_upgrade,
    looks_like_global_parameter,
    looks_like_global_settings,
    looks_like_parameters_key,
    looks_like_scheduler,
    registry_facts,
    scheduler_facts,
)
from checker.acquire.cmdlet_objects import CmdletValue, NotToldError
from checker.acquire.cmdlet_rules import looks_like_rule, rule_piece
from checker.acquire.powershell_json import read_powershell_json
from checker.acquire.reading import Reading
from checker.acquire.sample import Sample, UnreadableError
from checker.acquire.xml_tree import root_tag
from checker.model.facts import Fact, SourceFormat

_PROPERTIES = (
    "SyncCycleEnabled", "SchedulerSuspended", "StagingModeEnabled", "SyncCycleInProgress",
    "CurrentlyEffectiveSyncCycleInterval", "AllowedSyncCycleInterval", "CustomizedSyncCycleInterval",
    "NextSyncCyclePolicyType", "NextSyncCycleStartTimeInUTC", "PurgeRunHistoryInterval", "MaintenanceEnabled",
    "AttributeFlowMappings", "ImmutableTag", "TargetObjectType",
    "ConnectivityParameters", "ExtensionConfiguration",
    "AadConnectorExportApiVersion", "AadConnectorImportApiVersion",
    "SuspensionReason",
)  # fmt: skip
"""Each of these names stands in dumps of one of the cmdlets, and in no other format."""

_NAMES = "|".join(_PROPERTIES)
_PARAMETER = r"Microsoft\.(?:Synchronize|OptionalFeature|UserSignIn|SynchronizationOption)\."
_KEY = r"[^\"<]*\\Services\\ADSync\\Parameters"
_JSON_MARK = re.compile(
    rf'"(?:{_NAMES})"\s*:|"Name"\s*:\s*"{_PARAMETER}|"Parameters"\s*:\s*"Microsoft\.Identity'
    rf'|"PSPath"\s*:\s*"{_KEY.replace(chr(92) * 2, chr(92) * 4)}"',
    re.IGNORECASE,
)
_TYPES = (
    "SchedulerSettings",
    "SynchronizationRule",
    "Connector",
    "GlobalSettings",
    "ConfigurationParameter",
    r"[A-Za-z]*AutoUpgrade[A-Za-z]*State",
)
_CLIXML_MARK = re.compile(
    rf'N="(?:{_NAMES})"|<S N="Name">{_PARAMETER}|<S N="PSPath">{_KEY}<'
    rf"|<T>(?:Deserialized\.)?[A-Za-z.]*\.(?:{'|'.join(_TYPES)})</T>",
    re.IGNORECASE,
)
_OTHER_FORMAT = re.compile(r'"(?:policyMetadata|deploymentMetadata)"\s*:|"format"\s*:\s*"adsync-checker/')
_BARE_STATE = re.compile(r'\s*(?:[0-9]|"[A-Za-z]+")\s*')


def recognises(sample: Sample) -> bool:
    """Whether it is a dump of one of the cmdlets: JSON or CLIXML with a name that only those have."""
    start = sample.head.lstrip()[:1]
    if start == "<":
        return root_tag(sample.head) == "Objs" and _CLIXML_MARK.search(sample.head) is not None
    if start in ("{", "["):
        marked = _JSON_MARK.search(sample.head) is not None
        return marked and _OTHER_FORMAT.search(sample.head) is None
    return _is_bare_state(sample)


def read(sample: Sample) -> tuple[Reading, ...]:
    """
    Read what the cmdlet gave.

    Raises:
        UnreadableError: it is no JSON or CLIXML, or the objects are none that a cmdlet gives together.
    """
    text = sample.text()
    values = read_clixml(text) if text.lstrip().startswith("<") else read_powershell_json(text)
    if _is_bare_state(sample):
        return (_Cmdlet(looks_like_auto_upgrade, _with_facts(auto_upgrade_facts)).read(sample.name, values),)
    for cmdlet in _CMDLETS:
        if any(map(cmdlet.gave, values)):
            return (cmdlet.read(sample.name, values),)
    raise UnreadableError("The objects are none that a cmdlet gives, as far as they are known.")


def _is_bare_state(sample: Sample) -> bool:
    base = sample.name.rpartition("/")[2].lower()
    whole = sample.size <= len(sample.head) * 4
    return base.startswith("get-adsyncautoupgrade") and whole and _BARE_STATE.fullmatch(sample.head) is not None


@dataclass(frozen=True, slots=True)
class _Cmdlet:
    """A cmdlet: how its objects are known, and what they say."""

    gave: Callable[[CmdletValue], bool]
    tell: Callable[[str, Sequence[CmdletValue]], Reading]

    def read(self, file: str, values: Sequence[CmdletValue]) -> Reading:
        """
        Read all *values*; one of them was known, so all are taken for what the same cmdlet gave.

        Raises:
            UnreadableError: they cannot have been given together.
        """
        try:
            return self.tell(file, values)
        except NotToldError as error:
            place = {"line": error.value.line, "column": error.value.column}
            raise UnreadableError(f"{error.message}.", reason=error.reason, **place) from error


def _with_facts(
    facts: Callable[[str, Sequence[CmdletValue]], Mapping[str, Fact]],
) -> Callable[[str, Sequence[CmdletValue]], Reading]:
    return lambda file, values: Reading(format=SourceFormat.CMDLET, path=file, facts=facts(file, values))


def _with_rules(file: str, values: Sequence[CmdletValue]) -> Reading:
    return Reading(format=SourceFormat.CMDLET, path=file, rules=rule_piece(file, values))


def _with_connectors(file: str, values: Sequence[CmdletValue]) -> Reading:
    found = read_connectors(file, values)
    return Reading(format=SourceFormat.CMDLET, path=file, facts=found.facts, connectors=found.names)


_CMDLETS = (
    _Cmdlet(looks_like_rule, _with_rules),
    _Cmdlet(looks_like_connector, _with_connectors),
    _Cmdlet(looks_like_scheduler, _with_facts(scheduler_facts)),
    _Cmdlet(looks_like_global_settings, _with_facts(global_settings_facts)),
    _Cmdlet(looks_like_global_parameter, _with_facts(global_settings_facts)),
    _Cmdlet(looks_like_parameters_key, _with_facts(registry_facts)),
    _Cmdlet(looks_like_auto_upgrade, _with_facts(auto_upgrade_facts)),
)
"""Every cmdlet that is known; a new one is a line here."""
