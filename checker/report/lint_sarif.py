"""What is wrong with policies as SARIF 2.1.0, so that a review shows it at the line."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TypeAlias

from checker.errors import Mistake
from checker.model.location import Location
from checker.model.values import Json
from checker.report.json_text import json_text
from checker.report.lint import Lint
from checker.report.sarif_results import Tables
from checker.report.sarif_text import ROOT, guid, message, sarif_text, sentence

_LONGEST_MESSAGE = 2000
_RULE = "ADSYNC-101"
_NOTE = "ADSYNC-102"

_Names: TypeAlias = Mapping[str, str]


def render_sarif(lint: Lint, *, version: str, names: _Names) -> str:
    """
    Write the mistakes of *lint* as results, and its notes as notifications.

    *version* is that of the checker; *names* gives a relative path for each path as the user knows it.
    """
    tables = Tables()
    for file in lint.files:
        tables.policy(names[file.path], file.sha256)
    results = _results(lint.mistakes, names, tables)
    invocation: dict[str, Json] = {
        "executionSuccessful": True,
        "exitCode": 3 if lint.mistakes else 0,
        "exitCodeDescription": "A policy has mistakes." if lint.mistakes else "No policy has mistakes.",
    }
    if lint.notes:
        invocation["toolExecutionNotifications"] = [_notification(one, names, tables) for one in lint.notes]
    run: Json = {
        "tool": {"driver": _driver(version)},
        "automationDetails": {
            "id": "adsync-checker/policy-lint/",
            "guid": guid("lint", *(file.sha256 for file in lint.files)),
            "correlationGuid": guid("series", "policy-lint"),
            "description": message("Mistakes in policies."),
        },
        "invocations": [invocation],
        "originalUriBaseIds": {
            ROOT: {"description": {"text": "The folder that the checker ran in, the root of the repository."}}
        },
        "artifacts": tables.artifacts,
        "columnKind": "unicodeCodePoints",
        "results": results,
    }
    return json_text({"$schema": "https://json.schemastore.org/sarif-2.1.0.json", "version": "2.1.0", "runs": [run]})


def _driver(version: str) -> Json:
    return {
        "name": "adsync-checker",
        "fullName": "adsync-checker, policy-as-code compliance checker for Microsoft Entra Connect Sync",
        "guid": guid("tool"),
        "version": sarif_text(version),
        "informationUri": "urn:adsync-checker",
        "language": "en-US",
        "rules": [_descriptor()],
        "notifications": [_note_descriptor()],
    }


def _descriptor() -> Json:
    meaning = "A policy has a mistake, and cannot be used."
    return {
        "id": _RULE,
        "name": "PolicyMistake",
        "guid": guid("rule", _RULE),
        "shortDescription": {"text": meaning},
        "fullDescription": {"text": f"{meaning} No server is checked with it until the mistake is mended."},
        "help": {"text": "Mend what the message names; it says what stands there and what is wanted instead."},
        "defaultConfiguration": {"enabled": True, "level": "error"},
        "properties": {"tags": ["policy", "correctness"], "precision": "very-high", "problem.severity": "error"},
    }


def _note_descriptor() -> Json:
    meaning = "A rule says less than a reader of its findings needs."
    return {
        "id": _NOTE,
        "name": "PolicyNote",
        "shortDescription": {"text": meaning},
        "fullDescription": {"text": meaning},
        "help": {"text": "Give the rule what the message names."},
    }


def _results(mistakes: Sequence[Mistake], names: _Names, tables: Tables) -> list[Json]:
    seen: Counter[str] = Counter()
    results: list[Json] = []
    for one in mistakes:
        place = _portable(one.location, names)
        told = message(sentence(one.message), _LONGEST_MESSAGE)
        # NOTE: without the line, so that an alert stays the same while lines above it come and go; the same sentence
        # twice in a file is told apart by its number.
        digest = hashlib.sha256(f"{place.file}|{one.message}".encode("utf-8", "surrogatepass")).hexdigest()
        seen[digest] += 1
        results.append(
            {
                "ruleId": _RULE,
                "ruleIndex": 0,
                "kind": "fail",
                "level": "error",
                "message": told,
                "locations": [{"physicalLocation": tables.physical(place)}],
                "partialFingerprints": {"primaryLocationLineHash": f"{digest[:16]}:{seen[digest]}"},
            }
        )
    return results


def _notification(one: Mistake, names: _Names, tables: Tables) -> Json:
    return {
        "descriptor": {"id": _NOTE, "index": 0},
        "level": "note",
        "message": message(sentence(one.message), _LONGEST_MESSAGE),
        "locations": [{"physicalLocation": tables.physical(_portable(one.location, names))}],
    }


def _portable(location: Location, names: _Names) -> Location:
    return Location(names.get(location.file, "unnamed"), max(location.line, 1), max(location.column, 1))
