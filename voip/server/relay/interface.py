"""What the server asks of a relay engine, whichever one runs, and what an engine tells back.

Knows legs by cid and streams by number; knows no calls, accounts or speech. A leg is one session's
end of the media path, with its own keys. Control goes in by plain method calls, events come out by
the callback that the engine was made with, always on the reactor's thread.
"""

import enum
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from voip.core.ids import Cid, StreamId
from voip.wire.datagram import Dropped, MediaKeys
from voip.wire.roaming import Tunnel


class RelayDrop(enum.Enum):
    """Why something genuine, or nearly so, went no further; the values name the metrics."""

    UNKNOWN_LEG = "unknown_leg"
    """A datagram for a cid that is not open."""
    MALFORMED = "malformed"
    """Sealed properly, but its frames can't be read."""
    FOREIGN_STREAM = "foreign_stream"
    """Speech on a stream that the leg does not own, or a report on one that it does not get."""
    GATED = "gated"
    """Speech on a stream whose gate is closed."""
    HELD_BACK = "held_back"
    """Speech in a conference in which others are louder."""
    NO_ADDRESS = "no_address"
    """The receiver was not heard yet, or has not yet proven enough of its address."""
    SOCKET_BUSY = "socket_busy"
    """The kernel's send buffer was full."""
    SOCKET_ERROR = "socket_error"
    """The kernel refused to send to, or failed to receive from, an address."""
    KEYS_USED_UP = "keys_used_up"
    """The receiver's packet numbers have run out."""


DropCause = Dropped | RelayDrop
"""Everything that ends a datagram's way: before it was opened, or after."""


@dataclass(frozen=True, slots=True)
class RelayStats:
    """Counters since the start of the engine; `legs` is how many are open now."""

    engine: str
    legs: int
    packets_in: int
    bytes_in: int
    packets_out: int
    bytes_out: int
    socket_drops: int
    """Datagrams that the kernel threw away because the receive buffer was full."""
    drops: Mapping[DropCause, int]


@dataclass(frozen=True, slots=True)
class LegHeard:
    """The leg's first genuine packet, or the first after it was silent or had closed."""

    cid: Cid


@dataclass(frozen=True, slots=True)
class LegMoved:
    """The leg has proven a new address, which is used from now on."""

    cid: Cid


@dataclass(frozen=True, slots=True)
class LegSilent:
    """Nothing genuine came for as long as the engine was told to wait, since opening or since."""

    cid: Cid


@dataclass(frozen=True, slots=True)
class LegClosed:
    """The client said that it is gone from its address; nothing is sent there any more."""

    cid: Cid


RelayEvent = LegHeard | LegMoved | LegSilent | LegClosed


class Way(enum.Enum):
    """How a leg is reached."""

    UDP = "udp"
    TLS = "tls"
    """By its tunnel."""


class RelayEngine(Protocol):
    """Forwards each stream to its receivers.

    Naming a leg that is not open is a bug of the caller: LocalProtocolError.
    """

    def start(self) -> None:
        """Begin to take datagrams from the socket that the engine was made with."""

    def stop(self) -> None:
        """Take none any more and close the socket."""

    def open_leg(self, cid: Cid, keys_in: MediaKeys, keys_out: MediaKeys) -> None:
        """Serve `cid`: `keys_in` seal what its client sends, `keys_out` what it gets.

        LocalProtocolError when the cid is in use.
        """

    def close_leg(self, cid: Cid) -> None:
        """Forget the leg, its keys, its streams, and its part in the streams of others."""

    def set_receivers(
        self, cid: Cid, stream: StreamId, receivers: Sequence[Cid], room: int = 0
    ) -> None:
        """Let `cid` send `stream`, and forward it to exactly these legs; none closes the stream.

        A leg may send only what was set for it. Stream numbers are unique among the open legs. The
        streams of one `room` compete, so that only the loudest few pass; those of room 0 don't.
        """

    def set_gate(self, cid: Cid, stream: StreamId, is_open: bool) -> None:
        """Stop or resume forwarding of a stream that has receivers; it starts open.

        LocalProtocolError when the leg owns no such stream.
        """

    def take_tunnelled(self, datagram: bytes, tunnel: Tunnel) -> None:
        """Take a datagram that came by a tunnel; its leg is answered and found there by the same
        rules as at any address."""

    def tunnel_lost(self, cid: Cid, tunnel: Tunnel) -> None:
        """The tunnel has ended: nothing is sent there any more. No such leg: nothing happens."""

    def way(self, cid: Cid) -> Way | None:
        """How the leg is reached now; None: it was not heard yet, is gone, or is not open."""

    def stats(self) -> RelayStats:
        """Count everything up to now."""
