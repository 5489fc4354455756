<#
.SYNOPSIS
    Installs the module and a scheduled task that writes a snapshot of the facts every hour.
.DESCRIPTION
    The task runs as the system, or as the group managed service account -Account, which must be in the groups that the
    cmdlets of the product ask for. The snapshot can be written by administrators and that account alone, and be read by
    -Readers. Run it elevated, and look at -WhatIf first.
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
    [ValidateRange(1, 24)]
    [int] $EveryHours = 1
)

$ErrorActionPreference = 'Stop'

$modules = "$env:ProgramFiles\WindowsPowerShell\Modules"
$scripts = "$env:ProgramFiles\AdsyncChecker"
$data = "$env:ProgramData\AdsyncChecker\Snapshot"

if ($PSCmdlet.ShouldProcess($modules, 'Copy the module AdsyncChecker')) {
    Copy-Item -LiteralPath "$PSScriptRoot\AdsyncChecker" -Destination $modules -Recurse -Force
}
if ($PSCmdlet.ShouldProcess($scripts, 'Copy the script that writes the snapshot')) {
    New-Item -ItemType Directory -Path $scripts -Force | Out-Null
    Copy-Item -LiteralPath "$PSScriptRoot\Write-AdsyncSnapshot.ps1" -Destination $scripts -Force
}
if ($PSCmdlet.ShouldProcess($data, "Make the folder, for $Readers to read")) {
    New-Item -ItemType Directory -Path $data -Force | Out-Null
    $grants = @('*S-1-5-18:(OI)(CI)F', '*S-1-5-32-544:(OI)(CI)F', "${Readers}:(OI)(CI)R")
    if ($Account -ne 'SYSTEM') {
        $grants += "${Account}:(OI)(CI)M"
    }
    icacls.exe $data /inheritance:r /grant $grants | Out-Null
    if ($LASTEXITCODE -ne 0) {
        throw "icacls.exe could not protect $data."
    }
}
if ($PSCmdlet.ShouldProcess('AdsyncChecker Snapshot', "Register the task, as $Account, every $EveryHours hours")) {
    $arguments = "-NoProfile -NonInteractive -ExecutionPolicy RemoteSigned -File `"$scripts\Write-AdsyncSnapshot.ps1`""
    $action = New-ScheduledTaskAction -Execute 'powershell.exe' -Argument $arguments
    $interval = New-TimeSpan -Hours $EveryHours
    $trigger = New-ScheduledTaskTrigger -Once -At (Get-Date) -RepetitionInterval $interval
    $principal = New-ScheduledTaskPrincipal -UserId $Account -LogonType ServiceAccount
    if ($Account -ne 'SYSTEM') {
        $principal = New-ScheduledTaskPrincipal -UserId $Account -LogonType Password
    }
    $task = New-ScheduledTask -Action $action -Trigger $trigger -Principal $principal
    Register-ScheduledTask -TaskName 'AdsyncChecker Snapshot' -InputObject $task -Force | Out-Null
}
