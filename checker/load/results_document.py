"""Results of an earlier run: the bytes of a file to a value, read as strictly as they are written."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from typing import NoReturn

from checker.errors import Mistake, PolicyError
from checker.load.json_object import JsonObject, ShapeError
from checker.model.location import Location
from checker.model.policy import Remediation, Severity
from checker.model.result import Outcome, Selection
from checker.model.results_document import PastFinding, PastPolicy, PastRule, PastServer, ResultsDocument
from checker.model.values import Record

FORMAT = "adsync-checker/results/v1"

_SEVERITIES = {severity.word: severity for severity in Severity}
_OUTCOMES = {outcome.value: outcome for outcome in Outcome}


def load_results(content: bytes, path: str) -> ResultsDocument:
    """
    Read the results in *content*, which stand at *path*.

    Keys that are not known are ignored, for the format only ever gets more of them.

    Raises:
        PolicyError: it is no such document, not all of it is there, or the run was interrupted.
    """
    try:
        return _document(JsonObject.of(_parsed(content), ""), hashlib.sha256(content).hexdigest(), path)
    except json.JSONDecodeError as error:
        place, why = Location(path, error.lineno, error.colno), f"this is no JSON, or it is cut off: {error.msg}"
    except ShapeError as error:
        place, why = Location(path), f"these are no results that can be used: {error}"
    raise PolicyError([Mistake(place, why)])


def _parsed(content: bytes) -> object:
    def unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
        members = dict(pairs)
        if len(members) < len(pairs):
            names = [name for name, _ in pairs]
            raise ShapeError(f"the key {next(name for name in names if names.count(name) > 1)!r} stands twice")
        return members

    def refuse(word: str) -> NoReturn:
        raise ShapeError(f"{word[:40]!r} is no value that results hold")

    try:
        text = content.decode("utf-8")
        # NOTE: results hold integers only; a fraction has been put there by something else.
        return json.loads(text, object_pairs_hook=unique, parse_constant=refuse, parse_float=refuse, parse_int=_integer)
    except UnicodeDecodeError as error:
        raise ShapeError("the file is not UTF-8") from error
    except RecursionError as error:
        raise ShapeError("lists and objects are nested too deep") from error


def _integer(digits: str) -> int:
    if len(digits) > 20:
        raise ShapeError(f"the number {digits[:20]}... has too many digits")
    return int(digits)


def _document(top: JsonObject, sha256: str, path: str) -> ResultsDocument:
    found = top.text("format") if "format" in top else ""
    if found != FORMAT:
        raise ShapeError(f"'format' is {found[:80]!r}, and {FORMAT!r} is expected; 'check -o json' writes it")
    run, population = top.member("run"), top.member("population")
    if run.boolean("interrupted"):
        raise ShapeError("the run was interrupted, and does not hold everything; repeat it")
    document = ResultsDocument(
        path=path,
        sha256=sha256,
        run_id=run.text("id"),
        started=run.text("started"),
        fail_on=run.word("fail_on", _SEVERITIES),
        complete=run.boolean("complete"),
        selection=_selection(run),
        policies=tuple(
            PastPolicy(name=one.text("name"), version=one.text("version")) for one in top.objects("policies")
        ),
        servers=tuple(map(_server, top.objects("servers"))),
        rules=tuple(sorted(map(_rule, top.objects("rules")), key=lambda rule: rule.id)),
        findings=tuple(map(_finding, top.objects("findings"))),
        expected=tuple(dict.fromkeys((*population.texts("expected"), *population.texts("left_out", optional=True)))),
        missing=population.texts("missing"),
    )
    _require_whole(document, top.member("summary"))
    return document


def _selection(run: JsonObject) -> Selection:
    if "selection" not in run:
        return Selection()
    given = run.member("selection")
    return Selection(
        servers=given.texts("servers", optional=True),
        rules=given.texts("rules", optional=True),
        tags=given.texts("tags", optional=True),
    )


def _server(one: JsonObject) -> PastServer:
    return PastServer(name=one.text("name"), computer_name=one.text("computer_name", optional=True))


def _rule(one: JsonObject) -> PastRule:
    remediation = one.member("remediation")
    return PastRule(
        id=one.text("id"),
        title=one.text("title"),
        severity=one.word("severity", _SEVERITIES),
        fact=one.text("fact"),
        policy=one.text("policy"),
        remediation=Remediation(
            text=remediation.text("text"),
            powershell=remediation.text("powershell"),
            change=remediation.text("change", optional=True),
            editor=remediation.text("editor", optional=True),
        ),
        disabled=one.text("disabled", optional=True),
    )


def _finding(one: JsonObject) -> PastFinding:
    waiver = None if one.is_null("waiver") else one.member("waiver")
    location = one.member("location")
    tenant = one.text("tenant", optional=True)
    return PastFinding(
        server=one.text("server", optional=bool(tenant)),
        tenant=tenant,
        rule=one.text("rule"),
        outcome=one.word("outcome", _OUTCOMES),
        reason=one.text("reason"),
        message=one.text("message"),
        fact=one.text("fact"),
        observed=_observed(one),
        expected=one.text("expected"),
        broken=_records(one.objects("broken", optional=True)),
        place=f"{location.text('file')}:{location.integer('line')}:{location.integer('column')}",
        waived=waiver is not None,
        waiver=_waiver_words(waiver) if waiver else "",
    )


def _waiver_words(waiver: JsonObject) -> str:
    words = [f"{name} {waiver.text(name)}" for name in ("expires", "owner", "approver", "ticket") if name in waiver]
    return ", ".join(words)


def _observed(one: JsonObject) -> int | bool | str | tuple[Record, ...] | None:
    if one.is_list("observed"):
        return _records(one.objects("observed"))
    return None if one.is_null("observed") else one.scalar("observed")


def _records(entries: Sequence[JsonObject]) -> tuple[Record, ...]:
    return tuple(Record(tuple((name, entry.scalar(name)) for name in entry)) for entry in entries)


def _require_whole(document: ResultsDocument, summary: JsonObject) -> None:
    """Refuse a document out of which something was taken: what is gone would look as if it were in order."""
    _require_unique("rules", [rule.id for rule in document.rules])
    _require_unique("servers", [server.name for server in document.servers])
    _require_unique("findings", [f"{one.server or one.tenant} {one.rule}" for one in document.findings])
    known = {rule.id for rule in document.rules}
    for finding in document.findings:
        if finding.rule not in known:
            raise ShapeError(f"'findings' name the rule {finding.rule[:80]!r}, which is not in 'rules'")
    counted = {"findings": len(document.findings)}
    for outcome in (Outcome.PASS, Outcome.ERROR, Outcome.NOT_APPLICABLE):
        counted[outcome.value] = sum(one.outcome is outcome for one in document.findings)
    for name, number in counted.items():
        if summary.integer(name) != number:
            raise ShapeError(f"'summary.{name}' is {summary.integer(name)}, and 'findings' hold {number}")


def _require_unique(where: str, names: Sequence[str]) -> None:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise ShapeError(f"'{where}' hold {name[:80]!r} twice")
        seen.add(name)
