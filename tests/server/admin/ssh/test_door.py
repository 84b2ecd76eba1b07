"""The SSH door as a part of the daemon."""

import socket
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from twisted.internet.testing import MemoryReactorClock
from twisted.logger import LogEvent, capturedLogs
from twisted.trial.unittest import SynchronousTestCase

from tests.server.admin.houses import Home
from tests.server.admin.ssh.public_keys import line_of
from voip.config import ListenAddress
from voip.server.admin.commands import COMMANDS
from voip.server.admin.shell.shells import open_shells
from voip.server.admin.ssh.authorized_keys import AUTHORIZED_KEYS
from voip.server.admin.ssh.door import ADMIN, SshDoor, login_line
from voip.server.admin.ssh.host_key import load_or_make
from voip.server.data_dir import open_data_dir
from voip.server.ports import Door


class SshDoorTests(SynchronousTestCase):
    """It begins, says where it is, and ends."""

    def setUp(self) -> None:
        place = TemporaryDirectory()
        self.addCleanup(place.cleanup)
        self.directory = open_data_dir(Path(place.name) / "data")
        self.addCleanup(self.directory.close)
        self.data = self.directory.path
        house = replace(Home().house, data_dir=self.data)
        self.reactor = MemoryReactorClock()
        listening = socket.socket()
        self.addCleanup(listening.close)
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        self.port = listening.getsockname()[1]
        bound = Door(listening, ListenAddress("127.0.0.1", self.port))
        self.key = load_or_make(self.directory)
        shells = open_shells(house, COMMANDS, self.reactor)
        self.door = SshDoor(self.reactor, self.reactor, bound, self.key, shells, house)

    def started(self) -> Sequence[LogEvent]:
        """Start it; what the log has of it."""
        with capturedLogs() as events:
            self.door.startService()
        return events

    def test_the_log_says_what_to_type(self) -> None:
        """With the key by which the server is known, and the same in a file for scripts."""
        (self.data / AUTHORIZED_KEYS).write_text(line_of("ed25519"))
        (event,) = self.started()
        self.assertEqual(event["line"], f"ssh -p {self.port} operator@127.0.0.1")
        self.assertEqual(event["fingerprint"], self.key.fingerprint)
        self.assertEqual((self.data / ADMIN).read_text(), f"127.0.0.1:{self.port}\n")

    def test_it_says_when_nobody_can_come_in(self) -> None:
        """And where to put a key."""
        self.assertEqual(self.started()[-1]["path"], str(self.data / AUTHORIZED_KEYS))

    def test_it_ends_with_its_file(self) -> None:
        """Nobody is told to come where nothing is."""
        self.started()
        self.successResultOf(self.door.stopService())
        self.assertFalse((self.data / ADMIN).exists())

    def test_a_unix_socket_is_reached_through_another_program(self) -> None:
        """The line has that too."""
        self.assertEqual(login_line(Path("/d/s")), "ssh -o 'ProxyCommand nc -U /d/s' operator@voip")
