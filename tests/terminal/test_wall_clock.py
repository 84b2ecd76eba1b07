"""Dates as people say them."""

from datetime import UTC, datetime

from twisted.trial.unittest import SynchronousTestCase

from tests.terminal.wall import WallHere
from voip_terminal.wall_clock import WHEN_COLS, SystemWallClock, in_full, when


def moment(*parts: int) -> float:
    return datetime(*parts, tzinfo=UTC).timestamp()  # type: ignore[arg-type, misc]  # year to minute


class WhenTests(SynchronousTestCase):
    """It is Thursday, 14 May 2026, 10:58."""

    def test_near_and_far(self) -> None:
        """The nearer a moment, the fewer words it needs."""
        cases = {
            (2026, 5, 14, 10, 42): "today 10:42",
            (2026, 5, 14, 0, 0): "today 00:00",
            (2026, 5, 13, 23, 59): "yesterday 23:59",
            (2026, 5, 12, 17, 2): "Tue 17:02",
            (2026, 5, 8, 9, 0): "Fri 09:00",
            (2026, 5, 7, 9, 0): "7 May 09:00",
            (2026, 1, 2, 9, 0): "2 Jan 09:00",
            (2025, 12, 31, 9, 0): "31 Dec 2025",
            (2026, 5, 15, 0, 1): "15 May 00:01",  # a clock that goes ahead
        }
        for parts, told in cases.items():
            self.assertEqual(when(moment(*parts), WallHere()), told)
            self.assertLessEqual(len(told), WHEN_COLS)

    def test_in_full(self) -> None:
        """The details tell everything."""
        told = in_full(moment(2026, 5, 14, 10, 42), WallHere())
        self.assertEqual(told, "Thu 14 May 2026, 10:42:00")

    def test_no_day_of_ours(self) -> None:
        """Whatever a server tells of a past call, the screen can be drawn."""
        for epoch_seconds in (2**63 - 1, 2**55, 10**12):
            self.assertEqual(when(epoch_seconds, SystemWallClock()), "?")
            self.assertEqual(in_full(epoch_seconds, SystemWallClock()), "?")

    def test_system(self) -> None:
        """The computer's clock knows its time zone, at any moment."""
        system = SystemWallClock()
        self.assertIsNotNone(system.now().tzinfo)
        self.assertEqual(system.at(0.0).timestamp(), 0.0)
