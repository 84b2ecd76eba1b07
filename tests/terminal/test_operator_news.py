"""What the operator says, on the screen: a bar that disturbs nobody, and a box to read in."""

from twisted.trial.unittest import SynchronousTestCase

from tests.terminal.scenes import seated
from voip.client.model import Announcement, Change, Link
from voip.core.names import MAX_ANNOUNCEMENT
from voip_terminal import sentences
from voip_terminal.glyphs import ASCII

LONG = " ".join(["word"] * (MAX_ANNOUNCEMENT // 5))


class NewsTests(SynchronousTestCase):
    """Somebody who is signed in."""

    def setUp(self) -> None:
        self.seat = seated()
        self.addCleanup(self.seat.stop)

    def announce(self, *texts: str) -> None:
        told = tuple(Announcement(number, text) for number, text in enumerate(texts, 1))
        self.tell(announcements=told)

    def tell(self, **fields: object) -> None:
        self.seat.controller.change(Change.OPERATOR, **fields)
        self.seat.wait(0.1)

    def test_it_stays_until_it_was_read(self) -> None:
        """It takes neither the keys nor the line that tells; a box shows it, and then it goes."""
        before = self.seat.status
        self.announce("The server restarts at ten.")
        self.assertIn("Operator: The server restarts at ten.", self.seat.lines[1])
        self.assertIn("o reads", self.seat.lines[1])
        self.assertEqual(self.seat.status, before)
        self.seat.wait(600)
        self.assertIn("Operator: The server restarts at ten.", self.seat.lines[1])
        self.seat.press("o")
        self.assertIn("From the server's operator", self.seat.text)
        self.seat.press("esc")
        self.assertNotIn("restarts", self.seat.text)
        self.seat.press("o")
        self.assertIn("The server restarts at ten.", self.seat.text)

    def test_what_is_typed_goes_on(self) -> None:
        """A field that has the focus keeps it, and takes the key as a letter."""
        self.seat.press("/")
        self.seat.type("b")
        self.announce("One.")
        self.seat.type("ob")
        self.assertIn("Operator: One.", self.seat.text)
        self.assertIn("bob", self.seat.text)
        self.assertNotIn("From the server's operator", self.seat.text)

    def test_a_long_one(self) -> None:
        """Two lines of it stand in the bar, all of it in the box."""
        self.announce(LONG)
        self.assertIn("…", self.seat.lines[2])
        self.seat.press("o")
        self.assertEqual(self.seat.text.count("word"), LONG.count("word"))

    def test_several(self) -> None:
        """The bar has the newest, the box those that fit, the newest first."""
        self.announce(LONG, "Two.", LONG, "Four.")
        self.assertIn("Operator: Four.", self.seat.lines[1])
        self.seat.press("o")
        box = self.seat.text[self.seat.text.index("From the") :]
        self.assertIn("Four.", box)
        self.assertIn("word", box)
        self.assertIn("Close", box)
        self.seat.press("enter")
        self.announce(LONG, "Two.", LONG, "Four.", "Five.")
        self.assertIn("Operator: Five.", self.seat.lines[1])

    def test_nothing_to_read(self) -> None:
        """The key does nothing while the operator has said nothing."""
        before = self.seat.text
        self.seat.press("o")
        self.assertEqual(self.seat.text, before)

    def test_by_name(self) -> None:
        """The palette has it too."""
        self.announce("One.")
        self.seat.press(":")
        self.seat.type("operator")
        self.seat.press("enter")
        self.assertIn("From the server's operator", self.seat.text)

    def test_maintenance(self) -> None:
        """It stands there as long as it is so, and its end is told."""
        self.tell(is_maintenance=True)
        self.assertIn(sentences.MAINTENANCE, self.seat.lines[1])
        self.announce("Back at noon.")
        self.assertIn(sentences.MAINTENANCE, self.seat.lines[1])
        self.assertIn("Operator: Back at noon.", self.seat.lines[2])
        self.tell(is_maintenance=False)
        self.assertNotIn(sentences.MAINTENANCE, self.seat.text)
        self.assertIn(sentences.MAINTENANCE_OVER, self.seat.status)

    def test_maintenance_that_ends_with_the_session(self) -> None:
        """Nobody is told to call again who is not signed in."""
        self.tell(is_maintenance=True)
        self.seat.controller.connection(Link.OFFLINE)
        self.tell(is_maintenance=False)
        self.assertNotIn(sentences.MAINTENANCE_OVER, self.seat.text)


class LargeTests(SynchronousTestCase):
    """A wide screen."""

    def test_plain_signs(self) -> None:
        """The bar has no sign that a plain terminal lacks."""
        seat = seated((120, 40), ASCII)
        self.addCleanup(seat.stop)
        seat.controller.change(Change.OPERATOR, announcements=(Announcement(1, LONG),))
        seat.wait(0.1)
        self.assertIn("Operator: word", seat.lines[1])
        self.assertIn("~", seat.lines[2])
        self.assertTrue((seat.lines[1] + seat.lines[2]).isascii())
