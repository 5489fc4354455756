"""A pretended server behind the interface of a session: it runs pipelines, and writes objects as deep as Windows does."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from checker.acquire.cmdlet_objects import CmdletValue
from checker.acquire.live.commands import Answer, Command, ErrorRecord, LiveError, Pipeline, Session, Target
from checker.model.collection import FailureClass

ENTRA = "b891884f-051e-4a83-95af-2544101c9083"
DIRECTORY = "11111111-2222-4333-8444-555555555555"
NOW = datetime(2026, 11, 22, 10, tzinfo=UTC)
SNAPSHOT = r"C:\ProgramData\AdsyncChecker\Snapshot\facts.json"
SYSTEM = r"HKLM:\SYSTEM\CurrentControlSet"
PARAMETERS = rf"{SYSTEM}\Services\ADSync\Parameters"
TLS = rf"{SYSTEM}\Control\SecurityProviders\SCHANNEL\Protocols\TLS 1.2"
FOLDER = r"C:\Program Files\Microsoft Azure AD Sync"


@dataclass(frozen=True)
class Member:
    """A member of an enumeration."""

    number: int
    word: str


@dataclass
class Net:
    """An object: its own properties cost a level of depth, and what `Select-Object` noted on it costs none."""

    own: dict[str, Any] = field(default_factory=dict)
    notes: dict[str, Any] = field(default_factory=dict)

    def get(self, name: str) -> tuple[bool, Any]:
        """Give whether there is a property *name*, in any letter case, and what it holds."""
        for properties in (self.notes, self.own):
            for key, value in properties.items():
                if key.lower() == name.lower():
                    return True, value
        return False, None


def written(value: Any, depth: int = 1) -> CmdletValue:
    """Write *value* as a remote session does: an object that lies too deep becomes the name of its type."""
    match value:
        case Member(number=number, word=word):
            return CmdletValue(number, 1, 1, text=word)
        case list():
            return CmdletValue(tuple(written(one, depth) for one in value), 1, 1)
        case Net() if depth < 1:
            return CmdletValue("Microsoft.IdentityManagement.PowerShell.ObjectModel.Something", 1, 1)
        case Net(own=own, notes=notes):
            flat = {key: one.word if isinstance(one, Member) else one for key, one in own.items()}
            content = {key.lower(): written(one, depth - 1) for key, one in flat.items()}
            content |= {key.lower(): written(one, depth) for key, one in notes.items()}
            return CmdletValue(content, 1, 7)
        case _:
            return CmdletValue(value, 1, 1)


class StopError(Exception):
    """An error that ends a pipeline."""

    def __init__(self, record: ErrorRecord) -> None:
        """Keep the *record*."""
        super().__init__(record.message)
        self.record = record


def record(kind: FailureClass, identifier: str, message: str = "It went wrong.") -> ErrorRecord:
    """Give an error record."""
    return ErrorRecord(kind=kind, identifier=identifier, message=message)


PIPE = record(
    FailureClass.PIPE_REFUSES_NETWORK_LOGON,
    "System.ServiceModel.EndpointNotFoundException",
    "There was no endpoint listening at net.pipe://localhost/ADSyncManagement that could accept the message.",
)
DENIED = record(FailureClass.COMMAND_DENIED, "UnauthorizedAccess", "Access is denied.")
NO_PATH = record(FailureClass.ITEM_NOT_FOUND, "PathNotFound,Get-ItemProperty", "Cannot find path.")
NO_EVENTS = record(FailureClass.ITEM_NOT_FOUND, "NoMatchingEventsFound,Get-WinEvent", "No events were found.")


def flow(destination: str, expression: str | None = None) -> Net:
    """Give a mapping of a rule."""
    kind = Member(2, "Expression") if expression else Member(0, "Direct")
    return Net({"Source": [destination], "Destination": destination, "FlowType": kind, "Expression": expression})


def limit(number: int) -> Net:
    """Give the mapping with the expression of the product."""
    return flow("member", f'IIF((ValueCount("member")> {number}),Error("x"),IgnoreThisFlow)')


def condition(attribute: str, operator: Member, value: str) -> Net:
    """Give a scope condition."""
    return Net({"Attribute": attribute, "ComparisonOperator": operator, "ComparisonValue": value})


def scope(*conditions: Net) -> Net:
    """Give a group of scope conditions."""
    return Net({"ScopeConditionList": list(conditions)})


def rule(
    number: int, name: str, tag: str | None, precedence: int, *flows: Net, scopes: Iterable[Net] = (), **changed: Any
) -> Net:
    """Give an outbound rule of groups to Entra."""
    own = {
        "Identifier": f"00000000-0000-4000-8000-{number:012}",
        "Name": name,
        "ImmutableTag": Net({"TagValue": tag, "TagVersion": 1}) if tag else None,
        "Connector": ENTRA,
        "Direction": Member(1, "Outbound"),
        "Disabled": False,
        "TargetObjectType": "group",
        "Precedence": precedence,
        "IsStandardRule": tag is not None,
        "ScopeFilter": list(scopes),
        "AttributeFlowMappings": list(flows),
    }
    return Net(own | changed)


def standard_rules(number: int = 250000) -> list[Net]:
    """Give the rules of a new build, with the limit *number*."""
    filtered = scope(condition("cloudFiltered", Member(1, "NOTEQUAL"), "True"))
    return [
        rule(
            1, "In from AD - Group Join", "Microsoft.InfromADGroupJoin.001", 100, flow("cn"), flow("member"),
            Connector=DIRECTORY, Direction=Member(0, "Inbound"), scopes=[filtered],
        ),
        rule(2, "Out to AAD - Group Join", "Microsoft.OuttoAADGroupJoin.006", 139, flow("member"), scopes=[filtered]),
        rule(
            3, "Out to AAD - Group Writeup Member Limit", "Microsoft.OuttoAADGroupWriteupMemberLimit.003", 137,
            limit(number),
        ),
    ]  # fmt: skip


def connectors() -> list[Net]:
    """Give the Entra connector and that of a directory."""
    account = "Sync_SYNC01_0123456789ab@fabrikam.onmicrosoft.com"
    return [
        Net(
            {
                "Identifier": ENTRA, "Name": "fabrikam.onmicrosoft.com - AAD",
                "SubType": "Windows Azure Active Directory (Microsoft)",
                "ConnectivityParameters": [
                    Net({"Name": "UserName", "Value": account}), Net({"Name": "Password", "Value": "secret-of-the-wire"})
                ],
                "ExtensionConfiguration": Net({"ExportType": 5}),
            }
        ),
        Net(
            {
                "Identifier": DIRECTORY, "Name": "fabrikam.test", "SubType": "",
                "ConnectivityParameters": [Net({"Name": "forest-name", "Value": "fabrikam.test"})],
                "ExtensionConfiguration": None,
            }
        ),
    ]  # fmt: skip


def scheduler() -> dict[str, Any]:
    """Give the properties of the scheduler."""
    return {
        "AllowedSyncCycleInterval": "PT30M", "CurrentlyEffectiveSyncCycleInterval": "PT30M",
        "CustomizedSyncCycleInterval": None, "NextSyncCyclePolicyType": Member(1, "Delta"),
        "NextSyncCycleStartTimeInUTC": "2026-11-22T10:20:00Z", "PurgeRunHistoryInterval": "P7D",
        "SyncCycleEnabled": True, "MaintenanceEnabled": True, "StagingModeEnabled": False,
        "SchedulerSuspended": False, "SyncCycleInProgress": False,
    }  # fmt: skip


def registry() -> dict[str, dict[str, Any]]:
    """Give the keys of the registry with their values."""
    return {
        rf"{SYSTEM}\Control\ComputerName\ComputerName": {"ComputerName": "SYNC01"},
        rf"{SYSTEM}\Services\ADSync": {"ObjectName": r"FABRIKAM\svc$"},
        PARAMETERS: {"AADConnectorExportApiVersion": 2, "AADConnectorImportApiVersion": 2, "Path": FOLDER + "\\"},
        rf"{PARAMETERS}\PerMAInstance\fabrikam.onmicrosoft.com - AAD": {
            "EnableNonExistentObjectReferenceExportFiltering": 1
        },
        r"HKLM:\SOFTWARE\Microsoft\NET Framework Setup\NDP\v4\Full": {"Release": 533320},
        r"HKLM:\SOFTWARE\Microsoft\Azure AD Connect": {"AuditEventLogging": 1},
        rf"{TLS}\Client": {"Enabled": 1, "DisabledByDefault": 0},
        rf"{TLS}\Server": {"Enabled": 1, "DisabledByDefault": 0},
        r"HKLM:\SOFTWARE\Microsoft\.NETFramework\v4.0.30319": {"SystemDefaultTlsVersions": 1, "SchUseStrongCrypto": 1},
        r"HKLM:\SOFTWARE\WOW6432Node\Microsoft\.NETFramework\v4.0.30319": {
            "SystemDefaultTlsVersions": 1, "SchUseStrongCrypto": 1,
        },
    }  # fmt: skip


def settings() -> dict[str, str | None]:
    """Give the parameters of the global settings."""
    return {
        "Microsoft.Synchronize.ServerConfigurationVersion": "2.6.91.0",
        "Microsoft.OptionalFeature.ExportDeletionThreshold": "True",
        "Microsoft.OptionalFeature.ExportDeletionThresholdValue": "500",
        "Microsoft.OptionalFeature.GroupWriteBack": "False",
        "Microsoft.OptionalFeature.DeviceWriteBack": "False",
        "Microsoft.UserSignIn.SignOnMethod": "PasswordHashSync",
        "Microsoft.Synchronize.TimeInterval": None,
    }


def _nothing(_pipeline: Pipeline, answer: Answer) -> Answer:
    return answer


def _alive(_pipeline: Pipeline, _seconds: float) -> None:
    return None


@dataclass
class FakeServer:
    """One server, compliant until something is changed; it implements the session itself."""

    registry: dict[str, dict[str, Any]] = field(default_factory=registry)
    rules: list[Net] = field(default_factory=standard_rules)
    connectors: list[Net] = field(default_factory=connectors)
    scheduler: dict[str, Any] = field(default_factory=scheduler)
    settings: dict[str, str | None] = field(default_factory=settings)
    upgrade: dict[str, Any] = field(default_factory=lambda: {"State": Member(1, "Enabled"), "SuspensionReason": None})
    detail: bool = True  # whether automatic upgrade knows -Detail
    environment: dict[str, str] = field(
        default_factory=lambda: {"PROCESSOR_ARCHITECTURE": "AMD64", "USERDOMAIN": "FABRIKAM", "USERNAME": "svc-audit"}
    )
    version: str = "2.6.91.0"
    events: int = 0
    service: Member = field(default_factory=lambda: Member(4, "Running"))
    time: str = "2026-11-22T11:00:00.0000000+01:00"
    facts: list[Any] | None = None  # what the function of the module gives; none where there is no such function
    snapshot: str | None = None
    snapshot_date: str = "2026-11-22T09:00:00Z"
    hidden: tuple[str, ...] = ()  # commands that the endpoint does not show
    broken: dict[str, ErrorRecord] = field(default_factory=dict)  # by command; the error ends the pipeline
    denied: tuple[str, ...] = ()  # keys of the registry
    tamper: Callable[[Pipeline, Answer], Answer] = _nothing  # what becomes of an answer on its way
    before: Callable[[Pipeline, float], None] = _alive  # what happens before a pipeline runs; may raise LiveError
    ran: list[Pipeline] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)  # that each pipeline was given

    def run(self, pipeline: Pipeline, seconds: float) -> Answer:
        """Run *pipeline*."""
        self.ran.append(pipeline)
        self.seconds.append(seconds)
        self.before(pipeline, seconds)
        return self.tamper(pipeline, _Run(self).answer(pipeline))

    def called(self) -> list[str]:
        """Name the first command of each pipeline that ran."""
        return [pipeline.commands[0].name for pipeline in self.ran]


class _Run:
    """One pipeline."""

    def __init__(self, server: FakeServer) -> None:
        self._server = server
        self._errors: list[ErrorRecord] = []

    def answer(self, pipeline: Pipeline) -> Answer:
        values: list[Any] = []
        try:
            for command in pipeline.commands:
                values = list(self._call(command, values))
        except StopError as error:
            self._errors.append(error.record)
            values = []
        return Answer(values=tuple(map(written, values)), errors=tuple(self._errors))

    def _call(self, command: Command, values: list[Any]) -> Iterator[Any]:
        if not self._shows(command.name):
            raise StopError(record(FailureClass.COMMAND_NOT_AVAILABLE, "CommandNotFoundException", command.name))
        if command.name in self._server.broken:
            raise StopError(self._server.broken[command.name])
        method = getattr(self, command.name.lower().replace("-", "_"))
        found: Iterator[Any] = method(dict(command.parameters), values)
        return found

    def _shows(self, name: str) -> bool:
        exists = hasattr(self, name.lower().replace("-", "_"))
        return (
            exists and name not in self._server.hidden and (name != "Get-AdsyncFact" or self._server.facts is not None)
        )

    def get_command(self, told: Mapping[str, Any], _values: list[Any]) -> Iterator[Any]:
        for name in told["Name"]:
            if self._shows(name):
                yield Net({"Name": name})
            else:
                self._errors.append(record(FailureClass.COMMAND_NOT_AVAILABLE, "CommandNotFoundException", name))

    def select_object(self, told: Mapping[str, Any], values: list[Any]) -> Iterator[Any]:
        names = told.get("Property", ())
        for value in values:
            if "ExpandProperty" not in told:
                yield Net({}, {name: value.get(name)[1] for name in names})
                continue
            there, found = value.get(told["ExpandProperty"])
            if not there:
                self._errors.append(record(FailureClass.PIPELINE_ERROR, "ExpandPropertyNotFound", "No property."))
                continue
            for one in found if isinstance(found, list) else [] if found is None else [found]:
                yield Net(one.own, one.notes | {name: value.get(name)[1] for name in names})

    def where_object(self, told: Mapping[str, Any], values: list[Any]) -> Iterator[Any]:
        assert told["EQ"] is None
        return (one for one in values if str(one.get(told["Property"])[1]).lower() == str(told["Value"]).lower())

    def group_object(self, told: Mapping[str, Any], values: list[Any]) -> Iterator[Any]:
        groups: dict[str, list[str]] = {}
        for value in values:
            name = str(value.get(told["Property"])[1] or "")
            groups.setdefault(name.lower(), []).append(name)
        return (Net({"Name": names[0], "Count": len(names)}) for names in groups.values())

    def measure_object(self, _told: Mapping[str, Any], values: list[Any]) -> Iterator[Any]:
        yield Net({"Count": len(values), "Sum": None})

    def get_itemproperty(self, told: Mapping[str, Any], _values: list[Any]) -> Iterator[Any]:
        values = self._key(told["LiteralPath"])
        if values:
            yield Net({}, {**values, "PSPath": told["LiteralPath"]})

    def get_item(self, told: Mapping[str, Any], _values: list[Any]) -> Iterator[Any]:
        path = told["LiteralPath"]
        if isinstance(path, tuple):
            for name in (one.removeprefix("Env:\\") for one in path):
                if name in self._server.environment:
                    yield Net({"Name": name, "Value": self._server.environment[name]})
                else:
                    self._errors.append(NO_PATH)
        elif path == rf"{FOLDER}\Bin\miiserver.exe":
            yield Net({"Name": "miiserver.exe"}, {"VersionInfo": Net({"ProductVersion": self._server.version})})
        elif path == SNAPSHOT and self._server.snapshot is not None:
            yield Net({"LastWriteTimeUtc": self._server.snapshot_date})
        else:
            values = self._key(path)
            if values is not None:
                yield Net({"ValueCount": len(values)})

    def _key(self, path: str) -> dict[str, Any] | None:
        if path in self._server.denied:
            self._errors.append(DENIED)
            return None
        if path not in self._server.registry:
            self._errors.append(NO_PATH)
            return None
        return self._server.registry[path]

    def get_winevent(self, _told: Mapping[str, Any], _values: list[Any]) -> Iterator[Any]:
        if not self._server.events:
            self._errors.append(NO_EVENTS)
        return (Net({"Id": 6949}) for _ in range(self._server.events))

    def get_service(self, _told: Mapping[str, Any], _values: list[Any]) -> Iterator[Any]:
        yield Net({"Name": "ADSync", "Status": self._server.service})

    def get_date(self, _told: Mapping[str, Any], _values: list[Any]) -> Iterator[Any]:
        yield self._server.time

    def get_content(self, _told: Mapping[str, Any], _values: list[Any]) -> Iterator[Any]:
        if self._server.snapshot is None:
            self._errors.append(NO_PATH)
            return
        yield self._server.snapshot

    def get_acl(self, _told: Mapping[str, Any], _values: list[Any]) -> Iterator[Any]:
        access = "NT AUTHORITY\\SYSTEM Allow  FullControl\nBUILTIN\\Administrators Allow  FullControl"
        yield Net({"Path": SNAPSHOT}, {"Owner": "NT AUTHORITY\\SYSTEM", "AccessToString": access})

    def get_adsyncrule(self, _told: Mapping[str, Any], _values: list[Any]) -> Iterator[Any]:
        return iter(self._server.rules)

    def get_adsyncconnector(self, _told: Mapping[str, Any], _values: list[Any]) -> Iterator[Any]:
        return iter(self._server.connectors)

    def get_adsyncscheduler(self, _told: Mapping[str, Any], _values: list[Any]) -> Iterator[Any]:
        yield Net(self._server.scheduler)

    def get_adsyncglobalsettings(self, _told: Mapping[str, Any], _values: list[Any]) -> Iterator[Any]:
        yield Net({"Parameters": [Net({"Name": key, "Value": one}) for key, one in self._server.settings.items()]})

    def get_adsyncautoupgrade(self, told: Mapping[str, Any], _values: list[Any]) -> Iterator[Any]:
        if "Detail" not in told:
            yield self._server.upgrade["State"]
        elif self._server.detail:
            yield Net(self._server.upgrade)
        else:
            raise StopError(record(FailureClass.PARAMETER_NOT_ALLOWED, "NamedParameterNotFound,Get-ADSyncAutoUpgrade"))

    def get_adsyncfact(self, _told: Mapping[str, Any], _values: list[Any]) -> Iterator[Any]:
        return iter(self._server.facts or [])


@dataclass
class FakeNetwork:
    """The endpoints of one server by their names; one that is not there is missing."""

    endpoints: dict[str, FakeServer | LiveError]
    opened: list[str] = field(default_factory=list)
    closed: list[str] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)

    @contextmanager
    def __call__(self, _target: Target, name: str, seconds: float) -> Iterator[Session]:
        """Open a session."""
        self.opened.append(name)
        self.seconds.append(seconds)
        found = self.endpoints.get(name) or LiveError(FailureClass.ENDPOINT_MISSING, f"There is no endpoint '{name}'.")
        if isinstance(found, LiveError):
            raise found
        yield found
        self.closed.append(name)


@dataclass
class FakeClock:
    """A clock that moves only when it is told to."""

    seconds: float = 1000.0

    def monotonic(self) -> float:
        """Give the seconds."""
        return self.seconds

    def now(self) -> datetime:
        """Give the moment."""
        return NOW + timedelta(seconds=self.seconds - 1000.0)
