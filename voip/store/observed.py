"""The store's work as somebody sees it who measures: what waits, and what took how long.

It stands before the threads and knows neither queries nor who measures. Everything is told on the
thread that asks.
"""

from collections.abc import Callable
from enum import Enum, unique
from typing import Protocol

import sqlalchemy as sa
from twisted.internet.defer import Deferred
from twisted.python.failure import Failure

from voip.store.threads import Query, T, Workers


@unique
class Work(Enum):
    """What a query does; each kind has threads of its own."""

    READ = "read"
    WRITE = "write"


class Observer(Protocol):
    """Who measures."""

    def asked(self, work: Work) -> None:
        """A query waits for its turn."""

    def answered(self, work: Work, waited: float | None, took: float, *, is_failed: bool) -> None:
        """A query that was asked is done: the seconds until it had its turn (None: it never had),
        and until everything was on disk and told."""


Observe = Callable[[Workers], Workers]
"""Puts an observer before workers."""


class ObservedWorkers:
    """``Workers`` that tell an observer. ``clock`` is monotonic seconds, of any thread."""

    def __init__(self, workers: Workers, observer: Observer, clock: Callable[[], float]) -> None:
        self._workers = workers
        self._observer = observer
        self._clock = clock

    def read(self, query: Query[T]) -> Deferred[T]:
        return self._observe(Work.READ, self._workers.read, query)

    def write(self, query: Query[T]) -> Deferred[T]:
        return self._observe(Work.WRITE, self._workers.write, query)

    def close(self) -> Deferred[None]:
        return self._workers.close()

    def _observe(
        self, work: Work, ask: Callable[[Query[T]], Deferred[T]], query: Query[T]
    ) -> Deferred[T]:
        clock, observer = self._clock, self._observer
        asked_at = clock()
        waited: float | None = None

        def timed(connection: sa.Connection) -> T:
            nonlocal waited
            waited = clock() - asked_at
            return query(connection)

        def done(result: T | Failure) -> T | Failure:
            took = clock() - asked_at
            observer.answered(work, waited, took, is_failed=isinstance(result, Failure))
            return result

        observer.asked(work)
        return ask(timed).addBoth(done)
