"""Doing something at most so often, however often there is a reason to, and never missing the last.

It knows a clock and nothing of what is done.
"""

from collections.abc import Callable

from twisted.internet.interfaces import IDelayedCall, IReactorTime


class Pace:
    """Acts now when the last time is ``seconds`` ago or more, otherwise once when it is."""

    def __init__(self, clock: IReactorTime, seconds: float, act: Callable[[], None]) -> None:
        self._clock = clock
        self._seconds = seconds
        self._act = act
        self._acted_at = float("-inf")
        self._waiting: IDelayedCall | None = None

    def want(self) -> None:
        """There is something to act on."""
        if self._waiting is None:
            rest = self._acted_at + self._seconds - self._clock.seconds()
            self._waiting = self._clock.callLater(max(0.0, rest), self._due)

    def _due(self) -> None:
        self._waiting = None
        self._acted_at = self._clock.seconds()
        self._act()

    def stop(self) -> None:
        """Whatever waits is done no more."""
        if self._waiting is not None:
            self._waiting.cancel()
            self._waiting = None
