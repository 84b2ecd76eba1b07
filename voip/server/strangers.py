"""Connections that have not logged in, counted for each source.

It knows sources as text (``limits.source_of``) and no connections.
"""

from collections import Counter
from collections.abc import Callable

# Beyond the limit as many again are told so; more are cut off before any TLS is spent on them.
TOLD_FACTOR = 2


class Strangers:
    """How many strangers each source holds; ``most`` tells how many are served now."""

    def __init__(self, most: Callable[[], int]) -> None:
        self._most = most
        self._held: Counter[str] = Counter()

    def enter(self, source: str) -> None:
        self._held[source] += 1

    def leave(self, source: str) -> None:
        self._held[source] -= 1
        if not self._held[source]:
            del self._held[source]

    def is_crowded(self, source: str) -> bool:
        return self._held[source] > self._most()

    def is_flooded(self, source: str) -> bool:
        return self._held[source] > self._most() * TOLD_FACTOR

    @property
    def connections(self) -> int:
        """How many there are, from everywhere."""
        return self._held.total()

    def __len__(self) -> int:
        return len(self._held)


class Guest:
    """One connection at the door: a stranger until it is known who it is, or it is gone."""

    def __init__(self, strangers: Strangers, source: str) -> None:
        self._strangers = strangers
        self._source = source
        self.is_stranger = True
        strangers.enter(source)

    def known(self) -> None:
        """A stranger no more; again does nothing."""
        if self.is_stranger:
            self.is_stranger = False
            self._strangers.leave(self._source)

    @property
    def is_crowded(self) -> bool:
        """Whether too many strangers of this source are here to be served."""
        return self._strangers.is_crowded(self._source)

    @property
    def is_flooded(self) -> bool:
        """Whether so many are that no TLS is spent on another."""
        return self._strangers.is_flooded(self._source)
