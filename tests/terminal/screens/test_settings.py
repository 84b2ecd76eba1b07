"""The settings, as a person changes them."""

from twisted.trial.unittest import SynchronousTestCase

from tests.terminal.scenes import ringing, seated, talking
from tests.terminal.seat import LARGE, TYPICAL, Seat, TextHere
from voip_terminal.glyphs import ASCII, UNICODE
from voip_terminal.settings.service import Settings


class ScreenTests(SynchronousTestCase):
    """Parts, rows and keys."""

    def setUp(self) -> None:
        self.seat = seated()
        self.addCleanup(self.seat.stop)
        self.seat.press("s", "2")

    def test_parts(self) -> None:
        """The numbers turn to the parts, which one sees without any colour."""
        for number, name in enumerate(("Account", "Audio", "Network", "Look", "Keys"), 1):
            self.seat.press(str(number))
            self.assertIn(f"[{name}]", self.seat.text)

    def test_rows(self) -> None:
        """Arrows and Tab choose a row, on which the cursor stands; its explanation is below."""
        self.assertEqual(self.seat.cursor, (0, 4))
        self.assertIn("The microphone, by its name.", self.seat.text)
        self.seat.press("down")
        self.assertIn("The speaker or headphones", self.seat.text)
        self.seat.press("tab", "shift tab", "up", "up")
        self.assertTrue(self.seat.line_with("Hear yourself").startswith("▶"))
        self.seat.press("page up", "page down", "page up")
        self.assertTrue(self.seat.line_with("Microphone  ").startswith("▶"))

    def test_undo(self) -> None:
        """u takes the last change back; it is offered only when there is one."""
        self.assertNotIn("u undo", self.seat.hints)
        self.seat.press("right")
        self.assertIn("Saved. u takes it back.", self.seat.status)
        self.seat.press("u")
        self.assertIn("microphone is as it was before.", self.seat.status)
        self.assertNotIn("u undo", self.seat.hints)
        self.assertEqual(self.seat.settings.current.audio.microphone, "")

    def test_only_what_works(self) -> None:
        """The last line offers what the row in focus can do."""
        self.assertIn("<- -> change", self.seat.hints)
        self.seat.press("down", "down", "down")
        self.assertNotIn("<- ->", self.seat.hints)
        self.assertIn("Enter choose", self.seat.hints)

    def test_leaving(self) -> None:
        """Esc goes back to where one was."""
        self.seat.press("esc")
        self.assertIn("▶● Bob Martin", self.seat.text)

    def test_a_call_comes(self) -> None:
        """A call that is answered leaves the settings, and the microphone is measured no more."""
        ringing(self.seat)
        self.seat.press("a")
        self.assertNotIn("Settings", self.seat.text)
        self.assertEqual(self.seat.controller.asked[-1], ("set_meter", False))

    def test_any_size(self) -> None:
        """It keeps its shape, in both sets of signs."""
        for glyphs in (UNICODE, ASCII):
            seat = seated(TYPICAL, glyphs)
            seat.press("s", "2")
            for number in "12345":
                seat.press(number)
                for size in (LARGE, (80, 24), (79, 23), (20, 6), (80, 24)):
                    seat.resize(*size)
                if glyphs is ASCII:
                    self.assertTrue(seat.text.isascii(), seat.text)
            seat.stop()

    def test_in_a_call(self) -> None:
        """The keys of a call work here too, but for those that change a row."""
        talking(self.seat)
        self.seat.press("ctrl x")
        self.assertEqual(self.seat.controller.asked[-1][0], "hang_up")


class FileTests(SynchronousTestCase):
    """A file that cannot be written."""

    def test_not_kept(self) -> None:
        """A change that cannot be written is in use all the same, and that is told."""
        text = TextHere()
        seat = Seat(settings=Settings(text, {}))
        self.addCleanup(seat.stop)
        seat.controller.signed_in()
        seat.press("s", "2")
        text.is_full = True
        seat.press("right")
        told = " ".join(seat.text.split())
        self.assertIn("cannot be written", told)
        self.assertIn("use until you quit.", told)
        self.assertNotEqual(seat.settings.current.audio.microphone, "")
        seat.press("u")
        self.assertEqual(seat.settings.current.audio.microphone, "")
