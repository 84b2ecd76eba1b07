"""Recording deeds: what is promised to those who wait for it, and what a flood costs."""

import errno
import json
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from twisted.internet.defer import Deferred, fail
from twisted.internet.task import Clock
from twisted.logger import capturedLogs
from twisted.trial.unittest import SynchronousTestCase

from tests.server.held_thread import HeldThread
from tests.server.offices import NOW_UTC
from tests.server.someone import Counted
from voip.config import Admin, Settings
from voip.core.deeds import Actor, Deed, DeedId, Door, Role
from voip.server.audit import NotRecorded
from voip.server.audit_file import AuditFile
from voip.server.audit_trail import DAY, ENDS_TOGETHER_SECONDS, MINUTE, NOTES_A_MINUTE, AuditTrail
from voip.server.live import LiveSettings
from voip.server.meters import AuditMeters
from voip.store.interface import StoreUnavailable
from voip.store.memory import MemoryStore
from voip.store.operator import DeedFilter, KeptDeed

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


class NotedStore(MemoryStore):
    """Counts the transactions of the audit, holds them, and can be told to fail."""

    def __init__(self) -> None:
        super().__init__()
        self.lots: list[int] = []
        self.refuses: StoreUnavailable | None = None
        self.forgot_before: list[int] = []

    def begin_deeds(self, deeds: Sequence[KeptDeed]) -> Deferred[None]:
        self.lots.append(len(deeds))
        return fail(self.refuses) if self.refuses else super().begin_deeds(deeds)

    def end_deeds(self, outcomes: Sequence[tuple[DeedId, str]]) -> Deferred[None]:
        return fail(self.refuses) if self.refuses else super().end_deeds(outcomes)

    def forget_deeds(self, before: int) -> Deferred[int]:
        self.forgot_before.append(before)
        return fail(self.refuses) if self.refuses else super().forget_deeds(before)


def full_database() -> StoreUnavailable:
    """What the store says of a full disk."""
    error = StoreUnavailable("an SQL statement with values")
    error.__cause__ = OSError("x")
    error.__cause__.orig = "database or disk is full"  # type: ignore[attr-defined]
    return error


class Case(SynchronousTestCase):
    """A trail on a clock of the test, whose thread the test can hold."""

    def setUp(self) -> None:
        place = TemporaryDirectory()
        self.addCleanup(place.cleanup)
        self.clock = Clock()
        self.thread = HeldThread()
        self.file = NotedFile(Path(place.name), lambda: NOW_UTC)
        self.store = NotedStore()
        self.live = LiveSettings(Settings())
        self.meters = AuditMeters()
        self.trail = AuditTrail(
            self.file,
            self.thread,
            self.store,
            self.live,
            self.clock,
            lambda: NOW_UTC,
            Counted(),
            self.clock.seconds,
            self.meters,
        )
        self.trail.startService()
        self.file.writes = 0

    def end(self, deed: DeedId, outcome: str) -> Deferred[None]:
        """Record how a deed went, and wait as long as ends are gathered."""
        ended = self.trail.end(deed, outcome)
        self.clock.advance(ENDS_TOGETHER_SECONDS)
        return ended

    def kept(self) -> list[KeptDeed]:
        """What stands in the database, the newest first."""
        found = self.successResultOf(self.store.deeds(DeedFilter(), 1000))
        return list(found)

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
        self.end(deed, "name_taken")
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
        self.assertEqual((self.file.writes, self.store.lots), (2, [1, 199]))
        self.assertEqual([line["on"] for line in self.lines()], [str(n) for n in range(200)])

    def test_ends_are_gathered(self) -> None:
        """However they come, they cost one write; a stop waits for them."""
        deeds = [self.successResultOf(self.trail.begin(ANN, Deed("login"))) for _ in range(3)]
        self.file.writes = 0
        ended = [self.trail.end(deed, "done") for deed in deeds]
        stopped = self.trail.stopService()
        self.assertNoResult(stopped)
        self.clock.advance(ENDS_TOGETHER_SECONDS)
        for each in (*ended, stopped):
            self.successResultOf(each)
        self.assertEqual(self.file.writes, 1)
        self.assertEqual([kept.outcome for kept in self.kept()], ["done"] * 3)

    def test_a_full_disk_is_told(self) -> None:
        """To each who asks, and to the log once when it begins and once when it is over."""
        self.file.refuses = errno.ENOSPC
        with capturedLogs() as events:
            for _ in range(3):
                failure = self.failureResultOf(self.trail.begin(ANN, Deed("login")), NotRecorded)
                self.assertEqual(str(failure.value), "the disk is full")
            self.failureResultOf(self.end(DeedId("00"), "done"), NotRecorded)
            self.assertEqual((self.meters.failures, self.meters.is_writable), (4, False))
            self.file.refuses = 0
            self.successResultOf(self.trail.begin(ANN, Deed("login")))
        told = [event["log_format"] for event in events]
        self.assertEqual(len(told), 2)
        self.assertTrue(self.meters.is_writable)
        self.assertIn("the audit cannot be written", told[0])
        self.assertIn("is written again", told[1])

    def test_it_stands_in_the_database_too(self) -> None:
        """The same deed, with its outcome once that is known."""
        deed = self.successResultOf(self.trail.begin(ANN, Deed("register", on="ann")))
        self.assertEqual(
            self.kept(), [KeptDeed(deed, NOW_UTC, ANN, Deed("register", on="ann"), "")]
        )
        self.successResultOf(self.end(deed, "done"))
        self.assertEqual(self.kept()[0].outcome, "done")

    def test_what_the_database_does_not_take_is_not_done(self) -> None:
        """Whoever asks is told, and the file says that nothing came of it."""
        for refuses, reason in (
            (full_database(), "the disk is full"),
            (StoreUnavailable("locked"), "the database says: locked"),
        ):
            self.store.refuses = refuses
            failure = self.failureResultOf(self.trail.begin(ANN, Deed("login")), NotRecorded)
            self.assertEqual(str(failure.value), reason)
            self.assertEqual(self.lines()[-1]["outcome"], "not_done")
            self.failureResultOf(self.end(DeedId("00"), "done"), NotRecorded)
        self.assertEqual(self.kept(), [])

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
        self.assertEqual(self.meters.refused, {Door.SSH: NOTES_A_MINUTE + 71, Door.CONTROL: 1})

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


class ForgettingTests(Case):
    """Old lines in the database."""

    def keep_days(self, days: int) -> None:
        self.live.change(Settings(admin=Admin(audit_days=days)))

    def test_lines_are_kept_for_ever_unless_it_is_set(self) -> None:
        """Days pass, and nothing is forgotten."""
        self.clock.advance(DAY)
        self.assertEqual(self.store.forgot_before, [])

    def test_once_a_day_what_is_too_old_is_forgotten(self) -> None:
        """As the setting is by then; the file keeps its lines."""
        self.keep_days(30)
        self.successResultOf(self.trail.begin(ANN, Deed("login")))
        self.clock.advance(DAY)
        self.keep_days(7)
        self.clock.advance(DAY)
        self.assertEqual(self.store.forgot_before, [NOW_UTC - 30 * DAY, NOW_UTC - 7 * DAY])
        self.assertEqual(len(self.lines()), 1)

    def test_a_store_that_cannot_is_told_to_the_log(self) -> None:
        """And is asked again the next day."""
        self.keep_days(1)
        self.store.refuses = StoreUnavailable("locked")
        with capturedLogs() as events:
            self.clock.advance(DAY)
            self.clock.advance(DAY)
        self.assertEqual([event["reason"] for event in events], ["locked"] * 2)

    def test_nothing_is_left_to_do_after_a_stop(self) -> None:
        """Neither the day nor a minute goes on."""
        self.trail.note(SOMEBODY, Deed("ssh"), "unknown_key")
        self.successResultOf(self.trail.stopService())
        self.assertEqual(self.clock.getDelayedCalls(), [])
