"""A session with a server: what is asked, what is answered, and how each ends in time."""

from __future__ import annotations

import logging
import ssl
import time
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import count
from pathlib import Path

import pytest

from checker.acquire.cmdlet_objects import CmdletValue
from checker.acquire.live.commands import Answer, Argument, Command, LiveError, Pipeline, Target
from checker.acquire.live.session import Bounds, connector
from checker.acquire.live.transport import Patience
from checker.model.collection import FailureClass
from tests.acquire.live.scripted_server import (
    CAPABILITY,
    COMPLETED,
    ERROR,
    OPENED,
    POOL_STATE,
    Message,
    Request,
    Server,
    Shells,
    error_record,
    fault,
    output,
    response,
    served,
    state,
)
from tests.peer.certificates import Certificates, make_certificates
from tests.peer.faults import Drops, Faults, RequestFault
from tests.peer.peer import serving
from tests.peer.server_model import ACCOUNT, PASSWORD, FakeServer

SECRET = "Battery-Staple-5"
SCHEDULER = Pipeline((Command("Get-ADSyncScheduler"),))
IMPATIENT = Bounds(patience=Patience(connect=2.0, read=0.3), close=0.3, stop=0.3)
LOGGERS = ("pypsrp", "spnego", "urllib3", "requests", "krb5")


@pytest.fixture(scope="session")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    """Make certificates once for all tests."""
    return make_certificates(tmp_path_factory.mktemp("certificates"))


@pytest.fixture(autouse=True)
def levels() -> Iterator[None]:
    """Put the levels of the loggers back."""
    loggers = [logging.getLogger(name) for name in LOGGERS]
    before = [one.level for one in loggers]
    yield
    for logger, level in zip(loggers, before, strict=True):
        logger.setLevel(level)


@contextmanager
def world(shells: Callable[[Request], bytes | None], certificates: Certificates) -> Iterator[tuple[Server, Target]]:
    """Serve *shells* over TLS, and tell how they are reached."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificates.good.path)
    with served(shells, context) as server:
        yield server, target(server.port, certificates.authority)


def target(port: int, authority: Path) -> Target:
    """Give a server on loopback."""
    return Target(
        server="SYNC01",
        host="localhost",
        port=port,
        authentication="basic",
        username="svc",
        secret=SECRET,
        ca_bundle=str(authority),
    )


def ticking(step: float) -> Callable[[], float]:
    """Give a clock on which every look takes *step* seconds."""
    ticks = count()
    return lambda: next(ticks) * step


def answers(
    shells: Shells, certificates: Certificates, *pipelines: Pipeline, bounds: Bounds | None = None
) -> list[Answer | LiveError]:
    """Run *pipelines* in one session, and give what each gave or how it failed."""
    found: list[Answer | LiveError] = []
    with world(shells, certificates) as (_, told), connector(time.monotonic, bounds=bounds)(told, "", 20) as session:
        for pipeline in pipelines:
            try:
                found.append(session.run(pipeline, 20))
            except LiveError as error:
                found.append(error)
    return found


def answer(shells: Shells, certificates: Certificates, pipeline: Pipeline = SCHEDULER) -> Answer:
    """Run one pipeline, which has an answer."""
    (found,) = answers(shells, certificates, pipeline)
    assert isinstance(found, Answer)
    return found


def contents(found: Answer) -> list[object]:
    """Give what the values hold."""
    return [value.content for value in found.values]


def fails_to_open(
    shells: Callable[[Request], bytes | None],
    certificates: Certificates,
    *,
    bounds: Bounds | None = None,
    clock: Callable[[], float] = time.monotonic,
    seconds: float = 20.0,
) -> LiveError:
    """Open a session that cannot be opened."""
    with (
        world(shells, certificates) as (_, told),
        pytest.raises(LiveError) as caught,
        connector(clock, bounds=bounds)(told, "", seconds),
    ):
        pytest.fail("there is a session")
    return caught.value


def test_an_object_is_read_as_it_was_sent(certificates: Certificates) -> None:
    """Nothing of it is lost on the way: enumerations keep their number and their name, texts stay texts."""
    clixml = (
        '<Obj RefId="0"><TN RefId="0"><T>Selected.Scheduler</T><T>System.Object</T></TN><MS>'
        '<B N="SyncCycleEnabled">true</B><TS N="Interval">PT30M</TS><S N="Number">7</S>'
        '<Obj N="Policy" RefId="1"><TN RefId="1"><T>SyncPolicyType</T></TN><ToString>Delta</ToString><I32>1</I32></Obj>'
        '<Obj N="Names" RefId="2"><TNRef RefId="1" /><LST><S>a</S></LST></Obj></MS></Obj>'
    )
    (value,) = answer(Shells([[(output(clixml),), (COMPLETED,)]]), certificates).values

    assert ("Selected.Scheduler", "System.Object") == value.types
    assert [True, "PT30M", "7"] == [
        _property(value, name).content for name in ("SyncCycleEnabled", "Interval", "Number")
    ]
    assert (1, "Delta") == (_property(value, "policy").content, _property(value, "policy").text)
    names = _property(value, "names").content
    assert isinstance(names, tuple)
    assert ["a"] == [one.content for one in names]


def _property(value: CmdletValue, name: str) -> CmdletValue:
    found = value.get(name)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("clixml", "expected"),
    [
        pytest.param("<S>a line of JSON: {&quot;a&quot;: 1}</S>", 'a line of JSON: {"a": 1}', id="text"),
        pytest.param("<S>_x000A_</S>", "\n", id="what XML cannot hold"),
        pytest.param("<S>42</S>", "42", id="digits"),
        pytest.param("<I32>42</I32>", 42, id="a number"),
        pytest.param("<B>false</B>", False, id="false"),
        pytest.param("<Nil />", None, id="null"),
        pytest.param(
            "<G>b891884f-051e-4a83-95af-2544101c9083</G>", "b891884f-051e-4a83-95af-2544101c9083", id="a GUID"
        ),
        pytest.param("<SS>0100</SS>", None, id="a secret of the server"),
    ],
)
def test_a_plain_value_keeps_its_type(clixml: str, expected: object, certificates: Certificates) -> None:
    """A text that looks like a number is none."""
    assert [expected] == contents(answer(Shells([[(output(clixml), COMPLETED)]]), certificates))


def test_an_answer_comes_in_pieces(certificates: Certificates) -> None:
    """A server sends what it has, and nothing for a while."""
    batches: list[tuple[Message, ...]] = [(output("<I32>1</I32>"),), (), (output("<I32>2</I32>"), COMPLETED)]

    assert [1, 2] == contents(answer(Shells([batches]), certificates))


def test_a_pipeline_is_cmdlets_and_parameters_and_no_script(certificates: Certificates) -> None:
    """What an argument holds is data to the server, whatever it looks like."""
    shells = Shells([[(COMPLETED,)]])
    parameters: tuple[tuple[str, Argument], ...] = (
        ("Property", "Name; Remove-Item *"),
        ("EQ", None),
        ("Value", ("a", "$(b)")),
        ("Skip", 3),
        ("Large", 2**40),
        ("Force", True),
    )

    answer(shells, certificates, Pipeline((Command("Get-ADSyncRule"), Command("Where-Object", parameters))))

    (sent,) = (ET.fromstring(one) for one in shells.commands)
    assert ["Get-ADSyncRule", "Where-Object"] == [one.text for one in sent.iterfind(".//S[@N='Cmd']")]
    assert ["false", "false"] == [one.text for one in sent.iterfind(".//B[@N='IsScript']")]
    assert ["Property", "EQ", "Value", "Skip", "Large", "Force"] == [one.text for one in sent.iterfind(".//S[@N='N']")]
    values = sent.findall(".//*[@N='V']")
    assert ["S", "Nil", "Obj", "I32", "I64", "B"] == [one.tag for one in values]
    assert ["Name; Remove-Item *", None, None, "3", "1099511627776", "true"] == [one.text for one in values]
    assert ["a", "$(b)"] == [one.text for one in values[2].iterfind("LST/S")]


def test_the_endpoint_is_the_one_that_was_asked_for(certificates: Certificates) -> None:
    """Without a name it is the one that every server has; an orphan ends soon."""
    shells = Shells()
    with world(shells, certificates) as (server, told):
        for name in ("AdsyncChecker", ""):
            with connector(time.monotonic)(told, name, 20):
                pass

    first, second = (one.body for one in server.requests if one.action == "Create")
    assert b">http://schemas.microsoft.com/powershell/AdsyncChecker<" in first
    assert b">http://schemas.microsoft.com/powershell/Microsoft.PowerShell<" in second
    assert b"IdleTimeOut>PT300S<" in first
    assert 0 == shells.shells


def test_errors_are_told_beside_what_was_given(certificates: Certificates) -> None:
    """A pipeline that wrote an error still ends as completed, and says so nowhere else."""
    record = error_record("Denied,Get-ADSyncRule", "Access is denied.", category=18)
    found = answer(Shells([[(output("<S>a</S>"), (ERROR, record), COMPLETED)]]), certificates)

    assert ["a"] == contents(found)
    assert [(FailureClass.COMMAND_DENIED, "Denied,Get-ADSyncRule", "Access is denied.")] == [
        (one.kind, one.identifier, one.message) for one in found.errors
    ]


def test_a_pipeline_that_failed_tells_why(certificates: Certificates) -> None:
    """The error that ended it comes with its last state."""
    record = error_record("CommandNotFoundException", "No such command.", category=13, name="ExceptionAsErrorRecord")
    found = answer(Shells([[(state(5, record),)]]), certificates)

    assert [FailureClass.COMMAND_NOT_AVAILABLE] == [one.kind for one in found.errors]


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        pytest.param(5, "The pipeline failed without saying why.", id="failed"),
        pytest.param(3, "The pipeline was stopped on the server.", id="stopped by somebody else"),
        pytest.param(6, "The pipeline was stopped on the server.", id="disconnected"),
    ],
)
def test_a_pipeline_that_did_not_complete_is_an_error(number: int, expected: str, certificates: Certificates) -> None:
    """Its output is no whole answer, though nobody wrote an error."""
    found = answer(Shells([[(output("<S>a</S>"), state(number))]]), certificates)

    assert [(FailureClass.PIPELINE_ERROR, expected)] == [(one.kind, one.message) for one in found.errors]


def test_a_pipeline_that_was_stopped_with_an_error_is_told_to_be_stopped(certificates: Certificates) -> None:
    """An error that it wrote before does not speak for the rest."""
    written = (ERROR, error_record("PathNotFound,x", "There is none.", category=13))
    found = answer(Shells([[(written, state(3))]]), certificates)

    assert [FailureClass.ITEM_NOT_FOUND, FailureClass.PIPELINE_ERROR] == [one.kind for one in found.errors]


def test_a_pipeline_that_hangs_is_stopped_and_the_session_serves_on(certificates: Certificates) -> None:
    """One fact that cannot be had does not cost the others."""
    shells = Shells([[], [(output("<S>next</S>"), COMPLETED)]])
    with (
        world(shells, certificates) as (_, told),
        connector(ticking(0.01))(told, "", 20) as session,
    ):
        with pytest.raises(LiveError, match="'Get-ADSyncScheduler' did not end within 1 seconds") as caught:
            session.run(SCHEDULER, 1)
        found = session.run(SCHEDULER, 1)

    assert FailureClass.DEADLINE is caught.value.failure.kind
    assert (["next"], 1, 0) == (contents(found), shells.stopped, shells.shells)


def test_a_pipeline_that_cannot_be_stopped_ends_the_session(certificates: Certificates) -> None:
    """What still runs on the server would answer in place of the next."""
    shells = Shells([[], [(COMPLETED,)]], instead={"Signal": lambda one: fault(one, 2150858843, "no such shell")})
    with (
        world(shells, certificates) as (_, told),
        connector(ticking(0.01))(told, "", 20) as session,
    ):
        with pytest.raises(LiveError) as first:
            session.run(SCHEDULER, 1)
        with pytest.raises(LiveError) as second:
            session.run(SCHEDULER, 1)

    assert [FailureClass.DEADLINE, FailureClass.SHELL_LOST] == [one.value.failure.kind for one in (first, second)]
    assert 1 == len(shells.commands)


def test_too_many_objects_are_no_answer(certificates: Certificates) -> None:
    """The pipeline is stopped, and the session serves on."""
    many = tuple(output("<I32>1</I32>") for _ in range(11))
    shells = Shells([[many], [many[:10], (COMPLETED,)]])
    first, second = answers(shells, certificates, SCHEDULER, SCHEDULER, bounds=Bounds(objects=10))

    assert isinstance(first, LiveError)
    assert isinstance(second, Answer)
    assert FailureClass.TOO_LARGE is first.failure.kind
    assert "'Get-ADSyncScheduler' gave more than 10 objects, and was stopped." == first.failure.message
    assert (10, 1) == (len(second.values), shells.stopped)


def test_too_many_objects_are_no_answer_though_the_pipeline_is_done(certificates: Certificates) -> None:
    """There is nothing left to stop then."""
    many = tuple(output("<I32>1</I32>") for _ in range(11))
    shells = Shells([[(*many, COMPLETED)]])
    (found,) = answers(shells, certificates, SCHEDULER, bounds=Bounds(objects=10))

    assert isinstance(found, LiveError)
    assert (FailureClass.TOO_LARGE, 0) == (found.failure.kind, shells.stopped)


def test_too_many_bytes_are_no_answer(certificates: Certificates) -> None:
    """A few objects may be as large as many."""
    shells = Shells([[(output(f"<S>{'a' * 200_000}</S>"), COMPLETED)]])
    (found,) = answers(shells, certificates, SCHEDULER, bounds=Bounds(size=100_000))

    assert isinstance(found, LiveError)
    assert FailureClass.TOO_LARGE is found.failure.kind
    assert 0 == shells.shells


@pytest.mark.parametrize(
    "clixml",
    [
        pytest.param("<What>1</What>", id="an unknown element"),
        pytest.param("<I32>x</I32>", id="a number that is none"),
        pytest.param("<S>a", id="half an element"),
        pytest.param("<!DOCTYPE a [<!ENTITY b 'c'>]><S>&b;</S>", id="a DOCTYPE"),
        pytest.param("", id="nothing"),
    ],
)
def test_an_object_that_cannot_be_read_is_no_answer(clixml: str, certificates: Certificates) -> None:
    """What is left out would be taken for absent."""
    (found,) = answers(Shells([[(output("<S>a</S>"), output(clixml), COMPLETED)]]), certificates, SCHEDULER)

    assert isinstance(found, LiveError)
    assert FailureClass.PROTOCOL_ERROR is found.failure.kind


def test_an_error_record_with_a_doctype_is_no_answer(certificates: Certificates) -> None:
    """What is read by pypsrp is plain data, too."""
    record = f"<!DOCTYPE a [<!ENTITY b 'c'>]>{error_record('x', 'y')}"
    (found,) = answers(Shells([[((ERROR, record), COMPLETED)]]), certificates, SCHEDULER)

    assert isinstance(found, LiveError)
    assert FailureClass.PROTOCOL_ERROR is found.failure.kind


@pytest.mark.parametrize(
    ("shells", "expected"),
    [
        pytest.param(
            Shells(instead={"Create": lambda one: fault(one, 5, "Access is denied.")}), "endpoint-denied", id="denied"
        ),
        pytest.param(
            Shells(instead={"Create": lambda one: fault(one, 2150858811, "not in the catalog")}),
            "endpoint-missing",
            id="missing",
        ),
        pytest.param(Shells(instead={"Create": lambda one: fault(one, 2150859173, "5 shells")}), "busy", id="busy"),
        pytest.param(
            Shells(instead={"Create": lambda _: response("200 OK", "hello")}), "protocol-error", id="no answer"
        ),
        pytest.param(Shells(instead={"Create": lambda _: None}), "connection-dropped", id="dropped"),
        pytest.param(Shells(instead={"Receive": lambda _: None}), "connection-dropped", id="dropped after the first"),
        pytest.param(
            Shells(instead={"Receive": lambda one: fault(one, 2150858843, "no shell")}), "shell-lost", id="lost"
        ),
        pytest.param(
            Shells(opening=(*OPENED[:1], (POOL_STATE, '<Obj RefId="0"><MS><I32 N="RunspaceState">5</I32></MS></Obj>'))),
            "shell-lost",
            id="broken",
        ),
        pytest.param(
            Shells(opening=(*OPENED[:1], (POOL_STATE, '<Obj RefId="0"><MS><I32 N="RunspaceState">3</I32></MS></Obj>'))),
            "shell-lost",
            id="closed",
        ),
        pytest.param(Shells(opening=((CAPABILITY, "<Obj"),)), "protocol-error", id="no CLIXML"),
    ],
)
def test_a_session_that_cannot_be_opened_tells_why_and_leaves_no_shell(
    shells: Shells, expected: str, certificates: Certificates
) -> None:
    """What was opened on the server before it failed is closed there."""
    error = fails_to_open(shells, certificates)

    assert expected == error.failure.kind.value
    assert 0 == shells.shells


def test_a_server_that_takes_a_request_and_never_answers(certificates: Certificates) -> None:
    """Nothing more is asked of it, but that the shell which it may have opened be closed."""
    quiet = _Quiet()
    error = fails_to_open(quiet, certificates, bounds=IMPATIENT)

    assert (FailureClass.READ_TIMEOUT, ["Create", "Delete"]) == (error.failure.kind, quiet.actions)


class _Quiet:
    """Keeps the connection open, and says nothing that is an answer."""

    def __init__(self) -> None:
        self.actions: list[str] = []

    def __call__(self, request: Request) -> bytes:
        self.actions.append(request.action)
        return b""


def test_what_is_not_answered_is_not_asked_again(certificates: Certificates) -> None:
    """Pypsrp by itself would ask for output five times more, and wait longer each time."""
    shells = Shells(instead={"Receive": lambda _: b""})
    with (
        world(shells, certificates) as (server, told),
        pytest.raises(LiveError) as caught,
        connector(time.monotonic, bounds=IMPATIENT)(told, "", 20),
    ):
        pytest.fail("there is a session")

    assert FailureClass.READ_TIMEOUT is caught.value.failure.kind
    assert ["Create", "Receive", "Delete"] == [one.action for one in server.requests]


def test_the_time_to_open_is_over(certificates: Certificates) -> None:
    """A server that opens and opens is not waited for."""
    shells = Shells(opening=())
    error = fails_to_open(shells, certificates, clock=ticking(0.01), seconds=2)

    assert (FailureClass.DEADLINE, 0) == (error.failure.kind, shells.shells)


def test_what_goes_wrong_while_closing_hides_nothing(certificates: Certificates) -> None:
    """The first error is the one that counts."""
    shells = Shells(instead={"Command": lambda one: fault(one, 5, "Access is denied."), "Delete": lambda _: None})
    with (
        world(shells, certificates) as (_, told),
        pytest.raises(LiveError) as caught,
        connector(time.monotonic)(told, "", 20) as session,
    ):
        session.run(SCHEDULER, 20)

    assert FailureClass.ENDPOINT_DENIED is caught.value.failure.kind


def test_closing_a_shell_of_a_dead_server_ends(certificates: Certificates) -> None:
    """Nobody waits longer for the end than was said; what was read is kept."""
    shells = Shells([[(output("<S>a</S>"), COMPLETED)]], instead={"Delete": lambda _: b""})
    (found,) = answers(shells, certificates, SCHEDULER, bounds=IMPATIENT)

    assert isinstance(found, Answer)
    assert ["a"] == contents(found)


def test_a_shell_of_which_nothing_was_heard_is_closed(certificates: Certificates) -> None:
    """The answer to its opening was lost; the client knows it all the same, for it chose the number."""
    shells = Shells()

    def opened_and_lost(_request: Request) -> None:
        shells.shells += 1

    shells.instead["Create"] = opened_and_lost
    error = fails_to_open(shells, certificates)

    assert (FailureClass.CONNECTION_DROPPED, 0) == (error.failure.kind, shells.shells)


def test_a_shell_is_closed_over_a_new_connection_where_the_old_one_ends(certificates: Certificates) -> None:
    """One more try, and no more: a server that is gone is not waited for."""
    shells = Shells([[(COMPLETED,)]])
    drops = iter([True, False])
    shells.instead["Delete"] = lambda one: None if next(drops) else Shells.__call__(replace(shells, instead={}), one)
    with world(shells, certificates) as (server, told), connector(time.monotonic)(told, "", 20) as session:
        session.run(SCHEDULER, 20)

    assert ["Delete", "Delete"] == [one.action for one in server.requests if one.action == "Delete"]
    assert 2 == server.connections


def test_a_sealed_session_that_is_lost_leaves_no_shell() -> None:
    """Its messages were encrypted for a connection that is gone; the shell is closed over another."""
    lost = Faults(requests=(RequestFault(does=Drops(), on="Command", times=1),))
    with serving([FakeServer(name="SYNC01", faults=lost)]) as peer:
        told = Target(
            server="SYNC01",
            host="localhost",
            port=peer.port_of("SYNC01"),
            tls=False,
            authentication="ntlm",
            username=ACCOUNT,
            secret=PASSWORD,
        )
        with (
            pytest.raises(LiveError) as caught,
            connector(time.monotonic)(told, "", 20) as session,
        ):
            session.run(SCHEDULER, 20)
        counts, still_open = peer.counts_of("SYNC01"), peer.open_shells

    assert FailureClass.CONNECTION_DROPPED is caught.value.failure.kind
    assert () == still_open
    assert sum(counts.actions.values()) == counts.sealed


def test_an_exception_of_the_caller_comes_out_as_it_is(certificates: Certificates) -> None:
    """A bug elsewhere is no matter of a session, but the shell is closed."""
    shells = Shells()
    with (
        world(shells, certificates) as (_, told),
        pytest.raises(ZeroDivisionError),
        connector(time.monotonic)(told, "", 20),
    ):
        raise ZeroDivisionError

    assert 0 == shells.shells


@pytest.mark.parametrize(
    ("instead", "expected"),
    [
        pytest.param(lambda _: None, "connection-dropped", id="dropped"),
        pytest.param(lambda one: fault(one, 2150858843, "no shell"), "shell-lost", id="shell lost"),
        pytest.param(lambda _: response("200 OK", "<a/>"), "protocol-error", id="another answer"),
    ],
)
def test_a_session_that_was_lost_is_not_asked_again(
    instead: Callable[[Request], bytes | None], expected: str, certificates: Certificates
) -> None:
    """What follows fails in the same way, without a request."""
    shells = Shells([[], []], instead={})
    with (
        world(shells, certificates) as (server, told),
        connector(time.monotonic)(told, "", 20) as session,
    ):
        shells.instead["Receive"] = instead
        kinds = []
        for _ in range(2):
            with pytest.raises(LiveError) as caught:
                session.run(SCHEDULER, 20)
            kinds.append(caught.value.failure.kind.value)
        before = len(server.requests)

    assert [expected, expected] == kinds
    assert ["Create", "Receive", "Command", "Receive"] == [one.action for one in server.requests[:before]]


def test_a_credential_that_is_rejected_in_the_middle_is_not_shown_again(certificates: Certificates) -> None:
    """Not even to close the shell: the account may have been locked meanwhile."""
    shells = Shells([[]], instead={})
    with (
        world(shells, certificates) as (server, told),
        connector(time.monotonic)(told, "", 20) as session,
    ):
        shells.instead["Command"] = lambda _: response("401 Unauthorized", WWW_Authenticate="Basic")
        with pytest.raises(LiveError) as caught:
            session.run(SCHEDULER, 20)

    assert FailureClass.AUTH_REJECTED is caught.value.failure.kind
    assert ["Create", "Receive", "Command"] == [one.action for one in server.requests]


def everything_about(error: BaseException | None) -> str:
    """Give all that a careless hand could print of an exception and of what is behind it."""
    found = []
    while error is not None:
        found.append(f"{error} {error!r} {error.args!r} {getattr(error, 'failure', '')!r}")
        error = error.__cause__ or error.__context__
    return "\n".join(found)


@pytest.mark.parametrize(
    "shells",
    [
        pytest.param(Shells(instead={"Create": lambda one: fault(one, 87, f"bad {SECRET}")}), id="a fault"),
        pytest.param(Shells(instead={"Create": lambda _: response("500 Oops", SECRET)}), id="a page"),
        pytest.param(Shells(instead={"Create": lambda _: response("200 OK", f"<a>{SECRET}</a>")}), id="an answer"),
        pytest.param(Shells(instead={"Create": lambda _: f"{SECRET}\r\n\r\n".encode()}), id="another protocol"),
        pytest.param(
            Shells(instead={"Create": lambda _: response("401 Unauthorized", WWW_Authenticate=f"Basic {SECRET}")}),
            id="a rejection",
        ),
    ],
)
def test_a_secret_that_a_server_sends_back_is_nowhere(
    shells: Shells, certificates: Certificates, caplog: pytest.LogCaptureFixture
) -> None:
    """Neither in the exception, nor in what is behind it, nor in a log."""
    caplog.set_level(logging.DEBUG)
    error = fails_to_open(shells, certificates)

    assert SECRET not in everything_about(error)
    assert SECRET not in caplog.text
    assert error.__cause__ is error.__context__ is None


def test_a_secret_in_an_error_record_is_not_told(certificates: Certificates) -> None:
    """A cmdlet may show what it was given."""
    shells = Shells([[((ERROR, error_record("x", f"bad {SECRET}")), COMPLETED)]])

    assert "bad ***" == answer(shells, certificates).errors[0].message


def test_a_trace_leaves_the_libraries_as_they_are() -> None:
    """Whoever looks for a bug wants to read them."""
    for name in LOGGERS:
        logging.getLogger(name).setLevel(logging.DEBUG)
    connector(time.monotonic, trace=True)
    traced = {logging.getLogger(name).level for name in LOGGERS}
    connector(time.monotonic)

    assert {logging.DEBUG} == traced
    assert {logging.CRITICAL} == {logging.getLogger(name).level for name in LOGGERS}
