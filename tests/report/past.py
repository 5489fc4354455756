"""Results of an earlier run, made by hand: the inputs of the tests of remediations."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from checker.model.policy import Remediation, Severity
from checker.model.result import Outcome
from checker.model.results_document import Observed, PastFinding, PastPolicy, PastRule, PastServer, ResultsDocument
from checker.model.values import Record

SERVER = "sync01.contoso.com"
ENDPOINT = (
    "Import-Module 'C:\\Program Files\\Microsoft Azure AD Sync\\Extensions\\AADConnector.psm1'\n"
    "Set-ADSyncAADConnectorExportApiVersion 2\n"
    "Set-ADSyncAADConnectorImportApiVersion 2\n"
)
EDITOR = "1. Open the rule, direction *Outbound*.\n2. Choose **Edit** and confirm.\n"
LIMITS = (
    Record.of(rule="6a", name="Out to AAD - Group Join", precedence=139, standard=True, via="expression", limit=50000),
    Record.of(rule="7b", name="Copy of O'Brien", precedence=50, standard=False, via="scope", limit=49999),
)
TURN_ON = "Set-ADSyncScheduler -SyncCycleEnabled $true"


def past_rule(
    id_: str,
    *,
    title: str = "All is as it should be",
    fact: str = "endpoint.export_api_version",
    text: str = "Set it.",
    powershell: str = "",
    change: str = "",
    editor: str = "",
) -> PastRule:
    """Make a rule of the policy `v2-endpoint`."""
    remediation = Remediation(text, powershell, change, editor)
    return PastRule(
        id=id_, title=title, severity=Severity.HIGH, fact=fact, policy="v2-endpoint", remediation=remediation
    )


EXPORTS = past_rule("AADC0001", title="Exports use the v2 endpoint", change=ENDPOINT)
IMPORTS = past_rule("AADC0002", fact="endpoint.import_api_version", change=ENDPOINT)
LIMIT = past_rule("AADC0006", fact="groups.member_limits", editor=EDITOR)
PRECEDENCE = past_rule("AADC0009", fact="groups.custom_member_limit_rules", editor=EDITOR)
SYNC_CYCLE = past_rule("AADC0010", fact="scheduler.sync_cycle_enabled", powershell=TURN_ON)
MAINTENANCE = past_rule(
    "AADC0101", fact="scheduler.maintenance_enabled", powershell="Set-ADSyncScheduler -MaintenanceEnabled $true"
)


def past_finding(
    rule: PastRule,
    outcome: Outcome = Outcome.FAIL,
    *,
    server: str = SERVER,
    tenant: str = "",
    observed: Observed = 1,
    broken: tuple[Record, ...] = (),
    message: str = "It is '1', expected '2'.",
    expected: str = "2",
    reason: str = "",
    waiver: str | None = None,
) -> PastFinding:
    """Make a finding of *rule*; with *waiver* one that is waived."""
    return PastFinding(
        server=server,
        tenant=tenant,
        rule=rule.id,
        outcome=outcome,
        reason=reason,
        message=message,
        fact=rule.fact,
        observed=observed,
        expected=expected,
        broken=broken,
        place="exports/MV.xml:41:5",
        waived=waiver is not None,
        waiver=waiver or "",
    )


ALL = (
    (EXPORTS, past_finding(EXPORTS)),
    (IMPORTS, past_finding(IMPORTS)),
    (LIMIT, past_finding(LIMIT, observed=LIMITS, broken=LIMITS[:1], expected="each: limit at least 50001")),
    (SYNC_CYCLE, past_finding(SYNC_CYCLE, observed=False, expected="true")),
    (MAINTENANCE, past_finding(MAINTENANCE, observed=False, expected="true")),
)
"""A rule of every kind, failing."""


def past(
    *given: tuple[PastRule, PastFinding], servers: Sequence[PastServer] = (PastServer(name=SERVER),)
) -> ResultsDocument:
    """Make results of rules with a finding each."""
    rules = {rule.id: rule for rule, _ in given}
    return ResultsDocument(
        path="results.json",
        sha256="0a1b2c3d" * 8,
        run_id="6f0d4a52-3c1e-4b58-9a77-0d1c6a4b2f10",
        started="2026-11-22T10:00:00Z",
        fail_on=Severity.LOW,
        complete=True,
        policies=(PastPolicy(name="v2-endpoint", version="1.0.0"),),
        servers=tuple(servers),
        rules=tuple(rules[id_] for id_ in sorted(rules)),
        findings=tuple(finding for _, finding in given),
        expected=tuple(server.name for server in servers),
    )


def hostile(text: str) -> ResultsDocument:
    """Give results with *text* wherever a file can put text."""
    remediation = Remediation(text, text, text, text)
    record = Record.of(name=text, limit=1, via=text)
    given = [
        (
            replace(rule, title=text, policy=text, fact=fact, remediation=remediation),
            replace(
                finding, server=text, fact=fact, message=text, reason=text, expected=text, observed=text,
                broken=(record,) if fact.startswith("groups.") else (), place=text, waiver=text,
            ),
        )
        for (rule, finding), fact in zip(ALL, (text, "endpoint.consistent", "groups.member_limits", text, text), strict=True)
    ]  # fmt: skip
    rules = [replace(rule, id=f"X{text}{number}") for number, (rule, _) in enumerate(given)]
    findings = [replace(finding, rule=rule.id) for rule, (_, finding) in zip(rules, given, strict=True)]
    document = past(*zip(rules, findings, strict=True), servers=(PastServer(name=text, computer_name=text),))
    return replace(
        document,
        run_id=text,
        started=text,
        complete=False,
        policies=(PastPolicy(name=text, version=text),),
        expected=(text,),
        missing=(text,),
    )
