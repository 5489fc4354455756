"""The keys of one registry export that facts are read from, and those above them, which say what was exported."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from checker.acquire.registry_text import RegistryValue, Section, sections
from checker.acquire.sample import Sample, UnreadableError

SYSTEM = r"hkey_local_machine\system"
SOFTWARE = r"hkey_local_machine\software"
CURRENT = "currentcontrolset"
SERVICE = r"services\adsync"
PARAMETERS = rf"{SERVICE}\parameters"
_INSTANCES = rf"{PARAMETERS}\permainstance"
_COMPUTER = r"control\computername\computername"
_TLS = r"control\securityproviders\schannel\protocols\tls 1.2"
_NET = r"microsoft\.netframework\v4.0.30319"

FILTERING = "EnableNonExistentObjectReferenceExportFiltering"

INTEGERS_OF_SYSTEM = {
    "endpoint.export_api_version_raw": (PARAMETERS, "AadConnectorExportApiVersion"),
    "endpoint.import_api_version_raw": (PARAMETERS, "AadConnectorImportApiVersion"),
    "tls.client_enabled": (rf"{_TLS}\client", "Enabled"),
    "tls.client_disabled_by_default": (rf"{_TLS}\client", "DisabledByDefault"),
    "tls.server_enabled": (rf"{_TLS}\server", "Enabled"),
    "tls.server_disabled_by_default": (rf"{_TLS}\server", "DisabledByDefault"),
}
INTEGERS_OF_SOFTWARE = {
    "server.dotnet_release": (r"microsoft\net framework setup\ndp\v4\full", "Release"),
    "features.admin_audit_logging_raw": (r"microsoft\azure ad connect", "AuditEventLogging"),
    "tls.dotnet_system_default": (_NET, "SystemDefaultTlsVersions"),
    "tls.dotnet_strong_crypto": (_NET, "SchUseStrongCrypto"),
    "tls.dotnet32_system_default": (rf"wow6432node\{_NET}", "SystemDefaultTlsVersions"),
    "tls.dotnet32_strong_crypto": (rf"wow6432node\{_NET}", "SchUseStrongCrypto"),
}
TEXTS_OF_SYSTEM = {
    "server.name": (_COMPUTER, "ComputerName"),
    "server.adsync_service_account": (SERVICE, "ObjectName"),
}

_OF_ONE_KEY = {
    "aadconnectorexportapiversion": PARAMETERS,
    "aadconnectorimportapiversion": PARAMETERS,
    FILTERING.lower(): _INSTANCES,
    "auditeventlogging": r"microsoft\azure ad connect",
}
"""Values that stand below one key and nowhere else: elsewhere they tell that the line of their key was lost."""

_CONTROL_SET = re.compile(r"hkey_local_machine\\system\\(currentcontrolset|controlset[0-9]{3})(?:\\(.*))?", re.DOTALL)


def _with_keys_above(keys: Iterable[str]) -> frozenset[str]:
    parts = [key.split("\\") for key in keys]
    return frozenset("\\".join(part[:length]) for part in parts for length in range(1, len(part) + 1))


_WANTED_OF_SYSTEM = _with_keys_above(
    [_INSTANCES, *(key for key, _ in (*INTEGERS_OF_SYSTEM.values(), *TEXTS_OF_SYSTEM.values()))]
)
_WANTED_OF_SOFTWARE = _with_keys_above(key for key, _ in INTEGERS_OF_SOFTWARE.values())


@dataclass(slots=True)
class Branch:
    """The keys of interest below one root: below `SOFTWARE`, or below one control set."""

    name: str  # in lower case, as it stands in the file
    keys: dict[str, Section] = field(default_factory=dict)  # by the path below the root, in lower case


@dataclass(slots=True)
class Export:
    """What is of interest in one file."""

    control_sets: dict[str, Branch] = field(default_factory=dict)
    software: Branch = field(default_factory=lambda: Branch(SOFTWARE))
    roots: dict[str, Section] = field(default_factory=dict)  # `HKEY_LOCAL_MACHINE`, `…\SYSTEM`, `…\SOFTWARE`
    current: RegistryValue | None = None  # `Select\Current`
    last: Section | None = None  # the key that the file ends with

    @property
    def ends_well(self) -> bool:
        """Whether the file ends with the blank line that follows each key of an export: it was not cut off."""
        return self.last is None or self.last.closed


def collect(sample: Sample) -> Export:
    """Keep the keys of interest, and refuse a value that stands where it does not belong."""
    export = Export()
    for section in sections(sample.lines(), _is_wanted, frozenset(_OF_ONE_KEY)):
        export.last = section
        _refuse_misplaced(section)
        if not _is_wanted(section.key):
            continue
        set_ = _CONTROL_SET.fullmatch(section.key)
        if set_:
            branch = export.control_sets.setdefault(set_[1], Branch(rf"{SYSTEM}\{set_[1]}"))
            _add(branch.keys, set_[2] or "", section)
        elif section.key == rf"{SYSTEM}\select":
            export.current = section.values.get("current")
        elif section.key.startswith(f"{SOFTWARE}\\"):
            _add(export.software.keys, section.key.removeprefix(f"{SOFTWARE}\\"), section)
        else:
            _add(export.roots, section.key, section)
    return export


def _add(keys: dict[str, Section], path: str, section: Section) -> None:
    if path in keys:
        raise UnreadableError(
            f"The key '{section.shown}' stands twice, first in line {keys[path].line}.", line=section.line
        )
    keys[path] = section


def _is_wanted(key: str) -> bool:
    """Whether the values of *key*, or that it stands there at all, are of interest."""
    set_ = _CONTROL_SET.fullmatch(key)
    if set_:
        below = set_[2] or ""
        return not below or below in _WANTED_OF_SYSTEM or connector_of(below) is not None
    if key.startswith(f"{SOFTWARE}\\"):
        return key.removeprefix(f"{SOFTWARE}\\") in _WANTED_OF_SOFTWARE
    return key in ("hkey_local_machine", SYSTEM, SOFTWARE, rf"{SYSTEM}\select")


def connector_of(below: str) -> str | None:
    """Give the connector whose settings stand in the key *below* a control set; None where it is another key."""
    name = below.removeprefix(f"{_INSTANCES}\\")
    return name if name != below and name and "\\" not in name else None


def _refuse_misplaced(section: Section) -> None:
    for name, value in section.values.items():
        home = _OF_ONE_KEY.get(name)
        if home is None:
            continue
        set_ = _CONTROL_SET.fullmatch(section.key)
        below = (set_[2] or "") if set_ else section.key.removeprefix(f"{SOFTWARE}\\")
        at_home = connector_of(below) is not None if home == _INSTANCES else below == home
        if not at_home:
            raise UnreadableError(
                f"The value '{value.name}' stands in the key '{section.shown}', where it does not belong: "
                "the line of its own key is missing.",
                line=value.line,
            )
