"""How the database does: what waits for it, how long queries take, which fail.

An ``Observer`` of the store, made before it; who reads the figures is not known here.
"""

from typing import Final

from voip.server.histogram import Histogram
from voip.store.observed import Work

STORE_BOUNDS: Final = (0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 5.0)
"""A look-up takes a fifth of a millisecond, a write an fsync; at 5 s a locked database gives up."""


class StoreMeter:
    """Counts and times, apart for reading and writing."""

    def __init__(self) -> None:
        self.queue = dict.fromkeys(Work, 0)
        self.failures = dict.fromkeys(Work, 0)
        self.wait = {work: Histogram(STORE_BOUNDS) for work in Work}
        self.seconds = {work: Histogram(STORE_BOUNDS) for work in Work}

    def asked(self, work: Work) -> None:
        self.queue[work] += 1

    def answered(self, work: Work, waited: float | None, took: float, *, is_failed: bool) -> None:
        self.queue[work] -= 1
        self.failures[work] += is_failed
        self.seconds[work].add(took)
        if waited is not None:
            self.wait[work].add(waited)
