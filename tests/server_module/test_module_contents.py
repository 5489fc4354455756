"""What the module tells is what the checker reads: names, places, versions, exports."""

from __future__ import annotations

import re

from hatchling.builders.wheel import WheelBuilder

from checker.acquire.cmdlet_answers import CMDLETS
from checker.acquire.cmdlet_facts import SCHEDULER_PROPERTIES
from checker.acquire.facts_document import read_text
from checker.acquire.live.pipelines import EVENTS, FUNCTION, SNAPSHOT_PATH
from checker.acquire.live.registry_keys import KEYS, PARAMETERS
from checker.acquire.sync_rule import ENTRA_CONNECTOR
from checker.model.catalogue import CATALOGUE
from checker.model.facts import Absent, Known, SourceFormat
from checker.schema.facts import FORMAT
from checker.shipped import server_module, server_module_text
from tests.acquire.module_documents import document, text_of
from tests.running import CHECKOUT

TEXT = server_module_text()
FILES = {name: content.decode("utf-8-sig").replace("\r\n", "\n") for name, content in server_module().items()}

FACTS = {
    "server.name", "server.collected_at", "server.adsync_service_account", "server.dotnet_release", "product.version",
    "endpoint.export_api_version_raw", "endpoint.import_api_version_raw", "endpoint.reference_filtering",
    "features.admin_audit_logging_raw", "tls.client_enabled", "tls.client_disabled_by_default", "tls.server_enabled",
    "tls.server_disabled_by_default", "tls.dotnet_system_default", "tls.dotnet_strong_crypto",
    "tls.dotnet32_system_default", "tls.dotnet32_strong_crypto", "events.dn_attributes_failures",
}  # fmt: skip
"""What stands in the registry, the file system, the event log and the clock of a server."""


def constants() -> dict[str, str]:
    """Give the constants of the module by name."""
    return dict(re.findall(r"^\$(\w+) = '([^']*)'$", TEXT, re.MULTILINE))


def place(key: str) -> str:
    """Give the path that *key*, a text with constants of the module in it, stands for."""
    names = constants()
    return "HKLM\\" + re.sub(r"\$(\w+)", lambda match: names[match[1]], key.strip('"'))


def registry_facts() -> dict[str, tuple[str, str]]:
    """Give the key and the value of each fact that the module reads from the registry."""
    found = re.findall(r"'([a-z_0-9.]+)'\s*= Get-NumberFact -Key (\S+) -Name '(\w+)'", TEXT)
    [account] = re.findall(r"function Get-AccountFact \{.*?Get-RequiredText -Key (\S+) -Name '(\w+)'", TEXT, re.DOTALL)
    facts = {fact: (place(key), value) for fact, key, value in found}
    return facts | {"server.adsync_service_account": (place(account[0]), account[1])}


def test_the_facts_are_those_that_a_server_holds() -> None:
    """No more and no less."""
    assert FACTS == set(re.findall(r"^        '([a-z_0-9.]+)'\s*= Get-", TEXT, re.MULTILINE))
    assert set(CATALOGUE) >= FACTS


def test_registry_values_stand_where_the_catalogue_says() -> None:
    """Key and value of every fact, letter by letter."""
    for fact, (key, value) in registry_facts().items():
        assert f"`{key}`, `{value}`" == CATALOGUE[fact].sources[SourceFormat.REGISTRY], fact
    assert 13 == len(registry_facts())


def test_the_reference_filtering_stands_below_the_key_of_the_connector() -> None:
    """Where the catalogue says, below the name of the Entra connector."""
    [key] = re.findall(r"return \(Get-NumberFact -Key \"(\S+)\\\$connector\" -Name \$name -Present", TEXT)
    [name] = re.findall(r"function Get-FilteringFact \{.*?\$name = '(\w+)'", TEXT, re.DOTALL)

    assert (
        f"`{place(key)}\\NAME`, `{name}`"
        == CATALOGUE["endpoint.reference_filtering"].sources[SourceFormat.REGISTRY]
    )  # fmt: skip


def test_the_version_is_that_of_the_program() -> None:
    """The file is found as the catalogue says."""
    told = CATALOGUE["product.version"].sources[SourceFormat.LIVE]

    assert f"`{place('$ParametersKey')}`, `Path`" in told
    assert "`Bin\\miiserver.exe`" in told
    assert "Get-RequiredText -Key $ParametersKey -Name 'Path'" in TEXT
    assert "$folder.TrimEnd('\\') + '\\Bin\\miiserver.exe'" in TEXT


def test_the_module_and_the_pipelines_read_the_same_values() -> None:
    """Both ways to ask a server look at the same places, and take the same keys for granted."""
    asked = {fact: (key.path, value) for key in (PARAMETERS, *KEYS) for fact, value in key.values.items()}
    required = {fact for key in (PARAMETERS, *KEYS) if key.required for fact in key.values}
    present = set(re.findall(r"'([a-z_0-9.]+)'\s*= Get-NumberFact .*-Present \$\w+$", TEXT, re.MULTILINE))

    assert asked == registry_facts()
    assert required == present | {"server.adsync_service_account"}


def test_the_properties_of_the_scheduler_are_those_that_are_read() -> None:
    """All eleven, by their names."""
    [listed] = re.findall(r"\$SchedulerProperties = ((?:'\w+',?\s*)+)", TEXT)

    assert list(SCHEDULER_PROPERTIES) == re.findall(r"'(\w+)'", listed)


def test_the_cmdlets_are_those_that_are_read() -> None:
    """Each of them is asked, and answers under its name."""
    [listed] = re.findall(r"foreach \(\$name in ((?:'[\w-]+',?\s*)+)\)", TEXT)

    assert set(CMDLETS) == set(re.findall(r"'([\w-]+)'", listed))


def test_events_are_counted_by_the_same_filter() -> None:
    """The module and the pipeline ask the event log the same question."""
    parameters = dict(EVENTS.pipeline.commands[0].parameters)

    assert f'$EventFilter = "{parameters["FilterXPath"]}"' in TEXT


def test_names_are_the_same_everywhere() -> None:
    """Format, connector, function, snapshot."""
    assert ENTRA_CONNECTOR == constants()["EntraConnector"]
    assert f"format     = '{FORMAT}'" in TEXT
    assert f"function {FUNCTION} " in TEXT
    assert f"'{SNAPSHOT_PATH}'" in FILES["Write-AdsyncSnapshot.ps1"]


def test_one_function_is_exported_and_shown() -> None:
    """By the module, by its manifest, and by the role capability, which shows none of the other scripts."""
    manifest, role = (
        FILES["AdsyncChecker/AdsyncChecker.psd1"],
        FILES["AdsyncChecker/RoleCapabilities/AdsyncChecker.psrc"],
    )

    assert [f"Export-ModuleMember -Function '{FUNCTION}'"] == re.findall(r"Export-ModuleMember.*$", TEXT, re.MULTILINE)
    assert f"FunctionsToExport    = @('{FUNCTION}')" in manifest
    for none in ("CmdletsToExport      = @()", "VariablesToExport    = @()", "AliasesToExport      = @()"):
        assert none in manifest
    assert ["VisibleFunctions = 'Get-AdsyncFact'"] == re.findall(r"^ *(Visible\w+ .*)$", role, re.MULTILINE)
    assert not re.search(r"ScriptsToProcess|FunctionDefinitions|VisibleCmdlets|VisibleProviders", role)


def test_the_endpoint_has_no_language_and_a_virtual_account() -> None:
    """In the file for registration by hand, and in what the installer makes."""
    by_hand, installer = FILES["AdsyncChecker.pssc"], FILES["Install-AdsyncEndpoint.ps1"]

    for line in (
        "SessionType               = 'RestrictedRemoteServer'", "LanguageMode              = 'NoLanguage'",
        "RunAsVirtualAccount       = $true",
        "RunAsVirtualAccountGroups = 'ADSyncBrowse', 'ADSyncOperators', 'Event Log Readers'",
    ):  # fmt: skip
        assert line in by_hand
    for words in ("-SessionType RestrictedRemoteServer", "-LanguageMode NoLanguage", "-RunAsVirtualAccount "):
        assert words in installer
    assert "@('ADSyncBrowse', 'ADSyncOperators', 'Event Log Readers')" in installer


def test_the_version_is_one() -> None:
    """The manifest says what the document says."""
    manifest = FILES["AdsyncChecker/AdsyncChecker.psd1"]

    assert [constants()["ModuleVersion"]] == re.findall(r"ModuleVersion        = '([0-9.]+)'", manifest)


def test_the_manifest_lists_its_files() -> None:
    """All that lie in the folder of the module."""
    [listed] = re.findall(r"FileList             = @\(([^)]*)\)", FILES["AdsyncChecker/AdsyncChecker.psd1"])
    inside = {name.removeprefix("AdsyncChecker/") for name in FILES if name.startswith("AdsyncChecker/")}

    assert inside == {name.replace("\\", "/") for name in re.findall(r"'([^']+)'", listed)}


def levels(value: object) -> int:
    """Count how many objects and lists lie in each other in *value*."""
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else None
    return 0 if inner is None else 1 + max(map(levels, inner), default=0)


def test_the_depth_is_pinned_and_enough() -> None:
    """What lies deeper than the depth would be cut off; a document of a healthy server lies well above it."""
    [depth] = re.findall(r"ConvertTo-Json .*-Depth (\d+) -Compress", TEXT)

    assert levels(document()) < int(depth) <= 20


def test_the_module_writes_the_keys_that_are_read() -> None:
    """The document, how it was collected, rules and connectors: the keys of one that is read without complaint."""
    told = document()
    rule, connector = told["cmdlets"]["Get-ADSyncRule"]["value"][0], told["cmdlets"]["Get-ADSyncConnector"]["value"][0]

    assert [*told] == re.findall(r"^        (\w+) +=", TEXT.partition("$document = ")[2], re.MULTILINE)
    assert {*told["collection"], "groups"} == set(
        re.findall(r"^            (\w+) +=", TEXT.partition("$document = ")[2], re.MULTILINE)
    )
    [of_rule] = re.findall(r"function Get-RuleValue \{(.*?)\n\}", TEXT, re.DOTALL)
    assert {*rule} == {
        *re.findall(r"^            (\w+) +=", of_rule, re.MULTILINE), *re.findall(r"\$told\['(\w+)'\]", of_rule)
    }  # fmt: skip
    [of_connector] = re.findall(r"function Get-ConnectorValue \{(.*?)\n\}", TEXT, re.DOTALL)
    assert {*connector} == {
        *re.findall(r"^            (\w+) +=", of_connector, re.MULTILINE),
        *re.findall(r"\$told\['(\w+)'\] =", of_connector),
    }
    for function, keys in (
        ("Get-FlowValue", rule["AttributeFlowMappings"][0]),
        ("Get-ConditionValue", rule["ScopeFilter"][0]["ScopeConditionList"][0]),
        ("Get-AutoUpgradeValue", told["cmdlets"]["Get-ADSyncAutoUpgrade"]["value"][0]),
        ("Get-SettingValue", ["Parameters", "Name", "Value"]),
    ):
        [body] = re.findall(rf"function {function} \{{(.*?)\n\}}", TEXT, re.DOTALL)
        assert {*keys} == set(re.findall(r"(?:^|\{) +(\w+) +=", body, re.MULTILINE)), function


def test_what_is_told_of_an_answer_is_what_is_read() -> None:
    """Every status that the module writes is one that the reader knows, and the other way round."""
    written = set(re.findall(r"status = '(\w+)'", TEXT)) | set(re.findall(r"\$status = '(\w+)'", TEXT))

    assert {"ok", "absent", "denied", "error", "known", "unknown"} == written
    assert {"denied", "collection_failed"} == set(re.findall(r"\$reason = '(\w+)'", TEXT))


def test_error_texts_are_cut_where_the_client_cuts_them() -> None:
    """Three hundred characters, in one line."""
    assert "if ($line.Length -gt 300) {\n        return $line.Substring(0, 300)" in TEXT
    assert "-replace '[\\s\\p{C}]+', ' '" in TEXT


def test_only_that_there_is_no_event_means_zero() -> None:
    """One error is a number; every other one is told."""
    [caught] = re.findall(r"function Get-EventFact \{.*?catch \{(.*?)\n    \}\n\}", TEXT, re.DOTALL)

    assert ["-like 'NoMatchingEventsFound*'"] == re.findall(r"-(?:like|match|eq) '[^']*'", caught)
    assert 1 == caught.count("-Value 0 ")


def test_nothing_secret_is_projected() -> None:
    """Of the connectivity parameters the account alone leaves the server."""
    assert "-eq 'UserName'" in TEXT
    told = TEXT.replace("some of them are secret", "").replace("'ADSyncPasswordSet'", "")
    assert not re.search(r"password|secret|credential", told, re.IGNORECASE)


def test_windows_powershell_reads_the_files_as_utf_8() -> None:
    """They begin with its mark, and their lines end as on Windows."""
    for name, content in server_module().items():
        assert content.startswith(b"\xef\xbb\xbf"), name
        assert content.count(b"\n") == content.count(b"\r\n") > 0, name


def test_the_registry_is_read_in_the_view_of_64_bits() -> None:
    """Wherever the process comes from: below SOFTWARE one of 32 bits would read other keys."""
    opened = re.findall(r"\[Microsoft\.Win32\.\w+\]::.*", TEXT)

    assert ["[Microsoft.Win32.RegistryKey]::OpenBaseKey('LocalMachine', 'Registry64')"] == opened


def test_every_status_that_the_module_writes_is_read() -> None:
    """A document in which nothing could be read: every fact says so, and nothing is known beside the name and the time."""
    told = document()
    item = {"format": "live", "item": "HKLM\\X, Y"}
    denied = {"status": "unknown", "reason": "denied", "detail": "Access is denied.", "sources": [item]}
    failed = {**denied, "reason": "collection_failed", "detail": "There is no key."}
    own = ("server.name", "server.collected_at")
    told["collection"]["groups"] = []
    told["facts"] = {name: told["facts"][name] for name in own} | {
        name: (denied, failed)[number % 2] for number, name in enumerate(sorted(FACTS - {*own}))
    }
    told["cmdlets"] = {
        name: {"status": status, "detail": "The module ADSync is not loaded."}
        for name, status in zip(CMDLETS, ("error", "denied", "absent", "error", "error"), strict=True)
    }
    reading = read_text("SYNC01", text_of(told))

    assert {*own} == {name for name, fact in reading.facts.items() if isinstance(fact, Known)}
    assert [] == [name for name, fact in reading.facts.items() if isinstance(fact, Absent)]
    assert reading.rules is not None
    assert reading.rules.problem is not None


def test_the_wheel_holds_the_files() -> None:
    """Whoever installs the checker can write them out."""
    names = {one.distribution_path for one in WheelBuilder(str(CHECKOUT)).recurse_included_files()}

    assert {f"checker/server_module/{name}" for name in FILES} <= names
