"""Values counted by size."""

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from voip.server.histogram import Histogram


class HistogramTests(SynchronousTestCase):
    """Buckets with upper bounds."""

    def test_a_bound_belongs_to_its_bucket(self) -> None:
        """And what is beyond all is counted in the last."""
        histogram = Histogram((1.0, 2.0))
        for value in (0.5, 1.0, 1.5, 7.0):
            histogram.add(value)
        self.assertEqual(list(histogram.cumulated()), [(1.0, 2), (2.0, 3), (float("inf"), 4)])
        self.assertEqual((histogram.count, histogram.total), (4, 10.0))

    @given(st.lists(st.floats(0, 10)))
    def test_each_bound_tells_how_many_were_at_most_that(self, values: list[float]) -> None:
        """Whatever the values are."""
        histogram = Histogram((0.1, 1.0, 5.0))
        for value in values:
            histogram.add(value)
        for bound, count in histogram.cumulated():
            self.assertEqual(count, sum(value <= bound for value in values))
