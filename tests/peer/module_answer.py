"""The document that the function of our module gives on a fake server."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from psrpcore.types import ErrorCategory

from tests.peer.faults import Fails, PowerShellError, pipe_error
from tests.peer.server_model import (
    PARAMETERS,
    Endpoint,
    FakeServer,
    RegistryValue,
    file_of,
    key_of,
)
from tests.peer.sync_objects import ENTRA

_SYSTEM, _SOFTWARE = r"HKLM\SYSTEM\CurrentControlSet", r"HKLM\SOFTWARE"
_CHANNEL = rf"{_SYSTEM}\Control\SecurityProviders\SCHANNEL\Protocols\TLS 1.2"
_NET, _NET32 = (rf"{_SOFTWARE}\{one}Microsoft\.NETFramework\v4.0.30319" for one in ("", "WOW6432Node\\"))

_VALUES = (
    ("server.adsync_service_account", rf"{_SYSTEM}\Services\ADSync", "ObjectName"),
    ("server.dotnet_release", rf"{_SOFTWARE}\Microsoft\NET Framework Setup\NDP\v4\Full", "Release"),
    ("endpoint.export_api_version_raw", PARAMETERS, "AadConnectorExportApiVersion"),
    ("endpoint.import_api_version_raw", PARAMETERS, "AadConnectorImportApiVersion"),
    ("features.admin_audit_logging_raw", rf"{_SOFTWARE}\Microsoft\Azure AD Connect", "AuditEventLogging"),
    ("tls.client_enabled", rf"{_CHANNEL}\Client", "Enabled"),
    ("tls.client_disabled_by_default", rf"{_CHANNEL}\Client", "DisabledByDefault"),
    ("tls.server_enabled", rf"{_CHANNEL}\Server", "Enabled"),
    ("tls.server_disabled_by_default", rf"{_CHANNEL}\Server", "DisabledByDefault"),
    ("tls.dotnet_system_default", _NET, "SystemDefaultTlsVersions"),
    ("tls.dotnet_strong_crypto", _NET, "SchUseStrongCrypto"),
    ("tls.dotnet32_system_default", _NET32, "SystemDefaultTlsVersions"),
    ("tls.dotnet32_strong_crypto", _NET32, "SchUseStrongCrypto"),
)
_FILTERING = "EnableNonExistentObjectReferenceExportFiltering"
_WEEK = 7 * 24 * 3600


def module_document(server: FakeServer, *, virtual_account: bool) -> dict[str, Any]:
    """Give what the module tells of *server*."""
    now = server.now.strftime("%Y-%m-%dT%H:%M:%S.%f0Z")
    user = f"{server.environment['USERDOMAIN']}\\{server.environment['USERNAME']}"
    source = {"format": "live", "path": server.name, "assignment": "named by the server", "date": now}
    return {
        "format": "adsync-checker/facts/v1",
        "server": server.name,
        "sources": [source],
        "collection": {
            "plan": "module",
            "module_version": "1.0.0",
            "run_by": r"WinRM Virtual Users\WinRM VA_1_FABRIKAM_svc-audit" if virtual_account else user,
            "groups": list(server.groups),
            "server_time": now,
        },
        "facts": _facts(server, now),
        "cmdlets": _cmdlets(server, virtual_account=virtual_account),
    }


def module_text(server: FakeServer, endpoint: Endpoint) -> str:
    """Give the same as the one line that the function writes."""
    document = module_document(server, virtual_account=endpoint.virtual_account)
    return json.dumps(document, separators=(",", ":"))


def _facts(server: FakeServer, now: str) -> dict[str, Any]:
    entra = next((one.name for one in server.connectors if one.identifier == ENTRA), "")
    program = file_of(server.files, f"{_install_folder(server)}\\Bin\\miiserver.exe")
    values = (*_VALUES, ("endpoint.reference_filtering", rf"{PARAMETERS}\PerMAInstance\{entra}", _FILTERING))
    return {
        "server.name": _known(server.name, "the computer name"),
        "server.collected_at": _known(now, "the clock"),
        "product.version": _known(program.version, "miiserver.exe") if program else _absent("miiserver.exe"),
        "events.dn_attributes_failures": _failures(server),
        **{fact: _registry_fact(server, key, name) for fact, key, name in values},
    }


def _install_folder(server: FakeServer) -> str:
    found = key_of(server.registry, PARAMETERS)
    return str(found[1].get("Path", "")).rstrip("\\") if found else ""


def _known(value: RegistryValue, item: str) -> dict[str, Any]:
    return {"status": "known", "value": value, "source": {"format": "live", "item": item}}


def _absent(item: str) -> dict[str, Any]:
    return {"status": "absent", "source": {"format": "live", "item": item}}


def _registry_fact(server: FakeServer, key: str, name: str) -> dict[str, Any]:
    found = key_of(server.registry, key)
    values = {one.lower(): value for one, value in found[1].items()} if found else {}
    item = f"{key}, {name}"
    return _known(values[name.lower()], item) if name.lower() in values else _absent(item)


def _failures(server: FakeServer) -> dict[str, Any]:
    fault = server.faults.of_command("Get-WinEvent")
    if isinstance(fault, Fails):
        return {"status": "unknown", "reason": _REASONS[_status(fault.error)], "detail": fault.error.message}
    recent = [one for one in server.events if one.number == 6949 and one.age.total_seconds() <= _WEEK]
    return _known(len(recent), "Get-WinEvent, log Application, event 6949")


_REASONS = {"denied": "denied", "error": "collection_failed"}


def _status(error: PowerShellError) -> str:
    return "denied" if error.category is ErrorCategory.PermissionDenied else "error"


def _cmdlets(server: FakeServer, *, virtual_account: bool) -> dict[str, Any]:
    parameters = [{"Name": name, "Value": value} for name, value in server.settings.items()]
    answers: dict[str, Callable[[], list[Any]]] = {
        "Get-ADSyncScheduler": lambda: [server.scheduler.told()],
        "Get-ADSyncRule": lambda: [one.told() for one in server.rules],
        "Get-ADSyncConnector": lambda: [one.told() for one in server.connectors],
        "Get-ADSyncGlobalSettings": lambda: [{"Parameters": parameters}],
        "Get-ADSyncAutoUpgrade": lambda: [server.auto_upgrade.told()],
    }
    return {name: _answer(server, name, give, virtual_account=virtual_account) for name, give in answers.items()}


def _answer(server: FakeServer, name: str, give: Callable[[], list[Any]], *, virtual_account: bool) -> dict[str, Any]:
    fault = server.faults.of_command(name)
    if not server.has_product:
        return {"status": "absent", "detail": f"The command {name} is not there."}
    if isinstance(fault, Fails):
        return {"status": _status(fault.error), "detail": fault.error.message}
    if not reaches_service(server, name, virtual_account=virtual_account):
        return {"status": "error", "detail": pipe_error(name).message}
    return {"status": "ok", "value": give()}


def reaches_service(server: FakeServer, command: str, *, virtual_account: bool) -> bool:
    """Whether the cmdlet *command* can reach the synchronization service; that of the scheduler needs no pipe."""
    if server.service != "Running":
        return False
    return virtual_account or not server.pipe_refuses_network_logon or command == "Get-ADSyncScheduler"
