"""One's own presence follows the calls of this computer at once."""

from dataclasses import replace

from twisted.trial.unittest import SynchronousTestCase

from tests.terminal.scenes import seated, talking
from tests.terminal.seat import Seat
from voip.client.model import Change
from voip.core.calls import EndReason
from voip.core.people import Presence
from voip_terminal.own_presence import PATIENCE_SECONDS


def told(seat: Seat, presence: Presence) -> None:
    """The server tells how one is."""
    me = seat.controller.model.me
    assert me is not None
    seat.controller.change(Change.ME, me=replace(me, presence=presence))
    seat.wait(0.1)


class OwnPresenceTests(SynchronousTestCase):
    """The top line around a call."""

    def setUp(self) -> None:
        self.seat = seated()
        self.addCleanup(self.seat.stop)

    def test_a_call_shows_before_the_server_tells(self) -> None:
        """In a call as soon as there is one; as one was before as soon as it is over."""
        told(self.seat, Presence.AWAY)
        call = talking(self.seat)
        self.assertIn("in a call", self.seat.top)
        told(self.seat, Presence.IN_CALL)
        self.seat.controller.ended(call, EndReason.HANGUP, 5)
        self.seat.wait(0.1)
        self.assertIn("◐ away", self.seat.top)
        told(self.seat, Presence.AWAY)
        self.assertIn("◐ away", self.seat.top)

    def test_the_server_has_the_last_word(self) -> None:
        """Who talks on another computer too is in a call still, a moment later."""
        call = talking(self.seat)
        told(self.seat, Presence.IN_CALL)
        self.seat.controller.ended(call, EndReason.HANGUP, 5)
        self.seat.wait(PATIENCE_SECONDS / 2)
        self.assertIn("available", self.seat.top)
        self.seat.wait(PATIENCE_SECONDS)
        self.assertIn("in a call", self.seat.top)

    def test_call_after_call(self) -> None:
        """The wait begins anew with each end, and ends with the screen."""
        for _ in range(2):
            call = talking(self.seat)
            told(self.seat, Presence.IN_CALL)
            self.seat.controller.ended(call, EndReason.HANGUP, 5)
            self.seat.wait(PATIENCE_SECONDS / 2)
            self.assertIn("available", self.seat.top)

    def test_a_call_elsewhere(self) -> None:
        """One that this computer has no part in is shown as the server tells it."""
        told(self.seat, Presence.IN_CALL)
        self.assertIn("in a call", self.seat.top)
