"""Several calls, one below the other."""

from dataclasses import replace

from twisted.trial.unittest import SynchronousTestCase

from tests.terminal.fake_controller import PEOPLE, call_with
from tests.terminal.scenes import ringing, seated, second_call, talking
from tests.terminal.seat import LARGE
from voip.core.calls import LegState
from voip_terminal.call_list import state_word
from voip_terminal.glyphs import ASCII


class ListTests(SynchronousTestCase):
    """What one sees of them."""

    def test_three(self) -> None:
        """Each call has a number, a name, how it stands and for how long."""
        for glyphs in (None, ASCII):
            seat = seated(glyphs=glyphs) if glyphs else seated()
            talking(seat, 341.0)
            second_call(seat)
            ringing(seat)
            seat.press("i")
            pointer = ">" if glyphs else "▶"
            self.assertRegex(seat.text, rf"{pointer} 1 Bob Martin +talking +5:4\d")
            self.assertRegex(seat.text, r"  2 Carol Nguyen +on hold +3:2\d")
            self.assertRegex(seat.text, r"  3 Dave Okafor +ignored +0:0\d")
            self.assertIn("in 2 calls", seat.top)
            self.assertIn("1-9    switch, hold the other", seat.text)
            seat.stop()

    def test_wide(self) -> None:
        """With room there is the line and the encryption of each call too."""
        seat = seated(LARGE)
        self.addCleanup(seat.stop)
        talking(seat)
        second_call(seat)
        self.assertRegex(seat.line_with("1 Bob Martin"), r"▂▄▆█ good +encrypted")
        self.assertRegex(seat.line_with("2 Carol Nguyen"), r"▂▄▆█ good +verified")

    def test_one_call_is_no_list(self) -> None:
        """A single call that talks has the whole pane."""
        seat = seated()
        self.addCleanup(seat.stop)
        talking(seat)
        self.assertNotIn("Calls", seat.text)

    def test_state_words(self) -> None:
        """Each way a call can stand has its word."""
        talks = call_with(PEOPLE[0], LegState.ACTIVE)
        rings = call_with(PEOPLE[0], LegState.RINGING, is_incoming=True)
        calls = {
            "talking": talks,
            "on hold": replace(talks, is_held=True),
            "holds you": replace(talks, is_held_by_peers=True),
            "calling": call_with(PEOPLE[0], LegState.DIALING),
            "ringing": rings,
            "ignored": replace(rings, is_silenced=True),
        }
        for word, call in calls.items():
            self.assertEqual(state_word(call), word)
