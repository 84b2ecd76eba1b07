"""How often something took how long: counts in buckets, as cheap to add to as a counter.

It knows nothing of what is measured. Bounds are upper ones and belong to their bucket.
"""

from bisect import bisect_left
from collections.abc import Iterator, Sequence


class Histogram:
    """Values counted by size. ``bounds`` ascend; what is beyond the last is counted too."""

    __slots__ = ("_counts", "bounds", "total")

    def __init__(self, bounds: Sequence[float]) -> None:
        self.bounds = tuple(bounds)
        self.total = 0.0
        self._counts = [0] * (len(self.bounds) + 1)

    def add(self, value: float) -> None:
        """Count one value."""
        self._counts[bisect_left(self.bounds, value)] += 1
        self.total += value

    @property
    def count(self) -> int:
        """How many there were."""
        return sum(self._counts)

    def cumulated(self) -> Iterator[tuple[float, int]]:
        """Each bound with how many values were at most that."""
        so_far = 0
        for bound, count in zip((*self.bounds, float("inf")), self._counts, strict=True):
            so_far += count
            yield bound, so_far
