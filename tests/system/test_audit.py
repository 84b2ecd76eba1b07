"""A real server and its audit: what stands in it, and what is refused when it cannot be written.

The kernel is told to let the server's files grow no further, which anybody may ask of it for a
process of their own: writes fail in the middle, as on a disk that is full.
"""

import json
import resource
import shutil
import sqlite3
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import ClassVar

from twisted.trial.unittest import SynchronousTestCase

from tests.harness.node import POLL_SECONDS, Node
from tests.server.someone import ANN, BOB, Someone
from tests.system.plain_client import DEADLINE_SECONDS, PlainClient
from voip.core.errors import ErrorCode, Refusal
from voip.core.ids import Username
from voip.core.messages import Answer, Hello, RegisterOk
from voip.server.audit_file import AUDIT
from voip.server.data_dir import DATABASE


class AuditTests(SynchronousTestCase):
    """One server for all."""

    folder: ClassVar[Path]
    node: ClassVar[Node]

    @classmethod
    def setUpClass(cls) -> None:
        cls.folder = Path(tempfile.mkdtemp(prefix="voip-"))
        cls.node = Node(cls.folder / "server")

    @classmethod
    def tearDownClass(cls) -> None:
        cls.node.stop()
        shutil.rmtree(cls.folder)

    def register(self, person: Someone) -> Answer:
        with PlainClient(self.node.address) as client:
            client.ask(Hello(1, 1, "test"))
            return client.ask(person.register())

    def path(self, name: str) -> Path:
        return self.node.data_dir / name

    def lines(self) -> list[dict[str, str]]:
        return [json.loads(line) for line in self.path(AUDIT).read_text().splitlines()]

    def rows(self, query: str) -> list[tuple[object, ...]]:
        with closing(sqlite3.connect(self.path(DATABASE))) as database:
            return database.execute(query).fetchall()

    def ended(self, who: str, count: int) -> list[tuple[object, ...]]:
        """So many deeds of somebody as the database has them, once all have ended: nobody who did
        them has waited for that."""
        query = f"SELECT deed, what, outcome FROM deeds WHERE who = '{who}' AND outcome != ''"
        deadline = time.monotonic() + DEADLINE_SECONDS
        while time.monotonic() < deadline:
            if len(found := self.rows(query)) == count:
                return found
            time.sleep(POLL_SECONDS)
        raise AssertionError(self.rows("SELECT * FROM deeds"))

    @contextmanager
    def no_file_grows_past(self, size: int) -> Iterator[None]:
        """Until the end of it, the server's files are at most so long."""
        process, endless = self.node.process.pid, resource.RLIM_INFINITY
        resource.prlimit(process, resource.RLIMIT_FSIZE, (size, endless))
        try:
            yield
        finally:
            resource.prlimit(process, resource.RLIMIT_FSIZE, (endless, endless))

    def refused(self, person: Someone) -> None:
        """Somebody cannot register: told, and nothing is kept. The log may be full as well."""
        answer = self.register(person)
        assert isinstance(answer, Refusal), answer
        self.assertEqual(answer.code, ErrorCode.STORE_UNAVAILABLE)
        names = [name for (name,) in self.rows("SELECT username FROM accounts")]
        self.assertNotIn(person.username, names)

    def test_a_registration_and_a_login_are_recorded(self) -> None:
        """In the file and in the database, with the outcome, and with nobody's whole address."""
        self.assertEqual(self.register(ANN), RegisterOk(ANN.username))
        with PlainClient(self.node.address) as client:
            client.log_in(ANN)
        begun = {line["deed"]: line for line in self.lines() if line.get("who") == "ann"}
        self.assertEqual(
            [(line["what"], line["on"], line["from"]) for line in begun.values()],
            [(what, "ann", "127.0.0.0/24") for what in ("register", "prove_password", "login")],
        )
        kept = self.ended("ann", 3)
        ended = {line["deed"]: line["outcome"] for line in self.lines() if "outcome" in line}
        for deed, what, outcome in kept:
            self.assertEqual((what, outcome), (begun[str(deed)]["what"], "done"))
            self.assertEqual(ended[str(deed)], "done")

    def test_nothing_is_done_on_a_full_disk(self) -> None:
        """And it works again when there is room, without a restart; no half line is left."""
        dave = Someone(Username("dave"))
        self.assertEqual(self.register(BOB), RegisterOk(BOB.username))
        self.ended("bob", 1)
        size = self.path(AUDIT).stat().st_size
        with self.no_file_grows_past(size + 40):
            self.refused(dave)
            self.assertEqual(self.path(AUDIT).stat().st_size, size)
        self.assertEqual(self.register(dave), RegisterOk(dave.username))
        self.assertIn("the audit is written again", self.node.log())
        self.assertNotIn("Traceback", self.node.log())
        self.lines()

    def test_nothing_is_done_when_only_the_database_is_full(self) -> None:
        """The file says that the deed was not done."""
        erin = Someone(Username("erin"))
        self.register(Someone(Username("fred")))
        self.ended("fred", 1)
        with self.no_file_grows_past(self.path(f"{DATABASE}-wal").stat().st_size):
            self.refused(erin)
        begun = next(line for line in self.lines() if line.get("who") == "erin")
        ended = [line for line in self.lines() if line["deed"] == begun["deed"]][1:]
        self.assertEqual([line["outcome"] for line in ended], ["not_done"])
        self.assertEqual(self.register(erin), RegisterOk(erin.username))
