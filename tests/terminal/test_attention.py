"""Bell, title, desktop and hook, as the settings want them."""

import json

from twisted.trial.unittest import SynchronousTestCase

from tests.terminal.fake_controller import CALL_ID, PEOPLE, call_with
from tests.terminal.fake_people import OLD_CALL_ID, missed_call
from tests.terminal.scenes import seated, talking
from tests.terminal.seat import Seat
from voip.core.calls import EndReason, LegState
from voip_terminal.attention import AWAY_SECONDS


def ring(seat: Seat) -> None:
    call = call_with(PEOPLE[0], LegState.RINGING, seat.now, is_incoming=True)
    seat.controller.calls(call)
    seat.wait(0.1)


class AttentionTests(SynchronousTestCase):
    """Somebody calls."""

    def setUp(self) -> None:
        self.seat = seated()
        self.addCleanup(self.seat.stop)

    def want(self, name: str, value: bool | str) -> None:
        self.seat.settings.set("notify", name, value)

    def test_the_desktop_is_told_while_nobody_looks(self) -> None:
        """Only a terminal that is not in front asks for a notification."""
        self.seat.press("focus in")
        ring(self.seat)
        self.assertEqual(self.seat.screen.notes, [])
        self.seat.controller.calls()
        self.seat.press("focus out")
        ring(self.seat)
        self.assertEqual(self.seat.screen.notes, ["Bob Martin is calling"])
        self.assertEqual(self.seat.screen.bells, 2)

    def test_a_terminal_that_does_not_tell(self) -> None:
        """Where the focus is not told, a while without a key counts as not looking."""
        ring(self.seat)
        self.seat.controller.calls()
        self.assertEqual(self.seat.screen.notes, [])
        self.seat.wait(AWAY_SECONDS)
        ring(self.seat)
        self.assertEqual(len(self.seat.screen.notes), 1)

    def test_missed(self) -> None:
        """Who has called in vain is told to the desktop and the hook."""
        self.seat.press("focus out")
        self.want("hook", "cat")
        self.seat.controller.called(missed_call("bob", EndReason.CANCELLED))
        self.assertEqual(self.seat.screen.notes, ["You missed a call: Bob Martin gave up."])
        told = json.loads(self.seat.programs.started[-1].given)
        self.assertEqual(
            told,
            {
                "event": "missed",
                "call_id": OLD_CALL_ID.hex(),
                "from": "bob",
                "nick": "Bob Martin",
                "reason": "cancelled",
            },
        )

    def test_switched_off(self) -> None:
        """What the settings do not want does not happen, from the moment they say so."""
        self.seat.press("focus out")
        for name in ("bell", "title", "osc"):
            self.want(name, False)
        ring(self.seat)
        self.seat.wait(7)
        self.assertEqual(self.seat.screen.bells, 0)
        self.assertEqual(self.seat.screen.notes, [])
        self.assertEqual(self.seat.screen.title, "voip")
        self.assertIn("Incoming call", self.seat.text)
        self.want("bell", True)
        self.seat.wait(3)
        self.assertEqual(self.seat.screen.bells, 1)

    def test_hook(self) -> None:
        """A call that comes in is given to the hook as JSON, once."""
        self.want("hook", "cat -u")
        ring(self.seat)
        self.seat.wait(10)
        (program,) = self.seat.programs.started
        self.assertEqual(program.words, ["cat", "-u"])
        told = json.loads(program.given)
        self.assertEqual(
            told,
            {
                "event": "ringing",
                "call_id": CALL_ID.hex(),
                "from": "bob",
                "nick": "Bob Martin",
                "device": "laptop",
            },
        )

    def test_a_hook_that_fails(self) -> None:
        """Its failure stands in the line above the last, and the call rings on."""
        self.want("hook", "no-such-program-anywhere")
        ring(self.seat)
        self.assertIn("! The hook of your settings failed: no-such-program", self.seat.text)
        self.assertIn("Incoming call", self.seat.text)

    def test_focus_is_no_key(self) -> None:
        """What the terminal tells of its focus goes to no field and answers no call."""
        self.seat.press("/")
        self.seat.type("ma")
        self.seat.press("focus out", "focus in")
        self.assertIn("[ ma ", self.seat.text)
        talking(self.seat)
        self.seat.press("focus out", "focus in")
        self.assertEqual(self.seat.controller.asked, [])
