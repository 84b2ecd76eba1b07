"""The views of a call."""

from dataclasses import replace

from twisted.trial.unittest import SynchronousTestCase

from tests.core.people_lab import ANNA, BOB, KEY, call_view, device_id, leg_view
from voip.core.calls import LegKey, LegState, filled_in
from voip.core.ids import LegNumber


class CallViewTests(SynchronousTestCase):
    """The whole call, as everyone may see it."""

    def test_the_newest_leg_of_a_device(self) -> None:
        """A device that took part before is found by its newest leg; another by none."""
        first = leg_view(1, ANNA, "a1", LegState.LEFT)
        newest = leg_view(3, ANNA, "a1", LegState.ACTIVE)
        view = call_view(1, 1, first, leg_view(2, BOB, "b1", LegState.ACTIVE), newest)
        self.assertEqual(view.leg_of(device_id("a1")), newest)
        self.assertIsNone(view.leg_of(device_id("c1")))


class FilledInTests(SynchronousTestCase):
    """What travels once is put back by who was told it."""

    def setUp(self) -> None:
        leg = leg_view(1, ANNA, "a1", LegState.ACTIVE)
        self.whole = replace(leg, certificate=b"certificate", device_name="a1", key=KEY)
        self.bare = replace(leg, certificate=b"", device_name="", key=None)

    def test_what_was_told_before_is_put_back(self) -> None:
        """Certificate, name of the device and key; of the same leg only."""
        before = call_view(1, 1, self.whole)
        self.assertEqual(filled_in(call_view(1, 2, self.bare), before), call_view(1, 2, self.whole))
        other = replace(self.bare, number=LegNumber(2))
        another = replace(self.bare, device=device_id("m1"))
        for leg in (other, another):
            self.assertEqual(filled_in(call_view(1, 2, leg), before).legs, (leg,))
        self.assertEqual(filled_in(before, None), before)

    def test_what_is_told_anew_is_kept(self) -> None:
        """A leg that shows another key than before is seen to do so."""
        swapped = replace(self.whole, key=LegKey(bytes(1216), b"another"))
        before = call_view(1, 1, self.whole)
        self.assertEqual(filled_in(call_view(1, 2, swapped), before).legs, (swapped,))
