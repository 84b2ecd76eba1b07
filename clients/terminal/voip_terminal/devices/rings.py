"""Blocks of sound between a sound card's thread and the engine: bounded, and never waiting.

One side of each ring is the callback of PortAudio, which must come back at once, with exactly the
bytes it was asked for, whatever happens. `deque.append` and `deque.popleft` are atomic, so there is
no lock that one thread could hold while the other has a deadline. Knows bytes, not what they sound
like, and no PortAudio.
"""

from collections import deque
from collections.abc import Iterator
from typing import Final

BLOCK_BYTES: Final = 960
"""10 ms of 48 kHz mono, 16 bits."""

MOST_HEARD_BLOCKS: Final = 50
"""Half a second: what the engine did not fetch by then is old."""

LEAST_BLOCKS: Final = 2
MOST_BLOCKS: Final = 6
"""Between these the speaker's ring is kept filled; it grows where the sound card asks unevenly."""

SHRINK_AFTER_BLOCKS: Final = 1000
"""10 s without running dry, then one block less is tried."""


class HeardRing:
    """From the microphone's callback to the engine. Too much drops the oldest."""

    def __init__(self, limit: int = MOST_HEARD_BLOCKS) -> None:
        self._blocks: deque[bytes] = deque(maxlen=limit)
        self._rest = b""
        self.pushed = 0
        """Times the callback came: a card that is gone stops calling."""

    def push(self, data: bytes) -> None:
        """Called by the sound card's thread with whatever number of bytes."""
        self.pushed += 1
        if not self._rest and len(data) == BLOCK_BYTES:
            self._blocks.append(data)
            return
        data = self._rest + data
        whole = len(data) - len(data) % BLOCK_BYTES
        for start in range(0, whole, BLOCK_BYTES):
            self._blocks.append(data[start : start + BLOCK_BYTES])
        self._rest = data[whole:]

    def fetch(self) -> Iterator[bytes]:
        """Called by the engine: the blocks there are."""
        while self._blocks:
            yield self._blocks.popleft()


class PlayedRing:
    """From the engine to the speaker's callback, kept as short as the sound card allows.

    `wanted` is what the engine is to write: the card takes blocks out at its own rate, so the ring
    makes the card's clock the clock of playback. Running dry lets it grow by a block; long peace
    lets it shrink again.
    """

    def __init__(self) -> None:
        self._blocks: deque[bytes] = deque()
        self._rest = b""
        self._is_started = False
        self._peace = 0
        self.target = LEAST_BLOCKS
        """Blocks that the ring is filled up to."""
        self.pulled = 0
        """Times the callback came: a card that is gone stops calling."""
        self.dry = 0
        """Times there was too little to play."""

    @property
    def wanted(self) -> int:
        """How many blocks the engine should write now."""
        return max(0, self.target - len(self._blocks))

    @property
    def waiting(self) -> int:
        """How many blocks wait to be played."""
        return len(self._blocks)

    def write(self, block: bytes) -> None:
        """Called by the engine; more than the ring ever holds is dropped."""
        self._is_started = True
        if len(self._blocks) < MOST_BLOCKS:
            self._blocks.append(block)

    def pull(self, count: int) -> bytes:
        """Called by the sound card's thread: exactly `count` bytes, silence where there is none."""
        self.pulled += 1
        data = self._rest
        while len(data) < count:
            try:
                data += self._blocks.popleft()
            except IndexError:
                self._ran_dry()
                data += bytes(count - len(data))
        self._rest = data[count:]
        self._shrink_in_peace()
        return data[:count]

    def _ran_dry(self) -> None:
        if self._is_started:
            self.dry += 1
            self._peace = 0
            self.target = min(self.target + 1, MOST_BLOCKS)

    def _shrink_in_peace(self) -> None:
        self._peace += 1
        if self._peace >= SHRINK_AFTER_BLOCKS:
            self._peace = 0
            self.target = max(self.target - 1, LEAST_BLOCKS)
