"""Facts by the function of the module: one document, or none at all."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from checker.acquire.cmdlet_answers import FACTS_OF_CMDLET
from checker.acquire.live.commands import Answer, LiveError
from checker.model.collection import FailureClass, Plan
from checker.model.facts import Known, Reason, SourceFormat, Unknown
from tests.acquire.live.fake_session import DENIED, FakeServer
from tests.acquire.live.live_runs import DEFAULT, OWN, endpoint, facts, outcomes, read, said
from tests.acquire.module_documents import document, text_of


def test_one_document_tells_everything_at_once() -> None:
    """Two pipelines: which commands there are, and the function."""
    server = endpoint(text_of(document()))
    reading = read(server, OWN)
    found = facts(reading)

    assert ["Get-Command", "Get-AdsyncFact"] == server.called()
    assert (2, 5, 250000, True) == tuple(
        said(found[name])
        for name in (
            "endpoint.export_api_version", "endpoint.export_type", "groups.member_limit", "scheduler.sync_cycle_enabled",
        )
    )  # fmt: skip
    assert {"pass"} == {outcomes(reading)[f"AADC00{number:02}"] for number in (1, 2, 3, 4, 5, 6, 8, 10, 11, 12)}


def test_the_collection_takes_from_the_document_only_what_the_server_knows() -> None:
    """How it was reached is ours to say, whatever the document says of itself."""
    told = document()
    told["collection"] |= {"host": "elsewhere", "tls_verified": False, "plan": "snapshot", "groups": ["ADSyncBrowse"]}
    collection = read(endpoint(text_of(told)), OWN).collection

    assert (Plan.MODULE, "sync01.fabrikam.example", True) == (
        collection.plan, collection.host, collection.tls_verified,
    )  # fmt: skip
    assert ("1.0.0", "FABRIKAM\\svc-audit", ("ADSyncBrowse",)) == (
        collection.module_version, collection.run_by, collection.groups,
    )  # fmt: skip
    assert datetime(2026, 11, 22, 8, 0, 0, 123456, tzinfo=UTC) == collection.server_time
    assert timedelta(hours=-2, microseconds=123456) == collection.clock_skew


def test_facts_of_the_document_are_those_of_a_running_server() -> None:
    """Lines of a text that nobody keeps are no places."""
    found = facts(read(endpoint(text_of(document())), OWN))
    version = found["product.version"]
    assert isinstance(version, Known)

    assert (SourceFormat.LIVE, None) == (version.source.format, version.source.location)


BROKEN: dict[str, tuple[tuple[object, ...], FailureClass]] = {
    "nothing": ((), FailureClass.PROTOCOL_ERROR),
    "two documents": ((text_of(document()),) * 2, FailureClass.PROTOCOL_ERROR),
    "a document and a number": ((text_of(document()), 1), FailureClass.PROTOCOL_ERROR),
    "no text": ((1,), FailureClass.PROTOCOL_ERROR),
    "half a document": ((text_of(document())[:-300],), FailureClass.PROTOCOL_ERROR),
    "other text": (("Hello",), FailureClass.PROTOCOL_ERROR),
    "an empty text": (("",), FailureClass.PROTOCOL_ERROR),
    "a fact that there is none of": (
        (text_of(document()).replace("server.name", "server.nam"),), FailureClass.PROTOCOL_ERROR,
    ),
}  # fmt: skip


@pytest.mark.parametrize(("given", "kind"), BROKEN.values(), ids=BROKEN)
def test_what_is_no_one_document_counts_not_at_all(given: tuple[object, ...], kind: FailureClass) -> None:
    """Never half a document: the server is one that could not be read."""
    reading = read(endpoint(*given), OWN)

    assert ((), None) == (reading.readings, reading.collection.plan)
    assert reading.failure is not None
    assert kind is reading.failure.kind
    assert (reading.failure,) == reading.collection.failures


@pytest.mark.parametrize(
    ("tamper", "kind"),
    [
        (lambda answer: Answer(values=answer.values, errors=(DENIED,)), FailureClass.PARTIAL),
        (lambda _answer: Answer(errors=(DENIED,)), FailureClass.COMMAND_DENIED),
    ],
    ids=["beside a document", "in its place"],
)
def test_an_error_of_the_function_is_a_failure(tamper: Callable[[Answer], Answer], kind: FailureClass) -> None:
    """A document with an error beside it may lack what failed."""
    server = endpoint(text_of(document()))
    server.tamper = lambda asked, answer: tamper(answer) if asked.commands[0].name == "Get-AdsyncFact" else answer
    failure = read(server, OWN).failure

    assert failure is not None
    assert kind is failure.kind


def test_a_denied_cmdlet_in_the_document_has_a_class() -> None:
    """The module tells the text of the error; reports tell the class of it, as for every other plan."""
    told = document()
    text = "There was no endpoint listening at net.pipe://localhost/ADSyncManagement that could accept the message."
    told["cmdlets"]["Get-ADSyncRule"] = {"status": "error", "detail": text}
    told["cmdlets"]["Get-ADSyncConnector"] = {"status": "denied", "detail": "Access is denied."}
    told["facts"]["product.version"] = {"status": "unknown", "reason": "collection_failed", "detail": "No such file."}
    reading = read(endpoint(text_of(told)), OWN)
    found = facts(reading)

    assert [
        FailureClass.PIPE_REFUSES_NETWORK_LOGON, FailureClass.COMMAND_DENIED, FailureClass.PIPELINE_ERROR,
    ] == sorted((one.kind for one in reading.collection.failures), key=lambda one: one.value)  # fmt: skip
    starts = {
        "groups.member_limits": "adsync-pipe-refuses-network-logon: ",
        "endpoint.export_type": "command-denied: ",
        "product.version": "pipeline-error: ",
    }
    for name, start in starts.items():
        fact = found[name]
        assert isinstance(fact, Unknown)
        assert fact.detail.startswith(start)
    assert set(FACTS_OF_CMDLET["Get-ADSyncRule"]) <= set(reading.collection.not_delivered)


def test_what_the_document_leaves_out_is_unknown() -> None:
    """A module that did not look is none that found nothing."""
    told = document()
    del told["cmdlets"]["Get-ADSyncRule"]
    del told["facts"]["endpoint.import_api_version_raw"]
    reading = read(endpoint(text_of(told)), OWN)
    found = facts(reading)

    assert {Reason.NOT_IN_SOURCE} == {
        said(found[name]) for name in ("groups.member_limits", "endpoint.import_api_version_raw")
    }
    assert {"error"} == {outcomes(reading)[name] for name in ("AADC0002", "AADC0006", "AADC0008", "AADC0009")}


def test_a_document_of_another_computer_is_refused_where_the_session_can_tell() -> None:
    """In the default endpoint the registry names the computer; a copied document does not pass there."""
    server = FakeServer(facts=[text_of(document("SYNC02"))])
    failure = read(server, DEFAULT).failure

    assert failure is not None
    assert FailureClass.IDENTITY is failure.kind
    assert "SYNC02" in failure.message
    assert "SYNC01" in failure.message


def test_a_document_with_the_domain_in_its_name_is_of_the_same_computer() -> None:
    """One name is the short one of the other."""
    told = document("sync01.fabrikam.example")
    reading = read(FakeServer(facts=[text_of(told)]), DEFAULT)

    assert Plan.MODULE is reading.collection.plan


def test_where_the_function_fails_in_a_full_endpoint_the_cmdlets_are_asked() -> None:
    """That it failed is told."""
    reading = read(FakeServer(facts=["half a doc"]), DEFAULT)

    assert Plan.CMDLETS is reading.collection.plan
    assert [FailureClass.PROTOCOL_ERROR] == [one.kind for one in reading.collection.failures]
    assert 250000 == said(facts(reading)["groups.member_limit"])


def test_a_lost_connection_under_the_function_is_that() -> None:
    """Nothing else can be asked in the session."""
    server = FakeServer(facts=[text_of(document())])

    def lose(pipeline: Any, _seconds: float) -> None:
        if pipeline.commands[0].name == "Get-AdsyncFact":
            raise LiveError(FailureClass.SHELL_LOST, "The shell is gone.")

    server.before = lose
    reading = read(server, DEFAULT)

    assert () == reading.readings
    assert reading.failure is not None
    assert FailureClass.SHELL_LOST is reading.failure.kind


def test_a_byte_order_mark_is_no_part_of_the_document() -> None:
    """Windows PowerShell writes one where it writes UTF-8."""
    assert Plan.MODULE is read(endpoint("\ufeff" + text_of(document())), OWN).collection.plan


def test_a_service_that_the_module_found_stopped_is_told_as_that() -> None:
    """The text of the pipe is the same; the module adds what it saw, and that is the thing to mend."""
    told = document()
    text = "The service ADSync is stopped, not running. There was no endpoint listening at net.pipe://localhost/ADSyncManagement"
    told["cmdlets"]["Get-ADSyncRule"] = {"status": "error", "detail": text}
    fact = facts(read(endpoint(text_of(told)), OWN))["groups.member_limits"]

    assert isinstance(fact, Unknown)
    assert fact.detail.startswith("adsync-service-stopped: ")
