"""A forgotten password, and a recovery code for a new one."""

from twisted.trial.unittest import SynchronousTestCase

from tests.terminal.seat import Seat
from voip.client.model import ClientError
from voip.core.errors import ErrorCode
from voip_terminal.remembered import LastUse

CODE = "0123-4567-89AB-CDEF-GHJK"
NEW = "correct horse battery"
TO_FORGOT = ("tab", "tab", "tab", "down", "enter")


class RecoverTests(SynchronousTestCase):
    """The box on the first screen."""

    def setUp(self) -> None:
        self.seat = Seat(address="call.example.org")
        self.addCleanup(self.seat.stop)
        self.seat.press(*TO_FORGOT)

    def fill(self, *parts: str) -> None:
        for part in parts:
            self.seat.type(part)
            self.seat.press("tab")

    def test_recovers(self) -> None:
        """A name, a code and a password twice set it and sign in."""
        self.assertIn("Forgot your password?", self.seat.text)
        self.fill("Alice", CODE.lower(), NEW)
        self.assertIn("✓ it is whole", self.seat.text)
        self.assertNotIn(NEW, self.seat.text)
        self.seat.type(NEW)
        self.seat.press("enter")
        self.assertEqual(self.seat.controller.asked[-1], ("recover", "alice", CODE.lower(), NEW))
        self.assertIn("alice  ●", self.seat.top)
        self.assertIn("Your new password is set", self.seat.text)
        self.assertEqual(self.seat.remembered.last, LastUse("call.example.org", "alice"))

    def test_a_reset_token(self) -> None:
        """It is taken in the place of a code; what comes of it is said, and new codes are shown."""
        token = f"R-{CODE}"
        self.fill("alice", token)
        self.assertIn("✓ a token: your contacts see a changed key", self.seat.text)
        self.fill(NEW, NEW)
        self.seat.press("enter")
        self.assertEqual(self.seat.controller.asked[-1], ("recover", "alice", token, NEW))
        self.assertIn("Your recovery codes", self.seat.text)
        self.assertIn("Your contacts will see a changed key", self.seat.text)
        self.seat.press("w", "enter")
        self.assertIn("alice  ●", self.seat.top)
        self.assertNotIn("Your recovery codes", self.seat.text)

    def test_the_account_is_known(self) -> None:
        """What was typed as the account stands there, and the code is what is asked for."""
        seat = Seat(address="call.example.org", account="alice")
        self.addCleanup(seat.stop)
        seat.press("tab", "down", "enter")
        seat.type(CODE)
        self.assertIn(f"[ {CODE} ", seat.text)

    def test_each_mistake(self) -> None:
        """Nothing is sent before everything is right; each mistake is told."""
        for parts, told in (
            (("a!",), "Type the name of your account"),
            (("alice", "1234"), "20 letters and digits"),
            (("alice", CODE, "short"), "8 characters"),
            (("alice", CODE, NEW, "x"), "differ"),
        ):
            seat = Seat(address="call.example.org")
            seat.press(*TO_FORGOT)
            for part in parts:
                seat.type(part)
                seat.press("tab")
            seat.press("enter")
            self.assertIn(told, seat.lines[-2] + seat.lines[-3], parts)
            self.assertNotIn("recover", str(seat.controller.asked))
            seat.stop()

    def test_a_wrong_code(self) -> None:
        """It is told, and the focus goes to the code."""
        error = ClientError(ErrorCode.WRONG_CODE)
        self.seat.controller.refusals["recover"] = error
        self.fill("alice", CODE, NEW, NEW)
        self.seat.press("enter")
        self.assertIn("! Account or recovery code is wrong", self.seat.text)
        self.seat.press("ctrl u")
        self.assertNotIn(CODE, self.seat.text)

    def test_too_many_guesses(self) -> None:
        """How long to wait is told."""
        error = ClientError(ErrorCode.RATE_LIMITED, retry_after_ms=15_000)
        self.seat.controller.refusals["recover"] = error
        self.fill("alice", CODE, NEW, NEW)
        self.seat.press("enter")
        self.assertIn("wait 15 seconds", self.seat.text)

    def test_no_server_yet(self) -> None:
        """Without an address there is nobody to ask."""
        seat = Seat()
        self.addCleanup(seat.stop)
        seat.press(*TO_FORGOT)
        self.assertIn("server's address first", seat.text)

    def test_back(self) -> None:
        """Esc goes back to signing in."""
        self.seat.press("esc")
        self.assertNotIn("it is used up", self.seat.text)
        self.assertIn("< Sign in >", self.seat.text)
