"""Creating an account."""

from twisted.trial.unittest import SynchronousTestCase

from tests.terminal.seat import Seat
from voip.client.model import ClientError
from voip.core.errors import ErrorCode
from voip_terminal.remembered import LastUse

PASSWORD = "correct horse battery"


class RegisterTests(SynchronousTestCase):
    """The form."""

    def setUp(self) -> None:
        self.seat = Seat(address="call.example.org")
        self.addCleanup(self.seat.stop)
        self.seat.press("tab", "tab", "tab", "enter")

    def fill(self, *parts: str) -> None:
        for part in parts:
            self.seat.type(part)
            self.seat.press("tab")

    def test_creates(self) -> None:
        """A name, a shown name and a password twice make an account and sign in with it."""
        self.assertIn("Create an account on call.example.org", self.seat.text)
        self.fill("alice", "Alice Durand", PASSWORD, PASSWORD)
        self.assertIn("Enter choose", self.seat.hints)
        self.seat.press("enter")
        asked = self.seat.controller.asked[-1]
        self.assertEqual(asked, ("register", "alice", "Alice Durand", PASSWORD, ""))
        self.assertIn("alice  ●", self.seat.top)
        self.assertEqual(self.seat.remembered.last, LastUse("call.example.org", "alice"))

    def test_no_shown_name(self) -> None:
        """Without a shown name it is the account's."""
        self.fill("alice", "", PASSWORD)
        self.seat.type(PASSWORD)
        self.seat.press("enter")
        self.assertEqual(self.seat.controller.asked[-1][2], "alice")

    def test_notes(self) -> None:
        """What is typed is judged while one types."""
        self.seat.type("al")
        self.assertIn("✗ not allowed", self.seat.text)
        self.seat.type("ice")
        self.assertIn("✓ allowed", self.seat.text)
        self.seat.press("tab", "tab")
        self.seat.type("abc")
        self.assertIn("too short", self.seat.text)
        self.seat.type("defgh ijkl mnop qrst")
        self.assertIn("strong", self.seat.text)
        self.seat.press("tab")
        self.seat.type("abc")
        self.assertIn("✗ not the same yet", self.seat.text)

    def test_each_mistake(self) -> None:
        """Nothing is sent before everything is right; each mistake is told."""
        for parts, told in (
            (("a!",), "not allowed"),
            (("alice", "", "short"), "8 characters"),
            (("alice", "", "alicealice", "x"), "differ"),
            (("longname-longname", "", "longname-longname"), "not the account name"),
        ):
            seat = Seat(address="call.example.org")
            seat.press("tab", "tab", "tab", "enter")
            for part in parts:
                seat.type(part)
                seat.press("tab")
            seat.press("shift tab", "enter")
            self.assertIn(told, seat.lines[-2] + seat.lines[-3], parts)
            self.assertNotIn("register", str(seat.controller.asked))
            seat.stop()

    def test_refusals(self) -> None:
        """A refusal is told, and the focus goes to the field it speaks of."""
        self.fill("alice", "", PASSWORD, PASSWORD)
        self.seat.controller.refusals["register"] = ClientError(ErrorCode.NAME_TAKEN, "username")
        self.seat.press("enter")
        self.assertIn("! This account name is taken", self.seat.text)
        self.seat.type("2")
        self.assertIn("[ alice2 ", self.seat.text)
        error = ClientError(ErrorCode.NICK_NOT_ALLOWED, "nick")
        self.seat.controller.refusals["register"] = error
        self.seat.press("enter")
        self.seat.type("Al")
        self.assertIn("[ Al ", self.seat.text)

    def test_back(self) -> None:
        """Esc and the button both go back to signing in."""
        self.seat.press("esc")
        self.assertIn("Sign in", self.seat.text)
        self.seat.press("enter")
        self.seat.press("shift tab", "enter")
        self.assertIn("Sign in", self.seat.text)
