"""Away after idle: tells the server when nobody has pressed a key for a while, and when one does.

It knows a clock and whom to tell. The server makes of it what others see: someone who is available
shows as away once nobody is at any of their devices.
"""

from collections.abc import Callable

from twisted.internet.interfaces import IDelayedCall, IReactorTime

IDLE_SECONDS = 600.0
"""Ten minutes: longer than one reads or listens without touching a key."""


class Idle:
    """Follows the keys; ``tell`` hears each change."""

    def __init__(self, clock: IReactorTime, tell: Callable[[bool], None]) -> None:
        self._clock = clock
        self._tell = tell
        self._is_inside = False
        self._is_idle = False
        self._touched_at = 0.0
        self._waiting: IDelayedCall | None = None

    def inside(self, is_inside: bool) -> None:
        """Somebody is signed in here, or nobody is; a new session starts as not idle."""
        if is_inside == self._is_inside:
            return
        self._is_inside = is_inside
        self._is_idle = False
        self.stop()
        if is_inside:
            self.touched()

    def touched(self) -> None:
        """A key was pressed, or a call goes on."""
        if not self._is_inside:
            return
        self._touched_at = self._clock.seconds()
        if self._waiting is None:
            self._waiting = self._clock.callLater(IDLE_SECONDS, self._look)
        if self._is_idle:
            self._is_idle = False
            self._tell(False)

    def _look(self) -> None:
        # A key does not restart the timer: it looks again when the last one is old enough.
        self._waiting = None
        rest = self._touched_at + IDLE_SECONDS - self._clock.seconds()
        if rest > 0:
            self._waiting = self._clock.callLater(rest, self._look)
            return
        self._is_idle = True
        self._tell(True)

    def stop(self) -> None:
        """Wait no more."""
        if self._waiting is not None:
            self._waiting.cancel()
            self._waiting = None
