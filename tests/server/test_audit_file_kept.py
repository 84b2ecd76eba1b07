"""The audit's file under a writer that is killed, and under a program that moves it away."""

import contextlib
import random
import subprocess
import sys
import tempfile
from pathlib import Path

from twisted.trial.unittest import SynchronousTestCase

from tests.server.audit_writer import LINE_BYTES
from voip.server.audit_file import AUDIT, AuditFile

KILLS = 5
MOVES = 20


class KeptTests(SynchronousTestCase):
    """A writer in a process of its own."""

    def setUp(self) -> None:
        place = tempfile.TemporaryDirectory()
        self.addCleanup(place.cleanup)
        self.place = Path(place.name)

    def writer(self, rotate_bytes: int) -> subprocess.Popen[bytes]:
        program = [sys.executable, "-m", "tests.server.audit_writer"]
        writer = subprocess.Popen(
            [*program, str(self.place), str(rotate_bytes)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        self.addCleanup(self.end, writer)
        return writer

    def end(self, writer: subprocess.Popen[bytes]) -> None:
        writer.kill()
        writer.wait()
        for pipe in (writer.stdin, writer.stdout):
            if pipe is not None:
                pipe.close()

    def read_until(self, writer: subprocess.Popen[bytes], lots: int) -> int:
        """Wait for so many lots; the number of the last line that is safe."""
        assert writer.stdout is not None
        return int([writer.stdout.readline() for _ in range(lots)][-1])

    def lines(self) -> list[str]:
        """The whole lines of all files, in no order."""
        whole = [line for path in self.place.iterdir() for line in path.read_text().splitlines()]
        return [line for line in whole if len(line) == LINE_BYTES - 1]

    def test_a_writer_that_is_killed_leaves_whole_lines(self) -> None:
        """All that it called safe, and at most one torn one, which the next writer closes."""
        draw = random.Random(5)
        for _ in range(KILLS):
            before = len(self.lines())
            writer = self.writer(1 << 20)
            safe = self.read_until(writer, draw.randrange(1, 200))
            writer.kill()
            writer.wait()
            file = AuditFile(self.place, lambda: 0)
            file.append(b"next\n")
            file.close()
            *rest, last = (self.place / AUDIT).read_text().splitlines()
            self.assertEqual(last, "next")
            torn = [line for line in rest if len(line) != LINE_BYTES - 1 and line != "next"]
            self.assertLessEqual(len(torn), KILLS)
            self.assertGreaterEqual(len(self.lines()) - before, safe + 1)

    def test_no_line_is_lost_when_files_are_turned_over(self) -> None:
        """The server's own turning over and logrotate's, at once: each line is there once."""
        writer = self.writer(2000)
        last = 0
        for number in range(MOVES):
            last = self.read_until(writer, 10)
            with contextlib.suppress(
                FileNotFoundError
            ):  # the server has just turned it over itself
                (self.place / AUDIT).replace(self.place / f"moved-{number}")
        assert writer.stdin is not None
        assert writer.stdout is not None
        writer.stdin.close()
        for said in writer.stdout:
            last = int(said)
        self.assertEqual(writer.wait(), 0)
        numbers = sorted(int(line[:8]) for line in self.lines())
        self.assertEqual(numbers, list(range(last + 1)))
        self.assertGreater(len(list(self.place.glob("audit-*.jsonl"))), 2)
