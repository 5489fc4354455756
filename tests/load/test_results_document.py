"""Results that are read back: what counts is taken over, and what is broken, cut or interrupted is refused."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checker.errors import PolicyError
from checker.load.results_document import load_results
from checker.model.policy import Remediation, Severity
from checker.model.result import Outcome, Selection
from checker.model.results_document import PastFinding, PastPolicy, PastRule, PastServer
from checker.model.values import Record


def _finding(**changes: Any) -> dict[str, Any]:
    return {
        "server": "SYNC01",
        "rule": "AADC0001",
        "outcome": "fail",
        "reason": "",
        "message": "It is 1.",
        "fact": "endpoint.export_api_version",
        "observed": 1,
        "expected": "2",
        "derivation": "",
        "source": None,
        "location": {"file": "exports/x.xml", "line": 3, "column": 9},
        "waiver": None,
        **changes,
    }


def _rule(**changes: Any) -> dict[str, Any]:
    return {
        "id": "AADC0001",
        "title": "Exports use v2",
        "severity": "high",
        "fact": "endpoint.export_api_version",
        "policy": "v2-endpoint",
        "remediation": {"text": "Set it.", "powershell": "Set-It"},
        **changes,
    }


def _results(*findings: dict[str, Any], **changes: Any) -> dict[str, Any]:
    found = findings or (_finding(),)
    outcomes = [one["outcome"] for one in found]
    return {
        "format": "adsync-checker/results/v1",
        "run": {
            "id": "6f0d4a52-3c1e-4b58-9a77-0d1c6a4b2f10",
            "started": "2026-11-22T10:00:00Z",
            "fail_on": "low",
            "complete": True,
            "interrupted": False,
        },
        "policies": [{"name": "v2-endpoint", "version": "1.0.0"}],
        "servers": [{"name": "SYNC01", "role": None, "sources": []}],
        "rules": [_rule()],
        "population": {"expected": ["SYNC01"], "received": ["SYNC01"], "missing": [], "unexpected": []},
        "findings": list(found),
        "summary": {
            "findings": len(found),
            "pass": outcomes.count("pass"),
            "fail": outcomes.count("fail"),
            "error": outcomes.count("error"),
            "not_applicable": outcomes.count("not_applicable"),
        },
        **changes,
    }


def _load(document: object) -> Any:
    return load_results(json.dumps(document).encode(), "results.json")


def _mistake(content: bytes) -> str:
    with pytest.raises(PolicyError) as caught:
        load_results(content, "results.json")
    (mistake,) = caught.value.mistakes
    return str(mistake)


def test_everything_that_counts_is_taken_over() -> None:
    """A document of the first version of the format is read, without the keys that came later."""
    content = json.dumps(_results()).encode()

    read = load_results(content, "results.json")

    assert ("results.json", hashlib.sha256(content).hexdigest()) == (read.path, read.sha256)
    assert ("6f0d4a52-3c1e-4b58-9a77-0d1c6a4b2f10", "2026-11-22T10:00:00Z") == (read.run_id, read.started)
    assert (Severity.LOW, True, Selection()) == (read.fail_on, read.complete, read.selection)
    assert (PastPolicy(name="v2-endpoint", version="1.0.0"),) == read.policies
    assert (PastServer(name="SYNC01"),) == read.servers
    assert (("SYNC01",), ()) == (read.expected, read.missing)
    rule = PastRule(
        id="AADC0001",
        title="Exports use v2",
        severity=Severity.HIGH,
        fact="endpoint.export_api_version",
        policy="v2-endpoint",
        remediation=Remediation("Set it.", "Set-It"),
    )
    assert (rule,) == read.rules
    assert rule == read.rule("AADC0001")
    assert (
        PastFinding(
            server="SYNC01",
            rule="AADC0001",
            outcome=Outcome.FAIL,
            message="It is 1.",
            fact="endpoint.export_api_version",
            observed=1,
            expected="2",
            place="exports/x.xml:3:9",
        ),
    ) == read.findings


def test_keys_that_came_later() -> None:
    """Parts of a remediation, waivers, broken entries, tenants, disabled rules and a narrowed run are taken over."""
    document = _results(
        _finding(
            observed=[{"name": "a", "limit": 1}, {"name": "b", "limit": 60000}],
            broken=[{"name": "a", "limit": 1}],
            waiver={"expires": "2026-12-31", "owner": "jane", "approver": "max", "justification": "x"},
        ),
        _finding(server="", tenant="contoso", outcome="error", reason="no_data", observed=None),
        rules=[
            _rule(
                remediation={"text": "", "powershell": "p", "change": "c", "editor": "e"},
                disabled="not ours",
                unknown_key=1,
            )
        ],
        servers=[{"name": "SYNC01", "computer_name": "ALIAS", "tenant": "contoso"}],
        population={"expected": ["SYNC01"], "missing": ["SYNC01"], "left_out": ["SYNC02", "SYNC01"]},
    )
    document["run"]["selection"] = {"servers": ["SYNC01"], "rules": None, "tags": ["endpoint"]}

    read = _load(document)

    assert Selection(servers=("SYNC01",), tags=("endpoint",)) == read.selection
    assert (PastServer(name="SYNC01", computer_name="ALIAS"),) == read.servers
    assert (("SYNC01", "SYNC02"), ("SYNC01",)) == (read.expected, read.missing)
    assert (Remediation("", "p", "c", "e"), "not ours") == (read.rules[0].remediation, read.rules[0].disabled)
    waived, fleet = read.findings
    assert (True, "expires 2026-12-31, owner jane, approver max") == (waived.waived, waived.waiver)
    assert (Record.of(name="a", limit=1),) == waived.broken
    assert (Record.of(name="a", limit=1), Record.of(name="b", limit=60000)) == waived.observed
    assert ("", "contoso", False, None) == (fleet.server, fleet.tenant, fleet.waived, fleet.observed)


@pytest.mark.parametrize("value", [True, False, 0, -5, "2.5.79.0", ""])
def test_an_observed_value_keeps_its_type(value: object) -> None:
    """True is no 1, and text no number."""
    (finding,) = _load(_results(_finding(observed=value))).findings

    assert (value, type(value)) == (finding.observed, type(finding.observed))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        pytest.param(b"", "results.json:1:1: this is no JSON, or it is cut off", id="empty"),
        pytest.param(b'{\n "format": "x",\n', "results.json:3:1: this is no JSON, or it is cut off", id="cut off"),
        pytest.param(b"\xff", "the file is not UTF-8", id="other encoding"),
        pytest.param(b"[" * 100_000, "nested too deep", id="T-depth"),
        pytest.param(b'{"a": NaN}', "'NaN' is no value that results hold", id="NaN"),
        pytest.param(b'{"a": 1.5}', "'1.5' is no value that results hold", id="a fraction"),
        pytest.param(b'{"a": ' + b"9" * 5000 + b"}", "has too many digits", id="a huge number"),
        pytest.param(b'{"a": 1, "b": 2, "b": 3}', "the key 'b' stands twice", id="twice"),
        pytest.param(b"[]", "the document is no object", id="a list"),
        pytest.param(b"{}", "'format' is ''", id="nothing in it"),
        pytest.param(b'{"format": "adsync-checker/facts/v1"}', "'adsync-checker/facts/v1'", id="another format"),
        pytest.param(b'{"format": 1}', "'format' is not text", id="a format that is no text"),
        pytest.param(b'{"format": "\\ud800"}', "halves of surrogate pairs", id="half a pair"),
        pytest.param(b'{"format": "adsync-checker/results/v1"}', "'run' is not there", id="nothing else"),
    ],
)
def test_what_is_no_document(content: bytes, words: str) -> None:
    """A file that is no results document of this version is refused in one sentence."""
    assert words in _mistake(content)


def _changed(path: str, value: object) -> dict[str, Any]:
    """Give results with *value* at *path*, such as `run.id`."""
    document: Any = _results()
    *parents, last = path.split(".")
    target = document
    for part in parents:
        target = target[int(part)] if part.isdigit() else target[part]
    target[last] = value
    return document  # type: ignore[no-any-return] # it is what was made above


@pytest.mark.parametrize(
    ("path", "value", "words"),
    [
        pytest.param("run.interrupted", True, "the run was interrupted", id="interrupted"),
        pytest.param("run.interrupted", "no", "'run.interrupted' is not true or false", id="a word for a boolean"),
        pytest.param("run.fail_on", "severe", "'run.fail_on' is not one of info, low", id="an unknown severity"),
        pytest.param("run.id", None, "'run.id' is not text", id="null for text"),
        pytest.param("run", [], "'run' is no object", id="a list for an object"),
        pytest.param("findings", {}, "'findings' is not a list", id="an object for a list"),
        pytest.param("findings", [1], "'findings[0]' is no object", id="a number for an object"),
        pytest.param("findings.0.outcome", "green", "'findings[0].outcome' is not one of pass, fail", id="an outcome"),
        pytest.param("findings.0.observed", {}, "'findings[0].observed' is not text", id="an object for a value"),
        pytest.param("findings.0.observed", [1], "'findings[0].observed[0]' is no object", id="a list of numbers"),
        pytest.param("findings.0.location.line", True, "'findings[0].location.line' is not an integer", id="no line"),
        pytest.param("findings.0.waiver", "x", "'findings[0].waiver' is no object", id="a word for a waiver"),
        pytest.param("findings.0.rule", "AADC9999", "'AADC9999', which is not in 'rules'", id="a rule that is gone"),
        pytest.param("population.expected", [1], "'population.expected[0]' is not text", id="a number for a name"),
        pytest.param("findings", [], "'summary.findings' is 1, and 'findings' hold 0", id="findings taken out"),
        pytest.param("findings.0.outcome", "pass", "'summary.pass' is 0, and 'findings' hold 1", id="an outcome changed"),
        pytest.param("rules", [_rule(), _rule()], "'rules' hold 'AADC0001' twice", id="a rule twice"),
        pytest.param("servers", [{"name": "A"}, {"name": "A"}], "'servers' hold 'A' twice", id="a server twice"),
        pytest.param("findings", [_finding(), _finding()], "hold 'SYNC01 AADC0001' twice", id="a finding twice"),
    ],
)  # fmt: skip
def test_what_is_of_another_shape(path: str, value: object, words: str) -> None:
    """What cannot be relied on is refused, with its place in the document."""
    assert words in _mistake(json.dumps(_changed(path, value)).encode())


@given(st.integers(0, len(json.dumps(_results())) - 1))
def test_no_cut_is_read(length: int) -> None:
    """A document that was cut off anywhere is refused."""
    _mistake(json.dumps(_results()).encode()[:length])


@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_arbitrary_bytes_are_refused_in_a_sentence(content: bytes) -> None:
    """Whatever is given, nothing but a refusal comes out."""
    assert _mistake(content).startswith("results.json:")


def test_a_finding_of_a_tenant_names_no_server() -> None:
    """`check` writes null for the server of a fleet rule; a finding that names neither is refused."""
    (found,) = _load(_results(_finding(server=None, tenant="contoso"))).findings

    assert ("", "contoso") == (found.server, found.tenant)
    with pytest.raises(PolicyError, match=r"'findings\[0\]\.server' is not text"):
        _load(_results(_finding(server=None, tenant=None)))
