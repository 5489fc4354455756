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
_STARTS = 5
_NOBODY = 1
"""A port at which nobody listens."""

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
        path.write_text(_CLIENT.format(realm=REALM, folder=self.folder, port=_NOBODY))
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

    def _configure(self) -> None:
        for name, template in (("krb5.conf", _CLIENT), ("kdc.conf", _SERVER)):
            text = template.format(realm=REALM, folder=self.folder, port=self.port)
            (self.folder / name).write_text(text)

    def _fill(self) -> None:
        self._run("kdb5_util", "create", "-s", "-r", REALM, "-P", "Master-Key-5")
        services = [f"{kind}/localhost@{REALM}" for kind in ("host", "WSMAN", "HTTP")]
        commands = [f"addprinc -pw {USER_PASSWORD} {USER}", *(f"addprinc -randkey {one}" for one in services)]
        commands.append(f"ktadd -k {self.folder}/keytab {' '.join(services)}")
        self._run("kadmin.local", text="".join(f"{one}\n" for one in commands))

    def _start(self) -> subprocess.Popen[bytes] | None:
        """Start the KDC; None where somebody else has taken its port meanwhile."""
        log = self.folder / "log"
        log.write_text("")
        kdc = subprocess.Popen(
            (shutil.which("krb5kdc", path=_PATH) or "krb5kdc", "-n"), env=self._environment(),
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        end = time.monotonic() + _START_SECONDS
        while _STARTED not in log.read_text():
            if kdc.poll() is not None:
                return None
            if time.monotonic() > end:
                _end(kdc)
                return None
            time.sleep(0.02)
        return kdc


_STARTED = "commencing operation"


def _end(kdc: subprocess.Popen[bytes]) -> None:
    kdc.terminate()
    kdc.wait()


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@contextmanager
def realm(folder: Path) -> Iterator[Realm]:
    """Run a realm in *folder* until the block ends."""
    for attempt in range(_STARTS):
        made = Realm(folder, _free_port())
        made._configure()
        if not attempt:
            made._fill()
        kdc = made._start()
        if kdc is None:
            continue
        try:
            yield made
        finally:
            _end(kdc)
        return
    raise AssertionError(f"the KDC does not start: {(folder / 'log').read_text()}")
