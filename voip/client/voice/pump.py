"""The 10 ms beat of a call: when blocks are due, without drift.

Tick n is due at start + n x 10 ms, whenever the one before it ran, so lateness never adds up. After
a stall the missed ticks come all at once, up to a limit; what is beyond it is given up, as nobody
wants seconds of speech in a burst. Knows numbers only: the engine owns the timer.
"""

from typing import Final

TICK_SECONDS: Final = 0.010
# A timer that fires on time reads a clock whose grain, since 1970, is a quarter of a microsecond.
_EARLY_TICKS: Final = 0.001
MOST_TICKS_AT_ONCE: Final = 50
"""Half a second: more than a jitter buffer would keep is not made up for."""


class Beat:
    """Counts the ticks that are due. `now` is in seconds and may jump, as a wall clock does."""

    def __init__(self, now: float, most_at_once: int = MOST_TICKS_AT_ONCE) -> None:
        self._started_at = now
        self._taken = 0
        self._most_at_once = most_at_once
        self.given_up = 0
        """Ticks that never came, because a stall was too long."""

    def take(self, now: float) -> int:
        """How many ticks are due since the last call; they count as run."""
        due = int((now - self._started_at) / TICK_SECONDS + _EARLY_TICKS) - self._taken
        if due < -1:
            self._started_at, self._taken = now, 0
            return 0
        if due > self._most_at_once:
            self.given_up += due - self._most_at_once
            self._taken += due
            return self._most_at_once
        due = max(due, 0)
        self._taken += due
        return due

    def seconds_to_next(self, now: float, ticks: int = 1) -> float:
        """How long until `ticks` more ticks are due; zero when they are already."""
        return max(0.0, self._started_at + (self._taken + ticks) * TICK_SECONDS - now)
