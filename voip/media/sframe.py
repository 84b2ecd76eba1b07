"""SFrame (RFC 9605), suite 0x0004 AES_128_GCM_SHA256_128: speech sealed between participants.

    config 1 | KID 0-8 | CTR 0-8 | ciphertext | tag 16

Each sender has its own key, which the others learn end to end; the relay has none of them. Knows
keys, counters and replay; what is sealed (Opus packets here) and how keys travel is not its
affair. The metadata of RFC 9605 section 4.4.3 stays empty. Keys follow section 5.1, "sender keys":
`KID = generation << 3 | ratchet step`.

Opening never raises on bytes from the network: what can't be opened comes back as `Refused`.
"""

import enum
from dataclasses import dataclass, field
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from voip.core.errors import VoipError
from voip.core.replay import ReplayWindow

CIPHER_SUITE: Final = 0x0004
TAG_LENGTH: Final = 16
RATCHET_BITS: Final = 3
MAX_STEP: Final = (1 << RATCHET_BITS) - 1
COUNTER_LIMIT: Final = 2**32
"""The first counter that does not fit the four bytes which the datagram budgets for it."""

_KEY_LENGTH: Final = 16  # AEAD.Nk
_NONCE_LENGTH: Final = 12  # AEAD.Nn
_HASH_LENGTH: Final = 32  # Nh
_BIGGEST: Final = 2**64 - 1


class KeyUsedUpError(VoipError):
    """This key has no further ratchet step, or no further counter: a new generation is due."""


class Refused(enum.Enum):
    """Why an SFrame object was not opened; the values are the names that metrics carry."""

    MALFORMED = "malformed"
    UNKNOWN_KEY = "unknown_key"
    REPLAYED = "replayed"
    FORGED = "forged"


@dataclass(frozen=True, slots=True)
class Header:
    """The header of RFC 9605 section 4.3; both numbers are of 64 bits."""

    kid: int
    ctr: int

    def encode(self) -> bytes:
        """Give the 1 to 17 bytes; ValueError when a number has more than 64 bits."""
        if not (0 <= self.kid <= _BIGGEST and 0 <= self.ctr <= _BIGGEST):
            message = f"{self} does not fit"
            raise ValueError(message)
        kid_field, kid = _encode_number(self.kid)
        ctr_field, ctr = _encode_number(self.ctr)
        return bytes((kid_field << 4 | ctr_field,)) + kid + ctr


@dataclass(frozen=True, slots=True)
class SenderKey:
    """What a sender shares with its listeners: a base key, its generation, its ratchet step."""

    base: bytes = field(repr=False)
    generation: int
    step: int = 0

    def __post_init__(self) -> None:
        """Refuse a key under 16 bytes and a step or generation that no KID can carry."""
        if len(self.base) < _KEY_LENGTH or not 0 <= self.step <= MAX_STEP:
            message = "a base key has 16 bytes or more, a step is 0 to 7"
            raise ValueError(message)
        if not 0 <= self.generation < 1 << (64 - RATCHET_BITS):
            message = f"generation {self.generation} does not fit a KID"
            raise ValueError(message)

    @property
    def kid(self) -> int:
        """The key id that names generation and step in every frame."""
        return self.generation << RATCHET_BITS | self.step

    def ratchet(self) -> "SenderKey":
        """Give the key of the next step (RFC 9605 section 5.1), from which none can go back.

        The step never wraps, so a KID never names two keys: after step 7 KeyUsedUpError.
        """
        if self.step == MAX_STEP:
            raise KeyUsedUpError
        base = HKDF(SHA256(), _HASH_LENGTH, None, b"SFrame 1.0 Ratchet").derive(self.base)
        return SenderKey(base, self.generation, self.step + 1)


class FrameKey:
    """The key and salt derived for one KID (RFC 9605 section 4.4.2), and the AEAD under them."""

    __slots__ = ("_aead", "_kid", "_salt")

    def __init__(self, kid: int, base_key: bytes) -> None:
        self._kid = kid
        name = kid.to_bytes(8, "big") + CIPHER_SUITE.to_bytes(2, "big")
        key = HKDF(SHA256(), _KEY_LENGTH, None, b"SFrame 1.0 Secret key " + name).derive(base_key)
        salt = HKDF(SHA256(), _NONCE_LENGTH, None, b"SFrame 1.0 Secret salt " + name)
        self._salt = int.from_bytes(salt.derive(base_key), "big")
        self._aead = AESGCM(key)

    def seal(self, ctr: int, plaintext: bytes, metadata: bytes = b"") -> bytes:
        """Give the whole SFrame object. A counter must never be used twice with one key."""
        header = Header(self._kid, ctr).encode()
        return header + self._aead.encrypt(self._nonce(ctr), plaintext, header + metadata)

    def open(self, ctr: int, header: bytes, sealed: bytes, metadata: bytes = b"") -> bytes | None:
        """Give the plaintext, or None when it was not sealed by this key."""
        try:
            return self._aead.decrypt(self._nonce(ctr), sealed, header + metadata)
        except InvalidTag:
            return None

    def _nonce(self, ctr: int) -> bytes:
        return (self._salt ^ ctr).to_bytes(_NONCE_LENGTH, "big")


class Sender:
    """Seals with one sender key; owns its counter, which starts at 0. A new key, a new Sender."""

    def __init__(self, key: SenderKey) -> None:
        self._key = FrameKey(key.kid, key.base)
        self._next = 0

    @property
    def frames_sealed(self) -> int:
        """How many frames this key has sealed, for the rule of a new key every 2^20."""
        return self._next

    def seal(self, plaintext: bytes) -> bytes:
        """Seal one Opus packet under the next counter; KeyUsedUpError when there is none."""
        if self._next == COUNTER_LIMIT:
            raise KeyUsedUpError
        sealed = self._key.seal(self._next, plaintext)
        self._next += 1
        return sealed


@dataclass(frozen=True, slots=True)
class Unsealed:
    """A genuine frame of the sender, seen for the first time."""

    kid: int
    ctr: int
    plaintext: bytes


class Receiver:
    """Opens one sender's frames with whichever of its keys are accepted, each counter once.

    Several generations may be accepted at a time, as an old key is still in flight when a new one
    starts. Within a generation the receiver ratchets forward by the KID of what comes (RFC 9605
    section 5.1), never back.
    """

    def __init__(self) -> None:
        self._bases: dict[int, SenderKey] = {}  # by generation, at the earliest step that is known
        self._keys: dict[int, tuple[FrameKey, ReplayWindow]] = {}

    def accept(self, key: SenderKey) -> None:
        """Accept frames sealed with `key`, and with the steps that follow it, from now on.

        A generation that is accepted already keeps its keys and their replay windows.
        """
        self._bases.setdefault(key.generation, key)

    def forget_older_than(self, kid: int) -> None:
        """Accept frames of earlier generations and steps no longer, and erase their keys."""
        generation, step = _split(kid)
        for old in [old for old in self._keys if old < kid]:
            del self._keys[old]
        for older in [older for older in self._bases if older < generation]:
            del self._bases[older]
        base = self._bases.get(generation)
        if base is not None:
            self._bases[generation] = _ratcheted(base, step)

    def open(self, data: bytes) -> Unsealed | Refused:
        """Open one SFrame object as it came from the network."""
        parsed = decode_header(data)
        if parsed is None:
            return Refused.MALFORMED
        header, length = parsed
        # No sender of ours counts further, and packets are numbered by what it counts.
        if len(data) < length + TAG_LENGTH or header.ctr >= COUNTER_LIMIT:
            return Refused.MALFORMED
        entry = self._keys.get(header.kid) or self._key_ahead(header.kid)
        if entry is None:
            return Refused.UNKNOWN_KEY
        key, window = entry
        if not window.is_fresh(header.ctr):
            return Refused.REPLAYED
        plaintext = key.open(header.ctr, data[:length], data[length:])
        if plaintext is None:
            return Refused.FORGED
        window.mark(header.ctr)
        return Unsealed(header.kid, header.ctr, plaintext)

    def _key_ahead(self, kid: int) -> tuple[FrameKey, ReplayWindow] | None:
        """The key of a step that is met for the first time. It is kept, so that forged KIDs cost
        no more than eight of them for each generation, once."""
        generation, step = _split(kid)
        base = self._bases.get(generation)
        if base is None or step < base.step:
            return None
        entry = FrameKey(kid, _ratcheted(base, step).base), ReplayWindow()
        self._keys[kid] = entry
        return entry


def last_kid_of(generation: int) -> int:
    """The KID of a generation's last step: every key after it is of a later generation."""
    return generation << RATCHET_BITS | MAX_STEP


def _split(kid: int) -> tuple[int, int]:
    """The generation and the ratchet step that a KID names."""
    return kid >> RATCHET_BITS, kid & MAX_STEP


def _ratcheted(key: SenderKey, step: int) -> SenderKey:
    """A key at this step, or as it is when it has gone further."""
    while key.step < step:
        key = key.ratchet()
    return key


def decode_header(data: bytes) -> tuple[Header, int] | None:
    """Read the header at the front of `data`, and its length; None when there is no proper one.

    RFC 9605 section 4.3 allows one encoding of each number, the shortest: others are refused.
    """
    if not data:
        return None
    kid = _decode_number(data, 1, data[0] >> 4)
    if kid is None:
        return None
    ctr = _decode_number(data, kid[1], data[0] & 0x0F)
    if ctr is None:
        return None
    return Header(kid[0], ctr[0]), ctr[1]


def _encode_number(value: int) -> tuple[int, bytes]:
    """The 4 bits for the config byte, and the bytes that follow it."""
    if value < 8:
        return value, b""
    length = (value.bit_length() + 7) // 8
    return 0x08 | (length - 1), value.to_bytes(length, "big")


def _decode_number(data: bytes, at: int, bits: int) -> tuple[int, int] | None:
    """The number whose 4 bits in the config byte are `bits`, and where the next thing starts."""
    if bits < 8:
        return bits, at
    end = at + (bits & 0x07) + 1
    if end > len(data):
        return None
    value = int.from_bytes(data[at:end], "big")
    is_minimal = value >= 8 and data[at] != 0
    return (value, end) if is_minimal else None
