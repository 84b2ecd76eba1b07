"""The packets of one incoming stream, numbered through all of its keys, and how many never came.

A sender raises its SFrame counter by one for each packet it really sends, so a muted speaker loses
nothing; each new key starts again at 0. What the relay did not forward, as others in the
conference were louder, leaves a gap in the counters, and then the first packets are marked: the
numbers go on without that gap, and it is no loss. Loss as in RFC 3550 appendix A.3. Knows numbers
only, no packets and no clock.
"""

from collections import deque
from dataclasses import dataclass
from typing import Final, NamedTuple

WINDOW_SECONDS: Final = 5
"""How many of the last `close_second` the recent loss is made of."""

_STRETCHES_REMEMBERED: Final = (
    3  # the one that runs, and those whose packets may still be in flight
)


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


class _Stretch(NamedTuple):
    """From this packet on, under this key, numbers are counted without a gap."""

    kid: int
    ctr: int
    number: int


class PacketCount:
    """Numbers and counts the genuine packets of one stream."""

    def __init__(self) -> None:
        self._stretches: deque[_Stretch] = deque(maxlen=_STRETCHES_REMEMBERED)
        self._lowest: int | None = None
        self._highest = -1
        self._told = Share(0, 0)
        self._seconds: deque[Share] = deque(maxlen=WINDOW_SECONDS)
        self.received = 0

    def number(self, kid: int, ctr: int, is_first: bool = False) -> int:
        """Count a packet that was sealed under `kid` with counter `ctr`; its number in the stream.

        `is_first`: it is marked as the first after silence. Numbers go on from one key to the next.
        Kids only grow: a packet from before what is remembered is taken for one of the oldest that
        is.
        """
        self.received += 1
        if not self._stretches or kid > self._stretches[-1].kid:
            self._stretches.append(_Stretch(kid, 0, self._highest + 1))
        number = self._number(kid, ctr)
        if is_first and self.received > 1 and number > self._highest + 1:
            number = self._highest + 1
            self._stretches.append(_Stretch(kid, ctr, number))
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

    def _number(self, kid: int, ctr: int) -> int:
        later: _Stretch | None = None
        for stretch in reversed(self._stretches):
            if (stretch.kid, stretch.ctr) <= (kid, ctr):
                number = stretch.number + ctr - stretch.ctr
                if later is not None and later.kid == kid:
                    # Overtaken by the packets after the pause: it is as late as those before it.
                    return min(number, later.number - 1)
                return number
            later = stretch
        return self._stretches[0].number
