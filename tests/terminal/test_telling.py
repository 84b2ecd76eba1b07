"""The line above the last one: how long a sentence stands, and what a verb came to."""

from twisted.trial.unittest import SynchronousTestCase

from tests.terminal.scenes import seated
from voip.client.model import ClientError
from voip.core.errors import ErrorCode
from voip_terminal.telling import COMPLAINT_SECONDS


class ComplaintTests(SynchronousTestCase):
    """What went wrong is told as long as it matters."""

    def setUp(self) -> None:
        self.seat = seated()
        self.addCleanup(self.seat.stop)

    def test_mended(self) -> None:
        """It goes when the field is edited, after a moment in which it can be read."""
        self.seat.press("n", "ctrl u", "enter")
        self.seat.press("A", "left")
        self.assertIn("! Type a name", self.seat.text)
        self.seat.wait(COMPLAINT_SECONDS)
        self.seat.press("left")
        self.assertIn("! Type a name", self.seat.text)
        self.seat.press("l")
        self.assertNotIn("! Type a name", self.seat.text)

    def test_left_behind(self) -> None:
        """It goes with the box, and when another screen is shown."""
        self.seat.press("w", "enter")
        self.assertIn("! Type the password", self.seat.text)
        self.seat.press("esc")
        self.assertNotIn("! Type the password", self.seat.text)
        self.seat.controller.refusals["call"] = ClientError(ErrorCode.CALL_EXISTS)
        for key in "/?":
            self.seat.press("enter")
            self.assertIn("! There is a call already", self.seat.text)
            self.seat.press(key)
            self.assertNotIn("! There is a call already", self.seat.text)
            self.seat.press("esc")

    def test_good_news_stay(self) -> None:
        """What is no complaint stands until something else is told."""
        self.seat.press("enter", "/")
        self.seat.wait(COMPLAINT_SECONDS)
        self.seat.type("b")
        self.assertIn("Calling Bob Martin", self.seat.status)


class BugTests(SynchronousTestCase):
    """Our own mistakes."""

    def test_a_verb_that_fails_oddly(self) -> None:
        """A verb that fails with no refusal of ours is told plainly and logged."""
        seat = seated()
        self.addCleanup(seat.stop)
        seat.controller.refusals["call"] = ZeroDivisionError()
        seat.press("enter")
        self.assertIn("Something went wrong", seat.text)
        self.assertEqual(len(self.flushLoggedErrors(ZeroDivisionError)), 1)
