"""Database work in threads of its own."""

from collections.abc import Callable
from pathlib import Path
from queue import SimpleQueue
from tempfile import TemporaryDirectory
from threading import current_thread
from typing import cast

import sqlalchemy as sa
from twisted.internet.interfaces import IReactorFromThreads
from twisted.trial.unittest import SynchronousTestCase

from voip.store.interface import StoreUnavailable
from voip.store.migrate import upgrade
from voip.store.sqlite import open_database
from voip.store.threads import ThreadWorkers


class QueueingReactor:
    """As much of a reactor as a thread talks to."""

    def __init__(self) -> None:
        self._queued: SimpleQueue[Callable[[], object]] = SimpleQueue()

    def callFromThread(  # noqa: N802 - Twisted's name
        self, function: Callable[..., object], *arguments: object
    ) -> None:
        """Keep a call for the test's own thread."""
        self._queued.put(lambda: function(*arguments))

    def run_queued(self) -> None:
        """Do what the threads asked for."""
        while not self._queued.empty():
            self._queued.get()()


class ThreadWorkersTests(SynchronousTestCase):
    """The reactor asks and is told; it never waits."""

    def setUp(self) -> None:
        folder = TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.reactor = QueueingReactor()
        path = Path(folder.name, "voip.db")
        engines = open_database(path)
        upgrade(engines, path)  # as the daemon does: two at once cannot turn a new file to WAL
        self.workers = ThreadWorkers(cast("IReactorFromThreads", self.reactor), engines)

    def test_queries_run_in_the_store_s_own_threads(self) -> None:
        """Neither a read nor a write happens in the thread that asks."""

        def who(_connection: sa.Connection) -> str:
            return current_thread().name

        answers = [self.workers.read(who), self.workers.write(who)]
        self.successResultOf(self.workers.close())
        self.reactor.run_queued()
        names = [self.successResultOf(answer) for answer in answers]
        self.assertIn("store-reader", names[0])
        self.assertIn("store-writer", names[1])

    def test_a_closed_store_says_so(self) -> None:
        """A query after the end is answered, not forgotten."""
        self.successResultOf(self.workers.close())
        answer = self.workers.read(lambda _connection: None)
        self.assertIsInstance(self.failureResultOf(answer).value, StoreUnavailable)
