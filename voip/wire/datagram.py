"""The sealed datagram of the media path: 9 bytes of header, then AEAD over the frames.

    0     type 0x08 | key phase (bit 0)
    1-4   cid, chosen by the server for each session
    5-8   packet number of this direction, from 1
    9..   sealed frames, 16-byte tag; AAD = bytes 0-8; nonce = iv XOR packet number

Knows keys, packet numbers and replay; what the frames say is `voip.wire.media_frames`. The outer
key is shared by one client and the server, so this layer tells who may send and nothing else:
speech stays sealed inside it by SFrame. Sans-IO: bytes in, bytes out. Bytes from the network never
raise; they come back as a `Dropped` cause, which is counted and answered to nobody.
"""

import enum
import struct
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM, ChaCha20Poly1305

from voip.core.errors import VoipError
from voip.core.replay import DEFAULT_WIDTH, ReplayWindow

MAX_DATAGRAM: Final = 1200
"""Bytes of UDP payload that pass every path without being split (RFC 8899, RFC 9000 section 14)."""

HEADER_LENGTH: Final = 9
TAG_LENGTH: Final = 16
OVERHEAD: Final = HEADER_LENGTH + TAG_LENGTH
MAX_FRAMES: Final = MAX_DATAGRAM - OVERHEAD
"""The most bytes of frames that one datagram carries."""

PACKET_NUMBER_LIMIT: Final = 2**31
"""The first packet number that is not used any more: new keys are due before it."""

IV_LENGTH: Final = 12

_TYPE: Final = 0x08
_OTHER_PHASE: Final = 0x09
_HEADER = struct.Struct("!BII")


class Suite(enum.IntEnum):
    """The AEAD of the outer layer; the numbers travel in MediaConfig."""

    AES_128_GCM = 1
    CHACHA20_POLY1305 = 2

    @property
    def key_length(self) -> int:
        """Bytes of key."""
        return 16 if self is Suite.AES_128_GCM else 32


@dataclass(frozen=True, slots=True)
class MediaKeys:
    """What seals one direction of one leg. Each direction has its own, as both count from 1."""

    suite: Suite
    key: bytes = field(repr=False)
    iv: bytes = field(repr=False)

    def __post_init__(self) -> None:
        """Refuse lengths that do not fit the suite with ValueError."""
        if len(self.key) != self.suite.key_length or len(self.iv) != IV_LENGTH:
            message = f"{self.suite.name} needs {self.suite.key_length} bytes of key, 12 of iv"
            raise ValueError(message)

    @classmethod
    def generate(cls, suite: Suite, random: Callable[[int], bytes]) -> "MediaKeys":
        """Draw keys of `suite` from `random(count)`."""
        return cls(suite, random(suite.key_length), random(IV_LENGTH))


class RekeyNeededError(VoipError):
    """The packet numbers of these keys are used up; nothing more may be sealed with them."""


class Dropped(enum.Enum):
    """Why a datagram was not opened; the values are the names that metrics carry."""

    TOO_SHORT = "too_short"
    TOO_LONG = "too_long"
    NOT_OURS = "not_ours"
    KEY_PHASE = "key_phase"
    OTHER_CID = "other_cid"
    BAD_NUMBER = "bad_number"
    REPLAYED = "replayed"
    FORGED = "forged"


class Opened(NamedTuple):
    """A genuine datagram. A tuple, as one is made for every packet of the relay."""

    packet_number: int
    is_newest: bool
    frames: bytes


def peek_cid(data: bytes) -> int | Dropped:
    """Read whose datagram this claims to be, or why it can't be one; nothing is proven yet."""
    if len(data) < OVERHEAD:
        return Dropped.TOO_SHORT
    if len(data) > MAX_DATAGRAM:
        return Dropped.TOO_LONG
    kind, cid, _ = _HEADER.unpack_from(data)
    if kind == _TYPE:
        return int(cid)
    return Dropped.KEY_PHASE if kind == _OTHER_PHASE else Dropped.NOT_OURS


class Sealer:
    """Seals the datagrams of one direction of one leg; owns its packet numbers."""

    __slots__ = ("_aead", "_cid", "_iv_head", "_iv_tail", "_next")

    def __init__(self, cid: int, keys: MediaKeys) -> None:
        self._cid = cid
        self._aead = _aead(keys)
        self._iv_head = keys.iv[:8]
        self._iv_tail = int.from_bytes(keys.iv[8:], "big")
        self._next = 1

    def seal(self, frames: bytes) -> bytes:
        """Seal encoded frames (at most MAX_FRAMES bytes, else ValueError) as the next datagram.

        Raises RekeyNeededError when the packet numbers have run out.
        """
        number = self._next
        if number >= PACKET_NUMBER_LIMIT:
            raise RekeyNeededError
        if len(frames) > MAX_FRAMES:
            message = f"{len(frames)} bytes of frames, {MAX_FRAMES} fit"
            raise ValueError(message)
        self._next = number + 1
        header = _HEADER.pack(_TYPE, self._cid, number)
        nonce = self._iv_head + (self._iv_tail ^ number).to_bytes(4, "big")
        return header + self._aead.encrypt(nonce, frames, header)


class Opener:
    """Opens the datagrams of one direction of one leg, each packet number once."""

    __slots__ = ("_aead", "_cid", "_iv_head", "_iv_tail", "_window")

    def __init__(self, cid: int, keys: MediaKeys, window_width: int = DEFAULT_WIDTH) -> None:
        self._cid = cid
        self._aead = _aead(keys)
        self._iv_head = keys.iv[:8]
        self._iv_tail = int.from_bytes(keys.iv[8:], "big")
        self._window = ReplayWindow(window_width)

    def open(self, data: bytes) -> Opened | Dropped:
        """Open one datagram as it came from the network. Only a genuine one changes any state."""
        cid = peek_cid(data)
        if isinstance(cid, Dropped):
            return cid
        if cid != self._cid:
            return Dropped.OTHER_CID
        number = int.from_bytes(data[5:HEADER_LENGTH], "big")
        if not 0 < number < PACKET_NUMBER_LIMIT:
            return Dropped.BAD_NUMBER
        if not self._window.is_fresh(number):
            return Dropped.REPLAYED
        nonce = self._iv_head + (self._iv_tail ^ number).to_bytes(4, "big")
        try:
            frames = self._aead.decrypt(nonce, data[HEADER_LENGTH:], data[:HEADER_LENGTH])
        except InvalidTag:
            return Dropped.FORGED
        return Opened(number, self._window.mark(number), frames)


def _aead(keys: MediaKeys) -> AESGCM | ChaCha20Poly1305:
    return (AESGCM if keys.suite is Suite.AES_128_GCM else ChaCha20Poly1305)(keys.key)
