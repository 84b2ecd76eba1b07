"""The keys in the settings."""

from twisted.trial.unittest import SynchronousTestCase

from tests.terminal.scenes import seated


class KeysTests(SynchronousTestCase):
    """Choosing other keys."""

    def setUp(self) -> None:
        self.seat = seated()
        self.addCleanup(self.seat.stop)
        self.seat.press("s", "5")

    def choose(self, verb: str, text: str) -> None:
        """Type another key for a verb."""
        for _ in range(60):
            if self.seat.line_with(f"▶ {verb} "):
                break
            self.seat.press("down")
        self.seat.press("enter", "ctrl u")
        self.seat.type(text)
        self.seat.press("enter")

    def test_another(self) -> None:
        """A key is typed, works at once, and is the old one again when nothing is typed."""
        self.choose("find", "y")
        self.assertIn("(was /)", self.seat.line_with("find "))
        self.seat.press("esc")
        self.assertIn(" y find ", self.seat.hints)
        self.seat.press("s", "5")
        self.choose("find", "")
        self.assertNotIn("(was", self.seat.text)
        self.assertEqual(self.seat.settings.current.keys, {})

    def test_taken(self) -> None:
        """A key that does something else there already is not taken from it."""
        self.choose("hold", "x")
        self.assertIn("x is taken: swap with the held call.", self.seat.text)
        self.assertEqual(self.seat.settings.current.keys, {})

    def test_wrong(self) -> None:
        """What is no key is told."""
        self.choose("hold", "Ctrl-Banana")
        self.assertIn("must be a sign", self.seat.text)

    def test_undone(self) -> None:
        """u takes back a changed key too."""
        self.choose("hold", "H")
        self.assertIn("(was h)", self.seat.text)
        self.seat.press("u")
        self.assertNotIn("(was", self.seat.text)
