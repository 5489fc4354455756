<#
.SYNOPSIS
    Writes the facts of this server into a file, to be carried to adsync-checker.
.DESCRIPTION
    For a server that nobody may reach over the network. Run it in Windows PowerShell 5.1 on the server. Nothing but the
    file is written.
.EXAMPLE
    .\Export-AdsyncFacts.ps1 -Path C:\exports\sync01.json
#>
[CmdletBinding()]
param(
    [Parameter(Mandatory = $true)]
    [string] $Path
)

$ErrorActionPreference = 'Stop'

Import-Module -Name "$PSScriptRoot\AdsyncChecker\AdsyncChecker.psd1"
$text = Get-AdsyncFact
# Not Out-File: Windows PowerShell would write UTF-16.
$folder = (Get-Item -LiteralPath (Split-Path -Path $Path -Parent)).FullName
$file = Join-Path -Path $folder -ChildPath (Split-Path -Path $Path -Leaf)
[System.IO.File]::WriteAllText($file, $text)
Write-Output "Written: $file"
