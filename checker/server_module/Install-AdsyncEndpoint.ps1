#Requires -Version 5.1
#Requires -RunAsAdministrator
<#
.SYNOPSIS
    Installs the module and its JEA endpoint AdsyncChecker on this server.
.DESCRIPTION
    Members of -Group, a group of Active Directory, may then call one function, Get-AdsyncFact, which reads. It runs as a
    virtual account that is in the groups -RunAsGroups and in no other. An endpoint of the same name is replaced. WinRM
    restarts, which ends the remote sessions of others. Look at -WhatIf first.
.EXAMPLE
    .\Install-AdsyncEndpoint.ps1 -Group 'CONTOSO\Entra-Connect-Auditors' -WhatIf
#>
[CmdletBinding(SupportsShouldProcess = $true, ConfirmImpact = 'High')]
param(
    [Parameter(Mandatory = $true)]
    [ValidatePattern('^[^\\]+\\[^\\]+$')]
    [string] $Group,
    [ValidateNotNullOrEmpty()]
    [string[]] $RunAsGroups = @('ADSyncBrowse', 'ADSyncOperators', 'Event Log Readers')
)

$ErrorActionPreference = 'Stop'

function Get-GroupSid {
    # Only a group that somebody made for this: not everybody, and not a group of this computer, which nobody reviews.
    param([string] $Name)
    try {
        $sid = ([System.Security.Principal.NTAccount] $Name).Translate([System.Security.Principal.SecurityIdentifier]).Value
    }
    catch {
        throw "There is no group '$Name'. Make one in Active Directory, for those who may read the facts."
    }
    if ($sid -notmatch '^S-1-5-21-' -or $sid -match '-(513|514|515)$' -or $Name -like "$([System.Environment]::MachineName)\*") {
        throw "'$Name' is no group of Active Directory that was made for this. Make one, for those who may read the facts."
    }
    return $sid
}

function New-ClosedFolder {
    # For the system and administrators alone. A folder that somebody else made first is not trusted.
    param([string] $Path)
    if (Test-Path -LiteralPath $Path) {
        $owner = (Get-Acl -LiteralPath $Path).GetOwner([System.Security.Principal.SecurityIdentifier]).Value
        $linked = (Get-Item -LiteralPath $Path -Force).Attributes -match 'ReparsePoint'
        if ($linked -or ($owner -ne 'S-1-5-18' -and $owner -ne 'S-1-5-32-544')) {
            throw "$Path was made by somebody else, or is a link. Look at what is in it, and delete it."
        }
    }
    $security = New-Object -TypeName System.Security.AccessControl.DirectorySecurity
    $security.SetSecurityDescriptorSddlForm('O:BAG:BAD:P(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)', 'Owner, Access')
    [System.IO.Directory]::CreateDirectory($Path, $security) | Out-Null
    [System.IO.Directory]::SetAccessControl($Path, $security)
}

Get-GroupSid -Name $Group | Out-Null
$modules = "$env:ProgramFiles\WindowsPowerShell\Modules"
$data = "$env:ProgramData\AdsyncChecker"
$configuration = "$data\AdsyncChecker.pssc"

if ($PSCmdlet.ShouldProcess($modules, 'Copy the module AdsyncChecker')) {
    Copy-Item -LiteralPath "$PSScriptRoot\AdsyncChecker" -Destination $modules -Recurse -Force
}
if ($PSCmdlet.ShouldProcess($data, 'Make the folder for the configuration and the transcripts, which name accounts')) {
    New-ClosedFolder -Path $data
    New-ClosedFolder -Path "$data\Transcripts"
}
if ($PSCmdlet.ShouldProcess('AdsyncChecker', "Register the endpoint for $Group, and restart WinRM")) {
    $roles = @{ $Group = @{ RoleCapabilities = 'AdsyncChecker' } }
    $about = 'Read-only facts of a Microsoft Entra Connect Sync server'
    New-PSSessionConfigurationFile -Path $configuration -SessionType RestrictedRemoteServer -LanguageMode NoLanguage `
        -RunAsVirtualAccount -RunAsVirtualAccountGroups $RunAsGroups -RoleDefinitions $roles `
        -TranscriptDirectory "$data\Transcripts" -Description $about
    if (-not (Test-PSSessionConfigurationFile -Path $configuration)) {
        throw "The configuration $configuration is not valid."
    }
    # An endpoint that is there cannot be registered again.
    if (Get-PSSessionConfiguration -Name 'AdsyncChecker' -ErrorAction SilentlyContinue) {
        Unregister-PSSessionConfiguration -Name 'AdsyncChecker' -Force -NoServiceRestart
    }
    Register-PSSessionConfiguration -Name 'AdsyncChecker' -Path $configuration -Force | Out-Null
}
