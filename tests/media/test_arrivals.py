"""What a path does to a stream, as told by its arrivals."""

from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from voip.media.arrivals import Arrivals

FRAME_UNITS = 8
FRAME = 20.0


def arrivals(*lateness: float, start: float = 0.0) -> Arrivals:
    """A stream of frames, each so much later than the path at its best."""
    noted = Arrivals()
    for number, late in enumerate(lateness):
        noted.note(number, number * FRAME_UNITS, start + number * FRAME + late)
    return noted


class NoteTests(SynchronousTestCase):
    """Arrivals.note and what it leads to."""

    def test_an_even_path_has_no_spread(self) -> None:
        """Nor jitter, nor loss, wherever the clocks started."""
        noted = arrivals(*[5.0] * 100, start=123_456.0)
        self.assertEqual((noted.spread, noted.jitter, noted.loss), (0.0, 0.0, 0.0))

    def test_lateness_is_counted_from_the_path_at_its_best(self) -> None:
        """The first packet knows no better; a faster one is the new best."""
        noted = Arrivals()
        self.assertEqual(noted.note(0, 0, 30.0), 0.0)
        self.assertEqual(noted.note(1, 8, 60.0), 10.0)
        self.assertEqual(noted.note(2, 16, 40.0), 0.0)
        self.assertEqual(noted.note(3, 24, 70.0), 10.0)

    def test_the_spread_is_what_nearly_all_stay_within(self) -> None:
        """One outlier in a thousand is not waited for; one in fifty is."""
        rare = [0.0] * 1000
        rare[500] = 200.0
        often = [200.0 if number % 50 == 10 else 0.0 for number in range(1000)]
        self.assertEqual(arrivals(*rare).spread, 0.0)
        self.assertEqual(arrivals(*often).spread, 200.0)

    def test_what_nobody_would_wait_for_does_not_count(self) -> None:
        """A second without network is an outage, not jitter."""
        self.assertEqual(arrivals(*[0.0] * 100, *[1000.0] * 50).spread, 0.0)

    def test_bad_times_are_forgotten(self) -> None:
        """20 s later the spread is gone."""
        noted = arrivals(*[0.0, 100.0] * 50, *[0.0] * 1010)
        self.assertEqual(noted.spread, 0.0)

    def test_a_pause_counts_as_time(self) -> None:
        """What was before half a minute of silence says nothing of now."""
        noted = arrivals(*[0.0, 100.0] * 50)
        for number in range(100, 151):
            noted.note(number, number * FRAME_UNITS + 12_000, number * FRAME + 30_006)
        self.assertEqual((noted.spread, noted.best_offset), (0.0, 6.0))

    def test_drift_wears_off(self) -> None:
        """200 ppm make the path look 4 ms wide, however long it goes on."""
        noted = arrivals(*[number * FRAME * 200e-6 for number in range(20_000)])
        self.assertLess(noted.spread, 4.5)

    def test_a_longer_route_is_the_normal_one_in_20_s(self) -> None:
        """The best of the old route no longer counts."""
        noted = arrivals(*[0.0] * 200, *[150.0] * 1020)
        self.assertEqual(noted.spread, 0.0)

    def test_loss_is_the_gaps_in_the_sequence(self) -> None:
        """One of ten."""
        noted = Arrivals()
        for number in range(501):
            if number % 10 != 5:
                noted.note(number, number * FRAME_UNITS, number * FRAME)
        self.assertApproximates(noted.loss, 0.1, 0.01)

    def test_jitter_is_that_of_rfc_3550(self) -> None:
        """With every second packet 16 ms late it tends to 16 ms."""
        self.assertApproximates(arrivals(*[0.0, 16.0] * 100).jitter, 16.0, 0.1)

    def test_a_clock_set_anew_starts_the_window_anew(self) -> None:
        """Else the stream would look ten seconds wide."""
        noted = arrivals(*[0.0] * 50)
        noted.note(50, 50 * FRAME_UNITS, 50 * FRAME + 10_000)
        self.assertEqual((noted.count, noted.spread), (1, 0.0))


class UnwrapTests(SynchronousTestCase):
    """Arrivals.unwrap."""

    @given(
        st.integers(0, 65_535),
        st.lists(st.integers(1, 30_000_000), max_size=10),
        st.floats(-400, 400),
    )
    @settings(deadline=None)
    def test_time_goes_on_through_any_silence(
        self, first: int, pauses: list[int], late: float
    ) -> None:
        """Timestamps come round every 164 s, and a sender may be mute for hours."""
        noted = Arrivals()
        timestamp = first
        noted.note(0, noted.unwrap(first, 0.0), 0.0)
        for number, pause in enumerate(pauses):
            timestamp += pause
            now = (timestamp - first) * 2.5 + late
            full = noted.unwrap(timestamp % 65_536, now)
            self.assertEqual(full, timestamp)
            noted.note(number + 1, full, now)
