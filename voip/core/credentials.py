"""What proves who one is, and what is kept of it: verifiers, sealed keys, claims of devices.

Plain values that travel in login messages and lie in the store; ``voip.core.login`` and
``voip.core.scram`` make and check them.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class KdfParameters:
    """Argon2id as the client must run it. The client refuses weaker or absurd ones."""

    salt: bytes  # 16 bytes
    memory_kib: int
    passes: int
    lanes: int


@dataclass(frozen=True, slots=True)
class Verifier:
    """What the server keeps of a password (RFC 5802 StoredKey and ServerKey; SHA-256)."""

    kdf: KdfParameters
    stored_key: bytes
    server_key: bytes


@dataclass(frozen=True, slots=True)
class AccountKeys:
    """An account's Ed25519 key: the public half, and the private half sealed by the client under a
    key that only the password gives. The server cannot open ``sealed``."""

    public: bytes
    sealed: bytes


@dataclass(frozen=True, slots=True)
class RecoveryCopy:
    """A copy of the account's private key that one recovery code opens (voip.core.recovery).

    ``token_hash`` is the SHA-256 of what the code gives for the server; ``sealed`` is under what it
    gives for the client. The server can neither find the code nor open the copy.
    """

    token_hash: bytes
    sealed: bytes


@dataclass(frozen=True, slots=True)
class DeviceClaim:
    """The device a session belongs to.

    ``proof`` is the device key's Ed25519 signature over ``auth_payload`` (voip.core.login), which
    binds the TLS channel, so it serves for one connection only.
    """

    public: bytes
    certificate: bytes  # the account key's signature over the device key and name; empty until made
    name: str
    proof: bytes
