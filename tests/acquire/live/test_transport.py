"""How requests travel: nothing but what a target says, to nobody but the target, and never without an end."""

from __future__ import annotations

import base64
import gzip
import logging
import ssl
import struct
import time
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pypsrp.wsman
import pytest
import requests
from pypsrp.negotiate import HTTPNegotiateAuth
from pypsrp.powershell import RunspacePool
from pypsrp.wsman import WSMan

from checker.acquire.live.commands import LiveError, Target
from checker.acquire.live.failures import classify
from checker.acquire.live.tls import tls_context
from checker.acquire.live.transport import Patience, StrictWSMan, silence
from checker.acquire.live.wire import Allowance
from checker.model.collection import FailureClass
from tests.acquire.live.scripted_server import Request, envelope, response, served
from tests.peer.certificates import KEY_PASSWORD, Certificates, make_certificates

SECRET = "Correct-Horse-9"
HOOKS = (
    "this version of pypsrp has other insides; look at checker/acquire/live/transport.py and session.py, "
    "bind them anew, and move the bounds of the version in pyproject.toml"
)


@pytest.fixture(scope="session")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    """Make certificates once for all tests."""
    return make_certificates(tmp_path_factory.mktemp("certificates"))


def server_side(path: Path, clients: Path | None = None) -> ssl.SSLContext:
    """Give the TLS of a server that shows the certificate in *path*, and may ask for that of its clients."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    if clients is not None:
        context.load_verify_locations(clients)
        context.verify_mode = ssl.CERT_REQUIRED
    return context


def target(port: int, **more: object) -> Target:
    """Give a target on loopback that is reached by Basic over TLS, unless a test says otherwise."""
    settings: dict[str, object] = {
        "server": "SYNC01", "host": "localhost", "port": port, "authentication": "basic", "username": "svc",
        "secret": SECRET, **more,
    }  # fmt: skip
    return Target(**settings)  # type: ignore[arg-type] # as each test names them


def strict(target: Target, seconds: float = 20.0, size: int = 1_000_000) -> StrictWSMan:
    """Give the transport to *target*, with an allowance that is granted."""
    allowance = Allowance(time.monotonic)
    allowance.grant(seconds, size)
    return StrictWSMan(target, allowance, Patience())


def ask(wsman: WSMan) -> None:
    """Send one request, and read what answers it."""
    try:
        wsman.get_server_config()
    finally:
        wsman.close()


def kind_of(wsman: WSMan) -> FailureClass:
    """Say how one request fails."""
    with pytest.raises(Exception) as caught:  # noqa: PT011 - which one it is, is the matter of `classify`
        ask(wsman)
    return classify(caught.value)


def answered(request: Request) -> bytes:
    """Give an empty answer."""
    return response("200 OK", envelope(request, ""))


def test_the_hooks_of_pypsrp_are_where_they_were() -> None:
    """Two of them are private; when they are gone the sessions would be unbounded, or would not start."""
    wsman = WSMan("localhost", username="u", password="p", auth="basic")
    pool = RunspacePool(wsman)

    session = wsman.transport._build_session()
    assert isinstance(session, requests.Session), HOOKS
    assert {"http://", "https://"} == set(session.adapters), HOOKS
    assert "retries_on_read_timeout" in (WSMan.invoke.__kwdefaults__ or {}), HOOKS
    assert pool._serializer is pool._fragmenter.serializer, HOOKS
    assert hasattr(wsman.transport, "wrap_required"), HOOKS
    assert wsman.transport.encryption is None, HOOKS
    assert "s" in pypsrp.wsman.NAMESPACES, HOOKS
    session.close()


def test_the_session_takes_nothing_from_the_environment(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, certificates: Certificates
) -> None:
    """A proxy, a bundle, and the secrets of `.netrc` would all be used by requests itself."""
    netrc = tmp_path / "netrc"
    netrc.write_text("machine localhost login other password other\n")
    netrc.chmod(0o600)
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificates.other_authority))
    monkeypatch.setenv("CURL_CA_BUNDLE", str(certificates.other_authority))
    monkeypatch.setenv("SSLKEYLOGFILE", str(tmp_path / "keys"))
    monkeypatch.setenv("NETRC", str(netrc))
    with served(answered, server_side(certificates.good.path, certificates.authority)) as server:
        ask(
            strict(
                target(
                    server.port,
                    authentication="certificate",
                    secret="",
                    certificate=str(certificates.client),
                    certificate_key=str(certificates.client_key),
                    ca_bundle=str(certificates.authority),
                )
            )
        )

    assert ["http://schemas.dmtf.org/wbem/wsman/1/wsman/secprofile/https/mutual"] == [
        one.headers["authorization"] for one in server.requests
    ]
    assert not (tmp_path / "keys").exists()


def test_a_proxy_is_used_where_the_target_says_so(certificates: Certificates) -> None:
    """It is asked to connect, and learns nothing of the credential."""
    with served(response("502 Bad Gateway")) as proxy:
        wsman = strict(target(5986, proxy=f"http://127.0.0.1:{proxy.port}", ca_bundle=str(certificates.authority)))

        assert FailureClass.PROXY is kind_of(wsman)

    assert ["CONNECT localhost:5986"] == [one.line.rpartition(" ")[0] for one in proxy.requests]
    assert "authorization" not in proxy.requests[0].headers


@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "307 Temporary Redirect", "308 Permanent Redirect"])
def test_a_redirect_is_not_followed(status: str, certificates: Certificates) -> None:
    """It would lead the credential to somebody else."""
    with served(answered) as other:
        redirect = response(status, Location=f"http://127.0.0.1:{other.port}/wsman")
        with served(redirect, server_side(certificates.good.path)) as server:
            wsman = strict(target(server.port, ca_bundle=str(certificates.authority)))

            assert FailureClass.REDIRECT_REFUSED is kind_of(wsman)

    assert (1, 0) == (len(server.requests), len(other.requests))


def test_a_redirect_to_nowhere_is_no_answer(certificates: Certificates) -> None:
    """Without a place to go to, its content would pass for an answer."""
    with served(
        lambda one: response("304 Not Modified", envelope(one, "")), server_side(certificates.good.path)
    ) as server:
        wsman = strict(target(server.port, ca_bundle=str(certificates.authority)))

        assert FailureClass.REDIRECT_REFUSED is kind_of(wsman)


def test_a_rejected_password_is_sent_once(certificates: Certificates) -> None:
    """A 401 is never tried again: a few more of them lock the account."""
    rejection = response("401 Unauthorized", WWW_Authenticate='Basic realm="WSMAN"')
    with served(rejection, server_side(certificates.good.path)) as server:
        wsman = strict(target(server.port, ca_bundle=str(certificates.authority)))

        assert FailureClass.AUTH_REJECTED is kind_of(wsman)

    assert (1, 1) == (len(server.requests), server.connections)


def test_who_does_not_take_basic_has_rejected_nothing(certificates: Certificates) -> None:
    """The credential may be right, and other servers may take it."""
    refusal = response("401 Unauthorized", WWW_Authenticate="Negotiate, Kerberos")
    with served(refusal, server_side(certificates.good.path)) as server:
        wsman = strict(target(server.port, ca_bundle=str(certificates.authority)))

        assert FailureClass.AUTH_METHOD_UNAVAILABLE is kind_of(wsman)

    assert 1 == len(server.requests)


def challenge() -> str:
    """Give the second message of NTLM, of a server that nobody knows."""
    fields = struct.pack("<HHI", 0, 0, 56)
    body = b"NTLMSSP\x00" + struct.pack("<I", 2) + fields + struct.pack("<I", 0x62088215) + bytes(range(8)) + bytes(8)
    return base64.b64encode(body + fields + bytes(8)).decode()


@pytest.mark.parametrize("tls", [True, False])
def test_a_rejected_logon_by_ntlm_is_tried_once(tls: bool, certificates: Certificates) -> None:
    """Its three messages carry one answer to one challenge, and that is all that ever arrives."""

    def reject(request: Request) -> bytes:
        token = base64.b64decode(request.headers.get("authorization", "").removeprefix("Negotiate ").strip() or "")
        first = token[8:9] == b"\x01"
        return response("401 Unauthorized", WWW_Authenticate=f"Negotiate {challenge()}" if first else "Negotiate")

    with served(reject, server_side(certificates.good.path) if tls else None) as server:
        more = {"ca_bundle": str(certificates.authority)} if tls else {}
        assert FailureClass.AUTH_REJECTED is kind_of(
            strict(target(server.port, authentication="ntlm", tls=tls, **more))
        )

    tokens = [base64.b64decode(one.headers.get("authorization", "")[10:]) for one in server.requests]
    assert [b"", b"\x01", b"\x03"] == [token[8:9] for token in tokens]
    assert all(SECRET.encode(coding) not in one.body for one in server.requests for coding in ("utf-8", "utf-16-le"))


def test_an_authentication_is_bound_to_the_certificate_of_the_server(certificates: Certificates) -> None:
    """The channel binding is found through the reader that bounds what is read; else nobody would notice its loss."""
    context = server_side(certificates.good.path)
    with served(response("401 Unauthorized"), context) as server:
        wsman = strict(target(server.port, ca_bundle=str(certificates.authority)))
        session = wsman.transport._build_session()
        found = session.post(f"https://localhost:{server.port}/wsman", stream=True)
        binding = HTTPNegotiateAuth._get_cbt_data(found)  # type: ignore[no-untyped-call] # pypsrp says no types
        found.close()
        session.close()

    assert isinstance(binding, bytes)
    assert binding.startswith(b"tls-server-end-point:")


def test_what_is_not_encrypted_is_no_answer_without_tls() -> None:
    """Whoever stands between could have written it; pypsrp itself would take it."""
    with served(answered) as server:
        wsman = strict(target(server.port, tls=False, authentication="ntlm"))

        with pytest.raises(LiveError, match="The answer is not encrypted") as caught:
            ask(wsman)

    assert wsman.transport.wrap_required
    assert FailureClass.PROTOCOL_ERROR is caught.value.failure.kind


@pytest.mark.parametrize("authentication", ["basic", "certificate", "credssp", "digest"])
def test_what_would_give_the_secret_away_is_refused_before_anything_is_sent(authentication: str) -> None:
    """Also where a target was made by hand."""
    with pytest.raises(LiveError) as caught:
        strict(target(1, tls=False, authentication=authentication))

    assert FailureClass.BAD_CONFIGURATION is caught.value.failure.kind


@pytest.mark.parametrize(
    ("name", "text"),
    [
        pytest.param("expired", "certificate has expired", id="an expired certificate"),
        pytest.param("wrong_name", "Hostname mismatch", id="a certificate of another name"),
        pytest.param("untrusted", "unable to get local issuer certificate", id="an authority that nobody trusts"),
    ],
)
def test_a_certificate_that_proves_nothing_ends_it(name: str, text: str, certificates: Certificates) -> None:
    """Nothing is sent to whoever shows it."""
    with served(answered, server_side(getattr(certificates, name).path)) as server:
        wsman = strict(target(server.port, ca_bundle=str(certificates.authority)))
        with pytest.raises(requests.exceptions.SSLError, match=text) as caught:
            ask(wsman)

    assert (FailureClass.TLS, []) == (classify(caught.value), server.requests)


def test_without_a_bundle_the_authorities_of_the_system_count(certificates: Certificates) -> None:
    """They know nothing of the one that a test just made."""
    with served(answered, server_side(certificates.good.path)) as server:
        assert FailureClass.TLS is kind_of(strict(target(server.port)))


def test_the_authorities_of_the_system_are_enough(certificates: Certificates, monkeypatch: pytest.MonkeyPatch) -> None:
    """They stand where OpenSSL looks for them, which this variable may say."""
    monkeypatch.setenv("SSL_CERT_FILE", str(certificates.authority))
    with served(answered, server_side(certificates.good.path)) as server:
        ask(strict(target(server.port)))

    assert 1 == len(server.requests)


def test_a_folder_of_authorities_is_a_bundle_too(tmp_path: Path) -> None:
    """It is how OpenSSL itself keeps them."""
    assert ssl.CERT_REQUIRED is tls_context(target(1, ca_bundle=str(tmp_path))).verify_mode


def test_nobody_needs_to_prove_anything_where_that_is_asked_for(certificates: Certificates) -> None:
    """It takes an explicit word, and the report says so."""
    with served(answered, server_side(certificates.wrong_name.path)) as server:
        ask(strict(target(server.port, tls_verified=False)))

    assert 1 == len(server.requests)


def test_an_encrypted_key_opens_with_its_password(certificates: Certificates) -> None:
    """The secret of a target with a client certificate is that of the key."""
    with served(answered, server_side(certificates.good.path, certificates.authority)) as server:
        ask(
            strict(
                target(
                    server.port,
                    authentication="certificate",
                    secret=KEY_PASSWORD,
                    certificate=str(certificates.client),
                    certificate_key=str(certificates.client_locked_key),
                    ca_bundle=str(certificates.authority),
                )
            )
        )

    assert 1 == len(server.requests)


@pytest.mark.parametrize("secret", [pytest.param("wrong", id="a wrong one"), pytest.param("", id="none")])
def test_a_key_that_does_not_open_is_told(secret: str, certificates: Certificates) -> None:
    """Without a password OpenSSL would ask for one on the terminal, and wait."""
    locked = target(
        1,
        authentication="certificate",
        secret=secret,
        certificate=str(certificates.client),
        certificate_key=str(certificates.client_locked_key),
    )

    with pytest.raises(LiveError, match="the key has another password") as caught:
        strict(locked)

    assert FailureClass.TLS is caught.value.failure.kind


@pytest.mark.parametrize(
    ("more", "text"),
    [
        pytest.param(
            {"ca_bundle": "/no/such.pem"}, "CA bundle '/no/such.pem' cannot be used: No such file", id="no bundle"
        ),
        pytest.param({"ca_bundle": __file__}, "holds no certificate in PEM form", id="a bundle of something else"),
        pytest.param(
            {"authentication": "certificate", "certificate": "/no/c.pem", "certificate_key": "/no/k.pem"},
            "client certificate '/no/c.pem' with the key '/no/k.pem' cannot be used: No such file",
            id="no certificate",
        ),
    ],
)
def test_a_file_that_cannot_be_used_is_named(more: dict[str, object], text: str) -> None:
    """It is told before anything is sent."""
    with pytest.raises(LiveError, match=text) as caught:
        strict(target(1, **more))

    assert FailureClass.BAD_CONFIGURATION is caught.value.failure.kind


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        pytest.param(None, "connection-dropped", id="a closed connection"),
        pytest.param(b"SSH-2.0-OpenSSH_9\r\n", "protocol-error", id="another protocol"),
        pytest.param(response("200 OK", "hello"), "protocol-error", id="plain text"),
        pytest.param(response("200 OK", "<html/>"), "protocol-error", id="a page"),
        pytest.param(response("200 OK"), "protocol-error", id="nothing"),
        pytest.param(response("500 Oops", "<html><body/></html>"), "protocol-error", id="the page of an error"),
        pytest.param(response("500 Oops", "oops"), "http-error", id="an error without a page"),
        pytest.param(response("503 Busy", "<p>"), "busy", id="a busy server"),
        pytest.param(response("403 No"), "endpoint-denied", id="a forbidden path"),
        pytest.param(response("404 No"), "endpoint-missing", id="a path that is not there"),
    ],
)
def test_what_answers_something_else_is_told_apart(
    answer: bytes | None, expected: str, certificates: Certificates
) -> None:
    """One request is sent, whatever comes back."""
    with served(answer, server_side(certificates.good.path)) as server:
        wsman = strict(target(server.port, ca_bundle=str(certificates.authority)))

        assert expected == kind_of(wsman).value

    assert 1 == len(server.requests)


@pytest.mark.parametrize(
    "made",
    [
        pytest.param(lambda soap: response("200 OK", f"<!DOCTYPE a [<!ENTITY b 'c'>]>{soap}"), id="a DOCTYPE"),
        pytest.param(lambda soap: response("200 OK", soap.encode("utf-16")), id="an encoding that could hide one"),
        pytest.param(
            lambda soap: response("200 OK", gzip.compress(soap.encode()), Content_Encoding="gzip"), id="compression"
        ),
    ],
)
def test_what_makes_a_little_text_large_is_refused(made: Callable[[str], bytes], certificates: Certificates) -> None:
    """The answer is right in all else, and would be taken."""
    with served(lambda one: made(envelope(one, "")), server_side(certificates.good.path)) as server:
        wsman = strict(target(server.port, ca_bundle=str(certificates.authority)))

        assert FailureClass.PROTOCOL_ERROR is kind_of(wsman)


def test_nothing_listens(certificates: Certificates) -> None:
    """The port of a server that has ended refuses."""
    with served(b"") as server:
        port = server.port

    assert FailureClass.REFUSED is kind_of(strict(target(port, ca_bundle=str(certificates.authority))))


def test_a_port_without_tls_is_told_from_one_with_it(certificates: Certificates) -> None:
    """The answer to a greeting in TLS is plain text."""
    with served(response("400 Bad Request"), after=1) as server:
        assert FailureClass.TLS is kind_of(strict(target(server.port, ca_bundle=str(certificates.authority))))


def test_a_handshake_that_does_not_end_is_no_slow_answer(certificates: Certificates) -> None:
    """Whatever listens there does not speak TLS."""
    with served(None) as server:
        allowance = Allowance(time.monotonic)
        allowance.grant(20, 1_000_000)
        settings = target(server.port, ca_bundle=str(certificates.authority))

        assert FailureClass.TLS is kind_of(StrictWSMan(settings, allowance, Patience(connect=0.2)))


def test_more_than_was_allowed_is_not_read(certificates: Certificates) -> None:
    """Memory does not grow with what a server sends."""
    with served(response("200 OK", b"x" * 300_000), server_side(certificates.good.path)) as server:
        wsman = strict(target(server.port, ca_bundle=str(certificates.authority)), size=100_000)

        assert FailureClass.TOO_LARGE is kind_of(wsman)


def test_more_than_one_answer_can_hold_is_not_read(certificates: Certificates) -> None:
    """A client tells how much a server may send at once; the whole of an exchange may be larger."""
    with served(response("200 OK", b" " * 9_000_000), server_side(certificates.good.path)) as server:
        wsman = strict(target(server.port, ca_bundle=str(certificates.authority)), size=100_000_000)

        assert FailureClass.TOO_LARGE is kind_of(wsman)


def test_what_is_bound_to_its_connection_is_not_sent_over_another(certificates: Certificates) -> None:
    """Sealed messages mean nothing there, and the refusal would look like that of a credential."""
    allowance = Allowance(time.monotonic)
    allowance.grant(20, 1_000_000)
    with served(response("200 OK", b"", Connection="close"), server_side(certificates.good.path)) as server:
        wsman = StrictWSMan(target(server.port, ca_bundle=str(certificates.authority)), allowance, Patience())
        assert FailureClass.PROTOCOL_ERROR is kind_of(wsman)
        allowance.same_connection = True

        assert FailureClass.CONNECTION_DROPPED is kind_of(wsman)

    assert 1 == len(server.requests)


def test_a_server_that_answers_slowly_does_not_hold_its_client(certificates: Certificates) -> None:
    """Each piece comes in time, and all of them together do not: the clock of the exchange decides."""

    def long(request: Request) -> bytes:
        return response("200 OK", envelope(request, " " * 2_000_000))

    def sent_within(seconds: float) -> StrictWSMan:
        ticks = count()
        allowance = Allowance(lambda: float(next(ticks)))  # every look at the clock takes a second
        allowance.grant(seconds, 4_000_000)
        return StrictWSMan(target(server.port, ca_bundle=str(certificates.authority)), allowance, Patience())

    with served(long, server_side(certificates.good.path)) as server:
        ask(sent_within(10_000))

        assert FailureClass.READ_TIMEOUT is kind_of(sent_within(40))


def test_no_request_begins_after_the_end() -> None:
    """What no time is left for is not sent."""
    assert FailureClass.DEADLINE is kind_of(strict(target(1), seconds=0))


@pytest.fixture
def levels() -> Iterator[None]:
    """Put the levels of the loggers back."""
    loggers = [logging.getLogger(name) for name in ("pypsrp", "spnego", "urllib3", "requests", "krb5")]
    before = [one.level for one in loggers]
    yield
    for logger, level in zip(loggers, before, strict=True):
        logger.setLevel(level)


@pytest.mark.usefixtures("levels")
def test_the_libraries_say_nothing(caplog: pytest.LogCaptureFixture, certificates: Certificates) -> None:
    """They log accounts, tokens, whole messages and tracebacks."""
    silence()
    caplog.set_level(logging.DEBUG)
    with served(None, server_side(certificates.good.path)) as server, pytest.raises(requests.ConnectionError):
        ask(strict(target(server.port, ca_bundle=str(certificates.authority))))

    assert [] == caplog.records


def test_a_secret_is_in_no_text_of_a_transport() -> None:
    """Nor in that of its target."""
    wsman = strict(target(1))

    assert SECRET not in f"{wsman!r} {wsman.transport!r} {target(1)!r}"
