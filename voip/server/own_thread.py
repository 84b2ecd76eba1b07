"""A thread of one's own, for work that waits for a disk: in turn, the answers on the reactor."""

from collections.abc import Callable
from typing import Protocol, TypeVar

from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IReactorFromThreads
from twisted.internet.threads import deferToThreadPool
from twisted.python.threadpool import ThreadPool

T = TypeVar("T")


class InTurn(Protocol):
    """Does one piece of work after the other, in the order they are asked."""

    def do(self, work: Callable[[], T]) -> Deferred[T]: ...

    def stop(self) -> None:
        """Waits for what was begun; nothing can be asked after."""


class OwnThread:
    """``InTurn`` in a thread, which begins with the first work."""

    def __init__(self, reactor: IReactorFromThreads, name: str) -> None:
        self._reactor = reactor
        self._pool = ThreadPool(minthreads=0, maxthreads=1, name=name)
        self._pool.start()

    def do(self, work: Callable[[], T]) -> Deferred[T]:
        return deferToThreadPool(self._reactor, self._pool, work)

    def stop(self) -> None:
        self._pool.stop()
