"""The recovery codes, shown once."""

from twisted.trial.unittest import SynchronousTestCase

from tests.terminal.fake_account import CODES
from tests.terminal.fake_controller import PEOPLE, call_with
from tests.terminal.seat import LARGE, TYPICAL, Seat
from voip.client.model import Link
from voip.core.calls import LegState
from voip_terminal.glyphs import ASCII, UNICODE
from voip_terminal.screens.recovery_codes import RecoveryCodesScreen

PASSWORD = "correct horse battery"


class RecoveryCodesTests(SynchronousTestCase):
    """After registering."""

    def setUp(self) -> None:
        self.seat = Seat(address="call.example.org")
        self.addCleanup(self.seat.stop)
        self.seat.press("tab", "tab", "tab", "enter")
        for part in ("alice", "", PASSWORD, PASSWORD):
            self.seat.type(part)
            self.seat.press("tab")
        self.seat.press("enter")

    def shows_codes(self) -> bool:
        return all(code in self.seat.text for code in CODES)

    def test_they_are_shown_with_what_they_are_for(self) -> None:
        """All eight, that they are shown this once, and who else could use them."""
        self.assertTrue(self.shows_codes())
        for told in ("sets a new one, once", "Whoever has", "Write them down", "shown this once"):
            self.assertIn(told, self.seat.text)
        self.assertIn("w I have written them down", self.seat.hints)

    def test_enter_is_not_meant_for_them(self) -> None:
        """Whoever presses it again and again while the account is made still sees them."""
        self.seat.press("enter", "enter", "enter")
        self.assertTrue(self.shows_codes())
        self.assertNotIn("Nobody can show these codes again", self.seat.text)

    def test_they_go_when_one_says_so_twice(self) -> None:
        """A key too many does not take them away; after it nobody can show them again."""
        self.seat.press("w")
        self.assertIn("Nobody can show these codes again", self.seat.text)
        self.seat.press("esc")
        self.assertTrue(self.shows_codes())
        self.seat.press("w", "enter")
        self.assertNotIn(CODES[0], self.seat.text)
        self.assertIn("Bob Martin", self.seat.text)

    def test_help_and_a_lost_line_do_not_take_them_away(self) -> None:
        """They are there again afterwards."""
        self.seat.press("?")
        self.assertFalse(self.shows_codes())
        self.seat.press("esc")
        self.assertTrue(self.shows_codes())
        self.seat.controller.connection(Link.RECONNECTING)
        self.seat.controller.connection(Link.LOGGED_IN)
        self.seat.wait(0.2)
        self.assertTrue(self.shows_codes())

    def test_a_call_comes_on_top(self) -> None:
        """Declined, it leaves the codes where they were."""
        call = call_with(PEOPLE[0], LegState.RINGING, self.seat.now, is_incoming=True)
        self.seat.controller.calls(call)
        self.seat.press("d")
        self.seat.controller.calls()
        self.seat.wait(0.2)
        self.assertTrue(self.shows_codes())

    def test_a_call_that_is_answered(self) -> None:
        """The codes stay on top, the call's keys work, and putting them away shows the call."""
        call = call_with(PEOPLE[0], LegState.RINGING, self.seat.now, is_incoming=True)
        self.seat.controller.calls(call)
        self.seat.press("a")
        self.seat.controller.calls(call_with(PEOPLE[0], LegState.ACTIVE, self.seat.now))
        self.seat.wait(0.2)
        self.assertTrue(self.shows_codes())
        self.assertIn("Ctrl-X hang up", self.seat.hints)
        self.seat.press("w", "enter")
        self.assertIn("Bob Martin", self.seat.text)
        self.assertFalse(self.shows_codes())

    def test_every_size_and_sign(self) -> None:
        """They are whole at 80x24 and larger, in ASCII too."""
        for size in (TYPICAL, LARGE):
            for glyphs in (UNICODE, ASCII):
                seat = Seat(size, glyphs, address="call.example.org")
                seat.controller.signed_in()
                seat.front.ui.show(RecoveryCodesScreen(seat.front.ui, CODES))
                seat.wait(0.2)
                self.assertTrue(all(code in seat.text for code in CODES))
                seat.stop()
