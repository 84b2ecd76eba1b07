"""The media legs of sessions: a connection id and keys for each, and who hears whom.

It turns sessions into the relay's cids and draws the keys. A leg that is opened again, after a
resume, has a new cid and new keys; the streams it sends and hears go on. What travels on a leg is
not known here.
"""

from collections.abc import Callable

from voip.core.ids import Cid, SessionId, StreamId
from voip.core.media_config import MediaConfig, MediaSuite
from voip.server.relay.interface import RelayEngine
from voip.wire.datagram import MAX_DATAGRAM, MediaKeys, Suite

KEEPALIVE_SECONDS = 5  # well under the 30 s after which common NATs forget a UDP path

Random = Callable[[int], bytes]


class MediaLegs:
    """One leg for each open session. ``random`` gives unpredictable bytes."""

    def __init__(self, relay: RelayEngine, random: Random, host: str, port: int) -> None:
        self._relay = relay
        self._random = random
        self._host = host
        self._port = port
        self._cids: dict[SessionId, Cid] = {}
        self._used: set[Cid] = set()
        self._streams: dict[SessionId, dict[StreamId, tuple[SessionId, ...]]] = {}

    def open(self, session: SessionId) -> MediaConfig:
        """Give a session a fresh leg in place of the one it may have had."""
        had_leg = self._close_leg(session)
        cid = self._free_cid()
        up = MediaKeys.generate(Suite.AES_128_GCM, self._random)
        down = MediaKeys.generate(Suite.AES_128_GCM, self._random)
        self._relay.open_leg(cid, up, down)
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

    def set_receivers(
        self, sender: SessionId, stream: StreamId, receivers: tuple[SessionId, ...]
    ) -> None:
        """Let ``sender`` be heard by exactly these on ``stream``; nobody closes the stream."""
        if receivers:
            self._streams.setdefault(sender, {})[stream] = receivers
        else:
            self._streams.get(sender, {}).pop(stream, None)
        self._apply(sender, stream, receivers)

    def __len__(self) -> int:
        return len(self._cids)

    def _apply(self, sender: SessionId, stream: StreamId, receivers: tuple[SessionId, ...]) -> None:
        if sender in self._cids:
            present = [self._cids[each] for each in receivers if each in self._cids]
            self._relay.set_receivers(self._cids[sender], stream, present)

    def _restore_streams(self, session: SessionId) -> None:
        for sender, streams in self._streams.items():
            for stream, receivers in streams.items():
                if session == sender or session in receivers:
                    self._apply(sender, stream, receivers)

    def _close_leg(self, session: SessionId) -> bool:
        cid = self._cids.pop(session, None)
        if cid is None:
            return False
        self._used.discard(cid)
        self._relay.close_leg(cid)
        return True

    def _free_cid(self) -> Cid:
        while True:
            cid = Cid(int.from_bytes(self._random(4), "big"))
            if cid and cid not in self._used:
                return cid
