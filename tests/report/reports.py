"""Reports made by hand, and strategies that make them: the inputs of the tests of every format."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from hypothesis import strategies as st

from checker.model.facts import Source, SourceFile, SourceFormat
from checker.model.inventory import Connection, ExpectedServer, Inventory, Role
from checker.model.location import Location
from checker.model.policy import (
    AtMost,
    Case,
    Equals,
    ExactlyOne,
    Expectation,
    FactCondition,
    Override,
    Parameter,
    Policy,
    PolicyFile,
    Remediation,
    Rule,
    Scope,
    Severity,
)
from checker.model.result import (
    Diagnostic,
    Finding,
    NotUnderstood,
    Outcome,
    Population,
    Report,
    Revision,
    Run,
    Selection,
    ServerRow,
)
from checker.model.values import FactType, Record, Value
from checker.model.version import Version
from checker.model.waiver import Waiver, WaiverFile, WaiverState, WaiverUse

STARTED = datetime(2026, 11, 22, 10, 0, 0, tzinfo=UTC)
POLICY_PATH = "v2-endpoint.yaml"
EXPORT = "/home/ann/exports/contoso"
CONNECTOR = f"{EXPORT}/Connectors/Entra.xml"
REG = f"{EXPORT}/adsync.reg"

HOSTILE = {
    "T31-html": '<script>alert(1)</script> "><img onerror=x> {{7*7}} {0} </script> ]]> <!-- & &amp;',
    "T32-github": "::set-output name=x::y ##[add-mask]FAIL ##[stop-commands]x \u00a0::error::z :: ###[x] a::b",
    "T32-github-line": "\n::error::x\r\n  ::stop-commands::y\n##[error]z",
    "T33-azure": "x##vso[task.setvariable variable=a]b ##vso[task.complete result=Succeeded] #vso[ ##",
    "T34-terminal": "\x1b[2J\x1b]0;t\x07\x1b]8;;http://x\x07\x1b]52;c;eA==\x07\rok\x08\x08\x9b2J \u202egnp\u202c \u200b\u2028\ufeff",
    "T35-xml": "\x00\x1b\ufffe\uffff\ud800\udc80\U000e0001\x7f\x85",
    "T36-markdown": "``` ````\n| a | ![](http://evil.example/x.png) [x](http://evil.example) @team <b> \\",
    "T37-long": "x" * 5_000_000,
    "backslashes": "C:\\x1b\\\\server\\users\\",
    "blank": "",
    "colon": ":",
    "hash": "#",
}
"""Text that facts may hold, by the row of the matrix of hostile inputs, where there is one."""


def rule(id_: str, severity: Severity = Severity.HIGH, line: int = 10, **given: object) -> Rule:
    """Make a rule of the policy `v2-endpoint`."""
    made = Rule(
        id=id_,
        title=TITLES.get(id_, "Something is as it should be"),
        severity=severity,
        fact=FACTS.get(id_, "endpoint.export_api_version"),
        cases=(Case(expectation=Expectation(constraints=(Equals(2),))),),
        rationale="The v1 endpoint has a member limit of 50,000.",
        remediation=Remediation(
            text="Set both versions to 2 while the scheduler is off.\nThen run a full import.",
            powershell="Set-ADSyncScheduler -SyncCycleEnabled $false\nImport-Module 'C:\\Program Files\\x.psm1'",
        ),
        references=("https://learn.microsoft.com/entra/identity/hybrid/connect/how-to-connect-sync-endpoint-api-v2",),
        controls=(("nist-800-53", ("CM-2", "CM-6")), ("iso-27001", ("A.8.9",))),
        policy="v2-endpoint",
        location=Location(POLICY_PATH, line, 5),
    )
    return replace(made, **given)  # type: ignore[arg-type] # the names are checked when a test runs


TITLES = {
    "AADC0001": "Exports use the v2 endpoint",
    "AADC0002": "Imports use the v2 endpoint",
    "AADC0004": "The product version can use v2",
    "AADC0006": "Every enabled group member limit is in range",
    "AADC0007": "Without a verified domain the limit is 15,000",
    "AADC0010": "The sync cycle is enabled",
    "AADC0012": "Export errors stay below a bound",
    "AADC0013": "Group writeback is as declared",
}
FACTS = {
    "AADC0002": "endpoint.import_api_version",
    "AADC0004": "product.version",
    "AADC0006": "groups.member_limits",
    "AADC0007": "groups.member_limits",
    "AADC0010": "scheduler.sync_cycle_enabled",
    "AADC0012": "events.dn_attributes_failures",
    "AADC0013": "features.group_writeback_enabled",
}


def finding(
    rule_id: str,
    outcome: Outcome,
    server: str = "CONTOSO-AADC01",
    *,
    observed: Value | None = None,
    message: str = "",
    reason: str = "",
    location: Location | None = None,
    item: str = "export-type",
    derivation: str = "",
    expected: str = "equals 2",
) -> Finding:
    """Make a finding; with *location*, the place of its fact in an export."""
    return Finding(
        server=server,
        rule=rule_id,
        outcome=outcome,
        reason=reason,
        message=message or f"The outcome is '{outcome.value}'.",
        fact=FACTS.get(rule_id, "endpoint.export_api_version"),
        observed=observed,
        expected=expected,
        source=Source(SourceFormat.SERVER_CONFIGURATION, location, item) if location else None,
        derivation=derivation,
    )


RULES = (
    rule("AADC0001", line=10),
    rule("AADC0002", line=24),
    rule("AADC0004", Severity.CRITICAL, line=38),
    rule("AADC0006", Severity.MEDIUM, line=52),
    rule("AADC0007", Severity.MEDIUM, line=66),
    rule("AADC0010", line=80),
    rule("AADC0012", Severity.INFO, line=94),
    rule("AADC0013", Severity.INFO, line=108),
)

FINDINGS = (
    finding(
        "AADC0001",
        Outcome.FAIL,
        observed=1,
        message="The value is 1, and 2 is expected.",
        location=Location(CONNECTOR, 812, 9),
        derivation="Below 1.5.30.0 the effective version is 1.",
    ),
    finding(
        "AADC0002",
        Outcome.ERROR,
        reason="not_in_source",
        message="No source of this server can hold 'endpoint.import_api_version'.",
    ),
    finding(
        "AADC0004",
        Outcome.FAIL,
        observed=Version.parse("1.1.130.0"),
        message="The value is 1.1.130.0, and at least 1.5.30.0 is expected.",
        location=Location(CONNECTOR, 640, 17),
        item="extension-config/assembly-version",
        expected="at least 1.5.30.0",
    ),
    finding(
        "AADC0006",
        Outcome.FAIL,
        observed=(
            Record.of(rule="6a", name="Out to AAD - Group Join", limit=50000, via="expression"),
            Record.of(rule="6a", name="Out to AAD - Group Join", limit=49999, via="scope"),
        ),
        message="Entry 1 has 'limit' 50000, and at least 50001 is expected.",
        location=Location(f"{EXPORT}/SynchronizationRules/Out to AAD - Group Join.xml", 120, 3),
        expected="each: limit at least 50001 and at most 250000",
    ),
    finding("AADC0007", Outcome.NOT_APPLICABLE, reason="condition", message="'$tenant_has_verified_domain' is true."),
    finding(
        "AADC0010",
        Outcome.PASS,
        observed=True,
        location=Location(f"{EXPORT}/GlobalSettings.xml", 77, 5),
        expected="equals true",
    ),
    finding("AADC0012", Outcome.ERROR, reason="not_in_source", message="No source of this server can hold events."),
    finding("AADC0013", Outcome.FAIL, observed=True, message="The value is true, and false is expected."),
)

POLICY = Policy(
    name="v2-endpoint",
    version="1.0.0",
    title="Entra Connect uses the v2 endpoint",
    parameters=(
        Parameter(
            name="member_limit_minimum",
            type=FactType.INTEGER,
            default=50001,
            value=60000,
            origin="--set",
            description="Members",
            location=Location(POLICY_PATH, 4, 3),
        ),
    ),
    rules=RULES,
    path=POLICY_PATH,
    sha256="0a1b2c3d" * 8,
    shipped=True,
)

SERVER = ServerRow(
    name="CONTOSO-AADC01",
    role="active",
    sources=(
        SourceFile(
            format=SourceFormat.SERVER_CONFIGURATION,
            path=EXPORT,
            assignment="named in the file",
            date=STARTED - timedelta(days=3671, hours=4),
            files=68,
        ),
        SourceFile(format=SourceFormat.REGISTRY, path=REG, assignment="assigned by folder"),
    ),
)

PORTABLE = {
    POLICY_PATH: "policies/v2-endpoint.yaml",
    EXPORT: "exports/CONTOSO-AADC01",
    CONNECTOR: "exports/CONTOSO-AADC01/Connectors/Entra.xml",
    REG: "exports/CONTOSO-AADC01/adsync.reg",
    f"{EXPORT}/GlobalSettings.xml": "exports/CONTOSO-AADC01/GlobalSettings.xml",
    f"{EXPORT}/SynchronizationRules/Out to AAD - Group Join.xml": (
        "exports/CONTOSO-AADC01/SynchronizationRules/Out to AAD - Group Join.xml"
    ),
    f"{EXPORT}/notes.txt": "exports/CONTOSO-AADC01/notes.txt",
}

RUN = Run(
    id="6f0d4a52-3c1e-4b58-9a77-0d1c6a4b2f10",
    started=STARTED,
    finished=STARTED + timedelta(seconds=1.25),
    version="0.1.0",
    mode="export",
    fail_on=Severity.LOW,
    complete=False,
    exit_code=4,
)

REPORT = Report(
    run=RUN,
    policies=(POLICY,),
    servers=(SERVER,),
    findings=FINDINGS,
    population=Population(expected=("CONTOSO-AADC01",), received=("CONTOSO-AADC01",)),
    files_not_understood=(NotUnderstood(f"{EXPORT}/notes.txt", "It is none of the known formats."),),
    diagnostics=(Diagnostic("The folder 'contoso' names no server; its files belong to 'CONTOSO-AADC01'."),),
    portable=PORTABLE,
)
"""An export like that of a real server: failures, errors, a pass, one not applicable, two below the threshold."""


def with_run(report: Report, **changes: object) -> Report:
    """Give *report* with a run that differs in *changes*."""
    return replace(report, run=replace(report.run, **changes))  # type: ignore[arg-type] # as in `rule`


def of(findings: Sequence[Finding], *, exit_code: int, complete: bool = True) -> Report:
    """Make a report of *findings*, with a row for each of their servers."""
    names = tuple(sorted({one.server for one in findings}))
    return replace(
        with_run(REPORT, exit_code=exit_code, complete=complete),
        servers=tuple(replace(SERVER, name=name) for name in names),
        findings=tuple(findings),
        population=Population(expected=names, received=names),
        files_not_understood=(),
        diagnostics=(),
    )


GREEN = of(
    [finding(one.id, Outcome.PASS, observed=2, location=Location(CONNECTOR, 3, 4)) for one in RULES], exit_code=0
)
"""Every finding passes."""

EMPTY = of((), exit_code=4, complete=False)
"""No server, no finding."""

INTERRUPTED = with_run(
    of([one for one in GREEN.findings if one.rule == "AADC0001"], exit_code=130, complete=False), interrupted=True
)
"""Stopped after the first finding, which passes."""

FLEET = of(
    [replace(one, server=f"AADC{number:02}.corp.example") for number in range(25) for one in FINDINGS],
    exit_code=4,
    complete=False,
)
"""More servers than a SARIF file may have runs."""

THREE = of(
    [replace(one, server=f"AADC{number:02}.corp.example") for number in range(3) for one in FINDINGS],
    exit_code=4,
    complete=False,
)

WAIVER = Waiver(
    rule="AADC0006",
    servers=("CONTOSO-AADC01",),
    justification="The limit is raised with the next release.",
    owner="jane.doe@contoso.com",
    approver="max.muster@contoso.com",
    ticket="CHG-4711",
    created=date(2026, 11, 1),
    expires=date(2026, 12, 31),
    location=Location("/home/ann/waivers.yaml", 3, 5),
)
"""It covers one failure that counts; on the day of the runs here it has 39 days left."""

_WAIVERS = WaiverFile(path="/home/ann/waivers.yaml", sha256="cafe0123" * 8, waivers=(WAIVER, WAIVER))

WAIVED = replace(
    REPORT,
    findings=tuple(
        replace(one, waiver=WAIVER) if one.rule in {"AADC0006", "AADC0013"} else one for one in REPORT.findings
    ),
    waiver_files=(_WAIVERS,),
    waiver_uses=(WaiverUse(waiver=WAIVER, state=WaiverState.USED, covers=2),),
    portable={**PORTABLE, "/home/ann/waivers.yaml": "waivers.yaml"},
)
"""As `REPORT`, and of its four failures one that counts and one below the threshold are waived."""

ALL_WAIVED = replace(
    of([replace(finding(one.id, Outcome.FAIL), waiver=WAIVER) for one in RULES], exit_code=0),
    waiver_files=(_WAIVERS,),
)
"""Everything fails, and everything is waived."""

FLEET_RULE = rule(
    "AADC0201",
    Severity.CRITICAL,
    line=150,
    title="Exactly one server of a tenant is active",
    fact="server.staging_mode",
    cases=(),
    scope=Scope.FLEET,
    fleet=ExactlyOne(),
    where=(FactCondition(fact="server.staging_mode", expectation=Expectation(constraints=(Equals(False),))),),
)


def of_tenant(tenant: str, outcome: Outcome, **given: object) -> Finding:
    """Make a finding of the fleet rule."""
    made = Finding(
        server="",
        tenant=tenant,
        rule="AADC0201",
        outcome=outcome,
        message=f"The outcome for the fleet is '{outcome.value}'.",
        fact="server.staging_mode",
        expected="exactly one server where staging mode is false",
    )
    return replace(made, **given)  # type: ignore[arg-type] # as in `rule`


_FLEET_POLICY = replace(POLICY, rules=(*RULES[:2], FLEET_RULE))

TENANTS = replace(
    of([finding("AADC0001", Outcome.PASS, name, observed=2) for name in ("A", "B", "tenant x.example")], exit_code=4),
    policies=(_FLEET_POLICY,),
    servers=(
        ServerRow(name="A", role="active", tenant="x.example"),
        ServerRow(name="B", role="active", tenant="x.example"),
        ServerRow(name="tenant x.example", tenant="y.example"),
    ),
    findings=(
        *(finding("AADC0001", Outcome.PASS, name, observed=2) for name in ("A", "B", "tenant x.example")),
        of_tenant("x.example", Outcome.FAIL, observed=2, message="2 servers are active: 'A', 'B'."),
        of_tenant("y.example", Outcome.ERROR, reason="not_in_source", message="Nobody knows."),
    ),
)
"""Two tenants, of which one has two active servers; and a server that is called like that tenant."""

_OVERRIDE = Override(
    policy="contoso",
    changes=("severity", "expect", "when"),
    reason="Groups above 100,000 members are split.",
    location=Location("/home/ann/contoso.yaml", 7, 5),
)
_OFF = Override(
    policy="contoso",
    changes=("disabled",),
    reason="Nobody reads these events.",
    location=Location("/home/ann/contoso.yaml", 12, 5),
)
CHANGED = replace(
    REPORT,
    policies=(
        replace(
            POLICY,
            name="contoso",
            path="/home/ann/contoso.yaml",
            shipped=False,
            extends=(PolicyFile(name="v2-endpoint", version="1.0.0", path=POLICY_PATH, sha256="beef" * 16),),
            rules=(
                *(one for one in RULES if one.id not in {"AADC0006", "AADC0012"}),
                replace(
                    rule("AADC0006", Severity.LOW, line=7),
                    cases=(Case(expectation=Expectation(constraints=(AtMost(100000),))),),
                    origin="v2-endpoint",
                    base=RULES[3],
                    override=_OVERRIDE,
                ),
                replace(RULES[6], origin="v2-endpoint", base=RULES[6], override=_OFF, disabled=_OFF.reason),
            ),
        ),
    ),
    findings=tuple(
        replace(
            one,
            outcome=Outcome.NOT_APPLICABLE,
            reason="disabled",
            message=f"The rule is turned off by policy 'contoso': {_OFF.reason}",
        )
        if one.rule == "AADC0012"
        else replace(one, expected="each: limit at most 100000")
        if one.rule == "AADC0006"
        else one
        for one in REPORT.findings
    ),
    originals={"AADC0006": "each: limit at least 50001 and at most 250000", "AADC0012": "equals 0"},
    portable={**PORTABLE, "/home/ann/contoso.yaml": "policies/contoso.yaml"},
)
"""As `REPORT`, by a policy that lowers one rule and turns another one off."""

PARTIAL = with_run(GREEN, selection=Selection(servers=("contoso-*",), rules=("AADC0001",), tags=("endpoint", "limits")))
"""Everything passes of what was asked for."""


def expected_server(name: str, **given: object) -> ExpectedServer:
    """Make a server of an inventory."""
    made = ExpectedServer(
        name=name,
        computer_name=name.lower(),
        role=Role.ACTIVE,
        connection=Connection(host=name),
        location=Location("/home/ann/inventory.yaml", 4, 5),
    )
    return replace(made, **given)  # type: ignore[arg-type] # as in `rule`


EXPECTED = replace(
    with_run(REPORT, max_age=timedelta(days=7), longest_waiver=90, max_waived=3),
    inventory=Inventory(
        name="contoso-sync",
        path="/home/ann/inventory.yaml",
        sha256="fade0123" * 8,
        servers=tuple(map(expected_server, ("CONTOSO-AADC01", "SYNC02", "SYNC03"))),
    ),
    servers=(replace(SERVER, tenant="contoso.onmicrosoft.com"), ServerRow(name="SYNC02", role="staging")),
    findings=(*FINDINGS, *(finding(one.id, Outcome.ERROR, "SYNC02", reason="no_data") for one in RULES)),
    population=Population(
        expected=("CONTOSO-AADC01", "SYNC02", "SYNC03"),
        received=("CONTOSO-AADC01", "ROGUE"),
        missing=("SYNC02", "SYNC03"),
        unexpected=("ROGUE",),
        left_out=("SYNC03",),
        inventory=True,
    ),
    revisions=(
        Revision("/home/ann/inventory.yaml", "modified", "0123456789abcdef", "main"),
        Revision("/home/ann/policies/own.yaml", "clean", "0123456789abcdef", "main"),
    ),
    server_parameters=(
        replace(POLICY.parameters[0], value=70000, origin="inventory", servers=("CONTOSO-AADC01", "SYNC02")),
    ),
    portable={**PORTABLE, "/home/ann/inventory.yaml": "inventory.yaml"},
)
"""With an inventory of three servers: one is there, one is missing, one was left out; and a fourth came unasked."""

REPORTS = {
    "contoso": REPORT,
    "green": GREEN,
    "empty": EMPTY,
    "interrupted": INTERRUPTED,
    "fleet": FLEET,
    "three": THREE,
    "waived": WAIVED,
    "all waived": ALL_WAIVED,
    "too many waived": with_run(ALL_WAIVED, max_waived=1, exit_code=1),
    "tenants": TENANTS,
    "changed": CHANGED,
    "partial": PARTIAL,
    "expected": EXPECTED,
}


def hostile(text: str, report: Report = REPORT) -> Report:
    """Put *text* wherever a fact, a file name, a policy or a command line can put text into a report."""
    place = Location(text, 3, 4)
    server = f"{text}" or "S"
    record = Record.of(rule=text, limit=1)
    waiver = replace(
        WAIVER, justification=text, owner=text, approver=text, ticket=text, servers=(text,), location=place
    )
    findings = [
        replace(
            one,
            server=server,
            message=text or "m",
            observed=observed,
            derivation=text,
            expected=text,
            source=Source(SourceFormat.REGISTRY, located, text),
            waiver=waiver if one.rule in {"AADC0006", "AADC0013"} else None,
        )
        for one, observed, located in zip(
            report.findings, (text, None, (record,) * 3, text, None, True, None, text), (place, None) * 4, strict=True
        )
    ]
    findings += [
        of_tenant(text or "t", outcome, rule=id_, message=text or "m", expected=text, waiver=covered)
        for id_, outcome, covered in (
            ("AADC0201", Outcome.FAIL, None),
            ("AADC0202", Outcome.FAIL, waiver),
            ("AADC0203", Outcome.ERROR, None),
        )
    ]
    override = Override(
        policy=text, changes=("severity", "expect", "max_age", "rationale"), reason=text, location=place
    )
    fleet_rules = tuple(replace(FLEET_RULE, id=id_) for id_ in ("AADC0201", "AADC0202", "AADC0203"))
    rules = tuple(
        replace(
            one,
            title=text or "t",
            rationale=text,
            remediation=Remediation(text, text),
            references=(text,),
            tags=(text,),
            controls=((text or "f", (text or "i",)),),
            policy=text or "p",
            origin=text,
            base=one,
            override=override,
            disabled=text,
        )
        for one in (*RULES, *fleet_rules)
    )
    parameter = replace(POLICY.parameters[0], type=FactType.TEXT, value=text, default=text)
    file = PolicyFile(name=text or "p", version=text, path=text, sha256="beef" * 16)
    policy = replace(
        POLICY, name=text or "p", version=text, path=text, rules=rules, parameters=(parameter,), extends=(file,)
    )
    row = replace(SERVER, name=server, tenant=text, sources=(replace(SERVER.sources[0], path=text, assignment=text),))
    return replace(
        with_run(report, selection=Selection(servers=(text,), rules=(text,), tags=(text,)), max_waived=0),
        policies=(policy,),
        servers=(row,),
        findings=tuple(findings),
        population=Population(
            expected=(server,), received=(), missing=(text,), unexpected=(text,), left_out=(f"{text}2",), inventory=True
        ),
        files_not_understood=(NotUnderstood(text, text),),
        diagnostics=(Diagnostic(text, place), Diagnostic(text, incomplete=True)),
        inventory=Inventory(name=text, path=text, sha256="fade0123" * 8, servers=(expected_server(text),)),
        waiver_files=(WaiverFile(path=text, sha256="cafe0123" * 8, waivers=(waiver,)),),
        waiver_uses=(WaiverUse(waiver=waiver, state=WaiverState.USED, target=text, covers=3),),
        revisions=(Revision(text, "modified", "0123", text, text), Revision(text, "unreadable", text)),
        server_parameters=(replace(parameter, servers=(text, text), origin="inventory"),),
        originals=dict.fromkeys((one.id for one in rules), text),
        portable={},
    )


_COMMANDS = ("::", "##[", "##vso[", "#", ":", "[", "]", "\x1b[", "\n", "\r", " ", "error", "add-mask", "\\", "'")

texts = st.one_of(
    st.text(st.characters(codec=None), max_size=60),
    st.lists(st.sampled_from(_COMMANDS), max_size=12).map("".join),
    st.sampled_from([text for text in HOSTILE.values() if len(text) < 1000]),
)
"""Any text, lone surrogates too, with a liking for what means something to a log or a terminal."""

reports = st.builds(hostile, texts)
"""A report with one such text in every place."""
