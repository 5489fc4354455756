#Requires -Version 5.1
<#
.SYNOPSIS
    Writes the facts of this server into a file, to be carried to adsync-checker.
.DESCRIPTION
    For a server that nobody may reach over the network. Run it in an elevated Windows PowerShell 5.1 on the server.
    Nothing but the file is written; one that is there already is replaced only with -Force.
.EXAMPLE
    .\Export-AdsyncFacts.ps1 -Path C:\exports\sync01.json
#>
[CmdletBinding()]
param(
    [Parameter(Mandatory = $true)]
    [ValidateNotNullOrEmpty()]
    [string] $Path,
    [switch] $Force
)

$ErrorActionPreference = 'Stop'

$file = $PSCmdlet.GetUnresolvedProviderPathFromPSPath($Path)
if ([System.IO.Directory]::Exists($file)) {
    throw "$file is a folder. Name the file to write, such as $file\sync01.json."
}
if ([System.IO.File]::Exists($file) -and -not $Force) {
    throw "$file is there already. Name another file, or add -Force to replace it."
}
Microsoft.PowerShell.Core\Import-Module -Name "$PSScriptRoot\AdsyncChecker\AdsyncChecker.psd1"
# Not Out-File: Windows PowerShell would write UTF-16.
[System.IO.File]::WriteAllText($file, (Get-AdsyncFact))
Microsoft.PowerShell.Utility\Write-Output "Written: $file"
