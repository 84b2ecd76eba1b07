"""What is measured of the database."""

from twisted.trial.unittest import SynchronousTestCase

from voip.server.store_meter import StoreMeter
from voip.store.observed import Work


class StoreMeterTests(SynchronousTestCase):
    """Reading and writing apart."""

    def test_a_query_that_is_answered(self) -> None:
        """It waits until then, and its times are counted."""
        meter = StoreMeter()
        meter.asked(Work.READ)
        meter.asked(Work.WRITE)
        self.assertEqual(meter.queue, {Work.READ: 1, Work.WRITE: 1})
        meter.answered(Work.WRITE, 0.01, 0.03, is_failed=False)
        self.assertEqual(meter.queue, {Work.READ: 1, Work.WRITE: 0})
        self.assertEqual(meter.wait[Work.WRITE].total, 0.01)
        self.assertEqual(meter.seconds[Work.WRITE].total, 0.03)
        self.assertEqual(meter.failures, {Work.READ: 0, Work.WRITE: 0})

    def test_a_query_that_never_had_its_turn(self) -> None:
        """It counts as failed, with the time that went by."""
        meter = StoreMeter()
        meter.asked(Work.READ)
        meter.answered(Work.READ, None, 5.0, is_failed=True)
        self.assertEqual(meter.failures[Work.READ], 1)
        self.assertEqual(meter.wait[Work.READ].count, 0)
        self.assertEqual(meter.seconds[Work.READ].count, 1)
