"""Bars show loudness and quality."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from tests.terminal.fake_controller import FIGURES
from voip_terminal.glyphs import ASCII, UNICODE
from voip_terminal.meters import PEAK_SECONDS, LevelMeter, quality_sign, round_trip_bars
from voip_terminal.paint import Line, width


def text(line: Line) -> str:
    return "".join(piece for _, piece in line)


class LevelTests(SynchronousTestCase):
    """The bar of a voice."""

    @settings(deadline=None)
    @given(st.floats(-127, 10), st.floats(-127, 10), st.integers(1, 60))
    def test_width(self, first: float, second: float, cols: int) -> None:
        """The bar and its figure keep their width at every level."""
        meter = LevelMeter()
        for now, level in enumerate((first, second)):
            self.assertEqual(width(text(meter.paint(level, cols, now * 0.1, UNICODE))), cols + 9)

    def test_ends(self) -> None:
        """Silence is empty and says so, the loudest is full."""
        self.assertEqual(text(LevelMeter().paint(-127.0, 10, 0, ASCII)), "----------    quiet")
        self.assertEqual(text(LevelMeter().paint(0.0, 10, 0, ASCII)), "##########     0 dB")

    def test_peak(self) -> None:
        """The loudest moment stays marked for a while."""
        meter = LevelMeter()
        meter.paint(-12.0, 10, 0.0, ASCII)
        self.assertIn("####---|--", text(meter.paint(-36.0, 10, 1.0, ASCII)))
        later = text(meter.paint(-36.0, 10, 1.0 + PEAK_SECONDS, ASCII))
        self.assertIn("####------", later)


class QualityTests(SynchronousTestCase):
    """The four bars."""

    def test_words(self) -> None:
        """The bars come with the word, so that neither colour nor shape is needed."""
        self.assertEqual(text(quality_sign(FIGURES, ASCII)), "_-=# good")
        self.assertEqual(text(quality_sign(replace(FIGURES, loss=0.05), ASCII)), "_-.. fair")
        self.assertEqual(text(quality_sign(replace(FIGURES, loss=0.5), ASCII)), "_... poor")

    def test_round_trip(self) -> None:
        """The farther the server, the fewer bars."""
        told = [round_trip_bars(rtt, ASCII) for rtt in (20, 100, 300, 900)]
        self.assertEqual(told, ["_-=#", "_-=.", "_-..", "_..."])
