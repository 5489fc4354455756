"""Throw-away certificates for one run of the tests."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

KEY_PASSWORD = "Key-Password-3"
CLIENT_NAME = "svc-audit"


@dataclass(frozen=True, slots=True)
class ServerCertificate:
    """The certificate of a server, with its key in the same file, and the authority of the clients it lets in."""

    path: Path
    client_authority: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificates:
    """Everything that TLS needs, in files."""

    authority: Path  # the bundle that clients trust
    other_authority: Path  # one that nobody has signed anything with
    good: ServerCertificate
    expired: ServerCertificate
    wrong_name: ServerCertificate
    untrusted: ServerCertificate
    client: Path
    client_key: Path
    client_locked_key: Path  # the same key, locked by KEY_PASSWORD
    stranger: Path  # a client certificate of the other authority, with its key
    stranger_key: Path


@dataclass(frozen=True, slots=True)
class _Issued:
    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey


def make_certificates(folder: Path) -> Certificates:
    """Make all of them in *folder*."""
    authority, other = _authority("Peer authority"), _authority("Other authority")
    here = (x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1")))
    elsewhere = (x509.DNSName("elsewhere.example"),)
    trusted = _save(folder / "authority.pem", authority)
    strangers = _save(folder / "other-authority.pem", other)

    def server(name: str, issued: _Issued) -> ServerCertificate:
        return ServerCertificate(_save(folder / f"{name}.pem", issued, with_key=True), trusted)

    client, stranger = _leaf(authority, CLIENT_NAME, ()), _leaf(other, CLIENT_NAME, ())
    return Certificates(
        authority=trusted,
        other_authority=strangers,
        good=server("good", _leaf(authority, "localhost", here)),
        expired=server("expired", _leaf(authority, "localhost", here, ended=True)),
        wrong_name=server("wrong-name", _leaf(authority, "elsewhere.example", elsewhere)),
        untrusted=server("untrusted", _leaf(other, "localhost", here)),
        client=_save(folder / "client.pem", client),
        client_key=_save_key(folder / "client.key", client),
        client_locked_key=_save_key(folder / "client-locked.key", client, KEY_PASSWORD),
        stranger=_save(folder / "stranger.pem", stranger),
        stranger_key=_save_key(folder / "stranger.key", stranger),
    )


def _name(common_name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])


def _builder(
    subject: str, issuer: x509.Name, key: ec.EllipticCurvePrivateKey, *, ended: bool
) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    start, end = (
        (now - timedelta(days=30), now - timedelta(days=1))
        if ended
        else (now - timedelta(days=1), now + timedelta(days=30))
    )
    return (
        x509.CertificateBuilder()
        .subject_name(_name(subject))
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(end)
    )


def _authority(name: str) -> _Issued:
    key = ec.generate_private_key(ec.SECP256R1())
    signs = dict.fromkeys(("key_cert_sign", "crl_sign"), True)
    not_that = dict.fromkeys(
        ("digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement",
         "encipher_only", "decipher_only"), False,
    )  # fmt: skip
    certificate = (
        _builder(name, _name(name), key, ended=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(x509.KeyUsage(**signs, **not_that), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    return _Issued(certificate, key)


def _leaf(issuer: _Issued, name: str, names: tuple[x509.GeneralName, ...], *, ended: bool = False) -> _Issued:
    """Give the certificate of a server with *names*, or without any that of a client."""
    key = ec.generate_private_key(ec.SECP256R1())
    use = ExtendedKeyUsageOID.SERVER_AUTH if names else ExtendedKeyUsageOID.CLIENT_AUTH
    by = x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer.key.public_key())
    builder = (
        _builder(name, issuer.certificate.subject, key, ended=ended)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(by, critical=False)
        .add_extension(x509.ExtendedKeyUsage([use]), critical=False)
    )
    if names:
        builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
    return _Issued(builder.sign(issuer.key, hashes.SHA256()), key)


def _key_text(issued: _Issued, password: str = "") -> bytes:
    lock = serialization.BestAvailableEncryption(password.encode()) if password else serialization.NoEncryption()
    return issued.key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, lock)


def _save(path: Path, issued: _Issued, *, with_key: bool = False) -> Path:
    text = issued.certificate.public_bytes(serialization.Encoding.PEM)
    path.write_bytes(text + (_key_text(issued) if with_key else b""))
    return path


def _save_key(path: Path, issued: _Issued, password: str = "") -> Path:
    path.write_bytes(_key_text(issued, password))
    path.chmod(0o600)
    return path
