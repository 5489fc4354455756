#Requires -Version 5.1
<#
    Facts of a Microsoft Entra Connect Sync server, as one line of JSON. For Windows PowerShell 5.1.

    Everything here reads and nothing writes. One function is exported, Get-AdsyncFact. What a value means is not decided
    here: objects are written property by property, and whoever reads the document interprets them. What cannot be read
    is told as such, with its own error text, and never as a value.

    Commands of PowerShell are called by the names of their modules: an endpoint has commands of its own that are called
    like them, such as Select-Object, and can do less. No provider is needed, for an endpoint may not have one.
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


function Get-ShortText {
    # One line, and no longer than a person reads.
    param([string] $Text)
    $line = ($Text -replace '[\s\p{C}]+', ' ').Trim()
    if ($line.Length -gt 300) {
        return $line.Substring(0, 300)
    }
    return $line
}

function Get-ErrorText {
    param($Record)
    $text = Get-ShortText -Text $Record.Exception.Message
    if ($text) {
        return $text
    }
    return 'An error without a text.'
}

function Get-ServiceRemark {
    # A service that does not run gives the same error as one that refuses the logon; its state tells them apart.
    try {
        $service = Microsoft.PowerShell.Management\Get-Service -Name 'ADSync' -ErrorAction Stop
        if ($service.Status -ne 'Running') {
            return "The service ADSync is $(([string] $service.Status).ToLowerInvariant()), not running. "
        }
    }
    catch {
        # Nobody may have to know its state, and the first error is told in any case.
        return ''
    }
    return ''
}

function Get-Failure {
    # Whether somebody may not read it, or it went wrong.
    param($Record)
    $text = Get-ErrorText -Record $Record
    $status = 'error'
    if ($Record.CategoryInfo.Category -eq 'PermissionDenied') {
        $status = 'denied'
    }
    $exception = $Record.Exception
    while ($null -ne $exception) {
        # By their names, for not every session has loaded all of these types.
        if ("$($exception.PSObject.TypeNames)" -match 'UnauthorizedAccess|SecurityAccessDenied|\.SecurityException') {
            $status = 'denied'
        }
        $exception = $exception.InnerException
    }
    if ($text -like '*net.pipe://*') {
        $remark = Get-ServiceRemark
        $status = 'denied'
        if ($remark) {
            $status = 'error'
        }
        $text = Get-ShortText -Text ($remark + $text)
    }
    return [ordered]@{ status = $status; detail = $text }
}

function Get-KnownFact {
    param($Value, [string] $Item)
    return [ordered]@{ status = 'known'; value = $Value; source = [ordered]@{ format = 'live'; item = $Item } }
}

function Get-UnknownFact {
    param($Failure, [string] $Item)
    $reason = 'collection_failed'
    if ($Failure.status -eq 'denied') {
        $reason = 'denied'
    }
    $source = [ordered]@{ format = 'live'; item = $Item }
    return [ordered]@{ status = 'unknown'; reason = $reason; detail = $Failure.detail; sources = @($source) }
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
    if ($Value -is [string] -or $Value -is [System.ValueType]) {
        return [string] $Value
    }
    # As text, a list would become one value that nobody gave.
    throw "A single value is expected, and there is a $($Value.PSObject.TypeNames[0]); this build of the product is not known."
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

function Get-PlainProperty {
    # What is not told stays null: a default would be a value that nobody gave.
    param($InputObject, [string] $Name)
    return (Get-PlainValue -Value (Get-PropertyValue -InputObject $InputObject -Name $Name))
}

function Get-SchedulerValue {
    foreach ($scheduler in @(Get-ADSyncScheduler -ErrorAction Stop)) {
        $told = [ordered]@{}
        foreach ($property in $scheduler.PSObject.Properties) {
            # A property that this build does not have is left out: null would mean that nothing was set.
            if ($SchedulerProperties -contains $property.Name) {
                $told[$property.Name] = Get-PlainValue -Value $property.Value
            }
        }
        $told
    }
}

function Get-FlowValue {
    param($Flow)
    return [ordered]@{
        Destination = Get-PlainProperty -InputObject $Flow -Name 'Destination'
        FlowType    = Get-PlainProperty -InputObject $Flow -Name 'FlowType'
        Expression  = Get-PlainProperty -InputObject $Flow -Name 'Expression'
        Source      = @(foreach ($name in (Get-PropertyValue -InputObject $Flow -Name 'Source')) { [string] $name })
    }
}

function Get-ConditionValue {
    param($Condition)
    return [ordered]@{
        Attribute          = Get-PlainProperty -InputObject $Condition -Name 'Attribute'
        ComparisonOperator = Get-PlainProperty -InputObject $Condition -Name 'ComparisonOperator'
        ComparisonValue    = Get-PlainProperty -InputObject $Condition -Name 'ComparisonValue'
    }
}

function Get-ScopeValue {
    param($Group)
    $conditions = Get-PropertyValue -InputObject $Group -Name 'ScopeConditionList'
    return [ordered]@{ ScopeConditionList = @(foreach ($one in $conditions) { Get-ConditionValue -Condition $one }) }
}

function Get-RuleValue {
    foreach ($rule in @(Get-ADSyncRule -ErrorAction Stop)) {
        # A custom rule has no tag; a build may show the tag itself, or an object with the tag in it.
        $tag = Get-PropertyValue -InputObject $rule -Name 'ImmutableTag'
        if ($null -ne $tag -and $tag -isnot [string]) {
            $tag = Get-PropertyValue -InputObject $tag -Name 'TagValue'
        }
        $flows = Get-PropertyValue -InputObject $rule -Name 'AttributeFlowMappings'
        $groups = Get-PropertyValue -InputObject $rule -Name 'ScopeFilter'
        $told = [ordered]@{
            Identifier            = Get-PlainProperty -InputObject $rule -Name 'Identifier'
            Name                  = Get-PlainProperty -InputObject $rule -Name 'Name'
            Direction             = Get-PlainProperty -InputObject $rule -Name 'Direction'
            Precedence            = Get-PlainProperty -InputObject $rule -Name 'Precedence'
            Disabled              = Get-PlainProperty -InputObject $rule -Name 'Disabled'
            Connector             = Get-PlainProperty -InputObject $rule -Name 'Connector'
            TargetObjectType      = Get-PlainProperty -InputObject $rule -Name 'TargetObjectType'
            ImmutableTag          = [ordered]@{ TagValue = Get-PlainValue -Value $tag }
            AttributeFlowMappings = @(foreach ($one in $flows) { Get-FlowValue -Flow $one })
            ScopeFilter           = @(foreach ($one in $groups) { Get-ScopeValue -Group $one })
        }
        $standard = $rule.PSObject.Properties['IsStandardRule']
        if ($null -ne $standard -and $null -ne $standard.Value) {
            $told['IsStandardRule'] = Get-PlainValue -Value $standard.Value
        }
        $told
    }
}

function Get-ExportType {
    # The number of the export type, which an enumeration shows by a name.
    param($Extension)
    $type = Get-PropertyValue -InputObject $Extension -Name 'ExportType'
    if ($null -eq $type) {
        return $null
    }
    return [int] $type
}

function Get-ConnectorValue {
    foreach ($connector in @(Get-ADSyncConnector -ErrorAction Stop)) {
        $told = [ordered]@{
            Name       = Get-PlainProperty -InputObject $connector -Name 'Name'
            Identifier = Get-PlainProperty -InputObject $connector -Name 'Identifier'
            SubType    = Get-PlainProperty -InputObject $connector -Name 'SubType'
        }
        if ($told['Identifier'] -eq $EntraConnector) {
            # The account, and nothing else of these parameters: some of them are secret.
            $parameters = Get-PropertyValue -InputObject $connector -Name 'ConnectivityParameters'
            $told['ConnectivityParameters'] = @(
                foreach ($one in $parameters) {
                    if ((Get-PropertyValue -InputObject $one -Name 'Name') -eq 'UserName') {
                        [ordered]@{ Name = 'UserName'; Value = Get-PlainProperty -InputObject $one -Name 'Value' }
                    }
                }
            )
            $extension = Get-PropertyValue -InputObject $connector -Name 'ExtensionConfiguration'
            $told['ExtensionConfiguration'] = [ordered]@{ ExportType = Get-ExportType -Extension $extension }
        }
        $told
    }
}

function Get-SettingValue {
    foreach ($settings in @(Get-ADSyncGlobalSettings -ErrorAction Stop)) {
        $parameters = Get-PropertyValue -InputObject $settings -Name 'Parameters'
        [ordered]@{
            Parameters = @(
                foreach ($one in $parameters) {
                    [ordered]@{
                        Name  = Get-PlainProperty -InputObject $one -Name 'Name'
                        Value = Get-PlainProperty -InputObject $one -Name 'Value'
                    }
                }
            )
        }
    }
}

function Get-AutoUpgradeValue {
    $detail = $null
    try {
        $detail = Get-ADSyncAutoUpgrade -Detail -ErrorAction Stop
    }
    catch [System.Management.Automation.ParameterBindingException] {
        # Older builds do not know -Detail.
        return [ordered]@{ State = Get-PlainValue -Value (Get-ADSyncAutoUpgrade -ErrorAction Stop) }
    }
    return [ordered]@{
        State            = Get-PlainProperty -InputObject $detail -Name 'State'
        SuspensionReason = Get-PlainProperty -InputObject $detail -Name 'SuspensionReason'
    }
}

function Get-CmdletAnswer {
    # What one cmdlet of the product says; where it is not there because its module was not loaded, why not.
    param([string] $Name, $Unloaded)
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
            return [ordered]@{ status = 'absent'; detail = 'The cmdlet gave nothing.' }
        }
        return [ordered]@{ status = 'ok'; value = $values }
    }
    catch {
        if ($null -ne $Unloaded -and $_.Exception -is [System.Management.Automation.CommandNotFoundException]) {
            return $Unloaded
        }
        return (Get-Failure -Record $_)
    }
}

function Get-RegistryValue {
    # A value below HKEY_LOCAL_MACHINE, always of the 64-bit view; null where it is not there. What every server has, the
    # key -Present, must be there: without it this is no server, or not all of it is shown.
    param([string] $Key, [string] $Name, [string] $Present)
    $machine = [Microsoft.Win32.RegistryKey]::OpenBaseKey('LocalMachine', 'Registry64')
    if ($Present -and $null -eq $machine.OpenSubKey($Present)) {
        throw "There is no key HKLM\$Present, and every server with the product has it."
    }
    $opened = $machine.OpenSubKey($Key)
    if ($null -eq $opened -or -not ($opened.GetValueNames() -contains $Name)) {
        return $null
    }
    $value = $opened.GetValue($Name)
    if ($null -eq $value) {
        throw 'The value was there, and was not when it was read.'
    }
    if ($value -isnot [int] -and $value -isnot [string]) {
        throw "The value is neither REG_DWORD nor REG_SZ, but $($opened.GetValueKind($Name))."
    }
    return $value
}

function Get-NumberFact {
    param([string] $Key, [string] $Name, [string] $Present)
    $item = "HKLM\$Key, $Name"
    try {
        $value = Get-RegistryValue -Key $Key -Name $Name -Present $Present
        if ($null -eq $value) {
            return [ordered]@{ status = 'absent'; source = [ordered]@{ format = 'live'; item = $item } }
        }
        if ($value -isnot [int]) {
            throw 'The value is text and no REG_DWORD.'
        }
        if ($value -lt 0) {
            # A REG_DWORD has no sign, and .NET gives it one.
            $value = [long] $value + 4294967296
        }
        return (Get-KnownFact -Value $value -Item $item)
    }
    catch {
        return (Get-UnknownFact -Failure (Get-Failure -Record $_) -Item $item)
    }
}

function Get-RequiredText {
    # Text that every server with the product has.
    param([string] $Key, [string] $Name)
    $value = Get-RegistryValue -Key $Key -Name $Name -Present $Key
    if ($value -isnot [string] -or $value -eq '') {
        throw "HKLM\$Key, ${Name}: there is no such text, and every server with the product has it."
    }
    return $value
}

function Get-AccountFact {
    $item = "HKLM\$ServiceKey, ObjectName"
    try {
        return (Get-KnownFact -Value (Get-RequiredText -Key $ServiceKey -Name 'ObjectName') -Item $item)
    }
    catch {
        return (Get-UnknownFact -Failure (Get-Failure -Record $_) -Item $item)
    }
}

function Get-VersionFact {
    $item = 'Bin\miiserver.exe, product version'
    try {
        $folder = Get-RequiredText -Key $ParametersKey -Name 'Path'
        if ($folder -notmatch '^[A-Za-z]:\\') {
            throw "HKLM\$ParametersKey, Path names no folder of a disk."
        }
        $file = $folder.TrimEnd('\') + '\Bin\miiserver.exe'
        $item = "$file, product version"
        # Of a file that is not shown to us this tells why; the version alone would not.
        $null = [System.IO.File]::GetAttributes($file)
        $version = ([string] [System.Diagnostics.FileVersionInfo]::GetVersionInfo($file).ProductVersion).Trim()
        if ($version -notmatch '^[0-9]{1,9}(\.[0-9]{1,9}){1,3}\z') {
            throw "'$version' is no version."
        }
        return (Get-KnownFact -Value $version -Item $item)
    }
    catch {
        return (Get-UnknownFact -Failure (Get-Failure -Record $_) -Item $item)
    }
}

function Get-EventFact {
    $item = 'Get-WinEvent, log Application, event 6949'
    try {
        $found = @(Microsoft.PowerShell.Diagnostics\Get-WinEvent -LogName 'Application' -FilterXPath $EventFilter -ErrorAction Stop)
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
    $connector = [string] ($names | Microsoft.PowerShell.Utility\Select-Object -First 1)
    if ($names.Count -ne 1 -or $connector -eq '') {
        $failure = @{ status = 'error'; detail = "There are $($names.Count) names of an Entra connector." }
        return (Get-UnknownFact -Failure $failure -Item $name)
    }
    if ($connector -match '\\') {
        # It would lead to another key, where the value is of course not.
        $failure = @{ status = 'error'; detail = "No key can be called '$connector', as the Entra connector is." }
        return (Get-UnknownFact -Failure $failure -Item $name)
    }
    return (Get-NumberFact -Key "$ParametersKey\PerMAInstance\$connector" -Name $name -Present $ParametersKey)
}

function Get-ProductGroup {
    # Which groups of the product the account is in. The groups are looked up by their names, for an account can be in
    # hundreds, each of which would be a question to a domain controller.
    param($Identity)
    $held = @(foreach ($sid in $Identity.Groups) { $sid.Value })
    foreach ($name in $ProductGroups) {
        try {
            $group = ([System.Security.Principal.NTAccount] $name).Translate([System.Security.Principal.SecurityIdentifier])
            if ($held -contains $group.Value) {
                $name
            }
        }
        catch {
            # There is no such group here, or nobody can tell; it is not named then.
            continue
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

    $identity = [System.Security.Principal.WindowsIdentity]::GetCurrent()
    $now = Get-UtcText -Time ([datetime]::UtcNow)
    $computer = [System.Environment]::MachineName
    $unloaded = $null
    try {
        # An endpoint loads no module by itself.
        Microsoft.PowerShell.Core\Import-Module -Name 'ADSync' -ErrorAction Stop -WarningAction SilentlyContinue
    }
    catch {
        $failure = Get-Failure -Record $_
        $detail = Get-ShortText -Text "The module ADSync is not loaded: $($failure.detail)"
        $unloaded = [ordered]@{ status = $failure.status; detail = $detail }
    }
    $cmdlets = [ordered]@{}
    foreach ($name in 'Get-ADSyncScheduler', 'Get-ADSyncRule', 'Get-ADSyncConnector', 'Get-ADSyncGlobalSettings', 'Get-ADSyncAutoUpgrade') {
        $cmdlets[$name] = Get-CmdletAnswer -Name $name -Unloaded $unloaded
    }
    $facts = [ordered]@{
        'server.name'                      = Get-KnownFact -Value $computer -Item 'the computer name'
        'server.collected_at'              = Get-KnownFact -Value $now -Item 'the clock of the server'
        'server.adsync_service_account'    = Get-AccountFact
        'server.dotnet_release'            = Get-NumberFact -Key $FrameworkKey -Name 'Release'
        'product.version'                  = Get-VersionFact
        'endpoint.export_api_version_raw'  = Get-NumberFact -Key $ParametersKey -Name 'AadConnectorExportApiVersion' -Present $ParametersKey
        'endpoint.import_api_version_raw'  = Get-NumberFact -Key $ParametersKey -Name 'AadConnectorImportApiVersion' -Present $ParametersKey
        'endpoint.reference_filtering'     = Get-FilteringFact -Answer $cmdlets['Get-ADSyncConnector']
        'features.admin_audit_logging_raw' = Get-NumberFact -Key $ProductKey -Name 'AuditEventLogging'
        'tls.client_enabled'               = Get-NumberFact -Key "$ChannelKey\Client" -Name 'Enabled'
        'tls.client_disabled_by_default'   = Get-NumberFact -Key "$ChannelKey\Client" -Name 'DisabledByDefault'
        'tls.server_enabled'               = Get-NumberFact -Key "$ChannelKey\Server" -Name 'Enabled'
        'tls.server_disabled_by_default'   = Get-NumberFact -Key "$ChannelKey\Server" -Name 'DisabledByDefault'
        'tls.dotnet_system_default'        = Get-NumberFact -Key $NetKey -Name 'SystemDefaultTlsVersions'
        'tls.dotnet_strong_crypto'         = Get-NumberFact -Key $NetKey -Name 'SchUseStrongCrypto'
        'tls.dotnet32_system_default'      = Get-NumberFact -Key $Net32Key -Name 'SystemDefaultTlsVersions'
        'tls.dotnet32_strong_crypto'       = Get-NumberFact -Key $Net32Key -Name 'SchUseStrongCrypto'
        'events.dn_attributes_failures'    = Get-EventFact
    }
    $source = [ordered]@{ format = 'live'; path = $computer; assignment = 'named by the server'; date = $now }
    $document = [ordered]@{
        format     = 'adsync-checker/facts/v1'
        server     = $computer
        sources    = @($source)
        collection = [ordered]@{
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
    return (Microsoft.PowerShell.Utility\ConvertTo-Json -InputObject $document -Depth 12 -Compress)
}

Microsoft.PowerShell.Core\Export-ModuleMember -Function 'Get-AdsyncFact'
