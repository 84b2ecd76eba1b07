"""A stream of packets, and whoever hears it through a jitter buffer."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from tests.media.voices import packets
from voip.media.jitter import JitterBuffer, JitterStats
from voip.media.samples import Samples

FRAME = 0.02
BLOCK = 0.01
STEPS = 8
WRAP = 65_536


@dataclass(frozen=True)
class Sent:
    """A packet on its way: number in the stream, timestamp in 2.5 ms, arrival in seconds."""

    sequence: int
    timestamp: int
    at: float
    data: bytes
    is_first: bool = False


def stream(count: int, first: int = 0, begin: float = 0.0, loss: int = 0) -> list[Sent]:
    """Packets every 20 ms, with speech in them; ``loss`` is the expected one in percent."""
    voice = packets(loss)
    return [
        Sent(
            first + number,
            (first + number) * STEPS % WRAP,
            begin + number * FRAME,
            voice[(first + number) % len(voice)],
            number == 0,
        )
        for number in range(count)
    ]


def without(sent: Iterable[Sent], *lost: int) -> list[Sent]:
    """All but these numbers."""
    return [packet for packet in sent if packet.sequence not in lost]


class Listener:
    """A jitter buffer with its playback clock, and the packets on their way to it."""

    def __init__(self, buffer: JitterBuffer | None = None) -> None:
        self.buffer = buffer or JitterBuffer()
        self.now = 0.0
        self.coming: list[Sent] = []

    def hear(self, until: float, sent: Iterable[Sent] = ()) -> Samples:
        """Go on until then, taking 10 ms every 10 ms; these packets are sent besides."""
        self.coming = sorted([*self.coming, *sent], key=lambda packet: packet.at, reverse=True)
        blocks = []
        while self.now < until - BLOCK / 2:
            while self.coming and self.coming[-1].at <= self.now + 1e-9:
                self.put(self.coming.pop())
            blocks.append(self.buffer.take())
            self.now += BLOCK
        return np.concatenate(blocks)

    def put(self, sent: Sent) -> None:
        """One packet arrives."""
        self.buffer.put(sent.sequence, sent.timestamp, sent.data, sent.at, sent.is_first)

    @property
    def stats(self) -> JitterStats:
        """Of the buffer."""
        return self.buffer.stats()


def stalled(sent: Iterable[Sent], begin: float, end: float) -> list[Sent]:
    """Nothing comes from ``begin`` to ``end``, then all at once."""
    return [
        Sent(
            packet.sequence,
            packet.timestamp,
            end if begin <= packet.at < end else packet.at,
            packet.data,
            packet.is_first,
        )
        for packet in sent
    ]
