"""The keys this device speaks under in one call: which is in use, which wait, when more are due.

Two ways lead to another key. The next *generation* is drawn fresh, so nobody who has left knows
it; it is given out at once and used a moment later, when everybody has it. The next *step* of a
generation is made from the one before (RFC 9605 section 5.1), so those who listen follow by
themselves, and whoever comes and gets that step hears nothing of what was said before it.

It knows no people and sends nothing; time is handed in.
"""

from typing import Final

from voip.client.call_keys import Randomness
from voip.media.sframe import MAX_STEP, SenderKey

BASE_KEY_SIZE: Final = 16  # RFC 9605 section 4.4: as long as the key of AES_128_GCM_SHA256_128

USE_AFTER_SECONDS: Final = 0.5
"""How long a new generation spreads before it is used."""

ROTATE_AFTER_SECONDS: Final = 30 * 60.0
ROTATE_AFTER_FRAMES: Final = 1 << 20
"""Of 20 ms: the clock comes first, unless a device sends far more than speech."""


class SenderKeys:
    """See the head of this module."""

    def __init__(
        self,
        random: Randomness,
        rotate_after_seconds: float = ROTATE_AFTER_SECONDS,
        rotate_after_frames: int = ROTATE_AFTER_FRAMES,
    ) -> None:
        self._random = random
        self._rotate_after_seconds = rotate_after_seconds
        self._rotate_after_frames = rotate_after_frames
        self._in_use: SenderKey | None = None
        self._waiting: list[tuple[float, SenderKey]] = []  # and when each is to be used
        self._drawn_at = 0.0
        self._frames = 0  # sealed under the key in use
        self._frames_told = 0
        self.newest: SenderKey | None = None
        """The key that people are given; None before the first."""

    def draw(self, now: float) -> SenderKey:
        """Make the next generation; ``due`` gives it when it is to be used."""
        generation = 0 if self.newest is None else self.newest.generation + 1
        key = SenderKey(self._random(BASE_KEY_SIZE), generation)
        wait = 0.0 if self._in_use is None else USE_AFTER_SECONDS
        self._waiting.append((now + wait, key))
        self._drawn_at = now
        self.newest = key
        return key

    @property
    def is_waiting(self) -> bool:
        """Whether nothing was said yet under the newest key."""
        return bool(self._waiting)

    @property
    def can_ratchet(self) -> bool:
        """Whether the key in use is the newest and has a further step."""
        return not self._waiting and self._in_use is not None and self._in_use.step < MAX_STEP

    def ratchet(self, now: float) -> SenderKey:
        """Go a step further, to be used at once. Only when it ``can_ratchet``."""
        assert self._in_use is not None
        self.newest = self._in_use.ratchet()
        self._waiting.append((now, self.newest))
        return self.newest

    def due(self, now: float) -> SenderKey | None:
        """The key to be used from now on, once; None while there is no other than before."""
        due = [key for use_at, key in self._waiting if use_at <= now]
        if not due:
            return None
        self._waiting = self._waiting[len(due) :]
        self._in_use = due[-1]
        self._frames = 0
        return self._in_use

    def stop(self) -> None:
        """The counter of the key in use is lost, so nothing may be said under it any more; nor
        under those that wait, which may have been begun."""
        self._in_use = None
        self._waiting = []

    def frames_sent(self, total: int) -> None:
        """The voice engine has sealed so many frames, counted from the start of the sound."""
        self._frames += total - self._frames_told if total >= self._frames_told else total
        self._frames_told = total

    def is_worn(self, now: float) -> bool:
        """Whether the newest key is old enough for another one."""
        if self.newest is None:
            return False
        is_old = now >= self._drawn_at + self._rotate_after_seconds
        return is_old or (not self._waiting and self._frames >= self._rotate_after_frames)

    @property
    def next_timer(self) -> float | None:
        """When ``due`` or ``is_worn`` next have something to say."""
        if self.newest is None:
            return None
        worn_at = self._drawn_at + self._rotate_after_seconds
        return min([worn_at, *(use_at for use_at, _ in self._waiting)])

    def erase(self) -> None:
        """The call is over: forget the keys."""
        self.stop()
        self.newest = None
