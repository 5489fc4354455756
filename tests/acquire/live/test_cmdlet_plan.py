"""Facts by pipelines of cmdlets: what a server says, and each way in which it may not say it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from checker.acquire.cmdlet_answers import CMDLETS, FACTS_OF_CMDLET
from checker.acquire.cmdlet_objects import CmdletValue
from checker.acquire.live.commands import Answer, ErrorRecord, LiveError, Pipeline
from checker.acquire.live.host import HostReading
from checker.acquire.live.pipelines import CONDITION_COUNT, CONDITIONS, EVENTS, FLOW_COUNT, FLOWS, RULE_COUNT, RULES
from checker.acquire.live.question import Question
from checker.model.catalogue import CATALOGUE, facts_in
from checker.model.collection import FailureClass, Plan
from checker.model.facts import Known, Reason, Source, SourceFormat, Unknown
from checker.model.version import Version
from tests.acquire.live.fake_session import (
    DENIED,
    ENTRA,
    NO_EVENTS,
    PARAMETERS,
    PIPE,
    TLS,
    FakeServer,
    Member,
    Net,
    condition,
    flow,
    limit,
    record,
    rule,
    scope,
)
from tests.acquire.live.live_runs import facts, outcomes, read, said

OF_RULES = FACTS_OF_CMDLET["Get-ADSyncRule"]


def changed(pipeline: Pipeline, change: Callable[[Answer], Answer]) -> Callable[[Pipeline, Answer], Answer]:
    """Give what changes the answer of one *pipeline* on its way."""
    return lambda asked, answer: change(answer) if asked == pipeline else answer


def failures_of(reading: HostReading) -> set[FailureClass]:
    """Give the classes of what failed, without the snapshot that would have helped and is not there."""
    return {
        one.kind
        for one in reading.collection.failures
        if one.kind is not FailureClass.ITEM_NOT_FOUND or "snapshot" not in one.message.casefold()
    }


def test_a_compliant_server_tells_everything_that_a_server_can() -> None:
    """Each fact of the catalogue that a running server has arrives; the values are those of the server."""
    found = facts(read(FakeServer()))
    told = {name: said(found[name]) for name in facts_in(SourceFormat.LIVE)}

    assert not [name for name, value in told.items() if isinstance(value, Reason)]
    assert {
        "server.name": "SYNC01", "server.dotnet_release": 533320, "product.version": Version.parse("2.6.91.0"),
        "endpoint.export_type": 5, "endpoint.reference_filtering": 1, "endpoint.import_api_version_raw": 2,
        "tenant.connector_account": "Sync_SYNC01_0123456789ab@fabrikam.onmicrosoft.com",
        "groups.member_limit": 250000, "rules.custom_rule_count": 0, "scheduler.customized_sync_interval": "absent",
        "scheduler.allowed_sync_interval": timedelta(minutes=30), "product.auto_upgrade_state": "Enabled",
        "tls.server_disabled_by_default": 0, "events.dn_attributes_failures": 0,
        "features.sign_on_method": "PasswordHashSync", "features.desktop_sso_enabled": "absent",
    }.items() <= told.items()  # fmt: skip


def test_facts_name_what_was_asked_on_the_server() -> None:
    """There is no file to open; the cmdlet and its property, or the key and its value, say where it stands."""
    found = facts(read(FakeServer()))
    enabled, imports = found["scheduler.sync_cycle_enabled"], found["endpoint.import_api_version_raw"]

    assert isinstance(enabled, Known)
    assert Source(SourceFormat.LIVE, None, "Get-ADSyncScheduler, SyncCycleEnabled") == enabled.source
    assert isinstance(imports, Known)
    assert rf"{PARAMETERS.replace(':', '')}, AadConnectorImportApiVersion" == imports.source.item


def test_the_collection_says_how_it_came() -> None:
    """Plan, account and clock stand in the collection; no secret does."""
    collection = read(FakeServer(time="2026-11-22T11:03:00.0000000+01:00")).collection

    assert (Plan.CMDLETS, "FABRIKAM\\svc-audit") == (collection.plan, collection.run_by)
    assert datetime(2026, 11, 22, 10, 3, tzinfo=UTC) == collection.server_time
    assert timedelta(minutes=3) == collection.clock_skew
    assert () == collection.failures


def test_no_secret_crosses_the_wire() -> None:
    """The parameters of a connector that are not asked for do not arrive in any answer."""
    answers: list[Answer] = []
    server = FakeServer()

    def keep(_pipeline: Pipeline, answer: Answer) -> Answer:
        answers.append(answer)
        return answer

    server.tamper = keep
    read(server)

    assert "secret-of-the-wire" not in repr(answers)
    assert "Sync_SYNC01" in repr(answers)


ERRORS = [
    (PIPE, Reason.DENIED),
    (DENIED, Reason.DENIED),
    (record(FailureClass.PIPELINE_ERROR, "Broken"), Reason.COLLECTION_FAILED),
    (record(FailureClass.SCRIPT_NOT_ALLOWED, "ScriptsNotAllowed"), Reason.COLLECTION_FAILED),
]
GROUPS = {
    "Get-ADSyncScheduler": FACTS_OF_CMDLET["Get-ADSyncScheduler"],
    "Get-ADSyncRule": OF_RULES,
    "Get-ADSyncConnector": (*FACTS_OF_CMDLET["Get-ADSyncConnector"], "endpoint.reference_filtering"),
    "Get-ADSyncGlobalSettings": FACTS_OF_CMDLET["Get-ADSyncGlobalSettings"],
    "Get-ADSyncAutoUpgrade": FACTS_OF_CMDLET["Get-ADSyncAutoUpgrade"],
    "Get-WinEvent": ("events.dn_attributes_failures",),
}


@pytest.mark.parametrize(("error", "reason"), ERRORS, ids=[error.kind.value for error, _ in ERRORS])
@pytest.mark.parametrize("cmdlet", GROUPS)
def test_an_error_makes_the_facts_of_its_owner_unknown_and_no_others(
    cmdlet: str, error: ErrorRecord, reason: Reason
) -> None:
    """The class of the failure stands first in the detail, the text of the server after it."""
    reading = read(FakeServer(broken={cmdlet: error}))
    found = facts(reading)
    lost = {name: found[name] for name in facts_in(SourceFormat.LIVE) if isinstance(found[name], Unknown)}

    assert set(GROUPS[cmdlet]) == set(lost)
    for name, fact in lost.items():
        assert isinstance(fact, Unknown)
        assert reason is fact.reason, name
        assert fact.detail.startswith(f"{error.kind.value}: "), name
        assert error.message in fact.detail, name
    assert {error.kind} == failures_of(reading)


def test_the_text_of_the_pipe_with_the_service_stopped_is_a_stopped_service() -> None:
    """The text of the error is the same; the state of the service tells them apart."""
    server = FakeServer(broken=dict.fromkeys(CMDLETS, PIPE), service=Member(1, "Stopped"))
    stopped = read(server)
    unreadable = read(FakeServer(broken={"Get-ADSyncRule": PIPE, "Get-Service": DENIED}, service=Member(1, "Stopped")))

    assert {FailureClass.SERVICE_STOPPED} == failures_of(stopped)
    assert "is stopped" in stopped.collection.failures[0].message
    assert 1 == server.called().count("Get-Service")
    assert {FailureClass.PIPE_REFUSES_NETWORK_LOGON} == failures_of(unreadable)


def test_a_healthy_server_is_not_asked_for_its_service() -> None:
    """The question is for telling errors apart, and costs a round trip."""
    server = FakeServer()
    read(server)

    assert "Get-Service" not in server.called()


# -- rules


def test_a_limit_of_a_custom_rule_is_put_back_to_its_rule() -> None:
    """Mappings and conditions arrive alone, and belong to the rule of their identifier."""
    server = FakeServer()
    clause = condition("memberCount", Member(2, "LESSTHAN"), "40000")
    server.rules.append(rule(8, "First", None, 50, flow("cn"), limit(60000)))
    server.rules.append(rule(9, "Second", None, 51, flow("cn"), scopes=[scope(clause)]))
    limits = facts(read(server))["groups.member_limits"]
    assert isinstance(limits, Known)
    assert isinstance(limits.value, tuple)

    assert [("First", "expression", 60000), ("Second", "scope", 39999)] == [
        (one.get("name"), one.get("via"), one.get("limit")) for one in limits.value[:2]
    ]


def test_rules_without_any_scope_condition_are_believed_if_a_number_says_so() -> None:
    """No group of conditions may be a lost answer; 0 is said by the server."""
    server = FakeServer()
    for one in server.rules:
        one.own["ScopeFilter"] = []

    assert 250000 == said(facts(read(server))["groups.member_limit"])


def test_a_build_that_does_not_tell_standard_rules_is_read_by_the_tags() -> None:
    """All rules lack `IsStandardRule` there, not one of them."""
    server = FakeServer()
    for one in server.rules:
        del one.own["IsStandardRule"]
    known = said(facts(read(server))["rules.custom_rule_count"])
    server.rules[0].own["IsStandardRule"] = True

    assert 0 == known
    assert Reason.NO_DATA is said(facts(read(server))["rules.custom_rule_count"])


def without_first(answer: Answer) -> Answer:
    """Lose the first object."""
    return replace(answer, values=answer.values[1:])


def emptied(answer: Answer) -> Answer:
    """Lose every object."""
    return replace(answer, values=())


def with_error(answer: Answer) -> Answer:
    """Put an error beside the objects."""
    return replace(answer, errors=(DENIED,))


def of_a_stranger(answer: Answer) -> Answer:
    """Put the first object to a rule that did not arrive."""
    first = answer.values[0]
    assert isinstance(first.content, dict)
    strange = CmdletValue("99999999-0000-4000-8000-000000000009", 1, 1)
    return replace(
        answer, values=(replace(first, content={**first.content, "identifier": strange}), *answer.values[1:])
    )


def twice(answer: Answer) -> Answer:
    """Let the first object stand twice, and lose the last."""
    return replace(answer, values=(answer.values[0], *answer.values[:-1]))


def without_members(answer: Answer) -> Answer:
    """Lose the number of what is of interest."""
    return replace(answer, values=tuple(one for one in answer.values if "member" not in repr(one).lower()))


LOSSES = [
    (question, loss)
    for question, losses in {
        RULES: (without_first, emptied, with_error, twice),
        RULE_COUNT: (emptied, with_error),
        FLOWS: (without_first, emptied, with_error, of_a_stranger),
        FLOW_COUNT: (without_members, emptied, with_error),
        CONDITIONS: (without_first, emptied, with_error, of_a_stranger),
        CONDITION_COUNT: (without_members, emptied, with_error),
    }.items()
    for loss in losses
]


@pytest.mark.parametrize(
    ("question", "loss"), LOSSES, ids=lambda one: getattr(one, "title", getattr(one, "__name__", ""))
)
def test_whatever_is_lost_of_the_rules_makes_all_of_them_unknown(
    question: Question, loss: Callable[[Answer], Answer]
) -> None:
    """A smaller set could lack the limit that matters; none is told instead."""
    server = FakeServer()
    clause = condition("memberCount", Member(2, "LESSTHAN"), "9")
    server.rules.append(rule(9, "Mine", None, 50, limit(50000), scopes=[scope(clause)]))
    server.tamper = changed(question.pipeline, loss)
    reading = read(server)
    found = facts(reading)

    assert {Unknown} == {type(found[name]) for name in OF_RULES}
    assert {"error"} == {outcomes(reading)[one] for one in ("AADC0006", "AADC0008", "AADC0009", "AADC0119")}
    assert {FailureClass.PARTIAL} == failures_of(reading)


def test_an_empty_answer_about_mappings_is_never_believed() -> None:
    """Even where the server itself counts none: on every server a standard rule maps `member`."""
    server = FakeServer()
    for one in server.rules:
        one.own["AttributeFlowMappings"] = [flow("cn")]
    found = facts(read(server))

    assert {Reason.TRUNCATED} == {said(found[name]) for name in OF_RULES}


@pytest.mark.parametrize("name", ["AttributeFlowMappings", "ScopeFilter", "Identifier", "ImmutableTag", "Disabled"])
def test_a_rule_without_a_property_makes_all_rules_unknown(name: str) -> None:
    """A build that calls it otherwise is not understood, rather than taken for one without limits."""
    server = FakeServer()
    del server.rules[0].own[name]
    found = facts(read(server))

    assert {Unknown} == {type(found[fact]) for fact in OF_RULES}


@pytest.mark.parametrize("name", ["Destination", "FlowType"])
def test_a_mapping_without_a_property_makes_all_rules_unknown(name: str) -> None:
    """A filter passes over what lacks the property; the number of mappings without a name shows it."""
    server = FakeServer()
    del server.rules[2].own["AttributeFlowMappings"][0].own[name]
    found = facts(read(server))

    assert {Unknown} == {type(found[fact]) for fact in OF_RULES}


# -- connectors


def test_a_denied_account_takes_no_other_fact_of_the_connector_with_it() -> None:
    """Each pipeline owns its facts."""
    server = FakeServer()
    server.tamper = lambda asked, answer: (
        Answer(errors=(DENIED,)) if "ConnectivityParameters" in repr(asked) else answer
    )
    found = facts(read(server))

    assert Reason.DENIED is said(found["tenant.connector_account"])
    assert (5, 1, ENTRA) == tuple(
        said(found[name]) for name in ("endpoint.export_type", "endpoint.reference_filtering", "tenant.connector_id")
    )


def test_an_export_type_of_an_unknown_connector_makes_all_of_them_unknown() -> None:
    """The connector that it belongs to was lost, and could be the one that matters."""
    server = FakeServer()
    server.connectors[1].own["ExtensionConfiguration"] = Net({"ExportType": 2})
    server.tamper = lambda asked, answer: (
        replace(answer, values=answer.values[:1]) if "SubType" in repr(asked) else answer
    )
    found = facts(read(server))

    assert {Reason.TRUNCATED} == {said(found[name]) for name in FACTS_OF_CMDLET["Get-ADSyncConnector"]}


def test_the_filtering_of_a_connector_without_a_key_is_absent() -> None:
    """The key above it is there, so it was looked for in the right place."""
    server = FakeServer()
    del server.registry[rf"{PARAMETERS}\PerMAInstance\fabrikam.onmicrosoft.com - AAD"]

    assert "absent" == said(facts(read(server))["endpoint.reference_filtering"])


# -- registry


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda server: server.registry[rf"{TLS}\Client"].pop("Enabled"), "absent"),
        (lambda server: server.registry.pop(rf"{TLS}\Client"), "absent"),
        (lambda server: server.registry.update({rf"{TLS}\Client": {}}), "absent"),
        (lambda server: server.registry.update({rf"{TLS}\Client": {"Other": 1}}), "absent"),
        (lambda server: setattr(server, "denied", (rf"{TLS}\Client",)), Reason.DENIED),
        (lambda server: server.registry[rf"{TLS}\Client"].update(Enabled="1"), Reason.WRONG_TYPE),
        (lambda server: server.registry[rf"{TLS}\Client"].update(Enabled=-1), 0xFFFFFFFF),
    ],
    ids=["no value", "no key", "no values at all", "other values", "denied", "text", "all bits"],
)
def test_a_value_of_the_registry_is_there_absent_or_unknown(
    change: Callable[[FakeServer], Any], expected: object
) -> None:
    """Null is absent, a key that is not there too; what may not be read is neither."""
    server = FakeServer()
    change(server)

    assert expected == said(facts(read(server))["tls.client_enabled"])


LOST_KEYS: dict[str, Callable[[Answer], Answer]] = {
    "no object": lambda _answer: Answer(),
    "not all names": lambda answer: replace(
        answer, values=(CmdletValue({"disabledbydefault": CmdletValue(0, 1, 1)}, 1, 1),)
    ),
    "two objects": lambda answer: replace(answer, values=answer.values * 2),
    "an error too": with_error,
    "another thing not found": lambda _answer: Answer(
        errors=(record(FailureClass.ITEM_NOT_FOUND, "DriveNotFound,Get-ItemProperty"),)
    ),
}


@pytest.mark.parametrize("loss", LOST_KEYS.values(), ids=LOST_KEYS)
def test_what_is_lost_of_a_key_is_not_taken_for_an_absence(loss: Callable[[Answer], Answer]) -> None:
    """Absence of some values is compliant, so it must have been seen."""
    server = FakeServer()
    server.tamper = lambda asked, answer: (
        loss(answer) if r"TLS 1.2\\Client" in repr(asked) and "Get-ItemProperty" in repr(asked) else answer
    )
    found = facts(read(server))

    assert {Unknown} == {type(found[name]) for name in ("tls.client_enabled", "tls.client_disabled_by_default")}


def test_a_server_without_the_key_of_the_product_tells_nothing_about_the_endpoint() -> None:
    """Every server with the product has it: what is not there is the product, not the value."""
    server = FakeServer()
    del server.registry[PARAMETERS]
    found = facts(read(server))

    assert {Unknown} == {
        type(found[name])
        for name in (
            "endpoint.export_api_version_raw", "endpoint.import_api_version_raw", "endpoint.reference_filtering",
            "product.version",
        )
    }  # fmt: skip


NARROW: dict[str, Callable[[FakeServer], Any]] = {
    "it is of 32 bits": lambda server: server.environment.update(PROCESSOR_ARCHITECTURE="x86"),
    "it does not say": lambda server: server.environment.pop("PROCESSOR_ARCHITECTURE"),
    "it may not be asked": lambda server: server.broken.update({"Get-Item": DENIED}),
}


@pytest.mark.parametrize("change", NARROW.values(), ids=NARROW)
def test_a_session_that_may_be_of_32_bits_tells_nothing_of_software(change: Callable[[FakeServer], Any]) -> None:
    """It would see other keys there, and miss what is set."""
    server = FakeServer()
    change(server)
    found = facts(read(server))

    assert {Unknown} == {type(found[name]) for name in ("features.admin_audit_logging_raw", "tls.dotnet_strong_crypto")}
    assert 1 == said(found["tls.client_enabled"])


# -- the rest


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (Answer(values=(CmdletValue({"count": CmdletValue(0, 1, 1)}, 1, 1),), errors=(NO_EVENTS,)), 0),
        (Answer(errors=(NO_EVENTS,)), 0),
        (Answer(values=(CmdletValue({"count": CmdletValue(7, 1, 1)}, 1, 1),)), 7),
        (Answer(values=(CmdletValue({"count": CmdletValue(7, 1, 1)}, 1, 1),), errors=(NO_EVENTS,)), Reason.TRUNCATED),
        (Answer(values=(CmdletValue({"count": CmdletValue(0, 1, 1)}, 1, 1),)), Reason.TRUNCATED),
        (Answer(values=(CmdletValue({"count": CmdletValue(0, 1, 1)}, 1, 1),), errors=(DENIED,)), Reason.DENIED),
        (Answer(errors=(NO_EVENTS, DENIED)), Reason.DENIED),
        (Answer(values=(CmdletValue("7", 1, 1),)), Reason.TRUNCATED),
        (Answer(), Reason.TRUNCATED),
    ],
    ids=[
        "none", "none and no number", "some", "both", "a bare 0", "denied", "none and denied", "no number", "nothing",
    ],
)  # fmt: skip
def test_no_event_is_0_only_where_the_cmdlet_says_so(answer: Answer, expected: object) -> None:
    """A flood of events must not become 0 because a part of the answer is lost."""
    server = FakeServer()
    server.tamper = lambda asked, given: answer if asked == EVENTS.pipeline else given

    assert expected == said(facts(read(server))["events.dn_attributes_failures"])


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda server: server.registry[PARAMETERS].pop("Path"), Reason.UNPARSED),
        (lambda server: server.registry[PARAMETERS].update(Path=r"\\elsewhere\share"), Reason.UNPARSED),
        (lambda server: server.registry[PARAMETERS].update(Path=r"D:\Nothing"), Reason.COLLECTION_FAILED),
        (lambda server: setattr(server, "version", "2.6 (beta)"), Reason.UNPARSED),
        (lambda server: setattr(server, "version", ""), Reason.UNPARSED),
    ],
    ids=["no folder", "a share", "another folder", "words", "nothing"],
)
def test_a_version_that_cannot_be_read_is_unknown(change: Callable[[FakeServer], Any], reason: Reason) -> None:
    """It is never absent: a server without a product would be another finding."""
    server = FakeServer()
    change(server)

    assert reason is said(facts(read(server))["product.version"])


def test_an_old_build_without_the_detail_of_automatic_upgrade_tells_its_state() -> None:
    """The switch is not known there; the reason of a suspension is then not known either."""
    found = facts(read(FakeServer(detail=False)))

    assert ("Enabled", Reason.NO_DATA) == tuple(
        said(found[f"product.auto_upgrade_{name}"]) for name in ("state", "suspension_reason")
    )


def test_a_suspension_without_a_reason_is_not_one_for_no_reason() -> None:
    """A selected property that is lost is null, as an empty one is."""
    found = facts(read(FakeServer(upgrade={"State": Member(0, "Suspended"), "SuspensionReason": None})))

    assert Reason.NO_DATA is said(found["product.auto_upgrade_suspension_reason"])


def test_a_lost_parameter_of_the_global_settings_is_missed() -> None:
    """A missing parameter means an older build, so the server counts its parameters."""
    server = FakeServer()
    server.tamper = lambda asked, answer: (
        without_first(answer) if "Parameters" in repr(asked) and "Name" in repr(asked) else answer
    )
    found = facts(read(server))

    assert {Reason.TRUNCATED} == {said(found[name]) for name in FACTS_OF_CMDLET["Get-ADSyncGlobalSettings"]}


def test_a_property_that_the_scheduler_lacks_is_not_null() -> None:
    """Null in the customized interval means that nobody has set one; a build without the property does not say so."""
    server = FakeServer()
    del server.scheduler["CustomizedSyncCycleInterval"]

    assert Reason.NO_DATA is said(facts(read(server))["scheduler.customized_sync_interval"])


@pytest.mark.parametrize("time", ["2026-11-22T11:00:00.0000000", "yesterday", ""])
def test_a_clock_without_an_offset_is_no_clock(time: str) -> None:
    """A local time cannot be compared with ours."""
    collection = read(FakeServer(time=time)).collection

    assert (None, None) == (collection.server_time, collection.clock_skew)
    assert [FailureClass.PARTIAL] == [one.kind for one in collection.failures]


def test_details_do_not_point_into_an_answer_that_nobody_keeps() -> None:
    """A line and a column of a message that is gone help nobody."""
    server = FakeServer()
    server.scheduler["SyncCycleEnabled"] = "perhaps"
    fact = facts(read(server))["scheduler.sync_cycle_enabled"]
    assert isinstance(fact, Unknown)

    assert ":1:1" not in fact.detail
    assert (Source(SourceFormat.LIVE, None, "Get-ADSyncScheduler, SyncCycleEnabled"),) == fact.sources


def test_every_fact_of_a_running_server_has_a_group_that_asks_for_it() -> None:
    """A connection that is lost at the first question leaves no fact in silence."""
    server = FakeServer()

    def lose(_pipeline: Pipeline, _seconds: float) -> None:
        if len(server.ran) > 2:
            raise LiveError(FailureClass.CONNECTION_DROPPED, "The server closed the connection.")

    server.before = lose
    [reading] = read(server).readings
    told = {*reading.facts, *OF_RULES}

    assert set(facts_in(SourceFormat.LIVE)) - {"server.collected_at"} == told & set(CATALOGUE)
    assert reading.rules is not None
    assert reading.rules.problem is not None
