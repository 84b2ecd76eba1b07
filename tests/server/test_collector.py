"""When garbage is searched for."""

import gc

from twisted.internet.task import Clock
from twisted.trial.unittest import SynchronousTestCase

from voip.server.collector import DUE, LOOK_SECONDS, OVERDUE, Collector


class CollectorTests(SynchronousTestCase):
    """A collector over a heap that the test plays."""

    def setUp(self) -> None:
        self.clock = Clock()
        self.is_quiet = True
        self.younger = 0
        self.searches = 0
        self.collector = Collector(
            self.clock, lambda: self.is_quiet, lambda: self.younger, self.collect
        )
        self.collector.startService()
        self.addCleanup(self.stop)

    def stop(self) -> None:
        if self.collector.running:
            self.collector.stopService()

    def collect(self) -> None:
        self.searches += 1
        self.younger = 0

    def after(self, younger: int) -> int:
        """How often everything has been searched, at the next look."""
        self.younger = younger
        self.clock.advance(LOOK_SECONDS)
        return self.searches

    def test_when_nobody_talks(self) -> None:
        """As soon as it is worth it, and once."""
        self.assertEqual(self.after(DUE - 1), 0)
        self.assertEqual(self.after(DUE), 1)
        self.assertEqual(self.after(self.younger), 1)

    def test_while_people_talk(self) -> None:
        """It waits for the end of the calls, but not without end."""
        self.is_quiet = False
        self.assertEqual(self.after(OVERDUE - 1), 0)
        self.assertEqual(self.after(OVERDUE), 1)
        self.after(OVERDUE - 1)
        self.is_quiet = True
        self.assertEqual(self.after(self.younger), 2)

    def test_python_searches_the_young_alone(self) -> None:
        """As long as the service runs; afterwards as before."""
        young, middle, whole = gc.get_threshold()
        self.assertGreater(whole, OVERDUE)
        self.collector.stopService()
        self.assertEqual(gc.get_threshold()[:2], (young, middle))
        self.assertLess(gc.get_threshold()[2], whole)
        self.assertEqual(self.clock.getDelayedCalls(), [])

    def test_the_heap_of_this_process(self) -> None:
        """What is counted and searched, unless told otherwise, is Python's own."""
        searched = gc.get_stats()[2]["collections"]
        for _ in range(DUE):
            gc.collect(1)
        real = Collector(self.clock, lambda: True)
        real.startService()
        self.addCleanup(real.stopService)
        self.clock.advance(LOOK_SECONDS)
        self.assertEqual(gc.get_stats()[2]["collections"], searched + 1)
