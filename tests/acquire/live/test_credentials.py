"""How a connection becomes a target: safe, complete, and with a secret that stands nowhere else."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace

import keyring
import keyring.backend
import keyring.backends.fail
import pytest

from checker.acquire.live.commands import LiveError, Target
from checker.acquire.live.credentials import (
    Credentials,
    CredentialSources,
    Resolved,
    SecretFile,
    refusal,
    system_keyring,
)
from checker.model.collection import FailureClass
from checker.model.inventory import Connection

SECRET = "Purple-Lantern-2"
NTLM = Connection(host="sync01.example", authentication="ntlm", username="CONTOSO\\svc", credential="env:PASSWORD")


@dataclass
class Outside:
    """Everything that secrets come from, and how often it was asked."""

    environment: Mapping[str, str] = field(default_factory=lambda: {"PASSWORD": SECRET})
    files: Mapping[str, SecretFile | OSError] = field(default_factory=dict)
    typed: str | None = SECRET
    entries: Mapping[tuple[str, str], str] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def read_file(self, path: str) -> SecretFile:
        """Give the file at *path*."""
        self.asked.append(path)
        found = self.files.get(path, FileNotFoundError(2, "No such file or directory"))
        if isinstance(found, OSError):
            raise found
        return found

    def ask(self, prompt: str) -> str:
        """Let somebody type."""
        self.asked.append(prompt)
        if self.typed is None:
            raise EOFError
        return self.typed

    def look_up(self, service: str, account: str) -> str | None:
        """Give the entry of the keyring."""
        self.asked.append(f"{service}/{account}")
        return self.entries.get((service, account))

    def sources(self) -> CredentialSources:
        """Lend all of it."""
        return CredentialSources(
            environment=self.environment, read_file=self.read_file, ask=self.ask, keyring=self.look_up
        )


def resolved(connection: Connection, outside: Outside | None = None, **more: object) -> Resolved:
    """Resolve one connection."""
    sources = (outside or Outside()).sources()
    return Credentials(sources, **more).resolve("SYNC01", connection)  # type: ignore[arg-type] # as each test names them


def refused(connection: Connection, outside: Outside | None = None, **more: object) -> tuple[str, str]:
    """Give the class and the sentence of a connection that is not resolved."""
    with pytest.raises(LiveError) as caught:
        resolved(connection, outside, **more)
    return caught.value.failure.kind.value, caught.value.failure.message


def test_kerberos_over_tls_needs_nothing_but_a_name() -> None:
    """The ticket is there already; this is how servers are reached unless something else is said."""
    expected = Target(
        server="SYNC01", host="sync01.example", port=5986, tls=True, tls_verified=True, authentication="kerberos"
    )

    assert Resolved(target=expected) == resolved(Connection(host="sync01.example"))


@pytest.mark.parametrize(
    ("connection", "expected"),
    [
        pytest.param(Connection(host="a"), 5986, id="with TLS"),
        pytest.param(Connection(host="a", tls=False), 5985, id="without"),
        pytest.param(Connection(host="a", port=443), 443, id="as it says"),
    ],
)
def test_the_port_follows_from_tls(connection: Connection, expected: int) -> None:
    """These are the two that WinRM listens on."""
    assert expected == resolved(connection).target.port


def test_a_target_holds_all_that_the_connection_says() -> None:
    """What holds for the whole run comes with it."""
    connection = Connection(
        host="10.0.0.1",
        authentication="certificate",
        ca_bundle="ca.pem",
        certificate="c.pem",
        certificate_key="k.pem",
        credential="env:PASSWORD",
    )
    expected = Target(
        server="SYNC01", host="10.0.0.1", port=5986, authentication="certificate", secret=SECRET, ca_bundle="ca.pem",
        certificate="c.pem", certificate_key="k.pem", tls_verified=False, proxy="http://proxy:3128",
    )  # fmt: skip

    assert expected == resolved(connection, verify_tls=False, proxy="http://proxy:3128").target


@pytest.mark.parametrize(
    ("connection", "text"),
    [
        pytest.param(Connection(host="a", authentication="credssp"), "CredSSP hands the password", id="credssp"),
        pytest.param(Connection(host="a", authentication="digest"), "'digest' is no way", id="an unknown way"),
        pytest.param(
            replace(NTLM, authentication="basic", tls=False), "'basic' is only used over TLS", id="basic without TLS"
        ),
        pytest.param(
            Connection(host="a", authentication="certificate", certificate="c", certificate_key="k", tls=False),
            "'certificate' is only used over TLS",
            id="a certificate without TLS",
        ),
        pytest.param(Connection(host="a", authentication="certificate", certificate="c.pem"), "both", id="no key"),
        pytest.param(
            Connection(host="a", authentication="certificate", certificate_key="k.pem"), "both", id="key alone"
        ),
        pytest.param(replace(NTLM, username=""), "'ntlm' needs a 'username'", id="ntlm without a name"),
        pytest.param(
            replace(NTLM, authentication="negotiate", username=""), "'negotiate' needs a 'username'", id="negotiate too"
        ),
        pytest.param(replace(NTLM, authentication="basic", username=""), "'basic' needs a 'username'", id="and basic"),
        pytest.param(replace(NTLM, credential=""), "'ntlm' needs a 'credential'", id="ntlm without a password"),
        pytest.param(
            Connection(host="a", credential="env:PASSWORD"), "needs a 'username' as well", id="a password of nobody"
        ),
        pytest.param(replace(NTLM, host="a/b"), "'host' is the name or the address", id="a path for a host"),
        pytest.param(replace(NTLM, host="a@evil"), "'host' is the name or the address", id="an account for a host"),
        pytest.param(replace(NTLM, host="a:5986"), "'host' is the name or the address", id="a port in a host"),
        pytest.param(replace(NTLM, host=""), "'host' is the name or the address", id="no host"),
        pytest.param(replace(NTLM, credential=SECRET), "'credential' is a reference", id="a secret for a reference"),
        pytest.param(
            replace(NTLM, credential=f"password:{SECRET}"), "'credential' is a reference", id="one with a word"
        ),
    ],
)
def test_what_is_not_safe_or_not_complete_is_refused(connection: Connection, text: str) -> None:
    """It is told before anything is sent, and without what may be the secret."""
    kind, message = refused(connection)

    assert "bad-configuration" == kind
    assert text in message
    assert SECRET not in message


@pytest.mark.parametrize("host", ["sync01", "sync01.contoso.com", "10.1.2.3", "fe80::1", "münchen.example"])
def test_names_and_addresses_are_hosts(host: str) -> None:
    """An address of the sixth version has colons."""
    assert host == resolved(Connection(host=host)).target.host


def test_a_proxy_with_a_password_is_refused() -> None:
    """The address of a proxy is shown."""
    kind, message = refused(NTLM, proxy=f"http://user:{SECRET}@proxy:3128")

    assert ("bad-configuration", True, False) == (kind, "proxy" in message, SECRET in message)


@pytest.mark.parametrize(("level", "expected"), [("0", True), ("2", True), ("3", False), ("5", False)])
def test_a_broken_ntlm_is_refused(level: str, expected: bool) -> None:
    """A variable of the environment would ask the library for it."""
    outside = Outside(environment={"PASSWORD": SECRET, "LM_COMPAT_LEVEL": level})
    if expected:
        assert "bad-configuration" == refused(NTLM, outside)[0]
    else:
        assert SECRET == resolved(NTLM, outside).target.secret


@pytest.mark.parametrize("authentication", ["kerberos", "certificate", "ntlm", "negotiate", "basic"])
def test_every_way_is_taken_over_tls(authentication: str) -> None:
    """These are all that an inventory may name."""
    assert "" == refusal(authentication, tls=True)


@pytest.mark.parametrize(
    ("credential", "outside"),
    [
        pytest.param("env:PASSWORD", Outside(), id="a variable"),
        pytest.param(
            "file:/run/secret", Outside(files={"/run/secret": SecretFile(content=SECRET.encode())}), id="a file"
        ),
        pytest.param(
            "file:/run/secret",
            Outside(files={"/run/secret": SecretFile(content=f"{SECRET}\n".encode())}),
            id="a file with a line end",
        ),
        pytest.param(
            "file:/run/secret",
            Outside(files={"/run/secret": SecretFile(content=f"\ufeff{SECRET}\r\n".encode())}),
            id="a file of Windows",
        ),
        pytest.param("file:-", Outside(files={"-": SecretFile(content=SECRET.encode())}), id="standard input"),
        pytest.param(
            "file:/dev/fd/3", Outside(files={"/dev/fd/3": SecretFile(content=SECRET.encode())}), id="a descriptor"
        ),
        pytest.param("keyring:audit", Outside(entries={("audit", "CONTOSO\\svc"): SECRET}), id="the keyring"),
        pytest.param("prompt", Outside(), id="a person"),
    ],
)
def test_a_secret_is_found_by_its_reference(credential: str, outside: Outside) -> None:
    """It stands in the target, and nowhere else."""
    found = resolved(replace(NTLM, credential=credential), outside)

    assert (SECRET, ()) == (found.target.secret, found.warnings)


@pytest.mark.parametrize(
    ("credential", "outside", "expected"),
    [
        pytest.param("env:NOPE", Outside(), "The environment variable 'NOPE' is not set.", id="no variable"),
        pytest.param(
            "env:PASSWORD",
            Outside(environment={"PASSWORD": ""}),
            "The environment variable 'PASSWORD' is empty.",
            id="empty",
        ),
        pytest.param(
            "file:/nope",
            Outside(),
            "The password file '/nope' cannot be used: No such file or directory.",
            id="no file",
        ),
        pytest.param(
            "file:/x",
            Outside(files={"/x": SecretFile(content=b"\n")}),
            "The password file '/x' is empty.",
            id="an empty file",
        ),
        pytest.param(
            "file:/x",
            Outside(files={"/x": SecretFile(content=f"user\n{SECRET}\n".encode())}),
            "The password file '/x' holds more than one line, or something else than a password.",
            id="a file of two lines",
        ),
        pytest.param(
            "file:/x",
            Outside(files={"/x": SecretFile(content=SECRET.encode() * 100)}),
            "The password file '/x' holds more than one line, or something else than a password.",
            id="a long file",
        ),
        pytest.param(
            "file:/x",
            Outside(files={"/x": SecretFile(content=SECRET.encode() + b"\xff")}),
            "The password file '/x' is no text in UTF-8.",
            id="another encoding",
        ),
        pytest.param("file:-", Outside(), "Standard input cannot be used: No such file or directory.", id="no input"),
        pytest.param(
            "keyring:audit",
            Outside(),
            "The keyring has no entry 'audit' for 'CONTOSO\\svc'.",
            id="no entry in the keyring",
        ),
        pytest.param("prompt", Outside(typed=None), "No password was typed.", id="nobody types"),
        pytest.param("prompt", Outside(typed=""), "What was typed is empty.", id="somebody types nothing"),
    ],
)
def test_a_secret_that_is_not_to_be_had_is_told(credential: str, outside: Outside, expected: str) -> None:
    """The sentence names the reference, and nothing of what was found."""
    kind, message = refused(replace(NTLM, credential=credential), outside)

    assert ("credential-unavailable", expected) == (kind, message)


def test_what_the_outside_lacks_is_told() -> None:
    """Without a terminal nobody can be asked, and the keyring is an extra."""
    bare = CredentialSources(environment={}, read_file=Outside().read_file)

    def message(credential: str) -> str:
        with pytest.raises(LiveError) as caught:
            Credentials(bare).resolve("SYNC01", replace(NTLM, credential=credential))
        assert FailureClass.CREDENTIAL_UNAVAILABLE is caught.value.failure.kind
        return caught.value.failure.message

    assert "there is no terminal" in message("prompt")
    assert "pip install 'adsync-checker[keyring]'" in message("keyring:audit")


def test_a_reference_is_read_once() -> None:
    """Standard input has one reading in it, and nobody types a password for each of 200 servers."""
    outside = Outside(files={"-": SecretFile(content=SECRET.encode())}, entries={("a", "CONTOSO\\svc"): SECRET})
    credentials = Credentials(outside.sources())
    for reference in ("file:-", "prompt", "keyring:a"):
        for name in ("SYNC01", "SYNC02"):
            assert SECRET == credentials.resolve(name, replace(NTLM, credential=reference)).target.secret

    assert ["-", "Password of 'CONTOSO\\svc': ", "a/CONTOSO\\svc"] == outside.asked


def test_each_account_has_its_own_password() -> None:
    """What is asked for belongs to an account; the server does not matter."""
    outside = Outside()
    credentials = Credentials(outside.sources())
    for user in ("CONTOSO\\a", "CONTOSO\\b", "CONTOSO\\a"):
        credentials.resolve("SYNC01", replace(NTLM, username=user, credential="prompt"))

    assert ["Password of 'CONTOSO\\a': ", "Password of 'CONTOSO\\b': "] == outside.asked


def test_who_types_nothing_is_asked_once() -> None:
    """The other servers fail in the same way."""
    outside = Outside(typed=None)
    credentials = Credentials(outside.sources())
    for _ in range(3):
        with pytest.raises(LiveError, match="No password was typed"):
            credentials.resolve("SYNC01", replace(NTLM, credential="prompt"))

    assert 1 == len(outside.asked)


def test_the_password_of_a_key_is_asked_for_by_its_name() -> None:
    """A certificate has no account."""
    outside = Outside()
    resolved(
        Connection(
            host="a", authentication="certificate", certificate="c.pem", certificate_key="k.pem", credential="prompt"
        ),
        outside,
    )

    assert ["Password of the key 'k.pem': "] == outside.asked


@pytest.mark.parametrize(
    ("connection", "outside", "more", "text"),
    [
        pytest.param(
            replace(NTLM, credential="file:/x"),
            Outside(files={"/x": SecretFile(content=b"a", open_to_others=True)}),
            {},
            "The password file '/x' can be read by others",
            id="a file that others can read",
        ),
        pytest.param(
            Connection(host="a", certificate="c.pem"), Outside(), {}, "is not used", id="a certificate beside Kerberos"
        ),
        pytest.param(
            replace(NTLM, authentication="basic"),
            Outside(),
            {"verify_tls": False},
            "shows the password to whoever answers",
            id="basic to nobody knows whom",
        ),
    ],
)
def test_what_is_careless_is_warned_of(
    connection: Connection, outside: Outside, more: dict[str, object], text: str
) -> None:
    """It works, and somebody should mend it."""
    (warning,) = resolved(connection, outside, **more).warnings

    assert text in warning


def test_a_careless_file_is_told_for_every_server() -> None:
    """It is read once, and no server is better off for being the second."""
    outside = Outside(files={"/x": SecretFile(content=b"a", open_to_others=True)})
    credentials = Credentials(outside.sources())
    found = [credentials.resolve(name, replace(NTLM, credential="file:/x")).warnings for name in ("SYNC01", "SYNC02")]

    assert [1, 1] == [len(one) for one in found]


def test_a_secret_is_in_no_text(caplog: pytest.LogCaptureFixture) -> None:
    """Whoever prints one of these by mistake shows nothing."""
    caplog.set_level(logging.DEBUG)
    outside = Outside(files={"/x": SecretFile(content=SECRET.encode())})
    credentials = Credentials(outside.sources())
    found = credentials.resolve("SYNC01", replace(NTLM, credential="file:/x"))

    assert SECRET == found.target.secret
    assert SECRET not in f"{found!r} {found} {found.target!r} {credentials!r} {outside.sources()!r}"
    assert SECRET not in repr(outside.files["/x"])
    assert SECRET not in caplog.text


@pytest.fixture
def backend() -> Iterator[Callable[[keyring.backend.KeyringBackend], None]]:
    """Put the keyring of this machine back."""
    before = keyring.get_keyring()
    yield keyring.set_keyring
    keyring.set_keyring(before)


class Drawer(keyring.backend.KeyringBackend):
    """A keyring with one entry."""

    priority = 1

    def get_password(self, service: str, username: str) -> str | None:
        """Give the entry."""
        return SECRET if (service, username) == ("audit", "svc") else None

    def set_password(self, service: str, username: str, password: str) -> None:
        """Take nothing."""
        raise NotImplementedError


def test_the_keyring_of_the_system_is_asked(backend: Callable[[keyring.backend.KeyringBackend], None]) -> None:
    """The extra is installed here."""
    backend(Drawer())  # type: ignore[no-untyped-call] # keyring says no types of it
    look_up = system_keyring()

    assert look_up is not None
    assert [SECRET, None] == [look_up("audit", "svc"), look_up("audit", "other")]


def test_a_machine_without_a_keyring_says_so(backend: Callable[[keyring.backend.KeyringBackend], None]) -> None:
    """Most servers that run jobs at night have none."""
    backend(keyring.backends.fail.Keyring())  # type: ignore[no-untyped-call] # as above
    look_up = system_keyring()
    assert look_up is not None

    with pytest.raises(LiveError, match="there is none, as on most servers without a desktop") as caught:
        look_up("audit", "svc")

    assert FailureClass.CREDENTIAL_UNAVAILABLE is caught.value.failure.kind
