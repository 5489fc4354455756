"""The matrix: every cell exactly once, whatever happens within one of them, and in whatever order things come in."""

from __future__ import annotations

import ast
import gc
import os
import random
import subprocess
import sys
import weakref
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from itertools import product
from pathlib import Path
from typing import Any

import pytest

import checker.evaluate
from checker.evaluate.compile import compile_rule
from checker.evaluate.engine import compile_rules, evaluate, judge_server
from checker.model.facts import Absent, Fact, FactSet, Known, Reason, Unknown
from checker.model.policy import AtLeast, Case, Equals, ExactlyOne, Matches, Rule
from checker.model.result import Finding, Outcome
from tests.evaluate.made import NOW, SOURCE, expect, fleet_rule, known, rule, server, where_fact

VERSION_2 = rule("endpoint.export_api_version", Equals(2), id_="AADC0001")
NOT_SUSPENDED = rule("scheduler.suspended", Equals(False), id_="AADC0011")
TENANT = rule("tenant.id", Matches("[a-z]+"), id_="AADC0101")
RULES = (VERSION_2, NOT_SUSPENDED, TENANT)


class Watched(dict[str, Fact]):
    """Facts whose end can be watched."""


class Broken(Mapping[str, Fact]):
    """Facts of which one cannot be asked for without a crash."""

    def __init__(self, name: str, error: BaseException, facts: Mapping[str, Fact]) -> None:
        """Keep *facts* and crash at *name*."""
        self.name, self.error, self.facts = name, error, facts

    def __getitem__(self, name: str) -> Fact:
        """Give a fact, or crash."""
        if name == self.name:
            raise self.error
        return self.facts[name]

    def __iter__(self) -> Iterator[str]:
        """Walk over the names."""
        return iter(self.facts)

    def __len__(self) -> int:
        """Count the facts."""
        return len(self.facts)


def whole(name: str) -> FactSet:
    """Give a server that meets `RULES`."""
    return server(
        name, endpoint__export_api_version=known(2), scheduler__suspended=known(False), tenant__id=known("contoso")
    )


def cells(findings: tuple[Finding, ...]) -> list[tuple[str, str]]:
    """Give server and rule of each finding."""
    return [(finding.server, finding.rule) for finding in findings]


def outcomes(findings: tuple[Finding, ...]) -> dict[tuple[str, str], Outcome]:
    """Give the outcome of each cell."""
    return {(finding.server, finding.rule): finding.outcome for finding in findings}


def test_every_cell_once_and_in_order() -> None:
    """There is one finding for each server and rule, by server, then rule id."""
    findings = evaluate(tuple(reversed(RULES)), [whole("SRV2"), whole("SRV10"), whole("SRV1")])

    assert list(product(("SRV1", "SRV10", "SRV2"), ("AADC0001", "AADC0011", "AADC0101"))) == cells(findings)
    assert {Outcome.PASS} == set(outcomes(findings).values())


@pytest.mark.parametrize(("rules", "servers"), [((), (whole("SRV1"),)), (RULES, ())], ids=["no rule", "no server"])
def test_no_cells(rules: tuple[Rule, ...], servers: tuple[FactSet, ...]) -> None:
    """Without rules or without servers there is nothing to find; the gate knows what that means."""
    assert () == evaluate(rules, servers)


def test_server_without_facts() -> None:
    """A server of which nothing is known has all its cells, and each is an error."""
    findings = evaluate(RULES, [FactSet(server="SRV1")])

    assert [(Outcome.ERROR, "not_in_source")] * 3 == [(finding.outcome, finding.reason) for finding in findings]


def test_one_server_after_the_other() -> None:
    """Rules are compiled once, and servers judged one at a time give what all give at once."""
    compiled = compile_rules(reversed(RULES), now=NOW)

    one_by_one = [found for name in ("SRV1", "SRV2") for found in judge_server(compiled, whole(name))]

    assert list(evaluate(RULES, [whole("SRV2"), whole("SRV1")])) == one_by_one


def test_findings_do_not_hold_their_fact_set() -> None:
    """A server that was judged can be forgotten: neither findings nor compiled rules keep its facts."""
    compiled = compile_rules([replace(VERSION_2, max_age=timedelta(days=1)), *RULES[1:]], now=NOW)
    facts = Watched(whole("SRV1").facts)
    gone = weakref.ref(facts)

    findings = judge_server(compiled, FactSet(server="SRV1", facts=facts))
    del facts
    gc.collect()

    assert len(findings) == 3
    assert gone() is None


def test_fleet_rules_have_no_cell_for_a_server() -> None:
    """Rules that speak of a fleet are not judged for single servers."""
    fleet = fleet_rule(ExactlyOne(), where_fact("scheduler.suspended", Equals(False)))

    assert ["AADC0001"] == [found.rule for found in evaluate([fleet, VERSION_2], [whole("SRV1")])]


def test_fleet_rule_that_is_compiled_for_a_server() -> None:
    """A rule of a fleet says nothing of a single server: the caller is wrong."""
    with pytest.raises(ValueError, match="rule 'AADC0201' does not speak of one server"):
        compile_rule(fleet_rule(ExactlyOne(), where_fact("scheduler.suspended", Equals(False))))


def test_f_d25_disabled_rule() -> None:
    """F-D25: a rule that was turned off stays in sight for every server, with the reason and what it expects."""
    off = replace(VERSION_2, disabled="We are\nnot ready")

    findings = evaluate([off, NOT_SUSPENDED], [whole("SRV1"), FactSet(server="SRV2")])

    assert [(Outcome.NOT_APPLICABLE, "disabled"), (Outcome.NOT_APPLICABLE, "disabled")] == [
        (found.outcome, found.reason) for found in findings[::2]
    ]
    assert ("The rule is disabled: We are not ready.", "2") == (findings[0].message, findings[0].expected)


def test_f_d22_one_failure_does_not_stop_the_others() -> None:
    """F-D22: a failing rule, and a failing server, leave all other cells as they are."""
    bad = server("SRV1", endpoint__export_api_version=known(1), scheduler__suspended=known(True))

    findings = evaluate(RULES, [bad, whole("SRV2")])

    assert ["fail", "fail", "error", "pass", "pass", "pass"] == [found.outcome.value for found in findings]


def test_two_servers_of_one_name() -> None:
    """Two fact sets of one server would fight for the same cells: the caller is wrong."""
    with pytest.raises(ValueError, match="more than one server is called 'SRV1'"):
        evaluate(RULES, [whole("SRV1"), whole("SRV2"), whole("SRV1")])


def test_two_rules_of_one_id() -> None:
    """Two rules of one id would fight for the same cells: the caller is wrong."""
    with pytest.raises(ValueError, match="more than one rule is called 'AADC0001'"):
        evaluate([*RULES, VERSION_2], [whole("SRV1")])


def test_t70_f_d21_exception_in_one_cell() -> None:
    """T70: an exception costs its own cell only, which is an internal error that names the kind of exception."""
    facts = Broken("scheduler.suspended", RecursionError("secret\nof the server"), whole("SRV1").facts)

    findings = evaluate(RULES, [FactSet(server="SRV1", facts=facts), whole("SRV2")])

    assert [cell for cell, outcome in outcomes(findings).items() if outcome is not Outcome.PASS] == [
        ("SRV1", "AADC0011")
    ]
    broken = findings[1]
    assert (Outcome.ERROR, "internal", "scheduler.suspended") == (broken.outcome, broken.reason, broken.fact)
    assert (
        broken.message == "The rule could not be evaluated: RecursionError was raised, which is a bug of the checker."
    )


STRANGE: Any = object()  # of no kind that the model knows
UNSOUND: dict[str, tuple[Rule, str]] = {
    "pattern that does not compile": (rule("tenant.id", Matches("("), id_="AADC0001"), "error"),
    "fact that the catalogue does not know": (rule("tenant.colour", Equals(1), id_="AADC0001"), "KeyError"),
    "bound without an order": (rule("tenant.id", AtLeast("9"), id_="AADC0001"), "ValueError"),
    "strange constraint": (replace(VERSION_2, cases=(Case(expectation=expect(STRANGE)),)), "AssertionError"),
    "strange condition": (replace(VERSION_2, when=(STRANGE,)), "AssertionError"),
    "strange constraint in a condition": (
        replace(VERSION_2, when=(where_fact("tenant.id", STRANGE),)),
        "AssertionError",
    ),
    "strange condition of a case": (
        replace(VERSION_2, cases=(Case(expectation=expect(Equals(2)), when=(STRANGE,)), *VERSION_2.cases)),
        "AssertionError",
    ),
}


@pytest.mark.parametrize(("unsound", "kind"), UNSOUND.values(), ids=UNSOUND.keys())
def test_t70_rule_that_cannot_be_compiled(unsound: Rule, kind: str) -> None:
    """T70: a rule that the loader should have refused is an internal error on every server; the others complete."""
    findings = evaluate([unsound, NOT_SUSPENDED], [whole("SRV1"), whole("SRV2")])

    assert [("AADC0001", "internal"), ("AADC0011", "")] * 2 == [(finding.rule, finding.reason) for finding in findings]
    assert findings[0].message == f"The rule could not be compiled: {kind} was raised, which is a bug of the checker."


ODD: tuple[object, ...] = (2.0, float("nan"), None, b"2", [2], {"a": 2}, object(), Unknown, ("a",), (None,), 2 + 0j)


@pytest.mark.parametrize("value", ODD, ids=lambda value: type(value).__name__)
@pytest.mark.parametrize("judged", RULES, ids=lambda judged: judged.fact)
def test_value_that_is_none(judged: Rule, value: object) -> None:
    """A value of a type that no fact can have is a bug, found where it strikes, and never passes."""
    facts = FactSet(server="SRV1", facts={judged.fact: Known(value, SOURCE)})  # type: ignore[arg-type] # that is the point

    (finding,) = evaluate([judged], [facts])

    assert finding.outcome is Outcome.ERROR
    assert finding.reason in ("internal", "wrong_type")


def test_strange_absence() -> None:
    """An absent fact is no pass where nobody knows what the rule says of absence."""
    strange = rule("tenant.id", expect(Equals("x"), absent=STRANGE))

    (finding,) = evaluate([strange], [server(tenant__id=Absent(SOURCE))])

    assert (Outcome.ERROR, "internal") == (finding.outcome, finding.reason)


def test_fact_that_is_none_of_three() -> None:
    """A fact that is neither known nor absent nor unknown is a bug, and never passes."""
    facts = FactSet(server="SRV1", facts={"endpoint.export_api_version": 2})  # type: ignore[dict-item] # that is the point

    (finding,) = evaluate([VERSION_2], [facts])

    assert (Outcome.ERROR, "internal") == (finding.outcome, finding.reason)


def test_interruption_is_no_finding() -> None:
    """Whoever interrupts the run is obeyed: only exceptions of the program become findings."""
    facts = Broken("scheduler.suspended", KeyboardInterrupt(), whole("SRV1").facts)

    with pytest.raises(KeyboardInterrupt):
        evaluate(RULES, [FactSet(server="SRV1", facts=facts)])


def test_t71_same_inputs_in_any_order() -> None:
    """T71: the same inputs give the same findings, in whatever order, as often as one likes."""
    rules = [rule("endpoint.export_api_version", Equals(place % 3), id_=f"AADC{place:04}") for place in range(20)]
    servers = [whole(f"SRV{place}") for place in range(10)]
    servers[3] = FactSet(server="SRV3", facts={"tenant.id": Unknown(Reason.DENIED, "No.")})
    once = evaluate(rules, servers)
    dice = random.Random(71)

    for _ in range(5):
        dice.shuffle(rules)
        dice.shuffle(servers)
        mixed = [
            FactSet(server=one.server, facts=dict(dice.sample(sorted(one.facts.items()), len(one.facts))))
            for one in servers
        ]
        assert once == evaluate(rules, mixed)


def test_t67_no_assert_guards_behaviour() -> None:
    """T67: no `assert` stands in the evaluation, so that `python -O` cannot switch one off."""
    room = Path(checker.evaluate.__file__).parent
    modules = sorted(room.glob("*.py"))

    assert len(modules) > 5
    for module in modules:
        tree = ast.parse(module.read_text(encoding="utf-8"))
        assert [] == [node.lineno for node in ast.walk(tree) if isinstance(node, ast.Assert)], module


_PROGRAM = """
from tests.evaluate.made import known, limit, rule, server
from checker.evaluate.engine import evaluate
from checker.model.policy import AtLeast, Each, Equals, OneOf
rules = [
    rule("groups.member_limits", Each((("limit", (AtLeast(50001),)),)), id_="AADC0006"),
    rule("tenant.cloud", OneOf(("commercial", 2, True)), id_="AADC0005"),
    rule("scheduler.suspended", Equals(1), id_="AADC0011"),
]
facts = server(groups__member_limits=known((limit("A", 1),)), tenant__cloud=known(2), scheduler__suspended=known(True))
print(evaluate(rules, [facts]))
"""


def test_t67_same_findings_without_asserts_and_with_any_hash_seed() -> None:
    """T67: switching asserts off, or another order of sets, changes no byte."""
    outputs = {
        subprocess.run(
            [sys.executable, *flags, "-c", _PROGRAM],
            env={**os.environ, "PYTHONHASHSEED": seed},
            cwd=Path(checker.__file__).parent.parent,
            capture_output=True,
            check=True,
            text=True,
        ).stdout
        for flags, seed in (([], "0"), (["-O"], "1"), (["-O"], "4711"))
    }

    assert len(outputs) == 1
    assert "Outcome.FAIL" in outputs.pop()
