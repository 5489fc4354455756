"""The steps of a diagnosis: what is seen of a server, and what is said of it to the person who must act."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import pytest

from checker.acquire.live.commands import LiveError, Pipeline, Session, Target
from checker.acquire.live.diagnosis import Observed, diagnose
from checker.acquire.live.diagnosis_network import look_from_outside
from checker.acquire.live.diagnosis_session import QUESTIONS, Clocks, Opening, Seen, watched
from checker.acquire.live.document import live_facts
from checker.acquire.live.fleet import failed
from checker.acquire.live.host import HostReading, read_host
from checker.acquire.live.reach import Certificate
from checker.cli.inputs import support_table
from checker.model.collection import Failure, FailureClass
from checker.model.diagnosis import State, Step
from checker.model.inventory import Connection, ExpectedServer
from checker.model.location import Location
from tests.acquire.live.examined_servers import (
    NOW,
    GroupedServer,
    Wires,
    certificate,
    closed_server,
    open_server,
    product_groups,
    told,
)
from tests.acquire.live.fake_session import (
    DENIED,
    PIPE,
    SNAPSHOT,
    FakeClock,
    FakeNetwork,
    FakeServer,
    Member,
    record,
)

OWN, DEFAULT = "AdsyncChecker", "Microsoft.PowerShell"
ORDER = ["name", "port", "TLS", "authentication", "endpoint", "module", "rights", "service", "clock skew"]
HOST = "sync01.fabrikam.example"
TARGET = Target(
    server="sync01", host=HOST, port=5986, authentication="ntlm", username="svc-audit", secret="nobody-may-see"
)
SUPPORT = support_table(None)


@dataclass
class Visit:
    """One server, and the way to it; all is well unless a test says otherwise."""

    endpoints: dict[str, GroupedServer | LiveError] = field(default_factory=lambda: {OWN: closed_server()})
    asked: str = ""  # the endpoint that the inventory names
    target: Target = TARGET
    wires: Wires = field(default_factory=Wires)
    credential: Failure | None = None
    whole: Failure | None = None  # why the server was not even tried
    computer: str = "sync01"
    is_over: bool = False
    seen: Seen = field(default_factory=Seen)
    opened: list[str] = field(default_factory=list)

    def steps(self) -> dict[str, Step]:
        """Diagnose the server, and give its steps by name."""
        connection = Connection(
            host=self.target.host, authentication=self.target.authentication, username=self.target.username,
            configuration_name=self.asked, tls=self.target.tls,
        )  # fmt: skip
        server = ExpectedServer(
            name="sync01", computer_name=self.computer, connection=connection, location=Location("servers.yaml")
        )
        reached = look_from_outside(self.target, self.wires.network(), lambda: NOW)
        failure = self.whole or reached.failure or self.credential
        reading = failed(failure.kind, failure.message) if failure else self.reading()
        observed = Observed(
            connection=connection,
            reached=reached,
            credential=self.credential,
            seen=self.seen,
            live=live_facts(server, reading, taken=NOW, support=SUPPORT),
        )
        steps = diagnose(observed)
        assert ORDER == [step.name for step in steps]
        assert "nobody-may-see" not in repr(steps)
        return {step.name: step for step in steps}

    def reading(self) -> HostReading:
        """Read the server, with somebody watching."""
        clock = FakeClock()
        network = FakeNetwork(dict(self.endpoints))
        clocks = Clocks(monotonic=clock.monotonic, now=clock.now, is_over=lambda: self.is_over)
        watching = watched(network, {"sync01": self.seen}, clocks)
        reading = read_host(
            watching, self.target, self.asked,
            budget_seconds=60, monotonic=clock.monotonic, now=clock.now, max_age=None,
        )  # fmt: skip
        self.opened += network.opened
        return reading


def states(steps: dict[str, Step]) -> dict[str, str]:
    """Give the state of each step."""
    return {name: step.state.value for name, step in steps.items()}


def up_to(name: str, state: str = "failed", *, warnings: tuple[str, ...] = ()) -> dict[str, str]:
    """Give the states of a server on which the step *name* is the first that is not taken."""
    at = ORDER.index(name)
    before = {one: "warning" if one in warnings else "ok" for one in ORDER[:at]}
    return {**before, name: state, **dict.fromkeys(ORDER[at + 1 :], "skipped")}


def the_open(**more: Any) -> Visit:
    """Visit the default endpoint of a server, which the inventory names."""
    return Visit(endpoints={DEFAULT: open_server(**more)}, asked=DEFAULT)


def test_all_is_well_with_the_module() -> None:
    """Every step is ok, and says what was found."""
    steps = Visit().steps()

    assert dict.fromkeys(ORDER, "ok") == states(steps)
    assert f"'{HOST}' has the address 192.0.2.1, 2001:db8:0:0:0:0:0:1." == steps["name"].sentence
    assert "Somebody listens at port 5986." == steps["port"].sentence
    assert (
        "The certificate for 'sync01.fabrikam.example' from 'Fabrikam CA' ends in 300 days, on 2027-09-18."
        == steps["TLS"].sentence
    )
    assert "The server accepts 'ntlm' as 'svc-audit'." == steps["authentication"].sentence
    assert "The endpoint 'AdsyncChecker' is there, and the account may use it." == steps["endpoint"].sentence
    assert "'Get-AdsyncFact' is there, version 1.0.0." == steps["module"].sentence
    assert r"The account 'FABRIKAM\svc-audit' is in ADSyncBrowse and ADSyncOperators." == steps["rights"].sentence
    assert "The service ADSync runs: its cmdlets answered the module." == steps["service"].sentence
    assert "The clock of the server and that of this machine agree." == steps["clock skew"].sentence


def test_all_is_well_without_the_module() -> None:
    """The session itself tells the rest; that the module is missing is said, with what to do."""
    steps = the_open().steps()

    assert {**dict.fromkeys(ORDER, "ok"), "module": "warning"} == states(steps)
    assert "adsync-checker server-module --out DIR" in steps["module"].sentence
    assert r"The account 'FABRIKAM\svc-audit' is in ADSyncBrowse." == steps["rights"].sentence
    assert "The service ADSync runs." == steps["service"].sentence


@pytest.mark.parametrize("step", ["name", "port", "TLS"])
def test_a_server_that_is_not_reached(step: str) -> None:
    """The step that fails says why, each later one names it, and no session is opened."""
    wires = {
        "name": Wires(names={HOST: FailureClass.DNS}),
        "port": Wires(ports={HOST: FailureClass.REFUSED}),
        "TLS": Wires(certificates={HOST: FailureClass.TLS}),
    }[step]
    visit = Visit(wires=wires)
    steps = visit.steps()

    assert up_to(step) == states(steps)
    assert f"The {step} of '{HOST}' does not work. Mend the {step}." == steps[step].sentence
    assert {f"It needs the step '{step}'."} == {steps[name].sentence for name in ORDER[ORDER.index(step) + 1 :]}
    assert ([], [step]) == (visit.opened, [name for name, _ in wires.asked][ORDER.index(step) :])


def test_a_bug_in_a_step_is_told_as_that_of_the_server() -> None:
    """Whatever is raised, it is a failed step, and the diagnosis goes on."""

    def broken(_target: Target) -> Certificate:
        raise ZeroDivisionError("with a text that nobody needs")

    network = replace(Wires().network(), certificate=broken)
    reached = look_from_outside(TARGET, network, lambda: NOW)

    assert ["ok", "ok", "failed"] == [step.state.value for step in reached.steps]
    assert "ZeroDivisionError was raised" in reached.steps[2].sentence
    assert reached.failure is not None
    assert FailureClass.INTERNAL is reached.failure.kind


@pytest.mark.parametrize(
    ("left", "state", "words"),
    [
        (timedelta(days=300), "ok", "ends in 300 days, on 2027-09-18."),
        (timedelta(days=30), "ok", "ends in 30 days, on 2026-12-22."),
        (timedelta(days=30, seconds=-1), "warning", "ends in 29 days, on 2026-12-22; give the listener"),
        (timedelta(days=1), "warning", "ends in 1 day, on 2026-11-23; give the listener"),
        (timedelta(seconds=-1), "warning", "has ended, on 2026-11-22; give the listener"),
    ],
    ids=["long", "the bound", "below the bound", "one day", "ended"],
)
def test_a_certificate_that_ends(left: timedelta, state: str, words: str) -> None:
    """Less than 30 days before its end is a warning that says what to do."""
    step = Visit(wires=Wires(shown=certificate(left))).steps()["TLS"]

    assert state == step.state.value
    assert words in step.sentence


@pytest.mark.parametrize(
    ("target", "shown", "words"),
    [
        (replace(TARGET, tls=False), certificate(), "'tls: false'"),
        (replace(TARGET, tls_verified=False), certificate(), "'--no-verify-tls'"),
        (TARGET, Certificate(), "does not say when it ends"),
    ],
    ids=["no TLS", "not verified", "no date"],
)
def test_tls_that_proves_less(target: Target, shown: Certificate, words: str) -> None:
    """It goes on, and is never ok."""
    steps = Visit(target=target, wires=Wires(shown=shown)).steps()

    assert {**dict.fromkeys(ORDER, "ok"), "TLS": "warning"} == states(steps)
    assert words in steps["TLS"].sentence


def test_behind_a_proxy() -> None:
    """What only the proxy can see is not looked at and not ok; its address, which may hold a secret, is not told."""
    visit = Visit(target=replace(TARGET, proxy="http://me:hush@proxy.example:3128"))
    steps = visit.steps()

    assert {**dict.fromkeys(ORDER, "ok"), **dict.fromkeys(("name", "port", "TLS"), "warning")} == states(steps)
    assert [] == visit.wires.asked
    assert "hush" not in repr(steps)


@pytest.mark.parametrize(
    ("target", "words"),
    [(replace(TARGET, tls_verified=False), "'--no-verify-tls'"), (replace(TARGET, tls=False), "'tls: false'")],
    ids=["not verified", "no TLS"],
)
def test_behind_a_proxy_what_is_not_proven_is_said_too(target: Target, words: str) -> None:
    """A proxy does not hide that anybody may have answered."""
    step = Visit(target=replace(target, proxy="http://proxy.example:3128")).steps()["TLS"]

    assert words in step.sentence


LANDS = {
    **dict.fromkeys(("dns",), "name"),
    **dict.fromkeys(("refused", "unreachable", "connect-timeout", "proxy"), "port"),
    "tls": "TLS",
    **dict.fromkeys(("endpoint-missing", "endpoint-denied"), "endpoint"),
}
"""Where a failure to open a session belongs; every other one is of the step that opens it."""


@pytest.mark.parametrize("kind", [one for one in FailureClass if one is not FailureClass.IDENTITY])
def test_a_session_that_is_not_opened(kind: FailureClass) -> None:
    """Whatever the class, one step fails, all before it are ok, and none after it was taken."""
    visit = Visit(endpoints={DEFAULT: LiveError(kind, "It went wrong. Do this.")}, asked=DEFAULT)
    steps = visit.steps()
    landed = LANDS.get(kind.value, "authentication")

    assert up_to(landed) == states(steps)
    assert "It went wrong. Do this." in steps[landed].sentence


def test_a_credential_that_nobody_has() -> None:
    """The server is looked at all the same, as far as that needs no credential."""
    failure = Failure(kind=FailureClass.CREDENTIAL_UNAVAILABLE, message="The environment variable 'PW' is not set.")
    visit = Visit(credential=failure)
    steps = visit.steps()

    assert up_to("authentication") == states(steps)
    assert "The environment variable 'PW' is not set." == steps["authentication"].sentence
    assert [] == visit.opened


@pytest.mark.parametrize(
    ("kind", "state"),
    [
        (FailureClass.SKIPPED, "skipped"),
        (FailureClass.INTERRUPTED, "skipped"),
        (FailureClass.DEADLINE, "failed"),
        (FailureClass.INTERNAL, "failed"),
    ],
)
def test_a_server_that_was_not_asked(kind: FailureClass, state: str) -> None:
    """It says why: because another one rejected the credential, or the run was ended; it is never ok."""
    steps = Visit(whole=Failure(kind=kind, message="'sync02' rejected the same credential.")).steps()

    assert up_to("authentication", state) == states(steps)
    assert "'sync02' rejected the same credential." == steps["authentication"].sentence


def test_the_default_endpoint_where_there_is_no_other() -> None:
    """That the better one is missing is a warning, with the name of the one that is used."""
    visit = Visit(endpoints={DEFAULT: open_server()})
    step = visit.steps()["endpoint"]

    assert [OWN, DEFAULT] == visit.opened
    assert "warning" == step.state.value
    assert step.sentence.startswith("There is no endpoint 'AdsyncChecker', so 'Microsoft.PowerShell' is used")
    assert "adsync-checker server-module --out DIR" in step.sentence


def test_no_endpoint_at_all() -> None:
    """The last one that was tried is named, and what to do."""
    visit = Visit(endpoints={})
    steps = visit.steps()

    assert [OWN, DEFAULT] == visit.opened
    assert up_to("endpoint") == states(steps)
    assert steps["endpoint"].sentence.startswith("'Microsoft.PowerShell': There is no endpoint")
    assert "adsync-checker server-module --out DIR" in steps["endpoint"].sentence


def test_an_endpoint_that_is_named_is_the_only_one() -> None:
    """Nothing else is tried in its place."""
    visit = Visit(endpoints={OWN: closed_server()}, asked="Other")

    assert up_to("endpoint") == states(visit.steps())
    assert ["Other"] == visit.opened


def test_an_endpoint_that_denies_ends_the_way() -> None:
    """A denial is not gone round by another endpoint."""
    visit = Visit(endpoints={OWN: LiveError(FailureClass.ENDPOINT_DENIED, "Denied."), DEFAULT: open_server()})

    assert up_to("endpoint") == states(visit.steps())
    assert [OWN] == visit.opened


def test_another_computer_answers() -> None:
    """What was seen of it says nothing of the one that was meant: no step is ok."""
    steps = Visit(computer="sync02").steps()

    assert up_to("name") == states(steps)
    assert "calls itself 'SYNC01'" in steps["name"].sentence


def test_a_module_that_gives_no_document() -> None:
    """In the endpoint of the module nothing is left; what its document would have told is skipped, not guessed."""
    visit = Visit(endpoints={OWN: replace(closed_server(), facts=["no JSON"])})
    steps = visit.steps()

    assert {**up_to("module"), "module": "failed"} == states(steps)
    assert steps["module"].sentence.startswith("Nothing could be read: ")
    assert "It needs the step 'module'." == steps["rights"].sentence


def test_a_module_that_fails_beside_cmdlets() -> None:
    """That the facts were read in another way does not make the module well; the session still tells the rest."""
    steps = the_open(facts=["no JSON"]).steps()

    assert {**dict.fromkeys(ORDER, "ok"), "module": "failed"} == states(steps)
    assert steps["module"].sentence.startswith("'Get-AdsyncFact' is there, and the facts had to be read by cmdlets.")


def test_facts_that_are_broken_in_part() -> None:
    """An answer that failed is not hidden by the others that came."""
    steps = the_open(
        broken={"Get-WinEvent": record(FailureClass.PIPELINE_ERROR, "Broken", "The log is broken.")}
    ).steps()

    assert "failed" == steps["module"].state.value
    assert "pipeline-error: Get-WinEvent, log Application, event 6949: The log is broken." in steps["module"].sentence


def test_facts_from_a_snapshot() -> None:
    """Where it lies, when it was written and whose it is stands in the sentence."""
    text = json.dumps(told(moment="2026-11-22T09:00:00Z"))
    steps = the_open(broken={"Get-ADSyncRule": PIPE}, snapshot=text).steps()

    assert "ok" == steps["module"].state.value, steps["module"].sentence
    assert SNAPSHOT in steps["module"].sentence
    assert r"owned by 'NT AUTHORITY\SYSTEM'" in steps["module"].sentence
    assert "ok" == steps["rights"].state.value


def test_no_snapshot() -> None:
    """That there is none, which was looked for in need, is no failure of its own."""
    steps = the_open(broken={"Get-ADSyncRule": PIPE}).steps()

    assert ("warning", "failed") == (steps["module"].state.value, steps["rights"].state.value)


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        (FailureClass.DEADLINE, "Give the server more time with '--timeout'"),
        (FailureClass.TOO_LARGE, "Run 'Get-AdsyncFact' by hand on the server"),
    ],
)
def test_nothing_that_could_be_read(kind: FailureClass, words: str) -> None:
    """What to do depends on what went wrong."""

    def before(pipeline: Pipeline, _seconds: float) -> None:
        if pipeline.commands[0].name == "Get-AdsyncFact":
            raise LiveError(kind, "It was too much")

    steps = Visit(endpoints={OWN: closed_server(before=before)}).steps()

    assert "failed" == steps["module"].state.value
    assert steps["module"].sentence.startswith("Nothing could be read: Get-AdsyncFact: It was too much. ")
    assert words in steps["module"].sentence


@pytest.mark.parametrize(
    ("groups", "state", "words"),
    [
        (product_groups(ADSyncAdmins=(r"FABRIKAM\svc-audit", "User")), "ok", "is in ADSyncAdmins."),
        (product_groups(), "warning", "is in none of ADSyncAdmins, ADSyncOperators, ADSyncBrowse, ADSyncPasswordSet."),
        (
            product_groups(ADSyncBrowse=(r"FABRIKAM\Auditors", "Group")),
            "warning",
            r"it may be by 'FABRIKAM\Auditors' in ADSyncBrowse.",
        ),
        (product_groups(ADSyncBrowse=(r"FABRIKAM\svc-audit2", "User")), "warning", "is in none of"),
        ({}, "warning", "cannot be told. ADSyncAdmins: there is no such group; "),
    ],
    ids=["in one", "in none", "through a group", "a longer name", "no such groups"],
)
def test_rights(groups: dict[str, list[tuple[str, str]]], state: str, words: str) -> None:
    """Being in a group is seen; not being in one is only said where it was seen as well."""
    step = the_open(groups=groups).steps()["rights"]

    assert state == step.state.value
    assert words in step.sentence
    assert r"FABRIKAM\svc-audit'" in step.sentence


@pytest.mark.parametrize(
    ("more", "words"),
    [
        (
            {"group_error": record(FailureClass.PIPELINE_ERROR, "Sid", "No trust relationship.")},
            "No trust relationship.",
        ),
        ({"hidden": ("Get-LocalGroupMember",)}, "does not show 'Get-LocalGroupMember'"),
        ({"environment": {"PROCESSOR_ARCHITECTURE": "AMD64"}}, "does not say who it is"),
    ],
    ids=["an error", "hidden", "nobody"],
)
def test_rights_that_cannot_be_told(more: dict[str, Any], words: str) -> None:
    """It is a warning that says why, never ok."""
    step = the_open(**({"groups": product_groups()} | more)).steps()["rights"]

    assert "warning" == step.state.value
    assert words in step.sentence


def test_the_module_does_not_tell_groups() -> None:
    """An empty list may mean that nobody looked, and is no proof of anything."""
    step = Visit(endpoints={OWN: closed_server(told(groups=[]))}).steps()["rights"]

    assert "warning" == step.state.value
    assert "cannot be told" in step.sentence


@pytest.mark.parametrize(
    ("error", "words"),
    [(DENIED, "command-denied: Get-ADSyncRule: Access is denied."), (PIPE, "adsync-checker server-module --out DIR")],
    ids=["denied", "the pipe"],
)
def test_a_right_that_is_missing(error: Any, words: str) -> None:
    """What was refused fails the step, whatever groups the account is in."""
    step = the_open(broken={"Get-ADSyncRule": error}).steps()["rights"]

    assert "failed" == step.state.value
    assert "is in ADSyncBrowse." in step.sentence
    assert words in step.sentence


NO_SERVICE = record(FailureClass.ITEM_NOT_FOUND, "NoServiceFoundForGivenName", "Cannot find any service.")


@pytest.mark.parametrize(
    ("more", "state", "words"),
    [
        ({"service": Member(4, "Running")}, "ok", "The service ADSync runs."),
        ({"service": Member(1, "Stopped")}, "failed", "its state is 'Stopped'. Start it with 'Start-Service ADSync'"),
        ({"broken": {"Get-Service": NO_SERVICE}}, "failed", "There is no service ADSync"),
        ({"broken": {"Get-Service": DENIED}}, "warning", "cannot be told: Get-Service: Access is denied."),
        ({"hidden": ("Get-Service",)}, "warning", "does not show 'Get-Service'"),
        (
            {"service": Member(1, "Stopped"), "broken": {"Get-ADSyncRule": PIPE}},
            "failed",
            "The service ADSync is stopped, not running.",
        ),
    ],
    ids=["runs", "stopped", "missing", "denied", "hidden", "stopped, as the cmdlets say"],
)
def test_the_service(more: dict[str, Any], state: str, words: str) -> None:
    """It runs only where that was seen."""
    step = the_open(**more).steps()["service"]

    assert state == step.state.value
    assert words in step.sentence


def test_the_service_as_the_module_sees_it() -> None:
    """Where its cmdlets gave nothing nobody knows; where its pipe is closed on its own computer, it failed."""
    answers = {name: {"status": "error", "detail": "Something broke."} for name in told()["cmdlets"]}
    silent = Visit(endpoints={OWN: closed_server({**told(), "cmdlets": answers})}).steps()
    closed = {name: {"status": "error", "detail": PIPE.message} for name in told()["cmdlets"]}
    refused = Visit(endpoints={OWN: closed_server({**told(), "cmdlets": closed})}).steps()

    assert "warning" == silent["service"].state.value
    assert "cannot be told" in silent["service"].sentence
    assert ("failed", "ok") == (refused["service"].state.value, refused["rights"].state.value)
    assert "did not answer the module on its own computer" in refused["service"].sentence


@pytest.mark.parametrize(
    ("moment", "state", "words"),
    [
        ("2026-11-22T10:00:00Z", "ok", "agree."),
        ("2026-11-22T10:01:00Z", "ok", "is 1 min ahead of that of this machine."),
        ("2026-11-22T10:01:01Z", "warning", "is 1 min 1 s ahead of"),
        ("2026-11-22T09:58:00Z", "warning", "is 2 min behind"),
        ("2026-11-22T10:05:00Z", "warning", "is 5 min ahead of"),
        ("2026-11-22T10:05:01Z", "failed", "is 5 min 1 s ahead of that of this machine, and Kerberos refuses"),
        ("2026-11-22T07:59:30Z", "failed", "is 2 h 30 s behind that of this machine, and Kerberos refuses"),
    ],
)
@pytest.mark.parametrize("by_module", [True, False], ids=["module", "session"])
def test_the_clock(by_module: bool, moment: str, state: str, words: str) -> None:
    """More than a minute is a warning, and more than five minutes is what Kerberos refuses."""
    visit = Visit(endpoints={OWN: closed_server(told(moment=moment))}) if by_module else the_open(time=moment)
    step = visit.steps()["clock skew"]

    assert state == step.state.value
    assert words in step.sentence


def test_no_clock_at_all() -> None:
    """That nobody can tell is a warning."""
    step = the_open(hidden=("Get-Date",)).steps()["clock skew"]

    assert "warning" == step.state.value
    assert "cannot be told" in step.sentence


def unwatched(server: FakeServer) -> HostReading:
    """Read the default endpoint as a collection does."""
    clock = FakeClock()
    return read_host(
        FakeNetwork({DEFAULT: server}), TARGET, DEFAULT,
        budget_seconds=60, monotonic=clock.monotonic, now=clock.now, max_age=None,
    )  # fmt: skip


def test_watching_changes_nothing() -> None:
    """The same is asked first, in the same order, and the same reading comes of it; what a doctor asks comes last."""
    plain, watched_server = open_server(), open_server()
    expected = unwatched(plain)

    assert expected == Visit(endpoints={DEFAULT: watched_server}, asked=DEFAULT).reading()
    assert plain.ran == watched_server.ran[: len(plain.ran)]
    assert [one.pipeline for one in QUESTIONS][:1] == watched_server.ran[len(plain.ran) :][:1]


def silent(_pipeline: Pipeline, _seconds: float) -> None:
    """Answer nothing of what a doctor asks."""
    raise LiveError(FailureClass.DEADLINE, "It took too long.")


def lost(_pipeline: Pipeline, _seconds: float) -> None:
    """Lose the connection."""
    raise LiveError(FailureClass.CONNECTION_DROPPED, "The connection is lost.")


@pytest.mark.parametrize("trouble", [silent, lost])
def test_questions_that_are_not_answered(trouble: Callable[[Pipeline, float], None]) -> None:
    """What a doctor asks in vain takes nothing away from what was read, and is told as what nobody knows."""
    asked = {question.pipeline for question in QUESTIONS if question.item == "Get-Command"}

    def before(pipeline: Pipeline, seconds: float) -> None:
        if pipeline in asked:
            trouble(pipeline, seconds)

    expected = unwatched(open_server())
    visit = the_open(before=before)

    assert expected == visit.reading()
    assert ["warning", "warning"] == [visit.steps()[name].state.value for name in ("rights", "service")]


def test_a_session_that_ends_badly_was_opened() -> None:
    """What goes wrong while it is closed is no failure to open it."""

    @contextmanager
    def connect(_target: Target, _name: str, _seconds: float) -> Iterator[Session]:
        yield open_server()
        raise LiveError(FailureClass.CONNECTION_DROPPED, "It was gone when it was closed.")

    seen, clock = Seen(), FakeClock()
    watching = watched(connect, {"sync01": seen}, Clocks(monotonic=clock.monotonic, now=clock.now))
    with pytest.raises(LiveError), watching(TARGET, DEFAULT, 5.0):
        pass

    assert [Opening(DEFAULT)] == seen.openings


def test_a_run_that_ends_asks_nothing_more() -> None:
    """After an interruption the shell is closed at once."""
    server = open_server()
    visit = Visit(endpoints={DEFAULT: server}, asked=DEFAULT, is_over=True)
    visit.reading()

    assert QUESTIONS[0].pipeline not in server.ran
    assert visit.seen.answers is None


def test_only_what_reads_is_asked() -> None:
    """No command of a doctor changes anything."""
    names = {command.name for question in QUESTIONS for command in question.pipeline.commands}

    assert {
        "Get-Command", "Get-LocalGroupMember", "Get-Service", "Get-Date", "Get-Item", "Select-Object",
    } == names  # fmt: skip


def test_every_sentence_of_a_step_that_is_not_ok_ends_like_one() -> None:
    """They are sentences, with a full stop."""
    visits = [Visit(), the_open(), the_open(service=Member(1, "Stopped")), Visit(endpoints={}), Visit(computer="x")]
    for visit in visits:
        assert all(step.sentence.endswith(".") for step in visit.steps().values()), visit


def test_a_state_is_one_of_four() -> None:
    """The words are those that reports show."""
    assert ["ok", "warning", "failed", "skipped"] == [state.value for state in State]


def test_nothing_of_the_protocol_is_imported() -> None:
    """A diagnosis is drawn without the libraries that speak to servers."""
    code = (
        "import sys, checker.acquire.live.diagnosis, checker.pipeline.doctor, checker.report.doctor_text\n"
        "print([name for name in ('pypsrp', 'requests', 'spnego') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert "[]" == done.stdout.strip()
