"""Secrets and signatures of a login: from the typed password to keys, and what gets signed.

Knows the cryptography of logging in, neither the order of messages nor sessions. On the client a
password becomes, by one run of Argon2id, two independent keys: the salted password of SCRAM
(``voip.core.scram``) and the key that seals the account key. On both sides it spells the bytes that
an account key and a device key sign. Random bytes are handed in; nothing here draws them.
"""

import hashlib
import unicodedata
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from voip.core.credentials import KdfParameters
from voip.core.errors import ErrorCode, RemoteProtocolError
from voip.core.ids import DeviceId, Username

EXPORTER_LABEL = b"EXPORTER-Channel-Binding"
"""The TLS exporter label of RFC 9266 section 2, to be used with an empty context."""
EXPORTER_SIZE = 32

SALT_SIZE = 16
KEY_SIZE = 32
SIGNATURE_SIZE = 64

KDF_MEMORY_KIB = 19 * 1024
KDF_PASSES = 2
KDF_LANES = 1
# Above these a server would be wasting its clients' machines, or attacking them.
MAX_KDF_MEMORY_KIB = 1024 * 1024
MAX_KDF_PASSES = 16
MAX_KDF_LANES = 4

CERTIFICATE_SIZE = 2 * KEY_SIZE + SIGNATURE_SIZE

_AUTH_CONTEXT = b"voip/1 device login"
_CERTIFICATE_CONTEXT = b"voip/1 device certificate"
_SCRAM_LABEL = b"voip/1 scram salted password"
_SEALING_LABEL = b"voip/1 account key sealing"


@dataclass(frozen=True, slots=True)
class LoginSecrets:
    """The two 32-byte keys a password gives. Neither leaves the client."""

    salted_password: bytes = field(repr=False)
    sealing_key: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class CertifiedDevice:
    """Whom a device certificate that holds is about: two raw Ed25519 public keys."""

    account_public: bytes
    device_public: bytes


def default_kdf(salt: bytes) -> KdfParameters:
    """The Argon2id parameters of a new verifier, around 16 random bytes."""
    return KdfParameters(salt, KDF_MEMORY_KIB, KDF_PASSES, KDF_LANES)


def check_kdf(kdf: KdfParameters) -> None:
    """Raise ``RemoteProtocolError`` for parameters weaker than ours, or absurd.

    A server that asked for weak ones could guess the password from a proof; huge ones would stall
    the client.
    """
    fair = (
        len(kdf.salt) == SALT_SIZE
        and KDF_MEMORY_KIB <= kdf.memory_kib <= MAX_KDF_MEMORY_KIB
        and KDF_PASSES <= kdf.passes <= MAX_KDF_PASSES
        and KDF_LANES <= kdf.lanes <= MAX_KDF_LANES
    )
    if not fair:
        raise RemoteProtocolError(ErrorCode.BAD_REQUEST, "unfair Argon2id parameters")


def run_argon2(password: str, kdf: KdfParameters) -> bytes:
    """Argon2id (RFC 9106) of a password: 32 bytes, after some 20 ms of CPU and 19 MiB.

    Checks the parameters first. The password is brought to NFKC, as SASLprep (RFC 4013) does, so
    that one password typed on two keyboards gives the same bytes; SASLprep's table of forbidden
    characters is left out, since it is frozen at Unicode 3.2 and would refuse newer letters.
    """
    check_kdf(kdf)
    normal = unicodedata.normalize("NFKC", password)
    argon2 = Argon2id(
        salt=kdf.salt,
        length=KEY_SIZE,
        iterations=kdf.passes,
        lanes=kdf.lanes,
        memory_cost=kdf.memory_kib,
    )
    # A lone surrogate can come in by a terminal with a broken locale; it is as secret as any other.
    return argon2.derive(normal.encode("utf-8", "surrogatepass"))


def derive_secrets(argon2_output: bytes) -> LoginSecrets:
    """Split one Argon2id output into two keys of which neither tells the other (RFC 5869)."""
    return LoginSecrets(
        salted_password=_expand(argon2_output, _SCRAM_LABEL),
        sealing_key=_expand(argon2_output, _SEALING_LABEL),
    )


def transcript(context: bytes, *parts: bytes) -> bytes:
    """Bytes to be signed or authenticated: a context, then each part with its length before it.

    The lengths (uint32, big-endian) keep two lists of parts from ever giving the same bytes.
    """
    return b"".join(len(part).to_bytes(4, "big") + part for part in (context, *parts))


def device_id_of(device_public: bytes) -> DeviceId:
    """The id of a device: SHA-256 of its raw Ed25519 public key."""
    return DeviceId(hashlib.sha256(device_public).digest())


def auth_payload(username: Username, device_public: bytes, exporter: bytes) -> bytes:
    """What a device signs to open a session: good on the one TLS connection it was made for."""
    return transcript(_AUTH_CONTEXT, username.encode(), device_public, exporter)


def certificate_payload(account_public: bytes, device_public: bytes, device_name: str) -> bytes:
    """What an account key signs to call a device its own."""
    return transcript(_CERTIFICATE_CONTEXT, account_public, device_public, device_name.encode())


def make_certificate(
    account_key: Ed25519PrivateKey, device_public: bytes, device_name: str
) -> bytes:
    """A device certificate of 128 bytes: account key, device key, the account key's signature.

    It carries both public keys because whoever sees it in a call has no other place to learn them.
    """
    account_public = account_key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    payload = certificate_payload(account_public, device_public, device_name)
    return account_public + device_public + account_key.sign(payload)


def read_certificate(certificate: bytes, device_name: str) -> CertifiedDevice | None:
    """Whom a certificate is about, if its signature holds for this device name; else None.

    The caller still has to compare both keys with the ones it expects.
    """
    if len(certificate) != CERTIFICATE_SIZE:
        return None
    account_public = certificate[:KEY_SIZE]
    device_public = certificate[KEY_SIZE : 2 * KEY_SIZE]
    payload = certificate_payload(account_public, device_public, device_name)
    if not is_signed(account_public, certificate[2 * KEY_SIZE :], payload):
        return None
    return CertifiedDevice(account_public, device_public)


def is_signed(public: bytes, signature: bytes, payload: bytes) -> bool:
    """Whether an Ed25519 signature holds; a malformed key or signature is one that does not."""
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, payload)
    except (InvalidSignature, ValueError):
        return False
    return True


def _expand(key: bytes, label: bytes) -> bytes:
    # Argon2id's output is uniform already, so HKDF's extract step would add nothing.
    return HKDFExpand(algorithm=SHA256(), length=KEY_SIZE, info=label).derive(key)
