"""Many small writes made one: what is asked while a write is under way goes together into the next.

It knows neither files nor databases. One write takes its time however much is in it, so two hundred
who come at once wait for a few writes, and one who comes alone for one.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any, Generic, TypeVar

from twisted.internet.defer import Deferred
from twisted.python.failure import Failure

T = TypeVar("T")


class GroupCommit(Generic[T]):
    """Gathers things for ``write``, which is asked again only when it is done.

    Whoever is told that it is written may at once go on to the gatherings ``onward``; those who
    were written together stay together there. With ``later``, which calls what it is given after a
    moment, nothing is written at once: for what nobody is in a hurry with.
    """

    def __init__(
        self,
        write: Callable[[Sequence[T]], Deferred[None]],
        onward: Sequence["GroupCommit[Any]"] = (),
        later: Callable[[Callable[[], None]], object] | None = None,
    ) -> None:
        self._write = write
        self._onward = onward
        self._later = later
        self._waiting: list[tuple[T, Deferred[None]]] = []
        self._is_writing = False
        self._is_held = False
        self._is_put_off = False

    def add(self, thing: T) -> Deferred[None]:
        """Fires when it is written; fails as its write did. The order is kept."""
        written: Deferred[None] = Deferred()
        self._waiting.append((thing, written))
        self._write_on()
        return written

    @contextmanager
    def together(self) -> Iterator[None]:
        """What is added within goes into one write."""
        self._is_held = True
        yield
        self._is_held = False
        self._write_on()

    def _write_on(self) -> None:
        if self._is_writing or self._is_held or self._is_put_off or not self._waiting:
            return
        if self._later is None:
            self._write_all()
        else:
            self._is_put_off = True
            self._later(self._write_all)

    def _write_all(self) -> None:
        lot, self._waiting = self._waiting, []
        self._is_writing, self._is_put_off = True, False

        def wrote(result: Failure | None) -> None:
            self._is_writing = False
            self._write_on()
            with ExitStack() as gathered:
                for each in self._onward:
                    gathered.enter_context(each.together())
                for _, written in lot:
                    if isinstance(result, Failure):
                        written.errback(result)
                    else:
                        written.callback(None)

        self._write([thing for thing, _ in lot]).addBoth(wrote)
