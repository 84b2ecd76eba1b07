"""An ``Audit`` in memory: it notes what is recorded, and can be told that the disk is full."""

from dataclasses import dataclass

from twisted.internet.defer import Deferred, fail, succeed

from voip.core.deeds import Actor, Deed, DeedId
from voip.server.audit import NotRecorded


@dataclass
class NotedDeed:
    """A deed that was recorded; ``outcome`` is empty until it ended."""

    actor: Actor
    deed: Deed
    outcome: str = ""


class NotedAudit:
    """Records at once, unless it ``is_full`` or ``is_slow``.

    When it is slow, what begins waits in ``waiting`` until the test lets it through.
    """

    def __init__(self) -> None:
        self.noted: list[NotedDeed] = []
        self.waiting: list[Deferred[DeedId]] = []
        self.is_full = False
        self.is_slow = False

    def begin(self, actor: Actor, deed: Deed) -> Deferred[DeedId]:
        if self.is_full:
            return fail(NotRecorded("the disk is full"))
        self.noted.append(NotedDeed(actor, deed))
        begun = succeed(DeedId(str(len(self.noted) - 1)))
        if self.is_slow:
            held: Deferred[DeedId] = Deferred()
            self.waiting.append(held)
            return held.addCallback(lambda _: begun)
        return begun

    def end(self, deed: DeedId, outcome: str) -> Deferred[None]:
        if self.is_full:
            return fail(NotRecorded("the disk is full"))
        self.noted[int(deed)].outcome = outcome
        return succeed(None)

    def note(self, actor: Actor, deed: Deed, outcome: str) -> None:
        self.noted.append(NotedDeed(actor, deed, outcome))

    def let_through(self) -> None:
        """What waits is written now."""
        self.is_slow = False
        waiting, self.waiting = self.waiting, []
        for held in waiting:
            held.callback(DeedId(""))

    def summary(self) -> list[tuple[str, str, str]]:
        """Who did what, and how it went."""
        return [(noted.actor.name, noted.deed.what, noted.outcome) for noted in self.noted]
