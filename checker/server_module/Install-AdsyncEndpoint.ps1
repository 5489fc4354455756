<#
.SYNOPSIS
    Installs the module and its JEA endpoint AdsyncChecker on this server.
.DESCRIPTION
    Members of -Group may then call one function, Get-AdsyncFact, which reads. It runs as a virtual account that is in the
    groups -RunAsGroups. WinRM restarts, which ends the remote sessions of others. Run it elevated, and look at
    -WhatIf first.
.EXAMPLE
    .\Install-AdsyncEndpoint.ps1 -Group 'CONTOSO\Entra-Connect-Auditors' -WhatIf
#>
[CmdletBinding(SupportsShouldProcess = $true, ConfirmImpact = 'High')]
param(
    [Parameter(Mandatory = $true)]
    [ValidatePattern('^[^\\]+\\[^\\]+$')]
    [string] $Group,
    [string[]] $RunAsGroups = @('ADSyncBrowse', 'ADSyncOperators', 'Event Log Readers')
)

$ErrorActionPreference = 'Stop'

$modules = "$env:ProgramFiles\WindowsPowerShell\Modules"
$data = "$env:ProgramData\AdsyncChecker"
$configuration = "$data\AdsyncChecker.pssc"

if ($PSCmdlet.ShouldProcess($modules, 'Copy the module AdsyncChecker')) {
    Copy-Item -LiteralPath "$PSScriptRoot\AdsyncChecker" -Destination $modules -Recurse -Force
}
if ($PSCmdlet.ShouldProcess($data, 'Make the folder for the configuration and the transcripts')) {
    New-Item -ItemType Directory -Path "$data\Transcripts" -Force | Out-Null
    # Transcripts name accounts: for administrators and the system alone.
    icacls.exe $data /inheritance:r /grant '*S-1-5-18:(OI)(CI)F' '*S-1-5-32-544:(OI)(CI)F' | Out-Null
    if ($LASTEXITCODE -ne 0) {
        throw "icacls.exe could not protect $data."
    }
}
if ($PSCmdlet.ShouldProcess('AdsyncChecker', "Register the endpoint for $Group, and restart WinRM")) {
    $roles = @{ $Group = @{ RoleCapabilities = 'AdsyncChecker' } }
    $about = 'Read-only facts of a Microsoft Entra Connect Sync server'
    New-PSSessionConfigurationFile -Path $configuration -SessionType RestrictedRemoteServer -LanguageMode NoLanguage -RunAsVirtualAccount -RunAsVirtualAccountGroups $RunAsGroups -TranscriptDirectory "$data\Transcripts" -RoleDefinitions $roles -Description $about
    if (-not (Test-PSSessionConfigurationFile -Path $configuration)) {
        throw "The configuration $configuration is not valid."
    }
    Register-PSSessionConfiguration -Name 'AdsyncChecker' -Path $configuration -Force | Out-Null
}
