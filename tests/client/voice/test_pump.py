"""The beat that paces a call."""

from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from voip.client.voice.pump import Beat


class BeatTests(SynchronousTestCase):
    """Ticks of 10 ms on an absolute schedule."""

    @settings(deadline=None)
    @given(st.lists(st.floats(0.0, 0.3), min_size=1, max_size=60))
    def test_no_drift(self, steps: list[float]) -> None:
        """However late it is asked, as many ticks come as 10 ms have passed."""
        now = started_at = 1000.0
        beat = Beat(now)
        taken = 0
        for step in steps:
            now += step
            taken += beat.take(now)
        self.assertLess(abs(taken - (now - started_at) / 0.010), 1.01)

    def test_a_stall_is_made_up_for(self) -> None:
        """After 300 ms without a turn, 30 ticks come at once."""
        beat = Beat(0.0)
        self.assertEqual(beat.take(0.300), 30)
        self.assertEqual(beat.take(0.300), 0)

    def test_a_long_stall_is_not(self) -> None:
        """Of ten seconds, half a second is made up for, and the rest is counted as given up."""
        beat = Beat(0.0)
        self.assertEqual(beat.take(10.0), 50)
        self.assertEqual(beat.given_up, 950)
        self.assertEqual(beat.take(10.010), 1)

    def test_a_clock_set_back_does_not_stop_it(self) -> None:
        """When the clock jumps back an hour, the beat goes on from there."""
        beat = Beat(5000.0)
        beat.take(5001.0)
        self.assertEqual(beat.take(1400.0), 0)
        self.assertEqual(beat.take(1400.020), 2)

    @settings(deadline=None)
    @given(st.floats(1.6e9, 2e9), st.integers(1, 100_000))
    def test_a_timer_that_is_on_time_finds_its_tick(self, began: float, ticks: int) -> None:
        """Whatever the clock shows, it need not be set a second time for the same tick."""
        beat = Beat(began)
        now = began + ticks * 0.010
        beat.take(now)
        now += beat.seconds_to_next(now)
        self.assertGreaterEqual(beat.take(now), 1)

    def test_the_next_tick_is_known(self) -> None:
        """It tells how long to sleep, and not to sleep when a tick is due already."""
        beat = Beat(0.0)
        self.assertAlmostEqual(beat.seconds_to_next(0.003), 0.007)
        self.assertAlmostEqual(beat.seconds_to_next(0.003, ticks=2), 0.017)
        self.assertEqual(beat.seconds_to_next(0.5), 0.0)
