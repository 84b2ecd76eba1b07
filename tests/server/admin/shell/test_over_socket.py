"""A shell whose keys and screen are text in JSON lines."""

from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from twisted.internet.task import Clock
from twisted.trial.unittest import SynchronousTestCase

from tests.server.admin.houses import OPERATOR, Home
from voip.server.admin.commands import COMMANDS
from voip.server.admin.shell.over_socket import SocketShell
from voip.server.admin.shell.shells import open_shells


class SocketShellTests(SynchronousTestCase):
    """From a greeting to the end."""

    def setUp(self) -> None:
        directory = Path(self.enterContext(TemporaryDirectory()))
        self.home = Home(directory=directory)
        self.shells = open_shells(self.home.house, COMMANDS, Clock())
        self.sent: list[Mapping[str, str | int]] = []
        self.shell = SocketShell(self.shells, OPERATOR, 80, 24, self.sent.append)

    def screen(self) -> str:
        return "".join(str(one.get("screen", "")) for one in self.sent)

    def test_what_is_typed_is_answered(self) -> None:
        """In the width that the window has; letters may be any."""
        self.assertIn("You are olga", self.screen())
        self.shell.resize(60, 20)
        self.shell.keys("user é\r")
        self.assertIn('"é" is not a user name', self.screen())
        self.assertEqual(self.home.audit.lines[0], ("begin", "user é"))

    def test_the_end_is_told_once(self) -> None:
        """Whoever ends it; nothing is shown after it."""
        self.shell.keys("\x04")
        self.assertEqual(self.sent[-1], {"end": 0})
        self.shell.keys("users\r")
        self.shell.end("The server stops.")
        self.assertEqual(self.sent.count({"end": 0}), 1)
        self.shell.lost()
        self.assertEqual(len(self.shells), 0)

    def test_the_server_can_end_it(self) -> None:
        """With a last word."""
        self.shell.end("The server stops.")
        self.assertIn("The server stops.", self.screen())
        self.assertEqual(self.sent[-1], {"end": 0})

    def test_whoever_leaves_is_shown_nothing_more(self) -> None:
        """The shell is gone with the connection."""
        self.shell.lost()
        before = len(self.sent)
        self.shell.keys("users\r")
        self.shells.tell("The settings have changed.")
        self.assertEqual((len(self.sent), len(self.shells)), (before, 0))
