"""A server that is killed at any moment: what was acknowledged is there, and nothing is half."""

import contextlib
import subprocess
import sys
from itertools import count
from pathlib import Path
from random import Random, SystemRandom
from tempfile import TemporaryDirectory

import psutil
import pytest
from twisted.trial.unittest import SynchronousTestCase

from tests.harness.node import STOP_SECONDS, Node, launch
from tests.system.busy_people import Archivist, Busy, Registrar, Scribe
from tests.system.ledger import Ledger, person
from tests.system.plain_client import PlainClient
from voip.core.messages import Hello, RegisterOk
from voip.store.backup import restore

SETTINGS = """
[admin]
listen = "127.0.0.1:0"
metrics = "127.0.0.1:0"
[limits]
registrations_per_hour = 100000
"""
OWNER = person(0)
START_SECONDS = 2.0
BUSY_SECONDS = 0.5
CHECKED = 2
"""Of the back-ups of a round, those that were made last."""
IN_THE_START = 0.15
"""So many of the rounds end before anybody is let in."""


class KillTests(SynchronousTestCase):
    """Registrations, contact changes and back-ups under SIGKILL, one data directory for all."""

    def setUp(self) -> None:
        self.folder = Path(self.enterContext(TemporaryDirectory()))
        self.data = self.folder / "data"
        self.settings = self.folder / "voip.toml"
        self.settings.write_text(SETTINGS)
        self.options = ("--config", str(self.settings))
        self.ledger = Ledger(OWNER)
        self.numbers = count(1)
        self.restored = 0
        self.broken_off = 0

    def test_nothing_that_was_acknowledged_is_lost(self) -> None:
        """A few times, at random moments."""
        self.kill_often(5)

    @pytest.mark.soak
    def test_nothing_that_was_acknowledged_is_lost_however_often(self) -> None:
        """Two hundred times."""
        self.kill_often(200)

    def kill_often(self, times: int) -> None:
        seed = SystemRandom().randrange(1 << 32)
        random = Random(seed)
        try:
            self.kill_in_the_start(random)
            for _ in range(times - 1):
                if random.random() < IN_THE_START:
                    self.kill_in_the_start(random)
                else:
                    self.kill_at_work(random)
        except BaseException as error:
            error.add_note(f"the seed was {seed}")
            raise
        assert self.ledger.registered
        people = len(self.ledger.registered)
        sys.stdout.write(
            f"{times} kills, {people} people; of the back-ups {self.restored} restored, "
            f"{self.broken_off} broken off\n"
        )

    def kill_in_the_start(self, random: Random) -> None:
        """Also the first one, which makes everything."""
        with (self.folder / "start.log").open("wb") as log:
            child = launch(self.data, "127.0.0.1:0", self.options, log)
        try:
            child.wait(random.uniform(0.1, START_SECONDS))
            raise AssertionError((self.folder / "start.log").read_text())
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait(STOP_SECONDS)

    def kill_at_work(self, random: Random) -> None:
        node = Node(self.data, options=self.options)
        try:
            if not self.ledger.registered:
                self.register_owner(node.address)
            with TemporaryDirectory(dir=self.folder) as folder:
                self.work_until_the_kill(node, Path(folder), random)
        finally:
            node.kill()

    def register_owner(self, address: str) -> None:
        self.ledger.asked.add(0)
        with PlainClient(address) as client:
            client.ask(Hello(1, 1, "test"))
            self.assertEqual(client.ask(OWNER.register()), RegisterOk(OWNER.username))
        self.ledger.registered.add(0)

    def work_until_the_kill(self, node: Node, folder: Path, random: Random) -> None:
        archivist = Archivist(self.data, folder, self.ledger)
        busy: list[Busy] = [
            *(Registrar(node.address, self.ledger, self.numbers.__next__) for _ in range(2)),
            Scribe(node.address, self.ledger, random),
            archivist,
        ]
        try:
            for each in busy:
                each.begin()
            for each in busy:
                each.is_at_it.wait(STOP_SECONDS)
            with contextlib.suppress(psutil.TimeoutExpired):
                node.process.wait(random.uniform(0.0, BUSY_SECONDS))
        finally:
            node.kill()
            for each in busy:
                each.end()
        self.assertNotIn("Traceback", node.log())
        self.ledger.settle(self.data)
        self.check_backups(archivist, folder)

    def check_backups(self, archivist: Archivist, folder: Path) -> None:
        """Each is not there, or it can be restored and has whom it must have."""
        self.broken_off += len(archivist.begun) - len(archivist.done)
        for file, registered in list(archivist.begun.items())[-CHECKED:]:
            if file.exists():
                restore(file, folder / file.stem)
                self.ledger.check_copy(folder / file.stem, registered)
                self.restored += 1
            else:
                assert file not in archivist.done
