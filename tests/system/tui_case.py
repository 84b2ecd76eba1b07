"""Real terminals with ``voip`` in them, and a real server: what tests with people at them share."""

import shutil
import tempfile
from pathlib import Path
from unittest import skipUnless

from twisted.trial.unittest import SynchronousTestCase

from tests.harness.node import Node
from tests.system.tmux_client import TmuxClient, has_tmux

PASSWORD = "correct horse battery"
SILENT = ("--audio-in", "silence", "--audio-out", "null")


@skipUnless(has_tmux(), "tmux is not here")
class TuiTestCase(SynchronousTestCase):
    """A server and the people who use it, each with a terminal."""

    def setUp(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="voip-"))
        self.addCleanup(shutil.rmtree, self.folder)

    def server(self) -> Node:
        node = Node(self.folder / "server")
        self.addCleanup(node.stop)
        return node

    def client(self, name: str, *arguments: str, size: tuple[int, int] = (80, 24)) -> TmuxClient:
        folder = self.folder / name
        folder.mkdir(exist_ok=True)
        client = TmuxClient(folder, [*arguments, "--data-dir", str(folder / "data")], size)
        client.__enter__()
        self.addCleanup(client.__exit__, None, None, None)
        return client

    def register(self, client: TmuxClient, name: str) -> None:
        client.wait_for("TLS 1.3")
        client.press("Tab", "Tab", "Tab", "Enter")
        client.wait_for("Create an account on")
        for part in (name, name.title(), PASSWORD):
            client.type(part)
            client.press("Tab")
        client.type(PASSWORD)
        client.press("Enter")
        client.wait_for("Your recovery codes")
        client.press("w")
        client.wait_for("Nobody can show these codes again")
        client.press("Enter")
        client.wait_for("Contacts")
