"""Whether a server can be reached at all, before any credential is sent."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from checker.acquire.live import reach
from checker.acquire.live.commands import LiveError, Target
from checker.model.collection import FailureClass


def target(port: int, **more: object) -> Target:
    """Give the server on this machine that listens at *port*."""
    return Target(server="sync01", host="localhost", port=port, **more)  # type: ignore[arg-type] # as each test names them


@contextmanager
def listening() -> Iterator[socket.socket]:
    """Listen on loopback."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server


def port_of(server: socket.socket) -> int:
    """Give the port of a listening socket."""
    return int(server.getsockname()[1])


def kind_of(work: object) -> FailureClass:
    """Give how *work* fails."""
    assert callable(work)
    with pytest.raises(LiveError) as caught:
        work()
    return caught.value.failure.kind


def test_a_name_that_nobody_knows() -> None:
    """It is the name that is wrong, not the network."""
    unknown = Target(server="s", host="no-such-host.invalid", port=5986)

    assert FailureClass.DNS is kind_of(lambda: reach.addresses(unknown))
    assert FailureClass.DNS is kind_of(lambda: reach.reach(unknown))


def test_a_name_that_is_none_at_all() -> None:
    """What no name service could be asked for is told in the same way."""
    assert FailureClass.DNS is kind_of(lambda: reach.addresses(Target(server="s", host="a" * 70 + ".x", port=1)))


def test_a_port_where_nobody_listens() -> None:
    """The machine answers, and says that there is nothing."""
    with listening() as server:
        free = port_of(server)

    assert FailureClass.REFUSED is kind_of(lambda: reach.reach(target(free)))


def test_a_port_that_swallows_everything() -> None:
    """A firewall that drops what is sent is told apart from a machine that refuses."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen(0)
        held = [socket.socket() for _ in range(4)]  # the queue of the listener is full, so nothing more is answered
        try:
            for one in held:
                one.setblocking(False)
                with suppress(BlockingIOError):
                    one.connect(server.getsockname())
            full = Target(server="s", host="127.0.0.1", port=port_of(server))
            assert FailureClass.CONNECT_TIMEOUT is kind_of(lambda: reach.reach(full, 0.2))
        finally:
            for one in held:
                one.close()


def test_somebody_listens() -> None:
    """Then there is nothing to say."""
    with listening() as server:
        reach.reach(target(port_of(server)))
        assert "127.0.0.1" in reach.addresses(target(port_of(server)))


def test_behind_a_proxy_nothing_is_tried() -> None:
    """Only the proxy could tell, and it is asked when a session is opened."""
    reach.reach(Target(server="s", host="no-such-host.invalid", port=1, proxy="http://127.0.0.1:9"))


@pytest.fixture(scope="module")
def issued(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a certificate for `localhost` that ends in ten days, and its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=10))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = tmp_path_factory.mktemp("issued") / "both.pem"
    plain = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file.write_bytes(certificate.public_bytes(serialization.Encoding.PEM) + plain)
    return file


@contextmanager
def speaking_tls(issued: Path) -> Iterator[int]:
    """Speak TLS on loopback, once, and give the port."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(issued)
    with listening() as server:

        def serve() -> None:
            connection, _ = server.accept()
            with connection, suppress(OSError), context.wrap_socket(connection, server_side=True) as secure:
                secure.recv(1)

        thread = threading.Thread(target=serve)
        thread.start()
        yield port_of(server)
        thread.join(10)


def test_a_certificate_that_proves_the_server(issued: Path) -> None:
    """What it is made for and when it ends is told."""
    with speaking_tls(issued) as port:
        shown = reach.certificate(target(port, ca_bundle=str(issued)))

    assert ("localhost", "localhost") == (shown.subject, shown.issuer)
    assert shown.ends is not None
    assert 9 <= (shown.ends - datetime.now(UTC)).days <= 10


def test_a_certificate_that_nobody_vouches_for(issued: Path) -> None:
    """The sentence says why, and what to do."""
    with speaking_tls(issued) as port, pytest.raises(LiveError) as caught:
        reach.certificate(target(port))

    assert FailureClass.TLS is caught.value.failure.kind
    assert "self-signed certificate" in caught.value.failure.message
    assert "ca_bundle" in caught.value.failure.message


def test_a_certificate_that_is_not_to_be_looked_at(issued: Path) -> None:
    """Whoever asked for that is told nothing of it, for nothing of it is known."""
    with speaking_tls(issued) as port:
        assert reach.Certificate() == reach.certificate(target(port, tls_verified=False))


def test_a_port_that_speaks_no_tls() -> None:
    """Plain HTTP at the port of HTTPS is a matter of TLS."""
    with listening() as server:

        def answer() -> None:
            connection, _ = server.accept()
            with connection:
                connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")
                connection.recv(1000)

        thread = threading.Thread(target=answer)
        thread.start()
        assert FailureClass.TLS is kind_of(lambda: reach.certificate(target(port_of(server))))
        thread.join(10)


def test_a_bundle_that_is_not_there() -> None:
    """That is a matter of our configuration, not of the server."""
    with listening() as server:
        missing = target(port_of(server), ca_bundle="/no/such/bundle.pem")

        assert FailureClass.BAD_CONFIGURATION is kind_of(lambda: reach.certificate(missing))
