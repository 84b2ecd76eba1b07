"""How well the one thread of the server keeps time: how late it is, and how long it searches for
garbage.

A look every tenth of a second tells by how much it came too late: whatever held the reactor, held
everybody's packets and messages as long. Python tells when a search begins and ends.
"""

import gc
from collections.abc import Callable, Mapping
from typing import Final, Protocol

from twisted.application.service import Service
from twisted.internet.interfaces import IDelayedCall, IReactorTime

from voip.server.histogram import Histogram

LOOK_SECONDS: Final = 0.1
LAG_BOUNDS: Final = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 5.0)
"""Speech of 20 ms a packet bears 20 ms unheard, and 200 ms not at all."""
PAUSE_BOUNDS: Final = (0.0001, 0.001, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0)
GENERATIONS: Final = 3

GcCallback = Callable[[str, Mapping[str, int]], None]


class GcCallbacks(Protocol):
    """``gc.callbacks``, or a test's."""

    def append(self, callback: GcCallback, /) -> None: ...

    def remove(self, callback: GcCallback, /) -> None: ...


class Pulse(Service):
    """Measures as long as it runs. ``clock`` is monotonic seconds."""

    name = "pulse"

    def __init__(
        self,
        reactor: IReactorTime,
        clock: Callable[[], float],
        callbacks: GcCallbacks = gc.callbacks,
    ) -> None:
        self.lag = Histogram(LAG_BOUNDS)
        self.pauses = tuple(Histogram(PAUSE_BOUNDS) for _ in range(GENERATIONS))
        self._clock = clock
        self._callbacks = callbacks
        self._reactor = reactor
        self._search_began = 0.0
        self._due_at = 0.0
        self._next: IDelayedCall | None = None

    def startService(self) -> None:
        Service.startService(self)
        self._callbacks.append(self._searched)
        self._look_later()

    def stopService(self) -> None:
        Service.stopService(self)
        self._callbacks.remove(self._searched)
        if self._next is not None:
            self._next.cancel()
            self._next = None

    def _look_later(self) -> None:
        # Not a LoopingCall: its grid is of the wall clock, which drifts from this one.
        self._due_at = self._clock() + LOOK_SECONDS
        self._next = self._reactor.callLater(LOOK_SECONDS, self._look)

    def _look(self) -> None:
        self.lag.add(max(0.0, self._clock() - self._due_at))
        self._look_later()

    def _searched(self, phase: str, about: Mapping[str, int]) -> None:
        if phase == "start":
            self._search_began = self._clock()
        else:
            self.pauses[about["generation"]].add(self._clock() - self._search_began)
