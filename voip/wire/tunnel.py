"""Sealed datagrams inside a TLS connection, for networks that let no UDP through.

    uint16 length | TunnelOpen                 client to server, once
    uint16 length | sealed datagram            both ways, any number

    TunnelOpen:  0  cid, as in the datagrams      4..35  proof

The connection is one of its own, of ALPN ``voip-media/1``. The proof shows that whoever opens the
tunnel holds the keys of the leg: HMAC-SHA256 under a key drawn from those that seal what the client
sends, over the cid and the connection's exporter value (RFC 9266), so that it is of no use on any
other connection. Nothing answers it; a server that does not believe it closes.

Speech that is late is of no use, and TCP delivers everything: what could not be handed to the
system within 80 ms is thrown away here. Knows no transport; all state of the datagrams themselves
is that of ``voip.wire.datagram``.
"""

import hmac
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from voip.core.errors import ErrorCode, RemoteProtocolError
from voip.core.ids import Cid
from voip.wire.datagram import MAX_DATAGRAM, MediaKeys

ALPN_MEDIA: Final = b"voip-media/1"
FRESH_SECONDS: Final = 0.08
"""Speech that has waited longer is thrown away: the other side would conceal it already."""

MOST_WAITING: Final = 64
"""Datagrams that wait at most, some 80 KB: more than 80 ms of a full conference."""

_LENGTH_BYTES: Final = 2
_CID_BYTES: Final = 4
_PROOF_BYTES: Final = 32
_OPEN_BYTES: Final = _CID_BYTES + _PROOF_BYTES
_INFO: Final = b"voip media tunnel 1"


@dataclass(frozen=True, slots=True)
class TunnelOpen:
    """Whose leg the tunnel is for, and the proof."""

    cid: Cid
    proof: bytes

    def encode(self) -> bytes:
        """The first message of the connection."""
        return self.cid.to_bytes(_CID_BYTES, "big") + self.proof


def prove(cid: Cid, keys_up: MediaKeys, exporter: bytes) -> TunnelOpen:
    """Ask for a tunnel on the connection with this exporter value."""
    key = HKDF(SHA256(), 32, None, _INFO).derive(keys_up.key + keys_up.iv)
    proof = hmac.digest(key, cid.to_bytes(_CID_BYTES, "big") + exporter, "sha256")
    return TunnelOpen(cid, proof)


def is_proven(asked: TunnelOpen, keys_up: MediaKeys, exporter: bytes) -> bool:
    """Whether the tunnel is asked for by who holds the leg's keys, on this very connection."""
    return hmac.compare_digest(prove(asked.cid, keys_up, exporter).proof, asked.proof)


def framed(payload: bytes) -> bytes:
    """A datagram, or a TunnelOpen, as it travels."""
    return len(payload).to_bytes(_LENGTH_BYTES, "big") + payload


class TunnelReader:
    """Cuts what a tunnel brings: datagrams, and at the server's end a TunnelOpen before them.

    A length that cannot be is refused when its two bytes are there; so no more than one datagram
    is ever kept.
    """

    def __init__(self) -> None:
        self._unread = bytearray()

    def receive(self, data: bytes) -> Iterator[bytes]:
        """Give the datagrams that the bytes complete; ``RemoteProtocolError`` for a wrong one."""
        self._unread += data
        return self._datagrams()

    def receive_open(self, data: bytes) -> TunnelOpen | None:
        """Give the TunnelOpen once it is whole; what follows it comes out of ``receive``."""
        self._unread += data
        payload = self._next(_OPEN_BYTES, _OPEN_BYTES)
        if payload is None:
            return None
        cid = int.from_bytes(payload[:_CID_BYTES], "big")
        return TunnelOpen(Cid(cid), payload[_CID_BYTES:])

    def _datagrams(self) -> Iterator[bytes]:
        while (payload := self._next(1, MAX_DATAGRAM)) is not None:
            yield payload

    def _next(self, least: int, most: int) -> bytes | None:
        if len(self._unread) < _LENGTH_BYTES:
            return None
        length = int.from_bytes(self._unread[:_LENGTH_BYTES], "big")
        if not least <= length <= most:
            self._unread.clear()
            raise RemoteProtocolError(ErrorCode.BAD_REQUEST, "no datagram is as long as this")
        end = _LENGTH_BYTES + length
        if len(self._unread) < end:
            return None
        payload = bytes(self._unread[_LENGTH_BYTES:end])
        del self._unread[:end]
        return payload


class FreshQueue:
    """Datagrams that wait for the connection to take more, none of them for long."""

    def __init__(self, seconds: float = FRESH_SECONDS, most: int = MOST_WAITING) -> None:
        self._seconds = seconds
        self._waiting: deque[tuple[float, bytes]] = deque()
        self._most = most
        self.stale = 0
        """Datagrams that were thrown away."""

    def put(self, datagram: bytes, now: float) -> None:
        """Let one wait; the oldest make room for it."""
        self._forget(now)
        if len(self._waiting) == self._most:
            self._drop()
        self._waiting.append((now, datagram))

    def take(self, now: float) -> bytes | None:
        """The next one that is still of use."""
        self._forget(now)
        return self._waiting.popleft()[1] if self._waiting else None

    def __len__(self) -> int:
        return len(self._waiting)

    def _forget(self, now: float) -> None:
        while self._waiting and now - self._waiting[0][0] > self._seconds:
            self._drop()

    def _drop(self) -> None:
        self._waiting.popleft()
        self.stale += 1
