"""Blocks of sound between a sound card's thread and the engine: bounded, and never waiting.

One side of each ring is the callback of PortAudio, which must come back at once, with exactly the
bytes it was asked for, whatever happens. `deque.append` and `deque.popleft` are atomic, so there is
no lock that one thread could hold while the other has a deadline. Knows bytes, not what they sound
like, and no PortAudio.
"""

from collections import deque
from contextlib import suppress
from typing import Final

BLOCK_BYTES: Final = 960
"""10 ms of 48 kHz mono, 16 bits."""

MOST_HEARD_BLOCKS: Final = 50
"""Half a second, the longest stall of the engine that is made up for."""

UNEVEN_BLOCKS: Final = 5
"""So many more than are due may come at a time from a card that is only uneven."""

LEAST_BLOCKS: Final = 1
MOST_BLOCKS: Final = 6
"""Between these the speaker's ring is kept filled; it grows where the sound card asks unevenly."""

STALLED_AFTER_BLOCKS: Final = 8
"""80 ms without the card taking anything: it is not running."""

SETTLED_AFTER_PULLS: Final = 10
"""A card that starts asks for several blocks at once, which tells nothing about how it goes on."""

SHRINK_AFTER_BLOCKS: Final = 1_000
"""10 s without running dry, then one block less is tried; twice as long after each time."""

MOST_PATIENCE: Final = 60_000


class HeardRing:
    """From the microphone's callback to the engine.

    A card that held sound back gives it all at once; only the newest of it is kept, as delay that
    comes in here stays for the whole call.
    """

    def __init__(self) -> None:
        self._blocks: deque[bytes] = deque(maxlen=MOST_HEARD_BLOCKS)
        self._rest = b""
        self._overflowed = 0
        self._dropped = 0
        self._told = 0
        self.pushed = 0
        """Times the callback came: a card that is gone stops calling."""

    def push(self, data: bytes) -> None:
        """Called by the sound card's thread with whatever number of bytes."""
        self.pushed += 1
        data = self._rest + data
        whole = len(data) - len(data) % BLOCK_BYTES
        for start in range(0, whole, BLOCK_BYTES):
            if len(self._blocks) == MOST_HEARD_BLOCKS:
                self._overflowed += 1
            self._blocks.append(data[start : start + BLOCK_BYTES])
        self._rest = data[whole:]

    def fetch(self, due: int) -> list[bytes]:
        """Called by the engine: what was heard, where about `due` blocks should have been."""
        blocks = [self._blocks.popleft() for _ in range(len(self._blocks))]
        if len(blocks) <= due + UNEVEN_BLOCKS:
            return blocks
        self._dropped += len(blocks) - due
        return blocks[-due:] if due else []

    def take_lost(self) -> int:
        """Called by the engine: how many blocks were dropped since the last time."""
        lost = self._dropped + self._overflowed
        told, self._told = self._told, lost
        return lost - told


class PlayedRing:
    """From the engine to the speaker's callback, kept as short as the sound card allows.

    `wanted` is what the engine is to write: the card takes blocks out at its own rate, so the ring
    makes the card's clock the clock of playback. Running dry lets it grow by a block; long peace
    lets it shrink again. A card that takes nothing, as some do for a second after they were opened,
    is not waited for: sound goes on by the engine's beat, what that is behind by is caught up, and
    the oldest is dropped. So the card finds what is being said and not what was said.
    """

    def __init__(self) -> None:
        self._blocks: deque[bytes] = deque(maxlen=MOST_BLOCKS)
        self._rest = b""
        self._pulled_before = 0
        self._stalled = STALLED_AFTER_BLOCKS
        self._owed = 0
        self._pulls_in_a_row = 0
        self._peace = 0
        self._patience = SHRINK_AFTER_BLOCKS
        self.target = LEAST_BLOCKS
        """Blocks that the ring is filled up to."""
        self.pulled = 0
        """Times the callback came: a card that is gone stops calling."""
        self.dry = 0
        """Times there was too little to play."""

    def wanted(self, due: int) -> int:
        """How many blocks the engine should write now, `due` beats after it asked before."""
        if self.pulled != self._pulled_before:
            self._pulled_before = self.pulled
            self._stalled = self._owed = 0
        else:
            self._stalled += due
            self._owed += due
        if self._is_stalled:
            self._pulls_in_a_row = 0
            count = self._owed
        else:
            count = max(0, self.target - len(self._blocks))
        self._owed = max(0, self._owed - count)
        return count

    def write(self, block: bytes) -> None:
        """Called by the engine; more than the ring holds pushes the oldest out."""
        if self._is_stalled:
            self._keep_fewer_than(self.target)
        self._blocks.append(block)

    def pull(self, count: int) -> bytes:
        """Called by the sound card's thread: exactly `count` bytes, silence where there is none."""
        self.pulled += 1
        self._pulls_in_a_row += 1
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

    @property
    def _is_stalled(self) -> bool:
        return self._stalled >= STALLED_AFTER_BLOCKS

    def _keep_fewer_than(self, count: int) -> None:
        while len(self._blocks) >= count:
            # The card may wake up just now and take what was counted.
            with suppress(IndexError):
                self._blocks.popleft()

    def _ran_dry(self) -> None:
        if self._pulls_in_a_row <= SETTLED_AFTER_PULLS:
            return
        self.dry += 1
        self._peace = 0
        self._patience = min(2 * self._patience, MOST_PATIENCE)
        self.target = min(self.target + 1, MOST_BLOCKS)

    def _shrink_in_peace(self) -> None:
        self._peace += 1
        if self._peace >= self._patience:
            self._peace = 0
            self.target = max(self.target - 1, LEAST_BLOCKS)
