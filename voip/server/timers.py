"""Named timers on the reactor's clock: names to pending calls, and nothing else."""

from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

from twisted.internet.interfaces import IDelayedCall, IReactorTime

Key = TypeVar("Key", bound=Hashable)


class Timers(Generic[Key]):
    """Running timers by name. ``fired`` is called with the name of one that ran out."""

    def __init__(self, reactor: IReactorTime, fired: Callable[[Key], None]) -> None:
        self._reactor = reactor
        self._fired = fired
        self._running: dict[Key, IDelayedCall] = {}

    def start(self, key: Key, seconds: float) -> None:
        """Start a timer, or start it again from now."""
        self.stop(key)
        self._running[key] = self._reactor.callLater(seconds, self._ran_out, key)

    def stop(self, key: Key) -> None:
        """Stop a timer; one that does not run is left alone."""
        running = self._running.pop(key, None)
        if running is not None:
            running.cancel()

    def stop_all(self) -> None:
        for key in tuple(self._running):
            self.stop(key)

    def __len__(self) -> int:
        return len(self._running)

    def _ran_out(self, key: Key) -> None:
        del self._running[key]
        self._fired(key)
