"""The box for an entry of the phone book."""

from twisted.trial.unittest import SynchronousTestCase

from tests.terminal.fake_controller import PEOPLE
from tests.terminal.fake_people import contact
from tests.terminal.scenes import seated
from voip.client.model import ClientError
from voip.core.contacts import MAX_ALIAS, MAX_NOTES
from voip.core.errors import ErrorCode


class NewTests(SynchronousTestCase):
    """By the account's name."""

    def setUp(self) -> None:
        self.seat = seated()
        self.addCleanup(self.seat.stop)
        self.seat.press("a")

    def test_add(self) -> None:
        """Account, own name, notes and favourite are kept as typed."""
        self.seat.type("Mallory")
        self.seat.press("tab")
        self.seat.type("Mal?")
        self.seat.press("tab")
        self.seat.type("from Lyon")
        self.seat.press("tab", " ", "enter")
        kept = ("put_contact", "mallory", "Mal?", True, "from Lyon", False)
        self.assertEqual(self.seat.controller.asked, [kept])
        self.assertIn("Mal? is one of your contacts now.", self.seat.status)
        self.assertRegex(self.seat.text, r"★ Favourites *│[^\n]*\n[ ▶]○ Mal\?")

    def test_what_cannot_be_added(self) -> None:
        """No name, one's own, and one that is there already are each told; nothing is asked."""
        for typed, told in (
            ("x", "Type the name of an account"),
            ("alice", "That is you"),
            ("bob", "bob is one of your contacts already"),
        ):
            self.seat.press("ctrl u")
            self.seat.type(typed)
            self.seat.press("enter")
            self.assertIn(told, self.seat.text)
        self.assertEqual(self.seat.controller.asked, [])

    def test_too_long(self) -> None:
        """A name longer than there is room for is told, and can be shortened."""
        self.seat.type("mallory")
        self.seat.press("tab")
        self.seat.type("x" * (MAX_ALIAS + 1))
        self.seat.press("enter")
        self.assertIn(f"use at most {MAX_ALIAS} characters", self.seat.text)
        self.seat.press("backspace", "enter")
        self.assertEqual(len(self.seat.controller.asked), 1)

    def test_refused(self) -> None:
        """A refusal is told; the box stays with what was typed."""
        self.seat.controller.refusals["put_contact"] = ClientError(ErrorCode.BOOK_FULL)
        self.seat.type("mallory")
        self.seat.press("enter")
        self.assertIn("! Your contacts are full", self.seat.text)
        self.assertIn("[ mallory", self.seat.text)


class KnownTests(SynchronousTestCase):
    """One that is there."""

    def setUp(self) -> None:
        self.seat = seated()
        self.addCleanup(self.seat.stop)
        self.seat.controller.contacts(contact(PEOPLE[0], "Bobby", notes="Lyon"))
        self.seat.press("e")

    def test_edit(self) -> None:
        """What is there can be changed; Esc changes nothing."""
        self.assertIn("[ Bobby ", self.seat.text)
        self.assertIn("bob   Bob Martin", self.seat.text)
        self.seat.type("x")
        self.seat.press("esc")
        self.assertEqual(self.seat.controller.asked, [])
        self.seat.press("e", "ctrl u", "enter")
        kept = ("put_contact", "bob", "", False, "Lyon", False)
        self.assertEqual(self.seat.controller.asked, [kept])
        self.assertIn("● Bob Martin", self.seat.text)

    def test_long_notes(self) -> None:
        """Notes written elsewhere, as long as they may be, are not cut by changing something."""
        notes = "n" * (MAX_NOTES - 1) + "!"
        self.seat.press("esc")
        self.seat.controller.contacts(contact(PEOPLE[0], "Bobby", notes=notes))
        self.seat.press("e", "ctrl u", "enter")
        self.assertEqual(self.seat.controller.asked[-1][4], notes)

    def test_blocked_elsewhere_meanwhile(self) -> None:
        """Saving lets nobody in again who was blocked while the box was open."""
        self.seat.controller.contacts(contact(PEOPLE[0], "Bobby", notes="Lyon", is_blocked=True))
        self.seat.press("enter")
        kept = ("put_contact", "bob", "Bobby", False, "Lyon", True)
        self.assertEqual(self.seat.controller.asked, [kept])

    def test_remove(self) -> None:
        """Removing asks first."""
        self.seat.press("shift tab", "enter")
        self.assertIn("Remove Bobby?", self.seat.text)
        self.seat.press("enter")
        self.assertEqual(self.seat.controller.asked, [("remove_contact", "bob")])
        self.assertIn("You have no contacts yet.", self.seat.text)

    def test_block(self) -> None:
        """So does blocking; of somebody blocked it is told that removing lets them in."""
        self.seat.press("shift tab", "shift tab", "enter", "enter")
        self.assertEqual(self.seat.controller.asked, [("set_block", "bob", True)])
        self.seat.press("e")
        self.assertIn("< Unblock >", self.seat.text)
        self.seat.press("shift tab", "enter")
        self.assertIn("forgotten, and they", self.seat.text)
