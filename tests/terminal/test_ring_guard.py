"""A call that comes up under somebody's fingers, as they meet it."""

from dataclasses import replace

from twisted.trial.unittest import SynchronousTestCase

from tests.terminal.fake_controller import CALL_ID, PEOPLE, call_with
from tests.terminal.scenes import seated
from voip.core.calls import LegState
from voip.core.ids import CallId
from voip_terminal import sentences
from voip_terminal.ring_guard import GUARD_SECONDS

OTHER = CallId(bytes(15) + b"\x07")


class RingGuardTests(SynchronousTestCase):
    """Which keys are meant for the call."""

    def setUp(self) -> None:
        self.seat = seated()
        self.addCleanup(self.seat.stop)

    def ring(self, call_id: CallId = CALL_ID) -> None:
        seat = self.seat
        who = PEOPLE[0] if call_id is CALL_ID else PEOPLE[1]
        call = call_with(who, LegState.RINGING, seat.now, is_incoming=True)
        seat.controller.calls(replace(call, call_id=call_id))
        seat.wait(0.1)

    def test_a_key_on_its_way(self) -> None:
        """A key pressed for the screen that was there answers nothing, and one is told so."""
        for key in ("a", "d", "i"):
            self.ring()
            self.seat.press(key)
            self.assertEqual(self.seat.controller.asked, [])
            self.assertIn(sentences.TOO_EARLY[:60], self.seat.text)
            self.seat.controller.calls()

    def test_after_a_moment(self) -> None:
        """Once nothing was pressed for a moment the keys of the call work, and are shown."""
        self.ring()
        self.assertNotIn("answer", self.seat.hints)
        self.seat.wait(GUARD_SECONDS)
        self.assertIn("a answer  d decline  i ignore", self.seat.hints)
        self.seat.press("a")
        self.assertEqual(self.seat.controller.asked, [("accept", CALL_ID)])

    def test_a_key_for_nothing(self) -> None:
        """A key that does nothing here does nothing, early or late, and nothing is told."""
        self.ring()
        self.seat.press("enter", "down")
        self.assertNotIn(sentences.TOO_EARLY[:60], self.seat.text)
        self.assertEqual(self.seat.controller.asked, [])

    def test_the_next_call_that_rings(self) -> None:
        """A key meant for the first call does not answer the one that comes up in its place."""
        self.ring()
        self.seat.wait(GUARD_SECONDS)
        self.ring(OTHER)
        self.seat.press("a")
        self.assertEqual(self.seat.controller.asked, [])
        self.seat.wait(GUARD_SECONDS)
        self.seat.press("a")
        self.assertEqual(self.seat.controller.asked, [("accept", OTHER)])

    def test_quitting_is_not_held_up(self) -> None:
        """A key that no text has in it works at once."""
        self.ring()
        self.seat.press("ctrl q")
        self.assertTrue(self.seat.has_ended)

    def test_typing_on_answers_nothing(self) -> None:
        """Nor does a long text that somebody types, in a field or not: only a pause ends it."""
        for before in ((), ("n",)):
            self.seat.press(*before)
            self.ring()
            for letter in "a radar and a radio":
                self.seat.type(letter)
                self.seat.wait(0.3)
            self.assertEqual(self.seat.controller.asked, [])
            self.seat.wait(GUARD_SECONDS)
            self.seat.press("a")
            self.assertEqual(self.seat.controller.asked, [("accept", CALL_ID)])
            self.seat.controller.asked.clear()
            self.seat.controller.calls()
