"""The server's certificate: made at the first start, read at the next and when it was renewed, and
the TLS rules.

Clients pin the key, not the certificate, so the names and dates in it carry no weight; it is
self-signed and long-lived. TLS 1.3 alone is spoken. ``channel_binding`` gives the bytes by which a
login is bound to one connection (RFC 9266).
"""

import datetime as dt
import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from OpenSSL import SSL
from twisted.internet.interfaces import IOpenSSLServerConnectionCreator
from twisted.protocols.tls import TLSMemoryBIOProtocol
from zope.interface import implementer

from voip.core.errors import VoipError
from voip.core.login import EXPORTER_LABEL, EXPORTER_SIZE
from voip.server.data_dir import CERTIFICATE, CERTIFICATE_KEY, CannotStart, DataDirectory

ALPN_CONTROL: Final = b"voip/1"
LIFETIME: Final = dt.timedelta(days=365 * 30)
BACKDATED: Final = dt.timedelta(days=2)  # a first start before the clock is set


CURVES: Final = (ec.SECP256R1, ec.SECP384R1, ec.SECP521R1)
"""What TLS 1.3 has signatures for (RFC 8446, section 4.2.3)."""


class BrokenCertificate(VoipError):
    """A certificate or key that cannot be used; its text is the clause that says why."""


@dataclass(frozen=True, slots=True)
class ServerCertificate:
    """The certificate and key in use. ``pin`` is the SHA-256 of the public key (SPKI), in hex."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey

    @property
    def pin(self) -> str:
        spki = self.certificate.public_key().public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        return hashlib.sha256(spki).hexdigest()


def make_key() -> bytes:
    """A new P-256 key as PEM."""
    return ec.generate_private_key(ec.SECP256R1()).private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


def self_sign(key: ec.EllipticCurvePrivateKey, now: dt.datetime) -> bytes:
    """A certificate for the key as PEM. It names nobody: the pin is what is trusted."""
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "voip")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - BACKDATED)
        .not_valid_after(now + LIFETIME)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    return certificate.public_bytes(serialization.Encoding.PEM)


def load_or_make(directory: DataDirectory, now: dt.datetime) -> ServerCertificate:
    """The kept certificate, made if there is none. Raises ``CannotStart``."""
    key = directory.secret(CERTIFICATE_KEY, make_key)
    try:
        return _read(directory.secret(CERTIFICATE, lambda: self_sign(_read_key(key), now)), key)
    except BrokenCertificate as error:
        raise CannotStart(
            f"In {directory.path} {error}: put back both from a copy, or remove both for new ones."
        ) from None


def load_again(path: Path) -> ServerCertificate:
    """The certificate and key that are in the data directory now. Raises ``BrokenCertificate``."""
    try:
        return _read((path / CERTIFICATE).read_bytes(), (path / CERTIFICATE_KEY).read_bytes())
    except OSError as error:
        why = (error.strerror or str(error)).lower()
        raise BrokenCertificate(f"{Path(error.filename).name} cannot be read ({why})") from None


def _read(certificate_pem: bytes, key_pem: bytes) -> ServerCertificate:
    key = _read_key(key_pem)
    try:
        certificate = x509.load_pem_x509_certificate(certificate_pem)
        public = certificate.public_key()
    except (ValueError, UnsupportedAlgorithm):
        raise BrokenCertificate(f"{CERTIFICATE} is no certificate in PEM") from None
    if public != key.public_key():
        raise BrokenCertificate(f"{CERTIFICATE} and {CERTIFICATE_KEY} do not belong together")
    read = ServerCertificate(certificate, key)
    _context(read)
    return read


def _context(certificate: ServerCertificate) -> SSL.Context:
    context = SSL.Context(SSL.TLS_SERVER_METHOD)
    context.set_min_proto_version(SSL.TLS1_3_VERSION)
    context.set_options(SSL.OP_NO_RENEGOTIATION)
    # A ticket would let a session skip the handshake; logins are cheap and bound to channels.
    # Without a cache OpenSSL still makes tickets that hold everything, unless told not to.
    context.set_session_cache_mode(SSL.SESS_CACHE_OFF)
    context.set_options(SSL.OP_NO_TICKET)
    try:
        context.use_privatekey(certificate.key)
        context.use_certificate(certificate.certificate)
        context.check_privatekey()
    except SSL.Error:
        raise BrokenCertificate(
            f"OpenSSL takes {CERTIFICATE} for too weak; SHA-256 is strong enough"
        ) from None
    return context


def _read_key(pem: bytes) -> ec.EllipticCurvePrivateKey:
    try:
        key = serialization.load_pem_private_key(pem, password=None)
    except TypeError:
        raise BrokenCertificate(f"{CERTIFICATE_KEY} is locked by a passphrase") from None
    except (ValueError, UnsupportedAlgorithm):
        raise BrokenCertificate(f"{CERTIFICATE_KEY} is no private key in PEM") from None
    if not isinstance(key, ec.EllipticCurvePrivateKey) or not isinstance(key.curve, CURVES):
        raise BrokenCertificate(
            f"{CERTIFICATE_KEY} is of another kind than is used here, which is an elliptic curve "
            "key (P-256, P-384 or P-521)"
        )
    return key


@implementer(IOpenSSLServerConnectionCreator)
class TlsRules:
    """Makes the TLS side of each accepted connection: version 1.3, ALPN known or refused."""

    def __init__(self, certificate: ServerCertificate, protocols: tuple[bytes, ...]) -> None:
        self._protocols = protocols
        self._listeners: list[Callable[[ServerCertificate], None]] = []
        self.change(certificate)

    def on_change(self, listener: Callable[[ServerCertificate], None]) -> None:
        """Tell of each other certificate, from now on."""
        self._listeners.append(listener)

    def change(self, certificate: ServerCertificate) -> None:
        """Show this certificate on connections that are made from now on; the others go on."""
        context = _context(certificate)
        context.set_alpn_select_callback(self._select)
        self.context = context
        self.certificate = certificate
        for listener in self._listeners:
            listener(certificate)

    def serverConnectionForTLS(  # noqa: N802 - what Twisted calls
        self,
        tlsProtocol: TLSMemoryBIOProtocol,  # noqa: ARG002, N803 - what Twisted passes
    ) -> SSL.Connection:
        return SSL.Connection(self.context, None)

    def _select(self, _connection: SSL.Connection, offered: list[bytes]) -> bytes:
        for name in self._protocols:
            if name in offered:
                return name
        # pyOpenSSL ends the handshake with the alert no_application_protocol (RFC 7301, section
        # 3.2) when this raises; b"" would give internal_error.
        raise SSL.Error([("", "", "no application protocol in common")])


def channel_binding(transport: TLSMemoryBIOProtocol) -> bytes:
    """The exporter value of a finished handshake, 32 bytes."""
    exported: bytes = transport.getHandle().export_keying_material(
        EXPORTER_LABEL, EXPORTER_SIZE, b""
    )
    return exported
