"""Connections that have not logged in, counted for each source.

It knows sources as text (``limits.source_of``) and no connections.
"""

from collections import Counter

# Beyond the limit as many again are told so; more are cut off before any TLS is spent on them.
TOLD_FACTOR = 2


class Strangers:
    """How many strangers each source holds; ``most`` are served."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._held: Counter[str] = Counter()

    def enter(self, source: str) -> None:
        self._held[source] += 1

    def leave(self, source: str) -> None:
        self._held[source] -= 1
        if not self._held[source]:
            del self._held[source]

    def is_crowded(self, source: str) -> bool:
        return self._held[source] > self._most

    def is_flooded(self, source: str) -> bool:
        return self._held[source] > self._most * TOLD_FACTOR

    def __len__(self) -> int:
        return len(self._held)
