"""One client's end of the media path: sealed datagrams, and whether the server answers on them.

Frames go in and datagrams come out, and back. PINGs are the keep-alive of the NAT in between, the
measure of the round trip and the proof that UDP passes; PINGs of the server, which challenges a new
address of ours, are answered. Sans-IO: knows no socket and no clock, and what a MEDIA frame carries
is not its affair. Forged, repeated and broken datagrams are counted and change nothing.
"""

from collections import deque
from collections.abc import Callable, Sequence
from statistics import median
from typing import Final

from voip.client.voice.commands import PathUp, Trouble, VoiceTrouble
from voip.core.media_config import MediaConfig
from voip.wire.datagram import Dropped, MediaKeys, Opener, Sealer, Suite
from voip.wire.media_frames import (
    TOKEN_LENGTH,
    Close,
    Frame,
    Malformed,
    Media,
    Pad,
    Ping,
    Pong,
    Report,
    encode_frames,
    parse_frames,
)

FIRST_PING_SECONDS: Final = 0.5
"""Between PINGs until one is answered: a lost first one is not to delay a call."""

TALKING_PING_SECONDS: Final = 1.0
BLOCKED_AFTER_SECONDS: Final = 5.0
"""PINGs without any answer for so long mean that UDP does not pass."""

# A PONG later than this many PINGs is of no use as a measure.
_PINGS_REMEMBERED: Final = 8
# The round trip is the median of so many measures. One that waited, for a computer busy with the
# start of the call, then does not show: a moving average would carry it for many seconds.
_RTT_MEASURES: Final = 5


class MediaPath:
    """The sealed path of one session; a new `MediaConfig` is a new path.

    `random(count)` makes the tokens of PINGs.
    """

    def __init__(self, media: MediaConfig, now: float, random: Callable[[int], bytes]) -> None:
        suite = Suite(media.suite.value)
        self._sealer = Sealer(media.cid, MediaKeys(suite, media.key_up, media.iv_up))
        self._opener = Opener(media.cid, MediaKeys(suite, media.key_down, media.iv_down))
        self._random = random
        self._idle_ping_seconds = float(media.keepalive_seconds)
        self._asked_at: dict[bytes, float] = {}
        self._silent_since = now
        self._is_up = False
        self._is_blocked_told = False
        self._reports: list[PathUp | Trouble] = []
        self._measured: deque[float] = deque(maxlen=_RTT_MEASURES)
        self.rtt: float | None = None
        """The usual round trip to the server in seconds, the median of the last five measures;
        None before the first answer."""
        self.next_ping_at = now
        """When `handle_timer` wants to be called next."""
        self.dropped = 0
        """Datagrams that were not opened, and frames that could not be read."""

    def seal(self, frames: Sequence[Frame]) -> bytes:
        """Give the next datagram with these frames. RekeyNeededError after 2^31 of them."""
        return self._sealer.seal(encode_frames(frames))

    def handle_timer(self, now: float, is_talking: bool) -> list[bytes]:
        """Give the PING that is due, if one is; notice that none is answered."""
        if now < self.next_ping_at:
            return []
        if now - self._silent_since >= BLOCKED_AFTER_SECONDS and self._asked_at:
            self._tell_blocked()
        self.next_ping_at = now + self._ping_seconds(is_talking)
        return [self.seal((self._ping(now),))]

    def hurry(self, now: float) -> None:
        """Ping now, not when the idle rhythm says: a call begins, its round trip is wanted."""
        self.next_ping_at = min(self.next_ping_at, now)

    def receive(self, data: bytes, now: float) -> tuple[list[Media | Report], list[bytes]]:
        """Open a datagram: the frames that mean something to a call, and datagrams to answer with.

        Never raises, whatever the bytes.
        """
        opened = self._opener.open(data)
        if isinstance(opened, Dropped):
            self.dropped += 1
            return [], []
        wanted: list[Media | Report] = []
        answers: list[bytes] = []
        for frame in parse_frames(opened.frames):
            match frame:
                case Media() | Report():
                    wanted.append(frame)
                case Ping(token):
                    answers.append(self.seal((Pong(token),)))
                case Pong(token):
                    self._answered(token, now)
                case Malformed():
                    self.dropped += 1
                case Pad() | Close():
                    pass
        return wanted, answers

    def take_reports(self) -> list[PathUp | Trouble]:
        """What is to be told since the last time."""
        reports, self._reports = self._reports, []
        return reports

    def _ping_seconds(self, is_talking: bool) -> float:
        if not self._is_up:
            return FIRST_PING_SECONDS
        return TALKING_PING_SECONDS if is_talking else self._idle_ping_seconds

    def _ping(self, now: float) -> Ping:
        token = self._random(TOKEN_LENGTH)
        if not self._asked_at:
            # The silence that counts is that after a question.
            self._silent_since = now
        self._asked_at[token] = now
        if len(self._asked_at) > _PINGS_REMEMBERED:
            del self._asked_at[next(iter(self._asked_at))]
        return Ping(token)

    def _answered(self, token: bytes, now: float) -> None:
        asked_at = self._asked_at.get(token)
        if asked_at is None:
            return
        # Whatever was asked before it has been answered by it, or is lost.
        self._asked_at.clear()
        self._measured.append(max(0.0, now - asked_at))
        self.rtt = median(self._measured)
        if not self._is_up:
            self._is_up = True
            self._is_blocked_told = False
            self._reports.append(PathUp(self.rtt * 1000))

    def _tell_blocked(self) -> None:
        self._is_up = False
        if not self._is_blocked_told:
            self._is_blocked_told = True
            self._reports.append(Trouble(VoiceTrouble.UDP_BLOCKED))
