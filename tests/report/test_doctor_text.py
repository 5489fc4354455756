"""What the doctor found out, as people and programs read it."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from checker.model.diagnosis import Diagnosis, Examination, RuleError, State, Step, TenantErrors
from checker.report import doctor_json, doctor_text

CAUSE = "The server rejected the credential; unlock the account."
STEPS = (
    Step("name", State.OK, "'sync01' has the address 192.0.2.1."),
    Step("TLS", State.WARNING, "The certificate ends in 5 days, on 2026-11-27; give the listener of WinRM a new one."),
    Step("authentication", State.FAILED, f"{CAUSE} Do it soon.", CAUSE),
    Step("endpoint", State.SKIPPED, "It needs the step 'authentication'."),
)
ERRORS = (
    RuleError("AADC0001", "Exports use the v2 endpoint", f"'a' is unknown (denied): auth-rejected: {CAUSE}"),
    RuleError("AADC0002", "Imports use the v2 endpoint", "'b' is unknown (denied): Something else."),
)
SICK = Diagnosis(server="sync01", steps=STEPS, errors=ERRORS)
WELL = Diagnosis(server="sync02", steps=STEPS[:2])
BOTH = Examination(diagnoses=(SICK, WELL), policies=("v2-endpoint", "fleet"))


def test_text_for_people() -> None:
    """Each step with its state, then the rules that lack an answer; a cause that was just told is referred to."""
    expected = """\
server sync01
  ok       name            'sync01' has the address 192.0.2.1.
  warning  TLS             The certificate ends in 5 days, on 2026-11-27; give the listener of WinRM a new
                           one.
  FAILED   authentication  The server rejected the credential; unlock the account. Do it soon.
  skipped  endpoint        It needs the step 'authentication'.
  FAILED   rules           2 rules would be errors
    AADC0001  Exports use the v2 endpoint
      'a' is unknown (denied): auth-rejected: see the step 'authentication'
    AADC0002  Imports use the v2 endpoint
      'b' is unknown (denied): Something else.

server sync02
  ok       name            'sync02' has the address 192.0.2.1.
  ok       rules           every rule has an answer

1 of 2 servers without a problem; 2 rules of v2-endpoint, fleet would be errors
"""
    well = replace(WELL, steps=(Step("name", State.OK, "'sync02' has the address 192.0.2.1."),))

    assert expected == doctor_text.render(replace(BOTH, diagnoses=(SICK, well)))


def test_rules_with_one_reason_share_it() -> None:
    """What is the same for several rules is written once, below all of them."""
    errors = tuple(RuleError(f"R{number}", f"Title {number}", "One reason.") for number in range(3))
    text = doctor_text.render(Examination(diagnoses=(replace(WELL, errors=errors),), policies=("p",)))

    assert 1 == text.count("One reason.")
    assert "    R0  Title 0\n    R1  Title 1\n    R2  Title 2\n      One reason.\n" in text


def test_without_a_policy_no_rule_is_well() -> None:
    """That nobody looked is said, and nothing of answers."""
    text = doctor_text.render(Examination(diagnoses=(WELL,)))

    assert "rules           none were looked at; name a policy with '--policy'" in text
    assert "answer" not in text
    assert text.endswith("1 of 1 server without a problem; no rules\n")


def test_tenants_and_notes() -> None:
    """Errors of fleet rules, and what is to be said about the run, are not lost; nor that it is not whole."""
    tenant = TenantErrors(
        "fabrikam.example", (RuleError("AADC0201", "One server is active", "Not known of 'sync01'."),)
    )
    text = doctor_text.render(replace(BOTH, tenants=(tenant,), notes=("A parameter is in vain.",), incomplete=True))

    assert "tenant fabrikam.example\n  FAILED   rules           1 rule would be an error\n    AADC0201" in text
    assert "note: A parameter is in vain.\n" in text
    assert "3 rules of v2-endpoint, fleet would be errors\nincomplete: " in text


HOSTILE = "x\x1b[2J\r\n::error::##vso[task.complete]\u202e##[group]\ud800"


@pytest.mark.parametrize("place", ["server", "step", "cause", "rule", "title", "message", "tenant", "note", "policy"])
def test_hostile_text_does_nothing(place: str) -> None:
    """No name, and nothing that a server said, acts on a terminal or in the log of a pipeline."""

    def at(where: str, otherwise: str) -> str:
        return HOSTILE if where == place else otherwise

    error = RuleError(at("rule", "R1"), at("title", "T"), at("message", "M") + at("cause", ""))
    step = Step("name", State.FAILED, at("step", "S") + at("cause", ""), at("cause", ""))
    examination = Examination(
        diagnoses=(Diagnosis(server=at("server", "s"), steps=(step,), errors=(error,)),),
        policies=(at("policy", "p"),),
        tenants=(TenantErrors(at("tenant", "t"), (error,)),),
        notes=(at("note", "n"),),
    )
    text, document = doctor_text.render(examination), doctor_json.render(examination)

    assert all(one.isprintable() for one in text.replace("\n", ""))
    assert all(one.isprintable() for one in document.replace("\n", ""))
    assert not [mark for mark in ("::error", "##", "\x1b", "\u202e") if mark in text]
    assert not [mark for mark in ("##", "\x1b", "\u202e") if mark in document]
    assert not [line for line in document.splitlines() if line.lstrip().startswith("::")]
    assert "x\\x1b[2J" in text


def test_json_for_programs() -> None:
    """All of it, with nothing shortened."""
    tenant = TenantErrors("t", ERRORS[:1])
    found = json.loads(doctor_json.render(replace(BOTH, tenants=(tenant,), notes=("A note.",))))
    error = {
        "rule": "AADC0001",
        "title": "Exports use the v2 endpoint",
        "message": f"'a' is unknown (denied): auth-rejected: {CAUSE}",
    }

    assert ["format", "sound", "incomplete", "policies", "servers", "tenants", "notes"] == list(found)
    assert "adsync-checker/examination/v1" == found["format"]
    assert (False, False, ["v2-endpoint", "fleet"]) == (found["sound"], found["incomplete"], found["policies"])
    assert [("sync01", False), ("sync02", True)] == [(one["server"], one["sound"]) for one in found["servers"]]
    assert {"name": "authentication", "state": "failed", "sentence": f"{CAUSE} Do it soon."} == found["servers"][0][
        "steps"
    ][2]
    assert error == found["servers"][0]["errors"][0]
    assert [{"tenant": "t", "errors": [error]}] == found["tenants"]
    assert ["A note."] == found["notes"]


@pytest.mark.parametrize(
    ("examination", "sound"),
    [
        (Examination(diagnoses=(WELL,)), True),
        (Examination(diagnoses=(WELL, SICK)), False),
        (Examination(diagnoses=(replace(WELL, steps=STEPS[:2] + STEPS[3:]),)), False),
        (Examination(diagnoses=(replace(WELL, errors=ERRORS),)), False),
        (Examination(diagnoses=(WELL,), tenants=(TenantErrors("t", ERRORS),)), False),
        (Examination(diagnoses=(WELL,), incomplete=True), False),
    ],
    ids=["warnings", "one failed", "one skipped", "an error", "a tenant's error", "incomplete"],
)
def test_sound(examination: Examination, *, sound: bool) -> None:
    """A warning is no problem; whatever failed, was left out, or has no answer is one."""
    assert sound is json.loads(doctor_json.render(examination))["sound"]
