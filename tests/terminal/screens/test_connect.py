"""Reaching a server and signing in."""

from dataclasses import replace
from pathlib import Path

from twisted.internet.defer import Deferred
from twisted.trial.unittest import SynchronousTestCase

from tests.terminal.fake_controller import SERVER, FakeController
from tests.terminal.seat import LARGE, Seat
from voip.client.model import ClientError, Link, LinkError, LinkTrouble
from voip.client.private_files import DataFileError
from voip.core.errors import ErrorCode
from voip.core.messages import RegistrationPolicy
from voip_terminal import sentences
from voip_terminal.glyphs import ASCII, UNICODE
from voip_terminal.remembered import LastUse


class FirstRunTests(SynchronousTestCase):
    """Nothing is known yet."""

    def test_empty(self) -> None:
        """The server's field has the focus, and nothing is asked of anybody."""
        seat = Seat()
        self.addCleanup(seat.stop)
        self.assertIn("not signed in", seat.top)
        self.assertIn("offline", seat.top)
        self.assertIn("v0.1.0", seat.text)
        self.assertEqual(seat.controller.asked, [])
        server = next(at for at, line in enumerate(seat.lines) if "Server" in line)
        self.assertEqual(seat.cursor and seat.cursor[1], server)

    def test_sign_in(self) -> None:
        """A server, an account and a password are enough; then people are shown."""
        seat = Seat()
        self.addCleanup(seat.stop)
        seat.type("call.example.org")
        seat.press("tab")
        self.assertEqual(seat.controller.asked, [("connect", "call.example.org")])
        self.assertIn("✓ TLS 1.3", seat.text)
        seat.type("Alice")
        seat.press("tab")
        seat.type("correct horse?")
        self.assertNotIn("correct", seat.text)
        seat.press("f2")
        self.assertIn("correct horse?", seat.text)
        seat.press("enter")
        self.assertEqual(seat.controller.asked[-1], ("login", "alice", "correct horse?"))
        self.assertIn("alice  ● available", seat.top)
        self.assertIn("Bob Martin", seat.text)
        self.assertEqual(seat.remembered.last, LastUse("call.example.org", "alice"))

    def test_each_missing_part(self) -> None:
        """What is missing is told, and the focus goes there."""
        seat = Seat()
        self.addCleanup(seat.stop)
        for told, typed in (
            ("server's address first", "here"),
            ("Type your account name", "alice"),
            ("Type the password of alice", "secret phrase"),
        ):
            seat.press("enter")
            self.assertIn(told, seat.text)
            seat.type(typed)
        seat.press("enter")
        self.assertIn(("login", "alice", "secret phrase"), seat.controller.asked)

    def test_new_key(self) -> None:
        """A server met for the first time says so whole, with its key, in ASCII too."""
        for glyphs in (UNICODE, ASCII):
            controller = FakeController()
            controller.server = replace(SERVER, is_new_pin=True)
            seat = Seat(glyphs=glyphs, controller=controller, address="call.example.org")
            self.addCleanup(seat.stop)
            self.assertIn("new here: key 9F2C41D07AB3E655 now known", seat.text)

    def test_progress(self) -> None:
        """While the server is asked, that is shown; Enter meanwhile signs in once it answers."""
        controller = FakeController()
        controller.holds["connect"] = Deferred()
        seat = Seat(controller=controller, address="call.example.org", account="alice")
        self.addCleanup(seat.stop)
        self.assertIn("asking the server", seat.text)
        seat.type("pw")
        seat.press("enter", "enter")
        self.assertEqual(len(controller.asked), 1)
        controller.connection(Link.CONNECTED)
        controller.holds.pop("connect").callback(SERVER)
        seat.wait(0.1)
        self.assertEqual(controller.asked[1:], [("login", "alice", "pw")])

    def test_another_address(self) -> None:
        """An answer of a server whose address was typed over counts for nothing."""
        controller = FakeController()
        controller.holds["connect"] = Deferred()
        seat = Seat(controller=controller, address="one.example.org")
        self.addCleanup(seat.stop)
        late = controller.holds.pop("connect")
        seat.press("shift tab", "ctrl u")
        seat.type("two.example.org")
        seat.press("tab")
        late.errback(LinkError(LinkTrouble.NOT_REACHABLE))
        seat.wait(0.1)
        self.assertEqual(controller.asked[-1], ("connect", "two.example.org"))
        self.assertNotIn("!", seat.status)
        self.assertIn("TLS 1.3", seat.text)

    def test_no_focus_is_taken(self) -> None:
        """A server that fails to answer does not take the focus from a password being typed."""
        controller = FakeController()
        controller.holds["connect"] = Deferred()
        seat = Seat(controller=controller, address="one.example.org", account="alice")
        self.addCleanup(seat.stop)
        seat.type("sec")
        controller.holds.pop("connect").errback(LinkError(LinkTrouble.NOT_REACHABLE))
        seat.type("ret")
        self.assertIn("does not answer", seat.text)
        self.assertNotIn("ret", seat.line_with("Server"))
        self.assertIn("••••••", seat.text)

    def test_known_by_typing(self) -> None:
        """Typing the address of a server one has an account on offers that account."""
        controller = FakeController()
        controller.known = []
        seat = Seat(controller=controller)
        self.addCleanup(seat.stop)
        seat.type("call.example.org")
        controller.known = ["alice"]
        seat.press("tab", "enter")
        self.assertEqual(controller.asked[-1], ("login_with_device", "alice"))

    def test_question_mark(self) -> None:
        """? opens the help from an account's field, and is text in a password and in a link."""
        seat = Seat()
        self.addCleanup(seat.stop)
        seat.type("voip://h?pin=0")
        self.assertIn("[ voip://h?pin=0 ", seat.text)
        self.assertIn("F1 help", seat.hints)
        seat.press("tab", "?")
        self.assertIn("(1) keys", seat.text)
        seat.press("?")
        self.assertIn("voip://h?pin=0", seat.text)

    def test_buttons(self) -> None:
        """The arrow keys reach the buttons; Quit quits."""
        seat = Seat(LARGE)
        self.addCleanup(seat.stop)
        seat.press("tab", "tab", "tab", "down", "right")
        self.assertIn("Enter choose", seat.hints)
        seat.press(" ")
        self.assertTrue(seat.has_ended)


class KnownTests(SynchronousTestCase):
    """This computer has been here before."""

    def seat(self, *known: str) -> Seat:
        controller = FakeController()
        controller.known = list(known)
        seat = Seat(controller=controller, last=LastUse("call.example.org", "alice"))
        self.addCleanup(seat.stop)
        return seat

    def test_one_key(self) -> None:
        """An account whose key is here signs in with one key press."""
        seat = self.seat("alice")
        self.assertIn("< Sign in as alice >", seat.text)
        seat.press("enter")
        self.assertEqual(seat.controller.asked[-1], ("login_with_device", "alice"))
        self.assertIn("Bob Martin", seat.text)

    def test_several(self) -> None:
        """Each of the last accounts has a button of its own."""
        seat = self.seat("alice", "bob", "carol", "dave")
        seat.press("right", "enter")
        self.assertEqual(seat.controller.asked[-1], ("login_with_device", "bob"))
        self.assertNotIn("as dave", seat.text)

    def test_key_forgotten(self) -> None:
        """When the server does not know the key any more, the password is asked for."""
        seat = self.seat("alice")
        seat.controller.refusals["login_with_device"] = ClientError(ErrorCode.UNKNOWN_DEVICE)
        seat.press("enter")
        self.assertIn("type the password", seat.text)
        seat.type("secret")
        seat.press("enter")
        self.assertEqual(seat.controller.asked[-1], ("login", "alice", "secret"))

    def test_keys_that_cannot_be_read(self) -> None:
        """A broken file of accounts is told, and keeps the client from nothing else."""
        controller = FakeController()
        error = DataFileError(Path("/keys/accounts.json"))
        controller.refusals["known_accounts"] = error
        seat = Seat(controller=controller, last=LastUse("call.example.org", "alice"))
        self.addCleanup(seat.stop)
        self.assertIn("A file here cannot be used: /keys/accounts.json", seat.text)
        seat.type("secret")
        seat.press("enter")
        self.assertEqual(seat.controller.asked[-1], ("login", "alice", "secret"))

    def test_typed_name(self) -> None:
        """Enter on a known account with an empty password uses the key too."""
        seat = self.seat("alice")
        seat.press("shift tab", "shift tab", "enter")
        self.assertEqual(seat.controller.asked[-1], ("login_with_device", "alice"))

    def test_command_line(self) -> None:
        """An address and an account given at the start stand in their fields."""
        seat = Seat(address="other.example.org", account="zoe", last=LastUse("a", "b"))
        self.addCleanup(seat.stop)
        self.assertIn("[ other.example.org", seat.text)
        self.assertIn("[ zoe", seat.text)


class RefusedTests(SynchronousTestCase):
    """It does not work out."""

    def test_link_troubles(self) -> None:
        """Each trouble on the way is told with the server's name, and one can try again."""
        for trouble in set(LinkTrouble) - {LinkTrouble.CERTIFICATE_CHANGED}:
            controller = FakeController()
            controller.refusals["connect"] = LinkError(trouble)
            seat = Seat(controller=controller, address="call.example.org")
            self.assertIn("! ", seat.text, trouble)
            controller.refusals.clear()
            seat.press("shift tab", "tab")
            self.assertEqual(len(controller.asked), 2, trouble)
            seat.stop()

    def test_wrong_password(self) -> None:
        """A wrong password is told, and the field is empty for the next try."""
        seat = Seat(address="call.example.org", account="alice")
        self.addCleanup(seat.stop)
        seat.controller.refusals["login"] = ClientError(ErrorCode.WRONG_PASSWORD)
        seat.type("guess")
        seat.press("enter")
        self.assertIn("! Account or password is wrong", seat.text)
        seat.type("secret")
        seat.press("f2")
        self.assertIn("[ secret ", seat.text)

    def test_rate_limited(self) -> None:
        """Too many tries say how long to wait."""
        seat = Seat(address="call.example.org", account="alice")
        self.addCleanup(seat.stop)
        error = ClientError(ErrorCode.RATE_LIMITED, retry_after_ms=30_000)
        seat.controller.refusals["login"] = error
        seat.type("guess")
        seat.press("enter")
        self.assertIn("wait 30 seconds", seat.text)

    def test_closed(self) -> None:
        """A server without registration offers none."""
        controller = FakeController()
        controller.server = replace(SERVER, policy=RegistrationPolicy.CLOSED)
        seat = Seat(controller=controller, address="call.example.org")
        self.addCleanup(seat.stop)
        self.assertIn("It takes no new accounts: ask its operator for one.", seat.text)
        self.assertEqual(seat.status.strip(), "")
        self.assertNotIn("Create an account", seat.text)

    def test_every_policy_is_told(self) -> None:
        """In words, as soon as the server has answered and before anything is typed."""
        for policy, told in sentences.POLICIES.items():
            controller = FakeController()
            controller.server = replace(SERVER, policy=policy)
            seat = Seat(controller=controller, address="call.example.org")
            self.addCleanup(seat.stop)
            self.assertIn(told, seat.text)

    def test_closed_met_late(self) -> None:
        """So does one that is reached only by asking for an account."""
        controller = FakeController()
        seat = Seat(controller=controller)
        self.addCleanup(seat.stop)
        seat.type("call.example.org")
        controller.server = replace(SERVER, policy=RegistrationPolicy.CLOSED)
        seat.press("down", "down", "down", "enter")
        self.assertIn("takes no new accounts", seat.text)
        self.assertIn("Sign in", seat.text)
