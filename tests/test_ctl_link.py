"""The connection of `voipctl`: one request, its answers, however they are cut into pieces."""

import os
import socket
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest import mock

from twisted.trial.unittest import SynchronousTestCase

from voip.ctl_link import OTHER_VERSION, Link, Unreachable, connect
from voip.server.data_dir import user_name


class LinkTests(SynchronousTestCase):
    """With the server's end in the test's hand."""

    def setUp(self) -> None:
        ours, self.server = socket.socketpair()
        self.link = Link(ours)
        self.addCleanup(self.link.close)
        self.addCleanup(self.server.close)

    def test_a_request_is_a_line_and_so_is_its_answer(self) -> None:
        """Whatever letters are in it."""
        self.server.sendall(b'{"text": "\\u00e9"}\n')
        self.assertEqual(self.link.ask({"line": "é\n"}), {"text": "é"})
        self.assertEqual(self.server.recv(100), b'{"line": "\\u00e9\\n"}\n')

    def test_answers_that_come_together_are_all_heard(self) -> None:
        """A shell's greeting and its prompt are."""
        self.server.sendall(b'{"a": 1}\n{"b": 2}\n{"c": 3}\n{"d"')
        self.assertEqual(self.link.receive(), {"a": 1})
        self.assertEqual(list(self.link.waiting()), [{"b": 2}, {"c": 3}])
        self.assertEqual(list(self.link.waiting()), [])
        self.server.sendall(b": 4}\n")
        self.assertEqual(list(self.link.arrived()), [{"d": 4}])

    def test_what_is_no_answer_is_of_another_version(self) -> None:
        """And never shown as it came."""
        for line in (b"no json\n", b"[]\n"):
            self.server.sendall(line)
            self.assertEqual(str(self.assertRaises(Unreachable, self.link.receive)), OTHER_VERSION)

    def test_a_server_that_goes_is_told(self) -> None:
        """Whether one was sending or waiting."""
        self.server.close()
        for ask in (self.link.receive, lambda: self.link.send({}), self.link.arrived):
            said = str(self.assertRaises(Unreachable, ask))
            self.assertIn("the server ended before it answered", said)


class NotAllowedTests(SynchronousTestCase):
    """A directory of somebody else."""

    def test_its_owner_is_named(self) -> None:
        """That is whose name to take on."""
        owner = user_name(os.getuid())
        with (
            TemporaryDirectory() as place,
            mock.patch.object(  # root may connect anywhere
                socket.socket, "connect", side_effect=PermissionError
            ),
        ):
            said = str(self.assertRaises(Unreachable, connect, Path(place)))
        self.assertIn(f"is open to {owner} alone: run this as {owner}, with sudo -u {owner}", said)
