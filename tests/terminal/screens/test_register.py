"""Creating an account."""

from dataclasses import replace

from twisted.trial.unittest import SynchronousTestCase

from tests.terminal.fake_controller import SERVER, FakeController
from tests.terminal.seat import Seat
from voip.client.model import ClientError
from voip.core.errors import ErrorCode
from voip.core.messages import RegistrationPolicy
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


INVITE = "I-ABCD-1234-EFGH-5678-JKMN"


class PolicyTests(SynchronousTestCase):
    """Servers that want more than a name and a password."""

    def seat(self, policy: RegistrationPolicy) -> Seat:
        controller = FakeController()
        controller.server = replace(SERVER, policy=policy)
        seat = Seat(controller=controller, address="call.example.org")
        self.addCleanup(seat.stop)
        seat.press("tab", "tab", "tab", "enter")
        return seat

    def fill(self, seat: Seat, *parts: str) -> None:
        for part in parts:
            seat.type(part)
            seat.press("tab")

    def test_an_invite(self) -> None:
        """It is asked for first, judged while one types, and sent as it was typed."""
        seat = self.seat(RegistrationPolicy.INVITE)
        self.assertIn("from the server's operator, as I-ABCD", seat.text)
        seat.type("I-ABCD")
        seat.press("enter")
        self.assertIn("Type the whole invite", seat.text)
        self.assertNotIn("register", str(seat.controller.asked))
        seat.press("ctrl u")
        seat.type(INVITE.lower())
        self.assertIn("✓ it is whole", seat.text)
        seat.press("tab")
        self.fill(seat, "alice", "", PASSWORD, PASSWORD)
        seat.press("enter")
        asked = seat.controller.asked[-1]
        self.assertEqual(asked, ("register", "alice", "alice", PASSWORD, INVITE.lower()))
        self.assertIn("Your recovery codes", seat.text)

    def test_an_invite_that_is_not_valid(self) -> None:
        """It is told, and the focus goes to it."""
        seat = self.seat(RegistrationPolicy.INVITE)
        error = ClientError(ErrorCode.INVITE_NOT_VALID, "invite")
        seat.controller.refusals["register"] = error
        self.fill(seat, INVITE, "alice", "", PASSWORD, PASSWORD)
        seat.press("enter")
        self.assertIn("! This invite is not valid, or was used already", seat.text)
        seat.press("ctrl u")
        self.assertNotIn(INVITE, seat.text)

    def test_an_invite_that_is_wanted_since_a_moment(self) -> None:
        """The field comes with the refusal, and what was typed stays."""
        seat = self.seat(RegistrationPolicy.OPEN)
        self.assertNotIn("Invite", seat.text)
        seat.controller.refusals["register"] = ClientError(ErrorCode.INVITE_NEEDED, "invite")
        self.fill(seat, "alice", "", PASSWORD, PASSWORD)
        seat.press("enter")
        self.assertIn("wants an invite", seat.text)
        self.assertIn("[ alice", seat.text)
        seat.type(INVITE)
        self.assertIn(f"[ {INVITE}", seat.text)

    def test_an_account_that_waits(self) -> None:
        """It is said before, and after; the codes are shown, and the first screen follows them."""
        seat = self.seat(RegistrationPolicy.APPROVAL)
        self.assertIn("The operator approves each account before its use.", seat.text)
        seat.controller.waits_for_approval = True
        self.fill(seat, "alice", "", PASSWORD, PASSWORD)
        seat.press("enter")
        self.assertIn("Your recovery codes", seat.text)
        self.assertIn("waits for the operator's approval", seat.text)
        seat.press("w", "enter")
        self.assertIn("Private voice calls on your own server", seat.text)
        self.assertIn("The account alice waits for the operator's approval", seat.text)
        seat.type(PASSWORD)
        seat.press("enter")
        self.assertEqual(seat.controller.asked[-1], ("login", "alice", PASSWORD))
