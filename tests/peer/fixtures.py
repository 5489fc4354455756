"""Fixtures for tests that need a peer; a conftest.py takes them over by importing them."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack

import pytest

from tests.peer.certificates import Certificates, make_certificates
from tests.peer.peer import Peer, serving
from tests.peer.realm import Realm, missing, realm
from tests.peer.server_model import FakeServer

Serve = Callable[[Sequence[FakeServer]], Peer]

REQUIRED = "ADSYNC_CHECKER_REQUIRES_KDC"
"""Where the environment names this, a machine that cannot run a KDC fails the tests that need one."""


@pytest.fixture(scope="session")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    """Give certificates of every kind."""
    return make_certificates(tmp_path_factory.mktemp("certificates"))


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Give a function that runs servers until the test ends."""
    with ExitStack() as stack:
        yield lambda servers: stack.enter_context(serving(servers))


@pytest.fixture(scope="session")
def kerberos_realm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Realm]:
    """Give a running realm of Kerberos; skip where the machine has no KDC."""
    lacking = missing()
    if lacking and REQUIRED in os.environ:
        pytest.fail(lacking)
    if lacking:
        pytest.skip(lacking)
    with realm(tmp_path_factory.mktemp("realm")) as made:
        yield made


@pytest.fixture
def in_realm(kerberos_realm: Realm, monkeypatch: pytest.MonkeyPatch) -> Realm:
    """Make this process a member of the realm, without any ticket yet."""
    monkeypatch.setenv("KRB5_CONFIG", str(kerberos_realm.configuration))
    monkeypatch.setenv("KRB5CCNAME", kerberos_realm.no_tickets)
    return kerberos_realm
