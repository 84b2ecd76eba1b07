"""Recording deeds: what is promised to those who wait for it, and what a flood costs."""

import errno
import json
from pathlib import Path
from tempfile import TemporaryDirectory

from twisted.internet.task import Clock
from twisted.logger import capturedLogs
from twisted.trial.unittest import SynchronousTestCase

from tests.server.held_thread import HeldThread
from tests.server.offices import NOW_UTC
from tests.server.someone import Counted
from voip.core.deeds import Actor, Deed, DeedId, Door, Role
from voip.server.audit import NotRecorded
from voip.server.audit_file import AuditFile
from voip.server.audit_trail import MINUTE, NOTES_A_MINUTE, AuditTrail
from voip.server.meters import AuditMeters

ANN = Actor("ann", Role.CALLER, Door.CONTROL, "192.0.2.0/24")
SOMEBODY = Actor("root", Role.OPERATOR, Door.SSH, "198.51.100.0/24")


class NotedFile(AuditFile):
    """An audit file that counts its writes, and can be told that the disk is full."""

    writes = 0
    refuses = 0

    def append(self, lines: bytes) -> None:
        self.writes += 1
        if self.refuses:
            raise OSError(self.refuses, "No space left on device")
        super().append(lines)


class Case(SynchronousTestCase):
    """A trail on a clock of the test, whose thread the test can hold."""

    def setUp(self) -> None:
        place = TemporaryDirectory()
        self.addCleanup(place.cleanup)
        self.clock = Clock()
        self.thread = HeldThread()
        self.file = NotedFile(Path(place.name), lambda: NOW_UTC)
        self.meters = AuditMeters()
        self.trail = AuditTrail(
            self.file,
            self.thread,
            self.clock,
            lambda: NOW_UTC,
            Counted(),
            self.clock.seconds,
            self.meters,
        )
        self.trail.startService()
        self.file.writes = 0

    def lines(self) -> list[dict[str, str]]:
        """What stands in the file."""
        return [json.loads(line) for line in self.file.path.read_text().splitlines()]


class AuditTrailTests(Case):
    """Deeds, one by one and many at once."""

    def test_a_deed_begins_once_it_is_on_the_disk(self) -> None:
        """Not before; how it went is a line of its own."""
        self.thread.is_holding = True
        begun = self.trail.begin(ANN, Deed("register", on="ann"))
        self.assertNoResult(begun)
        self.assertEqual(self.lines(), [])
        self.thread.let_go()
        deed = self.successResultOf(begun)
        self.trail.end(deed, "name_taken")
        self.thread.let_go()
        first, second = self.lines()
        self.assertEqual(self.meters.lines, 2)
        self.assertEqual((first["deed"], first["who"], first["on"]), (deed, "ann", "ann"))
        self.assertNotIn("outcome", first)
        self.assertEqual((second["deed"], second["outcome"]), (deed, "name_taken"))

    def test_two_hundred_at_once_wait_for_two_writes(self) -> None:
        """The first goes alone, all others together, in their order."""
        self.thread.is_holding = True
        begun = [self.trail.begin(ANN, Deed("login", on=str(n))) for n in range(200)]
        self.thread.let_go()
        self.thread.let_go()
        for each in begun:
            self.successResultOf(each)
        self.assertEqual(self.file.writes, 2)
        self.assertEqual([line["on"] for line in self.lines()], [str(n) for n in range(200)])

    def test_a_full_disk_is_told(self) -> None:
        """To each who asks, and to the log once when it begins and once when it is over."""
        self.file.refuses = errno.ENOSPC
        with capturedLogs() as events:
            for _ in range(3):
                failure = self.failureResultOf(self.trail.begin(ANN, Deed("login")), NotRecorded)
                self.assertEqual(str(failure.value), "the disk is full")
            self.failureResultOf(self.trail.end(DeedId("00"), "done"), NotRecorded)
            self.assertEqual((self.meters.failures, self.meters.is_writable), (4, False))
            self.file.refuses = 0
            self.successResultOf(self.trail.begin(ANN, Deed("login")))
        told = [event["log_format"] for event in events]
        self.assertEqual(len(told), 2)
        self.assertTrue(self.meters.is_writable)
        self.assertIn("the audit cannot be written", told[0])
        self.assertIn("is written again", told[1])

    def test_another_reason_is_told_as_the_system_says_it(self) -> None:
        """In a few words."""
        self.file.refuses = errno.EIO
        failure = self.failureResultOf(self.trail.begin(ANN, Deed("login")), NotRecorded)
        self.assertEqual(str(failure.value), "no space left on device")

    def test_a_line_torn_by_a_crash_is_closed_at_the_start(self) -> None:
        """Before anything else is written."""
        self.file.path.write_bytes(b'{"deed": "12')
        self.trail.startService()
        self.assertEqual(self.file.path.read_bytes(), b'{"deed": "12\n')

    def test_a_file_that_cannot_be_opened_is_told_at_the_start(self) -> None:
        """Once: the server goes on, and refuses what has to be recorded."""
        self.file.refuses = errno.EACCES
        with capturedLogs() as events:
            self.trail.startService()
            self.failureResultOf(self.trail.begin(ANN, Deed("login")), NotRecorded)
        self.assertEqual(len(events), 1)

    def test_stopping_waits_for_what_is_under_way(self) -> None:
        """Then the thread ends, and nothing is taken any more."""
        self.thread.is_holding = True
        begun = self.trail.begin(ANN, Deed("login"))
        stopped = self.trail.stopService()
        self.assertNoResult(stopped)
        self.thread.let_go()
        self.successResultOf(stopped)
        self.successResultOf(begun)
        self.assertTrue(self.thread.is_stopped)
        self.failureResultOf(self.trail.begin(ANN, Deed("login")), NotRecorded)
        self.assertEqual(len(self.lines()), 1)


class NoteTests(Case):
    """What was refused at a door."""

    def refuse(self, times: int, actor: Actor = SOMEBODY) -> None:
        for _ in range(times):
            self.trail.note(actor, Deed("ssh"), "unknown_key")

    def left_out(self) -> list[tuple[str, str]]:
        """What is said of those who were not written down."""
        lines = [line for line in self.lines() if line["what"] == "left_out"]
        return [(line["door"], line["line"]) for line in lines]

    def test_it_is_one_whole_line(self) -> None:
        """With its outcome."""
        self.refuse(1)
        (line,) = self.lines()
        self.assertEqual((line["who"], line["outcome"]), ("root", "unknown_key"))

    def test_of_a_flood_the_first_are_kept_and_the_others_counted(self) -> None:
        """Each minute anew; a flood at one door hides nothing at another."""
        self.refuse(NOTES_A_MINUTE + 70)
        self.refuse(1, ANN)
        self.assertEqual(len(self.lines()), NOTES_A_MINUTE + 1)
        self.clock.advance(MINUTE)
        self.assertEqual(self.left_out(), [("ssh", "70 more refusals in a minute")])
        self.refuse(1)
        self.clock.advance(MINUTE)
        self.assertEqual(len(self.lines()), NOTES_A_MINUTE + 3)
        self.assertEqual(self.clock.getDelayedCalls(), [])

    def test_a_stop_tells_how_many_were_left_out(self) -> None:
        """The minute ends with the server."""
        self.refuse(NOTES_A_MINUTE + 1)
        self.successResultOf(self.trail.stopService())
        self.assertEqual(self.left_out(), [("ssh", "1 more refusals in a minute")])
        self.assertEqual(self.clock.getDelayedCalls(), [])

    def test_what_cannot_be_written_stops_nobody(self) -> None:
        """Nobody waits for a note."""
        self.file.refuses = errno.ENOSPC
        self.refuse(1)
        self.assertEqual(self.lines(), [])
