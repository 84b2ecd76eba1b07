"""Somebody whose account key has changed."""

from dataclasses import replace

from twisted.trial.unittest import SynchronousTestCase

from tests.terminal.fake_controller import PEOPLE, call_with
from tests.terminal.seat import Seat
from voip.client.model import ClientError, Security
from voip.core.calls import EndReason, LegState
from voip.core.errors import ErrorCode
from voip.core.ids import Username


class NewKeyTests(SynchronousTestCase):
    """The explanation, and the typed yes."""

    def setUp(self) -> None:
        self.seat = Seat(address="call.example.org", account="alice")
        self.addCleanup(self.seat.stop)
        self.seat.controller.signed_in()
        call = replace(
            call_with(PEOPLE[0], LegState.ACTIVE, self.seat.now),
            security=Security.KEY_CHANGED,
            key_changed_of=Username("bob"),
        )
        self.seat.controller.asked.clear()
        self.seat.controller.ended(call, EndReason.E2E_FAILED)
        self.seat.wait(0.1)

    def test_explains(self) -> None:
        """It says whose key has changed, what that may mean, and what to do."""
        self.assertIn("The call was stopped", self.seat.text)
        self.assertIn("Bob Martin shows another key than before", self.seat.text)

    def test_enter_alone_trusts_nothing(self) -> None:
        """Without the word Enter does nothing, and is not offered."""
        self.assertNotIn("trust the new key", self.seat.hints)
        self.seat.press("enter")
        self.seat.type("tru")
        self.seat.press("enter")
        self.assertEqual(self.seat.controller.asked, [])

    def test_typed_yes(self) -> None:
        """With the word typed the new key is trusted, and one is told to compare the words."""
        self.seat.type("trust")
        self.seat.press("enter")
        self.assertEqual(self.seat.controller.asked, [("trust_new_key", "bob")])
        self.assertIn("Bob Martin is known by the new key now", self.seat.text)
        self.assertNotIn("The call was stopped", self.seat.text)

    def test_no(self) -> None:
        """Esc closes it and trusts nothing."""
        self.seat.press("esc")
        self.assertEqual(self.seat.controller.asked, [])
        self.assertNotIn("another key than before", self.seat.text)

    def test_refused(self) -> None:
        """A file that cannot be written is told, and the box stays."""
        self.seat.controller.refusals["trust_new_key"] = ClientError(ErrorCode.STORE_UNAVAILABLE)
        self.seat.type("trust")
        self.seat.press("enter")
        self.assertIn("! ", self.seat.text)
        self.assertIn("another key than before", self.seat.text)
