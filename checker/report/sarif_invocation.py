"""What SARIF says of the run itself: when, how it ended, and what kept it from saying more."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from checker.model.result import Finding, Report
from checker.model.values import Json
from checker.report.mapping import exit_words, treatment_of
from checker.report.portable import portable, portable_location, portable_text
from checker.report.run_words import partial_words
from checker.report.sarif_results import Tables, text_of
from checker.report.sarif_text import ROOT, message, sentence, uri
from checker.report.summary import incomplete_because, too_many_waived

_LONGEST_MESSAGE = 2000


@dataclass(frozen=True, slots=True)
class _Kind:
    id: str
    name: str
    meaning: str
    help: str


_NOT_EVALUATED = _Kind(
    "ADSYNC-1",
    "RuleNotEvaluated",
    "A rule could not be evaluated.",
    "Add the source that the message names, and run again.",
)
_INCOMPLETE = _Kind(
    "ADSYNC-2",
    "RunIncomplete",
    "The run does not cover all that was asked.",
    "Mend what the message names, and run again.",
)
_BELOW = _Kind(
    "ADSYNC-3",
    "BelowThreshold",
    "A rule below the threshold failed, and has no result here.",
    "Lower --fail-on to have such rules count.",
)
_NOT_UNDERSTOOD = _Kind(
    "ADSYNC-4",
    "FileNotUnderstood",
    "A file among the facts is none of the known formats.",
    "Take the file away, or export it in a known format.",
)
_REMARK = _Kind(
    "ADSYNC-5",
    "Remark",
    "Something is to be said of the run as a whole.",
    "Read the message.",
)
_PARTIAL = _Kind(
    "ADSYNC-6",
    "RunPartial",
    "The run was narrowed, and says nothing of the rest.",
    "Run without --limit, --rule and --tag to look at everything.",
)
_WAIVED = _Kind(
    "ADSYNC-7",
    "Waived",
    "A rule failed, and a waiver covers it, so that it has no result here.",
    "Mend what the rule asks for before the waiver ends.",
)
_TOO_MANY_WAIVED = _Kind(
    "ADSYNC-8",
    "TooManyWaived",
    "More failures are waived than --max-waived allows.",
    "Mend some of what is waived, or allow more.",
)
_KINDS = (_NOT_EVALUATED, _INCOMPLETE, _BELOW, _NOT_UNDERSTOOD, _REMARK, _PARTIAL, _WAIVED, _TOO_MANY_WAIVED)


def notification_descriptors() -> list[Json]:
    """Describe the kinds of notifications."""
    return [
        {
            "id": kind.id,
            "name": kind.name,
            "shortDescription": {"text": kind.meaning},
            "fullDescription": {"text": kind.meaning},
            "help": {"text": kind.help},
        }
        for kind in _KINDS
    ]


def invocation(
    report: Report, findings: Sequence[Finding], rule_indexes: dict[str, int], tables: Tables, *, full: bool
) -> Json:
    """
    Describe the process, which is the same for the runs of all servers, and what befell *findings*.

    It was successful only if the whole report is complete; that something is not compliant is no failure of the tool.
    """
    run, reasons = report.run, incomplete_because(report)
    treated = [(finding, treatment_of(report, finding)) for finding in report.findings]
    gated_errors = any(treatment.notification == "error" for _, treatment in treated)
    notifications = [
        *(_note(_INCOMPLETE, "error", portable_text(report, reason)) for reason in reasons),
        *_of_run(report),
        *_of_findings(report, findings, rule_indexes, tables, full=full),
        *_of_files(report, tables),
    ]
    told: dict[str, Json] = {
        "executionSuccessful": run.complete and not reasons and not gated_errors,
        "exitCode": run.exit_code,
        "exitCodeDescription": sentence(exit_words(run.exit_code).capitalize()),
        "startTimeUtc": utc(run.started),
        # NOTE: a frozen clock, or one that was set back, must not make the run end before it started.
        "endTimeUtc": utc(max(run.started, run.finished)),
    }
    if notifications:
        told["toolExecutionNotifications"] = [*notifications]
    return told


def _of_run(report: Report) -> Iterator[Json]:
    if narrowed := partial_words(report.run.selection):
        yield _note(_PARTIAL, "warning", narrowed)
    if refused := too_many_waived(report):
        yield _note(_TOO_MANY_WAIVED, "warning", refused)


def _of_findings(
    report: Report, findings: Sequence[Finding], rule_indexes: dict[str, int], tables: Tables, *, full: bool
) -> Iterator[Json]:
    """Tell errors, and what fails and has no result in the profile."""
    for finding in findings:
        treatment = treatment_of(report, finding)
        if treatment.notification:
            yield _of_rule(_NOT_EVALUATED, treatment.notification, report, finding, rule_indexes, tables)
        elif treatment.kind == "fail" and not treatment.alert and not full:
            kind = _WAIVED if treatment.suppressed else _BELOW
            yield _of_rule(kind, "note", report, finding, rule_indexes, tables)


def _of_files(report: Report, tables: Tables) -> Iterator[Json]:
    for diagnostic in report.diagnostics:
        if not diagnostic.incomplete:
            note = _note(_REMARK, "note", portable_text(report, diagnostic.message))
            if diagnostic.location:
                place = tables.physical(portable_location(report, diagnostic.location))
                note["locations"] = [{"physicalLocation": place}]
            yield note
    for file in report.files_not_understood:
        note = _note(_NOT_UNDERSTOOD, "warning", f"'{portable(report, file.path)}' is not understood: {file.why}")
        artifact: Json = {"uri": uri(portable(report, file.path)), "uriBaseId": ROOT}
        note["locations"] = [{"physicalLocation": {"artifactLocation": artifact}}]
        yield note


def utc(moment: datetime) -> str:
    """Give *moment* in UTC, to the second."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _note(kind: _Kind, level: str, text: str) -> dict[str, Json]:
    return {
        "descriptor": {"id": kind.id, "index": _KINDS.index(kind)},
        "level": level,
        "message": message(sentence(text), _LONGEST_MESSAGE),
    }


def _of_rule(  # noqa: PLR0913, PLR0917 - what a notification about a rule points at
    kind: _Kind, level: str, report: Report, finding: Finding, rule_indexes: dict[str, int], tables: Tables
) -> dict[str, Json]:
    note = _note(kind, level, text_of(report, finding))
    note["associatedRule"] = {"id": finding.rule, "index": rule_indexes[finding.rule]}
    rule = report.rules[finding.rule]
    note["locations"] = [{"physicalLocation": tables.physical(portable_location(report, rule.location))}]
    return note
