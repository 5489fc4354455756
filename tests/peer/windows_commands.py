"""The commands that read the registry, files, the event log, services and the clock."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta, timezone

from psrpcore.types import ErrorCategory

from tests.peer.commands import Call, Cmdlet
from tests.peer.faults import PowerShellError
from tests.peer.net_objects import NetEnum, NetList, NetObject, Value, custom
from tests.peer.server_model import FakeFile, RegistryValue, file_of, key_of

_HIVE = re.compile(r"(?i)^(?:(?:Microsoft\.PowerShell\.Core\\)?Registry::)?(?:HKLM:\\?|HKEY_LOCAL_MACHINE\\)")
_VARIABLE = re.compile(r"(?i)^env:\\?")


def _registry_path(path: str) -> str | None:
    return _HIVE.sub(lambda _found: "HKLM\\", path) if _HIVE.match(path) else None


def _noted(path: str, provider: str, drive: str) -> dict[str, Value]:
    """Give the notes that PowerShell adds to all that comes from a provider."""
    parent, _, child = path.rpartition("\\")
    full = f"Microsoft.PowerShell.Core\\{provider}::"
    return {
        "PSPath": full + path,
        "PSParentPath": full + parent,
        "PSChildName": child,
        "PSDrive": NetObject(
            types=("System.Management.Automation.PSDriveInfo", "System.Object"),
            own={"CurrentLocation": "", "Name": drive, "Root": f"{drive}:\\"},
            text=drive,
        ),
        "PSProvider": NetObject(
            types=("System.Management.Automation.ProviderInfo", "System.Object"),
            own={"Name": provider, "HelpFile": "System.Management.Automation.dll-Help.xml"},
            text=f"Microsoft.PowerShell.Core\\{provider}",
        ),
    }


def _no_path(path: str, cmdlet: Cmdlet) -> PowerShellError:
    return PowerShellError(
        message=f"Cannot find path '{path}' because it does not exist.",
        identifier=f"PathNotFound,{cmdlet.type}",
        category=ErrorCategory.ObjectNotFound,
        exception="System.Management.Automation.ItemNotFoundException",
        target=path,
    )


def _key(call: Call, path: str, cmdlet: Cmdlet) -> tuple[str, dict[str, RegistryValue]] | None:
    """Find a key of the registry; that there is none is written as an error."""
    wanted = _registry_path(path)
    found = key_of(call.server.registry, wanted) if wanted else None
    if found is None:
        call.fail(_no_path(path, cmdlet))
    return found


def _item_property(call: Call) -> Iterator[Value]:
    for path in call.texts("LiteralPath", "Path"):
        found = _key(call, path, ITEM_PROPERTY)
        if found is None or not found[1]:
            continue
        key, values = found
        wanted = {one.lower() for one in call.texts("Name")}
        notes: dict[str, Value] = {name: one for name, one in values.items() if not wanted or name.lower() in wanted}
        for name in call.texts("Name"):
            if name.lower() not in {one.lower() for one in values}:
                call.fail(
                    PowerShellError(
                        message=f"Property {name} does not exist at path {key}.",
                        identifier=f"System.Management.Automation.PSArgumentException,{ITEM_PROPERTY.type}",
                        category=ErrorCategory.InvalidArgument,
                        exception="System.Management.Automation.PSArgumentException",
                        target=name,
                    )
                )
        if notes:
            yield custom({**notes, **_noted(key, "Registry", "HKLM")})


def _item(call: Call) -> Iterator[Value]:
    for path in call.texts("LiteralPath", "Path"):
        if _VARIABLE.match(path):
            yield from _variable(call, path)
        elif _registry_path(path):
            yield from _registry_key(call, path)
        else:
            yield from _file(call, path)


def _variable(call: Call, path: str) -> Iterator[Value]:
    name = _VARIABLE.sub("", path)
    found = next((pair for pair in call.server.environment.items() if pair[0].lower() == name.lower()), None)
    if found is None:
        call.fail(_no_path(path, ITEM))
        return
    own: dict[str, Value] = {"Key": found[0], "Value": found[1]}
    notes: dict[str, Value] = {**_noted(found[0], "Environment", "Env"), "Name": found[0]}
    yield NetObject(
        types=("System.Collections.DictionaryEntry", "System.ValueType", "System.Object"), own=own, notes=notes
    )


def _registry_key(call: Call, path: str) -> Iterator[Value]:
    found = _key(call, path, ITEM)
    if found is None:
        return
    key, values = found
    below = sum(one.lower().startswith(f"{key.lower()}\\") for one in call.server.registry)
    own: dict[str, Value] = {
        "SubKeyCount": below,
        "View": NetEnum("Microsoft.Win32.RegistryView", "Default", 0),
        "ValueCount": len(values),
        "Name": key.replace("HKLM\\", "HKEY_LOCAL_MACHINE\\", 1),
    }
    notes = {"Property": NetList(tuple(values), "System.String[]"), **_noted(key, "Registry", "HKLM")}
    types = ("Microsoft.Win32.RegistryKey", "System.MarshalByRefObject", "System.Object")
    yield NetObject(types=types, own=own, notes=notes, text=str(own["Name"]))


def _found_file(call: Call, path: str, cmdlet: Cmdlet) -> FakeFile | None:
    found = file_of(call.server.files, path)
    if found is None:
        call.fail(_no_path(path, cmdlet))
    return found


def _file(call: Call, path: str) -> Iterator[Value]:
    found = _found_file(call, path, ITEM)
    if found is None:
        return
    version = NetObject(
        types=("System.Diagnostics.FileVersionInfo", "System.Object"),
        own={"FileName": path, "ProductVersion": found.version or None, "FileVersion": found.version or None},
        text=f"File:             {path}\r\n",
    )
    own: dict[str, Value] = {
        "Name": path.rpartition("\\")[2],
        "Length": len(found.text),
        "FullName": path,
        "LastWriteTime": found.written.astimezone(_ZONE),
        "LastWriteTimeUtc": found.written,
    }
    types = ("System.IO.FileInfo", "System.IO.FileSystemInfo", "System.MarshalByRefObject", "System.Object")
    notes: dict[str, Value] = {**_noted(path, "FileSystem", "C"), "Mode": "-a----", "VersionInfo": version}
    yield NetObject(types=types, own=own, notes=notes, text=path)


def _content(call: Call) -> Iterator[Value]:
    for path in call.texts("LiteralPath", "Path"):
        found = _found_file(call, path, CONTENT)
        if found is None:
            continue
        parts = (found.text,) if call.switched("Raw") else tuple(found.text.splitlines())
        for count, part in enumerate(parts, start=1):
            yield NetObject(inner=part, notes={**_noted(path, "FileSystem", "C"), "ReadCount": count})


def _acl(call: Call) -> Iterator[Value]:
    for path in call.texts("LiteralPath", "Path"):
        found = _found_file(call, path, ACL)
        if found is None:
            continue
        notes: dict[str, Value] = {
            **_noted(path, "FileSystem", "C"),
            "Owner": found.owner,
            "Group": r"NT AUTHORITY\SYSTEM",
            "AccessToString": "\n".join(found.access),
        }
        types = ("System.Security.AccessControl.FileSecurity", "System.Object")
        yield NetObject(types=types, own={"AreAccessRulesProtected": True}, notes=notes)


_ZONE = timezone(timedelta(hours=1))


def _date(call: Call) -> Iterator[Value]:
    hint = NetEnum("Microsoft.PowerShell.Commands.DisplayHintType", "DateTime", 2)
    yield NetObject(inner=call.server.now.astimezone(_ZONE), notes={"DisplayHint": hint})


_STATES = ("Stopped", "StartPending", "StopPending", "Running")


def _service(call: Call) -> Iterator[Value]:
    for name in call.texts("Name"):
        if name.lower() != "adsync" or not call.server.has_product:
            call.fail(
                PowerShellError(
                    message=f"Cannot find any service with service name '{name}'.",
                    identifier=f"NoServiceFoundForGivenName,{SERVICE.type}",
                    category=ErrorCategory.ObjectNotFound,
                    exception="Microsoft.PowerShell.Commands.ServiceCommandException",
                    target=name,
                )
            )
            continue
        number = _STATES.index(call.server.service) + 1
        state = NetEnum("System.ServiceProcess.ServiceControllerStatus", call.server.service, number)
        own: dict[str, Value] = {"DisplayName": "Microsoft Azure AD Sync", "ServiceName": "ADSync", "Status": state}
        types = ("System.ServiceProcess.ServiceController", "System.ComponentModel.Component", "System.Object")
        yield NetObject(types=types, own=own, notes={"Name": "ADSync"})


_QUERY = re.compile(
    r"\*\[System\[(?:Provider\[@Name=['\"](?P<provider>[^'\"]+)['\"]\] and )?\(?EventID=(?P<number>\d+)\)?"
    r" and TimeCreated\[timediff\(@SystemTime\) ?(?:<=|&lt;=) ?(?P<age>\d+)\]\]\]"
)


def _events(call: Call) -> Iterator[Value]:
    found = _QUERY.fullmatch(call.text("FilterXPath") or "")
    if found is None:
        raise PowerShellError(
            message="The specified query is invalid",
            identifier=f"System.Diagnostics.Eventing.Reader.EventLogException,{EVENTS.type}",
            exception="System.Diagnostics.Eventing.Reader.EventLogException",
            terminating=True,
        )
    age = timedelta(milliseconds=int(found["age"]))
    log, provider = (call.text("LogName") or "").lower(), (found["provider"] or "").lower()
    matching = [
        one
        for one in call.server.events
        if one.number == int(found["number"])
        and one.age <= age
        and one.log.lower() == log
        and provider in ("", one.provider.lower())
    ]
    if not matching:
        call.fail(
            PowerShellError(
                message="No events were found that match the specified selection criteria.",
                identifier=f"NoMatchingEventsFound,{EVENTS.type}",
                category=ErrorCategory.ObjectNotFound,
                exception="System.Exception",
            )
        )
    for one in matching:
        own: dict[str, Value] = {
            "Id": one.number,
            "ProviderName": one.provider,
            "LogName": one.log,
            "TimeCreated": call.server.now - one.age,
        }
        yield NetObject(types=("System.Diagnostics.Eventing.Reader.EventLogRecord", "System.Object"), own=own)


_PATHS = ("Path", "LiteralPath")
ITEM_PROPERTY = Cmdlet(
    name="Get-ItemProperty", runs=_item_property, parameters=(*_PATHS, "Name"), positions=("Path", "Name")
)
ITEM = Cmdlet(name="Get-Item", runs=_item, parameters=_PATHS, switches=("Force",), positions=("Path",))
CONTENT = Cmdlet(
    name="Get-Content",
    runs=_content,
    parameters=(*_PATHS, "Encoding", "TotalCount", "Tail", "ReadCount"),
    switches=("Raw", "Force"),
    positions=("Path",),
)
ACL = Cmdlet(name="Get-Acl", runs=_acl, parameters=_PATHS, switches=("Audit",), positions=("Path",))
SERVICE = Cmdlet(name="Get-Service", runs=_service, parameters=("Name", "DisplayName"), positions=("Name",))
EVENTS = Cmdlet(
    name="Get-WinEvent",
    runs=_events,
    parameters=("LogName", "FilterXPath", "FilterHashtable", "MaxEvents"),
    positions=("LogName",),
)
WINDOWS_COMMANDS = (
    ITEM_PROPERTY, ITEM, CONTENT, ACL, SERVICE, EVENTS,
    Cmdlet(name="Get-Date", runs=_date, parameters=("Date", "Format", "UFormat"), positions=("Date",)),
)  # fmt: skip
