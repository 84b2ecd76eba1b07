"""The store's work, as it is told to who measures."""

from collections.abc import Callable
from typing import cast

import sqlalchemy as sa
from twisted.internet.defer import Deferred, succeed
from twisted.trial.unittest import SynchronousTestCase

from voip.store.interface import StoreUnavailable
from voip.store.observed import ObservedWorkers, Work
from voip.store.threads import Query, T


class NotedObserver:
    """Keeps what it is told."""

    def __init__(self) -> None:
        self.told: list[tuple[object, ...]] = []

    def asked(self, work: Work) -> None:
        self.told.append((work, "asked"))

    def answered(self, work: Work, waited: float | None, took: float, *, is_failed: bool) -> None:
        self.told.append((work, waited, took, is_failed))


class SlowWorkers:
    """Does what is asked when the test says so; each step takes a second of the test's clock."""

    def __init__(self) -> None:
        self.now = 0.0
        self.is_closed = False
        self.waiting: list[Callable[[], None]] = []
        self.failures: list[Callable[[], None]] = []

    def read(self, query: Query[T]) -> Deferred[T]:
        coming: Deferred[T] = Deferred()

        def work() -> None:
            self.now += 1.0
            result = query(cast("sa.Connection", None))
            self.now += 2.0
            coming.callback(result)

        self.waiting.append(work)
        self.failures.append(lambda: coming.errback(StoreUnavailable("closed")))
        return coming

    write = read

    def close(self) -> Deferred[None]:
        self.is_closed = True
        return succeed(None)


class ObservedWorkersTests(SynchronousTestCase):
    """Workers that are watched answer as before."""

    def setUp(self) -> None:
        self.workers = SlowWorkers()
        self.observer = NotedObserver()
        self.observed = ObservedWorkers(self.workers, self.observer, lambda: self.workers.now)

    def test_a_query_is_told_with_its_times(self) -> None:
        """How long until its turn, and how long in all."""
        for ask, work in ((self.observed.read, Work.READ), (self.observed.write, Work.WRITE)):
            answer = ask(lambda _connection: "found")
            self.assertEqual(self.observer.told, [(work, "asked")])
            self.workers.waiting.pop()()
            self.assertEqual(self.successResultOf(answer), "found")
            self.assertEqual(self.observer.told.pop(), (work, 1.0, 3.0, False))
            self.observer.told.clear()

    def test_a_failure_stays_one(self) -> None:
        """It is told too, and that it never had its turn."""
        answer = self.observed.read(lambda _connection: None)
        self.workers.now = 5.0
        self.workers.failures.pop()()
        self.failureResultOf(answer, StoreUnavailable)
        self.assertEqual(self.observer.told[-1], (Work.READ, None, 5.0, True))

    def test_the_end_is_passed_on(self) -> None:
        """The threads close."""
        self.successResultOf(self.observed.close())
        self.assertTrue(self.workers.is_closed)
