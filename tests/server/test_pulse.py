"""How late the server's thread is, and how long searches for garbage hold it."""

import gc

from twisted.internet.task import Clock
from twisted.trial.unittest import SynchronousTestCase

from voip.server.pulse import LOOK_SECONDS, GcCallback, Pulse


class PulseTests(SynchronousTestCase):
    """A thread and a heap that the test plays."""

    def setUp(self) -> None:
        self.clock = Clock()
        self.callbacks: list[GcCallback] = []
        self.pulse = Pulse(self.clock, self.clock.seconds, self.callbacks)
        self.pulse.startService()

    def test_a_thread_that_keeps_time(self) -> None:
        """Each look is counted, and none was late."""
        self.clock.pump([LOOK_SECONDS] * 3)
        self.assertEqual(self.pulse.lag.count, 3)
        self.assertAlmostEqual(self.pulse.lag.total, 0.0)

    def test_a_thread_that_was_held(self) -> None:
        """It is late once, by as much as it was held, and in time again after."""
        self.clock.advance(LOOK_SECONDS + 0.3)
        self.clock.advance(LOOK_SECONDS)
        self.assertEqual(self.pulse.lag.count, 2)
        self.assertAlmostEqual(self.pulse.lag.total, 0.3)

    def test_a_search_for_garbage(self) -> None:
        """It is counted with its generation and its length."""
        [told] = self.callbacks
        told("start", {"generation": 2})
        self.clock.advance(0.05)
        told("stop", {"generation": 2})
        self.assertEqual([one.count for one in self.pulse.pauses], [0, 0, 1])
        self.assertAlmostEqual(self.pulse.pauses[2].total, 0.05)

    def test_the_end(self) -> None:
        """Nothing is measured any more, and nothing waits."""
        self.pulse.stopService()
        self.assertEqual((self.callbacks, self.clock.getDelayedCalls()), ([], []))

    def test_the_heap_of_this_process(self) -> None:
        """Python itself tells of its searches, unless a test does."""
        real = Pulse(self.clock, self.clock.seconds)
        real.startService()
        gc.collect()
        real.stopService()
        gc.collect()
        self.assertEqual(real.pauses[2].count, 1)
