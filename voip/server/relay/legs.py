"""The Python engine's table: open legs, the streams each may send, and who gets them.

Knows how legs refer to each other, and keeps both directions of that true: a stream's receivers,
and for each receiver whose streams reach it. Touches no socket and no clock.
"""

import enum
from collections.abc import Sequence

from voip.core.errors import LocalProtocolError
from voip.core.ids import Cid, StreamId
from voip.wire.datagram import MediaKeys, Opener, Sealer
from voip.wire.roaming import LegPath


class Hearing(enum.Enum):
    """What was last told of a leg: nothing, that it is heard, or that it is not."""

    NEW = "new"
    HEARD = "heard"
    SILENT = "silent"


class Stream:
    """One stream that a leg may send."""

    __slots__ = ("is_open", "receivers")

    def __init__(self) -> None:
        self.is_open = True
        self.receivers: tuple[Leg, ...] = ()


class Leg:
    """One open leg: its keys at work, where its client is, and its streams."""

    __slots__ = ("cid", "heard_at", "hearing", "opener", "path", "sealer", "sources", "streams")

    def __init__(self, cid: Cid, keys_in: MediaKeys, keys_out: MediaKeys, now: float) -> None:
        self.cid = cid
        self.opener = Opener(cid, keys_in)
        self.sealer = Sealer(cid, keys_out)
        self.path = LegPath()
        self.heard_at = now
        self.hearing = Hearing.NEW
        self.streams: dict[int, Stream] = {}
        self.sources: dict[int, Leg] = {}
        """Whose voice each stream that reaches this leg is."""


class LegTable:
    """All open legs, by cid."""

    def __init__(self) -> None:
        self.by_cid: dict[int, Leg] = {}

    def open(self, cid: Cid, keys_in: MediaKeys, keys_out: MediaKeys, now: float) -> None:
        """Add a leg; LocalProtocolError when the cid is in use."""
        if cid in self.by_cid:
            message = f"leg {cid:08x} is open already"
            raise LocalProtocolError(message)
        self.by_cid[cid] = Leg(cid, keys_in, keys_out, now)

    def close(self, cid: Cid) -> None:
        """Take a leg out of the table and out of every stream."""
        leg = self._leg(cid)
        for number in list(leg.streams):
            self._set(leg, number, ())
        for number, owner in list(leg.sources.items()):
            others = tuple(r for r in owner.streams[number].receivers if r is not leg)
            self._set(owner, number, others)
        del self.by_cid[cid]

    def set_receivers(self, cid: Cid, stream: StreamId, receivers: Sequence[Cid]) -> None:
        """Let the leg send `stream` to these legs; to none, and it may not send it any more."""
        distinct = dict.fromkeys(receivers)
        self._set(self._leg(cid), stream, tuple(self._leg(receiver) for receiver in distinct))

    def set_gate(self, cid: Cid, stream: StreamId, is_open: bool) -> None:
        """Open or shut a stream that the leg may send."""
        owned = self._leg(cid).streams.get(stream)
        if owned is None:
            message = f"leg {cid:08x} has no stream {stream}"
            raise LocalProtocolError(message)
        owned.is_open = is_open

    def _leg(self, cid: Cid) -> Leg:
        leg = self.by_cid.get(cid)
        if leg is None:
            message = f"leg {cid:08x} is not open"
            raise LocalProtocolError(message)
        return leg

    def _set(self, owner: Leg, number: int, receivers: tuple[Leg, ...]) -> None:
        stream = owner.streams.setdefault(number, Stream())
        for before in stream.receivers:
            del before.sources[number]
        stream.receivers = receivers
        for receiver in receivers:
            receiver.sources[number] = owner
        if not receivers:
            del owner.streams[number]
