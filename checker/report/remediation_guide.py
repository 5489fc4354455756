"""The Markdown texts of a remediation: what a person does on one server, and what there is on all of them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from checker.model.result import Outcome
from checker.model.results_document import PastFinding, ResultsDocument
from checker.report.markdown_text import fenced, inline, paragraphs, quoted
from checker.report.remediation_plan import Failing, ServerPlan, change_of, entries_of, is_open
from checker.report.remediation_quoting import span
from checker.report.remediation_words import expected_words, observed_words, standing_words
from checker.report.wording import counted

MARK = "<!-- Remediation by adsync-checker -->"
"""How every text begins; a file that begins otherwise is nobody's to overwrite."""

_SYNCHRONIZATION_RULES = frozenset(
    {"groups.member_limits", "groups.member_limit_unparsed", "groups.custom_member_limit_rules"}
)


def guide_of(results: ResultsDocument, plan: ServerPlan) -> str:
    """Write what is to be done on the server of *plan*."""
    lines = [MARK, f"# Remediation of {span(plan.server)}", "", *_told(results), *_script_lines(plan)]
    for one in plan.failing:
        lines += ["", *_section(plan, one)]
    return "\n".join(lines) + "\n"


def _told(results: ResultsDocument) -> Iterator[str]:
    for words in standing_words(results):
        yield f"> **Note:** {inline(words)}"
        yield ""
    yield f"- Run {span(results.run_id)} of {span(results.started)}"
    yield f"- Results: sha256 {span(results.sha256)}"
    for policy in results.policies:
        yield f"- Policy {span(policy.name)}, version {span(policy.version)}"
    yield ""
    yield "Nothing of this was carried out. Read it before you do."


def _script_lines(plan: ServerPlan) -> Iterator[str]:
    yield ""
    if not plan.changes:
        yield f"The script {span(plan.stem + '.ps1')} has nothing to change here; all of it is for you."
        return
    yield (
        f"The script {span(plan.stem + '.ps1')} shows what it would do, and does it with {span('-Apply')}: in an elevated "
        "Windows PowerShell on the server, with the sync cycle off meanwhile and put back at the end."
    )
    if plan.sync_cycle is not None:
        word = "on" if plan.sync_cycle else "off"
        yield ""
        yield f"It leaves the sync cycle turned **{word}**, because a rule that fails asks for it."


def _section(plan: ServerPlan, one: Failing) -> Iterator[str]:
    rule, finding, remediation = one.rule, one.finding, one.rule.remediation
    yield f"## {span(rule.id)} {inline(rule.title)}"
    yield ""
    yield f"- Severity: {rule.severity.word}; policy {span(rule.policy)}"
    yield f"- Observed: {span(observed_words(finding))}"
    yield f"- Expected: {span(expected_words(finding))}"
    yield f"- {span(finding.message)}"
    if finding.place:
        yield f"- Place: {span(finding.place)}"
    if one.sync_cycle is not None:
        yield "- In the script: what the sync cycle is left at"
    elif number := plan.step_of(rule.id):
        yield f"- In the script: step {number}"
    if remediation.text.strip():
        yield ""
        yield paragraphs(remediation.text)
    if remediation.editor.strip():
        yield from _editor(one)
    yield from _code(one)


def _editor(one: Failing) -> Iterator[str]:
    """Say what only the editor can do, with what was found there; the script stops for it while the cycle is off."""
    yield ""
    yield "In the Synchronization Rules Editor, while the script waits:"
    yield ""
    entries = entries_of(one.finding)
    if one.rule.fact in _SYNCHRONIZATION_RULES:
        yield f"- Rules of the direction {span('Outbound')}; each copy gets a free precedence from 1 to 99."
    for entry in entries:
        yield f"- Now: {span(entry)}"
    if entries:
        yield f"- Wanted: {span(expected_words(one.finding))}"
        yield ""
    yield quoted(one.rule.remediation.editor)


def _code(one: Failing) -> Iterator[str]:
    """Show the PowerShell that is not part of the script."""
    remediation = one.rule.remediation
    if one.refused:
        yield ""
        yield f"The script does not make this change, because in its lines {inline(one.refused)}. Review them, and turn"
        yield "the sync cycle off before and on after:"
        yield ""
        yield fenced(change_of(one.rule), "powershell")
    elif one.sync_cycle is None and remediation.powershell.strip() and not (remediation.change or remediation.editor):
        yield ""
        yield "To review, and to run by hand:"
        yield ""
        yield fenced(remediation.powershell, "powershell")


def overview_of(
    results: ResultsDocument, plans: Sequence[ServerPlan], *, only: Collection[str] = (), others: Sequence[str] = ()
) -> str:
    """
    Write what there is for all servers, and what is not remediated.

    *only* are the servers that were asked for; *others* are files of earlier remediations beside these.
    """
    lines = [MARK, "# Remediation", "", *_told(results)]
    if only:
        lines += ["", "Only these servers were asked for: " + ", ".join(map(span, sorted(only))) + "."]
    lines += ["", "## Servers", "", *_servers(plans)]
    if fleet := open_of_tenants(results):
        lines += ["", "## Tenants", "", "These fail for the servers of a tenant together, and no script mends them:"]
        for one in fleet:
            lines += ["", *_fleet(results, one)]
    lines += ["", "## What is not remediated", "", *_left(results, only)]
    if others:
        lines += ["", "## Files of earlier remediations", ""]
        lines += [
            "These lie here and do not belong to this one. Do not run them:",
            "",
            *(f"- {span(o)}" for o in others),
        ]
    return "\n".join(lines) + "\n"


def open_of_tenants(results: ResultsDocument) -> tuple[PastFinding, ...]:
    """Give the failures that no waiver covers, of rules over all servers of a tenant."""
    return tuple(one for one in results.findings if is_open(one) and not one.server)


def _servers(plans: Sequence[ServerPlan]) -> Iterator[str]:
    if not plans:
        yield "No server has a failure that is to be remediated."
    for plan in plans:
        yield f"- {span(plan.server)}: {counted(len(plan.failing), 'failing rule')}"
        yield f"  - {span(plan.stem + '.ps1')}: {_script_words(plan)}"
        yield f"  - {span(plan.stem + '.md')}: what a person does, for {_ids(one.rule.id for one in plan.failing)}"


def _script_words(plan: ServerPlan) -> str:
    if not plan.changes:
        return "nothing that a script can change"
    words = [
        f"step {number} {'stops for the editor' if step.editor else 'makes a change'} for {_ids(step.rules)}"
        for number, step in enumerate(plan.steps, 1)
    ]
    if plan.sync_cycle is not None:
        words.append(f"leaves the sync cycle turned {'on' if plan.sync_cycle else 'off'}")
    return "; ".join(words)


def _ids(ids: Iterator[str] | Sequence[str]) -> str:
    return ", ".join(map(span, ids))


def _left(results: ResultsDocument, only: Collection[str]) -> Iterator[str]:
    """Tell what fails and is excused, and what nobody knows; both are easily taken for being in order."""
    of_subject: dict[str, list[PastFinding]] = {}
    for one in sorted(results.findings, key=lambda one: (not one.server, one.server, one.tenant, one.rule)):
        if (one.waived or one.outcome is Outcome.ERROR) and (not only or not one.server or one.server in only):
            of_subject.setdefault(_subject(one), []).append(one)
    for subject, found in of_subject.items():
        waived = [f"{span(one.rule)}{f' ({inline(one.waiver)})' if one.waiver else ''}" for one in found if one.waived]
        unknown = [f"{span(one.rule)} ({inline(one.reason)})" for one in found if not one.waived]
        yield from [f"- {subject}: fails and is waived: {', '.join(waived)}"] if waived else []
        yield from [f"- {subject}: could not be evaluated: {', '.join(unknown)}"] if unknown else []
    missing = [name for name in results.missing if not only or name in only]
    yield from (f"- {span(name)}: nothing is known of this server" for name in missing)
    if not of_subject and not missing:
        yield "Nothing else: every finding was decided, and no failure is waived."


def _subject(one: PastFinding) -> str:
    return span(one.server) if one.server else f"tenant {span(one.tenant)}"


def _fleet(results: ResultsDocument, one: PastFinding) -> Iterator[str]:
    """Say what to do about a rule over all servers of a tenant: no script of one server can mend it."""
    rule = results.rule(one.rule)
    yield f"### Tenant {span(one.tenant)}: {span(rule.id)} {inline(rule.title)}"
    yield ""
    yield f"- Severity: {rule.severity.word}; policy {span(rule.policy)}"
    yield f"- Observed: {span(observed_words(one))}"
    yield f"- Expected: {span(expected_words(one))}"
    yield f"- {span(one.message)}"
    for text in (paragraphs(rule.remediation.text), quoted(rule.remediation.editor)):
        if text.strip("> \n"):
            yield ""
            yield text
    if rule.remediation.powershell.strip():
        yield ""
        yield "To review, and to run by hand on the servers that the message names:"
        yield ""
        yield fenced(rule.remediation.powershell, "powershell")
