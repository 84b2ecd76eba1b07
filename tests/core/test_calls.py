"""The views of a call."""

from twisted.trial.unittest import SynchronousTestCase

from tests.core.people_lab import ANNA, BOB, call_view, device_id, leg_view
from voip.core.calls import LegState


class CallViewTests(SynchronousTestCase):
    """The whole call, as everyone may see it."""

    def test_the_newest_leg_of_a_device(self) -> None:
        """A device that took part before is found by its newest leg; another by none."""
        first = leg_view(1, ANNA, "a1", LegState.LEFT)
        newest = leg_view(3, ANNA, "a1", LegState.ACTIVE)
        view = call_view(1, 1, first, leg_view(2, BOB, "b1", LegState.ACTIVE), newest)
        self.assertEqual(view.leg_of(device_id("a1")), newest)
        self.assertIsNone(view.leg_of(device_id("c1")))
