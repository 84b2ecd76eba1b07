"""Where and under which keys a session's voices travel: what the server gives at login."""

from dataclasses import dataclass
from enum import Enum, unique

from voip.core.ids import Cid


@unique
class MediaSuite(Enum):
    """The cipher of the sealed datagram."""

    AES_128_GCM = 1
    CHACHA20_POLY1305 = 2


@dataclass(frozen=True, slots=True)
class MediaConfig:
    """Where and how this session's sealed datagrams travel. ``host`` empty: the control host."""

    host: str
    port: int
    cid: Cid
    suite: MediaSuite
    key_up: bytes  # client to server
    iv_up: bytes
    key_down: bytes
    iv_down: bytes
    keepalive_seconds: int
    max_datagram_bytes: int
