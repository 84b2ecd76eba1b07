"""The media legs of sessions: a connection id and keys for each, and who hears whom.

It turns sessions into the relay's cids, calls into its rooms, and draws the keys. A leg that is
opened again, after a resume, has a new cid and new keys; the streams it sends and hears go on, and
what was gated stays so. What travels on a leg is not known here.
"""

from collections.abc import Callable
from dataclasses import dataclass

from voip.core.ids import CallId, Cid, SessionId, StreamId
from voip.core.media_config import MediaConfig, MediaSuite
from voip.server.relay.interface import RelayEngine, Way
from voip.server.tunnels import Tunnels
from voip.wire.datagram import MAX_DATAGRAM, MediaKeys, Suite

KEEPALIVE_SECONDS = 5  # well under the 30 s after which common NATs forget a UDP path

Random = Callable[[int], bytes]


@dataclass(frozen=True, slots=True)
class _Route:
    """Who hears a stream, and in which room it competes."""

    receivers: tuple[SessionId, ...]
    room: int


class MediaLegs:
    """One leg for each open session. ``random`` gives unpredictable bytes."""

    def __init__(
        self, relay: RelayEngine, tunnels: Tunnels, random: Random, host: str, port: int
    ) -> None:
        self._relay = relay
        self._tunnels = tunnels
        self._random = random
        self._host = host
        self._port = port
        self._cids: dict[SessionId, Cid] = {}
        self._used: set[Cid] = set()
        self._streams: dict[SessionId, dict[StreamId, _Route]] = {}
        self._shut: dict[SessionId, set[StreamId]] = {}

    def open(self, session: SessionId) -> MediaConfig:
        """Give a session a fresh leg in place of the one it may have had."""
        had_leg = self._close_leg(session)
        cid = self._free_cid()
        up = MediaKeys.generate(Suite.AES_128_GCM, self._random)
        down = MediaKeys.generate(Suite.AES_128_GCM, self._random)
        self._relay.open_leg(cid, up, down)
        self._tunnels.expect(cid, up)
        self._cids[session] = cid
        self._used.add(cid)
        if had_leg:
            self._restore_streams(session)
        return MediaConfig(
            host=self._host,
            port=self._port,
            cid=cid,
            suite=MediaSuite.AES_128_GCM,
            key_up=up.key,
            iv_up=up.iv,
            key_down=down.key,
            iv_down=down.iv,
            keepalive_seconds=KEEPALIVE_SECONDS,
            max_datagram_bytes=MAX_DATAGRAM,
        )

    def close(self, session: SessionId) -> None:
        """Drop a session's leg and what it sends; again, or without a leg, does nothing."""
        self._close_leg(session)
        self._streams.pop(session, None)
        self._shut.pop(session, None)

    def set_receivers(
        self,
        sender: SessionId,
        stream: StreamId,
        receivers: tuple[SessionId, ...],
        room: CallId | None = None,
    ) -> None:
        """Let ``sender`` be heard by exactly these on ``stream``; nobody closes the stream.

        The streams of one ``room`` compete, so that only the loudest few pass.
        """
        route = _Route(receivers, _room_number(room))
        if receivers:
            self._streams.setdefault(sender, {})[stream] = route
        else:
            self._streams.get(sender, {}).pop(stream, None)
        self._apply(sender, stream, route)

    def set_gate(self, sender: SessionId, stream: StreamId, is_open: bool) -> None:
        """Let what ``sender`` sends on ``stream`` through, or not.

        It holds until the next time, whether anybody hears the stream just now or not.
        """
        shut = self._shut.setdefault(sender, set())
        if is_open:
            shut.discard(stream)
        else:
            shut.add(stream)
        route = self._streams.get(sender, {}).get(stream)
        if route is not None and sender in self._cids and self._present(route):
            self._relay.set_gate(self._cids[sender], stream, is_open)

    def way(self, session: SessionId) -> Way | None:
        """How a session's leg is reached now; None: it was not heard yet, or is gone."""
        cid = self._cids.get(session)
        return None if cid is None else self._relay.way(cid)

    def __len__(self) -> int:
        return len(self._cids)

    def _apply(self, sender: SessionId, stream: StreamId, route: _Route) -> None:
        cid = self._cids.get(sender)
        if cid is None:
            return
        present = self._present(route)
        self._relay.set_receivers(cid, stream, present, route.room)
        if present and stream in self._shut.get(sender, ()):
            self._relay.set_gate(cid, stream, is_open=False)

    def _present(self, route: _Route) -> list[Cid]:
        return [self._cids[each] for each in route.receivers if each in self._cids]

    def _restore_streams(self, session: SessionId) -> None:
        for sender, streams in self._streams.items():
            for stream, route in streams.items():
                if session == sender or session in route.receivers:
                    self._apply(sender, stream, route)

    def _close_leg(self, session: SessionId) -> bool:
        cid = self._cids.pop(session, None)
        if cid is None:
            return False
        self._used.discard(cid)
        self._tunnels.forget(cid)
        self._relay.close_leg(cid)
        return True

    def _free_cid(self) -> Cid:
        while True:
            cid = Cid(int.from_bytes(self._random(4), "big"))
            if cid and cid not in self._used:
                return cid


def _room_number(room: CallId | None) -> int:
    """A number for each call that no other has; 0 is no room."""
    return 0 if room is None else int.from_bytes(room, "big") + 1
