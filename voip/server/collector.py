"""When the whole heap is searched for garbage: not while people talk, if that can wait.

Python looks at young objects often and briefly, which goes on as ever. It looks at all of them
whenever they have grown by a quarter; that takes a tenth of a second in a server with two hundred
people in one conference, and the relay stands still meanwhile. So it is done here instead, when
nobody is in a call, or when so much has come that memory matters more. It knows nothing of what the
objects are.
"""

import gc
from collections.abc import Callable
from typing import Final

from twisted.application.service import Service
from twisted.internet.interfaces import IReactorTime
from twisted.internet.task import LoopingCall

LOOK_SECONDS: Final = 5.0

DUE: Final = 10
"""Searches of the younger objects since the last one of all, each after 7,000 more objects, from
which on one of all is worth it: where Python's own would begin to think of it."""

OVERDUE: Final = 100
"""From here on it waits no longer: about a hundred megabytes may have gathered."""

_NEVER: Final = 1_000_000_000


class Collector(Service):
    """Runs the searches of everything. ``is_quiet``: nobody would hear one now.

    ``younger`` counts the searches of the younger objects since ``collect`` was called last.
    """

    name = "collector"

    def __init__(
        self,
        reactor: IReactorTime,
        is_quiet: Callable[[], bool],
        younger: Callable[[], int] = lambda: gc.get_count()[2],
        collect: Callable[[], object] = gc.collect,
    ) -> None:
        self._is_quiet = is_quiet
        self._younger = younger
        self._collect = collect
        self._loop = LoopingCall(self._look)
        self._loop.clock = reactor
        self._threshold = gc.get_threshold()

    def startService(self) -> None:
        Service.startService(self)
        self._threshold = gc.get_threshold()
        young, middle, _ = self._threshold
        gc.set_threshold(young, middle, _NEVER)
        self._loop.start(LOOK_SECONDS, now=False)

    def stopService(self) -> None:
        Service.stopService(self)
        self._loop.stop()
        gc.set_threshold(*self._threshold)

    def _look(self) -> None:
        younger = self._younger()
        if younger >= OVERDUE or (younger >= DUE and self._is_quiet()):
            self._collect()
