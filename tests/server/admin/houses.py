"""A house for the tests of the operator's side: a server in memory, with an audit that notes."""

from pathlib import Path

from twisted.internet.defer import Deferred, fail, succeed
from twisted.python.failure import Failure

from tests.server.offices import NOW_UTC, Office
from tests.server.test_backups import AtOnce
from voip.config import Settings
from voip.core.deeds import Actor, Deed, DeedId, Door, Role
from voip.server.admin.command import Result
from voip.server.admin.commands import COMMANDS
from voip.server.admin.house import House
from voip.server.audit import NotRecorded
from voip.server.backups import Backups
from voip.server.entrance import EntranceFactory

OPERATOR = Actor("olga", Role.OPERATOR, Door.SOCKET)


class NotedAudit:
    """An ``Audit`` that notes what it is told, in order, and says no when it is told to."""

    def __init__(self) -> None:
        self.lines: list[tuple[str, str]] = []
        """What was begun, by its line, and what ended, by its outcome."""
        self.begun: list[tuple[Actor, Deed]] = []
        self.refuses_begin = self.refuses_end = ""

    def begin(self, actor: Actor, deed: Deed) -> Deferred[DeedId]:
        if self.refuses_begin:
            return fail(NotRecorded(self.refuses_begin))
        self.lines.append(("begin", deed.line))
        self.begun.append((actor, deed))
        return succeed(DeedId(f"{len(self.lines):016x}"))

    def end(self, _deed: DeedId, outcome: str) -> Deferred[None]:
        if self.refuses_end:
            return fail(NotRecorded(self.refuses_end))
        self.lines.append(("end", outcome))
        return succeed(None)

    def note(self, actor: Actor, deed: Deed, outcome: str) -> None:
        self.lines.append(("note", outcome))
        self.begun.append((actor, deed))


class Home:
    """An ``Office`` with a ``House`` around it; ``stops`` and ``reloads`` count those asked for."""

    def __init__(
        self,
        office: Office | None = None,
        settings: Settings | None = None,
        directory: Path = Path("/nowhere"),
    ) -> None:
        self.office = office or Office()
        self.audit = NotedAudit()
        self.stops = self.reloads = 0
        self.reload_says = "nothing has changed"
        self.reload_fails: Exception | None = None
        self.now = NOW_UTC
        office = self.office
        if settings is not None:
            office.live.change(settings)
        self.house = House(
            reception=office.reception,
            store=office.store,
            accounts=office.accounts,
            relay=office.relay,
            connections=EntranceFactory(
                office.premises, office.tunnels, office.clock, office.clock.seconds
            ),
            live=office.live,
            audit=self.audit,
            data_dir=directory,
            started_at=NOW_UTC - 60,
            clock=office.clock.seconds,
            wall_clock=lambda: self.now,
            random=office.random,
            reload=self._reload,
            stop=self._stop,
            backups=Backups(AtOnce(), directory),
        )

    def do(self, name: str, /, **given: object) -> Result:
        """What a command gives that does not have to wait, beside the desk."""
        results: list[Result] = []
        doing = COMMANDS[name].run(self.house, OPERATOR, **given)
        deferred = Deferred.fromCoroutine(doing).addCallback(results.append)
        failed: list[Failure] = []
        deferred.addErrback(failed.append)
        if failed:
            failed[0].raiseException()
        [result] = results
        return result

    def _stop(self) -> None:
        self.stops += 1

    async def _reload(self) -> str:
        self.reloads += 1
        if self.reload_fails is not None:
            raise self.reload_fails
        return self.reload_says
