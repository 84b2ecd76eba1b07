"""The ephemeral key pair of one device in one call, and the values bound to it.

X-Wing (ML-KEM-768 + X25519) through HPKE in base mode (RFC 9180, single-shot), SHA-256 for
commitments. Every hash and signature is over a ``transcript``: a context and parts with their
lengths, so that no two meanings share bytes. It knows no messages, no legs and no contacts, and
draws no random numbers: a source is handed in.

Python cannot overwrite a key in memory: ``CallKey.erase`` drops the references, after which the
library frees its copies, but pages that were swapped or dumped before are out of reach.
"""

import hashlib
from collections.abc import Callable

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hpke
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey, MLKEM768PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey

from voip.core.ids import CallId
from voip.core.login import transcript

Randomness = Callable[[int], bytes]
"""``secrets.token_bytes``, or a test's own."""

MLKEM_PUBLIC_SIZE = 1184
MLKEM_SEED_SIZE = 64
X25519_SIZE = 32

COMMITMENT = b"voip/1 call commitment"
LEG_KEY = b"voip/1 leg key"
REVEAL = b"voip/1 reveal"
SENDER_KEY = b"voip/1 sender key"
SPEAKER_KEY = b"voip/1 speaker key"
TRANSCRIPT = b"voip/1 call transcript"
ROSTER = b"voip/1 roster"

_SUITE = hpke.Suite(hpke.KEM.MLKEM768_X25519, hpke.KDF.HKDF_SHA256, hpke.AEAD.CHACHA20_POLY1305)


def digest(context: bytes, *parts: bytes) -> bytes:
    """SHA-256 over a context and parts with their lengths."""
    return hashlib.sha256(transcript(context, *parts)).digest()


def commitment_to(call_id: CallId, public: bytes, nonce: bytes) -> bytes:
    """What the caller sends in Invite, long before it shows the key."""
    return digest(COMMITMENT, call_id, public, nonce)


def seal(public: bytes, plaintext: bytes, info: bytes) -> bytes | None:
    """Encrypt for the holder of a call key; None when ``public`` is no such key."""
    try:
        key = hpke.MLKEM768X25519PublicKey(
            MLKEM768PublicKey.from_public_bytes(public[:MLKEM_PUBLIC_SIZE]),
            X25519PublicKey.from_public_bytes(public[MLKEM_PUBLIC_SIZE:]),
        )
        return _SUITE.encrypt(plaintext, key, info)
    except ValueError:  # wrong length, or an X25519 point of small order
        return None


class CallKey:
    """One device's key pair for one call."""

    def __init__(self, random: Randomness) -> None:
        kem = MLKEM768PrivateKey.from_seed_bytes(random(MLKEM_SEED_SIZE))
        curve = X25519PrivateKey.from_private_bytes(random(X25519_SIZE))
        self.public = kem.public_key().public_bytes_raw() + curve.public_key().public_bytes_raw()
        self._private: hpke.MLKEM768X25519PrivateKey | None
        self._private = hpke.MLKEM768X25519PrivateKey(kem, curve)

    def open(self, ciphertext: bytes, info: bytes) -> bytes | None:
        """Decrypt what was sealed for this key; None when it was not, or the key is erased."""
        if self._private is None:
            return None
        try:
            return _SUITE.decrypt(ciphertext, self._private, info)
        except (InvalidTag, ValueError):
            return None

    def erase(self) -> None:
        """Forget the private half: the call is over."""
        self._private = None
