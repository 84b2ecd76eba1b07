"""When packets come, against when they were made: what a path does to one stream.

Knows sequence numbers, timestamps and the receiver's clock, nothing of sound. The *offset* of a
packet is its arrival less its timestamp: the two clocks share no zero, so only differences of
offsets mean anything. The least offset of the last 20 s is the path at its best; how far the other
offsets lie above it is what a jitter buffer has to wait for. The window slides, which is how a
drift between the clocks (200 ppm is 4 ms in 20 s) and a change of route both wear off.
"""

from typing import Final

import numpy as np

# Timestamps on the wire count 2.5 ms in 16 bits, so they come round every 164 s.
UNIT_MS: Final = 2.5
_WRAP: Final = 1 << 16

WINDOW_MS: Final = 20_000.0
_WINDOW_PACKETS: Final = 1000
# The few packets beyond are cheaper to conceal than to wait for.
_QUANTILE: Final = 0.992
# Nobody can talk over a longer wait than this: what comes later is as good as lost.
WORTH_WAITING_MS: Final = 400.0
# No path does this from one packet to the next; a sender's clock that was set anew does.
_IMPOSSIBLE_MS: Final = 2000.0
# Looking through the window costs more than knowing 0.2 s later.
_REFRESH_PACKETS: Final = 10
# RFC 3550 section 6.4.1.
_JITTER_GAIN: Final = 1 / 16


class Arrivals:
    """The last 20 s of one stream's arrivals. All times are in milliseconds."""

    def __init__(self) -> None:
        self._offsets = np.zeros(_WINDOW_PACKETS)
        self._times = np.full(_WINDOW_PACKETS, -np.inf)
        self._sequences = np.zeros(_WINDOW_PACKETS, dtype=np.int64)
        self._last_offset = 0.0
        self.count = 0
        """Packets noted since the start, or since the sender's clock was set anew."""
        self.best_offset = 0.0
        """Arrival less timestamp on the path at its best."""
        self.spread = 0.0
        """What 99.2 % of the packets stayed within, above the best."""
        self.loss = 0.0
        """The fraction of the window's packets that never came."""
        self.jitter = 0.0
        """Interarrival jitter of RFC 3550."""

    def unwrap(self, timestamp: int, now: float) -> int:
        """The full timestamp, in units, behind the 16 bits that travelled.

        Of those it may be, the nearest to what the last packet leads to expect of one that comes
        now, so that a stream may be silent for any time.
        """
        if not self.count:
            return timestamp
        expected = round((now - self._last_offset) / UNIT_MS)
        return expected + (timestamp - expected + _WRAP // 2) % _WRAP - _WRAP // 2

    def note(self, sequence: int, timestamp: int, now: float) -> float:
        """Take in one packet; the answer is how late it was against the path at its best."""
        offset = now - timestamp * UNIT_MS
        if self.count and abs(offset - self._last_offset) > _IMPOSSIBLE_MS:
            self._times[:] = -np.inf
            self.count = 0
        slot = self.count % _WINDOW_PACKETS
        self._offsets[slot] = offset
        self._times[slot] = now
        self._sequences[slot] = sequence
        if self.count:
            self.jitter += (abs(offset - self._last_offset) - self.jitter) * _JITTER_GAIN
        self._last_offset = offset
        if self.count % _REFRESH_PACKETS == 0 or offset < self.best_offset:
            self._refresh(now)
        self.count += 1
        return offset - self.best_offset

    def _refresh(self, now: float) -> None:
        recent = self._times > now - WINDOW_MS
        offsets = self._offsets[recent]
        self.best_offset = float(offsets.min())
        waits = offsets - self.best_offset
        waits = waits[waits <= WORTH_WAITING_MS]
        place = int((len(waits) - 1) * _QUANTILE)
        self.spread = float(np.partition(waits, place)[place])
        sequences = self._sequences[recent]
        sent = int(sequences.max() - sequences.min()) + 1
        self.loss = 1 - len(sequences) / sent
