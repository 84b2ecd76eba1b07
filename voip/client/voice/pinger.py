"""PINGs along one way to the server: is it open, how long is the round trip, how long is it silent.

    ask(now) -> PING                    answered(token, now) -> is it one of ours?

Knows neither keys nor datagrams. The rhythm is whoever's asks; a question without an answer is
repeated sooner than that.
"""

from collections import deque
from collections.abc import Callable
from statistics import median
from typing import Final

from voip.wire.media_frames import TOKEN_LENGTH, Ping

FIRST_PING_SECONDS: Final = 0.5
"""Between PINGs until one is answered: a lost first one is not to delay a call."""

REPEAT_SECONDS: Final = 1.0
"""A question that has no answer by then is asked again, whatever the rhythm."""

# A PONG later than this many PINGs is of no use as a measure.
_PINGS_REMEMBERED: Final = 8
# The round trip is the median of so many measures. One that waited, for a computer busy with the
# start of the call, then does not show: a moving average would carry it for many seconds.
_RTT_MEASURES: Final = 5


class Pinger:
    """One way. `random(count)` makes the tokens."""

    def __init__(self, random: Callable[[int], bytes], now: float) -> None:
        self._random = random
        self._asked_at: dict[bytes, float] = {}
        self._asked_last_at = now
        self._silent_since = now
        self._measured: deque[float] = deque(maxlen=_RTT_MEASURES)
        self._hurried_at: float | None = now
        self.rtt: float | None = None
        """The usual round trip in seconds, the median of the last five measures; None before the
        first answer."""
        self.answers_in_row = 0
        """Since the last question that stayed without one."""

    @property
    def is_open(self) -> bool:
        """Whether the last question that could be answered was."""
        return self.answers_in_row > 0

    def due_at(self, seconds: float, is_patient: bool = False) -> float:
        """When to ask next, for a rhythm of so many seconds; who is patient keeps to it, answer or
        none."""
        if self._hurried_at is not None:
            return self._hurried_at
        if self._asked_at and not is_patient:
            seconds = min(seconds, REPEAT_SECONDS if self.is_open else FIRST_PING_SECONDS)
        return self._asked_last_at + seconds

    def ask(self, now: float) -> Ping:
        """Ask."""
        if self._asked_at:
            self.answers_in_row = 0
        else:
            # The silence that counts is that after a question.
            self._silent_since = now
        token = self._random(TOKEN_LENGTH)
        self._asked_at[token] = now
        if len(self._asked_at) > _PINGS_REMEMBERED:
            del self._asked_at[next(iter(self._asked_at))]
        self._asked_last_at = now
        self._hurried_at = None
        return Ping(token)

    def hurry(self, now: float) -> None:
        """Ask now, not when the rhythm says."""
        self._hurried_at = now

    def restart(self, now: float) -> None:
        """The way is a new one: nothing is known of it, and it is asked at once."""
        self._asked_at.clear()
        self._measured.clear()
        self.rtt, self.answers_in_row = None, 0
        self._hurried_at = now

    def answered(self, token: bytes, now: float) -> bool:
        """Take an answer; False when it is to nothing that was asked."""
        asked_at = self._asked_at.get(token)
        if asked_at is None:
            return False
        # Whatever was asked before it has been answered by it, or is lost.
        self._asked_at.clear()
        self._measured.append(max(0.0, now - asked_at))
        self.rtt = median(self._measured)
        self.answers_in_row += 1
        return True

    @property
    def silent_since(self) -> float | None:
        """Since when there is an open question; None when there is none."""
        return self._silent_since if self._asked_at else None

    def is_silent(self, now: float, seconds: float) -> bool:
        """Whether a question has been open for so long."""
        return bool(self._asked_at) and now - self._silent_since >= seconds
