"""Named timers."""

from twisted.internet.task import Clock
from twisted.trial.unittest import SynchronousTestCase

from voip.server.timers import Timers


class TimersTests(SynchronousTestCase):
    """Names to pending calls."""

    def setUp(self) -> None:
        self.clock = Clock()
        self.fired: list[str] = []
        self.timers = Timers[str](self.clock, self.fired.append)

    def test_a_timer_fires_once_under_its_name(self) -> None:
        """It is gone afterwards and may be started again."""
        self.timers.start("a", 2)
        self.clock.advance(2)
        self.clock.advance(5)
        self.assertEqual((self.fired, len(self.timers)), (["a"], 0))
        self.timers.start("a", 1)
        self.clock.advance(1)
        self.assertEqual(self.fired, ["a", "a"])

    def test_started_again_it_runs_from_then(self) -> None:
        """The first start is forgotten."""
        self.timers.start("a", 2)
        self.clock.advance(1)
        self.timers.start("a", 2)
        self.clock.advance(1.5)
        self.assertEqual(self.fired, [])
        self.clock.advance(0.5)
        self.assertEqual(self.fired, ["a"])

    def test_stopped_timers_never_fire(self) -> None:
        """Stopping one that does not run does nothing."""
        self.timers.start("a", 1)
        self.timers.start("b", 1)
        self.timers.start("c", 1)
        self.timers.stop("a")
        self.timers.stop("a")
        self.clock.advance(0.5)
        self.timers.stop_all()
        self.assertEqual(self.clock.getDelayedCalls(), [])
        self.assertEqual(self.fired, [])
