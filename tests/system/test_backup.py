"""A server that was lost, and one made from its back-up."""

import re
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from twisted.trial.unittest import SynchronousTestCase

from tests.harness.node import Node
from tests.server.someone import ANN, BOB
from tests.system.plain_client import PlainClient
from voip.core.contacts import Contact
from voip.core.messages import AuthOk, Done, Hello, RegisterOk
from voip.core.people_messages import ContactPage, ListContacts, PutContact
from voip.store.archive import is_known

MADE_AGAIN = re.compile(
    r"lock|listening|admin|admin\.sock|metrics|voip\.sqlite-(wal|shm)|echo/line-\d/.*"
)
"""What a server makes anew at each start. Whatever else it keeps belongs into a back-up."""
VOIPCTL = str(Path(sys.executable).with_name("voipctl"))


def voipctl(data_dir: Path, *line: str) -> None:
    """Give a command that is done."""
    ran = subprocess.run(
        [VOIPCTL, "--data-dir", str(data_dir), *line],
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr


def left_out(data_dir: Path) -> set[str]:
    """What no back-up of a data directory holds, and no start makes again."""
    files = (path for path in data_dir.rglob("*") if not path.is_dir())
    names = {str(path.relative_to(data_dir)) for path in files}
    return {name for name in names if not is_known(name) and not MADE_AGAIN.fullmatch(name)}


class BackupTests(SynchronousTestCase):
    """The whole way, as an operator goes it."""

    def test_the_people_find_the_server_that_they_knew(self) -> None:
        """The same key, their devices, their phone books; who came after the back-up is new."""
        place = Path(self.enterContext(TemporaryDirectory()))
        file = place / "backup.tar"
        with Node(place / "lost") as node:
            pin = self.pin_of(node)
            with PlainClient(node.address) as ann:
                ann.ask(Hello(1, 1, "test"))
                ann.ask(ANN.register())
            with PlainClient(node.address) as ann:
                ann.log_in(ANN)
                self.assertEqual(ann.ask(PutContact(Contact(BOB.username, "Bobby"))), Done())
                voipctl(node.data_dir, "backup", str(file))  # while somebody is logged in
            with PlainClient(node.address) as bob:
                bob.ask(Hello(1, 1, "test"))
                bob.ask(BOB.register())
            node.kill()
        self.assertEqual(left_out(node.data_dir), set())
        voipctl(place / "found", "restore", str(file))
        with Node(place / "found") as node:
            self.assertEqual(self.pin_of(node), pin)
            with PlainClient(node.address) as ann:
                ann.ask(Hello(1, 1, "test"))
                self.assertIsInstance(ann.ask(ANN.known_device(ann.exporter)), AuthOk)
                page = ann.ask(ListContacts())
                assert isinstance(page, ContactPage)
                self.assertEqual([one.contact.alias for one in page.contacts], ["Bobby"])
            with PlainClient(node.address) as bob:
                bob.ask(Hello(1, 1, "test"))
                self.assertIsInstance(bob.ask(BOB.register()), RegisterOk)
            self.assertNotIn("Traceback", node.log())

    def pin_of(self, node: Node) -> str:
        return node.log().split("SHA-256 ")[1][:64]
