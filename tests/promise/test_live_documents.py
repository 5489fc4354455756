"""Nothing is green by absence, also for what a running server tells: less in a document never makes exit 0."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any

import pytest

from checker.acquire.assignment import Placed
from checker.acquire.cmdlet_answers import CMDLETS
from checker.acquire.fact_set import build_fact_set
from checker.acquire.facts_document import read_text
from checker.acquire.sample import UnreadableError
from checker.cli.inputs import find_policies, support_table
from checker.evaluate.engine import evaluate
from checker.evaluate.gate import judge
from checker.load.policies import load_policies
from checker.model.policy import Policy, Severity
from checker.model.result import Population
from tests.acquire.module_documents import document, text_of

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)


@cache
def policy() -> Policy:
    """Load the policy of the article."""
    return load_policies(find_policies(["v2-endpoint"]), {})[0]


def verdict(told: dict[str, Any]) -> int:
    """Give the exit code of one document; one that is refused is incomplete."""
    try:
        reading = read_text("facts.json", text_of(told))
    except UnreadableError:
        return 4
    facts = build_fact_set("SYNC01", [Placed(reading=reading, assignment="")], now=NOW, support=support_table(None))
    rules = policy().rules
    population = Population(expected=("SYNC01",), received=("SYNC01",))
    return judge(
        evaluate(rules, [facts]), rules, Severity.LOW, diagnostics=(), population=population
    ).exit_code  # fmt: skip


@dataclass(frozen=True)
class Red:
    """A server that is not compliant, as its module tells it."""

    name: str
    spoil: Callable[[dict[str, Any]], object]
    exit_code: int = 1

    def told(self) -> dict[str, Any]:
        """Give its document."""
        told = deepcopy(document())
        self.spoil(told)
        return told


def _cmdlet(told: dict[str, Any], name: str) -> list[dict[str, Any]]:
    values: list[dict[str, Any]] = told["cmdlets"][name]["value"]
    return values


def _low_limit(told: dict[str, Any]) -> None:
    told["cmdlets"] = document(limit=50000)["cmdlets"]


def _low_clause(told: dict[str, Any]) -> None:
    clause = {"Attribute": "memberCount", "ComparisonOperator": "LESSTHAN", "ComparisonValue": "50001"}
    _cmdlet(told, "Get-ADSyncRule")[0]["ScopeFilter"].append({"ScopeConditionList": [clause]})


RED = (
    Red("a member limit that is too low", _low_limit),
    Red("a scope clause that is too low", _low_clause),
    Red("exports on v1", lambda told: told["facts"]["endpoint.export_api_version_raw"].update(value=1), 4),
    Red("imports on v1", lambda told: told["facts"]["endpoint.import_api_version_raw"].update(value=1)),
    Red("the filtering of v1", lambda told: told["facts"]["endpoint.reference_filtering"].update(value=0)),
    Red(
        "the export type of v1",
        lambda told: _cmdlet(told, "Get-ADSyncConnector")[0]["ExtensionConfiguration"].update(ExportType=2),
        4,
    ),
    Red("the scheduler off", lambda told: _cmdlet(told, "Get-ADSyncScheduler")[0].update(SyncCycleEnabled=False)),
    Red(
        "the scheduler suspended", lambda told: _cmdlet(told, "Get-ADSyncScheduler")[0].update(SchedulerSuspended=True)
    ),
    Red("an old product", lambda told: told["facts"]["product.version"].update(value="1.5.20.0")),
)
cases = pytest.mark.parametrize("case", RED, ids=lambda case: case.name)


def test_the_server_that_all_others_are_made_of_is_compliant() -> None:
    """Otherwise nothing here would prove anything."""
    assert 0 == verdict(document())


@cases
def test_each_of_them_is_red(case: Red) -> None:
    """Each fails, or contradicts itself."""
    assert case.exit_code == verdict(case.told())


def paths(node: object, at: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """Give the path to every value of a document."""
    inside: list[tuple[str | int, object]] = []
    if isinstance(node, dict):
        inside = list(node.items())
    elif isinstance(node, list):
        inside = list(enumerate(node))
    return [path for key, child in inside for path in ((*at, key), *paths(child, (*at, key)))]


def without(told: dict[str, Any], path: tuple[str | int, ...]) -> dict[str, Any]:
    """Give the document without the value at *path*."""
    copy: dict[str, Any] = deepcopy(told)
    node: Any = copy
    for step in path[:-1]:
        node = node[step]
    del node[path[-1]]
    return copy


EXCUSED = {
    # A scope condition that nobody wrote limits nothing; what is left is a rule like any other.
    "a scope clause that is too low": ("ScopeFilter", 1),
}


@cases
def test_removing_any_value_never_makes_it_green(case: Red) -> None:
    """Every single value of the document, wherever it stands."""
    told = case.told()

    green = [path for path in paths(told) if 0 == verdict(without(told, path))]

    excused = EXCUSED.get(case.name)
    assert [] == [path for path in green if not (excused and excused == path[4:6])]


@cases
@pytest.mark.parametrize("status", ["absent", "denied", "error"])
@pytest.mark.parametrize("cmdlet", CMDLETS)
def test_a_cmdlet_that_does_not_answer_never_makes_it_green(case: Red, cmdlet: str, status: str) -> None:
    """Whatever the word for it."""
    told = case.told()
    told["cmdlets"][cmdlet] = {"status": status, "detail": "No."}

    assert 0 != verdict(told)


@cases
def test_a_fact_that_was_denied_never_makes_it_green(case: Red) -> None:
    """Each fact of the registry and the file system in turn."""
    for name in case.told()["facts"]:
        told = case.told()
        told["facts"][name] = {"status": "unknown", "reason": "denied", "detail": "No."}
        assert 0 != verdict(told), name
