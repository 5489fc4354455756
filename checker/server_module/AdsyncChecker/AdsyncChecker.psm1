#Requires -Version 5.1
<#
    Facts of a Microsoft Entra Connect Sync server, as one line of JSON. For Windows PowerShell 5.1.

    Everything here reads and nothing writes. One function is exported, Get-AdsyncFact. What a value means is not decided
    here: objects are written property by property, and whoever reads the document interprets them. What cannot be read
    is told as such, with its own error text, and never as a value.
#>

$ErrorActionPreference = 'Stop'

$ModuleVersion = '1.0.0'
$EntraConnector = 'b891884f-051e-4a83-95af-2544101c9083'
$ProductGroups = 'ADSyncAdmins', 'ADSyncOperators', 'ADSyncBrowse', 'ADSyncPasswordSet'
$SchedulerProperties = 'SyncCycleEnabled', 'MaintenanceEnabled', 'StagingModeEnabled', 'SchedulerSuspended',
    'SyncCycleInProgress', 'AllowedSyncCycleInterval', 'CurrentlyEffectiveSyncCycleInterval',
    'CustomizedSyncCycleInterval', 'NextSyncCyclePolicyType', 'NextSyncCycleStartTimeInUTC', 'PurgeRunHistoryInterval'

$ParametersKey = 'SYSTEM\CurrentControlSet\Services\ADSync\Parameters'
$ServiceKey = 'SYSTEM\CurrentControlSet\Services\ADSync'
$ProductKey = 'SOFTWARE\Microsoft\Azure AD Connect'
$FrameworkKey = 'SOFTWARE\Microsoft\NET Framework Setup\NDP\v4\Full'
$ChannelKey = 'SYSTEM\CurrentControlSet\Control\SecurityProviders\SCHANNEL\Protocols\TLS 1.2'
$NetKey = 'SOFTWARE\Microsoft\.NETFramework\v4.0.30319'
$Net32Key = 'SOFTWARE\WOW6432Node\Microsoft\.NETFramework\v4.0.30319'

# Events 6949 of the last seven days, in milliseconds.
$EventFilter = "*[System[Provider[@Name='ADSync'] and (EventID=6949) and TimeCreated[timediff(@SystemTime) <= 604800000]]]"


function Get-ErrorText {
    # One line, and no longer than a person reads.
    param($Record)
    $text = ([string] $Record.Exception.Message) -replace '\s+', ' '
    if ($text.Length -gt 300) {
        $text = $text.Substring(0, 300)
    }
    if ($text) {
        return $text
    }
    return 'An error without a text.'
}

function Get-Failure {
    # Whether somebody may not read it, or it went wrong.
    param($Record)
    $text = Get-ErrorText -Record $Record
    $status = 'error'
    if ($text -like '*net.pipe://*' -or $Record.CategoryInfo.Category -eq 'PermissionDenied') {
        $status = 'denied'
    }
    $exception = $Record.Exception
    while ($null -ne $exception) {
        if ($exception -is [System.UnauthorizedAccessException] -or $exception -is [System.Security.SecurityException]) {
            $status = 'denied'
        }
        $exception = $exception.InnerException
    }
    return @{ status = $status; detail = $text }
}

function Get-KnownFact {
    param($Value, [string] $Item)
    return @{ status = 'known'; value = $Value; source = @{ format = 'live'; item = $Item } }
}

function Get-UnknownFact {
    param($Failure, [string] $Item)
    $reason = 'collection_failed'
    if ($Failure.status -eq 'denied') {
        $reason = 'denied'
    }
    $source = @{ format = 'live'; item = $Item }
    return @{ status = 'unknown'; reason = $reason; detail = $Failure.detail; sources = @($source) }
}

function Get-UtcText {
    # A time without a zone is UTC already: the properties that have one say so in their name.
    param([datetime] $Time)
    if ($Time.Kind -eq 'Unspecified') {
        $Time = [datetime]::SpecifyKind($Time, 'Utc')
    }
    return $Time.ToUniversalTime().ToString('o', [System.Globalization.CultureInfo]::InvariantCulture)
}

function Get-PlainValue {
    # What Windows PowerShell would write as a number, or as an object of its own, is written as text.
    param($Value)
    if ($null -eq $Value) {
        return $null
    }
    if ($Value -is [System.Enum] -or $Value -is [guid] -or $Value -is [version]) {
        return $Value.ToString()
    }
    if ($Value -is [datetime]) {
        return (Get-UtcText -Time $Value)
    }
    if ($Value -is [timespan]) {
        return [System.Xml.XmlConvert]::ToString($Value)
    }
    if ($Value -is [bool] -or $Value -is [int] -or $Value -is [long]) {
        return $Value
    }
    return [string] $Value
}

function Get-PropertyValue {
    # A property that an object does not have is no empty one.
    param($InputObject, [string] $Name)
    $property = $InputObject.PSObject.Properties[$Name]
    if ($null -eq $property) {
        throw "An object has no property '$Name'; this build of the product is not known."
    }
    return $property.Value
}

function Get-SchedulerValue {
    $told = @{}
    foreach ($property in (Get-ADSyncScheduler -ErrorAction Stop).PSObject.Properties) {
        # A property that this build does not have is left out: null would mean that nothing was set.
        if ($SchedulerProperties -contains $property.Name) {
            $told[$property.Name] = Get-PlainValue -Value $property.Value
        }
    }
    return $told
}

function Get-FlowValue {
    param($Flow)
    return @{
        Destination = [string] (Get-PropertyValue -InputObject $Flow -Name 'Destination')
        FlowType    = [string] (Get-PropertyValue -InputObject $Flow -Name 'FlowType')
        Expression  = Get-PlainValue -Value (Get-PropertyValue -InputObject $Flow -Name 'Expression')
        Source      = @(foreach ($name in (Get-PropertyValue -InputObject $Flow -Name 'Source')) { [string] $name })
    }
}

function Get-ConditionValue {
    param($Condition)
    return @{
        Attribute          = [string] (Get-PropertyValue -InputObject $Condition -Name 'Attribute')
        ComparisonOperator = [string] (Get-PropertyValue -InputObject $Condition -Name 'ComparisonOperator')
        ComparisonValue    = Get-PlainValue -Value (Get-PropertyValue -InputObject $Condition -Name 'ComparisonValue')
    }
}

function Get-ScopeValue {
    param($Group)
    $conditions = Get-PropertyValue -InputObject $Group -Name 'ScopeConditionList'
    return @{ ScopeConditionList = @(foreach ($one in $conditions) { Get-ConditionValue -Condition $one }) }
}

function Get-RuleValue {
    foreach ($rule in @(Get-ADSyncRule -ErrorAction Stop)) {
        $tag = Get-PropertyValue -InputObject $rule -Name 'ImmutableTag'
        if ($null -ne $tag -and $tag -isnot [string]) {
            $tag = Get-PropertyValue -InputObject $tag -Name 'TagValue'
        }
        $flows = Get-PropertyValue -InputObject $rule -Name 'AttributeFlowMappings'
        $groups = Get-PropertyValue -InputObject $rule -Name 'ScopeFilter'
        $told = @{
            Identifier            = [string] (Get-PropertyValue -InputObject $rule -Name 'Identifier')
            Name                  = [string] (Get-PropertyValue -InputObject $rule -Name 'Name')
            Direction             = [string] (Get-PropertyValue -InputObject $rule -Name 'Direction')
            Precedence            = [int] (Get-PropertyValue -InputObject $rule -Name 'Precedence')
            Disabled              = [bool] (Get-PropertyValue -InputObject $rule -Name 'Disabled')
            Connector             = [string] (Get-PropertyValue -InputObject $rule -Name 'Connector')
            TargetObjectType      = [string] (Get-PropertyValue -InputObject $rule -Name 'TargetObjectType')
            ImmutableTag          = @{ TagValue = Get-PlainValue -Value $tag }
            AttributeFlowMappings = @(foreach ($one in $flows) { Get-FlowValue -Flow $one })
            ScopeFilter           = @(foreach ($one in $groups) { Get-ScopeValue -Group $one })
        }
        $standard = $rule.PSObject.Properties['IsStandardRule']
        if ($null -ne $standard -and $null -ne $standard.Value) {
            $told['IsStandardRule'] = [bool] $standard.Value
        }
        $told
    }
}

function Get-ConnectorValue {
    foreach ($connector in @(Get-ADSyncConnector -ErrorAction Stop)) {
        $identifier = [string] (Get-PropertyValue -InputObject $connector -Name 'Identifier')
        $told = @{
            Name       = [string] (Get-PropertyValue -InputObject $connector -Name 'Name')
            Identifier = $identifier
            SubType    = [string] (Get-PropertyValue -InputObject $connector -Name 'SubType')
        }
        if ($identifier -eq $EntraConnector) {
            # The account, and nothing else of these parameters: some of them are secret.
            $parameters = Get-PropertyValue -InputObject $connector -Name 'ConnectivityParameters'
            $told['ConnectivityParameters'] = @(
                foreach ($one in $parameters) {
                    if ((Get-PropertyValue -InputObject $one -Name 'Name') -eq 'UserName') {
                        @{ Name = 'UserName'; Value = [string] (Get-PropertyValue -InputObject $one -Name 'Value') }
                    }
                }
            )
            $extension = Get-PropertyValue -InputObject $connector -Name 'ExtensionConfiguration'
            $told['ExtensionConfiguration'] = @{
                ExportType = [int] (Get-PropertyValue -InputObject $extension -Name 'ExportType')
            }
        }
        $told
    }
}

function Get-SettingValue {
    $settings = Get-ADSyncGlobalSettings -ErrorAction Stop
    $parameters = Get-PropertyValue -InputObject $settings -Name 'Parameters'
    return @{
        Parameters = @(
            foreach ($one in $parameters) {
                @{
                    Name  = [string] (Get-PropertyValue -InputObject $one -Name 'Name')
                    Value = [string] (Get-PropertyValue -InputObject $one -Name 'Value')
                }
            }
        )
    }
}

function Get-AutoUpgradeValue {
    try {
        $detail = Get-ADSyncAutoUpgrade -Detail -ErrorAction Stop
    }
    catch [System.Management.Automation.ParameterBindingException] {
        # Older builds do not know -Detail.
        return @{ State = [string] (Get-ADSyncAutoUpgrade -ErrorAction Stop) }
    }
    return @{
        State            = [string] (Get-PropertyValue -InputObject $detail -Name 'State')
        SuspensionReason = [string] (Get-PropertyValue -InputObject $detail -Name 'SuspensionReason')
    }
}

function Get-CmdletAnswer {
    param([string] $Name)
    try {
        $values = @()
        if ($Name -eq 'Get-ADSyncScheduler') {
            $values = @(Get-SchedulerValue)
        }
        elseif ($Name -eq 'Get-ADSyncRule') {
            $values = @(Get-RuleValue)
        }
        elseif ($Name -eq 'Get-ADSyncConnector') {
            $values = @(Get-ConnectorValue)
        }
        elseif ($Name -eq 'Get-ADSyncGlobalSettings') {
            $values = @(Get-SettingValue)
        }
        elseif ($Name -eq 'Get-ADSyncAutoUpgrade') {
            $values = @(Get-AutoUpgradeValue)
        }
        if ($values.Count -eq 0) {
            return @{ status = 'absent'; detail = 'The cmdlet gave nothing.' }
        }
        return @{ status = 'ok'; value = $values }
    }
    catch {
        return (Get-Failure -Record $_)
    }
}

function Get-RegistryFact {
    # A value below HKEY_LOCAL_MACHINE, always of the 64-bit view. Where a key must be there, its absence is an error.
    param([string] $Key, [string] $Name, [bool] $Integer = $true, [bool] $Required = $false)
    $item = "HKLM\$Key, $Name"
    try {
        $machine = [Microsoft.Win32.RegistryKey]::OpenBaseKey('LocalMachine', 'Registry64')
        $opened = $machine.OpenSubKey($Key)
        if ($null -eq $opened -and $Required) {
            throw "There is no key HKLM\$Key."
        }
        if ($null -eq $opened -or -not ($opened.GetValueNames() -contains $Name)) {
            return @{ status = 'absent'; source = @{ format = 'live'; item = $item } }
        }
        $value = $opened.GetValue($Name)
        if ($Integer -and $value -isnot [int] -and $value -isnot [long]) {
            throw "The value is no number, but $($opened.GetValueKind($Name))."
        }
        if (-not $Integer) {
            $value = [string] $value
            if ($value -eq '') {
                throw 'The value is empty.'
            }
        }
        return (Get-KnownFact -Value $value -Item $item)
    }
    catch {
        return (Get-UnknownFact -Failure (Get-Failure -Record $_) -Item $item)
    }
}

function Get-VersionFact {
    $folder = Get-RegistryFact -Key $ParametersKey -Name 'Path' -Integer $false -Required $true
    $item = 'Bin\miiserver.exe, product version'
    try {
        if ($folder.status -eq 'unknown') {
            return $folder
        }
        if ($folder.status -eq 'absent') {
            throw "HKLM\$ParametersKey does not say where the product is installed."
        }
        $file = $folder.value.TrimEnd('\') + '\Bin\miiserver.exe'
        $version = [string] (Get-Item -LiteralPath $file -ErrorAction Stop).VersionInfo.ProductVersion
        if ($version -notmatch '^[0-9]{1,9}(\.[0-9]{1,9}){1,3}$') {
            throw "'$version' is no version."
        }
        return (Get-KnownFact -Value $version -Item "$file, product version")
    }
    catch {
        return (Get-UnknownFact -Failure (Get-Failure -Record $_) -Item $item)
    }
}

function Get-EventFact {
    $item = 'Get-WinEvent, log Application, event 6949'
    try {
        $found = @(Get-WinEvent -LogName 'Application' -FilterXPath $EventFilter -ErrorAction Stop)
        return (Get-KnownFact -Value $found.Count -Item $item)
    }
    catch {
        # Only that there is none means zero; whatever else went wrong is told.
        if ($_.FullyQualifiedErrorId -like 'NoMatchingEventsFound*') {
            return (Get-KnownFact -Value 0 -Item $item)
        }
        return (Get-UnknownFact -Failure (Get-Failure -Record $_) -Item $item)
    }
}

function Get-FilteringFact {
    # The key is named after the Entra connector, so it cannot be told while that is not known.
    param($Answer)
    $name = 'EnableNonExistentObjectReferenceExportFiltering'
    if ($Answer.status -ne 'ok') {
        return (Get-UnknownFact -Failure $Answer -Item $name)
    }
    $names = @(foreach ($one in $Answer.value) { if ($one.Identifier -eq $EntraConnector) { $one.Name } })
    if ($names.Count -ne 1) {
        $failure = @{ status = 'error'; detail = "There are $($names.Count) Entra connectors." }
        return (Get-UnknownFact -Failure $failure -Item $name)
    }
    $connector = $names | Microsoft.PowerShell.Utility\Select-Object -First 1
    return (Get-RegistryFact -Key "$ParametersKey\PerMAInstance\$connector" -Name $name)
}

function Get-ProductGroup {
    # Which groups of the product the account is in; a group without a name is none of them.
    param($Identity)
    foreach ($sid in $Identity.Groups) {
        try {
            $name = ($sid.Translate([System.Security.Principal.NTAccount]).Value -split '\\')[-1]
        }
        catch {
            $name = ''
        }
        if ($ProductGroups -contains $name) {
            $name
        }
    }
}

function Get-AdsyncFact {
    <#
    .SYNOPSIS
        Reads the facts of this Microsoft Entra Connect Sync server.
    .DESCRIPTION
        Gives one line of JSON, the facts document of adsync-checker. Nothing is changed. What could not be read stands in
        it with its error text.
    .OUTPUTS
        System.String
    #>
    [CmdletBinding()]
    [OutputType([string])]
    param()

    # Where the module is missing, each cmdlet of it says so for itself.
    Import-Module -Name 'ADSync' -ErrorAction SilentlyContinue
    $identity = [System.Security.Principal.WindowsIdentity]::GetCurrent()
    $now = Get-UtcText -Time ([datetime]::UtcNow)
    $computer = $env:COMPUTERNAME
    $cmdlets = @{}
    foreach ($name in 'Get-ADSyncScheduler', 'Get-ADSyncRule', 'Get-ADSyncConnector', 'Get-ADSyncGlobalSettings', 'Get-ADSyncAutoUpgrade') {
        $cmdlets[$name] = Get-CmdletAnswer -Name $name
    }
    $facts = @{
        'server.name'                     = Get-KnownFact -Value $computer -Item 'the computer name'
        'server.collected_at'             = Get-KnownFact -Value $now -Item 'the clock of the server'
        'server.adsync_service_account'   = Get-RegistryFact -Key $ServiceKey -Name 'ObjectName' -Integer $false -Required $true
        'server.dotnet_release'           = Get-RegistryFact -Key $FrameworkKey -Name 'Release'
        'product.version'                 = Get-VersionFact
        'endpoint.export_api_version_raw' = Get-RegistryFact -Key $ParametersKey -Name 'AadConnectorExportApiVersion' -Required $true
        'endpoint.import_api_version_raw' = Get-RegistryFact -Key $ParametersKey -Name 'AadConnectorImportApiVersion' -Required $true
        'endpoint.reference_filtering'    = Get-FilteringFact -Answer $cmdlets['Get-ADSyncConnector']
        'features.admin_audit_logging_raw' = Get-RegistryFact -Key $ProductKey -Name 'AuditEventLogging'
        'tls.client_enabled'              = Get-RegistryFact -Key "$ChannelKey\Client" -Name 'Enabled'
        'tls.client_disabled_by_default'  = Get-RegistryFact -Key "$ChannelKey\Client" -Name 'DisabledByDefault'
        'tls.server_enabled'              = Get-RegistryFact -Key "$ChannelKey\Server" -Name 'Enabled'
        'tls.server_disabled_by_default'  = Get-RegistryFact -Key "$ChannelKey\Server" -Name 'DisabledByDefault'
        'tls.dotnet_system_default'       = Get-RegistryFact -Key $NetKey -Name 'SystemDefaultTlsVersions'
        'tls.dotnet_strong_crypto'        = Get-RegistryFact -Key $NetKey -Name 'SchUseStrongCrypto'
        'tls.dotnet32_system_default'     = Get-RegistryFact -Key $Net32Key -Name 'SystemDefaultTlsVersions'
        'tls.dotnet32_strong_crypto'      = Get-RegistryFact -Key $Net32Key -Name 'SchUseStrongCrypto'
        'events.dn_attributes_failures'   = Get-EventFact
    }
    $document = @{
        format     = 'adsync-checker/facts/v1'
        server     = $computer
        sources    = @(@{ format = 'live'; path = $computer; assignment = 'named by the server'; date = $now })
        collection = @{
            plan           = 'module'
            module_version = $ModuleVersion
            run_by         = $identity.Name
            groups         = @(Get-ProductGroup -Identity $identity)
            server_time    = $now
        }
        facts      = $facts
        cmdlets    = $cmdlets
    }
    # The deepest value is a scope condition: document, cmdlets, cmdlet, value, rule, groups, group, conditions, condition.
    return (ConvertTo-Json -InputObject $document -Depth 12 -Compress)
}

Export-ModuleMember -Function 'Get-AdsyncFact'
