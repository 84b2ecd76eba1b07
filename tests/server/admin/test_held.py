"""The longest time that something kept the server to itself."""

from twisted.internet.defer import Deferred
from twisted.internet.task import Clock
from twisted.trial.unittest import SynchronousTestCase

from voip.server.admin.held import Held


class HeldTests(SynchronousTestCase):
    """On a clock of the test."""

    def setUp(self) -> None:
        self.clock = Clock()
        self.held = Held(self.clock.seconds)

    def run_job(self, waited_for: "Deferred[int]") -> "Deferred[int]":
        async def job() -> int:
            self.clock.advance(0.1)
            try:
                given = await waited_for
            except ZeroDivisionError:
                given = -1
            self.clock.advance(0.3)
            return given

        async def run() -> int:
            return await self.held.run(job())

        return Deferred.fromCoroutine(run())

    def test_only_the_longest_step_counts(self) -> None:
        """Waiting holds nobody up."""
        waited_for: Deferred[int] = Deferred()
        done = self.run_job(waited_for)
        self.assertFalse(self.held.is_long)
        self.clock.advance(60)
        waited_for.callback(7)
        self.assertEqual(self.successResultOf(done), 7)
        self.assertEqual(self.held.milliseconds, 300)
        self.assertTrue(self.held.is_long)

    def test_what_fails_is_the_job_s_to_deal_with(self) -> None:
        """A failure reaches it, and what it raises comes out."""
        waited_for: Deferred[int] = Deferred()
        done = self.run_job(waited_for)
        waited_for.errback(ZeroDivisionError())
        self.assertEqual(self.successResultOf(done), -1)

        async def broken() -> None:
            raise ZeroDivisionError

        async def run() -> None:
            await self.held.run(broken())

        self.failureResultOf(Deferred.fromCoroutine(run()), ZeroDivisionError)

    def test_a_job_that_is_given_up_is_closed(self) -> None:
        """It can tidy up behind itself."""
        tidied: list[bool] = []

        async def job() -> None:
            try:
                await Deferred()
            finally:
                tidied.append(True)

        async def run() -> None:
            await self.held.run(job())

        running = run()
        running.send(None)
        running.close()
        self.assertEqual(tidied, [True])
