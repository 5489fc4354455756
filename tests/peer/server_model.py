"""A fake server with Entra Connect Sync: what stands on it, and who may ask for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from tests.peer.certificates import ServerCertificate
from tests.peer.faults import CommandFault, Fails, Faults, denied
from tests.peer.sync_objects import AutoUpgrade, Connector, Rule, Scheduler, group_rules

DEFAULT_ENDPOINT, MODULE_ENDPOINT = "Microsoft.PowerShell", "AdsyncChecker"
FUNCTION = "Get-AdsyncFact"
ACCOUNT, PASSWORD = "FABRIKAM\\svc-audit", "Correct-Horse-7"
PRODUCT_FOLDER = r"C:\Program Files\Microsoft Azure AD Sync"
SNAPSHOT_PATH = r"C:\ProgramData\AdsyncChecker\Snapshot\facts.json"
PARAMETERS = r"HKLM\SYSTEM\CurrentControlSet\Services\ADSync\Parameters"
TENANT = "fabrikam.onmicrosoft.com - AAD"

RegistryValue = str | int
Registry = dict[str, dict[str, RegistryValue]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """A session configuration."""

    accounts: frozenset[str] | None = None  # who may use it; None is everybody
    commands: frozenset[str] | None = None  # what a JEA endpoint shows beside its few defaults; None is everything
    virtual_account: bool = False  # whether it runs as an account of the computer, and so reaches the named pipe


FULL = Endpoint()
JEA = Endpoint(commands=frozenset({FUNCTION}), virtual_account=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class FakeFile:
    """A file."""

    text: str = ""
    version: str = ""  # the product version that a program states
    written: datetime = datetime(2026, 11, 22, 7, tzinfo=UTC)
    owner: str = r"BUILTIN\Administrators"
    access: tuple[str, ...] = (r"NT AUTHORITY\SYSTEM Allow  FullControl", r"BUILTIN\Administrators Allow  FullControl")


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """An event of the event log."""

    number: int = 6949
    provider: str = "ADSync"
    log: str = "Application"
    age: timedelta = timedelta(hours=1)


def healthy_registry(name: str) -> Registry:
    """Give the registry of a server that is on the v2 endpoint, and has TLS 1.2 everywhere."""
    system, software = r"HKLM\SYSTEM\CurrentControlSet", r"HKLM\SOFTWARE"
    channel = rf"{system}\Control\SecurityProviders\SCHANNEL\Protocols\TLS 1.2"
    strong: dict[str, RegistryValue] = {"SystemDefaultTlsVersions": 1, "SchUseStrongCrypto": 1}
    return {
        rf"{system}\Control\ComputerName\ComputerName": {"(default)": "mnmsrvc", "ComputerName": name},
        rf"{system}\Services\ADSync": {"ObjectName": r"NT SERVICE\ADSync", "Start": 2},
        PARAMETERS: {
            "Path": PRODUCT_FOLDER + "\\",
            "AADConnectorExportApiVersion": 2,
            "AADConnectorImportApiVersion": 2,
        },
        rf"{PARAMETERS}\PerMAInstance\{TENANT}": {"EnableNonExistentObjectReferenceExportFiltering": 1},
        rf"{software}\Microsoft\NET Framework Setup\NDP\v4\Full": {"Release": 528449},
        rf"{software}\Microsoft\Azure AD Connect": {"AuditEventLogging": 1},
        rf"{channel}\Client": {"Enabled": 1, "DisabledByDefault": 0},
        rf"{channel}\Server": {"Enabled": 1, "DisabledByDefault": 0},
        rf"{software}\Microsoft\.NETFramework\v4.0.30319": dict(strong),
        rf"{software}\WOW6432Node\Microsoft\.NETFramework\v4.0.30319": dict(strong),
    }


@dataclass(slots=True, kw_only=True, eq=False)
class FakeServer:
    """One server; healthy, compliant and with our module unless it is told otherwise."""

    name: str = "SYNC01"
    # How it is reached.
    certificate: ServerCertificate | None = None  # None is plain HTTP
    authentication: frozenset[str] = frozenset({"Negotiate", "Kerberos"})  # also Basic and Certificate
    accounts: Mapping[str, str] = field(default_factory=lambda: {ACCOUNT: PASSWORD})
    rejected: frozenset[str] = frozenset()  # accounts that this one server rejects, whatever their password
    mapped_certificates: Mapping[str, str] = field(default_factory=dict)  # accounts by the names of certificates
    allows_unencrypted: bool = False
    demands_channel_binding: bool = False
    endpoints: Mapping[str, Endpoint] = field(default_factory=lambda: {DEFAULT_ENDPOINT: FULL, MODULE_ENDPOINT: JEA})
    faults: Faults = field(default_factory=Faults)
    # What stands on it.
    has_module: bool = True
    has_product: bool = True
    service: str = "Running"
    pipe_refuses_network_logon: bool = False
    rules: tuple[Rule, ...] = field(default_factory=lambda: group_rules(250000))
    connectors: tuple[Connector, ...] = (
        Connector(name=TENANT, account="Sync_SYNC01_0123456789ab@fabrikam.onmicrosoft.com"),
        Connector(
            name="fabrikam.example",
            identifier="44b84d44-1237-591c-9f6d-4fd8490b6a29",
            subtype="",
            account="MSOL_0123456789ab",
            export_type=None,
        ),
    )
    settings: dict[str, str] = field(
        default_factory=lambda: {
            "Microsoft.Synchronize.ServerConfigurationVersion": "2.6.91.0",
            "Microsoft.OptionalFeature.ExportDeletionThreshold": "True",
            "Microsoft.OptionalFeature.ExportDeletionThresholdValue": "500",
        }
    )
    scheduler: Scheduler = field(default_factory=Scheduler)
    auto_upgrade: AutoUpgrade = field(default_factory=AutoUpgrade)
    registry: Registry = field(default_factory=dict)
    files: dict[str, FakeFile] = field(default_factory=dict)
    events: tuple[Event, ...] = ()
    environment: dict[str, str] = field(default_factory=dict)
    groups: tuple[str, ...] = ("ADSyncAdmins",)
    clock_ahead: timedelta = timedelta()

    def __post_init__(self) -> None:
        """Fill in what bears the name of the server, where nothing else was said."""
        self.registry = self.registry or healthy_registry(self.name)
        program = FakeFile(version="2.6.91.0")
        self.files = self.files or {rf"{PRODUCT_FOLDER}\Bin\miiserver.exe": program}
        self.environment = self.environment or {
            "COMPUTERNAME": self.name,
            "PROCESSOR_ARCHITECTURE": "AMD64",
            "USERDOMAIN": "FABRIKAM",
            "USERNAME": "svc-audit",
        }

    @property
    def now(self) -> datetime:
        """The time of its clock."""
        return datetime.now(UTC) + self.clock_ahead

    def without_module(self) -> FakeServer:
        """Give the same server without our module and its endpoint."""
        kept = {name: one for name, one in self.endpoints.items() if name != MODULE_ENDPOINT}
        return replace(self, has_module=False, endpoints=kept)

    def with_snapshot(self, text: str, *, age: timedelta = timedelta(hours=1)) -> FakeServer:
        """Give the same server with a snapshot that was written *age* ago by its clock."""
        snapshot = FakeFile(text=text, written=self.now - age)
        return replace(self, files={**self.files, SNAPSHOT_PATH: snapshot})

    def failing(self, **faults: CommandFault) -> FakeServer:
        """Give the same server where commands fail: `Get_ADSyncRule=…`, with the hyphen as an underscore."""
        named = {name.replace("_", "-"): fault for name, fault in faults.items()}
        return replace(self, faults=replace(self.faults, commands={**self.faults.commands, **named}))

    def denying(self, *commands: str) -> FakeServer:
        """Give the same server where the caller lacks the right for *commands*."""
        return self.failing(**{name.replace("-", "_"): Fails(denied(name)) for name in commands})


def key_of(registry: Registry, path: str) -> tuple[str, dict[str, RegistryValue]] | None:
    """Find a key in any letter case, with its path as it stands there."""
    wanted = path.rstrip("\\").lower()
    return next(((one, values) for one, values in registry.items() if one.lower() == wanted), None)


def file_of(files: Mapping[str, FakeFile], path: str) -> FakeFile | None:
    """Find a file in any letter case; several backslashes are as good as one."""
    wanted = path.lower().replace("\\\\", "\\")
    return next((file for one, file in files.items() if one.lower() == wanted), None)
