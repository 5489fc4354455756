"""The module only reads: proven by a walk over its syntax tree, against lists written by hand."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

import pytest

from checker.shipped import server_module, server_module_text
from tests.report.powershell import mistakes, outside, parsed, text, walk
from tests.server_module.reach_of_scripts import Reach, reach_of

MODULE = server_module_text()
FILES = {name: content.decode("utf-8-sig").replace("\r\n", "\n") for name, content in server_module().items()}

CALLS = {
    "Get-ADSyncScheduler -ErrorAction Stop",
    "Get-ADSyncRule -ErrorAction Stop",
    "Get-ADSyncConnector -ErrorAction Stop",
    "Get-ADSyncGlobalSettings -ErrorAction Stop",
    "Get-ADSyncAutoUpgrade -Detail -ErrorAction Stop",
    "Get-ADSyncAutoUpgrade -ErrorAction Stop",
    "Microsoft.PowerShell.Core\\Export-ModuleMember -Function 'Get-AdsyncFact'",
    "Microsoft.PowerShell.Core\\Import-Module -Name 'ADSync' -ErrorAction Stop -WarningAction SilentlyContinue",
    "Microsoft.PowerShell.Diagnostics\\Get-WinEvent -LogName 'Application' -FilterXPath $EventFilter -ErrorAction Stop",
    "Microsoft.PowerShell.Management\\Get-Service -Name 'ADSync' -ErrorAction Stop",
    "Microsoft.PowerShell.Utility\\ConvertTo-Json -InputObject $document -Depth 12 -Compress",
    "Microsoft.PowerShell.Utility\\Select-Object -First 1",
}
"""Every command of others that the module may call, with all its words: also Get-Service could ask another computer."""

TYPES = {
    "bool", "datetime", "guid", "int", "long", "ordered", "string", "timespan", "version", "system.enum",
    "system.valuetype", "system.environment", "system.diagnostics.fileversioninfo", "system.io.file",
    "system.globalization.cultureinfo", "system.xml.xmlconvert", "microsoft.win32.registrykey",
    "system.security.principal.windowsidentity", "system.security.principal.ntaccount",
    "system.security.principal.securityidentifier", "system.management.automation.commandnotfoundexception",
    "system.management.automation.parameterbindingexception",
}  # fmt: skip
ATTRIBUTES = {"cmdletbinding", "outputtype"}
STATIC = {
    "[datetime]::SpecifyKind", "[datetime]::UtcNow", "[microsoft.win32.registrykey]::OpenBaseKey",
    "[system.diagnostics.fileversioninfo]::GetVersionInfo", "[system.environment]::MachineName",
    "[system.globalization.cultureinfo]::InvariantCulture", "[system.io.file]::GetAttributes",
    "[system.security.principal.windowsidentity]::GetCurrent", "[system.xml.xmlconvert]::ToString",
}  # fmt: skip
METHODS = {
    "GetValue", "GetValueKind", "GetValueNames", "OpenSubKey", "Substring", "ToLowerInvariant", "ToString",
    "ToUniversalTime", "Translate", "Trim", "TrimEnd",
}  # fmt: skip
"""Of these only `OpenSubKey` could open a key for writing, by a second argument, which another test rules out."""
PROPERTIES = {
    "Category", "CategoryInfo", "Count", "Exception", "FullyQualifiedErrorId", "Groups", "Identifier",
    "InnerException", "Kind", "Length", "Message", "Name", "PSObject", "ProductVersion", "Properties", "Status",
    "TypeNames", "Value", "detail", "status", "value",
}  # fmt: skip
ASSIGNED = {
    "$told[$property.Name]", "$told['IsStandardRule']", "$told['ConnectivityParameters']",
    "$told['ExtensionConfiguration']", "$cmdlets[$name]",
}  # fmt: skip
"""Entries of tables that the module made itself."""


def refusals(script: str) -> list[str]:
    """Say what *script*, as the module, does that is on no list; also what is on a list and is not done."""
    found = reach_of(script)
    foreign = {call for call in found.calls if call.split()[0] not in found.functions}
    functions = [node for node in walk(parsed(script)) if node.type == "function_statement"]
    on_import = reach_of(outside(script, *functions)).commands
    told = [*found.dangers]
    for what, allowed, there in (
        ("calls", CALLS, foreign),
        ("types", TYPES, found.types),
        ("attributes", ATTRIBUTES, found.attributes),
        ("static members", STATIC, found.static),
        ("methods", METHODS, found.methods),
        ("properties", PROPERTIES, found.properties),
        ("assignments", ASSIGNED, found.assigned),
        ("variables of others", set(), found.places),
        ("commands in place of ours", set(), found.functions & {call.split()[0] for call in CALLS}),
        ("calls on import", {"Microsoft.PowerShell.Core\\Export-ModuleMember"}, on_import),
        ("keys opened", {"$Present", "$Key"}, set(re.findall(r"\.OpenSubKey\(([^)]*)\)", script))),
    ):
        told += [f"{what}: {one}" for one in sorted(allowed ^ there)]
    return told


@pytest.mark.parametrize("name", FILES)
def test_the_syntax_is_understood(name: str) -> None:
    """An independent grammar of PowerShell parses every file without a mistake."""
    assert [] == mistakes(FILES[name])


@pytest.mark.parametrize("name", FILES)
def test_nothing_needs_a_newer_powershell(name: str) -> None:
    """The product needs Windows PowerShell 5.1, which has no `?:`, `??`, `&&`."""
    code = re.sub(r"'[^']*'|\"[^\"]*\"|#.*", "", FILES[name])

    assert [] == re.findall(r"\?\?|&&|\|\||\?\.|\?\[", code)


def test_the_module_does_what_is_on_the_lists() -> None:
    """Commands with all their words, types, members, assignments: no more, and the lists hold nothing that is not used."""
    assert [] == refusals(MODULE)


def test_every_function_of_its_own_is_called_or_exported() -> None:
    """There is no function that nobody knows what it is for."""
    found = reach_of(MODULE)

    assert found.functions == (found.commands & found.functions) | {"Get-AdsyncFact"}


def test_commands_of_powershell_are_called_by_the_names_of_their_modules() -> None:
    """An endpoint has functions of the same names that can do less, and a person may have aliases."""
    found = reach_of(MODULE)
    bare = {name for name in found.commands - found.functions if "\\" not in name}

    assert {name for name in bare if not name.startswith("Get-ADSync")} == set()


@pytest.mark.parametrize("name", [name for name in FILES if name.endswith((".psd1", ".psrc", ".pssc"))])
def test_tables_are_tables(name: str) -> None:
    """The manifest, the role and the endpoint are data: nothing in them runs."""
    found = reach_of(FILES[name])

    assert Reach() == found


def test_the_tables_have_no_other_keys() -> None:
    """Each of them could load code, show a command or define one; these keys are all there are."""
    keys = {
        name: set(re.findall(r"^    (\w+) *=", text, re.MULTILINE))
        for name, text in FILES.items()
        if name.endswith((".psd1", ".psrc", ".pssc"))
    }

    assert {
        "AdsyncChecker/AdsyncChecker.psd1": {
            "RootModule", "ModuleVersion", "GUID", "Author", "Copyright", "Description", "PowerShellVersion",
            "CompatiblePSEditions", "FunctionsToExport", "CmdletsToExport", "VariablesToExport", "AliasesToExport",
            "FileList",
        },
        "AdsyncChecker/RoleCapabilities/AdsyncChecker.psrc": {
            "GUID", "Author", "Description", "ModulesToImport", "VisibleFunctions",
        },
        "AdsyncChecker.pssc": {
            "SchemaVersion", "GUID", "Author", "Description", "SessionType", "LanguageMode", "RunAsVirtualAccount",
            "RunAsVirtualAccountGroups", "TranscriptDirectory", "RoleDefinitions",
        },
    } == keys  # fmt: skip


@pytest.mark.parametrize(
    "word", ["Set-", "Remove-", "New-", "Invoke-", "Add-", "Start-", "Stop-", "Clear-", "Out-File"]
)
def test_words_that_change_something_do_not_occur(word: str) -> None:
    """Not even in a comment, so that whoever searches the text finds nothing."""
    assert word.lower() not in MODULE.lower()


@dataclass(frozen=True, kw_only=True)
class Allowed:
    """What a script beside the module may do."""

    commands: set[str]
    types: set[str]
    static: set[str]
    methods: set[str]
    places: set[str] = field(default_factory=set)
    objects: set[str] = field(default_factory=set)  # types that New-Object makes


_SID = {"system.security.principal.ntaccount", "system.security.principal.securityidentifier", "system.environment"}
_CLOSED = {
    "[system.environment]::MachineName", "[system.io.directory]::CreateDirectory",
    "[system.io.directory]::SetAccessControl",
}  # fmt: skip
WRITERS = {
    "Export-AdsyncFacts.ps1": Allowed(
        commands={
            "Get-AdsyncFact", "Microsoft.PowerShell.Core\\Import-Module", "Microsoft.PowerShell.Utility\\Write-Output",
        },
        types={"string", "switch", "system.io.directory", "system.io.file"},
        static={
            "[system.io.directory]::Exists", "[system.io.file]::Exists", "[system.io.file]::WriteAllText",
        },
        methods={"GetUnresolvedProviderPathFromPSPath"},
    ),
    "Write-AdsyncSnapshot.ps1": Allowed(
        commands={"Get-AdsyncFact", "Microsoft.PowerShell.Core\\Import-Module"},
        types={"string", "nullstring", "system.io.file"},
        static={
            "[nullstring]::Value", "[system.io.file]::Exists", "[system.io.file]::Move", "[system.io.file]::Replace",
            "[system.io.file]::WriteAllText",
        },
        methods=set(),
        places={"$env:ProgramFiles"},
    ),
    "Install-AdsyncEndpoint.ps1": Allowed(
        commands={
            "Copy-Item", "Get-Acl", "Get-GroupSid", "Get-Item", "Get-PSSessionConfiguration", "New-ClosedFolder",
            "New-Object", "New-PSSessionConfigurationFile", "Out-Null", "Register-PSSessionConfiguration",
            "Test-PSSessionConfigurationFile", "Test-Path", "Unregister-PSSessionConfiguration",
        },
        types={"string", "system.io.directory", *_SID},
        static=_CLOSED,
        methods={"GetOwner", "SetSecurityDescriptorSddlForm", "ShouldProcess", "Translate"},
        places={"$env:ProgramFiles", "$env:ProgramData"},
        objects={"System.Security.AccessControl.DirectorySecurity"},
    ),
    "Install-AdsyncSnapshotTask.ps1": Allowed(
        commands={
            "Copy-Item", "Get-AccountSid", "Get-Acl", "Get-ChildItem", "Get-Date", "Get-GroupSid", "Get-Item",
            "New-ClosedFolder", "New-Item", "New-Object", "New-ScheduledTask", "New-ScheduledTaskAction",
            "New-ScheduledTaskPrincipal", "New-ScheduledTaskSettingsSet", "New-ScheduledTaskTrigger", "New-TimeSpan",
            "Out-Null", "Register-ScheduledTask", "Test-Path",
        },
        types={"int", "string", "system.io.directory", *_SID},
        static=_CLOSED,
        methods={"GetOwner", "SetSecurityDescriptorSddlForm", "ShouldProcess", "Translate"},
        places={"$env:ProgramFiles", "$env:ProgramData", "$env:SystemRoot"},
        objects={"System.Security.AccessControl.DirectorySecurity"},
    ),
}  # fmt: skip
"""Each does what it is for, and nothing else."""


@pytest.mark.parametrize("name", WRITERS)
def test_the_other_scripts_have_lists_of_their_own(name: str) -> None:
    """Commands, types, members, places."""
    found = reach_of(FILES[name])
    made = {call.split()[2] for call in found.calls if call.startswith("New-Object")}
    there = Allowed(
        commands=found.commands, types=found.types, static=found.static, methods=found.methods, places=found.places,
        objects=made,
    )  # fmt: skip

    assert WRITERS[name] == there
    assert ([], set()) == (found.dangers, {one for one in found.assigned if one != "$null"})


def test_there_is_no_script_without_a_list() -> None:
    """A new file is a new list."""
    assert {*WRITERS} == {name for name in FILES if name.endswith(".ps1")}


READING = {"Get-GroupSid", "Get-AccountSid", "Out-Null"}
"""What an installer does before it asks: it looks up names."""


@pytest.mark.parametrize("name", ["Install-AdsyncEndpoint.ps1", "Install-AdsyncSnapshotTask.ps1"])
def test_installers_change_nothing_without_being_asked(name: str) -> None:
    """Every change stands below a question that -WhatIf answers with no."""
    asked = [
        node for node in walk(parsed(FILES[name]))
        if node.type == "if_statement" and ".ShouldProcess(" in text(node.children[2])
    ]  # fmt: skip
    functions = [node for node in walk(parsed(FILES[name])) if node.type == "function_statement"]
    before = reach_of(outside(FILES[name], *asked, *functions))

    assert "SupportsShouldProcess = $true" in FILES[name]
    assert 3 <= len(asked)
    assert before.commands <= READING
    assert (set(), set()) == (before.static, before.methods)


def test_what_looks_up_names_changes_nothing() -> None:
    """The functions that run before an installer asks."""
    for name in ("Install-AdsyncEndpoint.ps1", "Install-AdsyncSnapshotTask.ps1"):
        for node in walk(parsed(FILES[name])):
            if node.type == "function_statement" and text(node.children[1]) in READING:
                found = reach_of(text(node))
                assert found.commands <= READING
                assert found.static <= {"[system.environment]::MachineName"}
                assert found.methods <= {"Translate"}


def test_installers_refuse_groups_of_everybody() -> None:
    """Whoever may read is a group of Active Directory, and not all users, guests or computers of a domain."""
    for name in ("Install-AdsyncEndpoint.ps1", "Install-AdsyncSnapshotTask.ps1"):
        assert "$sid -notmatch '^S-1-5-21-' -or $sid -match '-(513|514|515)$'" in FILES[name]


def test_folders_are_closed_to_all_others() -> None:
    """The access list is written as a whole and inherits nothing; readers read, and the account writes."""
    closed = "O:BAG:BAD:P(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)"
    task = FILES["Install-AdsyncSnapshotTask.ps1"]

    assert f"'{closed}', 'Owner, Access'" in FILES["Install-AdsyncEndpoint.ps1"]
    assert f"\"{closed}$Entries\", 'Owner, Access'" in task
    assert ["(A;OICI;FR;;;$(Get-GroupSid -Name $Readers))", "(A;OICI;0x1301bf;;;$writer)"] == re.findall(
        r'"(\(A;OICI;(?:FR|0x).*)"$', task, re.MULTILINE
    )


def test_a_snapshot_is_replaced_as_a_whole() -> None:
    """It is written beside its place and then put there."""
    script = FILES["Write-AdsyncSnapshot.ps1"]

    assert ["[System.IO.File]::WriteAllText($partial, $text)"] == re.findall(r"\[System\.IO\.File\]::Write.*", script)
    assert "[System.IO.File]::Replace($partial, $Path, [NullString]::Value)" in script
    assert "[System.IO.File]::Move($partial, $Path)" in script


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
    "if (1) { Import-Module Evil }",
    "if (1) { Microsoft.PowerShell.Core\\Import-Module -Name 'Evil' }",
    "Microsoft.PowerShell.Core\\Export-ModuleMember -Function '*'",
    "Microsoft.PowerShell.Management\\Get-Service -Name 'ADSync' -ComputerName other -ErrorAction Stop",
    "Microsoft.PowerShell.Diagnostics\\Get-WinEvent -Path \\\\other\\share",
    "Microsoft.PowerShell.Utility\\Select-Object -Property { rm x }",
    "Get-ADSyncRule -ErrorAction Stop -OutVariable global:x",
    "Get-UtcText -Time $x.Delete()",
    "Get-UtcText -Time ($x.Delete())",
    "Get-UtcText x$(rm y)z",
    "Get-UtcText -Time:$(rm y)",
    "$a, $env:PATH = 1, 2",
    "$a, $object.Property = 1, 2",
    "foreach ($env:PATH in 1) { }",
    "${env:PATH} = 'x'",
    "$x = ${C:\\secret.txt}",
    "$x = $env:SECRET",
    "$Record['x'] = 1",
    "$object.Count++",
    "$object.Count += 1",
    "$x -as 'System.IO.StreamWriter'",
    "[System.IO.StreamWriter] 'file'",
    "[scriptblock] 'rm x'",
    "#Requires -Modules Evil",
    "# requires -PSSnapin Evil",
    "[Evil('x')] param()",
    "function global:prompt { }",
    "function Get-ADSyncRule { }",
    "[ValidateScript({ rm x })] $y = 1",
    "switch (1) { 1 { rm x } }",
    "do { rm x } while (1)",
    "for ($i = 0; rm x; $i++) { }",
    "data { rm x }",
    "begin { rm x }",
    "filter f { rm x }",
    "workflow w { }",
    "configuration c { }",
    "enum E { A }",
    "@'\nrm x\n'@ | iex",
    '@"\n$(rm x)\n"@',
    "1..3 | & $x",
    "$x | . $y",
    "rm x &",
    "$ExecutionContext.InvokeCommand.InvokeScript('x')",
    "$ExecutionContext.SessionState.LanguageMode = 'x'",
    "[System.Reflection.Assembly]::Load($x)",
    "[int]::Parse('1')",
    "$key.OpenSubKey($Key, $true)",
    "$key.CreateSubKey('x')",
    "GET-ITEM x",
    "G`et-Item x",
    "'rm' | Invoke-Command -ScriptBlock { }",
    "Get-AdsyncFact *> file",
    "Get-AdsyncFact 2>&1",
    "$PSDefaultParameterValues['*:OutVariable'] = 'x'",
    "$function:Evil = 'x'",
    "using namespace System.IO",
    "return { rm x }",
    "@{ a = { rm x } }",
    "throw (rm x)",
    "exit (rm x)",
    "$(rm x)",
    "@(rm x)",
    "-not (rm x)",
    "$x[(rm y)]",
    "try { rm x } finally { rm y }",
    "function f { function rm { } }\nfunction g { rm x }",
    "if (0) { function rm { } }\nrm x",
    "rm x\nfunction rm { }",
]


@pytest.mark.parametrize("line", HOSTILE)
@pytest.mark.parametrize("place", ["end", "middle"])
def test_the_walk_refuses_what_it_is_for(line: str, place: str) -> None:
    """Each of these is refused, after the module and in the middle of one of its functions."""
    before, mark, after = MODULE.partition("    $identity = ")
    text = f"{MODULE}\n{line}\n" if place == "end" else f"{before}{line}\n{mark}{after}"

    assert [] != refusals(text)


@pytest.mark.parametrize(
    "line",
    ["$x = 1", "$x = $Record.Exception.Message", "if ($x -eq 1) { $x = 2 }", "# Set-ADSyncScheduler", "$x = 'rm y'"],
)
def test_the_walk_refuses_nothing_else(line: str) -> None:
    """What only reads and remembers is no danger, nor is what stands in a comment or in a text."""
    assert [] == refusals(f"{MODULE}\n{line}\n")
