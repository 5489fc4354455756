#Requires -Version 5.1
#Requires -RunAsAdministrator
<#
.SYNOPSIS
    Installs the module and a scheduled task that writes a snapshot of the facts every hour.
.DESCRIPTION
    The task runs as the system, or as the group managed service account -Account, which must be in the groups that the
    cmdlets of the product ask for. The snapshot can be written by the system, administrators and that account alone, and
    be read by -Readers. A task of the same name is replaced. Look at -WhatIf first.
.EXAMPLE
    .\Install-AdsyncSnapshotTask.ps1 -Readers 'CONTOSO\Entra-Connect-Auditors' -WhatIf
#>
[CmdletBinding(SupportsShouldProcess = $true, ConfirmImpact = 'High')]
param(
    [Parameter(Mandatory = $true)]
    [ValidatePattern('^[^\\]+\\[^\\]+$')]
    [string] $Readers,
    [ValidatePattern('^(SYSTEM|[^\\]+\\[^\\]+\$)$')]
    [string] $Account = 'SYSTEM',
    [ValidateRange(1, 12)]
    [int] $EveryHours = 1
)

$ErrorActionPreference = 'Stop'

function Get-AccountSid {
    param([string] $Name)
    try {
        return ([System.Security.Principal.NTAccount] $Name).Translate([System.Security.Principal.SecurityIdentifier]).Value
    }
    catch {
        throw "There is no '$Name'."
    }
}

function Get-GroupSid {
    # Only a group that somebody made for this: not everybody, and not a group of this computer, which nobody reviews.
    param([string] $Name)
    $sid = Get-AccountSid -Name $Name
    if ($sid -notmatch '^S-1-5-21-' -or $sid -match '-(513|514|515)$' -or $Name -like "$([System.Environment]::MachineName)\*") {
        throw "'$Name' is no group of Active Directory that was made for this. Make one, for those who may read the facts."
    }
    return $sid
}

function New-ClosedFolder {
    # For the system, administrators and whom -Entries name. What somebody else put there first is not trusted.
    param([string] $Path, [string] $Entries, [string] $Writer)
    $trusted = @('S-1-5-18', 'S-1-5-32-544', $Writer)
    if (Test-Path -LiteralPath $Path) {
        foreach ($one in @(Get-Item -LiteralPath $Path -Force) + @(Get-ChildItem -LiteralPath $Path -File -Force)) {
            $owner = (Get-Acl -LiteralPath $one.FullName).GetOwner([System.Security.Principal.SecurityIdentifier]).Value
            if ($one.Attributes -match 'ReparsePoint' -or $trusted -notcontains $owner) {
                throw "$($one.FullName) was made by somebody else, or is a link. Look at what is in it, and delete it."
            }
        }
    }
    $security = New-Object -TypeName System.Security.AccessControl.DirectorySecurity
    $security.SetSecurityDescriptorSddlForm("O:BAG:BAD:P(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)$Entries", 'Owner, Access')
    [System.IO.Directory]::CreateDirectory($Path, $security) | Out-Null
    [System.IO.Directory]::SetAccessControl($Path, $security)
}

$entries = "(A;OICI;FR;;;$(Get-GroupSid -Name $Readers))"
$writer = 'S-1-5-18'
if ($Account -ne 'SYSTEM') {
    $writer = Get-AccountSid -Name $Account
    # To read, write and delete, and not to give rights to others.
    $entries += "(A;OICI;0x1301bf;;;$writer)"
}
$modules = "$env:ProgramFiles\WindowsPowerShell\Modules"
$scripts = "$env:ProgramFiles\AdsyncChecker"
$data = "$env:ProgramData\AdsyncChecker"

if ($PSCmdlet.ShouldProcess($modules, 'Copy the module AdsyncChecker')) {
    Copy-Item -LiteralPath "$PSScriptRoot\AdsyncChecker" -Destination $modules -Recurse -Force
}
if ($PSCmdlet.ShouldProcess($scripts, 'Copy the script that writes the snapshot')) {
    New-Item -ItemType Directory -Path $scripts -Force | Out-Null
    Copy-Item -LiteralPath "$PSScriptRoot\Write-AdsyncSnapshot.ps1" -Destination $scripts -Force
}
if ($PSCmdlet.ShouldProcess("$data\Snapshot", "Make the folder, for $Readers to read")) {
    New-ClosedFolder -Path $data
    New-ClosedFolder -Path "$data\Snapshot" -Entries $entries -Writer $writer
}
if ($PSCmdlet.ShouldProcess('AdsyncChecker Snapshot', "Register the task, as $Account, every $EveryHours hours")) {
    $arguments = "-NoProfile -NonInteractive -ExecutionPolicy RemoteSigned -File `"$scripts\Write-AdsyncSnapshot.ps1`""
    $program = "$env:SystemRoot\System32\WindowsPowerShell\v1.0\powershell.exe"
    $action = New-ScheduledTaskAction -Execute $program -Argument $arguments
    $interval = New-TimeSpan -Hours $EveryHours
    $trigger = New-ScheduledTaskTrigger -Once -At (Get-Date) -RepetitionInterval $interval
    # The second kind is that of managed accounts: no password is asked for, and none is stored.
    $kind = 'ServiceAccount'
    if ($Account -ne 'SYSTEM') {
        $kind = 'Password'
    }
    $principal = New-ScheduledTaskPrincipal -UserId $Account -LogonType $kind
    $limit = New-TimeSpan -Minutes 10
    $settings = New-ScheduledTaskSettingsSet -StartWhenAvailable -MultipleInstances IgnoreNew -ExecutionTimeLimit $limit
    $task = New-ScheduledTask -Action $action -Trigger $trigger -Principal $principal -Settings $settings
    Register-ScheduledTask -TaskName 'AdsyncChecker Snapshot' -InputObject $task -Force | Out-Null
}
