"""How long a break may last."""

from twisted.internet.task import Clock
from twisted.trial.unittest import SynchronousTestCase

from voip.client.grace import GRACE_SECONDS, Grace


class GraceTests(SynchronousTestCase):
    """A break that is too long is told once."""

    def setUp(self) -> None:
        self.clock = Clock()
        self.told = 0
        self.grace = Grace(self.clock, self._over)

    def _over(self) -> None:
        self.told += 1

    def test_a_break_has_its_time(self) -> None:
        """However often it is said that the line is away, the time counts from the first."""
        self.grace.line_is(away=True)
        self.clock.advance(GRACE_SECONDS - 1)
        self.grace.line_is(away=True)
        self.assertEqual(self.told, 0)
        self.clock.advance(1)
        self.grace.line_is(away=True)
        self.clock.advance(GRACE_SECONDS)
        self.assertEqual(self.told, 1)

    def test_who_is_back_in_time_has_the_whole_time_again(self) -> None:
        """A second break is counted anew, also after one that was too long."""
        for seconds, told in ((GRACE_SECONDS - 1, 0), (GRACE_SECONDS, 1), (GRACE_SECONDS - 1, 1)):
            self.grace.line_is(away=True)
            self.clock.advance(seconds)
            self.assertEqual(self.told, told)
            self.grace.line_is(away=False)
        self.assertEqual(self.clock.getDelayedCalls(), [])
