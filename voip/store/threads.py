"""Where database work happens: threads of the store's own, one for writing and a few for reading.

The reactor never waits for a disk. A database error becomes ``StoreUnavailable`` here, once for
every query.
"""

from collections.abc import Callable
from typing import Protocol, TypeVar

import sqlalchemy as sa
from twisted.internet.defer import Deferred, fail, succeed
from twisted.internet.interfaces import IReactorFromThreads
from twisted.internet.threads import deferToThreadPool
from twisted.python.threadpool import ThreadPool

from voip.store.interface import StoreUnavailable
from voip.store.sqlite import READERS, Engines

T = TypeVar("T")
Query = Callable[[sa.Connection], T]


class Workers(Protocol):
    """Runs queries, each in a transaction of its own."""

    def read(self, query: Query[T]) -> Deferred[T]: ...

    def write(self, query: Query[T]) -> Deferred[T]: ...

    def close(self) -> Deferred[None]: ...


class ThreadWorkers:
    """``Workers`` on two private thread pools; writes are done in the order they are asked."""

    def __init__(self, reactor: IReactorFromThreads, engines: Engines) -> None:
        self._reactor = reactor
        self._engines = engines
        self._writer = ThreadPool(minthreads=0, maxthreads=1, name="store-writer")
        self._readers = ThreadPool(minthreads=0, maxthreads=READERS, name="store-reader")
        self._writer.start()
        self._readers.start()

    def read(self, query: Query[T]) -> Deferred[T]:
        return self._run(self._readers, self._engines.reader, query)

    def write(self, query: Query[T]) -> Deferred[T]:
        return self._run(self._writer, self._engines.writer, query)

    def close(self) -> Deferred[None]:
        """Waits for what was begun: at most the busy time-out of one write."""
        self._writer.stop()
        self._readers.stop()
        self._engines.dispose()
        return succeed(None)

    def _run(self, pool: ThreadPool, engine: sa.Engine, query: Query[T]) -> Deferred[T]:
        if pool.joined:  # a stopped pool would drop the work without a word
            return fail(StoreUnavailable("the store is closed"))
        return deferToThreadPool(self._reactor, pool, in_transaction, engine, query)


def in_transaction(engine: sa.Engine, query: Query[T]) -> T:
    """Run a query and commit it, or change nothing and raise ``StoreUnavailable``."""
    try:
        with engine.begin() as connection:
            return query(connection)
    except sa.exc.SQLAlchemyError as error:
        raise StoreUnavailable(str(error)) from error
