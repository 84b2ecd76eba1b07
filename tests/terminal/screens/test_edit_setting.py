"""Typing what a setting is to be."""

from twisted.trial.unittest import SynchronousTestCase

from tests.terminal.scenes import seated


class EditTests(SynchronousTestCase):
    """The box."""

    def setUp(self) -> None:
        self.seat = seated()
        self.addCleanup(self.seat.stop)
        self.seat.press("s", "3", "enter")

    def test_saves(self) -> None:
        """What is typed is used, once it can be."""
        self.assertIn("The server to sign in to", self.seat.text)
        self.seat.type("call.example.org:5062")
        self.seat.press("enter")
        self.assertEqual(self.seat.settings.current.network.server, "call.example.org:5062")
        self.assertIn("call.example.org:5062", self.seat.line_with("Server"))

    def test_wrong(self) -> None:
        """What cannot be used is told, and the box stays."""
        self.seat.type("no server")
        self.seat.press("enter")
        self.assertIn("must be the address of a server", self.seat.text)
        self.assertIn("no server", self.seat.text)
        self.seat.press("esc")
        self.assertEqual(self.seat.settings.current.network.server, "")

    def test_numbers(self) -> None:
        """A number is typed, or made smaller and greater; nothing beyond its bounds."""
        self.seat.press("esc", *["down"] * 4)
        self.seat.press("left")
        self.assertIn("must be a whole number", self.seat.text)
        self.seat.press("right", "right")
        self.assertEqual(self.seat.settings.current.network.keepalive_seconds, 2)
        self.seat.press("enter", "backspace")
        self.seat.type("12")
        self.seat.press("enter")
        self.assertEqual(self.seat.settings.current.network.keepalive_seconds, 12)
        self.seat.press("enter", "ctrl u")
        self.seat.type("many")
        self.seat.press("enter")
        self.assertIn("must be a whole number", self.seat.text)
