"""Finding people: a search that asks the server as one types."""

from twisted.internet.defer import Deferred
from twisted.trial.unittest import SynchronousTestCase

from tests.terminal.fake_controller import PEOPLE, call_with, person
from tests.terminal.scenes import seated, talking
from tests.terminal.seat import LARGE
from voip.client.model import Change, ClientError
from voip.core.calls import EndReason, LegState
from voip.core.errors import ErrorCode
from voip.core.people_messages import UserPage


def page(first: int, last: int, cursor: str, total: int = 120) -> UserPage:
    people = tuple(person(f"user{at:03}") for at in range(first, last))
    return UserPage(people, cursor, total, 212)


class SearchTests(SynchronousTestCase):
    """What is typed and what is asked."""

    def test_finds(self) -> None:
        """A part of a name shows who matches, and how many of how many."""
        seat = seated()
        self.addCleanup(seat.stop)
        seat.press("/")
        seat.type("mar")
        seat.wait(0.3)
        self.assertIn("▶● Bob Martin", seat.text)
        self.assertIn("⊘ Zoé Martin", seat.text)
        self.assertNotIn("Carol", seat.text)
        self.assertIn('2 of 7 online match "mar"', seat.text)

    def test_waits_for_the_typing(self) -> None:
        """The server is asked when the typing rests, not for each letter."""
        seat = seated()
        self.addCleanup(seat.stop)
        seat.press("/")
        seat.controller.asked.clear()
        for letter in "martin":
            seat.screen.feed([letter])
            seat.clock.advance(0.05)
        seat.wait(0.5)
        self.assertEqual(seat.controller.asked, [("users", "martin", "")])

    def test_one_question_at_a_time(self) -> None:
        """While an answer is awaited nothing more is asked; then for what stands there now."""
        seat = seated()
        self.addCleanup(seat.stop)
        seat.controller.holds["users"] = Deferred()
        seat.press("/")
        seat.type("bo")
        seat.wait(0.5)
        seat.type("b")
        seat.wait(0.5)
        self.assertEqual(seat.controller.asked, [("users", "", "")])
        self.assertIn("asking the server", seat.text)
        seat.controller.holds.pop("users").callback(UserPage(PEOPLE, "", 7, 7))
        seat.wait(0.2)
        self.assertEqual(seat.controller.asked[-1], ("users", "bob", ""))
        self.assertEqual(len(seat.controller.asked), 2)

    def test_pages(self) -> None:
        """The next page is asked for when the focus comes near the end, and joins the list."""
        seat = seated()
        self.addCleanup(seat.stop)
        seat.controller.pages = [page(0, 50, "c50"), page(50, 100, "c100"), page(100, 120, "")]
        seat.press("d")
        self.assertEqual(seat.controller.asked, [("users", "", "")])
        for _ in range(40):
            seat.press("down")
        self.assertEqual(seat.controller.asked[1:], [("users", "", "c50")])
        for _ in range(90):
            seat.press("down")
        self.assertEqual(len(seat.controller.asked), 3)
        self.assertIn("▶● user119", seat.text)
        self.assertIn("212 online", seat.text)

    def test_refused(self) -> None:
        """A refusal is told, and one can type on."""
        seat = seated()
        self.addCleanup(seat.stop)
        seat.controller.refusals["users"] = ClientError(ErrorCode.RATE_LIMITED, "", 2000)
        seat.press("/")
        self.assertIn("wait 2 seconds", seat.text)
        seat.controller.refusals.clear()
        seat.type("bob")
        seat.wait(0.3)
        self.assertIn("▶● Bob Martin", seat.text)


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
        self.assertIn("People", seat.text)
        self.assertNotIn("Find", seat.lines[1])

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
        """Tab and / go between the field and the list; Esc empties the field, then goes back."""
        seat = seated()
        self.addCleanup(seat.stop)
        seat.press("d", "down", "tab")
        seat.type("zo")
        seat.wait(0.3)
        self.assertIn("▶⊘ Zoé Martin", seat.text)
        seat.press("tab", "/")
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
        seat.controller.change(Change.PEOPLE, people=(PEOPLE[0], carol))
        seat.wait(0.1)
        self.assertIn("lunch", seat.line_with("Carol Nguyen"))
