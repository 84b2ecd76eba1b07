"""Many small writes made one: what is asked while a write is under way goes together into the next.

It knows neither files nor databases. One write takes its time however much is in it, so two hundred
who come at once wait for a few writes, and one who comes alone for one.
"""

from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from twisted.internet.defer import Deferred
from twisted.python.failure import Failure

T = TypeVar("T")


class GroupCommit(Generic[T]):
    """Gathers things for ``write``, which is asked again only when it is done."""

    def __init__(self, write: Callable[[Sequence[T]], Deferred[None]]) -> None:
        self._write = write
        self._waiting: list[tuple[T, Deferred[None]]] = []
        self._is_writing = False

    def add(self, thing: T) -> Deferred[None]:
        """Fires when it is written; fails as its write did. The order is kept."""
        written: Deferred[None] = Deferred()
        self._waiting.append((thing, written))
        if not self._is_writing:
            self._next()
        return written

    def _next(self) -> None:
        lot, self._waiting = self._waiting, []
        self._is_writing = True

        def wrote(result: Failure | None) -> None:
            self._is_writing = False
            if self._waiting:
                self._next()
            for _, written in lot:
                if isinstance(result, Failure):
                    written.errback(result)
                else:
                    written.callback(None)

        self._write([thing for thing, _ in lot]).addBoth(wrote)
