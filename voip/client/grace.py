"""How long a break of the connection may last before the calls in it are over.

The server keeps a session that is away for as long, so a client that is back in time finds its
calls as they were. Knows a clock and one callback.
"""

from collections.abc import Callable

from twisted.internet.interfaces import IDelayedCall, IReactorTime

GRACE_SECONDS = 60.0


class Grace:
    """Calls ``over`` once a break has lasted too long."""

    def __init__(self, clock: IReactorTime, over: Callable[[], None]) -> None:
        self._clock = clock
        self._over = over
        self._timer: IDelayedCall | None = None

    def line_is(self, *, away: bool) -> None:
        """The connection is broken, or it is not."""
        if away and self._timer is None:
            self._timer = self._clock.callLater(GRACE_SECONDS, self._over)
        elif not away and self._timer is not None:
            if self._timer.active():
                self._timer.cancel()
            self._timer = None
