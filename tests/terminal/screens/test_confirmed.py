"""What only whoever knows the password may do."""

from twisted.trial.unittest import SynchronousTestCase

from tests.terminal.fake_account import CODES
from tests.terminal.seat import Seat
from voip.client.model import ClientError
from voip.core.errors import ErrorCode
from voip_terminal.remembered import LastUse
from voip_terminal.screens.confirmed import DeleteAccountBox, NewCodesBox

PASSWORD = "correct horse battery"


class ConfirmedTestCase(SynchronousTestCase):
    """Somebody signed in."""

    def setUp(self) -> None:
        self.seat = Seat(address="call.example.org", account="alice")
        self.addCleanup(self.seat.stop)
        self.seat.controller.signed_in()
        self.seat.remembered.save(LastUse("call.example.org", "alice"))

    def confirm(self, password: str = PASSWORD) -> None:
        self.seat.type(password)
        self.seat.press("enter")


class NewCodesTests(ConfirmedTestCase):
    """New recovery codes."""

    def setUp(self) -> None:
        super().setUp()
        self.seat.front.ui.open(NewCodesBox(self.seat.front.ui))
        self.seat.wait(0.2)

    def test_new_codes(self) -> None:
        """The old ones are said to be over; the password gives eight new ones, shown once."""
        self.assertIn("the old ones open nothing any more", self.seat.text)
        self.confirm()
        self.assertEqual(self.seat.controller.asked[-1], ("recovery_codes", PASSWORD))
        self.assertTrue(all(code in self.seat.text for code in CODES))
        self.seat.press("w", "enter")
        self.assertIn("Bob Martin", self.seat.text)

    def test_a_wrong_password(self) -> None:
        """It is told, and one types it again."""
        self.seat.controller.refusals["recovery_codes"] = ClientError(ErrorCode.WRONG_PASSWORD)
        self.confirm("wrong wrong")
        self.assertIn("The password is wrong", self.seat.text)
        self.assertNotIn("wrong wrong", self.seat.text)

    def test_nothing_typed(self) -> None:
        """Then nothing is asked."""
        self.seat.press("enter")
        self.assertIn("Type your password first", self.seat.text)
        self.assertNotIn("recovery_codes", str(self.seat.controller.asked))

    def test_other_refusals(self) -> None:
        """They have their sentences."""
        error = ClientError(ErrorCode.RATE_LIMITED, retry_after_ms=30_000)
        self.seat.controller.refusals["recovery_codes"] = error
        self.confirm()
        self.assertIn("wait 30 seconds", self.seat.text)

    def test_close(self) -> None:
        """Esc changes nothing."""
        self.seat.press("esc")
        self.assertNotIn("New recovery codes", self.seat.text)


class DeleteAccountTests(ConfirmedTestCase):
    """The end of one's account."""

    def setUp(self) -> None:
        super().setUp()
        self.seat.front.ui.open(DeleteAccountBox(self.seat.front.ui))
        self.seat.wait(0.2)

    def test_the_end(self) -> None:
        """What goes is said before; afterwards one stands at the door, and is told."""
        self.assertIn("Nobody can bring it back", " ".join(self.seat.text.split()))
        self.assertIn("Enter delete for good", self.seat.hints)
        self.confirm()
        self.assertIn(("delete_account", PASSWORD), self.seat.controller.asked)
        self.assertIn("Your account is deleted.", self.seat.text)
        self.assertIn("< Sign in >", self.seat.text)
        self.assertEqual(self.seat.remembered.last.account, "")

    def test_a_wrong_password(self) -> None:
        """Nothing is deleted."""
        self.seat.controller.refusals["delete_account"] = ClientError(ErrorCode.WRONG_PASSWORD)
        self.confirm("wrong wrong")
        self.assertIn("The password is wrong", self.seat.text)
        self.assertIn("alice  ●", self.seat.top)
