"""A search that asks the server as one types, page by page, and keeps what one sees fresh."""

from twisted.internet.defer import Deferred
from twisted.trial.unittest import SynchronousTestCase

from tests.terminal.fake_controller import PEOPLE, person
from tests.terminal.scenes import seated
from tests.terminal.seat import Seat
from voip.client.model import ClientError
from voip.core.errors import ErrorCode
from voip.core.people_messages import UserPage
from voip_terminal.found_people import AGAIN_SECONDS


def page(first: int, last: int, cursor: str, total: int = 120) -> UserPage:
    people = tuple(person(f"user{at:03}") for at in range(first, last))
    return UserPage(people, cursor, total, 212)


class SearchTests(SynchronousTestCase):
    """What is typed and what is asked."""

    def test_finds(self) -> None:
        """A part of a name shows who matches, and how many of how many."""
        seat = seated()
        self.addCleanup(seat.stop)
        seat.press("d", "/")
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
        seat.press("d", "/")
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
        seat.press("d", "/")
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
        self.down(seat, 40)
        self.assertEqual(seat.controller.asked[1:], [("users", "", "c50")])
        self.down(seat, 50)
        self.down(seat, 50)
        self.assertEqual(len(seat.controller.asked), 3)
        self.assertIn("▶● user119", seat.text)
        self.assertIn("212 online", seat.text)

    def down(self, seat: Seat, rows: int) -> None:
        """Press the arrow key very fast."""
        seat.screen.feed(["down"] * rows)
        seat.wait(0.2)

    def test_kept_fresh(self) -> None:
        """The page one looks at is asked for again now and then, and nothing once one has left."""
        seat = seated()
        self.addCleanup(seat.stop)
        seat.controller.pages = [page(0, 50, "c50"), page(50, 100, "")]
        seat.press("d")
        self.down(seat, 45)
        gone = page(50, 99, "")
        seat.controller.pages = [page(0, 50, "c50"), gone]
        seat.wait(AGAIN_SECONDS)
        self.assertEqual(seat.controller.asked[2:], [("users", "", "")])
        self.down(seat, 10)
        seat.wait(AGAIN_SECONDS)
        self.assertEqual(seat.controller.asked[3:], [("users", "", "c50")])
        self.down(seat, 100)
        self.assertIn("▶● user098", seat.text)
        count = len(seat.controller.asked)
        seat.press("esc")
        seat.wait(3 * AGAIN_SECONDS)
        self.assertEqual(len(seat.controller.asked), count)

    def test_another_page_than_before(self) -> None:
        """When a page ends elsewhere than before, those after it are asked for anew."""
        seat = seated()
        self.addCleanup(seat.stop)
        seat.controller.pages = [page(0, 50, "c50"), page(50, 100, "")]
        seat.press("d")
        self.down(seat, 40)
        seat.controller.pages = [page(0, 49, "c49"), page(49, 60, "")]
        seat.wait(AGAIN_SECONDS + 0.2)
        self.assertEqual(seat.controller.asked[-1], ("users", "", "c49"))
        self.down(seat, 100)
        self.assertIn("▶● user059", seat.text)

    def test_refused(self) -> None:
        """A refusal is told, and one can type on."""
        seat = seated()
        self.addCleanup(seat.stop)
        seat.controller.refusals["users"] = ClientError(ErrorCode.RATE_LIMITED, "", 2000)
        seat.press("d", "/")
        self.assertIn("wait 2 seconds", seat.text)
        seat.controller.refusals.clear()
        seat.type("bob")
        seat.wait(0.3)
        self.assertIn("▶● Bob Martin", seat.text)
