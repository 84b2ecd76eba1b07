"""Where deeds are recorded: in the file ``audit.jsonl``, then in the database, and only then done.

    begin, end, note -> the file (a thread of its own) -> the database (the store's) -> it fires

At each place all that wait at one moment are written together, with one wait for the disk; ends,
which hardly anybody waits for, are gathered for a moment before. The file is the record; the
database is there to be asked. A deed whose line is in the file and that the database does not take
is not done, and the file is told so. Who is refused is told; the log is told once when it begins
and once when it is over, however many ask meanwhile.
"""

from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from errno import EDQUOT, ENOSPC
from typing import Final

from twisted.application.service import Service
from twisted.internet.defer import Deferred, fail, succeed
from twisted.internet.interfaces import IDelayedCall, IReactorTime
from twisted.logger import Logger
from twisted.python.failure import Failure

from voip.core.deeds import DEED_ID_SIZE, Actor, Deed, DeedId, Door, Role
from voip.server.accounts import Random, reason_of
from voip.server.audit import DONE, NotRecorded
from voip.server.audit_file import AuditFile
from voip.server.audit_lines import line_of, outcome_line, safe, safe_actor, safe_deed
from voip.server.group_commit import GroupCommit
from voip.server.live import LiveSettings
from voip.server.meters import AuditMeters
from voip.server.own_thread import InTurn
from voip.store.interface import StoreUnavailable
from voip.store.operator import KeptDeed, OperatorStore

NOTES_A_MINUTE: Final = 30
"""Refusals at one door that are written down in a minute: who guesses passwords all day fills some
10 MiB."""
MINUTE: Final = 60.0
DAY: Final = 24 * 60 * 60
ENDS_TOGETHER_SECONDS: Final = 0.02
"""How long ends are gathered: of two hundred logins each would otherwise wait for the disk beside
the others' beginnings. An operator, who waits for the end, does not see it."""
_STOPS: Final = "the server stops"
_DISK_FULL: Final = "the disk is full"
LEFT_OUT: Final = "left_out"
"""The deed of the server that says how many refusals of a minute were not written down."""
NOT_DONE: Final = "not_done"
"""The outcome of a deed that the file has and the database would not take."""

_End = tuple[bytes, tuple[DeedId, str]]


class AuditTrail(Service):
    """Implements ``Audit``. ``wall_clock`` is UTC seconds since the epoch, ``clock`` monotonic
    ones."""

    name = "audit"
    log = Logger()

    def __init__(
        self,
        file: AuditFile,
        thread: InTurn,
        store: OperatorStore,
        live: LiveSettings,
        timers: IReactorTime,
        wall_clock: Callable[[], int],
        random: Random,
        clock: Callable[[], float],
        meters: AuditMeters,
    ) -> None:
        self._file = file
        self._thread = thread
        self._store = store
        self._live = live
        self._timers = timers
        self._wall_clock = wall_clock
        self._random = random
        self._clock = clock
        self._meters = meters
        self._begun = GroupCommit(store.begin_deeds)
        self._lines = GroupCommit(self._append, onward=[self._begun])
        self._ends: GroupCommit[_End] = GroupCommit(
            lambda ends: Deferred.fromCoroutine(self._write_ends(ends)),
            later=lambda write: timers.callLater(ENDS_TOGETHER_SECONDS, write),
        )
        self._underway = 0
        self._is_written: Deferred[None] | None = None
        self._noted: Counter[Door] = Counter()
        self._minute: IDelayedCall | None = None
        self._day: IDelayedCall | None = None
        self._is_broken = False

    def startService(self) -> None:
        Service.startService(self)
        try:
            self._file.append(b"")  # it can be opened, and a line torn by a crash is closed
        except OSError as error:
            self._meters.is_writable = False
            self._broken(_reason(error))
        self._forget()

    def stopService(self) -> Deferred[None]:
        """Fires when everything that was asked is written; nothing is recorded any more."""
        if self._day is not None:
            self._day.cancel()
        if self._minute is not None:
            self._minute.cancel()
            self._minute_over()
        Service.stopService(self)
        written: Deferred[None] = succeed(None)
        if self._underway:
            written = self._is_written = Deferred()

        def close(_: None) -> None:
            self._file.close()

        return written.addCallback(lambda _: self._thread.stop()).addCallback(close)

    def begin(self, actor: Actor, deed: Deed) -> Deferred[DeedId]:
        """Record what is about to be done (``Audit``)."""
        kept = self._made(actor, deed)
        return self._recorded(kept).addCallback(lambda _: kept.deed)

    def end(self, deed: DeedId, outcome: str) -> Deferred[None]:
        """Record how it went (``Audit``)."""
        if not self.running:
            return fail(NotRecorded(_STOPS))
        outcome = safe(outcome)
        line = outcome_line(deed, self._wall_clock(), outcome)
        return Deferred.fromCoroutine(self._told(self._ends.add((line, (deed, outcome)))))

    def note(self, actor: Actor, deed: Deed, outcome: str) -> None:
        """Record something that was refused at a door (``Audit``)."""
        self._meters.refused[actor.door] += 1
        if self._minute is None:
            self._minute = self._timers.callLater(MINUTE, self._minute_over)
        self._noted[actor.door] += 1
        if self._noted[actor.door] <= NOTES_A_MINUTE:
            self._note(actor, deed, outcome)

    def _minute_over(self) -> None:
        self._minute = None
        for door, refused in self._noted.items():
            left_out = refused - NOTES_A_MINUTE
            if left_out > 0:
                deed = Deed(LEFT_OUT, line=f"{left_out} more refusals in a minute")
                self._note(Actor("server", Role.SERVER, door), deed, DONE)
        self._noted.clear()

    def _note(self, actor: Actor, deed: Deed, outcome: str) -> None:
        kept = self._made(actor, deed, safe(outcome))
        # What failed has been told to the log, and nobody waits for more.
        self._recorded(kept).addErrback(lambda failure: failure.trap(NotRecorded))

    def _made(self, actor: Actor, deed: Deed, outcome: str = "") -> KeptDeed:
        number = DeedId(self._random(DEED_ID_SIZE).hex())
        return KeptDeed(number, self._wall_clock(), safe_actor(actor), safe_deed(deed), outcome)

    def _recorded(self, kept: KeptDeed) -> Deferred[None]:
        if not self.running:
            return fail(NotRecorded(_STOPS))
        asked_at = self._clock()

        def counted(_: None) -> None:
            self._meters.recorded(self._clock() - asked_at)

        return Deferred.fromCoroutine(self._told(self._begin(kept))).addCallback(counted)

    async def _begin(self, kept: KeptDeed) -> None:
        await self._lines.add(line_of(kept))
        try:
            await self._begun.add(kept)
        except StoreUnavailable:
            if not kept.outcome:
                with suppress(OSError):
                    await self._lines.add(outcome_line(kept.deed, kept.at, NOT_DONE))
            raise

    async def _write_ends(self, ends: Sequence[_End]) -> None:
        await self._lines.add(b"".join(line for line, _ in ends))
        await self._store.end_deeds([outcome for _, outcome in ends])
        self._meters.lines += len(ends)

    async def _told(self, writing: Awaitable[None]) -> None:
        """Wait for something to be written, and say what came of it."""
        self._underway += 1
        try:
            await writing
            self._works()
        except (OSError, StoreUnavailable) as error:
            reason = _reason(error)
            self._meters.failed()
            self._broken(reason)
            raise NotRecorded(reason) from error
        finally:
            self._underway -= 1
            if self._is_written is not None and not self._underway:
                self._is_written.callback(None)

    def _append(self, lines: Sequence[bytes]) -> Deferred[None]:
        return self._thread.do(lambda: self._file.append(b"".join(lines)))

    def _forget(self) -> None:
        """Once a day the database is rid of lines that are too old; the file keeps them."""
        self._day = self._timers.callLater(DAY, self._forget)
        days = self._live.settings.admin.audit_days
        if days:
            self._store.forget_deeds(self._wall_clock() - days * DAY).addErrback(
                self._not_forgotten
            )

    def _not_forgotten(self, failure: Failure) -> None:
        failure.trap(StoreUnavailable)
        self.log.error(
            "old lines of the audit stay in the database until tomorrow: {reason}",
            reason=reason_of(failure.value),
        )

    def _broken(self, reason: str) -> None:
        if not self._is_broken:
            self._is_broken = True
            self.log.error(
                "the audit cannot be written ({reason}): until it can, whatever has to be recorded "
                "is refused",
                reason=reason,
            )

    def _works(self) -> None:
        if self._is_broken:
            self._is_broken = False
            self.log.info("the audit is written again")


def _reason(error: OSError | StoreUnavailable) -> str:
    """A few words for whoever is refused."""
    if isinstance(error, StoreUnavailable):
        said = reason_of(error)
        return _DISK_FULL if "disk is full" in said else f"the database says: {said}"
    if error.errno in (ENOSPC, EDQUOT):
        return _DISK_FULL
    return (error.strerror or str(error)).lower()
