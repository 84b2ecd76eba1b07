"""SCRAM (RFC 5802) with SHA-256 over a password salted by Argon2id, bound to the TLS channel.

Knows keys, proofs and the message they are over; neither who asks nor how often. The server keeps
a ``Verifier``, from which nobody can log in; the client shows that it knows the password without
showing it, and learns by the server's signature that the server knew the verifier. The TLS exporter
(RFC 9266) is part of what is proven, so a proof relayed to another connection is worth nothing.
Pure functions over given nonces; all comparisons take the same time whatever the bytes.
"""

import hashlib
import hmac

from voip.core.credentials import KdfParameters, Verifier
from voip.core.errors import ErrorCode, RemoteProtocolError
from voip.core.ids import Username
from voip.core.login import SALT_SIZE, default_kdf, transcript

NONCE_SIZE = 24
"""Bytes each side adds to the nonce."""

_CONTEXT = b"voip/1 scram-sha-256"
_FAKE_CONTEXT = b"voip/1 nobody"


def make_verifier(salted_password: bytes, kdf: KdfParameters) -> Verifier:
    """What the server keeps (RFC 5802 section 3: StoredKey and ServerKey)."""
    return Verifier(
        kdf=kdf,
        stored_key=_hash(_client_key(salted_password)),
        server_key=_server_key(salted_password),
    )


def fake_verifier(server_secret: bytes, username: Username) -> Verifier:
    """A verifier for a name nobody has: the same at each try, and no proof ever fits it.

    The salt and the work are those of a real account, so neither answers nor times tell whether
    the name exists. ``server_secret`` is random and stays with the server for good.
    """
    material = hmac.digest(server_secret, transcript(_FAKE_CONTEXT, username.encode()), "sha512")
    return Verifier(
        kdf=default_kdf(material[:SALT_SIZE]),
        # Nobody knows a client key that hashes to these bytes: the last 32 of the HMAC.
        stored_key=material[-32:],
        server_key=_hash(material),
    )


def check_nonce(client_nonce: bytes, nonce: bytes) -> None:
    """The client's look at a challenge: raise ``RemoteProtocolError`` unless the nonce is the
    client's own with enough of the server's behind it (RFC 5802 section 5.1)."""
    if not nonce.startswith(client_nonce) or len(nonce) != len(client_nonce) + NONCE_SIZE:
        raise RemoteProtocolError(ErrorCode.BAD_REQUEST, "the nonce is not ours")


def auth_message(username: Username, nonce: bytes, kdf: KdfParameters, exporter: bytes) -> bytes:
    """What proof and signature are over: name, both nonces, salt and cost, and the TLS channel."""
    cost = b"".join(n.to_bytes(4, "big") for n in (kdf.memory_kib, kdf.passes, kdf.lanes))
    return transcript(_CONTEXT, username.encode(), nonce, kdf.salt, cost, exporter)


def client_proof(salted_password: bytes, message: bytes) -> bytes:
    """The client's side: ClientKey XOR HMAC(StoredKey, message), 32 bytes."""
    client_key = _client_key(salted_password)
    return _xor(client_key, hmac.digest(_hash(client_key), message, "sha256"))


def verify_proof(verifier: Verifier, message: bytes, proof: bytes) -> bool:
    """The server's side: whether whoever made this proof knew the password."""
    signature = hmac.digest(verifier.stored_key, message, "sha256")
    if len(proof) != len(signature):
        return False
    return hmac.compare_digest(_hash(_xor(proof, signature)), verifier.stored_key)


def server_signature(verifier: Verifier, message: bytes) -> bytes:
    """The server's side: what shows the client that the server knew the verifier."""
    return hmac.digest(verifier.server_key, message, "sha256")


def verify_server(salted_password: bytes, message: bytes, signature: bytes) -> bool:
    """The client's side: whether the server knew the verifier of this password."""
    expected = hmac.digest(_server_key(salted_password), message, "sha256")
    return hmac.compare_digest(expected, signature)


def _client_key(salted_password: bytes) -> bytes:
    return hmac.digest(salted_password, b"Client Key", "sha256")


def _server_key(salted_password: bytes) -> bytes:
    return hmac.digest(salted_password, b"Server Key", "sha256")


def _hash(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def _xor(left: bytes, right: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(left, right, strict=True))
