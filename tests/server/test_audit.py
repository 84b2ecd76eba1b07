"""Doing something that is written down: before, and how it went after."""

from twisted.internet.defer import Deferred, fail
from twisted.trial.unittest import SynchronousTestCase

from tests.server.noted_audit import NotedAudit
from voip.core.deeds import Actor, Deed, DeedId, Door, Role
from voip.server.audit import EndNotRecorded, NotRecorded, recorded

OPERATOR = Actor("ann", Role.OPERATOR, Door.SOCKET)


class RecordedTests(SynchronousTestCase):
    """A deed whose outcome is its result."""

    def setUp(self) -> None:
        self.audit = NotedAudit()
        self.done: list[str] = []

    async def do(self) -> str:
        self.done.append("kicked")
        return "done"

    def record(self) -> Deferred[str]:
        deed = Deed("kick", on="bob")
        return Deferred.fromCoroutine(recorded(self.audit, OPERATOR, deed, self.do, str))

    def test_it_is_written_down_before_it_is_done(self) -> None:
        """Nothing is done while the disk is slow."""
        self.audit.is_slow = True
        doing = self.record()
        self.assertEqual((self.done, self.audit.summary()), ([], [("ann", "kick", "")]))
        self.audit.let_through()
        self.assertEqual(self.successResultOf(doing), "done")
        self.assertEqual(self.audit.summary(), [("ann", "kick", "done")])

    def test_what_cannot_be_written_down_is_not_done(self) -> None:
        """The reason is told."""
        self.audit.is_full = True
        failure = self.failureResultOf(self.record(), NotRecorded)
        self.assertEqual((str(failure.value), self.done), ("the disk is full", []))

    def test_what_goes_wrong_is_written_down_too(self) -> None:
        """It ends as failed, and whoever asked gets the reason."""

        async def broken() -> str:
            raise ZeroDivisionError

        self.do = broken  # type: ignore[method-assign]
        self.failureResultOf(self.record(), ZeroDivisionError)
        self.assertEqual(self.audit.summary(), [("ann", "kick", "failed")])

    def test_an_end_that_cannot_be_written_down_is_told_apart(self) -> None:
        """It was done: nobody may be told that it was not."""

        def full(deed: DeedId, outcome: str) -> Deferred[None]:
            return fail(NotRecorded("the disk is full"))

        self.audit.end = full  # type: ignore[method-assign]
        failure = self.failureResultOf(self.record(), EndNotRecorded)
        self.assertEqual((str(failure.value), self.done), ("the disk is full", ["kicked"]))
