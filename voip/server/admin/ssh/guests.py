"""How many connections the admin shell holds that have not logged in, and how fast they may come.

It knows sources as text and no connections. Each refusal is decided before any cryptography is
spent on the connection. Everybody who comes by loopback is one source, so a local program that
floods the port can keep others out while it does; ``voipctl shell`` does not come this way.
"""

from collections import Counter
from typing import Final

from voip.core.limits import TokenBucket

PER_SOURCE: Final = 8
IN_ALL: Final = 16
"""Logging in takes a tenth of a second; more than a few at once are no operators."""
CONNECTIONS: Final = 64
"""With those that have logged in."""
FAILED_PER_SECOND: Final = 4.0
FAILED_AT_ONCE: Final = 20.0
"""Connections that may end without a login. A key exchange holds the server for about a
millisecond, and the relay with it; whoever does log in may come as often as need be."""


class Guests:
    """Who is at the door and who is inside."""

    def __init__(self) -> None:
        self._strangers: Counter[str] = Counter()
        self._failures = TokenBucket(FAILED_PER_SECOND, FAILED_AT_ONCE)
        self._closed_until = 0.0
        self._inside = 0

    def enter(self, source: str, now: float) -> str:
        """Why another connection is refused; empty: it is let in and counted."""
        if self._strangers[source] >= PER_SOURCE:
            return "too many that have not logged in"
        if self._strangers.total() >= IN_ALL:
            return "too many that have not logged in"
        if self._strangers.total() + self._inside >= CONNECTIONS:
            return "too many connections"
        if now < self._closed_until:
            return "too many without a login in a short time"
        self._strangers[source] += 1
        return ""

    def logged_in(self, source: str) -> None:
        """One of those counted is no stranger any more."""
        self._forget(source)
        self._inside += 1

    def left(self, source: str, now: float, *, was_logged_in: bool) -> None:
        """One of those counted is gone."""
        if was_logged_in:
            self._inside -= 1
        else:
            self._forget(source)
            self._closed_until = max(self._closed_until, now + self._failures.take(now))

    def _forget(self, source: str) -> None:
        self._strangers[source] -= 1
        if not self._strangers[source]:
            del self._strangers[source]
