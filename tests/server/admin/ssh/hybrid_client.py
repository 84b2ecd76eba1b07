"""A client with the key exchange that is safe against quantum computers, which Conch's has not.

By draft-ietf-sshm-mlkem-hybrid-kex: ML-KEM-768 beside X25519, both secrets hashed into one.
"""

from hashlib import sha256

from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from twisted.conch.ssh.common import NS, getNS
from twisted.conch.ssh.keys import Key
from twisted.conch.ssh.transport import SSHTransportBase

from tests.server.admin.ssh.pair import Client

INIT = 30
CIPHERTEXT_BYTES = 1088


class HybridClient(Client):
    """Knows no other key exchange."""

    supportedKeyExchanges = [b"mlkem768x25519-sha256"]  # noqa: RUF012 - Conch's

    def ssh_KEXINIT(self, packet: bytes) -> None:
        SSHTransportBase.ssh_KEXINIT(self, packet)
        self._post_quantum = MLKEM768PrivateKey.generate()
        self._classic = X25519PrivateKey.generate()
        self._asked = (
            self._post_quantum.public_key().public_bytes_raw()
            + self._classic.public_key().public_bytes_raw()
        )
        self.sendPacket(INIT, NS(self._asked))

    def ssh_KEX_DH_GEX_GROUP(self, packet: bytes) -> None:
        """The answer; its number has this name in Conch."""
        host_key, answer, signature, _ = getNS(packet, 3)
        post_quantum = self._post_quantum.decapsulate(answer[:CIPHERTEXT_BYTES])
        classic = self._classic.exchange(
            X25519PublicKey.from_public_bytes(answer[CIPHERTEXT_BYTES:])
        )
        secret = NS(sha256(post_quantum + classic).digest())
        exchange = b"".join(
            map(
                NS,
                (
                    self.ourVersionString,
                    self.otherVersionString,
                    self.ourKexInitPayload,
                    self.otherKexInitPayload,
                    host_key,
                    self._asked,
                    answer,
                ),
            )
        )
        digest = sha256(exchange + secret).digest()
        assert Key.fromString(host_key, type="blob").verify(signature, digest)
        self._keySetup(secret, digest)
