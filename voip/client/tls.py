"""TLS as the client speaks it: 1.3 only, one ALPN name, trust by pin.

It knows OpenSSL's side of a connection: what to offer, whose key was shown, the exporter value that
binds a login to the channel. Certificates are not checked against authorities or dates: whether the
key is the right one is ``voip.client.known_servers``' to say, before anything is sent.
"""

import hashlib
from dataclasses import dataclass

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from OpenSSL import SSL
from twisted.internet.interfaces import IOpenSSLClientConnectionCreator
from twisted.protocols.tls import TLSMemoryBIOProtocol
from zope.interface import implementer

from voip.core.login import EXPORTER_LABEL, EXPORTER_SIZE

ALPN_CONTROL = b"voip/1"


@dataclass(frozen=True, slots=True)
class Channel:
    """What a finished handshake tells. ``pin`` is the SHA-256 of the server's SPKI in hex."""

    pin: str
    exporter: bytes
    protocol: bytes  # the ALPN name agreed on; empty when there was none


@implementer(IOpenSSLClientConnectionCreator)
class ClientTls:
    """Makes the TLS end of one connection after the other, all for this protocol (ALPN)."""

    def __init__(self, protocol: bytes) -> None:
        self._context = SSL.Context(SSL.TLS_CLIENT_METHOD)
        self._context.set_min_proto_version(SSL.TLS1_3_VERSION)
        self._context.set_alpn_protos([protocol])

    def clientConnectionForTLS(
        self,
        tlsProtocol: TLSMemoryBIOProtocol,  # noqa: N803, ARG002
    ) -> SSL.Connection:
        return SSL.Connection(self._context, None)


def channel_of(connection: SSL.Connection) -> Channel | None:
    """What the handshake agreed on; None when the server showed no certificate."""
    certificate = connection.get_peer_certificate(as_cryptography=True)
    if certificate is None:
        return None
    spki = certificate.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    exporter = connection.export_keying_material(EXPORTER_LABEL, EXPORTER_SIZE, b"")  # RFC 9266
    return Channel(
        hashlib.sha256(spki).hexdigest(), exporter, connection.get_alpn_proto_negotiated()
    )
