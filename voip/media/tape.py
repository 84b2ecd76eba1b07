"""Decoded sound on its way to be played, with a little of what was played before.

Knows how to join new sound to old: as it is, or one pitch period shorter or longer. Knows nothing
of packets, nor of why the jitter buffer wants a change.
"""

import numpy as np

from voip.media.samples import Samples, silence
from voip.media.stretch import LONGEST_PERIOD, PAST_NEEDED, cut, drop_period, pad, repeat_period


class Tape:
    """Sound appended at one end and taken from the other."""

    def __init__(self) -> None:
        self._sound = silence(PAST_NEEDED)
        self._played = PAST_NEEDED

    @property
    def pending(self) -> int:
        """Samples appended and not yet taken."""
        return len(self._sound) - self._played

    def append(self, sound: Samples) -> None:
        """Put sound at the end."""
        self._sound = np.concatenate((self._sound, sound))

    def take(self, count: int) -> Samples:
        """The next ``count`` samples; the caller sees to it that they are there."""
        start, self._played = self._played, self._played + count
        taken = self._sound[start : self._played]
        surplus = self._played - PAST_NEEDED
        self._sound, self._played = self._sound[surplus:], PAST_NEEDED
        return taken

    def append_stretched(self, sound: Samples, wish: int, is_pause: bool) -> int:
        """Put sound at the end, longer or shorter by about ``wish`` samples where that is unheard.

        The answer is by how many it became longer, which is 0 where no joint would go unheard.
        ``sound`` is a frame, or longer.
        """
        joined = self._joined(sound, wish, is_pause)
        self.append(sound if joined is None else joined)
        return 0 if joined is None else len(joined) - len(sound)

    def _joined(self, sound: Samples, wish: int, is_pause: bool) -> Samples | None:
        count = min(abs(wish), LONGEST_PERIOD)
        if is_pause:
            return cut(sound, count) if wish < 0 else pad(self._sound, sound, count)
        if wish < 0:
            return drop_period(self._sound, sound)
        return repeat_period(self._sound, sound)
