"""Finding people: scopes, marks, and what one does with who is found."""

from dataclasses import replace

from twisted.internet.defer import Deferred
from twisted.trial.unittest import SynchronousTestCase

from tests.terminal.fake_controller import PEOPLE, call_with, person
from tests.terminal.fake_people import contact
from tests.terminal.scenes import seated, talking
from tests.terminal.seat import LARGE
from voip.client.model import ClientError
from voip.core.calls import EndReason, LegState
from voip.core.errors import ErrorCode
from voip.core.people_messages import UserPage, UserScope


class ScopeTests(SynchronousTestCase):
    """Among whom one looks."""

    def setUp(self) -> None:
        self.seat = seated()
        self.addCleanup(self.seat.stop)

    def test_contacts(self) -> None:
        """/ looks among one's contacts, as one types, by their name, account or one's own name."""
        views = [contact(each) for each in PEOPLE]
        self.seat.controller.contacts(*views[:-1], replace(views[-1], alias="The boss"))
        self.seat.press("/")
        self.assertIn("(•) contacts  ( ) everyone  ( ) online", self.seat.text)
        self.seat.type("mar")
        self.assertIn("2 of 7 contacts.", self.seat.text)
        self.assertNotIn("Carol", self.seat.text)
        self.seat.press("esc")
        self.seat.type("boss")
        self.assertIn("▶⊘ The boss", self.seat.text)
        self.assertEqual(self.seat.controller.asked, [])

    def test_no_contact(self) -> None:
        """Where no contact matches, the foot says where to look; Tab does."""
        self.seat.controller.contacts()
        self.seat.controller.contacts(contact(PEOPLE[0]))
        self.seat.press("/")
        self.seat.type("carol")
        self.assertIn('No contact matches "carol"; Tab looks among everyone.', self.seat.text)
        self.seat.press("tab")
        asked = ("users", "carol", "", UserScope.EVERYONE)
        self.assertEqual(self.seat.controller.asked, [asked])
        self.assertIn("▶● Carol Nguyen", self.seat.text)
        self.assertIn('1 of everyone: the names that begin with "carol".', self.seat.text)
        self.seat.press("tab")
        self.assertEqual(self.seat.controller.asked[-1], ("users", "carol", ""))
        self.assertIn('1 of 7 online match "carol"', self.seat.text)
        self.seat.press("tab")
        self.assertIn("(•) contacts", self.seat.text)

    def test_an_empty_phone_book(self) -> None:
        """Who looks there is told that it is empty, and where there is somebody to add."""
        self.seat.controller.contacts()
        self.seat.press("/", "tab")
        self.assertIn("Your phone book is empty; Tab looks among everyone", self.seat.text)
        self.assertNotIn("0 of 0", self.seat.text)

    def test_who_has_no_contacts(self) -> None:
        """Without contacts / looks among those who are online."""
        self.seat.controller.contacts()
        self.seat.press("/")
        self.assertIn("(•) online", self.seat.text)
        self.assertIn("7 online.", self.seat.text)

    def test_marks(self) -> None:
        """Who is a contact, a favourite or blocked has a mark."""
        self.seat.controller.contacts(
            contact(PEOPLE[0], is_favourite=True),
            contact(PEOPLE[1]),
            contact(PEOPLE[2], is_blocked=True),
        )
        self.seat.press("d")
        self.assertRegex(self.seat.text, r"bob +available +★")
        self.assertRegex(self.seat.text, r"carol +available +✓")
        self.assertRegex(self.seat.text, r"✗ Dave Okafor +dave +blocked +✗")
        self.assertRegex(self.seat.text, r"erin +away *\n")


class VerbTests(SynchronousTestCase):
    """What one does with who is found."""

    def setUp(self) -> None:
        self.seat = seated()
        self.addCleanup(self.seat.stop)
        self.seat.controller.contacts(contact(PEOPLE[0]))
        self.seat.press("d")

    def test_add(self) -> None:
        """a makes a contact of somebody; then e edits the entry instead."""
        self.assertNotIn("add contact", self.seat.hints)
        self.seat.press("down")
        self.assertIn("a add contact", self.seat.hints)
        self.seat.press("a")
        self.assertEqual(self.seat.controller.asked[-1][:2], ("put_contact", "carol"))
        self.assertIn("Carol Nguyen is one of your contacts now", self.seat.status)
        self.assertRegex(self.seat.line_with("▶● Carol"), "✓")
        self.seat.press("e")
        self.assertIn("< Save >", self.seat.text)

    def test_block(self) -> None:
        """x blocks a stranger after asking, and lets them in again without."""
        self.seat.press("down", "x")
        self.assertIn("Block Carol Nguyen?", self.seat.text)
        self.seat.press("enter")
        self.assertEqual(self.seat.controller.asked[-1], ("set_block", "carol", True))
        self.assertRegex(self.seat.text, "✗ Carol Nguyen .* blocked")
        self.assertNotIn("Enter call", self.seat.hints)
        self.seat.press("x")
        self.assertEqual(self.seat.controller.asked[-1], ("set_block", "carol", False))

    def test_full(self) -> None:
        """A phone book that is full is told."""
        self.seat.controller.refusals["put_contact"] = ClientError(ErrorCode.BOOK_FULL)
        self.seat.press("down", "a")
        self.assertIn("! Your contacts are full", self.seat.text)


class TableTests(SynchronousTestCase):
    """The table and its keys."""

    def test_call(self) -> None:
        """Enter calls the person and goes back to the main screen, where the call is."""
        seat = seated()
        self.addCleanup(seat.stop)
        seat.press("/")
        seat.type("carol")
        seat.wait(0.3)
        seat.press("enter")
        self.assertEqual(seat.controller.asked[-1], ("call", "carol"))
        self.assertIn("Contacts", seat.text)
        self.assertNotIn("Find", seat.lines[1])

    def test_enter_before_the_answer(self) -> None:
        """It waits: who stands there from before is not called; typing on takes it back."""
        seat = seated()
        self.addCleanup(seat.stop)
        seat.press("d")
        seat.press("/", "z", "o", "enter", "e")
        self.assertEqual(seat.controller.asked[-1][0], "users")
        seat.press("backspace", "enter")
        self.assertEqual(seat.controller.asked[-1], ("call", "zoe"))

    def test_call_again(self) -> None:
        """After that call the main list points at who was called, so Enter calls them again."""
        seat = seated()
        self.addCleanup(seat.stop)
        seat.press("/")
        seat.type("carol")
        seat.wait(0.3)
        seat.press("enter")
        call = call_with(PEOPLE[1], LegState.DIALING, seat.now)
        seat.controller.calls(call)
        seat.controller.ended(call, EndReason.NO_ANSWER)
        seat.wait(0.1)
        self.assertTrue(seat.line_with("● Carol Nguyen").startswith("▶"))
        seat.press("enter")
        self.assertEqual(seat.controller.asked[-1], ("call", "carol"))

    def test_second_call(self) -> None:
        """While one talks, Enter asks first; while one's own call rings, it calls nobody."""
        seat = seated()
        self.addCleanup(seat.stop)
        talking(seat)
        seat.press("d", "down", "enter")
        self.assertIn("Call Carol Nguyen?", seat.text)
        seat.press("enter")
        self.assertEqual(seat.controller.asked[-1], ("call", "carol"))
        seat.controller.calls(call_with(PEOPLE[1], LegState.DIALING, seat.now))
        seat.press("d")
        self.assertNotIn("Enter call", seat.hints)

    def test_moving(self) -> None:
        """/ and the arrow keys go between field and list; Esc empties the field, then goes back."""
        seat = seated()
        self.addCleanup(seat.stop)
        seat.press("d", "down", "/")
        seat.type("zo")
        seat.wait(0.3)
        self.assertIn("▶⊘ Zoé Martin", seat.text)
        seat.press("down", "/")
        seat.type("é")
        self.assertIn("[ zoé", seat.text)
        seat.press("esc")
        seat.wait(0.3)
        self.assertIn("Carol", seat.text)
        seat.press("esc")
        self.assertNotIn("Find", seat.lines[1])

    def test_leaving_early(self) -> None:
        """An answer that comes after one has left changes nothing."""
        seat = seated()
        self.addCleanup(seat.stop)
        seat.controller.holds["users"] = Deferred()
        seat.press("d", "esc")
        seat.controller.holds.pop("users").callback(UserPage((), "", 0, 0))
        seat.wait(0.5)
        self.assertIn("Carol", seat.text)
        self.assertEqual(len(seat.controller.asked), 1)

    def test_presence_is_fresh(self) -> None:
        """Somebody's new presence shows in the table too."""
        seat = seated(LARGE)
        self.addCleanup(seat.stop)
        seat.press("d")
        carol = person("carol", "Carol Nguyen", text="lunch")
        seat.controller.contacts(*map(contact, (PEOPLE[0], carol)))
        seat.wait(0.1)
        self.assertIn("lunch", seat.line_with("Carol Nguyen"))
