#Requires -Version 5.1
<#
.SYNOPSIS
    Writes the facts of this server into the snapshot that adsync-checker reads.
.DESCRIPTION
    Made for the scheduled task that Install-AdsyncSnapshotTask.ps1 registers. The document is first written beside the
    snapshot and then put in its place, so that nobody reads half of one; the file keeps its access list.
#>
[CmdletBinding()]
param(
    [ValidateNotNullOrEmpty()]
    [string] $Path = 'C:\ProgramData\AdsyncChecker\Snapshot\facts.json'
)

$ErrorActionPreference = 'Stop'

# By its place, for a module of the same name could lie elsewhere.
Microsoft.PowerShell.Core\Import-Module -Name "$env:ProgramFiles\WindowsPowerShell\Modules\AdsyncChecker\AdsyncChecker.psd1"
$text = Get-AdsyncFact
$partial = "$Path.partial"
[System.IO.File]::WriteAllText($partial, $text)
if ([System.IO.File]::Exists($Path)) {
    [System.IO.File]::Replace($partial, $Path, [NullString]::Value)
}
else {
    [System.IO.File]::Move($partial, $Path)
}
