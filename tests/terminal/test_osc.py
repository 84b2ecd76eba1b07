"""The bytes that ask a terminal for a desktop notification."""

from twisted.trial.unittest import SynchronousTestCase

from voip_terminal.osc import TEXT_MAXIMUM, notification

XTERM = {"TERM": "xterm-256color"}
FOOT = {"TERM": "foot"}


class NotificationTests(SynchronousTestCase):
    """One terminal after the other."""

    def test_plain(self) -> None:
        """Most terminals know OSC 9, some OSC 777 with a title."""
        self.assertEqual(notification("Bob calls", XTERM), "\x1b]9;voip: Bob calls\x07")
        told = "\x1b]777;notify;voip;Bob calls\x07"
        self.assertEqual(notification("Bob calls", FOOT), told)
        self.assertEqual(notification("Bob calls", XTERM | {"VTE_VERSION": "7200"}), told)

    def test_wrapped(self) -> None:
        """tmux and screen pass on what is wrapped for them."""
        tmux = {"TERM": "tmux-256color", "TMUX": "/tmp/tmux,1,0"}
        told = "\x1bPtmux;\x1b\x1b]9;voip: Bob calls\x07\x1b\\"
        self.assertEqual(notification("Bob calls", tmux), told)
        told = "\x1bP\x1b]9;voip: Bob calls\x07\x1b\\"
        self.assertEqual(notification("Bob calls", {"TERM": "screen", "STY": "1.x"}), told)

    def test_nothing_steers(self) -> None:
        """No name ends the sequence, begins another one or gets past its length."""
        for environ in (XTERM, FOOT):
            told = notification("Bob\x07\x1b]0;me\x1b\\;4;1\x9c" + "x" * 500, environ)
            self.assertEqual(told.count("\x1b"), 1)
            self.assertEqual(told.count("\x07"), 1)
            self.assertNotIn("\x9c", told)
            self.assertLess(len(told), TEXT_MAXIMUM + 30)

    def test_nothing_to_say_it_with(self) -> None:
        """A terminal that could print the sequence as text gets none."""
        for term in ("dumb", "linux", "vt100"):
            self.assertEqual(notification("Bob calls", {"TERM": term}), "")
        self.assertEqual(notification("Bob calls", {}), "")
