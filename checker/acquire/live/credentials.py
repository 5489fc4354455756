"""
How a server is connected to, and with which secret: from what an inventory says, where secrets stand by reference.

The order in which a credential is looked for is the order of how little there is to keep secret: a Kerberos ticket, a
client certificate, then the reference: `file:PATH` (`file:-` is standard input, and `file:/dev/fd/3` a descriptor),
`env:NAME`, `keyring:NAME`, and `prompt`. Everything that reads anything is lent by the outside.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from checker.acquire.live.commands import LiveError, Target
from checker.model.collection import Failure, FailureClass
from checker.model.inventory import Connection

_METHODS = ("kerberos", "certificate", "ntlm", "negotiate", "basic")
_WITH_PASSWORD = frozenset({"ntlm", "negotiate", "basic"})
_TLS_PORT, _PLAIN_PORT = 5986, 5985
_HOST = re.compile(r"[^\s/@?#\\\[\]%:\x00-\x1f\x7f]+")
_LONGEST = 1000
"""Characters of a secret; more is another file than was meant."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SecretFile:
    """A file with a secret in it."""

    content: bytes = field(repr=False)
    open_to_others: bool = False  # whether another account than the own could read it


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class CredentialSources:
    """What the outside lends, for credentials to be looked up; what it does not have is None."""

    environment: Mapping[str, str]
    read_file: Callable[[str], SecretFile]  # `-` is standard input; raises OSError
    ask: Callable[[str], str] | None = None  # on a terminal, without showing what is typed; raises EOFError
    keyring: Callable[[str, str], str | None] | None = None  # by service and account; see `system_keyring`


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolved:
    """How to connect to a server, and what to tell about that."""

    target: Target
    warnings: tuple[str, ...] = ()


def refusal(authentication: str, *, tls: bool) -> str:
    """Say why nobody should authenticate so; empty where all is well."""
    if authentication == "credssp":
        return "CredSSP hands the password to the server, which is never done; use 'kerberos'."
    if authentication not in _METHODS:
        return f"'{authentication}' is no way to authenticate; use one of {', '.join(_METHODS)}."
    if authentication in ("basic", "certificate") and not tls:
        return f"'{authentication}' is only used over TLS; set 'tls: true', or use 'kerberos'."
    return ""


class Credentials:
    """Resolves the connections of a run; each reference is read, or asked for, once."""

    def __init__(self, sources: CredentialSources, *, verify_tls: bool = True, proxy: str = "") -> None:
        """Read from *sources*; whether servers must prove who they are, and the *proxy*, hold for all of them."""
        self._sources, self._verify_tls, self._proxy = sources, verify_tls, proxy
        self._known: dict[tuple[str, str], str | Failure] = {}
        self._open_files: set[str] = set()

    def resolve(self, server: str, connection: Connection) -> Resolved:
        """
        Give the target for *server*, with its secret.

        Raises:
            LiveError: the connection is not safe, is not complete (`bad-configuration`), or its secret is not to be
                had (`credential-unavailable`).
        """
        self._refuse(connection)
        how = connection.authentication
        secret = self._secret(connection) if connection.credential else ""
        target = Target(
            server=server,
            host=connection.host,
            port=connection.port or (_TLS_PORT if connection.tls else _PLAIN_PORT),
            tls=connection.tls,
            tls_verified=self._verify_tls,
            authentication=how,
            username=connection.username,
            secret=secret,
            ca_bundle=connection.ca_bundle,
            certificate=connection.certificate if how == "certificate" else "",
            certificate_key=connection.certificate_key if how == "certificate" else "",
            proxy=self._proxy,
        )
        return Resolved(target=target, warnings=tuple(self._warnings(connection)))

    def _refuse(self, connection: Connection) -> None:
        how, problem = connection.authentication, refusal(connection.authentication, tls=connection.tls)
        if not problem and not _is_host(connection.host):
            problem = "'host' is the name or the address of a server, and nothing else."
        if not problem and how == "certificate" and not (connection.certificate and connection.certificate_key):
            problem = (
                "'certificate' needs the paths of both 'certificate' and 'certificate_key', which may be one file."
            )
        if not problem and how in _WITH_PASSWORD and not connection.username:
            problem = f"'{how}' needs a 'username'."
        if not problem and how in _WITH_PASSWORD and not connection.credential:
            problem = (
                f"'{how}' needs a 'credential' for '{connection.username}'; with a Kerberos ticket use 'kerberos'."
            )
        if not problem and how == "kerberos" and connection.credential and not connection.username:
            problem = "'kerberos' with a 'credential' needs a 'username' as well; a ticket needs neither."
        if not problem and self._proxy and (urlsplit(self._proxy).username or "@" in self._proxy):
            problem = "The address of the proxy holds an account, which would be shown; use a proxy without one."
        level = self._sources.environment.get("LM_COMPAT_LEVEL", "3")
        if not problem and how in ("ntlm", "negotiate") and level not in ("3", "4", "5"):
            problem = f"LM_COMPAT_LEVEL={level[:20]!r} asks for an NTLM that is broken; unset it."
        if problem:
            raise LiveError(FailureClass.BAD_CONFIGURATION, problem)

    def _warnings(self, connection: Connection) -> list[str]:
        found = []
        _, _, path = connection.credential.partition("file:")
        if path in self._open_files:
            found.append(f"The password file '{path}' can be read by others; let only its owner read it (chmod 600).")
        if connection.authentication != "certificate" and (connection.certificate or connection.certificate_key):
            found.append(f"The client certificate is not used, for 'authentication' is '{connection.authentication}'.")
        if connection.authentication == "basic" and not self._verify_tls:
            found.append("Basic shows the password to whoever answers, and here nobody must prove to be the server.")
        return found

    def _secret(self, connection: Connection) -> str:
        """Give the secret of *connection*; who is told no once is told no for every server."""
        kind = connection.credential.partition(":")[0]
        # NOTE: what a person types or a keyring holds belongs to an account; a file or a variable holds one secret.
        key = (connection.credential, connection.username if kind in ("prompt", "keyring") else "")
        if key not in self._known:
            try:
                self._known[key] = self._read(connection)
            except LiveError as error:
                self._known[key] = error.failure
        match self._known[key]:
            case Failure(kind=failure, message=message):
                raise LiveError(failure, message)
            case str() as secret:
                return secret

    def _read(self, connection: Connection) -> str:
        kind, _, name = connection.credential.partition(":")
        match kind:
            case "env":
                secret = self._sources.environment.get(name)
                if secret is None:
                    raise _unavailable(f"The environment variable '{name}' is not set.")
                return _usable(secret, f"The environment variable '{name}'")
            case "file":
                return self._from_file(name)
            case "keyring":
                return self._from_keyring(name, connection.username)
            case "prompt":
                return self._from_prompt(connection)
            case _:
                # NOTE: what stands here may be the secret itself, so it is not repeated.
                raise LiveError(
                    FailureClass.BAD_CONFIGURATION,
                    "'credential' is a reference: env:NAME, file:PATH, keyring:NAME or prompt, never a secret.",
                )

    def _from_file(self, path: str) -> str:
        name = "Standard input" if path == "-" else f"The password file '{path}'"
        try:
            file = self._sources.read_file(path)
        except OSError as error:
            problem = error.strerror or "it cannot be read"
        else:
            if file.open_to_others:
                self._open_files.add(path)
            return _usable(_decoded(file.content, name), name)
        raise _unavailable(f"{name} cannot be used: {problem}.")

    def _from_keyring(self, name: str, username: str) -> str:
        if self._sources.keyring is None:
            raise _unavailable(
                "Keyrings are not installed here: pip install 'adsync-checker[keyring]', or give another 'credential'."
            )
        secret = self._sources.keyring(name, username)
        if secret is None:
            raise _unavailable(f"The keyring has no entry '{name}' for '{username}'.")
        return _usable(secret, f"The entry '{name}' of the keyring")

    def _from_prompt(self, connection: Connection) -> str:
        if self._sources.ask is None:
            raise _unavailable("A password is to be asked for, and there is no terminal; give another 'credential'.")
        key = connection.certificate_key or connection.certificate
        what = f"the key '{key}'" if connection.authentication == "certificate" else f"'{connection.username}'"
        try:
            return _usable(self._sources.ask(f"Password of {what}: "), "What was typed")
        except EOFError:
            pass
        raise _unavailable("No password was typed.")


def system_keyring() -> Callable[[str, str], str | None] | None:
    """Give the look-up of the keyring of the operating system; None where the extra is not installed."""
    try:
        import keyring  # noqa: PLC0415 - an extra, and slow to import
        import keyring.errors  # noqa: PLC0415 - as above
    except ImportError:
        return None

    def look_up(service: str, account: str) -> str | None:
        try:
            return keyring.get_password(service, account)
        except keyring.errors.NoKeyringError:
            problem = "there is none, as on most servers without a desktop; give another 'credential'"
        except keyring.errors.KeyringError as error:
            problem = type(error).__name__
        raise _unavailable(f"The keyring of this machine cannot be used: {problem}.")

    return look_up


def _is_host(host: str) -> bool:
    try:
        return isinstance(ipaddress.ip_address(host), ipaddress.IPv4Address | ipaddress.IPv6Address)
    except ValueError:
        return _HOST.fullmatch(host) is not None


def _decoded(content: bytes, name: str) -> str:
    """Read a secret file; one line end after it is the editor's."""
    try:
        return re.sub(r"\r?\n\Z", "", content.decode("utf-8-sig"))
    except UnicodeDecodeError:
        pass
    raise _unavailable(f"{name} is no text in UTF-8.")


def _usable(secret: str, name: str) -> str:
    if not secret:
        raise _unavailable(f"{name} is empty.")
    if len(secret) > _LONGEST or "\n" in secret or "\r" in secret or "\x00" in secret:
        raise _unavailable(f"{name} holds more than one line, or something else than a password.")
    return secret


def _unavailable(message: str) -> LiveError:
    return LiveError(FailureClass.CREDENTIAL_UNAVAILABLE, message)
