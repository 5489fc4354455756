"""The keys of the registry that hold facts, and the questions for them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from checker.acquire.live.question import Question, at, pipe, select


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistryKey:
    """A key of the registry with the values that are facts."""

    path: str
    values: Mapping[str, str]  # the name of the value that is each fact
    further: tuple[str, ...] = ()  # values that are no facts themselves
    required: bool = False  # every server has the key, so that it is never absent

    @property
    def question(self) -> Question:
        """Ask for the values."""
        names = (*self.values.values(), *self.further)
        where = at("Get-ItemProperty", _drive(self.path))
        return Question(f"{' and '.join(names)} in the registry", self.path, pipe(where, select(*names)))

    @property
    def count(self) -> Question:
        """Ask how many values there are, for a key without any gives no object."""
        where = at("Get-Item", _drive(self.path))
        title = "how many values a key of the registry has that showed none"
        return Question(title, self.path, pipe(where, select("ValueCount")))

    @property
    def redirected(self) -> bool:
        """Whether a process of 32 bits would read another key in its place."""
        return self.path.upper().startswith("HKLM\\SOFTWARE\\")


def _drive(path: str) -> str:
    return path.replace("HKLM\\", "HKLM:\\", 1)


_SYSTEM = r"HKLM\SYSTEM\CurrentControlSet"
_TLS = rf"{_SYSTEM}\Control\SecurityProviders\SCHANNEL\Protocols\TLS 1.2"
_PARAMETERS = rf"{_SYSTEM}\Services\ADSync\Parameters"
_FILTERING = "EnableNonExistentObjectReferenceExportFiltering"

COMPUTER = RegistryKey(
    path=rf"{_SYSTEM}\Control\ComputerName\ComputerName", values={"server.name": "ComputerName"}, required=True
)
PARAMETERS = RegistryKey(
    path=_PARAMETERS,
    values={
        "endpoint.export_api_version_raw": "AadConnectorExportApiVersion",
        "endpoint.import_api_version_raw": "AadConnectorImportApiVersion",
    },
    further=("Path",),
    required=True,
)
KEYS = (
    RegistryKey(
        path=rf"{_SYSTEM}\Services\ADSync", values={"server.adsync_service_account": "ObjectName"}, required=True
    ),
    RegistryKey(
        path=r"HKLM\SOFTWARE\Microsoft\NET Framework Setup\NDP\v4\Full", values={"server.dotnet_release": "Release"}
    ),
    RegistryKey(
        path=r"HKLM\SOFTWARE\Microsoft\Azure AD Connect",
        values={"features.admin_audit_logging_raw": "AuditEventLogging"},
    ),
    *(
        RegistryKey(
            path=rf"{_TLS}\{side}",
            values={
                f"tls.{side.lower()}_enabled": "Enabled",
                f"tls.{side.lower()}_disabled_by_default": "DisabledByDefault",
            },
        )
        for side in ("Client", "Server")
    ),
    *(
        RegistryKey(
            path=rf"HKLM\SOFTWARE\{folder}Microsoft\.NETFramework\v4.0.30319",
            values={
                f"tls.{net}_system_default": "SystemDefaultTlsVersions",
                f"tls.{net}_strong_crypto": "SchUseStrongCrypto",
            },
        )
        for net, folder in (("dotnet", ""), ("dotnet32", "WOW6432Node\\"))
    ),
)
"""The other keys, each with the facts that it holds."""


def filtering_of(connector: str) -> RegistryKey:
    """Give the key of the Entra connector, which is called *connector*."""
    return RegistryKey(
        path=rf"{_PARAMETERS}\PerMAInstance\{connector}", values={"endpoint.reference_filtering": _FILTERING}
    )
