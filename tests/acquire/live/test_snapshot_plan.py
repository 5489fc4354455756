"""Facts from the snapshot of the server, where the session itself may not read them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from checker.acquire.cmdlet_answers import CMDLETS, FACTS_OF_CMDLET
from checker.acquire.live.commands import Answer, ErrorRecord
from checker.model.collection import FailureClass, Plan, Snapshot
from checker.model.facts import Reason, Unknown
from tests.acquire.live.fake_session import DENIED, PARAMETERS, PIPE, SNAPSHOT, FakeServer, Member, record
from tests.acquire.live.live_runs import facts, outcomes, read, said
from tests.acquire.module_documents import document, text_of

MISSING = record(FailureClass.COMMAND_NOT_AVAILABLE, "CommandNotFoundException", "It is not recognized.")


def written(moment: str = "2026-11-22T08:00:00.1234567Z", computer: str = "SYNC01", **facts_: Any) -> str:
    """Give the text of a snapshot of *moment*."""
    told = document(computer)
    told["sources"][0]["date"] = told["collection"]["server_time"] = moment
    told["facts"]["server.collected_at"]["value"] = moment
    told["facts"] |= facts_
    return text_of(told)


def refused(error: ErrorRecord = PIPE, **changed: Any) -> FakeServer:
    """Give a server whose product answers every session with *error*, and that has a snapshot."""
    values: dict[str, Any] = {
        "broken": dict.fromkeys(CMDLETS, error), "snapshot": written(), "snapshot_date": "2026-11-22T08:00:05Z",
    }  # fmt: skip
    return FakeServer(**(values | changed))


@pytest.mark.parametrize("error", [PIPE, DENIED, MISSING], ids=lambda one: one.kind.value)
def test_what_the_session_may_not_read_is_taken_from_the_snapshot(error: ErrorRecord) -> None:
    """The registry is read live, the rules are those of the snapshot; the collection says so."""
    server = refused(error)
    server.registry[PARAMETERS]["AADConnectorImportApiVersion"] = 1
    reading = read(server)
    found = facts(reading)

    assert (250000, 5, True, 1) == tuple(
        said(found[name])
        for name in (
            "groups.member_limit", "endpoint.export_type", "scheduler.sync_cycle_enabled",
            "endpoint.import_api_version_raw",
        )
    )  # fmt: skip
    assert ("pass", "fail") == (outcomes(reading)["AADC0006"], outcomes(reading)["AADC0002"])
    assert Plan.SNAPSHOT is reading.collection.plan
    assert () == reading.collection.failures


def test_the_collection_tells_of_the_file_and_of_who_may_change_it() -> None:
    """Its time is the older of its date and of what it says of itself."""
    snapshot = read(refused()).collection.snapshot

    assert (
        Snapshot(
            path=SNAPSHOT,
            written=datetime(2026, 11, 22, 8, 0, 0, 123456, tzinfo=UTC),
            owner="NT AUTHORITY\\SYSTEM",
            access=("NT AUTHORITY\\SYSTEM Allow  FullControl", "BUILTIN\\Administrators Allow  FullControl"),
        )
        == snapshot
    )


def test_facts_with_a_snapshot_are_as_old_as_that() -> None:
    """The oldest source counts."""
    found = facts(read(refused()))

    assert datetime(2026, 11, 22, 8, 0, 0, 123456, tzinfo=UTC) == said(found["server.collected_at"])


def test_where_the_session_can_read_everything_the_snapshot_is_not_asked_for() -> None:
    """What was read now is better, and costs nothing more."""
    server = FakeServer(snapshot=written())
    reading = read(server)

    assert "Get-Content" not in server.called()
    assert (Plan.CMDLETS, None) == (reading.collection.plan, reading.collection.snapshot)


AGES: dict[str, tuple[str, timedelta | None, bool]] = {
    "a day": ("2026-11-21T10:00:00Z", None, True),
    "more than a day": ("2026-11-21T09:59:59Z", None, False),
    "within what was asked for": ("2026-11-22T09:00:00Z", timedelta(hours=1), True),
    "older than was asked for": ("2026-11-22T08:59:59Z", timedelta(hours=1), False),
    "a day, where more would do": ("2026-11-21T09:59:59Z", timedelta(days=7), False),
    "5 minutes ahead": ("2026-11-22T10:05:00Z", None, True),
    "more than 5 minutes ahead": ("2026-11-22T10:05:01Z", None, False),
}


@pytest.mark.parametrize(("moment", "max_age", "fresh"), AGES.values(), ids=AGES)
@pytest.mark.parametrize("older", ["the file", "the document"])
def test_an_old_snapshot_says_nothing(moment: str, max_age: timedelta | None, *, fresh: bool, older: str) -> None:
    """By the clock of the server, and by the older of both dates: a copied file is no fresh snapshot."""
    other = max(moment, "2026-11-22T10:00:00Z")
    server = refused(
        snapshot=written(other if older == "the file" else moment),
        snapshot_date=moment if older == "the file" else other,
    )
    reading = read(server, max_age=max_age)
    found = facts(reading)

    assert (250000 if fresh else Reason.STALE) == said(found["groups.member_limit"])
    assert (True if fresh else Reason.STALE) == said(found["scheduler.sync_cycle_enabled"])
    assert ("pass" if fresh else "error") == outcomes(reading)["AADC0006"]
    assert ([] if fresh else [FailureClass.SNAPSHOT_STALE]) == [one.kind for one in reading.collection.failures]
    assert (Plan.SNAPSHOT if fresh else Plan.CMDLETS) is reading.collection.plan


@pytest.mark.parametrize(
    ("file", "inside"),
    [("2026-11-22T11:00:00Z", "2026-11-22T09:00:00Z"), ("2026-11-22T09:00:00Z", "2026-11-22T11:00:00Z")],
)
def test_a_snapshot_with_one_date_in_the_future_says_nothing(file: str, inside: str) -> None:
    """Somebody has set a clock, or a date."""
    found = facts(read(refused(snapshot=written(inside), snapshot_date=file)))

    assert Reason.STALE is said(found["groups.member_limit"])


def test_the_age_is_told_by_the_clock_of_the_server() -> None:
    """A server whose clock is wrong by days writes snapshots with the same clock."""
    found = facts(read(refused(time="2026-11-25T10:00:00Z")))

    assert Reason.STALE is said(found["groups.member_limit"])


UNSURE: dict[str, Callable[[FakeServer], Any]] = {
    "the server has no clock": lambda server: server.broken.update({"Get-Date": DENIED}),
    "the file has no date": lambda server: setattr(server, "snapshot_date", None),
    "the document has no date": lambda server: setattr(
        server,
        "snapshot",
        server.snapshot.replace(',"date":"2026-11-22T08:00:00.1234567Z"', ""),  # type: ignore[union-attr] # it has one
    ),
}


@pytest.mark.parametrize("change", UNSURE.values(), ids=UNSURE)
def test_a_snapshot_of_unknown_age_says_nothing(change: Callable[[FakeServer], Any]) -> None:
    """It may be of last year."""
    server = refused()
    change(server)

    assert Reason.STALE is said(facts(read(server))["groups.member_limit"])


@pytest.mark.parametrize(
    "change",
    [
        lambda server: setattr(server, "snapshot", written(computer="SYNC02")),
        lambda server: setattr(
            server, "denied", (r"HKLM:\SYSTEM\CurrentControlSet\Control\ComputerName\ComputerName",)
        ),
    ],
    ids=["of another computer", "the computer is not known"],
)
def test_a_snapshot_of_another_computer_says_nothing(change: Callable[[FakeServer], Any]) -> None:
    """A copied snapshot is that of the server that it was copied from."""
    server = refused()
    change(server)
    reading = read(server)

    assert Reason.IDENTITY is said(facts(reading)["groups.member_limit"])
    assert FailureClass.IDENTITY in {one.kind for one in reading.collection.failures}


@pytest.mark.parametrize(
    ("snapshot", "kind"),
    [("", FailureClass.PROTOCOL_ERROR), ("{", FailureClass.PROTOCOL_ERROR), (None, FailureClass.ITEM_NOT_FOUND)],
    ids=["empty", "cut off", "none"],
)
def test_without_a_snapshot_the_facts_stay_as_unknown_as_they_were(snapshot: str | None, kind: FailureClass) -> None:
    """The first failure stays the reason; that there was no snapshot to help is told beside it."""
    reading = read(refused(snapshot=snapshot))
    fact = facts(reading)["groups.member_limits"]
    assert isinstance(fact, Unknown)

    assert fact.detail.startswith("adsync-pipe-refuses-network-logon: ")
    assert {FailureClass.PIPE_REFUSES_NETWORK_LOGON, kind} == {one.kind for one in reading.collection.failures}
    assert set(FACTS_OF_CMDLET["Get-ADSyncRule"]) <= set(reading.collection.not_delivered)


def test_what_the_snapshot_does_not_know_either_stays_unknown() -> None:
    """The module was refused too: the facts are those of neither."""
    told = document()
    told["cmdlets"]["Get-ADSyncRule"] = {"status": "denied", "detail": "Access is denied."}
    reading = read(refused(snapshot=text_of(told)))
    found = facts(reading)
    limits = found["groups.member_limits"]
    assert isinstance(limits, Unknown)

    assert limits.detail.startswith("adsync-pipe-refuses-network-logon: ")
    assert 5 == said(found["endpoint.export_type"])
    assert [FailureClass.PIPE_REFUSES_NETWORK_LOGON] == [one.kind for one in reading.collection.failures]


def test_an_answer_that_is_broken_is_not_mended_by_a_snapshot() -> None:
    """The rules contradict each other now; that they did not some hours ago is no comfort."""
    server = FakeServer(snapshot=written(), broken={"Get-ADSyncConnector": PIPE})
    server.tamper = lambda asked, answer: (
        Answer(values=answer.values[1:]) if "Destination" in repr(asked) and "EQ" in repr(asked) else answer
    )
    found = facts(read(server))

    assert (Reason.TRUNCATED, 5) == (said(found["groups.member_limits"]), said(found["endpoint.export_type"]))


def test_a_stopped_service_leaves_the_snapshot() -> None:
    """The same whether or not the state of the service could be read."""
    stopped = refused(service=Member(1, "Stopped"))
    unreadable = refused(service=Member(1, "Stopped"))
    unreadable.broken["Get-Service"] = DENIED

    assert [250000, 250000] == [said(facts(read(one))["groups.member_limit"]) for one in (stopped, unreadable)]


def test_who_may_change_the_file_may_be_unknown() -> None:
    """The facts count; that nobody can say who wrote them is told as a failure."""
    server = refused()
    server.broken["Get-Acl"] = DENIED
    collection = read(server).collection

    assert collection.snapshot is not None
    assert ("", ()) == (collection.snapshot.owner, collection.snapshot.access)
    assert [FailureClass.COMMAND_DENIED] == [one.kind for one in collection.failures]


def test_a_session_that_shows_no_files_has_no_snapshot() -> None:
    """There is nothing to say about a file that cannot be looked for."""
    reading = read(refused(hidden=("Get-Content",)))

    assert None is reading.collection.snapshot
    assert {FailureClass.PIPE_REFUSES_NETWORK_LOGON} == {one.kind for one in reading.collection.failures}


def test_the_module_in_a_full_endpoint_is_helped_as_well() -> None:
    """Run under a network logon it is refused as the cmdlets are; what the task wrote is not."""
    told = document()
    for name in CMDLETS:
        told["cmdlets"][name] = {"status": "error", "detail": PIPE.message}
    reading = read(FakeServer(facts=[text_of(told)], snapshot=written(), snapshot_date="2026-11-22T08:00:01Z"))

    assert Plan.SNAPSHOT is reading.collection.plan
    assert 250000 == said(facts(reading)["groups.member_limit"])
    assert () == reading.collection.failures
