"""SARIF: what is open for code scanning, and everything for archives."""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import unquote
from uuid import UUID

import pytest
from hypothesis import given, settings
from sarif_pydantic import Sarif  # type: ignore[import-untyped] # it has no types that mypy may read

from checker.model.location import Location
from checker.model.policy import Remediation, Severity
from checker.model.result import Diagnostic, NotUnderstood, Outcome, Report
from checker.report import sarif
from tests.report.reports import (
    ALL_WAIVED,
    CHANGED,
    CONNECTOR,
    EMPTY,
    EXPECTED,
    EXPORT,
    FLEET,
    GREEN,
    HOSTILE,
    INTERRUPTED,
    PARTIAL,
    POLICY,
    REPORT,
    REPORTS,
    RULES,
    TENANTS,
    THREE,
    WAIVED,
    finding,
    hostile,
    of,
    reports,
    rule,
    with_run,
)
from tests.report.runners import acting, commands

PROFILES = {"sarif": sarif.render, "sarif-full": sarif.render_full}
_RELATIVE = re.compile(r"(?![A-Za-z][A-Za-z0-9+.-]*:|/)(?!.*(^|/)\.\.(/|$))[A-Za-z0-9_.~%/-]+")


def _log(report: Report, profile: str = "sarif") -> Any:
    """Read what was written as strictly as can be, and let another reader read it too."""

    def refuse(word: str) -> None:
        raise AssertionError(f"{word} is no JSON")

    def unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
        assert len(pairs) == len(dict(pairs))
        return dict(pairs)

    text = PROFILES[profile](report).encode("utf-8").decode("utf-8")
    log = json.loads(text, parse_constant=refuse, object_pairs_hook=unique)
    Sarif.model_validate(log)
    return log


def _run(report: Report, profile: str = "sarif") -> Any:
    [run] = _log(report, profile)["runs"]
    return run


def _values(part: Any, key: str) -> Iterator[Any]:
    """Give every value of *key*, wherever it stands."""
    if isinstance(part, dict):
        for name, value in part.items():
            if name == key:
                yield value
            yield from _values(value, key)
    elif isinstance(part, list):
        for value in part:
            yield from _values(value, key)


def _breaches(log: Any, *, github: bool) -> list[str]:
    """Give what the standard forbids and no schema tells, and with *github* what code scanning refuses."""
    broken = [] if log["version"] == "2.1.0" and log["$schema"] and log["runs"] else ["head"]
    broken += [f"uri {uri}" for uri in _values(log["runs"], "uri") if not _RELATIVE.fullmatch(uri)]
    broken += [f"guid {guid}" for guid in _values(log, "guid") if UUID(guid).version not in (4, 5)]
    for run in log["runs"]:
        rules, results = run["tool"]["driver"]["rules"], run["results"]
        [invocation] = run["invocations"]
        notes = invocation.get("toolExecutionNotifications", [])
        if invocation["executionSuccessful"] and any(note["level"] == "error" for note in notes):
            broken.append("successful despite an error")
        if invocation["endTimeUtc"] < invocation["startTimeUtc"]:
            broken.append("ended before it started")
        broken += [f"result {guid} twice" for guid, uses in Counter(_values(results, "guid")).items() if uses > 1]
        told = [one.get("suppressions") for one in results]
        broken += ["suppressions of some results only"] * (None in told and any(one is not None for one in told))
        broken += ["suppressions"] * (github and any(told))
        for result in results:
            broken += ["rule"] * (rules[result["ruleIndex"]]["id"] != result["ruleId"])
            broken += ["level"] * ((result["kind"] == "fail") != (result["level"] != "none"))
            broken += ["kind"] * (github and result["kind"] != "fail")
            broken += ["text"] * (not result["message"]["text"].endswith((".", "!", "?", ")")))
        for place in _values(run, "physicalLocation"):
            artifact, region = place["artifactLocation"], place.get("region")
            if "index" in artifact:
                broken += ["artifact"] * (run["artifacts"][artifact["index"]]["location"]["uri"] != artifact["uri"])
                edges = [region[edge] for edge in ("startLine", "startColumn", "endLine", "endColumn")]
                broken += ["region"] * (min(edges) < 1 or edges[0] != edges[2] or edges[1] >= edges[3])
        for one in rules:
            extra = one["properties"]
            broken += ["name"] * (one["name"] == one["id"] or not 0 < len(one["name"]) <= 255)
            broken += [
                part
                for part in ("shortDescription", "fullDescription", "help")
                if not 0 < len(one[part]["text"]) <= (1024 if part != "help" else 1_000_000)
            ]
            broken += ["tags"] * (len(extra["tags"]) > 10 or len({*extra["tags"]}) < len(extra["tags"]))
            broken += ["help uri"] * (not one.get("helpUri", "https://").startswith("https://"))
            broken += ["score"] * (not 0 < float(extra["security-severity"]) <= 10)
    keys = Counter(
        (one["ruleId"], one["locations"][0]["physicalLocation"]["artifactLocation"]["uri"],
         one["partialFingerprints"]["primaryLocationLineHash"])
        for run in log["runs"]
        for one in run["results"]
    )  # fmt: skip
    broken += [f"{uses} results become one alert" for uses in keys.values() if uses > 1]
    categories = Counter(run["automationDetails"]["id"].rpartition("/")[0] for run in log["runs"])
    broken += [f"{uses} runs of {name}" for name, uses in categories.items() if uses > 1]
    return broken + ["runs"] * (len(log["runs"]) > 20)


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("report", REPORTS.values(), ids=REPORTS.keys())
def test_every_report_is_taken(report: Report, profile: str) -> None:
    """Every report, an empty and an interrupted one too, is what the standard and code scanning want."""
    assert [] == _breaches(_log(report, profile), github=profile == "sarif")


def test_what_is_open() -> None:
    """The profile for alerts carries failures and errors of rules that count, an error as a failure to evaluate."""
    results = _run(REPORT)["results"]

    assert [
        ("AADC0001", "fail", "error"),
        ("AADC0002", "fail", "error"),
        ("AADC0004", "fail", "error"),
        ("AADC0006", "fail", "warning"),
    ] == [(one["ruleId"], one["kind"], one["level"]) for one in results]
    assert (
        "Imports use the v2 endpoint: could not be evaluated for server 'CONTOSO-AADC01'. "
        "No source of this server can hold 'endpoint.import_api_version'."
    ) == results[1]["message"]["text"]


def test_every_outcome() -> None:
    """The full profile carries every outcome with its kind; below the threshold a failure is a note."""
    assert [
        ("AADC0001", "fail", "error"),
        ("AADC0002", "open", "none"),
        ("AADC0004", "fail", "error"),
        ("AADC0006", "fail", "warning"),
        ("AADC0007", "notApplicable", "none"),
        ("AADC0010", "pass", "none"),
        ("AADC0012", "open", "none"),
        ("AADC0013", "fail", "note"),
    ] == [(one["ruleId"], one["kind"], one["level"]) for one in _run(REPORT, "sarif-full")["results"]]


@pytest.mark.parametrize(
    ("profile", "notes"),
    [
        (
            "sarif",
            [("ADSYNC-1", "error", "AADC0002"), ("ADSYNC-1", "warning", "AADC0012"), ("ADSYNC-3", "note", "AADC0013")],
        ),
        ("sarif-full", [("ADSYNC-1", "error", "AADC0002"), ("ADSYNC-1", "warning", "AADC0012")]),
    ],
)
def test_notifications_of_rules(profile: str, notes: list[tuple[str, str, str]]) -> None:
    """An error is a notification too, a warning below the threshold; what has no result is at least told."""
    [invocation] = _run(REPORT, profile)["invocations"]
    told = invocation["toolExecutionNotifications"]

    assert notes == [
        (one["descriptor"]["id"], one["level"], one["associatedRule"]["id"]) for one in told if "associatedRule" in one
    ]


@pytest.mark.parametrize("profile", PROFILES)
def test_files_and_remarks_are_told(profile: str) -> None:
    """A file that was not understood, and a remark, are notifications with their place."""
    report = replace(
        GREEN,
        files_not_understood=(NotUnderstood(f"{EXPORT}/notes.txt", "No known format."),),
        diagnostics=(Diagnostic("A remark", Location(CONNECTOR, 3, 4)), Diagnostic("Another.")),
    )
    [invocation] = _run(report, profile)["invocations"]
    told = invocation["toolExecutionNotifications"]

    assert [
        ("ADSYNC-5", "note", "A remark.", ["exports/CONTOSO-AADC01/Connectors/Entra.xml"]),
        ("ADSYNC-5", "note", "Another.", []),
        (
            "ADSYNC-4",
            "warning",
            "'exports/CONTOSO-AADC01/notes.txt' is not understood: No known format.",
            ["exports/CONTOSO-AADC01/notes.txt"],
        ),
    ] == [(one["descriptor"]["id"], one["level"], one["message"]["text"], [*_values(one, "uri")]) for one in told]
    assert invocation["executionSuccessful"] is True


@pytest.mark.parametrize(
    ("report", "successful"),
    [
        pytest.param(GREEN, True, id="compliant"),
        pytest.param(of([finding("AADC0001", Outcome.FAIL)], exit_code=1), True, id="not compliant"),
        pytest.param(of([finding("AADC0001", Outcome.PASS), finding("AADC0012", Outcome.ERROR)], exit_code=0), True,
                     id="an error that does not count"),
        pytest.param(REPORT, False, id="an error that counts"),
        pytest.param(with_run(GREEN, complete=False), False, id="incomplete"),
        pytest.param(replace(GREEN, diagnostics=(Diagnostic("Lost.", incomplete=True),)), False, id="diagnostics"),
        pytest.param(EMPTY, False, id="empty"),
        pytest.param(INTERRUPTED, False, id="T53 interrupted"),
        pytest.param(with_run(GREEN, exit_code=70), False, id="a bug"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("profile", PROFILES)
def test_execution_successful(report: Report, successful: bool, profile: str) -> None:
    """Only a complete run was successful, whatever the verdict; an incomplete one says why in a notification."""
    [invocation] = _run(report, profile)["invocations"]
    levels = {note["level"] for note in invocation.get("toolExecutionNotifications", [])}

    assert successful is invocation["executionSuccessful"]
    assert successful is not ("error" in levels)
    assert report.run.exit_code == invocation["exitCode"]


def test_places() -> None:
    """A result is at the line of its fact, and the rule in the policy is related; without a line the rule is the place."""
    failure, error = _run(REPORT)["results"][:2]

    def place(location: Any) -> tuple[str, dict[str, int]]:
        physical = location["physicalLocation"]
        return physical["artifactLocation"]["uri"], physical["region"]

    assert (
        "exports/CONTOSO-AADC01/Connectors/Entra.xml",
        {"startLine": 812, "startColumn": 9, "endLine": 812, "endColumn": 10},
    ) == place(failure["locations"][0])
    related = ("policies/v2-endpoint.yaml", {"startLine": 10, "startColumn": 5, "endLine": 10, "endColumn": 6})
    assert related == place(failure["relatedLocations"][0])
    assert ("policies/v2-endpoint.yaml", 24) == (
        place(error["locations"][0])[0], place(error["locations"][0])[1]["startLine"],
    )  # fmt: skip
    assert "relatedLocations" not in error


def test_uris_are_encoded() -> None:
    """What a URI cannot hold is encoded, and nothing of this machine is in it."""
    uri = _run(REPORT)["results"][3]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]

    assert "exports/CONTOSO-AADC01/SynchronizationRules/Out%20to%20AAD%20-%20Group%20Join.xml" == uri
    assert "/home/ann" not in sarif.render(REPORT) + sarif.render_full(REPORT)


def test_fingerprints() -> None:
    """A finding is known by server, rule and fact, whatever was observed, said, or moved to another line."""
    [one] = _run(of([REPORT.findings[0]], exit_code=1))["results"]
    moved = replace(REPORT.findings[0], observed=7, message="Other words.", outcome=Outcome.ERROR, source=None)
    [other] = _run(with_run(of([moved], exit_code=1), id="11111111-3c1e-4b58-9a77-0d1c6a4b2f10"))["results"]

    digest = hashlib.sha256(b"CONTOSO-AADC01|AADC0001|endpoint.export_api_version").hexdigest()
    assert {"primaryLocationLineHash": f"{digest[:16]}:1", "controlTarget/v1": digest} == one["partialFingerprints"]
    assert one["partialFingerprints"] == other["partialFingerprints"]
    assert one["correlationGuid"] == other["correlationGuid"]
    assert one["guid"] != other["guid"]


def test_a_run_for_each_server() -> None:
    """Each server is a run and a category of its own, so that a missing server closes no other's alerts."""
    runs = _log(THREE)["runs"]

    assert [f"adsync-checker/v2-endpoint/AADC0{number}.corp.example/2026-11-22T10:00:00Z" for number in range(3)] == [
        run["automationDetails"]["id"] for run in runs
    ]
    assert [4, 4, 4] == [len(run["results"]) for run in runs]


@pytest.mark.parametrize("profile", PROFILES)
def test_many_servers_are_one_run(profile: str) -> None:
    """More servers than a file may have runs stand in one, and none is left out."""
    run = _run(FLEET, profile)

    assert "adsync-checker/v2-endpoint/all/2026-11-22T10:00:00Z" == run["automationDetails"]["id"]
    assert 25 == len({result["properties"]["server"] for result in run["results"]})


def test_an_empty_report_is_a_run() -> None:
    """Without a server there is a run all the same, with no results and its reason."""
    run = _run(EMPTY)

    assert ([], False) == (run["results"], run["invocations"][0]["executionSuccessful"])
    assert "No server." == run["automationDetails"]["description"]["text"]


def test_rules() -> None:
    """A rule has what code scanning shows: a name, texts, a score and tags."""
    one = _run(REPORT)["tool"]["driver"]["rules"][0]

    assert ("AADC0001", "ExportsUseTheV2Endpoint") == (one["id"], one["name"])
    assert "Exports use the v2 endpoint." == one["shortDescription"]["text"]
    assert (
        "Exports use the v2 endpoint. The v1 endpoint has a member limit of 50,000." == one["fullDescription"]["text"]
    )
    assert "Set both versions to 2 while the scheduler is off." == one["help"]["text"].splitlines()[0]
    assert "```powershell\nSet-ADSyncScheduler -SyncCycleEnabled $false\n" in one["help"]["markdown"]
    assert "https://learn.microsoft.com/" in one["helpUri"]
    assert {"enabled": True, "level": "error"} == one["defaultConfiguration"]
    assert {
        "tags": ["security", "compliance", "entra-connect", "nist-800-53/CM-2", "nist-800-53/CM-6", "iso-27001/A.8.9"],
        "precision": "very-high",
        "problem.severity": "error",
        "security-severity": "8.0",
        "severity": "high",
        "policy": "v2-endpoint",
        "fact": "endpoint.export_api_version",
    } == one["properties"]


@pytest.mark.parametrize(
    ("severity", "level", "score"),
    [
        (Severity.CRITICAL, "error", "9.5"),
        (Severity.HIGH, "error", "8.0"),
        (Severity.MEDIUM, "warning", "5.5"),
        (Severity.LOW, "note", "2.0"),
        (Severity.INFO, "note", "1.0"),
    ],
    ids=lambda one: one.word if isinstance(one, Severity) else None,
)
def test_severities(severity: Severity, level: str, score: str) -> None:
    """Severity becomes level and score."""
    policy = replace(POLICY, rules=(rule("AADC0001", severity),))
    report = replace(of([finding("AADC0001", Outcome.FAIL)], exit_code=1), policies=(policy,))
    run = _run(with_run(report, fail_on=Severity.INFO))

    assert level == run["results"][0]["level"]
    assert score == run["tool"]["driver"]["rules"][0]["properties"]["security-severity"]


def test_a_rule_with_little_to_say() -> None:
    """A rule without rationale, remediation, references, and a title of no Latin letter is still complete."""
    bare = rule(
        "AADC0001", title="端点", rationale="", remediation=Remediation(), references=("http://x",), controls=()
    )
    report = replace(of([finding("AADC0001", Outcome.FAIL)], exit_code=1), policies=(replace(POLICY, rules=(bare,)),))
    [one] = _run(report, "sarif-full")["tool"]["driver"]["rules"]

    assert ("RuleAADC0001", "端点.", "端点\nhttp://x") == (
        one["name"],
        one["fullDescription"]["text"],
        one["help"]["text"],
    )
    assert {"helpUri", "relationships"} & {*one} == set()
    assert [] == _breaches(_log(report, "sarif-full"), github=False)


def test_frameworks() -> None:
    """In the full profile each framework is a taxonomy, and each rule is related to the items that it supports."""
    run = _run(REPORT, "sarif-full")
    driver = run["tool"]["driver"]

    assert [("iso-27001", ["A.8.9"]), ("nist-800-53", ["CM-2", "CM-6"])] == [
        (one["name"], [item["id"] for item in one["taxa"]]) for one in run["taxonomies"]
    ]
    assert [("nist-800-53", 0), ("iso-27001", 1)][::-1] == [
        (one["name"], 1 - one["index"]) for one in driver["supportedTaxonomies"]
    ]
    for target in (one["target"] for one in driver["rules"][0]["relationships"]):
        taxonomy = run["taxonomies"][target["toolComponent"]["index"]]
        assert target["toolComponent"]["guid"] == taxonomy["guid"]
        assert (target["id"], target["guid"]) == (
            taxonomy["taxa"][target["index"]]["id"], taxonomy["taxa"][target["index"]]["guid"],
        )  # fmt: skip
    assert "taxonomies" not in _run(REPORT)


@pytest.mark.parametrize("profile", PROFILES)
def test_what_the_verdict_rests_on(profile: str) -> None:
    """The run lists its policies with their digest, its sources with date and age, and its parameters."""
    run = _run(REPORT, profile)

    assert ("policies/v2-endpoint.yaml", {"sha-256": "0a1b2c3d" * 8}, ["policy"]) == (
        run["artifacts"][0]["location"]["uri"], run["artifacts"][0]["hashes"], run["artifacts"][0]["roles"],
    )  # fmt: skip
    assert [{"policy": "v2-endpoint", "name": "member_limit_minimum", "value": "60000", "origin": "--set"}] == run[
        "properties"
    ]["parameters"]
    assert [("2016-11-03T06:00:00Z", "3671 days"), ("unknown", "unknown")] == [
        (one["date"], one["age"]) for one in run["properties"]["sources"]
    ]


def test_markdown_holds_code_in_a_fence_that_it_cannot_close() -> None:
    """T36: backticks in the PowerShell of a policy do not end the fence, and no HTML begins."""
    remedy = Remediation("<img src=x>", "a ```` b\n```\n<b>")
    report = replace(
        REPORT, policies=(replace(POLICY, rules=tuple(replace(one, remediation=remedy) for one in RULES)),)
    )
    markdown = _run(report)["tool"]["driver"]["rules"][0]["help"]["markdown"]

    assert "`````powershell\na ```` b\n```\n<b>\n`````" in markdown
    assert "&lt;img src=x>" in markdown


def test_links_and_placeholders_are_inert() -> None:
    """T31, T36: a fact makes no link and no placeholder in a message."""
    one = finding("AADC0001", Outcome.FAIL, message="It is '[x](http://evil.example) {0} {{7*7}}'.")
    [result] = _run(of([one], exit_code=1))["results"]

    assert r"It is '[x\x5d(http://evil.example) \x7b0} {\x7b7*7}}'." in result["message"]["text"]


def test_a_clock_that_was_set_back() -> None:
    """A run does not end before it started."""
    report = with_run(GREEN, finished=GREEN.run.started.replace(year=2020))

    assert [] == _breaches(_log(report), github=True)


@pytest.mark.parametrize("profile", PROFILES)
@settings(max_examples=40)
@given(reports)
def test_any_text_is_taken(profile: str, report: Report) -> None:
    """Any text from facts, file names and policies gives a file that is taken, and is inert in a log."""
    text = PROFILES[profile](report)

    assert [] == _breaches(_log(report, profile), github=profile == "sarif")
    assert set() == acting(text)
    assert [] == commands(text)


@pytest.mark.parametrize("row", [row for row in HOSTILE if row != "T37-long"])
@pytest.mark.parametrize("profile", PROFILES)
def test_hostile_rows(profile: str, row: str) -> None:
    """The rows of hostile text that the matrix names give files that are taken."""
    assert [] == _breaches(_log(hostile(HOSTILE[row]), profile), github=profile == "sarif")


@pytest.mark.parametrize("profile", PROFILES)
def test_long_text_is_cut(profile: str) -> None:
    """T37: a fact of five million characters does not make the file large."""
    one = finding("AADC0001", Outcome.FAIL, observed=HOSTILE["T37-long"], message=HOSTILE["T37-long"])

    assert len(PROFILES[profile](of([one], exit_code=1))) < 60_000


def test_uris_come_back() -> None:
    """A decoded URI is the portable name of the file."""
    path = "exports/S/Ünïcode 100% #1?.xml"
    one = finding("AADC0001", Outcome.FAIL, location=Location(path, 2, 2))
    [result] = _run(of([one], exit_code=1))["results"]

    assert path == unquote(result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"])


def test_f_e07_a_waived_failure_stays_a_failure() -> None:
    """F-E07: in the full profile it is of kind fail, and suppressed by a person; all others say that they are not."""
    results = _run(WAIVED, "sarif-full")["results"]
    suppressed = {one["ruleId"]: one for one in results if one["suppressions"]}

    assert {"AADC0006", "AADC0013"} == {*suppressed}
    one = suppressed["AADC0006"]
    assert ("fail", "note") == (one["kind"], one["level"])
    assert (
        "Every enabled group member limit is in range: fail for server 'CONTOSO-AADC01', waived until 2026-12-31. "
        "Entry 1 has 'limit' 50000, and at least 50001 is expected."
    ) == one["message"]["text"]
    [told] = one["suppressions"]
    assert ("external", "accepted", "The limit is raised with the next release.") == (
        told["kind"], told["status"], told["justification"],
    )  # fmt: skip
    assert ("jane.doe@contoso.com", "max.muster@contoso.com", "CHG-4711", "2026-12-31") == tuple(
        told["properties"][key] for key in ("owner", "approver", "ticket", "expires")
    )
    place = told["location"]["physicalLocation"]
    assert ("waivers.yaml", 3) == (place["artifactLocation"]["uri"], place["region"]["startLine"])


def test_a_waived_failure_is_no_alert() -> None:
    """In the profile for alerts, whose readers know no suppression, it is left out, and told as a notification."""
    run = _run(WAIVED)
    [invocation] = run["invocations"]

    assert ["AADC0001", "AADC0002", "AADC0004"] == [one["ruleId"] for one in run["results"]]
    assert [] == [*_values(run, "suppressions")]
    assert [("note", "AADC0006"), ("note", "AADC0013")] == [
        (one["level"], one["associatedRule"]["id"])
        for one in invocation["toolExecutionNotifications"]
        if one["descriptor"]["id"] == "ADSYNC-7"
    ]


@pytest.mark.parametrize("profile", PROFILES)
def test_f_e14_what_is_waived_is_counted(profile: str) -> None:
    """F-E14: the run counts what is waived, and warns where --max-waived refuses it."""
    run = _run(with_run(ALL_WAIVED, max_waived=1, exit_code=1), profile)
    [invocation] = run["invocations"]

    assert {"pass": 0, "fail": 8, "error": 0, "notApplicable": 0, "waived": 8} == run["properties"]["counts"]
    assert "1" == run["properties"]["limits"]["max-waived"]
    assert ["6 failures that would count are waived, and --max-waived allows 1."] == [
        one["message"]["text"] for one in invocation["toolExecutionNotifications"] if one["level"] == "warning"
    ]
    assert (True, 1) == (invocation["executionSuccessful"], invocation["exitCode"])


@pytest.mark.parametrize("profile", PROFILES)
def test_f_a13_a_partial_run_is_marked(profile: str) -> None:
    """F-A13: a narrowed run says so in its properties and warns; a whole one says nothing of it."""
    run = _run(PARTIAL, profile)
    [note] = run["invocations"][0]["toolExecutionNotifications"]

    assert ("ADSYNC-6", "warning") == (note["descriptor"]["id"], note["level"])
    assert "--limit contoso-*, --rule AADC0001, --tag endpoint, --tag limits" in note["message"]["text"]
    assert True is run["properties"]["partial"]
    assert {"limit": ["contoso-*"], "rule": ["AADC0001"], "tag": ["endpoint", "limits"]} == run["properties"][
        "selection"
    ]
    assert {"partial", "selection", "limits"} & {*_run(GREEN, profile)["properties"]} == set()


def test_a_run_for_each_tenant() -> None:
    """Each tenant is a run and a category of its own, also beside a server that is called like it."""
    runs = _log(TENANTS, "sarif-full")["runs"]

    assert [
        "adsync-checker/v2-endpoint/A/2026-11-22T10:00:00Z",
        "adsync-checker/v2-endpoint/B/2026-11-22T10:00:00Z",
        "adsync-checker/v2-endpoint/tenant%20x.example/2026-11-22T10:00:00Z",
        "adsync-checker/v2-endpoint/tenant:x.example/2026-11-22T10:00:00Z",
        "adsync-checker/v2-endpoint/tenant:y.example/2026-11-22T10:00:00Z",
    ] == [run["automationDetails"]["id"] for run in runs]
    assert "Tenant 'x.example'." == runs[3]["automationDetails"]["description"]["text"]
    [failure] = runs[3]["results"]
    assert ("x.example", None) == (failure["properties"]["tenant"], failure["properties"].get("server"))
    assert (
        "Exactly one server of a tenant is active: fail for tenant 'x.example'. 2 servers are active: 'A', 'B'."
        == failure["message"]["text"]
    )
    digest = hashlib.sha256(b"tenant x.example|AADC0201|server.staging_mode").hexdigest()
    assert digest == failure["partialFingerprints"]["controlTarget/v1"]


@pytest.mark.parametrize("profile", PROFILES)
def test_f_d25_changed_and_disabled_rules(profile: str) -> None:
    """F-D25: the rule says what it was, who changed it, and why; one that is turned off is there all the same."""
    run = _run(CHANGED, profile)
    rules = {one["id"]: one["properties"] for one in run["tool"]["driver"]["rules"]}

    assert "v2-endpoint" == rules["AADC0006"]["origin"]
    assert {"severity": "medium", "expected": "each: limit at least 50001 and at most 250000"} == rules["AADC0006"][
        "original"
    ]
    assert [
        {
            "policy": "contoso",
            "changes": ["severity", "expect", "when"],
            "told": "severity low instead of medium; expect each: limit at most 100000 instead of "
            "each: limit at least 50001 and at most 250000; applies under a further condition",
            "reason": "Groups above 100,000 members are split.",
            "at": "policies/contoso.yaml:7:5",
        }
    ] == rules["AADC0006"]["override"]
    assert "Nobody reads these events." == rules["AADC0012"]["disabled"]
    assert {"origin", "original", "override", "disabled"} & {*rules["AADC0001"]} == set()
    assert (["AADC0006", "AADC0012"], ["AADC0012"]) == (
        run["properties"]["changedRules"], run["properties"]["disabledRules"],
    )  # fmt: skip
    assert ["policies/contoso.yaml", "policies/v2-endpoint.yaml"] == [
        one["location"]["uri"] for one in run["artifacts"] if one["roles"] == ["policy"]
    ]


@pytest.mark.parametrize("profile", PROFILES)
def test_what_the_run_was_given(profile: str) -> None:
    """Inventory, population, limits, roles, tenants, and parameters of some servers stand in the properties."""
    runs = _log(EXPECTED, profile)["runs"]
    told = runs[0]["properties"]

    assert {"name": "contoso-sync", "path": "inventory.yaml"} == told["inventory"]
    assert "missing: 'SYNC02'; unexpected: 'ROGUE'; left out by --limit: 'SYNC03'" in told["population"]
    assert {"max-age": "P7D", "longest-waiver": "90", "max-waived": "3"} == told["limits"]
    assert ["inventory.yaml, modified since it was committed, commit 0123456789ab, branch main"] == told["revisions"]
    assert {
        "name": "member_limit_minimum", "value": "70000", "origin": "inventory",
        "servers": ["CONTOSO-AADC01", "SYNC02"],
    } == told["parameters"][1]  # fmt: skip
    assert [
        {"name": "CONTOSO-AADC01", "role": "active", "tenant": "contoso.onmicrosoft.com"},
        {"name": "SYNC02", "role": "staging"},
    ] == [server for run in runs for server in run["properties"]["servers"]]
    assert ("inventory.yaml", ["userSpecifiedConfiguration"], "fade0123" * 8) == (
        runs[0]["artifacts"][1]["location"]["uri"],
        runs[0]["artifacts"][1]["roles"],
        runs[0]["artifacts"][1]["hashes"]["sha-256"],
    )
