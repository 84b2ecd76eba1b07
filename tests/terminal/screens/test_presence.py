"""The box for what others see: it starts from how one is, not from what happens just now."""

from dataclasses import replace

from twisted.trial.unittest import SynchronousTestCase

from tests.terminal.scenes import seated, talking
from voip.client.model import Change
from voip.core.people import Presence


class PresenceBoxTests(SynchronousTestCase):
    """What Enter says."""

    def setUp(self) -> None:
        self.seat = seated()
        self.addCleanup(self.seat.stop)

    def told(self, presence: Presence) -> None:
        """The server tells how one is."""
        me = self.seat.controller.model.me
        assert me is not None
        self.seat.controller.change(Change.ME, me=replace(me, presence=presence))
        self.seat.wait(0.1)

    def test_every_state(self) -> None:
        """Each state says what comes of it; invisible is told as what others see."""
        self.seat.press("p")
        for told in ("nothing rings; who called stands in the history", "see you as offline"):
            self.assertIn(told, self.seat.text)
        self.seat.press("up", "up", "up")
        self.seat.press(*["down"] * 4, "enter")
        self.assertEqual(self.seat.controller.asked, [("set_presence", Presence.INVISIBLE, "")])
        self.assertIn("Others see you as offline now.", self.seat.status)
        self.assertIn("◐ invisible", self.seat.top)

    def test_back_from_being_idle(self) -> None:
        """Who was away for want of a key does not say so by pressing one."""
        self.told(Presence.AWAY)
        self.seat.press("p")
        self.assertIn("(•) ◐ away", self.seat.text)
        self.told(Presence.AVAILABLE)
        self.assertIn("(•) ● available", self.seat.text)
        self.seat.press("down")
        self.told(Presence.AWAY)
        self.seat.press("enter")
        self.assertEqual(self.seat.controller.asked, [("set_presence", Presence.AWAY, "")])

    def test_in_a_call(self) -> None:
        """A new text does not take back what one had set before the call."""
        self.told(Presence.DO_NOT_DISTURB)
        talking(self.seat)
        self.told(Presence.IN_CALL)
        self.seat.press("p", "enter")
        asked = ("set_presence", Presence.DO_NOT_DISTURB, "")
        self.assertEqual(self.seat.controller.asked, [asked])
