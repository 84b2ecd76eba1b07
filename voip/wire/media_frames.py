"""The frames inside a sealed datagram: speech, path checks, loss reports, padding, goodbye.

    frame byte  kkkLM000   k = kind, L = a u16 length follows, M = first after silence
    0 PAD  1 MEDIA  2 PING  3 PONG  4 REPORT  5 CLOSE

A frame without L reaches to the end of the datagram, so the last one always saves its length.
Knows the layout and no keys; an SFrame object is opaque here. Parsing never raises: a frame that
is not as it should be is yielded as `Malformed`, and what follows it is not looked at.
"""

import enum
import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, assert_never

TOKEN_LENGTH: Final = 8
TIMESTAMP_UNIT: Final = 0.0025
"""Seconds in one step of a MEDIA timestamp, the shortest Opus frame; the u16 wraps at 163.84 s."""

_HAS_LENGTH: Final = 0x10
_FIRST: Final = 0x08
_RESERVED: Final = 0x07
_KIND_SHIFT: Final = 5
_LENGTH = struct.Struct("!H")
_MEDIA = struct.Struct("!HBH")
_REPORT = struct.Struct("!HBH")


class _Kind(enum.IntEnum):
    PAD = 0
    MEDIA = 1
    PING = 2
    PONG = 3
    REPORT = 4
    CLOSE = 5


_LONE_MEDIA: Final = _Kind.MEDIA << _KIND_SHIFT


@dataclass(frozen=True, slots=True)
class Pad:
    """`length` bytes without meaning after the frame byte, which make a datagram longer."""

    length: int


@dataclass(frozen=True, slots=True)
class Media:
    """One SFrame object of a stream.

    `level` is that of RFC 6464: top bit = speech, below it 0 (loudest) to 127 (silence) -dBov.
    `timestamp` counts TIMESTAMP_UNIT. `is_first_after_silence` is where a jitter buffer may adapt.
    """

    stream: int
    level: int
    timestamp: int
    sframe: bytes
    is_first_after_silence: bool = False


@dataclass(frozen=True, slots=True)
class Ping:
    """Asks for a Pong with the same token of 8 bytes."""

    token: bytes


@dataclass(frozen=True, slots=True)
class Pong:
    """Answers a Ping, along the path it came."""

    token: bytes


@dataclass(frozen=True, slots=True)
class Report:
    """How a listener hears `stream`; the relay hands it to the speaker, who sets FEC by it.

    `lost` is the share of packets that are missing since the last report, in 1/256 (so at most
    255); `jitter_ms` as RFC 3550 section 6.4.1 smooths it.
    """

    stream: int
    lost: int
    jitter_ms: int


@dataclass(frozen=True, slots=True)
class Close:
    """The sender is gone: send nothing more to where it was."""


@dataclass(frozen=True, slots=True)
class Malformed:
    """A frame that can't be read; `reason` is constant text for a log or a count."""

    reason: str


Frame = Pad | Media | Ping | Pong | Report | Close


def encode_frames(frames: Sequence[Frame]) -> bytes:
    """Put frames behind each other, all but the last with their length.

    A field that does not fit its place is the caller's bug: struct.error, or ValueError for a
    token.
    """
    encoded = bytearray()
    last = len(frames) - 1
    for index, frame in enumerate(frames):
        kind, flags, body = _parts(frame)
        if index == last:
            encoded.append(kind << _KIND_SHIFT | flags)
        else:
            encoded.append(kind << _KIND_SHIFT | flags | _HAS_LENGTH)
            encoded += _LENGTH.pack(len(body))
        encoded += body
    return bytes(encoded)


def parse_frames(data: bytes) -> Iterator[Frame | Malformed]:
    """Yield the frames of an opened datagram, ending early with Malformed where one is broken."""
    at = 0
    while at < len(data):
        head = data[at]
        start, end = at + 1, len(data)
        if head & _HAS_LENGTH:
            start += _LENGTH.size
            if start > len(data):
                yield Malformed("length cut off")
                return
            end = start + _LENGTH.unpack_from(data, at + 1)[0]
            if end > len(data):
                yield Malformed("longer than its datagram")
                return
        frame = _frame(head, data[start:end])
        yield frame
        if isinstance(frame, Malformed):
            return
        at = end


def lone_media_stream(data: bytes) -> int | None:
    """Tell the stream if `data` is one whole MEDIA frame and nothing else, as nearly every packet.

    The relay can then pass the bytes on as they are, without taking them apart.
    """
    if len(data) > _MEDIA.size and data[0] & ~_FIRST == _LONE_MEDIA:
        return data[1] << 8 | data[2]
    return None


def media_level(data: bytes) -> int:
    """The level of the MEDIA frame that `data`, which is encoded, begins with."""
    return data[1 + _LENGTH.size + 2 if data[0] & _HAS_LENGTH else 3]


def marked_first(data: bytes) -> bytes:
    """The same frames, the MEDIA frame they begin with marked as the first after silence."""
    return bytes((data[0] | _FIRST,)) + data[1:]


def _parts(frame: Frame) -> tuple[_Kind, int, bytes]:
    """Kind, flags of the frame byte, and body."""
    match frame:
        case Media():
            head = _MEDIA.pack(frame.stream, frame.level, frame.timestamp)
            flags = _FIRST if frame.is_first_after_silence else 0
            return _Kind.MEDIA, flags, head + frame.sframe
        case Ping():
            return _Kind.PING, 0, _whole_token(frame.token)
        case Pong():
            return _Kind.PONG, 0, _whole_token(frame.token)
        case Report():
            return _Kind.REPORT, 0, _REPORT.pack(frame.stream, frame.lost, frame.jitter_ms)
        case Pad():
            return _Kind.PAD, 0, bytes(frame.length)
        case Close():
            return _Kind.CLOSE, 0, b""
        case _:
            assert_never(frame)


def _whole_token(token: bytes) -> bytes:
    if len(token) != TOKEN_LENGTH:
        message = f"a token has {TOKEN_LENGTH} bytes, not {len(token)}"
        raise ValueError(message)
    return token


def _frame(head: int, body: bytes) -> Frame | Malformed:
    """Read one frame from its first byte and its body."""
    kind = head >> _KIND_SHIFT
    if kind == _Kind.MEDIA and not head & _RESERVED:
        return _media(head, body)
    if head & (_RESERVED | _FIRST):
        return Malformed("reserved bits set")
    return _small_frame(kind, body)


def _media(head: int, body: bytes) -> Media | Malformed:
    if len(body) < _MEDIA.size:
        return Malformed("MEDIA too short")
    stream, level, timestamp = _MEDIA.unpack_from(body)
    return Media(stream, level, timestamp, body[_MEDIA.size :], bool(head & _FIRST))


def _small_frame(kind: int, body: bytes) -> Frame | Malformed:
    match kind, len(body):
        case _Kind.PAD, length:
            return Pad(length)
        case _Kind.PING, 8:
            return Ping(body)
        case _Kind.PONG, 8:
            return Pong(body)
        case _Kind.REPORT, _REPORT.size:
            return Report(*_REPORT.unpack(body))
        case _Kind.CLOSE, 0:
            return Close()
        case _:
            return Malformed("unknown kind or wrong length")
