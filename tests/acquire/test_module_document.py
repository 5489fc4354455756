"""Documents of our module: what its registry reads and the answers of its cmdlets become."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from checker.acquire.assignment import Placed
from checker.acquire.cmdlet_answers import CMDLETS, FACTS_OF_CMDLET
from checker.acquire.fact_set import build_fact_set
from checker.acquire.facts_document import read_text
from checker.acquire.sample import UnreadableError
from checker.model.catalogue import facts_in
from checker.model.collection import Collection, Failure, FailureClass, Plan, Snapshot
from checker.model.facts import Absent, Fact, FactSet, Known, Reason, SourceFormat, Unknown
from checker.model.support import SupportTable
from checker.report.facts_document import render_fact_set
from checker.shipped import shipped_schema
from tests.acquire.module_documents import MOMENT, document, text_of

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
SUPPORT = SupportTable(as_of=NOW.date(), source="made for the tests", path="support.yaml", rows=())


def facts_of(told: dict[str, Any]) -> FactSet:
    """Give the fact set of one document."""
    reading = read_text("facts.json", text_of(told))
    return build_fact_set("SYNC01", [Placed(reading=reading, assignment="")], now=NOW, support=SUPPORT)


def value(fact: Fact) -> object:
    """Give the value of a fact, or why there is none."""
    match fact:
        case Known():
            return fact.value
        case Absent():
            return "absent"
        case Unknown():
            return fact.reason


def test_a_healthy_server_tells_everything_that_matters() -> None:
    """Registry, rules, connector, scheduler and settings all arrive from one line of JSON."""
    facts = facts_of(document())

    assert {
        "endpoint.export_api_version": 2,
        "endpoint.import_api_version": 2,
        "endpoint.consistent": True,
        "endpoint.export_type": 5,
        "groups.member_limit": 250000,
        "rules.custom_rule_count": 0,
        "scheduler.sync_cycle_enabled": True,
        "scheduler.effective_sync_interval": timedelta(minutes=30),
        "scheduler.customized_sync_interval": "absent",
        "product.auto_upgrade_state": "Enabled",
        "product.configuration_current": True,
        "tenant.cloud": "commercial",
        "features.export_deletion_threshold": 500,
        "events.dn_attributes_failures": 0,
    } == {
        name: value(facts[name])
        for name in (
            "endpoint.export_api_version", "endpoint.import_api_version", "endpoint.consistent", "endpoint.export_type",
            "groups.member_limit", "rules.custom_rule_count", "scheduler.sync_cycle_enabled",
            "scheduler.effective_sync_interval", "scheduler.customized_sync_interval", "product.auto_upgrade_state",
            "product.configuration_current", "tenant.cloud", "features.export_deletion_threshold",
            "events.dn_attributes_failures",
        )
    }  # fmt: skip


def test_every_fact_has_its_place_in_the_line() -> None:
    """A finding points into the document: line 1, and the column of what was read."""
    reading = read_text("facts.json", text_of(document()))
    limit = facts_of(document())["groups.member_limits"]

    assert isinstance(limit, Known)
    assert reading.rules is not None
    text = text_of(document())
    places = {rule.location.column for rule in reading.rules.rules}
    assert {'{"Identifier"'} == {text[column - 1 :][:13] for column in places}


@pytest.mark.parametrize(
    ("status", "reason"),
    [("denied", Reason.DENIED), ("error", Reason.COLLECTION_FAILED), ("absent", Reason.NO_DATA)],
)
@pytest.mark.parametrize("cmdlet", CMDLETS)
def test_what_a_cmdlet_did_not_give_is_unknown(cmdlet: str, status: str, reason: Reason) -> None:
    """Whatever the word for it, the facts of that cmdlet are unknown with its own text, and no other cmdlet's."""
    told = document()
    told["cmdlets"][cmdlet] = {"status": status, "detail": "Access is denied."}
    healthy, facts = facts_of(document()), facts_of(told)

    for name in FACTS_OF_CMDLET[cmdlet]:
        fact = facts[name]
        assert isinstance(fact, Unknown), name
        assert reason is fact.reason
        assert "Access is denied." in fact.detail
    others = [name for other in CMDLETS if other != cmdlet for name in FACTS_OF_CMDLET[other]]
    assert [value(healthy[name]) for name in others] == [value(facts[name]) for name in others]


@pytest.mark.parametrize("cmdlet", CMDLETS)
def test_an_empty_answer_is_no_absence(cmdlet: str) -> None:
    """A cmdlet that gave nothing at all has not said that there is nothing."""
    told = document()
    told["cmdlets"][cmdlet] = {"status": "ok", "value": []}
    facts = facts_of(told)

    assert {Unknown} == {type(facts[name]) for name in FACTS_OF_CMDLET[cmdlet]}


@pytest.mark.parametrize("cmdlet", CMDLETS)
def test_a_cmdlet_that_is_left_out_leaves_its_facts_unknown(cmdlet: str) -> None:
    """A document of an older module, or one that somebody shortened, never says more by saying less."""
    told = document()
    del told["cmdlets"][cmdlet]
    facts = facts_of(told)

    assert {Unknown} == {type(facts[name]) for name in FACTS_OF_CMDLET[cmdlet]}


def test_every_fact_of_a_cmdlet_has_one_that_tells_it() -> None:
    """Of all that a dump of a cmdlet can hold, only the registry's values come from elsewhere."""
    told = [name for names in FACTS_OF_CMDLET.values() for name in names]

    assert len(told) == len(set(told))
    assert {"endpoint.export_api_version_raw", "endpoint.import_api_version_raw"} == {
        *facts_in(SourceFormat.CMDLET)
    } - set(told)


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_taking_anything_away_makes_no_fact_better(data: st.DataObject) -> None:
    """Remove any value of the document: each fact is as it was, unknown, or the document is refused."""
    told = document()
    path = data.draw(st.sampled_from(list(_paths(told))))
    if path[0] in ("format", "server", "sources") or path in (("facts",), ("collection",)):
        return
    _remove(told, path)
    healthy = facts_of(document())
    try:
        facts = facts_of(told)
    except UnreadableError:
        return

    for name, fact in facts.facts.items():
        if not isinstance(fact, Unknown) and name not in _SAYS_WHAT_IS_THERE:
            assert value(healthy[name]) == value(fact), (path, name)


_SAYS_WHAT_IS_THERE = (
    "server.global_parameters", "server.collected_at",
    "features.sign_on_method", "product.auto_upgrade_suspension_reason", "features.admin_audit_logging",
    "groups.member_limits", "groups.member_limit", "rules.duplicate_precedence",
)  # fmt: skip
"""Lists of what is there are shorter by what is taken away; that a rule is missing is noticed by the standard ones."""


def _paths(node: object, at: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    inside: list[tuple[str | int, object]] = []
    if isinstance(node, dict):
        inside = list(node.items())
    elif isinstance(node, list):
        inside = list(enumerate(node))
    return [path for key, child in inside for path in ((*at, key), *_paths(child, (*at, key)))]


def _remove(node: Any, path: tuple[str | int, ...]) -> None:
    for step in path[:-1]:
        node = node[step]
    del node[path[-1]]


@pytest.mark.parametrize(
    "limit_less",
    [
        pytest.param(lambda rule: rule.pop("AttributeFlowMappings"), id="no mappings"),
        pytest.param(lambda rule: rule.update(AttributeFlowMappings=[]), id="an empty list of mappings"),
        pytest.param(lambda rule: rule.update(AttributeFlowMappings="System.Object[]"), id="cut off at a depth"),
        pytest.param(lambda rule: rule["AttributeFlowMappings"][0].pop("Expression"), id="no expression"),
    ],
)
def test_a_limit_that_is_lost_is_no_limit_that_is_fine(limit_less: Callable[[dict[str, Any]], object]) -> None:
    """The standard rule carries a limit; where the answer shows none, nothing is said of limits."""
    told = document(limit=50000)
    for rule in told["cmdlets"]["Get-ADSyncRule"]["value"]:
        limit_less(rule)
    facts = facts_of(told)

    assert {Unknown} == {type(facts["groups.member_limits"]), type(facts["groups.member_limit"])}


REFUSED = [
    (("cmdlets",), []),
    (("cmdlets", "Get-ADSyncScheduler"), []),
    (("cmdlets", "Get-Process"), {"status": "ok", "value": []}),
    (("cmdlets", "Get-ADSyncScheduler", "status"), "fine"),
    (("cmdlets", "Get-ADSyncScheduler", "status"), None),
    (("cmdlets", "Get-ADSyncScheduler", "status"), "denied"),
    (("cmdlets", "Get-ADSyncScheduler", "value"), {}),
    (("cmdlets", "Get-ADSyncScheduler", "more"), 1),
    (("collection",), []),
    (("collection", "plan"), "guess"),
    (("collection", "attempts"), 0),
    (("collection", "tls"), "yes"),
    (("collection", "port"), True),
    (("collection", "server_time"), "yesterday"),
    (("collection", "clock_skew"), "soon"),
    (("collection", "not_delivered"), ["no.such.fact"]),
    (("collection", "not_delivered"), "server.name"),
    (("collection", "failures"), [{"kind": "dns"}]),
    (("collection", "failures"), [{"kind": "bad luck", "message": ""}]),
    (("collection", "snapshot"), {"owner": "SYSTEM"}),
    (("collection", "secret"), "hunter2"),
]


@pytest.mark.parametrize(("path", "wrong"), REFUSED)
def test_what_does_not_belong_there_is_refused_by_schema_and_reader(path: tuple[str, ...], wrong: object) -> None:
    """The published schema and the reader agree about everything that is wrong."""
    told = document()
    node: Any = told
    for step in path[:-1]:
        node = node[step]
    node[path[-1]] = wrong

    assert not SCHEMA.is_valid(told)
    with pytest.raises(UnreadableError) as refusal:
        read_text("facts.json", text_of(told))
    assert refusal.value.line == 1


def test_a_fact_that_a_cmdlet_tells_is_not_told_twice() -> None:
    """Two values of one fact in one document are no document."""
    told = document()
    told["facts"]["scheduler.sync_cycle_enabled"] = {"status": "known", "value": True}

    with pytest.raises(UnreadableError, match=r"scheduler\.sync_cycle_enabled' stands in the document twice"):
        read_text("facts.json", text_of(told))


SCHEMA = Draft202012Validator(json.loads(shipped_schema("facts")))


def test_the_document_of_the_module_fits_the_schema() -> None:
    """What the module writes is what is published."""
    assert [] == [error.message for error in SCHEMA.iter_errors(document())]


WHOLE = Collection(
    plan=Plan.SNAPSHOT,
    host="sync01.fabrikam.com",
    port=5986,
    tls=True,
    tls_verified=False,
    authentication="kerberos",
    configuration_name="AdsyncChecker",
    module_version="1.0.0",
    run_by="FABRIKAM\\svc-audit",
    groups=("ADSyncBrowse", "ADSyncOperators"),
    server_time=datetime(2026, 11, 22, 8, tzinfo=UTC),
    clock_skew=timedelta(seconds=-3),
    attempts=2,
    not_delivered=("features.password_hash_sync",),
    failures=(Failure(kind=FailureClass.PIPE_REFUSES_NETWORK_LOGON, message="The pipe refuses."),),
    snapshot=Snapshot(
        path="C:\\ProgramData\\AdsyncChecker\\Snapshot\\facts.json",
        written=datetime(2026, 11, 22, 7, tzinfo=UTC),
        owner="NT AUTHORITY\\SYSTEM",
        access=("BUILTIN\\Administrators Allow FullControl",),
    ),
)


@pytest.mark.parametrize("told", [WHOLE, Collection(), Collection(plan=Plan.MODULE, tls=True)])
def test_how_it_was_collected_survives_writing_and_reading(told: Collection) -> None:
    """All of it is written, and read back as it was."""
    text = render_fact_set(FactSet(server="SYNC01"), collection=told)

    assert [] == [error.message for error in SCHEMA.iter_errors(json.loads(text))]
    assert told == read_text("facts.json", text).collection


def test_the_module_says_how_it_read() -> None:
    """Version, account and clock of the server are kept for the auditor."""
    assert (
        Collection(
            plan=Plan.MODULE,
            module_version="1.0.0",
            run_by="FABRIKAM\\svc-audit",
            server_time=datetime(2026, 11, 22, 8, 0, 0, 123456, tzinfo=UTC),
        )
        == read_text("facts.json", text_of(document())).collection
    )
    assert MOMENT.startswith("2026-11-22T08:00:00.123456")


def test_a_suspension_has_a_reason() -> None:
    """That automatic upgrade is suspended, and nothing says why, is no absence of a reason."""
    told = document()
    told["cmdlets"]["Get-ADSyncAutoUpgrade"]["value"] = [{"State": "Suspended", "SuspensionReason": ""}]
    facts = facts_of(told)

    assert "Suspended" == value(facts["product.auto_upgrade_state"])
    assert Reason.NO_DATA is value(facts["product.auto_upgrade_suspension_reason"])
