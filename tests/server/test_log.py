"""The JSON log."""

import json
import stat
from pathlib import Path
from tempfile import TemporaryDirectory

from twisted.logger import Logger
from twisted.trial.unittest import SynchronousTestCase

from voip.server.log import JsonLog

OURS = Logger(namespace="voip.server.test")
TWISTED = Logger(namespace="twisted.internet")


class JsonLogTests(SynchronousTestCase):
    """One event a line."""

    def setUp(self) -> None:
        place = TemporaryDirectory()
        self.addCleanup(place.cleanup)
        self.path = Path(place.name) / "log.json"
        self.log = JsonLog(self.path)
        self.log.startService()

    def lines(self) -> list[dict[str, object]]:
        """What was written until the log was stopped."""
        self.log.stopService()
        return [json.loads(line) for line in self.path.read_text().splitlines()]

    def test_values_are_fields(self) -> None:
        """A program reads who did what without parsing sentences."""
        OURS.info("{username} logged in", username="ann")
        line = self.lines()[0]
        self.assertEqual((line["username"], line["log_format"]), ("ann", "{username} logged in"))

    def test_what_says_nothing_to_an_operator_is_left_out(self) -> None:
        """Twisted's machinery is not written; its errors are."""
        TWISTED.info("port begun")
        TWISTED.error("broken")
        self.assertEqual([line["log_format"] for line in self.lines()], ["broken"])

    def test_nothing_is_written_after_the_end(self) -> None:
        """A stopped log is closed; stopping again does no harm."""
        OURS.info("before")
        self.log.stopService()
        OURS.info("after")
        self.assertEqual(len(self.path.read_text().splitlines()), 1)

    def test_only_the_owner_reads_it(self) -> None:
        """It names who called whom."""
        self.lines()
        self.assertEqual(stat.S_IMODE(self.path.stat().st_mode), 0o600)
