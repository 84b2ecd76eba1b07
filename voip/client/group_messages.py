"""What two devices of a conference say to each other past the server: bytes and back.

Payloads of ``E2eRelay`` beside those of ``voip.client.e2e_messages``, in the same manner: version,
kind, big-endian numbers, and nothing after the last field.

    SealedFirst      1 | 4 | length u16 | ciphertext (HPKE, 1136 + the plaintext's length)
    SealedNext       1 | 5 | counter u32 | length u16 | ciphertext (ChaCha20-Poly1305)

The plaintext of both:

    SpeakerKey       1 | 6 | generation u32 | step u8 | roster 32 | length u8 | pair secret |
                     length u8 | base key | signature 64

A pair secret of 32 bytes stands in the first message and none in later ones. Whatever the bytes,
``decode`` gives a message or None. No key is checked here and nothing is encrypted.
"""

import struct
from dataclasses import dataclass, field

from voip.client.e2e_messages import (
    HASH_SIZE,
    MAX_BASE_KEY_BYTES,
    MAX_SEALED_BYTES,
    MIN_BASE_KEY_BYTES,
    SIGNATURE_SIZE,
    VERSION,
)

PAIR_SECRET_SIZE = 32
MAX_STEP = 7  # three bits of the KID
MAX_COUNTER = (1 << 32) - 1

_FIRST, _NEXT, _SPEAKER_KEY = 4, 5, 6
_LENGTH = struct.Struct("!H")
_NEXT_HEAD = struct.Struct("!IH")
_KEY_HEAD = struct.Struct(f"!IB{HASH_SIZE}sB")


@dataclass(frozen=True, slots=True)
class SealedFirst:
    """The first message to a leg: a ``SpeakerKey`` that only the leg's call key opens."""

    ciphertext: bytes


@dataclass(frozen=True, slots=True)
class SealedNext:
    """A later message: a ``SpeakerKey`` under the pair secret of the first."""

    counter: int
    ciphertext: bytes


@dataclass(frozen=True, slots=True)
class SpeakerKey:
    """The SFrame key somebody speaks under, and what it is signed with."""

    generation: int
    step: int
    roster: bytes
    pair_secret: bytes = field(repr=False)
    base_key: bytes = field(repr=False)
    signature: bytes

    @property
    def signed_part(self) -> bytes:
        """What ``signature`` is made over, beside its context."""
        return encode(self)[:-SIGNATURE_SIZE]


GroupMessage = SealedFirst | SealedNext | SpeakerKey


def is_for_group(data: bytes) -> bool:
    """Whether this is a conference's message and not one of a call of two."""
    return len(data) > 1 and data[0] == VERSION and data[1] in (_FIRST, _NEXT)


def encode(message: GroupMessage) -> bytes:
    """The bytes of a message; ``ValueError`` when a field has not the size of its place."""
    match message:
        case SealedFirst(ciphertext=ciphertext):
            _check(len(ciphertext) <= MAX_SEALED_BYTES)
            return bytes((VERSION, _FIRST)) + _LENGTH.pack(len(ciphertext)) + ciphertext
        case SealedNext(counter=counter, ciphertext=ciphertext):
            _check(len(ciphertext) <= MAX_SEALED_BYTES and 0 <= counter <= MAX_COUNTER)
            head = _NEXT_HEAD.pack(counter, len(ciphertext))
            return bytes((VERSION, _NEXT)) + head + ciphertext
        case SpeakerKey():
            return bytes((VERSION, _SPEAKER_KEY)) + _speaker_key(message)


def decode(data: bytes) -> GroupMessage | None:
    """The message in the bytes, or None when they are none of ours."""
    if len(data) < 2 or data[0] != VERSION:
        return None
    body = data[2:]
    match data[1]:
        case 4:  # _FIRST
            return _read_first(body)
        case 5:  # _NEXT
            return _read_next(body)
        case 6:  # _SPEAKER_KEY
            return _read_speaker_key(body)
        case _:
            return None


def _speaker_key(message: SpeakerKey) -> bytes:
    _check(0 <= message.generation < 1 << 32 and 0 <= message.step <= MAX_STEP)
    _check(len(message.roster) == HASH_SIZE and len(message.signature) == SIGNATURE_SIZE)
    _check(len(message.pair_secret) in (0, PAIR_SECRET_SIZE))
    _check(MIN_BASE_KEY_BYTES <= len(message.base_key) <= MAX_BASE_KEY_BYTES)
    head = _KEY_HEAD.pack(
        message.generation, message.step, message.roster, len(message.pair_secret)
    )
    length = bytes((len(message.base_key),))
    return head + message.pair_secret + length + message.base_key + message.signature


def _check(fits: bool) -> None:
    if not fits:  # struct would pad or cut in silence
        raise ValueError("a field does not fit its place")


def _read_rest(body: bytes, at: int, length: int) -> bytes | None:
    """The bytes from ``at`` on, when they are as many as was written before them."""
    is_whole = len(body) == at + length and length <= MAX_SEALED_BYTES
    return body[at:] if is_whole else None


def _read_first(body: bytes) -> SealedFirst | None:
    if len(body) < _LENGTH.size:
        return None
    (length,) = _LENGTH.unpack_from(body)
    ciphertext = _read_rest(body, _LENGTH.size, length)
    return None if ciphertext is None else SealedFirst(ciphertext)


def _read_next(body: bytes) -> SealedNext | None:
    if len(body) < _NEXT_HEAD.size:
        return None
    counter, length = _NEXT_HEAD.unpack_from(body)
    ciphertext = _read_rest(body, _NEXT_HEAD.size, length)
    return None if ciphertext is None else SealedNext(counter, ciphertext)


def _read_speaker_key(body: bytes) -> SpeakerKey | None:
    if len(body) < _KEY_HEAD.size:
        return None
    generation, step, roster, secret_length = _KEY_HEAD.unpack_from(body)
    rest = body[_KEY_HEAD.size :]
    if step > MAX_STEP or secret_length not in (0, PAIR_SECRET_SIZE) or len(rest) <= secret_length:
        return None
    pair_secret, key_length = rest[:secret_length], rest[secret_length]
    rest = rest[secret_length + 1 :]
    if not MIN_BASE_KEY_BYTES <= key_length <= MAX_BASE_KEY_BYTES:
        return None
    if len(rest) != key_length + SIGNATURE_SIZE:
        return None
    return SpeakerKey(generation, step, roster, pair_secret, rest[:key_length], rest[key_length:])
