"""One client's end of the media path: sealed datagrams, and whether the server answers on them.

Frames go in and datagrams come out, and back. PINGs are the keep-alive of the NAT in between, the
measure of the round trip and the proof that datagrams pass, by UDP or through the tunnel, which
share one count of packets. PINGs of the server, which challenges a new address of ours, are
answered. Sans-IO: knows no socket and no clock, and what a MEDIA frame carries is not its affair.
Forged, repeated and broken datagrams are counted and change nothing.
"""

from collections.abc import Callable, Sequence
from typing import Final

from voip.client.voice.commands import PathUp, Trouble, UseNetwork
from voip.client.voice.pinger import Pinger
from voip.client.voice.way import Way, WayChoice
from voip.core.media_config import MediaConfig
from voip.wire.datagram import Dropped, MediaKeys, Opener, Sealer, Suite
from voip.wire.media_frames import (
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

TALKING_PING_SECONDS: Final = 1.0


class Tunnelled(bytes):
    """A datagram that goes, or came, through the tunnel; any other goes by UDP."""


class MediaPath:
    """The sealed path of one session; a new `MediaConfig` is a new path.

    `random(count)` makes the tokens of PINGs.
    """

    def __init__(
        self,
        media: MediaConfig,
        now: float,
        random: Callable[[int], bytes],
        network: UseNetwork = UseNetwork(),  # noqa: B008 - frozen
        served_before: Way = Way.UDP,
    ) -> None:
        """`served_before` is the way that speech went on the path before this one."""
        suite = Suite(media.suite.value)
        self._sealer = Sealer(media.cid, MediaKeys(suite, media.key_up, media.iv_up))
        self._opener = Opener(media.cid, MediaKeys(suite, media.key_down, media.iv_down))
        self._keepalive_seconds = media.keepalive_seconds
        self._network = network
        self._pingers = {way: Pinger(random, now) for way in Way}
        self._choice = WayChoice(
            network.udp, self._pingers[Way.UDP], self._pingers[Way.TLS], served_before
        )
        self._is_talking = False
        self._reports: list[PathUp | Trouble] = []
        self.dropped = 0
        """Datagrams that were not opened, and frames that could not be read."""

    def use_network(self, network: UseNetwork, now: float) -> None:
        """Go by other wishes of the person from now on."""
        self._network = network
        self._choice.use(network.udp, now)

    @property
    def way(self) -> Way:
        """How speech goes."""
        return self._choice.way

    @property
    def wants_tunnel(self) -> bool:
        """Whether a tunnel is to be held open."""
        return self._choice.wants_tunnel

    @property
    def rtt(self) -> float | None:
        """The usual round trip to the server in seconds, the way that speech goes."""
        return self._pingers[self.way].rtt

    def seal(self, frames: Sequence[Frame]) -> bytes:
        """Give the next datagram with these frames. RekeyNeededError after 2^31 of them."""
        return self._sealed(frames, self.way)

    @property
    def next_ping_at(self) -> float:
        """When `handle_timer` wants to be called next."""
        due = [self._due_at(way) for way in Way if self._choice.is_asked(way)]
        look_at = self._choice.look_at
        return min(due if look_at is None else [*due, look_at])

    def handle_timer(self, now: float, is_talking: bool) -> list[bytes]:
        """Give the PINGs that are due; notice that none is answered, and choose the way."""
        self._is_talking = is_talking
        self._choose(now)
        return [
            self._sealed((self._pingers[way].ask(now),), way)
            for way in Way
            if self._choice.is_asked(way) and now >= self._due_at(way)
        ]

    def hurry(self, now: float) -> None:
        """Ping now, not when the idle rhythm says: a call begins, its round trip is wanted."""
        self._pingers[self.way].hurry(now)

    def receive(self, data: bytes, now: float) -> tuple[list[Media | Report], list[bytes]]:
        """Open a datagram: the frames that mean something to a call, and datagrams to answer with.

        Never raises, whatever the bytes.
        """
        way = Way.TLS if isinstance(data, Tunnelled) else Way.UDP
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
                    # The server sends to where its PINGs are answered; a mere try is not that.
                    if way is self.way or way is Way.TLS:
                        answers.append(self._sealed((Pong(token),), way))
                case Pong(token):
                    if self._pingers[way].answered(token, now):
                        self._choose(now)
                case Malformed():
                    self.dropped += 1
                case Pad() | Close():
                    pass
        return wanted, answers

    def take_reports(self) -> list[PathUp | Trouble]:
        """What is to be told since the last time."""
        reports, self._reports = self._reports, []
        return reports

    def _sealed(self, frames: Sequence[Frame], way: Way) -> bytes:
        datagram = self._sealer.seal(encode_frames(frames))
        return Tunnelled(datagram) if way is Way.TLS else datagram

    def _choose(self, now: float) -> None:
        self._choice.choose(now)
        report = self._choice.report(now)
        if report is not None:
            self._reports.append(report)

    def _due_at(self, way: Way) -> float:
        idle = self._network.keepalive_seconds or self._keepalive_seconds
        usual = TALKING_PING_SECONDS if self._is_talking else float(idle)
        return self._choice.due_at(way, usual)
