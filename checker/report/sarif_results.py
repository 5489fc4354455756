"""The results of a SARIF run: one for each finding that the profile carries."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

from checker.model.location import Location
from checker.model.result import Finding, Outcome, Report
from checker.model.values import Json
from checker.model.waiver import Waiver
from checker.report.mapping import SARIF_LEVELS, Treatment, treatment_of
from checker.report.portable import portable, portable_location, portable_text
from checker.report.sarif_text import ROOT, guid, message, region, sarif_text, sentence, uri
from checker.report.wording import observed_words, place_of, subject_words, waived_until, waiver_words

_LONGEST_MESSAGE = 2000


@dataclass(slots=True)
class Tables:
    """What a run lists once and its results point at by number."""

    artifacts: list[Json] = field(default_factory=list)
    logical: list[Json] = field(default_factory=list)
    _files: dict[str, int] = field(default_factory=dict)
    _names: dict[str, int] = field(default_factory=dict)

    def policy(self, path: str, sha256: str) -> None:
        """List the policy at *path*."""
        self._list_file(path, {"roles": ["policy"], "hashes": {"sha-256": sha256}})

    def configuration(self, path: str, sha256: str) -> None:
        """List the inventory or the file of waivers at *path*."""
        self._list_file(path, {"roles": ["userSpecifiedConfiguration"], "hashes": {"sha-256": sha256}})

    def physical(self, location: Location) -> Json:
        """Point at *location*, whose file is a portable name; the file is listed if it is not yet."""
        if location.file not in self._files:
            self._list_file(location.file, {"roles": ["analysisTarget"]})
        return {
            "artifactLocation": {"uri": uri(location.file), "uriBaseId": ROOT, "index": self._files[location.file]},
            "region": region(location),
        }

    def fact(self, subject: str, fact: str) -> Json:
        """Point at *fact* of *subject*, a server or a tenant, which it is a member of."""
        top, member = sarif_text(subject), sarif_text(f"{subject}/{fact}")
        if top not in self._names:
            self._names[top] = len(self.logical)
            self.logical.append({"name": top, "fullyQualifiedName": top, "kind": "resource"})
        if member not in self._names:
            parent, self._names[member] = self._names[top], len(self.logical)
            self.logical.append({"name": fact, "fullyQualifiedName": member, "kind": "member", "parentIndex": parent})
        return {"fullyQualifiedName": member, "index": self._names[member]}

    def _list_file(self, path: str, told: dict[str, Json]) -> None:
        if path not in self._files:
            self._files[path] = len(self.artifacts)
            place: Json = {"uri": uri(path), "uriBaseId": ROOT, "index": self._files[path]}
            self.artifacts.append({"location": place, **told})


def tables_of(report: Report) -> Tables:
    """Begin the lists of a run, with the policies, the inventory and the waivers."""
    tables = Tables()
    for policy in report.policies:
        for file in policy.files:
            tables.policy(portable(report, file.path), file.sha256)
    for one in (*([report.inventory] if report.inventory else ()), *report.waiver_files):
        tables.configuration(portable(report, one.path), one.sha256)
    return tables


def result(report: Report, finding: Finding, rule_index: int, tables: Tables, *, full: bool) -> dict[str, Json]:
    """
    Give the result of *finding*.

    NOTE: outside of the full profile an error is of kind `fail`, and says that it *could not be evaluated*: consumers
    of that profile look at no kind, and an alert must not close because its fact was not read.
    """
    rule, treatment = report.rules[finding.rule], treatment_of(report, finding)
    fact_line = finding.source is not None and finding.source.location is not None
    place = tables.physical(portable_location(report, place_of(report, finding)))
    fingerprint = fingerprint_of(finding)
    told: dict[str, Json] = {
        "ruleId": rule.id,
        "ruleIndex": rule_index,
        "kind": treatment.kind if full else "fail",
        "level": _level(report, finding, treatment, full=full),
        "message": message(text_of(report, finding), _LONGEST_MESSAGE),
        "locations": [{"physicalLocation": place, "logicalLocations": [tables.fact(finding.subject, finding.fact)]}],
        "guid": guid("result", report.run.id, fingerprint),
        "correlationGuid": guid("finding", fingerprint),
        "partialFingerprints": {"primaryLocationLineHash": f"{fingerprint[:16]}:1", "controlTarget/v1": fingerprint},
        "properties": _properties(report, finding),
    }
    if fact_line:
        policy_line = tables.physical(portable_location(report, rule.location))
        told["relatedLocations"] = [
            {"id": 0, "physicalLocation": policy_line, "message": {"text": "The rule in its policy."}}
        ]
    if treatment.suppressed and finding.waiver is not None:
        told["suppressions"] = [_suppression(report, finding.waiver, tables, fingerprint)]
    return told


def _suppression(report: Report, waiver: Waiver, tables: Tables, fingerprint: str) -> Json:
    """Say who accepts a failure, why, and until when."""
    return {
        "kind": "external",
        "status": "accepted",
        "guid": guid("waiver", report.run.id, fingerprint),
        "justification": sarif_text(waiver.justification, _LONGEST_MESSAGE) or "(none)",
        "location": {"physicalLocation": tables.physical(portable_location(report, waiver.location))},
        "properties": {
            "owner": sarif_text(waiver.owner),
            "approver": sarif_text(waiver.approver),
            "ticket": sarif_text(waiver.ticket),
            "created": waiver.created.isoformat(),
            "expires": waiver.expires.isoformat(),
            "told": sarif_text(waiver_words(waiver), _LONGEST_MESSAGE),
        },
    }


def fingerprint_of(finding: Finding) -> str:
    """Give what names *finding* from run to run: a digest of server or tenant, rule and fact, of nothing that changes."""
    name = f"{finding.subject}|{finding.rule}|{finding.fact}"
    return hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()


def text_of(report: Report, finding: Finding) -> str:
    """Say in sentences what *finding* found, for readers that show nothing but the message."""
    title = report.rules[finding.rule].title.rstrip(".")
    said = sentence(portable_text(report, finding.message) or finding.outcome.value)
    whom = subject_words(finding)
    if finding.outcome is Outcome.ERROR:
        return f"{title}: could not be evaluated for {whom}. {said}"
    accepted = f", {waived_until(finding.waiver)}" if finding.waiver else ""
    return f"{title}: {finding.outcome.value.replace('_', ' ')} for {whom}{accepted}. {said}"


def _level(report: Report, finding: Finding, treatment: Treatment, *, full: bool) -> str:
    if treatment.level == "severity" or (treatment.alert and not full):
        return SARIF_LEVELS[report.rules[finding.rule].severity]
    return treatment.level


def _properties(report: Report, finding: Finding) -> Json:
    told: dict[str, Json] = {
        **({"server": sarif_text(finding.server)} if finding.server else {"tenant": sarif_text(finding.tenant)}),
        "outcome": finding.outcome.value,
        "severity": report.rules[finding.rule].severity.word,
        "gated": report.gated(finding),
        "fact": finding.fact,
        "expected": sarif_text(finding.expected),
        "observed": sarif_text(observed_words(finding), _LONGEST_MESSAGE),
    }
    if finding.waiver:
        told["waived"] = True
    if finding.reason:
        told["reason"] = finding.reason
    if finding.derivation:
        told["derivation"] = sarif_text(portable_text(report, finding.derivation))
    if finding.source:
        told["source"] = sarif_text(f"{finding.source.format.value} {finding.source.item}".strip())
    return told
