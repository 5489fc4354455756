"""Running servers with one thing wrong each, made from the compliant one."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass

from tests.acquire.live.fake_session import (
    PARAMETERS,
    TLS,
    FakeServer,
    Member,
    Net,
    condition,
    flow,
    limit,
    rule,
    scope,
)

Change = Callable[[FakeServer], object]


@dataclass(frozen=True)
class RedServer:
    """One thing that is wrong, and the rules of the shipped policies that see it."""

    name: str
    change: Change
    rules: tuple[str, ...]

    def make(self) -> FakeServer:
        """Give the server."""
        server = FakeServer()
        self.change(server)
        server.rules = deepcopy(server.rules)
        return server


def _custom(*flows: Net, precedence: int = 50, scopes: tuple[Net, ...] = ()) -> Change:
    return lambda server: server.rules.append(rule(9, "Mine", None, precedence, *flows, scopes=scopes))


def _copied(number: int) -> Change:
    """Disable the standard rule, and let a copy carry the limit: nothing else would miss the limit then."""

    def change(server: FakeServer) -> None:
        server.rules[2].own["Disabled"] = True
        _custom(limit(number))(server)

    return change


def _value(key: str, name: str, value: object) -> Change:
    return lambda server: server.registry[key].update({name: value})


def _in_old_build(change: Change) -> Change:
    """Make *change* in a build whose settings of TLS are looked at."""

    def both(server: FakeServer) -> None:
        server.version = "2.4.129.0"
        change(server)

    return both


def _v1(server: FakeServer) -> None:
    server.registry[PARAMETERS]["AADConnectorExportApiVersion"] = 1
    server.connectors[0].own["ExtensionConfiguration"] = Net({"ExportType": 2})


def _german(server: FakeServer) -> None:
    server.connectors[0].own["Name"] = "fabrikam.onmicrosoft.de - AAD"
    account = Net({"Name": "UserName", "Value": "Sync_SYNC01_0123456789ab@fabrikam.onmicrosoft.de"})
    server.connectors[0].own["ConnectivityParameters"] = [account]
    key = rf"{PARAMETERS}\PerMAInstance\fabrikam.onmicrosoft"
    server.registry[f"{key}.de - AAD"] = server.registry.pop(f"{key}.com - AAD")


def _narrow(server: FakeServer) -> None:
    """Look through the registry of 32 bits, which does not have the key where auditing is turned off."""
    server.environment["PROCESSOR_ARCHITECTURE"] = "x86"
    del server.registry[r"HKLM:\SOFTWARE\Microsoft\Azure AD Connect"]


def _scheduler(name: str, value: object) -> Change:
    return lambda server: server.scheduler.update({name: value})


def _setting(name: str, value: str) -> Change:
    return lambda server: server.settings.update({f"Microsoft.{name}": value})


_AUDIT = r"HKLM:\SOFTWARE\Microsoft\Azure AD Connect"
_NET, _NET32 = (rf"HKLM:\SOFTWARE\{folder}Microsoft\.NETFramework\v4.0.30319" for folder in ("", "WOW6432Node\\"))

RED_SERVERS = (
    RedServer("a copy with a low limit", _copied(50000), ("AADC0006", "AADC0119")),
    RedServer("a low limit beside the standard one", _custom(limit(50000)), ("AADC0006",)),
    RedServer("the standard limit is low", lambda server: server.rules[2].own.update(
        AttributeFlowMappings=[limit(50000)]), ("AADC0006",)),
    RedServer("a low limit in a scope", _custom(
        flow("cn"), scopes=(scope(condition("memberCount", Member(2, "LESSTHAN"), "40000")),)), ("AADC0006",)),
    RedServer("a low limit in one of several groups of conditions", _custom(
        flow("cn"), scopes=(scope(condition("cn", Member(12, "ISNULL"), "")), scope(
            condition("cn", Member(13, "ISNOTNULL"), ""), condition("MemberCount", Member(2, "LESSTHAN"), "9")))),
        ("AADC0006",)),
    RedServer("an expression nobody understands", _custom(flow("member", "Left([member], 1)")), ("AADC0008",)),
    RedServer("a custom limit that comes too late", _custom(limit(200000), precedence=150), ("AADC0009", "AADC0120")),
    RedServer("a standard rule is disabled", lambda server: server.rules[1].own.update(Disabled=True), ("AADC0119",)),
    RedServer("two rules of one precedence", _custom(flow("cn"), precedence=100), ("AADC0120", "AADC0121")),
    RedServer("exports on v1", _v1, ("AADC0001",)),
    RedServer("imports on v1", _value(PARAMETERS, "AADConnectorImportApiVersion", 1), ("AADC0002",)),
    RedServer("the filtering of v1", _value(
        rf"{PARAMETERS}\PerMAInstance\fabrikam.onmicrosoft.com - AAD",
        "EnableNonExistentObjectReferenceExportFiltering", 0), ("AADC0003",)),
    RedServer("an ancient build", lambda server: setattr(server, "version", "1.5.29.0"), ("AADC0004",)),
    RedServer("another cloud", _german, ("AADC0005",)),
    RedServer("the cycle is off", _scheduler("SyncCycleEnabled", False), ("AADC0010",)),
    RedServer("the scheduler is suspended", _scheduler("SchedulerSuspended", True), ("AADC0011",)),
    RedServer("a flood of events", lambda server: setattr(server, "events", 1001), ("AADC0012",)),
    RedServer("group writeback is on", _setting("OptionalFeature.GroupWriteBack", "True"), ("AADC0013",)),
    RedServer("no maintenance", _scheduler("MaintenanceEnabled", False), ("AADC0101",)),
    RedServer("a long interval", _scheduler("CurrentlyEffectiveSyncCycleInterval", "P8D"), ("AADC0102", "AADC0103")),
    RedServer("no automatic upgrade", lambda server: server.upgrade.update(State=Member(2, "Disabled")), ("AADC0106",)),
    RedServer("deletions are not stopped", _setting("OptionalFeature.ExportDeletionThreshold", "False"), ("AADC0107",)),
    RedServer("too many deletions", _setting("OptionalFeature.ExportDeletionThresholdValue", "501"), ("AADC0108",)),
    RedServer("TLS of the client is off", _in_old_build(_value(rf"{TLS}\Client", "Enabled", 0)), ("AADC0109",)),
    RedServer("TLS of the client is not the default", _in_old_build(
        _value(rf"{TLS}\Client", "DisabledByDefault", 1)), ("AADC0110",)),
    RedServer("TLS of the server is off", _in_old_build(_value(rf"{TLS}\Server", "Enabled", 0)), ("AADC0111",)),
    RedServer(".NET has its own TLS", _in_old_build(_value(_NET, "SystemDefaultTlsVersions", 0)), ("AADC0113",)),
    RedServer(".NET of 32 bits is weak", _in_old_build(_value(_NET32, "SchUseStrongCrypto", 0)), ("AADC0116",)),
    RedServer("nothing is audited", _value(_AUDIT, "AuditEventLogging", 0), ("AADC0117",)),
    RedServer("a session of 32 bits", _narrow, ("AADC0117",)),
    RedServer("half an upgrade", _setting("Synchronize.ServerConfigurationVersion", "2.5.79.0"), ("AADC0122",)),
    RedServer("staging", _scheduler("StagingModeEnabled", True), ("AADC0123",)),
)  # fmt: skip
