"""What the tests of the peer share."""

from tests.peer.fixtures import certificates, in_realm, kerberos_realm, serve

__all__ = ["certificates", "in_realm", "kerberos_realm", "serve"]
