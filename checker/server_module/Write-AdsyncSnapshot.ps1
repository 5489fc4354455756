<#
.SYNOPSIS
    Writes the facts of this server into the snapshot that adsync-checker reads.
.DESCRIPTION
    Made for the scheduled task that Install-AdsyncSnapshotTask.ps1 registers. The file is replaced as a whole, and keeps
    its access list.
#>
[CmdletBinding()]
param(
    [string] $Path = 'C:\ProgramData\AdsyncChecker\Snapshot\facts.json'
)

$ErrorActionPreference = 'Stop'

Import-Module -Name 'AdsyncChecker'
$text = Get-AdsyncFact
$partial = "$Path.partial"
[System.IO.File]::WriteAllText($partial, $text)
if (Test-Path -LiteralPath $Path) {
    [System.IO.File]::Replace($partial, $Path, [NullString]::Value)
}
else {
    [System.IO.File]::Move($partial, $Path)
}
