"""Keeps what was typed for something else from answering a call that comes in meanwhile.

A call comes up over whatever is shown, and takes the keys. Whoever was typing, or about to press a
key there, did not mean the call: it gets no key until nothing was pressed for a moment. It knows
which call rings, and no screens and no keys.
"""

from collections.abc import Callable

from twisted.internet.interfaces import IDelayedCall, IReactorTime

from voip.core.ids import CallId

GUARD_SECONDS = 0.8
"""So long nothing must have been pressed since the call came up: longer than a key takes that was
on its way, and than the pauses of somebody who types; shorter than reading who calls."""


class RingGuard:
    """Which call rings, and whether it takes keys yet; ``opened`` is called once it does."""

    def __init__(self, clock: IReactorTime, opened: Callable[[], None]) -> None:
        self._clock = clock
        self._opened = opened
        self._call: CallId | None = None
        self._waiting: IDelayedCall | None = None

    @property
    def rings(self) -> bool:
        return self._call is not None

    @property
    def is_shut(self) -> bool:
        """Is a key that is pressed now not meant for the call?"""
        return self._waiting is not None

    def follow(self, call: CallId | None) -> None:
        """This call rings now, or none does."""
        if call != self._call:
            self._call = call
            self.stop()
            if call is not None:
                self._waiting = self._clock.callLater(GUARD_SECONDS, self._open)

    def pressed(self) -> None:
        """A key was pressed."""
        if self._waiting is not None:
            self._waiting.reset(GUARD_SECONDS)

    def stop(self) -> None:
        if self._waiting is not None:
            self._waiting.cancel()
            self._waiting = None

    def _open(self) -> None:
        self._waiting = None
        self._opened()
