"""A thread of one's own, for work that waits for a disk: in turn, the answers on the reactor."""

from collections.abc import Callable
from typing import Protocol, TypeVar

from twisted.internet.defer import Deferred, succeed
from twisted.internet.interfaces import IReactorFromThreads
from twisted.internet.threads import deferToThreadPool
from twisted.python.threadpool import ThreadPool

T = TypeVar("T")


class InTurn(Protocol):
    """Does one piece of work after the other, in the order they are asked."""

    def do(self, work: Callable[[], T]) -> Deferred[T]: ...

    def stop(self) -> Deferred[None]:
        """Fires when what was asked is done; nothing can be asked after."""


class OwnThread:
    """``InTurn`` in a thread, which begins with the first work."""

    def __init__(self, reactor: IReactorFromThreads, name: str) -> None:
        self._reactor = reactor
        self._pool = ThreadPool(minthreads=0, maxthreads=1, name=name)
        self._pool.start()
        self._underway = 0

    def do(self, work: Callable[[], T]) -> Deferred[T]:
        self._underway += 1
        return deferToThreadPool(self._reactor, self._pool, work).addBoth(self._done)

    def _done(self, result: T) -> T:
        self._underway -= 1
        return result

    def stop(self) -> Deferred[None]:
        # To join the thread while it works would hold the reactor, and all calls with it.
        last = self.do(_nothing) if self._underway else succeed(None)
        return last.addCallback(lambda _: self._pool.stop())


def _nothing() -> None:
    """The last work in a thread: all that was asked before is done."""
