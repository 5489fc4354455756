"""The parameters of the global settings as facts; an export folder and a cmdlet's dump hold the same ones."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from types import MappingProxyType

from checker.model.catalogue import CATALOGUE, FactSpec
from checker.model.facts import Absent, Fact, Known, Reason, Source, SourceFormat, Unknown
from checker.model.location import Location
from checker.model.values import FactType, Record, Scalar, parse_scalar


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """One parameter of the global settings, as it stands: every value is text."""

    name: str
    value: str
    location: Location


_BLANKS = " \t\r\n"

EVERY_PARAMETER = "server.global_parameters"
_SUSPENSION_REASON = "product.auto_upgrade_suspension_reason"

PARAMETER_OF_FACT: Mapping[str, str] = MappingProxyType(
    {
        "product.configuration_version": "Microsoft.Synchronize.ServerConfigurationVersion",
        "product.auto_upgrade_state": "Microsoft.OptionalFeature.AutoUpgradeState",
        _SUSPENSION_REASON: "Microsoft.OptionalFeature.AutoUpgradeSuspensionReason",
        "scheduler.sync_cycle_enabled": "Microsoft.Synchronize.SynchronizationSchedule",
        "scheduler.maintenance_enabled": "Microsoft.Synchronize.MaintenanceEnabled",
        "scheduler.staging_mode_enabled": "Microsoft.Synchronize.StagingMode",
        "scheduler.suspended": "Microsoft.Synchronize.SchedulerSuspended",
        "scheduler.effective_sync_interval": "Microsoft.Synchronize.TimeInterval",
        "scheduler.next_sync_policy": "Microsoft.Synchronize.SynchronizationPolicy",
        "scheduler.next_sync_start": "Microsoft.Synchronize.NextStartTime",
        "scheduler.purge_run_history_interval": "Microsoft.Synchronize.RunHistoryPurgeInterval",
        "features.export_deletion_threshold_enabled": "Microsoft.OptionalFeature.ExportDeletionThreshold",
        "features.export_deletion_threshold": "Microsoft.OptionalFeature.ExportDeletionThresholdValue",
        "features.sign_on_method": "Microsoft.UserSignIn.SignOnMethod",
        "features.desktop_sso_enabled": "Microsoft.UserSignIn.DesktopSsoEnabled",
        "features.group_writeback_enabled": "Microsoft.OptionalFeature.GroupWriteBack",
        "features.device_writeback_enabled": "Microsoft.OptionalFeature.DeviceWriteBack",
        "features.exchange_hybrid_enabled": "Microsoft.OptionalFeature.HybridExchange",
        "features.source_anchor_attribute": "Microsoft.SynchronizationOption.AnchorAttribute",
    }
)
"""The parameter that states each fact, by the fact's name."""

LACKING_IN_OLDER_BUILDS = frozenset(
    {
        "product.auto_upgrade_state",
        _SUSPENSION_REASON,
        "features.sign_on_method",
        "features.desktop_sso_enabled",
        "features.group_writeback_enabled",
        "features.device_writeback_enabled",
        "features.exchange_hybrid_enabled",
        "features.source_anchor_attribute",
    }
)
"""Facts whose parameter may be missing from a complete list; a missing one of any other fact says nothing."""


def facts_of_parameters(
    parameters: Iterable[Parameter],
    format_: SourceFormat,
    item: Callable[[str], str],
    whole: Source | None,
) -> dict[str, Fact]:
    """
    Give the facts that *parameters* state.

    *item* words the place of one parameter by its name. *whole* is the source that holds the complete list, where
    one was read: only of that may a parameter be said to be absent. A fact whose parameter is missing otherwise is
    left out. An empty complete list is no list at all, and makes every fact unknown.
    """
    given: dict[str, list[Parameter]] = defaultdict(list)
    for parameter in parameters:
        given[parameter.name.casefold()].append(parameter)
    if not given:
        return {} if whole is None else _without_any(whole)
    facts: dict[str, Fact] = {}
    for fact, name in PARAMETER_OF_FACT.items():
        found = given.get(name.casefold())
        if found:
            source = Source(format_, found[0].location, item(name))
            facts[fact] = _conflict(name, found, format_, item) or _stated(
                CATALOGUE[fact], name, found[0].value, source
            )
        elif whole is not None and fact in LACKING_IN_OLDER_BUILDS:
            facts[fact] = Absent(
                Source(format_, whole.location, item(name)),
                f"There is no parameter '{name}'. {CATALOGUE[fact].absence}",
            )
    if whole is not None:
        facts[EVERY_PARAMETER] = _every_parameter(given, format_, item, whole)
    return facts


def _without_any(whole: Source) -> dict[str, Fact]:
    where = f" in '{whole.location}'" if whole.location else ""
    unknown = Unknown(Reason.TRUNCATED, f"The list of global settings parameters{where} is empty.", (whole,))
    return dict.fromkeys((EVERY_PARAMETER, *PARAMETER_OF_FACT), unknown)


def _conflict(
    name: str, found: Sequence[Parameter], format_: SourceFormat, item: Callable[[str], str]
) -> Unknown | None:
    values = dict.fromkeys(one.value.strip(_BLANKS) for one in found)
    if len(values) == 1:
        return None
    said = " and ".join(f"'{value}'" for value in values)
    sources = tuple(Source(format_, one.location, item(name)) for one in found)
    return Unknown(Reason.CONFLICTING, f"The parameter '{name}' stands there {len(found)} times, with {said}.", sources)


def _every_parameter(
    given: Mapping[str, Sequence[Parameter]], format_: SourceFormat, item: Callable[[str], str], whole: Source
) -> Fact:
    records: list[Record] = []
    for _, found in sorted(given.items()):
        first = found[0]
        conflict = _conflict(first.name, found, format_, item)
        if conflict:
            return conflict
        records.append(Record.of(first.location, name=first.name, value=first.value))
    return Known(tuple(records), whole)


def _stated(spec: FactSpec, name: str, raw: str, source: Source) -> Fact:
    text = raw.strip(_BLANKS)
    if not text and spec.name == _SUSPENSION_REASON:
        return Absent(source, f"The parameter '{name}' is empty: automatic upgrade is not suspended.")
    if not text:
        return Unknown(Reason.NO_DATA, f"The parameter '{name}' is empty.", (source,))
    try:
        return Known(_typed(spec, text), source)
    except ValueError as error:
        return Unknown(Reason.UNPARSED, f"The parameter '{name}' is not understood: {error}.", (source,))


def _typed(spec: FactSpec, text: str) -> Scalar:
    match spec.type:
        case FactType.BOOLEAN:
            return parse_net_boolean(text)
        case FactType.TIMESTAMP:
            return parse_rfc1123(text)
        case _:
            if spec.values and text not in spec.values:
                raise ValueError(f"{text!r} is none of {', '.join(spec.values)}")
            return parse_scalar(text, spec.type)


def parse_net_boolean(text: str) -> bool:
    """
    Read a boolean as .NET and XML write it: `True` or `false`, in any letter case.

    Raises:
        ValueError: *text* is neither.
    """
    match text.lower():
        case "true":
            return True
        case "false":
            return False
        case _:
            raise ValueError(f"{text!r} is neither 'True' nor 'False'")


_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_RFC1123 = re.compile(
    rf"(?P<weekday>{'|'.join(_DAYS)}), (?P<day>\d\d) (?P<month>{'|'.join(_MONTHS)}) (?P<year>\d{{4}}) "
    r"(?P<hour>\d\d):(?P<minute>\d\d):(?P<second>\d\d) GMT",
    re.ASCII,
)


def parse_rfc1123(text: str) -> datetime:
    """
    Read .NET's form `R` of a time, always in GMT: `Tue, 03 May 2016 14:39:16 GMT`.

    Raises:
        ValueError: *text* has another form, or the date does not exist, or is another day of the week.
    """
    # NOTE: strptime would follow the locale of the machine, and email.utils would guess what is missing.
    found = _RFC1123.fullmatch(text)
    if not found:
        raise ValueError(f"{text!r} is not a time such as 'Tue, 03 May 2016 14:39:16 GMT'")
    month = _MONTHS.index(found["month"]) + 1
    hour, minute, second = (int(found[part]) for part in ("hour", "minute", "second"))
    try:
        moment = datetime(int(found["year"]), month, int(found["day"]), hour, minute, second, tzinfo=UTC)
    except ValueError as error:
        raise ValueError(f"{text!r} is no moment of the calendar") from error
    if _DAYS[moment.weekday()] != found["weekday"]:
        raise ValueError(f"{text!r} is not a {found['weekday']}")
    return moment
