"""The help."""

from twisted.trial.unittest import SynchronousTestCase

from tests.terminal.scenes import seated
from tests.terminal.seat import LARGE
from voip_terminal.keys import KEYS


class HelpTests(SynchronousTestCase):
    """Chapters and scrolling."""

    def test_every_key(self) -> None:
        """Every key of the table can be read in whole, at both sizes."""
        for size in ((80, 24), LARGE):
            seat = seated(size)
            seat.press("?")
            seen = seat.text
            for _ in range(3):
                seat.press("page down")
                seen += seat.text
            for key in KEYS:
                self.assertIn(key.label, seen)
                self.assertIn(key.about, seen)
            seat.stop()

    def test_chapters(self) -> None:
        """1 to 6 turn to the chapters, which begin at their top."""
        seat = seated()
        self.addCleanup(seat.stop)
        seat.press("?", "page down")
        for key, told in (
            ("2", "Call echo"),
            ("3", "The 30 digits"),
            ("4", "mixer"),
            ("5", "cannot listen"),
            ("6", "9f2c41d07ab3e655"),
            ("1", "Everywhere"),
        ):
            seat.press(key)
            self.assertIn(told, seat.text)

    def test_ones_own_keys(self) -> None:
        """Where the text names a key, it is the one that works."""
        seat = seated()
        self.addCleanup(seat.stop)
        seat.settings.set("keys", "mute", "F5")
        seat.press("?", "2")
        self.assertIn("F5 turns your microphone off and on, and Ctrl-X hangs up", seat.text)
        self.assertNotIn("{", seat.text)
        for chapter in "3456":
            seat.press(chapter)
            self.assertNotIn("{", seat.text)

    def test_scrolls(self) -> None:
        """What is below can be reached, and that there is more is told."""
        seat = seated()
        self.addCleanup(seat.stop)
        seat.press("?")
        self.assertIn("more below", seat.text)
        seat.press(*["down"] * 60)
        self.assertNotIn("more below", seat.text)
        self.assertIn("key has changed", seat.text)
        seat.press(*["page up"] * 9)
        self.assertIn("Everywhere", seat.text)

    def test_closes(self) -> None:
        """Esc, q and ? close it."""
        seat = seated()
        self.addCleanup(seat.stop)
        for key in ("esc", "q", "?", "f1"):
            seat.press("?")
            self.assertIn("(1) keys", seat.text)
            seat.press(key)
            self.assertNotIn("(1) keys", seat.text)
