"""One server from its first question to its last."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from checker.acquire.live.commands import Answer, LiveError, Pipeline
from checker.acquire.live.host import NOT_DELIVERED, read_host
from checker.model.catalogue import CATALOGUE, facts_in
from checker.model.collection import Failure, FailureClass, Plan
from checker.model.facts import Known, Reason, SourceFormat, Unknown
from tests.acquire.live.fake_session import DENIED, FakeClock, FakeNetwork, FakeServer, record
from tests.acquire.live.live_runs import DEFAULT, OWN, TARGET, endpoint, facts, read, said
from tests.acquire.module_documents import document, text_of

MISSING = LiveError(FailureClass.ENDPOINT_MISSING, "There is no such endpoint.")
REFUSED = LiveError(FailureClass.ENDPOINT_DENIED, "You may not use it.")
DROPPED = LiveError(FailureClass.CONNECTION_DROPPED, "The server closed the connection.")


@dataclass
class Visit:
    """One reading, with the network that it went through."""

    network: FakeNetwork
    budget: float = 60.0
    clock: FakeClock = field(default_factory=FakeClock)

    def read(self, asked: str = "") -> Any:
        """Read the server."""
        return read_host(
            self.network, TARGET, asked,
            budget_seconds=self.budget, monotonic=self.clock.monotonic, now=self.clock.now, max_age=None,
        )  # fmt: skip


# -- endpoints


def test_the_endpoint_of_the_module_is_tried_first() -> None:
    """Where it is there, nothing else is."""
    network = FakeNetwork({OWN: endpoint(text_of(document())), DEFAULT: FakeServer()})
    reading = Visit(network).read()

    assert ([OWN], [OWN]) == (network.opened, network.closed)
    assert (Plan.MODULE, OWN) == (reading.collection.plan, reading.collection.configuration_name)


def test_the_default_endpoint_is_tried_where_there_is_none() -> None:
    """And the collection names the one that answered."""
    network = FakeNetwork({DEFAULT: FakeServer()})
    reading = Visit(network).read()

    assert ([OWN, DEFAULT], [DEFAULT]) == (network.opened, network.closed)
    assert (Plan.CMDLETS, DEFAULT) == (reading.collection.plan, reading.collection.configuration_name)


@pytest.mark.parametrize(
    "kind", [kind for kind in FailureClass if kind is not FailureClass.ENDPOINT_MISSING], ids=lambda kind: kind.value
)
def test_no_other_failure_leads_to_another_endpoint(kind: FailureClass) -> None:
    """Whoever is denied is not tried elsewhere, and what cannot be reached is not tried twice."""
    network = FakeNetwork({OWN: LiveError(kind, "No."), DEFAULT: FakeServer()})
    reading = Visit(network).read()

    assert [OWN] == network.opened
    assert (Failure(kind=kind, message="No."), ()) == (reading.failure, reading.readings)


def test_an_endpoint_that_was_named_is_the_only_one() -> None:
    """Its absence is a failure."""
    network = FakeNetwork({DEFAULT: FakeServer()})
    reading = Visit(network).read("Audit")

    assert ["Audit"] == network.opened
    assert FailureClass.ENDPOINT_MISSING is reading.failure.kind
    assert "Audit" == reading.collection.configuration_name


def test_a_server_without_any_endpoint_is_not_read() -> None:
    """The plan stays empty."""
    reading = Visit(FakeNetwork({})).read()

    assert (FailureClass.ENDPOINT_MISSING, None) == (reading.failure.kind, reading.collection.plan)


def test_an_endpoint_that_shows_nothing_is_of_no_use() -> None:
    """The sentence says what to do."""
    server = FakeServer()
    server.tamper = lambda _pipeline, answer: Answer(errors=answer.errors)
    failure = read(server).failure

    assert failure is not None
    assert FailureClass.COMMAND_NOT_AVAILABLE is failure.kind
    assert "server module" in failure.message


def test_a_probe_that_is_denied_is_a_denial() -> None:
    """Nothing is visible, and the server says why."""
    failure = read(FakeServer(broken={"Get-Command": DENIED})).failure

    assert failure is not None
    assert FailureClass.COMMAND_DENIED is failure.kind


def test_what_is_wrong_beside_the_probe_is_told() -> None:
    """What is visible is asked for; the rest may be more than what is not there."""
    server = FakeServer()
    strange = record(FailureClass.PIPELINE_ERROR, "Strange")
    server.tamper = lambda asked, answer: (
        Answer(values=answer.values, errors=(strange,)) if asked.commands[0].name == "Get-Command" else answer
    )
    reading = read(server)

    assert [FailureClass.PIPELINE_ERROR] == [one.kind for one in reading.collection.failures]
    assert 250000 == said(facts(reading)["groups.member_limit"])


def test_the_collection_says_how_the_server_was_reached() -> None:
    """Also that of a server that could not be."""
    for reading in (read(FakeServer()), read(REFUSED, OWN)):
        collection = reading.collection

        assert ("sync01.fabrikam.example", 5986, True, True, "kerberos") == (
            collection.host, collection.port, collection.tls, collection.tls_verified, collection.authentication,
        )  # fmt: skip
        assert "nobody-may-see" not in repr(reading)


# -- what is not delivered


def test_the_table_of_what_no_plan_delivers_is_that_of_the_catalogue() -> None:
    """A fact that is observed somewhere, and neither on a running server nor derived, is in the table of each plan."""
    observed = {
        name
        for name, spec in CATALOGUE.items()
        if not spec.derived and set(spec.sources) - {SourceFormat.INVENTORY} and SourceFormat.LIVE not in spec.sources
    }

    assert dict.fromkeys(Plan, observed) == {plan: set(names) for plan, names in NOT_DELIVERED.items()}


def test_a_command_that_is_not_shown_is_not_called_and_its_facts_are_named() -> None:
    """The plan cannot deliver them in this endpoint."""
    server = FakeServer(hidden=("Get-WinEvent", "Get-ADSyncAutoUpgrade"))
    reading = read(server)
    lost = {"events.dn_attributes_failures", "product.auto_upgrade_state", "product.auto_upgrade_suspension_reason"}

    assert not {"Get-WinEvent", "Get-ADSyncAutoUpgrade"} & set(server.called())
    assert {*lost, *NOT_DELIVERED[Plan.CMDLETS]} == set(reading.collection.not_delivered)
    fact = facts(reading)["events.dn_attributes_failures"]
    assert isinstance(fact, Unknown)
    assert fact.detail == "command-not-available: The endpoint does not show 'Get-WinEvent'."


def test_a_server_without_the_product_tells_what_windows_knows() -> None:
    """The cmdlets are not there; the registry is."""
    hidden = tuple(f"Get-ADSync{name}" for name in ("Scheduler", "Rule", "Connector", "GlobalSettings", "AutoUpgrade"))
    reading = read(FakeServer(hidden=hidden))
    found = facts(reading)

    assert ("SYNC01", 2) == (said(found["server.name"]), said(found["endpoint.import_api_version_raw"]))
    assert {"groups.member_limits", "scheduler.suspended", "endpoint.export_type"} <= {
        *reading.collection.not_delivered
    }


# -- time


def taking(clock: FakeClock, seconds: float) -> Callable[[Pipeline, float], None]:
    """Let each pipeline take *seconds*, or as many as it was given, and end it then."""

    def before(_pipeline: Pipeline, given: float) -> None:
        clock.seconds += min(seconds, given)
        if seconds > given:
            raise LiveError(FailureClass.DEADLINE, "It did not end in time.")

    return before


def test_no_pipeline_gets_more_than_half_of_the_time() -> None:
    """Nor does the connection."""
    server = FakeServer()
    network = FakeNetwork({DEFAULT: server})
    Visit(network, budget=40.0).read()

    assert {20.0} == {*server.seconds, *network.seconds}


def test_a_pipeline_that_hangs_leaves_the_time_of_the_others() -> None:
    """The session goes on; the facts of the hung one are unknown, and only those."""
    clock = FakeClock()
    server = FakeServer()
    slow = taking(clock, 10_000.0)
    server.before = lambda asked, given: slow(asked, given) if "AutoUpgrade" in asked.commands[0].name else None
    reading = read(server, clock=clock)
    found = facts(reading)

    assert [FailureClass.DEADLINE] == [one.kind for one in reading.collection.failures]
    assert Reason.COLLECTION_FAILED is said(found["product.auto_upgrade_state"])
    assert 0 == said(found["events.dn_attributes_failures"])


def test_when_the_time_is_over_the_rest_is_that() -> None:
    """What was read stays; nothing more is asked."""
    clock = FakeClock()
    server = FakeServer()
    server.before = taking(clock, 10.0)
    reading = read(server, clock=clock, budget=60.0)
    found = facts(reading)
    lost = {name for name in facts_in(SourceFormat.LIVE) if isinstance(found[name], Unknown)}

    assert 6 == len(server.ran)
    assert "SYNC01" == said(found["server.name"])
    assert {"groups.member_limits", "events.dn_attributes_failures", "tls.client_enabled"} <= lost
    assert {FailureClass.DEADLINE} == {one.kind for one in reading.collection.failures}
    for name in lost:
        fact = found[name]
        assert isinstance(fact, Unknown)
        assert fact.detail.startswith("deadline: "), name


def test_a_server_without_time_is_not_tried() -> None:
    """No connection is opened, and no fact is read."""
    network = FakeNetwork({OWN: FakeServer()})
    reading = Visit(network, budget=0.0).read()

    assert [] == network.opened
    assert FailureClass.DEADLINE is reading.failure.kind


def test_the_second_endpoint_has_what_the_first_one_left() -> None:
    """The time is that of the server, not of an attempt."""
    clock = FakeClock()
    server = FakeServer()
    network = FakeNetwork({DEFAULT: server})

    def connect(target: Any, name: str, seconds: float) -> Any:
        clock.seconds += 25.0
        return network(target, name, seconds)

    read_host(connect, TARGET, "", budget_seconds=60.0, monotonic=clock.monotonic, now=clock.now, max_age=None)

    assert [30.0, 30.0] == network.seconds
    assert 10.0 == server.seconds[0]


# -- a connection that is lost


def lost_after(number: int, error: LiveError = DROPPED) -> Callable[[Pipeline, float], None]:
    """Lose the connection at the pipeline after *number*."""
    count = 0

    def before(_pipeline: Pipeline, _seconds: float) -> None:
        nonlocal count
        count += 1
        if count > number:
            raise error

    return before


QUESTIONS = 28
"""So many are asked of a healthy server by cmdlets."""


def test_a_healthy_server_is_asked_no_more_than_has_to_be() -> None:
    """Each question costs two requests; whoever adds one sees it here."""
    server = FakeServer()
    read(server)

    assert QUESTIONS == len(server.ran)


@pytest.mark.parametrize("number", range(2, QUESTIONS))
def test_a_lost_connection_makes_the_rest_unknown_as_it_was_lost(number: int) -> None:
    """Whenever it is lost: what was read stays, and nothing of the rest is silent or absent."""
    whole = facts(read(FakeServer()))
    server = FakeServer()
    server.before = lost_after(number)
    reading = read(server)
    found = facts(reading)

    assert number + 1 == len(server.ran)
    assert (DROPPED.failure,) == reading.collection.failures
    lost = 0
    for name in facts_in(SourceFormat.LIVE):
        fact = found[name]
        if isinstance(fact, Unknown):
            lost += 1
            assert fact.detail.startswith("connection-dropped: "), name
        else:
            assert said(whole[name]) == said(fact), name
    assert lost


def test_a_connection_that_is_lost_at_once_is_a_server_that_was_not_read() -> None:
    """So that it may be tried again."""
    server = FakeServer()
    server.before = lost_after(0)
    reading = read(server)

    assert (DROPPED.failure, (), None) == (reading.failure, reading.readings, reading.collection.plan)


def test_an_error_while_the_session_is_closed_takes_nothing_away() -> None:
    """What was read, was read."""

    class Broken(FakeNetwork):
        """A network whose sessions cannot be closed."""

        def __call__(self, target: Any, name: str, seconds: float) -> Any:
            opened = super().__call__(target, name, seconds)

            class Session:
                def __enter__(self) -> Any:
                    return opened.__enter__()

                def __exit__(self, *_error: object) -> None:
                    raise DROPPED

            return Session()

    reading = Visit(Broken({DEFAULT: FakeServer()})).read(DEFAULT)

    assert None is reading.failure
    assert Plan.CMDLETS is reading.collection.plan


def test_a_server_of_which_nothing_can_be_told_was_not_read() -> None:
    """Every pipeline is denied: there is a session, and no fact."""
    visible = ("Get-ItemProperty", "Get-Item", "Get-Date", "Get-WinEvent", "Get-Content", "Get-ADSyncScheduler",
               "Get-ADSyncRule", "Get-ADSyncConnector", "Get-ADSyncGlobalSettings", "Get-ADSyncAutoUpgrade")  # fmt: skip
    reading = read(FakeServer(broken=dict.fromkeys(visible, DENIED)))

    assert reading.failure is not None
    assert FailureClass.COMMAND_DENIED is reading.failure.kind
    assert () == reading.readings


def test_the_facts_are_as_old_as_the_first_question() -> None:
    """By our clock, whatever that of the server says."""
    clock = FakeClock()
    server = FakeServer(time="2020-01-01T00:00:00Z")
    server.before = taking(clock, 1.0)
    collected = facts(read(server, clock=clock))["server.collected_at"]

    assert isinstance(collected, Known)
    assert FakeClock().now() == collected.value
