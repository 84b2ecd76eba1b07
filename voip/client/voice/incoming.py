"""One other person's voice: MEDIA frames in, blocks of 10 ms out.

    MEDIA frame -> SFrame -> jitter buffer (Opus, redundancy, concealment) -> block

Knows the keys this stream is heard under and how it is received; mixing and the network belong to
`pipeline`. What no key opens is counted and dropped, whoever sent it.
"""

from typing import Final

from voip.client.voice.loss import PacketCount
from voip.core.ids import StreamId
from voip.media.arrivals import WORTH_WAITING_MS
from voip.media.delay import LEAST_TARGET_MS
from voip.media.jitter import JitterBuffer, JitterStats
from voip.media.levels import SILENCE_DB, decibels
from voip.media.samples import FRAME_MS, Samples
from voip.media.sframe import Receiver, Refused, SenderKey
from voip.wire.media_frames import Media, Report

OLD_KEY_SECONDS: Final = 2.0
"""How long frames under the key before are taken, once the next one is in use."""

_MOST_LOST = 255  # of 256, the scale of REPORT
_MOST_JITTER_MS = 65_535


class IncomingVoice:
    """One stream that is heard. ReceiveKey makes it, DropStream ends it."""

    def __init__(
        self,
        stream: StreamId,
        least_ms: float = LEAST_TARGET_MS,
        most_ms: float = WORTH_WAITING_MS,
    ) -> None:
        """`least_ms` and `most_ms` bound how long late packets are waited for."""
        self.stream = stream
        self._receiver = Receiver()
        self._buffer = JitterBuffer(least_ms, most_ms)
        self._newest_kid = -1
        self._forget_older_at: float | None = None
        self.packets = PacketCount()
        self.undecryptable = 0
        """Frames of this stream that no key opened."""
        self._last_block: Samples | None = None

    def accept(self, key: SenderKey) -> None:
        """Open frames under this key and its later steps too, from now on."""
        self._receiver.accept(key)

    def wait_between(self, least_ms: float, most_ms: float) -> None:
        """Wait for late packets at least and at most so long."""
        self._buffer.delay_between(least_ms, most_ms)

    def receive(self, media: Media, now: float) -> None:
        """Take a frame that came `now`. A double of one that came before changes nothing."""
        opened = self._receiver.open(media.sframe)
        if isinstance(opened, Refused):
            if opened is not Refused.REPLAYED:
                self.undecryptable += 1
            return
        if opened.kid > self._newest_kid:
            self._newest_kid = opened.kid
            self._forget_older_at = now + OLD_KEY_SECONDS
        is_first = media.is_first_after_silence
        number = self.packets.number(opened.kid, opened.ctr, is_first)
        self._buffer.put(number, media.timestamp, opened.plaintext, now, is_first)

    def play(self) -> Samples | None:
        """The next 10 ms; None while there is nothing to hear, which costs nothing."""
        self._last_block = None if self._buffer.is_resting else self._buffer.take()
        return self._last_block

    @property
    def level_db(self) -> float:
        """How loud the block was that was played last, in dBFS."""
        return SILENCE_DB if self._last_block is None else decibels(self._last_block)

    def stats(self) -> JitterStats:
        """How the jitter buffer fares."""
        return self._buffer.stats()

    @property
    def seconds_heard(self) -> float:
        """Seconds of speech that came and could be opened."""
        return self.packets.received * FRAME_MS / 1000

    def close_second(self, now: float) -> Report | None:
        """Let the last second's loss be told to the speaker; None when nothing was expected."""
        if self._forget_older_at is not None and now >= self._forget_older_at:
            self._forget_older_at = None
            self._receiver.forget_older_than(self._newest_kid)
        share = self.packets.close_second()
        if share.expected <= 0:
            return None
        lost = min(round(share.lost * 256), _MOST_LOST)
        jitter = min(round(self.stats().jitter_ms), _MOST_JITTER_MS)
        return Report(self.stream, lost, jitter)
