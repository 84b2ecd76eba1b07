"""What two devices of a call say to each other past the server: bytes and back.

These are the payloads of ``E2eRelay``. All numbers are big-endian, every length is fixed by its
place or written before the bytes; nothing may follow the last field.

    Reveal           1 | 1 | public 1216 | nonce 32 | signature 64
    SealedSenderKey  1 | 2 | length u16 | ciphertext (HPKE, 1168 + the plaintext's length)

The plaintext of a sealed sender key:

    SenderKey        1 | 3 | call 16 | from device 32 | to device 32 | direction u8 |
                     generation u32 | roster 32 | length u8 | base key | signature 64

The first byte is the version, the second the kind. Whatever the bytes, ``decode`` gives a message
or None. No key is checked here and nothing is encrypted.
"""

import struct
from dataclasses import dataclass, field
from enum import Enum, unique

from voip.core.ids import CALL_ID_SIZE, DEVICE_ID_SIZE, CallId, DeviceId

VERSION = 1
PUBLIC_SIZE = 1216  # X-Wing: ML-KEM-768 1184, X25519 32
NONCE_SIZE = 32
SIGNATURE_SIZE = 64
HASH_SIZE = 32
MAX_SEALED_BYTES = 4096
MIN_BASE_KEY_BYTES = 16  # RFC 9605 section 4.4: the key of AES_128_GCM_SHA256_128
MAX_BASE_KEY_BYTES = 64

_REVEAL, _SEALED, _SENDER_KEY = 1, 2, 3
_REVEAL_BODY = struct.Struct(f"!{PUBLIC_SIZE}s{NONCE_SIZE}s{SIGNATURE_SIZE}s")
_LENGTH = struct.Struct("!H")
_SENDER_HEAD = struct.Struct(f"!{CALL_ID_SIZE}s{DEVICE_ID_SIZE}s{DEVICE_ID_SIZE}sBI{HASH_SIZE}sB")


@unique
class Direction(Enum):
    """Whose voice a sender key is for."""

    CALLER_TO_CALLEE = 0
    CALLEE_TO_CALLER = 1


@dataclass(frozen=True, slots=True)
class Reveal:
    """The caller shows the key it had committed to."""

    public: bytes
    nonce: bytes
    signature: bytes


@dataclass(frozen=True, slots=True)
class SealedSenderKey:
    """A ``SenderKey`` that only the other leg's call key opens."""

    ciphertext: bytes


@dataclass(frozen=True, slots=True)
class SenderKey:
    """The SFrame base key of one direction, and all it is bound to."""

    call_id: CallId
    from_device: DeviceId
    to_device: DeviceId
    direction: Direction
    generation: int
    roster: bytes
    base_key: bytes = field(repr=False)
    signature: bytes

    @property
    def signed_part(self) -> bytes:
        """What ``signature`` is made over, beside its context."""
        return encode(self)[:-SIGNATURE_SIZE]


E2eMessage = Reveal | SealedSenderKey | SenderKey


def encode(message: E2eMessage) -> bytes:
    """The bytes of a message; ``ValueError`` when a field has not the size of its place."""
    match message:
        case Reveal(public=public, nonce=nonce, signature=signature):
            _check(public, PUBLIC_SIZE)
            _check(nonce, NONCE_SIZE)
            _check(signature, SIGNATURE_SIZE)
            return bytes((VERSION, _REVEAL)) + _REVEAL_BODY.pack(public, nonce, signature)
        case SealedSenderKey(ciphertext=ciphertext):
            if len(ciphertext) > MAX_SEALED_BYTES:
                raise ValueError(len(ciphertext))
            return bytes((VERSION, _SEALED)) + _LENGTH.pack(len(ciphertext)) + ciphertext
        case SenderKey():
            return bytes((VERSION, _SENDER_KEY)) + _sender_key(message)


def decode(data: bytes) -> E2eMessage | None:
    """The message in the bytes, or None when they are none of ours."""
    if len(data) < 2 or data[0] != VERSION:
        return None
    body = data[2:]
    match data[1]:
        case 1:  # _REVEAL
            return Reveal(*_REVEAL_BODY.unpack(body)) if len(body) == _REVEAL_BODY.size else None
        case 2:  # _SEALED
            return _read_sealed(body)
        case 3:  # _SENDER_KEY
            return _read_sender_key(body)
        case _:
            return None


def _sender_key(message: SenderKey) -> bytes:
    _check(message.call_id, CALL_ID_SIZE)
    _check(message.from_device, DEVICE_ID_SIZE)
    _check(message.to_device, DEVICE_ID_SIZE)
    _check(message.roster, HASH_SIZE)
    _check(message.signature, SIGNATURE_SIZE)
    is_key = MIN_BASE_KEY_BYTES <= len(message.base_key) <= MAX_BASE_KEY_BYTES
    if not is_key or not 0 <= message.generation < 1 << 32:
        raise ValueError(message.generation)
    head = _SENDER_HEAD.pack(
        message.call_id,
        message.from_device,
        message.to_device,
        message.direction.value,
        message.generation,
        message.roster,
        len(message.base_key),
    )
    return head + message.base_key + message.signature


def _check(field: bytes, size: int) -> None:
    if len(field) != size:  # struct would pad or cut in silence
        raise ValueError(len(field))


def _read_sealed(body: bytes) -> SealedSenderKey | None:
    if len(body) < _LENGTH.size:
        return None
    (length,) = _LENGTH.unpack_from(body)
    ciphertext = body[_LENGTH.size :]
    if length != len(ciphertext) or length > MAX_SEALED_BYTES:
        return None
    return SealedSenderKey(ciphertext)


def _read_sender_key(body: bytes) -> SenderKey | None:
    if len(body) < _SENDER_HEAD.size:
        return None
    call, sender, receiver, direction, generation, roster, length = _SENDER_HEAD.unpack_from(body)
    rest = body[_SENDER_HEAD.size :]
    if direction > 1 or not MIN_BASE_KEY_BYTES <= length <= MAX_BASE_KEY_BYTES:
        return None
    if len(rest) != length + SIGNATURE_SIZE:
        return None
    return SenderKey(
        CallId(call),
        DeviceId(sender),
        DeviceId(receiver),
        Direction(direction),
        generation,
        roster,
        rest[:length],
        rest[length:],
    )
