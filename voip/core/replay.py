"""Which numbers of a growing sequence were seen before: the sliding window of replay protection.

Knows numbers only, neither packets nor keys. The sealed datagram counts with it by packet number
and SFrame by frame counter; both ask before they open something, and mark only what proved genuine.
"""

DEFAULT_WIDTH = 1024
"""How far behind the newest number a late one is still taken: 20 s of speech at 20 ms a packet."""


class ReplayWindow:
    """Remembers the last `width` numbers in a ring of bytes, one for each number.

    The caller first asks `is_fresh`, then proves the packet genuine, then calls `mark`: a forged
    packet must not be able to push the window on or use a number up.
    """

    __slots__ = ("_seen", "_width", "newest")

    def __init__(self, width: int = DEFAULT_WIDTH) -> None:
        self._width = width
        self._seen = bytearray(width)
        self.newest = -1
        """The highest number marked so far, -1 before the first."""

    def is_fresh(self, number: int) -> bool:
        """Whether `number` (>= 0) is ahead of everything, or inside the window and not yet seen."""
        if number > self.newest:
            return True
        return number > self.newest - self._width and not self._seen[number % self._width]

    def mark(self, number: int) -> bool:
        """Remember a fresh `number`; tell whether it is the newest so far."""
        is_newest = number > self.newest
        if is_newest:
            self._forget_between(self.newest, number)
            self.newest = number
        self._seen[number % self._width] = 1
        return is_newest

    def _forget_between(self, newest: int, number: int) -> None:
        """Clear the slots of the numbers that were jumped over, which older numbers used before."""
        jumped = number - newest - 1
        if jumped >= self._width:
            self._seen = bytearray(self._width)
        else:
            for skipped in range(newest + 1, number):
                self._seen[skipped % self._width] = 0
