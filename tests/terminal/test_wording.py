"""Small words and figures read as people write them."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from tests.terminal.fake_controller import FIGURES, PIN
from voip.core.ids import DeviceId
from voip.core.people import Presence
from voip_terminal.wording import (
    CHOOSABLE,
    PRESENCE_WORDS,
    Quality,
    clock,
    complaint,
    day,
    fingerprint,
    key_of_device,
    milliseconds,
    percent,
    quality,
)


class ClockTests(SynchronousTestCase):
    """Durations."""

    def test_examples(self) -> None:
        """Minutes and seconds, and hours when there are any."""
        told = [clock(seconds) for seconds in (-1, 0, 7.9, 133, 3600, 3725)]
        self.assertEqual(told, ["0:00", "0:00", "0:07", "2:13", "1:00:00", "1:02:05"])

    @settings(deadline=None)
    @given(st.integers(0, 10**6))
    def test_reads_back(self, seconds: int) -> None:
        """What is shown is the whole of the duration."""
        total = 0
        for part in clock(seconds).split(":"):
            total = total * 60 + int(part)
        self.assertEqual(total, seconds)


class WordTests(SynchronousTestCase):
    """Presence, shares, fingerprints."""

    def test_presence(self) -> None:
        """Every presence has a word that fits its column; some cannot be chosen."""
        self.assertEqual(set(PRESENCE_WORDS), set(Presence))
        self.assertLessEqual(max(map(len, PRESENCE_WORDS.values())), 13)
        unchosen = {Presence.OFFLINE, Presence.IN_CALL}
        self.assertEqual(set(Presence) - set(CHOOSABLE), unchosen)

    def test_figures(self) -> None:
        """Shares are told in percent, times in whole milliseconds."""
        self.assertEqual(percent(0.004), "0.4%")
        self.assertEqual(milliseconds(23.6), "24 ms")

    def test_fingerprint(self) -> None:
        """A fingerprint is two rows of eight groups, and nothing of it is lost."""
        rows = fingerprint(PIN)
        self.assertEqual([len(row.split()) for row in rows], [8, 8])
        self.assertEqual("".join(rows).replace(" ", "").lower(), PIN)


class QualityTests(SynchronousTestCase):
    """A line in a word, and what is wrong with it."""

    def test_good(self) -> None:
        """A clean line is good and nothing is complained of."""
        self.assertEqual(quality(FIGURES), Quality.GOOD)
        self.assertEqual(complaint(FIGURES), "")

    def test_each_cause(self) -> None:
        """Loss, jitter and a long way each make a line worse and have words of their own."""
        told = set()
        for fair, poor in (
            (replace(FIGURES, loss=0.05), replace(FIGURES, loss=0.2)),
            (replace(FIGURES, jitter_ms=50.0), replace(FIGURES, jitter_ms=100.0)),
            (replace(FIGURES, rtt_ms=300.0), replace(FIGURES, rtt_ms=900.0)),
        ):
            self.assertEqual(quality(fair), Quality.FAIR)
            self.assertEqual(quality(poor), Quality.POOR)
            told.add(complaint(poor))
        self.assertEqual(len(told), 3)
        self.assertNotIn("", told)


class DayTests(SynchronousTestCase):
    """Moments as people read them."""

    def test_a_day(self) -> None:
        """The day it is here, within one of what UTC says."""
        self.assertIn(day(1_789_000_000), ("2026-09-09", "2026-09-10"))

    def test_what_is_no_day(self) -> None:
        """A server may say anything."""
        self.assertEqual(day(2**64 - 1), "?")


class DeviceKeyTests(SynchronousTestCase):
    """A device's fingerprint, shortened."""

    def test_two_groups(self) -> None:
        """Enough to tell one's own devices apart."""
        self.assertEqual(key_of_device(DeviceId(bytes(range(32)))), "0001 0203")
