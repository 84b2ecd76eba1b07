"""Numbers that were seen before."""

from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from voip.core.replay import DEFAULT_WIDTH, ReplayWindow


class ReplayWindowTests(SynchronousTestCase):
    """Takes each number once, and none that is too old."""

    def test_a_number_is_fresh_once(self) -> None:
        """A number that was marked is not fresh again."""
        window = ReplayWindow()
        self.assertTrue(window.is_fresh(0))
        window.mark(0)
        self.assertFalse(window.is_fresh(0))

    def test_asking_changes_nothing(self) -> None:
        """Only `mark` uses a number up, so a forged packet can't."""
        window = ReplayWindow()
        window.is_fresh(10**9)
        self.assertEqual(window.newest, -1)
        self.assertTrue(window.is_fresh(0))

    def test_late_numbers_inside_the_window(self) -> None:
        """A late number is fresh as long as it is within the width, and not beyond."""
        window = ReplayWindow(width=4)
        window.mark(10)
        self.assertEqual([n for n in range(12) if window.is_fresh(n)], [7, 8, 9, 11])

    def test_newest_is_told(self) -> None:
        """Marking tells whether the number is ahead of all others."""
        window = ReplayWindow()
        self.assertEqual([window.mark(n) for n in (3, 2, 5, 4)], [True, False, True, False])

    def test_the_width_that_the_protocol_promises(self) -> None:
        """The window is 1024 wide unless told otherwise."""
        window = ReplayWindow()
        window.mark(5000)
        self.assertTrue(window.is_fresh(5000 - DEFAULT_WIDTH + 1))
        self.assertFalse(window.is_fresh(5000 - DEFAULT_WIDTH))
        self.assertEqual(DEFAULT_WIDTH, 1024)

    @settings(deadline=None)
    @given(st.integers(1, 9), st.lists(st.integers(0, 40), max_size=60))
    def test_agrees_with_a_set(self, width: int, numbers: list[int]) -> None:
        """Whatever the order, it answers as a set of all marked numbers would."""
        window = ReplayWindow(width)
        marked: set[int] = set()
        for number in numbers:
            newest = max(marked, default=-1)
            fresh = number not in marked and number > newest - width
            self.assertEqual(window.is_fresh(number), fresh)
            if fresh:
                self.assertEqual(window.mark(number), number > newest)
                marked.add(number)
