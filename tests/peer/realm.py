"""A throw-away realm of Kerberos: an MIT KDC on loopback, with its principals, keytab and ticket caches in one folder."""

from __future__ import annotations

import importlib.util
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

REALM = "FABRIKAM.TEST"
USER, USER_PASSWORD = f"svc-audit@{REALM}", "Ticket-Horse-9"
_PATH = f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin"
_PROGRAMS = ("krb5kdc", "kdb5_util", "kadmin.local", "kinit")
_START_SECONDS = 30.0

_CLIENT = """\
[libdefaults]
 default_realm = {realm}
 default_keytab_name = FILE:{folder}/keytab
 default_ccache_name = FILE:{folder}/no-tickets
 dns_lookup_kdc = false
 dns_lookup_realm = false
 dns_canonicalize_hostname = false
 rdns = false
 udp_preference_limit = 1
[realms]
 {realm} = {{
  kdc = 127.0.0.1:{port}
 }}
[domain_realm]
 localhost = {realm}
"""
_SERVER = """\
[kdcdefaults]
 kdc_listen = 127.0.0.1:{port}
 kdc_tcp_listen = 127.0.0.1:{port}
[realms]
 {realm} = {{
  database_name = {folder}/database
  key_stash_file = {folder}/stash
  acl_file = {folder}/acl
  max_life = 10h
 }}
[logging]
 default = FILE:{folder}/log
"""


def missing() -> str:
    """Say what this machine lacks for a realm; empty where it has all."""
    programs = [one for one in _PROGRAMS if shutil.which(one, path=_PATH) is None]
    modules = [one for one in ("gssapi", "krb5") if importlib.util.find_spec(one) is None]
    if programs:
        return f"no {', '.join(programs)}: install krb5-kdc, krb5-admin-server and krb5-user"
    return f"no {', '.join(modules)}: install the extra kerberos" if modules else ""


@dataclass(frozen=True, slots=True)
class Realm:
    """A running realm; the machine `localhost` and the user USER belong to it."""

    folder: Path
    port: int
    _made: set[str] = field(default_factory=set)

    @property
    def configuration(self) -> Path:
        """What KRB5_CONFIG has to name."""
        return self.folder / "krb5.conf"

    @property
    def lost_configuration(self) -> Path:
        """A configuration of the same realm, where nobody answers at the address of the KDC."""
        path = self.folder / "lost.conf"
        with socket.socket() as nobody:
            nobody.bind(("127.0.0.1", 0))
            port = nobody.getsockname()[1]
        path.write_text(_CLIENT.format(realm=REALM, folder=self.folder, port=port))
        return path

    @property
    def tickets(self) -> str:
        """What KRB5CCNAME has to name: a cache with a ticket of USER."""
        path = self.folder / "tickets"
        if "tickets" not in self._made:
            self._run("kinit", "-c", str(path), USER, text=f"{USER_PASSWORD}\n")
            self._made.add("tickets")
        return f"FILE:{path}"

    @property
    def no_tickets(self) -> str:
        """Name a cache that does not exist."""
        return f"FILE:{self.folder}/no-tickets"

    def _run(self, *command: str, text: str = "") -> None:
        program = shutil.which(command[0], path=_PATH) or command[0]
        done = subprocess.run(
            (program, *command[1:]), input=text, capture_output=True, text=True, env=self._environment(), check=False
        )
        assert done.returncode == 0, f"{command[0]}: {done.stderr}"

    def _environment(self) -> dict[str, str]:
        return {
            **os.environ,
            "KRB5_CONFIG": str(self.configuration),
            "KRB5_KDC_PROFILE": str(self.folder / "kdc.conf"),
        }

    def _make(self) -> None:
        for name, template in (("krb5.conf", _CLIENT), ("kdc.conf", _SERVER)):
            text = template.format(realm=REALM, folder=self.folder, port=self.port)
            (self.folder / name).write_text(text)
        self._run("kdb5_util", "create", "-s", "-r", REALM, "-P", "Master-Key-5")
        for spn in (f"host/localhost@{REALM}", f"WSMAN/localhost@{REALM}", f"HTTP/localhost@{REALM}"):
            self._run("kadmin.local", "-q", f"addprinc -randkey {spn}")
            self._run("kadmin.local", "-q", f"ktadd -k {self.folder}/keytab {spn}")
        self._run("kadmin.local", "-q", f"addprinc -pw {USER_PASSWORD} {USER}")

    @contextmanager
    def _answering(self) -> Iterator[None]:
        program = shutil.which("krb5kdc", path=_PATH) or "krb5kdc"
        kdc = subprocess.Popen(
            (program, "-n"), env=self._environment(), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )  # fmt: skip
        try:
            end = time.monotonic() + _START_SECONDS
            while not _listens(self.port):
                assert kdc.poll() is None, f"the KDC ended: {(self.folder / 'log').read_text()}"
                assert time.monotonic() < end, "the KDC does not listen"
                time.sleep(0.02)
            yield
        finally:
            kdc.terminate()
            kdc.wait()


def _listens(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), 1.0):
            return True
    except OSError:
        return False


@contextmanager
def realm(folder: Path) -> Iterator[Realm]:
    """Run a realm in *folder* until the block ends."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    made = Realm(folder, port)
    made._make()
    with made._answering():
        yield made
