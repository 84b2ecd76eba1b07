"""The Python engine's table: open legs, the streams each may send, and who gets them.

Knows how legs refer to each other, and keeps both directions of that true: a stream's receivers,
and for each receiver whose streams reach it. A change costs by what changed, as in a full room each
newcomer changes the receivers of everybody. Touches no socket and no clock.
"""

import enum
from collections.abc import Sequence

from voip.core.errors import LocalProtocolError
from voip.core.ids import Cid, StreamId
from voip.server.relay.rooms import Room
from voip.wire.datagram import MediaKeys, Opener, Sealer
from voip.wire.roaming import LegPath


class Hearing(enum.Enum):
    """What was last told of a leg: nothing, that it is heard, or that it is not."""

    NEW = "new"
    HEARD = "heard"
    SILENT = "silent"


class Stream:
    """One stream that a leg may send."""

    __slots__ = ("is_open", "receivers", "room", "room_number")

    def __init__(self) -> None:
        self.is_open = True
        self.receivers: dict[Leg, None] = {}
        self.room: Room | None = None
        """With whose streams it competes."""
        self.room_number = 0


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
    """All open legs, by cid, and the rooms that have streams."""

    def __init__(self) -> None:
        self.by_cid: dict[int, Leg] = {}
        self.rooms: dict[int, Room] = {}

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
            self._set(leg, number, {}, 0)
        for number, owner in list(leg.sources.items()):
            stream = owner.streams[number]
            del stream.receivers[leg]
            if not stream.receivers:
                self._set(owner, number, {}, 0)
        del self.by_cid[cid]

    def set_receivers(
        self, cid: Cid, stream: StreamId, receivers: Sequence[Cid], room: int
    ) -> None:
        """Let the leg send `stream` to these legs; to none, and it may not send it any more."""
        owner = self._leg(cid)
        self._set(owner, stream, {self._leg(receiver): None for receiver in receivers}, room)

    def set_gate(self, cid: Cid, stream: StreamId, is_open: bool) -> None:
        """Open or shut a stream that the leg may send."""
        owned = self._leg(cid).streams.get(stream)
        if owned is None:
            message = f"leg {cid:08x} has no stream {stream}"
            raise LocalProtocolError(message)
        owned.is_open = is_open
        if owned.room is not None and not is_open:
            owned.room.rest(stream)

    def _leg(self, cid: Cid) -> Leg:
        leg = self.by_cid.get(cid)
        if leg is None:
            message = f"leg {cid:08x} is not open"
            raise LocalProtocolError(message)
        return leg

    def _set(self, owner: Leg, number: int, receivers: dict[Leg, None], room: int) -> None:
        stream = owner.streams.setdefault(number, Stream())
        before, stream.receivers = stream.receivers, receivers
        for gone in before.keys() - receivers.keys():
            del gone.sources[number]
        for newcomer in receivers.keys() - before.keys():
            newcomer.sources[number] = owner
        self._seat(stream, number, room if receivers else 0)
        if not receivers:
            del owner.streams[number]

    def _seat(self, stream: Stream, number: int, room: int) -> None:
        """Let a stream compete in this room, and in no other."""
        if room == stream.room_number:
            return
        if stream.room is not None:
            stream.room.leave(number)
            if not len(stream.room):
                del self.rooms[stream.room_number]
        stream.room_number = room
        stream.room = self.rooms.setdefault(room, Room()) if room else None
        if stream.room is not None:
            stream.room.enter(number)
