"""
Everything that a server may be asked, as data.

Only cmdlets that read, and no text that the server would have to parse. A remote session writes an object and what its
own properties hold, and nothing below: a list of objects inside an object arrives as names of types. What lies deeper
is therefore brought to the top by `-ExpandProperty`, or put into a property that `Select-Object` makes, which costs no
depth.
"""

from __future__ import annotations

import re

from checker.acquire.live.commands import Argument, Command, Pipeline
from checker.acquire.live.question import MEASURE, Question, at, count_by, expand, pipe, select, where
from checker.acquire.live.registry_keys import COMPUTER, KEYS, PARAMETERS, filtering_of

FUNCTION = "Get-AdsyncFact"
MODULE = Question("the facts, of the module AdsyncChecker", FUNCTION, pipe(Command(FUNCTION)))

_RULE, _CONNECTOR, _SETTINGS = (
    Command("Get-ADSyncRule"),
    Command("Get-ADSyncConnector"),
    Command("Get-ADSyncGlobalSettings"),
)
_UPGRADE = "Get-ADSyncAutoUpgrade"
_FLOW = expand("AttributeFlowMappings")
_GROUP, _CONDITIONS = expand("ScopeFilter"), expand("ScopeConditionList")

RULES = Question(
    "the synchronization rules",
    "Get-ADSyncRule",
    pipe(
        _RULE,
        select(
            "Identifier", "Name", "Direction", "Precedence", "Disabled", "Connector", "TargetObjectType", "ImmutableTag",
            "IsStandardRule",
        ),
    ),
)  # fmt: skip
RULE_COUNT = Question("how many rules there are", "Get-ADSyncRule", pipe(_RULE, MEASURE))
FLOWS = Question(
    "the mappings to member",
    "Get-ADSyncRule, AttributeFlowMappings",
    pipe(
        _RULE,
        expand("AttributeFlowMappings", "Identifier"),
        where("Destination", "member"),
        select("Identifier", "Destination", "FlowType", "Expression"),
    ),
)
FLOW_COUNT = Question(
    "how many mappings each attribute has",
    "Get-ADSyncRule, AttributeFlowMappings",
    pipe(_RULE, _FLOW, count_by("Destination"), select("Name", "Count")),
)
CONDITIONS = Question(
    "the scope conditions on memberCount",
    "Get-ADSyncRule, ScopeFilter",
    pipe(
        _RULE,
        expand("ScopeFilter", "Identifier"),
        expand("ScopeConditionList", "Identifier"),
        where("Attribute", "memberCount"),
        select("Identifier", "Attribute", "ComparisonOperator", "ComparisonValue"),
    ),
)
CONDITION_COUNT = Question(
    "how many scope conditions each attribute has",
    "Get-ADSyncRule, ScopeFilter",
    pipe(_RULE, _GROUP, _CONDITIONS, count_by("Attribute"), select("Name", "Count")),
)
CONDITION_TOTAL = Question(
    "how many scope conditions there are, where none was counted",
    "Get-ADSyncRule, ScopeFilter",
    pipe(_RULE, _GROUP, _CONDITIONS, MEASURE),
)
CONNECTORS = Question(
    "the connectors", "Get-ADSyncConnector", pipe(_CONNECTOR, select("Name", "Identifier", "SubType"))
)
# NOTE: of the connectivity parameters the account alone crosses the wire; the others may be secret.
ACCOUNTS = Question(
    "the accounts of the connectors",
    "Get-ADSyncConnector, ConnectivityParameters",
    pipe(
        _CONNECTOR,
        expand("ConnectivityParameters", "Identifier"),
        where("Name", "UserName"),
        select("Identifier", "Name", "Value"),
    ),
)
EXTENSIONS = Question(
    "the export types of the connectors",
    "Get-ADSyncConnector, ExtensionConfiguration",
    pipe(_CONNECTOR, expand("ExtensionConfiguration", "Identifier"), select("Identifier", "ExportType")),
)
# NOTE: its properties are all single values, and arrive as they are. Selected, one that an old build lacks could not
# be told from one that is null, and null means something.
SCHEDULER = Question("the scheduler", "Get-ADSyncScheduler", pipe(Command("Get-ADSyncScheduler")))
SETTINGS = Question(
    "the parameters of the global settings",
    "Get-ADSyncGlobalSettings",
    pipe(_SETTINGS, expand("Parameters"), select("Name", "Value")),
)
SETTING_COUNT = Question(
    "how many parameters there are", "Get-ADSyncGlobalSettings", pipe(_SETTINGS, expand("Parameters"), MEASURE)
)
UPGRADE = Question(
    "automatic upgrade", _UPGRADE, pipe(Command(_UPGRADE, (("Detail", None),)), select("State", "SuspensionReason"))
)
UPGRADE_STATE = Question("automatic upgrade, where -Detail is not known", _UPGRADE, pipe(Command(_UPGRADE)))


def version_in(folder: str) -> Question:
    """Ask for the version of the product that is installed in *folder*."""
    file = rf"{folder}\Bin\miiserver.exe"
    pipeline = pipe(at("Get-Item", file), expand("VersionInfo"), select("ProductVersion"))
    return Question("the product version", f"{file}, ProductVersion", pipeline)


_LAST_SEVEN_DAYS = (
    "*[System[Provider[@Name='ADSync'] and (EventID=6949) and TimeCreated[timediff(@SystemTime) <= 604800000]]]"
)
EVENTS = Question(
    "the events 6949 of the last 7 days",
    "Get-WinEvent, log Application, event 6949",
    pipe(Command("Get-WinEvent", (("LogName", "Application"), ("FilterXPath", _LAST_SEVEN_DAYS))), MEASURE),
)
CLOCK = Question("the clock of the server", "Get-Date", pipe(Command("Get-Date")))
SERVICE = Question(
    "the state of the service ADSync",
    "Get-Service",
    pipe(Command("Get-Service", (("Name", "ADSync"),)), select("Name", "Status")),
)
ENVIRONMENT = Question(
    "the account of the session, and whether it is of 64 bits, as only such a one reads the registry of the product",
    "the environment of the session",
    pipe(
        Command(
            "Get-Item",
            (("LiteralPath", tuple(rf"Env:\{name}" for name in ("PROCESSOR_ARCHITECTURE", "USERDOMAIN", "USERNAME"))),),
        ),
        select("Name", "Value"),
    ),
)

SNAPSHOT_PATH = r"C:\ProgramData\AdsyncChecker\Snapshot\facts.json"
"""Where the scheduled task of the server module writes its snapshot."""

SNAPSHOT = Question(
    "the snapshot",
    SNAPSHOT_PATH,
    pipe(Command("Get-Content", (("LiteralPath", SNAPSHOT_PATH), ("Raw", None), ("Encoding", "UTF8")))),
)
SNAPSHOT_DATE = Question(
    "when the snapshot was written",
    SNAPSHOT_PATH,
    pipe(at("Get-Item", SNAPSHOT_PATH), select("LastWriteTimeUtc")),
)
SNAPSHOT_ACCESS = Question(
    "who owns the snapshot and who may change it",
    SNAPSHOT_PATH,
    pipe(at("Get-Acl", SNAPSHOT_PATH), select("Owner", "AccessToString")),
)

_FIXED = (
    COMPUTER.question, ENVIRONMENT, CLOCK, SERVICE, PARAMETERS.question, version_in("<Path>"), SCHEDULER,
    CONNECTORS, ACCOUNTS, EXTENSIONS, filtering_of("<name of the Entra connector>").question,
    RULES, RULE_COUNT, FLOWS, FLOW_COUNT, CONDITIONS, CONDITION_COUNT, CONDITION_TOTAL, SETTINGS, SETTING_COUNT, UPGRADE, UPGRADE_STATE,
    *(key.question for key in KEYS), COMPUTER.count, EVENTS, SNAPSHOT, SNAPSHOT_DATE, SNAPSHOT_ACCESS,
)  # fmt: skip

COMMANDS = (
    FUNCTION,
    *dict.fromkeys(command.name for question in _FIXED for command in question.pipeline.commands),
)
"""Every command that may be called, each once."""

PROBE = Question(
    "which of these commands there are",
    "Get-Command",
    pipe(Command("Get-Command", (("Name", COMMANDS),)), select("Name")),
)

EVERY_QUESTION = (PROBE, MODULE, *_FIXED)
"""All that is ever asked, in order; which of it is depends on what the server shows. A word in <> is read before."""


def pipeline_text(pipeline: Pipeline) -> str:
    """Write *pipeline* as a person would type it; nothing of this text is ever sent."""
    return " | ".join(" ".join((one.name, *map(_parameter, one.parameters))) for one in pipeline.commands)


def _parameter(parameter: tuple[str, Argument]) -> str:
    name, argument = parameter
    match argument:
        case None:
            return f"-{name}"
        case bool():
            return f"-{name}:${str(argument).lower()}"
        case tuple():
            return f"-{name} {', '.join(map(_quoted, argument))}"
        case _:
            return f"-{name} {_quoted(str(argument))}"


_BARE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*")
_QUOTES = re.compile("(['\u2018\u2019\u201a\u201b])")
"""All that PowerShell takes for a single quote; within quotes it is doubled."""


def _quoted(text: str) -> str:
    doubled = _QUOTES.sub(r"\1\1", text)
    return text if _BARE.fullmatch(text) else f"'{doubled}'"
