"""All shells of a server."""

from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from twisted.internet.defer import Deferred
from twisted.internet.protocol import connectionDone
from twisted.internet.task import Clock
from twisted.trial.unittest import SynchronousTestCase

from tests.server.admin.houses import OPERATOR, Home
from tests.server.admin.shell.window import Window
from voip.core.deeds import Actor, Role
from voip.server.admin.commands import COMMANDS
from voip.server.admin.exits import Exit
from voip.server.admin.shell.shells import HISTORIES, open_shells
from voip.server.admin.shell.terminal import Terminal

PIA = replace(OPERATOR, name="pia/../../x", role=Role.PYTHON)


class Seat(Window):
    """A terminal with one shell."""

    def __init__(self, terminal: Terminal) -> None:
        super().__init__(80)
        self.terminal = terminal
        terminal.makeConnection(self)

    def write(self, data: bytes) -> None:
        self.feed(data.decode())

    def loseConnection(self) -> None:
        self.terminal.connectionLost(connectionDone)


class ShellsTests(SynchronousTestCase):
    """Who gets which, and what all are told."""

    def setUp(self) -> None:
        place = TemporaryDirectory()
        self.addCleanup(place.cleanup)
        self.home = Home()
        self.data = Path(place.name)
        house = replace(self.home.house, data_dir=self.data)
        self.clock = Clock()
        self.shells = open_shells(house, COMMANDS, self.clock)

    def seat(self, actor: Actor) -> Seat:
        return Seat(Terminal(self.shells.shell(actor)))

    def test_an_operator_gives_commands(self) -> None:
        """They are asked for, carried out and recorded."""
        seat = self.seat(OPERATOR)
        self.assertIn("You are olga.", seat.text)
        seat.terminal.dataReceived(b"kick bob\r")
        self.assertIn("[y/N]", seat.text)
        seat.terminal.dataReceived(b"y\r")
        self.assertIn("there is nobody called bob", seat.text)
        self.assertEqual(self.home.audit.lines, [("begin", "kick bob"), ("end", "refused")])

    def test_an_operator_has_no_python(self) -> None:
        """Whatever it looks like, it is a command that is not there."""
        seat = self.seat(OPERATOR)
        seat.terminal.dataReceived(b"__import__('os').getcwd()\r")
        self.assertNotIn(str(Path.cwd()), seat.text)

    def test_the_other_role_has_python(self) -> None:
        """And is told what that means."""
        seat = self.seat(PIA)
        self.assertIn("full control", seat.text)
        seat.terminal.dataReceived(b"6 * 7\r")
        self.assertIn("\n42\n", seat.text)

    def test_each_has_a_history(self) -> None:
        """In a file of their own, whatever they are called."""
        for actor in (OPERATOR, PIA):
            self.seat(actor).terminal.dataReceived(b"help\r")
        files = sorted(path.name for path in (self.data / HISTORIES).iterdir())
        self.assertEqual(files, ["history-operator-olga", "history-python-pia_.._.._x"])

    def test_one_line_needs_no_shell(self) -> None:
        """It is answered with an exit code; what must be asked needs its --yes."""
        running = self.shells.run(OPERATOR, "kick bob", 0, lambda _: None)
        ran = self.successResultOf(Deferred.fromCoroutine(running))
        self.assertEqual(ran.exit, Exit.USAGE)
        self.assertIn("--yes", ran.text)

    def test_all_are_told_when_settings_change(self) -> None:
        """Those that are still open."""
        here, gone = self.seat(OPERATOR), self.seat(OPERATOR)
        gone.terminal.connectionLost(connectionDone)
        live = self.home.house.live
        live.change(live.settings)
        self.assertNotIn("The settings have changed.", here.text)
        live.change(replace(live.settings, server_name="other"))
        self.assertIn("The settings have changed.", here.text)
        self.assertNotIn("The settings have changed.", gone.text)
        self.shells.end_all("The server stops.")
        self.assertIn("The server stops.", here.text)
        self.assertEqual(len(self.shells), 0)

    def test_all_are_told_when_a_drained_server_can_be_stopped(self) -> None:
        """With the last call; a server that is not drained is quiet now and then."""
        seat = self.seat(OPERATOR)
        reception = self.home.house.reception
        for is_draining in (False, True):
            reception.drain(is_draining)
            for told in reception._quiet_listeners:
                told()
            is_told = "No call is left; the server can be stopped." in seat.text
            self.assertEqual(is_told, is_draining)

    def test_leaving_words_leave(self) -> None:
        """And are no commands."""
        for word in ("exit", "quit()", " logout "):
            self.seat(OPERATOR).terminal.dataReceived(word.encode() + b"\r")
        self.assertEqual(len(self.shells), 0)
        self.assertEqual(self.home.audit.lines, [])

    def test_commands_and_names_are_completed(self) -> None:
        """By the desk."""
        seat = self.seat(OPERATOR)
        seat.terminal.dataReceived(b"sess\t")
        self.assertTrue(seat.text.endswith("voip> sessions"), seat.text)
