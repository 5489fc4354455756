@{
    RootModule           = 'AdsyncChecker.psm1'
    ModuleVersion        = '1.0.0'
    GUID                 = 'a1d6c2b4-6a35-4a0c-9c0e-5e4b1f7a2d90'
    Author               = 'The authors of adsync-checker'
    Copyright            = 'MIT licence'
    Description          = 'Reads the facts of a Microsoft Entra Connect Sync server, as one line of JSON. Changes nothing.'
    PowerShellVersion    = '5.1'
    CompatiblePSEditions = @('Desktop')
    FunctionsToExport    = @('Get-AdsyncFact')
    CmdletsToExport      = @()
    VariablesToExport    = @()
    AliasesToExport      = @()
    FileList             = @('AdsyncChecker.psd1', 'AdsyncChecker.psm1', 'RoleCapabilities\AdsyncChecker.psrc')
}
