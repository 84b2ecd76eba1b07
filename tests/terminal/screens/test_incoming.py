"""The box that tells of a call, over whatever is going on."""

from dataclasses import replace

from twisted.trial.unittest import SynchronousTestCase

from tests.terminal.fake_controller import PEOPLE, call_with
from tests.terminal.scenes import THIRD_CALL, conference, ringing, seated, second_call, talking
from tests.terminal.seat import LARGE, TYPICAL
from voip.core.calls import LegState
from voip_terminal.glyphs import ASCII


class WhileTalkingTests(SynchronousTestCase):
    """A second call, a third."""

    def test_answer_holds(self) -> None:
        """In a call another one can be answered; the box says that the first is held for it."""
        for size in (TYPICAL, LARGE):
            seat = seated(size)
            talking(seat)
            ringing(seat)
            self.assertIn("Dave Okafor  (dave)", seat.text)
            self.assertIn("Answering puts Bob Martin on hold.", seat.text)
            seat.press("a")
            self.assertEqual(seat.controller.asked, [("accept", THIRD_CALL)])
            seat.stop()

    def test_decline_and_ignore(self) -> None:
        """The other call goes on when this one is declined or ignored."""
        for key, verb in (("d", "decline"), ("i", "ignore")):
            seat = seated()
            talking(seat)
            ringing(seat)
            seat.press(key)
            self.assertEqual(seat.controller.asked, [(verb, THIRD_CALL)])
            seat.stop()

    def test_beside_held_calls(self) -> None:
        """Calls on hold stay on hold."""
        seat = seated(glyphs=ASCII)
        self.addCleanup(seat.stop)
        second_call(seat)
        ringing(seat)
        self.assertIn("Carol Nguyen stays on hold.", seat.text)
        self.assertIn("a answer", seat.hints)

    def test_while_dialling(self) -> None:
        """While one's own call rings, nothing can be answered; the box says what to do."""
        seat = seated()
        self.addCleanup(seat.stop)
        seat.controller.calls(call_with(PEOPLE[1], LegState.DIALING, seat.now))
        ringing(seat)
        self.assertIn("To answer, end your own call first.", seat.text)
        seat.press("a")
        self.assertEqual(seat.controller.asked, [])

    def test_a_conference_calls(self) -> None:
        """An invitation to a conference says so, who is there, and that one only listens."""
        seat = seated()
        self.addCleanup(seat.stop)
        there = conference(seat).peers[:3]
        call = replace(ringing(seat), is_conference=True, is_listener=True, peers=there)
        seat.controller.calls(call)
        seat.wait(0.1)
        self.assertIn("Invitation to a conference", seat.text)
        seat.controller.calls()
        seat.controller.calls(call)
        seat.wait(0.1)
        told = "You are invited to a conference with Bob Martin and 2 others."
        self.assertIn(told, seat.status)
        self.assertIn("Bob Martin and 2 others", seat.text)
        self.assertIn("to listen, not to speak", seat.text)

    def test_any_size(self) -> None:
        """It is there whatever the window's size, and when that changes."""
        seat = seated()
        self.addCleanup(seat.stop)
        conference(seat)
        ringing(seat)
        for size in (LARGE, (80, 24), (60, 20), (20, 5), (80, 24)):
            seat.resize(*size)
        self.assertIn("Incoming call", seat.text)
