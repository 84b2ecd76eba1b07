"""Doing something at most so often."""

from twisted.internet.task import Clock
from twisted.trial.unittest import SynchronousTestCase

from voip_terminal.pace import Pace

SECONDS = 0.05


class PaceTests(SynchronousTestCase):
    """How often something is done."""

    def setUp(self) -> None:
        self.clock = Clock()
        self.done: list[float] = []
        self.pace = Pace(self.clock, SECONDS, lambda: self.done.append(self.clock.seconds()))

    def test_at_most_so_often(self) -> None:
        """However often there is a reason, there is a rest between two times."""
        for _ in range(1000):
            self.pace.want()
            self.clock.advance(0.001)
        self.assertLessEqual(len(self.done), 21)
        gaps = [later - earlier for earlier, later in zip(self.done, self.done[1:], strict=False)]
        self.assertGreaterEqual(min(gaps), SECONDS - 1e-6)

    def test_at_once_when_rested(self) -> None:
        """After a rest it is done at once, and never without a reason."""
        self.clock.advance(10)
        self.assertEqual(self.done, [])
        self.pace.want()
        self.clock.advance(0)
        self.assertEqual(self.done, [10])

    def test_stopped(self) -> None:
        """Nothing is done after the end."""
        self.pace.want()
        self.pace.stop()
        self.clock.advance(1)
        self.assertEqual(self.done, [])
