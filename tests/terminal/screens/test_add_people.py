"""Adding people to a call."""

from twisted.internet.defer import Deferred
from twisted.trial.unittest import SynchronousTestCase

from tests.terminal.fake_controller import CALL_ID
from tests.terminal.scenes import conference, seated, talking
from tests.terminal.seat import LARGE
from voip.client.model import ClientError
from voip.core.errors import ErrorCode
from voip.core.people_messages import UserPage


class AddTests(SynchronousTestCase):
    """The box."""

    def setUp(self) -> None:
        self.seat = seated()
        self.addCleanup(self.seat.stop)
        talking(self.seat)
        self.seat.press("+")

    def test_everybody_else(self) -> None:
        """Who is in the call already is not offered."""
        box = [line[14:66] for line in self.seat.lines]
        self.assertTrue(any("Carol Nguyen" in line for line in box))
        self.assertFalse(any("Bob Martin" in line for line in box[3:-3]))

    def test_find_and_add(self) -> None:
        """Letters find a person, Enter invites them, and the call is a conference."""
        self.seat.type("zo")
        self.seat.wait(0.5)
        self.assertIn("Enter add Zoé Martin", self.seat.hints)
        self.seat.press("enter")
        self.assertEqual(self.seat.controller.asked[-1], ("add", CALL_ID, "zoe"))
        self.assertIn("Zoé Martin is invited to the call.", self.seat.status)
        self.assertIn("in a conference", self.seat.top)

    def test_enter_before_the_answer(self) -> None:
        """It waits: who stands there from before is not added; typing on takes it back."""
        self.seat.press("z", "o", "enter")
        self.assertEqual(self.seat.controller.asked[-1], ("add", CALL_ID, "zoe"))
        self.seat.press("+")
        self.seat.press("c", "a", "enter", "r")
        self.assertEqual(self.seat.controller.asked[-1][0], "users")

    def test_to_listen(self) -> None:
        """Space on the choice invites them to listen only."""
        self.seat.press("tab", " ")
        self.assertIn("(•) only to listen", self.seat.text)
        self.seat.press("tab", "down", "enter")
        self.assertIn("is invited to listen.", self.seat.status)
        self.assertTrue(self.seat.controller.model.calls[0].peers[-1].is_listener)

    def test_nobody(self) -> None:
        """A name that nobody has is told, and Enter does nothing."""
        self.seat.type("qqq")
        self.seat.wait(0.5)
        self.assertIn("Nobody else of that name is online.", self.seat.text)
        self.seat.press("enter")
        self.assertNotIn("add", [verb for verb, *_ in self.seat.controller.asked])

    def test_closed(self) -> None:
        """Esc closes it, also while one types and while the server is asked."""
        self.seat.controller.holds["users"] = Deferred()
        self.seat.type("z")
        self.seat.wait(0.5)
        self.seat.type("o")
        self.seat.press("esc")
        self.seat.controller.holds["users"].callback(UserPage((), "", 0, 0))
        self.seat.wait(0.5)
        self.assertNotIn("Add to the call", self.seat.text)

    def test_refused(self) -> None:
        """A refusal is told."""
        self.seat.controller.refusals["add"] = ClientError(ErrorCode.CALL_FULL)
        self.seat.press("enter")
        self.assertIn("That call is full", self.seat.status)

    def test_who_joins_meanwhile(self) -> None:
        """Somebody whom another one adds meanwhile is offered no more."""
        conference(self.seat)
        self.seat.wait(0.1)
        self.assertIn("Nobody else is online.", self.seat.text)

    def test_any_size(self) -> None:
        """It keeps its shape."""
        for size in (LARGE, (80, 24), (40, 10), (80, 24)):
            self.seat.resize(*size)
        self.assertIn("Add to the call", self.seat.text)
