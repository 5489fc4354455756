"""What a server may be asked."""

from __future__ import annotations

import re

import pytest

from checker.acquire.cmdlet_facts import SCHEDULER_PROPERTIES
from checker.acquire.live.commands import Command, Pipeline
from checker.acquire.live.pipelines import COMMANDS, EVERY_QUESTION, PROBE, SNAPSHOT_PATH, pipeline_text, version_in
from checker.acquire.live.question import Question
from checker.acquire.live.registry_keys import COMPUTER, KEYS, PARAMETERS, filtering_of
from checker.model.catalogue import CATALOGUE
from checker.model.facts import SourceFormat

questions = pytest.mark.parametrize("question", EVERY_QUESTION, ids=lambda one: one.title)

READ_ONLY = {
    "Get-Command", "Get-AdsyncFact", "Get-ADSyncRule", "Get-ADSyncConnector", "Get-ADSyncGlobalSettings",
    "Get-ADSyncScheduler", "Get-ADSyncAutoUpgrade", "Get-ItemProperty", "Get-Item", "Get-WinEvent", "Get-Service",
    "Get-Date", "Get-Content", "Get-Acl", "Select-Object", "Where-Object", "Measure-Object", "Group-Object",
}  # fmt: skip


@questions
def test_only_commands_that_read_are_called(question: Question) -> None:
    """A list by hand, so that a further command is a decision."""
    assert {one.name for one in question.pipeline.commands} <= READ_ONLY


@questions
def test_no_text_is_for_the_server_to_parse(question: Question) -> None:
    """No script block, no calculated property, no wildcard, no switch that hides errors."""
    for command in question.pipeline.commands:
        names = {name for name, _ in command.parameters}
        arguments = [argument for _, argument in command.parameters if argument is not None]
        texts = [text for one in arguments for text in (one if isinstance(one, tuple) else (one,))]

        assert not names & {"FilterScript", "Process", "ErrorAction", "ScriptBlock", "Path", "Filter", "Command"}
        assert not [text for text in texts if re.search(r"[{}$`;|]|^\*$", str(text))]


def test_no_secret_of_a_connector_is_asked_for() -> None:
    """Of the connectivity parameters, which hold passwords, the account alone may cross the wire."""
    [pipeline] = [one.pipeline for one in EVERY_QUESTION if "ConnectivityParameters" in pipeline_text(one.pipeline)]

    assert (
        "Get-ADSyncConnector | Select-Object -Property Identifier -ExpandProperty ConnectivityParameters "
        "| Where-Object -Property Name -EQ -Value UserName | Select-Object -Property Identifier, Name, Value"
    ) == pipeline_text(pipeline)


def test_the_probe_asks_for_every_command_that_is_used() -> None:
    """A command that was not asked for would never be called."""
    used = {command.name for one in EVERY_QUESTION for command in one.pipeline.commands} - {"Get-Command"}

    assert used == set(COMMANDS)
    assert ("Name", COMMANDS) in PROBE.pipeline.commands[0].parameters


def test_the_registry_is_read_where_the_catalogue_says() -> None:
    """Keys and values are written once for people and once for servers, and are the same."""
    keys = (COMPUTER, PARAMETERS, *KEYS, filtering_of("NAME"))
    asked = {fact: f"`{key.path}`, `{value}`" for key in keys for fact, value in key.values.items()}

    assert {
        name: spec.sources[SourceFormat.LIVE]
        for name, spec in CATALOGUE.items()
        if SourceFormat.REGISTRY in spec.sources
    } == asked


def test_the_version_is_read_where_the_catalogue_says() -> None:
    """The folder comes from the value `Path` of the registry key, the file from the catalogue."""
    where = CATALOGUE["product.version"].sources[SourceFormat.LIVE]

    assert PARAMETERS.path in where
    assert "Path" in PARAMETERS.further
    assert r"D:\Sync\Bin\miiserver.exe" == version_in(r"D:\Sync").pipeline.commands[0].parameters[0][1]
    assert r"Bin\miiserver.exe" in where


def test_the_scheduler_arrives_whole() -> None:
    """Selected, a property that an old build lacks could not be told from one that is null."""
    [pipeline] = [one.pipeline for one in EVERY_QUESTION if one.item == "Get-ADSyncScheduler"]

    assert (Command("Get-ADSyncScheduler"),) == pipeline.commands
    assert "CustomizedSyncCycleInterval" in SCHEDULER_PROPERTIES


def test_keys_below_software_are_those_that_32_bits_would_miss() -> None:
    """Windows shows a process of 32 bits other keys there, and only there."""
    redirected = {fact for key in (COMPUTER, PARAMETERS, *KEYS) if key.redirected for fact in key.values}

    assert {
        "server.dotnet_release", "features.admin_audit_logging_raw", "tls.dotnet_system_default",
        "tls.dotnet_strong_crypto", "tls.dotnet32_system_default", "tls.dotnet32_strong_crypto",
    } == redirected  # fmt: skip


TEXTS = {
    "a switch": (Command("Get-Thing", (("Detail", None),)), "Get-Thing -Detail"),
    "text": (Command("Get-Thing", (("Name", "It's"),)), "Get-Thing -Name 'It''s'"),
    "a curly quote": (Command("Get-Thing", (("Name", "a\u2019b"),)), "Get-Thing -Name 'a\u2019\u2019b'"),
    "a dash first": (Command("Get-Thing", (("Name", "-x"),)), "Get-Thing -Name '-x'"),
    "nothing": (Command("Get-Thing", (("Name", ""),)), "Get-Thing -Name ''"),
    "a number": (Command("Get-Thing", (("First", 5),)), "Get-Thing -First 5"),
    "a truth": (Command("Get-Thing", (("Deep", True),)), "Get-Thing -Deep:$true"),
    "a list": (Command("Get-Thing", (("Name", ("a", "b c")),)), "Get-Thing -Name a, 'b c'"),
}


@pytest.mark.parametrize(("command", "text"), TEXTS.values(), ids=TEXTS)
def test_a_pipeline_reads_as_a_person_would_type_it(command: Command, text: str) -> None:
    """Whoever copies the text runs what was sent."""
    assert text == pipeline_text(Pipeline((command,)))


def test_everything_that_is_asked_can_be_shown() -> None:
    """Each question has a title, stands once, and the snapshot lies where the server module writes it."""
    texts = [pipeline_text(one.pipeline) for one in EVERY_QUESTION]

    assert len(texts) == len(set(texts))
    assert all(one.title for one in EVERY_QUESTION)
    assert r"C:\ProgramData\AdsyncChecker\Snapshot\facts.json" == SNAPSHOT_PATH
