"""What TLS must prove about a server, and what it proves to the server."""

from __future__ import annotations

import ssl
from pathlib import Path

from checker.acquire.live.commands import LiveError, Target
from checker.model.collection import FailureClass


def tls_context(target: Target) -> ssl.SSLContext:
    """
    Give the rules of every TLS connection to *target*: its certificate authorities, or else those of the system.

    Raises:
        LiveError: a file of certificates cannot be used.
    """
    # NOTE: ssl.create_default_context would write the keys of the connection where SSLKEYLOGFILE says.
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if not target.tls_verified:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    elif target.ca_bundle:
        _trust(context, target.ca_bundle)
    else:
        context.load_default_certs()
    if target.authentication == "certificate":
        _show(context, target)
    return context


def _trust(context: ssl.SSLContext, bundle: str) -> None:
    try:
        if Path(bundle).is_dir():
            context.load_verify_locations(capath=bundle)
        else:
            context.load_verify_locations(cafile=bundle)
    except ssl.SSLError:
        problem = "it holds no certificate in PEM form"
    except OSError as error:
        problem = error.strerror or "it cannot be read"
    else:
        return
    raise LiveError(FailureClass.BAD_CONFIGURATION, f"The CA bundle '{bundle}' cannot be used: {problem}.")


def _show(context: ssl.SSLContext, target: Target) -> None:
    """Load the client certificate; without a password for an encrypted key OpenSSL would ask on the terminal."""
    names = f"'{target.certificate}' with the key '{target.certificate_key}'"
    try:
        context.load_cert_chain(target.certificate, target.certificate_key, password=lambda: target.secret)
    except (ssl.SSLError, ValueError):
        kind, problem = FailureClass.TLS, "they are not PEM, do not belong together, or the key has another password"
    except OSError as error:
        kind, problem = FailureClass.BAD_CONFIGURATION, error.strerror or "they cannot be read"
    else:
        return
    raise LiveError(kind, f"The client certificate {names} cannot be used: {problem}.")
