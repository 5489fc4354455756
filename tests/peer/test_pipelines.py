"""What pipelines give: the rule of depth, the commands, and what a JEA endpoint shows."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from pypsrp.powershell import RunspacePool

from tests.peer.fixtures import Serve
from tests.peer.plain_client import Result, Step, run, run_text, session
from tests.peer.server_model import (
    DEFAULT_ENDPOINT,
    FULL,
    FUNCTION,
    MODULE_ENDPOINT,
    PARAMETERS,
    SNAPSHOT_PATH,
    Endpoint,
    Event,
    FakeServer,
)
from tests.peer.sync_objects import CONNECTOR_SECRET, AutoUpgrade, filler_rules

_EXPRESSION = 'IIF((ValueCount("member")> 250000),Error("Maximum Group member count exceeded"),IgnoreThisFlow)'


@pytest.fixture
def pool(serve: Serve) -> Iterator[RunspacePool]:
    """Give a session on a healthy server."""
    peer = serve([FakeServer(events=(Event(), Event(age=timedelta(days=6)), Event(age=timedelta(days=8))))])
    with session(peer.port_of("SYNC01")) as opened:
        yield opened


def _select(*names: str, expand: str = "") -> Step:
    parameters: dict[str, Any] = {"Property": list(names)} if names else {}
    return ("Select-Object", {**parameters, **({"ExpandProperty": expand} if expand else {})})


def _where(name: str, value: str) -> Step:
    return ("Where-Object", {"Property": name, "EQ": True, "Value": value})


def _registry(path: str) -> Step:
    return ("Get-ItemProperty", {"LiteralPath": path.replace("HKLM\\", "HKLM:\\")})


def _everything(result: Result) -> str:
    return "".join(result.clixml)


_JOIN = _where("Name", "Out to AAD - Group Join")
_WITHOUT_EXPRESSION = (
    ("Get-ADSyncRule", _JOIN),
    ("Get-ADSyncRule", _JOIN, ("Select-Object", {"First": 1})),
)
_WITH_EXPRESSION = (
    ("Get-ADSyncRule", _JOIN, _select("Name", "AttributeFlowMappings")),
    ("Get-ADSyncRule", _JOIN, _select(expand="AttributeFlowMappings")),
    ("Get-ADSyncRule", _JOIN, _select("Identifier", expand="AttributeFlowMappings"), _where("Destination", "member")),
)


@pytest.mark.parametrize("steps", _WITHOUT_EXPRESSION, ids=["the rule", "the first rule"])
def test_depth_takes_the_mappings_of_a_rule(pool: RunspacePool, steps: tuple[Step | str, ...]) -> None:
    """A rule by itself arrives with the names of types in place of its mappings: the expressions are lost."""
    result = run(pool, *steps)

    assert 1 == len(result.objects)
    mappings = [
        one.text for one in ET.fromstring(result.clixml[0]).findall("./Props/Obj[@N='AttributeFlowMappings']/LST/S")
    ]
    assert ["Microsoft.IdentityManagement.PowerShell.ObjectModel.AttributeFlowMapping"] * 2 == mappings
    assert "IgnoreThisFlow" not in _everything(result)


@pytest.mark.parametrize("steps", _WITH_EXPRESSION, ids=["selected", "expanded", "expanded and filtered"])
def test_selected_or_expanded_mappings_survive(pool: RunspacePool, steps: tuple[Step | str, ...]) -> None:
    """Selected as a property, or expanded, the mappings keep their expressions."""
    result = run(pool, *steps)

    texts = [one.text for xml in result.clixml for one in ET.fromstring(xml).iter() if one.get("N") == "Expression"]
    assert [_EXPRESSION] == [one for one in texts if one]


def test_conditions_lie_a_level_deeper(pool: RunspacePool) -> None:
    """The conditions of a scope survive only where they are expanded twice."""
    once = run(pool, "Get-ADSyncRule", _JOIN, _select(expand="ScopeFilter"))
    twice = run(pool, "Get-ADSyncRule", _JOIN, _select(expand="ScopeFilter"), _select(expand="ScopeConditionList"))

    assert "cloudFiltered" not in _everything(once)
    assert ["cloudFiltered"] == twice.properties("Attribute")
    assert ["NOTEQUAL"] == twice.properties("ComparisonOperator")


def test_kept_properties_follow_the_expanded_object(pool: RunspacePool) -> None:
    """Properties that are kept while another is expanded come with each object of it."""
    result = run(pool, "Get-ADSyncRule", _JOIN, _select("Name", "Precedence", expand="AttributeFlowMappings"))

    assert [139, 139] == result.properties("Precedence")
    assert ["displayName", "member"] == result.properties("Destination")


def test_property_that_cannot_be_expanded(pool: RunspacePool) -> None:
    """To expand a property that an object does not have is an error for each, and no object."""
    result = run(pool, "Get-ADSyncRule", _JOIN, _select(expand="Mappings"))

    assert ("ExpandPropertyNotFound,Microsoft.PowerShell.Commands.SelectObjectCommand",) == result.errors
    assert ((), False) == (result.objects, result.failed)


def test_property_that_is_already_there(pool: RunspacePool) -> None:
    """A property that is to be kept, and that the expanded object has itself, is an error; the own one stays."""
    result = run(pool, "Get-ADSyncConnector", _select("Name", expand="ConnectivityParameters"))

    identifier = "AlreadyExistingUserSpecifiedPropertyExpand,Microsoft.PowerShell.Commands.SelectObjectCommand"
    assert {identifier} == set(result.errors)
    assert ["UserName", "Password"] * 2 == result.properties("Name")


def test_enumeration_is_a_text_only_below_an_object(pool: RunspacePool) -> None:
    """A member of an enumeration is a text as an own property, and an object with its number where it was selected."""
    own = run(pool, "Get-ADSyncScheduler").properties("NextSyncCyclePolicyType")
    (selected,) = run(pool, "Get-ADSyncScheduler", _select("NextSyncCyclePolicyType")).clixml

    assert ["Delta"] == own
    numbers = [one.text for one in ET.fromstring(selected).iter("I32")]
    assert ["1"] == numbers


def test_settings(pool: RunspacePool) -> None:
    """The parameters of the global settings survive where they are expanded."""
    whole = run(pool, "Get-ADSyncGlobalSettings")
    expanded = run(pool, "Get-ADSyncGlobalSettings", _select(expand="Parameters"), _select("Name", "Value"))

    assert "ServerConfigurationVersion" not in _everything(whole)
    settings = dict(zip(expanded.properties("Name"), expanded.properties("Value"), strict=True))
    assert "2.6.91.0" == settings["Microsoft.Synchronize.ServerConfigurationVersion"]


def test_secret_of_a_connector_leaves_the_server_only_unfiltered(pool: RunspacePool) -> None:
    """Among the parameters of a connector there is a secret, which a filter keeps on the server."""
    expand = _select("Identifier", expand="ConnectivityParameters")
    bare = run(pool, "Get-ADSyncConnector", expand)
    filtered = run(pool, "Get-ADSyncConnector", expand, _where("Name", "username"), _select("Identifier", "Value"))

    assert CONNECTOR_SECRET in _everything(bare)
    assert CONNECTOR_SECRET not in _everything(filtered)
    assert "Sync_SYNC01_0123456789ab@fabrikam.onmicrosoft.com" == filtered.properties("Value")[0]


def test_counting(pool: RunspacePool) -> None:
    """Objects can be counted, also where there are none, and by a property."""
    measured = [
        run(pool, *steps, "Measure-Object").properties("Count")
        for steps in (("Get-ADSyncRule",), ("Get-ADSyncRule", _where("Name", "no such rule")))
    ]
    by = ("Group-Object", {"Property": "Destination", "NoElement": True})
    grouped = run(pool, "Get-ADSyncRule", _select(expand="AttributeFlowMappings"), by, _select("Name", "Count"))

    assert [[3], [0]] == measured
    assert {"displayName": 1, "member": 2, "cn": 1} == dict(
        zip(grouped.properties("Name"), grouped.properties("Count"), strict=True)
    )


def test_registry_value_that_is_not_set(pool: RunspacePool) -> None:
    """A value that a key does not have is null where it is selected; names count in any letter case."""
    wanted = _select("AadConnectorExportApiVersion", "NoSuchValue")
    result = run(pool, _registry(PARAMETERS.lower().replace("hklm", "HKLM")), wanted)

    assert ((2,), (None,)) == (
        tuple(result.properties("AADConnectorExportApiVersion")),
        tuple(result.properties("NoSuchValue")),
    )
    assert () == result.errors


def test_registry_key_that_is_not_there(pool: RunspacePool) -> None:
    """A key that is not there is an error, and the pipeline goes on to its end."""
    result = run(pool, _registry(PARAMETERS + r"\Nothing"))

    assert ("PathNotFound,Microsoft.PowerShell.Commands.GetItemPropertyCommand",) == result.errors
    assert ((), False) == (result.objects, result.failed)


def test_registry_key_without_values(serve: Serve) -> None:
    """A key without values gives no object; how many it has can be asked."""
    peer = serve([FakeServer(registry={r"HKLM\SOFTWARE\Empty": {}})])

    with session(peer.port_of("SYNC01")) as opened:
        values = run(opened, _registry(r"HKLM\SOFTWARE\Empty"))
        count = run(opened, ("Get-Item", {"LiteralPath": "HKLM:\\SOFTWARE\\Empty"}), _select("ValueCount"))

    assert ((), ()) == (values.objects, values.errors)
    assert [0] == count.properties("ValueCount")


def test_version_of_a_file(pool: RunspacePool) -> None:
    """The product version of a program can be read."""
    program = {"LiteralPath": r"C:\Program Files\Microsoft Azure AD Sync\\Bin\miiserver.exe"}
    result = run(pool, ("Get-Item", program), _select(expand="VersionInfo"), _select("ProductVersion"))

    assert ["2.6.91.0"] == result.properties("ProductVersion")


_QUERY = "*[System[Provider[@Name='ADSync'] and (EventID={}) and TimeCreated[timediff(@SystemTime) <= 604800000]]]"


def test_events_of_the_last_week(pool: RunspacePool) -> None:
    """Events are found by provider, number and age; that there are none is an error."""
    found, none = (
        run(pool, ("Get-WinEvent", {"LogName": "Application", "FilterXPath": _QUERY.format(number)}), "Measure-Object")
        for number in (6949, 6950)
    )

    assert ([2], ()) == (found.properties("Count"), found.errors)
    assert [0] == none.properties("Count")
    assert ("NoMatchingEventsFound,Microsoft.PowerShell.Commands.GetWinEventCommand",) == none.errors


def test_clock_of_the_server(serve: Serve) -> None:
    """The clock of a server may be ahead, and tells its zone."""
    peer = serve([FakeServer(clock_ahead=timedelta(days=400))])

    with session(peer.port_of("SYNC01")) as opened:
        (told,) = run(opened, "Get-Date").clixml

    written = next(ET.fromstring(told).iter("DT")).text or ""
    assert datetime.fromisoformat(written) - datetime.now().astimezone() > timedelta(days=399)
    assert written.endswith("+01:00")


def test_snapshot_and_who_may_change_it(serve: Serve) -> None:
    """The snapshot has a text, a date, an owner and an access list."""
    peer = serve([FakeServer().with_snapshot('{"a": "\u00e9"}\n')])
    at = {"LiteralPath": SNAPSHOT_PATH}

    with session(peer.port_of("SYNC01")) as opened:
        text = run(opened, ("Get-Content", {**at, "Raw": True, "Encoding": "UTF8"}))
        date = run(opened, ("Get-Item", at), _select("LastWriteTimeUtc"))
        access = run(opened, ("Get-Acl", at), _select("Owner", "AccessToString"))

    assert ['{"a": "\u00e9"}_x000A_'] == [next(ET.fromstring(one).iter("S")).text for one in text.clixml]
    assert 1 == len(date.properties("LastWriteTimeUtc"))
    assert [r"BUILTIN\Administrators"] == access.properties("Owner")


@pytest.mark.parametrize("knows", [True, False], ids=["new build", "old build"])
def test_detail_of_automatic_upgrade(serve: Serve, *, knows: bool) -> None:
    """An old build does not know the parameter -Detail, which ends the pipeline."""
    upgrade = AutoUpgrade(state="Suspended", reason="UpgradeNotSupported", knows_detail=knows)
    peer = serve([FakeServer(auto_upgrade=upgrade)])

    with session(peer.port_of("SYNC01")) as opened:
        result = run(opened, ("Get-ADSyncAutoUpgrade", {"Detail": True}), _select("SuspensionReason"))

    refused = ("NamedParameterNotFound,Microsoft.PowerShell.Commands.GetADSyncAutoUpgradeCommand",)
    assert ((), False) if knows else (refused, True) == (result.errors, result.failed)
    assert (["UpgradeNotSupported"] if knows else []) == result.properties("SuspensionReason")


def test_large_answer_comes_in_many_pieces(serve: Serve) -> None:
    """An answer that is larger than a message comes in several, and is whole."""
    peer = serve([FakeServer(rules=filler_rules(120))])

    with session(peer.port_of("SYNC01")) as opened:
        result = run(opened, "Get-ADSyncRule", _select(expand="AttributeFlowMappings"))

    assert 120 * 15 == len(result.objects)
    assert peer.counts_of("SYNC01").actions["Receive"] > 3


def test_command_that_is_not_there(serve: Serve) -> None:
    """Without the product its cmdlets are unknown, and `Get-Command` says which of several names are."""
    peer = serve([FakeServer(has_product=False)])

    with session(peer.port_of("SYNC01")) as opened:
        called = run(opened, "Get-ADSyncRule")
        listed = run(opened, ("Get-Command", {"Name": ["Get-Date", "Get-ADSyncRule"]}), _select("Name"))

    assert (("CommandNotFoundException",), True) == (called.errors, called.failed)
    assert (["Get-Date"], False) == (listed.properties("Name"), listed.failed)
    assert ("CommandNotFoundException,Microsoft.PowerShell.Commands.GetCommandCommand",) == listed.errors


def test_script_text_is_refused(pool: RunspacePool) -> None:
    """The peer runs no script text, even where a server would."""
    result = run_text(pool, "Get-ADSyncRule")

    assert (("PeerRunsNoScripts",), True) == (result.errors, result.failed)


@pytest.fixture
def restricted(serve: Serve) -> Iterator[RunspacePool]:
    """Give a session on the JEA endpoint of a healthy server whose named pipe refuses network logons."""
    peer = serve([FakeServer(pipe_refuses_network_logon=True)])
    with session(peer.port_of("SYNC01"), endpoint=MODULE_ENDPOINT) as opened:
        yield opened


def test_jea_shows_one_function(restricted: RunspacePool) -> None:
    """The JEA endpoint hides every cmdlet that it does not name."""
    listed = run(restricted, ("Get-Command", {"Name": [FUNCTION, "Get-ADSyncRule", "Get-ItemProperty"]}))
    called = run(restricted, "Get-ADSyncRule")

    assert [FUNCTION] == listed.properties("Name")
    assert 2 == len(listed.errors)
    assert ("CommandNotFoundException",) == called.errors


def test_jea_runs_no_text(restricted: RunspacePool) -> None:
    """A session without a language runs no script text."""
    assert ("ScriptsNotAllowed",) == run_text(restricted, "Get-AdsyncFact").errors


@pytest.mark.parametrize(
    ("step", "identifier"),
    [
        (_select(expand="Name"), "NamedParameterNotFound,Microsoft.PowerShell.Commands.SelectObjectCommand"),
        (_select("Precedence"), "ParameterArgumentValidationError,Select-Object"),
    ],
    ids=["expand", "property"],
)
def test_jea_has_a_select_object_of_its_own(restricted: RunspacePool, step: Step, identifier: str) -> None:
    """In a JEA session `Select-Object` does not expand, and knows few properties."""
    result = run(restricted, FUNCTION, step)

    assert ((identifier,), True) == (result.errors, result.failed)


def test_document_of_the_module(restricted: RunspacePool) -> None:
    """The function gives one line of JSON, with all cmdlets: a virtual account reaches the named pipe."""
    (text,) = run(restricted, FUNCTION).objects
    document = json.loads(text)

    assert "\n" not in text
    assert {"ok"} == {one["status"] for one in document["cmdlets"].values()}
    assert 3 == len(document["cmdlets"]["Get-ADSyncRule"]["value"])
    assert 2 == document["facts"]["endpoint.export_api_version_raw"]["value"]
    assert CONNECTOR_SECRET not in text


def test_pipe_refuses_network_logons(serve: Serve) -> None:
    """On the default endpoint only the scheduler answers where the named pipe refuses network logons."""
    peer = serve([FakeServer(pipe_refuses_network_logon=True)])

    with session(peer.port_of("SYNC01")) as opened:
        scheduler = run(opened, "Get-ADSyncScheduler")
        rules = run(opened, "Get-ADSyncRule")
        (document,) = run(opened, FUNCTION).objects

    assert (1, True) == (len(scheduler.objects), rules.failed)
    assert "net.pipe://localhost/ADSyncManagement" in rules.messages[0]
    assert ["ok", "error", "error", "error", "error"] == [
        one["status"] for one in json.loads(document)["cmdlets"].values()
    ]


def test_stopped_service(serve: Serve) -> None:
    """While the service is stopped no cmdlet answers, and its state says so."""
    peer = serve([FakeServer(service="Stopped")])

    with session(peer.port_of("SYNC01")) as opened:
        scheduler = run(opened, "Get-ADSyncScheduler")
        state = run(opened, ("Get-Service", {"Name": "ADSync"}), _select("Status"))

    assert "net.pipe://localhost/ADSyncManagement" in scheduler.messages[0]
    assert "Stopped" in _everything(state)


def test_endpoint_decides_what_is_shown(serve: Serve) -> None:
    """What an endpoint shows is said for each, and one without a list shows everything."""
    endpoints = {DEFAULT_ENDPOINT: FULL, "Other": Endpoint(commands=frozenset({"Get-ADSyncScheduler"}))}
    server = replace(FakeServer(), endpoints=endpoints)
    peer = serve([server])

    told = []
    for name in endpoints:
        with session(peer.port_of("SYNC01"), endpoint=name) as opened:
            told.append([run(opened, one).failed for one in ("Get-ADSyncScheduler", "Get-ADSyncRule")])

    assert [[False, False], [False, True]] == told
