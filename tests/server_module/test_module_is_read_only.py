"""The module only reads: proven by a walk over its syntax tree, against lists written by hand."""

from __future__ import annotations

import re

import pytest

from checker.shipped import server_module, server_module_text
from tests.report.powershell import mistakes
from tests.server_module.reach_of_scripts import Reach, lines_of, reach_of

FILES = {name: content.decode("utf-8-sig").replace("\r\n", "\n") for name, content in server_module().items()}

READS = {
    "Get-ADSyncScheduler", "Get-ADSyncRule", "Get-ADSyncConnector", "Get-ADSyncGlobalSettings",
    "Get-ADSyncAutoUpgrade", "Get-Item", "Get-WinEvent", "Microsoft.PowerShell.Utility\\Select-Object",
    "ConvertTo-Json", "Import-Module", "Export-ModuleMember",
}  # fmt: skip
"""Every command of others that the module may call."""

TYPES = {
    "bool", "datetime", "guid", "int", "long", "string", "timespan", "version", "system.enum",
    "system.globalization.cultureinfo", "system.xml.xmlconvert", "microsoft.win32.registrykey",
    "system.security.principal.windowsidentity", "system.security.principal.ntaccount",
    "system.security.securityexception", "system.unauthorizedaccessexception",
    "system.management.automation.parameterbindingexception",
}  # fmt: skip
STATIC = {
    "[datetime]::SpecifyKind", "[datetime]::UtcNow", "[microsoft.win32.registrykey]::OpenBaseKey",
    "[system.globalization.cultureinfo]::InvariantCulture",
    "[system.security.principal.windowsidentity]::GetCurrent", "[system.xml.xmlconvert]::ToString",
}  # fmt: skip
METHODS = {
    "GetValue", "GetValueKind", "GetValueNames", "OpenSubKey", "Substring", "ToString", "ToUniversalTime",
    "Translate", "TrimEnd",
}  # fmt: skip
"""Of these only `OpenSubKey` could open a key for writing, by a second argument, which another test rules out."""


@pytest.mark.parametrize("name", FILES)
def test_the_syntax_is_understood(name: str) -> None:
    """An independent grammar of PowerShell parses every file without a mistake."""
    assert [] == mistakes(FILES[name])


@pytest.mark.parametrize("name", FILES)
def test_nothing_needs_a_newer_powershell(name: str) -> None:
    """The product needs Windows PowerShell 5.1, which has no `?:`, `??`, `&&`."""
    code = re.sub(r"'[^']*'|\"[^\"]*\"|#.*", "", FILES[name])

    assert [] == re.findall(r"\?\?|&&|\|\||\?\.|\?\[", code)


@pytest.fixture(scope="module")
def module() -> Reach:
    """Walk over the module."""
    return reach_of(FILES["AdsyncChecker/AdsyncChecker.psm1"])


def test_only_commands_that_read_are_called(module: Reach) -> None:
    """Those of the list, and the module's own."""
    assert READS == module.commands - module.functions, "\n".join(lines_of(module))


def test_every_function_of_its_own_is_called_or_exported(module: Reach) -> None:
    """There is no function that nobody knows what it is for."""
    assert module.functions == (module.commands & module.functions) | {"Get-AdsyncFact"}


def test_nothing_is_computed(module: Reach) -> None:
    """No call whose target is a value, no member whose name is one, nothing that the walk does not know."""
    assert [] == module.dangers


def test_every_type_and_member_is_on_the_list(module: Reach) -> None:
    """Types, static members, and methods called on a value."""
    assert (TYPES, STATIC, METHODS) == (module.types, module.static, module.methods)


def test_no_property_of_another_object_is_assigned(module: Reach) -> None:
    """Only the module's own variables, and entries of its own tables, are written."""
    own = {name for name in module.assigned if not re.fullmatch(r"\$(told|cmdlets)\[.*\]", name)}

    assert set() == own


def test_keys_are_opened_for_reading() -> None:
    """The second argument that would open a key for writing is never given."""
    assert ["$Key"] == re.findall(r"\.OpenSubKey\(([^)]*)\)", server_module_text())


def test_the_product_is_the_only_module_that_is_imported() -> None:
    """Whatever else could be loaded is not."""
    assert ["Import-Module -Name 'ADSync' -ErrorAction SilentlyContinue"] == re.findall(
        r"^\s*(Import-Module.*)$", server_module_text(), re.MULTILINE
    )


@pytest.mark.parametrize(
    "word", ["Set-", "Remove-", "New-", "Invoke-", "Add-", "Start-", "Stop-", "Clear-", "Out-File"]
)
def test_words_that_change_something_do_not_occur(word: str) -> None:
    """Not even in a comment, so that whoever searches the text finds nothing."""
    assert word.lower() not in server_module_text().lower()


WRITERS = {
    "Export-AdsyncFacts.ps1": (
        {"Get-AdsyncFact", "Get-Item", "Import-Module", "Join-Path", "Split-Path", "Write-Output"},
        {"[system.io.file]::WriteAllText"},
        set(),
    ),
    "Write-AdsyncSnapshot.ps1": (
        {"Get-AdsyncFact", "Import-Module", "Test-Path"},
        {
            "[nullstring]::Value", "[system.io.file]::Move", "[system.io.file]::Replace",
            "[system.io.file]::WriteAllText",
        },
        set(),
    ),
    "Install-AdsyncEndpoint.ps1": (
        {
            "Copy-Item", "New-Item", "New-PSSessionConfigurationFile", "Out-Null", "Register-PSSessionConfiguration",
            "Test-PSSessionConfigurationFile", "icacls.exe",
        },
        set(),
        {"ShouldProcess"},
    ),
    "Install-AdsyncSnapshotTask.ps1": (
        {
            "Copy-Item", "Get-Date", "New-Item", "New-ScheduledTask", "New-ScheduledTaskAction",
            "New-ScheduledTaskPrincipal", "New-ScheduledTaskTrigger", "New-TimeSpan", "Out-Null",
            "Register-ScheduledTask", "icacls.exe",
        },
        set(),
        {"ShouldProcess"},
    ),
}  # fmt: skip
"""What the scripts beside the module may do: commands, static members, methods."""


@pytest.mark.parametrize("name", WRITERS)
def test_the_other_scripts_have_lists_of_their_own(name: str) -> None:
    """Each does what it is for, and nothing else."""
    found = reach_of(FILES[name])

    assert WRITERS[name] == (found.commands, found.static, found.methods)
    assert [] == found.dangers


def test_there_is_no_script_without_a_list() -> None:
    """A new file is a new list."""
    assert {*WRITERS} == {name for name in FILES if name.endswith(".ps1")}


def test_installers_change_nothing_without_being_asked() -> None:
    """Every change stands below a question that -WhatIf answers with no."""
    for name in ("Install-AdsyncEndpoint.ps1", "Install-AdsyncSnapshotTask.ps1"):
        outside = [
            line for line in FILES[name].split("$ErrorActionPreference = 'Stop'")[1].splitlines()
            if line and not line.startswith((" ", "}", "$", "if ($PSCmdlet.ShouldProcess("))
        ]  # fmt: skip
        assert "SupportsShouldProcess = $true" in FILES[name]
        assert [] == outside


HOSTILE = [
    "& $command",
    ". $script",
    "& 'Set-ADSyncScheduler'",
    "& (Get-Command Set-ADSyncScheduler)",
    "iex 'Set-ADSyncScheduler'",
    "Invoke-Expression $text",
    "Set-ADSyncScheduler -SyncCycleEnabled $false",
    "sp HKLM:\\x y 1",
    "Get-Item x | % { rm $_ }",
    "Get-Item x | ForEach-Object { $_.Delete() }",
    "$key.SetValue('a', 1)",
    "$key.OpenSubKey('a', $true).DeleteSubKey('b')",
    "[scriptblock]::Create('x').Invoke()",
    "$block.Invoke()",
    "$object.$name()",
    "$object.$name",
    "[type]::GetType('x')::Start()",
    "$type::Start('x')",
    "[System.IO.File]::WriteAllText('a', 'b')",
    "[System.Diagnostics.Process]::Start('cmd')",
    "New-Object -ComObject WScript.Shell",
    "Add-Type -TypeDefinition $code",
    "Get-Item x > file",
    "Get-Item x 2> file",
    "Get-Item x | Out-File file",
    "Get-Item @words",
    "$object.Property = 1",
    "$object.List[0] = 1",
    "$env:PATH = 'x'",
    "$global:x = 1",
    '"$(Set-ADSyncScheduler)"',
    "cmd.exe /c del x",
    "[ref] $x",
    "class A { [void] B() { rm x } }",
    "using module Evil",
    "trap { Set-ADSyncScheduler }",
    "Import-Module Evil",
    "$x.ForEach({ rm $_ })",
    "$x.Where('Delete')",
]


@pytest.mark.parametrize("line", HOSTILE)
def test_the_walk_sees_what_it_is_for(line: str, module: Reach) -> None:
    """Each of these in the module would fail one of the tests above."""
    text = server_module_text() + "\n" + line + "\n"
    found = reach_of(text)

    seen = (
        found.commands - found.functions != READS
        or found.dangers != []
        or (found.types, found.static, found.methods) != (TYPES, STATIC, METHODS)
        or found.assigned != module.assigned
        or ["$Key"] != re.findall(r"\.OpenSubKey\(([^)]*)\)", text)
        or len(re.findall(r"^\s*(Import-Module.*)$", text, re.MULTILINE)) != 1
    )
    assert seen
