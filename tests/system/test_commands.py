"""A real server that is given commands at its socket: on a full disk, and for the last time."""

import json
import resource
import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path

from twisted.trial.unittest import SynchronousTestCase

from tests.harness.node import STOP_SECONDS, Node
from tests.server.admin.walks import WALKS
from voip.ctl_link import connect
from voip.server.admin.exits import Exit
from voip.server.audit_file import AUDIT
from voip.server.data_dir import DATABASE

# echo is logging in meanwhile
TABLES = ("accounts", "invites", "deeds WHERE role != 'caller'")


class CommandsTests(SynchronousTestCase):
    """Commands by the operator's socket."""

    def setUp(self) -> None:
        folder = self.enterContext(tempfile.TemporaryDirectory(prefix="voip-"))
        self.outside = Path(folder)
        self.node = self.enterContext(Node(self.outside / "server"))

    def ask(self, line: str) -> tuple[object, str]:
        """How a line went, and what was answered."""
        with closing(connect(self.node.data_dir)) as link:
            answer = link.ask({"line": line, "json": True, "yes": True, "width": 0})
        return answer["exit"], str(answer["text"])

    def kept(self) -> list[list[tuple[object, ...]]]:
        """What the database has."""
        with closing(sqlite3.connect(self.node.data_dir / DATABASE)) as database:
            return [database.execute(f"SELECT * FROM {table}").fetchall() for table in TABLES]

    def test_nothing_is_done_on_a_full_disk(self) -> None:
        """No command at all; with room again everything goes on as before."""
        _, before = self.ask("limits")
        kept, files = self.kept(), sorted(self.outside.iterdir())
        process, endless = self.node.process.pid, resource.RLIM_INFINITY
        size = (self.node.data_dir / AUDIT).stat().st_size
        resource.prlimit(process, resource.RLIMIT_FSIZE, (size + 40, endless))
        for walk in WALKS:
            code, text = self.ask(walk.line.format(outside=self.outside))
            self.assertEqual(code, Exit.NOT_RECORDED, walk.line)
            self.assertIn("nothing was done: the audit cannot be written", text)
        resource.prlimit(process, resource.RLIMIT_FSIZE, (endless, endless))
        self.assertEqual((self.kept(), sorted(self.outside.iterdir())), (kept, files))
        self.assertEqual(self.ask("limits"), (Exit.DONE, before))
        code, text = self.ask("stats")
        self.assertEqual((code, json.loads(text)["facts"]["draining"]), (Exit.DONE, False))

    def test_the_server_ends_when_it_is_told_to(self) -> None:
        """Who told it so has the answer, and the audit has how it went."""
        code, text = self.ask("drain --stop")
        self.assertEqual(code, Exit.DONE)
        self.assertIn("the server stops now", text)
        self.assertEqual(self.node.process.wait(STOP_SECONDS), 0)
        lines = (self.node.data_dir / AUDIT).read_text().splitlines()
        kept = [json.loads(line) for line in lines]
        (begun,) = (line for line in kept if line.get("what") == "drain")
        ends = [line["outcome"] for line in kept if line["deed"] == begun["deed"] and line != begun]
        self.assertEqual(ends, ["done"])
