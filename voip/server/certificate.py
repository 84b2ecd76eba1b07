"""The server's certificate: made at the first start, read at the next, and the TLS rules.

Clients pin the key, not the certificate, so the names and dates in it carry no weight; it is
self-signed and long-lived. TLS 1.3 alone is spoken. ``channel_binding`` gives the bytes by which a
login is bound to one connection (RFC 9266).
"""

import datetime as dt
import hashlib
from dataclasses import dataclass
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from OpenSSL import SSL
from twisted.internet.interfaces import IOpenSSLServerConnectionCreator
from twisted.protocols.tls import TLSMemoryBIOProtocol
from zope.interface import implementer

from voip.core.login import EXPORTER_LABEL, EXPORTER_SIZE
from voip.server.data_dir import CERTIFICATE, CERTIFICATE_KEY, CannotStart, DataDirectory

ALPN_CONTROL: Final = b"voip/1"
LIFETIME: Final = dt.timedelta(days=365 * 30)
BACKDATED: Final = dt.timedelta(days=2)  # a first start before the clock is set


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
    try:
        key = serialization.load_pem_private_key(
            directory.secret(CERTIFICATE_KEY, make_key), password=None
        )
        if not isinstance(key, ec.EllipticCurvePrivateKey):
            raise ValueError
        kept = directory.secret(CERTIFICATE, lambda: self_sign(key, now))
        certificate = x509.load_pem_x509_certificate(kept)
    except (ValueError, TypeError):
        raise CannotStart(
            f"The certificate or its key in {directory.path} cannot be read: put back "
            f"{CERTIFICATE} and {CERTIFICATE_KEY} from a copy, or remove both for new ones."
        ) from None
    if certificate.public_key() != key.public_key():
        raise CannotStart(
            f"{CERTIFICATE} and {CERTIFICATE_KEY} in {directory.path} do not belong together: "
            "put back both from a copy, or remove both for new ones."
        )
    return ServerCertificate(certificate, key)


@implementer(IOpenSSLServerConnectionCreator)
class TlsRules:
    """Makes the TLS side of each accepted connection: version 1.3, ALPN known or refused."""

    def __init__(self, certificate: ServerCertificate, protocols: tuple[bytes, ...]) -> None:
        self._protocols = protocols
        self.context = context = SSL.Context(SSL.TLS_SERVER_METHOD)
        context.set_min_proto_version(SSL.TLS1_3_VERSION)
        context.set_options(SSL.OP_NO_RENEGOTIATION)
        # A ticket would let a session skip the handshake; logins are cheap and bound to channels.
        # Without a cache OpenSSL still makes tickets that hold everything, unless told not to.
        context.set_session_cache_mode(SSL.SESS_CACHE_OFF)
        context.set_options(SSL.OP_NO_TICKET)
        context.use_privatekey(certificate.key)
        context.use_certificate(certificate.certificate)
        context.check_privatekey()
        context.set_alpn_select_callback(self._select)

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
