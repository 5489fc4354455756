"""The results of a SARIF run: one for each finding that the profile carries."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

from checker.model.location import Location
from checker.model.result import Finding, Outcome, Report
from checker.model.values import Json
from checker.report.mapping import SARIF_LEVELS, Treatment, treatment_of
from checker.report.portable import portable, portable_location, portable_text
from checker.report.sarif_text import ROOT, guid, message, region, sarif_text, sentence, uri
from checker.report.wording import observed_words, place_of

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

    def physical(self, location: Location) -> Json:
        """Point at *location*, whose file is a portable name; the file is listed if it is not yet."""
        if location.file not in self._files:
            self._list_file(location.file, {"roles": ["analysisTarget"]})
        return {
            "artifactLocation": {"uri": uri(location.file), "uriBaseId": ROOT, "index": self._files[location.file]},
            "region": region(location),
        }

    def fact(self, server: str, fact: str) -> Json:
        """Point at *fact* of *server*, which is a member of it."""
        top, member = sarif_text(server), sarif_text(f"{server}/{fact}")
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
    """Begin the lists of a run, with the policies."""
    tables = Tables()
    for policy in report.policies:
        tables.policy(portable(report, policy.path), policy.sha256)
    return tables


def result(report: Report, finding: Finding, rule_index: int, tables: Tables, *, full: bool) -> Json:
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
        "locations": [{"physicalLocation": place, "logicalLocations": [tables.fact(finding.server, finding.fact)]}],
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
    return told


def fingerprint_of(finding: Finding) -> str:
    """Give what names *finding* from run to run: a digest of server, rule and fact, of nothing that changes."""
    name = f"{finding.server}|{finding.rule}|{finding.fact}"
    return hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()


def text_of(report: Report, finding: Finding) -> str:
    """Say in sentences what *finding* found, for readers that show nothing but the message."""
    title = report.rules[finding.rule].title.rstrip(".")
    said = sentence(portable_text(report, finding.message) or finding.outcome.value)
    if finding.outcome is Outcome.ERROR:
        return f"{title}: could not be evaluated for server '{finding.server}'. {said}"
    return f"{title}: {finding.outcome.value.replace('_', ' ')} for server '{finding.server}'. {said}"


def _level(report: Report, finding: Finding, treatment: Treatment, *, full: bool) -> str:
    if treatment.level == "severity" or (treatment.alert and not full):
        return SARIF_LEVELS[report.rules[finding.rule].severity]
    return treatment.level


def _properties(report: Report, finding: Finding) -> Json:
    told: dict[str, Json] = {
        "server": sarif_text(finding.server),
        "outcome": finding.outcome.value,
        "severity": report.rules[finding.rule].severity.word,
        "gated": report.gated(finding),
        "fact": finding.fact,
        "expected": sarif_text(finding.expected),
        "observed": sarif_text(observed_words(finding), _LONGEST_MESSAGE),
    }
    if finding.reason:
        told["reason"] = finding.reason
    if finding.derivation:
        told["derivation"] = sarif_text(portable_text(report, finding.derivation))
    if finding.source:
        told["source"] = sarif_text(f"{finding.source.format.value} {finding.source.item}".strip())
    return told
