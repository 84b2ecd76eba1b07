"""The packets of one incoming stream, numbered through all of its keys, and how many never came.

A sender raises its SFrame counter by one for each packet it really sends, so a muted speaker loses
nothing; each new key starts again at 0. Loss as in RFC 3550 appendix A.3. Knows numbers only, no
packets and no clock.
"""

from collections import deque
from dataclasses import dataclass
from typing import Final

WINDOW_SECONDS: Final = 5
"""How many of the last `close_second` the recent loss is made of."""

_KEYS_REMEMBERED: Final = 2  # the one in use, and the one before it, still in flight


@dataclass(frozen=True, slots=True)
class Share:
    """So many packets were expected, so many came."""

    expected: int
    received: int

    @property
    def lost(self) -> float:
        """The missing share, 0 to 1; a late packet counted before can't make it negative."""
        if self.expected <= 0:
            return 0.0
        return max(0.0, 1.0 - self.received / self.expected)


class PacketCount:
    """Numbers and counts the genuine packets of one stream."""

    def __init__(self) -> None:
        self._starts: dict[int, int] = {}
        self._lowest: int | None = None
        self._highest = -1
        self._told = Share(0, 0)
        self._seconds: deque[Share] = deque(maxlen=WINDOW_SECONDS)
        self.received = 0

    def number(self, kid: int, ctr: int) -> int:
        """Count a packet that was sealed under `kid` with counter `ctr`; its number in the stream.

        Numbers go on from one key to the next. Kids only grow: one older than those remembered is
        taken for the oldest of them.
        """
        self.received += 1
        if not self._starts or kid > max(self._starts):
            self._starts[kid] = self._highest + 1
            if len(self._starts) > _KEYS_REMEMBERED:
                del self._starts[min(self._starts)]
        number = self._starts.get(kid, min(self._starts.values())) + ctr
        self._lowest = number if self._lowest is None else min(self._lowest, number)
        self._highest = max(self._highest, number)
        return number

    @property
    def total(self) -> Share:
        """Since the first packet that came."""
        if self._lowest is None:
            return Share(0, 0)
        return Share(self._highest - self._lowest + 1, self.received)

    @property
    def recent(self) -> Share:
        """Over the last seconds."""
        return Share(
            sum(share.expected for share in self._seconds),
            sum(share.received for share in self._seconds),
        )

    def close_second(self) -> Share:
        """What came since the last time; to be called once a second."""
        total, told = self.total, self._told
        self._told = total
        share = Share(total.expected - told.expected, total.received - told.received)
        self._seconds.append(share)
        return share
